//! From children to their parents and back, by offsets: no hashing, no grouping, no join.
//!
//! Children lie in the order of their parents, so bits of children are fields of bits, one for each parent, of different
//! widths. Adding a number with all bits of a field but the topmost set carries into the topmost exactly if one of the
//! lower ones was set. So one addition tells of all parents with children in a word, and carries on into the next word.

use crate::bits::{Bits, Ones, words_for};
use crate::kernels::compress::Moves;
use std::ops::Range;

/// A range of parents and their children.
#[derive(Debug, Clone)]
pub(crate) struct Segments<'o> {
    /// Where the children of each parent begin, with one more at the end.
    offsets: &'o [u32],
    /// Where the first child of all lies.
    first: u32,
    /// The last child of each parent that has any.
    ends: Vec<u64>,
    /// The same, to bring what is said of last children to parents that have any, and from there to all.
    picks: Vec<Moves>,
    /// The parents that have children.
    parents: Vec<Moves>,
}

/// The last child of each parent that has any.
pub(crate) fn last_children(offsets: &[u32]) -> Bits {
    let rows = offsets.last().map_or(0, |end| *end as usize);
    let mut words = vec![0_u64; words_for(rows)];
    for pair in offsets.windows(2).filter(|pair| pair[0] != pair[1]) {
        let last = pair[1] as usize - 1;
        if let Some(word) = words.get_mut(last / 64) {
            *word |= 1 << (last % 64);
        }
    }
    Bits::from_words(words, rows)
}

/// The parents that have children.
fn having_children(offsets: &[u32]) -> impl Iterator<Item = u64> {
    let ends = offsets.get(1..).unwrap_or_default();
    offsets.chunks(64).zip(ends.chunks(64)).map(|(starts, ends)| {
        let pairs = starts.iter().zip(ends).enumerate();
        pairs.fold(0, |word, (bit, (start, end))| word | u64::from(start != end) << bit)
    })
}

/// The children of a range of parents.
pub(crate) fn children_of(offsets: &[u32], parents: &Range<usize>) -> Range<usize> {
    match (offsets.get(parents.start), offsets.get(parents.end)) {
        (Some(first), Some(last)) => *first as usize..*last as usize,
        _ => 0..0,
    }
}

impl<'o> Segments<'o> {
    /// The children of a range of parents; `ends` are the last children of all parents.
    pub(crate) fn new(offsets: &'o [u32], ends: &Bits, parents: &Range<usize>) -> Self {
        let children = children_of(offsets, parents);
        let offsets = offsets.get(parents.start..=parents.end).unwrap_or_default();
        let first = offsets.first().copied().unwrap_or(0);
        let ends = ends.range(children.start, children.len());
        let picks = ends.iter().map(|ends| Moves::new(*ends)).collect();
        let parents = having_children(offsets).map(Moves::new).collect();
        Self { offsets, first, ends, picks, parents }
    }

    pub(crate) fn parents(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    fn children(&self) -> usize {
        self.offsets.last().map_or(0, |last| last.wrapping_sub(self.first) as usize)
    }

    /// The children of each parent, counted from the first of all.
    pub(crate) fn each(&self) -> impl Iterator<Item = Range<usize>> {
        let first = self.first;
        self.offsets
            .windows(2)
            .map(move |pair| pair[0].wrapping_sub(first) as usize..pair[1].wrapping_sub(first) as usize)
    }

    /// The children of one parent.
    pub(crate) fn of(&self, parent: usize) -> Range<usize> {
        match self.offsets.get(parent..parent + 2) {
            Some([start, end]) => {
                start.wrapping_sub(self.first) as usize..end.wrapping_sub(self.first) as usize
            }
            _ => 0..0,
        }
    }

    /// The children among these with what the addition makes of them.
    fn added<'s>(&'s self, children: &'s [u64]) -> impl Iterator<Item = (u64, u64)> {
        let mut carry = false;
        children.iter().zip(&self.ends).map(move |(bits, ends)| {
            let (sum, first) = (bits & !ends).overflowing_add(!ends);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            carry = first | second;
            (*bits, sum)
        })
    }

    /// The parents that have a child among these.
    pub(crate) fn any(&self, children: &[u64]) -> Vec<u64> {
        if children.iter().all(|word| *word == 0) {
            return vec![0; words_for(self.parents())];
        }
        let reached: Vec<u64> = self.added(children).map(|(bits, sum)| bits | sum).collect();
        self.gathered(&reached)
    }

    /// The parents that have so many children among these, or more.
    pub(crate) fn at_least(&self, children: &[u64], count: u32) -> Vec<u64> {
        if count <= 1 {
            return self.any(children);
        }
        // Below the first bit of a field the addition leaves ones, at it nothing, above it what was there.
        let mut left: Vec<u64> = self.added(children).map(|(bits, sum)| bits & sum).collect();
        for _ in 2..count {
            left = self.added(&left).map(|(bits, sum)| bits & sum).collect();
        }
        self.any(&left)
    }

    /// What is said of the last child of each parent; nothing of a parent without.
    fn gathered(&self, children: &[u64]) -> Vec<u64> {
        // First side by side for the parents that have children, then with gaps for those that have none.
        let mut dense = Vec::with_capacity(self.parents.len() + 1);
        let (mut word, mut filled) = (0_u64, 0_u32);
        for (bits, pick) in children.iter().zip(&self.picks) {
            let picked = pick.picked(*bits);
            let count = pick.count();
            word |= picked << filled;
            filled += count;
            if filled >= 64 {
                dense.push(word);
                filled -= 64;
                // What did not fit: nothing when all of it did.
                word = picked.checked_shr(count - filled).unwrap_or(0);
            }
        }
        dense.push(word);
        let mut taken = 0_u32;
        let mut rest = dense.iter().copied();
        let (mut here, mut next) = (rest.next().unwrap_or(0), rest.next().unwrap_or(0));
        let spread = self.parents.iter().map(|parents| {
            let bits = here >> taken | next.checked_shl(64 - taken).unwrap_or(0);
            taken += parents.count();
            if taken >= 64 {
                taken -= 64;
                (here, next) = (next, rest.next().unwrap_or(0));
            }
            parents.spread(bits)
        });
        spread.collect()
    }

