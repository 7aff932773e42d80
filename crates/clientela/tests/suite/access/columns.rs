//! Rules over columns see what every other way out sees: asked of all at once they say what they say of each record alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::sight::{Shown, of_list};
use super::world::{World, command, secret};
use clientela::core::party::Customer;
use clientela::core::sales::Opportunity;
use clientela::model::Record;
use clientela::rules::Outcome;
use clientela::{Predicate, RuleRun, RuleSubject, Session};
use serde_json::json;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use uuid::Uuid;

/// Rules that tell customers apart by what some may not see or read.
const ON_CUSTOMERS: [&str; 18] = [
    "true",
    "customer.credit_hold == true",
    "customer.credit_hold != true",
    "customer.credit_hold",
    "customer.name.startsWith('NAME')",
    "customer.number.startsWith('KN-0') || customer.contacts.exists(c, c.family_name.startsWith('CONTACT-1'))",
    "customer.contacts.size() > 0",
    "customer.contacts[0].family_name.startsWith('CONTACT')",
    "customer.fleet.exists(v, v.make == 'Marca')",
    "customer.fleet.filter(v, v.make != 'Marca').size() >= 2",
    "customer.fleet.exists(v, v.first_registration < today - years(3)) && customer.status != 'lost'",
    "customer.activities.exists(a, a.customer == customer.id)",
    "customer.opportunities.size() > 0",
    "customer.opportunities.exists(o, o.owner == customer.owner)",
    "customer.opportunities.map(o, o.vehicles).sum() > 1",
    "customer.consents.exists(c, c.decision == 'granted' && c.purpose == 'marketing')",
    "customer.since < today && customer.country == 'IT'",
    "size(customer.locality) > 3",
];

const ON_OPPORTUNITIES: [&str; 5] = [
    "opportunity.vehicles >= 1",
    "opportunity.state == 'open' && customer.country == 'IT'",
    "customer.credit_hold == true",
    "customer.contacts.exists(c, c.family_name.startsWith('CONTACT'))",
    "opportunity.owner == customer.owner || customer.fleet.size() > 0",
];

/// Compares both ways for one seat.
pub(crate) fn check(world: &World, seat: usize, shown: &mut Shown) {
    let session = &world.sessions[seat];
    for text in ON_CUSTOMERS {
        compare::<Customer>(session, text, RuleSubject::Customer, shown);
    }
    for text in ON_OPPORTUNITIES {
        compare::<Opportunity>(session, text, RuleSubject::Opportunity, shown);
    }
}

fn compare<R: Record>(session: &Session, text: &str, about: RuleSubject, shown: &mut Shown) {
    let rule = session.rule(text, about).unwrap();
    let two = RuleRun { workers: NonZeroUsize::new(2) };
    let selection = rule.select(session, two).unwrap();
    shown.add(&selection);
    let visible: BTreeSet<Uuid> = of_list::<R>(session, &Predicate::Everything);
    let (mut holding, mut unknown) = (Vec::new(), 0);
    for id in &visible {
        let verdict = rule.holds(session, &id.to_string()).unwrap();
        shown.add(&verdict.why);
        shown.add(rule.explain(session, &id.to_string()).unwrap());
        match verdict.outcome {
            Outcome::True => holding.push(*id),
            Outcome::False => {}
            _ => unknown += 1,
        }
    }
    assert_eq!(selection.asked, visible.len(), "{text}: asked");
    assert_eq!(selection.ids, holding, "{text}: those for whom it holds");
    assert_eq!(selection.unknown, unknown, "{text}: unknown");
    let funnel = rule.funnel(session, RuleRun::default()).unwrap();
    assert_eq!(funnel.asked, visible.len(), "{text}: funnel");
    assert_eq!(funnel.steps.last().unwrap().left, holding.len(), "{text}: funnel");
    let removed: usize = funnel.steps.iter().map(|step| step.removed).sum();
    assert_eq!(removed + holding.len(), visible.len(), "{text}: funnel");
}

/// Changes something in every table the columns are made of, and what rights go by.
pub(crate) fn stir(world: &mut World) {
    let admin = world.admin.clone();
    let try_it = |value: serde_json::Value| {
        if let Err(error) = admin.run(&command(value.clone())) {
            assert!(["customer.duplicate", "key.taken"].contains(&error.code()), "{value}: {error:?}");
        }
    };
    for (number, customer) in world.customers.clone().into_iter().enumerate().step_by(2) {
        let key = customer.key.clone();
        for value in [
            json!({"command": "vehicle.add", "customer": key, "vehicle": {"make": "Marca", "first_registration": "2019-01-01"}}),
            json!({"command": "vehicle.add", "customer": key, "vehicle": {"make": "Orsa"}}),
            json!({"command": "consent.record", "customer": key, "consent": {"purpose": "marketing", "channel": "email",
                "decision": if number == 0 { "withdrawn" } else { "granted" }, "basis": "consent"}}),
            json!({"command": "customer.change", "customer": key,
                "change": {"credit_hold": number % 4 != 0, "locality": "Parma", "since": "2020-02-02"}}),
        ] {
            try_it(value);
        }
    }
    let seats = world.seats.len();
    let last = world.customers.len() - 1;
    let owner = (world.customers[last].owner + 1) % seats;
    let moving = json!({"command": "customer.change", "customer": world.customers[last].key,
        "owner": format!("S{owner}"), "change": {}});
    if world.admin.run(&command(moving)).is_ok() {
        let mut moved = world.customers[last].clone();
        (moved.owner, moved.unit) = (owner, world.seats[owner].unit);
        world.customers[last] = moved;
    }
    try_it(
        json!({"command": "opportunity.open", "customer": world.customers[0].key, "title": secret("STIR", 0),
        "method": "M", "currency": "EUR", "owner": "S0", "vehicles": 2}),
    );
    try_it(
        json!({"command": "position.create", "unit": "HQ", "function": "seller", "title": "Late", "profile": "P0",
        "reports_to": "S0"}),
    );
}

/// What is brought up to date says the same as what is read from the beginning.
pub(crate) fn refreshed_is_fresh(world: &World) {
    for session in &world.sessions {
        let all = || -> Vec<_> {
            let rules = ON_CUSTOMERS.iter().map(|text| session.rule(text, RuleSubject::Customer).unwrap());
            rules.map(|rule| rule.select(session, RuleRun::default()).unwrap()).collect()
        };
        let refreshed = all();
        world.network.crm.drop_mirror();
        assert_eq!(refreshed, all());
    }
}
