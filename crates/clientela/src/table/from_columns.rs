//! The table of customers from the columns that rules are asked of: where these are there already, no row is read again.
//!
//! Rights are those of the columns, which are those of the store: the same condition and the same facets. A table with a filter of its
//! own, of another day or with amounts is read from the store.

use super::added::Added;
use super::column::ColumnBuilder;
use super::{BATCH_ROWS, Table, TableQuery, assemble};
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use clientela_columns::Column as Cells;
use clientela_core::party::Customer;
use clientela_model::{Column, ColumnType, Entity, Record};
use std::sync::Arc;
use uuid::Uuid;

/// The table, by id; none when it is to be read from the store.
pub(super) fn table(
    session: &Session,
    view: &View<'_>,
    entity: &'static Entity,
    columns: &[&'static Column],
    added: &Added,
    query: &TableQuery,
) -> Result<Option<Table>> {
    let one_cell =
        |column: &&Column| !matches!(column.ty, ColumnType::Decimal | ColumnType::Money | ColumnType::Blob);
    let fits = entity.name == Customer::ENTITY.name
        && query.filter.is_none()
        && query.as_of.is_none()
        && columns.iter().all(one_cell);
    if !fits || session.crm.mirror_info().is_none() {
        return Ok(None);
    }
    // None when somebody else brought the columns to a later state than the one that is looked at.
    let Some(snapshot) = session.crm.mirror.at(view.reader, &session.crm)? else { return Ok(None) };
    let parts = snapshot.seen_by(view)?;
    let mut rows: Vec<(Uuid, usize, usize)> = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        rows.extend(part.visible.iter().map(|row| (part.id(row), place, row)));
    }
    rows.sort_unstable();
    rows.truncate(query.limit.unwrap_or(usize::MAX));
    let total = rows.len() as u64;
    let missing = Arc::new(Cells::MISSING);
    let (mut finished, mut ids, mut done) = (Vec::new(), Vec::new(), 0_u64);
    let mut batches: Vec<&[(Uuid, usize, usize)]> = rows.chunks(BATCH_ROWS).collect();
    if batches.is_empty() {
        batches.push(&[]);
    }
    for batch in batches {
        let mut builders = Vec::with_capacity(columns.len());
        for column in columns {
            let cells = parts.iter().map(|part| part.records.column(column.name).unwrap_or(&missing));
            let cells: Vec<&Arc<Cells>> = cells.collect();
            let mut builder = ColumnBuilder::new(column, query.ids);
            for (_, part, row) in batch {
                builder.push_cell(cells.get(*part).copied().unwrap_or(&missing), *row)?;
            }
            builders.push(builder);
        }
        finished.push(builders);
        ids.push(batch.iter().map(|(id, ..)| *id).collect::<Vec<Uuid>>());
        done += batch.len() as u64;
        view.reader.tell("rows", done, total);
    }
    let (fields, arrays) = added.columns(&ids, query.ids)?;
    assemble(entity, columns, finished, fields, arrays).map(Some)
}
