//! What depends on records that an import made: whoever takes the import back must not pull the ground from under it.

use crate::door::Door;
use crate::error::Result;
use clientela_core::ENTITIES;
use clientela_model::{Column, ColumnType, Entity, Predicate, Value};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use uuid::Uuid;

/// A record: number of its entity, and id.
pub(super) type Named = (u16, Uuid);

/// The word of the command that takes an import back.
pub(super) const REVERT: &str = "import_run.revert";

/// As many records are asked about at once.
const AT_ONCE: usize = 500;

/// The records among `made` that something refers to which `own` does not know and which was not taken back itself, each with
/// the name of what refers to it.
pub(super) fn used(
    door: &Door<'_, '_>,
    made: &HashMap<&'static str, HashSet<Uuid>>,
    own: &HashSet<Named>,
) -> Result<HashMap<Named, &'static str>> {
    let mut used = HashMap::new();
    for entity in ENTITIES.iter().copied().filter(|entity| entity.view.is_none()) {
        for column in entity.columns.iter().skip(1) {
            let ColumnType::Id(to) = column.ty else { continue };
            let (Some(ids), Some(target)) = (made.get(to), clientela_core::entity(to)) else { continue };
            for (record, id) in referring(door, entity, column, ids)? {
                let known = own.contains(&(entity.number, record)) || used.contains_key(&(target.number, id));
                if !known && !taken_back(door, entity, record)? {
                    used.insert((target.number, id), entity.name);
                }
            }
        }
    }
    Ok(used)
}

/// The records that refer to one of these by a column, with the one they refer to.
fn referring(
    door: &Door<'_, '_>,
    entity: &'static Entity,
    column: &'static Column,
    ids: &HashSet<Uuid>,
) -> Result<Vec<(Uuid, Uuid)>> {
    let mut found = Vec::new();
    // By an index they are looked up some at a time; without one the table is read once, however many they are.
    let indexed = column.indexed || entity.part_of.is_some_and(|(_, by)| by == column.name);
    if indexed || ids.len() <= AT_ONCE {
        let all: Vec<Value> = ids.iter().copied().map(Value::Id).collect();
        for some in all.chunks(AT_ONCE) {
            let meant = Predicate::OneOf(column.name.into(), some.to_vec());
            scan(door, entity, column, &meant, &mut |_, _| true, &mut found)?;
        }
    } else {
        let given = Predicate::Not(Box::new(Predicate::Empty(column.name.into())));
        scan(door, entity, column, &given, &mut |_, id| ids.contains(&id), &mut found)?;
    }
    Ok(found)
}

fn scan(
    door: &Door<'_, '_>,
    entity: &'static Entity,
    column: &'static Column,
    condition: &Predicate,
    meant: &mut dyn FnMut(Uuid, Uuid) -> bool,
    found: &mut Vec<(Uuid, Uuid)>,
) -> Result<()> {
    let mut failed = None;
    door.view().reader.scan(entity, &["id", column.name], condition, None, &mut |row| {
        let id = |at| row.blob(at).map(|bytes| bytes.and_then(|bytes| Uuid::from_slice(bytes).ok()));
        match (id(0), id(1)) {
            (Ok(Some(record)), Ok(Some(to))) => {
                if meant(record, to) {
                    found.push((record, to));
                }
                ControlFlow::Continue(())
            }
            (Err(error), _) | (_, Err(error)) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    })?;
    failed.map_or(Ok(()), |error| Err(error.into()))
}

/// Whether the last thing that happened to a record is that its own import was taken back.
fn taken_back(door: &Door<'_, '_>, entity: &'static Entity, record: Uuid) -> Result<bool> {
    let history = door.view().reader.history(entity, record)?;
    Ok(history.last().is_some_and(|entry| entry.kind == REVERT))
}
