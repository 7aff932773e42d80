//! Commands on imports: saving their mappings, taking one back.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use crate::import::{ImportOptions, saved};
use clientela_core::imports::ImportMapping;
use clientela_model::{ClosedList, Predicate, Value, Why};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Saves a mapping under a name; one of that name is replaced. Needs the right to create or change import mappings.
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
    let mapping = ImportMapping {
        id: before.as_ref().map_or_else(|| door.new_id(), |stored| stored.record.id),
        name: command.name.clone(),
        target: command.options.target.word().to_owned(),
        fingerprint,
        document,
        active: true,
    };
    match before {
        Some(stored) => door.update(&mapping, stored.version)?,
        None => door.create(&mapping)?,
    }
    let why = Why::new("import_mapping.saved").fact("target", &mapping.target);
    Ok(Outcome::of(&mapping, Some(&mapping.name), why))
}

pub(super) fn retire(door: &mut Door<'_, '_>, command: &ImportMappingRef) -> Result<Outcome> {
    let stored = door.to_change::<ImportMapping>(&command.import_mapping)?;
    let mapping = ImportMapping { active: false, ..stored.record };
    door.update(&mapping, stored.version)?;
    Ok(Outcome::of(&mapping, Some(&mapping.name), Why::new("import_mapping.retired")))
}

pub(super) fn revert(door: &mut Door<'_, '_>, command: &ImportRunRef) -> Result<Outcome> {
    crate::import::revert(door, &command.import_run)
}
