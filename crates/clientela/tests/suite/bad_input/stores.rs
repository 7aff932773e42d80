//! Stores that are not there, not stores, damaged, newer, read-only, closed, or written by somebody else.

use crate::common::is_readable;
use crate::network::{Network, moment};
use clientela::core::ENTITIES;
use clientela::core::party::Customer;
use clientela::{Command, Crm, CrmOptions, Error, ErrorKind, Predicate, TableQuery};
use clientela_store::{CommandMeta, OpenOptions, Schema, Store, StoreError};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::Arc;

fn customer(number: &str) -> Command {
    let json = format!(
        r#"{{"command": "customer.create", "customer": {{"kind": "company", "name": "Esempio", "country": "IT", "number": "{number}"}}}}"#
    );
    Command::from_json(&json).unwrap()
}

/// A closed store with one customer, and its folder.
fn closed() -> (Network, PathBuf) {
    let network = Network::new();
    network.seller().run(&customer("C-1")).unwrap();
    network.crm.close().unwrap();
    let path = network.folder.join("network.clientela");
    (network, path)
}

fn told(error: &Error, kind: ErrorKind, code: &str, word: &str) {
    assert_eq!((error.kind(), error.code()), (kind, code), "{error}");
    assert!(error.to_string().contains(word), "names no {word}: {error}");
    is_readable(error, &["Esempio", "C-1"]);
}

#[test]
fn what_is_no_store_is_told_apart() {
    let (network, path) = closed();
    let folder = &network.folder;
    let file = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let whole = std::fs::read(&path).unwrap();
    let cases: [(PathBuf, ErrorKind, &str, &str); 8] = [
        (folder.join("nothing.clientela"), ErrorKind::NotFound, "store.not_found", "nothing.clientela"),
        (folder.join("no-folder/x.clientela"), ErrorKind::NotFound, "store.not_found", "no-folder"),
        (folder.clone(), ErrorKind::Argument, "store.is_directory", "directory"),
        (file("empty.clientela", b""), ErrorKind::Corrupt, "store.not_a_store", "empty.clientela"),
        (
            file("letter.txt", b"Dear customer, Esempio"),
            ErrorKind::Corrupt,
            "store.not_a_store",
            "letter.txt",
        ),
        (file("zeros.clientela", &[0; 100_000]), ErrorKind::Corrupt, "store.not_a_store", "zeros.clientela"),
        (file("half.clientela", &whole[..whole.len() / 2]), ErrorKind::Corrupt, "store.damaged", "damaged"),
        (file("head.clientela", &whole[..50]), ErrorKind::Corrupt, "store.damaged", "damaged"),
    ];
    for (path, kind, code, word) in cases {
        let before = std::fs::read(&path).ok();
        for options in [CrmOptions::new(&path), CrmOptions::new(&path).read_only()] {
            told(&Crm::open_with(options).unwrap_err(), kind, code, word);
        }
        assert_eq!(
            std::fs::read(&path).ok(),
            before,
            "what is no store is left as it is: {}",
            path.display()
        );
    }
    let error = Crm::create(folder.join("letter.txt")).unwrap_err();
    told(&error, ErrorKind::Corrupt, "store.not_a_store", "letter.txt");
    assert_eq!(std::fs::read(folder.join("letter.txt")).unwrap(), b"Dear customer, Esempio");
}

#[test]
fn a_store_of_a_newer_version_is_not_written() {
    let network = Network::founded();
    let path = network.folder.join("newer.clientela");
    let newer = Schema::new(clientela::core::SCHEMA_VERSION + 1, ENTITIES);
    Store::open(OpenOptions::new(&path, newer).create(true)).unwrap().close().unwrap();
    let error = Crm::open(&path).unwrap_err();
    told(&error, ErrorKind::Version, "store.newer", "update the library");
    Crm::open_with(CrmOptions::new(&path).read_only()).unwrap().close().unwrap();
}

#[test]
fn a_damaged_page_is_found_and_never_answered_from() {
    let (_network, path) = closed();
    let mut bytes = std::fs::read(&path).unwrap();
    // Every page but the first loses its middle.
    for page in bytes.chunks_mut(4096).skip(1) {
        page[100..2000].fill(0xa5);
    }
    std::fs::write(&path, bytes).unwrap();
    let opened = Crm::open(&path);
    let error = match opened {
        Err(error) => error,
        Ok(crm) => match crm.session("u-rossi", None).and_then(|session| session.customer("C-1")) {
            Err(error) => error,
            Ok(customer) => panic!("read from a damaged store: {customer:?}"),
        },
    };
    told(&error, ErrorKind::Corrupt, "store.damaged", "damaged");
}

#[test]
fn a_store_opened_to_read_is_read_and_not_written() {
    let (network, path) = closed();
    let clock = Arc::new(clientela::FixedClock::new(moment()));
    let crm = Crm::open_with(CrmOptions::new(&path).read_only().clock(clock)).unwrap();
    let seller = crm.session("u-rossi", None).unwrap();
    assert_eq!(seller.customer("C-1").unwrap().customer.name, "Esempio");
    told(&seller.run(&customer("C-2")).unwrap_err(), ErrorKind::State, "store.read_only", "read-only");
    let founding = clientela::Founding {
        unit_code: "HQ".into(),
        unit_name: "H".into(),
        country: None,
        login: "x".into(),
        user_name: "X".into(),
    };
    told(&crm.found(&founding).unwrap_err(), ErrorKind::State, "store.read_only", "read-only");
    crm.close().unwrap();
    drop(network);
}

