//! A plan: what would come of a file, and the writing of it.

use super::cells::Reading;
use super::decide::{Decided, Decider, Ready};
use super::existing::Change;
use super::options::ImportOptions;
use super::report::{ImportProgress, ImportReport, PreviewRow, RejectedRow, Taken};
use super::rows::{self, CheckedRow, Opened};
use super::runs::{self, About};
use super::saved;
use super::source::ImportSource;
use super::{CHUNK_ROWS, PREVIEW_ROWS, write};
use crate::command::Receipt;
use crate::error::{CrmError, Result};
use crate::session::Session;
use clientela_core::imports::{ChunkCount, Pace};
use clientela_exchange::csv::Mapping;
use clientela_model::{Record, Why};
use clientela_store::StoredCommand;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::ops::ControlFlow;
use uuid::Uuid;

/// The word of the commands an import is made of.
pub(super) const COMMAND: &str = "import.chunk";

/// What would come of a file. Nothing is written before [`commit`](Self::commit).
#[derive(Debug)]
pub struct ImportPlan {
    session: Session,
    pub(super) source: ImportSource,
    pub(super) options: ImportOptions,
    opened: Opened,
    id: Uuid,
    saved: Option<String>,
    read: u64,
    acceptable: Taken,
    before: u64,
    rejected: Vec<RejectedRow>,
    preview: Vec<PreviewRow>,
}

impl ImportPlan {
    pub(super) fn new(session: &Session, source: ImportSource, options: ImportOptions) -> Result<Self> {
        let (options, saved) = session.look(|view| saved::complete(&view, &source, options))?;
        let opened = rows::open(&source, &options)?;
        let id = plan_id(session, &source, &options, opened.mapping.as_ref())?;
        let mut plan = Self {
            session: session.clone(),
            source,
            options,
            opened,
            id,
            saved,
            read: 0,
            acceptable: Taken::default(),
            before: 0,
            rejected: Vec::new(),
            preview: Vec::new(),
        };
        let (mut tally, now) = (Tally::default(), session.now());
        session.look(|view| {
            if let Some(run) = runs::of_plan(&view, id)? {
                run.record.may_go_on()?;
            }
            let mut decider = Decider::new(&view, &plan.options)?;
            let new_uuid = || session.crm.new_uuid(now);
            plan.in_chunks(&mut |index, chunk| {
                tally.read += chunk.len() as u64;
                view.reader.tell("rows", tally.read, 0);
                let before = plan.before(index, chunk, &mut |id| Ok(view.reader.command(id)?))?;
                tally.before += before.taken.all();
                tally.acceptable += before.taken;
                for mut decided in decider.decide(&view, before.left, &new_uuid)? {
                    keep_repeated(&mut decided, &before.repeated, plan.options.upsert.is_some());
                    tally.take(decided);
                }
                Ok(true)
            })
        })?;
        let Tally { read, acceptable, before, rejected, preview } = tally;
        (plan.read, plan.acceptable, plan.before) = (read, acceptable, before);
        (plan.rejected, plan.preview) = (rejected, preview);
        Ok(plan)
    }

    /// Its id: the same for the same file, options and actor.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Which column goes where; none for cards.
    #[must_use]
    pub const fn mapping(&self) -> Option<&Mapping> {
        self.opened.mapping.as_ref()
    }

    /// The saved mapping that is used.
    #[must_use]
    pub fn saved_mapping(&self) -> Option<&str> {
        self.saved.as_deref()
    }

