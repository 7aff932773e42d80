//! A store opened for work: the service handle.

use crate::error::{CrmError, Result};
use crate::mirror::{Mirror, MirrorInfo, Snapshot};
use crate::rules::{RuleCache, RuleRun, Watch};
use crate::session::Session;
use chrono::{DateTime, Utc};
use clientela_core::ids::{HoldingId, PositionId, ProfileId, UnitId, UserId};
use clientela_core::organisation::{
    Function, Grant, Holding, Position, Profile, Unit, UnitKind, User, standard_profiles,
};
use clientela_core::{ENTITIES, SCHEMA_VERSION};
use clientela_model::id::uuid_v7;
use clientela_model::identifier::Country;
use clientela_model::{EntityId, Record};
use clientela_store::{Clock, CommandMeta, OpenOptions, Random, Schema, Store, SystemClock, SystemRandom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// How a store is opened.
#[derive(Clone)]
pub struct CrmOptions {
    /// The file.
    pub path: PathBuf,
    /// Whether to make the store when there is none.
    pub create: bool,
    /// Whether only to read.
    pub read_only: bool,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where random bits come from.
    pub random: Arc<dyn Random>,
}

impl CrmOptions {
    /// An existing store, with the system's clock and random bits.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            create: false,
            read_only: false,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }

    /// Also makes the store when there is none.
    #[must_use]
    pub fn create(mut self) -> Self {
        self.create = true;
        self
    }

    /// Only reads.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Takes the time from here.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes random bits from here.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }
}

/// The first unit and the first user of a new network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    /// Code of the top unit.
    pub unit_code: String,
    /// Its name.
    pub unit_name: String,
    /// Its country.
    pub country: Option<Country>,
    /// Name the administrator signs in with.
    pub login: String,
    /// The administrator's full name.
    pub user_name: String,
}

/// A store opened for work. Clones share it; any thread may use it.
#[derive(Clone)]
pub struct Crm {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) rules: Arc<RuleCache>,
    pub(crate) mirror: Arc<Mirror>,
}

impl std::fmt::Debug for Crm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crm").field("store", &self.store.info().map(|info| info.path).ok()).finish()
    }
}

