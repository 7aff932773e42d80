//! Many new records of one kind, written with few statements.

use super::{Writer, encode_creation, id_of, push_all};
use crate::error::StoreError;
use crate::journal::seal::{self, Sealed};
use crate::sql::cell::{Cell, id_cell};
use crate::sql::own::CHANGE_CELLS;
use crate::sql::table::ROWS_AT_ONCE;
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
    vhash: seal::Hash,
}

impl Writer<'_> {
    /// Stores new records of one kind, given as values in the order of the declaration: as
    /// [`create_values`](Self::create_values) one after the other does, but that any failure is one of the whole command.
    ///
    /// # Errors
    /// As for [`create_values`](Self::create_values); the command can no longer be kept then.
    pub fn create_many(&mut self, entity: &'static Entity, rows: &[Vec<Value>]) -> Result<(), StoreError> {
        // What follows the records a row names is taken away before and added after each row.
        let one_by_one = self.reader.plan.keepers(entity).iter().any(|keeper| keeper.whole.is_some());
        let together = if one_by_one { 0 } else { rows.len() / ROWS_AT_ONCE * ROWS_AT_ONCE };
        let (many, few) = rows.split_at(together);
        for part in many.chunks_exact(ROWS_AT_ONCE) {
            let written = self.create_part(entity, part);
            self.keep_failure(written)?;
        }
        for values in few {
            let written = self.create_values(entity, values).map(|_| ());
            self.keep_failure(written)?;
        }
        Ok(())
    }

    fn create_part(&mut self, entity: &'static Entity, rows: &[Vec<Value>]) -> Result<(), StoreError> {
        let table = self.writable(entity)?;
        let mut bytes = Vec::new();
        let entries: Vec<Entry> =
            rows.iter().map(|values| self.entry(entity, values, &mut bytes)).collect::<Result<_, _>>()?;
        let mut cells = Vec::with_capacity(table.width() * rows.len());
        for (values, entry) in rows.iter().zip(&entries) {
            push_all(entity, values, &mut cells)?;
            cells.push(Cell::Integer(entry.commit.1));
        }
        let transaction = self.reader.transaction;
        let written = transaction.execute(&table.insert_many, &cells)?;
        if let Some(one) = entries.first().filter(|_| written < rows.len()) {
            return Err(StoreError::Exists { entity: entity.name, id: one.id });
        }
        let ids: Vec<Cell<'_>> = entries.iter().map(|entry| id_cell(&entry.id)).collect();
        for keeper in self.reader.plan.keepers(entity) {
            transaction.execute(&keeper.add_many, &ids)?;
        }
        let mut cells = Vec::with_capacity(CHANGE_CELLS * rows.len());
        for entry in &entries {
            let personal = bytes.get(entry.personal.clone()).unwrap_or_default();
            cells.extend([
                Cell::Integer(i64::from(entity.number)),
                id_cell(&entry.id),
                Cell::Integer(entry.commit.1),
                Cell::Integer(0),
                Cell::Integer(0),
                Cell::Blob(bytes.get(entry.plain.clone()).unwrap_or_default()),
                if entry.salt.is_some() { Cell::Blob(personal) } else { Cell::Null },
                entry.salt.as_ref().map_or(Cell::Null, |salt| Cell::Blob(salt)),
                Cell::Blob(&entry.vhash),
            ]);
        }
        transaction.execute(&self.reader.plan.insert_changes, &cells)?;
        for entry in &entries {
            self.touch(entry.commit.0, entity, entry.id, false);
            if let Some(open) = self.commits.get_mut(entry.commit.0) {
                let sealed = Sealed { field: 0, base: 0, vhash: entry.vhash };
                open.changes.add(entity.number, entry.id, sealed);
            }
        }
        Ok(())
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
        let vhash = seal::value_hash(plain, personal_hash);
        let start = bytes.len();
        bytes.extend_from_slice(plain);
        let border = bytes.len();
        bytes.extend_from_slice(personal);
        Ok(Entry { id, commit, plain: start..border, personal: border..bytes.len(), salt, vhash })
    }
}
