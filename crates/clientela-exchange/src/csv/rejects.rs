//! Rows that were not taken, written back with the reason, to be put right and read again.

use super::detect::Separator;
use super::reader::{CsvReader, Row};
use std::io::{self, Write};

/// Writes rejected rows: the columns of the table, then line and reason.
///
/// The file is UTF-8 with a byte order mark, so that spreadsheets show it rightly, and uses the table's own separator.
/// Cells are written as they are given; whoever gives them keeps spreadsheets from computing them
/// ([`guarded`](super::guarded)).
#[derive(Debug)]
pub struct RejectWriter<W: Write> {
    writer: csv::Writer<W>,
    columns: usize,
    separator: Separator,
}

/// Whether a first row ends as those of files of rejected rows do.
pub(super) fn are_titles(cells: &[String]) -> bool {
    let titles = [RejectWriter::<Vec<u8>>::LINE, RejectWriter::<Vec<u8>>::REASON];
    cells.len() > titles.len()
        && cells.iter().rev().zip(titles.iter().rev()).all(|(cell, title)| cell == title)
}

impl<W: Write> RejectWriter<W> {
    /// Header of the column with the line of the first file.
    pub const LINE: &'static str = "line";
    /// Header of the column with the reason.
    pub const REASON: &'static str = "reason";

    /// The headers of the table that rows were rejected from: without those of line and reason.
    #[must_use]
    pub fn of_table(headers: &[String]) -> &[String] {
        let own = headers.len().saturating_sub(2);
        if are_titles(headers) { headers.get(..own).unwrap_or_default() } else { headers }
    }

    /// Begins the file for a table that is being read.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn for_table(output: W, table: &CsvReader<impl io::Read>) -> io::Result<Self> {
        // Of rows that are rejected a second time the first reason is not kept.
        Self::new(output, Self::of_table(&table.headers()), table.separator(), [Self::LINE, Self::REASON])
    }

    /// Begins the file with these headers and the two titles for line and reason.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn new(
        mut output: W,
        headers: &[String],
        separator: Separator,
        titles: [&str; 2],
    ) -> io::Result<Self> {
        output.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::WriterBuilder::new()
            .delimiter(separator.byte())
            .terminator(csv::Terminator::CRLF)
            .from_writer(output);
        writer.write_record(headers.iter().map(String::as_str).chain(titles)).map_err(io::Error::from)?;
        Ok(Self { writer, columns: headers.len(), separator })
    }

    /// Writes a row and why it was not taken. What a row has beyond the table's columns stands in its last one, with the separator
    /// before it that cut it off.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&mut self, row: &Row, reason: &str) -> io::Result<()> {
        let line = row.line.to_string();
        let sign = char::from(self.separator.byte()).to_string();
        let mut cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
        let whole = cells.get(self.columns.saturating_sub(1)..).unwrap_or_default().join(&sign);
        if cells.len() > self.columns && self.columns > 0 && !self.is_of_rejected(&cells) {
            cells.truncate(self.columns - 1);
            cells.push(&whole);
        }
        let cells = cells.into_iter().chain(std::iter::repeat("")).take(self.columns);
        self.writer.write_record(cells.chain([line.as_str(), reason])).map_err(io::Error::from)
    }

    /// Whether the row has the two cells more that a row of a file of rejected rows has.
    fn is_of_rejected(&self, cells: &[&str]) -> bool {
        let [.., line, _] = cells else { return false };
        cells.len() == self.columns + 2 && line.parse::<u64>().is_ok()
    }

    /// Hands what was written on to the output.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// Writes what is left and gives the output back.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| io::Error::from(error.error().kind()))
    }
}
