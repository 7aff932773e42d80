//! What is asked of a whole list.

use super::{Function, doubles, length};
use crate::datum::{Datum, Row};
use crate::evaluate::{Cause, calculate};
use crate::steps::Steps;
use crate::syntax::Operator;
use crate::types::RecordType;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::sync::Arc;

pub(super) fn apply(function: Function, arguments: &[Datum], steps: &mut Steps) -> Result<Datum, Cause> {
    match (function, arguments) {
        (Function::Size, [Datum::Text(text)]) => length(text.chars().count()),
        (Function::Size, [Datum::Bytes(bytes)]) => length(bytes.len()),
        (Function::Size, [Datum::List(parts)]) => length(parts.len()),
        (Function::Size, [Datum::Map(map)]) => length(map.entries().len()),
        (Function::Sum, [Datum::List(parts)]) => sum(parts, steps),
        (Function::Min, [Datum::List(parts)]) => extreme(parts, Ordering::Less, steps),
        (Function::Max, [Datum::List(parts)]) => extreme(parts, Ordering::Greater, steps),
        (Function::Average, [Datum::List(parts)]) => average(parts, steps),
        _ => Err(Cause::NoOverload),
    }
}

/// The sum; 0 for no entries, as a whole number stands for a sum of any numbers.
fn sum(parts: &Arc<[Datum]>, steps: &mut Steps) -> Result<Datum, Cause> {
    let Some((first, rest)) = parts.split_first() else { return Ok(Datum::Int(0)) };
    if parts.contains(&Datum::Null) {
        return Err(Cause::Missing);
    }
    match first {
        Datum::Int(_) | Datum::Uint(_) | Datum::Double(_) | Datum::Decimal(_) | Datum::Duration(_) => {
            rest.iter().try_fold(first.clone(), |sum, part| calculate(Operator::Add, &sum, part, steps))
        }
        Datum::Record(first) if *first.ty() == RecordType::money() => amounts(first, rest),
        _ => Err(Cause::NoOverload),
    }
}

/// The sum of amounts of money, if all are in one currency.
fn amounts(first: &Row, rest: &[Datum]) -> Result<Datum, Cause> {
    let exact = |row: &Row| row.get("amount").exact().ok_or(Cause::Missing);
    let currency = first.get("currency");
    let sum = rest.iter().try_fold(exact(first)?, |sum, part| match part {
        Datum::Record(row) if row.get("currency") == currency => {
            sum.checked_add(exact(row)?).ok_or(Cause::Overflow)
        }
        Datum::Record(_) => Err(Cause::Currencies),
        _ => Err(Cause::NoOverload),
    })?;
    first.clone().with("amount", sum).map(Datum::from).map_err(|_| Cause::NoOverload)
}

/// The arithmetic mean: exact to 28 digits of whole numbers and decimals.
fn average(parts: &Arc<[Datum]>, steps: &mut Steps) -> Result<Datum, Cause> {
    if parts.is_empty() {
        return Err(Cause::Empty);
    }
    let sum = sum(parts, steps)?;
    let count = i64::try_from(parts.len()).map_err(|_| Cause::Overflow)?;
    match (&sum, Datum::Int(count).approximate()) {
        (Datum::Double(sum), Some(count)) => {
            doubles::calculate(Operator::Divide, *sum, count).map(Datum::Double).ok_or(Cause::NoOverload)
        }
        _ => {
            let sum = sum.exact().ok_or(Cause::NoOverload)?;
            sum.checked_div(Decimal::from(count)).map(Datum::Decimal).ok_or(Cause::Overflow)
        }
    }
}

fn extreme(parts: &Arc<[Datum]>, wanted: Ordering, steps: &mut Steps) -> Result<Datum, Cause> {
    let (first, rest) = parts.split_first().ok_or(Cause::Empty)?;
    steps.spend(parts.len())?;
    if parts.contains(&Datum::Null) {
        return Err(Cause::Missing);
    }
    let better = |best: Datum, part: &Datum| match part.order(&best) {
        Some(order) => Ok(if order == wanted { part.clone() } else { best }),
        None => Err(Cause::NoOverload),
    };
    rest.iter().try_fold(first.clone(), better)
}
