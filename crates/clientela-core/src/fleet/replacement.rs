//! When vehicles are to be replaced: by age, by mileage, by the end of a lease.

use super::mileage::{Mileage, mileage};
use super::months::{Month, months_after};
use super::profile::stands;
use super::records::{VehicleContract, VehicleContractKind, VehicleReading};
use crate::ids::{PartyId, VehicleId};
use crate::party::Vehicle;
use chrono::NaiveDate;
use clientela_model::Why;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// At which age or mileage a vehicle of a use is replaced. What is not given does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Age in months since the first registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Odometer reading in kilometres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub km: Option<i64>,
}

/// The thresholds of an installation: the document of the setting `fleet.replacement`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplacementPolicy {
    /// By use, as vehicles name it.
    #[serde(default)]
    pub uses: BTreeMap<String, Threshold>,
    /// By category of the EU type approval, for vehicles without a use that is listed.
    #[serde(default)]
    pub categories: BTreeMap<String, Threshold>,
    /// For all others.
    #[serde(default)]
    pub otherwise: Threshold,
}

impl Default for ReplacementPolicy {
    /// What is usual in Europe: tractors of long haulage after five years or 600,000 km, distribution after eight years or
    /// 500,000 km, construction after eight years or 400,000 km, vans after six years or 200,000 km. To be set by whoever knows
    /// his customers better.
    fn default() -> Self {
        let at = |months, km| Threshold { months: Some(months), km: Some(km) };
        let named = |lines: &[(&str, Threshold)]| {
            lines.iter().map(|(name, threshold)| ((*name).to_owned(), threshold.clone())).collect()
        };
        Self {
            uses: named(&[
                ("long_haul", at(60, 600_000)),
                ("distribution", at(96, 500_000)),
                ("construction", at(96, 400_000)),
            ]),
            categories: named(&[("N1", at(72, 200_000))]),
            otherwise: at(96, 700_000),
        }
    }
}

impl ReplacementPolicy {
    /// The threshold of a vehicle, and by what it was found.
    #[must_use]
    pub fn of(&self, vehicle: &Vehicle) -> (&Threshold, &'static str) {
        let by_use =
            vehicle.usage.as_deref().and_then(|usage| self.uses.get(usage)).map(|found| (found, "usage"));
        let by_category = || {
            let category = vehicle.category.as_deref()?;
            self.categories.get(category).map(|found| (found, "category"))
        };
        by_use.or_else(by_category).unwrap_or((&self.otherwise, "otherwise"))
    }
}

/// A vehicle that is to be replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Whose fleet it stands in.
    pub party: PartyId,
    /// Its make.
    pub make: String,
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The day a threshold is reached.
    pub day: NaiveDate,
    /// Its month, or the current one when it is past.
    pub month: Month,
    /// Whether that day is past.
    pub overdue: bool,
    /// What it runs in a year, in kilometres, when readings tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub km_per_year: Option<rust_decimal::Decimal>,
    /// What comes first: `fleet.age`, `fleet.mileage` or `fleet.lease_ends`; beneath it the others.
    pub why: Why,
}

/// The vehicles that stand in their fleets on `day` and reach a threshold by `until`, by day and id. A vehicle of which neither age nor
/// mileage is known is not told of. Readings and contracts may be of any vehicles, in any order.
#[must_use]
pub fn replacements(
    vehicles: &[Vehicle],
    readings: &[VehicleReading],
    contracts: &[VehicleContract],
    policy: &ReplacementPolicy,
    day: NaiveDate,
    until: NaiveDate,
) -> Vec<Replacement> {
    let mut read: HashMap<VehicleId, Vec<&VehicleReading>> = HashMap::new();
    for reading in readings {
        read.entry(reading.vehicle).or_default().push(reading);
    }
    let mut leased: HashMap<VehicleId, Vec<&VehicleContract>> = HashMap::new();
    for contract in contracts.iter().filter(|contract| contract.kind == VehicleContractKind::Lease) {
        leased.entry(contract.vehicle).or_default().push(contract);
    }
    let none = Vec::new();
    let mut found: Vec<Replacement> = vehicles
        .iter()
        .filter(|vehicle| stands(vehicle, day))
        .filter_map(|vehicle| {
            let own = read.get(&vehicle.id).unwrap_or(&none);
            let known = mileage(vehicle, own.iter().copied(), day);
            let leases = leased.get(&vehicle.id).map_or(&[][..], Vec::as_slice);
            replacement(vehicle, known, leases, policy, day)
        })
        .filter(|replacement| replacement.day <= until)
        .collect();
    found.sort_by_key(|replacement| (replacement.day, replacement.vehicle));
    found
}

fn replacement(
    vehicle: &Vehicle,
    known: Option<Mileage>,
    leases: &[&VehicleContract],
    policy: &ReplacementPolicy,
    day: NaiveDate,
) -> Option<Replacement> {
    let (threshold, by) = policy.of(vehicle);
    let mut reasons: Vec<(NaiveDate, Why)> = Vec::new();
    if let (Some(registered), Some(months)) = (vehicle.first_registration, threshold.months)
        && let Some(at) = months_after(registered, months)
    {
        let why = Why::new("fleet.age").fact("day", at).fact("first_registration", registered);
        reasons.push((at, why.fact("months", months).fact("threshold_by", by)));
    }
    if let (Some(known), Some(km)) = (known, threshold.km)
        && let Some(at) = known.day_of(km)
    {
        let why = Why::new("fleet.mileage").fact("day", at).fact("km", km).fact("threshold_by", by);
        let why = why.fact("last_reading_km", known.km).fact("last_reading", known.day);
        reasons.push((at, why.fact("km_per_year", known.km_per_year()).fact("readings", known.readings)));
    }
    // Of several leases one after another, the last one ends the vehicle's stay.
    let lease =
        leases.iter().filter_map(|lease| Some((lease.valid_until?, lease))).max_by_key(|(end, _)| *end);
    if let Some((end, lease)) = lease {
        let limit = lease.km_limit.zip(known).and_then(|(km, known)| known.day_of(km));
        let at = limit.map_or(end, |limit| limit.min(end));
        let why = Why::new("fleet.lease_ends").fact("day", at).fact("contract", lease.id).fact("ends", end);
        reasons.push((at, lease.km_limit.into_iter().fold(why, |why, km| why.fact("km_limit", km))));
    }
    reasons.sort_by_key(|(at, _)| *at);
    let mut reasons = reasons.into_iter();
    let (at, first) = reasons.next()?;
    Some(Replacement {
        vehicle: vehicle.id,
        party: vehicle.party,
        make: vehicle.make.clone(),
        model: vehicle.model.clone(),
        day: at,
        month: Month::of(at.max(day)),
        overdue: at < day,
        km_per_year: known.map(|known| known.km_per_year()),
        why: reasons.fold(first, |why, (_, other)| why.because(other)),
    })
}
