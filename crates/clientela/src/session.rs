//! A session: a store seen by one user in one position. Every call is made as somebody.

use crate::command::{self, Command, Receipt};
use crate::crm::Crm;
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::mirror::Snapshot;
use crate::rules::Watch;
use crate::view::{LIST_MAX, View};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::entity;
use clientela_core::organisation::{Actor, Grant, Holding, Position, User, Verb, Verdict, sign_in};
use clientela_model::{Entity, EntityId, Predicate, Record, Value, Why};
use clientela_store::{CommandMeta, HistoryEntry, Order, Reader, Stored, Written};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::sync::Arc;
use uuid::Uuid;

/// A store seen by one user in one position. Clones share it; any thread may use it.
#[derive(Clone)]
pub struct Session {
    pub(crate) crm: Crm,
    pub(crate) actor: Arc<Actor>,
    login: Arc<str>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("login", &self.login).field("position", &self.actor.position).finish()
    }
}

impl Session {
    pub(crate) fn open(crm: &Crm, login: &str, position: Option<&str>) -> Result<Self> {
        let today = crm.clock.now().date_naive();
        let actor = crm.store.read(|reader: &Reader<'_>| -> Result<Actor> {
            let named = Predicate::equals("login", Value::Text(Cow::Owned(login.to_owned())));
            let user = reader.first::<User>(&named, &Order::by_id())?.map(|stored| stored.record);
            let id = user.as_ref().map_or(Uuid::nil(), |user| user.id.uuid());
            let held = Predicate::equals("user", Value::Id(id));
            let holdings: Vec<Holding> = records(reader, &held)?;
            let mut positions: Vec<Position> = Vec::new();
            for holding in &holdings {
                positions.extend(reader.get::<Position>(holding.position)?.map(|stored| stored.record));
            }
            let signed_in = sign_in(user.as_ref(), &holdings, &positions, position, today)?;
            let of_profile = Predicate::equals("profile", Value::Id(signed_in.position.profile.uuid()));
            let grants: Vec<Grant> = records(reader, &of_profile)?;
            Ok(signed_in.actor(grants))
        })?;
        Ok(Self { crm: crm.clone(), actor: Arc::new(actor), login: login.into() })
    }

    /// The name the user signed in with.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.login
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The store.
    #[must_use]
    pub fn crm(&self) -> &Crm {
        &self.crm
    }

    /// The moment, from the clock the store was opened with.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.crm.clock.now()
    }

    /// The day, from the same clock.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
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
    pub fn run(&self, command: &Command) -> Result<Receipt> {
        self.execute(self.new_command_id(), command)
    }

    /// Does what the command asks, once: the same id again gives the same receipt and changes nothing.
    ///
    /// # Errors
    /// As [`run`](Self::run), and `command.reused` when the id belongs to another command. After
    /// `store.outcome_unknown` ask with [`receipt`](Self::receipt), or execute the same id again: both are harmless.
    pub fn execute(&self, id: Uuid, command: &Command) -> Result<Receipt> {
        let (fingerprint, reason) = command.fingerprint_and_reason()?;
        self.transact(id, command.kind(), &reason, fingerprint, |door| {
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
        })?
        .map_or_else(|answer| read_receipt(&answer), Ok)
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
            actor: self.actor.user.uuid(),
            position: Some(self.actor.position.uuid()),
            reason: reason.to_owned(),
            fingerprint: of_user(fingerprint, self.actor.user.uuid()),
            time: now,
        };
        let written = self.crm.store.write(&meta, |writer| -> Result<T> {
            let (answer, result) = work(&mut Door::new(writer, &self.crm, &self.actor, now))?;
            writer.answer(answer);
            Ok(result)
        })?;
        Ok(match written {
            Written::Done(result) => Ok(result),
            Written::Repeated(answer) => Err(answer),
        })
    }

    /// The receipt of a command, if it took effect: what to ask after `store.outcome_unknown`. A message exchanged with the
    /// quoting tool is a command too; its receipt says that it was answered, and receiving it again gives the answer.
    ///
    /// # Errors
    /// `record.not_found` when it did not, or when it was another user's.
    pub fn receipt(&self, id: Uuid) -> Result<Receipt> {
        let stored = self.crm.store.command(id)?.filter(|stored| stored.actor == self.actor.user.uuid());
        let stored = stored.ok_or_else(|| CrmError::NotFound { entity: "command", key: id.to_string() })?;
        if stored.kind.starts_with("quoting.") {
            let why = Why::new("quoting.answered");
            return Ok(Receipt { id, command: stored.kind, records: Vec::new(), why });
        }
        read_receipt(&stored.answer)
    }

    /// Looks at one consistent state of the store.
    pub(crate) fn look<T>(&self, work: impl FnOnce(View<'_>) -> Result<T>) -> Result<T> {
        self.crm.store.read(|reader: &Reader<'_>| work(View { reader, actor: &self.actor, masks: true }))
    }

    /// Looks at one consistent state of the store, with the customers of that state in columns.
    pub(crate) fn look_in_columns<T>(
        &self,
        watch: &mut Watch<'_>,
        mut work: impl FnMut(&View<'_>, &Snapshot) -> Result<T>,
    ) -> Result<T> {
        loop {
            let done = self.look(|view| match self.crm.mirror.at(view.reader, &self.crm, watch)? {
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
            view.get::<R>(id)?;
            let then = view.reader.as_of::<R>(id, at)?.map(|stored| view.masked(stored)).transpose()?;
            then.map(|stored| stored.record).ok_or_else(|| crate::view::not_found(R::ENTITY, &id.to_string()))
        })
    }

    /// Who changed what of a record, when, from what to what and why; the oldest first.
    ///
    /// # Errors
    /// `name.unknown`, `record.not_found`.
    pub fn history(&self, entity_name: &str, id: Uuid) -> Result<Vec<HistoryEntry>> {
        let declared = declared(entity_name)?;
        self.look(|view| {
            let values = visible_values(&view, declared, id)?;
            debug_assert!(!values.is_empty());
            let mut entries = view.reader.history(declared, id)?;
            if view.is_shared(declared) {
                for entry in &mut entries {
                    view.veil(entry)?;
                }
            }
            for change in entries.iter_mut().flat_map(|entry| &mut entry.changes) {
                if !view.reads(declared, change.column.facet) {
                    change.before = Value::Null;
                    change.after = Value::Null;
                }
            }
            Ok(entries)
        })
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
fn of_user(fingerprint: [u8; 32], user: Uuid) -> [u8; 32] {
    Sha256::new().chain_update(fingerprint).chain_update(user.as_bytes()).finalize().into()
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
    serde_json::from_slice(answer).map_err(|_| CrmError::Internal { what: "stored receipts are JSON" }.into())
}

fn records<R: Record>(reader: &Reader<'_>, condition: &Predicate) -> Result<Vec<R>> {
    let found = reader.find::<R>(condition, &Order::by_id(), None, 0)?;
    Ok(found.into_iter().map(|stored| stored.record).collect())
}
