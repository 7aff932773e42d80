//! A plan: what would come of a file, and the writing of it.

use super::cells::Reading;
use super::decide::{Decided, Decider, Ready};
use super::options::ImportOptions;
use super::report::{ImportProgress, ImportReport, PreviewRow, RejectedRow};
use super::rows::{self, CheckedRow, Opened};
use super::runs::{self, About};
use super::saved;
use super::source::ImportSource;
use super::{CHUNK_ROWS, PREVIEW_ROWS, write};
use crate::command::Receipt;
use crate::error::{CrmError, Result};
use crate::session::Session;
use clientela_core::imports::ChunkCount;
use clientela_exchange::csv::{CsvReader, Mapping, RejectWriter};
use clientela_model::{Record, Why};
use clientela_store::StoredCommand;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::ControlFlow;
use uuid::Uuid;

/// The word of the commands an import is made of.
const COMMAND: &str = "import.chunk";

/// What would come of a file. Nothing is written before [`commit`](Self::commit).
#[derive(Debug)]
pub struct ImportPlan {
    session: Session,
    source: ImportSource,
    options: ImportOptions,
    opened: Opened,
    id: Uuid,
    saved: Option<String>,
    read: u64,
    acceptable: u64,
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
            acceptable: 0,
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
                tally.before += before.added;
                tally.acceptable += before.added;
                for mut decided in decider.decide(&view, before.left, &new_uuid)? {
                    keep_repeated(&mut decided, &before.repeated);
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
        self.acceptable
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
            rejected: Vec::new(),
            cancelled: false,
        };
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
            report.added_before += before.added;
            let came_in = before.added;
            let (added, rejected) = self.chunk(session, &mut decider, index, before, (reason, &about))?;
            let added = came_in + added;
            report.read += rows;
            report.added += added;
            report.rejected.extend(rejected);
            let so_far = ImportProgress {
                rows: report.read,
                total: self.read,
                added: report.added,
                rejected: report.rejected.len() as u64,
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

    /// Writes rejected rows as a table: their cells as they stood, then line, code and message. Cards and rows that could not
    /// be read have no cells.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write_rejected<W: io::Write>(&self, rejected: &[RejectedRow], output: W) -> io::Result<W> {
        let reasons: HashMap<u64, &RejectedRow> = rejected.iter().map(|row| (row.line, row)).collect();
        let text = |row: &RejectedRow| match &row.field {
            Some(field) => format!("{field}: {} ({})", row.message, row.code),
            None => format!("{} ({})", row.message, row.code),
        };
        let empty = |line| clientela_exchange::csv::Row { line, cells: Vec::new() };
        match &self.source {
            ImportSource::Csv(bytes) => {
                let broken = |error: clientela_exchange::csv::CsvError| io::Error::other(error);
                let mut table = CsvReader::open(bytes, &self.options.csv()).map_err(broken)?;
                let mut writer = RejectWriter::for_table(output, &table)?;
                for row in &mut table {
                    let row = row.unwrap_or_else(|error| empty(error.line().unwrap_or_default()));
                    if let Some(reason) = reasons.get(&row.line) {
                        writer.write(&row, &text(reason))?;
                    }
                }
                writer.finish()
            }
            ImportSource::Cards(_) => {
                let titles = [RejectWriter::<W>::LINE, RejectWriter::<W>::REASON];
                let mut writer =
                    RejectWriter::new(output, &[], clientela_exchange::csv::Separator::Semicolon, titles)?;
                for row in rejected {
                    writer.write(&empty(row.line), &text(row))?;
                }
                writer.finish()
            }
            #[cfg(feature = "arrow")]
            ImportSource::Batches(batches) => {
                let titles = [RejectWriter::<W>::LINE, RejectWriter::<W>::REASON];
                // By its separator it is read again with decimal points, as it is written here.
                let comma = clientela_exchange::csv::Separator::Comma;
                let mut writer = RejectWriter::new(output, &batches.headers(), comma, titles)?;
                for (line, cells) in batches.texts() {
                    if let Some(reason) = reasons.get(&line) {
                        writer.write(&clientela_exchange::csv::Row { line, cells }, &text(reason))?;
                    }
                }
                writer.finish()
            }
        }
    }

