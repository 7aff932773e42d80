//! Re-balancing under a version: who has too much gives some to those its rules name too.

use super::Territory;
use crate::error::Result;
use clientela_core::assignment::{Load, Rebalanced, even_targets, movables, rebalance};
use clientela_core::ids::UnitId;
use clientela_model::EntityId;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How evenly customers are to be shared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Evenness {
    /// What each position should have; its share of all by capacity when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<u32>,
    /// How much more than that is left where it is, in percent; 10 when not given. Nobody keeps more than his capacity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance_percent: Option<u32>,
}

/// Tolerance when nothing is said, in percent.
const TOLERANCE: u32 = 10;

impl Territory {
    /// The fewest moves, within each dealer, and what each candidate has and should have.
    ///
    /// # Errors
    /// `tolerance.range`.
    pub(crate) fn rebalanced(&self, evenness: &Evenness) -> Result<(Rebalanced, Vec<Load>)> {
        let mut numbers: HashMap<UnitId, u32> = HashMap::new();
        let dealers: Vec<UnitId> = self.sellers.units.iter().map(|unit| self.dealer_of(*unit)).collect();
        let teams: Vec<u32> = dealers
            .iter()
            .map(|dealer| {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *numbers.entry(*dealer).or_insert(next)
            })
            .collect();
        let mut loads: Vec<Load> = self
            .candidates
            .iter()
            .zip(self.loads())
            .map(|(candidate, load)| Load {
                position: candidate.position.uuid(),
                load,
                target: evenness.target.unwrap_or(0),
                capacity: candidate.capacity,
                absent: candidate.absent,
            })
            .collect();
        if evenness.target.is_none() {
            self.share_within(&teams, &mut loads);
        }
        let (records, allowed) = movables(&self.subjects, &self.scored, self.model.passing_score, &teams);
        let tolerance = evenness.tolerance_percent.unwrap_or(TOLERANCE);
        Ok((rebalance(&records, &allowed, &loads, tolerance, self.terms().seed)?, loads))
    }

    /// Each dealer's sellers share what they have; who is named by no rule keeps what he has.
    fn share_within(&self, teams: &[u32], loads: &mut [Load]) {
        let mut named = vec![false; loads.len()];
        for (place, _) in self.scored.iter().flat_map(|rule| &rule.named) {
            named[*place as usize] = true;
        }
        let mut members: HashMap<u32, Vec<usize>> = HashMap::new();
        for (place, team) in teams.iter().enumerate() {
            if named[place] {
                members.entry(*team).or_default().push(place);
            } else {
                loads[place].target = loads[place].load;
            }
        }
        for places in members.values() {
            let own: Vec<Load> = places.iter().map(|place| loads[*place]).collect();
            for (place, target) in places.iter().zip(even_targets(&own)) {
                loads[*place].target = target;
            }
        }
    }
}
