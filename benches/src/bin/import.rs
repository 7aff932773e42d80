//! Customers with two vehicles each, through the importer and as bare rows.
//!
//! The importer reads two files of text, customers and vehicles, checks every number and word and looks for duplicates, first
//! as a trial run and again as it writes, gives ids, asks for the rights to each record, and writes state and sealed journal.
//! The peer writes the state rows that came of it - party, relationship, vehicle, with the same columns and indexes - with many
//! rows per statement and nothing else. Same settings of SQLite, transactions of as many rows, in turns, each into a new file.
//!
//! `cargo run --release -p clientela-benches --bin import -- --customers 100000 --rounds 3`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela::Session;
use clientela::import::{CHUNK_ROWS, ImportOptions, ImportSource, ImportTarget};
use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments};
use clientela_benches::bare::{self, Durability, Rows};
use clientela_benches::measure::{Ratio, Series, Spent, peak_memory, per_second, readable, timed};
use clientela_benches::network::{self, SELLER};
use clientela_benches::sample::Sample;
use rusqlite::Connection;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The least rate of the library in terms of the bare rows' rate.
const TARGET: &str = "0.35";
const VEHICLES: usize = 2;
/// Rows of one statement of the peer.
const ROWS_PER_STATEMENT: usize = 50;
/// The state that comes of each of the two files.
const TABLES: [&[&str]; 2] = [&["party", "relationship"], &["vehicle"]];

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let customers: usize = arguments.option("customers", 100_000)?;
    let rounds: usize = arguments.option("rounds", 3)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;

    println!(
        "{customers} customers with {VEHICLES} vehicles each, {rounds} rounds, {CHUNK_ROWS} rows per transaction"
    );
    let files = files(customers)?;
    let (mut trial, mut writing, mut theirs) = (Series::default(), Series::default(), Series::default());
    for round in 0..rounds.max(1) {
        let imported = through_the_importer(&files, customers, round)?;
        trial.add(imported.trial);
        writing.add(imported.writing);
        if let (0, Some(peak)) = (round, peak_memory()) {
            let sizes = files.iter().filter_map(|path| std::fs::metadata(path).ok());
            let size: u64 = sizes.map(|file| file.len()).sum();
            println!("  most memory {peak} MiB, for files of {} MiB", size >> 20);
        }
        theirs.add(as_bare_rows(&imported.path)?);
    }
    let rows = customers * (1 + VEHICLES);
    println!("  {:<28} {:>12} {:>12} {:>14}", "", "wall median", "cpu median", "rows/cpu s");
    for (what, series) in
        [("clientela, trial run", &trial), ("clientela, writing", &writing), ("rusqlite, writing", &theirs)]
    {
        let median = series.median();
        println!(
            "  {what:<28} {:>12} {:>12} {:>14}",
            readable(median.wall),
            readable(median.cpu),
            per_second(rows, median.cpu)
        );
    }
    let mut whole = trial.median();
    whole += writing.median();
    for (what, ours, target) in [("writing", writing.median(), TARGET), ("with the trial run", whole, "")] {
        let rate = |of: fn(Spent) -> Duration| Ratio::of(of(theirs.median()), of(ours));
        let wanted = if target.is_empty() { String::new() } else { format!("target: at least {target}") };
        println!(
            "  rate over bare rows, {what:<18} wall {}  cpu {}  {wanted}",
            rate(|spent| spent.wall),
            rate(|spent| spent.cpu)
        );
    }
    Ok(())
}

