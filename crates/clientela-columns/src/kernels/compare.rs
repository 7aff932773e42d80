//! Columns against constants and against each other.

use crate::bits::{test, test_pairs, words_for};
use crate::outcome::{Figures, Outcome, complement, full, some_if_any, union, without};
use clientela_rules::plan::Comparison;

/// The values of a column against a number that may lie beyond all of them.
pub(crate) fn compare<T>(values: &[T], comparison: Comparison, constant: i64) -> Vec<u64>
where
    T: Copy + PartialOrd + TryFrom<i64>,
{
    let Ok(constant) = T::try_from(constant) else {
        // Beyond what the column can hold: the sign decides for all.
        let above = constant > 0;
        let all = match comparison {
            Comparison::Equal => false,
            Comparison::NotEqual => true,
            Comparison::Less | Comparison::AtMost => above,
            Comparison::Greater | Comparison::AtLeast => !above,
        };
        return if all { full(values.len()) } else { vec![0; words_for(values.len())] };
    };
    match comparison {
        Comparison::Equal => test(values, |value| value == constant),
        Comparison::NotEqual => test(values, |value| value != constant),
        Comparison::Less => test(values, |value| value < constant),
        Comparison::AtMost => test(values, |value| value <= constant),
        Comparison::Greater => test(values, |value| value > constant),
        Comparison::AtLeast => test(values, |value| value >= constant),
    }
}

/// Doubles against one. What is not a number has no order.
pub(crate) fn doubles(
    values: &[f64],
    comparison: Comparison,
    constant: f64,
    valid: Option<Vec<u64>>,
) -> Outcome {
    let truth = match comparison {
        Comparison::Equal => test(values, |value| value == constant),
        Comparison::NotEqual => test(values, |value| value != constant),
        Comparison::Less => test(values, |value| value < constant),
        Comparison::AtMost => test(values, |value| value <= constant),
        Comparison::Greater => test(values, |value| value > constant),
        Comparison::AtLeast => test(values, |value| value >= constant),
    };
    let missing = comparison.equality().map(|equal| !equal);
    let mut outcome = Outcome::of_column(truth, valid, missing, values.len());
    if missing.is_none() {
        let unordered = test(values, |value| value.is_nan() || constant.is_nan());
        outcome.unknown = union(outcome.unknown, some_if_any(unordered).as_ref());
    }
    outcome
}

/// A code as a place in a list.
pub(crate) trait Code: Copy + PartialEq + TryFrom<usize> {
    fn place(self) -> usize;
}

impl Code for u8 {
    fn place(self) -> usize {
        self.into()
    }
}

impl Code for u16 {
    fn place(self) -> usize {
        self.into()
    }
}

impl Code for u32 {
    fn place(self) -> usize {
        self as usize
    }
}

/// What is said of each word, for each row.
pub(crate) fn words<T: Code>(codes: &[T], truth: &[bool]) -> Vec<u64> {
    let rows = codes.len();
    let having = |wanted: bool| -> Vec<T> {
        let places = truth.iter().enumerate().filter(|(_, held)| **held == wanted);
        places.filter_map(|(code, _)| T::try_from(code).ok()).collect()
    };
    let held = truth.iter().filter(|held| **held).count();
    // Few words are compared one by one: that takes many rows at once, which looking up does not.
    match (held, truth.len() - held) {
        (0, _) => vec![0; words_for(rows)],
        (_, 0) => full(rows),
        (1..=4, _) => among(codes, &having(true)),
        (_, 1..=4) => complement(&among(codes, &having(false)), rows),
        _ => looked_up(codes, truth),
    }
}

/// The rows with one of at most four codes.
fn among<T: Code>(codes: &[T], these: &[T]) -> Vec<u64> {
    match *these {
        [one] => test(codes, |code| code == one),
        [one, two] => test(codes, |code| (code == one) | (code == two)),
        [one, two, three] => test(codes, |code| (code == one) | (code == two) | (code == three)),
        [one, two, three, four] => {
            test(codes, |code| (code == one) | (code == two) | (code == three) | (code == four))
        }
        _ => vec![0; words_for(codes.len())],
    }
}

