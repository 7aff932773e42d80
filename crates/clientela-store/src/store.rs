//! The store: open, read, write, close.

use crate::backend::sqlite::engine::{Engine, Opening};
use crate::backend::{Backend, CommitError, Depth, Progress};
use crate::command::{self, CommandMeta, StoredCommand, Written};
use crate::environment::{Clock, Random};
use crate::error::StoreError;
use crate::journal::verify::Report;
use crate::migrate::{self, Migration};
use crate::options::{OpenOptions, StoreInfo};
use crate::reader::Reader;
use crate::schema::Schema;
use crate::sql::dialect::Dialect;
use crate::sql::plan::Plan;
use crate::writer::Writer;
use clientela_model::id::uuid_v7;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// A store, open. Copies of it are the same store; any thread may use any of them.
///
/// Reads go on while something is written, each seeing the state it began with. Writes wait for each other, also those of
/// other programs, for a bounded time. A write inside a write waits for itself and ends with `store.busy`.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    plan: Plan,
    origin: Uuid,
    path: Option<PathBuf>,
    read_only: bool,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("origin", &self.inner.origin).field("path", &self.inner.path).finish()
    }
}

impl Store {
    /// Opens a store, or makes one if that is asked for. An older store is copied and brought up to date first; one that was
    /// not closed is checked first.
    ///
    /// # Errors
    /// In the order in which they are looked for: `store.schema`, `store.engine_too_old`, `store.not_found`,
    /// `store.network_file_system`, `store.is_directory`, `store.not_a_store`, `store.damaged`, `store.newer`, `store.older`,
    /// `store.migration`; `store.busy`, `store.io` and `store.disk_full` at any point.
    pub fn open(options: OpenOptions) -> Result<Self, StoreError> {
        let plan = Plan::new(options.schema, Dialect::Sqlite)?;
        let opening = Opening {
            path: &options.path,
            create: options.create,
            read_only: options.read_only,
            network_allowed: options.network_file_system,
            wait: options.busy_wait,
        };
        let (engine, left_unclean) = Engine::open(&opening)?;
        if left_unclean && !options.read_only {
            if let Some(problem) = engine.inspect(Depth::Quick)?.into_iter().next() {
                return Err(StoreError::Damaged { problem });
            }
            engine.found_in_order()?;
        }
        let OpenOptions { path, clock, random, read_only, .. } = options;
        Self::start(engine, plan, Some(path), read_only, clock, random)
    }

    /// A store in memory that is gone when its last copy is dropped. For tests: a write cannot be committed while another thread
    /// reads.
    ///
    /// # Errors
    /// `store.schema`, `store.engine_too_old`.
    pub fn in_memory(
        schema: Schema,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        let plan = Plan::new(schema, Dialect::Sqlite)?;
        // Two stores of one program must not meet under one name, and a seeded source may give both the same.
        let mut bytes = [0; 16];
        crate::environment::SystemRandom.fill(&mut bytes);
        let engine = Engine::in_memory(Uuid::from_bytes(bytes).simple().to_string(), Duration::from_secs(1))?;
        Self::start(engine, plan, None, false, clock, random)
    }

    fn start(
        engine: Engine,
        plan: Plan,
        path: Option<PathBuf>,
        read_only: bool,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        let mut bits = [0; 10];
        random.fill(&mut bits);
        let migration = Migration {
            backend: &engine,
            plan: &plan,
            clock: &*clock,
            new_origin: uuid_v7(clock.now(), bits),
            read_only,
            path: path.as_deref(),
        };
        let origin = migration.run()?;
        Ok(Self { inner: Arc::new(Inner { engine, plan, origin, path, read_only, clock, random }) })
    }

