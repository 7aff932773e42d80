//! The contract's example and counter-example messages.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

mod common;

use clientela_exchange::quoting::{Body, JsonObject, Message, OfferReturn, ProblemCode, canonical, totals};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn examples(folder: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder.join("examples")).unwrap();
    let files: BTreeMap<_, _> = files
        .map(|file| file.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), common::text(path)))
        .collect();
    assert_eq!(files.len(), 16);
    files
}

fn returned(text: &str) -> Option<OfferReturn> {
    match Message::parse(text.as_bytes()).unwrap().body {
        Body::OfferReturn(body) => Some(*body),
        _ => None,
    }
}

#[test]
fn every_example_is_read_and_written_again_byte_for_byte() {
    let Some(folder) = common::vectors("exchange") else { return };
    for (name, text) in examples(&folder) {
        let message = Message::parse(text.as_bytes()).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        let compact = message.to_bytes().unwrap();
        // An object kept as it came loses its blanks only: member order and spelling are those of the example.
        let example = JsonObject::parse(&text).unwrap();
        assert_eq!(std::str::from_utf8(&compact).unwrap(), example.as_json(), "{name}");
        assert_eq!(Message::parse(&compact).unwrap(), message, "{name}");
    }
}

#[test]
fn every_counter_example_is_refused_where_it_is_wrong() {
    let Some(folder) = common::vectors("exchange") else { return };
    let file: Value = serde_json::from_str(&common::text(folder.join("invalid_messages.json"))).unwrap();
    let cases = file["cases"].as_object().unwrap();
    assert_eq!(cases.len(), 10);
    for (name, case) in cases {
        let problem = Message::parse(case["message"].to_string().as_bytes()).unwrap_err();
        assert_eq!(problem.path.as_deref(), case["first_error_path"].as_str(), "{name}: {problem}");
        let code = match name.as_str() {
            "wrong_version" => ProblemCode::ContractVersionUnsupported,
            _ => ProblemCode::SchemaInvalid,
        };
        assert_eq!(problem.code, code, "{name}");
        assert_eq!(problem.in_reply_to.unwrap().to_string(), case["message"]["message_id"], "{name}");
    }
}

#[test]
fn fingerprints_are_those_of_the_answers() {
    let Some(folder) = common::vectors("exchange") else { return };
    let examples = examples(&folder);
    let mut compared = 0;
    for (message, answer) in [
        ("06_offer_return_first", "07_offer_return_first_ack"),
        ("08_offer_return_same_content", "09_offer_return_same_content_ack"),
        ("10_offer_return_revised", "11_offer_return_revised_ack"),
    ] {
        let answer: Value = serde_json::from_str(&examples[answer]).unwrap();
        for (dossier, result) in returned(&examples[message])
            .unwrap()
            .dossiers
            .iter()
            .zip(answer["body"]["results"].as_array().unwrap())
        {
            assert_eq!(
                canonical::fingerprint(dossier).unwrap().to_string(),
                result["fingerprint"],
                "{message}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 6);
}

#[test]
fn the_figures_of_every_example_are_exact() {
    let Some(folder) = common::vectors("exchange") else { return };
    let mut dossiers = 0;
    for (name, text) in examples(&folder) {
        let Some(body) = returned(&text) else { continue };
        for dossier in &body.dossiers {
            for policy in [clientela_model::RoundingPolicy::Line, clientela_model::RoundingPolicy::Document] {
                let check = totals::recompute(dossier, body.minor_units(), policy);
                assert_eq!(check.findings, [], "{name} {policy}");
                assert_eq!(check.figures.unwrap().payable, dossier.totals.payable.get(), "{name}");
            }
            dossiers += 1;
        }
    }
    assert_eq!(dossiers, 8);
}
