//! A record from its changes. State is always equal to this.

use super::codec;
use crate::backend::Row;
use crate::error::StoreError;
use crate::sql::cell::default_value;
use clientela_model::{Column, ColumnType, Entity, Value};
use std::borrow::Cow;

/// The number that stands for the whole record where a field's number stands otherwise.
pub(crate) const WHOLE_RECORD: i64 = 0;

/// A record being folded.
#[derive(Debug)]
pub(crate) struct Fold {
    entity: &'static Entity,
    /// Its values so far, in the order of the declaration.
    pub(crate) values: Vec<Value>,
    /// The last commit folded in; 0 before the creation.
    pub(crate) version: i64,
}

/// A row of the journal: `seq, field, base, value, personal` are its first cells.
pub(crate) struct Change<'r> {
    pub(crate) seq: i64,
    pub(crate) field: i64,
    value: &'r [u8],
    personal: Option<&'r [u8]>,
}

impl<'r> Change<'r> {
    /// From a row.
    pub(crate) fn read(row: &'r dyn Row) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.integer(0)?,
            field: row.integer(1)?,
            value: row.blob(3)?,
            personal: row.optional_blob(4)?,
        })
    }
}

impl Fold {
    /// A record not yet created.
    pub(crate) fn new(entity: &'static Entity) -> Self {
        Self { entity, values: Vec::new(), version: 0 }
    }

    /// Begins again with another record of the entity.
    pub(crate) fn reset(&mut self) {
        self.values.clear();
        self.version = 0;
    }

    /// Whether the creation was folded in.
    pub(crate) fn exists(&self) -> bool {
        self.version > 0
    }

    /// Folds in the next change; gives the position of the field that changed.
    ///
    /// # Errors
    /// `store.damaged`.
    pub(crate) fn apply(&mut self, change: &Change<'_>) -> Result<Option<usize>, StoreError> {
        if change.field == WHOLE_RECORD {
            self.values.clear();
            let columns = self.entity.columns.iter();
            self.values.extend(columns.map(|column| default_value(column).unwrap_or(Value::Null)));
            self.take(change.value)?;
            if let Some(personal) = change.personal {
                self.take(personal)?;
            }
            self.version = change.seq;
            return Ok(None);
        }
        if !self.exists() {
            return Err(StoreError::damaged("a record was changed before it was created"));
        }
        self.version = change.seq;
        let position = u16::try_from(change.field).ok().and_then(|field| self.position(field, 0));
        // A field of a later version of the library is kept in the journal and folded in once it is known.
        let Some(position) = position else { return Ok(None) };
        let Some(column) = self.entity.columns.get(position) else { return Ok(None) };
        let run = match change.personal {
            Some(personal) => Some(personal),
            None if change.value.is_empty() => None,
            None => Some(change.value),
        };
        let value = match run {
            Some(run) => codec::read_field(run)?.map(|value| known_word(column, value)),
            // Erased.
            None => default_value(column),
        };
        if let (Some(value), Some(place)) = (value, self.values.get_mut(position)) {
            *place = value;
        }
        Ok(Some(position))
    }

    fn take(&mut self, run: &[u8]) -> Result<(), StoreError> {
        let mut next = 0;
        let (entity, mut values) = (self.entity, std::mem::take(&mut self.values));
        let read = codec::read_record(run, |number, value| {
            let Some(position) = position(entity, number, next) else { return };
            next = position + 1;
            if let (Some(column), Some(place)) = (entity.columns.get(position), values.get_mut(position)) {
                *place = known_word(column, value);
            }
        });
        self.values = values;
        read
    }

    fn position(&self, number: u16, hint: usize) -> Option<usize> {
        position(self.entity, number, hint)
    }
}

/// The position of the column with that number; columns come in order, so the one after the last is looked at first.
fn position(entity: &Entity, number: u16, hint: usize) -> Option<usize> {
    match entity.columns.get(hint) {
        Some(column) if column.number == number => Some(hint),
        _ => entity.columns.iter().position(|column| column.number == number),
    }
}

/// A word of a closed list, borrowed from the declaration when it is known there.
fn known_word(column: &Column, value: Value) -> Value {
    match (column.ty, value) {
        (ColumnType::Words(words), Value::Text(text)) => {
            Value::Text(words.iter().find(|word| **word == text).map_or(text, |word| Cow::Borrowed(*word)))
        }
        (_, value) => value,
    }
}
