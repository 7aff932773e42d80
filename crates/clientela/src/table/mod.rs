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
//!
//! Fields an installation adds to customers, contacts, vehicles, opportunities or leads stand after the declared columns as
//! `custom_<name>`, in the form of their type; words of a choice are `Utf8View`. Filters know them by the same names.

mod added;
mod column;
mod filter;
mod from_columns;

use crate::error::{CrmError, Result};
use crate::session::{Session, declared};
use crate::view::{Sight, View};
use added::Added;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{Schema, SchemaRef};
use chrono::{DateTime, Utc};
use clientela_model::{Column, Entity, Facet, Predicate, Value};
use clientela_store::RowView;
use column::ColumnBuilder;
use filter::RowRule;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use uuid::Uuid;

/// Rows between two words on how far a table is.
const ROWS_PER_WORD: u64 = 1_024;

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
    /// A rule a row must satisfy, over the entity's columns, its added fields and `today`, such as `status == 'customer'` or
    /// `custom_docks > 4`.
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
        self.look(|view| {
            let (added, names) = added::chosen(&view, entity, &query.columns)?;
            let only_added = names.is_empty() && !query.columns.is_empty();
            let columns = if only_added { Vec::new() } else { chosen(entity, &names)? };
            let added = Added::read(&view, entity, added, query.as_of)?;
            match from_columns::table(self, &view, entity, &columns, &added, query)? {
                Some(table) => Ok(table),
                None => build(self, view, entity, &columns, &added, query),
            }
        })
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
    added: &Added,
    query: &TableQuery,
) -> Result<Table> {
    let checked = |rule: &str| RowRule::new(&view, entity, rule, session.today(), query.as_of);
    let rule = query.filter.as_deref().map(checked).transpose()?;
    let readable = view.readable(entity);
    let total = match query.as_of {
        None if view.reader.is_heard() => view.reader.count(entity, &readable)?,
        _ => 0,
    };
    let facets = Facets::new(&view, entity, &readable)?;
    let mut filler = Filler::new(entity, columns, query, rule, facets);
    filler.keeps_ids = !added.is_empty();
    let mut looked_at = 0_u64;
    let mut look = || {
        looked_at += 1;
        if looked_at.is_multiple_of(ROWS_PER_WORD) {
            view.reader.tell("rows", looked_at, total);
        }
    };
    match query.as_of {
        Some(at) => {
            // The rows of then that may be seen today, as for a single record: rights of the past are over.
            let seen = visible_ids(&view, entity, &readable)?;
            view.reader.scan_as_of(entity, at, &Predicate::Everything, &mut |id, values, _| {
                if seen.as_ref().is_some_and(|seen| !seen.contains(&id)) {
                    return ControlFlow::Continue(());
                }
                look();
                filler.take(|filler| filler.values(values))
            })?;
        }
        None => {
            // With a filter every column the rule might read is needed; without one only those shown.
            let mut read: Vec<&str> = match filler.rule {
                Some(_) => entity.columns.iter().map(|column| column.name).collect(),
                None => columns.iter().map(|column| column.name).collect(),
            };
            if filler.rule.is_none() && (filler.facets.differ_by_row || filler.keeps_ids) {
                // After those shown: whose row it is decides what is shown of it.
                filler.id_at = Some(read.len());
                read.push("id");
            }
            view.reader.scan(entity, &read, &readable, None, &mut |row| {
                look();
                filler.take(|filler| filler.row(row))
            })?;
        }
    }
    view.reader.tell("rows", total.max(looked_at), total.max(looked_at));
    let (finished, customers) = filler.finish()?;
    let (fields, arrays) = added.columns(&customers, query.ids)?;
    assemble(entity, columns, finished, fields, arrays)
}

/// The ids of the rows that may be seen now; none when that is all of them.
fn visible_ids(
    view: &View<'_>,
    entity: &'static Entity,
    readable: &Predicate,
) -> Result<Option<HashSet<Uuid>>> {
    if *readable == Predicate::Everything { Ok(None) } else { ids_of(view, entity, readable).map(Some) }
}

/// The ids of the rows that satisfy a condition.
fn ids_of(view: &View<'_>, entity: &'static Entity, condition: &Predicate) -> Result<HashSet<Uuid>> {
    let mut seen = HashSet::new();
    let mut failure = None;
    view.reader.scan(entity, &["id"], condition, None, &mut |row| match row.value(0) {
        Ok(id) => {
            seen.extend(id.into_id());
            ControlFlow::Continue(())
        }
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failure.map_or(Ok(seen), |error| Err(error.into()))
}

/// In which rows of a table columns that are not everybody's are shown.
struct Facets {
    /// For a facet the ids of its rows; none when all rows show it.
    shown: Vec<(Facet, Option<HashSet<Uuid>>)>,
    /// Whether some facet is shown in some rows and not in others.
    differ_by_row: bool,
}

impl Facets {
    fn new(view: &View<'_>, entity: &'static Entity, readable: &Predicate) -> Result<Self> {
        let (mut shown, mut differ_by_row) = (Vec::new(), false);
        for (facet, sight) in view.sights(entity).iter() {
            let rows = match sight {
                Sight::Always => None,
                Sight::Never => Some(HashSet::new()),
                Sight::Where(condition) => {
                    differ_by_row = true;
                    Some(ids_of(view, entity, &readable.clone().and(condition.clone()))?)
                }
            };
            shown.push((*facet, rows));
        }
        Ok(Self { shown, differ_by_row })
    }

    /// Whether columns of the facet are shown in the row of that id.
    fn show(&self, facet: Facet, row: Option<Uuid>) -> bool {
        match self.shown.iter().find(|(of, _)| *of == facet) {
            None | Some((_, None)) => true,
            Some((_, Some(rows))) => row.is_some_and(|row| rows.contains(&row)),
        }
    }
}

/// The batches, and the ids of the rows of each where those are wanted.
type Finished = (Vec<Vec<ColumnBuilder>>, Vec<Vec<Uuid>>);

/// Fills builders row by row, batch by batch.
struct Filler<'a> {
    columns: &'a [&'static Column],
    /// For each column shown its place in the declaration.
    places: Vec<usize>,
    rule: Option<RowRule>,
    entity: &'static Entity,
    facets: Facets,
    /// Where a row as it lies in the store has its id, when that is needed.
    id_at: Option<usize>,
    ids: IdForm,
    left: usize,
    rows: usize,
    builders: Vec<ColumnBuilder>,
    finished: Vec<Vec<ColumnBuilder>>,
    /// Whether the ids of the rows are wanted, for what stands beside them.
    keeps_ids: bool,
    /// They, batch by batch; the last batch is being filled.
    kept_ids: Vec<Vec<Uuid>>,
    buffer: Vec<Value>,
    failure: Option<crate::Error>,
}

