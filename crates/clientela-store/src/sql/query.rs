//! A whole `SELECT`.

use super::cell::Parameter;
use super::condition::{Condition, find, name};
use super::decimal;
use super::plan::Plan;
use super::table::{push_names, suffixes};
use crate::error::StoreError;
use crate::order::{Direction, Order};
use clientela_model::{Column, ColumnType, Entity, Predicate};

/// A `SELECT` with its parameters.
#[derive(Debug)]
pub(crate) struct Query {
    /// The text.
    pub(crate) sql: String,
    /// Its parameters, in order.
    pub(crate) parameters: Vec<Parameter>,
}

/// A column of a result: where its first cell stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selected {
    /// The declaration.
    pub(crate) column: &'static Column,
    /// Its first cell.
    pub(crate) at: usize,
}

/// Where the columns of a result stand, the version being cell 0.
pub(crate) fn selection(columns: impl IntoIterator<Item = &'static Column>) -> Vec<Selected> {
    let mut at = 1;
    let place = |column: &'static Column| {
        let selected = Selected { column, at };
        at += suffixes(column.ty).len();
        selected
    };
    columns.into_iter().map(place).collect()
}

/// The rows of an entity that satisfy a condition. Without an order they come as the engine finds them.
///
/// # Errors
/// `store.unknown_column`, `store.unknown_entity`, `predicate.too_large`.
pub(crate) fn rows(
    plan: &Plan,
    entity: &'static Entity,
    columns: &[Selected],
    predicate: &Predicate,
    order: Option<&Order>,
    limit: Option<u64>,
    offset: u64,
) -> Result<Query, StoreError> {
    let mut list = "SELECT t0.\"_version\"".to_owned();
    columns.iter().for_each(|selected| push_names(&mut list, "t0.", selected.column));
    let mut condition = from_where(plan, list, entity, predicate)?;
    if let Some(order) = order {
        condition.text(" ORDER BY ");
        condition.text(&order_by(entity, order)?);
    }
    if limit.is_some() || offset > 0 {
        condition.text(" LIMIT ");
        match limit {
            Some(limit) => condition.bind(Parameter::Integer(i64::try_from(limit).unwrap_or(i64::MAX))),
            None => condition.text(plan.dialect.unlimited()),
        }
        condition.text(" OFFSET ");
        condition.bind(Parameter::Integer(i64::try_from(offset).unwrap_or(i64::MAX)));
    }
    let (sql, parameters) = condition.finish()?;
    Ok(Query { sql, parameters })
}

/// How many rows satisfy a condition.
///
/// # Errors
/// As for [`rows`].
pub(crate) fn count(
    plan: &Plan,
    entity: &'static Entity,
    predicate: &Predicate,
) -> Result<Query, StoreError> {
    let (sql, parameters) = from_where(plan, "SELECT COUNT(*)".to_owned(), entity, predicate)?.finish()?;
    Ok(Query { sql, parameters })
}

/// One row when any satisfies a condition.
///
/// # Errors
/// As for [`rows`].
pub(crate) fn exists(
    plan: &Plan,
    entity: &'static Entity,
    predicate: &Predicate,
) -> Result<Query, StoreError> {
    let mut condition = from_where(plan, "SELECT 1".to_owned(), entity, predicate)?;
    condition.text(" LIMIT 1");
    let (sql, parameters) = condition.finish()?;
    Ok(Query { sql, parameters })
}

fn from_where<'p>(
    plan: &'p Plan,
    mut list: String,
    entity: &'static Entity,
    predicate: &Predicate,
) -> Result<Condition<'p>, StoreError> {
    list.push_str(&format!(" FROM \"{}\" AS t0", entity.name));
    let mut condition = Condition::new(plan, list);
    if *predicate != Predicate::Everything {
        condition.text(" WHERE ");
        condition.predicate(predicate, entity, "t0", 0)?;
    }
    Ok(condition)
}

fn order_by(entity: &'static Entity, order: &Order) -> Result<String, StoreError> {
    let mut keys: Vec<String> = Vec::new();
    for (column, direction) in &order.0 {
        let column = find(entity, column)?;
        let plain = name("t0", column, "");
        let direction = match direction {
            Direction::Ascending => " ASC NULLS FIRST",
            Direction::Descending => " DESC NULLS LAST",
        };
        if matches!(column.ty, ColumnType::Decimal | ColumnType::Money) {
            let exact = decimal::order_keys(&plain, &name("t0", column, "_scale"));
            keys.extend(exact.into_iter().map(|key| key + direction));
            if column.ty == ColumnType::Money {
                keys.push(name("t0", column, "_currency") + direction);
            }
        } else {
            keys.push(plain + direction);
        }
    }
    let id = entity.columns.first().map_or("id", |column| column.name);
    keys.push(format!("t0.\"{id}\""));
    Ok(keys.join(", "))
}
