//! What is expected of a period, by owner and category.

use super::{History, NO_ROW, Period};
use crate::sales::{ForecastCategory, OpportunityState};

/// Parts a share by stage history is given in.
pub const MILLION: i128 = 1_000_000;

/// The columns of a forecast, from the surest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Won in the period.
    Closed,
    /// Open, committed.
    Commit,
    /// Open, best case.
    BestCase,
    /// Open, pipeline.
    Pipeline,
    /// Open, not counted.
    Omitted,
}

impl Column {
    /// All, in the order of a cell.
    pub const ALL: [Self; 5] = [Self::Closed, Self::Commit, Self::BestCase, Self::Pipeline, Self::Omitted];

    /// That of an open opportunity of the category.
    #[must_use]
    pub const fn of(category: ForecastCategory) -> Self {
        match category {
            ForecastCategory::Omitted => Self::Omitted,
            ForecastCategory::Pipeline => Self::Pipeline,
            ForecastCategory::BestCase => Self::BestCase,
            ForecastCategory::Commit => Self::Commit,
        }
    }
}

/// What one owner, or everything at and below a node, brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// How many, by [`Column`].
    pub count: [u64; 5],
    /// Amounts in minor units, by [`Column`].
    pub amount: [i128; 5],
    /// Won, and open amounts times probability: in hundredths of a minor unit. What is omitted is not in it.
    pub weighted: i128,
    /// Won, and open amounts times the share of their stage that was won in the past: in millionths of a minor unit.
    pub by_history: i128,
}

impl Cell {
    /// Adds another.
    pub fn add(&mut self, other: &Self) {
        for column in 0..5 {
            self.count[column] += other.count[column];
            self.amount[column] += other.amount[column];
        }
        self.weighted += other.weighted;
        self.by_history += other.by_history;
    }

    /// The sum of the columns up to this one: commit holds what is closed, best case what is committed, and so on. What is
    /// omitted is in none but its own.
    #[must_use]
    pub fn cumulative(&self, column: Column) -> i128 {
        match column {
            Column::Omitted => self.amount[Column::Omitted as usize],
            _ => self.amount[..=column as usize].iter().sum(),
        }
    }
}

/// What one row counts in, if it counts in the period.
fn column(state: OpportunityState, category: ForecastCategory, close: i32, period: Period) -> Option<Column> {
    match state {
        _ if !period.holds(close) => None,
        OpportunityState::Won => Some(Column::Closed),
        OpportunityState::Open => Some(Column::of(category)),
        OpportunityState::Suspended | OpportunityState::Lost => None,
    }
}

/// Each opportunity that counts in the period as it stood on a day: its index, its row and its column.
pub fn opportunity_cells(
    history: &History,
    day: i32,
    period: Period,
) -> impl Iterator<Item = (usize, usize, Column)> + '_ {
    let all = history.passages();
    history.ranges().enumerate().filter_map(move |(index, range)| {
        let row = history.held(range, day);
        if row == NO_ROW {
            return None;
        }
        let row = row as usize;
        let column = column(all.state[row], all.category[row], all.close[row], period)?;
        Some((index, row, column))
    })
}

/// The forecast of a period as it stood on a day: one cell for each owner. `shares` says for each stage what share of what
/// came to it was won in the past, in millionths; a stage beyond its end counts as none.
#[must_use]
pub fn forecast(history: &History, day: i32, period: Period, shares: &[u32]) -> Vec<Cell> {
    let all = history.passages();
    let mut cells = vec![Cell::default(); history.owners()];
    for (_, row, column) in opportunity_cells(history, day, period) {
        let amount = i128::from(all.amount[row]);
        let cell = &mut cells[all.owner[row] as usize];
        cell.count[column as usize] += 1;
        cell.amount[column as usize] += amount;
        cell.weighted += weighted(column, amount, i128::from(all.probability[row]), 100);
        let share = shares.get(all.stage[row] as usize).copied().unwrap_or(0);
        cell.by_history += weighted(column, amount, i128::from(share), MILLION);
    }
    cells
}

/// An amount by its chance, in parts of `whole`: what is closed counts whole, what is omitted not at all.
#[must_use]
pub const fn weighted(column: Column, amount: i128, share: i128, whole: i128) -> i128 {
    match column {
        Column::Closed => amount * whole,
        Column::Omitted => 0,
        Column::Commit | Column::BestCase | Column::Pipeline => amount * share,
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{OWNERS, history};
    use super::super::{NO_PARENT, roll_up};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The raw figure of the top is the sum over the rows, however the owners stand in the tree.
        #[test]
        fn the_top_is_the_sum_over_the_rows(
            history in history(), day in 0_i32..80, first in 0_i32..40, days in 0_i32..40,
            above in prop::collection::vec(any::<prop::sample::Index>(), OWNERS),
        ) {
            let period = Period { first, last: first + days };
            let shares = [500_000; 6];
            let cells = forecast(&history, day, period, &shares);
            let parents: Vec<u32> = above.iter().enumerate()
                .map(|(node, index)| if node == 0 { NO_PARENT } else { index.index(node) as u32 }).collect();
            let top = roll_up(&parents, &cells, Cell::add).unwrap()[0];
            let mut sum = Cell::default();
            for row in history.rows_on(day).into_iter().filter_map(|row| history.row(row)) {
                if row.close < first || row.close > first + days {
                    continue;
                }
                let column = match row.state {
                    OpportunityState::Won => Column::Closed,
                    OpportunityState::Open => Column::of(row.category),
                    _ => continue,
                };
                sum.count[column as usize] += 1;
                sum.amount[column as usize] += i128::from(row.amount);
                let (percent, share) = match column {
                    Column::Closed => (100, 1_000_000),
                    Column::Omitted => (0, 0),
                    _ => (i128::from(row.probability), 500_000),
                };
                sum.weighted += i128::from(row.amount) * percent;
                sum.by_history += i128::from(row.amount) * share;
            }
            prop_assert_eq!(top, sum);
            prop_assert_eq!(top.cumulative(Column::Pipeline), top.amount[..4].iter().sum::<i128>());
            prop_assert_eq!(top.cumulative(Column::Commit), top.amount[0] + top.amount[1]);
        }
    }
}
