//! The organisation changes: seats, positions, units, profiles. What was before is answered by what was before.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::network;
use crate::words;

use chrono::Duration;
use clientela::Session;
use network::Network;
use serde_json::{Value, json};
use words::{ask, refused, refused_at, run};

/// Who could see the customer on a day, by login.
fn seen(admin: &Session, day: &str) -> Vec<String> {
    let question =
        json!({"question": "access.who_could_see", "entity": "customer", "record": "C-1", "day": day});
    let answer = ask(admin, question);
    let login = |user: &Value| user["login"].as_str().unwrap().to_owned();
    let mut users: Vec<String> = answer["users"].as_array().unwrap().iter().map(login).collect();
    users.dedup();
    users
}

fn prepared() -> (Network, Session) {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    run(
        &network.seller(),
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "Autotrasporti", "country": "IT", "number": "C-1"}}),
    );
    (network, admin)
}

#[test]
fn a_seller_takes_another_seat_and_may_hold_two() {
    let (network, admin) = prepared();
    network.clock.advance(Duration::days(1));
    let begin = json!({"command": "holding.begin", "user": "u-rossi", "position": "Trucks Parma"});
    assert_eq!(refused(&network.seller(), begin.clone()), "access.not_allowed");
    run(&admin, begin.clone());
    assert_eq!(refused_at(&admin, begin), ("holding.holds_already", Some("user".into())));
    let both = |title: &str| network.crm.session("u-rossi", Some(title)).map(|_| ());
    assert!(both("Trucks Piacenza").is_ok() && both("Trucks Parma").is_ok());

    run(&admin, json!({"command": "holding.end", "user": "u-rossi", "position": "Trucks Piacenza"}));
    run(
        &admin,
        json!({"command": "holding.begin", "user": "u-gallo", "position": "Trucks Piacenza", "from": "2026-03-06"}),
    );
    network.clock.advance(Duration::days(1));
    assert!(both("Trucks Piacenza").is_err() && both("Trucks Parma").is_ok());
    assert_eq!(seen(&admin, "2026-03-04"), ["admin", "u-rossi", "u-verdi"]);
    assert_eq!(seen(&admin, "2026-03-06"), ["admin", "u-gallo", "u-verdi"]);
    let reversed = json!({"command": "holding.begin", "user": "u-neri", "position": "Trucks Parma", "from": "2026-04-02", "to": "2026-04-01"});
    assert_eq!(refused_at(&admin, reversed), ("holding.ends_before_it_begins", Some("to".into())));
}

#[test]
fn who_was_kept_out_comes_back() {
    let (network, admin) = prepared();
    let activate = json!({"command": "user.activate", "user": "u-rossi"});
    assert_eq!(refused(&admin, activate.clone()), "user.active");
    run(&admin, json!({"command": "user.deactivate", "user": "u-rossi"}));
    assert!(network.crm.session("u-rossi", None).is_err());
    let begin = json!({"command": "holding.begin", "user": "u-rossi", "position": "Trucks Parma"});
    assert_eq!(refused(&admin, begin), "holding.inactive");
    run(&admin, activate);
    assert!(network.crm.session("u-rossi", None).is_ok());
}

#[test]
fn a_position_changes_and_earlier_days_are_as_they_were() {
    let (network, admin) = prepared();
    let position = |title: &str| json!({"command": "position.create", "unit": "D-0042", "function": "sales_manager", "title": title, "profile": "sales_manager"});
    run(&admin, position("Team A"));
    run(
        &admin,
        json!({"command": "user.create", "login": "u-conti", "name": "C", "position": "Team A", "from": "2025-01-01"}),
    );
    network.clock.advance(Duration::days(1));
    run(&admin, json!({"command": "position.change", "position": "Trucks Piacenza", "reports_to": "Team A"}));
    network.clock.advance(Duration::days(1));
    assert_eq!(seen(&admin, "2026-03-04"), ["admin", "u-rossi", "u-verdi"]);
    assert_eq!(seen(&admin, "2026-03-06"), ["admin", "u-conti", "u-rossi", "u-verdi"]);

    let change = |change: Value| {
        let mut asked = json!({"command": "position.change", "position": "Team A"});
        asked.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        asked
    };
    assert_eq!(refused(&admin, change(json!({"reports_to": "Trucks Piacenza"}))), "position.circle");
    assert_eq!(
        refused_at(&admin, change(json!({"unit": "D-0043"}))),
        ("organisation.other_dealer", Some("unit".into()))
    );
    assert_eq!(refused(&admin, change(json!({"title": "Trucks Parma"}))), "key.taken");
    let told = run(&admin, change(json!({"title": "Team North", "profile": "manager"})));
    assert_eq!(told.key(), Some("Team North"));
    run(&admin, json!({"command": "position.change", "position": "Trucks Piacenza", "reports_to": null}));
    let conti = network.crm.session("u-conti", None).unwrap();
    assert!(conti.customer("C-1").is_ok(), "by the units of a manager");
    assert_eq!(refused(&network.manager(), change(json!({"title": "x"}))), "record.not_found");
}