    /// Rows of the file.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.read
    }

    /// Rows that would come in, or came in when the plan was committed before.
    #[must_use]
    pub const fn acceptable(&self) -> u64 {
        self.acceptable.all()
    }

    /// Of these, rows that would change, or changed, a record that is there.
    #[must_use]
    pub const fn changed(&self) -> u64 {
        self.acceptable.changed
    }

    /// Of these, rows whose record is there just so.
    #[must_use]
    pub const fn unchanged(&self) -> u64 {
        self.acceptable.unchanged
    }

    /// Of those rejected, rows that say something else than somebody in the store did since the import before.
    #[must_use]
    pub fn conflicting(&self) -> u64 {
        conflicting(&self.rejected)
    }

    /// Of these, rows an earlier run of this plan has brought in already.
    #[must_use]
    pub const fn added_before(&self) -> u64 {
        self.before
    }

    /// Rows that would not, with field and reason.
    #[must_use]
    pub fn rejected(&self) -> &[RejectedRow] {
        &self.rejected
    }

    /// How many rows are rejected for which reason.
    #[must_use]
    pub fn reasons(&self) -> std::collections::BTreeMap<&str, usize> {
        let mut counts = std::collections::BTreeMap::new();
        for row in &self.rejected {
            *counts.entry(row.code.as_str()).or_insert(0) += 1;
        }
        counts
    }

    /// The first rows as they would come in.
    #[must_use]
    pub fn preview(&self) -> &[PreviewRow] {
        &self.preview
    }

    /// Brings the rows in, a chunk at a time, each in one command. `progress` is called after each and may stop it; what was
    /// written stays, and committing again goes on. Rows are checked again, as they may have become wrong meanwhile.
    ///
    /// # Errors
    /// What the store refuses; chunks before that are written. Committing again, now or after a crash, is harmless.
    pub fn commit(
        &self,
        progress: &mut dyn FnMut(&ImportProgress) -> ControlFlow<()>,
    ) -> Result<ImportReport> {
        self.commit_with_note("", progress)
    }

    /// Brings the rows in as [`commit`](Self::commit) does; `note` says why, for the journal.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_with_note(
        &self,
        note: &str,
        progress: &mut dyn FnMut(&ImportProgress) -> ControlFlow<()>,
    ) -> Result<ImportReport> {
        let session = &self.session;
        let mut report = ImportReport {
            plan: self.id,
            read: 0,
            added: 0,
            added_before: 0,
            changed: 0,
            unchanged: 0,
            conflicting: 0,
            rejected: Vec::new(),
            cancelled: false,
        };
        let (mut taken, mut pace) = (Taken::default(), Pace::begin(session.now()));
        let bulk = session.crm.bulk()?;
        let session = &bulk.session(session);
        let mut decider = session.look(|view| Decider::new(&view, &self.options))?;
        let label = self.options.label.as_deref().unwrap_or_default();
        let reason = if note.is_empty() { label } else { note };
        let about = About {
            plan: self.id,
            digest: saved::hex(&Sha256::digest(&*self.source.content())),
            mapping: self.saved.clone(),
            rows: self.read,
        };
        self.in_chunks(&mut |index, chunk| {
            let rows = chunk.len() as u64;
            let before =
                session.look(|view| self.before(index, chunk, &mut |id| Ok(view.reader.command(id)?)))?;
            report.added_before += before.taken.all();
            taken += before.taken;
            let (now_taken, rejected) = self.chunk(session, &mut decider, index, before, (reason, &about))?;
            taken += now_taken;
            report.read += rows;
            (report.added, report.changed, report.unchanged) = (taken.all(), taken.changed, taken.unchanged);
            report.conflicting += conflicting(&rejected);
            report.rejected.extend(rejected);
            // Rows an earlier run had taken are passed over in no time: they say nothing of the others.
            let (done, left) = (report.read - report.added_before, self.read.saturating_sub(report.read));
            let so_far = ImportProgress {
                rows: report.read,
                total: self.read,
                added: report.added,
                changed: report.changed,
                unchanged: report.unchanged,
                rejected: report.rejected.len() as u64,
                pace: pace.observe(session.now(), done, left),
            };
            report.cancelled = progress(&so_far).is_break();
            Ok(!report.cancelled)
        })?;
        if !report.cancelled {
            runs::finish(session, self.id)?;
        }
        bulk.finish()?;
        Ok(report)
    }

    /// Brings in what is left of a chunk; gives how many rows came in, and the others.
    fn chunk(
        &self,
        session: &Session,
        decider: &mut Decider,
        index: u64,
        before: Before,
        (reason, about): (&str, &About),
    ) -> Result<(Taken, Vec<RejectedRow>)> {
        let Before { tries, left: rows, repeated, .. } = before;
        let upsert = self.options.upsert.is_some();
        // Rows of an earlier try are still wrong, mostly: nothing is written for them.
        if tries > 0 {
            let now = session.now();
            let new_uuid = || session.crm.new_uuid(now);
            let mut decided = session.look(|view| decider.decide(&view, rows.clone(), &new_uuid))?;
            decided.iter_mut().for_each(|row| keep_repeated(row, &repeated, upsert));
            if decided.iter().all(|row| row.outcome.is_err()) {
                return Ok((
                    Taken::default(),
                    decided.into_iter().filter_map(|row| row.outcome.err()).collect(),
                ));
            }
        }
        let (id, count) = (self.command_id(index, tries), rows.len() as u64);
        let fingerprint = Sha256::digest(id.as_bytes()).into();
        let written = session.transact(id, COMMAND, reason, fingerprint, |door| {
            let mut decided = {
                let new_uuid = || door.new_uuid();
                decider.decide(&door.view(), rows, &new_uuid)?
            };
            decided.iter_mut().for_each(|row| keep_repeated(row, &repeated, upsert));
            let (taken, rejected) = write::chunk(door, decided)?;
            let Taken { changed, unchanged, .. } = taken;
            let counted =
                ChunkCount { rows: count, accepted: taken.all(), changed, unchanged, again: tries > 0 };
            runs::count(door, about, &self.options, session, counted)?;
            Ok((answer(COMMAND, id, count, taken, &rejected)?, (taken, rejected)))
        })?;
        // Another program may have been faster with the same plan.
        written.map_or_else(|stored| answered(&stored), Ok)
    }

    /// What earlier commits of this plan did with a chunk: how many rows came in, and which are left. A row that was
    /// rejected is left: what it lacked may be there now.
    fn before(
        &self,
        index: u64,
        mut rows: Vec<CheckedRow>,
        command: &mut dyn FnMut(Uuid) -> Result<Option<StoredCommand>>,
    ) -> Result<Before> {
        let (mut taken, mut tries, mut repeated) = (Taken::default(), 0, Vec::new());
        while let Some(stored) = command(self.command_id(index, tries))? {
            let (came_in, rejected) = answered(&stored.answer)?;
            let lines: HashSet<u64> = rejected.iter().map(|row| row.line).collect();
            rows.retain(|(line, _)| lines.contains(line));
            repeated = rejected.into_iter().filter(|row| row.code == REPEATED).collect();
            taken += came_in;
            tries += 1;
        }
        Ok(Before { taken, tries, left: rows, repeated })
    }

    /// Visits the rows, checked as far as the store is not needed for it.
    fn in_chunks(&self, each: &mut dyn FnMut(u64, Vec<CheckedRow>) -> Result<bool>) -> Result<()> {
        let (now, filled) = (self.session.now(), self.opened.filled(&self.options));
        let reading = Reading {
            options: &self.options,
            numbers: self.opened.numbers,
            today: self.session.day_of(now),
            now,
            filled: &filled,
        };
        let read = |visit: &mut dyn FnMut(Vec<CheckedRow>) -> Result<bool>| {
            let mapping = self.opened.mapping.as_ref();
            rows::in_chunks(&self.source, &self.options, mapping, CHUNK_ROWS, &mut |chunk| {
                visit(chunk.into_iter().map(|row| rows::check(row, &reading)).collect())
            })
        };
        let mut index = 0;
        // On the caller's thread: a library inside another program starts none of its own unasked.
        read(&mut |chunk| {
            index += 1;
            each(index - 1, chunk)
        })
    }

    fn command_id(&self, index: u64, tries: u32) -> Uuid {
        chunk_command(self.id, index, tries)
    }
}

