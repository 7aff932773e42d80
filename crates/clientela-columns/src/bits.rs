//! Sets of rows as bits: 64 rows in a word.

use arrow_buffer::BooleanBuffer;

/// A set of rows, numbered from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

/// The words that hold so many bits.
pub(crate) const fn words_for(len: usize) -> usize {
    len.div_ceil(64)
}

/// A word with its lowest `count` bits set; all for 64 and more.
pub(crate) const fn low(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

impl Bits {
    /// No row of so many.
    #[must_use]
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; words_for(len)], len }
    }

    /// All of so many rows.
    #[must_use]
    pub fn all(len: usize) -> Self {
        let mut all = Self { words: vec![u64::MAX; words_for(len)], len };
        all.trim();
        all
    }

    /// The rows for which it is true.
    pub fn collect(rows: impl IntoIterator<Item = bool>) -> Self {
        let mut bits = Self::default();
        for row in rows {
            bits.push(row);
        }
        bits
    }

    /// Adds a row at the end.
    pub fn push(&mut self, set: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        if let Some(word) = self.words.last_mut() {
            *word |= u64::from(set) << (self.len % 64);
        }
        self.len += 1;
    }

    pub(crate) fn from_words(words: Vec<u64>, len: usize) -> Self {
        let mut bits = Self { words, len };
        bits.words.resize(words_for(len), 0);
        bits.trim();
        bits
    }

    /// The rows of an Arrow bitmap.
    #[must_use]
    pub fn from_arrow(buffer: &BooleanBuffer) -> Self {
        let chunks = buffer.bit_chunks();
        let mut words: Vec<u64> = chunks.iter().collect();
        if chunks.remainder_len() > 0 {
            words.push(chunks.remainder_bits());
        }
        Self::from_words(words, buffer.len())
    }

    /// The same as an Arrow bitmap.
    #[must_use]
    pub fn to_arrow(&self) -> BooleanBuffer {
        BooleanBuffer::new(arrow_buffer::Buffer::from_vec(self.words.clone()), 0, self.len)
    }

    /// How many rows there are, set or not.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many are set.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether one is set at all.
    #[must_use]
    pub fn any(&self) -> bool {
        self.words.iter().any(|word| *word != 0)
    }

    /// Whether one of a range is set, the range beginning at a multiple of 64.
    pub(crate) fn any_from(&self, start: usize, len: usize) -> bool {
        let words = self.words.iter().skip(start / 64).take(words_for(len));
        words.into_iter().any(|word| *word != 0)
    }

    /// Whether this one is set.
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Sets this one or not.
    pub fn set(&mut self, row: usize, set: bool) {
        if let Some(word) = self.words.get_mut(row / 64).filter(|_| row < self.len) {
            let bit = 1 << (row % 64);
            if set { *word |= bit } else { *word &= !bit }
        }
    }

    /// The numbers of those that are set, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(number, word)| Ones(*word).map(move |bit| number * 64 + bit))
    }

    /// The rows as words, the first lowest.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The bytes it takes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.words.capacity() * 8
    }

    fn trim(&mut self) {
        if !self.len.is_multiple_of(64)
            && let Some(last) = self.words.last_mut()
        {
            *last &= low(self.len % 64);
        }
    }

    /// The bits of a range, from bit 0 on.
    pub(crate) fn range(&self, start: usize, len: usize) -> Vec<u64> {
        let (first, shift, count) = (start / 64, start % 64, words_for(len));
        let here = self.words.get(first..).unwrap_or_default();
        let mut part = Vec::with_capacity(count);
        if shift == 0 {
            part.extend(here.iter().take(count));
        } else {
            let pairs = here.windows(2).take(count);
            part.extend(pairs.map(|pair| pair[0] >> shift | pair[1] << (64 - shift)));
            if part.len() < count {
                part.extend(here.last().map(|last| last >> shift));
            }
        }
        part.resize(count, 0);
        if !len.is_multiple_of(64)
            && let Some(last) = part.last_mut()
        {
            *last &= low(len % 64);
        }
        part
    }

    /// Rows in both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
        self
    }

    /// Rows in this one and not in the other.
    #[must_use]
    pub fn without(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
        self
    }

    /// Rows in either.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
        self
    }

    /// Rows not in this one.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "reads in a row with `and` and `without`")]
    pub fn not(mut self) -> Self {
        for word in &mut self.words {
            *word = !*word;
        }
        self.trim();
        self
    }
}

