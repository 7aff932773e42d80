//! What agreement is worth: the model of Fellegi and Sunter, learnt without anybody saying which pairs belong together.
//!
//! - I. P. Fellegi, A. B. Sunter, *A theory for record linkage*, JASA 64 (1969) 1183-1210: a level counts log2(m/u), where m is
//!   its share among pairs of one thing and u among pairs of different things; weights of fields add up.
//! - m by expectation and maximisation over the different patterns, not the pairs: T. Enamorado, B. Fifield, K. Imai, *Using a
//!   probabilistic model to assist merging of large-scale administrative records*, APSR 113 (2019) 353-371.
//!
//! All pairs there are are meant, also those no block holds: those count as pairs of different things. So the prior is the
//! share of true pairs among all, a field that makes blocks is judged like any other, and u follows from what any two records
//! answer less what the true pairs bring to it: r = λm + (1 - λ)u.
#![allow(clippy::float_arithmetic, reason = "weights of evidence are not money")]

use super::chance::Chance;
use super::compare::{Candidates, Comparison};
use super::field::{Field, SILENT, Test};
use super::table::Table;

/// Steps of learning, at most.
const STEPS_MAX: u32 = 200;
/// No share is ever nothing: it could never be anything again.
const SHARE_MIN: f64 = 1e-9;
/// True pairs that nothing was assumed of are taken to agree this often at a field's first level.
const FIRST_SHARE: f64 = 0.85;

/// What to start learning from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learning {
    /// Pairs in all, from [`Task::pairs`](super::Task::pairs).
    pub pairs: u64,
    /// How many of them are expected to be true.
    pub expected: f64,
    /// How many pairs that expectation is worth.
    pub firmness: f64,
    /// More than this are never true: fields that follow from each other would else make whole towns one person.
    pub most: f64,
}

/// A weight of evidence for every answer of every field.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    comparison: Comparison,
    /// Share of true pairs among all.
    share_same: f64,
    /// By field and level, the rest last.
    same: Vec<Vec<f64>>,
    different: Vec<Vec<f64>>,
    /// In bits, by field and answer; silence is 0.
    weights: Vec<Vec<f64>>,
    /// Steps it took; 0 when nothing was learnt.
    steps: u32,
    settled: bool,
}

/// Two records and the evidence that they are of one thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The lower row.
    pub left: u32,
    /// The higher row.
    pub right: u32,
    /// Evidence in bits, the prior included: at 0 it is as likely as not.
    pub weight: f64,
}

/// What one field says of two records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// The field.
    pub field: usize,
    /// The level reached, from 0; none when the field says nothing; as many as there are levels when none is reached.
    pub level: Option<usize>,
    /// What it counts, in bits, the frequency included.
    pub weight: f64,
    /// How much of it comes from the value being rare (above 0) or common (below 0).
    pub by_frequency: f64,
}

/// The probability of a weight.
///
/// ```
/// assert!((clientela_analytics::linkage::probability(0.0) - 0.5).abs() < 1e-12);
/// assert!(clientela_analytics::linkage::probability(10.0) > 0.999);
/// ```
#[must_use]
pub fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

/// The weight of a probability.
#[must_use]
pub fn weight_of(probability: f64) -> f64 {
    let bounded = probability.clamp(1e-12, 1.0 - 1e-12);
    (bounded / (1.0 - bounded)).log2()
}

impl Model {
    /// A model of given shares, by field and level with the rest last; none when they do not fit the fields.
    #[must_use]
    pub fn of_shares(
        comparison: Comparison,
        share_same: f64,
        same: Vec<Vec<f64>>,
        different: Vec<Vec<f64>>,
    ) -> Option<Self> {
        let fits = |shares: &[Vec<f64>]| {
            shares.len() == comparison.fields().len()
                && comparison.fields().iter().zip(shares).all(|(field, shares)| {
                    shares.len() == field.answers() - 1
                        && shares.iter().all(|share| share.is_finite() && (0.0..=1.0).contains(share))
                })
        };
        let fit = fits(&same) && fits(&different) && share_same > 0.0 && share_same < 1.0;
        if !fit {
            return None;
        }
        let weights = vec![Vec::new(); same.len()];
        let mut model = Self { comparison, share_same, same, different, weights, steps: 0, settled: true };
        model.weigh();
        Some(model)
    }

