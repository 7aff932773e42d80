//! Taking back what an import brought in.

use super::dependents;
use super::receipts::chunk_command;
use crate::command::{Asked, Command, ImportRunRef, Outcome, RecordRef};
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::session::Session;
use clientela_core::ids::ImportRunId;
use clientela_core::imports::{ImportRun, Moment, TakenBack};
use clientela_core::party::{Consent, Contact, Party, Relationship, Vehicle};
use clientela_core::performance::MarketTotal;
use clientela_model::{Entity, EntityId, Record, Why};
use clientela_store::HistoryEntry;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use uuid::Uuid;

/// Takes a run back, the last chunk first, one in one command: records it made are put out of use, those it changed become what they
/// were. What anybody changed since, or has used since for something else, stays as it is and is named. Where chunks are left the run
/// says how many, and the same command, given again, goes on.
pub(crate) fn revert(door: &mut Door<'_, '_>, run: &str) -> Result<Outcome> {
    let stored = door.to_change::<ImportRun>(run)?;
    stored.record.may_be_reverted()?;
    let chunks = commands_of(door, stored.record.id)?;
    let left = stored.record.chunks_left.and_then(|left| usize::try_from(left).ok());
    let end = left.unwrap_or(chunks.len()).min(chunks.len());
    let begin = end.saturating_sub(1);
    let part = chunks.get(begin..end).unwrap_or_default().iter().flatten().copied().collect();
    let commands = Commands { all: chunks.iter().flatten().copied().collect(), part };
    let touched = touched(door, &commands.part)?;
    let mut fates = HashMap::with_capacity(touched.len());
    for (number, id) in &touched {
        if let Some(entity) = door.view().reader.entity_numbered(*number) {
            fates.insert((*number, *id), judge(door, &commands, entity, *id)?);
        }
    }
    keep_what_is_used(door, &touched, &mut fates)?;
    keep_together(door, &mut fates)?;
    let (mut back, mut kept) = (0_usize, Vec::new());
    for (number, id) in touched {
        let fate = fates.remove(&(number, id)).unwrap_or(Fate::NotIts);
        let Some(entity) = door.view().reader.entity_numbered(number) else { continue };
        match fate {
            Fate::Made | Fate::Changed => {
                one(door, &commands.all, entity, id)?;
                back += 1;
            }
            Fate::Kept { why, .. } => kept.push((entity, id, why)),
            Fate::NotIts => {}
        }
    }
    let run = stored.record.reverted(door.now(), kept.len(), begin)?;
    door.update(&run, stored.version)?;
    let start = Why::new("import.reverted").fact("taken_back", back).fact("kept", kept.len());
    let start = start.fact("chunks_left", begin);
    let told = kept.iter().take(KEPT_TOLD);
    let why = told.fold(start, |why, (entity, id, kept)| {
        why.because(kept.clone().fact("entity", entity.name).fact("record", id))
    });
    let mut outcome = Outcome::of(&run, None, why);
    let reference = |(entity, id, _): (&'static Entity, Uuid, Why)| RecordRef {
        entity: entity.name.to_owned(),
        id,
        key: None,
    };
    outcome.records.extend(kept.into_iter().take(KEPT_TOLD).map(reference));
    Ok(outcome)
}

/// The commands of a run, and those of them that are taken back now.
struct Commands {
    all: BTreeSet<Uuid>,
    part: BTreeSet<Uuid>,
}

/// Records that stayed and are named one by one: beyond, only their number is told.
const KEPT_TOLD: usize = 1_000;

/// Made records that something else refers to are kept: a customer somebody sold to is no mistake any more.
fn keep_what_is_used(
    door: &Door<'_, '_>,
    touched: &[dependents::Named],
    fates: &mut HashMap<dependents::Named, Fate>,
) -> Result<()> {
    let own: HashSet<dependents::Named> = touched.iter().copied().collect();
    let mut made: HashMap<&'static str, HashSet<Uuid>> = HashMap::new();
    for ((number, id), fate) in &*fates {
        if let (Fate::Made, Some(entity)) = (fate, door.view().reader.entity_numbered(*number)) {
            made.entry(entity.name).or_default().insert(*id);
        }
    }
    for (record, by) in dependents::used(door, &made, &own)? {
        let why = Why::new("import.used_since").fact("by", by);
        fates.insert(record, Fate::Kept { why, made: true });
    }
    Ok(())
}

/// A customer is two records: both are taken back, or both stay. What was made with it and stays keeps it too.
fn keep_together(door: &Door<'_, '_>, fates: &mut HashMap<dependents::Named, Fate>) -> Result<()> {
    let of_customer: Vec<(Uuid, Uuid)> = {
        let number = Relationship::ENTITY.number;
        let made = fates.iter().filter(|((of, _), fate)| *of == number && !matches!(fate, Fate::NotIts));
        let ids: Vec<Uuid> = made.map(|((_, id), _)| *id).collect();
        let mut pairs = Vec::with_capacity(ids.len());
        for id in ids {
            let relationship = door.get_whole::<Relationship>(EntityId::from_uuid(id))?.record;
            pairs.push((id, relationship.party.uuid()));
        }
        pairs
    };
    for (relationship, party) in of_customer {
        let (relationship, party) =
            ((Relationship::ENTITY.number, relationship), (Party::ENTITY.number, party));
        for (from, to) in [(relationship, party), (party, relationship)] {
            // A party that was there before is others' too: what they do with it says nothing of this relationship.
            if let Some(Fate::Kept { why, made }) = fates.get(&from)
                && (*made || from == relationship)
                && matches!(fates.get(&to), Some(Fate::Made | Fate::Changed))
            {
                let fate = Fate::Kept { why: why.clone(), made: *made };
                fates.insert(to, fate);
            }
        }
    }
    Ok(())
}

