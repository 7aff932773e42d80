//! Rejected rows, written back with their reasons to be put right and imported again.

use super::plan::ImportPlan;
use super::report::RejectedRow;
use super::source::ImportSource;
use clientela_exchange::csv::{CsvReader, RejectWriter, Row, guarded, unguarded};
use std::collections::HashMap;
use std::io;

impl ImportPlan {
    /// Writes rejected rows as a table: their cells as they stood, though so that no
    /// spreadsheet computes them, then line and reason. It can be put right and imported again by
    /// the same options. Cards have no cells here; [`write_rejected_cards`](Self::write_rejected_cards) writes them as cards.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write_rejected<W: io::Write>(&self, rejected: &[RejectedRow], output: W) -> io::Result<W> {
        let reasons: HashMap<u64, &RejectedRow> = rejected.iter().map(|row| (row.line, row)).collect();
        let empty = |line| Row { line, cells: Vec::new() };
        match &self.source {
            ImportSource::Csv(bytes) => {
                let broken = |error: clientela_exchange::csv::CsvError| io::Error::other(error);
                let mut table = CsvReader::open(bytes, &self.options.csv()).map_err(broken)?;
                let mut writer = RejectWriter::for_table(output, &table)?;
                while let Some(row) = table.next() {
                    let mut row = row.unwrap_or_else(|error| Row {
                        line: error.line().unwrap_or_default(),
                        cells: table.cells_read(),
                    });
                    row.cells.iter_mut().for_each(|cell| *cell = guarded(unguarded(cell)).into_owned());
                    if let Some(why) = reasons.get(&row.line) {
                        writer.write(&row, &reason(why))?;
                    }
                }
                writer.finish()
            }
            ImportSource::Cards(_) => {
                let titles = [RejectWriter::<W>::LINE, RejectWriter::<W>::REASON];
                let mut writer =
                    RejectWriter::new(output, &[], clientela_exchange::csv::Separator::Semicolon, titles)?;
                for row in rejected {
                    writer.write(&empty(row.line), &reason(row))?;
                }
                writer.finish()
            }
            #[cfg(feature = "arrow")]
            ImportSource::Batches(batches) => {
                let titles = [RejectWriter::<W>::LINE, RejectWriter::<W>::REASON];
                // By its separator it is read again with decimal points, as it is written here.
                let comma = clientela_exchange::csv::Separator::Comma;
                let mut writer = RejectWriter::new(output, &batches.headers(), comma, titles)?;
                for (line, cells) in batches.texts() {
                    let cells = cells.iter().map(|cell| guarded(cell).into_owned()).collect();
                    if let Some(why) = reasons.get(&line) {
                        writer.write(&Row { line, cells }, &reason(why))?;
                    }
                }
                writer.finish()
            }
        }
    }

    /// Writes rejected cards as cards, each with its reason in a property `X-CLIENTELA-REASON`, to be put right and imported again.
    /// Nothing for other sources.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write_rejected_cards<W: io::Write>(
        &self,
        rejected: &[RejectedRow],
        mut output: W,
    ) -> io::Result<W> {
        if let ImportSource::Cards(bytes) = &self.source {
            let reasons = rejected.iter().map(|row| (row.line, reason(row))).collect();
            output.write_all(&clientela_exchange::vcard::rejected_cards(bytes, &reasons))?;
        }
        Ok(output)
    }
}

/// Why a row was rejected, in one line.
fn reason(row: &RejectedRow) -> String {
    match &row.field {
        Some(field) => format!("{field}: {} ({})", row.message, row.code),
        None => format!("{} ({})", row.message, row.code),
    }
}