    /// Learns what agreement is worth from pairs nobody has judged.
    #[must_use]
    pub fn learn(comparison: Comparison, candidates: &Candidates, chance: &Chance, from: Learning) -> Self {
        let pairs = real(from.pairs).max(1.0);
        let share_same = (from.expected / pairs).clamp(SHARE_MIN.min(0.1 / pairs), 0.5);
        let same = comparison.fields().iter().map(first_shares).collect();
        let different = chance.shares.clone();
        let weights = vec![Vec::new(); comparison.fields().len()];
        let mut model = Self { comparison, share_same, same, different, weights, steps: 0, settled: false };
        model.weigh();
        let answers: Vec<(Vec<u8>, f64)> = candidates
            .patterns
            .iter()
            .map(|(pattern, count)| (model.comparison.answers(*pattern), real(*count)))
            .collect();
        while model.steps < STEPS_MAX && !model.settled {
            let moved = model.step(&answers, chance, from, pairs);
            model.steps += 1;
            model.settled = moved < 1e-5;
        }
        model
    }

    /// One step; gives how far the shares moved.
    fn step(&mut self, answers: &[(Vec<u8>, f64)], chance: &Chance, from: Learning, pairs: f64) -> f64 {
        let fields = self.comparison.fields();
        let prior = self.prior();
        let mut sums: Vec<Vec<f64>> = fields.iter().map(|field| vec![0.0; field.answers() - 1]).collect();
        let mut true_pairs = 0.0;
        for (answers, count) in answers {
            let weight: f64 =
                self.weights.iter().zip(answers).map(|(weights, answer)| weights[usize::from(*answer)]).sum();
            let share = probability(prior + weight) * count;
            true_pairs += share;
            for (sums, answer) in sums.iter_mut().zip(answers).filter(|(_, answer)| **answer != SILENT) {
                sums[usize::from(*answer) - 1] += share;
            }
        }
        let mut moved = 0.0_f64;
        for ((shares, sums), field) in self.same.iter_mut().zip(&sums).zip(fields) {
            let (before, firmness) = (first_shares(field), firmness(field));
            let total: f64 = sums.iter().sum::<f64>() + firmness;
            for ((share, sum), before) in shares.iter_mut().zip(sums).zip(&before) {
                let now = ((sum + firmness * before) / total).max(SHARE_MIN);
                moved = moved.max((now - *share).abs());
                *share = now;
            }
        }
        let firm = from.firmness.max(1e-3);
        let expected =
            (true_pairs * (pairs / (pairs + firm)) + from.expected * (firm / (pairs + firm))) / pairs;
        let share_same = expected.min(from.most / pairs).clamp(0.01 / pairs, 0.5);
        moved = moved.max((share_same / self.share_same).ln().abs());
        self.share_same = share_same;
        for ((different, same), any) in self.different.iter_mut().zip(&self.same).zip(&chance.shares) {
            for ((different, same), any) in different.iter_mut().zip(same).zip(any) {
                // A tenth of what is seen is left in any case: the true pairs among those drawn are an estimate.
                let rest = (any - share_same * same) / (1.0 - share_same);
                *different = rest.max(any * 0.1).max(SHARE_MIN);
            }
            // Agreement never speaks against.
            if let Some((same, different)) = same.first().zip(different.first_mut()) {
                *different = different.min(*same);
            }
        }
        self.weigh();
        moved
    }

    fn weigh(&mut self) {
        for ((weights, same), different) in self.weights.iter_mut().zip(&self.same).zip(&self.different) {
            weights.clear();
            weights.push(0.0);
            let pairs = same.iter().zip(different);
            weights.extend(
                pairs.map(|(same, different)| (same.max(SHARE_MIN) / different.max(SHARE_MIN)).log2()),
            );
        }
    }

    /// The prior as a weight.
    #[must_use]
    pub fn prior(&self) -> f64 {
        weight_of(self.share_same)
    }

    /// Sets the share of true pairs: where one record is compared with all others it is another than among all pairs.
    pub fn set_share_same(&mut self, share_same: f64) {
        self.share_same = share_same.clamp(1e-12, 0.5);
    }

    /// Share of true pairs among all.
    #[must_use]
    pub const fn share_same(&self) -> f64 {
        self.share_same
    }

    /// Shares among true pairs, by field and level, the rest last.
    #[must_use]
    pub fn same(&self) -> &[Vec<f64>] {
        &self.same
    }

    /// Shares among pairs of different things.
    #[must_use]
    pub fn different(&self) -> &[Vec<f64>] {
        &self.different
    }

    /// Steps it took, and whether it came to rest.
    #[must_use]
    pub const fn learnt(&self) -> (u32, bool) {
        (self.steps, self.settled)
    }

