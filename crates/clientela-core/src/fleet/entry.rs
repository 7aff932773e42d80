//! Entering parts in vehicles, readings, contracts and counts: texts in, checked records out.

use super::records::{ParkLine, VehicleContract, VehiclePart, VehicleReading, VehicleRole};
use crate::findings::{Check, Findings, given};
use crate::ids::{ContactId, ParkLineId, PartyId, VehicleContractId, VehicleReadingId, VehicleRoleId};
use crate::party::Vehicle;
use crate::party::entry::changing::change_of;
use crate::party::entry::{mileage_km, vehicle_category};
use chrono::NaiveDate;
use clientela_model::{ClosedList, DateRange, ValueError};
use serde::{Deserialize, Serialize};

/// A part in a vehicle as a person or an import gives it. Needed are `part` and one of `who`, `contact` and `name`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewVehicleRole {
    /// Which part: a word of [`VehiclePart`](super::VehiclePart).
    pub part: Option<String>,
    /// The party that has it.
    pub who: Option<PartyId>,
    /// The contact that has it.
    pub contact: Option<ContactId>,
    /// Name of whoever has it.
    pub name: Option<String>,
    /// First day; today if not given.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_until: Option<NaiveDate>,
    /// Whether it is had beside those who have that part, such as by drivers in shifts, and not instead of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
}

/// A contract on a vehicle. Needed is `kind`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewVehicleContract {
    /// What it is for: a word of [`VehicleContractKind`](super::VehicleContractKind).
    pub kind: Option<String>,
    /// With whom.
    pub provider: Option<String>,
    /// Its number there.
    pub reference: Option<String>,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_until: Option<NaiveDate>,
    /// Odometer reading at which it ends, in kilometres.
    pub km_limit: Option<i64>,
}

impl NewVehicleContract {
    /// A contract as a person would give it: entered again, it is the same.
    #[must_use]
    pub fn of(contract: &VehicleContract) -> Self {
        Self {
            kind: Some(contract.kind.word().to_owned()),
            provider: contract.provider.clone(),
            reference: contract.reference.clone(),
            valid_from: contract.valid_from,
            valid_until: contract.valid_until,
            km_limit: contract.km_limit,
        }
    }
}

change_of! {
    /// What is to change of a contract, read as in [`NewVehicleContract`].
    VehicleContractChange of NewVehicleContract {
        /// What it is for.
        kind: String,
        /// With whom.
        provider: String,
        /// Its number there.
        reference: String,
        /// First day.
        valid_from: NaiveDate,
        /// Last day.
        valid_until: NaiveDate,
        /// Odometer reading at which it ends, in kilometres.
        km_limit: i64,
    }
}

/// Vehicles of which only the number is known. Needed are `make` and `count`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewParkLine {
    /// Make.
    pub make: Option<String>,
    /// Category of the EU type approval.
    pub category: Option<String>,
    /// How many; none takes the line out of the fleet.
    pub count: Option<u32>,
    /// The day that was known; today if not given.
    pub day: Option<NaiveDate>,
}