    /// Brings in what is left of a chunk; gives how many rows came in, and the others.
    fn chunk(
        &self,
        session: &Session,
        decider: &mut Decider,
        index: u64,
        before: Before,
        (reason, about): (&str, &About),
    ) -> Result<(u64, Vec<RejectedRow>)> {
        let Before { tries, left: rows, repeated, .. } = before;
        // Rows of an earlier try are still wrong, mostly: nothing is written for them.
        if tries > 0 {
            let now = session.now();
            let new_uuid = || session.crm.new_uuid(now);
            let mut decided = session.look(|view| decider.decide(&view, rows.clone(), &new_uuid))?;
            decided.iter_mut().for_each(|row| keep_repeated(row, &repeated));
            if decided.iter().all(|row| row.outcome.is_err()) {
                return Ok((0, decided.into_iter().filter_map(|row| row.outcome.err()).collect()));
            }
        }
        let (id, count) = (self.command_id(index, tries), rows.len() as u64);
        let fingerprint = Sha256::digest(id.as_bytes()).into();
        let written = session.transact(id, COMMAND, reason, fingerprint, |door| {
            let mut decided = {
                let new_uuid = || door.new_uuid();
                decider.decide(&door.view(), rows, &new_uuid)?
            };
            decided.iter_mut().for_each(|row| keep_repeated(row, &repeated));
            let (added, rejected) = write::chunk(door, decided)?;
            let counted = ChunkCount { rows: count, accepted: added, again: tries > 0 };
            runs::count(door, about, &self.options, session, counted)?;
            Ok((answer(COMMAND, id, count, added, &rejected)?, (added, rejected)))
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
        let (mut added, mut tries, mut repeated) = (0, 0, Vec::new());
        while let Some(stored) = command(self.command_id(index, tries))? {
            let (came_in, rejected) = answered(&stored.answer)?;
            let lines: HashSet<u64> = rejected.iter().map(|row| row.line).collect();
            rows.retain(|(line, _)| lines.contains(line));
            repeated = rejected.into_iter().filter(|row| row.code == REPEATED).collect();
            added += came_in;
            tries += 1;
        }
        Ok(Before { added, tries, left: rows, repeated })
    }

    /// Visits the rows, checked as far as the store is not needed for it.
    fn in_chunks(&self, each: &mut dyn FnMut(u64, Vec<CheckedRow>) -> Result<bool>) -> Result<()> {
        let now = self.session.now();
        let reading = Reading {
            options: &self.options,
            numbers: self.opened.numbers,
            today: self.session.day_of(now),
            now,
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
    added: u64,
    tries: u32,
    left: Vec<CheckedRow>,
    /// The rows among them that were rejected because their like stood in the file before.
    repeated: Vec<RejectedRow>,
}

/// The code of a row whose like stood in the file before.
const REPEATED: &str = "import.repeated";

/// A row that repeats one which has come in is still rejected for that, and not because its like is there now.
fn keep_repeated(decided: &mut Decided, repeated: &[RejectedRow]) {
    if let Err(reason) = &mut decided.outcome
        && let Some(before) = repeated.iter().find(|row| row.line == decided.line)
    {
        reason.clone_from(before);
    }
}

/// What a plan counts.
#[derive(Default)]
struct Tally {
    read: u64,
    acceptable: u64,
    before: u64,
    rejected: Vec<RejectedRow>,
    preview: Vec<PreviewRow>,
}

impl Tally {
    fn take(&mut self, decided: Decided) {
        match decided.outcome {
            Ok(ready) => {
                self.acceptable += 1;
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
    added: u64,
    rejected: &[RejectedRow],
) -> Result<Vec<u8>> {
    let start = Why::new(command).fact("rows", rows).fact("added", added);
    let why = rejected.iter().fold(start, |why, row| why.because(row.why()));
    let receipt = Receipt { id, command: command.to_owned(), records: Vec::new(), why };
    serde_json::to_vec(&receipt).map_err(|_| CrmError::Internal { what: "receipts are JSON" }.into())
}

fn answered(answer: &[u8]) -> Result<(u64, Vec<RejectedRow>)> {
    let broken = || CrmError::Internal { what: "stored receipts of imports are JSON" };
    let receipt: Receipt = serde_json::from_slice(answer).map_err(|_| broken())?;
    let added =
        receipt.why.facts.iter().find(|fact| fact.name == "added").and_then(|fact| fact.value.parse().ok());
    let rejected: Option<Vec<RejectedRow>> = receipt.why.because.iter().map(RejectedRow::from_why).collect();
    Ok((added.ok_or_else(broken)?, rejected.ok_or_else(broken)?))
}
