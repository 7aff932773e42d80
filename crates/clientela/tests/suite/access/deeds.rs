//! Every command that names a record, on records that may not be seen and on those that may not be changed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::sight::Shown;
use super::world::{Owned, World, command};
use clientela::Session;
use clientela::core::organisation::Verb;
use serde_json::{Value, json};

/// What can be done with a customer. The second word says whether it needs the right to change the customer itself.
fn on_customer(key: &str) -> Vec<(Value, bool)> {
    vec![
        (json!({"command": "customer.change", "customer": key, "change": {"source": "fair"}}), true),
        (json!({"command": "customer.change", "customer": key, "change": {"name": "Other"}}), false),
        (json!({"command": "contact.add", "customer": key, "contact": {"family_name": "Bianchi"}}), true),
        (json!({"command": "vehicle.add", "customer": key, "vehicle": {"make": "Marca"}}), false),
        (
            json!({"command": "consent.record", "customer": key, "consent": {"purpose": "marketing", "channel": "email",
                "decision": "granted", "basis": "consent"}}),
            true,
        ),
        (
            json!({"command": "activity.plan", "customer": key, "activity": {"kind": "call", "subject": "S"}}),
            true,
        ),
        (
            json!({"command": "opportunity.open", "customer": key, "title": "T", "method": "M", "currency": "EUR"}),
            false,
        ),
    ]
}

fn on_opportunity(key: &str) -> Vec<(Value, bool)> {
    let mut all = vec![(
        json!({"command": "offer.create", "opportunity": key, "items": [{"product": "T1", "quantity": "1", "tax_percent": "22"}]}),
        false,
    )];
    for word in ["advance", "go_back"] {
        all.push((json!({"command": format!("opportunity.{word}"), "opportunity": key}), true));
    }
    for word in ["suspend", "win", "lose", "resume", "reopen"] {
        all.push((
            json!({"command": format!("opportunity.{word}"), "opportunity": key, "reason": "R"}),
            true,
        ));
    }
    all
}

fn on_offer(key: &str) -> Vec<(Value, bool)> {
    let mut all = vec![
        (
            json!({"command": "offer.revise", "offer": key, "items": [{"product": "T1", "quantity": "2", "tax_percent": "22"}]}),
            true,
        ),
        (json!({"command": "offer.discount", "offer": key, "percent": "1", "reason": "R"}), true),
    ];
    for word in ["issue", "accept", "refuse", "withdraw", "expire", "reopen"] {
        all.push((json!({"command": format!("offer.{word}"), "offer": key}), true));
    }
    all
}

fn on_activity(key: &str) -> Vec<(Value, bool)> {
    vec![
        (json!({"command": "activity.report", "activity": key, "report": {"result": "R"}}), true),
        (json!({"command": "activity.cancel", "activity": key}), true),
        (
            json!({"command": "activity.reschedule", "activity": key, "planned_at": "2026-05-01T08:00:00Z"}),
            true,
        ),
    ]
}

/// What an error says, with the key taken out.
fn told(session: &Session, value: &Value, key: &str, shown: &mut Shown) -> (String, String, String) {
    let error = match session.run(&command(value.clone())) {
        Err(error) => error,
        Ok(receipt) => panic!("{value} was done: {receipt:?}"),
    };
    let text = |text: String| text.replace(key, "…");
    let whole = text(format!(
        "{error} {:?} {:?} {:?} {:?}",
        error.field(),
        error.hint(),
        error.issues(),
        error.why()
    ));
    shown.add(&whole);
    shown.add(error.entity());
    (error.code().to_owned(), whole, format!("{:?}", error.entity()))
}

/// What can be done with a record of that key.
type Deeds = fn(&str) -> Vec<(Value, bool)>;

/// An entity, what can be done with it, the entity whose rights decide, and each record with the one that decides.
type Group = (&'static str, Deeds, &'static str, Vec<(Owned, Owned)>);

/// Commands on what may not be seen answer as for what is not there; on what may not be changed they are refused; and
/// neither writes anything.
pub(crate) fn check(world: &World, seat: usize, shown: &mut Shown) {
    let session = &world.sessions[seat];
    let head = world.network.crm.info().unwrap().version;
    let activities: Vec<(Owned, &Owned)> = world
        .activities
        .iter()
        .map(|(id, customer)| {
            let customer = &world.customers[*customer];
            (Owned { id: *id, key: id.to_string(), ..customer.clone() }, customer)
        })
        .collect();
    let owned =
        |records: &'_ [Owned]| records.iter().map(|record| (record.clone(), record.clone())).collect();
    let groups: [Group; 4] = [
        ("relationship", on_customer, "relationship", owned(&world.customers)),
        ("opportunity", on_opportunity, "opportunity", owned(&world.opportunities)),
        ("offer", on_offer, "offer", owned(&world.offers)),
        (
            "activity",
            on_activity,
            "relationship",
            activities.into_iter().map(|(activity, customer)| (activity, customer.clone())).collect(),
        ),
    ];
    for (entity, deeds, deciding, records) in groups {
        for (record, decides) in records {
            let seen = world.may(seat, Verb::Read, deciding, &decides);
            let changes = world.may(seat, Verb::Change, deciding, &decides);
            let by_id = record.id.to_string();
            for key in [record.key.as_str(), &by_id] {
                let missing = if key == by_id { "0195ffff-0000-7000-8000-00000000dead" } else { "XX-0-zq" };
                for ((deed, needs_change), (other, _)) in deeds(key).into_iter().zip(deeds(missing)) {
                    if !seen {
                        let (found, expected) =
                            (told(session, &deed, key, shown), told(session, &other, missing, shown));
                        assert_eq!(found.0, "record.not_found", "{entity}: {deed}");
                        assert_eq!(found, expected, "{deed}");
                    } else if !changes && needs_change {
                        let (code, ..) = told(session, &deed, key, shown);
                        assert_eq!(code, "access.not_allowed", "{entity}: {deed}");
                    }
                }
            }
        }
    }
    assert_eq!(world.network.crm.info().unwrap().version, head, "nothing was written");
}
