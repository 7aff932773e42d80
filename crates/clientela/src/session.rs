//! A session: a store seen by one user in one position. Every call is made as somebody.

use crate::command::{self, Asked, Command, Receipt};
use crate::crm::Crm;
use crate::door::{DecidedBefore, Door};
use crate::error::{CrmError, Result};
use crate::mirror::Snapshot;
use crate::pipeline::kept::KeptPipeline;
use crate::standing::Standing;
use crate::view::{LIST_MAX, View};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::entity;
use clientela_core::ids::{PositionId, UserId};
use clientela_core::organisation::{Actor, Verb, Verdict};
use clientela_core::rules_environment::AsOf;
use clientela_model::identifier::TimeZone;
use clientela_model::{Entity, EntityId, Predicate, Record, Value, Why};
use clientela_store::{CommandMeta, HistoryEntry, Order, Reader, Stored, Watch, Written};
use sha2::{Digest, Sha256};
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// A store seen by one user in one position. Clones share it; any thread may use it.
///
/// Its rights are those of today: a position that ends or a profile that is changed counts from the next call on.
#[derive(Clone)]
pub struct Session {
    pub(crate) crm: Crm,
    pub(crate) login: Arc<str>,
    pub(crate) user: UserId,
    pub(crate) position: PositionId,
    pub(crate) standing: Arc<RwLock<Standing>>,
    pub(crate) kept_pipeline: Arc<KeptPipeline>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("login", &self.login).field("position", &self.position).finish()
    }
}

impl Session {
    pub(crate) fn open(crm: &Crm, login: &str, position: Option<&str>) -> Result<Self> {
        let now = crm.clock.now();
        let standing =
            crm.store.read(|reader: &Reader<'_>| Standing::sign_in(reader, login, position, now))?;
        let (user, position) = (standing.actor.user, standing.actor.position);
        let standing = Arc::new(RwLock::new(standing));
        let kept_pipeline = Arc::default();
        Ok(Self { crm: crm.clone(), login: login.into(), user, position, standing, kept_pipeline })
    }

    /// Who acts in the state that is read, and where it is which day.
    fn standing(&self, reader: &Reader<'_>, now: DateTime<Utc>) -> Result<Standing> {
        let known = self.known();
        let Some(renewed) = known.renewed(reader, now)? else { return Ok(known) };
        *self.standing.write().unwrap_or_else(PoisonError::into_inner) = renewed.clone();
        Ok(renewed)
    }

    /// The standing of the last call.
    fn known(&self) -> Standing {
        self.standing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The name the user signed in with.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.login
    }

    /// Who acts, with the rights of the last call.
    #[must_use]
    pub fn actor(&self) -> Arc<Actor> {
        self.known().actor
    }

    /// The store.
    #[must_use]
    pub fn crm(&self) -> &Crm {
        &self.crm
    }

    /// The same session, whose calls are followed by this watch: another thread asks how far they are, and may stop them.
    #[must_use]
    pub fn watched(&self, watch: Arc<Watch>) -> Self {
        Self { crm: self.crm.watched(watch), ..self.clone() }
    }

    /// The moment, from the clock the store was opened with.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.crm.clock.now()
    }

