//! Lines of offers priced again, from a table to a table. What becomes of them is the library's to say.

use crate::call;
use crate::error::of_facade;
use crate::table::NativeTable;
use clientela::model::id::parse_uuid;
use clientela::model::identifier::Currency;
use clientela::model::money::parse_decimal;
use clientela::model::{ClosedList, RoundingPolicy, ValueError};
use clientela::{ListChange, Table, what_if_over_table};
use pyo3::prelude::*;

fn table_of(native: &NativeTable) -> Table {
    let (schema, batches) = native.parts();
    Table::new(schema, batches.to_vec())
}

/// Prices the lines of a table as they are, and as they would be with other list prices.
#[pyfunction]
#[pyo3(signature = (lines, steps, percent, prices, price_list, currency, rounding))]
#[allow(clippy::too_many_arguments, reason = "called from one place, in Python")]
pub(crate) fn what_if_table(
    py: Python<'_>,
    lines: &NativeTable,
    steps: Option<&NativeTable>,
    percent: Option<&str>,
    prices: Option<&NativeTable>,
    price_list: Option<&str>,
    currency: Option<&str>,
    rounding: &str,
) -> PyResult<NativeTable> {
    let wrong = |field: &'static str| move |error: ValueError| of_facade(error.at(field).into());
    let change = ListChange {
        percent: percent.map(parse_decimal).transpose().map_err(wrong("percent"))?,
        prices: prices.map(table_of),
        price_list: price_list.map(parse_uuid).transpose().map_err(wrong("price_list"))?,
        currency: currency.map(Currency::parse).transpose().map_err(wrong("currency"))?,
        rounding: RoundingPolicy::parse(rounding).map_err(wrong("rounding"))?,
    };
    let (lines, steps) = (table_of(lines), steps.map(table_of));
    let told = call::long(py, "what if", None, move |_| what_if_over_table(&lines, steps.as_ref(), &change))?;
    Ok(NativeTable::new(told.schema().clone(), told.batches().to_vec()))
}
