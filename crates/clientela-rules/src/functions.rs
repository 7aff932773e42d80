//! The functions of the rule language: what they take, what they give.

use crate::datum::{Datum, Period};
use crate::evaluate::Cause;
use crate::types::Type;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use clientela_model::Rounding;
use clientela_model::money::parse_decimal;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::borrow::Cow;
use std::cmp::Ordering;
use uuid::Uuid;

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Size,
    Sum,
    Min,
    Max,
    Contains,
    StartsWith,
    EndsWith,
    Lower,
    Upper,
    Int,
    Decimal,
    Text,
    Date,
    Timestamp,
    Id,
    Duration,
    Days,
    Months,
    Years,
    Hours,
    Minutes,
    Year,
    Month,
    Day,
    Round,
    Absolute,
}

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `f(x)`
    Plain,
    /// `x.f()`
    Member,
    /// Both.
    Either,
}

/// Name, how it is called, the function, and how to write it.
const FUNCTIONS: [(&str, Style, Function, &str); 29] = [
    ("size", Style::Either, Function::Size, "size(text or list)"),
    ("count", Style::Member, Function::Size, "list.count()"),
    ("sum", Style::Member, Function::Sum, "list of numbers.sum()"),
    ("min", Style::Member, Function::Min, "list.min()"),
    ("max", Style::Member, Function::Max, "list.max()"),
    ("contains", Style::Member, Function::Contains, "text.contains(text)"),
    ("startsWith", Style::Member, Function::StartsWith, "text.startsWith(text)"),
    ("endsWith", Style::Member, Function::EndsWith, "text.endsWith(text)"),
    ("lower", Style::Member, Function::Lower, "text.lower()"),
    ("upper", Style::Member, Function::Upper, "text.upper()"),
    ("int", Style::Plain, Function::Int, "int(number or text)"),
    ("decimal", Style::Plain, Function::Decimal, "decimal(number or text), such as decimal('1.50')"),
    ("string", Style::Plain, Function::Text, "string(number, text, date or yes or no)"),
    ("date", Style::Plain, Function::Date, "date(text), such as date('2026-01-31')"),
    (
        "timestamp",
        Style::Plain,
        Function::Timestamp,
        "timestamp(text), such as timestamp('2026-01-31T08:00:00Z')",
    ),
    ("id", Style::Plain, Function::Id, "id(text), such as id('01890a5d-ac96-774b-bcce-b302099a8057')"),
    ("duration", Style::Plain, Function::Duration, "duration(text), such as duration('1h30m')"),
    ("days", Style::Plain, Function::Days, "days(whole number)"),
    ("months", Style::Plain, Function::Months, "months(whole number)"),
    ("years", Style::Plain, Function::Years, "years(whole number)"),
    ("hours", Style::Plain, Function::Hours, "hours(whole number)"),
    ("minutes", Style::Plain, Function::Minutes, "minutes(whole number)"),
    ("year", Style::Member, Function::Year, "date.year()"),
    ("month", Style::Member, Function::Month, "date.month(), 1 to 12"),
    ("day", Style::Member, Function::Day, "date.day(), 1 to 31"),
    ("round", Style::Plain, Function::Round, "round(number, digits)"),
    ("abs", Style::Plain, Function::Absolute, "abs(number)"),
    ("toLower", Style::Member, Function::Lower, "text.lower()"),
    ("toUpper", Style::Member, Function::Upper, "text.upper()"),
];

impl Function {
    /// The function of that name, called that way, and how to write it.
    pub(crate) fn named(name: &str, member: bool) -> Option<(Self, &'static str)> {
        let wrong = if member { Style::Plain } else { Style::Member };
        FUNCTIONS
            .iter()
            .find(|(known, style, ..)| *known == name && *style != wrong)
            .map(|(_, _, function, usage)| (*function, *usage))
    }

