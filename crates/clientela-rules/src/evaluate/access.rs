//! What is inside of maps, lists, records and optionals.

use super::Cause;
use crate::datum::Datum;
use std::sync::Arc;

fn some(value: Datum) -> Datum {
    Datum::Optional(Some(Arc::new(value)))
}

/// `value.name`; with `optional` an optional, none if there is nothing of that name.
pub(super) fn select(value: &Datum, name: &str, optional: bool) -> Result<Datum, Cause> {
    let (inside, found) = match value {
        Datum::Optional(None) => return Ok(Datum::Optional(None)),
        Datum::Optional(Some(inner)) => (true, member(inner, name)?),
        other => (false, member(other, name)?),
    };
    match found {
        Some(found) if inside || optional => Ok(some(found)),
        Some(found) => Ok(found),
        None if inside || optional => Ok(Datum::Optional(None)),
        None if matches!(value, Datum::Record(_)) => Ok(Datum::Null),
        None => Err(Cause::NoKey),
    }
}

/// What a map or a record has under a name. An empty field of a record is nothing.
fn member(value: &Datum, name: &str) -> Result<Option<Datum>, Cause> {
    match value {
        Datum::Map(map) => Ok(map.get(&Datum::from(name)).cloned()),
        Datum::Record(row) => Ok(Some(row.get(name).clone()).filter(|value| *value != Datum::Null)),
        Datum::Null => Err(Cause::Missing),
        _ => Err(Cause::NoOverload),
    }
}

/// `has(value.name)`
pub(super) fn has(value: &Datum, name: &str) -> Result<bool, Cause> {
    match value {
        Datum::Optional(None) => Ok(false),
        Datum::Optional(Some(inner)) => Ok(member(inner, name)?.is_some()),
        other => Ok(member(other, name)?.is_some()),
    }
}

/// `value[index]`; with `optional` an optional, none if there is no such entry.
pub(super) fn index(value: &Datum, index: &Datum, optional: bool) -> Result<Datum, Cause> {
    let (inside, found) = match value {
        Datum::Optional(None) => return Ok(Datum::Optional(None)),
        Datum::Optional(Some(inner)) => (true, entry(inner, index)),
        other => (false, entry(other, index)),
    };
    match found {
        Ok(found) if inside || optional => Ok(some(found)),
        Err(Cause::OutOfRange | Cause::NoKey) if inside || optional => Ok(Datum::Optional(None)),
        found => found,
    }
}

fn entry(value: &Datum, index: &Datum) -> Result<Datum, Cause> {
    match value {
        Datum::List(parts) => {
            let whole = index.whole().ok_or(Cause::NoOverload)?;
            let place = usize::try_from(whole).map_err(|_| Cause::OutOfRange)?;
            parts.get(place).cloned().ok_or(Cause::OutOfRange)
        }
        Datum::Map(map) => map.get(index).cloned().ok_or(Cause::NoKey),
        Datum::Null => Err(Cause::Missing),
        _ => Err(Cause::NoOverload),
    }
}
