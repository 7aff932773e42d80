//! Making a new store, and bringing an older one to the present declarations.
//!
//! The store's own tables change by numbered steps (`sql::own::STEPS`); the tables of entities follow from comparing the
//! declarations with the catalogue in the file. Columns are told apart by their numbers: a new number is a new column, a known
//! number with another name a renamed one, and a column that is no longer declared leaves the state; its history stays.

use crate::backend::{Backend, Transaction};
use crate::environment::Clock;
use crate::error::StoreError;
use crate::reader::Reader;
use crate::sql::cell::{self, Cell, default_value, id_cell, identical, read_id};
use crate::sql::list_table::{List, is_list};
use crate::sql::own::{self, FORMAT, STEPS};
use crate::sql::plan::Plan;
use crate::sql::table::{self, suffixes};
use clientela_model::{Access, Column, ColumnType, Entity, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Records of one owner that are expected among a million.
const RECORDS_OF_OWNER: u32 = 5_000;
/// Records of one unit that are expected among a million.
const RECORDS_OF_UNIT: u32 = 20_000;

/// Records of one number, code, name or address.
const RECORDS_OF_TEXT: u32 = 2;

/// What is needed to make or upgrade a store.
pub(crate) struct Migration<'m> {
    pub(crate) backend: &'m dyn Backend,
    pub(crate) plan: &'m Plan,
    pub(crate) clock: &'m dyn Clock,
    /// Id of the store if it has to be made.
    pub(crate) new_origin: Uuid,
    pub(crate) read_only: bool,
    /// The store's file; none in memory.
    pub(crate) path: Option<&'m Path>,
}

/// What the last row of the schema history says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InForce {
    number: i64,
    /// Version of the declarations.
    pub(crate) schema: u32,
    format: u32,
    digest: Vec<u8>,
}

/// An entity as the file knows it.
#[derive(Debug, Default)]
struct Known {
    name: String,
    is_view: bool,
    columns: BTreeMap<u16, KnownColumn>,
}

#[derive(Debug)]
struct KnownColumn {
    name: String,
    ty: String,
    nullable: bool,
}

