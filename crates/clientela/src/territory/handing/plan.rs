//! What was decided on one state of the store.

use crate::command::{ApplyAssignment, Command, CustomersAmong, Evenness, Key, RebalanceAssignment};
use crate::error::{CrmError, Result};
use crate::mirror::Snapshot;
use crate::rules::RuleCache;
use crate::territory::{Chosen, Decided, Held, Territory, in_force};
use crate::view::View;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::ids::{CustomerId, PositionId, TerritoryModelId, UnitId};
use clientela_model::ClosedList;
use serde::{Deserialize, Serialize};

/// What a command asks to be planned.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work<'c> {
    Apply(&'c ApplyAssignment),
    Rebalance(&'c RebalanceAssignment),
}

/// What is to be planned, as a run keeps it: whom the command means by their ids, and not the words that say so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settled {
    model: Key,
    #[serde(default)]
    among: Chosen,
    /// How evenly, when customers are re-balanced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evenness: Option<Evenness>,
}

/// Moves that were decided together. Two plans of the same state, seed and actor are the same, byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) model: TerritoryModelId,
    /// Code of the version.
    pub(crate) code: String,
    /// The last commit it was decided on.
    pub(crate) seen: i64,
    /// Customers that were looked at.
    pub(crate) customers: u64,
    /// How many nobody gets, by reason.
    pub(crate) nobody: Vec<(String, u64)>,
    /// How much positions had too much, and would have, when customers are re-balanced.
    pub(crate) over: Option<(u64, u64)>,
    pub(crate) takers: Vec<Taker>,
    /// The names of the rules.
    pub(crate) rules: Vec<String>,
    /// By customer.
    pub(crate) moves: Vec<PlannedMove>,
}

/// A position that may be given customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Taker {
    pub(crate) position: PositionId,
    pub(crate) unit: UnitId,
    /// What it has when all is done.
    pub(crate) load: u32,
    pub(crate) capacity: Option<u32>,
}

/// A customer that goes to somebody else. Positions and rules are places in the plan's lists.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlannedMove {
    #[serde(rename = "c")]
    pub(crate) customer: CustomerId,
    /// Who has it; none for somebody who is not among the takers.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<u32>,
    #[serde(rename = "t")]
    pub(crate) to: u32,
    #[serde(rename = "b")]
    pub(crate) by: By,
}

/// By what a customer moves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum By {
    /// The rule that gave most, and the sum of scores.
    #[serde(rename = "r")]
    Rule(u32, i64),
    /// What the owner before had, and the most he should have.
    #[serde(rename = "o")]
    Over(u32, u64),
}

impl<'c> Work<'c> {
    /// What a command asks to be planned, if it does.
    pub(crate) const fn of(command: &'c Command) -> Option<Self> {
        match command {
            Command::AssignmentApply(asked) => Some(Self::Apply(asked)),
            Command::AssignmentRebalance(asked) => Some(Self::Rebalance(asked)),
            _ => None,
        }
    }

    /// Looks up whom the command means.
    pub(super) fn settled(
        self,
        view: &View<'_>,
        snapshot: &Snapshot,
        rules: &RuleCache,
        today: NaiveDate,
    ) -> Result<Settled> {
        let (model, among, evenness): (&Key, &CustomersAmong, _) = match self {
            Self::Apply(asked) => (&asked.model, &asked.among, None),
            Self::Rebalance(asked) => (&asked.model, &asked.among, Some(asked.evenness.clone())),
        };
        let among = among.chosen(view, snapshot, rules, today)?;
        Ok(Settled { model: model.clone(), among, evenness })
    }
}

impl Settled {
    /// Decides on the state that is looked at.
    pub(super) fn plan(
        &self,
        view: &View<'_>,
        snapshot: &Snapshot,
        rules: &RuleCache,
        (at, today): (DateTime<Utc>, NaiveDate),
    ) -> Result<Plan> {
        let model = in_force(view, &self.model, today)?;
        model.check_applies(today)?;
        let territory = Territory::of_chosen(view, snapshot, rules, (model, &self.among), today)?;
        let Some(evenness) = &self.evenness else {
            return Ok(Plan::of_rules(&Decided::new(territory, snapshot), snapshot.commit()));
        };
        let held = Held::read(view, snapshot, evenness.within.unwrap_or_default(), at)?;
        let balanced = territory.rebalanced(evenness, &held)?;
        let mut loads: Vec<u32> = balanced.loads.iter().map(|load| load.load).collect();
        let mut moves = Vec::with_capacity(balanced.done.moves.len());
        for moved in &balanced.done.moves {
            loads[moved.from as usize] -= 1;
            loads[moved.to as usize] += 1;
            let (had, at_most) = balanced.relieved(*moved);
            let customer = territory.customers[moved.record].id;
            let by = By::Over(had, at_most);
            moves.push(PlannedMove { customer, from: Some(moved.from), to: moved.to, by });
        }
        let over = Some((balanced.done.over_before, balanced.done.over_after));
        Ok(Plan { over, moves, ..Plan::without_moves(&territory, &loads, snapshot.commit()) })
    }

    /// As it is kept.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|_| CrmError::Internal { what: "what a run is over is JSON" }.into())
    }

    /// As it was kept.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let kept = serde_json::from_slice(bytes);
        kept.map_err(|_| CrmError::Internal { what: "a run keeps what it is over" }.into())
    }
}

impl Plan {
    fn of_rules(decided: &Decided, seen: i64) -> Self {
        let territory = &decided.territory;
        let moves = decided.moved().map(|moved| PlannedMove {
            customer: territory.customers[moved.place].id,
            from: territory.subjects[moved.place].owner,
            to: moved.to,
            by: By::Rule(moved.rule, moved.score),
        });
        let nobody = decided.assignment.nobody().into_iter();
        Self {
            moves: moves.collect(),
            nobody: nobody.map(|(reason, count)| (reason.word().to_owned(), count)).collect(),
            ..Self::without_moves(territory, &decided.assignment.loads, seen)
        }
    }

    fn without_moves(territory: &Territory, loads: &[u32], seen: i64) -> Self {
        let takers = territory.candidates.iter().zip(loads).zip(0..);
        let takers = takers.filter_map(|((candidate, load), place)| {
            let (position, capacity) = (candidate.position, candidate.capacity);
            Some(Taker { position, unit: territory.unit(place)?, load: *load, capacity })
        });
        Self {
            model: territory.model.id,
            code: territory.model.code.clone(),
            seen,
            customers: territory.customers.len() as u64,
            nobody: Vec::new(),
            over: None,
            takers: takers.collect(),
            rules: territory.scored.iter().map(|rule| rule.name.clone()).collect(),
            moves: Vec::new(),
        }
    }

    /// As it is kept.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|_| CrmError::Internal { what: "plans are JSON" }.into())
    }

    /// As it was kept.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map_err(|_| CrmError::Internal { what: "kept plans are JSON" }.into())
    }
}
