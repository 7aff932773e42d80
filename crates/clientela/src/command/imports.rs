//! Commands on imports: saving their mappings, taking one back.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use crate::import::{ImportOptions, saved};
use clientela_core::ids::UnitId;
use clientela_core::imports::{ImportMapping, ImportRun};
use clientela_core::organisation::Verb;
use clientela_model::{ClosedList, EntityId, Predicate, Record, Value, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// Saves a mapping under a name; one of that name is replaced. Who administers import mappings saves them for all, who may change
/// the imports of all positions of his unit saves them for his dealer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveImportMapping {
    /// Name, such as dms-customers.
    pub name: String,
    /// What the rows become, which column goes where, and how its words, numbers and days are read. Whose the rows are, who
    /// looks after them and the label are not saved.
    pub options: ImportOptions,
}

/// Names a saved mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportMappingRef {
    /// Its name.
    pub import_mapping: Key,
}

/// Names an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportRunRef {
    /// Its id, which is that of its plan.
    pub import_run: Key,
}

pub(super) fn save(door: &mut Door<'_, '_>, command: &SaveImportMapping) -> Result<Outcome> {
    let (document, fingerprint) = saved::document(&command.options)?;
    let named = Predicate::equals("name", Value::Text(Cow::Owned(command.name.clone())));
    let before = door.first_of::<ImportMapping>(&named)?;
    let unit = match &before {
        Some(stored) => stored.record.unit,
        None => (!administers(door)).then_some(door.actor().unit),
    };
    let mapping = ImportMapping {
        id: before.as_ref().map_or_else(|| door.new_id(), |stored| stored.record.id),
        name: command.name.clone(),
        target: command.options.target.word().to_owned(),
        fingerprint,
        document,
        active: true,
        unit,
    };
    keep(door, before.as_ref(), &mapping)?;
    let why = Why::new("import_mapping.saved").fact("target", &mapping.target);
    Ok(Outcome::of(&mapping, Some(&mapping.name), why))
}

/// Whether the actor says how all files are read.
fn administers(door: &Door<'_, '_>) -> bool {
    door.actor().scope(Verb::Administer, ImportMapping::ENTITY.name).is_some()
}

/// Whether the actor looks after all imports of a unit, whoever's they are.
fn looks_after(door: &Door<'_, '_>, unit: UnitId) -> bool {
    let columns = ImportRun::ENTITY.columns.iter();
    let values = columns.map(|column| match column.name {
        "unit" => Value::Id(unit.uuid()),
        "owner" => Value::Id(Uuid::nil()),
        _ => Value::Null,
    });
    door.view().may(Verb::Change, ImportRun::ENTITY, &values.collect::<Vec<_>>())
}

/// Writes a mapping if the actor may.
fn keep(
    door: &mut Door<'_, '_>,
    before: Option<&Stored<ImportMapping>>,
    mapping: &ImportMapping,
) -> Result<()> {
    let of_his = mapping.unit.is_some_and(|unit| looks_after(door, unit));
    match (before, of_his && !administers(door)) {
        (None, false) => door.create(mapping),
        (Some(stored), false) => door.update(mapping, stored.version),
        (before, true) => {
            let was = before.map(|stored| stored.record.to_values());
            crate::texts::check(ImportMapping::ENTITY, was.as_deref(), &mapping.to_values())?;
            match before {
                None => door.create_derived(mapping),
                Some(stored) => door.update_derived(mapping, stored.version),
            }
        }
    }
}

pub(super) fn retire(door: &mut Door<'_, '_>, command: &ImportMappingRef) -> Result<Outcome> {
    let stored = door.resolve::<ImportMapping>(&command.import_mapping)?;
    let mapping = ImportMapping { active: false, ..stored.record.clone() };
    keep(door, Some(&stored), &mapping)?;
    Ok(Outcome::of(&mapping, Some(&mapping.name), Why::new("import_mapping.retired")))
}

pub(super) fn revert(door: &mut Door<'_, '_>, command: &ImportRunRef) -> Result<Outcome> {
    crate::import::revert(door, &command.import_run)
}
