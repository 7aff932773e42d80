//! No campaign, list or export returns a person without consent for that purpose, channel, date and address.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::network;
use crate::words;

use chrono::{DateTime, Duration, Utc};
use clientela::Session;
use clientela::core::marketing::CampaignMember;
use clientela::model::EntityId;
use network::Network;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use words::{ask, pages, run};

const PURPOSES: [&str; 2] = ["marketing", "survey"];
const CHANNELS: [&str; 2] = ["email", "phone"];
const DECISIONS: [&str; 3] = ["granted", "withdrawn", "objected"];
/// Addresses of each channel.
const POINTS: [[&str; 3]; 2] = [
    ["anna@esempio.example", "info@esempio.example", "carlo@esempio.example"],
    ["+390523111111", "+390523222222", "+390523333333"],
];

/// Somebody at whom a statement is aimed: a customer, and one of its contacts.
#[derive(Debug, Clone)]
struct Said {
    customer: usize,
    contact: Option<usize>,
    purpose: usize,
    channel: usize,
    /// 0 granted, 1 withdrawn, 2 objected.
    decision: usize,
    point: Option<usize>,
    /// Days before today.
    ago: i64,
    /// For a grant: days from then until it ends.
    lasts: Option<i64>,
    awaits: bool,
}

#[derive(Debug, Clone)]
struct Person {
    points: [Option<usize>; 2],
    silent: bool,
    contacts: Vec<Colleague>,
    /// A further point of the party, and whether its days are over.
    further: Option<(usize, usize, bool)>,
}

/// A contact of somebody.
#[derive(Debug, Clone)]
struct Colleague {
    points: [Option<usize>; 2],
    /// Days before today it left; tomorrow is -1.
    left: Option<i64>,
}

fn point() -> impl Strategy<Value = Option<usize>> {
    prop::option::of(0..3_usize)
}

fn points() -> impl Strategy<Value = [Option<usize>; 2]> {
    (point(), point()).prop_map(|(email, phone)| [email, phone])
}

fn person() -> impl Strategy<Value = Person> {
    let further = prop::option::of((0..2_usize, 0..3_usize, any::<bool>()));
    let left = prop::option::weighted(0.4, -1..6_i64);
    let colleague = (points(), left).prop_map(|(points, left)| Colleague { points, left });
    (points(), prop::bool::weighted(0.15), prop::collection::vec(colleague, 0..3), further)
        .prop_map(|(points, silent, contacts, further)| Person { points, silent, contacts, further })
}

fn said() -> impl Strategy<Value = Said> {
    let about = (0..4_usize, prop::option::of(0..2_usize), 0..2_usize, 0..2_usize);
    let what = (prop::sample::select(vec![0, 0, 0, 1, 2]), point(), 0..6_i64);
    (about, what, prop::option::weighted(0.3, 1..6_i64), prop::bool::weighted(0.1)).prop_map(
        |((customer, contact, purpose, channel), (decision, point, ago), lasts, awaits)| Said {
            customer,
            contact,
            purpose,
            channel,
            decision,
            point,
            ago,
            lasts,
            awaits,
        },
    )
}

/// The rule said once more, in the plainest way: some yes that counts, and no later or simultaneous no.
fn may(said: &[&Said], silent: bool, contact: Option<usize>, point: Option<usize>, ago: i64) -> bool {
    let about =
        |said: &&&Said| said.ago >= ago && (point.is_none() || said.point.is_none() || said.point == point);
    let no = |grant: &Said| {
        said.iter().filter(about).any(|said| {
            said.decision != 0 && (said.contact.is_none() || said.contact == contact) && said.ago <= grant.ago
        })
    };
    let counts = |grant: &Said| {
        grant.decision == 0
            && grant.contact == contact
            && !grant.awaits
            && grant.lasts.is_none_or(|days| grant.ago - days < ago)
    };
    !silent && said.iter().filter(about).any(|grant| counts(grant) && !no(grant))
}

struct World {
    network: Network,
    seller: Session,
    people: Vec<Person>,
    statements: Vec<Said>,
    customers: Vec<String>,
    contacts: Vec<Vec<String>>,
}

fn number(number: usize) -> String {
    format!("C-5{number}")
}

impl World {
    fn new(people: &[Person], statements: &[Said]) -> Self {
        let network = Network::new();
        let seller = network.seller();
        let mut world = Self {
            seller,
            people: people.to_vec(),
            statements: Vec::new(),
            customers: Vec::new(),
            contacts: Vec::new(),
            network,
        };
        for (at, person) in people.iter().enumerate() {
            world.enter(at, person);
        }
        for said in statements {
            world.say(said);
        }
        world
    }

