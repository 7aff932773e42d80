//! The twenty rules of `benches/rules/rules.json`, what they may speak of, and how many customers they find.

use super::Market;
use crate::Result;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use clientela_rules::{Environment, FieldType, RecordType, Type};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One rule. Its texts for other engines are in the same file, and read by `benches/python/rules_peers.py`.
#[derive(Debug, Clone, Deserialize)]
pub struct NamedRule {
    /// Its name.
    pub name: String,
    /// What it asks, for people.
    pub title: String,
    /// It, in the rule language; of `customer` and `today`.
    pub cel: String,
}

/// The customers of [`COUNTED`] whose counts are kept.
pub const COUNTED: usize = 5_000;

/// The rules.
///
/// # Errors
/// When the file is no list of rules.
pub fn all() -> Result<Vec<NamedRule>> {
    Ok(serde_json::from_str(include_str!("../../rules/rules.json"))?)
}

/// How many of the first [`COUNTED`] customers each rule finds, by its name, as polars and DuckDB counted them.
///
/// # Errors
/// When the file is no table of counts.
pub fn counts() -> Result<BTreeMap<String, u64>> {
    Ok(serde_json::from_str(include_str!("../../rules/counts-5000.json"))?)
}

/// What the rules may speak of: `customer` with the columns of the market and its lists, and `today`.
///
/// # Errors
/// When a column has no type in the rule language.
pub fn environment(market: &Market) -> Result<Environment> {
    let mut customer = record_type("customer", &market.customers)?;
    for (name, children) in market.children() {
        customer = customer.with_list(name, Arc::new(record_type(name, &children.rows)?));
    }
    Ok(Environment::new()
        .variable("customer", Type::Record(Arc::new(customer)))
        .variable("today", Type::Date))
}

fn record_type(name: &'static str, rows: &RecordBatch) -> Result<RecordType> {
    rows.schema().fields().iter().zip(rows.columns()).try_fold(
        RecordType::new(name),
        |record, (field, column)| {
            let ty = match field.data_type() {
                DataType::Boolean => Type::Bool,
                DataType::Int32 | DataType::Int64 => Type::Int,
                DataType::Decimal128(..) => Type::Decimal,
                DataType::Date32 => Type::Date,
                DataType::Utf8 => Type::Text,
                DataType::Dictionary(..) => Type::Words(
                    words(column)?.iter().flatten().map(|word| Cow::Owned(word.to_owned())).collect(),
                ),
                other => {
                    return Err(format!("{} is of {other}, which no rule can ask about", field.name()).into());
                }
            };
            let ty = if field.is_nullable() { ty.or_null() } else { ty };
            Ok(record.with(FieldType::new(field.name().clone(), ty)))
        },
    )
}

/// The words of a closed list.
fn words(column: &dyn Array) -> Result<&StringArray> {
    let list = column.as_dictionary_opt::<Int32Type>().ok_or("a closed list with keys of another width")?;
    Ok(list.values().as_string_opt().ok_or("a closed list of something else than text")?)
}
