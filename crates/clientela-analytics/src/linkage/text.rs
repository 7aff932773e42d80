//! How alike two texts are.
//!
//! Texts are slices of UTF-16 units, so that a letter of any living alphabet is one step. Only the first [`LETTERS_MAX`] are
//! compared. An empty text is no text: what is missing is never compared, it is no evidence.
#![allow(clippy::float_arithmetic, reason = "a likeness is not money")]

/// Letters of a text that are compared.
pub const LETTERS_MAX: usize = 64;

/// Letters at the beginning that count more.
const PREFIX_MAX: usize = 4;
/// What each of them counts.
const PREFIX_WEIGHT: f64 = 0.1;
/// Below this a common beginning counts nothing more.
const BOOST_FROM: f64 = 0.7;

fn head(text: &[u16]) -> &[u16] {
    text.get(..LETTERS_MAX).unwrap_or(text)
}

#[expect(clippy::cast_precision_loss, reason = "at most 64 letters")]
const fn real(count: usize) -> f64 {
    count as f64
}

/// Jaro's likeness, 0 to 1: letters count as common within half the longer text, less one; common letters out of order count
/// half. M. A. Jaro, *Advances in record-linkage methodology*, JASA 84 (1989) 414-420. Two empty texts: 0.
#[must_use]
pub fn jaro(left: &[u16], right: &[u16]) -> f64 {
    let (left, right) = (head(left), head(right));
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    let reach = (left.len().max(right.len()) / 2).saturating_sub(1);
    let (mut of_left, mut of_right) = (0_u64, 0_u64);
    for (at, letter) in left.iter().enumerate() {
        let from = at.saturating_sub(reach);
        let until = (at + reach + 1).min(right.len());
        for (place, with) in right.iter().enumerate().take(until).skip(from) {
            if of_right & (1 << place) == 0 && with == letter {
                of_right |= 1 << place;
                of_left |= 1 << at;
                break;
            }
        }
    }
    let common = of_left.count_ones();
    if common == 0 {
        return 0.0;
    }
    let mut moved = 0_u32;
    let (mut rest_left, mut rest_right) = (of_left, of_right);
    while rest_left != 0 {
        let at = rest_left.trailing_zeros() as usize;
        let place = rest_right.trailing_zeros() as usize;
        moved += u32::from(left[at] != right[place]);
        rest_left &= rest_left - 1;
        rest_right &= rest_right - 1;
    }
    let common_letters = f64::from(common);
    (common_letters / real(left.len())
        + common_letters / real(right.len())
        + (common_letters - f64::from(moved / 2)) / common_letters)
        / 3.0
}

/// Jaro's likeness with a common beginning of up to four letters counted more, from 0.7 on (W. E. Winkler, 1990).
///
/// ```
/// use clientela_analytics::linkage::text::{jaro_winkler, units};
/// assert!((jaro_winkler(&units("martha"), &units("marhta")) - 0.961_111).abs() < 1e-6);
/// ```
#[must_use]
pub fn jaro_winkler(left: &[u16], right: &[u16]) -> f64 {
    let plain = jaro(left, right);
    if plain <= BOOST_FROM {
        return plain;
    }
    let prefix = left.iter().zip(right).take(PREFIX_MAX).take_while(|(one, other)| one == other).count();
    plain + real(prefix) * PREFIX_WEIGHT * (1.0 - plain)
}

/// The most [`jaro_winkler`] can be for texts of these lengths with so many letters in common, in whatever order.
pub(super) fn jaro_winkler_at_most(left: usize, right: usize, common: usize) -> f64 {
    if left == 0 || right == 0 || common == 0 {
        return 0.0;
    }
    let common_letters = real(common.min(left).min(right));
    let plain = (common_letters / real(left) + common_letters / real(right) + 1.0) / 3.0;
    plain + real(PREFIX_MAX) * PREFIX_WEIGHT * (1.0 - plain)
}

/// Letters to insert, drop, change or swap with their neighbour to make one text of the other, if there are at most `most`:
/// the distance of Damerau and Levenshtein in its restricted form, where no part is changed twice.
///
/// ```
/// use clientela_analytics::linkage::text::{edits, units};
/// assert_eq!(edits(&units("19560409"), &units("19564009"), 2), Some(1));
/// assert_eq!(edits(&units("rossi"), &units("bianchi"), 2), None);
/// ```
#[must_use]
pub fn edits(left: &[u16], right: &[u16], most: u32) -> Option<u32> {
    let (left, right) = (head(left), head(right));
    if left.len().abs_diff(right.len()) > most as usize {
        return None;
    }
    let mut rows = [[0_u32; LETTERS_MAX + 1]; 3];
    for (place, cell) in (0_u32..).zip(rows[0].iter_mut()) {
        *cell = place;
    }
    for at in 1..=left.len() {
        let [earlier, before, now] = turned(&mut rows, at);
        now[0] = u32::try_from(at).unwrap_or(u32::MAX);
        let mut least = now[0];
        for place in 1..=right.len() {
            let same = left[at - 1] == right[place - 1];
            let mut cost =
                (before[place] + 1).min(now[place - 1] + 1).min(before[place - 1] + u32::from(!same));
            if at > 1 && place > 1 && left[at - 1] == right[place - 2] && left[at - 2] == right[place - 1] {
                cost = cost.min(earlier[place - 2] + 1);
            }
            now[place] = cost;
            least = least.min(cost);
        }
        // A swap reaches back two rows, which were no better than one more than this.
        if least > most + 1 {
            return None;
        }
    }
    let found = rows[left.len() % 3][right.len()];
    (found <= most).then_some(found)
}

