//! Commands on customers, their contacts, fleet and consents.

use super::{Key, Outcome};
use crate::claims::contested;
use crate::door::Door;
use crate::error::{CrmError, Result};
use chrono::NaiveDate;
use clientela_core::ids::UnitId;
use clientela_core::organisation::{NumberedDocument, Position};
use clientela_core::party::entry::{
    self, ChangedCustomer, CustomerChange, EnteredCustomer, NewConsent, NewContact, NewCustomer, NewVehicle,
    Seat,
};
use clientela_core::party::{Contact, KnownParty, Party, Relationship, Vehicle, find_duplicate, join_party};
use clientela_core::privacy::Wording;
use clientela_model::{EntityId, Predicate, Value, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Enters a customer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateCustomer {
    /// What is known of it.
    pub customer: NewCustomer,
    /// The position that looks after it; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
}

/// Changes a customer: only what is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeCustomer {
    /// The customer.
    pub customer: Key,
    /// What changes.
    pub change: CustomerChange,
    /// Who looks after it from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// The version of the snapshot that was read, to notice that somebody changed it meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// Adds a contact to a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddContact {
    /// The customer.
    pub customer: Key,
    /// What is known of the contact.
    pub contact: NewContact,
}

/// Adds a vehicle to a customer's fleet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddVehicle {
    /// The customer.
    pub customer: Key,
    /// What is known of the vehicle.
    pub vehicle: NewVehicle,
}

/// Takes a vehicle out of its fleet; the record stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisposeVehicle {
    /// Id of the vehicle.
    pub vehicle: Key,
    /// Day it left; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Why, such as sold or written off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Records what a customer or contact said about being contacted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordConsent {
    /// The customer.
    pub customer: Key,
    /// What was said.
    pub consent: NewConsent,
}

pub(super) fn create(door: &mut Door<'_, '_>, command: &CreateCustomer) -> Result<Outcome> {
    let seat = seat(door, command.owner.as_deref())?;
    enter(door, &command.customer, seat)
}

pub(super) fn enter(door: &mut Door<'_, '_>, new: &NewCustomer, seat: Seat) -> Result<Outcome> {
    let mut entered = entry::enter_customer(new, door.new_id(), door.new_id(), seat)?;
    match &entered.relationship.number {
        Some(number) => door.unused_at_dealer::<Relationship>("number", number, seat.unit)?,
        None => entered.relationship.number = Some(door.next_number(seat.unit, NumberedDocument::Customer)?),
    }
    let known = match &entered.party.vat_number {
        Some(vat_number) => door.parties_with_vat_number(vat_number)?,
        None => Vec::new(),
    };
    let dealer = door.dealer_of(seat.unit)?;
    let mut outcome = keep_customer(door, entered, dealer, &known)?;
    // Whoever enters a party another dealer is protected with hears so before he begins any business with it.
    for party in known.iter().map(|known| known.party) {
        let contested = contested(&door.view(), party, seat.unit, door.now())?;
        outcome.why = contested.into_iter().fold(outcome.why, Why::because);
    }
    Ok(outcome)
}

/// Keeps a checked customer, with the party that is known already if there is one; the import and the command share it.
/// For an actor who may enter the relationship, a refusal
/// comes before anything is written.
pub(crate) fn keep_customer(
    door: &mut Door<'_, '_>,
    entered: EnteredCustomer,
    dealer: UnitId,
    known: &[KnownParty],
) -> Result<Outcome> {
    let (relationship, why) = match find_duplicate(dealer, known) {
        Some(duplicate) => {
            let (party, _) = duplicate.into_party()?;
            let known = door.party_unseen(party)?;
            let joined = join_party(entered, &known.record);
            // The actor sees the party from now on; what he adds to it follows from that.
            if !joined.filled.is_empty() {
                door.update_derived(&joined.party, known.version)?;
            }
            (joined.relationship, joined.why)
        }
        None => {
            door.create(&entered.party)?;
            (entered.relationship, entered.why)
        }
    };
    door.create(&relationship)?;
    let mut outcome = Outcome::of(&relationship, relationship.number.as_deref(), why);
    outcome.records.push(super::RecordRef {
        entity: "party".to_owned(),
        id: relationship.party.uuid(),
        key: None,
    });
    Ok(outcome)
}

pub(super) fn change(door: &mut Door<'_, '_>, command: &ChangeCustomer) -> Result<Outcome> {
    let stored = door.resolve::<Relationship>(&command.customer)?;
    let party = door.get::<Party>(stored.record.party)?;
    // A customer is two records: the version read covers both.
    let newest = stored.version.max(party.version);
    if command.version.is_some_and(|read| read != newest) {
        let entity = "customer";
        return Err(CrmError::ChangedMeanwhile { entity, key: stored.record.id.uuid() }.into());
    }
    // Refused whatever the field holds: else the answer would tell.
    if command.change.credit_hold.is_some() || command.change.notes.is_some() {
        door.allow_confidential(&stored.record)?;
    }
    let mut change = command.change.clone();
    if command.owner.is_some() {
        change.seat = Some(seat(door, command.owner.as_deref())?);
    }
    let changed = entry::change_customer(&party.record, &stored.record, &change)?;
    check_changed(door, &party.record, &stored.record, &changed)?;
    if !changed.party_columns.is_empty() {
        door.update(&changed.party, party.version)?;
    }
    if !changed.relationship_columns.is_empty() {
        door.update(&changed.relationship, stored.version)?;
    }
    let key = changed.relationship.number.clone();
    Ok(Outcome::of(&changed.relationship, key.as_deref(), changed.why))
}

