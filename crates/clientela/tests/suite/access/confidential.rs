//! Fields a profile does not read: empty on every way out, of no use to filter by, and never lost by a change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::sight::{ids, of_list};
use super::world::command;
use crate::network::Network;
use clientela::core::catalogue::Price;
use clientela::core::party::{Customer, Party, Relationship};
use clientela::core::sales::{OfferItem, Opportunity};
use clientela::model::{Entity, Record, Value};
use clientela::{Predicate, RuleRun, RuleSubject, Session, TableQuery};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use uuid::Uuid;

fn run(session: &Session, value: Json) -> clientela::Receipt {
    session.run(&command(value.clone())).unwrap_or_else(|error| panic!("{value}\n{error:?}"))
}

/// A dealer's manager enters two customers for a seller, one on credit hold, and an offer at a cost.
fn deal() -> (Network, String) {
    let network = Network::new();
    let manager = network.manager();
    for (number, hold) in [("C-1", true), ("C-2", false)] {
        run(
            &manager,
            json!({"command": "customer.create", "owner": "Trucks Piacenza", "customer": {"kind": "company", "name": "Esempio",
                "country": "IT", "number": number, "credit_hold": hold, "notes": format!("note of {number}")}}),
        );
    }
    run(
        &manager,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR",
            "number": "O-1", "owner": "Trucks Piacenza"}),
    );
    let offer = run(
        &manager,
        json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": "T480-4X2", "quantity": "1"}]}),
    );
    let number = offer.key().unwrap().to_owned();
    (network, number)
}

fn confidential(entity: &Entity) -> Vec<&'static str> {
    let hidden = entity.columns.iter().filter(|column| column.facet == clientela::model::Facet::Confidential);
    hidden.map(|column| column.name).collect()
}

#[test]
fn a_change_by_a_profile_that_does_not_read_them_never_loses_them() {
    let (network, offer) = deal();
    let (seller, manager) = (network.seller(), network.manager());
    run(
        &seller,
        json!({"command": "customer.change", "customer": "C-1", "change": {"source": "fair", "name": "Altro"}}),
    );
    run(&seller, json!({"command": "offer.discount", "offer": offer, "percent": "2", "reason": "loyal"}));
    let seen = seller.find::<Relationship>("C-1").unwrap();
    assert_eq!((seen.credit_hold, seen.notes.as_deref(), seen.source.as_deref()), (None, None, Some("fair")));
    let whole = manager.find::<Relationship>("C-1").unwrap();
    assert_eq!((whole.credit_hold, whole.notes.as_deref()), (Some(true), Some("note of C-1")));
    let items = manager.list::<OfferItem>(&Predicate::Everything, 10, 0).unwrap();
    let mut costs: Vec<_> =
        items.iter().filter(|item| item.line == "1").map(|item| (item.revision, item.unit_cost)).collect();
    costs.sort_by_key(|(revision, _)| *revision);
    assert_eq!(costs.len(), 2, "one item in each of two versions");
    assert!(costs[0].1.is_some());
    assert_eq!(costs[0].1, costs[1].1, "the cost goes with the new version");
    let shown = seller.offer(&offer).unwrap();
    assert!(shown.items.iter().all(|item| item.unit_cost.is_none()));
}

#[test]
fn they_cannot_be_filtered_by() {
    let (network, _) = deal();
    let seller = network.seller();
    let all = of_list::<Relationship>(&seller, &Predicate::Everything);
    assert_eq!(all.len(), 2);
    assert_eq!(confidential(Relationship::ENTITY), ["credit_hold", "notes"]);
    let hold = || Predicate::equals("credit_hold", Value::Bool(true));
    let note = || Predicate::StartsWith("notes".into(), "note of C-1".into());
    let none = BTreeSet::new();
    // An empty column is equal to nothing; its opposite holds for all.
    for (condition, expected) in [
        (hold(), &none),
        (Predicate::Not(Box::new(hold())), &all),
        (Predicate::OneOf("credit_hold".into(), vec![Value::Bool(true)]), &none),
        (note(), &none),
        (Predicate::Not(Box::new(note())), &all),
        (Predicate::Empty("credit_hold".into()), &all),
        (Predicate::All(vec![Predicate::Everything, hold()]), &none),
        (Predicate::Any(vec![Predicate::Nothing, note()]), &none),
    ] {
        assert_eq!(of_list::<Relationship>(&seller, &condition), *expected, "{condition:?}");
        assert_eq!(seller.count::<Relationship>(&condition).unwrap(), expected.len() as u64, "{condition:?}");
    }
    let customers = Predicate::equals("credit_hold", Value::Bool(true));
    assert_eq!(seller.count::<Customer>(&customers).unwrap(), 0);
    let dear = Predicate::Not(Box::new(Predicate::Empty("cost".into())));
    assert_eq!(
        seller.count::<Price>(&dear).unwrap(),
        0,
        "which prices have a cost is as confidential as the cost"
    );
    // Tables and rules say of it what conditions say.
    for (filter, expected) in [
        ("credit_hold == true", &none),
        ("credit_hold != true", &all),
        ("!(credit_hold == true)", &all),
        ("credit_hold == null", &all),
        ("credit_hold", &none),
    ] {
        for as_of in [None, Some(seller.now())] {
            let query = TableQuery { filter: Some(filter.into()), as_of, ..TableQuery::new("relationship") };
            assert_eq!(seller.table(&query).map(|table| ids(&table)).unwrap(), *expected, "{filter}");
        }
        let asked = filter.replace("credit_hold", "customer.credit_hold");
        let rule = seller.rule(&asked, RuleSubject::Customer).unwrap();
        let selection = rule.select(&seller, RuleRun::default()).unwrap();
        assert_eq!(selection.ids.len(), expected.len(), "{asked}");
        for id in ["C-1", "C-2"] {
            assert_eq!(rule.holds(&seller, id).unwrap().holds(), !expected.is_empty(), "{asked}");
        }
    }
}

