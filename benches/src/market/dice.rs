//! Chance with shares and long tails, the same for the same seed.

use clientela_store::SeededRandom;

/// The words of a closed list, in order, each with its share.
pub(super) type Shares = &'static [(&'static str, u64)];

/// A source of choices.
pub(super) struct Dice(SeededRandom);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    /// A number below this one; 0 below 0 and 1.
    pub(super) fn below(&self, bound: u64) -> u64 {
        if bound < 2 { 0 } else { self.0.next() % bound }
    }

    /// A number from `first` to `last`, both included, each as likely.
    pub(super) fn between(&self, first: i64, last: i64) -> i64 {
        let span = last.saturating_sub(first).max(0).unsigned_abs();
        first + i64::try_from(self.below(span + 1)).unwrap_or(0)
    }

    /// A number below this one, small ones more likely: about a quarter of the bound in the mean.
    pub(super) fn tail(&self, bound: i64) -> i64 {
        self.between(0, self.between(0, bound.max(1) - 1))
    }

    /// Yes in so many of a hundred cases.
    pub(super) fn percent(&self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Nothing in so many of a hundred cases.
    pub(super) fn unless<T>(&self, missing: u64, value: T) -> Option<T> {
        if self.percent(missing) { None } else { Some(value) }
    }

    /// One of these.
    pub(super) fn one_of<'a>(&self, choices: &[&'a str]) -> &'a str {
        let place = usize::try_from(self.below(choices.len() as u64)).unwrap_or(0);
        choices.get(place).copied().unwrap_or_default()
    }

    /// The place of a word in its list.
    pub(super) fn word(&self, list: Shares) -> i32 {
        let mut left = self.below(list.iter().map(|(_, share)| share).sum());
        for ((_, share), place) in list.iter().zip(0..) {
            if left < *share {
                return place;
            }
            left -= share;
        }
        0
    }
}