/// What is asked of a new customer is asked of a changed one: a number of its own, and no second relationship of one
/// dealer with one VAT number.
fn check_changed(
    door: &Door<'_, '_>,
    party: &Party,
    relationship: &Relationship,
    changed: &ChangedCustomer,
) -> Result<()> {
    let moved = door.dealer_of(changed.relationship.unit)? != door.dealer_of(relationship.unit)?;
    let renumbered = moved || changed.relationship.number != relationship.number;
    if let Some(number) = changed.relationship.number.as_ref().filter(|_| renumbered) {
        door.unused_at_dealer::<Relationship>("number", number, changed.relationship.unit)?;
    }
    if let Some(vat_number) = &changed.party.vat_number
        && (moved || changed.party.vat_number != party.vat_number)
    {
        let mut known = door.parties_with_vat_number(vat_number)?;
        for found in &mut known {
            found.relationships.retain(|other| other.customer != relationship.id);
        }
        let dealer = door.dealer_of(changed.relationship.unit)?;
        if let Some(duplicate) = find_duplicate(dealer, &known)
            && duplicate.same_dealer
        {
            duplicate.into_party()?;
        }
    }
    Ok(())
}

pub(super) fn add_contact(door: &mut Door<'_, '_>, command: &AddContact) -> Result<Outcome> {
    let (customer, party) = customer(door, &command.customer)?;
    let contact = entry::enter_contact(
        &command.contact,
        door.new_id(),
        customer.record.id,
        Some(&party.record.country),
    )?;
    if let Some(number) = &contact.number {
        door.unused_at_dealer::<Contact>("number", number, customer.record.unit)?;
    }
    door.create(&contact)?;
    Ok(Outcome::of(&contact, contact.number.as_deref(), Why::new("contact.added")))
}

pub(super) fn add_vehicle(door: &mut Door<'_, '_>, command: &AddVehicle) -> Result<Outcome> {
    let (_, party) = customer(door, &command.customer)?;
    let vehicle: Vehicle = entry::enter_vehicle(&command.vehicle, door.new_id(), party.record.id)?;
    let stands = match &vehicle.vin {
        Some(vin) => door.stands_in_fleet(party.record.id, vin)?,
        None => false,
    };
    entry::check_new_to_fleet(&vehicle, |_| stands)?;
    door.create(&vehicle)?;
    Ok(Outcome::of(&vehicle, None, Why::new("vehicle.added").fact("make", &vehicle.make)))
}

pub(super) fn dispose_vehicle(door: &mut Door<'_, '_>, command: &DisposeVehicle) -> Result<Outcome> {
    let stored = door.to_change::<Vehicle>(&command.vehicle)?;
    let (day, reason) = (command.day.unwrap_or_else(|| door.today()), command.reason.as_deref());
    let vehicle = entry::dispose_vehicle(&stored.record, day, reason, door.today())?;
    door.update(&vehicle, stored.version)?;
    Ok(Outcome::of(&vehicle, None, Why::new("vehicle.disposed").fact("day", day)))
}

pub(super) fn record_consent(door: &mut Door<'_, '_>, command: &RecordConsent) -> Result<Outcome> {
    let (customer, _) = customer(door, &command.customer)?;
    if let Some(contact) = command.consent.contact {
        let found = door.get::<Contact>(contact)?;
        if found.record.customer != customer.record.id {
            return Err(crate::view::not_found(
                <Contact as clientela_model::Record>::ENTITY,
                &contact.to_string(),
            ));
        }
    }
    let mut consent = entry::enter_consent(&command.consent, door.new_id(), customer.record.id, door.now())?;
    if let Some(reference) = &consent.wording {
        let named = Predicate::equals("reference", Value::Text(Cow::Owned(reference.clone())));
        consent.wording_shown = door.first_of::<Wording>(&named)?.map(|stored| stored.record.id);
    }
    door.create(&consent)?;
    let why = Why::new("consent.recorded")
        .fact("purpose", consent.purpose)
        .fact("channel", consent.channel)
        .fact("decision", consent.decision);
    Ok(Outcome::of(&consent, None, why))
}

fn customer(door: &Door<'_, '_>, key: &str) -> Result<(Stored<Relationship>, Stored<Party>)> {
    let customer = door.resolve::<Relationship>(key)?;
    let party = door.get::<Party>(customer.record.party)?;
    Ok((customer, party))
}

/// The named position with its unit, or the acting one.
pub(crate) fn seat(door: &Door<'_, '_>, owner: Option<&str>) -> Result<Seat> {
    match owner {
        Some(key) => {
            let position = door.resolve::<Position>(key)?.record;
            Ok(Seat { owner: position.id, unit: position.unit })
        }
        None => Ok(Seat { owner: door.actor().position, unit: door.actor().unit }),
    }
}
