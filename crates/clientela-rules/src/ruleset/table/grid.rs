//! Gaps, overlaps and unreachable rows of a table, by samples that stand for all values.
//!
//! The ends that the cells of a column name cut its values into pieces on which every cell says the same. One sample of
//! each piece therefore decides exactly: for whole numbers, decimals, dates, yes or no and closed lists, and for text that
//! is only compared for equality. A missing value is a piece of its own. Columns are taken as independent of one another.

use crate::datum::Datum;
use crate::ruleset::bridge::{order, same};
use crate::ruleset::limits::GAP_STEPS_MAX;
use crate::types::Type;
use chrono::TimeDelta;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

/// An end of an interval: its value, and whether it belongs to it.
pub(in crate::ruleset) type End = Option<(Datum, bool)>;

/// What an item of a cell asks, where its values are known before any record.
#[derive(Debug, Clone)]
pub(in crate::ruleset) enum Test {
    Missing,
    Range {
        from: End,
        to: End,
    },
    Equal(Datum),
    Differs(Datum),
    /// A condition of its own, or a value that depends on the record.
    Opaque,
}

/// A cell: all tests, of which one must hold, or none if it is negated. No tests for a cell that says nothing.
#[derive(Debug, Clone, Default)]
pub(in crate::ruleset) struct Cell {
    pub(in crate::ruleset) negated: bool,
    pub(in crate::ruleset) tests: Vec<Test>,
}

impl Cell {
    pub(super) fn is_opaque(&self) -> bool {
        self.tests.iter().any(|test| matches!(test, Test::Opaque))
    }

    /// Whether a value satisfies it. A missing value satisfies only what asks for it.
    pub(in crate::ruleset) fn holds(&self, value: &Datum) -> bool {
        if self.tests.is_empty() {
            return true;
        }
        if *value == Datum::Null {
            return !self.negated && self.tests.iter().any(|test| matches!(test, Test::Missing));
        }
        self.tests.iter().any(|test| test.holds(value)) != self.negated
    }
}

impl Test {
    fn holds(&self, value: &Datum) -> bool {
        match self {
            Self::Missing | Self::Opaque => false,
            Self::Equal(other) => same(value, other) == Some(true),
            Self::Differs(other) => same(value, other) == Some(false),
            Self::Range { from, to } => {
                let beyond = |end: &End, wrong: Ordering| match end {
                    None => true,
                    Some((end, included)) => match order(value, end) {
                        Some(Ordering::Equal) => *included,
                        Some(order) => order != wrong,
                        None => false,
                    },
                };
                beyond(from, Ordering::Less) && beyond(to, Ordering::Greater)
            }
        }
    }

    fn values(&self) -> Vec<&Datum> {
        match self {
            Self::Missing | Self::Opaque => Vec::new(),
            Self::Equal(value) | Self::Differs(value) => vec![value],
            Self::Range { from, to } => [from, to].into_iter().flatten().map(|(value, _)| value).collect(),
        }
    }
}

/// A text that no rule names.
const OTHER_TEXT: &str = "\u{0}other";

/// A column with one sample of each of its pieces; none where its values cannot be told apart this way.
#[derive(Debug)]
pub(in crate::ruleset) struct Axis {
    pub(super) name: String,
    samples: Option<Vec<Datum>>,
}

impl Axis {
    /// The samples of a column for the cells in it.
    pub(in crate::ruleset) fn new<'c>(
        name: &str,
        ty: &Type,
        cells: impl Iterator<Item = &'c Cell> + Clone,
    ) -> Self {
        let values: Vec<&Datum> = cells.clone().flat_map(|cell| &cell.tests).flat_map(Test::values).collect();
        let ranged = cells.flat_map(|cell| &cell.tests).any(|test| matches!(test, Test::Range { .. }));
        let mut samples = match ty.base() {
            Type::Bool => Some(vec![Datum::Bool(true), Datum::Bool(false)]),
            Type::Words(words) => Some(words.iter().map(|word| Datum::Text(word.as_ref().into())).collect()),
            Type::Text if !ranged => {
                let mut texts: Vec<Datum> = Vec::new();
                for value in values {
                    if !texts.contains(value) {
                        texts.push(value.clone());
                    }
                }
                texts.push(OTHER_TEXT.into());
                Some(texts)
            }
            Type::Int | Type::Decimal | Type::Date => pieces(ty.base(), &values),
            _ => None,
        };
        if let (Some(samples), true) = (&mut samples, ty.is_nullable()) {
            samples.push(Datum::Null);
        }
        Self { name: name.to_owned(), samples }
    }

    pub(in crate::ruleset) fn name(&self) -> &str {
        &self.name
    }

    /// One value of each piece; none where they cannot be told apart.
    pub(in crate::ruleset) fn samples(&self) -> Option<&[Datum]> {
        self.samples.as_deref()
    }

    pub(super) const fn is_checked(&self) -> bool {
        self.samples.is_some()
    }
}

