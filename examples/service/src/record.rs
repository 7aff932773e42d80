//! Any record as JSON, from its declaration: a field added to a record appears here by itself.

use clientela::Record;
use clientela::model::Value;
use serde_json::{Map, Value as Json};

/// Columns by name. Numbers with a fraction, amounts, days, moments and ids are texts; what is not given is null.
pub(crate) fn json<R: Record>(record: &R) -> Map<String, Json> {
    let columns = R::ENTITY.columns.iter().zip(record.to_values());
    columns.map(|(column, value)| (column.name.to_owned(), of_value(&value))).collect()
}

fn of_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => Json::Bool(*yes),
        Value::Integer(number) => Json::from(*number),
        other => Json::String(other.to_plain_text()),
    }
}
