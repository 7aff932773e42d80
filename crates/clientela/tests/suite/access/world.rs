//! Random networks: units, positions, profiles, and customers with their business.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network::Network;
use chrono::{DateTime, Duration, Utc};
use clientela::core::organisation::{Scope, Verb};
use clientela::core::party::Relationship;
use clientela::model::{ClosedList, EntityId};
use clientela::{Command, Predicate, Session};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A right of a profile.
#[derive(Debug, Clone)]
pub(crate) struct Right {
    pub(crate) entity: &'static str,
    pub(crate) verb: Verb,
    pub(crate) scope: Scope,
    pub(crate) confidential: bool,
}

/// What a network is made of; every number is taken modulo what is there.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// The unit above, among the earlier ones, and the kind.
    pub(crate) units: Vec<(usize, usize)>,
    pub(crate) profiles: Vec<Vec<Right>>,
    /// Unit, superior among the earlier ones, profile.
    pub(crate) positions: Vec<(usize, Option<usize>, usize)>,
    /// Owner, and the VAT number shared with others of the same.
    pub(crate) customers: Vec<(usize, Option<usize>)>,
    /// Customer and owner.
    pub(crate) opportunities: Vec<(usize, usize)>,
    pub(crate) offers: Vec<usize>,
    /// Customer and owner.
    pub(crate) activities: Vec<(usize, usize)>,
    /// Customers that get another owner.
    pub(crate) moves: Vec<(usize, usize)>,
    /// What is shared with whom.
    pub(crate) shares: Vec<Sharing>,
}

/// A share: of a customer or an opportunity, with a seat, its team or a unit.
#[derive(Debug, Clone)]
pub(crate) struct Sharing {
    of_customer: bool,
    record: usize,
    with_unit: bool,
    with_team: bool,
    recipient: usize,
    change: bool,
    /// Days from today to the first and from the first to the last.
    days: (i64, i64),
}

const KINDS: [&str; 4] = ["branch", "zone", "dealer", "outlet"];

fn right() -> impl Strategy<Value = Right> {
    let entity = prop::sample::select(vec!["*", "*", "relationship", "opportunity", "offer", "campaign"]);
    let verb = prop::sample::select(vec![Verb::Read, Verb::Read, Verb::Create, Verb::Change]);
    (entity, verb, prop::sample::select(Scope::ALL), any::<bool>())
        .prop_map(|(entity, verb, scope, confidential)| Right { entity, verb, scope, confidential })
}

fn sharing() -> impl Strategy<Value = Sharing> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (flags, 0..64_usize, 0..64_usize, prop::sample::select(vec![(0, 0), (0, 5), (-3, 3), (-3, 2), (1, 9)]))
        .prop_map(|((of_customer, with_unit, with_team, change), record, recipient, days)| Sharing {
            of_customer,
            record,
            with_unit,
            with_team,
            recipient,
            change,
            days,
        })
}

/// Networks of a few units, a few positions and a few deals.
pub(crate) fn shape() -> impl Strategy<Value = Shape> {
    let number = || 0..64_usize;
    (
        (
            prop::collection::vec((number(), number()), 1..5),
            prop::collection::vec(prop::collection::vec(right(), 1..5), 1..4),
            prop::collection::vec((number(), prop::option::of(number()), number()), 2..5),
        ),
        (
            prop::collection::vec((number(), prop::option::of(0..3_usize)), 2..7),
            prop::collection::vec((number(), number()), 1..5),
            prop::collection::vec(number(), 1..4),
            prop::collection::vec((number(), number()), 0..3),
            prop::collection::vec((number(), number()), 0..3),
        ),
        prop::collection::vec(sharing(), 0..4),
    )
        .prop_map(
            |(
                (units, profiles, positions),
                (customers, opportunities, offers, activities, moves),
                shares,
            )| Shape {
                units,
                profiles,
                positions,
                customers,
                opportunities,
                offers,
                activities,
                moves,
                shares,
            },
        )
}

/// A record with an owner, as the test knows it.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    pub(crate) id: Uuid,
    pub(crate) key: String,
    pub(crate) owner: usize,
    /// Unit of the owner.
    pub(crate) unit: usize,
}

/// A position, as the test knows it.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) unit: usize,
    pub(crate) above: Option<usize>,
    pub(crate) rights: Vec<Right>,
}

