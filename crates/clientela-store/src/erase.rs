//! Erasing what the law wants gone, so that the journal's chain still verifies.
//!
//! The journal keeps personal values apart and seals them by a salted hash. Erasing takes value and salt away and leaves the
//! hash: that something was written, when and by whom stays, what it was cannot be found again, not even by trying. Reasons of
//! commits, answers to commands and contents of files are treated alike.
//!
//! What was written before its field was personal lies in the open, where the chain sees it. It is taken out of the row, the row keeps
//! its hash, and the commit of the erasure seals what is left.
//!
//! Within the command everything is overwritten; the engine's file and its log forget the bytes with
//! [`Store::purge`](crate::Store::purge).

use crate::command::ERASED_ANSWER;
use crate::error::StoreError;
use crate::journal::codec;
use crate::journal::fold::WHOLE_RECORD;
use crate::journal::seal::{self, Hash, Place};
use crate::sql::cell::{Cell, default_value, id_cell, read_id};
use crate::sql::own;
use crate::writer::Writer;
use clientela_model::{Entity, Value};
use std::ops::ControlFlow;
use uuid::Uuid;

/// What an erasure took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Fields of records that held something.
    pub fields: u64,
    /// Rows of the journal whose personal values were taken out.
    pub changes: u64,
    /// Reasons of commits.
    pub reasons: u64,
    /// Reasons that stay: those of stores before format 3 are in the chain as they were written.
    pub reasons_kept: u64,
    /// Answers to commands.
    pub answers: u64,
    /// Contents of files.
    pub files: u64,
}

impl Erased {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields + other.fields,
            changes: self.changes + other.changes,
            reasons: self.reasons + other.reasons,
            reasons_kept: self.reasons_kept + other.reasons_kept,
            answers: self.answers + other.answers,
            files: self.files + other.files,
        }
    }
}

/// A commit that touched a record: its number, its command and the hash its reason leaves, if it has one that can go.
struct Trace {
    seq: i64,
    command: Uuid,
    reason: Option<Hash>,
    fixed: bool,
}

