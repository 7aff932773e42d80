//! A store opened for work: the service handle.

use crate::command::{KeptPrices, Pricing};
use crate::configurations::ConfigurationCache;
use crate::duplicates::DuplicateIndex;
use crate::erased_again::erase_again;
use crate::error::{CrmError, Result};
use crate::mirror::{Mirror, MirrorInfo, Snapshot};
use crate::rules::RuleCache;
use crate::session::Session;
use chrono::{DateTime, Utc};
use clientela_core::ids::{HoldingId, PositionId, ProfileId, UnitId, UserId};
use clientela_core::organisation::{
    Function, Grant, Holding, Position, Profile, Unit, UnitKind, User, standard_profiles,
};
use clientela_core::{ENTITIES, SCHEMA_VERSION, SUMMARIES};
use clientela_model::id::uuid_v7;
use clientela_model::identifier::Country;
use clientela_model::{EntityId, Record};
use clientela_store::{Clock, CommandMeta, OpenOptions, Random, Schema, Store, Watch};
use std::ops::{ControlFlow, Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// How a store is opened: the options of the store, with the declarations of this library.
#[derive(Debug, Clone)]
pub struct CrmOptions(OpenOptions);

impl Deref for CrmOptions {
    type Target = OpenOptions;
    fn deref(&self) -> &OpenOptions {
        &self.0
    }
}

impl DerefMut for CrmOptions {
    fn deref_mut(&mut self) -> &mut OpenOptions {
        &mut self.0
    }
}

impl CrmOptions {
    /// An existing store, with the system's clock and random bits.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(OpenOptions::new(path, Schema::new(SCHEMA_VERSION, ENTITIES).with_summaries(SUMMARIES)))
    }

    /// Also makes the store when there is none.
    #[must_use]
    pub fn create(mut self) -> Self {
        self.0.create = true;
        self
    }

    /// Only reads.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.0.read_only = true;
        self
    }

    /// Takes the time from here.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.0.clock = clock;
        self
    }

    /// Takes random bits from here.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.0.random = random;
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
    pub(crate) configurations: Arc<ConfigurationCache>,
    pub(crate) mirror: Arc<Mirror>,
    pub(crate) duplicates: Arc<DuplicateIndex>,
    pub(crate) prices: Arc<KeptPrices>,
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

    /// Opens a store as the options say. One of an older library is brought up to date, and those who were erased before lose what
    /// is personal only since.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(options: CrmOptions) -> Result<Self> {
        let (clock, random) = (Arc::clone(&options.clock), Arc::clone(&options.random));
        let read_only = options.read_only;
        let crm = Self {
            store: Store::open(options.0)?,
            clock,
            random,
            rules: Arc::default(),
            configurations: Arc::default(),
            mirror: Arc::default(),
            duplicates: Arc::default(),
            prices: Arc::default(),
        };
        if !read_only {
            erase_again(&crm)?;
        }
        Ok(crm)
    }

    /// The same store, whose calls are followed by this watch: another thread asks how far they are, and may stop them.
    #[must_use]
    pub fn watched(&self, watch: Arc<Watch>) -> Self {
        Self { store: self.store.watched(watch), ..self.clone() }
    }

    /// What offers are priced with in a state that is stored.
    pub(crate) fn pricing(&self) -> Pricing<'_> {
        Pricing { rules: &self.rules, kept: Some(&self.prices), configurations: &self.configurations }
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
            time_zone: None,
            street: None,
            postal_code: None,
            locality: None,
            vat_number: None,
        };
        create(writer, &unit)?;
        let mut administrator = None;
        for (name, grants) in standard_profiles() {
            let profile = Profile { id: ProfileId::from_uuid(self.new_uuid(now)), name: name.to_owned() };
            create(writer, &profile)?;
            administrator = administrator.or_else(|| (name == "administrator").then_some(profile.id));
            for grant in grants {
                create(
                    writer,
                    &Grant {
                        id: EntityId::from_uuid(self.new_uuid(now)),
                        profile: profile.id,
                        entity: grant.entity.to_owned(),
                        verb: grant.verb,
                        scope: grant.scope,
                        confidential: grant.confidential,
                        withdrawn: None,
                    },
                )?;
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
        create(writer, &position)?;
        let user = User {
            id: UserId::from_uuid(self.new_uuid(now)),
            login: founding.login.clone(),
            name: founding.user_name.clone(),
            active: true,
        };
        create(writer, &user)?;
        create(
            writer,
            &Holding {
                id: HoldingId::from_uuid(self.new_uuid(now)),
                user: user.id,
                position: position.id,
                substitute: false,
                // The day before: somewhere it still is that day, and the unit's time zone may be set there.
                valid_from: now.date_naive().pred_opt().unwrap_or(now.date_naive()),
                valid_to: None,
            },
        )?;
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

    /// What the journal is now, to be kept elsewhere: it shows later whether its end was cut off or its past made anew.
    ///
    /// # Errors
    /// `store.closed`.
    pub fn anchor(&self) -> Result<clientela_store::Anchor> {
        Ok(self.store.anchor()?)
    }

    /// Checks that the journal still has what it had at an anchor, and the chain of what came after.
    ///
    /// # Errors
    /// `store.closed`; what is wrong is in the report.
    pub fn check_since(&self, anchor: &clientela_store::Anchor) -> Result<clientela_store::Report> {
        Ok(self.store.check_since(anchor)?)
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
    pub fn refresh_mirror(&self) -> Result<MirrorInfo> {
        self.snapshot()?;
        self.mirror_info()
            .ok_or_else(|| CrmError::Internal { what: "columns that were read are there" }.into())
    }

    /// Gives back the memory of the customers in columns; the next question over many records reads them again.
    pub fn drop_mirror(&self) {
        self.mirror.drop_all();
        self.duplicates.drop_all();
    }

    /// The customers in columns, in the last state that was committed.
    pub(crate) fn snapshot(&self) -> Result<Arc<Snapshot>> {
        loop {
            let found =
                self.store.read(|reader: &clientela_store::Reader<'_>| self.mirror.at(reader, self))?;
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

    /// So many new ids, ascending.
    pub(crate) fn new_uuids(&self, now: DateTime<Utc>, count: usize) -> Vec<Uuid> {
        let mut random = vec![0; count * 10];
        self.random.fill(&mut random);
        let (chunks, _) = random.as_chunks::<10>();
        let mut ids: Vec<Uuid> = chunks.iter().map(|random| uuid_v7(now, *random)).collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) fn new_uuid(&self, now: DateTime<Utc>) -> Uuid {
        let mut random = [0; 10];
        self.random.fill(&mut random);
        uuid_v7(now, random)
    }
}

/// Writes a record of a founding. No door stands before it: nobody has rights yet, but its texts are looked at as all others are.
fn create<R: Record>(writer: &mut clientela_store::Writer<'_>, record: &R) -> Result<()> {
    crate::texts::check(R::ENTITY, None, &record.to_values())?;
    writer.create(record)?;
    Ok(())
}
