//! Commands on what a customer has several of: addresses, ways to be reached, numbers elsewhere; groups and contacts.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use crate::view::not_found;
use chrono::NaiveDate;
use clientela_core::ids::PartyId;
use clientela_core::party::entry::{
    NewAddress, NewContactPoint, NewIdentifier, enter_address, enter_contact_point, enter_identifier,
    join_group, relate_contacts,
};
use clientela_core::party::{
    Above, Address, Contact, ContactPoint, GroupMembership, Party, PartyIdentifier, Relationship,
};
use clientela_model::{DateRange, EntityId, Predicate, Record, Value, ValueError, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Adds a further address to a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddAddress {
    /// The customer.
    pub customer: Key,
    /// The address.
    pub address: NewAddress,
}

/// Adds a telephone number, e-mail or web address to a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddContactPoint {
    /// The customer.
    pub customer: Key,
    /// The number or address.
    pub point: NewContactPoint,
}

/// Ends the validity of an address or a contact point; the record stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndValidity {
    /// Id of the record.
    pub id: Key,
    /// Last day it holds; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// Adds a customer's number in a register or another system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddIdentifier {
    /// The customer.
    pub customer: Key,
    /// System and number.
    pub identifier: NewIdentifier,
}

/// Puts a customer's party under another's in a group of companies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinGroup {
    /// The customer.
    pub customer: Key,
    /// The customer it belongs to from that day on, and not to the one before; takes it out of its group when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Key>,
    /// First day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
}

/// Says what part a contact has in the purchase, and how it stands to another. What is not named stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelateContact {
    /// Id or number of the contact.
    pub contact: Key,
    /// Part in the purchase: decides, pays, uses, advises, blocks; emptied by an empty text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub influence: Option<String>,
    /// Id or number of the contact it answers to; emptied by an empty text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports_to: Option<Key>,
    /// How it stands to that one beyond that, such as son; emptied by an empty text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
}

/// Says that a person left the customer, or is there after all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactLeaves {
    /// Id or number of the contact.
    pub contact: Key,
    /// The day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Whether the person is there after all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub back: bool,
}

pub(super) fn leave(door: &mut Door<'_, '_>, command: &ContactLeaves) -> Result<Outcome> {
    let stored = door.to_change::<Contact>(&command.contact)?;
    let left_on = (!command.back).then(|| command.on.unwrap_or_else(|| door.today()));
    let contact = Contact { left_on, ..stored.record };
    door.update(&contact, stored.version)?;
    let reason = if command.back { "contact.back" } else { "contact.left" };
    let why = left_on.iter().fold(Why::new(reason), |why, day| why.fact("day", day));
    Ok(Outcome::of(&contact, contact.number.as_deref(), why))
}

pub(super) fn add_address(door: &mut Door<'_, '_>, command: &AddAddress) -> Result<Outcome> {
    let party = party(door, &command.customer)?.record;
    let address = enter_address(&command.address, door.new_id(), &party)?;
    door.create(&address)?;
    Ok(Outcome::of(&address, None, Why::new("address.added").fact("kind", address.kind)))
}

pub(super) fn add_point(door: &mut Door<'_, '_>, command: &AddContactPoint) -> Result<Outcome> {
    let party = party(door, &command.customer)?.record;
    let point = enter_contact_point(&command.point, door.new_id(), &party)?;
    let of_party = Predicate::equals("party", Value::Id(party.id.uuid()));
    for known in door.all_of::<ContactPoint>(&of_party)? {
        let Stored { record, version } = known;
        if record.kind != point.kind {
            continue;
        }
        if record.value == point.value && record.valid_until.is_none() {
            let expected = "one that is new to the customer";
            let error = ValueError::new("contact_point.known", "value", "is there already", expected);
            return Err(error.at("value").into());
        }
        // One of a kind is preferred.
        if point.preferred && record.preferred {
            door.update(&ContactPoint { preferred: false, ..record }, version)?;
        }
    }
    door.create(&point)?;
    Ok(Outcome::of(&point, None, Why::new("contact_point.added").fact("kind", point.kind)))
}

pub(super) fn end_address(door: &mut Door<'_, '_>, command: &EndValidity) -> Result<Outcome> {
    let Stored { record, version } = door.to_change::<Address>(&command.id)?;
    let day = command.day.unwrap_or_else(|| door.today());
    check_end(record.valid_from, day)?;
    let ended = Address { valid_until: Some(day), ..record };
    door.update(&ended, version)?;
    Ok(Outcome::of(&ended, None, Why::new("address.ended").fact("day", day)))
}

