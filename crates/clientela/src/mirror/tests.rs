//! What no command does today and the columns must follow all the same: a vehicle that changes hands.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::rules::{RuleRun, RuleSubject};
use crate::{Command, Crm, Founding, Session};
use clientela_core::party::{Customer, Vehicle};
use clientela_model::Predicate;
use clientela_store::{CommandMeta, Writer};
use serde_json::json;
use uuid::Uuid;

fn run(session: &Session, value: &serde_json::Value) {
    let command = Command::from_json(&value.to_string()).unwrap();
    session.run(&command).unwrap_or_else(|error| panic!("{value}\n{error:?}"));
}

fn count(session: &Session, rule: &str) -> usize {
    let rule = session.rule(rule, RuleSubject::Customer).unwrap();
    rule.select(session, RuleRun::default()).unwrap().ids.len()
}

#[test]
fn a_vehicle_that_changes_hands_leaves_one_fleet_and_joins_the_other() {
    let folder = std::env::temp_dir().join(format!("clientela-mirror-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let crm = Crm::create(folder.join("network.clientela")).unwrap();
    let founding = Founding {
        unit_code: "HQ".into(),
        unit_name: "HQ".into(),
        country: None,
        login: "admin".into(),
        user_name: "Ada Bianchi".into(),
    };
    crm.found(&founding).unwrap();
    let session = crm.session("admin", None).unwrap();
    for number in ["C-1", "C-2"] {
        run(
            &session,
            &json!({"command": "customer.create",
                "customer": {"kind": "company", "name": number, "country": "IT", "number": number}}),
        );
    }
    run(&session, &json!({"command": "vehicle.add", "customer": "C-1", "vehicle": {"make": "Orsa"}}));
    let (first, second) = (
        "customer.number == 'C-1' && customer.fleet.size() > 0",
        "customer.number == 'C-2' && customer.fleet.size() > 0",
    );
    assert_eq!((count(&session, first), count(&session, second)), (1, 0));
    let other = session.find::<Customer>("C-2").unwrap().record.party;
    let vehicle = session.list::<Vehicle>(&Predicate::Everything, 1, 0).unwrap().remove(0);
    let meta = CommandMeta {
        id: Uuid::from_u128(7),
        kind: "test.move",
        actor: Uuid::nil(),
        position: None,
        reason: String::new(),
        fingerprint: [0; 32],
        time: session.now(),
    };
    let moved = Vehicle { party: other, ..vehicle.record.clone() };
    crm.store
        .write(&meta, |writer: &mut Writer<'_>| writer.update(&moved, vehicle.version).map(|_| ()))
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((count(&session, first), count(&session, second)), (0, 1));
    assert_eq!(crm.mirror_info().unwrap().segments, 2, "both were read again, and nothing else");
    crm.close().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}
