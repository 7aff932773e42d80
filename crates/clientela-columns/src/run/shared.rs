//! Words that the entries of two lists of the same record share.

use super::{Work, valid};
use crate::bits::Ones;
use crate::column::{Values, each_code};
use crate::kernels::compare::Code;
use crate::outcome::{Outcome, and_with, full, some_if_any, union, without};
use crate::program::{DomainId, Shared};
use std::ops::Range;

impl Work<'_> {
    /// Of rows that are not needed nothing is said.
    pub(super) fn shared(
        &mut self,
        shared: &Shared,
        domain: DomainId,
        range: &Range<usize>,
        need: Option<&[u64]>,
    ) -> Outcome {
        let filter = shared.filter.map(|filter| self.mask(filter));
        let (word, other_word) = (self.column(shared.word), self.column(shared.other_word));
        let (Values::Words(codes, _), Values::Words(other_codes, _)) = (&word.values, &other_word.values)
        else {
            return Outcome::constant(None, range.len());
        };
        let others = self.range(shared.others);
        let mut asked = need.map_or_else(|| full(range.len()), <[u64]>::to_vec);
        if let Some(valid) = valid(word, range) {
            and_with(&mut asked, &valid);
        }
        let limits = [valid(other_word, &others), self.visible(shared.others)];
        let (owners, other_owners) = (self.owners(domain), self.owners(shared.others));
        let parents = self.segments(shared.others).parents();
        let hits = |mut usable: Vec<u64>| {
            limits.iter().flatten().for_each(|limit| and_with(&mut usable, limit));
            let seen = each_code!(other_codes, codes => {
                let codes = codes.get(others.clone()).unwrap_or_default();
                seen(&usable, &other_owners, codes, &shared.other_bits, parents)
            });
            each_code!(codes, codes => {
                let codes = codes.get(range.clone()).unwrap_or_default();
                among(&asked, &owners, codes, &shared.bits, &seen)
            })
        };
        let truth = hits(filter.as_ref().map_or_else(|| full(others.len()), |filter| filter.truth.clone()));
        let unknown = filter.as_ref().and_then(|filter| filter.unknown.clone()).map(|doubtful| {
            let mut unknown = hits(doubtful);
            without(&mut unknown, &truth);
            unknown
        });
        let unlisted = self.unlisted(shared.others).map(|rows| self.segments(domain).down(&rows));
        let unknown = union(unknown, unlisted.as_ref());
        let escaped = filter.as_ref().and_then(|filter| filter.escaped.as_ref());
        let escaped =
            escaped.map(|escaped| self.segments(domain).down(&self.segments(shared.others).any(escaped)));
        Outcome { truth, unknown: unknown.and_then(some_if_any), escaped }
    }
}

/// The words that the usable rows of each parent have, a bit for each.
fn seen<T: Code>(usable: &[u64], owners: &[u32], codes: &[T], bits: &[u64], parents: usize) -> Vec<u64> {
    let mut seen = vec![0_u64; parents];
    let mut see = |owner: u32, code: T| {
        let bit = bits.get(code.place()).copied().unwrap_or(0);
        if let Some(parent) = seen.get_mut(owner as usize) {
            *parent |= bit;
        }
    };
    for ((word, owners), codes) in usable.iter().zip(owners.chunks(64)).zip(codes.chunks(64)) {
        if *word == u64::MAX {
            owners.iter().zip(codes).for_each(|(owner, code)| see(*owner, *code));
            continue;
        }
        for bit in Ones(*word) {
            if let (Some(owner), Some(code)) = (owners.get(bit), codes.get(bit)) {
                see(*owner, *code);
            }
        }
    }
    seen
}

/// The rows whose word their parent has seen.
fn among<T: Code>(asked: &[u64], owners: &[u32], codes: &[T], bits: &[u64], seen: &[u64]) -> Vec<u64> {
    let hit = |row: usize| {
        let (Some(owner), Some(code)) = (owners.get(row), codes.get(row)) else { return false };
        let bit = bits.get(code.place()).copied().unwrap_or(0);
        seen.get(*owner as usize).copied().unwrap_or(0) & bit != 0
    };
    let word = |(number, asked): (usize, &u64)| {
        Ones(*asked).fold(0, |word, bit| word | u64::from(hit(number * 64 + bit)) << bit)
    };
    asked.iter().enumerate().map(word).collect()
}