#[test]
fn a_session_outlives_its_store_without_harm() {
    let network = Network::new();
    let seller = network.seller();
    seller.run(&customer("C-1")).unwrap();
    network.crm.close().unwrap();
    network.crm.close().unwrap();
    let id = seller.new_command_id();
    let errors = [
        seller.run(&customer("C-2")).unwrap_err(),
        seller.customer("C-1").unwrap_err(),
        seller.count::<Customer>(&Predicate::Everything).unwrap_err(),
        seller.table(&TableQuery::new("customer")).unwrap_err(),
        seller.history("unit", seller.actor().unit.to_string().parse().unwrap()).unwrap_err(),
        seller.receipt(id).unwrap_err(),
        network.crm.session("u-rossi", None).unwrap_err(),
        network.crm.info().unwrap_err(),
        network.crm.check().unwrap_err(),
        network.crm.backup(network.folder.join("copy.clientela")).unwrap_err(),
    ];
    for error in errors {
        told(&error, ErrorKind::State, "store.closed", "closed");
    }
    let path = network.folder.join("network.clientela");
    let again = Crm::open(&path).unwrap();
    assert!(again.check().unwrap().is_in_order());
    again.close().unwrap();
}

#[test]
fn a_network_is_founded_with_texts_that_are_texts() {
    let fit = clientela::Founding {
        unit_code: "HQ".into(),
        unit_name: "Headquarters".into(),
        country: None,
        login: "u-bianchi".into(),
        user_name: "Rosa Bianchi".into(),
    };
    let cases = [
        (clientela::Founding { login: String::new(), ..fit.clone() }, "field.missing", "login"),
        (clientela::Founding { unit_name: " ".into(), ..fit.clone() }, "field.missing", "name"),
        (clientela::Founding { unit_code: "D 42\n".into(), ..fit.clone() }, "text.control_character", "code"),
        (clientela::Founding { user_name: "x".repeat(10_000), ..fit.clone() }, "text.too_long", "name"),
    ];
    let network = Network::new();
    for (number, (founding, code, field)) in cases.into_iter().enumerate() {
        let crm = Crm::create(network.folder.join(format!("{number}.clientela"))).unwrap();
        let error = crm.found(&founding).unwrap_err();
        told(&error, ErrorKind::Validation, code, "expected");
        assert_eq!(error.field().as_deref(), Some(field), "{code}");
        // Nothing of it is there: the next founding is the first.
        crm.found(&fit).unwrap();
    }
}

#[test]
fn a_second_network_is_not_founded_in_one_store_and_a_copy_overwrites_nothing() {
    let network = Network::founded();
    let founding = clientela::Founding {
        unit_code: "HQ2".into(),
        unit_name: "Second".into(),
        country: None,
        login: "boss".into(),
        user_name: "Rosa Bianchi".into(),
    };
    told(&network.crm.found(&founding).unwrap_err(), ErrorKind::State, "network.founded", "already");
    let there = network.folder.join("there");
    std::fs::write(&there, "precious").unwrap();
    told(&network.crm.backup(&there).unwrap_err(), ErrorKind::Exists, "store.target_exists", "there");
    assert_eq!(std::fs::read(&there).unwrap(), b"precious");
    let nowhere = network.folder.join("no-folder/copy");
    told(&network.crm.backup(nowhere).unwrap_err(), ErrorKind::NotFound, "store.not_found", "no-folder");
}

/// Enters customers with numbers of this start.
fn enter(path: &Path, start: &str, count: usize) {
    let crm = Crm::open_with(CrmOptions::new(path)).unwrap();
    let session = crm.session("admin", None).unwrap();
    for number in 0..count {
        session.run(&customer(&format!("{start}-{number}"))).unwrap();
    }
    crm.close().unwrap();
}

const CHILD: &str = "CLIENTELA_TEST_SECOND_PROCESS";

/// Not a test of its own: what [`two_processes_write_one_store`] starts as the other process.
#[test]
fn the_second_process() {
    if let Some(path) = std::env::var_os(CHILD) {
        println!("started");
        enter(Path::new(&path), "B", 40);
    }
}

#[test]
fn two_processes_write_one_store() {
    let (network, path) = closed();
    let mut other = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "bad_input::stores::the_second_process", "--nocapture"])
        .env(CHILD, &path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    enter(&path, "A", 40);
    assert!(other.wait().unwrap().success(), "the other process wrote all of its customers");
    let crm = Crm::open(&path).unwrap();
    let admin = crm.session("admin", None).unwrap();
    assert_eq!(admin.count::<Customer>(&Predicate::Everything).unwrap(), 81);
    assert!(crm.check().unwrap().is_in_order());
    crm.close().unwrap();
    drop(network);
}

#[test]
fn a_writer_that_does_not_let_go_is_busy_and_harmless() {
    let network = Network::new();
    let seller = network.seller();
    let path = network.folder.join("network.clientela");
    let schema =
        Schema::new(clientela::core::SCHEMA_VERSION, ENTITIES).with_summaries(clientela::core::SUMMARIES);
    let holder = Store::open(OpenOptions::new(&path, schema)).unwrap();
    let meta = CommandMeta {
        id: uuid::Uuid::from_u128(1),
        kind: "test.hold",
        actor: uuid::Uuid::nil(),
        position: None,
        reason: String::new(),
        fingerprint: [0; 32],
        time: moment(),
    };
    let held: Result<_, StoreError> = holder.write(&meta, |_| {
        // The same store opened twice in one program: the sidecar lock tells them apart.
        told(&seller.run(&customer("C-1")).unwrap_err(), ErrorKind::Busy, "store.busy", "try again");
        assert!(seller.customer("C-1").is_err(), "reading goes on");
        Ok::<(), StoreError>(())
    });
    held.unwrap();
    seller.run(&customer("C-1")).unwrap();
    holder.close().unwrap();
}
