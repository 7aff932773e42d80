//! Bits picked out of a word and put side by side, and back.
//!
//! After "Hacker's Delight", second edition, 7-4 and 7-5: which bits move by 1, 2, 4, 8, 16 and 32 places depends on the
//! mask alone, so it is found out once for a mask and used for as many words as there are questions.

/// Where the bits of a mask move.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moves {
    mask: u64,
    count: u32,
    moves: [u64; 6],
}

impl Moves {
    pub(crate) fn new(mask: u64) -> Self {
        let mut moves = [0_u64; 6];
        let mut left = mask;
        // The places right of which an odd number of bits is left out.
        let mut zeros = !mask << 1;
        for (step, place) in moves.iter_mut().enumerate() {
            let mut odd = zeros ^ zeros << 1;
            odd ^= odd << 2;
            odd ^= odd << 4;
            odd ^= odd << 8;
            odd ^= odd << 16;
            odd ^= odd << 32;
            *place = odd & left;
            left = left ^ *place | *place >> (1_u32 << step);
            zeros &= !odd;
        }
        Self { mask, count: mask.count_ones(), moves }
    }

    /// How many bits there are to pick.
    pub(crate) const fn count(&self) -> u32 {
        self.count
    }

    /// The bits of the mask side by side, the first lowest.
    pub(crate) fn picked(&self, word: u64) -> u64 {
        let mut word = word & self.mask;
        for (step, moves) in self.moves.iter().enumerate() {
            let moving = word & moves;
            word = word ^ moving | moving >> (1_u32 << step);
        }
        word
    }

    /// The lowest bits spread over the mask.
    pub(crate) fn spread(&self, word: u64) -> u64 {
        let mut word = word;
        for (step, moves) in self.moves.iter().enumerate().rev() {
            word = word & !moves | word << (1_u32 << step) & moves;
        }
        word & self.mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_picked_in_order_and_go_back_to_where_they_were() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ state >> 29
        };
        let mut masks = vec![0, u64::MAX, 1, 1 << 63, 0x8000_0000_0000_0001, 0x5555_5555_5555_5555];
        masks.extend((0..200).map(|_| next()));
        masks.extend((0..200).map(|_| next() & next() & next()));
        for mask in masks {
            let (moves, word) = (Moves::new(mask), next());
            let places: Vec<u32> = (0..64).filter(|place| mask >> place & 1 == 1).collect();
            let expected = (0_u32..)
                .zip(&places)
                .fold(0, |picked, (number, place)| picked | (word >> place & 1) << number);
            assert_eq!(moves.picked(word), expected, "{mask:x}");
            assert_eq!(moves.spread(expected), word & mask, "{mask:x}");
            assert_eq!(moves.spread(word), moves.spread(word & crate::bits::low(places.len())), "{mask:x}");
            assert_eq!(moves.count() as usize, places.len());
        }
    }
}
