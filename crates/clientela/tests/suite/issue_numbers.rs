//! Numbers of issued offers are 1, 2, 3 … of each unit and year: with two programs on one store, one of them killed in the middle
//! again and again, and with a command broken off at every place it can break.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::network;

use chrono::TimeDelta;
use clientela::core::sales::{Offer, offer::number_is_sound};
use clientela::{
    Clock, Command, Crm, CrmOptions, FixedClock, Predicate, Random, Receipt, SeededRandom, Session,
    SystemRandom, Watch,
};
use network::{Network, moment};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const STORE: &str = "CLIENTELA_TEST_ISSUING_STORE";
const YEAR: &str = "CLIENTELA_TEST_ISSUING_YEAR";
/// The sellers of two dealers, each with the opportunity they offer on.
const SELLERS: [(&str, &str); 2] = [("u-rossi", "O-1"), ("u-neri", "O-2")];

fn run(session: &Session, command: &Value) -> clientela::Result<Receipt> {
    session.run(&Command::from_json(&command.to_string()).unwrap())
}

/// Two dealers with a customer and an opportunity each.
fn prepared() -> Network {
    let network = Network::new();
    for (at, (login, opportunity)) in SELLERS.iter().enumerate() {
        let seller = network.crm.session(login, None).unwrap();
        let number = format!("C-{at}");
        run(&seller, &json!({"command": "customer.create", "customer": {"kind": "company", "name": "Esempio", "country": "IT", "number": number}})).unwrap();
        run(&seller, &json!({"command": "opportunity.open", "customer": number, "title": "T", "method": "with-configurator", "currency": "EUR", "number": opportunity})).unwrap();
    }
    network
}

fn drafted(seller: &Session, opportunity: &str) -> clientela::Result<String> {
    let items = json!([{"product": "T480-4X2", "quantity": "1"}]);
    let made = run(seller, &json!({"command": "offer.create", "opportunity": opportunity, "items": items}))?;
    Ok(made.key().unwrap().to_owned())
}

fn issued(seller: &Session, opportunity: &str) -> clientela::Result<String> {
    let offer = drafted(seller, opportunity)?;
    let receipt = run(seller, &json!({"command": "offer.issue", "offer": offer}))?;
    Ok(receipt.why.value("issue_number").unwrap().to_owned())
}

/// A store as another program opens it, in that year.
fn opened(path: &Path, year: i32) -> Crm {
    let now = moment() + TimeDelta::days(i64::from(year - 2026) * 366);
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::new(now));
    Crm::open_with(CrmOptions::new(path).clock(clock).random(Arc::new(SystemRandom))).unwrap()
}

/// Not a test of its own: the other program. It issues offers of both dealers until it is killed, and says which numbers it gave.
#[test]
fn issues_until_killed() {
    let (Ok(path), Ok(year)) = (std::env::var(STORE), std::env::var(YEAR)) else { return };
    let crm = opened(path.as_ref(), year.parse().unwrap());
    loop {
        for (login, opportunity) in SELLERS {
            let seller = crm.session(login, None).unwrap();
            let Ok(number) = issued(&seller, opportunity) else { continue };
            // Straight to the pipe: what the parent has read was durable before.
            let mut out = std::io::stdout().lock();
            writeln!(out, "issued {number}").and_then(|()| out.flush()).unwrap();
        }
    }
}

fn start(path: &Path, year: i32) -> Child {
    Process::new(std::env::current_exe().unwrap())
        .args(["issue_numbers::issues_until_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env(STORE, path)
        .env(YEAR, year.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The counts given, by unit and year; each number sound, none given twice, none left out.
fn counts(crm: &Crm) -> BTreeMap<String, Vec<u32>> {
    let admin = crm.session("admin", None).unwrap();
    let offers = admin.list::<Offer>(&Predicate::Everything, 10_000, 0).unwrap();
    let mut counts: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for offer in offers.into_iter().map(|stored| stored.record) {
        let Some(number) = offer.issue_number else {
            assert!(offer.issued_at.is_none(), "what was issued has a number");
            continue;
        };
        assert!(number_is_sound(&number), "{number}");
        assert!(offer.issued_at.is_some(), "{number} was given and not used");
        let (head, _) = number.rsplit_once('-').unwrap();
        let (unit, count) = head.rsplit_once("-Q").unwrap();
        counts.entry(unit.to_owned()).or_default().push(count.parse().unwrap());
    }
    for (unit, counts) in &mut counts {
        counts.sort_unstable();
        let expected: Vec<u32> = (1..).take(counts.len()).collect();
        assert_eq!(*counts, expected, "numbers of {unit}");
    }
    counts
}

#[test]
fn two_programs_of_which_one_is_killed_leave_no_gap() {
    let network = prepared();
    let path = network.folder.join("network.clientela");
    network.crm.close().unwrap();
    let mut told = Vec::new();
    for round in 0_u64..8 {
        let year = if round < 5 { 2026 } else { 2027 };
        let mut child = start(&path, year);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut acknowledged =
            lines.by_ref().filter_map(|line| line.strip_prefix("issued ").map(str::to_owned));
        told.extend(acknowledged.next());
        // This program issues as well meanwhile; the other dies wherever it then is.
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_micros(1_700 + round * 3_911 % 15_000));
            child.kill().unwrap();
            child.wait().unwrap();
        });
        let crm = opened(&path, year);
        for turn in 0..3 {
            let (login, opportunity) = SELLERS[turn % 2];
            told.push(issued(&crm.session(login, None).unwrap(), opportunity).unwrap());
        }
        killer.join().unwrap();
        told.extend(acknowledged);
        counts(&crm);
        crm.close().unwrap();
    }
    let crm = opened(&path, 2027);
    let counted = counts(&crm);
    assert_eq!(
        counted.keys().collect::<Vec<_>>(),
        ["D-0042-2026", "D-0042-2027", "D-0043-2026", "D-0043-2027"]
    );
    // What somebody was told is there, and each number was told once.
    let total = counted.values().map(Vec::len).sum::<usize>();
    let distinct: std::collections::BTreeSet<&String> = told.iter().collect();
    assert_eq!(distinct.len(), told.len(), "a number was given twice");
    assert!(
        (told.len()..=told.len() + 8).contains(&total),
        "at most the one in flight each time was not told"
    );
    assert!(crm.check().unwrap().is_in_order());
    crm.close().unwrap();
}

/// Random bits that break something off when they are asked for the n-th time.
struct Breaking {
    random: SeededRandom,
    left: AtomicI64,
    with: Mutex<Option<Arc<Watch>>>,
}

impl Random for Breaking {
    fn fill(&self, bytes: &mut [u8]) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            let with = self.with.lock().unwrap().clone();
            match with {
                Some(watch) => watch.stop(),
                None => panic!("the random bits of the host broke"),
            }
        }
        self.random.fill(bytes);
    }
}

