//! CEL's optional library: a value, or none.

use super::Function;
use crate::datum::Datum;
use crate::evaluate::Cause;
use rust_decimal::Decimal;
use std::sync::Arc;

pub(super) fn apply(function: Function, arguments: &[Datum]) -> Result<Datum, Cause> {
    Ok(match (function, arguments) {
        (Function::OptionalNone, []) => Datum::Optional(None),
        (Function::OptionalOf, [value]) => some(value.clone()),
        (Function::OptionalOfNonZero, [value]) if is_zero(value) => Datum::Optional(None),
        (Function::OptionalOfNonZero, [value]) => some(value.clone()),
        (Function::HasValue, [Datum::Optional(value)]) => Datum::Bool(value.is_some()),
        (Function::Value, [Datum::Optional(Some(value))]) => value.as_ref().clone(),
        (Function::Value, [Datum::Optional(None)]) => return Err(Cause::NoValue),
        (Function::Or, [Datum::Optional(Some(_)), _]) => arguments.first().cloned().unwrap_or(Datum::Null),
        (Function::Or, [Datum::Optional(None), other @ Datum::Optional(_)]) => other.clone(),
        (Function::OrValue, [Datum::Optional(Some(value)), _]) => value.as_ref().clone(),
        (Function::OrValue, [Datum::Optional(None), other]) => other.clone(),
        _ => return Err(Cause::NoOverload),
    })
}

/// The value as an optional.
fn some(value: Datum) -> Datum {
    Datum::Optional(Some(Arc::new(value)))
}

/// Whether a value is what its type starts from: 0, no text, no entries.
fn is_zero(value: &Datum) -> bool {
    match value {
        Datum::Null | Datum::Bool(false) | Datum::Int(0) | Datum::Uint(0) | Datum::Optional(None) => true,
        Datum::Double(number) => *number == 0.0,
        Datum::Decimal(number) => *number == Decimal::ZERO,
        Datum::Text(text) => text.is_empty(),
        Datum::Bytes(bytes) => bytes.is_empty(),
        Datum::List(parts) => parts.is_empty(),
        Datum::Map(map) => map.entries().is_empty(),
        Datum::Duration(duration) => duration.is_zero(),
        Datum::Timestamp(at) => *at == chrono::DateTime::UNIX_EPOCH,
        _ => false,
    }
}
