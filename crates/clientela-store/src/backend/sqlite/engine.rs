//! The backend: one writer, a pool of readers.

use super::failure::explain;
use super::lease::{Lease, Role};
use super::lock::{self, Left, Sidecar};
use super::place::{self, Standing};
use super::session::{self, BULK_CACHE_KIB, CACHE_KIB, Content, Purpose, Where};
use crate::backend::{Backend, Depth, Progress, Transaction};
use crate::error::StoreError;
use crate::sql::own::FORMAT;
use crate::watch::{Watch, Watched};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, InterruptHandle};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Idle connections kept for readers.
const READERS_KEPT: usize = 8;

/// Pages copied between two reports of progress: 1 MiB.
const PAGES_PER_STEP: i32 = 256;

/// A connection that can be interrupted from another thread.
pub(crate) struct Session {
    /// The connection.
    pub(crate) connection: Connection,
    pub(crate) interrupt: Arc<InterruptHandle>,
    /// Whether its commits are made durable one by one; a setting of the connection.
    durable: bool,
}

/// SQLite on one file, or in memory.
pub(crate) struct Engine {
    place: Where,
    purpose: Purpose,
    wait: Duration,
    sidecar: Option<Sidecar>,
    readers: Mutex<Vec<Session>>,
    turn: Mutex<Turn>,
    free: Condvar,
    interrupts: Mutex<Vec<Weak<InterruptHandle>>>,
    closed: AtomicBool,
    /// Whether there may be commits that are not durable yet.
    relaxed: AtomicBool,
    /// Keeps a store in memory alive while its other connections come and go.
    _anchor: Option<Mutex<Connection>>,
}

/// Whose turn it is to write.
struct Turn {
    taken: bool,
    session: Option<Session>,
}

/// How a file is to be opened.
pub(crate) struct Opening<'o> {
    /// Its path.
    pub(crate) path: &'o Path,
    /// Whether it may be made.
    pub(crate) create: bool,
    /// Whether it is only read.
    pub(crate) read_only: bool,
    /// Whether it may be on another machine.
    pub(crate) network_allowed: bool,
    /// How long another writer is waited for.
    pub(crate) wait: Duration,
}

impl Engine {
    /// Opens a file; tells whether it was left unclean and has to be checked.
    ///
    /// # Errors
    /// See the errors of `Store::open`.
    pub(crate) fn open(opening: &Opening<'_>) -> Result<(Self, bool), StoreError> {
        session::check_engine()?;
        let standing = place::look(opening.path, opening.network_allowed)?;
        if standing == Standing::Nothing && (!opening.create || opening.read_only) {
            return Err(StoreError::NotFound { path: opening.path.to_owned() });
        }
        let path = &place::behind_links(opening.path)?;
        let place = Where::File(path.to_owned());
        let purpose = match (opening.read_only, opening.create) {
            (true, _) => Purpose::ReadOnly,
            (_, true) => Purpose::Create,
            _ => Purpose::Write,
        };
        // Looked into before anything is written, also beside it: another program's file is left as it is.
        let connection = session::connect(&place, purpose, opening.wait)
            .and_then(|connection| Ok((session::content(&connection, &place)?, connection)));
        let was_a_store = lock::knows_a_store(path);
        let (content, connection) = connection.map_err(|error| match error {
            StoreError::NotAStore { .. } if was_a_store => {
                StoreError::damaged("its first page is not that of a store")
            }
            other => other,
        })?;
        match content {
            Content::Store { format } if format > FORMAT && !opening.read_only => {
                return Err(StoreError::Newer { found: format, known: FORMAT });
            }
            Content::Store { .. } => {}
            Content::Nothing if standing == Standing::Empty && was_a_store => {
                return Err(StoreError::damaged("its file has lost all its content"));
            }
            Content::Nothing if opening.create && !opening.read_only => {}
            Content::Nothing | Content::Foreign => {
                return Err(StoreError::NotAStore { path: opening.path.to_owned() });
            }
        }
        // A reader takes part where it can, so that it is not taken for a stopped writer, and does without where the
        // folder cannot be written.
        let (sidecar, left) = match Sidecar::open(path, opening.wait) {
            Ok((sidecar, left)) => (Some(sidecar), left),
            Err(_) if opening.read_only => (None, Left::Clean),
            Err(error) => return Err(error),
        };
        let engine = Self::new(place, purpose, opening.wait, sidecar, None);
        let session = engine.adopt(connection);
        if opening.read_only {
            engine.return_reader(Some(session));
        } else {
            let held = match (&engine.sidecar, content) {
                (Some(sidecar), Content::Nothing) => Some(sidecar.lock()?),
                _ => None,
            };
            session::settle_writer(&session.connection, &engine.place)?;
            drop(held);
            engine.lock_turn().session = Some(session);
        }
        Ok((engine, left == Left::Unclean))
    }

