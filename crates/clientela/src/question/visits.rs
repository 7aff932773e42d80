//! The question which visits are due.

use crate::command::{Key, of_owner};
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::ids::{CustomerId, UnitId};
use clientela_core::organisation::{Position, Unit};
use clientela_core::party::{Activity, ActivityKind, ActivityState, Customer};
use clientela_core::planning::{DueVisit, VisitFrequency, VisitedCustomer, due_visits, frequency_of};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Field, Predicate};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Visits that are due.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitsDue {
    /// Title of the position whose customers are looked at; all that may be seen when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// By which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// At most so many; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A visit that is due, with its customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DueVisitLine {
    /// Number of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Its name.
    pub name: String,
    /// The visit.
    #[serde(flatten)]
    pub visit: DueVisit,
}

pub(super) fn due(session: &Session, question: &VisitsDue) -> Result<Vec<DueVisitLine>> {
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let asked = match &question.position {
            Some(key) => of_owner(view.resolve::<Position>(key)?.record.id),
            None => Predicate::Everything,
        };
        let customers: Vec<Customer> = view.records(&asked)?;
        let visits: Vec<Activity> =
            view.records(&Predicate::equals("kind", ActivityKind::Visit.to_value()))?;
        let mut found = due_of(session, &view, &customers, &visits, day)?;
        found.truncate(question.limit.unwrap_or(usize::MAX));
        let by_id: HashMap<CustomerId, &Customer> = customers.iter().map(|one| (one.id, one)).collect();
        let line = |visit: DueVisit| {
            let customer = by_id.get(&visit.customer)?;
            Some(DueVisitLine { number: customer.number.clone(), name: customer.name.clone(), visit })
        };
        Ok(found.into_iter().filter_map(line).collect())
    })
}

/// The visits of customers that are due on a day.
pub(super) fn due_of(
    session: &Session,
    view: &View<'_>,
    customers: &[Customer],
    activities: &[Activity],
    day: NaiveDate,
) -> Result<Vec<DueVisit>> {
    let rules: Vec<VisitFrequency> = view.records(&Predicate::Everything)?;
    let units: Vec<Unit> = view.records(&Predicate::Everything)?;
    let above: HashMap<UnitId, Option<UnitId>> = units.iter().map(|unit| (unit.id, unit.parent)).collect();
    let mut days: HashMap<CustomerId, (Option<NaiveDate>, Option<NaiveDate>)> = HashMap::new();
    for visit in activities.iter().filter(|one| one.kind == ActivityKind::Visit) {
        let (last, planned) = days.entry(visit.customer).or_default();
        let on = |at: Option<_>| at.map(|at| session.day_of(at));
        match visit.state {
            ActivityState::Reported => *last = (*last).max(on(visit.done_at)),
            ActivityState::Planned => *planned = (*planned).max(on(visit.planned_at)),
            ActivityState::Cancelled => {}
        }
    }
    let mut chains: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
    let visited: Vec<VisitedCustomer> = customers
        .iter()
        .filter_map(|customer| {
            let chain = chains.entry(customer.unit).or_insert_with(|| {
                let parent = |unit: &UnitId| above.get(unit).copied().flatten();
                std::iter::successors(Some(customer.unit), parent).take(TREE_DEPTH_MAX).collect()
            });
            let rule = frequency_of(&rules, chain, customer.size, customer.status)?;
            let (last_visit, planned) = days.get(&customer.id).copied().unwrap_or_default();
            let visits_a_year = rule.visits_a_year;
            Some(VisitedCustomer {
                customer: customer.id,
                since: customer.since,
                last_visit,
                planned,
                visits_a_year,
            })
        })
        .collect();
    Ok(due_visits(&visited, day))
}
