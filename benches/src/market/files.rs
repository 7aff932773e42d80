//! The tables as Arrow IPC files, so that programs in other languages read the same rows.

use super::Market;
use crate::Result;
use crate::arguments::workshop;
use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// Where the tables of so many customers are kept.
#[must_use]
pub fn folder(customers: usize) -> PathBuf {
    workshop().join(format!("market-{customers}"))
}

/// Writes the four tables, not compressed, so that they can be mapped into memory.
///
/// # Errors
/// What the file system says.
pub fn write(market: &Market, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    table(&folder.join("customers.arrow"), &market.customers)?;
    for (name, children) in market.children() {
        table(&folder.join(format!("{name}.arrow")), &children.rows)?;
    }
    Ok(())
}

fn table(path: &Path, rows: &RecordBatch) -> Result<()> {
    // A run that was stopped half-way leaves no table that looks whole.
    let unfinished = path.with_extension("unfinished");
    let mut writer = FileWriter::try_new(BufWriter::new(File::create(&unfinished)?), &rows.schema())?;
    writer.write(rows)?;
    writer.finish()?;
    Ok(fs::rename(unfinished, path)?)
}
