//! Records as the data a program of another language is given: fields by their names, without those that are not read.

use crate::view::{Sights, View};
use clientela_model::{Entity, Value};

/// The fields of a record that the actor reads.
pub(super) fn fields(
    view: &View<'_>,
    sights: &Sights,
    declared: &'static Entity,
    values: &[Value],
) -> serde_json::Map<String, serde_json::Value> {
    let columns = declared.columns.iter().zip(values);
    let read = columns.filter(|(column, _)| view.sees(sights.of(column.facet), declared, values));
    read.map(|(column, value)| (column.name.to_owned(), json_of(value))).collect()
}

/// A value as JSON: amounts as objects, what has no type of its own there as text.
pub(super) fn json_of(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(yes) => (*yes).into(),
        Value::Integer(number) => (*number).into(),
        Value::Money(amount) => serde_json::to_value(amount).unwrap_or(serde_json::Value::Null),
        other => other.to_plain_text().into(),
    }
}

/// One line of a table of text (RFC 4180).
pub(super) fn line<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let quoted = cells.map(|cell| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    });
    let mut line = quoted.collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}
