//! Spreadsheets as tables of text: one sheet, its cells as a file with commas would have them.
//!
//! A library of its own reads them ([calamine]), which programs that need no spreadsheets leave out by the feature `spreadsheets`.
//!
//! [calamine]: https://docs.rs/calamine

use super::ImportSource;
use super::content::{Content, SourceError};
use super::spool::{Spool, Spooling};
use calamine::{Data, DataType, Reader, Sheets, open_workbook_auto_from_rs};
use clientela_exchange::csv::{Separator, guarded};
use clientela_model::{Coded, ErrorKind};
use std::io::{Cursor, Write};

/// The largest spreadsheet that is read, in bytes: what its cells share is unpacked in memory to many times its size.
const BYTES_MAX: u64 = 64 << 20;
/// Rows at the top among which the headers are looked for.
const HEADER_ROWS: usize = 20;

impl ImportSource {
    /// Reads a sheet of a spreadsheet (.xlsx, .xlsb, .xls, .ods): the one of that name, or the first with anything in it.
    ///
    /// Days become 2026-12-31, numbers are written with a decimal point and without an exponent, formulas are what they
    /// last came to. Titles above the headers are left out; rows keep the numbers they have in the sheet. A sheet of .xlsx is read
    /// row by row; the other kinds are unpacked as a whole.
    ///
    /// # Errors
    /// `import.too_large` beyond 64 MiB, `import.spreadsheet` when it is none, when it has no such sheet, or none with anything in it,
    /// `import.file` when its text cannot be kept.
    pub fn spreadsheet(bytes: &[u8], sheet: Option<&str>) -> crate::Result<Self> {
        if bytes.len() as u64 > BYTES_MAX {
            return Err(SheetError::TooLarge.into());
        }
        let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| SheetError::Unreadable)?;
        let names = book.sheet_names();
        let wanted: Vec<String> = match sheet {
            Some(name) => names.iter().filter(|known| *known == name).cloned().collect(),
            None => names.clone(),
        };
        if wanted.is_empty() && sheet.is_some() {
            return Err(SheetError::NoSheet { sheets: names.len() }.into());
        }
        for name in wanted {
            if let Some(text) = text(&mut book, &name)? {
                return Ok(Self::Csv(text.into()));
            }
        }
        Err(SheetError::Empty.into())
    }

    /// Reads a sheet of a file.
    ///
    /// # Errors
    /// As [`spreadsheet`](Self::spreadsheet), and `import.file` when the file cannot be read.
    pub fn spreadsheet_file(path: impl AsRef<std::path::Path>, sheet: Option<&str>) -> crate::Result<Self> {
        Self::spreadsheet_of(&Content::file(path.as_ref()), sheet)
    }

    pub(super) fn spreadsheet_of(content: &Content, sheet: Option<&str>) -> crate::Result<Self> {
        Self::spreadsheet(&content.whole(BYTES_MAX)?, sheet)
    }
}

type Book<'a> = Sheets<Cursor<&'a [u8]>>;

/// A sheet as a file with commas; none when nothing is in it.
fn text(book: &mut Book<'_>, name: &str) -> crate::Result<Option<Spool>> {
    let mut table = Table::default();
    match book {
        Sheets::Xlsx(book) => {
            let mut cells = book.worksheet_cells_reader(name).map_err(|_| SheetError::Unreadable)?;
            while let Some(found) = cells.next_cell().map_err(|_| SheetError::Unreadable)? {
                table.cell(found.get_position(), &Data::from(found.get_value().clone()))?;
            }
        }
        other => {
            let range = other.worksheet_range(name).map_err(|_| SheetError::Unreadable)?;
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, cell) in range.cells() {
                let at =
                    |from: u32, many: usize| from.saturating_add(u32::try_from(many).unwrap_or(u32::MAX));
                table.cell((at(top, row), at(left, column)), cell)?;
            }
        }
    }
    table.finish()
}

/// A row of a sheet: its number from 0, and its cells from the first column.
type SheetRow = (u32, Vec<String>);

