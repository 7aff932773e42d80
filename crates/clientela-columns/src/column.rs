//! The values of one field for many records.

use crate::bits::Bits;
use arrow_array::{Array, LargeStringArray, StringArray, StringViewArray};
use arrow_buffer::ScalarBuffer;
use std::sync::Arc;

/// Whole numbers in as few bytes as they need. Narrow columns are read in a fraction of the time.
#[derive(Debug, Clone)]
pub enum Numbers {
    /// One byte each.
    Bytes(ScalarBuffer<i8>),
    /// Two bytes each.
    Shorts(ScalarBuffer<i16>),
    /// Four bytes each.
    Ints(ScalarBuffer<i32>),
    /// Eight bytes each.
    Longs(ScalarBuffer<i64>),
}

/// The codes of a column of few different texts.
#[derive(Debug, Clone)]
pub enum Codes {
    /// At most 256 texts.
    Bytes(ScalarBuffer<u8>),
    /// At most 65,536 texts.
    Shorts(ScalarBuffer<u16>),
    /// More.
    Ints(ScalarBuffer<u32>),
}

/// Text as Arrow keeps it.
#[derive(Debug, Clone)]
pub enum Texts {
    /// Offsets of 32 bits.
    Small(StringArray),
    /// Offsets of 64 bits.
    Large(LargeStringArray),
    /// Views of 16 bytes.
    Views(StringViewArray),
}

/// What a column holds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Values {
    /// Nothing in any row: a field that is hidden from the reader, or that nobody filled in.
    Missing,
    /// Yes or no.
    Flags(Bits),
    /// Whole numbers; dates as days since 1970-01-01, instants and durations as microseconds.
    Whole(Numbers),
    /// Decimals: the number divided by 10 to the power of the scale.
    Decimals(Numbers, u32),
    /// Decimals too long for 64 bits.
    WideDecimals(ScalarBuffer<i128>, u32),
    /// Doubles.
    Doubles(ScalarBuffer<f64>),
    /// Texts of which there are few different ones.
    Words(Codes, Arc<[Arc<str>]>),
    /// Texts.
    Texts(Texts),
    /// Ids.
    Ids(ScalarBuffer<u128>),
}

/// A column: values, and which rows have one.
#[derive(Debug, Clone)]
pub struct Column {
    /// The values; what stands where a row has none does not matter.
    pub values: Values,
    /// The rows that have a value; none if all have.
    pub valid: Option<Bits>,
}

/// Does the same with numbers of any width.
macro_rules! each_width {
    ($numbers:expr, $values:ident => $work:expr) => {
        match $numbers {
            $crate::column::Numbers::Bytes($values) => $work,
            $crate::column::Numbers::Shorts($values) => $work,
            $crate::column::Numbers::Ints($values) => $work,
            $crate::column::Numbers::Longs($values) => $work,
        }
    };
}
pub(crate) use each_width;

/// Does the same with codes of any width.
macro_rules! each_code {
    ($codes:expr, $values:ident => $work:expr) => {
        match $codes {
            $crate::column::Codes::Bytes($values) => $work,
            $crate::column::Codes::Shorts($values) => $work,
            $crate::column::Codes::Ints($values) => $work,
        }
    };
}
pub(crate) use each_code;

fn narrowed<T: TryFrom<i64> + Copy>(values: &[i64]) -> Option<Vec<T>> {
    values.iter().map(|value| T::try_from(*value).ok()).collect()
}

