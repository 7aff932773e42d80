//! Columns that are filled row by row, and may be put into another order when they are finished.
//!
//! An order says for each row of the finished column which row it was pushed as; a row may come more than once, or not
//! at all. So children read in any order come to lie beside their parents.

use crate::bits::Bits;
use crate::column::{Codes, Column, Numbers, Texts, Values};
use arrow_array::builder::{LargeStringBuilder, StringBuilder};
use std::collections::HashMap;
use std::sync::Arc;

/// More different texts than this are kept as texts.
const WORDS_MAX: usize = 4_096;
/// Fewer different texts than this are always worth a list of words.
const WORDS_FEW: usize = 64;

/// The digits of a decimal take 96 bits.
const DECIMAL_END: u128 = 1 << 96;

/// Which rows have a value.
#[derive(Debug, Default)]
struct Validity {
    valid: Bits,
    missing: bool,
}

impl Validity {
    fn push(&mut self, valid: bool) {
        self.valid.push(valid);
        self.missing |= !valid;
    }

    fn finish(self, order: Option<&[u32]>) -> Option<Bits> {
        self.missing.then(|| arranged_bits(self.valid, order))
    }
}

fn arranged<T: Copy + Default>(values: Vec<T>, order: Option<&[u32]>) -> Vec<T> {
    match order {
        None => values,
        Some(order) => {
            order.iter().map(|row| values.get(*row as usize).copied().unwrap_or_default()).collect()
        }
    }
}

fn arranged_bits(bits: Bits, order: Option<&[u32]>) -> Bits {
    match order {
        None => bits,
        Some(order) => Bits::collect(order.iter().map(|row| bits.get(*row as usize))),
    }
}

/// A column of yes and no.
#[derive(Debug, Default)]
pub struct FlagBuilder {
    values: Bits,
    valid: Validity,
}

impl FlagBuilder {
    /// One more row.
    pub fn push(&mut self, value: Option<bool>) {
        self.values.push(value == Some(true));
        self.valid.push(value.is_some());
    }

    /// The column, in that order.
    #[must_use]
    pub fn finish(self, order: Option<&[u32]>) -> Column {
        let values = Values::Flags(arranged_bits(self.values, order));
        Column { values, valid: self.valid.finish(order) }
    }
}

/// A column of whole numbers, dates or instants.
#[derive(Debug, Default)]
pub struct WholeBuilder {
    values: Vec<i64>,
    valid: Validity,
}

impl WholeBuilder {
    /// One more row.
    pub fn push(&mut self, value: Option<i64>) {
        self.values.push(value.unwrap_or(0));
        self.valid.push(value.is_some());
    }

    /// The column, in that order.
    #[must_use]
    pub fn finish(self, order: Option<&[u32]>) -> Column {
        let values = Values::Whole(Numbers::narrow(&arranged(self.values, order)));
        Column { values, valid: self.valid.finish(order) }
    }
}

/// A column of decimals, each pushed with its own scale.
#[derive(Debug, Default)]
pub struct DecimalBuilder {
    digits: Vec<i64>,
    scales: Vec<u8>,
    valid: Validity,
}

impl DecimalBuilder {
    /// One more row: digits, and how many of them stand behind the point.
    pub fn push(&mut self, value: Option<(i64, u32)>) {
        let (digits, scale) = value.unwrap_or((0, 0));
        self.digits.push(digits);
        self.scales.push(u8::try_from(scale).unwrap_or(u8::MAX));
        self.valid.push(value.is_some());
    }

    /// The column, in that order and in the finest scale of all rows. A number that would have more digits in that scale
    /// than a decimal can have is left out: it is unknown, never another number.
    #[must_use]
    pub fn finish(mut self, order: Option<&[u32]>) -> Column {
        let scale = self.scales.iter().copied().max().unwrap_or(0);
        let mut wide = Vec::with_capacity(self.digits.len());
        for (row, (digits, own)) in self.digits.iter().zip(&self.scales).enumerate() {
            let factor = 10_i128.checked_pow(u32::from(scale - *own));
            let digits = factor.and_then(|factor| i128::from(*digits).checked_mul(factor));
            let digits = digits.filter(|digits| digits.unsigned_abs() < DECIMAL_END);
            if digits.is_none() {
                self.valid.valid.set(row, false);
                self.valid.missing = true;
            }
            wide.push(digits.unwrap_or(0));
        }
        let narrow: Option<Vec<i64>> = wide.iter().map(|digits| i64::try_from(*digits).ok()).collect();
        let scale = u32::from(scale);
        let values = match narrow {
            Some(narrow) => Values::Decimals(Numbers::narrow(&arranged(narrow, order)), scale),
            None => Values::WideDecimals(arranged(wide, order).into(), scale),
        };
        Column { values, valid: self.valid.finish(order) }
    }
}