#[test]
fn a_unit_moves_within_its_dealer_and_not_to_another() {
    let (network, admin) = prepared();
    for (parent, kind, code) in
        [("IT", "zone", "Z-1"), ("D-0042", "outlet", "O-1"), ("D-0042", "outlet", "O-2")]
    {
        run(
            &admin,
            json!({"command": "unit.create", "parent": parent, "kind": kind, "code": code, "name": code}),
        );
    }
    run(
        &admin,
        json!({"command": "position.create", "unit": "Z-1", "function": "zone_manager", "title": "Zone", "profile": "manager"}),
    );
    run(
        &admin,
        json!({"command": "user.create", "login": "u-zone", "name": "Z", "position": "Zone", "from": "2025-01-01"}),
    );
    network.clock.advance(Duration::days(1));
    let told = run(&admin, json!({"command": "unit.change", "unit": "D-0042", "parent": "Z-1"}));
    assert_eq!(told.why.value("parent"), Some("Z-1"));
    network.clock.advance(Duration::days(1));
    assert_eq!(seen(&admin, "2026-03-04"), ["admin", "u-rossi", "u-verdi"]);
    assert_eq!(seen(&admin, "2026-03-06"), ["admin", "u-rossi", "u-verdi", "u-zone"]);
    run(&admin, json!({"command": "unit.change", "unit": "O-1", "parent": "O-2"}));
    assert_eq!(
        refused_at(&admin, json!({"command": "unit.change", "unit": "O-2", "parent": "D-0043"})),
        ("organisation.other_dealer", Some("parent".into()))
    );
    assert_eq!(
        refused(&admin, json!({"command": "unit.change", "unit": "O-2", "parent": "O-1"})),
        "unit.circle"
    );
}

#[test]
fn a_profile_changes_for_all_who_have_it() {
    let (network, admin) = prepared();
    network.clock.advance(Duration::days(1));
    let change = |grants: Value| json!({"command": "profile.change", "profile": "seller", "grants": grants});
    run(
        &admin,
        change(
            json!([{"entity": "relationship", "verb": "read", "scope": "everything"}, {"entity": "*", "verb": "change", "scope": "mine"}]),
        ),
    );
    network.clock.advance(Duration::days(1));
    let (seller, rival) = (network.seller(), network.rival());
    assert!(rival.customer("C-1").is_ok());
    let create =
        json!({"command": "customer.create", "customer": {"kind": "company", "name": "x", "country": "IT"}});
    assert_eq!(refused(&seller, create.clone()), "access.not_allowed");
    assert_eq!(seen(&admin, "2026-03-04"), ["admin", "u-rossi", "u-verdi"]);
    assert_eq!(seen(&admin, "2026-03-06"), ["admin", "u-gallo", "u-neri", "u-rossi", "u-verdi"]);

    // What was taken is given again.
    let lines: Vec<Value> = ["read", "create", "change"]
        .map(|verb| json!({"entity": "*", "verb": verb, "scope": "mine"}))
        .to_vec();
    let told = run(&admin, change(json!(lines)));
    assert_eq!((told.why.value("new"), told.why.value("changed")), (Some("0"), Some("3")), "{}", told.why);
    run(&seller, create);
    assert!(rival.customer("C-1").is_err());
    let own = json!({"command": "profile.change", "profile": "administrator", "grants": [{"entity": "*", "verb": "read", "scope": "everything"}]});
    assert_eq!(refused_at(&admin, own), ("profile.locks_out", Some("grants".into())));
    // Nor by taking another profile.
    let other = json!({"command": "position.change", "position": "Administrator", "profile": "seller"});
    assert_eq!(refused_at(&admin, other), ("profile.locks_out", Some("profile".into())));
    run(
        &admin,
        json!({"command": "position.change", "position": "Administrator", "profile": "administrator"}),
    );
    assert_eq!(
        refused(&admin, change(json!([{"entity": "ghost", "verb": "read", "scope": "mine"}]))),
        "grant.unknown_entity"
    );
    assert_eq!(refused(&network.manager(), change(json!([]))), "access.not_allowed");
}
