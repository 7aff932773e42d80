//! From children to their parents and back, by offsets: no hashing, no grouping, no join.

use crate::bits::{low, words_for};
use std::ops::Range;

/// The offsets of a range of parents, one more at the end, and where their children begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segments<'o> {
    offsets: &'o [u32],
}

impl<'o> Segments<'o> {
    pub(crate) fn new(offsets: &'o [u32], parents: &Range<usize>) -> Self {
        Self { offsets: offsets.get(parents.start..=parents.end).unwrap_or_default() }
    }

    /// The children of all of them, among all children.
    pub(crate) fn children(self) -> Range<usize> {
        match (self.offsets.first(), self.offsets.last()) {
            (Some(first), Some(last)) => *first as usize..*last as usize,
            _ => 0..0,
        }
    }

    fn parents(self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The children of each parent, counted from the first of all.
    pub(crate) fn each(self) -> impl Iterator<Item = Range<usize>> + 'o {
        let first = self.offsets.first().map_or(0, |first| *first as usize);
        self.offsets.windows(2).map(move |pair| match pair {
            [start, end] => *start as usize - first..*end as usize - first,
            _ => 0..0,
        })
    }

    /// The parents that have a child among these.
    pub(crate) fn any(self, children: &[u64]) -> Vec<u64> {
        let mut parents = Vec::with_capacity(words_for(self.parents()));
        if children.iter().all(|word| *word == 0) {
            parents.resize(words_for(self.parents()), 0);
            return parents;
        }
        let mut word = 0_u64;
        for (number, range) in self.each().enumerate() {
            word |= u64::from(any_in(children, range)) << (number % 64);
            if number % 64 == 63 {
                parents.push(std::mem::take(&mut word));
            }
        }
        if self.parents() % 64 != 0 {
            parents.push(word);
        }
        parents
    }

    /// How many children among these each parent has.
    pub(crate) fn count(self, children: &[u64]) -> Vec<i64> {
        self.each().map(|range| count_in(children, range)).collect()
    }

    /// How many children each parent has.
    pub(crate) fn sizes(self) -> Vec<i64> {
        self.each().map(|range| i64::try_from(range.len()).unwrap_or(i64::MAX)).collect()
    }

    /// The children of the parents among these.
    pub(crate) fn down(self, parents: &[u64]) -> Vec<u64> {
        let mut children = vec![0; words_for(self.children().len())];
        for (number, range) in self.each().enumerate() {
            if parents.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1) {
                fill(&mut children, range);
            }
        }
        children
    }
}

/// The bits of a range that lies within two words.
fn short(words: &[u64], range: &Range<usize>) -> u64 {
    let (word, shift) = (range.start / 64, range.start % 64);
    let here = words.get(word).copied().unwrap_or(0) >> shift;
    let next =
        if shift + range.len() > 64 { words.get(word + 1).copied().unwrap_or(0) << (64 - shift) } else { 0 };
    (here | next) & low(range.len())
}

fn any_in(words: &[u64], range: Range<usize>) -> bool {
    if range.len() <= 64 {
        return short(words, &range) != 0;
    }
    pieces(range).any(|piece| short(words, &piece) != 0)
}

fn count_in(words: &[u64], range: Range<usize>) -> i64 {
    if range.len() <= 64 {
        return i64::from(short(words, &range).count_ones());
    }
    pieces(range).map(|piece| i64::from(short(words, &piece).count_ones())).sum()
}

/// A long range in pieces of 64.
fn pieces(range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    range.clone().step_by(64).map(move |start| start..(start + 64).min(range.end))
}

fn fill(words: &mut [u64], range: Range<usize>) {
    for piece in pieces(range) {
        let (word, shift) = (piece.start / 64, piece.start % 64);
        let bits = low(piece.len());
        if let Some(here) = words.get_mut(word) {
            *here |= bits << shift;
        }
        if shift + piece.len() > 64
            && let Some(next) = words.get_mut(word + 1)
        {
            *next |= bits >> (64 - shift);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::Bits;

    #[test]
    fn children_and_parents_find_each_other_whatever_their_number() {
        let sizes = [0, 3, 64, 1, 0, 130, 63, 2, 65, 0, 0, 7];
        let mut offsets = vec![0_u32];
        let mut end = 0;
        for size in sizes {
            end += size;
            offsets.push(end);
        }
        let children = end as usize;
        let marked = Bits::collect((0..children).map(|row| row % 5 == 2));
        let all = Segments::new(&offsets, &(0..sizes.len()));
        let counted: Vec<i64> =
            all.each().map(|range| range.filter(|row| row % 5 == 2).count() as i64).collect();
        assert_eq!(all.count(marked.words()), counted);
        let any = Bits::from_words(all.any(marked.words()), sizes.len());
        assert!(counted.iter().enumerate().all(|(parent, count)| any.get(parent) == (*count > 0)));
        let down = Bits::from_words(all.down(any.words()), children);
        for (parent, range) in all.each().enumerate() {
            assert!(range.into_iter().all(|row| down.get(row) == any.get(parent)));
        }
    }
}
