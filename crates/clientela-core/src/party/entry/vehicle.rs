//! Entering a vehicle of a fleet.

use super::changing::change_of;
use crate::findings::{Check, Findings, given};
use crate::ids::{PartyId, VehicleId};
use crate::party::{Ownership, Vehicle};
use chrono::NaiveDate;
use clientela_model::identifier::Vin;
use clientela_model::{ClosedList, ValueError};
use serde::{Deserialize, Serialize};

/// Categories of the EU type approval (Regulation (EU) 2018/858, article 4): persons, goods, trailers.
pub const VEHICLE_CATEGORIES: [&str; 10] = ["M1", "M2", "M3", "N1", "N2", "N3", "O1", "O2", "O3", "O4"];
/// The highest emission class, Euro VII.
pub const EURO_CLASS_MAX: u16 = 7;
/// The highest odometer reading that is believed, in kilometres.
pub const MILEAGE_KM_MAX: i64 = 9_999_999;

/// A vehicle as a person or an import gives it. Needed is `make`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewVehicle {
    /// Vehicle identification number.
    pub vin: Option<String>,
    /// Registration plate.
    pub plate: Option<String>,
    /// Make.
    pub make: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// One of [`VEHICLE_CATEGORIES`].
    pub category: Option<String>,
    /// Body.
    pub body: Option<String>,
    /// Emission class, 1 to 7 for Euro I to Euro VII.
    pub euro_class: Option<u16>,
    /// Day of first registration.
    pub first_registration: Option<NaiveDate>,
    /// Odometer reading in kilometres.
    pub mileage_km: Option<i64>,
    /// How it is held: a word of [`Ownership`]; owned if not given.
    pub ownership: Option<String>,
    /// Day it joined the fleet.
    pub acquired: Option<NaiveDate>,
    /// Day it left the fleet.
    pub disposed: Option<NaiveDate>,
    /// What it is used for, in the words of the replacement thresholds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Why it left the fleet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposal_reason: Option<String>,
}

impl NewVehicle {
    /// A vehicle as a person would give it: entered again, it is the same.
    #[must_use]
    pub fn of(vehicle: &Vehicle) -> Self {
        Self {
            vin: vehicle.vin.as_ref().map(|vin| vin.as_str().to_owned()),
            plate: vehicle.plate.clone(),
            make: Some(vehicle.make.clone()),
            model: vehicle.model.clone(),
            category: vehicle.category.clone(),
            body: vehicle.body.clone(),
            euro_class: vehicle.euro_class,
            first_registration: vehicle.first_registration,
            mileage_km: vehicle.mileage_km,
            ownership: Some(vehicle.ownership.word().to_owned()),
            acquired: vehicle.acquired,
            disposed: vehicle.disposed,
            usage: vehicle.usage.clone(),
            disposal_reason: vehicle.disposal_reason.clone(),
        }
    }
}

/// Checks a vehicle of a party's fleet.
///
/// # Errors
/// [`Findings`], in the order of the fields: `field.missing`, `word.unknown`, `text.*`, `vehicle.category`,
/// `vehicle.euro_class`, `vehicle.mileage`, `vehicle.disposed_before_registered`, `vehicle.disposed_before_acquired` and
/// the codes of the VIN.
pub fn enter_vehicle(new: &NewVehicle, id: VehicleId, party: PartyId) -> Result<Vehicle, Findings> {
    let mut check = Check::new("vehicle");
    let vin = given(new.vin.as_deref()).and_then(|text| check.keep("vin", Vin::parse(text)));
    let plate = check.line("plate", new.plate.as_deref());
    let make = check.needed_line("make", new.make.as_deref());
    let model = check.line("model", new.model.as_deref());
    let category = given(new.category.as_deref()).and_then(|text| check.keep("category", category(text)));
    let body = check.line("body", new.body.as_deref());
    let euro_class = new.euro_class.and_then(|class| check.keep("euro_class", euro_class(class)));
    let mileage_km = new.mileage_km.and_then(|mileage| check.keep("mileage_km", mileage_km(mileage)));
    let usage = check.line("usage", new.usage.as_deref());
    let disposal_reason = check.line("disposal_reason", new.disposal_reason.as_deref());
    let ownership = check.word("ownership", new.ownership.as_deref());
    if let Some(disposed) = new.disposed {
        check_disposal(&mut check, disposed, new.first_registration, new.acquired);
    }
    check.finish(make.map(|make| Vehicle {
        id,
        party,
        vin,
        plate,
        make,
        model,
        category,
        body,
        euro_class,
        first_registration: new.first_registration,
        mileage_km,
        ownership: ownership.unwrap_or(Ownership::Owned),
        acquired: new.acquired,
        disposed: new.disposed,
        disposal_reason,
        usage,
    }))
}