/// The table of a sheet, row by row. Rows above the headers are blank lines, so that lines have the sheet's numbers.
#[derive(Default)]
struct Table {
    /// Rows of the top, until the headers are found among them.
    top: Vec<SheetRow>,
    row: Option<SheetRow>,
    /// The first column of the table, once the headers are found.
    left: Option<usize>,
    /// The number of the row that is written next.
    next: u32,
    written: Spooling,
}

impl Table {
    fn cell(&mut self, (row, column): (u32, u32), value: &Data) -> crate::Result<()> {
        let text = cell(value);
        if text.is_empty() {
            return Ok(());
        }
        if self.row.as_ref().is_none_or(|(at, _)| *at != row) {
            self.end_row()?;
            self.row = Some((row, Vec::new()));
        }
        let column = usize::try_from(column).unwrap_or_default();
        if let Some((_, cells)) = &mut self.row {
            cells.resize(cells.len().max(column + 1), String::new());
            cells.insert(column, text);
            cells.remove(column + 1);
        }
        Ok(())
    }

    fn end_row(&mut self) -> crate::Result<()> {
        let Some(row) = self.row.take() else { return Ok(()) };
        if self.left.is_some() {
            return self.write(&row);
        }
        self.top.push(row);
        if self.top.len() >= HEADER_ROWS { self.begin() } else { Ok(()) }
    }

    /// Finds the headers among the rows of the top.
    fn begin(&mut self) -> crate::Result<()> {
        let top = std::mem::take(&mut self.top);
        let first = |(_, cells): &SheetRow| cells.iter().position(|cell| !cell.is_empty());
        self.left = Some(top.iter().filter_map(first).min().unwrap_or_default());
        top.iter().skip(header(&top)).try_for_each(|row| self.write(row))
    }

    fn write(&mut self, (number, cells): &SheetRow) -> crate::Result<()> {
        let mut line = String::new();
        while self.next < *number {
            line.push('\n');
            self.next += 1;
        }
        for (at, cell) in cells.iter().skip(self.left.unwrap_or_default()).enumerate() {
            if at > 0 {
                line.push(char::from(Separator::Comma.byte()));
            }
            line.push_str(&quoted(cell));
        }
        line.push('\n');
        self.next += 1;
        Ok(self.written.write_all(line.as_bytes()).map_err(|error| SourceError::unreadable(&error))?)
    }

    fn finish(mut self) -> crate::Result<Option<Spool>> {
        self.end_row()?;
        if self.left.is_none() {
            self.begin()?;
        }
        if self.next == 0 {
            return Ok(None);
        }
        Ok(Some(self.written.finish().map_err(|error| SourceError::unreadable(&error))?))
    }
}

/// The row of headers: the first that is as full as any of the top, so that titles over merged cells are passed over.
fn header(rows: &[SheetRow]) -> usize {
    let filled = |(_, row): &SheetRow| row.iter().filter(|cell| !cell.is_empty()).count();
    let fullest = rows.iter().map(filled).max().unwrap_or_default();
    // Headers may stand over fewer columns than the fullest row has, but over more than a title does.
    rows.iter().position(|row| filled(row) * 2 > fullest).unwrap_or_default()
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
    use std::io::Read;

    #[test]
    fn titles_are_passed_over_and_lines_keep_their_numbers() {
        let mut table = Table::default();
        for (row, cells) in [
            (2, ["Customers of 2026", "", ""]),
            (3, ["Name", "P.IVA", "Km"]),
            (5, ["Rossi, \"Bruno\"", "IT00743110157", "412500"]),
        ] {
            for (column, cell) in (1_u32..).zip(cells) {
                table.cell((row, column), &Data::String(cell.to_owned())).unwrap();
            }
        }
        let mut text = String::new();
        table.finish().unwrap().unwrap().open().read_to_string(&mut text).unwrap();
        assert_eq!(text, "\n\n\nName,P.IVA,Km\n\n\"Rossi, \"\"Bruno\"\"\",IT00743110157,412500\n");
        assert!(Table::default().finish().unwrap().is_none());
    }
}
