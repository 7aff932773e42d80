//! The quoting tool's contract against stored records: the eight scenarios that are published with it, and what they leave
//! open.
//!
//! The published ones are read beside the project where they are; the others need nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod affairs;
mod files;
use crate::network;
mod refusals;
mod returns;
pub(crate) mod tool;

use clientela::core::sales::{Attachment, Offer, OfferRevision};
use clientela::{Command, Predicate, QuotingSession, Session};
use network::Network;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn vectors() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/exchange");
    folder.is_dir().then_some(folder)
}

fn tool() -> QuotingSession {
    QuotingSession {
        session_id: Some("5e55105e-0000-4000-8000-000000000001".into()),
        workstation: Some("WS-07".into()),
    }
}

fn set_up(session: &Session) {
    for command in [
        r#"{"command": "customer.create", "customer": {"kind": "company", "name": "Autotrasporti Esempio S.r.l.", "country": "IT",
            "vat_number": "IT00743110157", "street": "Via dell'Industria 5", "postal_code": "29122", "locality": "Piacenza",
            "region": "PC", "number": "C-1001", "email": "flotta@esempio.example", "nace": "49.41", "language": "it"}}"#,
        r#"{"command": "contact.add", "customer": "C-1001", "contact": {"number": "P-2001", "given_name": "Mario",
            "family_name": "Rossi", "role": "fleet_manager", "language": "it", "mobile": "+393470000000"}}"#,
        r#"{"command": "opportunity.open", "customer": "C-1001", "title": "Fleet renewal 2025", "method": "with-configurator",
            "currency": "EUR", "number": "O-3001", "expected_close": "2026-05-30", "vehicles": 3}"#,
    ] {
        session.run(&Command::from_json(command).unwrap()).unwrap();
    }
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// What a scenario left behind.
struct Played {
    answers: Vec<Vec<u8>>,
}

fn play(session: &Session, folder: &Path, sent: &[String]) -> Played {
    let read = |name: &str| {
        let file = std::fs::read_dir(folder.join("examples")).unwrap().map(|entry| entry.unwrap().path());
        std::fs::read(
            file.into_iter()
                .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(name))
                .unwrap(),
        )
        .unwrap()
    };
    let mut affairs = 0;
    let mut answers = Vec::new();
    for name in sent {
        answers.push(match &name[..2] {
            "01" => {
                let message = parsed(&session.quoting_customer("C-1001", &tool()).unwrap());
                let expected = parsed(&read("01"));
                for member in ["crm_id", "kind", "name", "nace", "language"] {
                    assert_eq!(
                        message["body"]["customer"][member], expected["body"]["customer"][member],
                        "{member}"
                    );
                }
                assert_eq!(
                    message["body"]["customer"]["contacts"][0],
                    expected["body"]["customer"]["contacts"][0]
                );
                session.quoting_receive(&read("02"), None).unwrap()
            }
            "03" => {
                affairs += 1;
                let message = parsed(&session.quoting_affair("O-3001", &tool()).unwrap());
                assert_eq!(message["body"]["opportunity"]["crm_id"], "O-3001");
                // The published answer replies to the published message; ours has an id of its own.
                let mut answer = parsed(&read(if affairs == 1 { "04" } else { "05" }));
                answer["in_reply_to"] = message["message_id"].clone();
                session.quoting_receive(answer.to_string().as_bytes(), None).unwrap()
            }
            _ => session.quoting_receive(&read(&name[..2]), None).unwrap(),
        });
    }
    Played { answers }
}

fn offers(session: &Session) -> Vec<Offer> {
    session.list(&Predicate::Everything, 100, 0).unwrap().into_iter().map(|stored| stored.record).collect()
}

#[test]
fn the_published_scenarios_reach_their_state() {
    let Some(folder) = vectors() else {
        println!("skipped: the published scenarios are not beside the project");
        return;
    };
    let published: Value =
        serde_json::from_slice(&std::fs::read(folder.join("scenarios.json")).unwrap()).unwrap();
    let scenarios = published["scenarios"].as_array().unwrap();
    for scenario in scenarios {
        let name = scenario["name"].as_str().unwrap();
        let sent: Vec<String> = serde_json::from_value(scenario["send"].clone()).unwrap();
        let network = Network::new();
        let session = network.seller();
        // The last scenario begins before the CRM knows of anything.
        if sent[0].starts_with("01") {
            set_up(&session);
        }
        let played = play(&session, &folder, &sent);
        check(&session, name, &scenario["expect"], &played);
        assert!(network.crm.check().unwrap().is_in_order(), "{name}");
    }
    println!("{} of {} published scenarios reached their state", scenarios.len(), scenarios.len());
}

