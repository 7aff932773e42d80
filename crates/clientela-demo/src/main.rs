//! The demonstration, step by step.
//!
//! | command | what it does |
//! | --- | --- |
//! | `clientela-demo network <folder> [day]` | makes `network.clientela` in the folder: the network with its history, messy imports, cards and documents |
//! | `clientela-demo day <folder>` | works through a day and writes `report.html` |
//! | `clientela-demo sample <folder>` | writes the messy sample of the examples |
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people at a terminal")]

use chrono::{DateTime, NaiveDate, Utc};
use clientela::core::party::Customer;
use clientela::model::Field;
use clientela::{Clock, Crm, CrmOptions, Predicate, SystemClock};
use clientela_demo::{
    ADMINISTRATOR, DemoError, Network, Result, day, documents, messy, report, stored_documents,
};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const SEED: u64 = 2_026;
const STORE: &str = "network.clientela";
/// The store of the documents of others.
const DOCUMENTS: &str = "documents.clientela";
const PAGE: &str = "report.html";
/// The repository this program was built from: where its examples are, and the outside vectors beside it.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Says what is done, with the seconds since the start.
struct Teller(Instant);

impl Teller {
    fn say(&self, line: &str) {
        let passed = self.0.elapsed();
        println!("{:4}.{:01} s  {line}", passed.as_secs(), passed.subsec_millis() / 100);
    }

    fn indented(&self) -> impl FnMut(&str) + '_ {
        move |line| self.say(&format!("  {line}"))
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let teller = Teller(Instant::now());
    let done = match words.as_slice() {
        ["network", folder] => network(&teller, Path::new(folder), SystemClock.now()),
        ["network", folder, day] => match day.parse::<NaiveDate>() {
            Ok(day) => network(&teller, Path::new(folder), day.and_time(chrono::NaiveTime::MIN).and_utc()),
            Err(_) => Err(DemoError::Missing(format!("{day} is not a day; expected one such as 2026-06-30"))),
        },
        ["day", folder] => work(&teller, Path::new(folder)),
        ["sample", folder] => sample(Path::new(folder)),
        _ => {
            eprintln!("usage: clientela-demo network <folder> [day] | day <folder> | sample <folder>");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn network(teller: &Teller, folder: &Path, now: DateTime<Utc>) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(io(folder))?;
    let path = folder.join(STORE);
    let network = Network { seed: SEED, ..Network::new(now.date_naive()) };
    teller.say(&format!(
        "a network of {} dealers and {} customers since {}",
        network.dealers,
        network.customers,
        network.start()
    ));
    let made = network.create(&path, &mut teller.indented())?;
    teller.say(&format!("made by {} commands and {} imported customers", made.commands, made.imported));
    let crm = Crm::open_with(CrmOptions::new(&path))?;
    imports(teller, &crm, folder, now)?;
    cards(teller, &crm)?;
    replay(teller, folder)?;
    crm.close()?;
    Ok(())
}

/// Messy tables, written first and then read from disk as they are.
fn imports(teller: &Teller, crm: &Crm, folder: &Path, now: DateTime<Utc>) -> Result<()> {
    let session = crm.session(ADMINISTRATOR, None)?;
    let same_seller = session.find::<clientela::core::organisation::Position>("D-TO Vendite 1")?.record.id;
    let known: Vec<String> = session
        .list::<Customer>(&Predicate::equals("owner", same_seller.to_value()), 30, 0)?
        .into_iter()
        .filter_map(|stored| stored.record.vat_number.map(|number| number.as_str().to_owned()))
        .collect();
    let files = messy::files(SEED, now.date_naive(), &known);
    let paths = messy::write(&folder.join("imports"), &files)?;
    for (file, path) in files.into_iter().zip(paths) {
        teller.say(&format!("import {}: {}", file.name, file.about));
        messy::import(&session, &path, file.options, &mut teller.indented())?;
    }
    Ok(())
}

/// The outside vectors when they are there, else what the examples ship.
fn outside(teller: &Teller, vectors: &str, own: &str) -> PathBuf {
    let outside = Path::new(ROOT).join("../shared/vectors").join(vectors);
    if outside.exists() {
        return outside;
    }
    teller.say(&format!("the outside vectors are not here; our own of examples/data are used: {own}"));
    Path::new(ROOT).join("examples/data").join(own)
}

fn cards(teller: &Teller, crm: &Crm) -> Result<()> {
    let folder = outside(teller, "contacts", "");
    let session = crm.session(day::SELLER, None)?;
    let first = session.list::<Customer>(&Predicate::Everything, 1, 0)?.into_iter().next();
    let customer = first.ok_or_else(|| DemoError::Missing("the seller has no customer".to_owned()))?.record;
    teller.say("cards of telephones and address books, as contacts of one customer");
    let cards = documents::cards(&session, &folder, &customer.id.to_string(), &mut teller.indented())?;
    teller.say(&format!(
        "{} contacts from {} files, {} cards not taken",
        cards.added, cards.files, cards.rejected
    ));
    Ok(())
}

fn replay(teller: &Teller, folder: &Path) -> Result<()> {
    let path = outside(teller, "pricing/en16931_exact.json", "documents.json");
    tell(teller, "documents priced again", &documents::replay(&path)?);
    let kept = stored_documents::store(&path, &folder.join(DOCUMENTS))?;
    tell(teller, "documents kept as offers and read back", &kept);
    Ok(())
}

fn tell(teller: &Teller, what: &str, replayed: &documents::Replayed) {
    teller.say(&format!("{what}: {} to the cent", replayed.exact));
    for name in &replayed.different {
        teller.say(&format!("  {name}: another figure"));
    }
    for (need, count) in &replayed.needs {
        teller.say(&format!("  {count} more need {need}"));
    }
}

fn work(teller: &Teller, folder: &Path) -> Result<()> {
    let crm = Crm::open(folder.join(STORE))?;
    day::live(&crm, &mut |line| teller.say(line))?;
    let facts = report::gather(&crm.session(day::BRANCH, None)?)?;
    let page = folder.join(PAGE);
    std::fs::write(&page, report::page(&facts)).map_err(io(&page))?;
    crm.close()?;
    teller.say(&format!("the page to look at: {}", page.display()));
    Ok(())
}

fn sample(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(io(folder))?;
    let path = folder.join("clienti_misti.csv");
    std::fs::write(&path, messy::sample()).map_err(io(&path))
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> DemoError {
    let what = path.display().to_string();
    move |source| DemoError::Io { what, source }
}