/// The two files, with headers named as the fields are.
fn files(customers: usize) -> Result<[PathBuf; 2]> {
    let folder = network::fresh("import-files")?;
    let paths = ["customers.csv", "vehicles.csv"].map(|name| folder.with_file_name(name));
    let [mut parties_file, mut vehicles_file] =
        [BufWriter::new(File::create(&paths[0])?), BufWriter::new(File::create(&paths[1])?)];
    let mut sample = Sample::new(1);
    let mut parties =
        "number,kind,name,vat_number,street,postal_code,locality,region,country,email,phone,language,nace,\
                       status,since\n"
            .to_owned();
    let mut vehicles =
        "customer_number,vin,plate,make,model,category,body,euro_class,first_registration,mileage,ownership,\
                        acquired\n"
            .to_owned();
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    for _ in 0..customers {
        let one = sample.customer();
        let cell = |text: &Option<String>| text.clone().unwrap_or_default();
        let texts = [
            &one.number,
            &one.kind,
            &one.name,
            &one.vat_number,
            &one.street,
            &one.postal_code,
            &one.locality,
            &one.region,
            &one.country,
            &one.email,
            &one.phone,
            &one.language,
            &one.nace,
            &one.status,
        ];
        texts.iter().for_each(|text| parties.extend([&cell(text), ","]));
        parties.extend([&day(one.since), "\n"]);
        parties_file.write_all(parties.as_bytes())?;
        parties.clear();
        for _ in 0..VEHICLES {
            let vehicle = sample.vehicle();
            let texts = [
                &one.number,
                &vehicle.vin,
                &vehicle.plate,
                &vehicle.make,
                &vehicle.model,
                &vehicle.category,
                &vehicle.body,
            ];
            texts.iter().for_each(|text| vehicles.extend([&cell(text), ","]));
            // Writing to a string cannot fail.
            let _ = writeln!(
                vehicles,
                "{},{},{},{},{}",
                vehicle.euro_class.unwrap_or(6),
                day(vehicle.first_registration),
                vehicle.mileage_km.unwrap_or(0),
                cell(&vehicle.ownership),
                day(vehicle.acquired)
            );
        }
        vehicles_file.write_all(vehicles.as_bytes())?;
        vehicles.clear();
    }
    for file in [&mut parties_file, &mut vehicles_file] {
        file.flush()?;
    }
    Ok(paths)
}

struct Imported {
    path: PathBuf,
    trial: Spent,
    writing: Spent,
}

fn through_the_importer(files: &[PathBuf; 2], customers: usize, round: usize) -> Result<Imported> {
    let path = network::fresh(&format!("import-{round}"))?;
    let crm = network::found(&path)?;
    let seller = crm.session(SELLER, None)?;
    let mut imported = Imported { path, trial: Spent::default(), writing: Spent::default() };
    let [parties, vehicles] = files;
    import(&seller, parties, ImportTarget::Customer, customers, &mut imported)?;
    import(&seller, vehicles, ImportTarget::Vehicle, customers * VEHICLES, &mut imported)?;
    crm.close()?;
    Ok(imported)
}

fn import(
    seller: &Session,
    file: &Path,
    target: ImportTarget,
    rows: usize,
    imported: &mut Imported,
) -> Result<()> {
    let source = ImportSource::csv_file(file)?;
    let (plan, spent) = timed(|| seller.plan_import(source, ImportOptions::new(target)));
    imported.trial += spent;
    let plan = plan?;
    let (report, spent) = timed(|| plan.commit(&mut |_| ControlFlow::Continue(())));
    imported.writing += spent;
    let report = report?;
    if report.added != rows as u64 {
        let first = report.rejected.first().map(|row| format!("{}: {}", row.line, row.message));
        return Err(format!("{} of {rows} rows came in; {first:?}", report.added).into());
    }
    Ok(())
}

/// Writes the state rows of a store into a new file.
fn as_bare_rows(path: &Path) -> Result<Spent> {
    let from = bare::open_to_read(path)?;
    let (mut made, mut files) = (Vec::new(), Vec::new());
    for tables in TABLES {
        let mut of_file = Vec::new();
        for table in tables {
            made.extend(bare::definitions(&from, table)?);
            // As the importer wrote them: by commit. A vehicle's commit is that of its party's change.
            of_file.push(bare::rows(&from, table, "ORDER BY _version", &[])?);
        }
        files.push(of_file);
    }
    drop(from);
    let to = bare::open(&path.with_file_name("bare.sqlite"), Durability::Together)?;
    for sql in made {
        to.execute(&sql, [])?;
    }
    let (done, spent) = timed(|| -> Result<()> {
        for tables in &files {
            let rows = tables.first().map_or(0, Rows::len);
            let chunks = rows.div_ceil(CHUNK_ROWS);
            for chunk in 0..chunks {
                bare::run(&mut to.prepare_cached("BEGIN IMMEDIATE")?, &[])?;
                tables.iter().try_for_each(|rows| insert_part(&to, rows, chunk, chunks))?;
                bare::run(&mut to.prepare_cached("COMMIT")?, &[])?;
            }
        }
        // What finishing a bulk does: everything reaches the disk.
        to.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    });
    done?;
    Ok(spent)
}

/// The n-th of so many equal parts of a table's rows.
fn insert_part(to: &Connection, rows: &Rows, chunk: usize, chunks: usize) -> Result<()> {
    let bound = |at: usize| at * rows.len() / chunks * rows.columns.len();
    let part = rows.values.get(bound(chunk)..bound(chunk + 1)).unwrap_or_default();
    for statement in part.chunks(ROWS_PER_STATEMENT * rows.columns.len()) {
        let sql = rows.insert(statement.len() / rows.columns.len());
        bare::run(&mut to.prepare_cached(&sql)?, statement)?;
    }
    Ok(())
}
