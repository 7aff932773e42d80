//! What dealers do not learn of each other, and rights that change while a session lasts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::world::command;
use crate::network::Network;
use arrow_array::Array;
use clientela::core::organisation::NumberSeries;
use clientela::core::party::{Customer, Relationship};
use clientela::core::performance::QuotaPlan;
use clientela::model::{EntityId, Record, Value};
use clientela::{Error, Predicate, Receipt, Session, TableQuery};
use serde_json::{Value as Json, json};

fn run(session: &Session, value: Json) -> Receipt {
    session.run(&command(value.clone())).unwrap_or_else(|error| panic!("{value}\n{error:?}"))
}

fn refused(session: &Session, value: Json) -> Error {
    session.run(&command(value)).unwrap_err()
}

fn customer(number: Option<&str>) -> Json {
    json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": number}})
}

/// Somebody in a unit with a profile of his own.
fn hire(admin: &Session, unit: &str, login: &str, grants: Json) {
    run(admin, json!({"command": "profile.define", "name": login, "grants": grants}));
    run(
        admin,
        json!({"command": "position.create", "unit": unit, "function": "sales_manager", "title": login, "profile": login}),
    );
    run(
        admin,
        json!({"command": "user.create", "login": login, "name": "Rosa Bianchi", "position": login, "from": "2025-01-01"}),
    );
}

#[test]
fn a_number_another_dealer_uses_is_free_and_is_not_passed_over() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    let open = |number: Option<&str>| {
        json!({"command": "opportunity.open", "customer": "C-7", "title": "T", "method": "with-configurator",
            "currency": "EUR", "number": number})
    };
    let contact = json!({"command": "contact.add", "customer": "C-7", "contact": {"family_name": "Bianchi", "number": "P-1"}});
    for session in [&seller, &rival] {
        run(session, customer(Some("C-7")));
        run(session, open(Some("O-7")));
        run(session, contact.clone());
        assert_eq!(refused(session, customer(Some("C-7"))).code(), "key.taken", "one dealer uses it once");
        assert_eq!(refused(session, open(Some("O-7"))).code(), "key.taken");
        assert_eq!(refused(session, contact.clone()).code(), "key.taken");
    }
    // The series begin anew for every dealer, whatever the others have used, and still give no number twice.
    let given = |session: &Session| run(session, customer(None)).key().unwrap().to_owned();
    let (first, second) = ((given(&seller), given(&seller)), (given(&rival), given(&rival)));
    assert_eq!(first, ("C-D-0042-1".to_owned(), "C-D-0042-2".to_owned()));
    assert_eq!(second, ("C-D-0043-1".to_owned(), "C-D-0043-2".to_owned()));
}

#[test]
fn of_two_dealers_numbers_each_means_his_own_and_who_sees_both_says_which() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    let own = run(&seller, customer(Some("C-7"))).id_of("relationship").unwrap();
    let theirs = run(&rival, customer(Some("C-7"))).id_of("relationship").unwrap();
    assert_eq!(seller.find::<Relationship>("C-7").unwrap().record.id.uuid(), own);
    assert_eq!(rival.customer("C-7").unwrap().customer.id.uuid(), theirs);
    let admin = network.crm.session("admin", None).unwrap();
    let error = admin.find::<Customer>("C-7").unwrap_err();
    assert_eq!((error.code(), error.kind()), ("record.ambiguous", clientela::ErrorKind::Argument));
    assert_eq!(admin.find::<Customer>(&theirs.to_string()).unwrap().record.id.uuid(), theirs);
}

#[test]
fn how_many_numbers_a_dealer_has_used_is_his_own_affair() {
    let network = Network::new();
    let (seller, rival, manager) = (network.seller(), network.rival(), network.manager());
    run(&rival, customer(None));
    run(&seller, customer(None));
    let next = |session: &Session| {
        let all = session.list::<NumberSeries>(&Predicate::Everything, 100, 0).unwrap();
        let units: std::collections::BTreeSet<_> =
            all.iter().filter(|series| series.next.is_some()).map(|series| series.unit).collect();
        units
    };
    assert!(next(&seller).is_empty() && next(&rival).is_empty());
    let own = std::collections::BTreeSet::from([manager.actor().unit]);
    assert_eq!(next(&manager), own, "a manager sees the counters of his own units");
}

