//! The customers in columns, beside the store: what questions over many records are answered from.
//!
//! | file | what |
//! | --- | --- |
//! | `columns` | the columns of one table while they are filled |
//! | `segment` | customers with all that belongs to them, read together |
//! | `snapshot` | the segments of one state of the store |
//! | `refresh` | from one state to a later one |
//! | `sight` | what one actor sees of a segment |
//!
//! Built when it is first asked for, by one pass over each table. From then on the journal says which customers a later
//! state has changed: those, and no others, are read again into a small segment, and their old rows are dead. Segments
//! never change, so whoever asks goes on with the snapshot he has while the next is made.

mod columns;
mod refresh;
mod segment;
mod sight;
mod snapshot;
#[cfg(test)]
mod tests;

pub(crate) use refresh::changed_since;
pub(crate) use segment::{CustomerSeat, ids_of, read_with_children};
pub(crate) use snapshot::{SeenPart, Snapshot};

use crate::crm::Crm;
use crate::error::Result;
use chrono::TimeDelta;
use clientela_store::{Reader, StoreError, Watch};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Time between two looks at whether a wait was broken off.
const WAIT: Duration = Duration::from_millis(20);

/// What the customers in columns take.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MirrorInfo {
    /// The customers.
    pub customers: usize,
    /// What belongs to them: vehicles, contacts, consents, activities, opportunities. A vehicle counts once for each customer
    /// of its party.
    pub children: usize,
    /// The segments they lie in.
    pub segments: usize,
    /// Rows of customers that were read again since, and wait to be thrown away.
    pub dead: usize,
    /// The bytes all of it takes.
    pub bytes: usize,
    /// The same for one customer.
    pub bytes_per_customer: usize,
    /// The number of the last commit they are up to date with.
    pub commit: i64,
    /// What reading all of them took, by the clock the store was opened with; none if it stood still.
    pub built_in: Option<TimeDelta>,
    /// What bringing them up to date took the last time that there was something to read.
    pub refreshed_in: Option<TimeDelta>,
}

/// The customers in columns, shared by all sessions of a store.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    snapshot: Option<Arc<Snapshot>>,
    /// Somebody is making the next snapshot.
    busy: bool,
    built_in: Option<TimeDelta>,
    refreshed_in: Option<TimeDelta>,
}

impl Mirror {
    /// The customers in the very state a reader sees; none if they were brought to a later one already.
    ///
    /// # Errors
    /// `store.cancelled` when it was broken off, and what the store says.
    pub(crate) fn at(&self, reader: &Reader<'_>, crm: &Crm) -> Result<Option<Arc<Snapshot>>> {
        let commit = reader.version()?;
        let (_turn, before) = {
            let mut state = self.lock();
            loop {
                match &state.snapshot {
                    Some(snapshot) if snapshot.commit() == commit => return Ok(Some(Arc::clone(snapshot))),
                    Some(snapshot) if snapshot.commit() > commit => return Ok(None),
                    _ if !state.busy => break,
                    _ => {}
                }
                if reader.watch().is_some_and(Watch::is_stopped) {
                    return Err(StoreError::Cancelled.into());
                }
                state = self.changed.wait_timeout(state, WAIT).unwrap_or_else(PoisonError::into_inner).0;
            }
            state.busy = true;
            (Turn(self), state.snapshot.clone())
        };
        let start = crm.clock.now();
        let (made, whole) = match &before {
            Some(before) => refresh::refreshed(before, reader, commit)?,
            None => (Snapshot::read(reader, commit)?, true),
        };
        let taken = Some(crm.clock.now() - start).filter(|taken| *taken > TimeDelta::zero());
        let made = Arc::new(made);
        let mut state = self.lock();
        state.snapshot = Some(Arc::clone(&made));
        if whole {
            state.built_in = taken;
        } else {
            state.refreshed_in = taken;
        }
        Ok(Some(made))
    }

    /// What there is; none before the first question.
    pub(crate) fn info(&self) -> Option<MirrorInfo> {
        let state = self.lock();
        let snapshot = state.snapshot.as_ref()?;
        let (customers, bytes) = (snapshot.customers(), snapshot.memory());
        Some(MirrorInfo {
            customers,
            children: snapshot.children(),
            segments: snapshot.segments(),
            dead: snapshot.dead(),
            bytes,
            bytes_per_customer: bytes.checked_div(customers).unwrap_or(0),
            commit: snapshot.commit(),
            built_in: state.built_in,
            refreshed_in: state.refreshed_in,
        })
    }

    /// Forgets all.
    pub(crate) fn drop_all(&self) {
        self.lock().snapshot = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn to make the next snapshot; given back on every way out.
struct Turn<'m>(&'m Mirror);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().busy = false;
        self.0.changed.notify_all();
    }
}
