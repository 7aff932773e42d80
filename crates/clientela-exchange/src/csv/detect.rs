//! What a table of text does not say: its separator, and whether its first row is one of headers.

use super::synonyms;
use clientela_model::ClosedList;

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Separator {
    /// `;`, where the comma is the decimal sign.
    Semicolon,
    /// `,`.
    Comma,
    /// Tab.
    Tab,
    /// `|`.
    Bar,
}

/// How many rows are looked at.
const ROWS: usize = 50;

impl Separator {
    /// Its byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Semicolon => b';',
            Self::Comma => b',',
            Self::Tab => b'\t',
            Self::Bar => b'|',
        }
    }

    /// The separator of a first line `sep=;`, which spreadsheets understand and write.
    pub(super) fn declared(line: &str) -> Option<Self> {
        let (name, sign) = line.split_at_checked(4)?;
        let found = Self::ALL.iter().copied().find(|separator| sign.as_bytes() == [separator.byte()]);
        found.filter(|_| name.eq_ignore_ascii_case("sep="))
    }

    /// The separator that cuts most of the first rows into the same number of cells, more cells before fewer.
    pub(super) fn detect(text: &str) -> Self {
        let score = |separator: Self| {
            let widths: Vec<usize> = rows(text, separator).map(|row| row.len()).collect();
            let width = widths.first().copied().unwrap_or_default();
            let same = widths.iter().filter(|found| **found == width).count();
            // The first row decides how wide a table is; a separator that never occurs scores nothing.
            if width > 1 { (same * 100 / widths.len().max(1), width) } else { (0, 0) }
        };
        // Among equals the first of the list wins, so the last is looked at first.
        Self::ALL.iter().rev().copied().max_by_key(|separator| score(*separator)).unwrap_or(Self::Comma)
    }
}

fn rows(text: &str, separator: Separator) -> impl Iterator<Item = csv::StringRecord> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator.byte())
        .from_reader(text.as_bytes())
        .into_records()
        .take(ROWS)
        .map_while(Result::ok)
}

/// Whether a first row looks like headers: words, no two the same, no numbers, dates or addresses; or known headers.
pub(super) fn is_header<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let cells: Vec<String> = cells.map(|cell| cell.trim().to_lowercase()).collect();
    if cells.iter().filter(|cell| synonyms::is_known(cell)).count() * 2 > cells.len() {
        return true;
    }
    let filled: Vec<&String> = cells.iter().filter(|cell| !cell.is_empty()).collect();
    let mut distinct = filled.clone();
    distinct.sort();
    distinct.dedup();
    let wordy = |cell: &&String| {
        cell.chars().any(char::is_alphabetic)
            && !cell.contains('@')
            && cell.chars().filter(char::is_ascii_digit).count() * 3 < cell.chars().count()
    };
    !filled.is_empty() && distinct.len() == filled.len() && filled.iter().all(wordy)
}
