//! Numbers nearest to given ones whose sums lie between bounds.
//!
//! Nearest in relative entropy, so that everything a sum pulls up or down is pulled in the same proportion: with sums of rows and
//! columns that are fixed this is iterative proportional fitting (Deming and Stephan, *Annals of Mathematical Statistics* 11, 1940);
//! with bounds it is the method of cyclic projections of Bregman (*USSR Computational Mathematics* 7, 1967): every sum keeps its
//! multiplier, and takes back what it pulled once others pull enough.
#![allow(
    clippy::float_arithmetic,
    reason = "shares are real numbers until they are rounded; whoever rounds them makes sums exact"
)]

/// Sums of cells, each with a least and a most.
#[derive(Debug, Default)]
pub struct Sums {
    cells: Vec<usize>,
    ends: Vec<usize>,
    bounds: Vec<(f64, f64)>,
}

impl Sums {
    /// The cells at these places together are not below `low` and not above `high`.
    pub fn bound(&mut self, cells: impl IntoIterator<Item = usize>, low: f64, high: f64) {
        self.cells.extend(cells);
        self.ends.push(self.cells.len());
        self.bounds.push((low, high));
    }

    /// How many cells one round visits.
    #[must_use]
    pub fn size(&self) -> usize {
        self.cells.len()
    }

    fn each(&self) -> impl Iterator<Item = (&[usize], (f64, f64))> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .zip(&self.bounds)
            .map(|((start, end), bounds)| (&self.cells[start..*end], *bounds))
    }
}

/// How near to its bounds every sum must be, in parts of it.
const NEAR: f64 = 1e-9;

/// Moves cells until all sums lie between their bounds, or the rounds are over. Cells are not below zero; one that is zero stays
/// zero. Bounds that clash leave cells somewhere between them.
pub fn balance(cells: &mut [f64], sums: &Sums, rounds: usize) {
    let mut multipliers = vec![1.0_f64; sums.bounds.len()];
    for (places, (_, high)) in sums.each() {
        if high <= 0.0 {
            places.iter().for_each(|place| cells[*place] = 0.0);
        }
    }
    for _ in 0..rounds {
        let mut moved = 0.0_f64;
        for ((places, (low, high)), multiplier) in sums.each().zip(&mut multipliers) {
            let sum: f64 = places.iter().map(|place| cells[*place]).sum();
            if sum <= 0.0 || high <= 0.0 || !sum.is_finite() {
                continue;
            }
            let free = sum / *multiplier;
            let wanted = free.max(low).min(high) / free;
            let factor = wanted / *multiplier;
            if !(factor > 0.0 && factor.is_finite()) || (factor - 1.0).abs() < NEAR {
                continue;
            }
            moved = moved.max((factor - 1.0).abs());
            *multiplier = wanted;
            places.iter().for_each(|place| cells[*place] *= factor);
        }
        if moved < NEAR {
            break;
        }
    }
}

/// Cells of a table in the proportion of its rows and columns.
#[must_use]
pub fn proportional(rows: &[i64], columns: &[i64]) -> Vec<f64> {
    let total = columns.iter().map(|column| *column as f64).sum::<f64>().max(1.0);
    let share = |row: f64| columns.iter().map(move |column| row * (*column as f64 / total));
    rows.iter().flat_map(|row| share(*row as f64)).collect()
}

/// Numbers in the proportion of one weight to the sum of several.
#[must_use]
pub fn scaled(numbers: &[f64], weight: u64, of: u64) -> Vec<f64> {
    let part = if of == 0 { 0.0 } else { weight as f64 / of as f64 };
    numbers.iter().map(|number| number * part).collect()
}

/// Whole numbers row by row: what is rounded off a cell is carried to the next one, so that a row is never a whole step off.
#[must_use]
pub fn whole_rows(cells: &[f64], width: usize) -> Vec<i64> {
    let mut whole = Vec::with_capacity(cells.len());
    for row in cells.chunks(width.max(1)) {
        let (mut sum, mut given) = (0.0_f64, 0.0_f64);
        for cell in row {
            sum += cell;
            let next = sum.round().max(given);
            whole.push((next - given) as i64);
            given = next;
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(cells: &[f64]) -> Vec<f64> {
        cells.iter().map(|cell| (cell * 1e4).round() / 1e4).collect()
    }

    #[test]
    fn fixed_rows_and_columns_are_fitted_in_proportion() {
        // The textbook example of iterative proportional fitting has this solution: odds ratios stay those of the start.
        let mut cells = vec![1.0, 2.0, 2.0, 1.0];
        let mut sums = Sums::default();
        for (places, sum) in [([0, 1], 10.0), ([2, 3], 20.0), ([0, 2], 12.0), ([1, 3], 18.0)] {
            sums.bound(places, sum, sum);
        }
        balance(&mut cells, &sums, 500);
        for (places, sum) in [([0, 1], 10.0), ([2, 3], 20.0), ([0, 2], 12.0), ([1, 3], 18.0)] {
            assert!((cells[places[0]] + cells[places[1]] - sum).abs() < 1e-6, "{cells:?}");
        }
        assert!((cells[0] * cells[3] / (cells[1] * cells[2]) - 0.25).abs() < 1e-6, "{cells:?}");
    }

    #[test]
    fn rows_are_rounded_by_their_running_sums() {
        assert_eq!(whole_rows(&[0.4, 0.4, 0.4, 0.4, 2.5, 0.5], 4), [0, 1, 0, 1, 3, 0]);
    }

    #[test]
    fn a_bound_pulls_in_proportion_and_lets_go_again() {
        // One is held at 10 of 60 by its most; the others share the rest by what they had.
        let mut cells = vec![20.0, 20.0, 10.0];
        let mut sums = Sums::default();
        sums.bound([0], 0.0, 10.0);
        sums.bound([0, 1, 2], 60.0, 60.0);
        balance(&mut cells, &sums, 500);
        assert_eq!(rounded(&cells), [10.0, 33.3333, 16.6667]);
        // The most of the first two holds them only until their whole is halved.
        let mut cells = vec![30.0, 30.0, 10.0];
        let mut sums = Sums::default();
        sums.bound([0, 1], 0.0, 40.0);
        sums.bound([0, 1, 2], 35.0, 35.0);
        balance(&mut cells, &sums, 500);
        assert_eq!(rounded(&cells), [15.0, 15.0, 5.0]);
    }
}
