//! Customers with two vehicles each, through the library and as bare rows.
//!
//! The library reads every customer and vehicle from text, checks numbers and words, gives ids, and writes state and sealed
//! journal. The peer writes the state rows of the same customers - party, relationship, vehicles, with the same columns and
//! indexes - with many rows per statement and nothing else: no checks, no journal. Same settings of SQLite, as many
//! transactions, in turns, each into a new file.
//!
//! `cargo run --release -p clientela-benches --bin import -- --customers 100000 --rounds 3`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela_benches::arguments::Arguments;
use clientela_benches::bare::{self, Durability, Rows};
use clientela_benches::measure::{Ratio, Series, Spent, per_second, readable, timed};
use clientela_benches::network::{self, CHUNK_CUSTOMERS, Extent, SELLER};
use clientela_benches::sample::Sample;
use clientela_benches::{Result, network::seat};
use clientela_model::EntityId;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The least rate of the library in terms of the bare rows' rate.
const TARGET: &str = "0.35";
/// Rows of one statement of the peer.
const ROWS_PER_STATEMENT: usize = 50;
/// The state a customer with its vehicles is.
const TABLES: [&str; 3] = ["party", "relationship", "vehicle"];

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let customers: usize = arguments.option("customers", 100_000)?;
    let rounds: usize = arguments.option("rounds", 3)?;
    arguments.finish()?;
    let extent = Extent { customers, vehicles: 2, contacts: 0 };

    println!(
        "{customers} customers with two vehicles each, {rounds} rounds, {CHUNK_CUSTOMERS} customers per transaction"
    );
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    for round in 0..rounds.max(1) {
        let (path, spent) = through_the_library(extent, round)?;
        ours.add(spent);
        theirs.add(as_bare_rows(&path)?);
    }
    println!("  {:<12} {:>12} {:>12} {:>16}", "", "wall median", "cpu median", "customers/s");
    for (who, series) in [("clientela", &ours), ("rusqlite", &theirs)] {
        let median = series.median();
        println!(
            "  {who:<12} {:>12} {:>12} {:>16}",
            readable(median.wall),
            readable(median.cpu),
            per_second(customers, median.wall)
        );
    }
    let rate = |of: fn(Spent) -> Duration| Ratio::of(of(theirs.median()), of(ours.median()));
    println!(
        "  {:<12} {:>12} {:>12}   rate of clientela over rate of bare rows; target: at least {TARGET}",
        "ratio",
        rate(|spent| spent.wall),
        rate(|spent| spent.cpu)
    );
    Ok(())
}

fn through_the_library(extent: Extent, round: usize) -> Result<(PathBuf, Spent)> {
    let path = network::fresh(&format!("import-{round}"))?;
    let crm = network::found(&path)?;
    let seller = crm.session(SELLER, None)?;
    let (seat, actor) = (seat(&seller), seller.actor().user.uuid());
    crm.close()?;
    let store = network::open_store(&path)?;
    let mut sample = Sample::new(1);
    let (done, spent) = timed(|| -> Result<()> {
        let bulk = store.bulk()?;
        let mut left = extent.customers;
        while left > 0 {
            let now = left.min(CHUNK_CUSTOMERS);
            network::write(&store, actor, |writer| {
                (0..now).try_for_each(|_| network::enter(writer, &mut sample, extent, seat))
            })?;
            left -= now;
        }
        Ok(bulk.finish()?)
    });
    done?;
    store.close()?;
    Ok((path, spent))
}

/// Writes the state rows of a store into a new file.
fn as_bare_rows(path: &Path) -> Result<Spent> {
    let from = bare::open_to_read(path)?;
    let (mut made, mut all) = (Vec::new(), Vec::new());
    for table in TABLES {
        made.extend(bare::definitions(&from, table)?);
        // As the library wrote them: by commit.
        all.push(bare::rows(&from, table, "ORDER BY _version", &[])?);
    }
    let chunks = all.first().map_or(0, |parties| parties.len().div_ceil(CHUNK_CUSTOMERS));
    drop(from);
    let to = bare::open(&path.with_file_name("bare.sqlite"), Durability::Together)?;
    for sql in made {
        to.execute(&sql, [])?;
    }
    let (done, spent) = timed(|| -> Result<()> {
        for chunk in 0..chunks {
            bare::run(&mut to.prepare_cached("BEGIN IMMEDIATE")?, &[])?;
            for rows in &all {
                insert_part(&to, rows, chunk, chunks)?;
            }
            bare::run(&mut to.prepare_cached("COMMIT")?, &[])?;
        }
        // What finishing a bulk does: everything reaches the disk.
        to.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    });
    done?;
    Ok(spent)
}

/// The n-th of so many equal parts of a table's rows.
fn insert_part(to: &rusqlite::Connection, rows: &Rows, chunk: usize, chunks: usize) -> Result<()> {
    let bound = |at: usize| at * rows.len() / chunks * rows.columns.len();
    let part = rows.values.get(bound(chunk)..bound(chunk + 1)).unwrap_or_default();
    for statement in part.chunks(ROWS_PER_STATEMENT * rows.columns.len()) {
        let sql = rows.insert(statement.len() / rows.columns.len());
        bare::run(&mut to.prepare_cached(&sql)?, statement)?;
    }
    Ok(())
}
