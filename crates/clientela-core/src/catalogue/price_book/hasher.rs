//! Hashing of ids.

use std::hash::Hasher;

/// Ids are random already: their two words are mixed, no more.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks(8) {
            let mut whole = [0; 8];
            whole.iter_mut().zip(word).for_each(|(place, byte)| *place = *byte);
            self.write_u64(u64::from_ne_bytes(whole));
        }
    }
    fn write_u64(&mut self, word: u64) {
        // Times the golden ratio, with the upper half of the product folded into the lower: counted ids spread as well.
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        let half = |number: u128| u64::try_from(number & u128::from(u64::MAX)).unwrap_or_default();
        self.0 = (half(product) ^ half(product >> 64)).wrapping_add(0x2545_f491_4f6c_dd1d);
    }
    fn write_usize(&mut self, _length: usize) {
        // Ids are of one length.
    }
    fn finish(&self) -> u64 {
        self.0
    }
}
