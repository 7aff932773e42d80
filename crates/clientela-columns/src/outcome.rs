//! What comes out of an operation for a range of rows.

use crate::bits::{low, words_for};

/// Yes, no or unknown for each row of a range. No row is both yes and unknown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) truth: Vec<u64>,
    /// Rows that are unknown; none if no row is.
    pub(crate) unknown: Option<Vec<u64>>,
    /// Rows that 64 bits could not tell exactly: they are asked one by one.
    pub(crate) escaped: Option<Vec<u64>>,
}

/// Numbers for each row of a range.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) values: Vec<i64>,
    /// Rows whose field is missing.
    pub(crate) null: Option<Vec<u64>>,
    /// Rows where it cannot be told.
    pub(crate) unknown: Option<Vec<u64>>,
    pub(crate) escaped: Option<Vec<u64>>,
}

pub(crate) fn full(rows: usize) -> Vec<u64> {
    let mut words = vec![u64::MAX; words_for(rows)];
    if !rows.is_multiple_of(64)
        && let Some(last) = words.last_mut()
    {
        *last = low(rows % 64);
    }
    words
}

pub(crate) fn and_with(words: &mut [u64], others: &[u64]) {
    for (word, other) in words.iter_mut().zip(others) {
        *word &= other;
    }
}

pub(crate) fn or_with(words: &mut [u64], others: &[u64]) {
    for (word, other) in words.iter_mut().zip(others) {
        *word |= other;
    }
}

pub(crate) fn without(words: &mut [u64], others: &[u64]) {
    for (word, other) in words.iter_mut().zip(others) {
        *word &= !other;
    }
}

/// The rows not in it.
pub(crate) fn complement(words: &[u64], rows: usize) -> Vec<u64> {
    let mut all = full(rows);
    without(&mut all, words);
    all
}

/// Rows in either, where none means no row.
pub(crate) fn union(one: Option<Vec<u64>>, two: Option<&Vec<u64>>) -> Option<Vec<u64>> {
    match (one, two) {
        (Some(mut one), Some(two)) => {
            or_with(&mut one, two);
            Some(one)
        }
        (one, two) => one.or_else(|| two.cloned()),
    }
}

pub(crate) fn some_if_any(words: Vec<u64>) -> Option<Vec<u64>> {
    words.iter().any(|word| *word != 0).then_some(words)
}

impl Outcome {
    pub(crate) fn constant(value: Option<bool>, rows: usize) -> Self {
        let none = || vec![0; words_for(rows)];
        match value {
            Some(true) => Self { truth: full(rows), unknown: None, escaped: None },
            Some(false) => Self { truth: none(), unknown: None, escaped: None },
            None => Self { truth: none(), unknown: Some(full(rows)), escaped: None },
        }
    }

    /// What a test says of the rows that have a value, and of those that have none.
    pub(crate) fn of_column(
        mut truth: Vec<u64>,
        valid: Option<Vec<u64>>,
        missing: Option<bool>,
        rows: usize,
    ) -> Self {
        let Some(valid) = valid else { return Self { truth, unknown: None, escaped: None } };
        match missing {
            Some(false) => {
                and_with(&mut truth, &valid);
                Self { truth, unknown: None, escaped: None }
            }
            Some(true) => {
                or_with(&mut truth, &complement(&valid, rows));
                Self { truth, unknown: None, escaped: None }
            }
            None => {
                and_with(&mut truth, &valid);
                Self { truth, unknown: some_if_any(complement(&valid, rows)), escaped: None }
            }
        }
    }

    /// Rows that are yes or unknown.
    pub(crate) fn possible(&self) -> Vec<u64> {
        let mut possible = self.truth.clone();
        if let Some(unknown) = &self.unknown {
            or_with(&mut possible, unknown);
        }
        possible
    }

    pub(crate) fn not(&self, rows: usize) -> Self {
        let mut truth = complement(&self.truth, rows);
        if let Some(unknown) = &self.unknown {
            without(&mut truth, unknown);
        }
        Self { truth, unknown: self.unknown.clone(), escaped: self.escaped.clone() }
    }

    /// The second where the first is yes, the third where it is no.
    pub(crate) fn choice(condition: &Self, yes: &Self, no: &Self, rows: usize) -> Self {
        let otherwise = condition.not(rows).truth;
        let pick = |one: &[u64], two: &[u64]| -> Vec<u64> {
            let both = one.iter().zip(two).zip(condition.truth.iter().zip(&otherwise));
            both.map(|((one, two), (yes, no))| one & yes | two & no).collect()
        };
        let truth = pick(&yes.truth, &no.truth);
        let unknown = match (&yes.unknown, &no.unknown) {
            (None, None) => None,
            (yes, no) => {
                let none = vec![0; truth.len()];
                Some(pick(yes.as_ref().unwrap_or(&none), no.as_ref().unwrap_or(&none)))
            }
        };
        let unknown = union(unknown, condition.unknown.as_ref());
        let escaped = union(condition.escaped.clone(), yes.escaped.as_ref());
        Self { truth, unknown, escaped: union(escaped, no.escaped.as_ref()) }
    }
}
