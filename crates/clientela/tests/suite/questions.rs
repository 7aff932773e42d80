//! Questions as data: what programs of other languages ask gives what Rust is given, and a text that is none says why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::question::{AttainmentOf, FunnelOf};
use clientela::{Command, ErrorKind, Question};
use network::Network;
use serde_json::json;

#[test]
fn a_question_in_json_gives_what_the_typed_one_gives() {
    let network = Network::new();
    let seller = network.seller();
    for json in [
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": "C-1"}}"#,
        r#"{"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": "O-1",
            "amount": {"amount": "120000.50", "currency": "EUR"}}"#,
    ] {
        seller.run(&Command::from_json(json).unwrap()).unwrap();
    }
    let typed = seller.ask(&FunnelOf::default()).unwrap();
    assert_eq!(typed, seller.funnel(None).unwrap());
    assert_eq!(typed.iter().map(|stage| stage.count).sum::<u64>(), 1);
    let told = seller.answer(&Question::from_json(r#"{"question": "opportunity.funnel"}"#).unwrap()).unwrap();
    assert_eq!(told, serde_json::to_value(&typed).unwrap());
    assert_eq!(told[0]["amounts"][0], json!({"amount": "120000.50", "currency": "EUR"}));

    let missing = seller
        .ask(&AttainmentOf { plan: "2026".to_owned(), measure: None, day: None, version: None })
        .unwrap_err();
    assert_eq!((missing.kind(), missing.code()), (ErrorKind::NotFound, "record.not_found"));
}

#[test]
fn a_text_that_is_no_question_says_where_and_why() {
    for (text, field) in [
        (r#"{"question": "opportunity.funel"}"#, None),
        (r#"{"question": "quota_plan.attainment", "plan": 7}"#, Some("plan")),
        (r#"{"question": "quota_plan.attainment", "plan": "2026", "dai": "2026-01-01"}"#, Some("dai")),
        (r#"{"question": "quota_plan.attainment", "plan": "2026", "day": "yesterday"}"#, Some("day")),
        (r#"{"command": "offer.issue"}"#, None),
        ("[", None),
    ] {
        let error = Question::from_json(text).unwrap_err();
        assert_eq!(
            (error.code(), error.field().as_deref()),
            ("question.unreadable", field),
            "{text}: {error}"
        );
        assert!(!error.to_string().contains("yesterday"), "{error}");
    }
    for word in Question::WORDS {
        assert!(
            word.contains('.')
                && word.chars().all(|letter| letter.is_ascii_lowercase() || "._".contains(letter)),
            "{word}"
        );
    }
}
