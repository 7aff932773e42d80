//! Texts: empty, blank, too long, with control characters, of any script.

use super::commands::prepared;
use crate::common::is_readable;
use clientela::Command;
use serde_json::{Value, json};

/// A command with a text in a place, who gives it, and whether the text may be empty.
fn places(text: &str) -> Vec<(&'static str, &'static str, Value, bool)> {
    let stage = json!([{"code": "a", "name": "A", "probability": 1}]);
    vec![
        (
            "u-rossi",
            "name",
            json!({"command": "customer.create", "customer": {"kind": "company", "country": "IT", "name": text}}),
            false,
        ),
        (
            "u-rossi",
            "street",
            json!({"command": "customer.create", "customer": {"kind": "company", "country": "IT", "name": "N", "street": text}}),
            true,
        ),
        (
            "u-rossi",
            "notes",
            json!({"command": "customer.create", "customer": {"kind": "company", "country": "IT", "name": "N", "notes": text}}),
            true,
        ),
        (
            "u-rossi",
            "source",
            json!({"command": "customer.change", "customer": "C-1", "change": {"source": text}}),
            true,
        ),
        (
            "u-rossi",
            "family_name",
            json!({"command": "contact.add", "customer": "C-1", "contact": {"family_name": text}}),
            false,
        ),
        (
            "u-rossi",
            "make",
            json!({"command": "vehicle.add", "customer": "C-1", "vehicle": {"make": text}}),
            false,
        ),
        (
            "u-rossi",
            "wording",
            json!({"command": "consent.record", "customer": "C-1", "consent": {"purpose": "survey", "channel": "phone", "decision": "granted", "basis": "consent", "wording": text}}),
            true,
        ),
        (
            "u-rossi",
            "subject",
            json!({"command": "activity.plan", "customer": "C-1", "activity": {"kind": "call", "subject": text}}),
            false,
        ),
        (
            "u-rossi",
            "title",
            json!({"command": "opportunity.open", "customer": "C-1", "title": text, "method": "with-configurator", "currency": "EUR"}),
            false,
        ),
        (
            "u-rossi",
            "number",
            json!({"command": "opportunity.open", "customer": "C-1", "title": "T", "method": "with-configurator", "currency": "EUR", "number": text}),
            false,
        ),
        (
            "u-rossi",
            "note",
            json!({"command": "opportunity.advance", "opportunity": "O-1", "note": text}),
            true,
        ),
        (
            "u-rossi",
            "competitor",
            json!({"command": "opportunity.lose", "opportunity": "O-1", "reason": "R", "competitor": text}),
            true,
        ),
        (
            "u-rossi",
            "reason",
            json!({"command": "opportunity.lose", "opportunity": "O-1", "reason": text}),
            false,
        ),
        (
            "u-rossi",
            "title",
            json!({"command": "offer.create", "opportunity": "O-1", "title": text, "items": [{"product": "TRANSPORT", "quantity": "1"}]}),
            true,
        ),
        (
            "u-rossi",
            "label",
            json!({"command": "offer.create", "opportunity": "O-1", "items": [{"product": "TRANSPORT", "quantity": "1", "label": text}]}),
            true,
        ),
        (
            "u-rossi",
            "reason",
            json!({"command": "offer.discount", "offer": "Q-7001", "percent": "1", "reason": text}),
            true,
        ),
        (
            "u-verdi",
            "name",
            json!({"command": "campaign.define", "campaign": {"code": "X-1", "name": text, "purpose": "marketing", "channel": "email", "first_day": "2026-01-01", "last_day": "2026-12-31", "rule": "true"}}),
            false,
        ),
        (
            "u-verdi",
            "code",
            json!({"command": "campaign.define", "campaign": {"code": text, "name": "N", "purpose": "marketing", "channel": "email", "first_day": "2026-01-01", "last_day": "2026-12-31", "rule": "true"}}),
            false,
        ),
        (
            "admin",
            "code",
            json!({"command": "unit.create", "parent": "IT", "kind": "dealer", "code": text, "name": "N"}),
            false,
        ),
        (
            "admin",
            "name",
            json!({"command": "unit.create", "parent": "IT", "kind": "dealer", "code": "D-9", "name": text}),
            false,
        ),
        (
            "admin",
            "title",
            json!({"command": "position.create", "unit": "IT", "function": "seller", "title": text, "profile": "seller"}),
            false,
        ),
        (
            "admin",
            "login",
            json!({"command": "user.create", "login": text, "name": "N", "position": "Trucks Parma", "from": "2026-01-01"}),
            false,
        ),
        (
            "admin",
            "name",
            json!({"command": "user.create", "login": "u-new", "name": text, "position": "Trucks Parma", "from": "2026-01-01"}),
            false,
        ),
        ("admin", "name", json!({"command": "profile.define", "name": text, "grants": []}), false),
        (
            "admin",
            "prefix",
            json!({"command": "number_series.define", "unit": "D-0043", "document": "offer", "prefix": text, "next": 1}),
            true,
        ),
        (
            "admin",
            "code",
            json!({"command": "product.define", "code": text, "name": "N", "kind": "option"}),
            false,
        ),
        (
            "admin",
            "name",
            json!({"command": "product.define", "code": "NEW", "name": text, "kind": "option"}),
            false,
        ),
        (
            "admin",
            "tax_category",
            json!({"command": "product.define", "code": "NEW", "name": "N", "kind": "option", "tax_category": text}),
            false,
        ),
        (
            "admin",
            "name",
            json!({"command": "price_list.define", "code": "NEW", "name": text, "currency": "EUR", "valid_from": "2026-01-01", "prices": []}),
            false,
        ),
        (
            "admin",
            "category",
            json!({"command": "tax_rate.define", "country": "IT", "category": text, "percent": "1", "valid_from": "2026-01-01"}),
            false,
        ),
        (
            "admin",
            "name",
            json!({"command": "sales_method.define", "code": "NEW", "name": text, "with_configurator": false, "stages": stage}),
            false,
        ),
        (
            "admin",
            "name",
            json!({"command": "sales_method.define", "code": "NEW", "name": "N", "with_configurator": false, "stages": [{"code": "a", "name": text, "probability": 1}]}),
            false,
        ),
        (
            "admin",
            "code",
            json!({"command": "sales_method.define", "code": "NEW", "name": "N", "with_configurator": false, "stages": [{"code": text, "name": "A", "probability": 1}]}),
            false,
        ),
        (
            "admin",
            "name",
            json!({"command": "quota_plan.define", "name": text, "unit": "IT", "measure": "units", "first_day": "2026-01-01", "last_day": "2026-12-31", "total": "1"}),
            false,
        ),
    ]
}

