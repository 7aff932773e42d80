//! Where the fields and lists of a plan lie in columns.

use super::{Assembly, Scope, expected, kind_of, missing, stands_for};
use crate::column::Column;
use crate::error::ColumnsError;
use crate::program::ColumnId;
use crate::records::Children;
use crate::rows::{Places, fits};
use clientela_rules::plan::{Plan, PlanField, PlanTable, Step};
use std::sync::Arc;

impl Assembly {
    /// Finds the columns of a plan.
    pub(super) fn scope(&mut self, plan: &Plan) -> Result<Scope, ColumnsError> {
        let mut tables: Vec<Option<Arc<Children>>> = Vec::with_capacity(plan.tables.len());
        for table in &plan.tables {
            let found = self.children_of(plan, table, &tables);
            // What only the interpreter goes through is null to it where it is not there.
            tables.push(if tables.len() < plan.lowered { found? } else { found.unwrap_or_default() });
        }
        let mut fields = Vec::with_capacity(plan.fields.len());
        for field in &plan.fields {
            fields.push(self.column_of(plan, field, &tables)?);
        }
        let columns = fields.iter().map(|column| self.column(column)).collect();
        let places = Places {
            fields,
            tables,
            population: self.population.clone(),
            environment: Arc::clone(&self.environment),
            constants: Arc::clone(&self.constants),
        };
        Ok(Scope { places: Arc::new(places), columns })
    }

    pub(super) fn column(&mut self, column: &Arc<Column>) -> ColumnId {
        match self.program.columns.iter().position(|known| Arc::ptr_eq(known, column)) {
            Some(id) => id,
            None => {
                self.program.columns.push(Arc::clone(column));
                self.program.columns.len() - 1
            }
        }
    }

    pub(super) fn children_of(
        &self,
        plan: &Plan,
        table: &PlanTable,
        above: &[Option<Arc<Children>>],
    ) -> Result<Option<Arc<Children>>, ColumnsError> {
        let Some(parent) = table.parent else { return Ok(None) };
        let above = above.get(parent).and_then(Option::as_ref);
        let records = above.map_or(&**self.population.records(), |children| children.records());
        let variable = table.variable.and_then(|number| plan.variables.get(number));
        match self.way(variable, &table.steps) {
            Some(name) => match records.child(&name) {
                Some(children) => Ok(Some(Arc::clone(children))),
                None => Err(missing(&table.path, records)),
            },
            // A list the caller gives for all rows: only a row can go through it.
            None => Ok(None),
        }
    }

    pub(super) fn column_of(
        &self,
        plan: &Plan,
        field: &PlanField,
        tables: &[Option<Arc<Children>>],
    ) -> Result<Arc<Column>, ColumnsError> {
        let table = tables.get(field.table).and_then(Option::as_ref);
        let records = table.map_or(&**self.population.records(), |children| children.records());
        let variable = field.variable.and_then(|number| plan.variables.get(number));
        if field.variable.is_none() && table.is_none() {
            return Ok(Arc::new(Column::MISSING));
        }
        let Some(name) = self.way(variable, &field.steps) else { return Ok(Arc::new(Column::MISSING)) };
        let Some(column) = records.column(&name) else { return Err(missing(&field.path, records)) };
        if !fits(field.kind, column) {
            return Err(ColumnsError::Kind {
                path: field.path.clone(),
                given: kind_of(column),
                expected: expected(field.kind),
            });
        }
        Ok(Arc::clone(column))
    }

    /// The name of a column or of children within their records; none if the variable is not the record.
    pub(super) fn way(&self, variable: Option<&String>, steps: &[Step]) -> Option<String> {
        let steps = steps.iter().map(|step| step.name.as_str());
        let names: Vec<&str> = match variable {
            Some(variable) if !stands_for(&self.population, variable) => return None,
            Some(variable) if self.population.variable().is_none() => {
                std::iter::once(variable.as_str()).chain(steps).collect()
            }
            _ => steps.collect(),
        };
        Some(names.join("."))
    }
}
