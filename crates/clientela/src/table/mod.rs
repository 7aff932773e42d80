//! Tables: any entity as Arrow record batches, filtered by the reader's rights, handed over without copying.
//!
//! | declared as | Arrow |
//! | --- | --- |
//! | yes/no | `Boolean` |
//! | whole number | `Int64` |
//! | decimal | `Decimal128(38, s)`, s the most decimals seen |
//! | amount | `Decimal128(38, s)`; the currency in the field's metadata, or beside it as `<name>_currency` when mixed |
//! | date | `Date32` |
//! | instant | `Timestamp(Microsecond, "UTC")` |
//! | text | `Utf8View` |
//! | closed list | `Dictionary(Int32, Utf8)`, all words in order |
//! | id | `Utf8View`, or `FixedSizeBinary(16)` on request |
//! | bytes | `BinaryView` |

mod column;

use crate::error::{CrmError, Result};
use crate::session::{Session, declared};
use crate::view::View;
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{Schema, SchemaRef};
use chrono::{DateTime, Utc};
use clientela_model::{Column, Entity, Predicate};
use column::ColumnBuilder;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Rows in one batch.
pub const BATCH_ROWS: usize = 131_072;

/// How ids are written in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdForm {
    /// The usual text of 36 characters.
    #[default]
    Text,
    /// 16 bytes, as C passes them.
    Binary,
}

/// What a table shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableQuery {
    /// Name of the entity, such as `customer`.
    pub entity: String,
    /// Names of the columns; all when empty.
    pub columns: Vec<String>,
    /// A rule a row must satisfy, over the entity's columns and `today`, such as `status == 'customer'`.
    pub filter: Option<String>,
    /// The state at that moment instead of now.
    pub as_of: Option<DateTime<Utc>>,
    /// How ids are written.
    pub ids: IdForm,
    /// At most so many rows.
    pub limit: Option<usize>,
}

impl TableQuery {
    /// All columns of all visible rows.
    pub fn new(entity: impl Into<String>) -> Self {
        Self { entity: entity.into(), ..Self::default() }
    }
}

/// A table in memory: a courier to data frames, not a data frame.
#[derive(Debug, Clone)]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// A table of batches of one schema.
    #[must_use]
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }

    /// Its columns; metadata says label, description, currency, and whether a column is personal.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Its batches.
    #[must_use]
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// A reader over the same buffers, for the C data interface.
    #[must_use]
    pub fn reader(&self) -> Box<dyn RecordBatchReader + Send> {
        let batches: Vec<_> = self.batches.iter().cloned().map(Ok).collect();
        Box::new(RecordBatchIterator::new(batches, Arc::clone(&self.schema)))
    }
}

impl Session {
    /// Any entity as a table of the rows this session may see. Fields it may not read are empty.
    ///
    /// # Errors
    /// `name.unknown` with the nearest names; `rule.invalid` for the filter.
    pub fn table(&self, query: &TableQuery) -> Result<Table> {
        let entity = declared(&query.entity)?;
        let columns = chosen(entity, &query.columns)?;
        self.look(|view| build(self, view, entity, &columns, query))
    }
}

