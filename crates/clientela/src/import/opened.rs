//! A source opened: what was found out about it, and its rows one after the other.

use super::cards;
use super::cells::RawRow;
use super::content::{Looked, SourceError, is_spreadsheet};
use super::local::NumberForm;
use super::options::{ImportOptions, ImportTarget};
use super::report::RejectedRow;
use super::source::{ImportSource, NoTable};
use super::targets;
use crate::error::{CrmError, Result};
use clientela_core::findings::LINE_MAX;
use clientela_exchange::csv::{CsvReader, Mapping, RejectWriter, Row, Separator, guarded, unguarded};
use clientela_exchange::vcard;
use std::io::{self, Read};

/// A row of a source.
#[derive(Debug)]
pub(super) struct SourceRow {
    pub(super) line: u64,
    /// What is given, by field; or why the row cannot be read.
    pub(super) read: std::result::Result<RawRow, RejectedRow>,
    /// Its cells as they stand, where they were asked for: to be written back should it be rejected.
    pub(super) cells: Vec<String>,
}

/// What was found out about a source.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) looked: Looked,
    /// Which column goes where; none for cards.
    pub(super) mapping: Option<Mapping>,
    /// The field each column fills.
    columns: Vec<Option<&'static str>>,
    /// How numbers are written.
    pub(super) numbers: NumberForm,
    /// Its headers, without those a file of rejected rows has besides.
    headers: Vec<String>,
    separator: Separator,
    /// Rows of a transaction.
    pub(super) rows_of_chunk: usize,
}

/// A table of text being read.
type Table = CsvReader<Box<dyn Read + Send>>;

fn table(source: &ImportSource, looked: Looked, options: &ImportOptions) -> Result<Option<Table>> {
    let ImportSource::Csv(content) = source else { return Ok(None) };
    Ok(Some(CsvReader::read(content.open()?, looked.text, &options.csv())?))
}

impl Opened {
    /// Finds out about a source and checks that what is needed can be filled.
    pub(super) fn new(source: &ImportSource, looked: Looked, options: &ImportOptions) -> Result<Self> {
        targets::check_upsert(options)?;
        if options.label.as_ref().is_some_and(|label| label.chars().count() > LINE_MAX) {
            let problem = "is too long".to_owned();
            return Err(CrmError::Argument { field: "label", problem, hint: "a few words" }.into());
        }
        let Some(rows_of_chunk) = options.rows_of_chunk() else {
            let problem = "is not a number of rows of one transaction".to_owned();
            return Err(CrmError::Argument { field: "chunk_rows", problem, hint: "1 to 100,000" }.into());
        };
        let (mut separator, mut numbers) = (Separator::Comma, NumberForm::DecimalPoint);
        let (mapping, headers) = match source {
            ImportSource::Csv(content) => {
                if is_spreadsheet(&content.first(8)?) {
                    return Err(NoTable.into());
                }
                let reader = CsvReader::read(content.open()?, looked.text, &options.csv())?;
                separator = reader.separator();
                if separator == Separator::Semicolon {
                    numbers = NumberForm::DecimalComma;
                }
                let headers = reader.headers();
                (Some(mapped(&headers, options, |_| true)?), of_table(&headers).to_vec())
            }
            ImportSource::Cards(_) => {
                if !matches!(options.target, ImportTarget::Customer | ImportTarget::Contact) {
                    return Err(CrmError::Argument {
                        field: "target",
                        problem: format!("is {}, which no card holds", options.target),
                        hint: "cards become customers or contacts",
                    }
                    .into());
                }
                targets::check(options, &[])?;
                separator = Separator::Semicolon;
                (None, Vec::new())
            }
            #[cfg(feature = "arrow")]
            ImportSource::Batches(batches) => {
                let headers = batches.headers();
                let mapping = mapped(&headers, options, |index| batches.has_texts(index))?;
                batches.check(mapping.columns.iter().map(|column| column.target.is_some()))?;
                (Some(mapping), headers)
            }
        };
        let columns = fields(mapping.as_ref(), options);
        let numbers = options.numbers.unwrap_or(numbers);
        Ok(Self { looked, mapping, columns, numbers, headers, separator, rows_of_chunk })
    }