impl Migration<'_> {
    /// Makes the store if there is none, brings it up to date if it is older; gives its id.
    ///
    /// # Errors
    /// `store.newer`, `store.older`, `store.migration` and what the store says.
    pub(crate) fn run(&self) -> Result<Uuid, StoreError> {
        let in_force = {
            let transaction = self.backend.read()?;
            self.in_force(&*transaction)?
        };
        match in_force {
            None if self.read_only => return Err(StoreError::damaged("it has no schema history")),
            None => self.create()?,
            Some(found) => self.compare(&found)?,
        }
        let transaction = self.backend.read()?;
        let mut origin = None;
        transaction.query(own::ORIGIN, &[], &mut |row| {
            origin = Some(read_id(row.blob(0)?)?);
            Ok(ControlFlow::Break(()))
        })?;
        origin.ok_or_else(|| StoreError::damaged("it does not say which store it is"))
    }

    /// What tells this state from every other of the store: the first bytes of its last commit's hash, in hexadecimal.
    fn state(&self) -> Result<String, StoreError> {
        let mut state = "empty".to_owned();
        self.backend.read()?.query(own::LAST_COMMIT, &[], &mut |row| {
            state = row.blob(2)?.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
            Ok(ControlFlow::Break(()))
        })?;
        Ok(state)
    }

    fn compare(&self, found: &InForce) -> Result<(), StoreError> {
        let known = self.plan.schema.version;
        if found.schema > known || found.format > FORMAT {
            return if self.read_only {
                Ok(())
            } else {
                Err(StoreError::Newer { found: found.schema, known })
            };
        }
        if found.schema == known && found.format == FORMAT {
            return if found.digest == self.digest()? {
                Ok(())
            } else {
                Err(self.impossible("its tables were made from other declarations of the same version"))
            };
        }
        if self.read_only {
            return Err(StoreError::Older { found: found.schema, known });
        }
        if let Some(path) = self.path {
            let copy = copy_before(path, found.schema, &self.state()?);
            match self.backend.backup(&copy, &mut |_| ControlFlow::Continue(())) {
                // Left by an upgrade that was stopped: its name says that it holds the same state.
                Ok(()) | Err(StoreError::TargetExists { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let transaction = self.backend.write()?;
        // Another program may have been faster.
        let now = self.in_force(&*transaction)?;
        if now.as_ref() == Some(found) {
            self.upgrade(&*transaction, found)?;
            self.commit(transaction)?;
            return Ok(());
        }
        drop(transaction);
        match now {
            Some(now) if now.schema == known && now.digest == self.digest()? => Ok(()),
            _ => Err(StoreError::Busy),
        }
    }

    fn create(&self) -> Result<(), StoreError> {
        let transaction = self.backend.write()?;
        if self.in_force(&*transaction)?.is_some() {
            // Another program made it meanwhile.
            drop(transaction);
            return self.run().map(|_| ());
        }
        let run = |sql: &str| transaction.execute(sql, &[]).map(|_| ());
        self.take_steps(&*transaction, 0)?;
        let created = Cell::Integer(self.clock.now().timestamp_micros());
        transaction.execute(own::INSERT_ORIGIN, &[id_cell(&self.new_origin), created])?;
        for entity in self.tables() {
            run(&self.plan.create(entity)?)?;
        }
        self.make_indexes(&*transaction)?;
        for view in self.views() {
            run(&self.plan.create(view)?)?;
        }
        self.make_lists(&*transaction)?;
        self.note(&*transaction, 1, &format!("made with schema {}", self.plan.schema.version))?;
        self.commit(transaction)
    }

    fn upgrade(&self, transaction: &dyn Transaction, found: &InForce) -> Result<(), StoreError> {
        let run = |sql: &str| transaction.execute(sql, &[]).map(|_| ());
        self.take_steps(transaction, found.format)?;
        self.drop_lists(transaction)?;
        let catalogue = self.catalogue(transaction)?;
        for known in catalogue.values().filter(|known| known.is_view) {
            run(&format!("DROP VIEW \"{}\"", known.name))?;
        }
        let mut refold = Vec::new();
        for entity in self.tables() {
            match catalogue.get(&entity.number) {
                Some(known) if known.is_view => {
                    return Err(self.impossible(&format!("{} was a view", entity.name)));
                }
                Some(known) => {
                    if self.alter(transaction, entity, known)? {
                        refold.push(entity);
                    }
                }
                None => run(&self.plan.create(entity)?)?,
            }
        }
        self.make_indexes(transaction)?;
        for view in self.views() {
            run(&self.plan.create(view)?)?;
        }
        for entity in refold {
            self.fill_from_journal(transaction, entity, catalogue.get(&entity.number))?;
        }
        self.make_lists(transaction)?;
        let step = format!("schema {} to {}", found.schema, self.plan.schema.version);
        self.note(transaction, found.number + 1, &step)
    }

    /// Brings a table to its declaration; tells whether it has columns it did not have.
    fn alter(
        &self,
        transaction: &dyn Transaction,
        entity: &'static Entity,
        known: &Known,
    ) -> Result<bool, StoreError> {
        let run = |sql: &str| transaction.execute(sql, &[]).map(|_| ());
        let mut added: Vec<&'static Column> = Vec::new();
        let mut rebuild = known.columns.keys().any(|number| !declares(entity, *number));
        for column in entity.columns {
            match known.columns.get(&column.number) {
                None => added.push(column),
                Some(old) if old.ty != column.ty.name() => {
                    return Err(self.impossible(&format!(
                        "{}.{} was {} and cannot become {}",
                        entity.name,
                        column.name,
                        old.ty,
                        column.ty.name()
                    )));
                }
                Some(old) if old.nullable && !column.nullable => {
                    return Err(self.impossible(&format!(
                        "{}.{} could be empty and cannot become required",
                        entity.name, column.name
                    )));
                }
                Some(old) => rebuild |= old.name != column.name || old.nullable != column.nullable,
            }
        }
        if known.name != entity.name {
            run(&format!("ALTER TABLE \"{}\" RENAME TO \"{}\"", known.name, entity.name))?;
        }
        let without_default = added.iter().find(|column| default_value(column).is_none());
        if let Some(column) = without_default {
            let mut any = false;
            transaction.query(&format!("SELECT 1 FROM \"{}\" LIMIT 1", entity.name), &[], &mut |_| {
                any = true;
                Ok(ControlFlow::Break(()))
            })?;
            if any {
                return Err(self.impossible(&format!(
                    "{}.{} is new and required, and records exist; let it be empty or give it a type with a neutral value",
                    entity.name, column.name
                )));
            }
            rebuild = true;
        }
        if rebuild {
            self.rebuild(transaction, entity, known)?;
        } else {
            for (name, text) in added.iter().flat_map(|column| table::definitions(column, self.plan.dialect))
            {
                run(&format!("ALTER TABLE \"{}\" ADD COLUMN \"{name}\" {text}", entity.name))?;
            }
        }
        Ok(!added.is_empty())
    }

    /// Makes the table anew and copies its rows, for changes no `ALTER TABLE` can make.
    fn rebuild(
        &self,
        transaction: &dyn Transaction,
        entity: &'static Entity,
        known: &Known,
    ) -> Result<(), StoreError> {
        let run = |sql: &str| transaction.execute(sql, &[]).map(|_| ());
        let old = format!("_old_{}", entity.name);
        run(&format!("ALTER TABLE \"{}\" RENAME TO \"{old}\"", entity.name))?;
        run(&self.plan.create(entity)?)?;
        let (mut into, mut from) = ("\"_version\"".to_owned(), "\"_version\"".to_owned());
        for column in entity.columns {
            let Some(before) = known.columns.get(&column.number) else { continue };
            for suffix in suffixes(column.ty) {
                into.push_str(&format!(", \"{}{suffix}\"", column.name));
                from.push_str(&format!(", \"{}{suffix}\"", before.name));
            }
        }
        run(&format!("INSERT INTO \"{}\" ({into}) SELECT {from} FROM \"{old}\"", entity.name))?;
        run(&format!("DROP TABLE \"{old}\""))
    }

    /// Gives new columns of old records what the journal knows of them: a newer library may have written there before.
    fn fill_from_journal(
        &self,
        transaction: &dyn Transaction,
        entity: &'static Entity,
        known: Option<&Known>,
    ) -> Result<(), StoreError> {
        let is_new = |column: &Column| known.is_some_and(|known| !known.columns.contains_key(&column.number));
        let table = self.plan.table(entity.name)?;
        let reader = Reader::new(transaction, self.plan);
        let mut sql = String::new();
        reader.fold_all(entity, i64::MAX, &mut |id, values, version| {
            let told = |at: &usize| {
                let pair = entity.columns.get(*at).zip(values.get(*at));
                pair.is_some_and(|(column, value)| {
                    let assumed = default_value(column).unwrap_or(Value::Null);
                    is_new(column) && !identical(value, &assumed)
                })
            };
            let positions: Vec<usize> = (0..entity.columns.len()).filter(told).collect();
            if positions.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            let mut cells = Vec::new();
            for (column, value) in
                positions.iter().filter_map(|at| entity.columns.get(*at).zip(values.get(*at)))
            {
                cell::push(entity, column, value, &mut cells)?;
            }
            cells.extend([Cell::Integer(version), id_cell(&id)]);
            table.update(&positions, &mut sql);
            transaction.execute(&sql, &cells)?;
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Drops the indexes that are no longer wanted and makes those that are missing.
    fn make_indexes(&self, transaction: &dyn Transaction) -> Result<(), StoreError> {
        let mut there = HashMap::new();
        transaction.query(self.plan.dialect.indexes(), &[], &mut |row| {
            there.insert(row.text(0)?.to_owned(), row.text(1)?.to_owned());
            Ok(ControlFlow::Continue(()))
        })?;
        let all = self.plan.schema.entities;
        let wanted = self.tables().flat_map(|entity| {
            table::indexed(entity, all).into_iter().map(move |column| {
                let name = table::index_name(entity.name, column);
                (name, table::create_index(entity, column, self.plan.dialect))
            })
        });
        let wanted: BTreeMap<String, String> = wanted.collect();
        // One whose declaration became another is made anew.
        for (name, _) in there.iter().filter(|(name, sql)| wanted.get(*name) != Some(*sql)) {
            transaction.execute(&format!("DROP INDEX \"{name}\""), &[])?;
        }
        for (_, sql) in wanted.iter().filter(|(name, sql)| there.get(*name) != Some(*sql)) {
            transaction.execute(sql, &[])?;
        }
        for sql in self.plan.dialect.expectations(&self.expected()) {
            transaction.execute(&sql, &[])?;
        }
        Ok(())
    }

    /// Takes the tables of lists away: they are made anew from the tables that are about to change.
    fn drop_lists(&self, transaction: &dyn Transaction) -> Result<(), StoreError> {
        let mut lists = Vec::new();
        transaction.query(self.plan.dialect.table_names(), &[], &mut |row| {
            lists.extend(Some(row.text(0)?.to_owned()).filter(|name| is_list(name)));
            Ok(ControlFlow::Continue(()))
        })?;
        for name in lists {
            transaction.execute(&format!("DROP TABLE \"{name}\""), &[])?;
        }
        Ok(())
    }

    /// Makes the tables of lists from what is there.
    fn make_lists(&self, transaction: &dyn Transaction) -> Result<(), StoreError> {
        for list in List::all(self.plan.schema) {
            for sql in list.create(self.plan.dialect) {
                transaction.execute(&sql, &[])?;
            }
        }
        Ok(())
    }

    /// What is expected of the indexes by which rights are found, and of those of numbers, codes and names. One owner has
    /// thousands of records and one unit more: without being told, the planner takes the index of the owner whenever a
    /// question has several numbers, since every question of a seller names his position.
    fn expected(&self) -> Vec<(&'static str, String, u32)> {
        let all = self.plan.schema.entities;
        let indexes = self
            .tables()
            .flat_map(|entity| table::indexed(entity, all).into_iter().map(move |column| (entity, column)));
        let told = indexes.filter_map(|(entity, column)| {
            let records = match (entity.access, column, entity.column(column)?.ty) {
                (Access::Owned, "owner", _) => RECORDS_OF_OWNER,
                (Access::Owned, "unit", _) => RECORDS_OF_UNIT,
                (_, _, ColumnType::Text) => RECORDS_OF_TEXT,
                _ => return None,
            };
            Some((entity.name, table::index_name(entity.name, column), records))
        });
        told.collect()
    }

    /// Takes the steps from a format to the present one.
    fn take_steps(&self, transaction: &dyn Transaction, from: u32) -> Result<(), StoreError> {
        for step in STEPS.iter().filter(|step| step.format > from) {
            for sql in (step.statements)(self.plan.dialect) {
                transaction.execute(&sql, &[])?;
            }
            transaction.execute(&self.plan.dialect.note_format(step.format), &[])?;
        }
        Ok(())
    }

    /// Writes the catalogue and the history.
    fn note(&self, transaction: &dyn Transaction, number: i64, step: &str) -> Result<(), StoreError> {
        transaction.execute(own::CLEAR_CATALOGUE, &[])?;
        for entity in self.plan.schema.entities {
            let kind = if entity.view.is_some() { "view" } else { "table" };
            let add = |field: u16, name: &str, ty: &str, nullable: bool| {
                let cells = [
                    Cell::Integer(i64::from(entity.number)),
                    Cell::Integer(i64::from(field)),
                    Cell::Text(entity.name),
                    Cell::Text(name),
                    Cell::Text(ty),
                    Cell::Integer(i64::from(nullable)),
                ];
                transaction.execute(own::INSERT_CATALOGUE, &cells).map(|_| ())
            };
            add(0, "", kind, false)?;
            for column in entity.columns {
                add(column.number, column.name, column.ty.name(), column.nullable)?;
            }
        }
        let digest = self.digest()?;
        let cells = [
            Cell::Integer(number),
            Cell::Integer(i64::from(self.plan.schema.version)),
            Cell::Integer(i64::from(FORMAT)),
            Cell::Blob(&digest),
            Cell::Integer(self.clock.now().timestamp_micros()),
            Cell::Text(step),
        ];
        transaction.execute(own::INSERT_SCHEMA, &cells).map(|_| ())
    }

    fn catalogue(&self, transaction: &dyn Transaction) -> Result<BTreeMap<u16, Known>, StoreError> {
        let mut found: BTreeMap<u16, Known> = BTreeMap::new();
        let impossible = || StoreError::damaged("its catalogue has an impossible number");
        transaction.query(own::CATALOGUE, &[], &mut |row| {
            let entity = u16::try_from(row.integer(0)?).map_err(|_| impossible())?;
            let field = u16::try_from(row.integer(1)?).map_err(|_| impossible())?;
            let known = found.entry(entity).or_default();
            if field == 0 {
                known.name = row.text(2)?.to_owned();
                known.is_view = row.text(4)? == "view";
            } else {
                let (name, ty) = (row.text(3)?.to_owned(), row.text(4)?.to_owned());
                known.columns.insert(field, KnownColumn { name, ty, nullable: row.integer(5)? != 0 });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    pub(crate) fn in_force(&self, transaction: &dyn Transaction) -> Result<Option<InForce>, StoreError> {
        in_force(transaction, self.plan)
    }

    /// Names the declarations: two sets with the same digest make the same tables.
    fn digest(&self) -> Result<Vec<u8>, StoreError> {
        let mut entities: Vec<&'static Entity> = self.plan.schema.entities.to_vec();
        entities.sort_by_key(|entity| entity.number);
        let mut hash = Sha256::new();
        for entity in entities {
            hash.update(entity.number.to_be_bytes());
            hash.update(self.plan.create(entity)?);
            for column in entity.columns {
                hash.update(column.number.to_be_bytes());
                hash.update([u8::from(column.nullable)]);
                hash.update(column.ty.name());
            }
            if entity.view.is_none() {
                for column in table::indexed(entity, self.plan.schema.entities) {
                    hash.update(table::create_index(entity, column, self.plan.dialect));
                }
            }
            for list in entity.columns.iter().filter_map(|column| List::of(entity, column, &self.plan.schema))
            {
                list.create(self.plan.dialect).iter().for_each(|sql| hash.update(sql));
            }
        }
        let summaries = self.plan.schema.summaries.iter();
        for list in summaries.filter_map(|summary| List::of_summary(summary, &self.plan.schema)) {
            list.create(self.plan.dialect).iter().for_each(|sql| hash.update(sql));
        }
        Ok(hash.finalize().to_vec())
    }

    fn commit(&self, transaction: Box<dyn Transaction + '_>) -> Result<(), StoreError> {
        transaction.commit().map_err(|error| match error {
            crate::backend::CommitError::Refused(error) => error,
            crate::backend::CommitError::Unknown(native) => StoreError::Io {
                doing: "making or upgrading the store",
                problem: "the commit failed; open the store again".to_owned(),
                native,
            },
        })
    }

    fn tables(&self) -> impl Iterator<Item = &'static Entity> {
        self.plan.schema.entities.iter().copied().filter(|entity| entity.view.is_none())
    }

    fn views(&self) -> impl Iterator<Item = &'static Entity> {
        self.plan.schema.entities.iter().copied().filter(|entity| entity.view.is_some())
    }

    fn impossible(&self, problem: &str) -> StoreError {
        StoreError::Migration { version: self.plan.schema.version, problem: problem.to_owned() }
    }
}

fn declares(entity: &Entity, number: u16) -> bool {
    entity.columns.iter().any(|column| column.number == number)
}

/// The declarations the store has now; none when it has none yet.
pub(crate) fn in_force(transaction: &dyn Transaction, plan: &Plan) -> Result<Option<InForce>, StoreError> {
    let mut made = false;
    transaction.query(plan.dialect.table_named(), &[Cell::Text("_schema_history")], &mut |_| {
        made = true;
        Ok(ControlFlow::Break(()))
    })?;
    if !made {
        return Ok(None);
    }
    let mut found = None;
    transaction.query(own::SCHEMA_IN_FORCE, &[], &mut |row| {
        let version = |at| -> Result<u32, StoreError> {
            u32::try_from(row.integer(at)?)
                .map_err(|_| StoreError::damaged("its history has an impossible version"))
        };
        let digest = row.blob(3)?.to_vec();
        found = Some(InForce { number: row.integer(0)?, schema: version(1)?, format: version(2)?, digest });
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// Where the copy of this state goes that is made before an upgrade. A store that went back to an older version and was worked with
/// since is another state, whose copy must not be taken for made.
fn copy_before(path: &Path, version: u32, state: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!("-before-upgrade-from-{version}-{state}"));
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_without_a_gap_up_to_the_format() {
        let numbers: Vec<u32> = STEPS.iter().map(|step| step.format).collect();
        assert_eq!(numbers, (1..=FORMAT).collect::<Vec<u32>>());
    }
}