impl Writer<'_> {
    /// Empties the personal fields of a record, and takes all values they ever had out of the journal. Fields that may not be
    /// empty get the neutral value of their type. That they were emptied is a change like any other.
    ///
    /// # Errors
    /// `record.not_found`, `store.schema` for a personal field that has no neutral value, and what the store says.
    pub fn erase(&mut self, entity: &'static Entity, id: Uuid) -> Result<Erased, StoreError> {
        let missing = StoreError::Missing { entity: entity.name, id };
        let (stored, _) = self.values(entity, id)?.ok_or(missing)?;
        let mut values = stored.clone();
        for (column, value) in entity.columns.iter().zip(&mut values).filter(|(column, _)| column.personal) {
            *value = default_value(column).ok_or_else(|| StoreError::Schema {
                problem: format!("{}.{} is personal and cannot be empty", entity.name, column.name),
            })?;
        }
        let fields = stored.iter().zip(&values).filter(|(old, new)| old != new).count() as u64;
        if fields > 0 {
            self.update_values(entity, &values, None)?;
        }
        let apart = self.erase_changes(entity, id);
        let apart = self.keep_failure(apart)?;
        let open = self.redact_changes(entity, id);
        Ok(Erased { fields, changes: apart + self.keep_failure(open)?, ..Erased::default() })
    }

    /// Takes what a record's earlier commits say in the open of fields that are personal now out of the journal.
    fn redact_changes(&mut self, entity: &Entity, id: Uuid) -> Result<u64, StoreError> {
        let is_personal =
            |field: u16| entity.columns.iter().any(|column| column.personal && column.number == field);
        let mut redacted = Vec::new();
        let key = [Cell::Integer(i64::from(entity.number)), id_cell(&id), Cell::Integer(self.before.0)];
        self.reader.transaction.query(own::PLAIN_OF_RECORD, &key, &mut |row| {
            let place = Place { entity: entity.number, id, seq: row.integer(0)?, field: row.integer(1)? };
            let left = match u16::try_from(place.field) {
                Ok(field) if place.field != WHOLE_RECORD => is_personal(field).then(Vec::new),
                _ => codec::without(row.blob(2)?, is_personal)?,
            };
            if let Some(left) = left {
                let apart = seal::personal_hash_of(
                    row.optional_blob(3)?,
                    row.optional_blob(4)?,
                    row.optional_blob(5)?,
                )?;
                let redaction = seal::redaction_hash(place, row.blob(6)?, apart, &left);
                redacted.push((place, left, redaction));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        for (place, left, redaction) in &redacted {
            let (seq, field) = (Cell::Integer(place.seq), Cell::Integer(place.field));
            let number = Cell::Integer(i64::from(entity.number));
            let cells = [number, id_cell(&id), seq, field, Cell::Blob(left), Cell::Blob(redaction)];
            self.reader.transaction.execute(own::REDACT, &cells)?;
            self.redactions.push(*redaction);
        }
        Ok(redacted.len() as u64)
    }

    /// Takes the personal values of a record's earlier commits out of the journal.
    fn erase_changes(&self, entity: &Entity, id: Uuid) -> Result<u64, StoreError> {
        let number = Cell::Integer(i64::from(entity.number));
        let mut rows: Vec<(i64, i64, Hash)> = Vec::new();
        let key = [number, id_cell(&id), Cell::Integer(self.before.0)];
        self.reader.transaction.query(own::PERSONAL_OF_RECORD, &key, &mut |row| {
            let salt = row.optional_blob(3)?.unwrap_or_default();
            rows.push((row.integer(0)?, row.integer(1)?, seal::personal_hash(salt, row.blob(2)?)));
            Ok(ControlFlow::Continue(()))
        })?;
        for (seq, field, hash) in &rows {
            let number = Cell::Integer(i64::from(entity.number));
            let cells = [number, id_cell(&id), Cell::Integer(*seq), Cell::Integer(*field), Cell::Blob(hash)];
            self.reader.transaction.execute(own::ERASE_PERSONAL, &cells)?;
        }
        Ok(rows.len() as u64)
    }

    /// Takes away what the earlier commits of a record say besides: their reasons, which are free text, and the answers to
    /// their commands. A repetition of such a command changes nothing and finds no answer.
    ///
    /// # Errors
    /// What the store says.
    pub fn erase_traces(&mut self, entity: &'static Entity, id: Uuid) -> Result<Erased, StoreError> {
        self.check()?;
        let erased = self.traces(entity, id).and_then(|traces| self.erase_each(&traces));
        self.keep_failure(erased)
    }

    fn traces(&self, entity: &Entity, id: Uuid) -> Result<Vec<Trace>, StoreError> {
        let mut traces = Vec::new();
        let number = Cell::Integer(i64::from(entity.number));
        let key = [number, id_cell(&id), Cell::Integer(self.before.0)];
        let mut commands = Vec::new();
        self.reader.transaction.query(own::COMMANDS_OF_RECORD, &key, &mut |row| {
            commands.push(row.integer(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        // The reason of a command stands in each of its commits, also in those of other records.
        for first in commands {
            let mut command = None;
            let range = [Cell::Integer(first), Cell::Integer(self.before.0)];
            self.reader.transaction.query(own::REASONS_FROM, &range, &mut |row| {
                let id = read_id(row.blob(1)?)?;
                if *command.get_or_insert(id) != id {
                    return Ok(ControlFlow::Break(()));
                }
                let (reason, salt) = (row.text(2)?, row.optional_blob(3)?);
                traces.push(Trace {
                    seq: row.integer(0)?,
                    command: id,
                    fixed: salt.is_none() && !reason.is_empty(),
                    reason: salt.map(|salt| seal::personal_hash(salt, reason.as_bytes())),
                });
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(traces)
    }

    fn erase_each(&self, traces: &[Trace]) -> Result<Erased, StoreError> {
        let mut erased = Erased::default();
        for trace in traces {
            erased.reasons_kept += u64::from(trace.fixed);
            if let Some(hash) = &trace.reason {
                let cells = [Cell::Integer(trace.seq), Cell::Blob(hash)];
                self.reader.transaction.execute(own::ERASE_REASON, &cells)?;
                erased.reasons += 1;
            }
            let cells = [id_cell(&trace.command), Cell::Blob(ERASED_ANSWER)];
            erased.answers += self.reader.transaction.execute(own::ERASE_ANSWER, &cells)? as u64;
        }
        Ok(erased)
    }

    /// Takes away the content of a file; its digest stays, because the chain knows it. Whether another record needs the
    /// content is for the caller to know.
    ///
    /// # Errors
    /// What the store says.
    pub fn erase_file(&mut self, digest: &[u8; 32]) -> Result<Erased, StoreError> {
        self.check()?;
        let gone = self.reader.transaction.execute(own::ERASE_FILE, &[Cell::Blob(digest)]);
        Ok(Erased { files: self.keep_failure(gone)? as u64, ..Erased::default() })
    }
}

/// Whether the personal fields of a record with these values all hold what erasing leaves.
#[must_use]
pub fn is_erased(entity: &Entity, values: &[Value]) -> bool {
    let mut personal = entity.columns.iter().zip(values).filter(|(column, _)| column.personal);
    personal.all(|(column, value)| default_value(column).as_ref() == Some(value))
}
