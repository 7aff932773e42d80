//! Commands on the fields an installation adds.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use clientela_core::custom::{CustomField, CustomValue, NewCustomField, define_field, set_value};
use clientela_core::party::Relationship;
use clientela_model::{EntityId, Predicate, Value, Why};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Adds a field to customers, or changes label and words of one.
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
    let known = door.first_of::<CustomField>(&named(name.trim()))?;
    let field = define_field(&command.field, door.new_id(), known.as_ref().map(|stored| &stored.record))?;
    match known {
        Some(stored) => door.update(&field, stored.version)?,
        None => door.create(&field)?,
    }
    let why = Why::new("custom_field.defined").fact("name", &field.name).fact("type", field.ty);
    Ok(Outcome::of(&field, Some(&field.name), why))
}

pub(super) fn retire(door: &mut Door<'_, '_>, command: &RetireCustomField) -> Result<Outcome> {
    let stored = door.to_change::<CustomField>(&command.field)?;
    let field = CustomField { retired: true, ..stored.record };
    door.update(&field, stored.version)?;
    Ok(Outcome::of(&field, Some(&field.name), Why::new("custom_field.retired").fact("name", &field.name)))
}

pub(super) fn set(door: &mut Door<'_, '_>, command: &SetCustomField) -> Result<Outcome> {
    let customer = door.to_change::<Relationship>(&command.customer)?.record;
    let field = field(door, &command.field)?;
    if field.confidential {
        door.allow_confidential(&customer)?;
    }
    let of_customer = Predicate::equals("customer", Value::Id(customer.id.uuid()));
    let known = door.first_of::<CustomValue>(&of_customer.and(named(&field.name)))?;
    let before = known.as_ref().map(|stored| &stored.record);
    let value = set_value(&field, &command.value, door.new_id(), customer.id, before)?;
    match known {
        Some(stored) if stored.record == value => {}
        Some(stored) => door.update(&value, stored.version)?,
        None => door.create(&value)?,
    }
    Ok(Outcome::of(&value, None, Why::new("customer.field_set").fact("field", &field.name)))
}

fn field(door: &Door<'_, '_>, name: &str) -> Result<CustomField> {
    if let Some(stored) = door.first_of::<CustomField>(&named(name))? {
        return Ok(stored.record);
    }
    let known = door.all_of::<CustomField>(&Predicate::Everything)?;
    let names: Vec<String> = known.into_iter().map(|stored| stored.record.name).collect();
    let hint =
        if names.is_empty() { "add one with custom_field.define".to_owned() } else { names.join(", ") };
    let name = name.chars().take(64).collect();
    Err(CrmError::UnknownName { what: "field", name, hint }.into())
}

fn named(name: &str) -> Predicate {
    Predicate::equals("name", Value::Text(Cow::Owned(name.to_owned())))
}
