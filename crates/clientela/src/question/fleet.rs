//! Questions on fleets: of one customer, or of all that may be seen.

use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use crate::setting;
use crate::view::View;
use chrono::{Months, NaiveDate};
use clientela_core::fleet::{
    self, FleetProfile, ParkLine, Replacement, ReplacementPolicy, Rhythm, VehicleContract, VehicleReading,
};
use clientela_core::ids::{CustomerId, PartyId};
use clientela_core::party::{Customer, Vehicle};
use clientela_model::{EntityId, Predicate, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How far a forecast looks when nothing else is said.
const FORECAST_MONTHS: u32 = 24;

/// Age, makes, categories and emission classes of a fleet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FleetProfileOf {
    /// The customer; all that may be seen when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// On which day; today when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Makes that are ours; those of the setting `fleet.our_makes` when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub our_makes: Option<Vec<String>>,
}

/// How often a customer buys vehicles, and when the next purchase is likely.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetRhythmOf {
    /// The customer.
    pub customer: Key,
    /// On which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// Which vehicles are to be replaced when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FleetReplacementsOf {
    /// The customer; all that may be seen when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Seen from which day; today when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Until which day; two years on when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Thresholds; those of the setting `fleet.replacement` when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<ReplacementPolicy>,
}

/// A vehicle to be replaced, with the customer to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacementLine {
    /// The customer.
    pub customer: CustomerId,
    /// Customer number.
    pub number: Option<String>,
    /// The vehicle, the month and the reason.
    #[serde(flatten)]
    pub replacement: Replacement,
}

pub(super) fn profile(session: &Session, question: &FleetProfileOf) -> Result<FleetProfile> {
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let of = of(&view, question.customer.as_deref())?;
        let our_makes = match &question.our_makes {
            Some(makes) => makes.clone(),
            None => setting::of(&view, setting::OUR_MAKES)?,
        };
        let vehicles: Vec<Vehicle> = view.records(&of)?;
        let park: Vec<ParkLine> = view.records(&of)?;
        Ok(fleet::profile(&vehicles, &park, &our_makes, day))
    })
}

pub(super) fn rhythm(session: &Session, question: &FleetRhythmOf) -> Result<Rhythm> {
    let day = question.day.unwrap_or_else(|| session.today());
    session.look(|view| {
        let of = of(&view, Some(&question.customer))?;
        let vehicles: Vec<Vehicle> = view.records(&of)?;
        Ok(fleet::rhythm(&vehicles, day))
    })
}

pub(super) fn replacements(
    session: &Session,
    question: &FleetReplacementsOf,
) -> Result<Vec<ReplacementLine>> {
    let day = question.day.unwrap_or_else(|| session.today());
    let until =
        question.until.or_else(|| day.checked_add_months(Months::new(FORECAST_MONTHS))).unwrap_or(day);
    session.look(|view| {
        let of = of(&view, question.customer.as_deref())?;
        let policy = match &question.policy {
            Some(policy) => policy.clone(),
            None => setting::of(&view, setting::REPLACEMENT)?,
        };
        let vehicles: Vec<Vehicle> = view.records(&of)?;
        let readings: Vec<VehicleReading> = view.records(&of)?;
        let contracts: Vec<VehicleContract> = view.records(&of)?;
        // By the first of a party's customers that may be seen: in one dealership there is one.
        let mut customers: HashMap<PartyId, (CustomerId, Option<String>)> = HashMap::new();
        for customer in view.records::<Customer>(&of)? {
            customers.entry(customer.party).or_insert((customer.id, customer.number));
        }
        let found = fleet::replacements(&vehicles, &readings, &contracts, &policy, day, until);
        let line = |replacement: Replacement| {
            let (customer, number) = customers.get(&replacement.party)?.clone();
            Some(ReplacementLine { customer, number, replacement })
        };
        Ok(found.into_iter().filter_map(line).collect())
    })
}

/// The condition on what belongs to a customer's party, or to any.
fn of(view: &View<'_>, customer: Option<&str>) -> Result<Predicate> {
    Ok(match customer {
        Some(key) => {
            let party = view.resolve::<Customer>(key)?.record.party;
            Predicate::equals("party", Value::Id(party.uuid()))
        }
        None => Predicate::Everything,
    })
}