/// The command id of a chunk, or of a later try with the rows it rejected.
pub(super) fn chunk_command(plan: Uuid, index: u64, tries: u32) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(plan.as_bytes());
    hash.update(index.to_le_bytes());
    if tries > 0 {
        hash.update(tries.to_le_bytes());
    }
    from_hash(&hash.finalize())
}

/// What earlier commits did with a chunk.
struct Before {
    taken: Taken,
    tries: u32,
    left: Vec<CheckedRow>,
    /// The rows among them that were rejected because their like stood in the file before.
    repeated: Vec<RejectedRow>,
}

/// The code of a row whose like stood in the file before.
const REPEATED: &str = "import.repeated";

/// The code of a row that says something else than somebody in the store.
const CONFLICT: &str = "import.conflict";

fn conflicting(rejected: &[RejectedRow]) -> u64 {
    rejected.iter().filter(|row| row.code == CONFLICT).count() as u64
}

/// A row that repeats one which has come in is still rejected for that, and not because its like is there now; nor does it, as an
/// upsert, change what the other brought.
fn keep_repeated(decided: &mut Decided, repeated: &[RejectedRow], upsert: bool) {
    if (upsert || decided.outcome.is_err())
        && let Some(before) = repeated.iter().find(|row| row.line == decided.line)
    {
        decided.outcome = Err(before.clone());
    }
}

/// What a plan counts.
#[derive(Default)]
struct Tally {
    read: u64,
    acceptable: Taken,
    before: u64,
    rejected: Vec<RejectedRow>,
    preview: Vec<PreviewRow>,
}

