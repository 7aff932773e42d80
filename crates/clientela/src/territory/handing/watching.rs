//! What has changed since a plan was made.

use super::plan::Plan;
use crate::error::Result;
use crate::mirror::changed_since;
use clientela_core::ids::{CustomerId, PositionId};
use clientela_core::party::Relationship;
use clientela_model::{EntityId, Record, Value};
use clientela_store::Reader;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What has changed since a plan was made, as far as somebody looked.
#[derive(Debug, Default)]
pub(crate) struct Watching {
    /// The last commit that was looked at.
    looked: i64,
    /// The customers that have changed, or something their rules read.
    pub(super) changed: HashSet<CustomerId>,
    /// Whether something changed that all go by.
    pub(super) anew: bool,
    /// How many customers more, or less, positions have than was planned, by their places.
    pub(super) besides: HashMap<u32, i64>,
}

impl Watching {
    pub(super) fn new(plan: &Plan) -> Self {
        Self { looked: plan.seen, ..Self::default() }
    }

    /// Looks at what has changed since it looked last. Of the plan's moves the first `done` were dealt with by the run itself.
    pub(super) fn look(&mut self, reader: &Reader<'_>, plan: &Plan, done: usize) -> Result<()> {
        let now = reader.version()?;
        if now == self.looked {
            return Ok(());
        }
        let since = changed_since(self.looked, reader)?;
        self.anew |= since.everybody;
        self.changed.extend(since.customers.iter().copied().map(CustomerId::from_uuid));
        let own = &plan.moves[..done.min(plan.moves.len())];
        for id in since.relationships {
            if own.binary_search_by_key(&id, |moved| moved.customer.uuid()).is_ok() {
                continue;
            }
            let before = reader
                .values_at(Relationship::ENTITY, id, self.looked)?
                .and_then(|(values, _)| owner(&values));
            let after = reader.values(Relationship::ENTITY, id)?.and_then(|(values, _)| owner(&values));
            if before != after {
                self.count(plan, before, -1);
                self.count(plan, after, 1);
            }
        }
        self.looked = now;
        Ok(())
    }

    fn count(&mut self, plan: &Plan, position: Option<Uuid>, by: i64) {
        let place =
            plan.takers.iter().position(|taker| Some(taker.position) == position.map(PositionId::from_uuid));
        if let Some(place) = place.and_then(|place| u32::try_from(place).ok()) {
            *self.besides.entry(place).or_insert(0) += by;
        }
    }

    /// A move that is not made: who has the customer keeps it.
    pub(super) fn stays(&mut self, from: Option<u32>, to: u32) {
        if let Some(from) = from {
            *self.besides.entry(from).or_insert(0) += 1;
        }
        *self.besides.entry(to).or_insert(0) -= 1;
    }

    /// Whether somebody would have more than he has room for.
    pub(super) fn is_full(&self, plan: &Plan, to: u32) -> bool {
        let besides = self.besides.get(&to).copied().unwrap_or(0);
        plan.takers.get(to as usize).is_none_or(|taker| {
            taker
                .capacity
                .is_some_and(|capacity| besides > 0 && i64::from(taker.load) + besides > i64::from(capacity))
        })
    }
}

fn owner(values: &[Value]) -> Option<Uuid> {
    match values.get(Relationship::ENTITY.position("owner")?)? {
        Value::Id(owner) => Some(*owner),
        _ => None,
    }
}