    fn enter(&mut self, at: usize, person: &Person) {
        let text =
            |channel: usize, points: &[Option<usize>; 2]| points[channel].map(|point| POINTS[channel][point]);
        let made = run(
            &self.seller,
            json!({"command": "customer.create", "customer": {"kind": "company", "name": format!("N{at}"), "country": "IT",
                "number": number(at), "email": text(0, &person.points), "phone": text(1, &person.points)}}),
        );
        self.customers.push(made.id_of("relationship").unwrap().to_string());
        if person.silent {
            run(
                &self.seller,
                json!({"command": "customer.change", "customer": number(at), "change": {"do_not_contact": true}}),
            );
        }
        let mut contacts = Vec::new();
        for contact in &person.contacts {
            let made = run(
                &self.seller,
                json!({"command": "contact.add", "customer": number(at), "contact": {"family_name": "K",
                    "email": text(0, &contact.points), "phone": text(1, &contact.points)}}),
            );
            let id = made.id_of("contact").unwrap().to_string();
            if let Some(ago) = contact.left {
                let day = self.day(ago).date_naive();
                run(&self.seller, json!({"command": "contact.leave", "contact": id, "on": day}));
            }
            contacts.push(id);
        }
        self.contacts.push(contacts);
        if let Some((channel, point, over)) = person.further {
            run(
                &self.seller,
                json!({"command": "contact_point.add", "customer": number(at), "point": {"kind": CHANNELS[channel],
                    "value": POINTS[channel][point], "valid_until": if over { Some("2026-02-01") } else { None }}}),
            );
        }
    }

    fn say(&mut self, said: &Said) {
        let customer = said.customer % self.people.len();
        let contacts = &self.contacts[customer];
        let contact = said.contact.filter(|_| !contacts.is_empty()).map(|contact| contact % contacts.len());
        let grant = said.decision == 0;
        let said = Said {
            customer,
            contact,
            lasts: said.lasts.filter(|_| grant),
            awaits: said.awaits && grant,
            ..said.clone()
        };
        let at = self.day(said.ago);
        run(
            &self.seller,
            json!({"command": "consent.record", "customer": number(customer), "consent": {
                "contact": contact.map(|contact| contacts[contact].clone()), "purpose": PURPOSES[said.purpose],
                "channel": CHANNELS[said.channel], "decision": DECISIONS[said.decision],
                "basis": "consent", "at": at, "contact_point": said.point.map(|point| POINTS[said.channel][point]),
                "expires_at": said.lasts.map(|days| at + Duration::days(days)),
                "awaits_confirmation": if said.awaits { Some(true) } else { None }}}),
        );
        self.statements.push(said);
    }

    fn day(&self, ago: i64) -> DateTime<Utc> {
        self.network.clock_now() - Duration::days(ago)
    }

    /// What was said by a customer and its contacts about a purpose and a channel.
    fn of(&self, customer: usize, purpose: usize, channel: usize) -> Vec<&Said> {
        let of = |said: &&Said| (said.customer, said.purpose, said.channel) == (customer, purpose, channel);
        self.statements.iter().filter(of).collect()
    }

    /// Whether one was there: who left does not count from that day on.
    fn there(&self, customer: usize, contact: Option<usize>, ago: i64) -> bool {
        let left = contact.and_then(|contact| self.people[customer].contacts[contact].left);
        left.is_none_or(|left| left < ago)
    }

    /// That one who was returned may be contacted there.
    fn check(
        &self,
        customer: &str,
        contact: Option<&str>,
        point: Option<&str>,
        about: (usize, usize, i64),
    ) -> usize {
        let (purpose, channel, ago) = about;
        let at = self.customers.iter().position(|id| id == customer).unwrap();
        let contact = contact.map(|id| self.contacts[at].iter().position(|known| known == id).unwrap());
        let point = point.map(|text| POINTS[channel].iter().position(|known| *known == text).unwrap());
        let said = self.of(at, purpose, channel);
        assert!(self.there(at, contact, ago), "customer {at}, contact {contact:?} has left, {about:?}");
        assert!(
            may(&said, self.people[at].silent, contact, point, ago),
            "customer {at}, contact {contact:?}, at {point:?}, {about:?}: {said:?}"
        );
        at
    }

    /// Those who may be contacted at an address that is on file.
    fn reachable(&self, purpose: usize, channel: usize, ago: i64) -> BTreeSet<usize> {
        (0..self.people.len())
            .filter(|at| {
                let person = &self.people[*at];
                let said = self.of(*at, purpose, channel);
                let own = person.points[channel].map(|point| (None, point));
                let contacts = person.contacts.iter().enumerate();
                let contacts =
                    contacts.filter_map(|(contact, known)| Some((Some(contact), known.points[channel]?)));
                own.into_iter().chain(contacts).any(|(contact, point)| {
                    self.there(*at, contact, ago) && may(&said, person.silent, contact, Some(point), ago)
                })
            })
            .collect()
    }

