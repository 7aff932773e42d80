//! Taking back what an import brought in.

use super::plan::chunk_command;
use crate::command::{Outcome, RecordRef};
use crate::door::Door;
use crate::error::Result;
use clientela_core::ids::ImportRunId;
use clientela_core::imports::{ImportRun, Moment, TakenBack};
use clientela_core::party::{Consent, Contact, Party, Relationship, Vehicle};
use clientela_model::{Entity, EntityId, Record, Why};
use clientela_store::HistoryEntry;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Takes a run back, record by record: those created are put out of use, those changed become what they were, those changed
/// since by anybody stay and are named.
pub(crate) fn revert(door: &mut Door<'_, '_>, run: &str) -> Result<Outcome> {
    let stored = door.to_change::<ImportRun>(run)?;
    stored.record.may_go_on()?;
    let commands = commands_of(door, stored.record.id)?;
    let (mut back, mut kept) = (0_usize, Vec::new());
    for (number, id) in touched(door, &commands)? {
        let Some(entity) = door.view().reader.entity_numbered(number) else { continue };
        match one(door, &commands, entity, id)? {
            Fate::Back => back += 1,
            Fate::Kept(by) => kept.push((entity, id, by)),
            Fate::NotIts => {}
        }
    }
    let run = stored.record.reverted(door.now(), kept.len())?;
    door.update(&run, stored.version)?;
    let start = Why::new("import.reverted").fact("taken_back", back).fact("kept", kept.len());
    let why = kept.iter().fold(start, |why, (entity, id, by)| {
        let told = Why::new("import.changed_since").fact("entity", entity.name).fact("record", id);
        why.because(told.fact("by", by))
    });
    let mut outcome = Outcome::of(&run, None, why);
    let reference = |(entity, id, _): (&'static Entity, Uuid, String)| RecordRef {
        entity: entity.name.to_owned(),
        id,
        key: None,
    };
    outcome.records.extend(kept.into_iter().map(reference));
    Ok(outcome)
}

/// The commands a run was made of.
fn commands_of(door: &Door<'_, '_>, run: ImportRunId) -> Result<BTreeSet<Uuid>> {
    let (view, mut commands) = (door.view(), BTreeSet::new());
    for index in 0_u64.. {
        let mut tries = 0;
        loop {
            let id = chunk_command(run.uuid(), index, tries);
            if view.reader.command(id)?.is_none() {
                break;
            }
            commands.insert(id);
            tries += 1;
        }
        if tries == 0 {
            break;
        }
    }
    Ok(commands)
}

/// What these commands wrote; contacts, vehicles and consents before those they belong to.
fn touched(door: &Door<'_, '_>, commands: &BTreeSet<Uuid>) -> Result<Vec<(u16, Uuid)>> {
    let (view, mut touched) = (door.view(), BTreeSet::new());
    for command in commands {
        let Some((first, last)) = view.reader.command(*command)?.and_then(|stored| stored.commits) else {
            continue;
        };
        let many = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        for commit in view.reader.commits(first - 1, many)? {
            touched.extend(commit.touched);
        }
    }
    Ok(touched.into_iter().rev().collect())
}

/// What became of a record.
enum Fate {
    /// It is out of use, or what it was.
    Back,
    /// It stays, because a command of this word changed it since.
    Kept(String),
    /// Nothing of it is the run's to take back.
    NotIts,
}

fn one(
    door: &mut Door<'_, '_>,
    commands: &BTreeSet<Uuid>,
    entity: &'static Entity,
    id: Uuid,
) -> Result<Fate> {
    macro_rules! of_records {
        ($($record:ty),*) => {$(
            if entity.number == <$record>::ENTITY.number {
                return back::<$record>(door, commands, EntityId::from_uuid(id));
            }
        )*};
    }
    of_records!(Relationship, Party, Contact, Vehicle, Consent);
    Ok(Fate::NotIts)
}

fn back<R: Record + TakenBack>(
    door: &mut Door<'_, '_>,
    commands: &BTreeSet<Uuid>,
    id: R::Id,
) -> Result<Fate> {
    let history = door.view().reader.history(R::ENTITY, id.uuid())?;
    let by_run = |entry: &&HistoryEntry| commands.contains(&entry.command);
    let Some(first) = history.iter().find(by_run) else { return Ok(Fate::NotIts) };
    let since = history.iter().find(|entry| entry.seq > first.seq && !commands.contains(&entry.command));
    if let Some(other) = since {
        return Ok(Fate::Kept(other.kind.clone()));
    }
    let stored = door.get_whole::<R>(id)?;
    let version = stored.version;
    let record = if first.created {
        let at = Moment { now: door.now(), today: door.today() };
        stored.record.taken_back(at)
    } else {
        let mut values = stored.record.to_values();
        for change in history.iter().rev().filter(by_run).flat_map(|entry| &entry.changes) {
            if let Some(place) = R::ENTITY.position(change.column.name)
                && let Some(value) = values.get_mut(place)
            {
                *value = change.before.clone();
            }
        }
        R::from_values(values).map_err(|_| crate::CrmError::Internal { what: "the journal holds records" })?
    };
    door.update(&record, version)?;
    Ok(Fate::Back)
}