/// A column of ids.
#[derive(Debug, Default)]
pub struct IdBuilder {
    values: Vec<u128>,
    valid: Validity,
}

impl IdBuilder {
    /// One more row.
    pub fn push(&mut self, value: Option<u128>) {
        self.values.push(value.unwrap_or(0));
        self.valid.push(value.is_some());
    }

    /// The column, in that order.
    #[must_use]
    pub fn finish(self, order: Option<&[u32]>) -> Column {
        let values = Values::Ids(arranged(self.values, order).into());
        Column { values, valid: self.valid.finish(order) }
    }
}

/// A column of texts: by a list of words as long as there are few different ones.
#[derive(Debug)]
pub struct TextBuilder {
    texts: Growing,
    /// The words are those of a closed list: they stay words however many there are.
    closed: bool,
    valid: Validity,
}

#[derive(Debug)]
enum Growing {
    Words { known: HashMap<Arc<str>, u32>, words: Vec<Arc<str>>, codes: Vec<u32> },
    Texts { text: String, ends: Vec<usize> },
}

impl Default for TextBuilder {
    fn default() -> Self {
        Self::of_words(&[], false)
    }
}

impl TextBuilder {
    /// A column of the words of a closed list. A word that is not in it is added.
    #[must_use]
    pub fn of_list(words: &[&str]) -> Self {
        Self::of_words(words, true)
    }

    fn of_words(words: &[&str], closed: bool) -> Self {
        let words: Vec<Arc<str>> = words.iter().map(|word| Arc::from(*word)).collect();
        let known = words.iter().zip(0..).map(|(word, code)| (Arc::clone(word), code)).collect();
        Self { texts: Growing::Words { known, words, codes: Vec::new() }, closed, valid: Validity::default() }
    }

    /// One more row.
    pub fn push(&mut self, value: Option<&str>) {
        self.valid.push(value.is_some());
        let spill = match &mut self.texts {
            Growing::Words { known, words, codes } => {
                codes.push(value.map_or(0, |value| code_of(value, known, words)));
                !self.closed && words.len() > WORDS_MAX
            }
            Growing::Texts { text, ends } => {
                text.push_str(value.unwrap_or_default());
                ends.push(text.len());
                false
            }
        };
        if spill {
            self.spill();
        }
    }

    /// Writes words out as texts.
    fn spill(&mut self) {
        let Growing::Words { words, codes, .. } = &self.texts else { return };
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(codes.len()));
        for (row, code) in codes.iter().enumerate() {
            if self.valid.valid.get(row) {
                text.push_str(words.get(*code as usize).map_or("", |word| word));
            }
            ends.push(text.len());
        }
        self.texts = Growing::Texts { text, ends };
    }

    /// The column, in that order.
    #[must_use]
    pub fn finish(mut self, order: Option<&[u32]>) -> Column {
        let many = match &self.texts {
            Growing::Words { words, codes, .. } => {
                !self.closed && words.len() > WORDS_FEW && words.len() * 4 > codes.len()
            }
            Growing::Texts { .. } => false,
        };
        if many {
            self.spill();
        }
        let values = match self.texts {
            Growing::Words { mut words, codes, .. } => {
                if words.is_empty() {
                    words.push("".into());
                }
                Values::Words(Codes::narrow(&arranged(codes, order), words.len()), words.into())
            }
            Growing::Texts { text, ends } => Values::Texts(texts(&text, &ends, order)),
        };
        Column { values, valid: self.valid.finish(order) }
    }
}

fn code_of(value: &str, known: &mut HashMap<Arc<str>, u32>, words: &mut Vec<Arc<str>>) -> u32 {
    if let Some(code) = known.get(value) {
        return *code;
    }
    let (word, code): (Arc<str>, u32) = (value.into(), u32::try_from(words.len()).unwrap_or(u32::MAX));
    words.push(Arc::clone(&word));
    known.insert(word, code);
    code
}

