//! How one field of two records is compared: levels from best to worst.

use super::table::{MISSING, Table};
use super::text::{begins, edits, jaro_winkler, jaro_winkler_at_most};

/// What two values must be to reach a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Test {
    /// The same.
    Exact,
    /// Texts at least so alike, after Jaro and Winkler.
    JaroWinkler(f64),
    /// Texts at most so many edits apart, after Damerau and Levenshtein.
    Edits(u32),
    /// Numbers at most so far apart.
    Within(u64),
    /// One text is the beginning of the other.
    Begins,
    /// Each is the same as the other's value in that other column: names entered the wrong way round.
    Crossed(usize),
}

/// One level of a comparison: a test of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The column.
    pub column: usize,
    /// What its values must be.
    pub test: Test,
}

/// What was assumed of a field before any record was seen, and how firmly: shares for every level and for the rest below all
/// levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumed {
    /// Among records of one thing.
    pub same: Vec<f64>,
    /// Among records of different things.
    pub different: Vec<f64>,
    /// How many pairs that is worth.
    pub pairs: f64,
}

/// A field: what says that two records are of one thing, in levels.
///
/// The level of two records is the first whose test they pass; who passes none stands at the last, without a test. When none
/// of its columns is there in both, the field says nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The levels, best first.
    pub levels: Vec<Level>,
    /// Whether two rare values that agree say more than two common ones. Counted at levels of the same text only.
    pub frequencies: bool,
    /// What was assumed; without it, levels that never occur are taken for very rare.
    pub assumed: Option<Assumed>,
}

/// Levels a field may have.
pub const LEVELS_MAX: usize = 14;

/// What a field says when it says nothing.
pub(super) const SILENT: u8 = 0;

impl Field {
    /// A field of these levels.
    #[must_use]
    pub const fn new(levels: Vec<Level>) -> Self {
        Self { levels, frequencies: false, assumed: None }
    }

    /// The same, with frequencies counted.
    #[must_use]
    pub fn with_frequencies(self) -> Self {
        Self { frequencies: true, ..self }
    }

    /// The same, with what was assumed.
    #[must_use]
    pub fn assuming(self, same: &[f64], different: &[f64], pairs: f64) -> Self {
        let assumed = Assumed { same: same.to_vec(), different: different.to_vec(), pairs };
        Self { assumed: Some(assumed), ..self }
    }

    /// How many answers the comparison has: silence, every level, the rest.
    pub(super) fn answers(&self) -> usize {
        self.levels.len().min(LEVELS_MAX) + 2
    }

    /// The answer for two records: `SILENT`, 1 for the first level and so on, one more than the last for the rest.
    pub(super) fn answer(&self, table: &Table, left: u32, right: u32) -> u8 {
        let mut comparable = false;
        for (answer, level) in (1_u8..).zip(self.levels.iter().take(LEVELS_MAX)) {
            let (one, other) = (table.code(level.column, left), table.code(level.column, right));
            if one == MISSING || other == MISSING {
                continue;
            }
            comparable |= !matches!(level.test, Test::Crossed(_));
            if passes(table, level, (left, one), (right, other)) {
                return answer;
            }
        }
        if comparable { u8::try_from(self.answers() - 1).unwrap_or(u8::MAX) } else { SILENT }
    }
}

fn passes(table: &Table, level: &Level, (left, one): (u32, u32), (right, other): (u32, u32)) -> bool {
    if let Test::Crossed(across) = level.test {
        return one == of_value(table, across, right, level.column, one)
            && other == of_value(table, across, left, level.column, other);
    }
    if one == other {
        return true;
    }
    let Some(column) = table.columns.get(level.column) else { return false };
    match level.test {
        Test::Exact | Test::Crossed(_) => false,
        Test::JaroWinkler(least) => {
            let (bag, with) = (column.bag(one), column.bag(other));
            let most = jaro_winkler_at_most(bag.len.into(), with.len.into(), bag.common_at_most(with));
            most >= least && jaro_winkler(column.units(one), column.units(other)) >= least
        }
        Test::Edits(most) => {
            let (bag, with) = (column.bag(one), column.bag(other));
            usize::from(bag.len.max(with.len)) <= bag.common_at_most(with) + most as usize
                && edits(column.units(one), column.units(other), most).is_some()
        }
        Test::Within(most) => column.number(one).abs_diff(column.number(other)) <= most,
        Test::Begins => begins(column.units(one), column.units(other)),
    }
}

/// `code`, when the row's value in the column `across` is the value of that code in `column`; else what no value has.
fn of_value(table: &Table, across: usize, row: u32, column: usize, code: u32) -> u32 {
    let other = table.code(across, row);
    if other == MISSING {
        return MISSING;
    }
    let same = table.columns[across].units(other) == table.columns[column].units(code)
        && table.columns[across].number(other) == table.columns[column].number(code);
    if same { code } else { MISSING }
}