    /// How many children among these each parent has, by running counts.
    pub(crate) fn differences(&self, running: &[i64]) -> Vec<i64> {
        let at = |offset: u32| running.get(offset.wrapping_sub(self.first) as usize).copied().unwrap_or(0);
        let mut before = 0;
        let after = self.offsets.iter().skip(1).map(|end| {
            let now = at(*end);
            now.wrapping_sub(std::mem::replace(&mut before, now))
        });
        after.collect()
    }

    /// How many children each parent has.
    pub(crate) fn sizes(&self) -> Vec<i64> {
        self.offsets.windows(2).map(|pair| i64::from(pair[1].wrapping_sub(pair[0]))).collect()
    }

    /// The children of the parents among these.
    pub(crate) fn down(&self, parents: &[u64]) -> Vec<u64> {
        let mut starts = vec![0_u64; words_for(self.children())];
        for (number, word) in parents.iter().enumerate() {
            for bit in Ones(*word) {
                let range = self.of(number * 64 + bit);
                if let Some(word) = starts.get_mut(range.start / 64) {
                    *word |= u64::from(!range.is_empty()) << (range.start % 64);
                }
            }
        }
        // A bit at the bottom of a field turns over all below its topmost, and sets that.
        let mut carry = false;
        for (word, ends) in starts.iter_mut().zip(&self.ends) {
            let (sum, first) = word.overflowing_add(!ends);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            carry = first | second;
            *word = !ends & !sum | ends & sum;
        }
        starts
    }

    /// The parent of each child.
    pub(crate) fn owners(&self) -> Vec<u32> {
        /// Written at once, mostly beyond the children of a parent, where the next overwrites it.
        const STRIDE: usize = 16;
        let children = self.children();
        let mut owners = vec![0_u32; children + STRIDE];
        for (range, parent) in self.each().zip(0_u32..) {
            let mut at = range.start;
            loop {
                if let Some(some) = owners.get_mut(at..at + STRIDE) {
                    some.fill(parent);
                }
                at += STRIDE;
                if at >= range.end {
                    break;
                }
            }
        }
        owners.truncate(children);
        owners
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::fold::running_counts;

    const SIZES: [u32; 18] = [0, 3, 64, 1, 0, 130, 63, 2, 65, 0, 0, 7, 1, 1, 1, 200, 0, 0];

    fn offsets() -> Vec<u32> {
        SIZES.iter().fold(vec![0_u32], |mut offsets, size| {
            offsets.push(offsets.last().unwrap() + size);
            offsets
        })
    }

    fn is(words: &[u64], row: usize) -> bool {
        words[row / 64] >> (row % 64) & 1 == 1
    }

    fn agree(parents: Range<usize>, marked: impl Fn(usize) -> bool) {
        let offsets = offsets();
        let all = Segments::new(&offsets, &last_children(&offsets), &parents);
        let children = children_of(&offsets, &parents);
        let bits = Bits::collect(children.clone().map(&marked));
        let counted: Vec<i64> =
            all.each().map(|range| range.filter(|row| marked(row + children.start)).count() as i64).collect();
        assert_eq!(all.parents(), parents.len());
        assert_eq!(all.differences(&running_counts(bits.words(), children.len())), counted);
        let any = all.any(bits.words());
        for least in 1..5 {
            let reached = all.at_least(bits.words(), least);
            for (parent, count) in counted.iter().enumerate() {
                assert_eq!(is(&reached, parent), *count >= i64::from(least), "{parents:?} {parent} {least}");
            }
        }
        let down = Bits::from_words(all.down(&any), children.len());
        let owners = all.owners();
        for (parent, range) in all.each().enumerate() {
            assert_eq!(all.of(parent), range);
            assert_eq!(all.sizes()[parent], range.len() as i64);
            for row in range {
                assert_eq!(down.get(row), is(&any, parent), "{parents:?} {row}");
                assert_eq!(owners[row], parent as u32, "{parents:?} {row}");
            }
        }
    }

    #[test]
    fn children_and_parents_find_each_other_whatever_their_number() {
        for start in 0..SIZES.len() {
            for end in start + 1..=SIZES.len() {
                for step in [1, 2, 5, 61, 1_000] {
                    agree(start..end, |row| row % step == step / 2);
                }
                agree(start..end, |row| row % 64 == 63 || row % 64 == 0);
                agree(start..end, |_| false);
            }
        }
    }

    #[test]
    fn nobody_and_nothing_have_no_parents() {
        let none = Segments::new(&[], &Bits::none(0), &(0..0));
        assert_eq!((none.parents(), none.any(&[]).len(), none.owners().len()), (0, 0, 0));
        let childless = [0, 0, 0];
        let none = Segments::new(&childless, &last_children(&childless), &(0..2));
        assert_eq!((none.any(&[]), none.at_least(&[], 2)), (vec![0], vec![0]));
        assert_eq!(none.differences(&[0]), [0, 0]);
        assert!(none.down(&[0b11]).is_empty());
    }
}
