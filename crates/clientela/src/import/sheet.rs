//! Spreadsheets as tables of text: one sheet, its cells as a file with commas would have them.
//!
//! A library of its own reads them ([calamine]), which programs that need no spreadsheets leave out by the feature `spreadsheets`.
//!
//! [calamine]: https://docs.rs/calamine

use super::ImportSource;
use calamine::{Data, DataType, Range, Reader, Sheets, open_workbook_auto_from_rs};
use clientela_exchange::csv::{Separator, guarded};
use clientela_model::{Coded, ErrorKind};
use std::io::Cursor;

/// The largest spreadsheet that is read, in bytes: it is unpacked in memory to many times its size.
const BYTES_MAX: usize = 64 << 20;
/// Rows at the top among which the headers are looked for.
const HEADER_ROWS: usize = 20;

impl ImportSource {
    /// Reads a sheet of a spreadsheet (.xlsx, .xlsb, .xls, .ods): the one of that name, or the first with anything in it.
    ///
    /// Days become 2026-12-31, numbers are written with a decimal point and without an exponent, formulas are what they
    /// last came to. Titles above the headers are left out; rows keep the numbers they have in the sheet.
    ///
    /// # Errors
    /// `import.too_large` beyond 64 MiB, `import.spreadsheet` when it is none, when it has no such sheet, or none with anything in it.
    pub fn spreadsheet(bytes: &[u8], sheet: Option<&str>) -> crate::Result<Self> {
        if bytes.len() > BYTES_MAX {
            return Err(SheetError::TooLarge.into());
        }
        let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| SheetError::Unreadable)?;
        let range = match sheet {
            Some(name) => named(&mut book, name)?,
            None => first(&mut book)?,
        };
        Ok(Self::Csv(text(&range)))
    }

    /// Reads a sheet of a file.
    ///
    /// # Errors
    /// As [`spreadsheet`](Self::spreadsheet), and `import.file` when the file cannot be read.
    pub fn spreadsheet_file(path: impl AsRef<std::path::Path>, sheet: Option<&str>) -> crate::Result<Self> {
        Self::spreadsheet(&super::source::bytes(path.as_ref())?, sheet)
    }
}

type Book<'a> = Sheets<Cursor<&'a [u8]>>;

fn named(book: &mut Book<'_>, name: &str) -> Result<Range<Data>, SheetError> {
    let there = book.sheet_names().iter().any(|known| known == name);
    if !there {
        return Err(SheetError::NoSheet { sheets: book.sheet_names().len() });
    }
    book.worksheet_range(name).map_err(|_| SheetError::Unreadable)
}

fn first(book: &mut Book<'_>) -> Result<Range<Data>, SheetError> {
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(|_| SheetError::Unreadable)?;
        if !range.is_empty() {
            return Ok(range);
        }
    }
    Err(SheetError::Empty)
}

/// The sheet as a file with commas. Rows above the headers are blank lines, so that lines have the sheet's numbers.
fn text(range: &Range<Data>) -> Vec<u8> {
    let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(cell).collect()).collect();
    let first = usize::try_from(range.start().map_or(0, |(row, _)| row)).unwrap_or_default();
    let header = header(&rows);
    let mut text = String::new();
    for _ in 0..first + header {
        text.push('\n');
    }
    for row in rows.iter().skip(header) {
        let blank = row.iter().all(String::is_empty);
        for (at, cell) in row.iter().enumerate().filter(|_| !blank) {
            if at > 0 {
                text.push(char::from(Separator::Comma.byte()));
            }
            text.push_str(&quoted(cell));
        }
        text.push('\n');
    }
    text.into_bytes()
}

/// The row of headers: the first that is as full as any of the top, so that titles over merged cells are passed over.
fn header(rows: &[Vec<String>]) -> usize {
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
    let fullest = rows.iter().take(HEADER_ROWS).map(filled).max().unwrap_or_default();
    // Headers may stand over fewer columns than the fullest row has, but over more than a title does.
    rows.iter().take(HEADER_ROWS).position(|row| filled(row) * 2 > fullest).unwrap_or_default()
}

fn quoted(cell: &str) -> String {
    // A line break in a cell would shift the numbers of the rows below.
    let cell = cell.replace(['\r', '\n'], " ");
    let cell = guarded(&cell);
    if cell.contains([',', '"']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.into_owned()
    }
}

fn cell(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) => text.trim().to_owned(),
        // A figure as the sheet's own text has it: 412500, not 412500.0.
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Data::DateTime(_) | Data::DateTimeIso(_) => day(cell),
        Data::DurationIso(text) => text.clone(),
        #[allow(unreachable_patterns, reason = "the crate may come to know more kinds of cells")]
        other => other.to_string(),
    }
}

fn day(cell: &Data) -> String {
    match cell.as_datetime() {
        Some(moment) if moment.time() == chrono::NaiveTime::MIN => moment.date().to_string(),
        Some(moment) => moment.format("%Y-%m-%dT%H:%M:%S").to_string(),
        None => cell.to_string(),
    }
}

/// A spreadsheet that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SheetError {
    #[error(
        "the bytes are no spreadsheet that can be read; expected .xlsx, .xlsb, .xls or .ods without a password"
    )]
    Unreadable,
    #[error("the spreadsheet has {sheets} sheets and none of that name; expected the name of one of them")]
    NoSheet { sheets: usize },
    #[error("no sheet has anything in it; expected one with headers and rows")]
    Empty,
    #[error("the spreadsheet has more than {BYTES_MAX} bytes; save the sheet as CSV")]
    TooLarge,
}

impl Coded for SheetError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLarge => ErrorKind::Limit,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "import.too_large",
            _ => "import.spreadsheet",
        }
    }
    fn field(&self) -> Option<String> {
        matches!(self, Self::NoSheet { .. }).then(|| "sheet".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_passed_over_and_lines_keep_their_numbers() {
        let row =
            |cells: &[&str]| cells.iter().map(|cell| Data::String((*cell).to_owned())).collect::<Vec<_>>();
        let rows = [
            row(&["Customers of 2026", "", ""]),
            row(&["Name", "P.IVA", "Km"]),
            row(&["Rossi, \"Bruno\"", "IT00743110157", "1"]),
        ];
        let mut range = Range::new((2, 0), (4, 2));
        for (at, row) in (2_u32..).zip(rows) {
            for (column, cell) in (0_u32..).zip(row) {
                range.set_value((at, column), cell);
            }
        }
        range.set_value((4, 2), Data::Float(412_500.0));
        let text = String::from_utf8(super::text(&range)).unwrap_or_default();
        assert_eq!(text, "\n\n\nName,P.IVA,Km\n\"Rossi, \"\"Bruno\"\"\",IT00743110157,412500\n");
    }
}
