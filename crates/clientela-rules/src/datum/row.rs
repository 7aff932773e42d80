//! Records with their values.

use super::Datum;
use crate::error::FactError;
use crate::types::RecordType;
use clientela_model::{Entity, Money, Value};
use std::sync::Arc;

/// A record's values, in the slots of its type, each checked when it is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub(super) ty: Arc<RecordType>,
    pub(super) slots: Vec<Datum>,
}

impl Row {
    /// A record with nothing in it.
    #[must_use]
    pub fn new(ty: &Arc<RecordType>) -> Self {
        Self { ty: Arc::clone(ty), slots: vec![Datum::Null; ty.fields().len()] }
    }

    /// The record with the values of an entity's row; fields that are no columns, such as lists of children, stay empty.
    ///
    /// # Errors
    /// `fact.type` when a value is not of its column's type.
    pub fn from_values(
        ty: &Arc<RecordType>,
        entity: &Entity,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Self, FactError> {
        let mut row = Self::new(ty);
        for (column, value) in entity.columns.iter().zip(values) {
            if let Some((slot, _)) = ty.field(column.name) {
                row.set_slot(slot, Datum::from_value(value))?;
            }
        }
        Ok(row)
    }

    /// The same record with this field set.
    ///
    /// # Errors
    /// `fact.unknown`, `fact.type`, `fact.word`.
    pub fn with(mut self, field: &str, value: impl Into<Datum>) -> Result<Self, FactError> {
        self.set(field, value)?;
        Ok(self)
    }

    /// Sets a field.
    ///
    /// # Errors
    /// `fact.unknown`, `fact.type`, `fact.word`.
    pub fn set(&mut self, field: &str, value: impl Into<Datum>) -> Result<(), FactError> {
        let (slot, _) = self
            .ty
            .field(field)
            .ok_or_else(|| FactError::Unknown { owner: self.ty.name().to_owned(), name: field.to_owned() })?;
        self.set_slot(slot, value.into())
    }

    fn set_slot(&mut self, slot: usize, value: Datum) -> Result<(), FactError> {
        if let (Some(field), Some(place)) = (self.ty.fields().get(slot), self.slots.get_mut(slot)) {
            *place = value.fit(&field.ty, &|| format!("{}.{}", self.ty.name(), field.name))?;
        }
        Ok(())
    }

    /// Its type.
    #[must_use]
    pub fn ty(&self) -> &Arc<RecordType> {
        &self.ty
    }

    /// The value of a field; nothing if it has none.
    #[must_use]
    pub fn get(&self, field: &str) -> &Datum {
        self.ty.field(field).and_then(|(slot, _)| self.slots.get(slot)).unwrap_or(&Datum::Null)
    }

    /// The value a step leads to.
    pub(crate) fn step(&self, step: &crate::plan::Step) -> &Datum {
        if Arc::ptr_eq(&self.ty, &step.record) {
            self.slots.get(step.slot).unwrap_or(&Datum::Null)
        } else {
            self.at(step.slot, &step.name)
        }
    }

    /// The value in a slot, if the slot has that name; otherwise the field of that name.
    pub(crate) fn at(&self, slot: usize, field: &str) -> &Datum {
        match self.ty.fields().get(slot) {
            Some(known) if known.name == field => self.slots.get(slot).unwrap_or(&Datum::Null),
            _ => self.get(field),
        }
    }
}

impl From<Money> for Datum {
    fn from(amount: Money) -> Self {
        let slots = vec![Self::Decimal(amount.amount()), Self::Text(amount.currency().code().into())];
        Self::Record(Arc::new(Row { ty: RecordType::money(), slots }))
    }
}
