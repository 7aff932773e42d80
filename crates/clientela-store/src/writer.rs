//! Writing: state and journal together, inside the transaction of one command.

mod list_rows;
mod many;

use crate::backend::Transaction;
use crate::command::CommandMeta;
use crate::environment::Random;
use crate::error::StoreError;
use crate::journal::fold::WHOLE_RECORD;
use crate::journal::pending::Pending;
use crate::journal::seal::{self, Hash, Header, Sealed};
use crate::journal::{clock, codec};
use crate::reader::Reader;
use crate::schema::PART_DEPTH_MAX;
use crate::sql::cell::{self, Cell, id_cell, identical};
use crate::sql::list_table::Keeper;
use crate::sql::own;
use crate::sql::plan::Plan;
use crate::sql::table::Table;
use clientela_model::{Entity, EntityId, Record, Value};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::{ControlFlow, Deref};
use uuid::Uuid;

/// Writes records. Reads through it see what was written before in the same command.
///
/// There is no way to delete: a record that is no longer wanted says so in a field of its own. What the law wants gone is
/// [erased](Self::erase), and the record stays.
pub struct Writer<'a> {
    pub(crate) reader: Reader<'a>,
    meta: &'a CommandMeta<'a>,
    origin: Uuid,
    salts: Salts<'a>,
    /// Seq, hash and clock of the last commit before this command.
    pub(crate) before: (i64, Vec<u8>),
    hlc: i64,
    commits: Vec<Open>,
    /// The commit under which changes of a root are gathered.
    by_root: HashMap<(u16, Uuid), usize>,
    answer: Vec<u8>,
    /// Digests of the files it stored.
    files: Vec<Hash>,
    /// What is left of the rows it took values out of.
    pub(crate) redactions: Vec<Hash>,
    /// A write that stopped between its rows: the command can no longer be kept.
    failed: Option<StoreError>,
    buffers: Buffers,
}

/// One commit of the command at hand.
struct Open {
    root_entity: u16,
    root: Uuid,
    changes: Pending,
}

/// Room that is used again for every record.
#[derive(Default)]
struct Buffers {
    plain: Vec<u8>,
    personal: Vec<u8>,
    sql: String,
}

impl<'a> Deref for Writer<'a> {
    type Target = Reader<'a>;
    fn deref(&self) -> &Reader<'a> {
        &self.reader
    }
}

impl<'a> Writer<'a> {
    pub(crate) fn begin(
        transaction: &'a dyn Transaction,
        plan: &'a Plan,
        origin: Uuid,
        random: &'a dyn Random,
        meta: &'a CommandMeta<'a>,
    ) -> Result<Self, StoreError> {
        let (mut seq, mut hlc, mut hash) = (0, 0, vec![0; 32]);
        transaction.query(own::LAST_COMMIT, &[], &mut |row| {
            seq = row.integer(0)?;
            hlc = row.integer(1)?;
            hash = row.blob(2)?.to_vec();
            Ok(ControlFlow::Break(()))
        })?;
        Ok(Self {
            reader: Reader::new(transaction, plan),
            meta,
            origin,
            salts: Salts::new(random),
            before: (seq, hash),
            hlc: clock::tick(hlc, meta.time),
            commits: Vec::new(),
            by_root: HashMap::new(),
            answer: Vec::new(),
            files: Vec::new(),
            redactions: Vec::new(),
            failed: None,
            buffers: Buffers::default(),
        })
    }