#[test]
fn a_confidential_right_holds_for_the_records_it_gives() {
    let network = Network::new();
    let (admin, manager) = (network.crm.session("admin", None).unwrap(), network.manager());
    for (number, owner) in [("C-1", None), ("C-2", Some("Trucks Piacenza"))] {
        let owner = owner.unwrap_or("desk");
        if owner == "desk" {
            hire(
                &admin,
                "D-0042",
                "desk",
                json!([
                    {"entity": "*", "verb": "read", "scope": "mine", "confidential": true},
                    {"entity": "*", "verb": "read", "scope": "everything"},
                    {"entity": "*", "verb": "change", "scope": "everything"}
                ]),
            );
        }
        run(
            &manager,
            json!({"command": "customer.create", "owner": owner, "customer": {"kind": "company", "name": "Esempio",
                "country": "IT", "number": number, "credit_hold": true, "notes": format!("note of {number}")}}),
        );
    }
    let desk = network.crm.session("desk", None).unwrap();
    let note = |number: &str| desk.find::<Relationship>(number).unwrap().record.notes;
    assert_eq!((note("C-1").as_deref(), note("C-2")), (Some("note of C-1"), None));
    let with_notes = |condition: Predicate| {
        let found = desk.list::<Relationship>(&condition, 10, 0).unwrap();
        let numbers = found.iter().map(|stored| stored.record.number.clone().unwrap());
        let numbers: std::collections::BTreeSet<String> = numbers.collect();
        assert_eq!(desk.count::<Relationship>(&condition).unwrap(), numbers.len() as u64);
        numbers.into_iter().collect::<Vec<_>>().join(" ")
    };
    let hold = || Predicate::equals("credit_hold", Value::Bool(true));
    assert_eq!(with_notes(hold()), "C-1");
    assert_eq!(with_notes(Predicate::Not(Box::new(hold()))), "C-2");
    assert_eq!(with_notes(Predicate::Empty("notes".into())), "C-2");
    for as_of in [None, Some(desk.now())] {
        for columns in [vec![], vec!["credit_hold".to_owned(), "number".to_owned()]] {
            let query = TableQuery { as_of, columns, ..TableQuery::new("customer") };
            let table = desk.table(&query).unwrap();
            let shown: usize = table
                .batches()
                .iter()
                .map(|batch| batch.column_by_name("credit_hold").unwrap())
                .map(|column| column.len() - column.null_count())
                .sum();
            assert_eq!((table.rows(), shown), (2, 1));
        }
        let query =
            TableQuery { filter: Some("credit_hold == true".into()), as_of, ..TableQuery::new("customer") };
        assert_eq!(desk.table(&query).unwrap().rows(), 1);
    }
    let history = |number: &str| {
        let id = desk.find::<Relationship>(number).unwrap().record.id.uuid();
        desk.history(Relationship::ENTITY.name, id).unwrap()
    };
    let told = |number: &str| {
        let changes = history(number).into_iter().flat_map(|entry| entry.changes);
        changes.filter(|change| change.column.name == "notes").any(|change| !change.after.is_null())
    };
    assert_eq!((told("C-1"), told("C-2")), (true, false));
    let hold = |number: &str| json!({"command": "customer.change", "customer": number, "change": {"credit_hold": false}});
    assert_eq!(refused(&desk, hold("C-2")).code(), "access.not_allowed");
    run(&desk, hold("C-1"));
    let id = manager.find::<Relationship>("C-2").unwrap().record.id;
    assert_eq!(desk.as_of::<Relationship>(id, desk.now()).unwrap().notes, None);
}

#[test]
fn the_total_of_a_plan_is_for_who_sees_its_unit() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &admin,
        json!({"command": "quota_plan.define", "name": "Whole 2026", "unit": "HQ", "measure": "units",
            "first_day": "2026-01-01", "last_day": "2026-12-31", "total": "1200"}),
    );
    let total = |session: &Session| session.find::<QuotaPlan>("Whole 2026").unwrap().record.total;
    assert!(total(&admin).is_some());
    for session in [network.seller(), network.manager(), network.rival()] {
        assert_eq!(total(&session), None, "{session:?}");
        assert!(!session.attainment("Whole 2026", None).unwrap().is_empty(), "its own part is seen");
        let whole = Predicate::Compare(
            "total".into(),
            clientela::model::Comparison::Greater,
            Value::Decimal(rust_decimal::Decimal::ONE),
        );
        assert_eq!(
            session
                .list::<QuotaPlan>(&whole, 10, 0)
                .unwrap()
                .iter()
                .filter(|plan| plan.name == "Whole 2026")
                .count(),
            0
        );
        let id = session.find::<QuotaPlan>("Whole 2026").unwrap().record.id.uuid();
        let changes = session.history("quota_plan", id).unwrap().into_iter().flat_map(|entry| entry.changes);
        assert!(changes.filter(|change| change.column.name == "total").all(|change| change.after.is_null()));
    }
}

