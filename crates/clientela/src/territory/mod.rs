//! A territory model applied to the customers of a session: what the assignment of the core is asked with, each table read once.
//!
//! | file | what |
//! | --- | --- |
//! | `versions` | the version that is named, its rules, and whom they name |
//! | `sellers` | the positions that may be given customers, with skills, capacity, leave and load |
//! | `reach` | which customers and positions a session's run is over |
//! | `decided` | the run: who gets which customer, and what stays |
//! | `held` | what keeps customers where they are when others are re-balanced |
//! | `handing` | planned before the lock, written in pieces |
//! | `rebalanced` | the fewest moves so that nobody has too much |
//!
//! A run is over the customers the session may change and the positions it may give customers to, so it tells nothing of
//! others; what those positions have besides takes room.

mod decided;
mod handing;
mod held;
mod reach;
mod rebalanced;
mod sellers;
mod versions;

pub use reach::CustomersAmong;
pub use rebalanced::{Circle, Evenness};

pub(crate) use decided::Decided;
pub(crate) use handing::Handing;
pub(crate) use held::Held;
pub(crate) use reach::Chosen;
pub(crate) use sellers::Sellers;
pub(crate) use versions::{
    NamedTargets, check_condition, in_force, looked_up, rules_of, scored, versions_of,
};

use crate::error::Result;
use crate::mirror::{CustomerSeat, Snapshot};
use crate::rules::{CheckedRule, RuleCache, RuleRun, RuleSubject, holding_for_customers, vocabulary};
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::assignment::{Candidate, ScoredRule, Subject, Terms, TerritoryModel, TerritoryRule};
use clientela_core::ids::{PositionId, UnitId};
use clientela_model::EntityId;
use reach::Reach;
use std::collections::HashMap;

/// A version of a model, with the customers and positions a session's run is over.
pub(crate) struct Territory {
    pub(crate) model: TerritoryModel,
    pub(crate) rules: Vec<TerritoryRule>,
    pub(crate) scored: Vec<ScoredRule>,
    pub(crate) candidates: Vec<Candidate>,
    /// The customers, by id, in the order of the subjects.
    pub(crate) customers: Vec<CustomerSeat>,
    pub(crate) subjects: Vec<Subject>,
    sellers: Sellers,
}

/// The rules of a version, compiled.
pub(crate) fn compiled(
    view: &View<'_>,
    rules: &[TerritoryRule],
    cache: &RuleCache,
) -> Result<Vec<CheckedRule>> {
    let vocabulary = vocabulary(view.reader)?;
    let compiled = |rule: &TerritoryRule| cache.compiled_with(&vocabulary, &rule.rule, RuleSubject::Customer);
    rules.iter().map(|rule| Ok(compiled(rule)?)).collect()
}

impl Territory {
    /// Reads what a run needs. Rules are asked of all customers at once.
    ///
    /// # Errors
    /// `record.not_found` for what is named; `rule.invalid` for a rule that no longer fits the declarations.
    pub(crate) fn read(
        view: &View<'_>,
        snapshot: &Snapshot,
        cache: &RuleCache,
        (model, among): (TerritoryModel, &CustomersAmong),
        today: NaiveDate,
    ) -> Result<Self> {
        let chosen = among.chosen(view, snapshot, cache, today)?;
        Self::of_chosen(view, snapshot, cache, (model, &chosen), today)
    }

    /// The same for customers that have been looked up.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn of_chosen(
        view: &View<'_>,
        snapshot: &Snapshot,
        cache: &RuleCache,
        (model, chosen): (TerritoryModel, &Chosen),
        today: NaiveDate,
    ) -> Result<Self> {
        let rules = versions::rules_of(view, &model)?;
        let mut sellers = Sellers::read(view, today)?;
        let mut reach = Reach::new(view, chosen);
        sellers.keep(|tree, position, unit| reach.holds(tree, position, unit));
        let asked = compiled(view, &rules, cache)?;
        let mut held = holding_for_customers(view, snapshot, &asked, today, RuleRun::default())?;
        held.retain(|(seat, _)| reach.among(seat) && reach.holds(&sellers.tree, seat.owner, seat.unit));
        let mut candidates = sellers.candidates(snapshot);
        let mut subjects = Vec::with_capacity(held.len());
        for (seat, holds) in &held {
            let owner = sellers.place(seat.owner);
            if let Some(candidate) = owner.and_then(|owner| candidates.get_mut(owner as usize)) {
                candidate.outside = candidate.outside.saturating_sub(1);
            }
            subjects.push(Subject { id: seat.id.uuid(), owner, holds: *holds });
        }
        let scored = versions::scored(&rules, &sellers.known)?;
        let customers = held.into_iter().map(|(seat, _)| seat).collect();
        Ok(Self { model, rules, scored, candidates, customers, subjects, sellers })
    }

    /// What the run goes by. Customers that nobody gets stay with their owners.
    pub(crate) fn terms(&self) -> Terms {
        // The bits of the number, whatever its sign.
        let seed = u64::from_ne_bytes(self.model.seed.to_ne_bytes());
        Terms { seed, passing_score: self.model.passing_score, stay: true }
    }

    /// The place of a customer among those of the run.
    pub(crate) fn place(&self, customer: clientela_core::ids::CustomerId) -> Option<usize> {
        self.customers.binary_search_by_key(&customer, |seat| seat.id).ok()
    }

    /// The unit of a candidate.
    pub(crate) fn unit(&self, candidate: u32) -> Option<UnitId> {
        self.sellers.units.get(candidate as usize).copied()
    }

    /// The dealer of a unit.
    pub(crate) fn dealer_of(&self, unit: UnitId) -> UnitId {
        self.sellers.tree.dealer_of(unit)
    }

    /// What positions are called.
    pub(crate) fn titles(&self) -> &HashMap<PositionId, String> {
        &self.sellers.titles
    }

    /// What each candidate has before the run.
    pub(crate) fn loads(&self) -> Vec<u32> {
        let mut loads: Vec<u32> = self.candidates.iter().map(|candidate| candidate.outside).collect();
        for owner in self.subjects.iter().filter_map(|subject| subject.owner) {
            if let Some(load) = loads.get_mut(owner as usize) {
                *load += 1;
            }
        }
        loads
    }
}
