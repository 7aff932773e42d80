//! Working calendars in a store: who sets them, who has whose, and what is counted in them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::{Command, ErrorKind, Question, Session};
use network::Network;
use serde_json::{Value, json};

fn run(session: &Session, command: &Value) -> clientela::Result<clientela::Receipt> {
    session.run(&Command::from_json(&command.to_string())?)
}

fn ask(session: &Session, question: &Value) -> clientela::Result<Value> {
    session.answer(&Question::from_json(&question.to_string())?)
}

#[test]
fn a_dealer_has_the_calendar_of_headquarters_until_he_has_his_own() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    let seller = network.seller();
    let after = |minutes: u32| {
        let question =
            json!({"question": "calendar.time_after", "from": "2026-12-24T16:30:00Z", "minutes": minutes});
        let answer = ask(&seller, &question).unwrap();
        (answer["at"].as_str().unwrap().to_owned(), answer["why"]["reason"].as_str().unwrap().to_owned())
    };
    let (at, why) = after(60);
    assert_eq!((at.as_str(), why.as_str()), ("2026-12-24T17:30:00Z", "working_calendar.standard"));

    let of_headquarters = json!({"command": "calendar.define", "unit": "HQ", "week": "Mo-Fr 08:30-17:00", "holidays": ["IT"],
        "days": [{"day": "2026-12-31", "hours": "08:30-12:00", "name": "San Silvestro"}]});
    let refused = run(&seller, &of_headquarters).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Rights);
    run(&admin, &of_headquarters).unwrap();
    assert_eq!(after(60).0, "2026-12-28T09:00:00Z");
    assert_eq!(after(30).0, "2026-12-24T17:00:00Z");
    // A short day before a holiday and a weekend.
    assert_eq!(after(30 + 3 * 510 + 211).0, "2027-01-04T08:31:00Z");

    let own = json!({"command": "calendar.define", "unit": "D-0042", "week": "Mo-Sa 09:00-19:00"});
    run(&admin, &own).unwrap();
    assert_eq!(after(120).0, "2026-12-24T18:30:00Z");
    assert_eq!(after(180).0, "2026-12-25T09:30:00Z");

    // Set again, nothing of before is left.
    run(
        &admin,
        &json!({"command": "calendar.define", "unit": "HQ", "week": "Mo-Fr 08:30-17:00", "holidays": ["IT"]}),
    )
    .unwrap();
    let days = json!({"question": "calendar.working_days", "unit": "HQ", "first_day": "2026-12-21", "last_day": "2027-01-01"});
    let counted = ask(&seller, &days).unwrap();
    assert_eq!(counted["working_days"], 8);
    assert_eq!(counted["holidays"], json!([["2026-12-25", "Natale"], ["2027-01-01", "Capodanno"]]));
}

#[test]
fn a_calendar_that_cannot_be_counted_with_is_refused() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    for (given, code, field) in [
        (json!({"week": "Lu-Ve 9-18"}), "opening_hours.malformed", Some("week")),
        (json!({"week": "Mo 18:00-09:00"}), "opening_hours.order", Some("week")),
        (json!({"week": "Mo 09:00-12:00 11:00-13:00"}), "opening_hours.order", Some("week")),
        (json!({"week": ""}), "working_calendar.never_open", Some("week")),
        (json!({"week": "Mo 09:00-25:00"}), "opening_hours.malformed", Some("week")),
        (
            json!({"week": "Mo 09:00-12:00", "holidays": ["JP"]}),
            "working_calendar.unknown_holidays",
            Some("holidays"),
        ),
        (
            json!({"week": "Mo 09:00-12:00", "days": [{"day": "2026-01-02", "hours": "9", "name": "x"}]}),
            "opening_hours.malformed",
            Some("days.hours"),
        ),
    ] {
        let mut command = given.clone();
        command["command"] = json!("calendar.define");
        let error = run(&admin, &command).unwrap_err();
        assert_eq!((error.code(), error.field().as_deref()), (code, field), "{given}: {error}");
    }
    let much =
        json!({"question": "calendar.working_days", "first_day": "2026-01-02", "last_day": "2026-01-01"});
    assert_eq!(ask(&admin, &much).unwrap_err().code(), "argument.invalid");
}
