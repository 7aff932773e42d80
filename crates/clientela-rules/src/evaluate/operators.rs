//! Comparing and computing (CEL specification, sections "Equality", "Ordering" and "Arithmetic").

use super::Cause;
use crate::datum::Datum;
use crate::functions::{doubles, time};
use crate::steps::{STEPS_PER_ENTRY, Steps};
use crate::syntax::Operator;
use std::cmp::Ordering;

/// `== != < <= > >=` of two values. Equality is never in doubt; what has no order, as a double that is no number, fails.
pub(super) fn compare(
    operator: Operator,
    left: &Datum,
    right: &Datum,
    steps: &mut Steps,
) -> Result<bool, Cause> {
    let wanted: fn(Ordering) -> bool = match operator {
        Operator::Equal => return steps.with(|left_steps| left.same(right, left_steps)),
        Operator::NotEqual => return steps.with(|left_steps| left.same(right, left_steps)).map(|same| !same),
        Operator::Less => Ordering::is_lt,
        Operator::AtMost => Ordering::is_le,
        Operator::Greater => Ordering::is_gt,
        Operator::AtLeast => Ordering::is_ge,
        _ => return Err(Cause::NoOverload),
    };
    left.order(right).map(wanted).ok_or(Cause::NoOverload)
}

/// `+ - * / %` of two values.
pub(crate) fn calculate(
    operator: Operator,
    left: &Datum,
    right: &Datum,
    steps: &mut Steps,
) -> Result<Datum, Cause> {
    match (left, right) {
        (Datum::Int(one), Datum::Int(two)) => int(operator, *one, *two),
        (Datum::Uint(one), Datum::Uint(two)) => uint(operator, *one, *two),
        (Datum::Double(one), Datum::Double(two)) => {
            doubles::calculate(operator, *one, *two).map(Datum::Double).ok_or(Cause::NoOverload)
        }
        (Datum::Decimal(_), Datum::Decimal(_) | Datum::Int(_) | Datum::Uint(_))
        | (Datum::Int(_) | Datum::Uint(_), Datum::Decimal(_)) => decimal(operator, left, right),
        (Datum::Text(_) | Datum::Bytes(_) | Datum::List(_), _) if operator == Operator::Add => {
            joined(left, right, steps)
        }
        _ => moved(operator, left, right),
    }
}

fn int(operator: Operator, one: i64, two: i64) -> Result<Datum, Cause> {
    match operator {
        Operator::Add => one.checked_add(two),
        Operator::Subtract => one.checked_sub(two),
        Operator::Multiply => one.checked_mul(two),
        Operator::Divide | Operator::Modulo if two == 0 => return Err(Cause::DivisionByZero),
        Operator::Divide => one.checked_div(two),
        Operator::Modulo => one.checked_rem(two),
        _ => return Err(Cause::NoOverload),
    }
    .map(Datum::Int)
    .ok_or(Cause::Overflow)
}

fn uint(operator: Operator, one: u64, two: u64) -> Result<Datum, Cause> {
    match operator {
        Operator::Add => one.checked_add(two),
        Operator::Subtract => one.checked_sub(two),
        Operator::Multiply => one.checked_mul(two),
        Operator::Divide | Operator::Modulo if two == 0 => return Err(Cause::DivisionByZero),
        Operator::Divide => one.checked_div(two),
        Operator::Modulo => one.checked_rem(two),
        _ => return Err(Cause::NoOverload),
    }
    .map(Datum::Uint)
    .ok_or(Cause::Overflow)
}

fn decimal(operator: Operator, left: &Datum, right: &Datum) -> Result<Datum, Cause> {
    let (one, two) = (left.exact().ok_or(Cause::NoOverload)?, right.exact().ok_or(Cause::NoOverload)?);
    match operator {
        Operator::Add => one.checked_add(two),
        Operator::Subtract => one.checked_sub(two),
        Operator::Multiply => one.checked_mul(two),
        Operator::Divide if two.is_zero() => return Err(Cause::DivisionByZero),
        Operator::Divide => one.checked_div(two),
        _ => return Err(Cause::NoOverload),
    }
    .map(Datum::Decimal)
    .ok_or(Cause::Overflow)
}

/// Texts, bytes or lists one after the other.
fn joined(left: &Datum, right: &Datum, steps: &mut Steps) -> Result<Datum, Cause> {
    match (left, right) {
        (Datum::Text(one), Datum::Text(two)) => {
            steps.spend_bytes(one.len() + two.len())?;
            Ok(format!("{one}{two}").into())
        }
        (Datum::Bytes(one), Datum::Bytes(two)) => {
            steps.spend_bytes(one.len() + two.len())?;
            Ok(Datum::Bytes(one.iter().chain(two.iter()).copied().collect()))
        }
        (Datum::List(one), Datum::List(two)) => {
            steps.spend((one.len() + two.len()).saturating_mul(STEPS_PER_ENTRY))?;
            Ok(Datum::List(one.iter().chain(two.iter()).cloned().collect()))
        }
        _ => Err(Cause::NoOverload),
    }
}

/// Moments and days, moved; and the times between them.
fn moved(operator: Operator, left: &Datum, right: &Datum) -> Result<Datum, Cause> {
    use Operator::{Add, Subtract};
    match (operator, left, right) {
        (Add, Datum::Timestamp(at), Datum::Duration(by))
        | (Add, Datum::Duration(by), Datum::Timestamp(at)) => {
            at.checked_add_signed(*by).and_then(time::instant)
        }
        (Subtract, Datum::Timestamp(at), Datum::Duration(by)) => {
            at.checked_sub_signed(*by).and_then(time::instant)
        }
        (Subtract, Datum::Timestamp(one), Datum::Timestamp(two)) => {
            time::in_range(one.signed_duration_since(*two))
        }
        (Add, Datum::Duration(one), Datum::Duration(two)) => one.checked_add(two).and_then(time::in_range),
        (Subtract, Datum::Duration(one), Datum::Duration(two)) => {
            one.checked_sub(two).and_then(time::in_range)
        }
        (Add, Datum::Date(day), Datum::Period(period)) | (Add, Datum::Period(period), Datum::Date(day)) => {
            period.after(*day).map(Datum::Date)
        }
        (Subtract, Datum::Date(day), Datum::Period(period)) => {
            period.reversed().and_then(|period| period.after(*day)).map(Datum::Date)
        }
        (Subtract, Datum::Date(one), Datum::Date(two)) => {
            Some(Datum::Int(one.signed_duration_since(*two).num_days()))
        }
        (Add, Datum::Period(one), Datum::Period(two)) => one.plus(*two).map(Datum::Period),
        (Subtract, Datum::Period(one), Datum::Period(two)) => {
            two.reversed().and_then(|two| one.plus(two)).map(Datum::Period)
        }
        _ => return Err(Cause::NoOverload),
    }
    .ok_or(Cause::OutOfRange)
}

/// `-x`
pub(super) fn negate(value: &Datum) -> Result<Datum, Cause> {
    match value {
        Datum::Int(number) => number.checked_neg().map(Datum::Int),
        Datum::Double(number) => Some(Datum::Double(doubles::negate(*number))),
        Datum::Decimal(number) => Some(Datum::Decimal(-*number)),
        Datum::Period(period) => period.reversed().map(Datum::Period),
        Datum::Duration(duration) => Some(Datum::Duration(-*duration)),
        _ => return Err(Cause::NoOverload),
    }
    .ok_or(Cause::Overflow)
}
