//! Who is given a lead: candidates as data, the same choice for the same seed.
//!
//! The reasons are looked at in this order, and the first that leaves somebody decides: the customer's own choice, an existing
//! relation, that of the dealer, the territory. Who has no capacity left is out, unless the customer chose him; who is away or gave
//! the lead back is out in any case: a lead does not wait until somebody is back. Among those that are left the one whose turn it is gets it:
//!
//! 1. who has capacity left before who was chosen without;
//! 2. who has a capacity before who has none to keep to: what is beyond the capacities goes to the latter;
//! 3. the least given, measured against the capacity where there is one;
//! 4. who waits longest since he was last given one;
//! 5. a draw under the seed.

use crate::draw::draw;
use crate::ids::{PositionId, UnitId};
use chrono::{DateTime, Utc};
use clientela_model::{EntityId, Why};
use std::cmp::Ordering;

/// A reason to be given a lead, and who has it.
type Rung = (&'static str, fn(&Candidate) -> bool);

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
    /// Whether its dealer has business with the customer already.
    pub dealer_related: bool,
    /// Whether the rule of its territory holds for the lead.
    pub in_territory: bool,
    /// Leads it can take in the period; none has no limit.
    pub capacity: Option<u32>,
    /// Leads it was given in the period.
    pub given: u32,
    /// When it was last given one.
    pub last_given: Option<DateTime<Utc>>,
    /// Whether it gave this lead back, or lost it to the time limit.
    pub returned: bool,
    /// Whether nobody is there today.
    pub absent: bool,
}

