//! Movements between the tiers of two pyramids.

use serde::{Deserialize, Serialize};

/// How many went from one tier to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Tier before, from 0; none for who was not there.
    pub from: Option<u8>,
    /// Tier after; none for who is no longer there.
    pub to: Option<u8>,
    /// How many.
    pub customers: u64,
}

/// Counts who went from which tier to which, those who stayed included, from the top down. Each figure is a customer's tier before and
/// after; who is in neither is not counted.
#[must_use]
pub fn movement(tiers: &[(Option<u8>, Option<u8>)]) -> Vec<Move> {
    let mut counts = std::collections::BTreeMap::new();
    let place = |tier: Option<u8>| tier.map_or(u16::from(u8::MAX) + 1, u16::from);
    for (from, to) in tiers.iter().filter(|(from, to)| from.is_some() || to.is_some()) {
        *counts.entry((place(*from), place(*to))).or_insert(0_u64) += 1;
    }
    let tier = |place: u16| u8::try_from(place).ok();
    counts
        .into_iter()
        .map(|((from, to), customers)| Move { from: tier(from), to: tier(to), customers })
        .collect()
}