    /// The fields.
    #[must_use]
    pub const fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// The evidence that two records are of one thing, in bits, the prior included.
    #[must_use]
    pub fn weight(&self, table: &Table, left: u32, right: u32) -> f64 {
        let fields = self.comparison.fields().iter().enumerate();
        let of_fields = fields.map(|(at, field)| {
            let answer = field.answer(table, left, right);
            self.weights[at][usize::from(answer)] + self.by_frequency(table, at, answer, left)
        });
        self.prior() + of_fields.sum::<f64>()
    }

    /// What each field says of two records; their sum and the prior is the weight.
    #[must_use]
    pub fn explain(&self, table: &Table, left: u32, right: u32) -> Vec<Evidence> {
        let fields = self.comparison.fields().iter().enumerate();
        let evidence = fields.map(|(at, field)| {
            let answer = field.answer(table, left, right);
            let by_frequency = self.by_frequency(table, at, answer, left);
            let weight = self.weights[at][usize::from(answer)] + by_frequency;
            Evidence { field: at, level: usize::from(answer).checked_sub(1), weight, by_frequency }
        });
        evidence.collect()
    }

    /// The pairs whose evidence is at least that.
    #[must_use]
    pub fn matches(&self, table: &Table, candidates: &Candidates, least: f64) -> Vec<Match> {
        let prior = self.prior();
        let of_pattern: Vec<(f64, Vec<u8>)> = candidates
            .patterns
            .iter()
            .map(|(pattern, _)| {
                let answers = self.comparison.answers(*pattern);
                let weights = self.weights.iter().zip(&answers);
                let weight =
                    prior + weights.map(|(weights, answer)| weights[usize::from(*answer)]).sum::<f64>();
                (weight, answers)
            })
            .collect();
        // What rare values can add to a pattern at most.
        let rarest = (real(table.rows_in_use() as u64).max(1.0)).log2();
        let mut found = Vec::new();
        for pair in &candidates.pairs {
            let (plain, answers) = &of_pattern[pair.pattern as usize];
            let counted = || self.comparison.fields().iter().filter(|field| field.frequencies).count() as u64;
            if *plain < least && plain + rarest * real(counted()) < least {
                continue;
            }
            let rare: f64 = (0..answers.len())
                .map(|field| self.by_frequency(table, field, answers[field], pair.left))
                .sum();
            if plain + rare >= least {
                found.push(Match { left: pair.left, right: pair.right, weight: plain + rare });
            }
        }
        found
    }

    /// What a value adds by being rare: agreeing by chance on it is as likely as it is frequent.
    fn by_frequency(&self, table: &Table, at: usize, answer: u8, row: u32) -> f64 {
        let field = &self.comparison.fields()[at];
        let level = match usize::from(answer).checked_sub(1).and_then(|level| field.levels.get(level)) {
            Some(level) if field.frequencies && level.test == Test::Exact => level,
            _ => return 0.0,
        };
        let by_chance = self.different[at][usize::from(answer) - 1].max(SHARE_MIN);
        let beside = field.assumed.as_ref().map_or(0.0, |assumed| assumed.pairs);
        let share = table.frequency_beside(level.column, row, by_chance, beside);
        share.map_or(0.0, |share| (by_chance / share).log2())
    }
}

/// What is assumed of true pairs before any was seen.
fn first_shares(field: &Field) -> Vec<f64> {
    let levels = field.answers() - 1;
    match &field.assumed {
        Some(assumed) if assumed.same.len() == levels => assumed.same.clone(),
        _ => {
            let rest = (1.0 - FIRST_SHARE) / real((levels - 1).max(1) as u64);
            let mut shares = vec![rest; levels];
            shares[0] = FIRST_SHARE;
            shares
        }
    }
}

fn firmness(field: &Field) -> f64 {
    field.assumed.as_ref().map_or(1.0, |assumed| assumed.pairs.max(1.0))
}

