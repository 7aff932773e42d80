//! The scenario files every language runs: the same commands give the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use clientela::{Command, Session};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use uuid::Uuid;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// The id of the n-th command of all.
fn id(number: usize) -> Uuid {
    format!("01950000-0000-7000-8000-{number:012}").parse().unwrap()
}

#[test]
fn a_deal_gives_the_receipts_on_file() {
    let network = network::Network::founded();
    let mut sessions: HashMap<String, Session> = HashMap::new();
    let mut number = 0;
    let mut lines = Vec::new();
    let setting_up: Vec<Value> = serde_json::from_str(&read("network.json")).unwrap();
    let steps: Vec<Value> = serde_json::from_str(&read("deal.json")).unwrap();
    let setting_up =
        setting_up.into_iter().map(|command| serde_json::json!({"as": "admin", "command": command}));
    for step in setting_up.chain(steps) {
        number += 1;
        let login = step["as"].as_str().unwrap();
        let session =
            sessions.entry(login.to_owned()).or_insert_with(|| network.crm.session(login, None).unwrap());
        let command = Command::from_json(&step["command"].to_string()).unwrap();
        let line = match (session.execute(id(number), &command), step["refused"].as_str()) {
            (Ok(receipt), None) => {
                let again = session.execute(id(number), &command).unwrap();
                assert_eq!(receipt, again, "the same command again gives the same receipt");
                serde_json::to_string(&receipt).unwrap()
            }
            (Err(error), Some(code)) => {
                let found =
                    error.issues().first().map_or(error.code().to_owned(), |issue| issue.code.clone());
                assert!(error.code() == code || found == code, "{}: {error:?}", step["command"]);
                serde_json::to_string(code).unwrap()
            }
            (outcome, refused) => panic!("{}\n{outcome:?}, expected refusal: {refused:?}", step["command"]),
        };
        lines.push(line);
    }
    let receipts = lines.join("\n") + "\n";
    let file = folder().join("deal.receipts.jsonl");
    if std::env::var_os("CLIENTELA_WRITE_RECEIPTS").is_some() {
        std::fs::write(&file, &receipts).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    for (index, (found, kept)) in receipts.lines().zip(kept.lines()).enumerate() {
        assert_eq!(found, kept, "receipt {} is not the one on file", index + 1);
    }
    assert_eq!(receipts.len(), kept.len());
}