/// Gives somebody a part in a vehicle from a day on. The part's holders until then end the day before, unless it is had beside
/// them: a vehicle has one owner, holder and lessor at a time, and may have several who run or drive it. `held` are the vehicle's
/// parts as they stand; the second list is what changes of them.
///
/// # Errors
/// [`Findings`]: `field.missing`, `word.unknown`, `text.*`, `date_range.reversed`, `vehicle_role.overlaps` when the part is held by
/// another from that day or a later one on, `vehicle_role.one_at_a_time`.
pub fn assign_role(
    new: &NewVehicleRole,
    id: VehicleRoleId,
    vehicle: &Vehicle,
    held: &[VehicleRole],
    today: NaiveDate,
) -> Result<(VehicleRole, Vec<VehicleRole>), Findings> {
    let mut check = Check::new("vehicle_role");
    let part = check.needed_word("part", new.part.as_deref());
    let name = check.line("name", new.name.as_deref());
    if new.who.is_none() && new.contact.is_none() && name.is_none() {
        check.refuse("name", crate::findings::missing());
    }
    let valid_from = new.valid_from.unwrap_or(today);
    check.keep("valid_until", DateRange::new(valid_from, new.valid_until));
    if new.beside && !part.is_none_or(VehiclePart::may_be_shared) {
        let (problem, expected) = ("has one at a time", "a driver or operator, or leave it out");
        check.refuse("beside", ValueError::new("vehicle_role.one_at_a_time", "part", problem, expected));
    }
    let same = |other: &&VehicleRole| {
        !new.beside
            && other.vehicle == vehicle.id
            && Some(other.part) == part
            && other.valid_until.is_none_or(|until| valid_from <= until)
            && new.valid_until.is_none_or(|until| other.valid_from <= until)
    };
    let mut ended = Vec::new();
    for other in held.iter().filter(same) {
        match valid_from.pred_opt() {
            Some(before) if other.valid_from < valid_from => {
                ended.push(VehicleRole { valid_until: Some(before), ..other.clone() });
            }
            _ => check.refuse(
                "valid_from",
                ValueError::new(
                    "vehicle_role.overlaps",
                    "first day",
                    "falls in a time in which another has that part",
                    "a day after the other began, or a last day before that",
                ),
            ),
        }
    }
    let role = check.finish(part.map(|part| VehicleRole {
        id,
        party: vehicle.party,
        vehicle: vehicle.id,
        part,
        who: new.who,
        contact: new.contact,
        name,
        valid_from,
        valid_until: new.valid_until,
    }))?;
    Ok((role, ended))
}

/// Ends a part in a vehicle that lasts.
///
/// # Errors
/// [`Findings`]: `date_range.reversed` for a day before it began, `vehicle_role.ended_already` for one after its last day.
pub fn end_role(role: &VehicleRole, day: NaiveDate) -> Result<VehicleRole, Findings> {
    let mut check = Check::new("vehicle_role");
    check.keep("day", DateRange::new(role.valid_from, Some(day)));
    if role.valid_until.is_some_and(|until| until < day) {
        let (problem, expected) = ("is after its last day", "a day not after its last one");
        check.refuse("day", ValueError::new("vehicle_role.ended_already", "day", problem, expected));
    }
    check.finish(Some(VehicleRole { valid_until: Some(day), ..role.clone() }))
}

/// Takes down what an odometer showed on a day. It neither falls nor goes beyond what a later reading shows.
///
/// # Errors
/// [`Findings`]: `vehicle.mileage`, `reading.in_the_future`, `reading.before_registration`, `reading.falls`, `text.*`.
pub fn enter_reading(
    vehicle: &Vehicle,
    (day, km): (NaiveDate, i64),
    source: Option<&str>,
    id: VehicleReadingId,
    known: &[VehicleReading],
    today: NaiveDate,
) -> Result<VehicleReading, Findings> {
    let mut check = Check::new("vehicle_reading");
    if day > today {
        let expected = "today or an earlier day";
        check.refuse("day", ValueError::new("reading.in_the_future", "day", "is in the future", expected));
    }
    if vehicle.first_registration.is_some_and(|registered| day < registered) {
        let expected = "a day not before the first registration";
        let problem = "is before the vehicle was registered";
        check.refuse("day", ValueError::new("reading.before_registration", "day", problem, expected));
    }
    check.keep("km", mileage_km(km));
    let own = || known.iter().filter(|reading| reading.vehicle == vehicle.id);
    let least = own().filter(|reading| reading.day <= day).map(|reading| reading.km).max();
    let most = own().filter(|reading| reading.day >= day).map(|reading| reading.km).min();
    if least.is_some_and(|least| km < least) || most.is_some_and(|most| km > most) {
        let expected = match (least, most) {
            (Some(least), Some(most)) if least <= most => format!("kilometres from {least} to {most}"),
            (Some(least), _) => format!("at least {least} kilometres"),
            (None, most) => format!("at most {} kilometres", most.unwrap_or_default()),
        };
        let problem = "does not fit the readings before and after it";
        check.refuse("km", ValueError::new("reading.falls", "mileage", problem, expected));
    }
    let source = check.line("source", source);
    check.finish(Some(VehicleReading { id, party: vehicle.party, vehicle: vehicle.id, day, km, source }))
}