/// The places of the bits set in a word.
pub(crate) struct Ones(pub(crate) u64);

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

/// Sixty-four times 0 or 1 as a word, the first lowest.
pub(crate) fn packed(bytes: &[u8; 64]) -> u64 {
    // Eight bytes of 0 or 1 times this constant have their eight bits in the topmost byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut word = 0;
    for (number, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
        word |= (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (8 * number);
    }
    word
}

/// The rows whose value satisfies a test, as words.
pub(crate) fn test<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Vec<u64> {
    let mut words = Vec::with_capacity(words_for(values.len()));
    let (chunks, rest) = values.as_chunks::<64>();
    let mut bytes = [0_u8; 64];
    for chunk in chunks {
        for (byte, value) in bytes.iter_mut().zip(chunk) {
            *byte = u8::from(test(*value));
        }
        words.push(packed(&bytes));
    }
    if !rest.is_empty() {
        let held = rest.iter().map(|value| test(*value));
        words.push(held.enumerate().fold(0, |word, (bit, held)| word | u64::from(held) << bit));
    }
    words
}

/// The rows whose two values satisfy a test, as words.
pub(crate) fn test_pairs<T: Copy>(one: &[T], two: &[T], test: impl Fn(T, T) -> bool) -> Vec<u64> {
    let mut words = Vec::with_capacity(words_for(one.len()));
    let ((ones, one_rest), (twos, two_rest)) = (one.as_chunks::<64>(), two.as_chunks::<64>());
    let mut bytes = [0_u8; 64];
    for (one, two) in ones.iter().zip(twos) {
        for (byte, (one, two)) in bytes.iter_mut().zip(one.iter().zip(two)) {
            *byte = u8::from(test(*one, *two));
        }
        words.push(packed(&bytes));
    }
    if !one_rest.is_empty() {
        let held = one_rest.iter().zip(two_rest).map(|(one, two)| test(*one, *two));
        words.push(held.enumerate().fold(0, |word, (bit, held)| word | u64::from(held) << bit));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_keeps_the_order_of_rows() {
        let values: Vec<u32> = (0..1_000).map(|number| number * 7 % 13).collect();
        let bits = Bits::from_words(test(&values, |value| value > 6), values.len());
        let expected = Bits::collect(values.iter().map(|value| *value > 6));
        assert_eq!(bits, expected);
        assert_eq!(bits.iter().count(), bits.count());
        for (start, len) in [(77, 300), (64, 128), (0, 1_000), (999, 1), (960, 40), (130, 870), (5, 0)] {
            let part = Bits::from_words(bits.range(start, len), len);
            assert!((0..len).all(|row| part.get(row) == bits.get(row + start)), "{start} {len}");
        }
        let others: Vec<u32> = values.iter().rev().copied().collect();
        let pairs = Bits::from_words(test_pairs(&values, &others, |one, two| one < two), values.len());
        assert_eq!(pairs, Bits::collect(values.iter().zip(&others).map(|(one, two)| one < two)));
        assert_eq!(bits.clone().not().count() + bits.count(), bits.len());
    }

    #[test]
    fn arrow_bitmaps_come_and_go_whole() {
        let bits = Bits::collect((0..131).map(|row| row % 3 == 0));
        assert_eq!(Bits::from_arrow(&bits.to_arrow()), bits);
        assert_eq!(Bits::from_arrow(&bits.to_arrow().slice(5, 70)), Bits::from_words(bits.range(5, 70), 70));
    }
}