/// A sample of each point that is named, of each open piece between two, and of both ends.
fn pieces(ty: &Type, values: &[&Datum]) -> Option<Vec<Datum>> {
    let mut points = values.iter().map(|value| coordinate(value)).collect::<Option<Vec<Decimal>>>()?;
    points.sort_unstable();
    points.dedup();
    let whole = !matches!(ty, Type::Decimal);
    let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
        return Some(vec![value_at(ty, Decimal::ZERO)?]);
    };
    let mut found = vec![first.checked_sub(Decimal::ONE)?.floor()];
    for (index, point) in points.iter().enumerate() {
        found.push(*point);
        if let Some(next) = points.get(index + 1) {
            let between = if whole {
                point.floor().checked_add(Decimal::ONE)?
            } else {
                point.checked_add(*next)?.checked_div(Decimal::TWO)?
            };
            if between > *point && between < *next {
                found.push(between);
            }
        }
    }
    found.push(last.checked_add(Decimal::ONE)?.floor());
    let fits = |number: &Decimal| !whole || number.fract().is_zero();
    found.into_iter().filter(fits).map(|number| value_at(ty, number)).collect()
}

fn coordinate(value: &Datum) -> Option<Decimal> {
    match value {
        Datum::Int(number) => Some(Decimal::from(*number)),
        Datum::Decimal(number) => Some(*number),
        Datum::Date(day) => {
            Some(Decimal::from(day.signed_duration_since(chrono::NaiveDate::default()).num_days()))
        }
        _ => None,
    }
}

fn value_at(ty: &Type, number: Decimal) -> Option<Datum> {
    use rust_decimal::prelude::ToPrimitive;
    Some(match ty {
        Type::Int => Datum::Int(number.to_i64()?),
        Type::Decimal => Datum::Decimal(number.normalize()),
        _ => {
            let days = TimeDelta::try_days(number.to_i64()?)?;
            Datum::Date(chrono::NaiveDate::default().checked_add_signed(days)?)
        }
    })
}

/// A row's cell, seen on the samples of its column.
#[derive(Debug, Clone)]
enum Reach {
    /// For each sample, whether the cell holds.
    Known(Vec<bool>),
    /// It cannot be told.
    Unknown,
}

/// A table as its samples see it.
#[derive(Debug)]
pub(super) struct Grid {
    axes: Vec<Axis>,
    rows: Vec<Vec<Reach>>,
    steps: usize,
}

/// What a search found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A combination, written out.
    Example(String),
    Nothing,
    /// The search was given up.
    TooMany,
}

impl Grid {
    pub(super) fn new(axes: Vec<Axis>, rows: &[Vec<Cell>]) -> Self {
        let reach = |axis: &Axis, cell: &Cell| match &axis.samples {
            // A cell that says nothing is known to hold, whatever the column.
            _ if cell.tests.is_empty() => Reach::Known(vec![true; axis.samples.as_ref().map_or(1, Vec::len)]),
            Some(samples) if !cell.is_opaque() => {
                Reach::Known(samples.iter().map(|sample| cell.holds(sample)).collect())
            }
            _ => Reach::Unknown,
        };
        let rows = rows
            .iter()
            .map(|cells| axes.iter().zip(cells).map(|(axis, cell)| reach(axis, cell)).collect())
            .collect();
        Self { axes, rows, steps: 0 }
    }