fn chosen(entity: &'static Entity, names: &[String]) -> Result<Vec<&'static Column>> {
    if names.is_empty() {
        return Ok(entity.columns.iter().collect());
    }
    let find = |name: &String| {
        entity.column(name).ok_or_else(|| {
            let all: Vec<&str> = entity.columns.iter().map(|column| column.name).collect();
            let name = name.chars().take(64).collect();
            CrmError::UnknownName { what: "column", name, hint: format!("{} has {}", entity.name, all.join(", ")) }.into()
        })
    };
    names.iter().map(find).collect()
}

fn build(
    session: &Session,
    view: View<'_>,
    entity: &'static Entity,
    columns: &[&'static Column],
    query: &TableQuery,
) -> Result<Table> {
    let filter = query.filter.as_deref().map(|rule| crate::rules::RowRule::new(entity, rule, session.today())).transpose()?;
    let hidden: Vec<bool> = columns.iter().map(|column| !view.reads(entity, column.facet)).collect();
    let limit = query.limit.unwrap_or(usize::MAX);
    let mut builders: Vec<ColumnBuilder> = columns.iter().map(|column| ColumnBuilder::new(column, query.ids)).collect();
    let mut finished: Vec<Vec<ColumnBuilder>> = Vec::new();
    let (mut rows, mut kept) = (0_usize, 0_usize);
    let readable = view.readable(entity);
    let mut failure = None;
    // With a filter every column the rule might read is needed; without one only those shown.
    let all: Vec<&str> = entity.columns.iter().map(|column| column.name).collect();
    let shown: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let places: Vec<usize> = columns.iter().filter_map(|column| entity.position(column.name)).collect();
    let read: &[&str] = if filter.is_some() { &all } else { &shown };
    let mut visit = |values: &[clientela_model::Value]| {
        if kept >= limit {
            return ControlFlow::Break(());
        }
        if let Some(rule) = &filter
            && !rule.holds(values, |column| view.reads(entity, column.facet))
        {
            return ControlFlow::Continue(());
        }
        for (index, builder) in builders.iter_mut().enumerate() {
            let place = if filter.is_some() { places.get(index).copied().unwrap_or(index) } else { index };
            let value = values.get(place).filter(|_| !hidden.get(index).copied().unwrap_or(true));
            if let Err(error) = builder.push(value.unwrap_or(&clientela_model::Value::Null)) {
                failure = Some(error);
                return ControlFlow::Break(());
            }
        }
        kept += 1;
        rows += 1;
        if rows == BATCH_ROWS {
            rows = 0;
            let fresh = columns.iter().map(|column| ColumnBuilder::new(column, query.ids)).collect();
            finished.push(std::mem::replace(&mut builders, fresh));
        }
        ControlFlow::Continue(())
    };
    match query.as_of {
        Some(at) => view.reader.scan_as_of(entity, read, at, &readable, &mut visit)?,
        None => view.reader.scan(entity, read, &readable, &mut visit)?,
    }
    if let Some(error) = failure {
        return Err(error);
    }
    if rows > 0 || finished.is_empty() {
        finished.push(builders);
    }
    assemble(entity, columns, finished)
}

/// Gives all batches one schema: the scale and currency of a column are known only when all rows are.
fn assemble(entity: &Entity, columns: &[&'static Column], finished: Vec<Vec<ColumnBuilder>>) -> Result<Table> {
    let shapes: Vec<column::Shape> = (0..columns.len())
        .map(|index| finished.iter().filter_map(|batch| batch.get(index)).fold(column::Shape::default(), column::Shape::widen))
        .collect();
    let fields: Vec<_> = columns.iter().zip(&shapes).flat_map(|(column, shape)| column::fields(column, shape)).collect();
    let metadata = HashMap::from([("clientela.entity".to_owned(), entity.name.to_owned())]);
    let schema: SchemaRef = Arc::new(Schema::new_with_metadata(fields, metadata));
    let mut batches = Vec::with_capacity(finished.len());
    for builders in finished {
        let mut arrays = Vec::with_capacity(schema.fields().len());
        for (builder, shape) in builders.into_iter().zip(&shapes) {
            arrays.extend(builder.finish(shape)?);
        }
        batches.push(RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(arrow_failed)?);
    }
    Ok(Table::new(schema, batches))
}

pub(crate) fn arrow_failed(_: arrow_schema::ArrowError) -> crate::Error {
    CrmError::Internal { what: "columns of one table have one length and type" }.into()
}

/// The condition of all visible rows, for callers that count before they read.
pub(crate) fn visible(view: &View<'_>, entity: &'static Entity) -> Predicate {
    view.readable(entity)
}