pub(super) fn end_point(door: &mut Door<'_, '_>, command: &EndValidity) -> Result<Outcome> {
    let Stored { record, version } = door.to_change::<ContactPoint>(&command.id)?;
    let day = command.day.unwrap_or_else(|| door.today());
    check_end(record.valid_from, day)?;
    let ended = ContactPoint { valid_until: Some(day), preferred: false, ..record };
    door.update(&ended, version)?;
    Ok(Outcome::of(&ended, None, Why::new("contact_point.ended").fact("day", day)))
}

fn check_end(from: Option<NaiveDate>, day: NaiveDate) -> Result<()> {
    if let Some(from) = from {
        DateRange::new(from, Some(day)).map_err(|error| error.at("day"))?;
    }
    Ok(())
}

pub(super) fn add_identifier(door: &mut Door<'_, '_>, command: &AddIdentifier) -> Result<Outcome> {
    let unit = door.resolve::<Relationship>(&command.customer)?.record.unit;
    let party = party(door, &command.customer)?.record;
    let identifier = enter_identifier(&command.identifier, door.new_id(), party.id)?;
    let text = |text: &String| Value::Text(Cow::Owned(text.clone()));
    let same = Predicate::equals("key", text(&identifier.key))
        .and(Predicate::equals("system", text(&identifier.system)));
    // A number of a public register is one party's in the whole network. Another system is the dealer's own: which numbers
    // others have in theirs refuses nothing and is not told.
    let taken = if identifier.registration {
        door.exists_whole(PartyIdentifier::ENTITY, &same)?
    } else {
        door.exists_at_dealer(PartyIdentifier::ENTITY, same, unit)?
    };
    if taken {
        let error = ValueError::new("key.taken", "key", "is used by another record", "one that is free");
        return Err(error.at("key").into());
    }
    door.create(&identifier)?;
    let why = Why::new("identifier.added").fact("system", &identifier.system);
    Ok(Outcome::of(&identifier, None, why))
}

pub(super) fn join(door: &mut Door<'_, '_>, command: &JoinGroup) -> Result<Outcome> {
    let own = party(door, &command.customer)?;
    let parent = match &command.parent {
        Some(key) => Some(door.resolve::<Relationship>(key)?.record.party),
        None => None,
    };
    let valid = (command.valid_from.unwrap_or_else(|| door.today()), command.valid_until);
    // Circles are looked for whoever may see them: they would be ones all the same.
    let memberships = memberships(door)?;
    let above = |id| ever_above(door, id, &memberships);
    let (changed, former) = join_group(&own.record, parent, valid, door.new_id(), above)?;
    let why = match parent {
        Some(parent) => Why::new("group.joined").fact("parent", parent).fact("from", valid.0),
        None => Why::new("group.left"),
    };
    if changed != own.record {
        door.update(&changed, own.version)?;
    }
    let outcome = Outcome::of(&changed, None, why);
    match former {
        Some(former) => {
            door.create(&former)?;
            Ok(outcome.and(&former, None))
        }
        None => Ok(outcome),
    }
}

/// All memberships of before, whoever may see them.
pub(super) fn memberships(door: &Door<'_, '_>) -> Result<Vec<GroupMembership>> {
    door.whole(&Predicate::Everything)
}

/// Those that ever stand above a party.
pub(super) fn ever_above(door: &Door<'_, '_>, id: PartyId, former: &[GroupMembership]) -> Vec<Above> {
    door.found::<Party>(id).map(|party| party.parents_ever(former)).unwrap_or_default()
}

pub(super) fn relate(door: &mut Door<'_, '_>, command: &RelateContact) -> Result<Outcome> {
    let stored = door.to_change::<Contact>(&command.contact)?;
    let other = match command.reports_to.as_deref().map(str::trim) {
        None => None,
        Some("") => Some(None),
        Some(key) => Some(Some(door.resolve::<Contact>(key)?.record)),
    };
    let above = |contact: &Contact| contact.reports_to.and_then(|id| door.found::<Contact>(id));
    let changed = relate_contacts(
        &stored.record,
        command.influence.as_deref(),
        other.as_ref().map(Option::as_ref),
        command.relation.as_deref(),
        above,
    )?;
    if changed != stored.record {
        door.update(&changed, stored.version)?;
    }
    Ok(Outcome::of(&changed, changed.number.as_deref(), Why::new("contact.related")))
}

/// The party of a customer that may be seen.
fn party(door: &Door<'_, '_>, key: &str) -> Result<Stored<Party>> {
    let customer = door.resolve::<Relationship>(key)?.record;
    let found = door.get::<Party>(customer.party);
    found.map_err(|error| match error.code() {
        "record.not_found" => not_found(Relationship::ENTITY, key),
        _ => error,
    })
}
