//! Pairs compared: each pair's answers are one number, its pattern, and equal patterns are counted together.

use super::blocking::{Blocks, Task, TooLarge};
use super::field::Field;
use super::table::{Table, count};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Answers of all fields for a pair, as one number.
pub(super) type Pattern = u64;

/// The fields, with what each answer counts in a pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    fields: Vec<Field>,
    strides: Vec<u64>,
}

impl Comparison {
    /// A comparison by these fields; none when their answers do not go into 64 bits.
    #[must_use]
    pub fn new(fields: Vec<Field>) -> Option<Self> {
        let mut strides = Vec::with_capacity(fields.len());
        let mut stride = 1_u64;
        for field in &fields {
            strides.push(stride);
            stride = stride.checked_mul(field.answers() as u64)?;
        }
        Some(Self { fields, strides })
    }

    /// The fields.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The pattern of two records.
    pub(super) fn pattern(&self, table: &Table, left: u32, right: u32) -> Pattern {
        let answers = self.fields.iter().zip(&self.strides);
        answers.map(|(field, stride)| u64::from(field.answer(table, left, right)) * stride).sum()
    }

    /// What a field answers in a pattern.
    pub(super) fn answer(&self, pattern: Pattern, field: usize) -> u8 {
        let answers = self.fields[field].answers() as u64;
        u8::try_from(pattern / self.strides[field] % answers).unwrap_or(u8::MAX)
    }

    /// All answers of a pattern, in the order of the fields.
    pub(super) fn answers(&self, pattern: Pattern) -> Vec<u8> {
        (0..self.fields.len()).map(|field| self.answer(pattern, field)).collect()
    }
}

/// Two records to be judged, and their pattern by its place in [`Candidates`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The lower row.
    pub left: u32,
    /// The higher row.
    pub right: u32,
    pub(super) pattern: u32,
}

/// All pairs to be judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidates {
    /// The pairs.
    pub pairs: Vec<Candidate>,
    /// The blocks that were passed over.
    pub too_large: Vec<TooLarge>,
    /// Whether there were more pairs than were kept.
    pub cut: bool,
    /// Each pattern there is, and how many pairs have it.
    pub(super) patterns: Vec<(Pattern, u64)>,
}

impl Candidates {
    /// Compares all pairs of a task that share a block; of more than `most` pairs, the first.
    #[must_use]
    pub fn compare(table: &Table, blocks: &Blocks, comparison: &Comparison, task: Task, most: usize) -> Self {
        let mut found = Self::default();
        let mut places: HashMap<Pattern, u32, BuildHasherDefault<Spread>> = HashMap::default();
        found.too_large = blocks.pairs(table, task, |left, right| {
            if found.pairs.len() >= most {
                found.cut = true;
                return;
            }
            let pattern = comparison.pattern(table, left, right);
            let place = *places.entry(pattern).or_insert_with(|| {
                found.patterns.push((pattern, 0));
                count(found.patterns.len() - 1)
            });
            found.patterns[place as usize].1 += 1;
            found.pairs.push(Candidate { left, right, pattern: place });
        });
        found
    }

    /// How many different patterns there are.
    #[must_use]
    pub fn patterns(&self) -> usize {
        self.patterns.len()
    }
}

/// Patterns are dense numbers made here, not by others: spreading their bits is enough.
#[derive(Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = super::table::mixed(self.0 ^ number);
    }
}
