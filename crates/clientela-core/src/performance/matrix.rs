//! Whole numbers in a table whose rows and columns must both add up.
//!
//! A node's target is shared among its children and over the periods at once. Rounding every cell on its own breaks the
//! sums; rounding rows breaks the columns. Controlled rounding keeps both: every cell is its exact share rounded down or
//! up, every row and every column adds up (Causey, Cox and Ernst, "Applications of transportation theory to statistical
//! problems", 1985). That such a table always exists follows from the integrality of flows.

use std::collections::VecDeque;

/// A table with these sums of rows and columns, every cell within one of its proportional share. Rows are the outer index.
///
/// Both lists must have the same total and no number below zero. Where several tables would do, columns are filled from
/// first to last, each extra unit going to the row that is furthest behind its share so far, so that a year of small
/// monthly targets is spread over the rows instead of falling to the first.
pub(super) fn share(rows: &[i64], columns: &[i64]) -> Vec<Vec<i64>> {
    let total: i128 = rows.iter().copied().map(i128::from).sum();
    debug_assert_eq!(total, columns.iter().copied().map(i128::from).sum::<i128>(), "unequal sums");
    let mut cells = vec![vec![0_i64; columns.len()]; rows.len()];
    if total <= 0 {
        return cells;
    }
    let mut table = Table::new(rows.len(), columns.len());
    let mut rows_left: Vec<i64> = rows.to_vec();
    let mut columns_left: Vec<i64> = columns.to_vec();
    for (row, (row_sum, row_cells)) in rows.iter().zip(&mut cells).enumerate() {
        for (column, (column_sum, cell)) in columns.iter().zip(row_cells).enumerate() {
            let product = i128::from(*row_sum) * i128::from(*column_sum);
            // A share is at most its row's sum, so it fits.
            let whole = i64::try_from(product / total).unwrap_or(i64::MAX);
            *cell = whole;
            table.open[row][column] = product % total != 0;
            rows_left[row] -= whole;
            columns_left[column] -= whole;
        }
    }
    table.fill_by_lag(rows, columns, total, &cells, &mut rows_left, &mut columns_left);
    for (column, left) in columns_left.iter_mut().enumerate() {
        while *left > 0 && table.augment(column, &mut rows_left) {
            *left -= 1;
        }
    }
    debug_assert!(rows_left.iter().chain(&columns_left).all(|left| *left == 0), "a sum is left over");
    for (row_cells, placed) in cells.iter_mut().zip(&table.placed) {
        for (cell, placed) in row_cells.iter_mut().zip(placed) {
            *cell += i64::from(*placed);
        }
    }
    cells
}

/// Which cells may be rounded up (`open`) and which are (`placed`).
struct Table {
    open: Vec<Vec<bool>>,
    placed: Vec<Vec<bool>>,
}

impl Table {
    fn new(rows: usize, columns: usize) -> Self {
        Self { open: vec![vec![false; columns]; rows], placed: vec![vec![false; columns]; rows] }
    }

    /// Gives each column's extra units to the rows furthest behind, as far as that goes.
    fn fill_by_lag(
        &mut self,
        rows: &[i64],
        columns: &[i64],
        total: i128,
        cells: &[Vec<i64>],
        rows_left: &mut [i64],
        columns_left: &mut [i64],
    ) {
        let mut so_far = 0_i128;
        let mut given = vec![0_i128; rows.len()];
        for column in 0..columns.len() {
            so_far += i128::from(columns[column]);
            for (given, row_cells) in given.iter_mut().zip(cells) {
                *given += i128::from(row_cells[column]);
            }
            let mut waiting: Vec<usize> =
                (0..rows.len()).filter(|row| self.open[*row][column] && rows_left[*row] > 0).collect();
            // How far behind: its share of all columns so far, less what it was given, in units of 1/total.
            // `given` is at most the row's sum, so both products stay far below the bounds of 128 bits.
            waiting.sort_by_key(|row| {
                let lag = i128::from(rows[*row]) * so_far - given[*row] * total;
                (std::cmp::Reverse(lag), *row)
            });
            for row in waiting {
                if columns_left[column] == 0 {
                    break;
                }
                self.placed[row][column] = true;
                given[row] += 1;
                rows_left[row] -= 1;
                columns_left[column] -= 1;
            }
        }
    }

    /// Finds one more unit for the column by moving others: a shortest alternating path to a row that lacks one.
    fn augment(&mut self, column: usize, rows_left: &mut [i64]) -> bool {
        let (rows, columns) = (self.open.len(), self.open.first().map_or(0, Vec::len));
        let mut row_from: Vec<Option<usize>> = vec![None; rows];
        let mut column_from: Vec<Option<usize>> = vec![None; columns];
        let mut seen_columns = vec![false; columns];
        seen_columns[column] = true;
        let mut queue = VecDeque::from([column]);
        while let Some(current) = queue.pop_front() {
            for row in 0..rows {
                if row_from[row].is_some() || !self.open[row][current] || self.placed[row][current] {
                    continue;
                }
                row_from[row] = Some(current);
                if rows_left[row] > 0 {
                    self.flip(row, &row_from, &column_from);
                    rows_left[row] -= 1;
                    return true;
                }
                for next in 0..columns {
                    if self.placed[row][next] && !seen_columns[next] {
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
            self.placed[current][column] = true;
            row = column_from[column];
            if let Some(before) = row {
                self.placed[before][column] = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
