//! Many new records of one kind, written with statements that are looked up once.

use super::list_rows::ListRows;
use super::{Writer, change_cells, encode_creation, id_of, push_all};
use crate::error::StoreError;
use crate::journal::seal::{self, Sealed};
use crate::sql::cell::Cell;
use crate::sql::list_table::ROWS_AT_ONCE;
use crate::sql::own;
use clientela_model::{Entity, Value};
use std::ops::Range;
use uuid::Uuid;

/// A new record on its way to the journal.
struct Entry {
    id: Uuid,
    /// The commit it belongs to: its place among those of the command, and its number.
    commit: (usize, i64),
    /// Where its values stand, and those of them that are personal.
    plain: Range<usize>,
    personal: Range<usize>,
    salt: Option<[u8; 16]>,
    sealed: Sealed,
}

impl Entry {
    /// Its row of the journal.
    fn cells<'c>(&'c self, entity: &Entity, bytes: &'c [u8]) -> [Cell<'c>; 9] {
        let part = |range: &Range<usize>| bytes.get(range.clone()).unwrap_or_default();
        let personal = self.salt.as_ref().map(|salt| (part(&self.personal), salt));
        change_cells(entity, (&self.id, self.commit.1), &self.sealed, part(&self.plain), personal)
    }
}

impl Writer<'_> {
    /// Stores new records of one kind, given as values in the order of the declaration: as
    /// [`create_values`](Self::create_values) one after the other does, but that any failure is one of the whole command.
    ///
    /// # Errors
    /// As for [`create_values`](Self::create_values); the command can no longer be kept then.
    pub fn create_many(&mut self, entity: &'static Entity, rows: &[Vec<Value>]) -> Result<(), StoreError> {
        // What follows the records a row names is taken away before and added after each row.
        let written = if self.reader.plan.keepers(entity).iter().any(|keeper| keeper.whole.is_some()) {
            rows.iter().try_for_each(|values| self.create_values(entity, values).map(|_| ()))
        } else {
            self.create_together(entity, rows)
        };
        self.keep_failure(written)
    }

    fn create_together(&mut self, entity: &'static Entity, rows: &[Vec<Value>]) -> Result<(), StoreError> {
        let table = self.writable(entity)?;
        let (transaction, plan) = (self.reader.transaction, self.reader.plan);
        let mut insert = transaction.statement(&table.insert)?;
        let mut note = transaction.statement(own::INSERT_CREATION)?;
        let mut lists: Vec<ListRows<'_>> =
            plan.keepers(entity).iter().map(|keeper| ListRows::new(transaction, keeper)).collect();
        let mut cells = Vec::with_capacity(table.width());
        let (mut bytes, mut entries) = (Vec::new(), Vec::with_capacity(ROWS_AT_ONCE));
        for part in rows.chunks(ROWS_AT_ONCE) {
            bytes.clear();
            entries.clear();
            for values in part {
                let entry = self.entry(entity, values, &mut bytes)?;
                cells.clear();
                push_all(entity, values, &mut cells)?;
                cells.push(Cell::Integer(entry.commit.1));
                if insert.execute(&cells)? == 0 {
                    return Err(StoreError::Exists { entity: entity.name, id: entry.id });
                }
                entries.push(entry);
            }
            let ids: Vec<Uuid> = entries.iter().map(|entry: &Entry| entry.id).collect();
            lists.iter_mut().try_for_each(|list| list.note(&ids))?;
            for entry in &entries {
                note.execute(&entry.cells(entity, &bytes))?;
                self.touch(entry.commit.0, entity, entry.id, false);
                if let Some(open) = self.commits.get_mut(entry.commit.0) {
                    open.changes.add(entity.number, entry.id, entry.sealed);
                }
            }
        }
        lists.into_iter().try_for_each(ListRows::write)
    }

    fn entry(
        &mut self,
        entity: &'static Entity,
        values: &[Value],
        bytes: &mut Vec<u8>,
    ) -> Result<Entry, StoreError> {
        let id = id_of(entity, values)?;
        let root = self.root(entity, values)?;
        let commit = self.commit_for(root, 0);
        let any_personal = encode_creation(entity, values, &mut self.buffers);
        let salt = any_personal.then(|| self.salts.next());
        let (plain, personal) = (&self.buffers.plain, &self.buffers.personal);
        let personal_hash = salt.map(|salt| seal::personal_hash(&salt, personal));
        let sealed = Sealed { field: 0, base: 0, vhash: seal::value_hash(plain, personal_hash) };
        let start = bytes.len();
        bytes.extend_from_slice(plain);
        let border = bytes.len();
        bytes.extend_from_slice(personal);
        Ok(Entry { id, commit, plain: start..border, personal: border..bytes.len(), salt, sealed })
    }
}
