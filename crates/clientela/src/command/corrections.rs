//! Commands that correct what was entered of contacts, vehicles, addresses, contracts and leads: only what is named changes.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use chrono::NaiveDate;
use clientela_core::catalogue::Product;
use clientela_core::fleet::VehicleContract;
use clientela_core::fleet::entry::{VehicleContractChange, change_contract, end_contract as ended};
use clientela_core::leads::life::check_open;
use clientela_core::leads::{Lead, LeadChange, change_lead as changed_lead};
use clientela_core::party::entry::{
    self, AddressChange, ContactChange, VehicleChange, check_new_to_fleet, differing,
};
use clientela_core::party::{Address, Contact, Party, Relationship, Vehicle};
use clientela_model::{EntityId, Record, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};

/// Changes a contact: only what is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeContact {
    /// Id or number of the contact.
    pub contact: Key,
    /// What changes.
    pub change: ContactChange,
    /// The version that was read, to notice that somebody changed it meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// Changes a vehicle of a fleet: only what is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeVehicle {
    /// Id of the vehicle.
    pub vehicle: Key,
    /// What changes.
    pub change: VehicleChange,
    /// The version that was read, to notice that somebody changed it meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// Changes a further address of a customer: only what is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeAddress {
    /// Id of the address.
    pub address: Key,
    /// What changes.
    pub change: AddressChange,
    /// The version that was read, to notice that somebody changed it meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// Changes a contract on a vehicle: only what is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeContract {
    /// Id of the contract.
    pub contract: Key,
    /// What changes.
    pub change: VehicleContractChange,
    /// The version that was read, to notice that somebody changed it meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// Ends a contract on a vehicle before its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndContract {
    /// Id of the contract.
    pub contract: Key,
    /// Last day it holds; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// Changes a lead that is still open: only what is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeLead {
    /// The lead.
    pub lead: Key,
    /// What changes.
    #[serde(default)]
    pub change: LeadChange,
    /// Code of the product asked for; it stays when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Key>,
    /// The version that was read, to notice that somebody changed it meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

pub(super) fn change_contact(door: &mut Door<'_, '_>, command: &ChangeContact) -> Result<Outcome> {
    let stored = as_read(door.to_change::<Contact>(&command.contact)?, command.version)?;
    let customer = door.get::<Relationship>(stored.record.customer)?.record;
    let country = door.get::<Party>(customer.party)?.record.country;
    let contact = entry::change_contact(&stored.record, &command.change, Some(&country))?;
    if let Some(number) = contact.number.as_ref().filter(|_| contact.number != stored.record.number) {
        door.unused_at_dealer::<Contact>("number", number, customer.unit)?;
    }
    let why = keep(door, "contact.changed", &stored, &contact)?;
    Ok(Outcome::of(&contact, contact.number.as_deref(), why))
}

pub(super) fn change_vehicle(door: &mut Door<'_, '_>, command: &ChangeVehicle) -> Result<Outcome> {
    let stored = as_read(door.to_change::<Vehicle>(&command.vehicle)?, command.version)?;
    let vehicle = entry::change_vehicle(&stored.record, &command.change, door.today())?;
    let comes_back = vehicle.disposed.is_none() && stored.record.disposed.is_some();
    if let Some(vin) = vehicle.vin.as_ref().filter(|_| comes_back || vehicle.vin != stored.record.vin) {
        let stands = door.stands_in_fleet(vehicle.party, vin)?;
        check_new_to_fleet(&vehicle, |_| stands)?;
    }
    let why = keep(door, "vehicle.changed", &stored, &vehicle)?;
    Ok(Outcome::of(&vehicle, None, why))
}

pub(super) fn change_address(door: &mut Door<'_, '_>, command: &ChangeAddress) -> Result<Outcome> {
    let stored = as_read(door.to_change::<Address>(&command.address)?, command.version)?;
    let party = door.get::<Party>(stored.record.party)?.record;
    let address = entry::change_address(&stored.record, &command.change, &party)?;
    let why = keep(door, "address.changed", &stored, &address)?;
    Ok(Outcome::of(&address, None, why))
}

pub(super) fn change_vehicle_contract(door: &mut Door<'_, '_>, command: &ChangeContract) -> Result<Outcome> {
    let stored = as_read(door.to_change::<VehicleContract>(&command.contract)?, command.version)?;
    let vehicle = door.get::<Vehicle>(stored.record.vehicle)?.record;
    let contract = change_contract(&stored.record, &command.change, &vehicle)?;
    let why = keep(door, "contract.changed", &stored, &contract)?;
    Ok(Outcome::of(&contract, None, why))
}

pub(super) fn end_contract(door: &mut Door<'_, '_>, command: &EndContract) -> Result<Outcome> {
    let stored = door.to_change::<VehicleContract>(&command.contract)?;
    let day = command.day.unwrap_or_else(|| door.today());
    let contract = ended(&stored.record, day)?;
    door.update(&contract, stored.version)?;
    let why = Why::new("contract.ended").fact("kind", contract.kind).fact("day", day);
    Ok(Outcome::of(&contract, None, why))
}

pub(super) fn change_lead(door: &mut Door<'_, '_>, command: &ChangeLead) -> Result<Outcome> {
    let stored = as_read(door.to_change::<Lead>(&command.lead)?, command.version)?;
    check_open(&stored.record)?;
    let mut lead = changed_lead(&stored.record, &command.change, door.now())?;
    if let Some(key) = &command.product {
        lead.product = Some(door.resolve::<Product>(key)?.record.id);
    }
    let why = keep(door, "lead.changed", &stored, &lead)?;
    Ok(Outcome::of(&lead, lead.number.as_deref(), why))
}

/// The record, unless it is of another version than the one that was read.
fn as_read<R: Record>(stored: Stored<R>, read: Option<i64>) -> Result<Stored<R>> {
    if read.is_some_and(|version| version != stored.version) {
        let (entity, key) = (R::ENTITY.name, stored.record.id().uuid());
        return Err(CrmError::ChangedMeanwhile { entity, key }.into());
    }
    Ok(stored)
}

/// Keeps a changed record where anything of it differs. The reason names the fields; never their content.
fn keep<R: Record>(
    door: &mut Door<'_, '_>,
    reason: &'static str,
    stored: &Stored<R>,
    changed: &R,
) -> Result<Why> {
    let fields = differing(&stored.record, changed);
    if !fields.is_empty() {
        door.update(changed, stored.version)?;
    }
    Ok(fields.into_iter().fold(Why::new(reason), |why, field| why.fact("field", field)))
}