    /// The day it is in the unit of the session's position, from the same clock.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.day_of(self.now())
    }

    /// The day and the moment, for rules.
    pub(crate) fn asked_at(&self) -> AsOf {
        let now = self.now();
        AsOf::moment(self.day_of(now), now)
    }

    /// The time zone there.
    pub(crate) fn zone(&self) -> TimeZone {
        self.known().zone
    }

    /// The day a moment falls on there.
    pub(crate) fn day_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        self.known().zone.day_of(moment)
    }

    /// Seconds by which clocks there are ahead of UTC at a moment.
    pub(crate) fn offset_at(&self, moment: DateTime<Utc>) -> i32 {
        self.known().zone.offset_at(moment).local_minus_utc()
    }

    /// A new command id.
    #[must_use]
    pub fn new_command_id(&self) -> Uuid {
        self.crm.new_uuid(self.now())
    }

    /// Does what the command asks, under a new id.
    ///
    /// # Errors
    /// What the command's rules, the actor's rights or the store refuse.
    pub fn run<'c>(&self, command: impl Into<Asked<'c>>) -> Result<Receipt> {
        self.execute(self.new_command_id(), command)
    }

    /// Does what the command asks, once: the same id again gives the same receipt and changes nothing.
    ///
    /// # Errors
    /// As [`run`](Self::run), and `command.reused` when the id belongs to another command. After
    /// `store.outcome_unknown` ask with [`receipt`](Self::receipt), or execute the same id again: both are harmless.
    pub fn execute<'c>(&self, id: Uuid, command: impl Into<Asked<'c>>) -> Result<Receipt> {
        self.execute_with(id, command, &[])
    }

    /// As [`execute`](Self::execute), with the bytes of the files the command names by their digests; they are kept in the
    /// same transaction.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn execute_with<'c>(
        &self,
        id: Uuid,
        command: impl Into<Asked<'c>>,
        files: &[Vec<u8>],
    ) -> Result<Receipt> {
        let asked: Asked<'c> = command.into();
        let (fingerprint, reason) = asked.fingerprint_and_reason()?;
        let command = asked.command;
        let campaign_list = match command {
            Command::CampaignActivate(named) if self.crm.store.command(id)?.is_none() => {
                self.campaign_list(&named.campaign)?
            }
            _ => None,
        };
        let decided = DecidedBefore { campaign_list, handing: self.hand_over(id, command)? };
        let done = self.transact(id, command.kind(), &reason, fingerprint, |door| {
            door.bring(decided, &self.kept_pipeline);
            for file in files {
                door.put_file(file)?;
            }
            let outcome = command::run(door, command)?;
            let receipt = Receipt {
                id,
                command: command.kind().to_owned(),
                records: outcome.records,
                why: outcome.why,
            };
            let answer =
                serde_json::to_vec(&receipt).map_err(|_| CrmError::Internal { what: "receipts are JSON" })?;
            Ok((answer, receipt))
        })?;
        if command.erases() {
            // Also of a repetition: whoever was told that somebody still read asks again with the same id.
            self.crm.drop_mirror();
            self.crm.store.purge()?;
        }
        done.map_or_else(|answer| read_receipt(&answer), Ok)
    }

    /// One command's transaction: the work, or the answer it gave the first time.
    pub(crate) fn transact<T>(
        &self,
        id: Uuid,
        kind: &str,
        reason: &str,
        fingerprint: [u8; 32],
        work: impl FnOnce(&mut Door<'_, '_>) -> Result<(Vec<u8>, T)>,
    ) -> Result<std::result::Result<T, Vec<u8>>> {
        let now = self.now();
        let meta = CommandMeta {
            id,
            kind,
            actor: self.user.uuid(),
            position: Some(self.position.uuid()),
            reason: reason.to_owned(),
            fingerprint: of_user(fingerprint, self.user.uuid()),
            time: now,
        };
        let written = self.crm.store.write(&meta, |writer| -> Result<T> {
            let Standing { actor, zone, .. } = self.standing(writer, now)?;
            let today = zone.day_of(now);
            let (answer, result) = work(&mut Door::new(writer, &actor, now, today, &self.crm))?;
            writer.answer(answer);
            Ok(result)
        })?;
        Ok(match written {
            Written::Done(result) => Ok(result),
            Written::Repeated(answer) => {
                self.look(|_| Ok(()))?;
                Err(answer)
            }
        })
    }

    /// The receipt of a command, if it took effect: what to ask after `store.outcome_unknown`. A message exchanged with the
    /// quoting tool is a command too; its receipt says that it was answered, and receiving it again gives the answer.
    ///
    /// # Errors
    /// `record.not_found` when it did not, or when it was another user's.
    pub fn receipt(&self, id: Uuid) -> Result<Receipt> {
        let stored = self.look(|view| Ok(view.reader.command(id)?))?;
        let stored = stored.filter(|stored| stored.actor == self.user.uuid());
        let stored = stored.ok_or_else(|| CrmError::NotFound { entity: "command", key: id.to_string() })?;
        if stored.kind.starts_with("quoting.") {
            let why = Why::new("quoting.answered");
            return Ok(Receipt { id, command: stored.kind, records: Vec::new(), why });
        }
        read_receipt(&stored.answer)
    }

    /// Looks at one consistent state of the store.
    pub(crate) fn look<T>(&self, work: impl FnOnce(View<'_>) -> Result<T>) -> Result<T> {
        let now = self.now();
        self.crm.store.read(|reader: &Reader<'_>| {
            let Standing { actor, .. } = self.standing(reader, now)?;
            work(View { reader, actor: &actor, masks: true, whole: false, rules: &self.crm.rules })
        })
    }

    /// Looks at one consistent state of the store, with the customers of that state in columns.
    pub(crate) fn look_in_columns<T>(
        &self,
        mut work: impl FnMut(&View<'_>, &Snapshot) -> Result<T>,
    ) -> Result<T> {
        loop {
            let done = self.look(|view| match self.crm.mirror.at(view.reader, &self.crm)? {
                Some(snapshot) => work(&view, &snapshot).map(Some),
                // Somebody else brought the columns to a later state meanwhile: that state is looked at.
                None => Ok(None),
            })?;
            if let Some(done) = done {
                return Ok(done);
            }
        }
    }

    /// A record by its id.
    ///
    /// # Errors
    /// `record.not_found` when there is none that may be seen.
    pub fn get<R: Record>(&self, id: R::Id) -> Result<Stored<R>> {
        self.look(|view| view.get(id))
    }

    /// A record by its id or the key people use.
    ///
    /// # Errors
    /// `record.not_found` when there is none that may be seen.
    pub fn find<R: Record>(&self, key: &str) -> Result<Stored<R>> {
        self.look(|view| view.resolve(key))
    }

    /// Records that satisfy a condition, by id, at most [`LIST_MAX`] of them from `offset` on. In the condition, what the
    /// session may not read counts as empty.
    ///
    /// # Errors
    /// What the store refuses.
    pub fn list<R: Record>(
        &self,
        condition: &Predicate,
        limit: usize,
        offset: usize,
    ) -> Result<Vec<Stored<R>>> {
        self.look(|view| {
            let asked = view.askable(R::ENTITY, condition);
            view.page(&asked, &Order::by_id(), Some(limit.min(LIST_MAX)), offset)
        })
    }

    /// How many records satisfy a condition, of those that may be seen.
    ///
    /// # Errors
    /// What the store refuses.
    pub fn count<R: Record>(&self, condition: &Predicate) -> Result<u64> {
        self.look(|view| view.count(R::ENTITY, &view.askable(R::ENTITY, condition)))
    }

    /// The record as it was at that moment, if it may be seen today.
    ///
    /// # Errors
    /// `record.not_found` when it was not there, or may not be seen.
    pub fn as_of<R: Record>(&self, id: R::Id, at: DateTime<Utc>) -> Result<R> {
        self.look(|view| {
            let today = visible_values(&view, R::ENTITY, id.uuid())?;
            let sights = view.sights(R::ENTITY);
            let then = view.reader.as_of::<R>(id, at)?;
            let then = then.map(|stored| view.emptied(&sights, &today, stored)).transpose()?;
            then.map(|stored| stored.record).ok_or_else(|| crate::view::not_found(R::ENTITY, &id.to_string()))
        })
    }

    /// Who changed what of a record, when, from what to what and why; the oldest first.
    ///
    /// # Errors
    /// `name.unknown`, `record.not_found`.
    pub fn history(&self, entity_name: &str, id: Uuid) -> Result<Vec<HistoryEntry>> {
        let declared = declared(entity_name)?;
        self.look(|view| shown_history(&view, declared, id))
    }

    /// Whether the actor may do this with a record, and why.
    ///
    /// # Errors
    /// `name.unknown`; `record.not_found` when it may not even be seen.
    pub fn can(&self, verb: Verb, entity_name: &str, id: Uuid) -> Result<Verdict> {
        let declared = declared(entity_name)?;
        self.look(|view| {
            let values = visible_values(&view, declared, id)?;
            Ok(view.can(verb, declared, &values))
        })
    }
}

