//! What is made of the numbers of the children of each parent: sums by running totals, without a loop per parent or a
//! branch per child.

use crate::bits::{Ones, words_for};
use crate::outcome::some_if_any;
use crate::segments::Segments;
use clientela_rules::plan::Fold;
use std::ops::Range;

/// A number for each parent.
pub(crate) struct Folds {
    pub(crate) values: Vec<i64>,
    /// Parents whose sum does not fit 64 bits.
    pub(crate) failed: Option<Vec<u64>>,
    /// Parents without a child that counts, where that is no number.
    pub(crate) empty: Option<Vec<u64>>,
}

/// What is made of the kept children of each parent; all are kept if nothing is said. Of parents that are not needed
/// nothing is said.
pub(crate) fn folded<T: Copy + Ord + Into<i64>>(
    fold: Fold,
    values: &[T],
    kept: Option<&[u64]>,
    segments: &Segments<'_>,
    need: Option<&[u64]>,
) -> Folds {
    let parents = segments.parents();
    let few = need.filter(|need| {
        let needed: usize = need.iter().map(|word| word.count_ones() as usize).sum();
        needed * 8 < parents
    });
    if fold == Fold::Sum && few.is_none() && sums_fit(values) {
        let values = segments.differences(&running_sums(values, kept));
        return Folds { values, failed: None, empty: None };
    }
    let blank = || vec![0_u64; words_for(parents)];
    let mut made = vec![0; parents];
    let (mut failed, mut empty) = (blank(), blank());
    let mut each = |parent: usize| {
        let place = match folded_one(fold, values, kept, segments.of(parent)) {
            One::Value(value) => {
                if let Some(place) = made.get_mut(parent) {
                    *place = value;
                }
                return;
            }
            One::TooLarge => &mut failed,
            One::Empty => &mut empty,
        };
        if let Some(word) = place.get_mut(parent / 64) {
            *word |= 1 << (parent % 64);
        }
    };
    match few {
        Some(few) => few.iter().enumerate().for_each(|(number, word)| {
            Ones(*word).for_each(|bit| each(number * 64 + bit));
        }),
        None => (0..parents).for_each(each),
    }
    Folds { values: made, failed: some_if_any(failed), empty: some_if_any(empty) }
}

enum One {
    Value(i64),
    TooLarge,
    Empty,
}

fn folded_one<T: Copy + Ord + Into<i64>>(
    fold: Fold,
    values: &[T],
    kept: Option<&[u64]>,
    rows: Range<usize>,
) -> One {
    let is = |row: usize| {
        kept.is_none_or(|kept| kept.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1))
    };
    let here = values.get(rows.clone()).unwrap_or_default();
    let mut numbers = here.iter().zip(rows).filter(|(_, row)| is(*row)).map(|(value, _)| (*value).into());
    match fold {
        Fold::Sum => numbers.try_fold(0_i64, i64::checked_add).map_or(One::TooLarge, One::Value),
        Fold::Min => numbers.min().map_or(One::Empty, One::Value),
        Fold::Max => numbers.max().map_or(One::Empty, One::Value),
    }
}

/// Whether no sum of as many numbers as there are can leave 64 bits.
pub(crate) fn sums_fit<T: Copy + Into<i64>>(values: &[T]) -> bool {
    // Numbers of at most four bytes never get there: offsets number fewer than 2^32 of them.
    if size_of::<T>() <= 4 {
        return values.len() <= u32::MAX as usize;
    }
    let largest = values.iter().fold(0_u64, |largest, value| largest.max((*value).into().unsigned_abs()));
    let sum = u128::from(largest) * values.len() as u128;
    i64::try_from(sum).is_ok()
}

/// The sum of the kept values before each row, and of all at the end; all are kept if nothing is said.
///
/// Totals wrap. The difference of two of them is exact all the same as long as it fits itself.
pub(crate) fn running_sums<T: Copy + Into<i64>>(values: &[T], kept: Option<&[u64]>) -> Vec<i64> {
    let mut sums = Vec::with_capacity(values.len() + 1);
    let mut sum = 0_i64;
    sums.push(0);
    let Some(kept) = kept else {
        sums.extend(values.iter().map(|value| {
            sum = sum.wrapping_add((*value).into());
            sum
        }));
        return sums;
    };
    for (chunk, word) in values.chunks(64).zip(kept) {
        if *word == 0 {
            sums.resize(sums.len() + chunk.len(), sum);
            continue;
        }
        let mut word = *word;
        sums.extend(chunk.iter().map(|value| {
            // All ones for a kept row, nothing for another.
            let mask = (word & 1).wrapping_neg().cast_signed();
            word >>= 1;
            sum = sum.wrapping_add((*value).into() & mask);
            sum
        }));
    }
    sums
}

