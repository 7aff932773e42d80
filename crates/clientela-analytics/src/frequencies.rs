//! Two outcomes foretold from how often each went with what: naive Bayes over categories, in log-odds, from whole counts.
//!
//! What is kept are counts of whole numbers and nothing that is computed from them. So an outcome that is added or taken back
//! leaves exactly what counting all of them anew leaves, in whatever order they came.
//!
//! - The odds of the first outcome are multiplied by a ratio for every value that is known, as if features were independent
//!   (R. O. Duda, P. E. Hart, *Pattern Classification and Scene Analysis*, 1973, 2.10-2.11). Sums of logarithms do not
//!   underflow and are reasons: each feature's part can be told alone.
//! - Smoothing is the m-estimate (B. Cestnik, *Estimating probabilities: a crucial task in machine learning*, ECAI 1990,
//!   147-149): (n + m p) / (N + m), where p is the value's share among both outcomes together. A value seen seldom is drawn
//!   towards saying nothing, a value never seen says nothing.
//! - The odds before anything is known are (won + 1) / (lost + 1), the rule of succession of Laplace (1774).
#![allow(clippy::float_arithmetic, reason = "estimates of probabilities are not money")]

use std::collections::BTreeMap;

/// How often each value of each feature went with each outcome. The first number of a pair counts what came true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequencies<F, V> {
    totals: [u64; 2],
    /// Cells that count nothing are not kept, so that equal histories make equal frequencies.
    cells: BTreeMap<F, BTreeMap<V, [u64; 2]>>,
}

impl<F, V> Default for Frequencies<F, V> {
    fn default() -> Self {
        Self { totals: [0, 0], cells: BTreeMap::new() }
    }
}

/// What is taken back was never counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeverCounted;

impl<F: Ord + Clone, V: Ord + Clone> Frequencies<F, V> {
    /// Frequencies as they were kept: the totals and the cells.
    pub fn of_cells(totals: [u64; 2], cells: impl IntoIterator<Item = (F, V, [u64; 2])>) -> Self {
        let mut made = Self { totals, cells: BTreeMap::new() };
        for (feature, value, counts) in cells {
            if counts != [0, 0] {
                let cell = made.cells.entry(feature).or_default().entry(value).or_default();
                *cell = [cell[0].saturating_add(counts[0]), cell[1].saturating_add(counts[1])];
            }
        }
        made
    }

    /// Counts an outcome with what was known of it. What was not known is not given.
    pub fn add(&mut self, values: impl IntoIterator<Item = (F, V)>, came_true: bool) {
        let place = usize::from(!came_true);
        self.totals[place] = self.totals[place].saturating_add(1);
        for (feature, value) in values {
            let cell = self.cells.entry(feature).or_default().entry(value).or_default();
            cell[place] = cell[place].saturating_add(1);
        }
    }

    /// Takes an outcome back that was counted with these values.
    ///
    /// # Errors
    /// [`NeverCounted`] when one of the counts is nought already; then nothing is changed.
    pub fn remove(
        &mut self,
        values: impl IntoIterator<Item = (F, V)>,
        came_true: bool,
    ) -> Result<(), NeverCounted> {
        let place = usize::from(!came_true);
        let mut next = self.clone();
        next.totals[place] = next.totals[place].checked_sub(1).ok_or(NeverCounted)?;
        for (feature, value) in values {
            let of_feature = next.cells.get_mut(&feature).ok_or(NeverCounted)?;
            let cell = of_feature.get_mut(&value).ok_or(NeverCounted)?;
            cell[place] = cell[place].checked_sub(1).ok_or(NeverCounted)?;
            if *cell == [0, 0] {
                of_feature.remove(&value);
            }
            if of_feature.is_empty() {
                next.cells.remove(&feature);
            }
        }
        *self = next;
        Ok(())
    }

    /// How many came true, and how many did not.
    #[must_use]
    pub const fn totals(&self) -> [u64; 2] {
        self.totals
    }

    /// The counts of a value; nought for one that was never seen.
    #[must_use]
    pub fn counts(&self, feature: &F, value: &V) -> [u64; 2] {
        self.cells.get(feature).and_then(|values| values.get(value)).copied().unwrap_or_default()
    }

    /// All cells, by feature and value.
    pub fn cells(&self) -> impl Iterator<Item = (&F, &V, [u64; 2])> {
        self.cells
            .iter()
            .flat_map(|(feature, values)| values.iter().map(move |(value, counts)| (feature, value, *counts)))
    }