    /// The command being carried out.
    #[must_use]
    pub fn meta(&self) -> &CommandMeta<'a> {
        self.meta
    }

    /// Whether the command has written no record so far.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.commits.is_empty() && self.failed.is_none()
    }

    /// What a repetition of this command is answered.
    pub fn answer(&mut self, answer: Vec<u8>) {
        self.answer = answer;
    }

    /// Stores a new record; gives its version.
    ///
    /// # Errors
    /// `record.exists`, `value.too_large`, `record.not_found` when the record it is a part of is not there, and what the
    /// store says.
    pub fn create<R: Record>(&mut self, record: &R) -> Result<i64, StoreError> {
        self.create_values(R::ENTITY, &record.to_values())
    }

    /// Stores a changed record; gives its version, which is `base` when nothing was different.
    ///
    /// `base` is the version the author saw.
    ///
    /// # Errors
    /// `record.changed_meanwhile` when another version is stored, `record.not_found`, `value.too_large`, and what the store
    /// says.
    pub fn update<R: Record>(&mut self, record: &R, base: i64) -> Result<i64, StoreError> {
        self.update_values(R::ENTITY, &record.to_values(), Some(base))
    }

    /// Stores a record whether it is there or not, whatever its version; gives its version.
    ///
    /// # Errors
    /// As for [`create`](Self::create).
    pub fn upsert<R: Record>(&mut self, record: &R) -> Result<i64, StoreError> {
        let values = record.to_values();
        match self.update_values(R::ENTITY, &values, None) {
            Err(StoreError::Missing { entity, id })
                if entity == R::ENTITY.name && id == record.id().uuid() =>
            {
                self.create_values(R::ENTITY, &values)
            }
            other => other,
        }
    }

    /// Stores a file; gives the SHA-256 it is found by. The same content is stored once.
    ///
    /// # Errors
    /// `store.disk_full` and what the store says.
    pub fn put_file(&mut self, content: &[u8]) -> Result<[u8; 32], StoreError> {
        self.check()?;
        let digest: Hash = Sha256::digest(content).into();
        let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        let cells = [Cell::Blob(&digest), Cell::Integer(size), Cell::Blob(content)];
        let stored = self.reader.transaction.execute(own::INSERT_FILE, &cells);
        self.keep_failure(stored)?;
        if !self.files.contains(&digest) {
            self.files.push(digest);
        }
        Ok(digest)
    }

    /// Stores a new record given as values in the order of the declaration.
    ///
    /// # Errors
    /// As for [`create`](Self::create), and `value.type`.
    pub fn create_values(&mut self, entity: &'static Entity, values: &[Value]) -> Result<i64, StoreError> {
        let table = self.writable(entity)?;
        let id = id_of(entity, values)?;
        let mut cells = Vec::with_capacity(table.width());
        push_all(entity, values, &mut cells)?;
        let root = self.root(entity, values)?;
        let open_before = self.commits.len();
        let (at, seq) = self.commit_for(root, 0);
        cells.push(Cell::Integer(seq));
        let wholes = self.wholes(entity, &[values], |_| true);
        let dropped = self.reader.follow(&wholes, |keeper| &keeper.drop);
        self.keep_failure(dropped)?;
        let inserted = self.reader.transaction.execute(&table.insert, &cells);
        let added = self.reader.follow(&wholes, |keeper| &keeper.add);
        self.keep_failure(added)?;
        if self.keep_failure(inserted)? == 0 {
            if self.commits.len() > open_before {
                // Opened for nothing: the caller may go on with something else.
                self.commits.pop();
                self.by_root.remove(&root);
            }
            return Err(StoreError::Exists { entity: entity.name, id });
        }
        self.touch(at, entity, id, false);
        let mut listed = Ok(());
        for keeper in self.reader.plan.keepers(entity).iter().filter(|keeper| keeper.whole.is_none()) {
            listed = listed
                .and_then(|()| self.reader.transaction.execute(&keeper.add, &[id_cell(&id)]).map(|_| ()));
        }
        self.keep_failure(listed)?;
        let written = self.write_creation(at, seq, entity, id, values);
        self.keep_failure(written)?;
        Ok(seq)
    }

    /// Stores a changed record given as values in the order of the declaration, whatever its version when no base is given.
    ///
    /// # Errors
    /// As for [`update`](Self::update), and `value.type`.
    pub fn update_values(
        &mut self,
        entity: &'static Entity,
        values: &[Value],
        base: Option<i64>,
    ) -> Result<i64, StoreError> {
        let table = self.writable(entity)?;
        let id = id_of(entity, values)?;
        let missing = StoreError::Missing { entity: entity.name, id };
        let (stored, version) = self.reader.values(entity, id)?.ok_or(missing)?;
        if let Some(seen) = base.filter(|base| *base != version) {
            return Err(StoreError::Conflict { entity: entity.name, id, seen, stored: version });
        }
        let different = |position: &usize| {
            let (old, new) = (stored.get(*position), values.get(*position));
            !old.zip(new).is_some_and(|(old, new)| identical(old, new))
        };
        let mut changed: Vec<usize> = (0..entity.columns.len()).filter(different).collect();
        if changed.is_empty() {
            return Ok(version);
        }
        // The seal of a commit goes over a record's changes by field number, whatever the order of the declaration.
        changed.sort_unstable_by_key(|at| entity.columns.get(*at).map(|column| column.number));
        let mut cells = Vec::with_capacity(changed.len() + 2);
        for (column, value) in changed.iter().filter_map(|at| entity.columns.get(*at).zip(values.get(*at))) {
            cell::push(entity, column, value, &mut cells)?;
        }
        let root = self.root(entity, values)?;
        let (at, seq) = self.commit_for(root, version);
        cells.extend([Cell::Integer(seq), id_cell(&id)]);
        self.reader.forget(entity, id);
        let mut sql = std::mem::take(&mut self.buffers.sql);
        table.update(&changed, &mut sql);
        let updated = self.write_row(entity, (id, &stored, values), &changed, &sql, &cells);
        self.buffers.sql = sql;
        self.keep_failure(updated)?;
        let again = version == seq;
        let written = if again {
            self.write_again(at, seq, entity, id, values, &changed)
        } else {
            self.touch(at, entity, id, false);
            changed.iter().try_for_each(|position| {
                self.write_field(at, seq, entity, id, *position, values, version).map(|_| ())
            })
        };
        self.keep_failure(written)?;
        Ok(seq)
    }

    /// Changes a row, and the lists that go by what changes in it.
    fn write_row(
        &self,
        entity: &'static Entity,
        (id, before, after): (Uuid, &[Value], &[Value]),
        changed: &[usize],
        sql: &str,
        cells: &[Cell<'_>],
    ) -> Result<(), StoreError> {
        let changes = |keeper: &Keeper| {
            let names = changed.iter().filter_map(|at| entity.columns.get(*at));
            names.into_iter().any(|column| keeper.columns.contains(&column.name))
        };
        let own = self
            .reader
            .plan
            .keepers(entity)
            .iter()
            .filter(|keeper| keeper.whole.is_none() && changes(keeper));
        let mut followed: Vec<(&Keeper, Uuid)> = own.map(|keeper| (keeper, id)).collect();
        followed.extend(self.wholes(entity, &[before, after], changes));
        self.reader.follow(&followed, |keeper| &keeper.drop)?;
        self.reader.transaction.execute(sql, cells)?;
        self.reader.follow(&followed, |keeper| &keeper.add)
    }

    /// What follows the records a row names, or named, of those that go by what changes in it.
    fn wholes(
        &self,
        entity: &'static Entity,
        rows: &[&[Value]],
        changes: impl Fn(&Keeper) -> bool,
    ) -> Vec<(&'a Keeper, Uuid)> {
        let mut wholes = Vec::new();
        for keeper in self.reader.plan.keepers(entity) {
            let Some(at) = keeper.whole.and_then(|column| entity.position(column)) else { continue };
            if !changes(keeper) {
                continue;
            }
            let mut named: Vec<Uuid> = Vec::new();
            for row in rows {
                if let Some(Value::Id(id)) = row.get(at)
                    && !named.contains(id)
                {
                    named.push(*id);
                }
            }
            wholes.extend(named.into_iter().map(|id| (keeper, id)));
        }
        wholes
    }

    /// The journal row of a creation.
    fn write_creation(
        &mut self,
        at: usize,
        seq: i64,
        entity: &'static Entity,
        id: Uuid,
        values: &[Value],
    ) -> Result<(), StoreError> {
        let any_personal = encode_creation(entity, values, &mut self.buffers);
        self.write_change(at, seq, entity, id, 0, 0, any_personal)
    }

    /// The journal row of one changed field.
    #[expect(clippy::too_many_arguments, reason = "the cells of one journal row")]
    fn write_field(
        &mut self,
        at: usize,
        seq: i64,
        entity: &'static Entity,
        id: Uuid,
        position: usize,
        values: &[Value],
        base: i64,
    ) -> Result<(), StoreError> {
        let Some((column, value)) = entity.columns.get(position).zip(values.get(position)) else {
            return Ok(());
        };
        let Buffers { plain, personal, .. } = &mut self.buffers;
        plain.clear();
        if column.personal {
            codec::begin(personal);
            codec::push_value(personal, value);
        } else {
            codec::begin(plain);
            codec::push_value(plain, value);
        }
        self.write_change(at, seq, entity, id, column.number, base, column.personal)
    }

    /// One journal row from the buffers.
    #[expect(clippy::too_many_arguments, reason = "the cells of one journal row")]
    fn write_change(
        &mut self,
        at: usize,
        seq: i64,
        entity: &'static Entity,
        id: Uuid,
        field: u16,
        base: i64,
        any_personal: bool,
    ) -> Result<(), StoreError> {
        let Buffers { plain, personal, .. } = &self.buffers;
        let salt = any_personal.then(|| self.salts.next());
        let personal_hash = salt.map(|salt| seal::personal_hash(&salt, personal));
        let sealed = Sealed { field, base, vhash: seal::value_hash(plain, personal_hash) };
        let kept_apart = salt.as_ref().map(|salt| (personal.as_slice(), salt));
        let cells = change_cells(entity, (&id, seq), &sealed, plain, kept_apart);
        self.reader.transaction.execute(own::INSERT_CHANGE, &cells)?;
        if let Some(open) = self.commits.get_mut(at) {
            open.changes.add(entity.number, id, sealed);
        }
        Ok(())
    }

    /// The journal rows of a record that was touched before in the same commit: they become one with those before.
    fn write_again(
        &mut self,
        at: usize,
        seq: i64,
        entity: &'static Entity,
        id: Uuid,
        values: &[Value],
        changed: &[usize],
    ) -> Result<(), StoreError> {
        let key = [Cell::Integer(i64::from(entity.number)), id_cell(&id), Cell::Integer(seq)];
        let mut before: Vec<Sealed> = Vec::new();
        self.reader.transaction.query(own::SEALS_OF_RECORD, &key, &mut |row| {
            before.push(read_seal(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        self.touch(at, entity, id, true);
        if before.iter().any(|sealed| i64::from(sealed.field) == WHOLE_RECORD) {
            return self.write_creation(at, seq, entity, id, values);
        }
        let base = before.first().map_or(0, |sealed| sealed.base);
        for position in changed {
            self.write_field(at, seq, entity, id, *position, values, base)?;
        }
        // Seals in the order a check reads them: by field.
        self.touch(at, entity, id, true);
        let mut now = Vec::new();
        self.reader.transaction.query(own::SEALS_OF_RECORD, &key, &mut |row| {
            now.push(read_seal(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        if let Some(open) = self.commits.get_mut(at) {
            now.into_iter().for_each(|sealed| open.changes.add(entity.number, id, sealed));
        }
        Ok(())
    }

    fn touch(&mut self, at: usize, entity: &Entity, id: Uuid, again: bool) {
        if let Some(open) = self.commits.get_mut(at) {
            if again {
                open.changes.touch_again(entity.number, id);
            } else {
                open.changes.touch(entity.number, id);
            }
        }
    }

    /// The commit of this command for a root, its index and number. A record's changes have to come in the order of their
    /// commits, so one with a later version than the root's commit opens another.
    fn commit_for(&mut self, (root_entity, root): (u16, Uuid), version: i64) -> (usize, i64) {
        let number = |before: i64, at: usize| before + 1 + i64::try_from(at).unwrap_or(i64::MAX);
        if let Some(at) = self.by_root.get(&(root_entity, root)).copied() {
            let seq = number(self.before.0, at);
            if seq >= version {
                return (at, seq);
            }
        }
        let at = self.commits.len();
        self.commits.push(Open { root_entity, root, changes: Pending::default() });
        self.by_root.insert((root_entity, root), at);
        (at, number(self.before.0, at))
    }

    /// The aggregate's root, found from part to whole.
    fn root(&self, entity: &'static Entity, values: &[Value]) -> Result<(u16, Uuid), StoreError> {
        let mut at = (entity, id_of(entity, values)?);
        let mut above = named_above(entity, values)?;
        for _ in 0..PART_DEPTH_MAX {
            let Some((name, id)) = above else { break };
            let whole = self.reader.plan.table(name)?.entity;
            at = (whole, id);
            above = match whole.part_of {
                None => None,
                Some(_) => {
                    let missing = StoreError::Missing { entity: whole.name, id };
                    let (values, _) = self.reader.values(whole, id)?.ok_or(missing)?;
                    named_above(whole, &values)?
                }
            };
        }
        Ok((at.0.number, at.1))
    }

    fn writable(&self, entity: &'static Entity) -> Result<&'a Table, StoreError> {
        self.check()?;
        if entity.view.is_some() {
            return Err(StoreError::View { entity: entity.name });
        }
        self.reader.known(entity)
    }

    /// Refuses to go on after a failure, or outside the transaction: an engine may end it by itself, and what came after
    /// would be kept on its own.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if self.reader.transaction.is_open() { Ok(()) } else { Err(StoreError::Cancelled) }
    }

    pub(crate) fn keep_failure<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &result {
            self.failed.get_or_insert_with(|| error.clone());
        }
        result
    }

    /// Writes the commits and the command. Nothing may be written after it.
    pub(crate) fn finish(mut self) -> Result<(), StoreError> {
        self.reader.take_failure()?;
        self.check()?;
        let (last, mut prev) = std::mem::take(&mut self.before);
        let mut touched = Vec::new();
        let mut seq = last;
        let changed = last + i64::try_from(self.commits.len()).unwrap_or(i64::MAX);
        if self.commits.is_empty() {
            // Nothing changed, and the answer is sealed all the same.
            self.commits.push(Open { root_entity: 0, root: self.meta.id, changes: Pending::default() });
        }
        let sealed = seal::bound(&self.meta.fingerprint, &self.answer, &self.files, &self.redactions);
        let mut insert = self.reader.transaction.statement(own::INSERT_COMMIT)?;
        for (part, open) in (0_i64..).zip(&self.commits) {
            seq += 1;
            let is_last = usize::try_from(part + 1).is_ok_and(|part| part == self.commits.len());
            let bound = is_last.then_some(sealed.as_slice());
            let salt = (!self.meta.reason.is_empty()).then(|| self.salts.next());
            let header = Header {
                origin: self.origin,
                origin_seq: seq,
                command: self.meta.id,
                part,
                root_entity: open.root_entity,
                root: open.root,
                hlc: self.hlc,
                actor: self.meta.actor,
                position: self.meta.position,
                kind: self.meta.kind,
                reason: &self.meta.reason,
                reason_hash: seal::reason_hash(&self.meta.reason, salt.as_ref().map(|salt| &salt[..]), None),
                schema: self.reader.plan.schema.version,
                bound,
            };
            let hash = seal::commit_hash(&prev, &header, &open.changes);
            open.changes.write_touched(&mut touched);
            let cells = [
                Cell::Integer(seq),
                id_cell(&self.origin),
                id_cell(&self.meta.id),
                Cell::Integer(part),
                Cell::Integer(i64::from(open.root_entity)),
                id_cell(&open.root),
                Cell::Integer(self.hlc),
                id_cell(&self.meta.actor),
                self.meta.position.as_ref().map_or(Cell::Null, id_cell),
                Cell::Text(self.meta.kind),
                Cell::Text(&self.meta.reason),
                Cell::Integer(i64::from(header.schema)),
                Cell::Blob(&touched),
                Cell::Blob(&prev),
                Cell::Blob(&hash),
                bound.map_or(Cell::Null, Cell::Blob),
                salt.as_ref().map_or(Cell::Null, |salt| Cell::Blob(salt)),
            ];
            insert.execute(&cells)?;
            prev.clear();
            prev.extend_from_slice(&hash);
        }
        let cells = [
            id_cell(&self.meta.id),
            Cell::Text(self.meta.kind),
            Cell::Blob(&self.meta.fingerprint),
            id_cell(&self.meta.actor),
            self.meta.position.as_ref().map_or(Cell::Null, id_cell),
            Cell::Integer(self.meta.time.timestamp_micros()),
            Cell::Integer(last + 1),
            Cell::Integer(changed),
            Cell::Blob(&self.answer),
        ];
        self.reader.transaction.execute(own::INSERT_COMMAND, &cells)?;
        Ok(())
    }
}

/// A row of the journal: whose change it is and in which commit, what is plain, and what is personal with its salt.
fn change_cells<'c>(
    entity: &Entity,
    (id, seq): (&'c Uuid, i64),
    sealed: &'c Sealed,
    plain: &'c [u8],
    personal: Option<(&'c [u8], &'c [u8; SALT_BYTES])>,
) -> [Cell<'c>; 9] {
    [
        Cell::Integer(i64::from(entity.number)),
        id_cell(id),
        Cell::Integer(seq),
        Cell::Integer(i64::from(sealed.field)),
        Cell::Integer(sealed.base),
        Cell::Blob(plain),
        personal.map_or(Cell::Null, |(bytes, _)| Cell::Blob(bytes)),
        personal.map_or(Cell::Null, |(_, salt)| Cell::Blob(salt)),
        Cell::Blob(&sealed.vhash),
    ]
}

/// Puts the values of a new record into the buffers; gives whether any is personal.
fn encode_creation(entity: &Entity, values: &[Value], buffers: &mut Buffers) -> bool {
    let Buffers { plain, personal, .. } = buffers;
    codec::begin(plain);
    codec::begin(personal);
    let mut any_personal = false;
    for (column, value) in entity.columns.iter().zip(values) {
        // What is not given is what a reader assumes; saying so would only take room.
        if value.is_null() {
            continue;
        }
        any_personal |= column.personal;
        codec::push_column(if column.personal { personal } else { plain }, column.number, value);
    }
    any_personal
}

/// Field, base and seal of a journal row.
fn read_seal(row: &dyn crate::backend::Row) -> Result<Sealed, StoreError> {
    let malformed = || StoreError::damaged("a journal row has a malformed seal");
    Ok(Sealed {
        field: u16::try_from(row.integer(0)?).map_err(|_| malformed())?,
        base: row.integer(1)?,
        vhash: row.blob(2)?.try_into().map_err(|_| malformed())?,
    })
}

fn push_all<'v>(
    entity: &'static Entity,
    values: &'v [Value],
    cells: &mut Vec<Cell<'v>>,
) -> Result<(), StoreError> {
    for (position, column) in entity.columns.iter().enumerate() {
        cell::push(entity, column, values.get(position).unwrap_or(&Value::Null), cells)?;
    }
    Ok(())
}

fn id_of(entity: &'static Entity, values: &[Value]) -> Result<Uuid, StoreError> {
    match values.first() {
        Some(Value::Id(id)) => Ok(*id),
        other => Err(StoreError::ValueType {
            entity: entity.name,
            column: entity.columns.first().map_or("id", |column| column.name),
            expected: "id",
            given: other.map_or("nothing", Value::kind),
        }),
    }
}

/// The record a part names as the one it belongs to.
fn named_above(
    entity: &'static Entity,
    values: &[Value],
) -> Result<Option<(&'static str, Uuid)>, StoreError> {
    let Some((whole, column)) = entity.part_of else { return Ok(None) };
    match entity.position(column).and_then(|position| values.get(position)) {
        Some(Value::Id(id)) => Ok(Some((whole, *id))),
        // A part that belongs to nothing yet is its own root.
        _ => Ok(None),
    }
}

/// Random bytes, drawn from their source in blocks: a bulk import would otherwise ask the system for every record.
struct Salts<'a> {
    random: &'a dyn Random,
    block: [u8; 1024],
    used: usize,
}

const SALT_BYTES: usize = 16;

impl<'a> Salts<'a> {
    const fn new(random: &'a dyn Random) -> Self {
        Self { random, block: [0; 1024], used: 1024 }
    }

    fn next(&mut self) -> [u8; SALT_BYTES] {
        if self.used + SALT_BYTES > self.block.len() {
            self.random.fill(&mut self.block);
            self.used = 0;
        }
        let mut salt = [0; SALT_BYTES];
        salt.copy_from_slice(&self.block[self.used..self.used + SALT_BYTES]);
        self.used += SALT_BYTES;
        salt
    }
}