impl Tally {
    fn take(&mut self, decided: Decided) {
        match decided.outcome {
            Ok(ready) => {
                self.acceptable += Taken::of(&ready);
                if self.preview.len() < PREVIEW_ROWS {
                    self.preview.push(PreviewRow { line: decided.line, values: shown(&ready) });
                }
            }
            Err(rejected) => self.rejected.push(rejected),
        }
    }
}

/// What is given of a record, ids aside.
fn shown(ready: &Ready) -> Vec<(String, String)> {
    fn given<R: Record>(record: &R) -> Vec<(String, String)> {
        let values = record.to_values();
        let columns = R::ENTITY.columns.iter().zip(&values);
        let told =
            columns.filter(|(_, value)| !value.is_null() && !matches!(value, clientela_model::Value::Id(_)));
        told.map(|(column, value)| (column.name.to_owned(), value.to_plain_text())).collect()
    }
    match ready {
        Ready::Customer { entered, .. } => {
            let mut all = given(&entered.party);
            all.extend(given(&entered.relationship));
            all
        }
        Ready::Vehicle(vehicle) => given(&**vehicle),
        Ready::Contact(contact) => given(&**contact),
        Ready::Consent(consent) => given(&**consent),
        Ready::Market(total) => given(&**total),
        Ready::Changed(Change::Customer { party, relationship }) => {
            let mut all = party.as_ref().map(|party| given(&party.record)).unwrap_or_default();
            all.extend(relationship.as_ref().map(|changed| given(&changed.record)).unwrap_or_default());
            all
        }
        Ready::Changed(Change::Vehicle(vehicle)) => given(&vehicle.record),
        Ready::Changed(Change::Contact(contact)) => given(&contact.record),
        Ready::Changed(Change::Market(total)) => given(&total.record),
        Ready::Unchanged => Vec::new(),
    }
}

/// Made of everything that decides what comes of a file, so that the same import is the same plan after a crash.
fn plan_id(
    session: &Session,
    source: &ImportSource,
    options: &ImportOptions,
    mapping: Option<&Mapping>,
) -> Result<Uuid> {
    let json = |error| {
        let _: serde_json::Error = error;
        CrmError::Internal { what: "import options are JSON" }
    };
    let parts = [
        source.kind().as_bytes(),
        &*source.content(),
        &serde_json::to_vec(options).map_err(json)?,
        &serde_json::to_vec(&mapping).map_err(json)?,
        session.user.to_string().as_bytes(),
        session.position.to_string().as_bytes(),
    ]
    .map(<[u8]>::to_vec);
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Ok(from_hash(&hash.finalize()))
}

pub(super) fn from_hash(hash: &[u8]) -> Uuid {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash) {
        *to = *from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A chunk's answer is a receipt, so that it can be asked for like any other.
pub(super) fn answer(
    command: &'static str,
    id: Uuid,
    rows: u64,
    taken: Taken,
    rejected: &[RejectedRow],
) -> Result<Vec<u8>> {
    let mut start = Why::new(command).fact("rows", rows).fact("added", taken.all());
    for (name, count) in [("changed", taken.changed), ("unchanged", taken.unchanged)] {
        if count > 0 {
            start = start.fact(name, count);
        }
    }
    let why = rejected.iter().fold(start, |why, row| why.because(row.why()));
    let receipt = Receipt { id, command: command.to_owned(), records: Vec::new(), why };
    serde_json::to_vec(&receipt).map_err(|_| CrmError::Internal { what: "receipts are JSON" }.into())
}

fn answered(answer: &[u8]) -> Result<(Taken, Vec<RejectedRow>)> {
    let broken = || CrmError::Internal { what: "stored receipts of imports are JSON" };
    let receipt: Receipt = serde_json::from_slice(answer).map_err(|_| broken())?;
    let fact = |name: &str| -> Option<u64> {
        let found = receipt.why.facts.iter().find(|fact| fact.name == name);
        found.and_then(|fact| fact.value.parse().ok())
    };
    let added = fact("added").ok_or_else(broken)?;
    let (changed, unchanged) = (fact("changed").unwrap_or(0), fact("unchanged").unwrap_or(0));
    let created = added.checked_sub(changed + unchanged).ok_or_else(broken)?;
    let rejected: Option<Vec<RejectedRow>> = receipt.why.because.iter().map(RejectedRow::from_why).collect();
    Ok((Taken { created, changed, unchanged }, rejected.ok_or_else(broken)?))
}