impl<'a> Filler<'a> {
    fn new(
        entity: &'static Entity,
        columns: &'a [&'static Column],
        query: &TableQuery,
        rule: Option<RowRule>,
        facets: Facets,
    ) -> Self {
        let place = |column: &&'static Column| entity.position(column.name).unwrap_or(usize::MAX);
        Self {
            columns,
            places: columns.iter().map(place).collect(),
            rule,
            entity,
            facets,
            id_at: None,
            ids: query.ids,
            left: query.limit.unwrap_or(usize::MAX),
            rows: 0,
            builders: columns.iter().map(|column| ColumnBuilder::new(column, query.ids)).collect(),
            finished: Vec::new(),
            keeps_ids: false,
            kept_ids: vec![Vec::new()],
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
        let id = match self.id_at {
            Some(at) => row.value(at)?.into_id().ok(),
            None => None,
        };
        for (index, (builder, column)) in self.builders.iter_mut().zip(self.columns).enumerate() {
            if self.facets.show(column.facet, id) {
                builder.push_row(row, index)?;
            } else {
                builder.push(&Value::Null)?;
            }
        }
        self.kept(id);
        Ok(())
    }

    /// A row as values in the order of the declaration.
    fn values(&mut self, values: &[Value]) -> Result<()> {
        let id = match values.first() {
            Some(Value::Id(id)) => Some(*id),
            _ => None,
        };
        // What is hidden in a row cannot be filtered by either.
        let shows = |column: &Column| self.facets.show(column.facet, id);
        let Some(rule) = &self.rule else { return self.shown(values, id) };
        let readable: Vec<bool> = self.entity.columns.iter().map(shows).collect();
        if rule.holds(values, &readable) { self.shown(values, id) } else { Ok(()) }
    }

    fn shown(&mut self, values: &[Value], id: Option<Uuid>) -> Result<()> {
        let columns = self.columns.iter().zip(&self.places);
        for (builder, (column, place)) in self.builders.iter_mut().zip(columns) {
            let value = values.get(*place).filter(|_| self.facets.show(column.facet, id));
            builder.push(value.unwrap_or(&Value::Null))?;
        }
        self.kept(id);
        Ok(())
    }

    fn kept(&mut self, id: Option<Uuid>) {
        self.left -= 1;
        self.rows += 1;
        if let (true, Some(batch)) = (self.keeps_ids, self.kept_ids.last_mut()) {
            batch.push(id.unwrap_or_default());
        }
        if self.rows == BATCH_ROWS {
            self.rows = 0;
            let fresh = self.columns.iter().map(|column| ColumnBuilder::new(column, self.ids)).collect();
            self.finished.push(std::mem::replace(&mut self.builders, fresh));
            self.kept_ids.push(Vec::new());
        }
    }

    /// The batches, and the ids of their rows where those are wanted.
    fn finish(mut self) -> Result<Finished> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        if self.rows > 0 || self.finished.is_empty() {
            self.finished.push(self.builders);
        }
        self.kept_ids.truncate(self.finished.len());
        Ok((self.finished, self.kept_ids))
    }
}

/// Gives all batches one schema: the scale and currency of a column are known only when all rows are.
fn assemble(
    entity: &Entity,
    columns: &[&'static Column],
    finished: Vec<Vec<ColumnBuilder>>,
    beside: Vec<arrow_schema::Field>,
    arrays_beside: Vec<Vec<ArrayRef>>,
) -> Result<Table> {
    let shapes: Vec<column::Shape> = (0..columns.len())
        .map(|index| {
            finished
                .iter()
                .filter_map(|batch| batch.get(index))
                .fold(column::Shape::default(), column::Shape::widen)
        })
        .collect();
    let declared = columns.iter().zip(&shapes).flat_map(|(column, shape)| column::fields(column, shape));
    let fields: Vec<_> = declared.chain(beside).collect();
    let metadata = HashMap::from([("clientela.entity".to_owned(), entity.name.to_owned())]);
    let schema: SchemaRef = Arc::new(Schema::new_with_metadata(fields, metadata));
    let mut batches = Vec::with_capacity(finished.len());
    for (builders, beside) in finished.into_iter().zip(arrays_beside) {
        let mut arrays = Vec::with_capacity(schema.fields().len());
        for (builder, shape) in builders.into_iter().zip(&shapes) {
            arrays.extend(builder.finish(shape)?);
        }
        arrays.extend(beside);
        batches.push(RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(arrow_failed)?);
    }
    Ok(Table::new(schema, batches))
}

pub(crate) fn arrow_failed(_: arrow_schema::ArrowError) -> crate::Error {
    CrmError::Internal { what: "columns of one table have one length and type" }.into()
}
