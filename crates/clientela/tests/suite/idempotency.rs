//! A command takes effect once or not at all, whatever happens in between, and the store always knows which.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

use crate::common;
use crate::network;

use chrono::{DateTime, Utc};
use clientela::core::party::Customer;
use clientela::{
    Clock, Command, Crm, CrmOptions, ErrorKind, FixedClock, Predicate, Random, SeededRandom, Session,
};
use common::state;
use network::Network;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

fn id(number: usize) -> Uuid {
    format!("01950000-0000-7000-8000-{number:012}").parse().unwrap()
}

fn command(value: &Value) -> Command {
    Command::from_json(&value.to_string()).unwrap()
}

fn customer(number: &str) -> Command {
    command(
        &json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": number}}),
    )
}

fn bytes(receipt: &clientela::Receipt) -> Vec<u8> {
    serde_json::to_vec(receipt).unwrap()
}

/// All commands of the scenario of a deal, those that are refused included.
fn steps() -> Vec<(String, Command)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let read = |name: &str| -> Vec<Value> {
        serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
    };
    let setting_up = read("network.json").into_iter().map(|step| ("admin".to_owned(), command(&step)));
    let deal = read("deal.json")
        .into_iter()
        .map(|step| (step["as"].as_str().unwrap().to_owned(), command(&step["command"])));
    setting_up.chain(deal).collect()
}

#[test]
fn any_command_again_changes_nothing_and_gives_the_same_bytes() {
    let network = Network::founded();
    let admin = network.crm.session("admin", None).unwrap();
    let mut sessions: HashMap<String, Session> = HashMap::new();
    let mut done: Vec<(usize, String, Command, Vec<u8>)> = Vec::new();
    for (number, (login, command)) in steps().into_iter().enumerate() {
        let session = sessions
            .entry(login.clone())
            .or_insert_with(|| network.crm.session(&login, None).unwrap())
            .clone();
        let before = (network.crm.info().unwrap().version, state(&admin));
        match session.execute(id(number), &command) {
            Ok(receipt) => {
                let after = (network.crm.info().unwrap().version, state(&admin));
                assert!(after.0 > before.0, "{} wrote nothing", command.kind());
                let again = session.execute(id(number), &command).unwrap();
                assert_eq!(bytes(&again), bytes(&receipt));
                assert_eq!(bytes(&session.receipt(id(number)).unwrap()), bytes(&receipt));
                assert!((network.crm.info().unwrap().version, state(&admin)) == after, "{}", command.kind());
                done.push((number, login, command, bytes(&receipt)));
            }
            Err(error) => {
                let again = session.execute(id(number), &command).unwrap_err();
                assert_eq!((again.code(), again.to_string()), (error.code(), error.to_string()));
                assert_eq!(session.receipt(id(number)).unwrap_err().code(), "record.not_found");
                assert!((network.crm.info().unwrap().version, state(&admin)) == before, "{}", command.kind());
            }
        }
    }
    assert!(done.len() > 30);
    // Long after, in another order, and when the same would no longer be possible.
    let after = (network.crm.info().unwrap().version, state(&admin));
    network.clock.advance(chrono::Duration::days(100));
    for (number, login, command, receipt) in done.iter().rev() {
        assert_eq!(bytes(&sessions[login].execute(id(*number), command).unwrap()), *receipt);
    }
    assert!((network.crm.info().unwrap().version, state(&admin)) == after);
    assert!(network.crm.check().unwrap().is_in_order());
}

#[test]
fn an_id_belongs_to_one_command_of_one_user() {
    let network = Network::new();
    let (seller, rival) = (network.seller(), network.rival());
    seller.execute(id(1), &customer("C-1")).unwrap();
    let head = network.crm.info().unwrap().version;
    for (session, command) in
        [(&seller, customer("C-2")), (&rival, customer("C-1")), (&rival, customer("C-3"))]
    {
        let error = session.execute(id(1), &command).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Argument, "command.reused"));
        common::is_readable(&error, &["Esempio", "C-1"]);
    }
    let error = rival.receipt(id(1)).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, "record.not_found"));
    assert_eq!(
        error.to_string().replace(&id(1).to_string(), ""),
        rival.receipt(id(2)).unwrap_err().to_string().replace(&id(2).to_string(), "")
    );
    assert_eq!(network.crm.info().unwrap().version, head);
    assert_eq!(seller.receipt(id(1)).unwrap().key(), Some("C-1"));
}

/// A clock and a source of random bits that fail when told to.
struct Breaking {
    clock: FixedClock,
    random: SeededRandom,
    clock_fails: AtomicBool,
    random_fails: AtomicBool,
}

impl Clock for Breaking {
    fn now(&self) -> DateTime<Utc> {
        assert!(!self.clock_fails.load(Ordering::SeqCst), "the clock of the host broke");
        self.clock.now()
    }
}

impl Random for Breaking {
    fn fill(&self, bytes: &mut [u8]) {
        assert!(!self.random_fails.load(Ordering::SeqCst), "the random bits of the host broke");
        self.random.fill(bytes);
    }
}

