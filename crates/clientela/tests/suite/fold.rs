//! State is what the journal folds to, and the past is what was seen then, after random sequences of commands.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::common;
use crate::network;

use chrono::{DateTime, Duration, Utc};
use clientela::model::{EntityId, Record, Value};
use clientela::{Command, Predicate, Session, TableQuery};
use common::{called_for_each, every_record, state};
use network::Network;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One step; numbers are taken modulo what is there.
#[derive(Debug, Clone)]
enum Step {
    Customer { vat: Option<usize>, rival: bool },
    Change { customer: usize, field: usize, value: usize },
    Contact { customer: usize },
    Consent { customer: usize, granted: bool },
    Activity { customer: usize },
    Report { activity: usize, cancel: bool },
    Open { customer: usize },
    Move { opportunity: usize, word: usize },
    Offer { opportunity: usize },
    OfferWord { offer: usize, word: usize },
    Discount { offer: usize, percent: u32 },
    Minutes(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 0..64_usize;
    prop_oneof![
        2 => (prop::option::of(0..2_usize), any::<bool>()).prop_map(|(vat, rival)| Step::Customer { vat, rival }),
        2 => (n(), n(), n()).prop_map(|(customer, field, value)| Step::Change { customer, field, value }),
        1 => n().prop_map(|customer| Step::Contact { customer }),
        1 => (n(), any::<bool>()).prop_map(|(customer, granted)| Step::Consent { customer, granted }),
        1 => n().prop_map(|customer| Step::Activity { customer }),
        1 => (n(), any::<bool>()).prop_map(|(activity, cancel)| Step::Report { activity, cancel }),
        2 => n().prop_map(|customer| Step::Open { customer }),
        4 => (n(), n()).prop_map(|(opportunity, word)| Step::Move { opportunity, word }),
        2 => n().prop_map(|opportunity| Step::Offer { opportunity }),
        4 => (n(), n()).prop_map(|(offer, word)| Step::OfferWord { offer, word }),
        2 => (n(), 1..6_u32).prop_map(|(offer, percent)| Step::Discount { offer, percent }),
        1 => (1..60_000_u32).prop_map(Step::Minutes),
    ]
}

/// Keys of what was made so far, with whose it is.
#[derive(Default)]
struct Made {
    customers: Vec<(String, bool)>,
    opportunities: Vec<(String, bool)>,
    offers: Vec<(String, bool)>,
    activities: Vec<(String, bool)>,
}

fn pick(from: &[(String, bool)], at: usize) -> Option<(String, bool)> {
    (!from.is_empty()).then(|| from[at % from.len()].clone())
}

/// The command of a step and whether the rival gives it; none when there is nothing to do it with.
fn command(step: &Step, made: &Made) -> Option<(Json, bool)> {
    Some(match step {
        Step::Customer { vat, rival } => {
            let number = format!("K-{}", made.customers.len());
            let vat = vat.map(|vat| ["IT00743110157", "IT02182030391"][vat]);
            (
                json!({"command": "customer.create", "customer": {"kind": "company", "name": number, "country": "IT",
                    "number": number, "vat_number": vat, "street": "Via Roma 1", "locality": "Parma"}}),
                *rival,
            )
        }
        Step::Change { customer, field, value } => {
            let (key, rival) = pick(&made.customers, *customer)?;
            let change = match field % 6 {
                0 => json!({"name": format!("Name {value}")}),
                1 => json!({"source": (value % 2 == 0).then(|| format!("fair {value}"))}),
                2 => json!({"status": (["suspect", "prospect", "customer", "dormant", "lost"][value % 5])}),
                3 => json!({"do_not_contact": value % 2 == 0}),
                4 => {
                    json!({"street": Json::Null, "locality": format!("Town {value}"), "postal_code": "29122"})
                }
                _ => json!({"size": (["small", "medium", "large"][value % 3]), "since": "2020-02-29"}),
            };
            (json!({"command": "customer.change", "customer": key, "change": change}), rival)
        }
        Step::Contact { customer } => {
            let (key, rival) = pick(&made.customers, *customer)?;
            (json!({"command": "contact.add", "customer": key, "contact": {"family_name": "Bianchi"}}), rival)
        }
        Step::Consent { customer, granted } => {
            let (key, rival) = pick(&made.customers, *customer)?;
            let decision = if *granted { "granted" } else { "withdrawn" };
            (
                json!({"command": "consent.record", "customer": key, "consent": {"purpose": "marketing", "channel": "email",
                    "decision": decision, "basis": "consent"}}),
                rival,
            )
        }
        Step::Activity { customer } => {
            let (key, rival) = pick(&made.customers, *customer)?;
            (
                json!({"command": "activity.plan", "customer": key, "activity": {"kind": "visit", "subject": "Visit"}}),
                rival,
            )
        }
        Step::Report { activity, cancel } => {
            let (key, rival) = pick(&made.activities, *activity)?;
            let json = if *cancel {
                json!({"command": "activity.cancel", "activity": key, "reason": "ill"})
            } else {
                json!({"command": "activity.report", "activity": key, "report": {"result": "agreed", "minutes": 30}})
            };
            (json, rival)
        }
        Step::Open { customer } => {
            let (key, rival) = pick(&made.customers, *customer)?;
            (
                json!({"command": "opportunity.open", "customer": key, "title": "Deal", "method": "with-configurator",
                    "currency": "EUR", "vehicles": 2}),
                rival,
            )
        }
        Step::Move { opportunity, word } => {
            let (key, rival) = pick(&made.opportunities, *opportunity)?;
            let word = ["advance", "go_back", "suspend", "resume", "win", "lose", "reopen"][word % 7];
            let mut json = json!({"command": format!("opportunity.{word}"), "opportunity": key});
            let why = if word == "advance" || word == "go_back" { "note" } else { "reason" };
            json[why] = json!("because");
            (json, rival)
        }
        Step::Offer { opportunity } => {
            let (key, rival) = pick(&made.opportunities, *opportunity)?;
            (
                json!({"command": "offer.create", "opportunity": key, "items": [
                    {"product": "T480-4X2", "quantity": "2", "options": ["OPT-RETARDER"]}]}),
                rival,
            )
        }
        Step::OfferWord { offer, word } => {
            let (key, rival) = pick(&made.offers, *offer)?;
            let word = ["issue", "accept", "refuse", "withdraw", "expire", "reopen"][word % 6];
            (json!({"command": format!("offer.{word}"), "offer": key}), rival)
        }
        Step::Discount { offer, percent } => {
            let (key, rival) = pick(&made.offers, *offer)?;
            (
                json!({"command": "offer.discount", "offer": key, "percent": percent.to_string(), "reason": "loyal"}),
                rival,
            )
        }
        Step::Minutes(_) => return None,
    })
}

/// Every record of an entity with its values, and that the fold of its journal now is what is stored.
fn seen<R: Record>(admin: &Session) -> BTreeMap<Uuid, Vec<Value>> {
    let all = admin.list::<R>(&Predicate::Everything, 1_000, 0).unwrap();
    let pair = |stored: clientela::Stored<R>| (stored.record.id().uuid(), stored.record.to_values());
    all.into_iter().map(pair).collect()
}

/// The same at a moment, record by record out of the journal.
fn seen_at<R: Record>(admin: &Session, at: DateTime<Utc>) -> BTreeMap<Uuid, Vec<Value>> {
    let all = admin.list::<R>(&Predicate::Everything, 1_000, 0).unwrap();
    let then = |id: R::Id| match admin.as_of::<R>(id, at) {
        Ok(record) => Some((id.uuid(), record.to_values())),
        Err(error) => {
            assert_eq!(error.code(), "record.not_found");
            None
        }
    };
    all.into_iter().filter_map(|stored| then(stored.record.id())).collect()
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn state_is_the_fold_of_the_journal_now_and_at_every_moment(steps in prop::collection::vec(step(), 20..90)) {
        let network = Network::new();
        let admin = network.crm.session("admin", None).unwrap();
        let (seller, rival) = (network.seller(), network.rival());
        let mut made = Made::default();
        let mut kept = Vec::new();
        let mut done = 0;
        for (number, step) in steps.iter().enumerate() {
            network.clock.advance(Duration::seconds(1));
            if let Step::Minutes(minutes) = step {
                network.clock.advance(Duration::minutes(i64::from(*minutes)));
            }
            let Some((json, by_rival)) = command(step, &made) else { continue };
            let session = if by_rival { &rival } else { &seller };
            let Ok(receipt) = session.run(&Command::from_json(&json.to_string()).unwrap()) else { continue };
            done += 1;
            let key = receipt.key().map(str::to_owned);
            match step {
                Step::Customer { .. } => made.customers.push((key.unwrap(), by_rival)),
                Step::Open { .. } => made.opportunities.push((key.unwrap(), by_rival)),
                Step::Offer { .. } => made.offers.push((key.unwrap(), by_rival)),
                Step::Activity { .. } => {
                    made.activities.push((receipt.id_of("activity").unwrap().to_string(), by_rival));
                }
                _ => {}
            }
            if number % 5 == 0 {
                kept.push((network.clock_now(), every_record!(seen(&admin))));
            }
        }
        network.clock.advance(Duration::seconds(1));
        let report = network.crm.check().unwrap();
        prop_assert!(report.is_in_order(), "{:?}", report.findings);
        prop_assert!(report.commits >= done);
        let now = every_record!(seen(&admin));
        prop_assert!(every_record!(seen_at(&admin, admin.now())) == now);
        for (moment, then) in &kept {
            let again = every_record!(seen_at(&admin, *moment));
            for ((name, again), (_, then)) in again.iter().zip(then) {
                prop_assert_eq!(again, then, "{} as of {}", name, moment);
            }
        }
        let past = |name: &str| {
            let query = TableQuery { as_of: Some(admin.now()), ..TableQuery::new(name) };
            admin.table(&query).unwrap().rows()
        };
        for (name, batches) in state(&admin) {
            let rows: usize = batches.iter().map(arrow_array::RecordBatch::num_rows).sum();
            prop_assert_eq!(past(name), rows, "{}", name);
        }
        let numbers = |keys: &[(String, bool)]| keys.iter().map(|(key, _)| key).collect::<std::collections::BTreeSet<_>>().len();
        prop_assert_eq!(numbers(&made.opportunities), made.opportunities.len(), "every number is given once");
        prop_assert_eq!(numbers(&made.offers), made.offers.len(), "every number is given once");
    }
}