fn check(session: &Session, name: &str, expect: &Value, played: &Played) {
    let offers = offers(session);
    let problems: Vec<String> = played
        .answers
        .iter()
        .filter(|answer| !answer.is_empty())
        .flat_map(|answer| problems(&parsed(answer)))
        .collect();
    for (what, expected) in expect.as_object().unwrap() {
        match what.as_str() {
            "offers" => assert_eq!(json!(offers.len()), *expected, "{name}"),
            "offer_revisions" => {
                let found: BTreeMap<&str, u32> =
                    offers.iter().map(|offer| (offer.number.as_str(), offer.revision)).collect();
                for (number, revision) in expected.as_object().unwrap() {
                    assert_eq!(json!(found[number.as_str()]), *revision, "{name}: {number}");
                }
            }
            "files" => {
                let files: Vec<Attachment> = session
                    .list(&Predicate::Everything, 100, 0)
                    .unwrap()
                    .into_iter()
                    .map(|stored| stored.record)
                    .collect();
                let digests: std::collections::BTreeSet<&str> =
                    files.iter().map(|file| file.digest.as_str()).collect();
                assert_eq!(json!(digests.len()), *expected, "{name}");
            }
            "second_ack" => assert_eq!(played.answers[2], played.answers[3], "{name}: byte for byte"),
            "affairs" => assert_eq!(
                json!(session.count::<clientela::core::sales::Affair>(&Predicate::Everything).unwrap()),
                *expected,
                "{name}"
            ),
            "second_status" => assert_eq!(played.answers.len(), 3, "{name}"),
            "superseded" => {
                for old in expected.as_array().unwrap() {
                    let (number, revision) = old.as_str().unwrap().split_once('/').unwrap();
                    let offer = offers.iter().find(|offer| offer.number == number).unwrap();
                    let revisions: Vec<OfferRevision> = session
                        .list(
                            &Predicate::equals(
                                "offer",
                                clientela::model::Value::Id(clientela::model::EntityId::uuid(offer.id)),
                            ),
                            100,
                            0,
                        )
                        .unwrap()
                        .into_iter()
                        .map(|stored| stored.record)
                        .collect();
                    let revision: u32 = revision.parse().unwrap();
                    assert!(
                        offer.revision > revision && revisions.iter().any(|kept| kept.revision == revision),
                        "{name}"
                    );
                }
            }
            "problems" => {
                for problem in expected.as_array().unwrap() {
                    assert!(
                        problems.iter().any(|found| *found == problem.as_str().unwrap()),
                        "{name}: {problem} in {problems:?}"
                    );
                }
            }
            "withdrawn" => {
                let found: Vec<&str> = offers
                    .iter()
                    .filter(|offer| offer.state.to_string() == "withdrawn")
                    .map(|offer| offer.number.as_str())
                    .collect();
                assert_eq!(json!(found), *expected, "{name}");
            }
            other => panic!("{name} expects {other}, which is not checked"),
        }
    }
}

/// The codes of all problems in an answer.
fn problems(answer: &Value) -> Vec<String> {
    let body = &answer["body"];
    let codes = [&body["problem"]["code"], &body["code"]].into_iter();
    let of_dossiers =
        body["results"].as_array().into_iter().flatten().map(|result| &result["problem"]["code"]);
    codes.chain(of_dossiers).filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn messages_that_are_none_are_answered_and_change_nothing() {
    let network = Network::new();
    let session = network.seller();
    for (bytes, code) in [
        (b"".as_slice(), "SCHEMA_INVALID"),
        (b"\xff\xfe", "SCHEMA_INVALID"),
        (b"{}", "SCHEMA_INVALID"),
        (br#"{"contract": "quoting-exchange/2"}"#, "CONTRACT_VERSION_UNSUPPORTED"),
    ] {
        let answer = parsed(&session.quoting_receive(bytes, None).unwrap());
        assert_eq!(
            (answer["message"].as_str(), answer["body"]["code"].as_str()),
            (Some("problem"), Some(code))
        );
    }
    assert!(offers(&session).is_empty());
}
