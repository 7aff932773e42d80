//! Values of one type from those of another (CEL specification, section "Standard Definitions").

use super::{Function, time};
use crate::datum::{Datum, double_text};
use crate::evaluate::Cause;
use clientela_model::money::parse_decimal;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;
use uuid::Uuid;

pub(super) fn apply(function: Function, arguments: &[Datum]) -> Result<Datum, Cause> {
    if let (Function::Date, [Datum::Timestamp(at), Datum::Text(zone)]) = (function, arguments) {
        return time::day_in(*at, zone);
    }
    let [value] = arguments else { return Err(Cause::NoOverload) };
    match (function, value) {
        (Function::Dyn, value) => Ok(value.clone()),
        (Function::TypeOf, value) => Ok(Datum::Type(value.type_name().into())),
        (Function::Bool, Datum::Bool(_))
        | (Function::Int, Datum::Int(_))
        | (Function::Uint, Datum::Uint(_))
        | (Function::Double, Datum::Double(_))
        | (Function::Bytes, Datum::Bytes(_))
        | (Function::Text, Datum::Text(_))
        | (Function::Decimal, Datum::Decimal(_))
        | (Function::Date, Datum::Date(_))
        | (Function::Timestamp, Datum::Timestamp(_))
        | (Function::Duration, Datum::Duration(_)) => Ok(value.clone()),
        (Function::Bool, Datum::Text(text)) => yes_or_no(text),
        (Function::Int, value) => int(value),
        (Function::Uint, value) => uint(value),
        (Function::Double, value) => double(value),
        (Function::Bytes, Datum::Text(text)) => Ok(Datum::Bytes(text.as_bytes().into())),
        (Function::Text, value) => text(value),
        (Function::Decimal, value) => decimal(value),
        (Function::Date, Datum::Text(text)) => time::date(text).ok_or(Cause::Malformed("a date")),
        (Function::Timestamp, Datum::Text(text)) => {
            time::timestamp(text).ok_or(Cause::Malformed("an instant"))
        }
        (Function::Date, Datum::Timestamp(at)) => Ok(Datum::Date(at.date_naive())),
        (Function::Timestamp, Datum::Date(day)) => time::start_of(*day).ok_or(Cause::OutOfRange),
        (Function::Timestamp, Datum::Int(seconds)) => time::from_seconds(*seconds).ok_or(Cause::OutOfRange),
        (Function::Duration, Datum::Text(text)) => time::duration(text).ok_or(Cause::Malformed("a duration")),
        (Function::Id, Datum::Text(text)) => {
            Uuid::try_parse(text).map(Datum::Id).map_err(|_| Cause::Malformed("an id"))
        }
        _ => Err(Cause::NoOverload),
    }
}

fn yes_or_no(text: &str) -> Result<Datum, Cause> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Datum::Bool(true)),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(Datum::Bool(false)),
        _ => Err(Cause::Malformed("true or false")),
    }
}

fn int(value: &Datum) -> Result<Datum, Cause> {
    match value {
        Datum::Uint(number) => i64::try_from(*number).map(Datum::Int).map_err(|_| Cause::OutOfRange),
        Datum::Double(number) => Datum::cut_to_int(*number).map(Datum::Int).ok_or(Cause::OutOfRange),
        Datum::Decimal(number) => number.trunc().to_i64().map(Datum::Int).ok_or(Cause::Overflow),
        Datum::Text(text) => text.parse().map(Datum::Int).map_err(|_| Cause::Malformed("a whole number")),
        Datum::Timestamp(at) => Ok(Datum::Int(at.timestamp())),
        _ => Err(Cause::NoOverload),
    }
}

fn uint(value: &Datum) -> Result<Datum, Cause> {
    match value {
        Datum::Int(number) => u64::try_from(*number).map(Datum::Uint).map_err(|_| Cause::OutOfRange),
        Datum::Double(number) => Datum::cut_to_uint(*number).map(Datum::Uint).ok_or(Cause::OutOfRange),
        Datum::Decimal(number) => number.trunc().to_u64().map(Datum::Uint).ok_or(Cause::OutOfRange),
        Datum::Text(text) => text.parse().map(Datum::Uint).map_err(|_| Cause::Malformed("a whole number")),
        _ => Err(Cause::NoOverload),
    }
}

fn double(value: &Datum) -> Result<Datum, Cause> {
    match value {
        Datum::Text(text) => text.parse().map(Datum::Double).map_err(|_| Cause::Malformed("a number")),
        Datum::Decimal(number) => number.to_f64().map(Datum::Double).ok_or(Cause::OutOfRange),
        _ => value.approximate().map(Datum::Double).ok_or(Cause::NoOverload),
    }
}

fn text(value: &Datum) -> Result<Datum, Cause> {
    Ok(match value {
        Datum::Bool(_)
        | Datum::Int(_)
        | Datum::Uint(_)
        | Datum::Decimal(_)
        | Datum::Date(_)
        | Datum::Id(_) => value.to_string().into(),
        Datum::Double(number) => double_text(*number).into(),
        Datum::Bytes(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|_| Cause::Malformed("text in UTF-8"))?;
            Datum::Text(Arc::from(text))
        }
        Datum::Timestamp(at) => time::timestamp_text(*at).into(),
        Datum::Duration(duration) => time::duration_text(*duration).into(),
        _ => return Err(Cause::NoOverload),
    })
}

fn decimal(value: &Datum) -> Result<Datum, Cause> {
    match value {
        Datum::Int(number) => Ok(Datum::Decimal(Decimal::from(*number))),
        Datum::Uint(number) => Ok(Datum::Decimal(Decimal::from(*number))),
        Datum::Text(text) => {
            parse_decimal(text).map(Datum::Decimal).map_err(|_| Cause::Malformed("a decimal"))
        }
        // The shortest text that stands for the double, which is what a person meant by it.
        Datum::Double(number) => {
            let text = number.to_string();
            Decimal::from_str_exact(&text).map(Datum::Decimal).map_err(|_| Cause::OutOfRange)
        }
        _ => Err(Cause::NoOverload),
    }
}