    /// A store in memory that all connections of this engine share.
    ///
    /// # Errors
    /// `store.engine_too_old`.
    pub(crate) fn in_memory(name: String, wait: Duration) -> Result<Self, StoreError> {
        session::check_engine()?;
        let place = Where::Memory(name);
        let anchor = session::connect(&place, Purpose::Create, wait)?;
        session::settle_writer(&anchor, &place)?;
        Ok(Self::new(place, Purpose::Write, wait, None, Some(anchor)))
    }

    fn new(
        place: Where,
        purpose: Purpose,
        wait: Duration,
        sidecar: Option<Sidecar>,
        anchor: Option<Connection>,
    ) -> Self {
        Self {
            place,
            purpose,
            wait,
            sidecar,
            readers: Mutex::new(Vec::new()),
            turn: Mutex::new(Turn { taken: false, session: None }),
            free: Condvar::new(),
            interrupts: Mutex::new(Vec::new()),
            closed: AtomicBool::new(false),
            relaxed: AtomicBool::new(false),
            _anchor: anchor.map(Mutex::new),
        }
    }

    /// Notes that an inspection after an unclean stop found everything in order.
    ///
    /// # Errors
    /// `store.io`, `store.busy`.
    pub(crate) fn found_in_order(&self) -> Result<(), StoreError> {
        match &self.sidecar {
            Some(sidecar) if self.purpose != Purpose::ReadOnly => sidecar.lock()?.found_in_order(),
            _ => Ok(()),
        }
    }

    fn connect(&self, purpose: Purpose) -> Result<Session, StoreError> {
        Ok(self.adopt(session::connect(&self.place, purpose, self.wait)?))
    }

    fn adopt(&self, connection: Connection) -> Session {
        let interrupt = Arc::new(connection.get_interrupt_handle());
        let mut interrupts = guard(&self.interrupts);
        interrupts.retain(|handle| handle.strong_count() > 0);
        interrupts.push(Arc::downgrade(&interrupt));
        Session { connection, interrupt, durable: true }
    }

    fn check_open(&self) -> Result<(), StoreError> {
        if self.is_closed() { Err(StoreError::Closed) } else { Ok(()) }
    }

    fn lock_turn(&self) -> MutexGuard<'_, Turn> {
        guard(&self.turn)
    }

    /// Waits for the turn to write and takes it, with the connection if there is one.
    fn take_turn(&self) -> Result<Option<Session>, StoreError> {
        let start = Instant::now();
        let mut turn = self.lock_turn();
        while turn.taken {
            let left = self.wait.checked_sub(start.elapsed()).ok_or(StoreError::Busy)?;
            turn = self.free.wait_timeout(turn, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        turn.taken = true;
        Ok(turn.session.take())
    }

    /// The writer's lease with both locks held, its connection ready.
    pub(crate) fn lease_writer(&self) -> Result<Lease<'_>, StoreError> {
        if self.purpose == Purpose::ReadOnly {
            return Err(StoreError::ReadOnly);
        }
        let session = self.take_turn()?;
        let mut lease = Lease::new(self, Role::Writer { held: None });
        if let Some(sidecar) = &self.sidecar {
            match sidecar.lock() {
                Ok(held) => lease.hold(held),
                Err(error) => {
                    // The connection is sound; the next turn uses it again.
                    drop(lease.idle_if(session));
                    return Err(error);
                }
            }
        }
        let session = match session {
            Some(session) => session,
            None => {
                let session = self.connect(Purpose::Write)?;
                session::settle_writer(&session.connection, &self.place)?;
                session
            }
        };
        Ok(lease.idle(session))
    }

    fn lease_reader(&self) -> Result<Lease<'_>, StoreError> {
        let lease = Lease::new(self, Role::Reader);
        let kept = guard(&self.readers).pop();
        let session = match kept {
            Some(session) => session,
            None => {
                let purpose =
                    if self.purpose == Purpose::ReadOnly { Purpose::ReadOnly } else { Purpose::Read };
                let session = self.connect(purpose)?;
                session::settle_reader(&session.connection)?;
                session
            }
        };
        Ok(lease.idle(session))
    }

    /// Takes back a reader's connection.
    pub(crate) fn return_reader(&self, session: Option<Session>) {
        let mut readers = guard(&self.readers);
        if readers.len() < READERS_KEPT && !self.is_closed() {
            readers.extend(session);
        }
    }

    /// Takes back the writer's connection and gives the turn to the next.
    pub(crate) fn return_writer(&self, session: Option<Session>) {
        let mut turn = self.lock_turn();
        turn.session = session;
        turn.taken = false;
        drop(turn);
        self.free.notify_one();
    }

    /// Sets whether the next commits of a connection are made durable one by one: those of one transaction, so that who
    /// works in bulk takes nothing from the others.
    fn set_durable(&self, session: &mut Session, durable: bool) -> Result<(), StoreError> {
        if session.durable == durable || matches!(self.place, Where::Memory(_)) {
            return Ok(());
        }
        // Who works in bulk touches every index all over: pages that stay in memory, and in the log, are written once for many rows.
        let (synchronous, pages, cache) =
            if durable { ("FULL", 1_000, CACHE_KIB) } else { ("NORMAL", 32_000, BULK_CACHE_KIB) };
        let connection = &session.connection;
        connection
            .pragma_update(None, "synchronous", synchronous)
            .and_then(|()| connection.pragma_update(None, "cache_size", -cache))
            .and_then(|()| connection.pragma_update_and_check(None, "wal_autocheckpoint", pages, |_| Ok(())))
            .map_err(|error| explain(&error))?;
        session.durable = durable;
        Ok(())
    }

    fn begin_write(&self, durable: bool) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.check_open()?;
        let mut lease = self.lease_writer()?;
        // Closed while this thread waited for its turn.
        self.check_open()?;
        if let Some(held) = lease.held() {
            held.mark()?;
        }
        let mut session = lease.take_session().ok_or(StoreError::Closed)?;
        // A connection whose setting failed is given up: it is dropped here.
        self.set_durable(&mut session, durable)?;
        if !durable {
            self.relaxed.store(true, Ordering::SeqCst);
        }
        Ok(Box::new(lease.begin(session, "BEGIN IMMEDIATE")?))
    }
}

