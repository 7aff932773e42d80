//! Reading a table row by row.

use super::detect::{self, Separator};
use super::error::CsvError;
use super::rejects;
use crate::text::TextEncoding;
use std::borrow::Cow;
use std::io::Cursor;

/// How large a table may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvLimits {
    /// Bytes of the file.
    pub file_bytes: usize,
    /// Bytes of a row.
    pub row_bytes: usize,
    /// Columns.
    pub columns: usize,
}

impl CsvLimits {
    /// The limits that hold unless others are asked for: 1 GiB, 1 MiB, 1024 columns.
    pub const DEFAULT: Self = Self { file_bytes: 1 << 30, row_bytes: 1 << 20, columns: 1024 };
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

/// A table of text being read.
///
/// As an iterator it gives the rows after the headers. A row that cannot be taken is an error with its line; the rows
/// after it are given all the same. Blank lines are passed over, missing cells at a row's end are empty.
#[derive(Debug)]
pub struct CsvReader<'a> {
    reader: csv::Reader<Cursor<Cow<'a, [u8]>>>,
    separator: Separator,
    encoding: TextEncoding,
    header: Option<Vec<String>>,
    columns: usize,
    limits: CsvLimits,
    skipped_lines: u64,
    /// A first row that turned out not to be headers.
    pending: Option<Row>,
    /// Room that is used again for every record.
    record: csv::StringRecord,
}

impl<'a> CsvReader<'a> {
    /// Finds out what the options leave open and reads the headers.
    ///
    /// # Errors
    /// `csv.file_too_large`, `csv.encoding`, `csv.empty`, and what is wrong with the first row.
    pub fn open(bytes: &'a [u8], options: &CsvOptions) -> Result<Self, CsvError> {
        let limits = options.limits;
        if bytes.len() > limits.file_bytes {
            return Err(CsvError::FileTooLarge { bytes: bytes.len(), limit: limits.file_bytes });
        }
        let encoding = options.encoding.unwrap_or_else(|| TextEncoding::detect(bytes));
        let text = encoding.decode(bytes).ok_or(CsvError::Encoding { encoding })?;
        let first = text.lines().next().unwrap_or_default();
        let declared = Separator::declared(first);
        let skipped = if declared.is_some() { text.find('\n').map_or(text.len(), |end| end + 1) } else { 0 };
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(skipped..).unwrap_or_default()),
            Cow::Owned(mut text) => {
                text.drain(..skipped);
                Cow::Owned(text)
            }
        };
        let separator = options.separator.or(declared).unwrap_or_else(|| Separator::detect(&text));
        let bytes = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator.byte())
            .from_reader(Cursor::new(bytes));
        let skipped_lines = u64::from(declared.is_some());
        let mut table = Self {
            reader,
            separator,
            encoding,
            header: None,
            columns: 0,
            limits,
            skipped_lines,
            pending: None,
            record: csv::StringRecord::new(),
        };
        let mut first = table.read().unwrap_or(Err(CsvError::Empty))?;
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

    /// The cells of the row that was read last, also of one that could not be taken.
    #[must_use]
    pub fn cells_read(&self) -> Vec<String> {
        self.record.iter().map(|cell| cell.trim().to_owned()).collect()
    }

    /// The next record, not yet compared with the number of columns.
    fn read(&mut self) -> Option<Result<Row, CsvError>> {
        let before = self.reader.position().clone();
        match self.reader.read_record(&mut self.record) {
            Ok(false) => return None,
            Ok(true) => {}
            Err(_) => return Some(Err(CsvError::Unreadable { line: before.line() + self.skipped_lines })),
        }
        let line = self.first_line(&before);
        let record = &self.record;
        let bytes = record.as_slice().len();
        if bytes > self.limits.row_bytes {
            return Some(Err(CsvError::RowTooLong { line, bytes, limit: self.limits.row_bytes }));
        }
        if record.len() > self.limits.columns {
            return Some(Err(CsvError::TooManyColumns {
                line,
                found: record.len(),
                limit: self.limits.columns,
            }));
        }
        Some(Ok(Row { line, cells: record.iter().map(|cell| cell.trim().to_owned()).collect() }))
    }

    /// The line a record begins at: the reader's position is before the blank lines it passed over.
    fn first_line(&self, before: &csv::Position) -> u64 {
        let start = usize::try_from(before.byte()).unwrap_or(usize::MAX);
        let rest = self.reader.get_ref().get_ref().get(start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let blank_lines = blank.filter(|byte| **byte == b'\n').count();
        before.line() + self.skipped_lines + u64::try_from(blank_lines).unwrap_or_default()
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

impl Iterator for CsvReader<'_> {
    type Item = Result<Row, CsvError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.pending.take() {
            return Some(Ok(row));
        }
        loop {
            let row = match self.read()? {
                Ok(row) => row,
                Err(error) => return Some(Err(error)),
            };
            // A line of separators only is how spreadsheets write an empty row.
            if !row.cells.iter().all(String::is_empty) {
                return Some(self.fitted(row));
            }
        }
    }
}
