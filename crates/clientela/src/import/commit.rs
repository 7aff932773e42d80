//! The writing of a plan, a chunk in one transaction.

use super::chunks::{Before, Chunk};
use super::content::SourceError;
use super::decide::{Decided, Decider};
use super::ids::Ids;
use super::plan::ImportPlan;
use super::receipts::{COMMAND, answer, answered, chunk_command};
use super::report::{ImportProgress, ImportReport, Rejected, RejectedRow, Taken};
use super::runs::{self, About};
use super::write;
use crate::error::Result;
use crate::session::Session;
use clientela_core::imports::{ChunkCount, Pace};
use clientela_exchange::csv::RejectWriter;
use sha2::{Digest, Sha256};
use std::io;
use std::ops::ControlFlow;

/// What a commit has come to.
#[derive(Default)]
struct Tally {
    read: u64,
    before: u64,
    taken: Taken,
    rejected: Rejected,
}

impl ImportPlan {
    /// Brings the rows in, a chunk at a time, each in one command. `progress` is called after each and may stop it; what was
    /// written stays, and committing again goes on. Rows are checked again, as they may have become wrong meanwhile.
    ///
    /// # Errors
    /// `import.source_changed` when the source is not what was looked at; `import.reverted`; what the store refuses; chunks before that are written.
    /// Committing again, now or after a crash, is harmless.
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
        self.commit_into::<Vec<u8>>(note, None, progress)
    }

    /// Brings the rows in as [`commit`](Self::commit) does, and writes those that are rejected as they come, in the form of
    /// [`write_rejected`](Self::write_rejected): after each chunk all its rejected rows are written.
    ///
    /// # Errors
    /// As [`commit`](Self::commit), and `import.output` when the output cannot be written: the chunk before is in then, and committing
    /// again writes its rows again.
    pub fn commit_into<W: io::Write>(
        &self,
        note: &str,
        output: Option<W>,
        progress: &mut dyn FnMut(&ImportProgress) -> ControlFlow<()>,
    ) -> Result<ImportReport> {
        self.check_source()?;
        let failed = |error: io::Error| SourceError::output(&error);
        let mut writer =
            output.map(|output| self.opened.reject_writer(output)).transpose().map_err(failed)?;
        let (mut tally, mut pace) = (Tally::default(), Pace::begin(self.session.now()));
        let bulk = self.session.crm.bulk()?;
        let session = &bulk.session(&self.session);
        let mut decider = session.look(|view| {
            if let Some(run) = runs::of_plan(&view, self.id)? {
                run.record.may_go_on()?;
            }
            Decider::new(&view, &self.options)
        })?;
        let label = self.options.label.as_deref().unwrap_or_default();
        let reason = if note.is_empty() { label } else { note };
        let about = About {
            plan: self.id,
            digest: crate::digest::hex(&self.opened.looked.digest),
            mapping: self.saved.clone(),
            rows: self.read(),
        };
        let mut cancelled = false;
        let mut known = |id| session.look(|view| Ok(view.reader.command(id)?));
        self.in_chunks(writer.is_some(), &mut known, &mut |mut chunk| {
            tally.before += chunk.before.taken.all();
            tally.taken += chunk.before.taken;
            tally.read += chunk.rows;
            let (taken, rejected) = self.chunk(session, &mut decider, &mut chunk, (reason, &about))?;
            tally.taken += taken;
            rejected.iter().for_each(|row| tally.rejected.add(row));
            if let Some(writer) = &mut writer {
                write_all(&mut chunk, &rejected, writer).map_err(failed)?;
            }
            // Rows an earlier run had taken are passed over in no time: they say nothing of the others.
            let (done, left) = (tally.read - tally.before, self.read().saturating_sub(tally.read));
            let so_far = ImportProgress {
                rows: tally.read,
                total: self.read(),
                added: tally.taken.all(),
                changed: tally.taken.changed,
                unchanged: tally.taken.unchanged,
                rejected: tally.rejected.rows,
                pace: pace.observe(session.now(), done, left),
            };
            cancelled = progress(&so_far).is_break();
            Ok(!cancelled)
        })?;
        if !cancelled {
            runs::finish(session, self.id)?;
        }
        bulk.finish()?;
        if let Some(writer) = writer {
            writer.finish().map_err(failed)?;
        }
        Ok(ImportReport {
            plan: self.id,
            read: tally.read,
            added: tally.taken.all(),
            added_before: tally.before,
            changed: tally.taken.changed,
            unchanged: tally.taken.unchanged,
            conflicting: tally.rejected.conflicting(),
            rejected_rows: tally.rejected.rows,
            reasons: tally.rejected.reasons,
            rejected: tally.rejected.told,
            cancelled,
        })
    }

    /// Brings in what is left of a chunk; gives how many rows came in, and the others.
    fn chunk(
        &self,
        session: &Session,
        decider: &mut Decider,
        chunk: &mut Chunk,
        (reason, about): (&str, &About),
    ) -> Result<(Taken, Vec<RejectedRow>)> {
        let rows = std::mem::take(&mut chunk.before.left);
        let (before, index): (&Before, u64) = (&chunk.before, chunk.index);
        if rows.is_empty() && before.tries > 0 {
            return Ok((Taken::default(), Vec::new()));
        }
        let keep = |decided: &mut Vec<Decided>| {
            decided.iter_mut().for_each(|row| before.keep_repeated(row, self.options.upsert.is_some()));
        };
        // Rows of an earlier try are still wrong, mostly: nothing is written for them.
        if before.tries > 0 {
            let now = session.now();
            let ids = Ids::draw(&session.crm, now, rows.len());
            let mut decided = session.look(|view| decider.decide(&view, rows.clone(), &ids))?;
            keep(&mut decided);
            if decided.iter().all(|row| row.outcome.is_err()) {
                let rejected = decided.into_iter().filter_map(|row| row.outcome.err());
                return Ok((Taken::default(), rejected.collect()));
            }
        }
        let (id, count) = (chunk_command(self.id, index, before.tries), rows.len() as u64);
        let fingerprint = Sha256::digest(id.as_bytes()).into();
        let written = session.transact(id, COMMAND, reason, fingerprint, |door| {
            let mut decided = {
                let ids = Ids::draw(&session.crm, door.now(), rows.len());
                decider.decide(&door.view(), rows, &ids)?
            };
            keep(&mut decided);
            let (taken, rejected) = write::chunk(door, decided)?;
            let Taken { changed, unchanged, .. } = taken;
            let again = before.tries > 0;
            let counted = ChunkCount { rows: count, accepted: taken.all(), changed, unchanged, again };
            runs::count(door, about, &self.options, session, counted)?;
            Ok((answer(COMMAND, id, count, taken, &rejected)?, (taken, rejected)))
        })?;
        // Another program may have been faster with the same plan.
        written.map_or_else(|stored| answered(&stored), Ok)
    }
}

/// Writes the rejected rows of a chunk, so that they are there whatever comes after.
fn write_all<W: io::Write>(
    chunk: &mut Chunk,
    rejected: &[RejectedRow],
    writer: &mut RejectWriter<W>,
) -> io::Result<()> {
    rejected.iter().try_for_each(|row| chunk.write(row, writer))?;
    if rejected.is_empty() { Ok(()) } else { writer.flush() }
}
