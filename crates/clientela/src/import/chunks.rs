//! The rows of a source some hundred at a time: read, and checked as far as the store is not needed for it. No more of a source is
//! held than a chunk.

use super::CHUNK_ROWS;
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
        let (mut index, mut rows) = (0, Vec::with_capacity(CHUNK_ROWS));
        let mut full = |rows: &mut Vec<SourceRow>| {
            let rows = std::mem::replace(rows, Vec::with_capacity(CHUNK_ROWS));
            index += 1;
            each(self.chunk_of(index - 1, rows, &reading, known)?)
        };
        let mut stopped = false;
        // On the caller's thread: a library inside another program starts none of its own unasked.
        self.opened.rows(&self.source, &self.options, with_cells, &mut |row| {
            rows.push(row);
            if rows.len() < CHUNK_ROWS {
                return Ok(true);
            }
            let goes_on = full(&mut rows)?;
            stopped = !goes_on;
            Ok(goes_on)
        })?;
        if !rows.is_empty() && !stopped {
            full(&mut rows)?;
        }
        Ok(())
    }

    /// A row that was rejected is left: what it lacked may be there now.
    fn chunk_of(
        &self,
        index: u64,
        rows: Vec<SourceRow>,
        reading: &Reading<'_>,
        known: &mut Known<'_>,
    ) -> Result<Chunk> {
        let (mut taken, mut tries, mut rejected) = (Taken::default(), 0, Vec::new());
        while let Some(stored) = known(chunk_command(self.id, index, tries))? {
            let (came_in, left) = answered(&stored.answer)?;
            rejected = left;
            taken += came_in;
            tries += 1;
        }
        let lines: HashSet<u64> = rejected.iter().map(|row| row.line).collect();
        let (mut left, mut cells, count) = (Vec::new(), HashMap::new(), rows.len() as u64);
        for row in rows.into_iter().filter(|row| tries == 0 || lines.contains(&row.line)) {
            if !row.cells.is_empty() {
                cells.insert(row.line, row.cells);
            }
            left.push(rows::check(row.line, row.read, reading));
        }
        let before = Before { taken, tries, left, rejected };
        Ok(Chunk { index, rows: count, before, cells })
    }
}
