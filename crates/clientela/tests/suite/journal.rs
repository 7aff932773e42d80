//! Who, when, before, after, why: of every change of a whole deal.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::common;
use crate::network;

use chrono::{DateTime, Duration, Utc};
use clientela::model::{EntityId, Record, Value};
use clientela::{Command, HistoryEntry, Predicate, Session};
use common::{called_for_each, every_record};
use network::Network;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use uuid::Uuid;

/// What a command was when it was given.
struct Given {
    user: Uuid,
    position: Uuid,
    time: DateTime<Utc>,
    kind: &'static str,
    reason: String,
}

fn read(name: &str) -> Vec<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn command_id(number: usize) -> Uuid {
    format!("01950000-0000-7000-8000-{number:012}").parse().unwrap()
}

/// Plays the scenario of a deal, a minute for every command.
fn play(network: &Network) -> HashMap<Uuid, Given> {
    let mut sessions: HashMap<String, Session> = HashMap::new();
    let mut given = HashMap::new();
    let setting_up = read("network.json").into_iter().map(|command| ("admin".to_owned(), command));
    let deal = read("deal.json")
        .into_iter()
        .map(|step| (step["as"].as_str().unwrap().to_owned(), step["command"].clone()));
    for (number, (login, json)) in setting_up.chain(deal).enumerate() {
        let session = sessions
            .entry(login.clone())
            .or_insert_with(|| network.crm.session(&login, None).unwrap())
            .clone();
        network.clock.advance(Duration::minutes(1));
        let command = Command::from_json(&json.to_string()).unwrap();
        if session.execute(command_id(number), &command).is_ok() {
            let reason = json["reason"].as_str().or(json["note"].as_str()).unwrap_or_default().to_owned();
            let actor = session.actor();
            let (user, position) = (actor.user.uuid(), actor.position.uuid());
            given.insert(
                command_id(number),
                Given { user, position, time: session.now(), kind: command.kind(), reason },
            );
        }
    }
    given
}

/// Every history of an entity, checked against the record it led to.
fn histories<R: Record>(admin: &Session) -> Vec<HistoryEntry> {
    let name = R::ENTITY.name;
    let records = admin.list::<R>(&Predicate::Everything, 1_000, 0).unwrap();
    if R::ENTITY.view.is_some() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for stored in records {
        let entries = admin.history(name, stored.record.id().uuid()).unwrap();
        assert!(entries.first().is_some_and(|entry| entry.created), "{name}: the first entry made it");
        assert!(entries.iter().skip(1).all(|entry| !entry.created), "{name}: it is made once");
        assert!(entries.is_sorted_by(|left, right| left.seq < right.seq && left.time <= right.time));
        assert_eq!(entries.last().unwrap().seq, stored.version, "{name}: the last entry is its version");
        let mut values: BTreeMap<&str, Value> =
            R::ENTITY.columns.iter().map(|column| (column.name, Value::Null)).collect();
        for change in entries.iter().flat_map(|entry| &entry.changes) {
            let before = values.insert(change.column.name, change.after.clone()).unwrap();
            assert_eq!(before, change.before, "{name}.{}: what it was before", change.column.name);
            assert_ne!(change.before, change.after, "{name}.{}: a change changes", change.column.name);
        }
        let folded: Vec<Value> = R::ENTITY.columns.iter().map(|column| values[column.name].clone()).collect();
        assert_eq!(folded, stored.record.to_values(), "{name}: the changes lead to the record");
        all.extend(entries);
    }
    all
}

#[test]
fn every_change_of_a_deal_says_who_when_before_after_and_why() {
    let network = Network::founded();
    let founded = network.crm.info().unwrap().version;
    let given = play(&network);
    let admin = network.crm.session("admin", None).unwrap();
    let all: Vec<(&str, Vec<HistoryEntry>)> = every_record!(histories(&admin)).into();
    let mut commits = BTreeSet::new();
    let mut commands = BTreeSet::new();
    for (entity, entry) in
        all.iter().flat_map(|(entity, entries)| entries.iter().map(move |entry| (entity, entry)))
    {
        commits.insert(entry.seq);
        if entry.seq <= founded {
            assert_eq!(entry.kind, "network.found");
            continue;
        }
        let given = &given[&entry.command];
        commands.insert(entry.command);
        assert_eq!(entry.actor, given.user, "{entity}: who");
        assert_eq!(entry.position, Some(given.position), "{entity}: in which position");
        assert_eq!(entry.time, given.time, "{entity}: when");
        assert_eq!(entry.kind, given.kind, "{entity}: what");
        assert_eq!(entry.reason, given.reason, "{entity}: why");
        assert!(!entry.changes.is_empty(), "{entity}: an entry says what changed");
    }
    let head = network.crm.info().unwrap().version;
    assert_eq!(commits, (1..=head).collect(), "every commit is in the history of a record");
    assert_eq!(commands, given.keys().copied().collect(), "every command is in the history of a record");
    let reasons: BTreeSet<&str> = given.values().map(|given| given.reason.as_str()).collect();
    for reason in ["wants three tractors", "three at once", "price and delivery time"] {
        assert!(reasons.contains(reason), "{reasons:?}");
    }
}
