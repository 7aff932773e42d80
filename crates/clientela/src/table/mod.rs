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
mod filter;

use crate::error::{CrmError, Result};
use crate::session::{Session, declared};
use crate::view::View;
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{Schema, SchemaRef};
use chrono::{DateTime, Utc};
use clientela_model::{Column, Entity, Predicate, Value};
use clientela_store::RowView;
use column::ColumnBuilder;
use filter::RowRule;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use uuid::Uuid;

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
    /// The state at that moment instead of now, of the rows that may be seen today.
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
            CrmError::UnknownName {
                what: "column",
                name,
                hint: format!("{} has {}", entity.name, all.join(", ")),
            }
            .into()
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
    let checked = |rule: &str| RowRule::new(&session.crm.rules, entity, rule, session.today());
    let rule = query.filter.as_deref().map(checked).transpose()?;
    let readable = view.readable(entity);
    let mut filler = Filler::new(&view, entity, columns, query, rule);
    match query.as_of {
        Some(at) => {
            // The rows of then that may be seen today, as for a single record: rights of the past are over.
            let seen = visible_ids(&view, entity, &readable)?;
            view.reader.scan_as_of(entity, at, &Predicate::Everything, &mut |id, values, _| {
                if seen.as_ref().is_some_and(|seen| !seen.contains(&id)) {
                    return ControlFlow::Continue(());
                }
                filler.take(|filler| filler.values(values))
            })?;
        }
        None => {
            // With a filter every column the rule might read is needed; without one only those shown.
            let read: Vec<&str> = match filler.rule {
                Some(_) => entity.columns.iter().map(|column| column.name).collect(),
                None => columns.iter().map(|column| column.name).collect(),
            };
            view.reader
                .scan(entity, &read, &readable, None, &mut |row| filler.take(|filler| filler.row(row)))?;
        }
    }
    let finished = filler.finish()?;
    assemble(entity, columns, finished)
}

/// The ids of the rows that may be seen now; none when that is all of them.
fn visible_ids(
    view: &View<'_>,
    entity: &'static Entity,
    readable: &Predicate,
) -> Result<Option<HashSet<Uuid>>> {
    if *readable == Predicate::Everything {
        return Ok(None);
    }
    let mut seen = HashSet::new();
    let mut failure = None;
    view.reader.scan(entity, &["id"], readable, None, &mut |row| match row.value(0) {
        Ok(id) => {
            seen.extend(id.into_id());
            ControlFlow::Continue(())
        }
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failure.map_or(Ok(Some(seen)), |error| Err(error.into()))
}

/// Fills builders row by row, batch by batch.
struct Filler<'a> {
    columns: &'a [&'static Column],
    /// For each column shown: its place in the declaration, and whether it may be read.
    places: Vec<(usize, bool)>,
    rule: Option<RowRule>,
    /// For each declared column, whether it may be read: what is hidden cannot be filtered by.
    readable: Vec<bool>,
    ids: IdForm,
    left: usize,
    rows: usize,
    builders: Vec<ColumnBuilder>,
    finished: Vec<Vec<ColumnBuilder>>,
    buffer: Vec<Value>,
    failure: Option<crate::Error>,
}

impl<'a> Filler<'a> {
    fn new(
        view: &View<'_>,
        entity: &'static Entity,
        columns: &'a [&'static Column],
        query: &TableQuery,
        rule: Option<RowRule>,
    ) -> Self {
        let place = |column: &&'static Column| {
            (entity.position(column.name).unwrap_or(usize::MAX), view.reads(entity, column.facet))
        };
        Self {
            columns,
            places: columns.iter().map(place).collect(),
            rule,
            readable: entity.columns.iter().map(|column| view.reads(entity, column.facet)).collect(),
            ids: query.ids,
            left: query.limit.unwrap_or(usize::MAX),
            rows: 0,
            builders: columns.iter().map(|column| ColumnBuilder::new(column, query.ids)).collect(),
            finished: Vec::new(),
            buffer: Vec::new(),
            failure: None,
        }
    }

    /// Takes one more row, or breaks off: when there are enough, or something failed.
    fn take(&mut self, work: impl FnOnce(&mut Self) -> Result<()>) -> ControlFlow<()> {
        if self.left == 0 {
            return ControlFlow::Break(());
        }
        match work(self) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failure = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// A row as it lies in the store.
    fn row(&mut self, row: &RowView<'_>) -> Result<()> {
        if self.rule.is_some() {
            let mut values = std::mem::take(&mut self.buffer);
            let read = row.values(&mut values);
            let taken = read.map_err(Into::into).and_then(|()| self.values(&values));
            self.buffer = values;
            return taken;
        }
        for (index, (builder, (_, readable))) in self.builders.iter_mut().zip(&self.places).enumerate() {
            if *readable { builder.push_row(row, index)? } else { builder.push(&Value::Null)? }
        }
        self.kept();
        Ok(())
    }

    /// A row as values in the order of the declaration.
    fn values(&mut self, values: &[Value]) -> Result<()> {
        if self.rule.as_ref().is_some_and(|rule| !rule.holds(values, &self.readable)) {
            return Ok(());
        }
        for (builder, (place, readable)) in self.builders.iter_mut().zip(&self.places) {
            let value = values.get(*place).filter(|_| *readable);
            builder.push(value.unwrap_or(&Value::Null))?;
        }
        self.kept();
        Ok(())
    }

    fn kept(&mut self) {
        self.left -= 1;
        self.rows += 1;
        if self.rows == BATCH_ROWS {
            self.rows = 0;
            let fresh = self.columns.iter().map(|column| ColumnBuilder::new(column, self.ids)).collect();
            self.finished.push(std::mem::replace(&mut self.builders, fresh));
        }
    }

    fn finish(mut self) -> Result<Vec<Vec<ColumnBuilder>>> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        if self.rows > 0 || self.finished.is_empty() {
            self.finished.push(self.builders);
        }
        Ok(self.finished)
    }
}

/// Gives all batches one schema: the scale and currency of a column are known only when all rows are.
fn assemble(
    entity: &Entity,
    columns: &[&'static Column],
    finished: Vec<Vec<ColumnBuilder>>,
) -> Result<Table> {
    let shapes: Vec<column::Shape> = (0..columns.len())
        .map(|index| {
            finished
                .iter()
                .filter_map(|batch| batch.get(index))
                .fold(column::Shape::default(), column::Shape::widen)
        })
        .collect();
    let fields: Vec<_> =
        columns.iter().zip(&shapes).flat_map(|(column, shape)| column::fields(column, shape)).collect();
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