/// A network in a store, and the same in plain lists.
pub(crate) struct World {
    pub(crate) network: Network,
    pub(crate) admin: Session,
    /// The unit above; the first is the top.
    pub(crate) units: Vec<Option<usize>>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) customers: Vec<Owned>,
    /// Party and its name, of every customer.
    pub(crate) parties: Vec<Uuid>,
    pub(crate) opportunities: Vec<Owned>,
    /// Customer of every opportunity.
    pub(crate) customer_of: Vec<usize>,
    pub(crate) offers: Vec<Owned>,
    pub(crate) opportunity_of: Vec<usize>,
    /// Id, subject and customer.
    pub(crate) activities: Vec<(Uuid, usize)>,
    /// What is shared: the record, and as it was given.
    pub(crate) shares: Vec<(Uuid, Sharing)>,
    /// A moment when half of it was there.
    pub(crate) midway: DateTime<Utc>,
}

/// What only those who may see it must ever read: a text for every part of a customer.
pub(crate) fn secret(what: &str, number: usize) -> String {
    format!("{what}-{number}-zq")
}

/// An Italian VAT number that is valid and different for each.
fn vat_number(number: usize) -> String {
    let digits = format!("{:07}015", 7_431_100 + number);
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            match (place % 2, digit * 2) {
                (1, double) if double > 9 => double - 9,
                (1, double) => double,
                _ => digit,
            }
        })
        .sum();
    format!("IT{digits}{}", (10 - sum % 10) % 10)
}

pub(crate) fn command(value: Value) -> Command {
    Command::from_json(&value.to_string()).unwrap_or_else(|error| panic!("{value}\n{error:?}"))
}

fn run(session: &Session, value: Value) -> clientela::Receipt {
    session.run(&command(value.clone())).unwrap_or_else(|error| panic!("{value}\n{error:?}"))
}

impl World {
    pub(crate) fn new(shape: &Shape) -> Self {
        let network = Network::founded();
        let admin = network.crm.session("admin", None).unwrap();
        let mut world = Self {
            admin,
            units: vec![None],
            seats: Vec::new(),
            sessions: Vec::new(),
            customers: Vec::new(),
            parties: Vec::new(),
            opportunities: Vec::new(),
            customer_of: Vec::new(),
            offers: Vec::new(),
            opportunity_of: Vec::new(),
            activities: Vec::new(),
            shares: Vec::new(),
            midway: network.clock_now(),
            network,
        };
        world.organise(shape);
        world.supply();
        world.network.clock.advance(Duration::hours(1));
        world.trade(shape);
        world.midway = world.network.clock_now();
        world.network.clock.advance(Duration::hours(1));
        world.follow_up(shape);
        world.share(shape);
        world.network.clock.advance(Duration::hours(1));
        world
    }

    fn organise(&mut self, shape: &Shape) {
        for (number, (above, kind)) in shape.units.iter().enumerate() {
            let above = above % self.units.len();
            let parent = if above == 0 { "HQ".to_owned() } else { format!("U{above}") };
            run(
                &self.admin,
                json!({"command": "unit.create", "parent": parent, "kind": KINDS[kind % KINDS.len()],
                    "code": format!("U{}", number + 1), "name": format!("Unit {}", number + 1), "country": "IT"}),
            );
            self.units.push(Some(above));
        }
        for (number, rights) in shape.profiles.iter().enumerate() {
            let grants: Vec<Value> = rights
                .iter()
                .map(|right| {
                    json!({"entity": right.entity, "verb": right.verb, "scope": right.scope, "confidential": right.confidential})
                })
                .collect();
            run(
                &self.admin,
                json!({"command": "profile.define", "name": format!("P{number}"), "grants": grants}),
            );
        }
        for (number, (unit, above, profile)) in shape.positions.iter().enumerate() {
            let unit = unit % self.units.len();
            let above = above.filter(|_| number > 0).map(|above| above % number);
            let profile = profile % shape.profiles.len();
            let code = if unit == 0 { "HQ".to_owned() } else { format!("U{unit}") };
            let reports_to = above.map(|above| format!("S{above}"));
            run(
                &self.admin,
                json!({"command": "position.create", "unit": code, "function": "seller", "title": format!("S{number}"),
                    "profile": format!("P{profile}"), "reports_to": reports_to}),
            );
            run(
                &self.admin,
                json!({"command": "user.create", "login": format!("u{number}"), "name": format!("User {number}"),
                    "position": format!("S{number}"), "from": "2025-01-01"}),
            );
            self.seats.push(Seat { unit, above, rights: shape.profiles[profile].clone() });
            self.sessions.push(self.network.crm.session(&format!("u{number}"), None).unwrap());
        }
    }