impl Lease<'_> {
    fn idle_if(self, session: Option<Session>) -> Self {
        match session {
            Some(session) => self.idle(session),
            None => self,
        }
    }
}

impl Backend for Engine {
    fn read(&self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.check_open()?;
        let mut lease = self.lease_reader()?;
        let session = lease.take_session().ok_or(StoreError::Closed)?;
        Ok(Box::new(lease.begin(session, "BEGIN")?))
    }

    fn write(&self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.begin_write(true)
    }

    fn write_relaxed(&self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.begin_write(false)
    }

    fn interrupt(&self) {
        guard(&self.interrupts).iter().filter_map(Weak::upgrade).for_each(|handle| handle.interrupt());
    }

    fn close(&self) -> Result<(), StoreError> {
        if self.is_closed() {
            return Ok(());
        }
        // Closed whatever fails: nobody may go on with a store its owner has given up.
        let durable = if self.relaxed.load(Ordering::SeqCst) { self.make_durable() } else { Ok(()) };
        self.closed.store(true, Ordering::SeqCst);
        guard(&self.readers).clear();
        let written = self.close_writer();
        let left = match &self.sidecar {
            Some(sidecar) if self.purpose != Purpose::ReadOnly => sidecar.close(),
            _ => Ok(()),
        };
        durable.and(written).and(left)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    fn backup(
        &self,
        to: &Path,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        if place::look(to, true)? != Standing::Nothing {
            return Err(StoreError::TargetExists { path: to.to_owned() });
        }
        let part = place::beside(to, "-part");
        // Left by a copy that was stopped.
        let _ = std::fs::remove_file(&part);
        let copied = self.copy(&part, progress);
        if let Err(error) = copied {
            let _ = std::fs::remove_file(&part);
            return Err(error);
        }
        std::fs::rename(&part, to).map_err(|error| StoreError::io("giving the copy its name", &error))?;
        place::make_name_durable(to)
    }

    fn inspect(&self, depth: Depth, watch: Option<&Arc<Watch>>) -> Result<Vec<String>, StoreError> {
        self.check_open()?;
        let lease = self.lease_reader()?;
        let transaction: Box<dyn Transaction + '_> = match watch {
            Some(watch) => Box::new(Watched::new(Box::new(lease), Arc::clone(watch))),
            None => Box::new(lease),
        };
        let pragma = if depth == Depth::Full { "PRAGMA integrity_check" } else { "PRAGMA quick_check" };
        let mut found = Vec::new();
        transaction.query(pragma, &[], &mut |row| {
            let line = row.text(0)?;
            if line != "ok" {
                found.push(line.to_owned());
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    fn make_durable(&self) -> Result<(), StoreError> {
        self.check_open()?;
        let mut lease = self.lease_writer()?;
        let mut session = lease.take_session().ok_or(StoreError::Closed)?;
        self.set_durable(&mut session, true)?;
        let lease = lease.idle(session);
        if matches!(self.place, Where::File(_)) {
            // One durable commit flushes the log up to here, whatever readers keep from being folded in.
            let connection = lease.connection()?;
            connection
                .execute("UPDATE \"_store\" SET \"created\" = \"created\"", [])
                .and_then(|_| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())))
                .map_err(|error| explain(&error))?;
        }
        self.relaxed.store(false, Ordering::SeqCst);
        Ok(())
    }

    fn purge(&self) -> Result<(), StoreError> {
        self.check_open()?;
        let mut lease = self.lease_writer()?;
        let mut session = lease.take_session().ok_or(StoreError::Closed)?;
        self.set_durable(&mut session, true)?;
        let lease = lease.idle(session);
        if matches!(self.place, Where::Memory(_)) {
            return Ok(());
        }
        if let Some(held) = lease.held() {
            held.mark()?;
        }
        let connection = lease.connection()?;
        // The engine overwrites cells it frees, but not the copies that moving cells between pages leaves in the free room of a
        // page; only writing all pages anew does. The log is cut off in its place, so that no older page stays behind in it.
        let cut_off = connection
            .execute_batch("PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY")
            .and_then(|()| {
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
            })
            .map_err(|error| explain(&error))?;
        self.relaxed.store(false, Ordering::SeqCst);
        // A reader still sees an older state.
        if cut_off == 0 { Ok(()) } else { Err(StoreError::Busy) }
    }

    fn size(&self) -> Result<u64, StoreError> {
        self.check_open()?;
        let lease = self.lease_reader()?;
        let number = |pragma| {
            lease
                .connection()?
                .pragma_query_value(None, pragma, |row| row.get::<_, i64>(0))
                .map_err(|e| explain(&e))
        };
        let bytes = number("page_count")?.saturating_mul(number("page_size")?);
        Ok(u64::try_from(bytes).unwrap_or(0))
    }
}

impl Engine {
    /// Closes the writer's connection if there is one. The last connection to a file folds the log into it and removes it.
    fn close_writer(&self) -> Result<(), StoreError> {
        let Some(sidecar) = &self.sidecar else { return Ok(()) };
        // A write still going on returns its connection when it ends; the log is then read by the next open.
        let session = match self.take_turn() {
            Err(StoreError::Busy) => return Ok(()),
            other => other?,
        };
        let lease = Lease::new(self, Role::Writer { held: None });
        let Some(session) = session else { return Ok(()) };
        // Folding writes the file, so only under the lock.
        if let Ok(_held) = sidecar.lock() {
            // A failure loses nothing: the next open reads the log.
            let _ = session.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
            drop(session);
        }
        drop(lease);
        Ok(())
    }

    fn copy(
        &self,
        to: &Path,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.check_open()?;
        let lease = self.lease_reader()?;
        let source = lease.connection()?;
        // An open transaction that has read pins one state: writers go on, and the copy never starts again.
        source
            .execute_batch("BEGIN")
            .and_then(|()| source.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(())))
            .map_err(|error| explain(&error))?;
        let mut target = session::connect(&Where::File(to.to_owned()), Purpose::Create, self.wait)?;
        let run = || -> rusqlite::Result<bool> {
            let copy = Backup::new(source, &mut target)?;
            loop {
                let step = copy.step(PAGES_PER_STEP)?;
                let at = copy.progress();
                let total = u64::try_from(at.pagecount).unwrap_or(0);
                let left = u64::try_from(at.remaining).unwrap_or(0);
                if progress(Progress { done: total.saturating_sub(left), total }).is_break() {
                    return Ok(false);
                }
                match step {
                    StepResult::Done => return Ok(true),
                    StepResult::More => {}
                    _ => std::thread::sleep(Duration::from_millis(5)),
                }
            }
        };
        let mut run = run;
        match run() {
            Ok(true) => {}
            Ok(false) => return Err(StoreError::Cancelled),
            Err(error) => return Err(explain(&error)),
        }
        target.close().map_err(|(_, error)| explain(&error))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Nobody is left to hear of an error; what was committed is durable.
        let _ = self.close();
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half-done inside these locks, so a panic elsewhere does not spoil what they guard.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