#[expect(clippy::cast_precision_loss, reason = "counts of pairs far below 2^53")]
const fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::super::blocking::{Blocks, Pass, Task};
    use super::super::field::Level;
    use super::super::table::Cell;
    use super::*;

    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            super::super::table::mixed(self.0) % limit
        }
    }

    /// Five columns of words; the second half of the records repeats the first with slips in so many of a hundred cells.
    fn repeated(things: u64, slips: u64) -> Table {
        let mut dice = Dice(5);
        let mut table = Table::new(5);
        let sizes = [50, 400, 1_000, 300, 80];
        let firsts: Vec<[u64; 5]> = (0..things).map(|_| sizes.map(|size| dice.below(size))).collect();
        let mut push = |cells: &[u64; 5]| {
            let words = cells.map(|cell| format!("word{cell}"));
            let cells: Vec<Cell<'_>> = words.iter().map(|word| Cell::Text(word)).collect();
            table.push(&cells);
        };
        firsts.iter().for_each(&mut push);
        for cells in &firsts {
            let mut again = *cells;
            for (cell, size) in again.iter_mut().zip(sizes) {
                if dice.below(100) < slips {
                    *cell = dice.below(size);
                }
            }
            push(&again);
        }
        table
    }

    fn learnt(table: &Table) -> (Model, Candidates) {
        let exact = |column| Field::new(vec![Level { column, test: Test::Exact }]);
        let comparison = Comparison::new((0..5).map(exact).collect()).unwrap();
        let passes: Vec<Pass> =
            [[0, 1], [1, 2], [2, 3], [3, 4], [0, 4], [1, 3]].map(|key| Pass(key.to_vec())).to_vec();
        let blocks = Blocks::new(table, &passes, 100);
        let candidates = Candidates::compare(table, &blocks, &comparison, Task::Within, usize::MAX);
        let chance = Chance::of(table, &comparison, Task::Within, 100_000, 1);
        let records = table.rows() as u64;
        let pairs = Task::Within.pairs(table);
        let from = Learning { pairs, expected: 10.0, firmness: 1.0, most: real(records) * 5.0 };
        (Model::learn(comparison, &candidates, &chance, from), candidates)
    }

    #[test]
    fn what_agreement_is_worth_is_learnt_without_labels() {
        let table = repeated(2_000, 12);
        let (model, candidates) = learnt(&table);
        let pairs = Task::Within.pairs(&table);
        assert!(model.learnt().1, "it came to rest");
        let expected = model.share_same() * real(pairs);
        assert!((1_900.0..2_100.0).contains(&expected), "{expected} true pairs");
        for (field, size) in [50.0, 400.0, 1_000.0, 300.0, 80.0].into_iter().enumerate() {
            let (same, different) = (model.same()[field][0], model.different()[field][0]);
            assert!((same - (0.88 + 0.12 / size)).abs() < 0.03, "{field}: {same}");
            assert!((different * size - 1.0).abs() < 0.1, "{field}: {different}");
        }
        let found = model.matches(&table, &candidates, 0.0);
        let right = found.iter().filter(|pair| pair.right == pair.left + 2_000).count();
        assert!(right * 100 >= found.len() * 98 && right >= 1_940, "{right} of {}", found.len());
    }

    #[test]
    fn the_reasons_add_up_to_the_weight() {
        let table = repeated(300, 20);
        let (model, candidates) = learnt(&table);
        let all = model.matches(&table, &candidates, f64::NEG_INFINITY);
        assert_eq!(all.len(), candidates.pairs.len());
        for pair in all {
            let reasons = model.explain(&table, pair.left, pair.right);
            let sum: f64 = reasons.iter().map(|evidence| evidence.weight).sum();
            assert!((sum + model.prior() - pair.weight).abs() < 1e-9);
            assert!((model.weight(&table, pair.left, pair.right) - pair.weight).abs() < 1e-9);
            assert!((model.weight(&table, pair.right, pair.left) - pair.weight).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_missing_says_nothing_and_what_is_rare_says_more() {
        let field = |column| Field::new(vec![Level { column, test: Test::Exact }]).with_frequencies();
        let comparison = Comparison::new(vec![field(0), field(1)]).unwrap();
        let same = vec![vec![0.9, 0.1], vec![0.9, 0.1]];
        let different = vec![vec![0.1, 0.9], vec![0.1, 0.9]];
        let model = Model::of_shares(comparison.clone(), 0.01, same.clone(), different.clone()).unwrap();
        let mut table = Table::new(2);
        for row in 0..20 {
            let name = if row < 18 { "rossi" } else { "brambilla" };
            table.push(&[Cell::Text(name), Cell::Missing]);
        }
        let (common, rare) = (model.explain(&table, 0, 1), model.explain(&table, 18, 19));
        assert_eq!((common[1].level, common[1].weight), (None, 0.0));
        assert!((rare[0].weight - (0.9_f64 / 0.1).log2()).abs() < 1e-9);
        assert!((rare[0].weight - common[0].weight - 9.0_f64.log2()).abs() < 1e-9);
        assert!(Model::of_shares(comparison, 0.01, same, vec![vec![0.1, 0.9]]).is_none());
    }
}