    fn supply(&self) {
        for value in [
            json!({"command": "product.define", "code": "T1", "name": "Tractor", "kind": "vehicle"}),
            json!({"command": "price_list.define", "code": "L1", "name": "List", "currency": "EUR", "valid_from": "2026-01-01",
                "prices": [{"product": "T1", "amount": {"amount": "90000.00", "currency": "EUR"},
                    "cost": {"amount": "71717.00", "currency": "EUR"}}]}),
            json!({"command": "tax_rate.define", "country": "IT", "category": "S", "percent": "22", "valid_from": "2013-10-01"}),
            json!({"command": "sales_method.define", "code": "M", "name": "Method", "with_configurator": false, "stages": [
                {"code": "one", "name": "One", "probability": 10}, {"code": "two", "name": "Two", "probability": 50}]}),
        ] {
            run(&self.admin, value);
        }
    }

    fn trade(&mut self, shape: &Shape) {
        for (owner, vat) in &shape.customers {
            let number = self.customers.len();
            let owner = owner % self.seats.len();
            let key = secret("KN", number);
            let value = json!({"command": "customer.create", "owner": format!("S{owner}"), "customer": {
                "kind": "company", "name": secret("NAME", number), "country": "IT", "number": key,
                "vat_number": vat.map(vat_number), "credit_hold": number.is_multiple_of(2), "notes": secret("NOTE", number)}});
            let made = match self.admin.run(&command(value)) {
                Ok(made) => made,
                Err(error) => {
                    assert_eq!(error.code(), "customer.duplicate");
                    continue;
                }
            };
            self.parties.push(made.id_of("party").unwrap());
            self.customers.push(self.owned(made.id_of("relationship").unwrap(), key.clone(), owner));
            run(
                &self.admin,
                json!({"command": "contact.add", "customer": key, "contact": {"family_name": secret("CONTACT", number)}}),
            );
        }
        for (customer, owner) in &shape.opportunities {
            let number = self.opportunities.len();
            let customer = customer % self.customers.len();
            let owner = owner % self.seats.len();
            let key = secret("ON", number);
            let made = run(
                &self.admin,
                json!({"command": "opportunity.open", "customer": self.customers[customer].key, "title": secret("TITLE", number),
                    "method": "M", "currency": "EUR", "number": key, "owner": format!("S{owner}"), "vehicles": 1}),
            );
            self.opportunities.push(self.owned(made.id_of("opportunity").unwrap(), key, owner));
            self.customer_of.push(customer);
        }
    }

    fn follow_up(&mut self, shape: &Shape) {
        for opportunity in &shape.offers {
            let opportunity = opportunity % self.opportunities.len();
            let of = self.opportunities[opportunity].clone();
            let made = run(
                &self.admin,
                json!({"command": "offer.create", "opportunity": of.key, "title": secret("OFFER", self.offers.len()),
                    "items": [{"product": "T1", "quantity": "1", "tax_percent": "22"}]}),
            );
            let key = made.key().unwrap().to_owned();
            self.offers.push(Owned { id: made.id_of("offer").unwrap(), key, ..of });
            self.opportunity_of.push(opportunity);
        }
        for (customer, owner) in &shape.activities {
            let number = self.activities.len();
            let customer = customer % self.customers.len();
            let made = run(
                &self.admin,
                json!({"command": "activity.plan", "customer": self.customers[customer].key,
                    "owner": format!("S{}", owner % self.seats.len()),
                    "activity": {"kind": "call", "subject": secret("SUBJECT", number)}}),
            );
            self.activities.push((made.id_of("activity").unwrap(), customer));
        }
        for (customer, owner) in &shape.moves {
            let customer = customer % self.customers.len();
            let owner = owner % self.seats.len();
            let moving = json!({"command": "customer.change", "customer": self.customers[customer].key,
                "owner": format!("S{owner}"), "change": {}});
            match self.admin.run(&command(moving.clone())) {
                Ok(_) => {}
                // The dealer has the party as a customer already, and no dealer has it twice.
                Err(error) if error.code() == "customer.duplicate" => continue,
                Err(error) => panic!("{moving}\n{error:?}"),
            }
            let Owned { id, key, .. } = self.customers[customer].clone();
            self.customers[customer] = self.owned(id, key, owner);
        }
    }

    fn share(&mut self, shape: &Shape) {
        let today = self.admin.today();
        for sharing in &shape.shares {
            let (what, of) = if sharing.of_customer {
                ("customer", &self.customers[sharing.record % self.customers.len()])
            } else {
                ("opportunity", &self.opportunities[sharing.record % self.opportunities.len()])
            };
            let first = today + Duration::days(sharing.days.0);
            let unit = sharing.recipient % self.units.len();
            let (recipient, key) = if sharing.with_unit {
                ("unit", if unit == 0 { "HQ".to_owned() } else { format!("U{unit}") })
            } else {
                ("position", format!("S{}", sharing.recipient % self.seats.len()))
            };
            run(
                &self.admin,
                json!({"command": "share.grant", what: of.id, recipient: key, "with_team": sharing.with_team,
                    "right": if sharing.change { "change" } else { "read" }, "from": first,
                    "to": first + Duration::days(sharing.days.1)}),
            );
            self.shares.push((of.id, sharing.clone()));
        }
    }