    /// What the counts say, ready to be asked. `weight` is the m of the m-estimate, as many outcomes as the pooled share is
    /// taken for; one half at least, so that nothing is ever certain.
    #[must_use]
    pub fn log_odds(&self, weight: f64) -> LogOdds<F, V> {
        let weight = if weight.is_finite() { weight.max(0.5) } else { 0.5 };
        let [won, lost] = self.totals;
        let prior = ((real(won) + 1.0) / (real(lost) + 1.0)).ln();
        let cells = self.cells.iter().map(|(feature, values)| {
            let [all_won, all_lost] = values.values().fold([0, 0], |sum: [u64; 2], one| {
                [sum[0].saturating_add(one[0]), sum[1].saturating_add(one[1])]
            });
            let told = values.iter().map(|(value, [won, lost])| {
                let pooled = (real(*won) + real(*lost)) / (real(all_won) + real(all_lost));
                let share = |count: u64, all: u64| weight.mul_add(pooled, real(count)) / (real(all) + weight);
                (value.clone(), (share(*won, all_won) / share(*lost, all_lost)).ln())
            });
            (feature.clone(), told.collect())
        });
        LogOdds { prior, cells: cells.collect() }
    }
}

impl<F: Ord + Clone> Frequencies<F, u32> {
    /// Counts many outcomes at once. Each column has a code for every row; [`u32::MAX`] for what was not known. The same as adding
    /// them one by one.
    #[must_use]
    pub fn of_columns(outcomes: &[bool], columns: &[(F, &[u32])]) -> Self {
        let won = outcomes.iter().filter(|came_true| **came_true).count();
        let mut made = Self { totals: [won as u64, (outcomes.len() - won) as u64], cells: BTreeMap::new() };
        for (feature, codes) in columns {
            let most = codes.iter().filter(|code| **code != u32::MAX).max();
            // Codes of a dictionary are few and dense.
            let mut counts = vec![[0_u64; 2]; most.map_or(0, |most| *most as usize + 1)];
            for (code, came_true) in codes.iter().zip(outcomes) {
                if let Some(cell) = counts.get_mut(*code as usize) {
                    cell[usize::from(!came_true)] += 1;
                }
            }
            let counted = (0_u32..).zip(counts).filter(|(_, cell)| *cell != [0, 0]);
            let cells: BTreeMap<u32, [u64; 2]> = counted.collect();
            if !cells.is_empty() {
                made.cells.insert(feature.clone(), cells);
            }
        }
        made
    }
}

impl<F: Ord> LogOdds<F, u32> {
    /// What each code below `codes` adds: the weights [`sums`] takes. A code that was never seen adds nothing.
    #[must_use]
    pub fn weights(&self, feature: &F, codes: u32) -> Vec<f64> {
        (0..codes).map(|code| self.of(feature, &code).unwrap_or(0.0)).collect()
    }
}

/// What frequencies say, in natural logarithms of odds.
#[derive(Debug, Clone, PartialEq)]
pub struct LogOdds<F, V> {
    prior: f64,
    cells: BTreeMap<F, BTreeMap<V, f64>>,
}

impl<F: Ord, V: Ord> LogOdds<F, V> {
    /// What is to be expected when nothing is known.
    #[must_use]
    pub const fn prior(&self) -> f64 {
        self.prior
    }

    /// What a value adds; none for one that was never seen.
    #[must_use]
    pub fn of(&self, feature: &F, value: &V) -> Option<f64> {
        self.cells.get(feature)?.get(value).copied()
    }
}

/// The probability of a sum of log-odds.
#[must_use]
pub fn probability(log_odds: f64) -> f64 {
    // The form that does not overflow on either side.
    if log_odds >= 0.0 {
        1.0 / (1.0 + (-log_odds).exp())
    } else {
        let odds = log_odds.exp();
        odds / (1.0 + odds)
    }
}

/// The sums of log-odds of many rows at once. Each column has a code for every row and a weight for every code; a code beyond the
/// weights adds nothing, as a value that is not known.
#[must_use]
pub fn sums(rows: usize, prior: f64, columns: &[(&[u32], &[f64])]) -> Vec<f64> {
    let mut sums = vec![prior; rows];
    for (codes, weights) in columns {
        for (sum, code) in sums.iter_mut().zip(*codes) {
            *sum += weights.get(*code as usize).copied().unwrap_or(0.0);
        }
    }
    sums
}

