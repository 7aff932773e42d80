//! Weights and season for a plan that is to be made.

use crate::command::{Key, PeriodWeight, UnitWeight};
use crate::error::{CrmError, Result};
use crate::session::Session;
use crate::view::View;
use chrono::{Months, NaiveDate};
use clientela_core::ids::{PartyId, PositionId};
use clientela_core::organisation::{Function, Position, Unit};
use clientela_core::party::{Relationship, Vehicle};
use clientela_core::performance::{Measure, NodeWeight, Speaks, months_between, season_of, weigh};
use clientela_model::identifier::Currency;
use clientela_model::{DateRange, EntityId, Predicate, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// By what a plan is weighed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeighBy {
    /// What was reached in the same days of the year before.
    #[default]
    History,
    /// The vehicles in the fleets of the customers each looks after.
    Potential,
}

/// Weights and season for a plan, as `quota_plan.define` takes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaWeightsOf {
    /// Code of the unit the plan starts from; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// What it is to count.
    pub measure: Measure,
    /// Currency, when money is counted: what was won in others is converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// First day of the plan.
    pub first_day: NaiveDate,
    /// Last day of the plan, less than ten years after the first.
    pub last_day: NaiveDate,
    /// By what it is weighed.
    #[serde(default)]
    pub by: WeighBy,
}

/// Weights and season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuotaWeights {
    /// Units and sellers from the top down, each in percent of those beside it; those for whom nothing speaks are left out and weigh
    /// alike.
    pub weights: Vec<UnitWeight>,
    /// The months of the plan in percent of it; empty where nothing is known of them.
    pub season: Vec<PeriodWeight>,
    /// What it was made of.
    pub why: Why,
}

/// Most days a plan is weighed for: ten years.
const DAYS_MAX: i64 = 3_660;
const YEAR: Months = Months::new(12);

pub(super) fn weights(session: &Session, question: &QuotaWeightsOf) -> Result<QuotaWeights> {
    let (first, last) = (question.first_day, question.last_day);
    DateRange::new(first, Some(last)).map_err(|error| error.at("last_day"))?;
    if question.measure == Measure::MarketShare {
        return Err(refused("measure", "is the same share for all", "ask for what is added up"));
    }
    if (last - first).num_days() > DAYS_MAX {
        return Err(refused(
            "last_day",
            "is more than ten years after the first",
            "ask for at most ten years",
        ));
    }
    session.look(|view| {
        let unit = match &question.unit {
            Some(key) => view.resolve::<Unit>(key)?.record,
            None => view.get::<Unit>(view.actor.unit)?.record,
        };
        let units: Vec<Unit> = view.records(&Predicate::Everything)?;
        let mut sellers: Vec<Position> = view.records(&Predicate::Everything)?;
        sellers.retain(|position| position.function == Function::Seller);
        let periods: Vec<(NaiveDate, NaiveDate)> =
            months_between(first, last).iter().map(|month| (month.first_day, month.last_day)).collect();
        let mut why = Why::new("quota.weights").fact("unit", &unit.code);
        let (spoken, season) = match question.by {
            WeighBy::History => {
                let before = |day: NaiveDate| day.checked_sub_months(YEAR).unwrap_or(day);
                let days = (before(first), before(last));
                why = why.fact("from", days.0).fact("to", days.1);
                let counted = session.counted_in(&view, question.measure, question.currency, days)?;
                let inside = counted.iter().filter(|one| one.is_in(question.currency));
                let spoken: Vec<Speaks> = inside
                    .clone()
                    .map(|one| Speaks { unit: one.unit, owner: one.owner, amount: one.amount })
                    .collect();
                let then: Vec<_> = periods.iter().map(|(from, to)| (before(*from), before(*to))).collect();
                (spoken, season_of(&then, inside.map(|one| (one.day, one.amount))))
            }
            WeighBy::Potential => (fleets(&view)?, None),
        };
        why = why.fact("counted", spoken.len());
        let season = season.unwrap_or_default().into_iter().zip(&periods);
        Ok(QuotaWeights {
            weights: named(&weigh(unit.id, &units, &sellers, &spoken), &units, &sellers),
            season: season
                .map(|(weight, (first, last))| PeriodWeight { first_day: *first, last_day: *last, weight })
                .collect(),
            why,
        })
    })
}

/// The vehicles of the customers that each position looks after.
fn fleets(view: &View<'_>) -> Result<Vec<Speaks>> {
    let mut vehicles: HashMap<PartyId, u64> = HashMap::new();
    for vehicle in view.records::<Vehicle>(&Predicate::Empty("disposed".into()))? {
        *vehicles.entry(vehicle.party).or_default() += 1;
    }
    let customers: Vec<Relationship> = view.records(&Predicate::Empty("merged_into".into()))?;
    let speaks = |one: &Relationship| {
        let amount = Decimal::from(vehicles.get(&one.party).copied()?);
        Some(Speaks { unit: one.unit, owner: one.owner, amount })
    };
    Ok(customers.iter().filter_map(speaks).collect())
}

/// The weights by the keys people use; by id where two positions are called alike.
fn named(weights: &[NodeWeight], units: &[Unit], sellers: &[Position]) -> Vec<UnitWeight> {
    let codes: HashMap<_, &str> = units.iter().map(|unit| (unit.id, unit.code.as_str())).collect();
    let titles: HashMap<PositionId, &str> = sellers.iter().map(|one| (one.id, one.title.as_str())).collect();
    let mut count: HashMap<&str, u32> = HashMap::new();
    sellers.iter().for_each(|one| *count.entry(&one.title).or_default() += 1);
    let of = |one: &NodeWeight| match one.owner {
        None => codes.get(&one.unit).map(|code| (*code).to_owned()),
        Some(owner) => {
            let title = titles.get(&owner).filter(|title| count.get(**title) == Some(&1));
            Some(title.map_or_else(|| owner.uuid().to_string(), |title| (*title).to_owned()))
        }
    };
    weights.iter().filter_map(|one| Some(UnitWeight { of: of(one)?, weight: one.weight })).collect()
}

fn refused(field: &'static str, problem: &str, hint: &'static str) -> crate::Error {
    CrmError::Argument { field, problem: problem.to_owned(), hint }.into()
}
