//! Draws: numbers that look random and are the same for the same seed.

use uuid::Uuid;

/// The number drawn for a record or position: the finaliser of `SplitMix64` (Steele, Lea, Flood: *Fast Splittable Pseudorandom
/// Number Generators*, OOPSLA 2014) over the seed, both halves of the id, and a count.
pub(crate) fn draw(seed: u64, id: Uuid, count: u64) -> u64 {
    let (high, low) = id.as_u64_pair();
    [high, low, count].into_iter().fold(mix(seed), |state, part| mix(state ^ part))
}

fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence_comes_out() {
        // The first numbers of SplitMix64 from the state 0, as the store's source of random bits is tested by.
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        assert_eq!([mix(0), mix(step)], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
        let id = Uuid::from_u128(7);
        assert_eq!(draw(1, id, 0), draw(1, id, 0));
        assert!(draw(1, id, 0) != draw(2, id, 0) && draw(1, id, 0) != draw(1, id, 1));
    }
}
