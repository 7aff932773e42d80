//! The rows of a source a chunk at a time: read, and checked as far as the store is not needed for it. No more of a source is
//! held than a chunk.

use super::cells::Reading;
use super::decide::Decided;
use super::opened::SourceRow;
use super::plan::ImportPlan;
use super::receipts::{answered, chunk_command};
use super::report::{RejectedRow, Taken};
use super::rows::{self, CheckedRow};
use crate::error::Result;
use clientela_exchange::csv::{RejectWriter, Row};
use clientela_store::StoredCommand;
use std::collections::{HashMap, HashSet};
use std::io;
use uuid::Uuid;

/// Some rows of a source, checked but for what earlier commits brought in.
pub(super) struct Chunk {
    pub(super) index: u64,
    /// Rows read.
    pub(super) rows: u64,
    pub(super) before: Before,
    /// The lines that are tried once more; none where it is the first time, for all of them.
    again: Option<HashSet<u64>>,
    /// Cells of the rows by their lines, where they were asked for.
    cells: HashMap<u64, Vec<String>>,
}

/// What earlier commits did with a chunk.
pub(super) struct Before {
    pub(super) taken: Taken,
    pub(super) tries: u32,
    pub(super) left: Vec<CheckedRow>,
    /// The rows left, as they were rejected the last time.
    rejected: Vec<RejectedRow>,
}

/// The code of a row whose like stood in the file before.
const REPEATED: &str = "import.repeated";

impl Before {
    /// A row that repeats one which has come in is still rejected for that, and not because its like is there now; nor does it, as an
    /// upsert, change what the other brought.
    pub(super) fn keep_repeated(&self, decided: &mut Decided, upsert: bool) {
        let repeated = self.rejected.iter().filter(|row| row.code == REPEATED);
        if (upsert || decided.outcome.is_err())
            && let Some(before) = repeated.into_iter().find(|row| row.line == decided.line)
        {
            decided.outcome = Err(before.clone());
        }
    }

    /// Why a row that would come in now was rejected before: it is not there yet.
    pub(super) fn rejected_before(&self, line: u64) -> Option<&RejectedRow> {
        self.rejected.iter().find(|row| row.line == line)
    }
}

impl Chunk {
    /// Adds a row, which is checked at once, so that its text need not be kept. One that came in is passed over; one that was rejected is
    /// left: what it lacked may be there now.
    fn add(&mut self, row: SourceRow, reading: &Reading<'_>) {
        self.rows += 1;
        if self.again.as_ref().is_some_and(|again| !again.contains(&row.line)) {
            return;
        }
        if !row.cells.is_empty() {
            self.cells.insert(row.line, row.cells);
        }
        self.before.left.push(rows::check(row.line, row.read, reading));
    }

    /// Writes a rejected row with its reason.
    pub(super) fn write<W: io::Write>(
        &mut self,
        rejected: &RejectedRow,
        writer: &mut RejectWriter<W>,
    ) -> io::Result<()> {
        let cells = self.cells.remove(&rejected.line).unwrap_or_default();
        writer.write(&Row { line: rejected.line, cells }, &rejected.reason())
    }
}

/// Finds a command that was carried out.
pub(super) type Known<'a> = dyn FnMut(Uuid) -> Result<Option<StoredCommand>> + 'a;

impl ImportPlan {
    /// Visits the rows, a chunk at a time, until `each` says stop. `known` finds what earlier commits did; rows they brought in are
    /// not checked again.
    pub(super) fn in_chunks(
        &self,
        with_cells: bool,
        known: &mut dyn FnMut(Uuid) -> Result<Option<StoredCommand>>,
        each: &mut dyn FnMut(Chunk) -> Result<bool>,
    ) -> Result<()> {
        let (now, filled) = (self.session.now(), self.opened.filled());
        let reading = Reading {
            options: &self.options,
            numbers: self.opened.numbers,
            today: self.session.day_of(now),
            now,
            filled: &filled,
        };
        let (mut index, mut open): (u64, Option<Chunk>) = (0, None);
        // On the caller's thread: a library inside another program starts none of its own unasked.
        self.opened.rows(&self.source, &self.options, with_cells, &mut |row| {
            let chunk = match &mut open {
                Some(chunk) => chunk,
                none => none.insert(self.begin_chunk(index, known)?),
            };
            chunk.add(row, &reading);
            if chunk.rows < self.opened.rows_of_chunk as u64 {
                return Ok(true);
            }
            index += 1;
            open.take().map_or(Ok(true), &mut *each)
        })?;
        open.map_or(Ok(true), each).map(|_| ())
    }

    /// A chunk without its rows, with what earlier commits did with it.
    fn begin_chunk(&self, index: u64, known: &mut Known<'_>) -> Result<Chunk> {
        let (mut taken, mut tries, mut rejected) = (Taken::default(), 0, Vec::new());
        while let Some(stored) = known(chunk_command(self.id, index, tries))? {
            let (came_in, left) = answered(&stored.answer)?;
            rejected = left;
            taken += came_in;
            tries += 1;
        }
        let again = (tries > 0).then(|| rejected.iter().map(|row| row.line).collect());
        let before = Before { taken, tries, left: Vec::with_capacity(self.opened.rows_of_chunk), rejected };
        Ok(Chunk { index, rows: 0, before, again, cells: HashMap::new() })
    }
}