    /// Whether a record is shared with a position today, so far: said once more, in the plainest way.
    fn shared(&self, seat: usize, verb: Verb, record: Uuid) -> bool {
        self.shares.iter().any(|(of, sharing)| {
            let (first, length) = sharing.days;
            let to_seat = sharing.recipient % self.seats.len();
            let to_unit = sharing.recipient % self.units.len();
            let given = if sharing.with_unit {
                chain(self.seats[seat].unit, |at| self.units[at]).any(|unit| unit == to_unit)
            } else if sharing.with_team {
                chain(seat, |at| self.seats[at].above).any(|above| above == to_seat)
            } else {
                seat == to_seat
            };
            *of == record
                && given
                && first <= 0
                && first + length >= 0
                && (verb == Verb::Read || (verb == Verb::Change && sharing.change))
        })
    }

    fn owned(&self, id: Uuid, key: String, owner: usize) -> Owned {
        Owned { id, key, owner, unit: self.seats[owner].unit }
    }

    /// Whether a position may do this with an owned record: the scopes said once more, in the plainest way.
    pub(crate) fn may(&self, seat: usize, verb: Verb, entity: &str, record: &Owned) -> bool {
        // Offers are shared with their opportunity.
        let shared_as = match self.offers.iter().position(|offer| offer.id == record.id) {
            Some(offer) => self.opportunities[self.opportunity_of[offer]].id,
            None => record.id,
        };
        self.scope(seat, verb, entity, false)
            .is_some_and(|widest| self.within(seat, widest, record) || self.shared(seat, verb, shared_as))
    }

    /// The widest scope of a verb over an entity, of all rights or of those with confidential fields.
    fn scope(&self, seat: usize, verb: Verb, entity: &str, confidential: bool) -> Option<Scope> {
        let of = |right: &&Right| {
            right.verb == verb
                && (right.entity == "*" || right.entity == entity)
                && (right.confidential || !confidential)
        };
        self.seats[seat].rights.iter().filter(of).map(|right| right.scope).max()
    }

    fn within(&self, seat: usize, widest: Scope, record: &Owned) -> bool {
        let me = &self.seats[seat];
        let mine = record.owner == seat;
        match widest {
            Scope::Mine => mine,
            Scope::MyTeam => chain(record.owner, |at| self.seats[at].above).any(|above| above == seat),
            Scope::MyUnit => mine || record.unit == me.unit,
            Scope::MyUnits => mine || chain(record.unit, |at| self.units[at]).any(|above| above == me.unit),
            Scope::Everything => true,
        }
    }

    /// Whether a position reads confidential fields of an entity in a record with this owner: those of the records the
    /// right with confidential fields gives, and of no others.
    pub(crate) fn reads_confidential(&self, seat: usize, entity: &str, record: &Owned) -> bool {
        self.scope(seat, Verb::Read, entity, true).is_some_and(|scope| self.within(seat, scope, record))
    }

    /// Whether a position reads some confidential fields of an entity.
    pub(crate) fn reads_some_confidential(&self, seat: usize, entity: &str) -> bool {
        self.scope(seat, Verb::Read, entity, true).is_some()
    }

    /// The offer an item belongs to.
    pub(crate) fn offer_of_item(&self, item: Uuid) -> Uuid {
        let item = self.admin.get::<clientela::core::sales::OfferItem>(EntityId::from_uuid(item)).unwrap();
        item.record.offer.uuid()
    }

    /// Names of parties by id, as stored.
    pub(crate) fn party_names(&self) -> BTreeMap<Uuid, String> {
        let all = self.admin.list::<clientela::core::party::Party>(&Predicate::Everything, 1_000, 0).unwrap();
        all.into_iter().map(|party| (party.record.id.uuid(), party.record.name)).collect()
    }

    /// Relationships as stored, by id.
    pub(crate) fn relationships(&self) -> BTreeMap<Uuid, Relationship> {
        let all = self.admin.list::<Relationship>(&Predicate::Everything, 1_000, 0).unwrap();
        all.into_iter().map(|stored| (stored.record.id.uuid(), stored.record)).collect()
    }
}

fn chain(start: usize, above: impl Fn(usize) -> Option<usize>) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(start), move |at| above(*at))
}