impl Numbers {
    /// The numbers in as few bytes as the largest needs.
    #[must_use]
    pub fn narrow(values: &[i64]) -> Self {
        let low = values.iter().copied().min().unwrap_or(0);
        let high = values.iter().copied().max().unwrap_or(0);
        if i8::try_from(low).is_ok()
            && i8::try_from(high).is_ok()
            && let Some(values) = narrowed(values)
        {
            return Self::Bytes(values.into());
        }
        if i16::try_from(low).is_ok()
            && i16::try_from(high).is_ok()
            && let Some(values) = narrowed(values)
        {
            return Self::Shorts(values.into());
        }
        if i32::try_from(low).is_ok()
            && i32::try_from(high).is_ok()
            && let Some(values) = narrowed(values)
        {
            return Self::Ints(values.into());
        }
        Self::Longs(values.to_vec().into())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        each_width!(self, values => values.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    #[must_use]
    #[expect(clippy::useless_conversion, reason = "one of the widths is that of the result")]
    pub fn get(&self, row: usize) -> Option<i64> {
        each_width!(self, values => values.get(row).map(|value| i64::from(*value)))
    }

    /// A range of them.
    #[expect(clippy::useless_conversion, reason = "one of the widths is that of the result")]
    pub(crate) fn range(&self, start: usize, end: usize) -> Vec<i64> {
        each_width!(self, values => values
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .map(|value| i64::from(*value))
            .collect())
    }

    fn memory(&self) -> usize {
        each_width!(self, values => values.inner().len())
    }
}

impl Codes {
    /// The codes in as few bytes as so many words need.
    #[must_use]
    pub fn narrow(codes: &[u32], words: usize) -> Self {
        if words <= 1 << 8 {
            let narrow: Vec<u8> = codes.iter().map(|code| u8::try_from(*code).unwrap_or(0)).collect();
            return Self::Bytes(narrow.into());
        }
        if words <= 1 << 16 {
            let narrow: Vec<u16> = codes.iter().map(|code| u16::try_from(*code).unwrap_or(0)).collect();
            return Self::Shorts(narrow.into());
        }
        Self::Ints(codes.to_vec().into())
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<usize> {
        match self {
            Self::Bytes(codes) => codes.get(row).map(|code| usize::from(*code)),
            Self::Shorts(codes) => codes.get(row).map(|code| usize::from(*code)),
            Self::Ints(codes) => codes.get(row).map(|code| *code as usize),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        each_code!(self, codes => codes.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn memory(&self) -> usize {
        each_code!(self, codes => codes.inner().len())
    }
}

impl Texts {
    /// One of them.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        match self {
            Self::Small(texts) if row < texts.len() => texts.value(row),
            Self::Large(texts) if row < texts.len() => texts.value(row),
            Self::Views(texts) if row < texts.len() => texts.value(row),
            _ => "",
        }
    }

    fn memory(&self) -> usize {
        match self {
            Self::Small(texts) => texts.get_buffer_memory_size(),
            Self::Large(texts) => texts.get_buffer_memory_size(),
            Self::Views(texts) => texts.get_buffer_memory_size(),
        }
    }
}

impl Column {
    /// A column without a value in any row.
    pub const MISSING: Self = Self { values: Values::Missing, valid: None };

    /// Whole numbers, each or none.
    #[must_use]
    pub fn whole(values: &[Option<i64>]) -> Self {
        let numbers: Vec<i64> = values.iter().map(|value| value.unwrap_or(0)).collect();
        Self { values: Values::Whole(Numbers::narrow(&numbers)), valid: validity(values) }
    }

    /// Decimals of one scale, each as its digits or none.
    #[must_use]
    pub fn decimals(values: &[Option<i64>], scale: u32) -> Self {
        let numbers: Vec<i64> = values.iter().map(|value| value.unwrap_or(0)).collect();
        Self { values: Values::Decimals(Numbers::narrow(&numbers), scale), valid: validity(values) }
    }

    /// Yes or no, each or none.
    #[must_use]
    pub fn flags(values: &[Option<bool>]) -> Self {
        let flags = Bits::collect(values.iter().map(|value| *value == Some(true)));
        Self { values: Values::Flags(flags), valid: validity(values) }
    }

    /// Texts of which there are few different ones, by their place in the list of words.
    #[must_use]
    pub fn words(codes: &[Option<u32>], words: Arc<[Arc<str>]>) -> Self {
        let plain: Vec<u32> = codes.iter().map(|code| code.unwrap_or(0)).collect();
        let valid = validity(codes);
        Self { values: Values::Words(Codes::narrow(&plain, words.len()), words), valid }
    }

    /// Texts, each or none.
    #[must_use]
    pub fn texts(values: &[Option<&str>]) -> Self {
        let texts = StringArray::from_iter(values.iter().map(|value| Some(value.unwrap_or_default())));
        Self { values: Values::Texts(Texts::Small(texts)), valid: validity(values) }
    }

    /// Ids, each or none.
    #[must_use]
    pub fn ids(values: &[Option<u128>]) -> Self {
        let ids: Vec<u128> = values.iter().map(|value| value.unwrap_or(0)).collect();
        Self { values: Values::Ids(ids.into()), valid: validity(values) }
    }

    /// Doubles, each or none.
    #[must_use]
    pub fn doubles(values: &[Option<f64>]) -> Self {
        let doubles: Vec<f64> = values.iter().map(|value| value.unwrap_or(0.0)).collect();
        Self { values: Values::Doubles(doubles.into()), valid: validity(values) }
    }

    /// Whether a row has a value.
    #[must_use]
    pub fn is_valid(&self, row: usize) -> bool {
        !matches!(self.values, Values::Missing) && self.valid.as_ref().is_none_or(|valid| valid.get(row))
    }

    /// Whether every row has a value.
    #[must_use]
    pub fn always(&self) -> bool {
        !matches!(self.values, Values::Missing) && self.valid.is_none()
    }

    /// The bytes it takes.
    #[must_use]
    pub fn memory(&self) -> usize {
        let values = match &self.values {
            Values::Missing => 0,
            Values::Flags(flags) => flags.memory(),
            Values::Whole(numbers) | Values::Decimals(numbers, _) => numbers.memory(),
            Values::WideDecimals(numbers, _) => numbers.inner().len(),
            Values::Doubles(numbers) => numbers.inner().len(),
            Values::Words(codes, words) => {
                codes.memory() + words.iter().map(|word| word.len() + 16).sum::<usize>()
            }
            Values::Texts(texts) => texts.memory(),
            Values::Ids(ids) => ids.inner().len(),
        };
        values + self.valid.as_ref().map_or(0, Bits::memory)
    }
}

/// The rows that have a value; none if all have.
fn validity<T>(values: &[Option<T>]) -> Option<Bits> {
    let missing = values.iter().any(Option::is_none);
    missing.then(|| Bits::collect(values.iter().map(Option::is_some)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_as_few_bytes_as_they_need() {
        let widths = |values: &[i64]| Numbers::narrow(values).memory() / values.len();
        assert_eq!(widths(&[1, -128, 127]), 1);
        assert_eq!(widths(&[128, 0]), 2);
        assert_eq!(widths(&[40_000, -1]), 4);
        assert_eq!(widths(&[i64::MAX, i64::MIN]), 8);
        assert_eq!(Numbers::narrow(&[i64::MIN, 5]).get(0), Some(i64::MIN));
    }
}
