//! Who is given a lead: candidates as data, the same choice for the same seed.
//!
//! The reasons are looked at in this order, and the first that leaves somebody decides: the customer's own choice, an existing relation,
//! the territory. Who has no capacity left is out, unless the customer chose him. Among those that are left the one whose turn it is
//! gets it: the one who was given least, measured against what he can take; equals by a draw under the seed.

use crate::ids::{PositionId, UnitId};
use clientela_model::{EntityId, Why};

/// Somebody who could be given a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The position.
    pub position: PositionId,
    /// Its dealer.
    pub dealer: UnitId,
    /// Whether the customer asked for it.
    pub chosen: bool,
    /// Whether it has business with the customer already.
    pub related: bool,
    /// Whether the rule of its territory holds for the lead.
    pub in_territory: bool,
    /// Leads it can take in the period; none has no limit.
    pub capacity: Option<u32>,
    /// Leads it was given in the period.
    pub given: u32,
}

/// What the distribution decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// Who is given it; nobody when no candidate is left.
    pub chosen: Option<Candidate>,
    /// Which reason decided, and why not each of the others.
    pub why: Why,
}

/// Decides who is given a lead.
///
/// `held_by` is the dealer who works on the same prospect already: then only his candidates remain, unless `shared` says that
/// a rule lets several dealers have it.
#[must_use]
pub fn distribute(
    candidates: &[Candidate],
    held_by: Option<UnitId>,
    shared: bool,
    seed: u64,
) -> Distribution {
    let mut others = Vec::new();
    let mut left: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let full = candidate.capacity.is_some_and(|capacity| candidate.given >= capacity);
        if held_by.is_some_and(|dealer| dealer != candidate.dealer) && !shared {
            others.push(not(candidate, "lead.held_by_another_dealer"));
        } else if full && !candidate.chosen {
            others.push(not(candidate, "lead.no_capacity"));
        } else {
            left.push(*candidate);
        }
    }
    let ladder: [(&'static str, fn(&Candidate) -> bool); 3] = [
        ("lead.by_choice", |candidate| candidate.chosen),
        ("lead.by_relation", |candidate| candidate.related),
        ("lead.by_territory", |candidate| candidate.in_territory),
    ];
    let decided = ladder.iter().find(|(_, holds)| left.iter().any(holds));
    let (reason, kept) = match decided {
        Some((reason, holds)) => {
            let (kept, out): (Vec<_>, Vec<_>) = left.into_iter().partition(|candidate| holds(candidate));
            others.extend(out.iter().map(|candidate| not(candidate, "lead.weaker_reason")));
            (*reason, kept)
        }
        None => {
            others.extend(left.iter().map(|candidate| not(candidate, "lead.outside_territory")));
            ("lead.nobody", Vec::new())
        }
    };
    let turn = kept.iter().copied().min_by(|one, other| {
        load(one, other)
            .then_with(|| draw(one, seed).cmp(&draw(other, seed)))
            .then_with(|| one.position.cmp(&other.position))
    });
    let mut why = Why::new(reason);
    if let Some(chosen) = &turn {
        why = why.fact("position", chosen.position).fact("given", chosen.given);
        let later = kept.iter().filter(|candidate| candidate.position != chosen.position);
        others.extend(later.map(|candidate| not(candidate, "lead.turn_later")));
    }
    for other in others {
        why = why.because(other);
    }
    Distribution { chosen: turn, why }
}

fn not(candidate: &Candidate, reason: &'static str) -> Why {
    Why::new(reason).fact("position", candidate.position)
}

/// Compares what was given with what can be taken, without division: without a limit only the count is compared.
fn load(one: &Candidate, other: &Candidate) -> std::cmp::Ordering {
    match (one.capacity, other.capacity) {
        (Some(mine), Some(theirs)) => {
            (u64::from(one.given) * u64::from(theirs)).cmp(&(u64::from(other.given) * u64::from(mine)))
        }
        _ => one.given.cmp(&other.given),
    }
}

/// A draw of its own for each position and seed (the finaliser of `SplitMix64`; Steele, Lea and Flood 2014).
fn draw(candidate: &Candidate, seed: u64) -> u64 {
    let (high, low) = candidate.position.uuid().as_u64_pair();
    [high, low].iter().fold(seed, |state, part| {
        let mut mixed = (state ^ part).wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    })
}
