//! One row as named cells, whatever file it comes from.

use super::local::{self, NumberForm};
use super::options::ImportOptions;
use super::words;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::ValueError;

/// A row: what is given, by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawRow {
    /// Line of the file it begins at.
    pub(super) line: u64,
    /// Fields and their cells.
    pub(super) cells: Vec<(&'static str, String)>,
}

/// How the cells of a file are read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) options: &'a ImportOptions,
    pub(super) numbers: NumberForm,
    pub(super) today: NaiveDate,
    pub(super) now: DateTime<Utc>,
    /// The fields columns of the file go to.
    pub(super) filled: &'a [&'static str],
}

/// The cells of one row with what is assumed where they are empty.
pub(super) struct Cells<'a> {
    pub(super) row: &'a RawRow,
    pub(super) reading: &'a Reading<'a>,
}

impl Cells<'_> {
    /// The fields the row fills itself, and those it empties: what it says of a record that is there. What is assumed where cells
    /// are empty is assumed of new records only.
    pub(super) fn spoken(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let filled = self.row.cells.iter().filter(|(_, cell)| !cell.trim().is_empty());
        let given: Vec<&'static str> = filled.map(|(name, _)| *name).collect();
        let clear = self.reading.options.upsert.as_ref().map(|upsert| upsert.clear.as_slice());
        let clears = |name: &&&'static str| clear.unwrap_or_default().iter().any(|field| field == **name);
        let cleared = self.reading.filled.iter().filter(|name| !given.contains(name)).filter(clears);
        (given.clone(), cleared.copied().collect())
    }

    fn given(&self, field: &str) -> Option<&str> {
        let cell = self.row.cells.iter().find(|(name, _)| *name == field).map(|(_, cell)| cell.trim());
        let cell = cell.filter(|cell| !cell.is_empty());
        cell.or_else(|| self.reading.options.defaults.get(field).map(String::as_str))
    }

    /// The text of a field, its word translated where the field knows words.
    pub(super) fn text(&self, field: &'static str) -> Option<String> {
        let given = self.given(field)?;
        if let Some(own) = self.reading.options.words.get(field)
            && let Some(meaning) = own.get(&given.to_lowercase())
        {
            return Some(meaning.clone());
        }
        Some(words::meaning(field, given).unwrap_or(given).to_owned())
    }

    fn read<T>(
        &self,
        field: &'static str,
        read: impl FnOnce(&str) -> Result<T, ValueError>,
    ) -> Result<Option<T>, ValueError> {
        self.given(field).map(|text| read(text).map_err(|error| error.at(field))).transpose()
    }

    pub(super) fn whole(&self, field: &'static str) -> Result<Option<i64>, ValueError> {
        self.read(field, |text| {
            // People write the unit beside the figure.
            let figure =
                text.trim_end_matches(|letter: char| letter.is_alphabetic() || letter.is_whitespace());
            local::whole(figure, self.reading.numbers)
        })
    }

    pub(super) fn day(&self, field: &'static str) -> Result<Option<NaiveDate>, ValueError> {
        self.read(field, |text| local::day(text, self.reading.options.dates, self.reading.today))
    }

    pub(super) fn moment(&self, field: &'static str) -> Result<Option<DateTime<Utc>>, ValueError> {
        self.read(field, |text| local::moment(text, self.reading.options.dates, self.reading.today))
    }

    pub(super) fn yes(&self, field: &'static str) -> Result<Option<bool>, ValueError> {
        self.read(field, local::yes)
    }

    pub(super) fn euro_class(&self, field: &'static str) -> Result<Option<u16>, ValueError> {
        self.read(field, local::euro_class)
    }
}