/// The rows two before, one before and of this step; they take turns.
fn turned<T>(rows: &mut [T; 3], at: usize) -> [&mut T; 3] {
    let [first, second, third] = rows;
    match at % 3 {
        0 => [second, third, first],
        1 => [third, first, second],
        _ => [first, second, third],
    }
}

/// Whether the shorter text is the beginning of the longer, such as an initial.
#[must_use]
pub fn begins(left: &[u16], right: &[u16]) -> bool {
    !left.is_empty() && !right.is_empty() && (left.starts_with(right) || right.starts_with(left))
}

/// A text as it is compared.
#[must_use]
pub fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// What bounds the letters two texts have in common without looking at them: for each of 32 classes of letters whether there
/// is one and whether there are two, and how many more there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bag {
    classes: u64,
    more: u8,
    /// Letters compared.
    pub(super) len: u8,
}

impl Bag {
    pub(super) fn of(text: &[u16]) -> Self {
        let (mut classes, mut more, mut len) = (0_u64, 0_u8, 0_u8);
        for letter in head(text) {
            let class = u64::from(*letter % 32) * 2;
            len += 1;
            if classes & (1 << class) == 0 {
                classes |= 1 << class;
            } else if classes & (2 << class) == 0 {
                classes |= 2 << class;
            } else {
                more += 1;
            }
        }
        Self { classes, more, len }
    }

    pub(super) fn common_at_most(self, other: Self) -> usize {
        (self.classes & other.classes).count_ones() as usize + usize::from(self.more.min(other.more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_values() {
        // Winkler (1990), and the conventions stated above.
        for (left, right, plain, boosted) in [
            ("MARTHA", "MARHTA", 0.944_444, 0.961_111),
            ("DIXON", "DICKSONX", 0.766_667, 0.813_333),
            ("DWAYNE", "DUANE", 0.822_222, 0.840_000),
            ("CRATE", "TRACE", 0.733_333, 0.733_333),
            ("A", "B", 0.0, 0.0),
            ("", "", 0.0, 0.0),
            ("Müller", "Mueller", 0.782_540, 0.804_286),
        ] {
            let (left_units, right_units) = (units(left), units(right));
            assert!((jaro(&left_units, &right_units) - plain).abs() < 1e-5, "{left} {right}");
            assert!((jaro_winkler(&left_units, &right_units) - boosted).abs() < 1e-5, "{left} {right}");
        }
    }

    #[test]
    fn edits_are_counted_up_to_a_bound() {
        for (left, right, most, expected) in [
            ("", "", 0, Some(0)),
            ("rossi", "rossi", 0, Some(0)),
            ("rossi", "rosi", 1, Some(1)),
            ("rossi", "rsosi", 1, Some(1)),
            ("kitten", "sitting", 3, Some(3)),
            ("kitten", "sitting", 2, None),
            ("ca", "abc", 3, Some(3)),
            ("abcd", "badc", 2, Some(2)),
        ] {
            assert_eq!(edits(&units(left), &units(right), most), expected, "{left} {right}");
        }
    }

    fn plain_edits(left: &[u16], right: &[u16]) -> u32 {
        let mut table = vec![vec![0_u32; right.len() + 1]; left.len() + 1];
        for at in 0..=left.len() {
            for place in 0..=right.len() {
                table[at][place] = if at == 0 || place == 0 {
                    u32::try_from(at + place).unwrap()
                } else {
                    let change = table[at - 1][place - 1] + u32::from(left[at - 1] != right[place - 1]);
                    let mut best = change.min(table[at - 1][place] + 1).min(table[at][place - 1] + 1);
                    if at > 1
                        && place > 1
                        && left[at - 1] == right[place - 2]
                        && left[at - 2] == right[place - 1]
                    {
                        best = best.min(table[at - 2][place - 2] + 1);
                    }
                    best
                };
            }
        }
        table[left.len()][right.len()]
    }

    proptest! {
        #[test]
        fn the_bound_is_never_below_the_likeness(left in "[a-e]{0,12}", right in "[a-e]{0,12}") {
            let (left, right) = (units(&left), units(&right));
            let common = Bag::of(&left).common_at_most(Bag::of(&right));
            let likeness = jaro_winkler(&left, &right);
            prop_assert!(likeness <= jaro_winkler_at_most(left.len(), right.len(), common) + 1e-12);
            prop_assert!((likeness - jaro_winkler(&right, &left)).abs() < 1e-12);
            let distance = plain_edits(&left, &right);
            prop_assert!(left.len().max(right.len()) <= common + distance as usize);
            for most in 0..4 {
                prop_assert_eq!(edits(&left, &right, most), (distance <= most).then_some(distance));
            }
        }
    }
}