/// A stage that may not be entered says what is needed; of a figure that may not be read it says the same whatever it is.
#[test]
fn a_refused_stage_does_not_tell_them_by_what_it_needs() {
    let (network, _) = deal();
    let (manager, seller) = (network.manager(), network.seller());
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &admin,
        json!({"command": "sales_method.define", "code": "held", "name": "Held", "with_configurator": false, "stages": [
            {"code": "first", "name": "First", "probability": 10},
            {"code": "second", "name": "Second", "probability": 50,
                "entry_rule": "opportunity.vehicles >= 3 && !(customer.credit_hold == true)"}]}),
    );
    let mut told = BTreeSet::new();
    for (customer, number) in [("C-1", "H-1"), ("C-2", "H-2")] {
        run(
            &manager,
            json!({"command": "opportunity.open", "customer": customer, "title": "T", "method": "held", "currency": "EUR",
                "number": number, "vehicles": 1, "owner": "Trucks Piacenza"}),
        );
        let refused = seller
            .run(&command(json!({"command": "opportunity.advance", "opportunity": number})))
            .unwrap_err();
        assert_eq!(refused.code(), "opportunity.entry_refused");
        let said = format!("{refused} {}", refused.why().unwrap());
        assert!(said.contains("opportunity.vehicles at least 3"), "{said}");
        assert!(!said.contains("other than true"), "{said}");
        told.insert(said);
    }
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_condition_does_not_ask_through_another_record_what_may_not_be_seen() {
    let (network, _) = deal();
    let (seller, rival) = (network.seller(), network.rival());
    let through = |satisfying: Predicate| Predicate::Refers {
        column: "customer".into(),
        entity: "relationship",
        satisfying: Box::new(satisfying),
    };
    let hold = through(Predicate::equals("credit_hold", Value::Bool(true)));
    assert_eq!(seller.count::<Opportunity>(&hold).unwrap(), 0, "a confidential field of the customer");
    let number = through(Predicate::equals("number", Value::Text("C-1".into())));
    assert_eq!(seller.count::<Opportunity>(&number).unwrap(), 1, "what may be seen can be asked for");

    // Both dealers know the party; what business the other has with it is his.
    for (session, number) in [(&seller, "A-1"), (&rival, "B-1")] {
        run(
            session,
            json!({"command": "customer.create", "customer": {"kind": "company", "name": "Comune", "country": "IT",
                "vat_number": "IT00743110157", "number": number}}),
        );
    }
    let pointing = |number: &'static str| Predicate::Referred {
        entity: "relationship",
        column: "party",
        satisfying: Box::new(Predicate::equals("number", Value::Text(number.into()))),
    };
    assert_eq!(rival.count::<Party>(&pointing("B-1")).unwrap(), 1);
    assert_eq!(rival.count::<Party>(&pointing("A-1")).unwrap(), 0, "the other dealer's customer number");
    let of_party: BTreeSet<Uuid> = of_list::<Party>(&rival, &Predicate::Everything);
    assert_eq!(of_party.len(), 1);
}

#[test]
fn they_cannot_be_found_out_by_trying_to_change_them() {
    let (network, _) = deal();
    let seller = network.seller();
    let mut told = BTreeSet::new();
    for hold in [true, false] {
        let change =
            json!({"command": "customer.change", "customer": "C-1", "change": {"credit_hold": hold}});
        told.insert(match seller.run(&command(change)) {
            Ok(receipt) => format!("{:?}", receipt.why),
            Err(error) => format!("{} {error}", error.code()),
        });
    }
    assert_eq!(told.len(), 1, "the answer tells what the field holds: {told:?}");
    assert!(told.iter().all(|text| text.starts_with("access.not_allowed")), "{told:?}");
}

#[test]
fn a_campaign_does_not_choose_by_what_its_maker_does_not_read() {
    let (network, _) = deal();
    let seller = network.seller();
    for number in ["C-1", "C-2"] {
        run(
            &seller,
            json!({"command": "consent.record", "customer": number, "consent": {"purpose": "marketing", "channel": "email",
                "decision": "granted", "basis": "consent"}}),
        );
    }
    run(
        &seller,
        json!({"command": "campaign.define", "campaign": {"code": "HELD", "name": "Held", "purpose": "marketing",
            "channel": "email", "first_day": "2026-01-01", "last_day": "2026-12-31", "rule": "customer.credit_hold == true"}}),
    );
    assert_eq!(seller.target("HELD").unwrap().size(), 0);
    run(&seller, json!({"command": "campaign.activate", "campaign": "HELD"}));
    let members =
        seller.list::<clientela::core::marketing::CampaignMember>(&Predicate::Everything, 10, 0).unwrap();
    assert_eq!(members.len(), 0, "the list that is fixed is the list that was shown");
}
