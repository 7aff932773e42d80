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
use std::collections::{BTreeSet, HashMap};

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

/// Which customers were meant: looked up once, and kept by a run in place of the words, which may name somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Chosen {
    /// Only those of this unit and the units below it, and only among its positions.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    /// Only these, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    customers: Option<Vec<CustomerId>>,
}

impl CustomersAmong {
    /// Looks up whom it means.
    ///
    /// # Errors
    /// `argument.invalid` for more than 1,000 names; `record.not_found`; `rule.invalid` for the condition.
    pub(crate) fn chosen(
        &self,
        view: &View<'_>,
        snapshot: &Snapshot,
        cache: &RuleCache,
        today: NaiveDate,
    ) -> Result<Chosen> {
        if self.customers.len() > LIST_MAX {
            return Err(CrmError::Argument {
                field: "among.customers",
                problem: format!("names {} customers", self.customers.len()),
                hint: "name at most 1000, or give a condition",
            }
            .into());
        }
        let unit = self.unit.as_ref().map(|key| view.resolve::<Unit>(key)).transpose()?;
        let mut customers: Option<BTreeSet<CustomerId>> = None;
        if !self.customers.is_empty() {
            let found = self.customers.iter().map(|key| Ok(view.resolve::<Customer>(key)?.record.id));
            customers = Some(found.collect::<Result<_>>()?);
        }
        if let Some(text) = &self.condition {
            let rule = cache.compiled(view.reader, text, RuleSubject::Customer)?;
            let told = told_of_customers(view, snapshot, &rule, today, RuleRun::default())?;
            let holding = told.into_iter().filter(|(_, told)| *told == Told::Yes);
            let holding = holding.map(|(id, _)| CustomerId::from_uuid(id));
            let named = |id: &CustomerId| customers.as_ref().is_none_or(|named| named.contains(id));
            customers = Some(holding.filter(named).collect());
        }
        let customers = customers.map(|customers| customers.into_iter().collect());
        Ok(Chosen { unit: unit.map(|unit| unit.record.id), customers })
    }
}

/// What a session's run is over.
pub(super) struct Reach<'v> {
    view: View<'v>,
    /// The actor without what is shared with him: what is shared is not handed on.
    own: Actor,
    verb: Verb,
    chosen: &'v Chosen,
    known: HashMap<(PositionId, UnitId), bool>,
}

impl<'v> Reach<'v> {
    pub(super) fn new(view: &View<'v>, chosen: &'v Chosen) -> Self {
        let own = view.actor.by_grants();
        // Who changes no customers plans over those he sees.
        let changes = own.scope(Verb::Change, Relationship::ENTITY.name).is_some();
        let verb = if changes { Verb::Change } else { Verb::Read };
        Self { view: *view, own, verb, chosen, known: HashMap::new() }
    }

    /// Whether customers of a position in a unit are among those of the run.
    pub(super) fn holds(&mut self, tree: &UnitTree, owner: PositionId, unit: UnitId) -> bool {
        if self.chosen.unit.is_some_and(|above| !tree.lies_in(unit, above)) {
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
        self.chosen.customers.as_ref().is_none_or(|chosen| chosen.binary_search(&seat.id).is_ok())
    }
}
