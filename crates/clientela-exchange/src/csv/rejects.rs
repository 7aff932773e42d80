//! Rows that were not taken, written back with the reason, to be put right and read again.

use super::detect::Separator;
use super::reader::{CsvReader, Row};
use std::io::{self, Write};

/// Writes rejected rows: the columns of the table, then line and reason.
///
/// The file is UTF-8 with a byte order mark, so that spreadsheets show it rightly, and uses the table's own separator.
/// Cells are written as they were read: a cell a spreadsheet would take for a formula stays one, because the file is to
/// be read again.
#[derive(Debug)]
pub struct RejectWriter<W: Write> {
    writer: csv::Writer<W>,
    columns: usize,
}

impl<W: Write> RejectWriter<W> {
    /// Header of the column with the line of the first file.
    pub const LINE: &'static str = "line";
    /// Header of the column with the reason.
    pub const REASON: &'static str = "reason";

    /// Begins the file for a table that is being read.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn for_table(output: W, table: &CsvReader<'_>) -> io::Result<Self> {
        Self::new(output, &table.headers(), table.separator(), [Self::LINE, Self::REASON])
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
        Ok(Self { writer, columns: headers.len() })
    }

    /// Writes a row and why it was not taken.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&mut self, row: &Row, reason: &str) -> io::Result<()> {
        let line = row.line.to_string();
        let cells = row.cells.iter().map(String::as_str).chain(std::iter::repeat("")).take(self.columns);
        self.writer.write_record(cells.chain([line.as_str(), reason])).map_err(io::Error::from)
    }

    /// Writes what is left and gives the output back.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| io::Error::from(error.error().kind()))
    }
}
