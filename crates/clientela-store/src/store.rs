//! The store: open, read, write, close.

use crate::backend::sqlite::engine::{Engine, Opening};
use crate::backend::{Backend, CommitError, Depth, Progress, Transaction};
use crate::command::{self, CommandMeta, StoredCommand, Written};
use crate::environment::{Clock, Random};
use crate::error::StoreError;
use crate::journal::anchor::Anchor;
use crate::journal::verify::Report;
use crate::migrate::{self, Migration};
use crate::options::{OpenOptions, StoreInfo};
use crate::reader::Reader;
use crate::schema::Schema;
use crate::sql::cell;
use crate::sql::dialect::Dialect;
use crate::sql::own;
use crate::sql::plan::Plan;
use crate::watch::{Watch, Watched};
use crate::writer::Writer;
use chrono::{DateTime, Utc};
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
    watch: Option<Arc<Watch>>,
    /// Whether commits of this copy are made durable with the next durable one, not one by one.
    relaxed: bool,
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
            if let Some(problem) = engine.inspect(Depth::Quick, None)?.into_iter().next() {
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
        let inner = Inner { engine, plan, origin, path, read_only, clock, random };
        Ok(Self { inner: Arc::new(inner), watch: None, relaxed: false })
    }

    /// The same store, whose calls are followed by this watch.
    #[must_use]
    pub fn watched(&self, watch: Arc<Watch>) -> Self {
        Self { watch: Some(watch), ..self.clone() }
    }

    fn followed<'t>(&self, transaction: Box<dyn Transaction + 't>) -> Box<dyn Transaction + 't> {
        match &self.watch {
            Some(watch) => Box::new(Watched::new(transaction, Arc::clone(watch))),
            None => transaction,
        }
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
        let transaction = self.followed(self.inner.engine.read()?);
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
        let began = if self.relaxed { inner.engine.write_relaxed()? } else { inner.engine.write()? };
        let transaction = self.followed(began);
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

    /// A stretch of work that trades the durability of single commands for speed. Only what is written through the guard's
    /// own [`store`](Bulk::store) is concerned; others of this process go on writing durably. After a loss of power the
    /// last commands of the stretch may be gone, the store is whole. Finishing makes all of them durable.
    ///
    /// # Errors
    /// `store.read_only`, `store.closed`.
    pub fn bulk(&self) -> Result<Bulk, StoreError> {
        if self.is_closed() {
            return Err(StoreError::Closed);
        }
        if self.inner.read_only {
            return Err(StoreError::ReadOnly);
        }
        Ok(Bulk { store: Self { relaxed: true, ..self.clone() }, finished: false })
    }

    /// Makes the file and its log forget every byte that is no longer stored: the second half of erasing. The whole file is
    /// written anew, about as long as copying it. Copies made before are not reached; erase in them what was erased here before
    /// they are used.
    ///
    /// # Errors
    /// `store.busy` when somebody still reads an older state or writes: nothing is lost, and it can be called again;
    /// `store.read_only`, `store.closed`, `store.disk_full` and what the store says.
    pub fn purge(&self) -> Result<(), StoreError> {
        self.inner.engine.purge()
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
        let mut followed = |at: Progress| {
            if let Some(watch) = &self.watch {
                watch.tell("pages", at.done, at.total);
                if watch.is_stopped() {
                    return ControlFlow::Break(());
                }
            }
            progress(at)
        };
        self.inner.engine.backup(to, &mut followed)
    }

    /// Checks the store. What is wrong is in the report, not an error.
    ///
    /// # Errors
    /// `store.closed`, `store.cancelled`, `store.io`.
    pub fn check(&self, depth: Depth) -> Result<Report, StoreError> {
        let mut report = Report::default();
        match self.inner.engine.inspect(depth, self.watch.as_ref()) {
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

    /// What the journal is now: to be kept elsewhere, and to be compared with later.
    ///
    /// # Errors
    /// `store.closed` and what the store says.
    pub fn anchor(&self) -> Result<Anchor, StoreError> {
        self.read(|reader| reader.anchor(self.inner.origin))
    }

    /// Checks that the journal still has what it had at an anchor, and the chain of what came after. What is wrong is in the
    /// report: `journal.truncated`, `journal.anchor` and the findings of a check. What was before the anchor is looked at by
    /// [`check`](Self::check).
    ///
    /// # Errors
    /// As for [`check`](Self::check).
    pub fn check_since(&self, anchor: &Anchor) -> Result<Report, StoreError> {
        let mut report = Report::default();
        if anchor.origin == self.inner.origin {
            let verified = self.read(|reader| reader.verify_since(anchor, &mut report));
            damaged_is_a_finding(verified, &mut report)?;
        } else {
            report.add("journal.anchor", "the anchor is of another store", None);
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

    /// When the store was last brought from older declarations to newer ones; none for one that has those it was made with.
    ///
    /// # Errors
    /// `store.closed` and what the store says.
    pub fn upgraded_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut upgraded = None;
        self.inner.engine.read()?.query(own::UPGRADED, &[], &mut |row| {
            upgraded = Some(cell::instant(row.integer(0)?)?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(upgraded)
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
    /// The store as the stretch writes it. A copy kept after the end writes as before; what it writes is made durable by the
    /// next durable command or by closing.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// `store.disk_full`, `store.io`, `store.busy`.
    pub fn finish(mut self) -> Result<(), StoreError> {
        self.finished = true;
        self.store.inner.engine.make_durable()
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        if !self.finished {
            // Nobody is left to hear of an error; closing the store tries again.
            let _ = self.store.inner.engine.make_durable();
        }
    }
}

#[cfg(test)]
mod tests {
    //! Faults of the engine, which callers cannot bring about.

    use super::*;
    use crate::environment::{FixedClock, SeededRandom};
    use clientela_model::{Coded, Record, entity_ids};
    use std::sync::atomic::{AtomicBool, Ordering};

    entity_ids! {
        /// A note.
        NoteId = "note";
    }

    /// A note.
    #[derive(Debug, Clone, PartialEq, Record)]
    #[record(number = 1, name = "note", access = public)]
    struct Note {
        #[field(number = 1)]
        id: NoteId,
        #[field(number = 2)]
        text: String,
    }

    const SCHEMA: Schema = Schema::new(1, &[Note::ENTITY]);

    fn note(number: u64, length: usize) -> Note {
        Note {
            id: clientela_model::EntityId::from_uuid(Uuid::from_u64_pair(0, number)),
            text: "x".repeat(length),
        }
    }

    fn meta(number: u64) -> CommandMeta<'static> {
        CommandMeta {
            id: Uuid::from_u64_pair(1, number),
            kind: "note.add",
            actor: Uuid::nil(),
            position: None,
            reason: String::new(),
            fingerprint: [0; 32],
            time: chrono::DateTime::UNIX_EPOCH,
        }
    }

    /// A store in a folder that goes away with it.
    struct Held(Store, PathBuf);

    impl Held {
        fn new(name: &str) -> Self {
            let folder =
                std::env::temp_dir().join(format!("clientela-store-fault-{}-{name}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            let mut options = OpenOptions::new(folder.join("store"), SCHEMA)
                .create(true)
                .clock(Arc::new(FixedClock::new(chrono::DateTime::UNIX_EPOCH)))
                .random(Arc::new(SeededRandom::new(1)));
            options.network_file_system = true;
            Self(Store::open(options).unwrap(), folder)
        }

        fn add(&self, number: u64, length: usize) -> Result<Written<i64>, StoreError> {
            self.0.write(&meta(number), |writer| writer.create(&note(number, length)))
        }

        fn on_writer<T>(&self, work: impl FnOnce(&mut rusqlite::Connection) -> T) -> T {
            work(self.0.inner.engine.lease_writer().unwrap().connection_mut().unwrap())
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            let _ = self.0.close();
            let _ = std::fs::remove_dir_all(&self.1);
        }
    }

    #[test]
    fn a_full_disk_stores_nothing_and_the_store_goes_on_when_there_is_room() {
        let held = Held::new("full");
        held.add(1, 10).unwrap();
        let pages = held.on_writer(|connection| {
            let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
            connection.pragma_update_and_check(None, "max_page_count", pages + 2, |_| Ok(())).unwrap();
            pages
        });
        assert_eq!(held.add(2, 100_000).unwrap_err().code(), "store.disk_full");
        assert_eq!(held.0.command(meta(2).id).unwrap(), None);
        held.on_writer(|connection| {
            connection.pragma_update_and_check(None, "max_page_count", pages + 10_000, |_| Ok(())).unwrap();
        });
        held.add(2, 100_000).unwrap();
        assert!(held.0.check(Depth::Full).unwrap().is_in_order());
        assert_eq!(held.0.info().unwrap().version, 2);
    }

    #[test]
    fn work_that_ignores_a_full_disk_is_not_kept() {
        let held = Held::new("ignored");
        held.on_writer(|connection| {
            let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
            connection.pragma_update_and_check(None, "max_page_count", pages + 2, |_| Ok(())).unwrap();
        });
        let result = held.0.write(&meta(1), |writer| -> Result<(), StoreError> {
            assert_eq!(writer.create(&note(1, 100_000)).unwrap_err().code(), "store.disk_full");
            assert_eq!(writer.create(&note(2, 1)).unwrap_err().code(), "store.disk_full");
            Ok(())
        });
        assert_eq!(result.unwrap_err().code(), "store.disk_full");
        assert_eq!(held.0.info().unwrap().version, 0);
    }

    #[test]
    fn a_commit_that_fails_leaves_the_outcome_unknown_until_the_command_is_asked_for() {
        let held = Held::new("unknown");
        static FAIL: AtomicBool = AtomicBool::new(true);
        held.on_writer(|connection| {
            connection.commit_hook(Some(|| FAIL.load(Ordering::Relaxed))).unwrap();
        });
        let error = held.add(1, 10).unwrap_err();
        assert_eq!((error.code(), error.kind().retry()), ("store.outcome_unknown", true));
        assert!(error.native() != 0);
        // The connection was given up with its hook, though the hook would still refuse.
        assert_eq!(held.0.command(meta(1).id).unwrap(), None);
        assert_eq!(held.add(1, 10).unwrap(), Written::Done(1), "the same id may be sent again");
        assert_eq!(held.add(1, 10).unwrap(), Written::Repeated(Vec::new()));
        assert!(held.0.check(Depth::Full).unwrap().is_in_order());
    }

    #[test]
    fn a_transaction_the_engine_ended_takes_nothing_more() {
        let held = Held::new("ended");
        let result = held.0.write(&meta(1), |writer| -> Result<(), StoreError> {
            writer.create(&note(1, 10))?;
            writer.transaction.execute("ROLLBACK", &[])?;
            assert_eq!(writer.create(&note(2, 10)).unwrap_err(), StoreError::Cancelled);
            Ok(())
        });
        assert_eq!(result.unwrap_err(), StoreError::Cancelled);
        assert_eq!(
            held.0
                .read(|reader| reader.count(Note::ENTITY, &clientela_model::Predicate::Everything))
                .unwrap(),
            0
        );
        held.add(3, 10).unwrap();
    }

    #[test]
    fn the_settings_of_the_writer_are_the_durable_ones() {
        let held = Held::new("settings");
        let settings = || {
            held.on_writer(|connection| {
                ["synchronous", "secure_delete", "mmap_size", "foreign_keys", "trusted_schema", "temp_store"]
                    .map(|name| {
                        connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap()
                    })
            })
        };
        assert_eq!(settings(), [2, 1, 0, 0, 0, 2]);
        let bulk = held.0.bulk().unwrap();
        bulk.store().write(&meta(7), |writer| writer.create(&note(7, 1))).unwrap();
        assert_eq!(settings()[0], 1, "the commit in the stretch was not made durable by itself");
        held.add(8, 1).unwrap();
        assert_eq!(settings()[0], 2, "the others of the process go on writing durably");
        bulk.store().write(&meta(9), |writer| writer.create(&note(9, 1))).unwrap();
        bulk.finish().unwrap();
        assert_eq!(settings()[0], 2);
        // A connection made anew keeps to them.
        held.on_writer(|connection| connection.commit_hook(Some(|| true)).map(|_| ())).unwrap();
        held.add(1, 1).unwrap_err();
        assert_eq!(settings(), [2, 1, 0, 0, 0, 2]);
    }
}
