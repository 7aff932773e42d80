//! Reading: one state throughout, whatever is written meanwhile.

use crate::backend::{Row, Transaction, Visit};
use crate::command::{self, StoredCommand};
use crate::error::StoreError;
use crate::journal::anchor::Anchor;
use crate::journal::pending::read_touched;
use crate::order::Order;
use crate::row::RowView;
use crate::sql::cell::{self, Cell, Parameter, id_cell, read_id};
use crate::sql::condition::find;
use crate::sql::list;
use crate::sql::list_table::Keeper;
use crate::sql::own;
use crate::sql::plan::Plan;
use crate::sql::query::{self, Query, Selected, selection};
use crate::sql::table::Table;
use crate::watch::Watch;
use chrono::{DateTime, Utc};
use clientela_model::{Entity, EntityId, Lookup, Predicate, Record, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{ControlFlow, Deref};
use uuid::Uuid;

/// A record with the version of it that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<R> {
    /// The record.
    pub record: R,
    /// The number of the last commit that touched it; what `update` asks for as its base.
    pub version: i64,
}

impl<R> Deref for Stored<R> {
    type Target = R;
    fn deref(&self) -> &R {
        &self.record
    }
}

/// That somebody carried out a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Who.
    pub actor: Uuid,
    /// In which position.
    pub position: Option<Uuid>,
    /// When.
    pub time: DateTime<Utc>,
}

/// The values of a record, and the commit that wrote them.
type Versioned = (Vec<Value>, i64);

/// Reads one state of the store.
pub struct Reader<'a> {
    pub(crate) transaction: &'a dyn Transaction,
    pub(crate) plan: &'a Plan,
    /// What a [`Lookup`], which cannot fail, failed with.
    failure: RefCell<Option<StoreError>>,
    /// Records read by their ids: rights, rules and the writer ask for the same few again and again.
    recent: RefCell<HashMap<(u16, Uuid), Versioned>>,
}

/// Records remembered before all are forgotten again.
const RECENT_MAX: usize = 256;

impl<'a> Reader<'a> {
    pub(crate) fn new(transaction: &'a dyn Transaction, plan: &'a Plan) -> Self {
        Self { transaction, plan, failure: RefCell::new(None), recent: RefCell::default() }
    }

    /// Says how far the call is to whoever follows it: what is done, of how much (0 when that is not known), of which stage.
    pub fn tell(&self, stage: &'static str, done: u64, total: u64) {
        if let Some(watch) = self.transaction.watch() {
            watch.tell(stage, done, total);
        }
    }