fn texts(text: &str, ends: &[usize], order: Option<&[u32]>) -> Texts {
    let at = |row: usize| {
        let start = row.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        text.get(start..ends.get(row).copied().unwrap_or(start)).unwrap_or_default()
    };
    let rows = order.map_or(ends.len(), <[u32]>::len);
    let row = |place: usize| order.and_then(|order| order.get(place)).map_or(place, |row| *row as usize);
    let bytes: usize = (0..rows).map(|place| at(row(place)).len()).sum();
    if i32::try_from(bytes).is_ok() {
        let mut builder = StringBuilder::with_capacity(rows, bytes);
        (0..rows).for_each(|place| builder.append_value(at(row(place))));
        Texts::Small(builder.finish())
    } else {
        let mut builder = LargeStringBuilder::with_capacity(rows, bytes);
        (0..rows).for_each(|place| builder.append_value(at(row(place))));
        Texts::Large(builder.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_at(column: &Column, row: usize) -> Option<String> {
        if !column.is_valid(row) {
            return None;
        }
        match &column.values {
            Values::Words(codes, words) => words.get(codes.get(row)?).map(ToString::to_string),
            Values::Texts(texts) => Some(texts.get(row).to_owned()),
            _ => None,
        }
    }

    #[test]
    fn texts_are_the_same_as_words_and_as_texts() {
        for different in [3, 5_000, 20_000] {
            let rows = 9_000_usize;
            let value = |row: usize| (row % 7 != 3).then(|| format!("text {}", row * 31 % different));
            let order: Vec<u32> = (0..rows as u32).rev().filter(|row| row % 5 != 0).chain([1, 1]).collect();
            let fill = || {
                let mut builder = TextBuilder::default();
                (0..rows).for_each(|row| builder.push(value(row).as_deref()));
                builder
            };
            let (plain, other) = (fill().finish(None), fill().finish(Some(&order)));
            assert_eq!(matches!(plain.values, Values::Words(..)), different == 3);
            assert!((0..rows).all(|row| text_at(&plain, row) == value(row)));
            assert!(order.iter().enumerate().all(|(at, row)| text_at(&other, at) == value(*row as usize)));
        }
    }

    #[test]
    fn decimals_meet_in_the_finest_scale() {
        let column = |values: &[Option<(i64, u32)>]| {
            let mut builder = DecimalBuilder::default();
            values.iter().for_each(|value| builder.push(*value));
            builder.finish(None)
        };
        let narrow = column(&[Some((15, 1)), None, Some((2, 0)), Some((-125, 2))]);
        assert!(matches!(&narrow.values, Values::Decimals(numbers, 2)
            if (0..4).map(|row| numbers.get(row).unwrap()).eq([150, 0, 200, -125])));
        assert!(!narrow.is_valid(1) && narrow.is_valid(2));
        let wide = column(&[Some((i64::MAX, 0)), Some((1, 3))]);
        assert!(matches!(&wide.values, Values::WideDecimals(numbers, 3)
            if numbers[0] == i128::from(i64::MAX) * 1_000 && numbers[1] == 1));
        let lost = column(&[Some((i64::MAX, 0)), Some((1, 28))]);
        assert!(!lost.is_valid(0) && lost.is_valid(1));
    }

    #[test]
    fn an_order_leaves_out_and_repeats() {
        let mut numbers = WholeBuilder::default();
        let mut flags = FlagBuilder::default();
        let mut ids = IdBuilder::default();
        for row in 0..4 {
            numbers.push((row != 2).then_some(row));
            flags.push(Some(row % 2 == 0));
            ids.push(u128::try_from(row).ok());
        }
        let order = [3, 2, 0, 0];
        let numbers = numbers.finish(Some(&order));
        assert!(matches!(&numbers.values, Values::Whole(values) if values.get(0) == Some(3)));
        assert_eq!((0..4).map(|row| numbers.is_valid(row)).collect::<Vec<_>>(), [true, false, true, true]);
        let flags = flags.finish(Some(&order));
        assert!(matches!(&flags.values, Values::Flags(bits) if bits.iter().eq([1, 2, 3])));
        assert!(matches!(&ids.finish(Some(&order)).values, Values::Ids(ids) if **ids == [3, 2, 0, 0]));
    }
}
