//! Rule sets in a store: who saves them, which version holds, what they say of a customer and an opportunity.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::{Command, ErrorKind, RuleSetSubject, Session};
use clientela_rules::ruleset::Decided;
use network::Network;
use serde_json::json;

fn save(session: &Session, document: &str) -> clientela::Result<clientela::Receipt> {
    session.run(
        &Command::from_json(&json!({"command": "rule_set.save", "document": document}).to_string()).unwrap(),
    )
}

fn retire(session: &Session, code: &str) -> clientela::Result<clientela::Receipt> {
    session.run(
        &Command::from_json(&json!({"command": "rule_set.retire", "rule_set": code}).to_string()).unwrap(),
    )
}

fn interval(version: u32, from: &str, days: u32) -> String {
    format!(
        "name: visit_interval\nversion: {version}\nvalid_from: {from}\nenvironment: customer\nrule:\n  match:\n    - condition: customer.fleet.exists(v, v.make == 'Marca')\n      value: {days}\n      reason: \"{{customer.fleet.size()}} vehicles\"\n  otherwise: {{value: 180}}\ntests:\n  - name: a fleet\n    input: {{customer: {{fleet: [{{make: Marca}}]}}}}\n    value: {days}\n    reason: 1 vehicles\n"
    )
}

#[test]
fn a_rule_set_is_saved_asked_and_retired() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    let seller = network.seller();
    for json in [
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}"#,
        r#"{"command": "vehicle.add", "customer": "C-1", "vehicle": {"make": "Marca"}}"#,
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Altra", "country": "IT", "number": "C-2"}}"#,
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}"#,
    ] {
        seller.run(&Command::from_json(json).unwrap()).unwrap();
    }

    let refused = save(&seller, &interval(1, "2026-01-01", 30)).unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Rights, "access.not_allowed"));

    let receipt = save(&admin, &interval(1, "2026-01-01", 30)).unwrap();
    assert_eq!(receipt.key(), Some("visit_interval/1"));
    let again = save(&admin, &interval(1, "2026-01-01", 60)).unwrap_err();
    assert_eq!((again.code(), again.field().as_deref()), ("key.taken", Some("code")));
    save(&admin, &interval(2, "2026-06-01", 20)).unwrap();

    let customer = |number: &str| RuleSetSubject::Customer(number.to_owned());
    let day = |text: &str| Some(text.parse().unwrap());
    for (number, on, version, expected) in [
        ("C-1", None, "visit_interval/1", 30_i64),
        ("C-2", None, "visit_interval/1", 180),
        ("C-1", day("2026-05-31"), "visit_interval/1", 30),
        ("C-1", day("2026-06-01"), "visit_interval/2", 20),
    ] {
        let answer = seller.evaluate_rule_set("visit_interval", &customer(number), on, false).unwrap();
        assert_eq!((answer.rule_set.as_str(), answer.decided), (version, Decided::Value(expected.into())));
    }
    let of_opportunity = RuleSetSubject::Opportunity("O-1".to_owned());
    let answer = seller.evaluate_rule_set("visit_interval", &of_opportunity, None, true).unwrap();
    assert_eq!(answer.why.value("reason"), Some("1 vehicles"));

    // What a seller may not see does not exist for a rule set either.
    let rival = network.rival().evaluate_rule_set("visit_interval", &customer("C-1"), None, false);
    assert_eq!(rival.unwrap_err().code(), "record.not_found");
    let before = seller.rule_set("visit_interval", day("2025-12-31")).unwrap_err();
    assert_eq!(before.code(), "record.not_found");

    retire(&admin, "visit_interval/2").unwrap();
    assert_eq!(retire(&admin, "visit_interval/2").unwrap_err().code(), "rule_set.retired");
    assert_eq!(seller.rule_set("visit_interval", day("2026-06-01")).unwrap().record.version, 1);
}

#[test]
fn a_failing_test_case_refuses_the_save() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    let wrong = interval(1, "2026-01-01", 30).replace("value: 30\n    reason", "value: 31\n    reason");
    let refused = save(&admin, &wrong).unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Rule, "rule_set.invalid"));
    let issue = &refused.issues()[0];
    assert_eq!((issue.code.as_str(), issue.field.as_str()), ("rule_set.test_failed", "12:11"));
    assert!(issue.message.starts_with("test case a fleet: got 30 (row 1); expected 31"), "{}", issue.message);
    assert_eq!(admin.rule_set("visit_interval", None).unwrap_err().code(), "record.not_found");
}

#[test]
fn a_rule_set_on_opportunities_is_asked_of_one() {
    let network = Network::new();
    let admin = network.crm.session("admin", None).unwrap();
    let seller = network.seller();
    for json in [
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}"#,
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1"}"#,
    ] {
        seller.run(&Command::from_json(json).unwrap()).unwrap();
    }
    let document = r#"{"name": "route", "version": 1, "environment": "opportunity", "output_type": ["field", "inside"],
        "rule": {"match": [{"condition": "opportunity.state == 'open'", "value": "field"}], "otherwise": {"value": "inside"}}}"#;
    save(&admin, document).unwrap();
    let of = |subject| seller.evaluate_rule_set("route", &subject, None, false);
    let answer = of(RuleSetSubject::Opportunity("O-1".to_owned())).unwrap();
    assert_eq!(answer.decided, Decided::Value("field".into()));
    let refused = of(RuleSetSubject::Customer("C-1".to_owned())).unwrap_err();
    assert_eq!((refused.code(), refused.field().as_deref()), ("argument.invalid", Some("subject")));
}
