//! Texts of a column: row by row, or all of a range in one go.

use crate::bits::{Ones, packed};
use crate::column::{Column, Texts, Values};
use crate::outcome::{Outcome, and_with, full};
use crate::program::TextCheck;
use arrow_array::{GenericStringArray, OffsetSizeTrait};
use clientela_rules::plan::TextTest;
use std::ops::Range;

/// What a check says of the rows of a range; of rows that are not needed nothing is said.
pub(crate) fn text(
    column: &Column,
    valid: Option<Vec<u64>>,
    range: &Range<usize>,
    check: &TextCheck,
    need: Option<&[u64]>,
) -> Outcome {
    let Values::Texts(texts) = &column.values else { return Outcome::constant(None, range.len()) };
    let mut asked = need.map_or_else(|| full(range.len()), <[u64]>::to_vec);
    if let Some(valid) = &valid {
        and_with(&mut asked, valid);
    }
    let truth = at_once(texts, range, check, &asked).unwrap_or_else(|| match check {
        TextCheck::Like(TextTest::StartsWith(part)) => {
            each_of(texts, range, &asked, |text| text.starts_with(part.as_bytes()))
        }
        TextCheck::Like(TextTest::EndsWith(part)) => {
            each_of(texts, range, &asked, |text| text.ends_with(part.as_bytes()))
        }
        check => one_by_one(&asked, |row| check.holds(texts.get(range.start + row))),
    });
    Outcome::of_column(truth, valid, check.missing(), range.len())
}

fn one_by_one(asked: &[u64], holds: impl Fn(usize) -> bool) -> Vec<u64> {
    let word = |(number, asked): (usize, &u64)| {
        Ones(*asked).fold(0, |word, bit| word | u64::from(holds(number * 64 + bit)) << bit)
    };
    asked.iter().enumerate().map(word).collect()
}

/// What is said of the bytes of each row's text.
fn each_of(texts: &Texts, range: &Range<usize>, asked: &[u64], holds: impl Fn(&[u8]) -> bool) -> Vec<u64> {
    match texts {
        Texts::Small(texts) => one_by_one(asked, |row| holds(bytes(texts, range.start + row))),
        Texts::Large(texts) => one_by_one(asked, |row| holds(bytes(texts, range.start + row))),
        Texts::Views(_) => one_by_one(asked, |row| holds(texts.get(range.start + row).as_bytes())),
    }
}

fn bytes<O: OffsetSizeTrait>(texts: &GenericStringArray<O>, row: usize) -> &[u8] {
    match texts.value_offsets().get(row..row + 2) {
        Some([start, end]) => texts.value_data().get(start.as_usize()..end.as_usize()).unwrap_or_default(),
        _ => &[],
    }
}

/// Searches the texts of all rows as one; none if row by row is better.
fn at_once(texts: &Texts, range: &Range<usize>, check: &TextCheck, asked: &[u64]) -> Option<Vec<u64>> {
    let TextCheck::Like(TextTest::Contains(part)) = check else { return None };
    let rows: usize = asked.iter().map(|word| word.count_ones() as usize).sum();
    // Calling a search for a row takes as long as searching some others on the way.
    if part.is_empty() || rows * 8 < range.len() {
        return None;
    }
    match texts {
        Texts::Small(texts) => found(texts, range, part.as_bytes()),
        Texts::Large(texts) => found(texts, range, part.as_bytes()),
        Texts::Views(_) => None,
    }
}