fn looked_up<T: Code>(codes: &[T], truth: &[bool]) -> Vec<u64> {
    if truth.len() > 256 {
        return test(codes, |code| truth.get(code.place()).copied().unwrap_or(false));
    }
    let mut table = [false; 256];
    for (place, held) in table.iter_mut().zip(truth) {
        *place = *held;
    }
    // As many places as a byte has values: no place can be missed.
    test(codes, |code| table[code.place() & 0xff])
}

/// Numbers of two columns against each other.
pub(crate) fn pairs<T: Copy + PartialOrd>(one: &[T], two: &[T], comparison: Comparison) -> Vec<u64> {
    match comparison {
        Comparison::Equal => test_pairs(one, two, |one, two| one == two),
        Comparison::NotEqual => test_pairs(one, two, |one, two| one != two),
        Comparison::Less => test_pairs(one, two, |one, two| one < two),
        Comparison::AtMost => test_pairs(one, two, |one, two| one <= two),
        Comparison::Greater => test_pairs(one, two, |one, two| one > two),
        Comparison::AtLeast => test_pairs(one, two, |one, two| one >= two),
    }
}

/// What a comparison of values comes to where a side is missing or unknown.
pub(crate) fn judged(mut truth: Vec<u64>, comparison: Comparison, one: &Figures, two: &Figures) -> Outcome {
    let mut unknown = union(one.unknown.clone(), two.unknown.as_ref());
    match comparison.equality() {
        Some(equal) => {
            let none = vec![0; truth.len()];
            let first = one.null.as_ref().unwrap_or(&none);
            let second = two.null.as_ref().unwrap_or(&none);
            for ((word, first), second) in truth.iter_mut().zip(first).zip(second) {
                // One is missing: they differ. Both are missing: they are the same.
                let (differ, same) = (first ^ second, first & second);
                *word = if equal { *word & !differ | same } else { (*word | differ) & !same };
            }
        }
        None => {
            unknown = union(unknown, one.null.as_ref());
            unknown = union(unknown, two.null.as_ref());
        }
    }
    if let Some(unknown) = &unknown {
        without(&mut truth, unknown);
    }
    Outcome { truth, unknown, escaped: union(one.escaped.clone(), two.escaped.as_ref()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_however_many_are_asked_for() {
        let codes: Vec<u8> = (0..500_u32).map(|row| (row * 31 % 12) as u8).collect();
        let wide: Vec<u16> = codes.iter().map(|code| u16::from(*code) * 25).collect();
        for held in 0..=12_usize {
            let truth: Vec<bool> = (0..12).map(|code| (code * 5 + 3) % 12 < held).collect();
            let wide_truth: Vec<bool> = (0..300).map(|code| code % 25 == 0 && truth[code / 25]).collect();
            let (found, wide_found) = (words(&codes, &truth), words(&wide, &wide_truth));
            for (row, code) in codes.iter().enumerate() {
                let is = |words: &[u64]| words[row / 64] >> (row % 64) & 1 == 1;
                assert_eq!(is(&found), truth[usize::from(*code)], "{held} {row}");
                assert_eq!(is(&wide_found), truth[usize::from(*code)], "{held} {row}");
            }
        }
    }

    #[test]
    fn a_number_beyond_the_column_decides_for_all() {
        let values = [1_i8, -1, 127];
        assert_eq!(compare(&values, Comparison::Less, 128), [0b111]);
        assert_eq!(compare(&values, Comparison::Greater, 128), [0]);
        assert_eq!(compare(&values, Comparison::AtLeast, -129), [0b111]);
        assert_eq!(compare(&values, Comparison::Equal, -129), [0]);
        assert_eq!(pairs(&values, &[1, 0, 5], Comparison::Greater), [0b100]);
    }
}