change_of! {
    /// What is to change of a vehicle, read as in [`NewVehicle`]. Its mileage is what was read on its odometer, and is read
    /// anew instead.
    VehicleChange of NewVehicle {
        /// Vehicle identification number.
        vin: String,
        /// Registration plate.
        plate: String,
        /// Make.
        make: String,
        /// Model.
        model: String,
        /// Category of the EU type approval.
        category: String,
        /// Body.
        body: String,
        /// Emission class, 1 to 7 for Euro I to Euro VII.
        euro_class: u16,
        /// Day of first registration.
        first_registration: NaiveDate,
        /// How it is held.
        ownership: String,
        /// Day it joined the fleet.
        acquired: NaiveDate,
        /// Day it left the fleet; emptied, it never left.
        disposed: NaiveDate,
        /// What it is used for.
        usage: String,
        /// Why it left the fleet.
        disposal_reason: String,
    }
}

/// Applies a change to a vehicle. One that never left the fleet has no reason for leaving it.
///
/// # Errors
/// [`Findings`], as [`enter_vehicle`], and `vehicle.disposed_in_the_future`.
pub fn change_vehicle(
    vehicle: &Vehicle,
    change: &VehicleChange,
    today: NaiveDate,
) -> Result<Vehicle, Findings> {
    let mut given = change.over(NewVehicle::of(vehicle));
    if given.disposed.is_none() {
        given.disposal_reason = None;
    }
    let mut check = Check::new("vehicle");
    if vehicle.disposed != given.disposed
        && let Some(day) = given.disposed
    {
        check_not_to_come(&mut check, day, today);
    }
    check.finish(Some(()))?;
    enter_vehicle(&given, vehicle.id, vehicle.party)
}

/// Refuses a vehicle that stands in the fleet already: one VIN is in a fleet once until it leaves it. `stands` tells
/// whether a vehicle of that VIN that has not left is there.
///
/// # Errors
/// `vehicle.duplicate`.
pub fn check_new_to_fleet(vehicle: &Vehicle, stands: impl FnOnce(&Vin) -> bool) -> Result<(), ValueError> {
    match &vehicle.vin {
        Some(vin) if vehicle.disposed.is_none() && stands(vin) => Err(ValueError::new(
            "vehicle.duplicate",
            "VIN",
            "stands in the fleet already",
            "a vehicle that is new to the fleet",
        )
        .at("vin")),
        _ => Ok(()),
    }
}

/// Takes a vehicle out of its fleet, on a day that is not to come. The record stays.
///
/// # Errors
/// `vehicle.disposed_already`, `vehicle.disposed_in_the_future`, `vehicle.disposed_before_registered`,
/// `vehicle.disposed_before_acquired`, `text.*`.
pub fn dispose_vehicle(
    vehicle: &Vehicle,
    day: NaiveDate,
    reason: Option<&str>,
    today: NaiveDate,
) -> Result<Vehicle, Findings> {
    let mut check = Check::new("vehicle");
    if vehicle.disposed.is_some() {
        check.refuse(
            "disposed",
            ValueError::new(
                "vehicle.disposed_already",
                "vehicle",
                "has left the fleet already",
                "a vehicle that is still in the fleet",
            ),
        );
    }
    check_not_to_come(&mut check, day, today);
    check_disposal(&mut check, day, vehicle.first_registration, vehicle.acquired);
    let reason = check.line("disposal_reason", reason);
    check.finish(Some(Vehicle { disposed: Some(day), disposal_reason: reason, ..vehicle.clone() }))
}