impl Candidate {
    fn is_full(&self) -> bool {
        self.capacity.is_some_and(|capacity| self.given >= capacity)
    }
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
/// `held_by` are the dealers who are protected with the prospect or work on it already: if there is one, only their candidates
/// remain, unless `shared` says that a rule lets several dealers have it.
#[must_use]
pub fn distribute(candidates: &[Candidate], held_by: &[UnitId], shared: bool, seed: u64) -> Distribution {
    let mut others = Vec::new();
    let mut left: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if candidate.returned {
            others.push(not(candidate, "lead.gave_it_back"));
        } else if candidate.absent {
            others.push(not(candidate, "lead.away"));
        } else if !shared && !held_by.is_empty() && !held_by.contains(&candidate.dealer) {
            others.push(not(candidate, "lead.held_by_another_dealer"));
        } else if candidate.is_full() && !candidate.chosen {
            others.push(not(candidate, "lead.no_capacity"));
        } else {
            left.push(*candidate);
        }
    }
    let ladder: [Rung; 4] = [
        ("lead.by_choice", |candidate| candidate.chosen),
        ("lead.by_relation", |candidate| candidate.related),
        ("lead.by_relation_of_dealer", |candidate| candidate.dealer_related),
        ("lead.by_territory", |candidate| candidate.in_territory),
    ];
    let decided = ladder.iter().find(|(_, holds)| left.iter().any(holds));
    let (reason, kept) = match decided {
        Some((reason, holds)) => {
            let (kept, out): (Vec<_>, Vec<_>) = left.into_iter().partition(holds);
            others.extend(out.iter().map(|candidate| not(candidate, "lead.weaker_reason")));
            (*reason, kept)
        }
        None => {
            others.extend(left.iter().map(|candidate| not(candidate, "lead.outside_territory")));
            ("lead.nobody", Vec::new())
        }
    };
    let turn = kept.iter().copied().min_by(|one, other| {
        one.is_full()
            .cmp(&other.is_full())
            .then_with(|| load(one, other))
            .then_with(|| one.last_given.cmp(&other.last_given))
            .then_with(|| draw(seed, one.position.uuid(), 0).cmp(&draw(seed, other.position.uuid(), 0)))
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

/// Compares what was given with what can be taken, without division. A capacity of nothing is more than full whatever was given.
fn load(one: &Candidate, other: &Candidate) -> Ordering {
    match (one.capacity, other.capacity) {
        (Some(mine), Some(theirs)) => {
            let given = |candidate: &Candidate, capacity: u32| match capacity {
                0 => u64::from(candidate.given.max(1)),
                _ => u64::from(candidate.given),
            };
            (given(one, mine) * u64::from(theirs)).cmp(&(given(other, theirs) * u64::from(mine)))
        }
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.given.cmp(&other.given),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn candidate(number: u128) -> Candidate {
        Candidate {
            position: PositionId::from_uuid(Uuid::from_u128(number)),
            dealer: UnitId::from_uuid(Uuid::from_u128(number % 2)),
            chosen: false,
            related: false,
            dealer_related: false,
            in_territory: true,
            capacity: None,
            given: 0,
            last_given: None,
            returned: false,
            absent: false,
        }
    }

    fn chosen(candidates: &[Candidate]) -> (Option<u128>, String) {
        let distribution = distribute(candidates, &[], false, 7);
        let position = distribution.chosen.map(|candidate| candidate.position.uuid().as_u128());
        (position, distribution.why.reason.into_owned())
    }

    #[test]
    fn the_first_reason_that_leaves_somebody_decides() {
        let plain = candidate(1);
        let busy = Candidate { given: 3, ..candidate(2) };
        let limited = Candidate { capacity: Some(2), given: 1, ..candidate(3) };
        let full = Candidate { capacity: Some(2), given: 2, ..candidate(4) };
        let nothing = Candidate { capacity: Some(0), ..candidate(5) };
        let related = Candidate { related: true, given: 9, ..candidate(6) };
        let outside = Candidate { in_territory: false, ..candidate(7) };
        let wished = |of: Candidate| Candidate { chosen: true, ..of };
        let earlier = Candidate { last_given: Some(DateTime::UNIX_EPOCH), ..candidate(8) };
        let later =
            Candidate { last_given: Some(DateTime::UNIX_EPOCH + chrono::TimeDelta::days(1)), ..candidate(9) };
        for (candidates, position, reason) in [
            (vec![plain, busy], Some(1), "lead.by_territory"),
            (vec![plain, limited], Some(3), "lead.by_territory"),
            (vec![full, busy], Some(2), "lead.by_territory"),
            (vec![plain, related], Some(6), "lead.by_relation"),
            (vec![related, wished(full)], Some(4), "lead.by_choice"),
            (vec![wished(full), wished(plain)], Some(1), "lead.by_choice"),
            (vec![wished(nothing), wished(limited)], Some(3), "lead.by_choice"),
            (vec![wished(nothing), wished(full)], Some(4), "lead.by_choice"),
            (
                vec![Candidate { dealer_related: true, ..outside }, plain],
                Some(7),
                "lead.by_relation_of_dealer",
            ),
            (vec![later, earlier], Some(8), "lead.by_territory"),
            (vec![later, earlier, plain], Some(1), "lead.by_territory"),
            (vec![Candidate { returned: true, ..wished(plain) }, busy], Some(2), "lead.by_territory"),
            (vec![Candidate { absent: true, ..wished(plain) }, busy], Some(2), "lead.by_territory"),
            (vec![Candidate { absent: true, ..related }, busy], Some(2), "lead.by_territory"),
            (vec![Candidate { absent: true, ..plain }], None, "lead.nobody"),
            (vec![outside, full, nothing], None, "lead.nobody"),
        ] {
            assert_eq!(chosen(&candidates), (position, reason.to_owned()), "{candidates:#?}");
        }
    }

    #[test]
    fn two_dealers_are_not_given_one_prospect_unless_a_rule_shares_it() {
        let (ours, theirs) = (candidate(1), candidate(2));
        let held = distribute(&[ours], &[theirs.dealer], false, 7);
        assert!(held.chosen.is_none() && held.why.mentions("lead.held_by_another_dealer"));
        assert_eq!(distribute(&[ours], &[theirs.dealer], true, 7).chosen, Some(ours));
        assert_eq!(distribute(&[ours, theirs], &[theirs.dealer], false, 7).chosen, Some(theirs));
        let third = UnitId::from_uuid(Uuid::from_u128(9));
        for both in [[third, theirs.dealer], [theirs.dealer, third]] {
            assert_eq!(
                distribute(&[ours, theirs], &both, false, 7).chosen,
                Some(theirs),
                "of two who hold it"
            );
        }
    }

    fn any_candidates() -> impl Strategy<Value = Vec<Candidate>> {
        let one = (prop::option::of(0..4_u32), 0..4_u32, prop::option::of(0..3_i64), any::<[bool; 3]>());
        prop::collection::vec(one, 1..8).prop_map(|all| {
            let made = all.into_iter().enumerate();
            made.map(|(number, (capacity, given, last, [chosen, related, in_territory]))| Candidate {
                capacity,
                given,
                chosen,
                related,
                in_territory,
                last_given: last.and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
                ..candidate(number as u128 + 1)
            })
            .collect()
        })
    }

    proptest! {
        /// The order in which candidates are read changes nothing.
        #[test]
        fn every_order_of_the_candidates_gives_the_same(
            (all, mixed) in any_candidates().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
            seed in any::<u64>(),
        ) {
            prop_assert_eq!(
                distribute(&all, &[], false, seed).chosen,
                distribute(&mixed, &[], false, seed).chosen
            );
        }

        /// Everybody is either chosen or told why not.
        #[test]
        fn everybody_is_accounted_for(all in any_candidates(), seed in any::<u64>()) {
            let distribution = distribute(&all, &[], false, seed);
            prop_assert_eq!(distribution.why.because.len() + usize::from(distribution.chosen.is_some()), all.len());
        }
    }
}