/// How many of so many rows are set before each, and of all at the end.
pub(crate) fn running_counts(words: &[u64], rows: usize) -> Vec<i64> {
    let mut counts = Vec::with_capacity(rows + 1);
    let mut count = 0_i64;
    counts.push(0);
    for word in words {
        let mut word = *word;
        let here = (rows + 1 - counts.len()).min(64);
        counts.extend((0..here).map(|_| {
            count = count.wrapping_add((word & 1).cast_signed());
            word >>= 1;
            count
        }));
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::last_children;

    /// What is made of parents one by one, with numbers that cannot overflow.
    fn agree(values: &[i64], offsets: &[u32], kept: Option<&[u64]>, need: Option<&[u64]>) {
        let segments = Segments::new(offsets, &last_children(offsets), &(0..offsets.len() - 1));
        let is = |words: &Option<Vec<u64>>, row: usize| {
            words.as_ref().is_some_and(|words| words[row / 64] >> (row % 64) & 1 == 1)
        };
        for fold in [Fold::Sum, Fold::Min, Fold::Max] {
            let made = folded(fold, values, kept, &segments, need);
            for (parent, range) in segments.each().enumerate() {
                if need.is_some_and(|need| need[parent / 64] >> (parent % 64) & 1 == 0) {
                    continue;
                }
                let here: Vec<i128> = range
                    .filter(|row| kept.is_none_or(|kept| kept[row / 64] >> (row % 64) & 1 == 1))
                    .map(|row| i128::from(values[row]))
                    .collect();
                let expected = match fold {
                    Fold::Sum => Some(here.iter().sum::<i128>()),
                    Fold::Min => here.iter().min().copied(),
                    Fold::Max => here.iter().max().copied(),
                };
                let fits = expected.and_then(|number| i64::try_from(number).ok());
                assert_eq!(is(&made.empty, parent), expected.is_none(), "{fold:?} {parent}");
                // A step on the way that leaves 64 bits is given up, even if the next one comes back.
                if !is(&made.failed, parent) {
                    assert_eq!(made.values[parent], fits.unwrap_or(0), "{fold:?} {parent}");
                }
                if expected.is_some() && fits.is_none() {
                    assert!(is(&made.failed, parent), "{fold:?} {parent}");
                }
            }
        }
    }

    #[test]
    fn folds_are_those_of_each_parent_alone() {
        let offsets = [0, 0, 3, 70, 70, 71, 140, 199, 200, 200];
        let small: Vec<i64> = (0..200).map(|row| row * 37 % 101 - 50).collect();
        let mut large = small.clone();
        for (row, value) in [(1, i64::MAX), (2, i64::MIN), (69, i64::MAX), (70, i64::MIN), (199, i64::MAX)] {
            large[row] = value;
        }
        let kept = [0x0f0f_1234_5678_9abc, u64::MAX, 0, 0b1010_1010];
        for values in [small, large] {
            for kept in [None, Some(&kept[..])] {
                for need in [None, Some(&[0b10][..]), Some(&[0b1_0000_0100][..])] {
                    agree(&values, &offsets, kept, need);
                }
            }
        }
    }

    #[test]
    fn the_edge_of_64_bits_is_seen() {
        let offsets = [0, 2, 4, 5];
        let segments = Segments::new(&offsets, &last_children(&offsets), &(0..3));
        let made = folded(Fold::Sum, &[i64::MAX, 1, i64::MAX, -1, i64::MIN], None, &segments, None);
        assert_eq!((made.values, made.failed), (vec![0, i64::MAX - 1, i64::MIN], Some(vec![0b001])));
    }

    #[test]
    fn narrow_numbers_always_fit_and_long_ones_are_measured() {
        assert!(sums_fit(&[i32::MIN; 1_000]));
        assert!(sums_fit(&[i64::MAX]));
        assert!(sums_fit(&[i64::MAX / 2, -(i64::MAX / 2)]));
        assert!(!sums_fit(&[i64::MAX, 1]));
        assert!(!sums_fit(&[i64::MIN]));
        assert!(sums_fit::<i64>(&[]));
    }

    #[test]
    fn running_sums_leave_out_what_is_not_kept() {
        let values: Vec<i32> = (0..200).map(|row| row * 37 % 101 - 50).collect();
        let kept: Vec<u64> = vec![0x0f0f_1234_5678_9abc, 0, u64::MAX, 0b1010_1010];
        let sums = running_sums(&values, Some(&kept));
        let counts = running_counts(&kept, values.len());
        let (mut sum, mut count) = (0_i64, 0_i64);
        for (row, value) in values.iter().enumerate() {
            assert_eq!((sums[row], counts[row]), (sum, count), "{row}");
            if kept[row / 64] >> (row % 64) & 1 == 1 {
                sum += i64::from(*value);
                count += 1;
            }
        }
        assert_eq!((sums[200], counts[200]), (sum, count));
        assert_eq!((sums.len(), counts.len()), (201, 201));
        let all = running_sums(&values, None);
        assert_eq!(all[200], values.iter().map(|value| i64::from(*value)).sum::<i64>());
    }
}