#[test]
fn a_panic_in_what_the_host_passed_in_leaves_the_store_usable() {
    let folder = std::env::temp_dir().join(format!("clientela-panic-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let breaking = Arc::new(Breaking {
        clock: FixedClock::new(network::moment()),
        random: SeededRandom::new(7),
        clock_fails: AtomicBool::new(false),
        random_fails: AtomicBool::new(false),
    });
    let options = CrmOptions::new(folder.join("network.clientela"))
        .create()
        .clock(Arc::clone(&breaking) as Arc<dyn Clock>)
        .random(Arc::clone(&breaking) as Arc<dyn Random>);
    let crm = Crm::open_with(options).unwrap();
    crm.found(&clientela::Founding {
        unit_code: "HQ".into(),
        unit_name: "Headquarters".into(),
        country: Some("IT".parse().unwrap()),
        login: "admin".into(),
        user_name: "Ada Bianchi".into(),
    })
    .unwrap();
    let session = crm.session("admin", None).unwrap();
    session.execute(id(1), &customer("C-1")).unwrap();
    let before = (crm.info().unwrap().version, state(&session));
    for (number, fails) in [(2, &breaking.clock_fails), (3, &breaking.random_fails)] {
        fails.store(true, Ordering::SeqCst);
        // The random bits are asked for inside the transaction, the clock before it.
        let panicked = catch_unwind(AssertUnwindSafe(|| session.execute(id(number), &customer("C-2"))));
        assert!(panicked.is_err());
        fails.store(false, Ordering::SeqCst);
        assert_eq!(session.receipt(id(number)).unwrap_err().code(), "record.not_found");
        assert!((crm.info().unwrap().version, state(&session)) == before);
    }
    let receipt = session.execute(id(3), &customer("C-2")).unwrap();
    assert_eq!(bytes(&session.receipt(id(3)).unwrap()), bytes(&receipt));
    assert!(crm.check().unwrap().is_in_order());
    crm.close().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

const CHILD: &str = "CLIENTELA_TEST_FULL_DISK";

/// Not a test of its own: what [`after_a_disk_that_filled_up_the_store_knows_what_took_effect`] starts with little room.
#[test]
fn writes_until_the_disk_is_full() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let crm = Crm::open(path).unwrap();
    let session = crm.session("admin", None).unwrap();
    let mut failures = 0;
    for number in 1..2_000 {
        let outcome = match session.execute(id(number), &customer(&format!("F-{number}"))) {
            Ok(_) => "done".to_owned(),
            Err(error) => error.code().to_owned(),
        };
        // Asked in the same breath, as a program would.
        let known = match session.receipt(id(number)) {
            Ok(_) => "yes".to_owned(),
            Err(error) => error.code().to_owned(),
        };
        println!("outcome {number} {outcome} {known}");
        failures += usize::from(outcome != "done");
        if failures == 5 {
            break;
        }
    }
}

#[cfg(unix)]
#[test]
fn after_a_disk_that_filled_up_the_store_knows_what_took_effect() {
    let network = Network::new();
    let path = network.folder.join("network.clientela");
    network.crm.close().unwrap();
    let size = std::fs::metadata(&path).unwrap().len();
    // The largest file the child may write, in units of 512 bytes; writing beyond it fails as a full disk does.
    let blocks = size / 512 + 300;
    let output = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --exact idempotency::writes_until_the_disk_is_full --nocapture"
        ))
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let outcomes: Vec<(usize, String, String)> = text
        .lines()
        .filter_map(|line| line.split_once("outcome ").map(|(_, rest)| rest))
        .map(|line| {
            let mut words = line.split(' ').map(str::to_owned);
            (words.next().unwrap().parse().unwrap(), words.next().unwrap(), words.next().unwrap())
        })
        .collect();
    assert!(outcomes.iter().any(|(_, outcome, _)| outcome == "done"), "{text}");
    let failed: Vec<_> = outcomes.iter().filter(|(_, outcome, _)| outcome != "done").collect();
    assert!(!failed.is_empty(), "the disk never filled up: {} commands", outcomes.len());

    let crm = Crm::open(&path).unwrap();
    let session = crm.session("admin", None).unwrap();
    for (number, outcome, known) in &outcomes {
        let there = session
            .count::<Customer>(&Predicate::equals(
                "number",
                clientela::model::Value::Text(format!("F-{number}").into()),
            ))
            .unwrap()
            == 1;
        let receipt = session.receipt(id(*number)).is_ok();
        assert_eq!(receipt, there, "the receipt of {number} tells the truth; it was told {outcome}");
        match outcome.as_str() {
            "done" => assert!(there, "{number} was done"),
            "store.outcome_unknown" => {
                assert_eq!(known == "yes", there, "{number}: told {known} when asked at once")
            }
            "store.disk_full" | "store.io" => {
                assert!(!there, "{number} was refused with {outcome}, so it is not there")
            }
            other => panic!("a full disk is {other}"),
        }
        // The same command again is harmless either way, and done now.
        session.execute(id(*number), &customer(&format!("F-{number}"))).unwrap();
    }
    assert!(crm.check().unwrap().is_in_order());
    crm.close().unwrap();
}