    /// Whether anybody asks how far the call is: only then is it worth counting beforehand.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.transaction.watch().is_some_and(crate::Watch::is_heard)
    }

    /// Who carried out commands from a moment up to, and without, another.
    ///
    /// # Errors
    /// What the engine says.
    pub fn commands_between(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Work>, StoreError> {
        let bounds = [Cell::Integer(from.timestamp_micros()), Cell::Integer(until.timestamp_micros())];
        let mut found = Vec::new();
        self.transaction.query(own::COMMANDS_BETWEEN, &bounds, &mut |row| {
            let time = DateTime::from_timestamp_micros(row.integer(2)?);
            found.push(Work {
                actor: read_id(row.blob(0)?)?,
                position: row.optional_blob(1)?.map(read_id).transpose()?,
                time: time.ok_or_else(|| StoreError::damaged("a command has no time"))?,
            });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// The record of that id.
    ///
    /// # Errors
    /// `record.unreadable` and what the store says.
    pub fn get<R: Record>(&self, id: R::Id) -> Result<Option<Stored<R>>, StoreError> {
        self.typed::<R>(self.values(R::ENTITY, id.uuid())?)
    }

    /// The record of that id, which has to be there.
    ///
    /// # Errors
    /// `record.not_found`, and as for [`get`](Self::get).
    pub fn require<R: Record>(&self, id: R::Id) -> Result<Stored<R>, StoreError> {
        self.get::<R>(id)?.ok_or(StoreError::Missing { entity: R::ENTITY.name, id: id.uuid() })
    }

    /// The values of a record and its version.
    ///
    /// # Errors
    /// `store.unknown_entity` and what the store says.
    pub fn values(&self, entity: &'static Entity, id: Uuid) -> Result<Option<(Vec<Value>, i64)>, StoreError> {
        if let Some(known) = self.recent.borrow().get(&(entity.number, id)) {
            return Ok(Some(known.clone()));
        }
        let table = self.plan.table(entity.name)?;
        let mut found = None;
        self.transaction.query(&table.select_by_id, &[id_cell(&id)], &mut |row| {
            found = Some((read_values(row, table)?, row.integer(0)?));
            Ok(ControlFlow::Break(()))
        })?;
        if let Some(read) = &found {
            self.keep(entity, id, read.clone());
        }
        Ok(found)
    }

    /// Remembers a record that was read.
    fn keep(&self, entity: &Entity, id: Uuid, read: (Vec<Value>, i64)) {
        // What a view shows changes with two other records, which nobody would tell it.
        if entity.view.is_some() {
            return;
        }
        let mut recent = self.recent.borrow_mut();
        if recent.len() >= RECENT_MAX {
            recent.clear();
        }
        recent.insert((entity.number, id), read);
    }

    /// Forgets a record that is about to change.
    pub(crate) fn forget(&self, entity: &Entity, id: Uuid) {
        self.recent.borrow_mut().remove(&(entity.number, id));
    }

    /// The records that satisfy a condition, in order.
    ///
    /// # Errors
    /// `store.unknown_column`, `predicate.too_large`, `record.unreadable` and what the store says.
    pub fn find<R: Record>(
        &self,
        predicate: &Predicate,
        order: &Order,
        limit: Option<usize>,
        offset: usize,
    ) -> Result<Vec<Stored<R>>, StoreError> {
        let mut found = Vec::new();
        let mut values = Vec::new();
        let mut failed = None;
        let mut first = None;
        self.visit(R::ENTITY, &[], predicate, Some(order), limit, offset, &mut |row| {
            let read = || -> Result<Stored<R>, StoreError> {
                row.values(&mut values)?;
                if first.is_none() {
                    first = Some((values.clone(), row.version()?));
                }
                Ok(Stored { record: R::from_values(std::mem::take(&mut values))?, version: row.version()? })
            };
            let mut read = read;
            match read() {
                Ok(record) => found.push(record),
                Err(error) => {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        // Who looked for one record is likely to go on with it; of many, nobody comes back to each.
        if let ([one], Some(read)) = (found.as_slice(), first) {
            self.keep(R::ENTITY, one.record.id().uuid(), read);
        }
        failed.map_or(Ok(found), Err)
    }

    /// The first record that satisfies a condition.
    ///
    /// # Errors
    /// As for [`find`](Self::find).
    pub fn first<R: Record>(
        &self,
        predicate: &Predicate,
        order: &Order,
    ) -> Result<Option<Stored<R>>, StoreError> {
        Ok(self.find::<R>(predicate, order, Some(1), 0)?.pop())
    }

    /// How many records of an entity satisfy a condition.
    ///
    /// # Errors
    /// `store.unknown_entity`, `store.unknown_column`, `predicate.too_large` and what the store says.
    pub fn count(&self, entity: &'static Entity, predicate: &Predicate) -> Result<u64, StoreError> {
        self.known(entity)?;
        let query = list::count(self.plan, entity, predicate)?;
        let mut count = 0;
        self.run(&query, &mut |row| {
            count = row.integer(0)?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Whether any record of an entity satisfies a condition.
    ///
    /// # Errors
    /// As for [`count`](Self::count).
    pub fn exists(&self, entity: &'static Entity, predicate: &Predicate) -> Result<bool, StoreError> {
        self.known(entity)?;
        let query = query::exists(self.plan, entity, predicate)?;
        let mut found = false;
        self.run(&query, &mut |_| {
            found = true;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// Visits the rows of an entity one by one, read in place; all columns when none is named, as the engine finds them when no
    /// order is given. Gives the number of rows visited.
    ///
    /// # Errors
    /// `store.unknown_entity`, `store.unknown_column`, `predicate.too_large`, `store.cancelled` and what the store says.
    pub fn scan(
        &self,
        entity: &'static Entity,
        columns: &[&str],
        predicate: &Predicate,
        order: Option<&Order>,
        visit: &mut dyn FnMut(&RowView<'_>) -> ControlFlow<()>,
    ) -> Result<u64, StoreError> {
        self.visit(entity, columns, predicate, order, None, 0, visit)
    }

    /// The rows of an entity as values with their versions, for callers that know no Rust type.
    ///
    /// # Errors
    /// As for [`scan`](Self::scan).
    pub fn select(
        &self,
        entity: &'static Entity,
        columns: &[&str],
        predicate: &Predicate,
        order: &Order,
        limit: Option<usize>,
        offset: usize,
    ) -> Result<Vec<(Vec<Value>, i64)>, StoreError> {
        let mut found = Vec::new();
        let mut failed = None;
        self.visit(entity, columns, predicate, Some(order), limit, offset, &mut |row| {
            let mut values = Vec::with_capacity(row.len());
            match row.values(&mut values).and_then(|()| row.version()) {
                Ok(version) => found.push((values, version)),
                Err(error) => {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        failed.map_or(Ok(found), Err)
    }

    /// What follows the call, if anything does.
    #[must_use]
    pub fn watch(&self) -> Option<&Watch> {
        self.transaction.watch()
    }

    /// Runs a statement of lists for each of these records.
    pub(crate) fn follow(
        &self,
        followed: &[(&Keeper, Uuid)],
        statement: impl Fn(&Keeper) -> &String,
    ) -> Result<(), StoreError> {
        for (keeper, id) in followed {
            self.transaction.execute(statement(keeper), &[id_cell(id)])?;
        }
        Ok(())
    }

    /// What the journal is in this state.
    pub(crate) fn anchor(&self, origin: Uuid) -> Result<Anchor, StoreError> {
        let mut anchor = Anchor { origin, seq: 0, hash: [0; 32] };
        self.transaction.query(own::LAST_COMMIT, &[], &mut |row| {
            anchor.seq = row.integer(0)?;
            let malformed = |_| StoreError::damaged("a commit has a malformed hash");
            anchor.hash = row.blob(2)?.try_into().map_err(malformed)?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(anchor)
    }

    /// The records that commits after a version touched, in the order of the commits; none when there are more than `most`
    /// commits. For noticing cheaply what changed since something was read.
    ///
    /// # Errors
    /// `store.damaged` and what the store says.
    pub fn touched_since(
        &self,
        version: i64,
        most: u32,
    ) -> Result<Option<Vec<(&'static Entity, Uuid)>>, StoreError> {
        let (mut commits, mut touched) = (0, Vec::new());
        let cells = [Cell::Integer(version), Cell::Integer(i64::from(most) + 1)];
        self.transaction.query(own::TOUCHED_SINCE, &cells, &mut |row| {
            commits += 1;
            for (entity, id, _) in read_touched(row.blob(0)?)? {
                // What a newer library keeps beside is nothing this one has read.
                touched.extend(self.entity_numbered(entity).map(|entity| (entity, id)));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok((commits <= most).then_some(touched))
    }

    /// The number of the last commit in this state; 0 in a new store.
    ///
    /// # Errors
    /// What the store says.
    pub fn version(&self) -> Result<i64, StoreError> {
        let mut version = 0;
        self.transaction.query(own::LAST_COMMIT, &[], &mut |row| {
            version = row.integer(0)?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(version)
    }

    /// A command that was carried out.
    ///
    /// # Errors
    /// What the store says.
    pub fn command(&self, id: Uuid) -> Result<Option<StoredCommand>, StoreError> {
        command::stored(self.transaction, id)
    }

    /// The content of a file by the SHA-256 of it.
    ///
    /// # Errors
    /// What the store says.
    pub fn file(&self, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut found = None;
        self.transaction.query(own::FILE, &[Cell::Blob(digest)], &mut |row| {
            found = Some(row.blob(0)?.to_vec());
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// The entity of that name.
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<&'static Entity> {
        self.plan.find(name).map(|table| table.entity)
    }

    /// The entity of that permanent number, as the journal names it.
    #[must_use]
    pub fn entity_numbered(&self, number: u16) -> Option<&'static Entity> {
        self.plan.numbered(number).map(|table| table.entity)
    }

    /// Whether all lookups of conditions in memory since the last call could be made: what is kept of their answers must not
    /// rest on one that failed, which counts as "none".
    ///
    /// # Errors
    /// What the first of them failed with.
    pub fn take_failure(&self) -> Result<(), StoreError> {
        self.failure.take().map_or(Ok(()), Err)
    }

    pub(crate) fn remember<T: Default>(&self, result: Result<T, StoreError>) -> T {
        result.unwrap_or_else(|error| {
            self.failure.borrow_mut().get_or_insert(error);
            T::default()
        })
    }

    pub(crate) fn typed<R: Record>(
        &self,
        found: Option<(Vec<Value>, i64)>,
    ) -> Result<Option<Stored<R>>, StoreError> {
        let read = |(values, version)| Ok(Stored { record: R::from_values(values)?, version });
        found.map(read).transpose()
    }

    pub(crate) fn known(&self, entity: &'static Entity) -> Result<&'a Table, StoreError> {
        self.plan.table(entity.name)
    }

    pub(crate) fn run(&self, query: &Query, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let cells: Vec<Cell<'_>> = query.parameters.iter().map(Parameter::cell).collect();
        self.transaction.query(&query.sql, &cells, visit)
    }

    #[expect(clippy::too_many_arguments, reason = "the clauses of one SELECT")]
    fn visit(
        &self,
        entity: &'static Entity,
        columns: &[&str],
        predicate: &Predicate,
        order: Option<&Order>,
        limit: Option<usize>,
        offset: usize,
        visit: &mut dyn FnMut(&RowView<'_>) -> ControlFlow<()>,
    ) -> Result<u64, StoreError> {
        self.known(entity)?;
        let selected: Vec<Selected> = if columns.is_empty() {
            selection(entity.columns)
        } else {
            let named: Result<Vec<_>, _> = columns.iter().map(|name| find(entity, name)).collect();
            selection(named?)
        };
        let limit = limit.map(|limit| limit as u64);
        let query = query::rows(self.plan, entity, &selected, predicate, order, limit, offset as u64)?;
        let mut visited = 0;
        self.run(&query, &mut |row| {
            visited += 1;
            Ok(visit(&RowView::new(row, &selected)))
        })?;
        Ok(visited)
    }
}

/// The values of a whole row, in the order of the declaration.
pub(crate) fn read_values(row: &dyn Row, table: &Table) -> Result<Vec<Value>, StoreError> {
    let columns = table.entity.columns.iter().zip(&table.offsets);
    columns.map(|(column, at)| cell::read(row, *at, column)).collect()
}

/// Records as a condition in memory finds them. A failure to read counts as "none" and fails the whole read or write when it
/// ends.
impl Lookup for Reader<'_> {
    fn record(&self, entity: &'static str, id: Uuid) -> Option<(&'static Entity, Vec<Value>)> {
        let declared = self.remember(self.plan.table(entity).map(|table| Some(table.entity)))?;
        let (values, _) = self.remember(self.values(declared, id))?;
        Some((declared, values))
    }

    fn referring(
        &self,
        entity: &'static str,
        column: &'static str,
        id: Uuid,
    ) -> Vec<(&'static Entity, Vec<Value>)> {
        let Some(declared) = self.remember(self.plan.table(entity).map(|table| Some(table.entity))) else {
            return Vec::new();
        };
        let named = Predicate::equals(column, Value::Id(id));
        let rows = self.remember(self.select(declared, &[], &named, &Order::by_id(), None, 0));
        rows.into_iter().map(|(values, _)| (declared, values)).collect()
    }
}