impl Crm {
    /// Opens an existing store.
    ///
    /// # Errors
    /// `store.not_found`, `store.is_directory`, `store.not_a_store`, `store.damaged`, `store.newer`, `store.busy`, `store.io`.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        Self::open_with(CrmOptions::new(path))
    }

    /// Opens a store, making it when there is none.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn create(path: impl Into<PathBuf>) -> Result<Self> {
        Self::open_with(CrmOptions::new(path).create())
    }

    /// Opens a store as the options say.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(options: CrmOptions) -> Result<Self> {
        let (clock, random) = (Arc::clone(&options.clock), Arc::clone(&options.random));
        let mut open = OpenOptions::new(options.path, Schema { entities: ENTITIES, version: SCHEMA_VERSION });
        open.create = options.create;
        open.read_only = options.read_only;
        open.clock = Arc::clone(&clock);
        open.random = Arc::clone(&random);
        Ok(Self { store: Store::open(open)?, clock, random, rules: Arc::default(), mirror: Arc::default() })
    }

    /// Makes the first unit, the standard profiles and the administrator of a new network.
    ///
    /// # Errors
    /// `network.founded` when the store has units already.
    pub fn found(&self, founding: &Founding) -> Result<UserId> {
        let now = self.clock.now();
        let meta = CommandMeta {
            id: self.new_uuid(now),
            kind: "network.found",
            actor: Uuid::nil(),
            position: None,
            reason: String::new(),
            fingerprint: [0; 32],
            time: now,
        };
        let written = self.store.write(&meta, |writer| -> Result<UserId> {
            if writer.count(Unit::ENTITY, &clientela_model::Predicate::Everything)? > 0 {
                return Err(CrmError::Setup {
                    code: "network.founded",
                    problem: "the store already has its first unit and administrator".to_owned(),
                    hint: "sign in as one of its users",
                }
                .into());
            }
            let user = self.write_founding(writer, founding, now)?;
            writer.answer(user.to_string().into_bytes());
            Ok(user)
        })?;
        written.done().ok_or_else(|| CrmError::Internal { what: "a new command id is new" }.into())
    }

    fn write_founding(
        &self,
        writer: &mut clientela_store::Writer<'_>,
        founding: &Founding,
        now: DateTime<Utc>,
    ) -> Result<UserId> {
        let unit = Unit {
            id: UnitId::from_uuid(self.new_uuid(now)),
            parent: None,
            kind: UnitKind::Headquarters,
            code: founding.unit_code.clone(),
            name: founding.unit_name.clone(),
            country: founding.country,
            valid_from: None,
            valid_to: None,
        };
        writer.create(&unit)?;
        let mut administrator = None;
        for (name, grants) in standard_profiles() {
            let profile = Profile { id: ProfileId::from_uuid(self.new_uuid(now)), name: name.to_owned() };
            writer.create(&profile)?;
            administrator = administrator.or_else(|| (name == "administrator").then_some(profile.id));
            for grant in grants {
                writer.create(&Grant {
                    id: EntityId::from_uuid(self.new_uuid(now)),
                    profile: profile.id,
                    entity: grant.entity.to_owned(),
                    verb: grant.verb,
                    scope: grant.scope,
                    confidential: grant.confidential,
                })?;
            }
        }
        let position = Position {
            id: PositionId::from_uuid(self.new_uuid(now)),
            unit: unit.id,
            function: Function::Administrator,
            title: "Administrator".to_owned(),
            reports_to: None,
            profile: administrator.ok_or(CrmError::Internal { what: "there is an administrator profile" })?,
        };
        writer.create(&position)?;
        let user = User {
            id: UserId::from_uuid(self.new_uuid(now)),
            login: founding.login.clone(),
            name: founding.user_name.clone(),
            active: true,
        };
        writer.create(&user)?;
        writer.create(&Holding {
            id: HoldingId::from_uuid(self.new_uuid(now)),
            user: user.id,
            position: position.id,
            substitute: false,
            valid_from: now.date_naive(),
            valid_to: None,
        })?;
        Ok(user.id)
    }

    /// Signs a user in, in a position he holds today; in the first he holds when none is named.
    ///
    /// # Errors
    /// `session.unknown_user`, `session.no_position`.
    pub fn session(&self, login: &str, position: Option<&str>) -> Result<Session> {
        Session::open(self, login, position)
    }

    /// Copies the store, whole and consistent, while others go on working. The only right way to copy a store.
    ///
    /// # Errors
    /// `store.io`, `store.disk_full`.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<()> {
        self.backup_with(to, |_| ControlFlow::Continue(()))
    }

    /// Copies the store as [`backup`](Self::backup) does, telling how far it is; breaks off when it is told to.
    ///
    /// # Errors
    /// As [`backup`](Self::backup), and `store.cancelled`.
    pub fn backup_with(
        &self,
        to: impl AsRef<Path>,
        progress: impl FnMut(clientela_store::Progress) -> ControlFlow<()>,
    ) -> Result<()> {
        Ok(self.store.backup(to.as_ref(), progress)?)
    }

    /// Checks the file and that the journal's chain holds.
    ///
    /// # Errors
    /// `store.damaged` with what was found.
    pub fn check(&self) -> Result<clientela_store::Report> {
        Ok(self.store.check(clientela_store::Depth::Full)?)
    }

    /// What store this is.
    ///
    /// # Errors
    /// `store.closed`.
    pub fn info(&self) -> Result<clientela_store::StoreInfo> {
        Ok(self.store.info()?)
    }

    /// What the customers in columns take, which questions over many records are answered from; none before the first such
    /// question.
    #[must_use]
    pub fn mirror_info(&self) -> Option<MirrorInfo> {
        self.mirror.info()
    }

    /// Reads the customers into columns, or brings them up to date: what the next question over many records would do.
    ///
    /// # Errors
    /// `store.cancelled` when it was broken off, and what the store says.
    pub fn refresh_mirror(&self, mut run: RuleRun<'_>) -> Result<MirrorInfo> {
        self.snapshot(&mut run.watch())?;
        self.mirror_info()
            .ok_or_else(|| CrmError::Internal { what: "columns that were read are there" }.into())
    }

    /// Gives back the memory of the customers in columns; the next question over many records reads them again.
    pub fn drop_mirror(&self) {
        self.mirror.drop_all();
    }

    /// The customers in columns, in the last state that was committed.
    pub(crate) fn snapshot(&self, watch: &mut Watch<'_>) -> Result<Arc<Snapshot>> {
        loop {
            let found = self
                .store
                .read(|reader: &clientela_store::Reader<'_>| self.mirror.at(reader, self, watch))?;
            if let Some(found) = found {
                return Ok(found);
            }
        }
    }

    /// Stops what is running; it ends with `store.cancelled` and writes nothing.
    pub fn interrupt(&self) {
        self.store.interrupt();
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.store.is_closed()
    }

    /// Closes the store; sessions made from it answer `store.closed` from then on.
    ///
    /// # Errors
    /// `store.io` when the last write did not reach the disk.
    pub fn close(&self) -> Result<()> {
        Ok(self.store.close()?)
    }

    pub(crate) fn new_uuid(&self, now: DateTime<Utc>) -> Uuid {
        let mut random = [0; 10];
        self.random.fill(&mut random);
        uuid_v7(now, random)
    }
}
