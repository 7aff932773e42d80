//! `text.format([values])` of CEL's strings library.

use super::time;
use crate::datum::{Datum, double_text, exponent_text};
use crate::evaluate::Cause;
use crate::limits::FORMAT_DIGITS_MAX;
use crate::steps::Steps;
use std::fmt::Write as _;

/// Digits after the point where the pattern does not say how many.
const DIGITS: usize = 6;

/// The text with its clauses replaced by the values, in their order.
pub(super) fn format(pattern: &str, values: &[Datum], steps: &mut Steps) -> Result<Datum, Cause> {
    let mut written = String::new();
    let mut rest = pattern;
    let mut values = values.iter();
    while let Some((plain, clause)) = rest.split_once('%') {
        written.push_str(plain);
        if let Some(after) = clause.strip_prefix('%') {
            written.push('%');
            rest = after;
            continue;
        }
        let (digits, after) = precision(clause)?;
        let mut letters = after.chars();
        let letter = letters.next().ok_or(Cause::Malformed("a pattern for format"))?;
        let value = values.next().ok_or(Cause::OutOfRange)?;
        let start = written.len();
        write_value(&mut written, letter, digits, value, steps)?;
        steps.spend_bytes(written.len().saturating_sub(start))?;
        rest = letters.as_str();
    }
    written.push_str(rest);
    Ok(written.into())
}

/// `.3` at the start of a clause.
fn precision(clause: &str) -> Result<(Option<usize>, &str), Cause> {
    let Some(digits) = clause.strip_prefix('.') else { return Ok((None, clause)) };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (number, rest) = digits.split_at(end);
    let number: usize = number.parse().map_err(|_| Cause::Malformed("a pattern for format"))?;
    if number > FORMAT_DIGITS_MAX {
        return Err(Cause::OutOfRange);
    }
    Ok((Some(number), rest))
}

fn write_value(
    out: &mut String,
    letter: char,
    digits: Option<usize>,
    value: &Datum,
    steps: &mut Steps,
) -> Result<(), Cause> {
    let digits = digits.unwrap_or(DIGITS);
    match letter {
        's' => plain(out, value, steps)?,
        'd' => match value {
            Datum::Int(_) | Datum::Uint(_) | Datum::Decimal(_) => plain(out, value, steps)?,
            Datum::Double(number) if !number.is_finite() => plain(out, value, steps)?,
            other => return Err(unfit(other)),
        },
        'f' => match (value, value.approximate()) {
            (Datum::Decimal(number), _) => {
                let rounded =
                    clientela_model::Rounding::HalfEven.apply(*number, u32::try_from(digits).unwrap_or(0));
                append(out, format_args!("{rounded:.digits$}"));
            }
            (_, Some(number)) if number.is_finite() => append(out, format_args!("{number:.digits$}")),
            (_, Some(number)) => out.push_str(&double_text(number)),
            (other, None) => return Err(unfit(other)),
        },
        'e' => match value.approximate() {
            Some(number) if number.is_finite() => {
                let text = format!("{number:.digits$e}");
                let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                out.push_str(mantissa);
                out.push_str(&exponent_text(exponent));
            }
            Some(number) => out.push_str(&double_text(number)),
            None => return Err(unfit(value)),
        },
        'b' => match value {
            Datum::Bool(yes) => append(out, format_args!("{}", i32::from(*yes))),
            other => append(out, format_args!("{}", signed(other, |number| format!("{number:b}"))?)),
        },
        'o' => append(out, format_args!("{}", signed(value, |number| format!("{number:o}"))?)),
        'x' => hexadecimal(out, value, false, steps)?,
        'X' => hexadecimal(out, value, true, steps)?,
        _ => return Err(Cause::Malformed("a pattern for format")),
    }
    Ok(())
}

/// Writing to a text does not fail.
fn append(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(arguments);
}

fn unfit(value: &Datum) -> Cause {
    if *value == Datum::Null { Cause::Missing } else { Cause::NoOverload }
}

/// A whole number with its sign before its digits.
fn signed(value: &Datum, digits: impl Fn(u64) -> String) -> Result<String, Cause> {
    match value {
        Datum::Int(number) if *number < 0 => Ok(format!("-{}", digits(number.unsigned_abs()))),
        Datum::Int(number) => Ok(digits(number.unsigned_abs())),
        Datum::Uint(number) => Ok(digits(*number)),
        other => Err(unfit(other)),
    }
}

fn hexadecimal(out: &mut String, value: &Datum, upper: bool, steps: &mut Steps) -> Result<(), Cause> {
    let bytes = match value {
        Datum::Text(text) => text.as_bytes(),
        Datum::Bytes(bytes) => bytes,
        number => {
            out.push_str(&signed(number, |n| if upper { format!("{n:X}") } else { format!("{n:x}") })?);
            return Ok(());
        }
    };
    steps.spend_bytes(bytes.len().saturating_mul(2))?;
    for byte in bytes {
        if upper {
            append(out, format_args!("{byte:02X}"));
        } else {
            append(out, format_args!("{byte:02x}"));
        }
    }
    Ok(())
}

/// A value as `%s` writes it.
fn plain(out: &mut String, value: &Datum, steps: &mut Steps) -> Result<(), Cause> {
    steps.spend(1)?;
    match value {
        Datum::Text(text) => {
            steps.spend_bytes(text.len())?;
            out.push_str(text);
        }
        Datum::Bytes(bytes) => {
            steps.spend_bytes(bytes.len())?;
            out.push_str(&String::from_utf8_lossy(bytes));
        }
        Datum::Timestamp(at) => out.push_str(&time::timestamp_text(*at)),
        Datum::Duration(duration) => out.push_str(&time::duration_text(*duration)),
        Datum::List(parts) => {
            out.push('[');
            for (number, part) in parts.iter().enumerate() {
                out.push_str(if number == 0 { "" } else { ", " });
                plain(out, part, steps)?;
            }
            out.push(']');
        }
        Datum::Map(map) => {
            let mut entries = Vec::new();
            for (key, value) in map.entries() {
                let (mut name, mut shown) = (String::new(), String::new());
                plain(&mut name, key, steps)?;
                plain(&mut shown, value, steps)?;
                entries.push((name, shown));
            }
            entries.sort();
            out.push('{');
            for (number, (name, shown)) in entries.iter().enumerate() {
                out.push_str(if number == 0 { "" } else { ", " });
                append(out, format_args!("{name}: {shown}"));
            }
            out.push('}');
        }
        Datum::Record(_) | Datum::Period(_) | Datum::Optional(_) => return Err(Cause::NoOverload),
        other => append(out, format_args!("{other}")),
    }
    Ok(())
}
