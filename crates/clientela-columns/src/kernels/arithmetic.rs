//! Calculations with the numbers of each row.

use crate::bits::words_for;
use crate::outcome::{Figures, Outcome, and_with, complement, union};

/// A calculation with each number; where it cannot be done it is unknown.
pub(crate) fn applied(part: &Figures, work: impl Fn(i64) -> Option<i64>) -> Figures {
    let nowhere = union(part.null.clone(), part.unknown.as_ref());
    let (values, failed) = tried(part.values.iter().map(|value| work(*value)), part.values.len());
    Figures { values, null: None, unknown: union(nowhere, failed.as_ref()), escaped: part.escaped.clone() }
}

/// A calculation that is always possible, but perhaps not in 64 bits.
pub(crate) fn exactly(part: &Figures, work: impl Fn(i64) -> Option<i64>) -> Figures {
    let nowhere = union(part.null.clone(), part.unknown.as_ref());
    let (values, failed) = tried(part.values.iter().map(|value| work(*value)), part.values.len());
    Figures { values, null: None, unknown: nowhere, escaped: union(part.escaped.clone(), failed.as_ref()) }
}

pub(crate) fn combined(
    one: &Figures,
    two: &Figures,
    exact: bool,
    work: impl Fn(i64, i64) -> Option<i64>,
) -> Figures {
    let pairs = one.values.iter().zip(&two.values);
    let (values, failed) = tried(pairs.map(|(one, two)| work(*one, *two)), one.values.len());
    let mut unknown = union(one.null.clone(), one.unknown.as_ref());
    unknown = union(unknown, two.null.as_ref());
    unknown = union(unknown, two.unknown.as_ref());
    let mut escaped = union(one.escaped.clone(), two.escaped.as_ref());
    if exact {
        escaped = union(escaped, failed.as_ref());
    } else {
        unknown = union(unknown, failed.as_ref());
    }
    Figures { values, null: None, unknown, escaped }
}

/// Results, and the rows where there is none.
fn tried(results: impl Iterator<Item = Option<i64>>, rows: usize) -> (Vec<i64>, Option<Vec<u64>>) {
    let mut values = Vec::with_capacity(rows);
    let mut failed: Option<Vec<u64>> = None;
    for (row, result) in results.enumerate() {
        if result.is_none() {
            let failed = failed.get_or_insert_with(|| vec![0; words_for(rows)]);
            if let Some(word) = failed.get_mut(row / 64) {
                *word |= 1 << (row % 64);
            }
        }
        values.push(result.unwrap_or(0));
    }
    (values, failed)
}

pub(crate) fn chosen(condition: &Outcome, yes: &Figures, no: &Figures, rows: usize) -> Figures {
    let is = |row: usize| condition.truth.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1);
    let pairs = yes.values.iter().zip(&no.values);
    let values = pairs.enumerate().map(|(row, (yes, no))| if is(row) { *yes } else { *no }).collect();
    let otherwise = complement(&condition.truth, rows);
    let pick = |yes: &Option<Vec<u64>>, no: &Option<Vec<u64>>| {
        let part = |words: &Option<Vec<u64>>, where_: &[u64]| {
            words.clone().map(|mut words| {
                and_with(&mut words, where_);
                words
            })
        };
        union(part(yes, &condition.truth), part(no, &otherwise).as_ref())
    };
    Figures {
        values,
        null: pick(&yes.null, &no.null),
        unknown: union(pick(&yes.unknown, &no.unknown), condition.unknown.as_ref()),
        escaped: union(union(yes.escaped.clone(), no.escaped.as_ref()), condition.escaped.as_ref()),
    }
}
