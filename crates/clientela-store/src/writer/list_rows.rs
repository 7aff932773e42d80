//! What many new records stand for in the lists.

use crate::backend::Transaction;
use crate::error::StoreError;
use crate::sql::cell::{Cell, Parameter, id_cell};
use crate::sql::list_table::{Keeper, OWNERS, ROWS_AT_ONCE};
use std::ops::ControlFlow;
use uuid::Uuid;

/// The rows of a list that new records stand for. They are gathered and written in the order of the list, neighbours together; one
/// statement that read and wrote them would copy every page it touches, to undo itself.
pub(super) struct ListRows<'t> {
    transaction: &'t dyn Transaction,
    keeper: &'t Keeper,
    rows: Vec<Vec<Parameter>>,
    /// Records that are too few to be read together.
    single: Vec<Uuid>,
}

impl<'t> ListRows<'t> {
    pub(super) fn new(transaction: &'t dyn Transaction, keeper: &'t Keeper) -> Self {
        Self { transaction, keeper, rows: Vec::new(), single: Vec::new() }
    }

    /// Notes what records of these ids stand for.
    pub(super) fn note(&mut self, ids: &[Uuid]) -> Result<(), StoreError> {
        if ids.len() < ROWS_AT_ONCE {
            self.single.extend_from_slice(ids);
            return Ok(());
        }
        let ids: Vec<Cell<'_>> = ids.iter().map(id_cell).collect();
        let (rows, rest) = (&mut self.rows, self.keeper.cells - 1);
        self.transaction.query(&self.keeper.of_many, &ids, &mut |row| {
            for owner in 0..OWNERS.len() {
                let mut cells = Vec::with_capacity(rest + 1);
                cells.push(owned(row.cell(owner)?)?);
                for at in OWNERS.len()..OWNERS.len() + rest {
                    cells.push(owned(row.cell(at)?)?);
                }
                rows.push(cells);
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Writes all rows.
    pub(super) fn write(mut self) -> Result<(), StoreError> {
        self.rows.sort_unstable();
        let mut insert = self.transaction.statement(&self.keeper.insert)?;
        let mut cells = Vec::with_capacity(self.keeper.cells);
        for row in &self.rows {
            cells.clear();
            cells.extend(row.iter().map(Parameter::cell));
            insert.execute(&cells)?;
        }
        let mut add = self.transaction.statement(&self.keeper.add)?;
        self.single.iter().try_for_each(|id| add.execute(&[id_cell(id)]).map(|_| ()))
    }
}

/// A cell that outlives its row.
fn owned(cell: Cell<'_>) -> Result<Parameter, StoreError> {
    match cell {
        Cell::Integer(number) => Ok(Parameter::Integer(number)),
        Cell::Text(text) => Ok(Parameter::Text(text.to_owned())),
        Cell::Blob(bytes) => Ok(Parameter::Blob(bytes.to_vec())),
        Cell::Null | Cell::Day(_) => Err(StoreError::damaged("a row of a list lacks a cell")),
    }
}