#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn the_formula_by_hand() {
        let mut counted = Frequencies::default();
        for (channel, won) in [("web", true), ("web", true), ("web", false), ("call", false), ("call", false)]
        {
            counted.add([("channel", channel)], won);
        }
        assert_eq!((counted.totals(), counted.counts(&"channel", &"web")), ([2, 3], [2, 1]));
        let told = counted.log_odds(2.0);
        close(told.prior(), (3.0_f64 / 4.0).ln());
        // web: pooled share 3/5; won (2 + 2 * .6) / (2 + 2), lost (1 + 2 * .6) / (3 + 2).
        close(told.of(&"channel", &"web").unwrap(), (0.8_f64 / 0.44).ln());
        close(told.of(&"channel", &"call").unwrap(), (0.2_f64 / 0.56).ln());
        assert_eq!(told.of(&"channel", &"letter"), None);
        close(probability(0.0), 0.5);
        assert!(probability(-800.0) >= 0.0 && probability(800.0) <= 1.0);
    }

    #[test]
    fn what_was_never_counted_cannot_be_taken_back() {
        let mut counted = Frequencies::default();
        counted.add([("channel", "web"), ("unit", "a")], true);
        let before = counted.clone();
        assert_eq!(counted.remove([("channel", "web"), ("unit", "b")], true), Err(NeverCounted));
        assert_eq!(counted.remove([("channel", "web")], false), Err(NeverCounted));
        assert_eq!(counted, before);
        assert_eq!(counted.remove([("channel", "web"), ("unit", "a")], true), Ok(()));
        assert_eq!(counted, Frequencies::default());
    }

    proptest! {
        /// Counting in columns, counting row by row, and counting in two parts of which one is taken back and added again are one.
        #[test]
        fn columns_count_as_rows_do(
            rows in proptest::collection::vec((proptest::option::of(0_u32..4), proptest::option::of(0_u32..3), any::<bool>()), 0..40),
            cut in 0_usize..40,
        ) {
            let code = |value: &Option<u32>| value.unwrap_or(u32::MAX);
            let first: Vec<u32> = rows.iter().map(|(one, ..)| code(one)).collect();
            let second: Vec<u32> = rows.iter().map(|(_, two, _)| code(two)).collect();
            let outcomes: Vec<bool> = rows.iter().map(|(.., won)| *won).collect();
            let together = Frequencies::of_columns(&outcomes, &[("a", &first), ("b", &second)]);
            let values = |(one, two, _): &(Option<u32>, Option<u32>, bool)| {
                let known = one.map(|one| ("a", one)).into_iter();
                known.chain(two.map(|two| ("b", two))).collect::<Vec<_>>()
            };
            let mut alone = Frequencies::default();
            rows.iter().for_each(|row| alone.add(values(row), row.2));
            prop_assert_eq!(&together, &alone);
            for row in rows.iter().take(cut) {
                prop_assert_eq!(alone.remove(values(row), row.2), Ok(()));
            }
            rows.iter().take(cut).for_each(|row| alone.add(values(row), row.2));
            prop_assert_eq!(&together, &alone);
            let told = together.log_odds(2.0);
            for (code, weight) in (0..4_u32).zip(told.weights(&"a", 4)) {
                prop_assert_eq!(weight.to_bits(), told.of(&"a", &code).unwrap_or(0.0).to_bits());
            }
        }
    }

    #[test]
    fn rows_together_are_rows_alone() {
        let weights = [0.5, -0.25, 0.0];
        let found = sums(3, 1.0, &[(&[0, 1, 9], &weights), (&[1, 1, 2], &weights)]);
        for (found, expected) in found.into_iter().zip([1.25, 0.5, 1.0]) {
            close(found, expected);
        }
    }

    fn outcome() -> impl Strategy<Value = (Vec<(u8, u8)>, bool)> {
        let values = proptest::collection::btree_map(0_u8..5, 0_u8..4, 0..5);
        (values.prop_map(|values| values.into_iter().collect()), any::<bool>())
    }

    proptest! {
        /// Outcomes that come and go leave exactly what counting those that stayed leaves.
        #[test]
        fn adding_and_taking_back_equals_counting_anew(
            history in proptest::collection::vec((outcome(), any::<bool>()), 0..80),
        ) {
            let mut moving = Frequencies::default();
            for ((values, won), _) in &history {
                moving.add(values.iter().copied(), *won);
            }
            for ((values, won), stays) in history.iter().rev() {
                if !stays {
                    prop_assert_eq!(moving.remove(values.iter().copied(), *won), Ok(()));
                }
            }
            let mut anew = Frequencies::default();
            for ((values, won), stays) in &history {
                if *stays {
                    anew.add(values.iter().copied(), *won);
                }
            }
            prop_assert_eq!(&moving, &anew);
            // Computed from the same counts, the scores are the same to the last bit.
            let (one, other) = (moving.log_odds(2.0), anew.log_odds(2.0));
            prop_assert_eq!(one, other);
            let kept = Frequencies::of_cells(
                anew.totals(),
                anew.cells().map(|(feature, value, counts)| (*feature, *value, counts)),
            );
            prop_assert_eq!(kept, anew);
        }

        #[test]
        fn nothing_is_certain_and_turning_outcomes_round_turns_the_score(
            history in proptest::collection::vec(outcome(), 0..60),
        ) {
            let (mut one, mut other) = (Frequencies::default(), Frequencies::default());
            for (values, won) in &history {
                one.add(values.iter().copied(), *won);
                other.add(values.iter().copied(), !*won);
            }
            let (one, other) = (one.log_odds(2.0), other.log_odds(2.0));
            prop_assert!((one.prior() + other.prior()).abs() < 1e-9);
            for feature in 0..5 {
                for value in 0..4 {
                    let (here, there) = (one.of(&feature, &value), other.of(&feature, &value));
                    prop_assert_eq!(here.is_some(), there.is_some());
                    let (here, there) = (here.unwrap_or(0.0), there.unwrap_or(0.0));
                    prop_assert!(here.is_finite() && (here + there).abs() < 1e-9);
                }
            }
        }
    }
}
