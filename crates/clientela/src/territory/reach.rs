//! Over which customers and positions a run goes.

use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::mirror::{CustomerSeat, Snapshot};
use crate::rules::{RuleCache, RuleRun, RuleSubject, Told, told_of_customers};
use crate::view::{LIST_MAX, View};
use chrono::NaiveDate;
use clientela_core::ids::{CustomerId, PositionId, UnitId};
use clientela_core::organisation::{Actor, Unit, UnitTree, Verb};
use clientela_core::party::{Customer, Relationship};
use clientela_model::{EntityId, Record};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Which customers are looked at: all that may be changed when nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomersAmong {
    /// Only those of this unit and the units below it, and only among its positions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// Only those for which this rule holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Only these, at most 1,000.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<Key>,
}

/// What a session's run is over.
pub(super) struct Reach<'v> {
    view: View<'v>,
    /// The actor without what is shared with him: what is shared is not handed on.
    own: Actor,
    verb: Verb,
    unit: Option<UnitId>,
    chosen: Option<HashSet<CustomerId>>,
    condition: Option<HashSet<CustomerId>>,
    known: HashMap<(PositionId, UnitId), bool>,
}

impl<'v> Reach<'v> {
    pub(super) fn new(
        view: &View<'v>,
        snapshot: &Snapshot,
        cache: &RuleCache,
        among: &CustomersAmong,
        today: NaiveDate,
    ) -> Result<Self> {
        if among.customers.len() > LIST_MAX {
            return Err(CrmError::Argument {
                field: "among.customers",
                problem: format!("names {} customers", among.customers.len()),
                hint: "name at most 1000, or give a condition",
            }
            .into());
        }
        let unit = among.unit.as_ref().map(|key| view.resolve::<Unit>(key)).transpose()?;
        let mut chosen = None;
        if !among.customers.is_empty() {
            let found = among.customers.iter().map(|key| Ok(view.resolve::<Customer>(key)?.record.id));
            chosen = Some(found.collect::<Result<_>>()?);
        }
        let mut condition = None;
        if let Some(text) = &among.condition {
            let rule = cache.compiled(view.reader, text, RuleSubject::Customer)?;
            let told = told_of_customers(view, snapshot, &rule, today, RuleRun::default())?;
            let holding = told.into_iter().filter(|(_, told)| *told == Told::Yes);
            condition = Some(holding.map(|(id, _)| CustomerId::from_uuid(id)).collect());
        }
        let own = view.actor.by_grants();
        // Who changes no customers plans over those he sees.
        let changes = own.scope(Verb::Change, Relationship::ENTITY.name).is_some();
        let verb = if changes { Verb::Change } else { Verb::Read };
        let unit = unit.map(|unit| unit.record.id);
        Ok(Self { view: *view, own, verb, unit, chosen, condition, known: HashMap::new() })
    }

    /// Whether customers of a position in a unit are among those of the run.
    pub(super) fn holds(&mut self, tree: &UnitTree, owner: PositionId, unit: UnitId) -> bool {
        if self.unit.is_some_and(|above| !tree.lies_in(unit, above)) {
            return false;
        }
        let view = View { actor: &self.own, ..self.view };
        let verb = self.verb;
        *self
            .known
            .entry((owner, unit))
            .or_insert_with(|| view.can_of_owner(verb, Relationship::ENTITY, owner, unit).allowed)
    }

    /// Whether a customer is among those that are asked for.
    pub(super) fn among(&self, seat: &CustomerSeat) -> bool {
        let has = |set: &Option<HashSet<CustomerId>>| set.as_ref().is_none_or(|set| set.contains(&seat.id));
        has(&self.chosen) && has(&self.condition)
    }
}
