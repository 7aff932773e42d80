//! Whole numbers in a table whose rows and columns must both add up.
//!
//! A node's target is shared among its children and over the periods at once. Rounding every cell on its own breaks the
//! sums; rounding rows breaks the columns. Controlled rounding keeps both: every cell is its exact share rounded down or
//! up, every row and every column adds up (Causey, Cox and Ernst, "Applications of transportation theory to statistical
//! problems", 1985). That such a table always exists follows from the integrality of flows.

use std::cmp::Reverse;
use std::collections::VecDeque;

/// Room for one table after another, so that a plan of many nodes does not ask for memory at each.
#[derive(Debug, Default)]
pub(super) struct Table {
    columns: usize,
    /// Which cells may be rounded up.
    open: Vec<bool>,
    /// Which are.
    placed: Vec<bool>,
    rows_left: Vec<i64>,
    columns_left: Vec<i64>,
    given: Vec<i64>,
    waiting: Vec<(Reverse<i128>, usize)>,
}

/// The whole part of `row · column / total`, and whether anything is left. The total is above zero.
fn whole_share(row: i64, column: i64, total: i64) -> (i64, bool) {
    let product = i128::from(row) * i128::from(column);
    // Nearly all products are small, and a division in 64 bits is much faster.
    if let Ok(small) = i64::try_from(product) {
        let whole = small / total;
        return (whole, whole * total != small);
    }
    let whole = product / i128::from(total);
    // A share is at most its row's sum, so it fits.
    (i64::try_from(whole).unwrap_or(i64::MAX), whole * i128::from(total) != product)
}

impl Table {
    /// Fills a table with these sums of rows and columns, every cell within one of its proportional share: `cells` row by row.
    ///
    /// Both lists must have the same total and no number below zero. Where several tables would do, columns are filled from
    /// first to last, each extra unit going to the row that is furthest behind its share so far, so that a year of small
    /// monthly targets is spread over the rows instead of falling to the first.
    pub(super) fn share(&mut self, rows: &[i64], columns: &[i64], cells: &mut Vec<i64>) {
        let total: i64 = rows.iter().sum();
        debug_assert_eq!(total, columns.iter().sum::<i64>(), "unequal sums");
        let size = rows.len() * columns.len();
        cells.clear();
        cells.resize(size, 0);
        if total <= 0 || size == 0 {
            return;
        }
        self.columns = columns.len();
        self.open.clear();
        self.placed.clear();
        self.placed.resize(size, false);
        self.rows_left.clear();
        self.columns_left.clear();
        self.columns_left.extend_from_slice(columns);
        for (row_sum, row_cells) in rows.iter().zip(cells.chunks_exact_mut(columns.len())) {
            let mut row_left = *row_sum;
            for ((column_sum, cell), left) in columns.iter().zip(row_cells).zip(&mut self.columns_left) {
                let (whole, open) = whole_share(*row_sum, *column_sum, total);
                *cell = whole;
                self.open.push(open);
                row_left -= whole;
                *left -= whole;
            }
            self.rows_left.push(row_left);
        }
        self.fill_by_lag(rows, columns, total, cells);
        for column in 0..columns.len() {
            while self.columns_left[column] > 0 && self.augment(column) {
                self.columns_left[column] -= 1;
            }
        }
        debug_assert!(
            self.rows_left.iter().chain(&self.columns_left).all(|left| *left == 0),
            "a sum is left over"
        );
        for (cell, placed) in cells.iter_mut().zip(&self.placed) {
            *cell += i64::from(*placed);
        }
    }

    /// Gives each column's extra units to the rows furthest behind, as far as that goes.
    fn fill_by_lag(&mut self, rows: &[i64], columns: &[i64], total: i64, cells: &[i64]) {
        let mut so_far = 0_i64;
        self.given.clear();
        self.given.resize(rows.len(), 0);
        for (column, column_sum) in columns.iter().enumerate() {
            so_far += column_sum;
            for (given, row_cells) in self.given.iter_mut().zip(cells.chunks_exact(self.columns)) {
                *given += row_cells[column];
            }
            let extra = usize::try_from(self.columns_left[column]).unwrap_or_default();
            if extra == 0 {
                continue;
            }
            self.waiting.clear();
            for (row, row_sum) in rows.iter().enumerate() {
                if self.rows_left[row] > 0 && self.open[row * self.columns + column] {
                    // How far behind: its share of all columns so far, less what it was given, in units of 1/total.
                    let due = i128::from(*row_sum) * i128::from(so_far);
                    let lag = due - i128::from(self.given[row]) * i128::from(total);
                    self.waiting.push((Reverse(lag), row));
                }
            }
            if extra < self.waiting.len() {
                self.waiting.select_nth_unstable(extra);
                self.waiting.truncate(extra);
            }
            for (_, row) in &self.waiting {
                self.placed[row * self.columns + column] = true;
                self.given[*row] += 1;
                self.rows_left[*row] -= 1;
                self.columns_left[column] -= 1;
            }
        }
    }