/// A command is somebody's: the same id and content from another user is another command, and gets no answer of his.
pub(crate) fn of_user(fingerprint: [u8; 32], user: Uuid) -> [u8; 32] {
    Sha256::new().chain_update(fingerprint).chain_update(user.as_bytes()).finalize().into()
}

/// What happened to a record, without what the actor does not read.
pub(crate) fn shown_history(
    view: &View<'_>,
    declared: &'static Entity,
    id: Uuid,
) -> Result<Vec<HistoryEntry>> {
    let values = visible_values(view, declared, id)?;
    let sights = view.sights(declared);
    let mut entries = view.reader.history(declared, id)?;
    if view.is_shared(declared) {
        for entry in &mut entries {
            view.veil(entry)?;
        }
    }
    for change in entries.iter_mut().flat_map(|entry| &mut entry.changes) {
        if !view.sees(sights.of(change.column.facet), declared, &values) {
            change.before = Value::Null;
            change.after = Value::Null;
        }
    }
    Ok(entries)
}

fn visible_values(view: &View<'_>, declared: &'static Entity, id: Uuid) -> Result<Vec<Value>> {
    use clientela_model::Lookup;
    view.reader
        .record(declared.name, id)
        .map(|(_, values)| values)
        .filter(|values| view.can(Verb::Read, declared, values).allowed)
        .ok_or_else(|| crate::view::not_found(declared, &id.to_string()))
}

/// The declaration of that name.
pub(crate) fn declared(name: &str) -> Result<&'static Entity> {
    entity(name).ok_or_else(|| {
        let names: Vec<&str> = clientela_core::ENTITIES.iter().map(|entity| entity.name).collect();
        CrmError::UnknownName {
            what: "entity",
            name: name.chars().take(64).collect(),
            hint: names.join(", "),
        }
        .into()
    })
}

fn read_receipt(answer: &[u8]) -> Result<Receipt> {
    serde_json::from_slice(&not_erased(answer.to_vec())?)
        .map_err(|_| CrmError::Internal { what: "stored receipts are JSON" }.into())
}

/// A stored answer, if it was not erased with a person.
pub(crate) fn not_erased(answer: Vec<u8>) -> Result<Vec<u8>> {
    if clientela_store::is_erased_answer(&answer) {
        return Err(CrmError::Setup {
            code: "command.answer_erased",
            problem: "the command took effect, and its answer was erased with the person it spoke of"
                .to_owned(),
            hint: "give a new command under a new id",
        }
        .into());
    }
    Ok(answer)
}
