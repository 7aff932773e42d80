//! Writing a table that any spreadsheet opens and the reader of this crate reads back.

use super::detect::Separator;
use super::guard::guarded;
use std::io::{self, Write};

/// Writes a table: UTF-8 with a byte order mark, lines ended by CR LF (RFC 4180), cells quoted where they must be, and none that a
/// spreadsheet would compute.
#[derive(Debug)]
pub struct TableWriter<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> TableWriter<W> {
    /// Begins a table with these headers.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn new<'a>(
        mut output: W,
        headers: impl IntoIterator<Item = &'a str>,
        separator: Separator,
    ) -> io::Result<Self> {
        output.write_all("\u{feff}".as_bytes())?;
        let mut table = Self::without_headers(output, separator);
        table.row(headers)?;
        Ok(table)
    }

    /// Goes on with a table whose headers were written before.
    #[must_use]
    pub fn without_headers(output: W, separator: Separator) -> Self {
        let writer = csv::WriterBuilder::new()
            .delimiter(separator.byte())
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(output);
        Self { writer }
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        for cell in cells {
            self.writer.write_field(guarded(cell).as_bytes()).map_err(io::Error::from)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io::Error::from)
    }

    /// Writes what is left and gives the output back.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| io::Error::from(error.error().kind()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::{CsvOptions, CsvReader, unguarded};
    use clientela_model::ClosedList;
    use proptest::prelude::*;

    proptest! {
        /// What is written is read back, whatever stands in the cells, blanks around them aside.
        #[test]
        fn a_table_is_read_back(
            rows in proptest::collection::vec(
                proptest::array::uniform3("[=+@'\",;\\t|\\n\u{e9}\u{20ac}a1 -]{0,8}|\\PC{0,12}"), 1..12),
            separator in proptest::sample::select(Separator::ALL),
        ) {
            let mut table = TableWriter::new(Vec::new(), ["name", "city", "notes"], separator).unwrap();
            for row in &rows {
                table.row(row.iter().map(String::as_str)).unwrap();
            }
            let bytes = table.finish().unwrap();
            let options = CsvOptions { separator: Some(separator), ..CsvOptions::default() };
            let read: Vec<Vec<String>> = CsvReader::open(&bytes, &options).unwrap()
                .map(|row| row.unwrap().cells.iter().map(|cell| unguarded(cell).to_owned()).collect())
                .collect();
            let written: Vec<Vec<String>> = rows.iter()
                .map(|row| row.iter().map(|cell| trimmed(cell)).collect::<Vec<String>>())
                .filter(|row| row.iter().any(|cell| !cell.is_empty()))
                .collect();
            prop_assert_eq!(read, written);
        }
    }

    /// As the reader takes blanks away: of the cell as it is written.
    fn trimmed(cell: &str) -> String {
        unguarded(guarded(cell).trim()).to_owned()
    }
}
