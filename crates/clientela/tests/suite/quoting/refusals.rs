//! Whole messages that are refused, always with the same bytes.

use super::network::Network;
use super::tool::{Tool, all, dossier, message, receive, run};
use chrono::TimeDelta;
use clientela::core::sales::{Attachment, Offer};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn the_same_refused_message_gets_the_same_bytes() {
    let network = Network::new();
    let mut tool = Tool::open(network.seller(), "D-0042", "O-1");
    let good = tool.handed_over(json!([dossier("D-1", 1, "100.00")]), b"file");
    receive(&tool.session, &good, None);
    let changed = |member: &str, value: Value| {
        let mut message = good.clone();
        message[member] = value;
        message["sent_at"] = json!("2026-03-04T11:22:33+01:00");
        message.to_string()
    };
    let cases = [
        ("nothing", String::new(), "SCHEMA_INVALID", "1970-01-01T00:00:00Z"),
        ("no message", "{}".to_owned(), "SCHEMA_INVALID", "1970-01-01T00:00:00Z"),
        ("no body", changed("body", json!({})), "SCHEMA_INVALID", "2026-03-04T11:22:33+01:00"),
        (
            "another contract",
            changed("contract", json!("quoting-exchange/2")),
            "CONTRACT_VERSION_UNSUPPORTED",
            "2026-03-04T11:22:33+01:00",
        ),
        ("another user", changed("user", json!("u-neri")), "NOT_AUTHORISED", "2026-03-04T11:22:33+01:00"),
        (
            "another dealer",
            changed("dealer_code", json!("D-0043")),
            "NOT_AUTHORISED",
            "2026-03-04T11:22:33+01:00",
        ),
        (
            "a used id",
            changed("sender", json!({"system": "quoting", "version": "5"})),
            "SCHEMA_INVALID",
            "2026-03-04T11:22:33+01:00",
        ),
        (
            "the wrong way",
            message(&tool.session, "D-0042", "affair.create", affair_create()).to_string(),
            "SCHEMA_INVALID",
            "2026-03-04T10:00:00+01:00",
        ),
    ];
    let mut ids = BTreeSet::new();
    for (what, bytes, code, sent_at) in &cases {
        let first = tool.session.quoting_receive(bytes.as_bytes(), None).unwrap();
        network.clock.set(network.clock_now() + TimeDelta::days(1));
        let again = network.seller().quoting_receive(bytes.as_bytes(), None).unwrap();
        assert_eq!(String::from_utf8(first.clone()), String::from_utf8(again), "{what}");
        let answer: Value = serde_json::from_slice(&first).unwrap();
        assert_eq!((&answer["body"]["code"], &answer["sent_at"]), (&json!(code), &json!(sent_at)), "{what}");
        let id = answer["message_id"].as_str().unwrap();
        assert_eq!(id.chars().nth(14), Some('8'), "{what}: a UUID of version 8");
        assert!(ids.insert(id.to_owned()), "{what}: an id of its own");
    }
    assert_eq!(all::<Offer>(&tool.session).len(), 1);
}

fn affair_create() -> Value {
    json!({"opportunity": {"crm_id": "O-1", "revision": 1, "title": "Fleet", "currency": "EUR"},
        "customer_ref": {"crm_id": "C-1", "revision": 1}})
}

#[test]
fn what_the_user_may_not_do_refuses_the_whole_message() {
    let network = Network::new();
    let mut tool = Tool::open(network.seller(), "D-0042", "O-1");
    let admin = network.crm.session("admin", None).unwrap();
    for command in [
        json!({"command": "profile.define", "name": "onlooker", "grants": [{"entity": "*", "verb": "read", "scope": "my_unit"}]}),
        json!({"command": "position.create", "unit": "D-0042", "function": "seller", "title": "Back office", "profile": "onlooker"}),
        json!({"command": "user.create", "login": "u-viola", "name": "Sara Viola", "position": "Back office", "from": "2025-01-01"}),
    ] {
        run(&admin, command);
    }
    tool.session = network.crm.session("u-viola", None).unwrap();
    let saved = tool.handed_over(json!([dossier("D-1", 1, "100.00")]), b"file");
    let answer = tool.session.quoting_receive(saved.to_string().as_bytes(), None).unwrap();
    assert_eq!(tool.session.quoting_receive(saved.to_string().as_bytes(), None).unwrap(), answer);
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!((&answer["message"], &answer["body"]["code"]), (&json!("problem"), &json!("NOT_AUTHORISED")));
    assert_eq!(answer["in_reply_to"], saved["message_id"]);
    assert!(all::<Offer>(&network.seller()).is_empty() && all::<Attachment>(&network.seller()).is_empty());
    // He may open the tool to look; what asked last is then not noted.
    super::tool::ask(&tool.session, "O-1");
}

#[test]
fn a_message_that_was_taken_has_a_receipt() {
    let network = Network::new();
    let mut tool = Tool::open(network.seller(), "D-0042", "O-1");
    let saved = tool.handed_over(json!([dossier("D-1", 1, "100.00")]), b"file");
    receive(&tool.session, &saved, None);
    let id = saved["message_id"].as_str().unwrap().parse().unwrap();
    let receipt = tool.session.receipt(id).unwrap();
    assert_eq!((receipt.id, receipt.command.as_str()), (id, "quoting.offer_return"));
    assert_eq!((receipt.records.len(), receipt.why.reason.as_ref()), (0, "quoting.answered"));
    assert_eq!(network.rival().receipt(id).unwrap_err().code(), "record.not_found");
}