    /// All names, with loops, `has` and `matches`, for suggestions.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        let others = ["exists", "all", "exists_one", "filter", "map", "has", "matches"];
        FUNCTIONS.iter().map(|(name, ..)| *name).chain(others)
    }

    /// How a function of that name is written, however it was called.
    pub(crate) fn usage(name: &str) -> Option<&'static str> {
        FUNCTIONS.iter().find(|(known, ..)| *known == name).map(|(.., usage)| *usage)
    }

    /// The type of its result for arguments of these types, a receiver first; none if it does not take them.
    pub(crate) fn result(self, arguments: &[&Type]) -> Option<Type> {
        let number = |ty: &Type| ty.is_number();
        let text = |ty: &Type| ty.is_text();
        Some(match (self, arguments) {
            (Self::Size, [one]) if text(one) || matches!(one, Type::List(_)) => Type::Int,
            (Self::Sum, [Type::List(element)]) if number(element) => element.base().clone(),
            (Self::Min | Self::Max, [Type::List(element)]) if element.is_ordered() => element.base().clone(),
            (Self::Contains | Self::StartsWith | Self::EndsWith, [one, two]) if text(one) && text(two) => {
                Type::Bool
            }
            (Self::Lower | Self::Upper, [one]) if text(one) => Type::Text,
            (Self::Int, [one]) if number(one) || text(one) => Type::Int,
            (Self::Decimal, [one]) if number(one) || text(one) => Type::Decimal,
            (Self::Text, [one]) if number(one) || text(one) || matches!(one, Type::Bool | Type::Date) => {
                Type::Text
            }
            (Self::Date, [Type::Text]) => Type::Date,
            (Self::Timestamp, [Type::Text]) => Type::Timestamp,
            (Self::Id, [Type::Text]) => Type::Id(Cow::Borrowed("")),
            (Self::Duration, [Type::Text]) | (Self::Hours | Self::Minutes, [Type::Int]) => Type::Duration,
            (Self::Days | Self::Months | Self::Years, [Type::Int]) => Type::Period,
            (Self::Year | Self::Month | Self::Day, [Type::Date]) => Type::Int,
            (Self::Round, [one, Type::Int]) if number(one) => Type::Decimal,
            (Self::Absolute, [one]) if number(one) => (*one).clone(),
            _ => return None,
        })
    }

    /// Computes it; no argument is missing.
    pub(crate) fn apply(self, arguments: &[Datum]) -> Result<Datum, Cause> {
        let days_of = |days: i64| i32::try_from(days).map_err(|_| Cause::Overflow);
        Ok(match (self, arguments) {
            (Self::Size, [Datum::Text(text)]) => length(text.chars().count())?,
            (Self::Size, [Datum::List(parts)]) => length(parts.len())?,
            (Self::Sum, [Datum::List(parts)]) => {
                parts.iter().try_fold(Datum::Int(0), |sum, part| match part {
                    Datum::Null => Err(Cause::Missing),
                    part => add(&sum, part),
                })?
            }
            (Self::Min, [Datum::List(parts)]) => extreme(parts, Ordering::Less)?,
            (Self::Max, [Datum::List(parts)]) => extreme(parts, Ordering::Greater)?,
            (Self::Contains, [Datum::Text(text), Datum::Text(part)]) => Datum::Bool(text.contains(&**part)),
            (Self::StartsWith, [Datum::Text(text), Datum::Text(part)]) => {
                Datum::Bool(text.starts_with(&**part))
            }
            (Self::EndsWith, [Datum::Text(text), Datum::Text(part)]) => Datum::Bool(text.ends_with(&**part)),
            (Self::Lower, [Datum::Text(text)]) => text.to_lowercase().into(),
            (Self::Upper, [Datum::Text(text)]) => text.to_uppercase().into(),
            (Self::Int, [Datum::Int(number)]) => Datum::Int(*number),
            (Self::Int, [Datum::Decimal(number)]) => {
                number.trunc().to_i64().map(Datum::Int).ok_or(Cause::Overflow)?
            }
            (Self::Int, [Datum::Text(text)]) => {
                text.parse().map(Datum::Int).map_err(|_| Cause::Malformed("a whole number"))?
            }
            (Self::Decimal, [Datum::Int(number)]) => Datum::Decimal(Decimal::from(*number)),
            (Self::Decimal, [Datum::Decimal(number)]) => Datum::Decimal(*number),
            (Self::Decimal, [Datum::Text(text)]) => {
                parse_decimal(text).map(Datum::Decimal).map_err(|_| Cause::Malformed("a decimal"))?
            }
            (Self::Text, [value @ (Datum::Bool(_) | Datum::Int(_) | Datum::Decimal(_) | Datum::Date(_))]) => {
                value.to_string().into()
            }
            (Self::Text, [Datum::Text(text)]) => Datum::Text(text.clone()),
            (Self::Date, [Datum::Text(text)]) => {
                date(text).map(Datum::Date).ok_or(Cause::Malformed("a date"))?
            }
            (Self::Timestamp, [Datum::Text(text)]) => DateTime::parse_from_rfc3339(text)
                .map(|at| Datum::Timestamp(at.with_timezone(&Utc)))
                .map_err(|_| Cause::Malformed("an instant"))?,
            (Self::Id, [Datum::Text(text)]) => {
                Uuid::try_parse(text).map(Datum::Id).map_err(|_| Cause::Malformed("an id"))?
            }
            (Self::Duration, [Datum::Text(text)]) => {
                duration(text).map(Datum::Duration).ok_or(Cause::Malformed("a duration"))?
            }
            (Self::Hours, [Datum::Int(number)]) => {
                TimeDelta::try_hours(*number).map(Datum::Duration).ok_or(Cause::Overflow)?
            }
            (Self::Minutes, [Datum::Int(number)]) => {
                TimeDelta::try_minutes(*number).map(Datum::Duration).ok_or(Cause::Overflow)?
            }
            (Self::Days, [Datum::Int(number)]) => Period { months: 0, days: days_of(*number)? }.into(),
            (Self::Months, [Datum::Int(number)]) => Period { months: days_of(*number)?, days: 0 }.into(),
            (Self::Years, [Datum::Int(number)]) => {
                let months = days_of(*number)?.checked_mul(12).ok_or(Cause::Overflow)?;
                Period { months, days: 0 }.into()
            }
            (Self::Year, [Datum::Date(day)]) => day.year().into(),
            (Self::Month, [Datum::Date(day)]) => Datum::Int(day.month().into()),
            (Self::Day, [Datum::Date(day)]) => Datum::Int(day.day().into()),
            (Self::Round, [Datum::Int(number), Datum::Int(_)]) => Datum::Decimal(Decimal::from(*number)),
            (Self::Round, [Datum::Decimal(number), Datum::Int(digits)]) => {
                let digits = u32::try_from(*digits).map_err(|_| Cause::OutOfRange)?;
                Datum::Decimal(Rounding::HalfAwayFromZero.apply(*number, digits))
            }
            (Self::Absolute, [Datum::Int(number)]) => {
                number.checked_abs().map(Datum::Int).ok_or(Cause::Overflow)?
            }
            (Self::Absolute, [Datum::Decimal(number)]) => Datum::Decimal(number.abs()),
            _ => return Err(Cause::WrongKind),
        })
    }
}