    /// Finds one more unit for the column by moving others: a shortest alternating path to a row that lacks one.
    fn augment(&mut self, column: usize) -> bool {
        let (rows, columns) = (self.rows_left.len(), self.columns);
        let mut row_from: Vec<Option<usize>> = vec![None; rows];
        let mut column_from: Vec<Option<usize>> = vec![None; columns];
        let mut seen_columns = vec![false; columns];
        seen_columns[column] = true;
        let mut queue = VecDeque::from([column]);
        while let Some(current) = queue.pop_front() {
            for row in 0..rows {
                let cell = row * columns + current;
                if row_from[row].is_some() || !self.open[cell] || self.placed[cell] {
                    continue;
                }
                row_from[row] = Some(current);
                if self.rows_left[row] > 0 {
                    self.flip(row, &row_from, &column_from);
                    self.rows_left[row] -= 1;
                    return true;
                }
                for next in 0..columns {
                    if self.placed[row * columns + next] && !seen_columns[next] {
                        seen_columns[next] = true;
                        column_from[next] = Some(row);
                        queue.push_back(next);
                    }
                }
            }
        }
        false
    }

    fn flip(&mut self, end: usize, row_from: &[Option<usize>], column_from: &[Option<usize>]) {
        let mut row = Some(end);
        while let Some(current) = row {
            let Some(column) = row_from[current] else { return };
            self.placed[current * self.columns + column] = true;
            row = column_from[column];
            if let Some(before) = row {
                self.placed[before * self.columns + column] = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn share(rows: &[i64], columns: &[i64]) -> Vec<Vec<i64>> {
        // Room that was used before must not show.
        let (mut table, mut cells) = (Table::default(), vec![7]);
        table.share(&[5, 9], &[1, 13], &mut cells);
        table.share(rows, columns, &mut cells);
        cells.chunks_exact(columns.len()).map(<[i64]>::to_vec).collect()
    }

    #[test]
    fn small_months_are_spread_over_the_sellers() {
        let cells = share(&[4, 4, 4], &[1; 12]);
        let first_quarter: Vec<i64> = cells.iter().map(|row| row[..3].iter().sum()).collect();
        assert_eq!(first_quarter, [1, 1, 1]);
    }

    #[test]
    fn a_unit_the_first_pass_leaves_over_finds_its_place() {
        // Found by search: filling by lag alone ends with one unit of the last column on no row.
        let (rows, columns) = ([2, 3, 2, 2, 3], [2, 6, 4]);
        let cells = share(&rows, &columns);
        let row_sums: Vec<i64> = cells.iter().map(|row| row.iter().sum()).collect();
        let column_sums: Vec<i64> = (0..3).map(|column| cells.iter().map(|row| row[column]).sum()).collect();
        assert_eq!((row_sums, column_sums), (rows.to_vec(), columns.to_vec()));
    }

    proptest! {
        #[test]
        fn rows_and_columns_add_up_and_cells_are_rounded_shares(
            shape in (1_usize..9, 1_usize..14),
            seed in prop::collection::vec(0_i64..40, 9 * 14),
        ) {
            let (rows, columns) = shape;
            // Sums of some table, so that both totals are equal.
            let row_sums: Vec<i64> = (0..rows).map(|row| (0..columns).map(|column| seed[row * 14 + column]).sum()).collect();
            let column_sums: Vec<i64> = (0..columns).map(|column| (0..rows).map(|row| seed[row * 14 + column]).sum()).collect();
            let total: i64 = row_sums.iter().sum();
            let cells = share(&row_sums, &column_sums);
            for (row, sum) in cells.iter().zip(&row_sums) {
                prop_assert_eq!(row.iter().sum::<i64>(), *sum);
            }
            for (column, sum) in column_sums.iter().enumerate() {
                prop_assert_eq!(cells.iter().map(|row| row[column]).sum::<i64>(), *sum);
                for (row, row_sum) in cells.iter().zip(&row_sums) {
                    if total > 0 {
                        let product = row_sum * sum;
                        prop_assert!(row[column] == product / total || row[column] == (product + total - 1) / total);
                    }
                }
            }
        }
    }
}