    /// The fields columns of the file go to.
    pub(super) fn filled(&self) -> Vec<&'static str> {
        self.columns.iter().flatten().copied().collect()
    }

    /// Begins a file of rejected rows, which is read again as this one is.
    pub(super) fn reject_writer<W: io::Write>(&self, output: W) -> io::Result<RejectWriter<W>> {
        let titles = [RejectWriter::<W>::LINE, RejectWriter::<W>::REASON];
        RejectWriter::new(output, &self.headers, self.separator, titles)
    }

    /// Visits the rows of a source one after the other until `each` says stop; their cells as they stand are given where they are
    /// asked for.
    pub(super) fn rows(
        &self,
        source: &ImportSource,
        options: &ImportOptions,
        with_cells: bool,
        each: &mut dyn FnMut(SourceRow) -> Result<bool>,
    ) -> Result<()> {
        let row = |row: Row| {
            let cells = if with_cells { safe(&row.cells) } else { Vec::new() };
            let mut named = Vec::with_capacity(row.cells.len());
            let columns = self.columns.iter().zip(row.cells);
            named.extend(columns.filter_map(|(name, cell)| Some(((*name)?, own(cell)))));
            SourceRow { line: row.line, read: Ok(RawRow { line: row.line, cells: named }), cells }
        };
        match source {
            ImportSource::Csv(_) => {
                let Some(mut table) = table(source, self.looked, options)? else { return Ok(()) };
                while let Some(read) = table.next() {
                    let row = match read {
                        Ok(read) => row(read),
                        Err(error) => {
                            if let Some(failure) = table.failure() {
                                return Err(SourceError::unreadable(&failure.into()).into());
                            }
                            let cells = if with_cells { safe(&table.cells_read()) } else { Vec::new() };
                            let line = error.line().unwrap_or_default();
                            SourceRow { line, read: Err(RejectedRow::new(line, &error)), cells }
                        }
                    };
                    if !each(row)? {
                        return Ok(());
                    }
                }
            }
            ImportSource::Cards(content) => {
                for found in vcard::Cards::new(content.open()?) {
                    let found = found.map_err(|error| SourceError::unreadable(&error))?;
                    let (line, read) = match found {
                        Ok(card) => {
                            let read = cards::row(card, options);
                            (read.line, Ok(read))
                        }
                        Err(problem) => {
                            let line = problem.line() as u64;
                            (line, Err(RejectedRow::new(line, &problem)))
                        }
                    };
                    if !each(SourceRow { line, read, cells: Vec::new() })? {
                        return Ok(());
                    }
                }
            }
            #[cfg(feature = "arrow")]
            ImportSource::Batches(batches) => {
                for read in batches.rows() {
                    if !each(row(read?))? {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }
}

/// The headers of a table; none for cards.
pub(super) fn headers(
    source: &ImportSource,
    looked: Looked,
    options: &ImportOptions,
) -> Result<Option<Vec<String>>> {
    Ok(match source {
        ImportSource::Csv(_) => {
            let looked = source.encoded(looked, options.encoding)?;
            table(source, looked, options)?.map(|table| of_table(&table.headers()).to_vec())
        }
        ImportSource::Cards(_) => None,
        #[cfg(feature = "arrow")]
        ImportSource::Batches(batches) => Some(batches.headers()),
    })
}

fn of_table(headers: &[String]) -> &[String] {
    RejectWriter::<Vec<u8>>::of_table(headers)
}

/// Which column goes where: as the options say, or as the headers of those that can be read suggest.
fn mapped(headers: &[String], options: &ImportOptions, readable: impl Fn(usize) -> bool) -> Result<Mapping> {
    let headers = of_table(headers);
    let known = targets::targets(options);
    let mapping = options.mapping.clone().unwrap_or_else(|| {
        let mut guessed = Mapping::guess(headers, &known);
        for (index, column) in guessed.columns.iter_mut().enumerate() {
            if !readable(index) {
                (column.target, column.confidence) = (None, None);
            }
        }
        guessed
    });
    mapping.check(headers, &known)?;
    let filled: Vec<&str> = mapping.columns.iter().filter_map(|column| column.target.as_deref()).collect();
    targets::check(options, &filled)?;
    Ok(mapping)
}

/// The field each column fills.
fn fields(mapping: Option<&Mapping>, options: &ImportOptions) -> Vec<Option<&'static str>> {
    let columns = mapping.map(|mapping| mapping.columns.as_slice()).unwrap_or_default();
    let field = |name: &str| targets::field(options.target, name);
    columns.iter().map(|column| column.target.as_deref().and_then(field)).collect()
}

/// A cell as it was meant, without what kept a spreadsheet from computing it.
fn own(cell: String) -> String {
    if cell.starts_with('\'') { unguarded(&cell).to_owned() } else { cell }
}

/// Cells so that no spreadsheet computes them.
fn safe(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| guarded(unguarded(cell)).into_owned()).collect()
}
