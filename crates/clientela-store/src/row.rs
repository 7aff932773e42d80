//! A row of a scan, read in place.

use crate::backend::Row;
use crate::error::StoreError;
use crate::sql::cell::{self, Cell};
use crate::sql::query::Selected;
use chrono::NaiveDate;
use clientela_model::{Column, Value};
use uuid::Uuid;

/// One row while it is visited: its cells are read where the engine keeps them, without a copy.
///
/// Columns are counted from 0 in the order they were asked for. The typed readers give none for an empty column; a column of
/// another type is an error, `store.damaged`.
pub struct RowView<'r> {
    row: &'r dyn Row,
    columns: &'r [Selected],
}

impl<'r> RowView<'r> {
    pub(crate) fn new(row: &'r dyn Row, columns: &'r [Selected]) -> Self {
        Self { row, columns }
    }

    /// How many columns it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The declaration of a column.
    #[must_use]
    pub fn column(&self, index: usize) -> Option<&'static Column> {
        self.columns.get(index).map(|selected| selected.column)
    }

    /// The last commit that touched the record.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn version(&self) -> Result<i64, StoreError> {
        self.row.integer(0)
    }

    /// The value of a column, whatever its type.
    ///
    /// # Errors
    /// `store.damaged`, `store.unknown_column`.
    pub fn value(&self, index: usize) -> Result<Value, StoreError> {
        let selected = self.selected(index)?;
        cell::read(self.row, selected.at, selected.column)
    }

    /// The values of all columns, put into a buffer that can be used for the next row.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn values(&self, values: &mut Vec<Value>) -> Result<(), StoreError> {
        values.clear();
        for selected in self.columns {
            values.push(cell::read(self.row, selected.at, selected.column)?);
        }
        Ok(())
    }

    /// Whether a column is empty.
    ///
    /// # Errors
    /// `store.unknown_column`.
    pub fn is_null(&self, index: usize) -> Result<bool, StoreError> {
        Ok(self.cell(index)? == Cell::Null)
    }

    /// A whole number; of an instant, the microseconds since 1970; of yes/no, 1 or 0.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn integer(&self, index: usize) -> Result<Option<i64>, StoreError> {
        match self.cell(index)? {
            Cell::Null => Ok(None),
            Cell::Integer(number) => Ok(Some(number)),
            _ => Err(self.mismatch(index)),
        }
    }

    /// Yes or no.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn boolean(&self, index: usize) -> Result<Option<bool>, StoreError> {
        Ok(self.integer(index)?.map(|number| number != 0))
    }

    /// Text, or a word of a closed list; of a date, its ten letters.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn text(&self, index: usize) -> Result<Option<&str>, StoreError> {
        match self.cell(index)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text)),
            _ => Err(self.mismatch(index)),
        }
    }

    /// Bytes; of an id, its sixteen.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn blob(&self, index: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.cell(index)? {
            Cell::Null => Ok(None),
            Cell::Blob(bytes) => Ok(Some(bytes)),
            _ => Err(self.mismatch(index)),
        }
    }

    /// An id.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn id(&self, index: usize) -> Result<Option<Uuid>, StoreError> {
        self.blob(index)?.map(cell::read_id).transpose()
    }

    /// A day.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn date(&self, index: usize) -> Result<Option<NaiveDate>, StoreError> {
        let Some(text) = self.text(index)? else { return Ok(None) };
        cell::read_day(text).map(Some).ok_or_else(|| self.mismatch(index))
    }

    /// Coefficient and scale of a decimal or an amount.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn decimal(&self, index: usize) -> Result<Option<(i64, u32)>, StoreError> {
        let Some(coefficient) = self.integer(index)? else { return Ok(None) };
        let scale = self.row.integer(self.selected(index)?.at + 1)?;
        let scale = u32::try_from(scale).map_err(|_| self.mismatch(index))?;
        Ok(Some((coefficient, scale)))
    }

    /// Coefficient, scale and currency of an amount.
    ///
    /// # Errors
    /// `store.damaged`.
    pub fn money(&self, index: usize) -> Result<Option<(i64, u32, &str)>, StoreError> {
        let Some((coefficient, scale)) = self.decimal(index)? else { return Ok(None) };
        Ok(Some((coefficient, scale, self.row.text(self.selected(index)?.at + 2)?)))
    }

    fn selected(&self, index: usize) -> Result<Selected, StoreError> {
        self.columns
            .get(index)
            .copied()
            .ok_or_else(|| StoreError::damaged("a row has fewer columns than were asked for"))
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>, StoreError> {
        self.row.cell(self.selected(index)?.at)
    }

    fn mismatch(&self, index: usize) -> StoreError {
        let name = self.column(index).map_or("", |column| column.name);
        StoreError::damaged(format!("column {name} holds another type"))
    }
}
