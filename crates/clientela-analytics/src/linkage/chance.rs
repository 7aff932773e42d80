//! How often two records agree by chance: what any two records answer, field by field.
#![allow(clippy::float_arithmetic, reason = "shares are not money")]

use super::blocking::Task;
use super::compare::Comparison;
use super::field::{Field, SILENT, Test};
use super::table::{MISSING, Table, count, mixed};
use std::collections::HashMap;

/// Shares of the answers among any two records that both have the field: by field, by level, the rest last.
#[derive(Debug, Clone, PartialEq)]
pub struct Chance {
    pub(super) shares: Vec<Vec<f64>>,
    /// Pairs looked at.
    pub pairs: u64,
}

impl Chance {
    /// The shares, by field and level, the rest last.
    #[must_use]
    pub fn shares(&self) -> &[Vec<f64>] {
        &self.shares
    }

    /// Looks at so many random pairs; the same seed, the same pairs. How often two records have the very same value is not
    /// estimated but counted, since for most fields it is rarer than any sample shows.
    #[must_use]
    pub fn of(table: &Table, comparison: &Comparison, task: Task, pairs: u32, seed: u64) -> Self {
        let rows: Vec<u32> = (0..count(table.rows())).filter(|row| table.is_used(*row)).collect();
        let drawn = draw(&rows, task, pairs, seed);
        let shares = comparison.fields().iter().map(|field| of_field(table, field, task, &drawn)).collect();
        Self { shares, pairs: drawn.len() as u64 }
    }
}

fn of_field(table: &Table, field: &Field, task: Task, drawn: &[(u32, u32)]) -> Vec<f64> {
    let mut counts = vec![0_u64; field.answers() - 1];
    for (left, right) in drawn {
        let answer = field.answer(table, *left, *right);
        if answer != SILENT {
            counts[usize::from(answer) - 1] += 1;
        }
    }
    // What never occurs is taken to occur half a time.
    let sum: f64 = counts.iter().map(|found| real(*found) + 0.5).sum();
    let mut shares: Vec<f64> = counts.iter().map(|found| (real(*found) + 0.5) / sum).collect();
    let counted = field.levels.first().filter(|level| level.test == Test::Exact);
    if let Some(exact) = counted.and_then(|level| agreeing(table, level.column, task)) {
        let others = (1.0 - shares[0]).max(f64::MIN_POSITIVE);
        let left = 1.0 - exact;
        shares.iter_mut().skip(1).for_each(|share| *share *= left / others);
        shares[0] = exact;
    }
    if let Some(assumed) = field.assumed.as_ref().filter(|assumed| assumed.different.len() == shares.len()) {
        let seen = real(drawn.len() as u64);
        for (share, before) in shares.iter_mut().zip(&assumed.different) {
            *share = (*share * seen + before * assumed.pairs) / (seen + assumed.pairs);
        }
    }
    shares
}

/// The share of pairs with the same value among those that have one; none when there are no such pairs.
fn agreeing(table: &Table, column: usize, task: Task) -> Option<f64> {
    let column = table.columns.get(column)?;
    let (pairs, same) = match task {
        Task::Within => {
            let choose = |count: u64| real(count) * (real(count) - 1.0).max(0.0) / 2.0;
            let known: u64 = column.counts().map(u64::from).sum();
            (choose(known), column.counts().map(|count| choose(count.into())).sum::<f64>())
        }
        Task::Between(split) => {
            let mut counts: HashMap<u32, (u64, u64)> = HashMap::new();
            let used =
                (0_u32..).zip(&column.codes).filter(|(row, code)| **code != MISSING && table.is_used(*row));
            for (row, code) in used {
                let sides = counts.entry(*code).or_default();
                if row < split { sides.0 += 1 } else { sides.1 += 1 }
            }
            let side = |of: fn(&(u64, u64)) -> u64| real(counts.values().map(of).sum());
            let same = counts.values().map(|(left, right)| real(*left) * real(*right)).sum::<f64>();
            (side(|sides| sides.0) * side(|sides| sides.1), same)
        }
    };
    // With no agreement at all, half a pair is taken to agree.
    (pairs >= 1.0).then(|| (same.max(0.5) / pairs).min(0.99))
}

/// Random pairs of rows.
fn draw(rows: &[u32], task: Task, pairs: u32, seed: u64) -> Vec<(u32, u32)> {
    let (left, right) = match task {
        Task::Within => (rows, rows),
        Task::Between(split) => rows.split_at(rows.partition_point(|row| *row < split)),
    };
    if left.is_empty() || right.is_empty() || (task == Task::Within && rows.len() < 2) {
        return Vec::new();
    }
    let mut state = seed;
    let mut below = |limit: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        usize::try_from((u128::from(mixed(state)) * limit as u128) >> 64).unwrap_or(0)
    };
    let mut drawn = Vec::with_capacity(pairs as usize);
    for _ in 0..pairs {
        let (one, other) = (left[below(left.len())], right[below(right.len())]);
        if one != other {
            drawn.push((one, other));
        }
    }
    drawn
}

#[expect(clippy::cast_precision_loss, reason = "counts of pairs far below 2^53")]
const fn real(count: u64) -> f64 {
    count as f64
}