fn length(count: usize) -> Result<Datum, Cause> {
    i64::try_from(count).map(Datum::Int).map_err(|_| Cause::Overflow)
}

fn extreme(parts: &[Datum], wanted: Ordering) -> Result<Datum, Cause> {
    let (first, rest) = parts.split_first().ok_or(Cause::Empty)?;
    if parts.contains(&Datum::Null) {
        return Err(Cause::Missing);
    }
    let better = |best: Datum, part: &Datum| match part.order(&best) {
        Some(order) => Ok(if order == wanted { part.clone() } else { best }),
        None => Err(Cause::WrongKind),
    };
    rest.iter().try_fold(first.clone(), better)
}

/// The sum of two numbers.
pub(crate) fn add(one: &Datum, two: &Datum) -> Result<Datum, Cause> {
    match (one, two) {
        (Datum::Int(one), Datum::Int(two)) => one.checked_add(*two).map(Datum::Int),
        _ => number(one)?.checked_add(number(two)?).map(Datum::Decimal),
    }
    .ok_or(Cause::Overflow)
}

/// The number as a decimal.
pub(crate) fn number(value: &Datum) -> Result<Decimal, Cause> {
    match value {
        Datum::Int(number) => Ok(Decimal::from(*number)),
        Datum::Decimal(number) => Ok(*number),
        _ => Err(Cause::WrongKind),
    }
}

/// A day as ISO 8601 writes it, with four digits of a year.
fn date(text: &str) -> Option<NaiveDate> {
    if text.len() == 10 { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

/// Whole numbers with `d`, `h`, `m`, `s` or `ms`, larger ones first or not: `1h30m`. A day is 24 hours.
fn duration(text: &str) -> Option<TimeDelta> {
    let (negative, mut rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut sum = TimeDelta::zero();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: i64 = rest.get(..digits)?.parse().ok()?;
        let tail = rest.get(digits..)?;
        let unit = tail.get(..tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len()))?;
        let part = match unit {
            "d" => TimeDelta::try_days(count),
            "h" => TimeDelta::try_hours(count),
            "m" => TimeDelta::try_minutes(count),
            "s" => TimeDelta::try_seconds(count),
            "ms" => TimeDelta::try_milliseconds(count),
            _ => None,
        }?;
        sum = sum.checked_add(&part)?;
        rest = tail.get(unit.len()..)?;
    }
    Some(if negative { -sum } else { sum })
}
