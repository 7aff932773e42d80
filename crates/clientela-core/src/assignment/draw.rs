//! Draws: numbers that look random and are the same for the same seed.

use uuid::Uuid;

/// The number drawn for a record or position. SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
/// 2014), over the seed, both halves of the id, and a count.
pub(super) fn draw(seed: u64, id: Uuid, count: u64) -> u64 {
    let (high, low) = id.as_u64_pair();
    [high, low, count].into_iter().fold(mix(seed), |state, part| mix(state ^ part))
}

fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
