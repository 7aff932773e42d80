//! Reading a table row by row.

use super::detect::{self, Separator};
use super::error::CsvError;
use super::records::{Found, Records, Text};
use super::rejects;
use crate::text::{Decoder, Surveyed, TextEncoding};
use std::fmt;
use std::io::{self, Read};

/// How large a table may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvLimits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of a row.
    pub row_bytes: usize,
    /// Columns.
    pub columns: usize,
}

impl CsvLimits {
    /// The limits that hold unless others are asked for: 1 TiB, 1 MiB, 1024 columns.
    pub const DEFAULT: Self = Self { file_bytes: 1 << 40, row_bytes: 1 << 20, columns: 1024 };
}

impl Default for CsvLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What is known of a table beforehand; what is not is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CsvOptions {
    /// Its separator.
    pub separator: Option<Separator>,
    /// Its encoding.
    pub encoding: Option<TextEncoding>,
    /// Whether its first row is one of headers.
    pub header: Option<bool>,
    /// How large it may be.
    pub limits: CsvLimits,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file it begins at, from 1.
    pub line: u64,
    /// Its cells, as many as there are columns, blanks around them removed.
    pub cells: Vec<String>,
}

/// How much text is looked at to find the separator.
const SAMPLE: usize = 256 << 10;

/// A table of text being read, a piece at a time: of the whole no more is held than one piece and one row.
///
/// As an iterator it gives the rows after the headers. A row that cannot be taken is an error with its line; the rows
/// after it are given all the same. Blank lines are passed over, missing cells at a row's end are empty.
pub struct CsvReader<R> {
    records: Records<R>,
    separator: Separator,
    encoding: TextEncoding,
    header: Option<Vec<String>>,
    columns: usize,
    limits: CsvLimits,
    /// A first row that turned out not to be headers.
    pending: Option<Row>,
    /// How the input failed: nothing more is read then.
    failure: Option<io::ErrorKind>,
}

impl<R> fmt::Debug for CsvReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvReader")
            .field("separator", &self.separator)
            .field("columns", &self.columns)
            .finish()
    }
}

impl<'a> CsvReader<&'a [u8]> {
    /// Finds out what the options leave open and reads the headers.
    ///
    /// # Errors
    /// `csv.file_too_large`, `csv.encoding`, `csv.empty`, and what is wrong with the first row.
    pub fn open(bytes: &'a [u8], options: &CsvOptions) -> Result<Self, CsvError> {
        let found =
            Surveyed::of(&mut &*bytes, options.encoding).map_err(|_| CsvError::Unreadable { line: 1 })?;
        Self::read(bytes, found, options)
    }
}

impl<R: Read> CsvReader<R> {
    /// Finds out what the options leave open and reads the headers; what was found out about the whole text is given.
    ///
    /// # Errors
    /// `csv.file_too_large`, `csv.encoding`, `csv.empty`, and what is wrong with the first row.
    pub fn read(input: R, found: Surveyed, options: &CsvOptions) -> Result<Self, CsvError> {
        let (limits, Surveyed { encoding, valid, bytes }) = (options.limits, found);
        if bytes > limits.file_bytes {
            return Err(CsvError::FileTooLarge { bytes, limit: limits.file_bytes });
        }
        if !valid {
            return Err(CsvError::Encoding { encoding });
        }
        let unreadable = |_| CsvError::Unreadable { line: 1 };
        let mut text = Text::new(input, Decoder::new(encoding));
        while text.left().len() < SAMPLE && !text.is_ended() {
            text.more().map_err(unreadable)?;
        }
        let sample = text.left();
        // The last row of a sample is cut somewhere.
        let whole = if text.is_ended() { None } else { sample.iter().rposition(|byte| *byte == b'\n') };
        let sample = sample.get(..whole.unwrap_or(sample.len())).unwrap_or_default();
        let sample = std::str::from_utf8(sample).unwrap_or_default();
        let declared = Separator::declared(sample.lines().next().unwrap_or_default());
        let skipped =
            if declared.is_some() { sample.find('\n').map_or(sample.len(), |end| end + 1) } else { 0 };
        let detected = || Separator::detect(sample.get(skipped..).unwrap_or_default());
        let separator = options.separator.or(declared).unwrap_or_else(detected);
        text.take(skipped);
        let line = 1 + u64::from(declared.is_some());
        let mut table = Self {
            records: Records::new(text, separator.byte(), line, limits.row_bytes, limits.columns),
            separator,
            encoding,
            header: None,
            columns: 0,
            limits,
            pending: None,
            failure: None,
        };
        let mut first = table.row().unwrap_or(Err(CsvError::Empty))?;
        let header = match options.header {
            // A file of rejected rows has headers, whatever the file had that they were rejected from.
            Some(header) => header || rejects::are_titles(&first.cells),
            None => detect::is_header(first.cells.iter().map(String::as_str)),
        };
        if header {
            // Columns without a header and without anything in them come from blanks at a sheet's edge.
            while first.cells.len() > 1 && first.cells.last().is_some_and(String::is_empty) {
                first.cells.pop();
            }
            table.columns = first.cells.len();
            table.header = Some(first.cells);
        } else {
            table.columns = first.cells.len();
            table.pending = Some(first);
        }
        Ok(table)
    }