#[test]
fn rights_are_those_of_today_while_a_session_lasts() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    hire(&admin, "D-0042", "desk", json!([{"entity": "*", "verb": "read", "scope": "my_unit"}]));
    run(&network.manager(), customer(Some("C-1")));
    let desk = network.crm.session("desk", None).unwrap();
    assert_eq!(desk.count::<Relationship>(&Predicate::Everything).unwrap(), 1);
    assert_eq!(refused(&desk, customer(None)).code(), "access.not_allowed");
    // Another session of the same user, opened before, sees it too.
    let other = network.crm.session("desk", None).unwrap();
    let leaving = r#"{"command": "user.deactivate", "user": "desk", "reason": "left the company"}"#;
    let user = desk.actor().user;
    admin.run(&clientela::Request::from_json(leaving).unwrap()).unwrap();
    let told = admin.history("user", user.uuid()).unwrap();
    assert_eq!(
        told.last().map(|entry| (entry.kind.as_str(), entry.reason.as_str())),
        Some(("user.deactivate", "left the company"))
    );
    for session in [&desk, &other] {
        let error = session.count::<Relationship>(&Predicate::Everything).unwrap_err();
        assert_eq!((error.code(), error.kind()), ("session.ended", clientela::ErrorKind::Rights));
        assert_eq!(refused(session, customer(None)).code(), "session.ended");
    }
    assert_eq!(network.crm.session("desk", None).unwrap_err().code(), "session.unknown_user");
    // A position that is held until a day is left with that day.
    let seller = network.seller();
    run(&admin, json!({"command": "holding.end", "user": "u-rossi", "last_day": "2026-03-05"}));
    assert!(seller.count::<Relationship>(&Predicate::Everything).is_ok());
    network.clock.advance(chrono::Duration::days(2));
    assert_eq!(seller.count::<Relationship>(&Predicate::Everything).unwrap_err().code(), "session.ended");
}

#[test]
fn that_another_dealer_has_the_party_is_not_told() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    let create = |phone: &str| {
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Comune", "country": "IT",
            "vat_number": "IT00743110157", "phone": phone}})
    };
    let first = run(&seller, create("+39 02 12345678"));
    let second = run(&rival, create("+39 02 12345678"));
    assert_eq!(first.why.reason, second.why.reason);
    assert_eq!(first.why, second.why, "the same was typed, the same is told");
    let other = Network::new();
    run(&other.seller(), create("+39 02 12345678"));
    let third = run(&other.rival(), create("+39 02 87654321"));
    let told = serde_json::to_string(&third.why).unwrap();
    assert!(told.contains("customer.party_kept") && told.contains("phone"), "{told}");
    assert!(!told.contains("reused") && !told.contains("dealer"), "{told}");
}

#[test]
fn today_is_the_day_of_the_unit() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    run(&admin, json!({"command": "unit.change", "unit": "HQ", "time_zone": "Europe/Rome"}));
    run(&admin, json!({"command": "unit.change", "unit": "D-0043", "time_zone": "America/New_York"}));
    network.clock.set("2026-03-04T23:30:00Z".parse().unwrap());
    let (seller, rival) = (network.seller(), network.rival());
    assert_eq!(
        (seller.today().to_string(), rival.today().to_string()),
        ("2026-03-05".into(), "2026-03-04".into())
    );
    run(&seller, customer(Some("C-1")));
    run(
        &seller,
        json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator",
            "currency": "EUR", "number": "O-1"}),
    );
    let opened = seller.find::<clientela::core::sales::Opportunity>("O-1").unwrap().record.opened_on;
    assert_eq!(opened.to_string(), "2026-03-05");
    let error =
        clientela::Command::from_json(r#"{"command": "unit.change", "unit": "HQ", "time_zone": "Rome"}"#);
    assert_eq!(error.unwrap_err().code(), "command.unreadable");
}
