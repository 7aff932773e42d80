//! Commands on the fields an installation adds.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use clientela_core::custom::{
    ADDED_TO, AddedValue, ContactCustomValue, CustomField, CustomValue, LeadCustomValue, NewCustomField,
    OpportunityCustomValue, VehicleCustomValue, define_field, set_value,
};
use clientela_core::leads::Lead;
use clientela_core::party::{Contact, Relationship, Vehicle};
use clientela_core::sales::Opportunity;
use clientela_model::{EntityId, Predicate, Record, Value, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Adds a field to customers, contacts, vehicles, opportunities or leads, or changes label and words of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineCustomField {
    /// The field.
    pub field: NewCustomField,
}

/// Takes no more values for a field; those that are there stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetireCustomField {
    /// Name of the field.
    pub field: Key,
    /// Of which entity; customer when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
}

/// Sets the value of an added field at a contact, a vehicle, an opportunity, a lead or a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAddedField {
    /// Of which entity: customer, contact, vehicle, opportunity or lead.
    pub entity: String,
    /// The record: its id or the key people use.
    pub record: Key,
    /// Name of the field.
    pub field: Key,
    /// The value, in the form of its type; null empties it.
    pub value: serde_json::Value,
}

/// Sets the value of an added field at a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetCustomField {
    /// The customer.
    pub customer: Key,
    /// Name of the field.
    pub field: Key,
    /// The value, in the form of its type; null empties it.
    pub value: serde_json::Value,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineCustomField) -> Result<Outcome> {
    let name = command.field.name.clone().unwrap_or_default();
    let entity = command.field.entity.as_deref().unwrap_or(ADDED_TO[0]);
    let known = door.first_of::<CustomField>(&field_named(entity.trim(), name.trim()))?;
    let field = define_field(&command.field, door.new_id(), known.as_ref().map(|stored| &stored.record))?;
    match known {
        Some(stored) => door.update(&field, stored.version)?,
        None => door.create(&field)?,
    }
    let why = Why::new("custom_field.defined").fact("name", &field.name).fact("type", field.ty);
    Ok(Outcome::of(&field, Some(&field.name), why))
}

pub(super) fn retire(door: &mut Door<'_, '_>, command: &RetireCustomField) -> Result<Outcome> {
    let entity = command.entity.as_deref().unwrap_or(ADDED_TO[0]);
    let stored = field(door, entity, &command.field)?;
    let field = CustomField { retired: true, ..stored.record };
    door.update(&field, stored.version)?;
    Ok(Outcome::of(&field, Some(&field.name), Why::new("custom_field.retired").fact("name", &field.name)))
}

pub(super) fn set(door: &mut Door<'_, '_>, command: &SetCustomField) -> Result<Outcome> {
    set_at::<Relationship, CustomValue>(door, (&command.customer, &command.field), &command.value)
}

pub(super) fn set_added(door: &mut Door<'_, '_>, command: &SetAddedField) -> Result<Outcome> {
    let (named, value) = ((&command.record, &command.field), &command.value);
    match command.entity.as_str() {
        "customer" => set_at::<Relationship, CustomValue>(door, named, value),
        "contact" => set_at::<Contact, ContactCustomValue>(door, named, value),
        "vehicle" => set_at::<Vehicle, VehicleCustomValue>(door, named, value),
        "opportunity" => set_at::<Opportunity, OpportunityCustomValue>(door, named, value),
        "lead" => set_at::<Lead, LeadCustomValue>(door, named, value),
        _ => Err(CrmError::UnknownName {
            what: "entity",
            name: command.entity.chars().take(64).collect(),
            hint: ADDED_TO.join(", "),
        }
        .into()),
    }
}

/// Sets a value at a record the actor may change.
fn set_at<R: Record, V: AddedValue>(
    door: &mut Door<'_, '_>,
    (record, field): (&Key, &Key),
    value: &serde_json::Value,
) -> Result<Outcome> {
    let record = door.to_change::<R>(record)?.record;
    let field = self::field(door, V::OF, field)?.record;
    if field.confidential {
        door.allow_confidential(&record)?;
    }
    let of_record = Predicate::equals(V::OF, Value::Id(record.id().uuid()));
    let known = door.first_of::<V>(&of_record.and(named(&field.name)))?;
    let set = set_value(&field, value, door.new_id(), EntityId::from_uuid(record.id().uuid()), None)?;
    let id = known.as_ref().map_or_else(|| set.id.uuid(), |stored| stored.record.id().uuid());
    let value = V::made(id, record.id().uuid(), set);
    match known {
        Some(stored) if stored.record == value => {}
        Some(stored) => door.update(&value, stored.version)?,
        None => door.create(&value)?,
    }
    let reason = if V::OF == ADDED_TO[0] { "customer.field_set" } else { "custom_field.set" };
    Ok(Outcome::of(&value, None, Why::new(reason).fact("field", &field.name)))
}

/// The field of that name at that entity: another entity's of the same name is another field.
fn field(door: &Door<'_, '_>, entity: &str, name: &str) -> Result<Stored<CustomField>> {
    if let Some(stored) = door.first_of::<CustomField>(&field_named(entity, name))? {
        return Ok(stored);
    }
    let known = door.all_of::<CustomField>(&of_entity(entity))?;
    let names: Vec<String> = known.into_iter().map(|stored| stored.record.name).collect();
    let hint =
        if names.is_empty() { "add one with custom_field.define".to_owned() } else { names.join(", ") };
    let name = name.chars().take(64).collect();
    Err(CrmError::UnknownName { what: "field", name, hint }.into())
}

fn of_entity(entity: &str) -> Predicate {
    Predicate::equals("entity", Value::Text(Cow::Owned(entity.to_owned())))
}

fn field_named(entity: &str, name: &str) -> Predicate {
    of_entity(entity).and(named(name))
}

fn named(name: &str) -> Predicate {
    Predicate::equals("name", Value::Text(Cow::Owned(name.to_owned())))
}