/// The rows that have a part somewhere.
fn found<O: OffsetSizeTrait>(
    texts: &GenericStringArray<O>,
    range: &Range<usize>,
    part: &[u8],
) -> Option<Vec<u64>> {
    let offsets = texts.value_offsets().get(range.start..=range.end)?;
    let start = offsets.first()?.as_usize();
    let data = texts.value_data().get(start..offsets.last()?.as_usize())?;
    let mut words = vec![0_u64; range.len().div_ceil(64)];
    let mut ends = offsets.iter().skip(1).map(|end| end.as_usize() - start);
    let (mut row, mut end) = (0, ends.next()?);
    occurrences(data, part, |at| {
        // A match may begin in one text and end in the next.
        while end < at + 1 {
            row += 1;
            end = ends.next().unwrap_or(usize::MAX);
        }
        if at + part.len() <= end
            && let Some(word) = words.get_mut(row / 64)
        {
            *word |= 1 << (row % 64);
        }
    });
    Some(words)
}

/// Calls for each place where a part begins, in order.
fn occurrences(data: &[u8], part: &[u8], mut each: impl FnMut(usize)) {
    let (Some(first), Some(last)) = (part.first(), part.last()) else { return };
    let Some(tail) = data.get(part.len() - 1..) else { return };
    let is = |at: usize| data.get(at..at + part.len()).is_some_and(|here| here == part);
    // Places with the right first and last byte are found sixty-four at a time; few are left to look at.
    let (heads, _) = data.get(..tail.len()).unwrap_or_default().as_chunks::<64>();
    let (tails, rest) = tail.as_chunks::<64>();
    let mut bytes = [0_u8; 64];
    for (number, (head, tail)) in heads.iter().zip(tails).enumerate() {
        for (byte, (one, two)) in bytes.iter_mut().zip(head.iter().zip(tail)) {
            *byte = u8::from((one == first) & (two == last));
        }
        if bytes.iter().fold(0, |any, byte| any | byte) == 0 {
            continue;
        }
        Ones(packed(&bytes)).map(|bit| number * 64 + bit).filter(|at| is(*at)).for_each(&mut each);
    }
    (tail.len() - rest.len()..tail.len()).filter(|at| is(*at)).for_each(each);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn agree(texts: &[&str], part: &str) {
        let column = Column::texts(&texts.iter().copied().map(Some).collect::<Vec<_>>());
        let check = TextCheck::Like(TextTest::Contains(Arc::from(part)));
        for range in [0..texts.len(), 3..texts.len() - 1, texts.len()..texts.len()] {
            let outcome = text(&column, None, &range, &check, None);
            for (place, row) in range.clone().enumerate() {
                let held = outcome.truth[place / 64] >> (place % 64) & 1 == 1;
                assert_eq!(held, texts[row].contains(part), "{part} in {}", texts[row]);
            }
        }
    }

    #[test]
    fn beginnings_and_ends_are_those_of_each_text() {
        let names = ["", "San", "Sant'Angelo", "Sa", "Milano", "ano", "no", "Forlì", "ì"];
        let column = Column::texts(&names.map(Some));
        for part in ["", "San", "no", "ì", "Milano Centrale"] {
            for check in [TextTest::StartsWith(Arc::from(part)), TextTest::EndsWith(Arc::from(part))] {
                let outcome = text(&column, None, &(0..names.len()), &TextCheck::Like(check.clone()), None);
                for (row, name) in names.iter().enumerate() {
                    assert_eq!(outcome.truth[0] >> row & 1 == 1, check.holds(name), "{check:?} {name}");
                }
            }
        }
    }

    #[test]
    fn a_search_of_all_texts_finds_what_one_of_each_does() {
        let names = [
            "",
            "Rossi Trasporti S.r.l.",
            "Tra",
            "sporti",
            "Trasporti",
            "",
            "Autotrasporti",
            "TrasportiTrasporti",
            "èTrasporti",
            "Tr",
            "T",
            "i",
            "Verdi Trasport",
        ];
        let many: Vec<&str> = (0..700).map(|row| names[row * row % 61 % names.len()]).collect();
        for part in
            ["Trasporti", "T", "i", "Tr", "è", "sportiT", "S.r.l.", "Tra", "nothing of the kind", "iT"]
        {
            agree(&many, part);
            agree(&names, part);
        }
    }
}