    fn is_known(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|cells| cells.iter().all(|cell| matches!(cell, Reach::Known(_))))
    }

    /// Rows with a cell that cannot be told apart by samples.
    pub(super) fn unknown_rows(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|row| !self.is_known(*row)).collect()
    }

    /// A combination to which both rows apply. Where a cell cannot be told, rows that are apart in another column still
    /// are; else it is given up.
    pub(super) fn overlap(&self, one: usize, two: usize) -> Found {
        let (Some(first), Some(second)) = (self.rows.get(one), self.rows.get(two)) else {
            return Found::Nothing;
        };
        let mut example = Vec::new();
        let mut unknown = false;
        for pair in first.iter().zip(second) {
            match pair {
                (Reach::Known(one), Reach::Known(two)) => {
                    let both = one.iter().zip(two).position(|(one, two)| *one && *two);
                    let Some(sample) = both else { return Found::Nothing };
                    example.push(sample);
                }
                _ => {
                    unknown = true;
                    example.push(0);
                }
            }
        }
        if unknown { Found::TooMany } else { Found::Example(self.written(&example)) }
    }

    /// A combination to which no row applies. With `generous`, rows that cannot be told count as applying.
    pub(super) fn gap(&mut self, generous: bool) -> Found {
        let rows: Vec<usize> = (0..self.rows.len()).filter(|row| generous || self.is_known(*row)).collect();
        // What is missing comes last: a gap among values that are there says more.
        let filled = self.search(&rows, None, false);
        if filled == Found::Nothing { self.search(&rows, None, true) } else { filled }
    }

    /// Whether the rows above leave a row nothing.
    pub(super) fn is_covered(&mut self, row: usize) -> bool {
        let above: Vec<usize> = (0..row).filter(|row| self.is_known(*row)).collect();
        self.search(&above, Some(row), true) == Found::Nothing
    }

    fn search(&mut self, rows: &[usize], within: Option<usize>, missing: bool) -> Found {
        self.steps = 0;
        let mut chosen = Vec::new();
        let mut covered = HashSet::new();
        match self.uncovered(0, rows, within, missing, &mut chosen, &mut covered) {
            Some(true) => Found::Example(self.written(&chosen)),
            Some(false) => Found::Nothing,
            None => Found::TooMany,
        }
    }

    /// Whether values from this column on can be chosen so that none of the rows applies; nothing when given up.
    fn uncovered(
        &mut self,
        column: usize,
        rows: &[usize],
        within: Option<usize>,
        missing: bool,
        chosen: &mut Vec<usize>,
        covered: &mut HashSet<(usize, Vec<usize>)>,
    ) -> Option<bool> {
        self.steps += 1 + rows.len() / 16;
        if self.steps > GAP_STEPS_MAX {
            return None;
        }
        if column == self.axes.len() {
            return Some(rows.is_empty());
        }
        if covered.contains(&(column, rows.to_vec())) {
            return Some(false);
        }
        // Samples on which the same rows are left lead to the same answer.
        let mut classes: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        for sample in 0..self.axes.get(column).and_then(|axis| axis.samples.as_ref()).map_or(1, Vec::len) {
            let allowed = within.is_none_or(|row| self.reaches(row, column, sample))
                && (missing || !self.is_missing(column, sample));
            if allowed {
                let left = rows.iter().copied().filter(|row| self.reaches(*row, column, sample)).collect();
                classes.entry(left).or_insert(sample);
            }
        }
        for (left, sample) in classes {
            chosen.push(sample);
            if self.uncovered(column + 1, &left, within, missing, chosen, covered)? {
                return Some(true);
            }
            chosen.pop();
        }
        covered.insert((column, rows.to_vec()));
        Some(false)
    }

    fn reaches(&self, row: usize, column: usize, sample: usize) -> bool {
        match self.rows.get(row).and_then(|cells| cells.get(column)) {
            Some(Reach::Known(samples)) => samples.get(sample).copied().unwrap_or(false),
            Some(Reach::Unknown) => true,
            None => false,
        }
    }

    fn is_missing(&self, column: usize, sample: usize) -> bool {
        let samples = self.axes.get(column).and_then(|axis| axis.samples.as_ref());
        samples.and_then(|samples| samples.get(sample)) == Some(&Datum::Null)
    }

    /// A combination as a person reads it: `score = 50, segment = "A"`.
    fn written(&self, chosen: &[usize]) -> String {
        let parts: Vec<String> = self
            .axes
            .iter()
            .zip(chosen)
            .map(|(axis, sample)| {
                let value = axis.samples.as_ref().and_then(|samples| samples.get(*sample));
                match value {
                    None => format!("any {}", axis.name),
                    Some(Datum::Null) => format!("{} missing", axis.name),
                    Some(Datum::Text(text)) if &**text == OTHER_TEXT => {
                        format!("{} = any other text", axis.name)
                    }
                    Some(Datum::Text(text)) => format!("{} = \"{text}\"", axis.name),
                    Some(value) => format!("{} = {value}", axis.name),
                }
            })
            .collect();
        parts.join(", ")
    }
}