    /// Its separator.
    #[must_use]
    pub const fn separator(&self) -> Separator {
        self.separator
    }

    /// Its encoding.
    #[must_use]
    pub const fn encoding(&self) -> TextEncoding {
        self.encoding
    }

    /// Whether its first row was one of headers.
    #[must_use]
    pub const fn has_header(&self) -> bool {
        self.header.is_some()
    }

    /// The headers; `column 1`, `column 2`… where the table has none.
    #[must_use]
    pub fn headers(&self) -> Vec<String> {
        self.header
            .clone()
            .unwrap_or_else(|| (1..=self.columns).map(|number| format!("column {number}")).collect())
    }

    /// How the input failed, once it did: the rows after that are missing.
    #[must_use]
    pub const fn failure(&self) -> Option<io::ErrorKind> {
        self.failure
    }

    /// The cells of the row that was read last, also of one that could not be taken; of one that is too long its first.
    #[must_use]
    pub fn cells_read(&self) -> Vec<String> {
        self.records.cells().map(str::to_owned).collect()
    }

    /// The next record, not yet compared with the number of columns.
    fn row(&mut self) -> Option<Result<Row, CsvError>> {
        let Found { line, bytes, cells } = match self.records.next() {
            Ok(found) => found?,
            Err(error) => {
                self.failure = Some(error.kind());
                return Some(Err(CsvError::Unreadable { line: self.records.line() }));
            }
        };
        let limits = self.limits;
        if bytes > limits.row_bytes {
            return Some(Err(CsvError::RowTooLong { line, bytes, limit: limits.row_bytes }));
        }
        if cells > limits.columns {
            return Some(Err(CsvError::TooManyColumns { line, found: cells, limit: limits.columns }));
        }
        Some(Ok(Row { line, cells: self.cells_read() }))
    }

    fn fitted(&self, mut row: Row) -> Result<Row, CsvError> {
        while row.cells.len() > self.columns && row.cells.last().is_some_and(String::is_empty) {
            row.cells.pop();
        }
        if row.cells.len() > self.columns {
            return Err(CsvError::Cells { line: row.line, found: row.cells.len(), expected: self.columns });
        }
        row.cells.resize(self.columns, String::new());
        Ok(row)
    }
}

impl<R: Read> Iterator for CsvReader<R> {
    type Item = Result<Row, CsvError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.pending.take() {
            return Some(Ok(row));
        }
        while self.failure.is_none() {
            let row = match self.row()? {
                Ok(row) => row,
                Err(error) => return Some(Err(error)),
            };
            // A line of separators only is how spreadsheets write an empty row.
            if !row.cells.iter().all(String::is_empty) {
                return Some(self.fitted(row));
            }
        }
        None
    }
}
