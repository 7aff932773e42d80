//! Reading as of a date: state folded from the journal up to a commit.

use super::clock;
use super::entry::{CommitInfo, FieldChange, HistoryEntry};
use super::fold::{Change, Fold};
use super::pending::read_touched;
use crate::backend::Row;
use crate::error::StoreError;
use crate::reader::{Reader, Stored};
use crate::sql::cell::{Cell, id_cell, identical, read_id};
use crate::sql::own;
use chrono::{DateTime, Utc};
use clientela_model::{Entity, EntityId, Lookup, Predicate, Record, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::rc::Rc;
use uuid::Uuid;

/// Takes records of the past one by one: id, values in the order of the declaration, version.
pub type PastVisit<'v> = dyn FnMut(Uuid, &[Value], i64) -> ControlFlow<()> + 'v;

/// As [`PastVisit`], for work that can fail.
pub(crate) type Take<'v> = dyn FnMut(Uuid, &[Value], i64) -> Result<ControlFlow<()>, StoreError> + 'v;

/// Commit, whether it made the record, and the fields that changed with their positions.
type Step = (i64, bool, Vec<(usize, FieldChange)>);

impl Reader<'_> {
    /// The record as it was at an instant; none when it did not exist yet.
    ///
    /// # Errors
    /// `store.damaged`, `record.unreadable` and what the store says.
    pub fn as_of<R: Record>(&self, id: R::Id, at: DateTime<Utc>) -> Result<Option<Stored<R>>, StoreError> {
        let version = self.version_at(at)?;
        self.typed::<R>(self.values_at(R::ENTITY, id.uuid(), version)?)
    }

    /// The values of a record after a commit, and the last commit until then that touched it.
    ///
    /// # Errors
    /// `store.damaged` and what the store says.
    pub fn values_at(
        &self,
        entity: &'static Entity,
        id: Uuid,
        version: i64,
    ) -> Result<Option<(Vec<Value>, i64)>, StoreError> {
        if let Some(view) = entity.view {
            let base = self.known_by_name(view.base)?;
            let found = self.values_at(base, id, version)?;
            return found.map_or(Ok(None), |(values, at)| self.joined(entity, &values, at, version));
        }
        let mut fold = Fold::new(self.known(entity)?.entity);
        let key = [Cell::Integer(i64::from(entity.number)), id_cell(&id), Cell::Integer(version)];
        self.transaction.query(own::CHANGES_OF_RECORD, &key, &mut |row| {
            fold.apply(&Change::read(row)?)?;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(fold.exists().then_some((fold.values, fold.version)))
    }

    /// The records as they were after a commit, for conditions that are asked in memory: who could see what on a day. An entity
    /// that is asked for by what refers to it is read once as a whole.
    #[must_use]
    pub fn past(&self, version: i64) -> Past<'_, '_> {
        Past { reader: self, version, referring: RefCell::default() }
    }

    /// Visits the records of an entity that satisfied a condition at an instant: id, values in the order of the declaration, and
    /// version. Gives their number. The whole history of the entity is read.
    ///
    /// # Errors
    /// `store.damaged` and what the store says.
    pub fn scan_as_of(
        &self,
        entity: &'static Entity,
        at: DateTime<Utc>,
        predicate: &Predicate,
        visit: &mut PastVisit<'_>,
    ) -> Result<u64, StoreError> {
        let version = self.version_at(at)?;
        self.scan_at(entity, version, predicate, visit)
    }

    /// Visits the records of an entity that satisfied a condition after a commit; as [`scan_as_of`](Self::scan_as_of).
    ///
    /// # Errors
    /// `store.damaged` and what the store says.
    pub fn scan_at(
        &self,
        entity: &'static Entity,
        version: i64,
        predicate: &Predicate,
        visit: &mut PastVisit<'_>,
    ) -> Result<u64, StoreError> {
        let past = self.past(version);
        let mut visited = 0;
        let mut consider = |id: Uuid, values: &[Value], at: i64| {
            if !predicate.holds(entity, values, &past) {
                return Ok(ControlFlow::Continue(()));
            }
            visited += 1;
            Ok(visit(id, values, at))
        };
        match entity.view {
            None => self.fold_all(self.known(entity)?.entity, version, &mut consider)?,
            Some(view) => {
                let base = self.known_by_name(view.base)?;
                self.fold_all(base, version, &mut |id, values, at| match self
                    .joined(entity, values, at, version)?
                {
                    Some((values, at)) => consider(id, &values, at),
                    None => Ok(ControlFlow::Continue(())),
                })?;
            }
        }
        Ok(visited)
    }

    /// What happened to a record, oldest first. Of a view there is none: ask for the records it is made of.
    ///
    /// # Errors
    /// `store.view`, `store.damaged` and what the store says.
    pub fn history(&self, entity: &'static Entity, id: Uuid) -> Result<Vec<HistoryEntry>, StoreError> {
        if entity.view.is_some() {
            return Err(StoreError::View { entity: entity.name });
        }
        let entity = self.known(entity)?.entity;
        let mut fold = Fold::new(entity);
        let mut steps: Vec<Step> = Vec::new();
        let key = [Cell::Integer(i64::from(entity.number)), id_cell(&id), Cell::Integer(i64::MAX)];
        self.transaction.query(own::CHANGES_OF_RECORD, &key, &mut |row| {
            let change = Change::read(row)?;
            let before = std::mem::take(&mut fold.values);
            fold.values.clone_from(&before);
            let changed = fold.apply(&change)?;
            let created = before.is_empty();
            if steps.last().is_none_or(|(seq, ..)| *seq != change.seq) {
                steps.push((change.seq, created, Vec::new()));
            }
            let positions = changed.map_or(0..entity.columns.len(), |at| at..at + 1);
            let of_step = steps.last_mut().map(|(.., changes)| changes);
            let Some(of_step) = of_step else { return Ok(ControlFlow::Continue(())) };
            for at in positions {
                let old = before.get(at).cloned().unwrap_or(Value::Null);
                let Some((column, new)) = entity.columns.get(at).zip(fold.values.get(at)) else { continue };
                // Of fields this version does not know nothing is said; of a creation only what was given.
                if changed.is_some() || !identical(&old, new) {
                    of_step.push((at, FieldChange { column, before: old, after: new.clone() }));
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let mut entries = Vec::with_capacity(steps.len());
        for (seq, created, mut changes) in steps {
            changes.sort_by_key(|(at, _)| *at);
            let commit = self.commit(seq)?.ok_or_else(|| StoreError::damaged("a change has no commit"))?;
            entries.push(HistoryEntry {
                seq,
                time: commit.time,
                actor: commit.actor,
                position: commit.position,
                command: commit.command,
                kind: commit.kind,
                reason: commit.reason,
                created,
                changes: changes.into_iter().map(|(_, change)| change).collect(),
            });
        }
        Ok(entries)
    }

    /// The commits after a number, in order, at most so many: what a mirror or a listener has not seen yet.
    ///
    /// # Errors
    /// `store.damaged` and what the store says.
    pub fn commits(&self, after: i64, limit: usize) -> Result<Vec<CommitInfo>, StoreError> {
        let sql = format!("{} WHERE \"seq\" > ?1 ORDER BY \"seq\" LIMIT ?2", own::COMMIT_COLUMNS);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut found = Vec::new();
        self.transaction.query(&sql, &[Cell::Integer(after), Cell::Integer(limit)], &mut |row| {
            found.push(read_commit(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// The commit of that number.
    ///
    /// # Errors
    /// `store.damaged` and what the store says.
    pub fn commit(&self, seq: i64) -> Result<Option<CommitInfo>, StoreError> {
        let sql = format!("{} WHERE \"seq\" = ?1", own::COMMIT_COLUMNS);
        let mut found = None;
        self.transaction.query(&sql, &[Cell::Integer(seq)], &mut |row| {
            found = Some(read_commit(row)?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// The last commit that is not after an instant; 0 when there is none.
    ///
    /// # Errors
    /// What the store says.
    pub fn version_at(&self, at: DateTime<Utc>) -> Result<i64, StoreError> {
        let reading = clock::last_at(at);
        // Readings never fall from one commit to the next, so the place is found by halving; an index on them would cost
        // every commit.
        let (mut known_not_after, mut known_after) = (0, self.version()? + 1);
        while known_after - known_not_after > 1 {
            let middle = known_not_after + (known_after - known_not_after) / 2;
            if self.reading(middle)? <= reading {
                known_not_after = middle;
            } else {
                known_after = middle;
            }
        }
        Ok(known_not_after)
    }

    fn reading(&self, seq: i64) -> Result<i64, StoreError> {
        let mut reading = None;
        self.transaction.query(own::HLC_OF_COMMIT, &[Cell::Integer(seq)], &mut |row| {
            reading = Some(row.integer(0)?);
            Ok(ControlFlow::Break(()))
        })?;
        reading.ok_or_else(|| StoreError::damaged("a commit is missing"))
    }

    pub(crate) fn known_by_name(&self, name: &str) -> Result<&'static Entity, StoreError> {
        self.plan.table(name).map(|table| table.entity)
    }

    /// A view's row from the row of its base, as of a commit.
    fn joined(
        &self,
        entity: &'static Entity,
        base_values: &[Value],
        base_version: i64,
        version: i64,
    ) -> Result<Option<(Vec<Value>, i64)>, StoreError> {
        let Some(view) = entity.view else { return Ok(None) };
        let (base, join) = (self.known_by_name(view.base)?, self.known_by_name(view.join)?);
        let on = base.position(view.on).and_then(|at| base_values.get(at));
        let joined = match on {
            Some(Value::Id(id)) => self.values_at(join, *id, version)?,
            _ => None,
        };
        let optional = base.column(view.on).is_none_or(|column| column.nullable);
        if joined.is_none() && !optional {
            return Ok(None);
        }
        let (join_values, join_version) = joined.unwrap_or_default();
        let values = entity.columns.iter().map(|column| {
            let from_join = column.from.is_some_and(|from| from != view.base);
            let (source, values) = if from_join { (join, &join_values[..]) } else { (base, base_values) };
            source.position(column.name).and_then(|at| values.get(at)).cloned().unwrap_or(Value::Null)
        });
        Ok(Some((values.collect(), base_version.max(join_version))))
    }

    /// Folds every record of an entity up to a commit, in the order of their ids.
    pub(crate) fn fold_all(
        &self,
        entity: &'static Entity,
        version: i64,
        take: &mut Take<'_>,
    ) -> Result<(), StoreError> {
        let mut fold = Fold::new(entity);
        let mut current = Uuid::nil();
        let mut stopped = false;
        self.transaction.query(
            own::CHANGES_OF_ENTITY,
            &[Cell::Integer(i64::from(entity.number))],
            &mut |row| {
                let change = Change::read(row)?;
                let id = read_id(row.blob(5)?)?;
                if id != current {
                    if fold.exists() && take(current, &fold.values, fold.version)?.is_break() {
                        stopped = true;
                        return Ok(ControlFlow::Break(()));
                    }
                    fold.reset();
                    current = id;
                }
                if change.seq <= version {
                    fold.apply(&change)?;
                }
                Ok(ControlFlow::Continue(()))
            },
        )?;
        if !stopped && fold.exists() {
            let _ = take(current, &fold.values, fold.version)?;
        }
        Ok(())
    }
}

/// A commit from a row of `own::COMMIT_COLUMNS`.
fn read_commit(row: &dyn Row) -> Result<CommitInfo, StoreError> {
    Ok(CommitInfo {
        seq: row.integer(0)?,
        origin: read_id(row.blob(1)?)?,
        command: read_id(row.blob(3)?)?,
        part: row.integer(4)?,
        root_entity: u16::try_from(row.integer(5)?)
            .map_err(|_| StoreError::damaged("a commit names an impossible entity"))?,
        root: read_id(row.blob(6)?)?,
        time: clock::time(row.integer(7)?)?,
        actor: read_id(row.blob(8)?)?,
        position: row.optional_blob(9)?.map(read_id).transpose()?,
        kind: row.text(10)?.to_owned(),
        reason: row.text(11)?.to_owned(),
        schema: u32::try_from(row.integer(12)?)
            .map_err(|_| StoreError::damaged("a commit names an impossible schema version"))?,
        touched: read_touched(row.blob(13)?)?.into_iter().map(|(entity, id, _)| (entity, id)).collect(),
    })
}

/// Records whose column names an id, by that id.
type Referring = HashMap<Uuid, Vec<Vec<Value>>>;

/// Records as a condition in memory finds them in the past: what [`Reader::past`] gives.
pub struct Past<'r, 'a> {
    reader: &'r Reader<'a>,
    version: i64,
    /// For each entity and column asked for, all its records: found by one pass over the entity's history.
    referring: RefCell<HashMap<(&'static str, &'static str), Rc<Referring>>>,
}

impl std::fmt::Debug for Past<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Past").field("version", &self.version).finish_non_exhaustive()
    }
}

impl Past<'_, '_> {
    fn index(&self, entity: &'static Entity, column: &'static str) -> Result<Rc<Referring>, StoreError> {
        if let Some(known) = self.referring.borrow().get(&(entity.name, column)) {
            return Ok(Rc::clone(known));
        }
        let mut index = Referring::new();
        if let Some(at) = entity.position(column) {
            self.reader.scan_at(entity, self.version, &Predicate::Everything, &mut |_, values, _| {
                if let Some(Value::Id(id)) = values.get(at) {
                    index.entry(*id).or_default().push(values.to_vec());
                }
                ControlFlow::Continue(())
            })?;
        }
        let index = Rc::new(index);
        self.referring.borrow_mut().insert((entity.name, column), Rc::clone(&index));
        Ok(index)
    }
}

impl Lookup for Past<'_, '_> {
    fn record(&self, entity: &'static str, id: Uuid) -> Option<(&'static Entity, Vec<Value>)> {
        let declared = self.reader.remember(self.reader.known_by_name(entity).map(Some))?;
        let (values, _) = self.reader.remember(self.reader.values_at(declared, id, self.version))?;
        Some((declared, values))
    }

    fn referring(
        &self,
        entity: &'static str,
        column: &'static str,
        id: Uuid,
    ) -> Vec<(&'static Entity, Vec<Value>)> {
        let Some(declared) = self.reader.remember(self.reader.known_by_name(entity).map(Some)) else {
            return Vec::new();
        };
        let index = self.reader.remember(self.index(declared, column).map(Some));
        let rows = index.as_ref().and_then(|index| index.get(&id)).cloned().unwrap_or_default();
        rows.into_iter().map(|values| (declared, values)).collect()
    }
}
