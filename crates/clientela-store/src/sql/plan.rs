//! All tables of a schema, found by name or by number.

use super::dialect::Dialect;
use super::list_table::{Keeper, List};
use super::table::{self, Table};
use crate::error::StoreError;
use crate::schema::Schema;
use clientela_model::Entity;
use std::collections::HashMap;

/// The tables of a schema.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The declarations.
    pub(crate) schema: Schema,
    /// The engine's way of saying things.
    pub(crate) dialect: Dialect,
    tables: Vec<Table>,
    by_name: HashMap<&'static str, usize>,
    by_number: HashMap<u16, usize>,
    keepers: HashMap<&'static str, Vec<Keeper>>,
}

impl Plan {
    /// The plan of a checked schema.
    ///
    /// # Errors
    /// `store.schema`.
    pub(crate) fn new(schema: Schema, dialect: Dialect) -> Result<Self, StoreError> {
        schema.check()?;
        let tables: Vec<Table> = schema.entities.iter().map(|entity| Table::new(entity, dialect)).collect();
        let index = |table: &Table| table.entity;
        let by_name = tables.iter().enumerate().map(|(at, table)| (index(table).name, at)).collect();
        let by_number = tables.iter().enumerate().map(|(at, table)| (index(table).number, at)).collect();
        let mut keepers: HashMap<&'static str, Vec<Keeper>> = HashMap::new();
        for (table, keeper) in List::all(schema).flat_map(|list| list.keepers(dialect)) {
            keepers.entry(table).or_default().push(keeper);
        }
        Ok(Self { schema, dialect, tables, by_name, by_number, keepers })
    }

    /// What follows the rows of a table.
    pub(crate) fn keepers(&self, entity: &Entity) -> &[Keeper] {
        self.keepers.get(entity.name).map_or(&[], Vec::as_slice)
    }

    /// All tables and views.
    pub(crate) fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The table of that name.
    ///
    /// # Errors
    /// `store.unknown_entity`.
    pub(crate) fn table(&self, name: &str) -> Result<&Table, StoreError> {
        self.find(name).ok_or_else(|| StoreError::UnknownEntity { name: name.to_owned() })
    }

    /// The table of that name, if there is one.
    pub(crate) fn find(&self, name: &str) -> Option<&Table> {
        self.by_name.get(name).and_then(|at| self.tables.get(*at))
    }

    /// The table of that number, if this version of the library knows it.
    pub(crate) fn numbered(&self, number: u16) -> Option<&Table> {
        self.by_number.get(&number).and_then(|at| self.tables.get(*at))
    }

    /// The statement that makes a table or view.
    pub(crate) fn create(&self, entity: &'static Entity) -> Result<String, StoreError> {
        let Some(view) = entity.view else { return Ok(table::create_table(entity, self.dialect)) };
        let on = self.table(view.base)?.entity.column(view.on);
        let join_id = self.table(view.join)?.entity.columns.first().map_or("id", |column| column.name);
        table::create_view(entity, on.is_none_or(|column| column.nullable), join_id, self.dialect)
    }
}
