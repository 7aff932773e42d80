//! Instants, durations, dates and periods.

use super::Function;
use crate::datum::{Datum, Period};
use crate::evaluate::Cause;
use crate::zone::Zone;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta, Timelike, Utc};

/// The first and last second of an instant: the years 1 to 9999 (CEL specification, section "Timestamps").
const SECONDS_MIN: i64 = -62_135_596_800;
const SECONDS_MAX: i64 = 253_402_300_799;

pub(super) fn apply(function: Function, arguments: &[Datum]) -> Result<Datum, Cause> {
    let count = |number: i64| i32::try_from(number).map_err(|_| Cause::Overflow);
    match (function, arguments) {
        (Function::Hours, [Datum::Int(number)]) => {
            TimeDelta::try_hours(*number).and_then(in_range).ok_or(Cause::Overflow)
        }
        (Function::Minutes, [Datum::Int(number)]) => {
            TimeDelta::try_minutes(*number).and_then(in_range).ok_or(Cause::Overflow)
        }
        (Function::Days, [Datum::Int(number)]) => Ok(Period { months: 0, days: count(*number)? }.into()),
        (Function::Months, [Datum::Int(number)]) => Ok(Period { months: count(*number)?, days: 0 }.into()),
        (Function::Years, [Datum::Int(number)]) => {
            let months = count(*number)?.checked_mul(12).ok_or(Cause::Overflow)?;
            Ok(Period { months, days: 0 }.into())
        }
        (Function::Year, [Datum::Date(day)]) => Ok(day.year().into()),
        (Function::Month, [Datum::Date(day)]) => Ok(Datum::Int(day.month().into())),
        (Function::Day, [Datum::Date(day)]) => Ok(Datum::Int(day.day().into())),
        (_, [Datum::Timestamp(at)]) => of_instant(function, &at.fixed_offset()),
        (_, [Datum::Timestamp(at), Datum::Text(zone)]) => {
            let offset = offset(zone, *at).ok_or(Cause::Malformed("a time zone"))?;
            of_instant(function, &at.with_timezone(&offset))
        }
        (_, [Datum::Duration(duration)]) => of_duration(function, *duration),
        _ => Err(Cause::NoOverload),
    }
}

fn of_instant(function: Function, at: &DateTime<FixedOffset>) -> Result<Datum, Cause> {
    let number = match function {
        Function::GetFullYear => return Ok(at.year().into()),
        Function::GetMonth => at.month0(),
        Function::GetDate => at.day(),
        Function::GetDayOfMonth => at.day0(),
        Function::GetDayOfWeek => at.weekday().num_days_from_sunday(),
        Function::GetDayOfYear => at.ordinal0(),
        Function::GetHours => at.hour(),
        Function::GetMinutes => at.minute(),
        Function::GetSeconds => at.second(),
        Function::GetMilliseconds => at.timestamp_subsec_millis(),
        _ => return Err(Cause::NoOverload),
    };
    Ok(Datum::Int(number.into()))
}

/// The whole of a duration in a unit; its milliseconds are those after the full second.
fn of_duration(function: Function, duration: TimeDelta) -> Result<Datum, Cause> {
    Ok(Datum::Int(match function {
        Function::GetHours => duration.num_hours(),
        Function::GetMinutes => duration.num_minutes(),
        Function::GetSeconds => duration.num_seconds(),
        Function::GetMilliseconds => i64::from(duration.subsec_nanos() / 1_000_000),
        _ => return Err(Cause::NoOverload),
    }))
}

/// The offset of a zone from UTC at an instant.
fn offset(zone: &str, at: DateTime<Utc>) -> Option<FixedOffset> {
    Zone::new(zone)?.offset(at.timestamp())
}

/// The day of an instant in a time zone.
pub(super) fn day_in(at: DateTime<Utc>, zone: &str) -> Result<Datum, Cause> {
    let offset = offset(zone, at).ok_or(Cause::Malformed("a time zone"))?;
    Ok(Datum::Date(at.with_timezone(&offset).date_naive()))
}

/// The first instant of a day, in UTC.
pub(super) fn start_of(day: NaiveDate) -> Option<Datum> {
    day.and_hms_opt(0, 0, 0).and_then(|start| instant(start.and_utc()))
}

/// The instant, if CEL has it.
pub(crate) fn instant(at: DateTime<Utc>) -> Option<Datum> {
    (SECONDS_MIN..=SECONDS_MAX).contains(&at.timestamp()).then_some(Datum::Timestamp(at))
}

/// The duration, if CEL has it: what nanoseconds in 64 bits can hold, some 292 years.
pub(crate) fn in_range(duration: TimeDelta) -> Option<Datum> {
    duration.num_nanoseconds().map(|_| Datum::Duration(duration))
}

pub(super) fn from_seconds(seconds: i64) -> Option<Datum> {
    DateTime::from_timestamp(seconds, 0).and_then(instant)
}

/// RFC 3339.
pub(super) fn timestamp(text: &str) -> Option<Datum> {
    DateTime::parse_from_rfc3339(text).ok().and_then(|at| instant(at.with_timezone(&Utc)))
}

pub(super) fn timestamp_text(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string()
}

/// A day as ISO 8601 writes it, with four digits of a year.
pub(super) fn date(text: &str) -> Option<Datum> {
    let day = if text.len() == 10 { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None };
    day.map(Datum::Date)
}

/// Numbers with `h`, `m`, `s`, `ms`, `us` or `ns`: `1h30m`, `-1.5h`. A day is no unit: days have 23 to 25 hours.
pub(super) fn duration(text: &str) -> Option<Datum> {
    let (negative, mut rest) =
        text.strip_prefix('-').map_or((false, text.trim_start_matches('+')), |rest| (true, rest));
    if rest == "0" {
        return in_range(TimeDelta::zero());
    }
    if rest.is_empty() {
        return None;
    }
    let mut sum = 0_i128;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(number);
        let unit = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        sum = sum.checked_add(nanoseconds(number, unit)?)?;
        rest = tail;
    }
    let sum = i64::try_from(if negative { -sum } else { sum }).ok()?;
    Some(Datum::Duration(TimeDelta::nanoseconds(sum)))
}

fn nanoseconds(number: &str, unit: &str) -> Option<i128> {
    let unit: i128 = match unit {
        "h" => 3_600_000_000_000,
        "m" => 60_000_000_000,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" | "µs" | "μs" => 1_000,
        "ns" => 1,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Digits beyond the fifteenth are less than a nanosecond of any unit.
    let fraction = fraction.get(..fraction.len().min(15))?;
    let part: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    whole.checked_mul(unit)?.checked_add(part.checked_mul(unit)?.checked_div(scale)?)
}

/// Seconds, with as many digits as are needed: `6347s`, `1.5s`.
pub(super) fn duration_text(duration: TimeDelta) -> String {
    let (seconds, nanoseconds) = (duration.num_seconds(), duration.subsec_nanos());
    let sign = if seconds < 0 || nanoseconds < 0 { "-" } else { "" };
    let fraction = match nanoseconds.unsigned_abs() {
        0 => String::new(),
        fraction => format!(".{fraction:09}").trim_end_matches('0').to_owned(),
    };
    format!("{sign}{}{fraction}s", seconds.unsigned_abs())
}
