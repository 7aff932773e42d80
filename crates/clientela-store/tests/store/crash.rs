//! A program stopped in the middle of its writes.

use crate::support::*;
use clientela_model::{Predicate, Record};
use clientela_store::{Store, StoreError};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

const STORE: &str = "CLIENTELA_TEST_STORE";
const FIRST: &str = "CLIENTELA_TEST_FIRST";

/// Not a test of its own: the program that is stopped. Writes until then, and says what was acknowledged.
#[test]
fn writes_until_stopped() {
    let (Ok(path), Ok(first)) = (std::env::var(STORE), std::env::var(FIRST)) else { return };
    let store = open(path.as_ref());
    let first: u64 = first.parse().unwrap();
    for number in first.. {
        write(&store, &command(number, 0), |writer| {
            let version = writer.create(&party(number, "x"))?;
            writer.create(&address(number, number))?;
            writer.update(&Party { employees: None, ..party(number, "x") }, version)?;
            if number > first {
                let before = writer.require::<Party>(id(number - 1))?;
                writer.update(&Party { active: false, ..before.record.clone() }, before.version)?;
            }
            Ok(())
        });
        // Straight to the pipe: what the parent has read was durable before.
        let mut out = std::io::stdout().lock();
        writeln!(out, "done {number}").and_then(|()| out.flush()).unwrap();
    }
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_half_done() {
    let folder = Folder::new();
    let mut expected = 0;
    for round in 0..5_u64 {
        let first = round * 10_000;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::writes_until_stopped", "--exact", "--nocapture", "--test-threads=1"])
            .env(STORE, folder.store())
            .env(FIRST, first.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        // Stopped at another point each time; what was acknowledged in between is counted too.
        let mut acknowledged = 0;
        for line in lines.filter(|line| line.starts_with("done ")) {
            acknowledged = line["done ".len()..].parse::<u64>().unwrap() - first + 1;
            if acknowledged == 3 + round * 4 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(acknowledged >= 3 + round * 4, "round {round}: only {acknowledged} were acknowledged");
        expected += acknowledged;
        let lock = folder.path().join("network.clientela-lock");
        assert!(std::fs::read_to_string(&lock).unwrap().starts_with("open\n"), "the stop is noticed");
        let store = open(&folder.store());
        assert_in_order(&store);
        for number in first..first + acknowledged {
            assert!(store.command(command(number, 0).id).unwrap().is_some(), "{number} was acknowledged");
        }
        let parties = store.read(|reader| reader.count(Party::ENTITY, &Predicate::Everything)).unwrap();
        let addresses = store.read(|reader| reader.count(Address::ENTITY, &Predicate::Everything)).unwrap();
        assert_eq!(parties, addresses, "commands are whole");
        // At most the one command in flight is there besides those acknowledged.
        assert!((expected..=expected + 1).contains(&parties), "{parties} of {expected}");
        expected = parties;
        store.close().unwrap();
        assert_eq!(std::fs::read_to_string(&lock).unwrap(), "clean\n");
    }
}

#[test]
fn two_programs_write_one_store() {
    let folder = Folder::new();
    let store = open(&folder.store());
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::writes_until_stopped", "--exact", "--nocapture", "--test-threads=1"])
        .env(STORE, folder.store())
        .env(FIRST, "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("done ")), "the other program writes");
    let outcome = (0..20).try_for_each(|number| -> Result<(), StoreError> {
        store.write(&command(50_000 + number, 0), |writer| writer.create(&party(50_000 + number, "y")))?;
        Ok(())
    });
    assert!(lines.next().is_some(), "and goes on");
    child.kill().unwrap();
    child.wait().unwrap();
    outcome.unwrap();
    let of_ours = Predicate::StartsWith("name".into(), "Y".to_owned());
    let ours = |store: &Store| store.read(|reader| reader.count(Party::ENTITY, &of_ours)).unwrap();
    assert_eq!(ours(&store), 20);
    assert_in_order(&store);
}
