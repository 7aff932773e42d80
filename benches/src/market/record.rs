//! One customer as the record a rule is asked of.

use super::{Market, TODAY};
use crate::Result;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use chrono::NaiveDate;
use clientela_rules::{Bindings, Datum, Environment, RecordType, Row, Type};
use rust_decimal::Decimal;
use std::sync::Arc;

/// A cell of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'m> {
    /// Nothing.
    Missing,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An amount in cents.
    Cents(i128),
    /// A day, counted from 1970-01-01.
    Day(i32),
    /// Text, and words of closed lists.
    Text(&'m str),
}

/// The cell of a column in a row.
///
/// # Errors
/// When the column is of a type that tables of a market do not have.
pub fn cell(column: &dyn Array, row: usize) -> Result<Cell<'_>> {
    if column.is_null(row) {
        return Ok(Cell::Missing);
    }
    Ok(match column.data_type() {
        DataType::Boolean => Cell::Bool(column.as_boolean().value(row)),
        DataType::Int32 => Cell::Int(i64::from(column.as_primitive::<Int32Type>().value(row))),
        DataType::Int64 => Cell::Int(column.as_primitive::<Int64Type>().value(row)),
        DataType::Decimal128(..) => Cell::Cents(column.as_primitive::<Decimal128Type>().value(row)),
        DataType::Date32 => Cell::Day(column.as_primitive::<Date32Type>().value(row)),
        DataType::Utf8 => Cell::Text(column.as_string::<i32>().value(row)),
        DataType::Dictionary(..) => {
            let list = column.as_dictionary::<Int32Type>();
            let key = list.key(row).ok_or("a closed list without a key")?;
            Cell::Text(list.values().as_string::<i32>().value(key))
        }
        other => return Err(format!("a market has no columns of {other}").into()),
    })
}

/// The variables of the rules for one customer.
///
/// # Errors
/// When the environment is not the market's.
pub fn bindings<'e>(environment: &'e Environment, market: &Market, customer: usize) -> Result<Bindings<'e>> {
    let Some(Type::Record(ty)) = environment.get("customer") else {
        return Err("the rules do not speak of a customer".into());
    };
    let mut record = row(ty, &market.customers, customer)?;
    for (name, children) in market.children() {
        let element = ty.field(name).and_then(|(_, field)| match &field.ty {
            Type::List(element) => Some(element.as_ref()),
            _ => None,
        });
        let Some(Type::Record(element)) = element else { return Err("a list of something else".into()) };
        let rows: Result<Vec<Row>> =
            children.of(customer).map(|place| row(element, &children.rows, place)).collect();
        record.set(name, Datum::rows(rows?))?;
    }
    Ok(Bindings::new(environment).with("customer", record)?.with("today", day(TODAY)?)?)
}

fn row(ty: &Arc<RecordType>, rows: &RecordBatch, place: usize) -> Result<Row> {
    let mut row = Row::new(ty);
    for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
        let value = match cell(column, place)? {
            Cell::Missing => Datum::Null,
            Cell::Bool(yes) => Datum::Bool(yes),
            Cell::Int(number) => Datum::Int(number),
            Cell::Cents(cents) => Datum::Decimal(Decimal::from_i128_with_scale(cents, 2)),
            Cell::Day(days) => Datum::Date(day(days)?),
            Cell::Text(text) => text.into(),
        };
        row.set(field.name(), value)?;
    }
    Ok(row)
}

/// The day so many days after 1970-01-01.
///
/// # Errors
/// When the calendar ends before.
pub fn day(days: i32) -> Result<NaiveDate> {
    Ok(NaiveDate::from_epoch_days(days).ok_or("a day outside the calendar")?)
}