fn check_not_to_come(check: &mut Check, disposed: NaiveDate, today: NaiveDate) {
    if disposed > today {
        let error = ValueError::new(
            "vehicle.disposed_in_the_future",
            "day of disposal",
            "is in the future",
            "today or an earlier day",
        );
        check.refuse("disposed", error);
    }
}

/// A vehicle leaves a fleet after it was registered and after it joined.
fn check_disposal(
    check: &mut Check,
    disposed: NaiveDate,
    registered: Option<NaiveDate>,
    acquired: Option<NaiveDate>,
) {
    if registered.is_some_and(|registered| disposed < registered) {
        check.refuse(
            "disposed",
            ValueError::new(
                "vehicle.disposed_before_registered",
                "day of disposal",
                "is before the first registration",
                "a day not before the first registration",
            ),
        );
    }
    if acquired.is_some_and(|acquired| disposed < acquired) {
        check.refuse(
            "disposed",
            ValueError::new(
                "vehicle.disposed_before_acquired",
                "day of disposal",
                "is before the day it was acquired",
                "a day not before the vehicle was acquired",
            ),
        );
    }
}

pub(crate) fn category(text: &str) -> Result<String, ValueError> {
    let upper = text.to_ascii_uppercase();
    if VEHICLE_CATEGORIES.contains(&upper.as_str()) {
        return Ok(upper);
    }
    Err(ValueError::new(
        "vehicle.category",
        "category",
        "is not one of the EU type approval",
        format!("one of {}", VEHICLE_CATEGORIES.join(", ")),
    ))
}

fn euro_class(class: u16) -> Result<u16, ValueError> {
    if (1..=EURO_CLASS_MAX).contains(&class) {
        return Ok(class);
    }
    Err(ValueError::new(
        "vehicle.euro_class",
        "emission class",
        "is not a Euro class",
        format!("a number from 1 to {EURO_CLASS_MAX}"),
    ))
}

pub(crate) fn mileage_km(mileage: i64) -> Result<i64, ValueError> {
    if (0..=MILEAGE_KM_MAX).contains(&mileage) {
        return Ok(mileage);
    }
    Err(ValueError::new(
        "vehicle.mileage",
        "mileage",
        "cannot be read on an odometer",
        format!("kilometres from 0 to {MILEAGE_KM_MAX}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn day() -> impl Strategy<Value = Option<NaiveDate>> {
        proptest::option::of(
            (2000..2030_i32, 1..13_u32, 1..29_u32)
                .prop_map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()),
        )
    }

    proptest! {
        /// What a person would give of a vehicle is the vehicle.
        #[test]
        fn a_vehicle_entered_again_is_the_same(
            make in "\\PC{1,20}", plate in proptest::option::of("\\PC{0,10}"), reason in proptest::option::of("\\PC{0,10}"),
            euro_class in proptest::option::of(0..9_u16), mileage_km in proptest::option::of(-1..20_000_000_i64),
            acquired in day(), disposed in day(),
        ) {
            let (id, party) = (VehicleId::from_uuid(Uuid::from_u128(1)), PartyId::from_uuid(Uuid::from_u128(2)));
            let new = NewVehicle {
                make: Some(make), plate, disposal_reason: reason, euro_class, mileage_km, acquired, disposed,
                ownership: Some("leased".into()), category: Some("n3".into()), vin: Some("VF624GPA000012345".into()),
                ..NewVehicle::default()
            };
            if let Ok(vehicle) = enter_vehicle(&new, id, party) {
                prop_assert_eq!(enter_vehicle(&NewVehicle::of(&vehicle), id, party), Ok(vehicle));
            }
        }
    }
}