/// The commands a run was made of, chunk by chunk.
fn commands_of(door: &Door<'_, '_>, run: ImportRunId) -> Result<Vec<Vec<Uuid>>> {
    let (view, mut chunks) = (door.view(), Vec::new());
    for index in 0_u64.. {
        let mut tries = Vec::new();
        for again in 0_u32.. {
            let id = chunk_command(run.uuid(), index, again);
            if view.reader.command(id)?.is_none() {
                break;
            }
            tries.push(id);
        }
        if tries.is_empty() {
            break;
        }
        chunks.push(tries);
    }
    Ok(chunks)
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

/// What is to become of a record.
enum Fate {
    /// The run made it: it is put out of use.
    Made,
    /// The run changed it: it becomes what it was.
    Changed,
    /// It stays, for this reason, whether the run made it or only changed it.
    Kept { why: Why, made: bool },
    /// Nothing of it is the run's to take back.
    NotIts,
}

/// What the journal says of a record the run touched. One that several chunks touched is dealt with where the last did.
fn judge(door: &Door<'_, '_>, commands: &Commands, entity: &'static Entity, id: Uuid) -> Result<Fate> {
    if !TAKEN_BACK.contains(&entity.number) {
        return Ok(Fate::NotIts);
    }
    let history = door.view().reader.history(entity, id)?;
    let mut its = history.iter().filter(|entry| commands.all.contains(&entry.command));
    let Some(first) = its.next() else { return Ok(Fate::NotIts) };
    if !commands.part.contains(&its.next_back().unwrap_or(first).command) {
        return Ok(Fate::NotIts);
    }
    let since = history.iter().find(|entry| entry.seq > first.seq && !commands.all.contains(&entry.command));
    Ok(match since {
        Some(other) => {
            let why = Why::new("import.changed_since").fact("by", &other.kind);
            Fate::Kept { why, made: first.created }
        }
        None if first.created => Fate::Made,
        None => Fate::Changed,
    })
}

/// What an import makes and changes.
const TAKEN_BACK: [u16; 6] = [
    Relationship::ENTITY.number,
    Party::ENTITY.number,
    Contact::ENTITY.number,
    Vehicle::ENTITY.number,
    Consent::ENTITY.number,
    MarketTotal::ENTITY.number,
];

fn one(door: &mut Door<'_, '_>, commands: &BTreeSet<Uuid>, entity: &'static Entity, id: Uuid) -> Result<()> {
    macro_rules! of_records {
        ($($record:ty),*) => {$(
            if entity.number == <$record>::ENTITY.number {
                return back::<$record>(door, commands, EntityId::from_uuid(id));
            }
        )*};
    }
    of_records!(Relationship, Party, Contact, Vehicle, Consent, MarketTotal);
    Ok(())
}

fn back<R: Record + TakenBack>(door: &mut Door<'_, '_>, commands: &BTreeSet<Uuid>, id: R::Id) -> Result<()> {
    let history = door.view().reader.history(R::ENTITY, id.uuid())?;
    let by_run = |entry: &&HistoryEntry| commands.contains(&entry.command);
    let stored = door.get_whole::<R>(id)?;
    let stands = stored.record.to_values();
    let record = if history.iter().find(by_run).is_some_and(|entry| entry.created) {
        let at = Moment { now: door.now(), today: door.today() };
        stored.record.taken_back(at)
    } else {
        let mut values = stands.clone();
        for change in history.iter().rev().filter(by_run).flat_map(|entry| &entry.changes) {
            if let Some(place) = R::ENTITY.position(change.column.name)
                && let Some(value) = values.get_mut(place)
            {
                *value = change.before.clone();
            }
        }
        R::from_values(values).map_err(|_| CrmError::Internal { what: "the journal holds records" })?
    };
    if record.to_values() == stands {
        return Ok(());
    }
    door.update(&record, stored.version)
}

/// What came of taking an import back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevertReport {
    /// Records that were taken back.
    pub taken_back: u64,
    /// Records that stayed.
    pub kept: u64,
    /// Chunks of rows that are left: taking it back was stopped, and goes on when it is asked for again.
    pub chunks_left: u64,
}

impl Session {
    /// Takes an import back, a chunk of rows in one command, until nothing is left of it. `progress` is called after each and
    /// may stop it: what was taken back is, and asking again goes on, also after a crash.
    ///
    /// # Errors
    /// `import.reverted` when it was taken back before, and what the actor's rights or the store refuse; chunks before that are taken
    /// back.
    pub fn revert_import(
        &self,
        run: &str,
        reason: Option<&str>,
        progress: &mut dyn FnMut(&RevertReport) -> ControlFlow<()>,
    ) -> Result<RevertReport> {
        let command = Command::ImportRunRevert(ImportRunRef { import_run: run.to_owned() });
        let mut report = RevertReport::default();
        loop {
            let receipt = self.run(Asked { command: &command, reason })?;
            let fact = |name: &str| -> u64 {
                let found = receipt.why.facts.iter().find(|fact| fact.name == name);
                found.and_then(|fact| fact.value.parse().ok()).unwrap_or_default()
            };
            report.taken_back += fact("taken_back");
            report.kept += fact("kept");
            report.chunks_left = fact("chunks_left");
            if progress(&report).is_break() || report.chunks_left == 0 {
                return Ok(report);
            }
        }
    }
}