/// Checks a contract on a vehicle.
///
/// # Errors
/// [`Findings`]: `field.missing`, `word.unknown`, `text.*`, `date_range.reversed`, `vehicle.mileage`.
pub fn enter_contract(
    new: &NewVehicleContract,
    id: VehicleContractId,
    vehicle: &Vehicle,
) -> Result<VehicleContract, Findings> {
    let mut check = Check::new("vehicle_contract");
    let kind = check.needed_word("kind", new.kind.as_deref());
    let provider = check.line("provider", new.provider.as_deref());
    let reference = check.line("reference", new.reference.as_deref());
    if let Some(from) = new.valid_from {
        check.keep("valid_until", DateRange::new(from, new.valid_until));
    }
    let km_limit = new.km_limit.and_then(|km| check.keep("km_limit", mileage_km(km)));
    check.finish(kind.map(|kind| VehicleContract {
        id,
        party: vehicle.party,
        vehicle: vehicle.id,
        kind,
        provider,
        reference,
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        km_limit,
    }))
}

/// Applies a change to a contract.
///
/// # Errors
/// [`Findings`], as [`enter_contract`].
pub fn change_contract(
    contract: &VehicleContract,
    change: &VehicleContractChange,
    vehicle: &Vehicle,
) -> Result<VehicleContract, Findings> {
    enter_contract(&change.over(NewVehicleContract::of(contract)), contract.id, vehicle)
}

/// Ends a contract before its time: a last day that comes earlier than the one agreed.
///
/// # Errors
/// [`Findings`]: `date_range.reversed` for a day before it begins, `contract.ended_already` for one after its last day.
pub fn end_contract(contract: &VehicleContract, day: NaiveDate) -> Result<VehicleContract, Findings> {
    let mut check = Check::new("vehicle_contract");
    if let Some(from) = contract.valid_from {
        check.keep("day", DateRange::new(from, Some(day)));
    }
    if contract.valid_until.is_some_and(|until| until < day) {
        let (problem, expected) = ("is after its last day", "a day not after its last one");
        check.refuse("day", ValueError::new("contract.ended_already", "day", problem, expected));
    }
    check.finish(Some(VehicleContract { valid_until: Some(day), ..contract.clone() }))
}

/// Sets how many vehicles of a make, and of a category of it, a fleet has: the line that is there is changed, else one is
/// made.
///
/// # Errors
/// [`Findings`]: `field.missing`, `vehicle.category`, `text.*`, `park_line.in_the_future`.
pub fn set_park_line(
    new: &NewParkLine,
    id: ParkLineId,
    party: PartyId,
    known: &[ParkLine],
    today: NaiveDate,
) -> Result<ParkLine, Findings> {
    let mut check = Check::new("park_line");
    let make = check.needed_line("make", new.make.as_deref());
    let category =
        given(new.category.as_deref()).and_then(|text| check.keep("category", vehicle_category(text)));
    let count = check.needed("count", new.count.is_some(), new.count);
    let day = new.day.unwrap_or(today);
    if day > today {
        let expected = "today or an earlier day";
        check.refuse("day", ValueError::new("park_line.in_the_future", "day", "is in the future", expected));
    }
    let (make, count) = check.finish(make.zip(count))?;
    let same = |line: &&ParkLine| {
        line.party == party && line.category == category && line.make.to_lowercase() == make.to_lowercase()
    };
    Ok(match known.iter().find(same) {
        Some(line) => ParkLine { count, day, ..line.clone() },
        None => ParkLine { id, party, make, category, count, day },
    })
}
