//! Commands on the vehicles of a fleet, and on the installation's own figures.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use chrono::NaiveDate;
use clientela_core::fleet::entry::{
    self, NewParkLine, NewVehicleContract, NewVehicleRole, assign_role, enter_contract, enter_reading,
};
use clientela_core::fleet::{ParkLine, VehicleReading, VehicleRole};
use clientela_core::party::{Contact, Customer, Party, Relationship, Vehicle};
use clientela_core::setting::Setting;
use clientela_model::{EntityId, Predicate, Record, Value, Why};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Gives somebody a part in a vehicle: owner, holder, operator, driver, lessor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignVehicleRole {
    /// Id of the vehicle.
    pub vehicle: Key,
    /// The part, who has it, and when.
    pub role: NewVehicleRole,
    /// The customer who has it, instead of a party in `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
}

/// Ends a part in a vehicle that lasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndVehicleRole {
    /// Id of the part somebody has.
    pub role: Key,
    /// Last day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// Takes down what an odometer showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadVehicle {
    /// Id of the vehicle.
    pub vehicle: Key,
    /// Kilometres.
    pub km: i64,
    /// The day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Adds a contract on a vehicle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddContract {
    /// Id of the vehicle.
    pub vehicle: Key,
    /// What is known of the contract.
    pub contract: NewVehicleContract,
}

/// Sets how many vehicles of a make a fleet has, where only the number is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetParkLine {
    /// The customer.
    pub customer: Key,
    /// Make, category and number.
    pub line: NewParkLine,
}

/// Sets figures the installation decides by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineSetting {
    /// Name, such as fleet.replacement.
    pub name: String,
    /// The figures, in the form the name asks for.
    pub document: serde_json::Value,
}

pub(super) fn assign(door: &mut Door<'_, '_>, command: &AssignVehicleRole) -> Result<Outcome> {
    let vehicle = door.to_change::<Vehicle>(&command.vehicle)?.record;
    let mut new = command.role.clone();
    if let Some(key) = &command.customer {
        new.who = Some(door.resolve::<Relationship>(key)?.record.party);
    } else if let Some(who) = new.who {
        door.get::<Party>(who)?;
    }
    if let Some(contact) = new.contact {
        door.get::<Contact>(contact)?;
    }
    let held: Vec<_> = door.all_of::<VehicleRole>(&of_vehicle(&vehicle))?;
    let records: Vec<VehicleRole> = held.iter().map(|stored| stored.record.clone()).collect();
    let (role, ended) = assign_role(&new, door.new_id(), &vehicle, &records, door.today())?;
    for record in &ended {
        let version = held.iter().find(|stored| stored.record.id == record.id).map(|stored| stored.version);
        door.update(record, version.ok_or(CrmError::Internal { what: "a part that ends was read" })?)?;
    }
    door.create(&role)?;
    let why = Why::new("vehicle_role.assigned").fact("part", role.part).fact("from", role.valid_from);
    let outcome = Outcome::of(&role, None, why);
    Ok(ended.iter().fold(outcome, |outcome, record| outcome.and(record, None)))
}

pub(super) fn end_role(door: &mut Door<'_, '_>, command: &EndVehicleRole) -> Result<Outcome> {
    let stored = door.to_change::<VehicleRole>(&command.role)?;
    let day = command.day.unwrap_or_else(|| door.today());
    let role = entry::end_role(&stored.record, day)?;
    door.update(&role, stored.version)?;
    let why = Why::new("vehicle_role.ended").fact("part", role.part).fact("day", day);
    Ok(Outcome::of(&role, None, why))
}

pub(super) fn read(door: &mut Door<'_, '_>, command: &ReadVehicle) -> Result<Outcome> {
    let stored = door.to_change::<Vehicle>(&command.vehicle)?;
    let known: Vec<VehicleReading> = door.whole(&of_vehicle(&stored.record))?;
    let day = command.day.unwrap_or_else(|| door.today());
    let at = (day, command.km);
    let source = command.source.as_deref();
    let reading = enter_reading(&stored.record, at, source, door.new_id(), &known, door.today())?;
    door.create(&reading)?;
    // The vehicle shows its newest reading.
    if known.iter().all(|other| other.day <= day) {
        let vehicle = Vehicle { mileage_km: Some(command.km), ..stored.record.clone() };
        door.update(&vehicle, stored.version)?;
    }
    let why = Why::new("vehicle.read").fact("km", command.km).fact("day", day);
    Ok(Outcome::of(&reading, None, why).and(&stored.record, None))
}

pub(super) fn add_contract(door: &mut Door<'_, '_>, command: &AddContract) -> Result<Outcome> {
    let vehicle = door.to_change::<Vehicle>(&command.vehicle)?.record;
    let contract = enter_contract(&command.contract, door.new_id(), &vehicle)?;
    door.create(&contract)?;
    Ok(Outcome::of(&contract, None, Why::new("contract.added").fact("kind", contract.kind)))
}

pub(super) fn set_park_line(door: &mut Door<'_, '_>, command: &SetParkLine) -> Result<Outcome> {
    let party = door.resolve::<Customer>(&command.customer)?.record.party;
    let known = door.all_of::<ParkLine>(&Predicate::equals("party", Value::Id(party.uuid())))?;
    let records: Vec<ParkLine> = known.iter().map(|stored| stored.record.clone()).collect();
    let line = entry::set_park_line(&command.line, door.new_id(), party, &records, door.today())?;
    match known.iter().find(|stored| stored.record.id == line.id) {
        Some(stored) => door.update(&line, stored.version)?,
        None => door.create(&line)?,
    }
    let why = Why::new("park_line.set").fact("make", &line.make).fact("count", line.count);
    Ok(Outcome::of(&line, None, why))
}

pub(super) fn define_setting(door: &mut Door<'_, '_>, command: &DefineSetting) -> Result<Outcome> {
    let document = command.document.to_string();
    crate::setting::check(&command.name, &document)?;
    let named = Predicate::equals("name", Value::Text(Cow::Owned(command.name.clone())));
    let known = door.first_of::<Setting>(&named)?;
    let id = known.as_ref().map_or_else(|| door.new_id(), |stored| stored.record.id);
    let setting = Setting { id, name: command.name.clone(), document };
    match known {
        Some(stored) => door.update(&setting, stored.version)?,
        None => door.create(&setting)?,
    }
    Ok(Outcome::of(&setting, Some(&setting.name), Why::new("setting.defined").fact("name", &setting.name)))
}

fn of_vehicle(vehicle: &Vehicle) -> Predicate {
    Predicate::equals("vehicle", Value::Id(vehicle.id().uuid()))
}
