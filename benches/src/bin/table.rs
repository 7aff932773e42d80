//! A table of a million rows: made from the store, then handed over through the Arrow C stream.
//!
//! Making it is compared with SQLite stepping through the same rows and looking at every cell; handing it over with nothing:
//! the buffers that come out are the buffers that went in, and the program says so of every one of them.
//!
//! `cargo run --release -p clientela-benches --bin table -- --rows 1000000 --rounds 3`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{Array, RecordBatch};
use clientela::{Crm, IdForm, Session, Table, TableQuery};
use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments, workshop};
use clientela_benches::bare;
use clientela_benches::measure::{Ratio, Series, Spent, per_second, readable, timed};
use clientela_benches::network::{self, Extent, SELLER};
use std::path::Path;

const ENTITY: &str = "customer";

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let rows: usize = arguments.option("rows", 1_000_000)?;
    let rounds: usize = arguments.option("rounds", 3)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;

    // Kept for the next run, and for `polars_capsule.py`: making it takes longer than all measurements.
    let path = workshop().join(format!("table-{rows}/network.clientela"));
    if !path.exists() {
        println!("making {rows} customers once…");
        let path = network::fresh(&format!("table-{rows}"))?;
        network::make(&path, Extent { customers: rows, vehicles: 0, contacts: 0 })?;
    }
    let crm = Crm::open(&path)?;
    let seller = crm.session(SELLER, None)?;
    let columns = TableQuery::new(ENTITY);
    let binary = TableQuery { ids: IdForm::Binary, ..columns.clone() };

    let (mut text_ids, mut binary_ids, mut stepping, mut handing) =
        (Series::default(), Series::default(), Series::default(), Series::default());
    for _ in 0..rounds.max(1) {
        let (table, spent) = build(&seller, &columns, rows)?;
        text_ids.add(spent);
        handing.add(hand_over(&table)?);
        drop(table);
        binary_ids.add(build(&seller, &binary, rows)?.1);
        stepping.add(step_through(&path, rows)?);
    }
    crm.close()?;
    println!("{rows} rows of {ENTITY}, {rounds} rounds");
    println!("  {:<32} {:>12} {:>12} {:>14}", "", "wall median", "cpu median", "rows/s");
    for (name, series) in [
        ("clientela, ids as text", &text_ids),
        ("clientela, ids as 16 bytes", &binary_ids),
        ("rusqlite, every cell looked at", &stepping),
        ("handed over and taken up", &handing),
    ] {
        let median = series.median();
        println!(
            "  {name:<32} {:>12} {:>12} {:>14}",
            readable(median.wall),
            readable(median.cpu),
            per_second(rows, median.wall)
        );
    }
    for (name, series) in [("ids as text", &text_ids), ("ids as 16 bytes", &binary_ids)] {
        let ratio = Ratio::of(series.median().wall, stepping.median().wall);
        println!("  clientela over rusqlite, {name}: {ratio}");
    }
    Ok(())
}

fn build(seller: &Session, query: &TableQuery, rows: usize) -> Result<(Table, Spent)> {
    let (table, spent) = timed(|| seller.table(query));
    let table = table?;
    if table.rows() != rows {
        return Err(format!("the table has {} rows instead of {rows}", table.rows()).into());
    }
    Ok((table, spent))
}

/// Passes the table through the C stream and checks that nothing was copied.
fn hand_over(table: &Table) -> Result<Spent> {
    let (taken, spent) = timed(|| -> Result<Vec<RecordBatch>> {
        let stream = FFI_ArrowArrayStream::new(table.reader());
        Ok(RecordBatchStreamReader::try_new(stream)?.collect::<std::result::Result<_, _>>()?)
    });
    let taken = taken?;
    let (given, taken) = (buffers(table.batches()), buffers(&taken));
    if given != taken {
        let moved = given.iter().zip(&taken).filter(|(given, taken)| given != taken).count();
        return Err(format!("{moved} of {} buffers were copied on the way", given.len()).into());
    }
    let bytes: usize = given.iter().map(|(_, length)| length).sum();
    println!("  {} buffers of {} MiB handed over, each at the same address", given.len(), bytes / (1 << 20));
    Ok(spent)
}

/// Address and length of every buffer with content, those of dictionaries included.
fn buffers(batches: &[RecordBatch]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for column in batches.iter().flat_map(RecordBatch::columns) {
        collect(&column.to_data(), &mut found);
    }
    found.sort_unstable();
    found
}

fn collect(data: &arrow_data::ArrayData, found: &mut Vec<(usize, usize)>) {
    let all = data.buffers().iter().chain(data.nulls().map(|nulls| nulls.buffer()));
    found
        .extend(all.filter(|buffer| !buffer.is_empty()).map(|buffer| (buffer.as_ptr().addr(), buffer.len())));
    data.child_data().iter().for_each(|child| collect(child, found));
}

/// What the engine takes by itself: all columns of all rows, each cell looked at and none kept.
fn step_through(path: &Path, rows: usize) -> Result<Spent> {
    let connection = bare::open_to_read(path)?;
    let (done, spent) = timed(|| -> Result<(usize, usize)> {
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{ENTITY}\""))?;
        let columns = statement.column_count();
        let mut found = statement.query([])?;
        let (mut seen, mut bytes) = (0, 0);
        while let Some(row) = found.next()? {
            seen += 1;
            for at in 0..columns {
                bytes += row.get_ref(at)?.as_bytes_or_null().ok().flatten().map_or(8, <[u8]>::len);
            }
        }
        Ok((seen, bytes))
    });
    let (seen, bytes) = done?;
    if seen != rows || bytes == 0 {
        return Err(format!("SQLite found {seen} rows instead of {rows}").into());
    }
    Ok(spent)
}
