//! What the store asks of a database engine. A second engine implements these three traits and a
//! [`Dialect`](crate::sql::dialect::Dialect) variant; nothing above changes.

use crate::error::StoreError;
use crate::sql::cell::Cell;
use crate::watch::Watch;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

pub(crate) mod sqlite;

/// A database, open.
pub(crate) trait Backend: Send + Sync {
    /// A transaction that only reads and sees one state throughout.
    fn read(&self) -> Result<Box<dyn Transaction + '_>, StoreError>;
    /// The one transaction that writes; waits for its turn, for a bounded time.
    fn write(&self) -> Result<Box<dyn Transaction + '_>, StoreError>;
    /// As [`write`](Self::write), but its commit alone is not made durable: the next durable one is, with it.
    fn write_relaxed(&self) -> Result<Box<dyn Transaction + '_>, StoreError>;
    /// Stops the statements that run now.
    fn interrupt(&self);
    /// Releases everything; later calls are refused.
    fn close(&self) -> Result<(), StoreError>;
    /// Whether it was closed.
    fn is_closed(&self) -> bool;
    /// Copies one consistent state, while others read and write.
    fn backup(
        &self,
        to: &Path,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;
    /// What the engine finds wrong with its own pages.
    fn inspect(&self, depth: Depth, watch: Option<&Arc<Watch>>) -> Result<Vec<String>, StoreError>;
    /// Makes all commits so far durable.
    fn make_durable(&self) -> Result<(), StoreError>;
    /// Makes the file and its log forget everything that is no longer stored.
    fn purge(&self) -> Result<(), StoreError>;
    /// Bytes stored.
    fn size(&self) -> Result<u64, StoreError>;
}

/// Takes the rows of a result one by one, until it breaks off.
pub(crate) type Visit<'v> = dyn FnMut(&dyn Row) -> Result<ControlFlow<()>, StoreError> + 'v;

/// A transaction. Dropped without [`commit`](Transaction::commit) it leaves no trace.
pub(crate) trait Transaction {
    /// Runs a statement; how many rows it changed.
    fn execute(&self, sql: &str, parameters: &[Cell<'_>]) -> Result<usize, StoreError>;
    /// A statement to be run many times, without being looked up each time.
    fn statement(&self, sql: &str) -> Result<Box<dyn Statement + '_>, StoreError>;
    /// Runs a query row by row until `visit` breaks off.
    fn query(&self, sql: &str, parameters: &[Cell<'_>], visit: &mut Visit<'_>) -> Result<(), StoreError>;
    /// What stops the statement that runs in it, from another thread.
    fn interrupt(&self) -> Option<Arc<dyn Interrupt>> {
        None
    }
    /// Who follows it.
    fn watch(&self) -> Option<&Watch> {
        None
    }
    /// Whether it can still be committed; an engine may end it by itself after an error.
    fn is_open(&self) -> bool;
    /// Makes it durable. Any error but `store.busy` leaves unknown whether it is.
    fn commit(self: Box<Self>) -> Result<(), CommitError>;
}

/// A statement that is run again and again with other parameters, within its transaction.
pub(crate) trait Statement {
    /// Runs it; how many rows it changed. All its parameters are given each time.
    fn execute(&mut self, parameters: &[Cell<'_>]) -> Result<usize, StoreError>;
}

/// Stops the statement that runs on a connection; it ends with `store.cancelled`.
pub(crate) trait Interrupt: Send + Sync {
    /// Stops it, if one runs.
    fn interrupt(&self);
}

/// Why a commit failed.
#[derive(Debug)]
pub(crate) enum CommitError {
    /// Certainly nothing was stored.
    Refused(StoreError),
    /// It may have been stored; the engine's number.
    Unknown(i32),
}

/// A row of a result, valid until the next one is asked for.
pub(crate) trait Row {
    /// The cell at this place.
    fn cell(&self, at: usize) -> Result<Cell<'_>, StoreError>;

    /// A whole number.
    fn integer(&self, at: usize) -> Result<i64, StoreError> {
        match self.cell(at)? {
            Cell::Integer(number) => Ok(number),
            _ => Err(mismatch(at, "a whole number")),
        }
    }

    /// Text.
    fn text(&self, at: usize) -> Result<&str, StoreError> {
        match self.cell(at)? {
            Cell::Text(text) => Ok(text),
            _ => Err(mismatch(at, "text")),
        }
    }

    /// Bytes.
    fn blob(&self, at: usize) -> Result<&[u8], StoreError> {
        match self.cell(at)? {
            Cell::Blob(bytes) => Ok(bytes),
            _ => Err(mismatch(at, "bytes")),
        }
    }

    /// Bytes or nothing.
    fn optional_blob(&self, at: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            Cell::Blob(bytes) => Ok(Some(bytes)),
            _ => Err(mismatch(at, "bytes")),
        }
    }
}

fn mismatch(at: usize, expected: &str) -> StoreError {
    StoreError::damaged(format!("cell {at} of a row is not {expected}"))
}

/// How thorough an inspection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The structure of the file: seconds for a million records.
    Quick,
    /// The structure, every index, the chain of the journal, and every record against its history.
    Full,
}

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Pages copied.
    pub done: u64,
    /// Pages in all.
    pub total: u64,
}