/// Codes that say a text is too long or has a character it may not have.
const TOO_LONG: &[&str] = &["text.too_long", "key.length", "campaign.code"];
const CHARACTER: &[&str] = &["text.control_character", "campaign.code"];
const EMPTY: &[&str] = &["field.missing", "key.length", "opportunity.reason_missing", "campaign.code"];

fn refused(text: &str, codes: &[&str], only_needed: bool) {
    let (network, _) = prepared();
    let version = network.crm.info().unwrap().version;
    let mut wrong = Vec::new();
    for (login, place, json, may_be_empty) in places(text) {
        if only_needed && may_be_empty {
            continue;
        }
        let session = network.crm.session(login, None).unwrap();
        let shown = format!("{} {place}", json["command"]);
        match session.run(&Command::from_json(&json.to_string()).unwrap()) {
            Ok(_) => wrong.push(format!("{shown}: accepted")),
            Err(error) => {
                let code = error.code();
                let field = error.field().unwrap_or_default();
                if !codes.contains(&code)
                    || !(field.contains(place) || field == "lost_reason" || field == "note")
                {
                    wrong.push(format!("{shown}: {code} at {field:?}: {error}"));
                }
                is_readable(&error, &["zqzqzq"]);
            }
        }
    }
    assert!(wrong.is_empty(), "{:?}…\n{}", &text.chars().take(20).collect::<String>(), wrong.join("\n"));
    assert_eq!(network.crm.info().unwrap().version, version, "nothing was written");
}

#[test]
fn what_must_be_said_is_not_empty() {
    refused("", EMPTY, true);
    refused(" \t ", EMPTY, true);
}

#[test]
fn a_text_of_a_mebibyte_is_refused_everywhere() {
    refused(&"zqzqzq".repeat(180_000), TOO_LONG, false);
}

#[test]
fn control_characters_are_refused_everywhere() {
    for text in ["zqzqzq\0", "\0zqzqzq", "zqzqzq\u{7}", "zq\u{1b}[31mzqzq zqzqzq", "zqzqzq\u{7f}z"] {
        refused(text, CHARACTER, false);
    }
}

#[test]
fn any_script_is_accepted_and_given_back_as_it_was() {
    let (network, _) = prepared();
    for text in [
        "Żółć & Söhne",
        "Грузовики Юг",
        "北京卡车",
        "شاحنات",
        "🚛 Trucks",
        "O'Neill \"Bros\" <x> %s {}",
        "' OR 1=1 --",
    ] {
        let mut accepted = 0;
        for (login, place, json, _) in places(text) {
            let (plain, coded) = (text.len() < 2, place == "number" || place == "code" || place == "login");
            if plain || coded || place == "tax_category" || place == "category" {
                continue;
            }
            let command = json["command"].as_str().unwrap();
            if !matches!(
                command,
                "customer.create" | "contact.add" | "vehicle.add" | "activity.plan" | "offer.create"
            ) {
                continue;
            }
            let session = network.crm.session(login, None).unwrap();
            let receipt = session
                .run(&Command::from_json(&json.to_string()).unwrap())
                .unwrap_or_else(|error| panic!("{command} {place} {text:?}: {error:?}"));
            let history = match command {
                "customer.create" => session.history("party", receipt.id_of("party").unwrap()),
                "contact.add" => session.history("contact", receipt.id_of("contact").unwrap()),
                "vehicle.add" => session.history("vehicle", receipt.id_of("vehicle").unwrap()),
                "activity.plan" => session.history("activity", receipt.id_of("activity").unwrap()),
                _ => session.history("offer", receipt.id_of("offer").unwrap()),
            };
            let stored = format!("{:?}", history.unwrap());
            let of_other = matches!((command, place), ("customer.create", "notes") | ("offer.create", _));
            assert!(
                of_other || stored.contains(&format!("{text:?}").trim_matches('"').to_owned()),
                "{command} {place}: {stored}"
            );
            accepted += 1;
        }
        assert!(accepted >= 6);
    }
}
