//! Following a call from another thread: how far it is, and stopping it.

use crate::backend::{CommitError, Interrupt, Statement, Transaction, Visit};
use crate::error::StoreError;
use crate::sql::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Follows the calls made through [`Store::watched`](crate::Store::watched), and those alone: another thread asks how far
/// they are and may stop them. A call that is stopped ends with `store.cancelled` and has written nothing.
///
/// Every statement such a call begins and every row it reads looks at the watch, so that no loop above the store has to.
#[derive(Default)]
pub struct Watch {
    stop: AtomicBool,
    heard: bool,
    done: AtomicU64,
    total: AtomicU64,
    stage: Mutex<&'static str>,
    running: Mutex<Vec<Arc<dyn Interrupt>>>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("stopped", &self.is_stopped()).field("told", &self.told()).finish()
    }
}

impl Watch {
    /// A watch; `heard` says whether anybody asks how far the call is, which is worth a count beforehand.
    #[must_use]
    pub fn new(heard: bool) -> Self {
        Self { heard, ..Self::default() }
    }

    /// Stops what is watched, now and from now on.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
        guard(&self.running).iter().for_each(|statement| statement.interrupt());
    }

    /// Whether it was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether it was stopped, to be looked at by loops that read no rows.
    #[must_use]
    pub const fn stopped(&self) -> &AtomicBool {
        &self.stop
    }

    /// Whether anybody asks how far the call is.
    #[must_use]
    pub const fn is_heard(&self) -> bool {
        self.heard
    }

    /// Says how far the call is: what is done, of how much (0 when that is not known), of which stage.
    pub fn tell(&self, stage: &'static str, done: u64, total: u64) {
        *guard(&self.stage) = stage;
        self.total.store(total, Ordering::Relaxed);
        self.done.store(done, Ordering::Relaxed);
    }

    /// What was said last: done, total, stage.
    #[must_use]
    pub fn told(&self) -> (u64, u64, &'static str) {
        let stage = *guard(&self.stage);
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed), stage)
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.is_stopped() { Err(StoreError::Cancelled) } else { Ok(()) }
    }
}

/// A transaction that looks at a watch before every statement and at every row.
pub(crate) struct Watched<'t> {
    inner: Box<dyn Transaction + 't>,
    watch: Arc<Watch>,
    registered: Option<Registered>,
}

impl<'t> Watched<'t> {
    pub(crate) fn new(inner: Box<dyn Transaction + 't>, watch: Arc<Watch>) -> Self {
        let registered = inner.interrupt().map(|statement| Registered::new(&watch, statement));
        Self { inner, watch, registered }
    }
}

impl Transaction for Watched<'_> {
    fn execute(&self, sql: &str, parameters: &[Cell<'_>]) -> Result<usize, StoreError> {
        self.watch.check()?;
        self.inner.execute(sql, parameters)
    }

    fn statement(&self, sql: &str) -> Result<Box<dyn Statement + '_>, StoreError> {
        Ok(Box::new(WatchedStatement { inner: self.inner.statement(sql)?, watch: &self.watch }))
    }

    fn query(&self, sql: &str, parameters: &[Cell<'_>], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.watch.check()?;
        self.inner.query(sql, parameters, &mut |row| {
            self.watch.check()?;
            visit(row)
        })
    }

    fn is_open(&self) -> bool {
        self.inner.is_open()
    }

    fn commit(self: Box<Self>) -> Result<(), CommitError> {
        let Self { inner, watch, registered } = *self;
        // From here on it is not stopped: an interrupted commit would leave its outcome unknown.
        drop(registered);
        if watch.is_stopped() {
            return Err(CommitError::Refused(StoreError::Cancelled));
        }
        inner.commit()
    }

    fn watch(&self) -> Option<&Watch> {
        Some(&self.watch)
    }
}

/// A statement of a transaction that is watched.
struct WatchedStatement<'t> {
    inner: Box<dyn Statement + 't>,
    watch: &'t Watch,
}

impl Statement for WatchedStatement<'_> {
    fn execute(&mut self, parameters: &[Cell<'_>]) -> Result<usize, StoreError> {
        self.watch.check()?;
        self.inner.execute(parameters)
    }
}

/// A connection the watch may interrupt, until this is dropped: later it works for somebody else.
struct Registered {
    watch: Arc<Watch>,
    statement: Arc<dyn Interrupt>,
}

impl Registered {
    fn new(watch: &Arc<Watch>, statement: Arc<dyn Interrupt>) -> Self {
        guard(&watch.running).push(Arc::clone(&statement));
        Self { watch: Arc::clone(watch), statement }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        guard(&self.watch.running).retain(|running| !Arc::ptr_eq(running, &self.statement));
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half-done inside these locks, so a panic elsewhere does not spoil what they guard.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