/// Wherever issuing breaks off, before its number is taken, between number and commit, the number is given to the next.
#[test]
fn a_command_that_breaks_off_anywhere_uses_no_number() {
    let network = prepared();
    let path = network.folder.join("network.clientela");
    network.crm.close().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::new(moment()));
    let breaking = Arc::new(Breaking {
        random: SeededRandom::new(11),
        left: AtomicI64::new(-1),
        with: Mutex::default(),
    });
    let random = Arc::clone(&breaking) as Arc<dyn Random>;
    let crm = Crm::open_with(CrmOptions::new(&path).clock(clock).random(random)).unwrap();
    let mut given: u32 = 0;
    // The first number of a unit asks for random bits after the counter was read, so each way has a unit of its own.
    for (stopped, (login, opportunity), unit) in
        [(false, SELLERS[0], "D-0042-2026"), (true, SELLERS[1], "D-0043-2026")]
    {
        let seller = crm.session(login, None).unwrap();
        given = 0;
        for place in 0.. {
            let offer = drafted(&seller, opportunity).unwrap();
            let issue =
                Command::from_json(&json!({"command": "offer.issue", "offer": offer}).to_string()).unwrap();
            let id = seller.new_command_id();
            let watch = Arc::new(Watch::new(false));
            *breaking.with.lock().unwrap() = stopped.then(|| Arc::clone(&watch));
            breaking.left.store(place, Ordering::SeqCst);
            let watched = seller.watched(Arc::clone(&watch));
            let outcome = catch_unwind(AssertUnwindSafe(|| watched.execute(id, &issue)));
            let asked = breaking.left.swap(-1, Ordering::SeqCst) >= 0;
            if matches!(outcome, Ok(Ok(_))) {
                given += 1;
            } else {
                assert!(seller.offer(&offer).unwrap().offer.issue_number.is_none());
            }
            let expected = if given == 0 { vec![] } else { (1..=given).collect() };
            assert_eq!(counts(&crm).remove(unit).unwrap_or_default(), expected);
            // It asked fewer times than that: every place has had its turn.
            if asked {
                assert!(place > 0, "nothing was broken off");
                break;
            }
        }
    }
    let seller = crm.session(SELLERS[1].0, None).unwrap();
    // And stopped from another thread after a while, longer each time: somewhere between its first statement and its commit.
    for turn in 0..40_u64 {
        let offer = drafted(&seller, "O-2").unwrap();
        let issue =
            Command::from_json(&json!({"command": "offer.issue", "offer": offer}).to_string()).unwrap();
        let watch = Arc::new(Watch::new(false));
        let watched = seller.watched(Arc::clone(&watch));
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_micros(turn * 60));
            watch.stop();
        });
        let outcome = watched.run(&issue);
        stopper.join().unwrap();
        let numbered = seller.offer(&offer).unwrap().offer.issue_number.is_some();
        assert_eq!(outcome.is_ok(), numbered, "{outcome:?}");
        given += u32::from(numbered);
        assert_eq!(counts(&crm).remove("D-0043-2026").unwrap_or_default(), (1..=given).collect::<Vec<_>>());
    }
    let number = issued(&seller, "O-2").unwrap();
    assert!(number.contains(&format!("-2026-Q{:06}-", given + 1)), "{number}");
    assert!(crm.check().unwrap().is_in_order());
    crm.close().unwrap();
}