    /// Reads one consistent state.
    ///
    /// # Errors
    /// What `work` returns; `store.closed` and what the store says.
    pub fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: FnOnce(&Reader<'_>) -> Result<T, E>,
    {
        let transaction = self.inner.engine.read()?;
        let reader = Reader::new(&*transaction, &self.inner.plan);
        let value = work(&reader)?;
        reader.take_failure()?;
        Ok(value)
    }

    /// Carries out a command: what `work` writes is stored with its journal in one transaction, or nothing is. When the
    /// command's id was carried out before, `work` is not called and the answer of then is given.
    ///
    /// # Errors
    /// What `work` returns, after which nothing is stored; `command.reused` when the id belongs to another command;
    /// `store.outcome_unknown` when the engine failed while committing: ask [`command`](Self::command), or call again with the
    /// same id; `store.busy`, `store.read_only`, `store.closed` and what the store says.
    pub fn write<T, E, F>(&self, meta: &CommandMeta<'_>, work: F) -> Result<Written<T>, E>
    where
        E: From<StoreError>,
        F: FnOnce(&mut Writer<'_>) -> Result<T, E>,
    {
        let inner = &*self.inner;
        // Dropped on every way out but the last, a panic included: rolled back, and the next one finds everything free.
        let transaction = inner.engine.write()?;
        if let Some(answer) = command::answered(&*transaction, meta)? {
            return Ok(Written::Repeated(answer));
        }
        let mut writer = Writer::begin(&*transaction, &inner.plan, inner.origin, &*inner.random, meta)?;
        let value = work(&mut writer)?;
        writer.finish()?;
        transaction.commit().map_err(|error| match error {
            CommitError::Refused(error) => error,
            CommitError::Unknown(native) => StoreError::OutcomeUnknown { command: meta.id, native },
        })?;
        Ok(Written::Done(value))
    }

    /// A command that was carried out; none when it was not.
    ///
    /// # Errors
    /// What the store says.
    pub fn command(&self, id: Uuid) -> Result<Option<StoredCommand>, StoreError> {
        self.read(|reader| reader.command(id))
    }

    /// Trades the durability of single commands for speed until the guard is finished or dropped: after a loss of power the
    /// last commands may be gone, the store is whole. Finishing makes all of them durable.
    ///
    /// # Errors
    /// `store.busy`, `store.read_only`, `store.closed`.
    pub fn bulk(&self) -> Result<Bulk, StoreError> {
        self.inner.engine.bulk(true)?;
        Ok(Bulk { store: self.clone(), finished: false })
    }

    /// Copies one consistent state into a new file while others read and write. The copy appears under its name when it is
    /// complete. Copying the file in any other way gives a broken store.
    ///
    /// # Errors
    /// `store.target_exists`, `store.not_found` when the folder is not there, `store.disk_full`, `store.io`, and
    /// `store.cancelled` when `progress` breaks off.
    pub fn backup(
        &self,
        to: &Path,
        mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.inner.engine.backup(to, &mut progress)
    }

    /// Checks the store. What is wrong is in the report, not an error.
    ///
    /// # Errors
    /// `store.closed`, `store.cancelled`, `store.io`.
    pub fn check(&self, depth: Depth) -> Result<Report, StoreError> {
        let mut report = Report::default();
        match self.inner.engine.inspect(depth) {
            Ok(lines) => {
                lines.into_iter().for_each(|line| report.add("file.structure", line, None));
                if depth == Depth::Full {
                    let verified = self.read(|reader| reader.verify(&mut report));
                    damaged_is_a_finding(verified, &mut report)?;
                }
            }
            other => damaged_is_a_finding(other.map(|_| ()), &mut report)?,
        }
        Ok(report)
    }

    /// What the store says of itself.
    ///
    /// # Errors
    /// `store.closed` and what the store says.
    pub fn info(&self) -> Result<StoreInfo, StoreError> {
        let inner = &*self.inner;
        let size = inner.engine.size()?;
        let transaction = inner.engine.read()?;
        let in_force = migrate::in_force(&*transaction, &inner.plan)?;
        let version = Reader::new(&*transaction, &inner.plan).version()?;
        Ok(StoreInfo {
            origin: inner.origin,
            schema_version: in_force.map_or(inner.plan.schema.version, |found| found.schema),
            sqlite_version: rusqlite::version(),
            path: inner.path.clone(),
            size,
            version,
            read_only: inner.read_only,
        })
    }

    /// Stops the statements that run now, in whatever thread; they end with `store.cancelled`.
    pub fn interrupt(&self) {
        self.inner.engine.interrupt();
    }

    /// Closes the store and all copies of it. Reads that are going on end in their own time.
    ///
    /// # Errors
    /// `store.io`, `store.busy`; it is closed all the same.
    pub fn close(&self) -> Result<(), StoreError> {
        self.inner.engine.close()
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inner.engine.is_closed()
    }

    /// The store's id.
    #[must_use]
    pub fn origin(&self) -> Uuid {
        self.inner.origin
    }

    /// The declarations.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.inner.plan.schema
    }

    /// The clock it was opened with.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// The source of random bits it was opened with.
    #[must_use]
    pub fn random(&self) -> &Arc<dyn Random> {
        &self.inner.random
    }
}

fn damaged_is_a_finding(result: Result<(), StoreError>, report: &mut Report) -> Result<(), StoreError> {
    match result {
        Err(StoreError::Damaged { problem }) => {
            report.add("file.structure", problem, None);
            Ok(())
        }
        other => other,
    }
}

/// A stretch of work for which single commands are not made durable one by one. See [`Store::bulk`].
#[derive(Debug)]
pub struct Bulk {
    store: Store,
    finished: bool,
}

impl Bulk {
    /// Makes everything durable and goes back to durable commands.
    ///
    /// # Errors
    /// `store.disk_full`, `store.io`, `store.busy`.
    pub fn finish(mut self) -> Result<(), StoreError> {
        self.finished = true;
        self.store.inner.engine.bulk(false)
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        if !self.finished {
            // Nobody is left to hear of an error; closing the store tries again.
            let _ = self.store.inner.engine.bulk(false);
        }
    }
}
