//! How a store is opened, and what it says of itself.

use crate::environment::{Clock, Random, SystemClock, SystemRandom};
use crate::schema::Schema;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How a store is opened.
#[derive(Clone)]
pub struct OpenOptions {
    /// The file. Beside it stand `…-wal` and `…-shm` while it is open, and `…-lock` and `…-open`.
    pub path: PathBuf,
    /// Whether a new store is made when there is none.
    pub create: bool,
    /// Whether it is only read. A newer store than the library knows can be opened in no other way.
    pub read_only: bool,
    /// The declarations.
    pub schema: Schema,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of random bits.
    pub random: Arc<dyn Random>,
    /// How long another writer is waited for before `store.busy`.
    pub busy_wait: Duration,
    /// Whether a file system of another machine is accepted. Its locks may not hold, and then the store is lost.
    pub network_file_system: bool,
}

impl OpenOptions {
    /// An existing store, for reading and writing, with the system's clock and random bits and a wait of five seconds.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, schema: Schema) -> Self {
        Self {
            path: path.into(),
            create: false,
            read_only: false,
            schema,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            busy_wait: Duration::from_secs(5),
            network_file_system: false,
        }
    }

    /// Makes a new store when there is none.
    #[must_use]
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Only reads.
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Another source of random bits.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// Another wait for other writers.
    #[must_use]
    pub fn busy_wait(mut self, wait: Duration) -> Self {
        self.busy_wait = wait;
        self
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("path", &self.path)
            .field("create", &self.create)
            .field("read_only", &self.read_only)
            .field("schema", &self.schema.version)
            .field("busy_wait", &self.busy_wait)
            .finish_non_exhaustive()
    }
}

/// What a store says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreInfo {
    /// Its id: in every commit made in it.
    pub origin: Uuid,
    /// Version of the declarations in it.
    pub schema_version: u32,
    /// Version of the engine.
    pub sqlite_version: &'static str,
    /// Its file; none in memory.
    pub path: Option<PathBuf>,
    /// Bytes stored.
    pub size: u64,
    /// The number of its last commit.
    pub version: i64,
    /// Whether it is only read.
    pub read_only: bool,
}
