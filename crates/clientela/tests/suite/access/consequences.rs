//! What follows from a change is complete, whatever of it the one who made the change may see.

use super::world::command;
use crate::network::Network;
use clientela::core::sales::{Credit, Opportunity};
use clientela::{Predicate, Session};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn run(session: &Session, value: Value) -> clientela::Receipt {
    session.run(&command(value.clone())).unwrap_or_else(|error| panic!("{value}\n{error:?}"))
}

#[test]
fn a_win_counts_and_is_taken_back_in_full_by_whoever_may_not_see_its_offers_and_credits() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    let grants: Vec<Value> = ["relationship", "opportunity"]
        .iter()
        .flat_map(|entity| {
            ["read", "create", "change"]
                .map(|verb| json!({"entity": entity, "verb": verb, "scope": "my_unit"}))
        })
        .collect();
    run(&admin, json!({"command": "profile.define", "name": "desk", "grants": grants}));
    run(
        &admin,
        json!({"command": "position.create", "unit": "D-0042", "function": "sales_assistant", "title": "Desk", "profile": "desk"}),
    );
    run(
        &admin,
        json!({"command": "user.create", "login": "u-desk", "name": "Rosa Bianchi", "position": "Desk", "from": "2025-01-01"}),
    );
    let (seller, desk) = (network.seller(), network.crm.session("u-desk", None).unwrap());
    for value in [
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}),
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR",
            "number": "O-1"}),
        json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": "T480-4X2", "quantity": "3"}]}),
        json!({"command": "offer.issue", "offer": "Q-7001"}),
        json!({"command": "offer.accept", "offer": "Q-7001"}),
    ] {
        run(&seller, value);
    }
    let counted = || {
        let credits = admin.list::<Credit>(&Predicate::Everything, 100, 0).unwrap();
        credits.iter().map(|credit| (credit.measure.to_string(), credit.amount)).fold(
            std::collections::BTreeMap::<String, Decimal>::new(),
            |mut sums, (measure, amount)| {
                *sums.entry(measure).or_default() += amount;
                sums
            },
        )
    };
    assert_eq!(desk.count::<clientela::core::sales::Offer>(&Predicate::Everything).unwrap(), 0);
    let won = run(&desk, json!({"command": "opportunity.win", "opportunity": "O-1"}));
    assert!(!won.why.to_string().contains("295500"), "the net of an offer it does not see: {}", won.why);
    assert_eq!(counted()["units"], Decimal::from(3), "the vehicles of an offer the desk does not see");
    assert_eq!(desk.count::<Credit>(&Predicate::Everything).unwrap(), 0);
    run(&desk, json!({"command": "opportunity.reopen", "opportunity": "O-1"}));
    assert!(counted().values().all(Decimal::is_zero), "{:?}", counted());
}

#[test]
fn a_number_is_given_once_in_the_whole_network() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    let (seller, rival) = (network.seller(), network.rival());
    let customer = |number: Option<&str>| json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": number}});
    // Given by hand before the series comes to it, in either dealer.
    run(&seller, customer(Some("C-2")));
    run(&rival, customer(Some("C-4")));
    let mut numbers = BTreeSet::from(["C-2".to_owned(), "C-4".to_owned()]);
    for session in [&seller, &rival, &seller, &rival] {
        let number = run(session, customer(None)).key().unwrap().to_owned();
        let open = json!({"command": "opportunity.open", "customer": number, "title": "T", "method": "with-configurator",
            "currency": "EUR"});
        run(session, open);
        assert!(numbers.insert(number.clone()), "{number} is given twice");
    }
    let opportunities = admin.list::<Opportunity>(&Predicate::Everything, 100, 0).unwrap();
    let numbers: BTreeSet<&str> = opportunities.iter().map(|found| found.number.as_str()).collect();
    assert_eq!(numbers.len(), 4, "{numbers:?}");
    // A series that runs into a number given by hand passes it over.
    run(
        &admin,
        json!({"command": "number_series.define", "unit": "D-0043", "document": "customer", "prefix": "C-", "next": 4}),
    );
    assert_eq!(run(&rival, customer(None)).key(), Some("C-5"));
}
