//! Re-balancing under a version: who has too much gives some to those its rules name too.

use super::Territory;
use super::held::Held;
use crate::error::Result;
use clientela_core::assignment::{
    HeldBy, Load, Move, Rebalanced, Teams, even_targets, most, movables, rebalance, relieved,
};
use clientela_core::ids::UnitId;
use clientela_core::organisation::UnitKind;
use clientela_model::{ClosedList, EntityId, Why};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Between whom customers may move.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, ClosedList)]
pub enum Circle {
    /// Sellers of one dealer.
    #[default]
    Dealer,
    /// Sellers of all dealers of a zone.
    Zone,
    /// Sellers of all dealers of a national company.
    Branch,
}

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
    /// Between whom: a dealer's when not given. Where a dealer has no zone or branch above, its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Circle>,
}

/// What re-balancing comes to, with what it went by.
pub(crate) struct Balanced {
    pub(crate) done: Rebalanced,
    /// What each candidate has and should have.
    pub(crate) loads: Vec<Load>,
    tolerance: u32,
    /// Customers of those who have too much that something keeps, by what.
    pub(crate) held: BTreeMap<HeldBy, u64>,
}

impl Balanced {
    /// Why a customer moves.
    pub(crate) fn why(&self, territory: &Territory, moved: Move) -> Option<Why> {
        let subject = territory.subjects.get(moved.record)?;
        let dealer = |place: u32| territory.unit(place).map(|unit| territory.dealer_of(unit));
        let same = dealer(moved.from) == dealer(moved.to);
        let why = relieved(moved, subject, &territory.scored, (&self.loads, self.tolerance));
        Some(why.fact("dealer", if same { "same" } else { "other" }))
    }

    /// What the owner before had, and the most he should have.
    pub(crate) fn relieved(&self, moved: Move) -> (u32, u64) {
        let load = self.loads.get(moved.from as usize);
        load.map_or((0, 0), |load| (load.load, most(load, self.tolerance)))
    }
}

/// Tolerance when nothing is said, in percent.
const TOLERANCE: u32 = 10;

impl Territory {
    /// The fewest moves, within each dealer or a wider circle, and what each candidate has and should have.
    ///
    /// # Errors
    /// `tolerance.range`.
    pub(crate) fn rebalanced(&self, evenness: &Evenness, held: &Held) -> Result<Balanced> {
        let dealers: Vec<UnitId> = self.sellers.units.iter().map(|unit| self.dealer_of(*unit)).collect();
        let kind = match evenness.within.unwrap_or_default() {
            Circle::Dealer => None,
            Circle::Zone => Some(UnitKind::Zone),
            Circle::Branch => Some(UnitKind::Branch),
        };
        let circle = |dealer: &UnitId| {
            kind.and_then(|kind| self.sellers.tree.nearest(*dealer, kind)).unwrap_or(*dealer)
        };
        let circles = numbered(dealers.iter().map(circle));
        let dealers = numbered(dealers.iter().copied());
        let teams = Teams { dealers: &dealers, circles: &circles };
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
            self.share_within(&circles, &mut loads);
        }
        let tolerance = evenness.tolerance_percent.unwrap_or(TOLERANCE);
        let kept = |place: usize| self.customers.get(place).and_then(|seat| held.of(seat));
        let (records, allowed) =
            movables(&self.subjects, &self.scored, self.model.passing_score, teams, kept);
        let done = rebalance(&records, &allowed, &loads, tolerance, self.terms().seed)?;
        let mut held = BTreeMap::new();
        for (place, record) in records.iter().enumerate() {
            let too_much = loads
                .get(record.owner as usize)
                .is_some_and(|load| u64::from(load.load) > most(load, tolerance));
            if let Some(by) = too_much.then(|| kept(place)).flatten() {
                *held.entry(by).or_insert(0) += 1;
            }
        }
        Ok(Balanced { done, loads, tolerance, held })
    }

    /// The sellers of each circle share what they have; who is named by no rule keeps what he has.
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

/// The same number for what is the same, from 0.
fn numbered(units: impl Iterator<Item = UnitId>) -> Vec<u32> {
    let mut numbers: HashMap<UnitId, u32> = HashMap::new();
    let mut number = |unit| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(unit).or_insert(next)
    };
    units.map(&mut number).collect()
}