    fn lists(&self, purpose: usize, channel: usize, ago: i64) {
        let outreach =
            json!({"purpose": PURPOSES[purpose], "channel": CHANNELS[channel], "at": self.day(ago)});
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let question = json!({"question": "customer.list", "view": "all", "outreach": outreach});
        let mut found = BTreeSet::new();
        for line in pages(&self.seller, &question, 2) {
            let reached = &line["reached"];
            let (contact, point) = (text(&reached["contact"]), text(&reached["contact_point"]));
            let id = line["id"].as_str().unwrap();
            assert!(found.insert(self.check(
                id,
                contact.as_deref(),
                point.as_deref(),
                (purpose, channel, ago)
            )));
        }
        let missing: Vec<usize> = self.reachable(purpose, channel, ago).difference(&found).copied().collect();
        assert!(missing.is_empty(), "{missing:?} may be contacted and are not listed");
        let exported = ask(&self.seller, json!({"question": "customer.export", "outreach": outreach}));
        assert_eq!(exported["rows"], found.len());
        let csv = exported["csv"].as_str().unwrap();
        for (at, id) in self.customers.iter().enumerate() {
            assert_eq!(csv.contains(id.as_str()), found.contains(&at), "the export has whom the list has");
        }
        self.table("customer", &outreach, (purpose, channel, ago));
        self.table("contact", &outreach, (purpose, channel, ago));
        let question = json!({"question": "contact.list", "outreach": outreach});
        for line in pages(&self.seller, &question, 2) {
            let (customer, point) =
                (line["customer"].as_str().unwrap(), text(&line["reached"]["contact_point"]));
            assert_eq!(line["reached"]["contact"], line["id"]);
            self.check(customer, line["id"].as_str(), point.as_deref(), (purpose, channel, ago));
        }
    }

    /// Who is in the table for outreach said yes at one address at least, himself.
    fn table(&self, target: &str, outreach: &Value, (purpose, channel, ago): (usize, usize, i64)) {
        let options = json!({"target": target, "record_ids": true, "outreach": outreach});
        let told = ask(&self.seller, json!({"question": "export.csv", "options": options}));
        let csv = told["csv"].as_str().unwrap();
        for (at, customer) in self.customers.iter().enumerate() {
            let said = self.of(at, purpose, channel);
            let contacts = self.contacts[at].iter().enumerate().map(|(place, id)| (Some(place), id));
            for (contact, id) in std::iter::once((None, customer)).chain(contacts) {
                let points = std::iter::once(None).chain((0..POINTS[channel].len()).map(Some));
                let there = self.there(at, contact, ago);
                let mut answers = points.map(|point| may(&said, self.people[at].silent, contact, point, ago));
                let may_be = there && answers.any(|yes| yes);
                assert!(!csv.contains(id.as_str()) || may_be, "{id}: {said:?}\n{csv}");
                let person = &self.people[at];
                let written = match contact {
                    Some(place) => person.contacts[place].points[channel],
                    None => person.points[channel],
                };
                let is_of_target = contact.is_some() == (target == "contact");
                let at_it = |point| may(&said, person.silent, contact, Some(point), ago);
                if is_of_target && there && written.is_some_and(at_it) {
                    assert!(csv.contains(id.as_str()), "{id} may be contacted and is not written: {said:?}");
                }
            }
        }
    }

    fn campaign(&self, purpose: usize, channel: usize) {
        let code = format!("X{purpose}{channel}");
        run(
            &self.seller,
            json!({"command": "campaign.define", "campaign": {"code": code, "name": code, "purpose": PURPOSES[purpose],
                "channel": CHANNELS[channel], "first_day": "2026-01-01", "last_day": "2026-12-31", "rule": "customer.country == 'IT'"}}),
        );
        let plan = self.seller.target(&code).unwrap();
        let mut planned: BTreeMap<String, Option<String>> = BTreeMap::new();
        for line in plan.lines().iter().filter(|line| line.consent.is_some()) {
            let contact = line.contact.map(|contact| contact.to_string());
            let id = line.customer.to_string();
            self.check(&id, contact.as_deref(), line.contact_point.as_deref(), (purpose, channel, 0));
            planned.insert(id, line.contact_point.clone());
        }
        let activated = run(&self.seller, json!({"command": "campaign.activate", "campaign": code}));
        let campaign = activated.id_of("campaign").unwrap();
        let of = clientela::Predicate::equals("campaign", clientela::model::Value::Id(campaign));
        let members = self.seller.list::<CampaignMember>(&of, 1_000, 0).unwrap();
        let kept: BTreeMap<String, Option<String>> = members
            .iter()
            .map(|member| (member.record.customer.uuid().to_string(), member.record.contact_point.clone()))
            .collect();
        assert_eq!(kept, planned, "the list is the plan");
    }
}

/// Every case makes a store: few by default, more when asked for.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_returned_said_yes_to_that(
        people in prop::collection::vec(person(), 2..5),
        statements in prop::collection::vec(said(), 0..24),
    ) {
        let world = World::new(&people, &statements);
        for purpose in 0..PURPOSES.len() {
            for channel in 0..CHANNELS.len() {
                for ago in [0, 2, 5] {
                    world.lists(purpose, channel, ago);
                }
                world.campaign(purpose, channel);
            }
        }
    }
}
