//! What is done with text: the standard functions and CEL's strings library. Places are counted in characters.

use super::{Function, format};
use crate::datum::Datum;
use crate::evaluate::Cause;
use crate::limits::PATTERN_BYTES_MAX;
use crate::steps::Steps;
use std::sync::Arc;

/// What compiling a pattern costs that is not written in the rule, in steps.
const PATTERN_STEPS: usize = 50_000;

pub(super) fn apply(function: Function, arguments: &[Datum], steps: &mut Steps) -> Result<Datum, Cause> {
    match (function, arguments) {
        (Function::Format, [Datum::Text(pattern), Datum::List(values)]) => {
            format::format(pattern, values, steps)
        }
        (Function::Join, [Datum::List(parts)]) => join(parts, "", steps),
        (Function::Join, [Datum::List(parts), Datum::Text(separator)]) => join(parts, separator, steps),
        (_, [Datum::Text(text)]) => of_text(function, text),
        (_, [Datum::Text(text), Datum::Text(other)]) => of_two(function, text, other, steps),
        (Function::CharAt, [Datum::Text(text), Datum::Int(at)]) => char_at(text, *at),
        (Function::Substring, [Datum::Text(text), Datum::Int(from)]) => Ok(part(text, *from, None)?.into()),
        (Function::Substring, [Datum::Text(text), Datum::Int(from), Datum::Int(to)]) => {
            Ok(part(text, *from, Some(*to))?.into())
        }
        (Function::IndexOf, [Datum::Text(text), Datum::Text(wanted), Datum::Int(from)]) => {
            let start = byte_of(text, *from)?;
            let rest = text.get(start..).unwrap_or_default();
            character(text, rest.find(&**wanted).map(|at| start + at))
        }
        (Function::LastIndexOf, [Datum::Text(text), Datum::Text(wanted), Datum::Int(from)]) => {
            let end = byte_of(text, *from)?.saturating_add(wanted.len()).min(text.len());
            let head = text.get(..text.floor_char_boundary(end)).unwrap_or_default();
            character(text, head.rfind(&**wanted))
        }
        (Function::Replace, [Datum::Text(text), Datum::Text(old), Datum::Text(new)]) => {
            replace(text, old, new, usize::MAX, steps)
        }
        (Function::Replace, [Datum::Text(text), Datum::Text(old), Datum::Text(new), Datum::Int(most)]) => {
            replace(text, old, new, usize::try_from(*most).unwrap_or(usize::MAX), steps)
        }
        (Function::Split, [Datum::Text(text), Datum::Text(separator), Datum::Int(most)]) => {
            split(text, separator, usize::try_from(*most).unwrap_or(usize::MAX), steps)
        }
        _ => Err(Cause::NoOverload),
    }
}

fn of_text(function: Function, text: &str) -> Result<Datum, Cause> {
    Ok(match function {
        Function::Lower => text.to_lowercase().into(),
        Function::Upper => text.to_uppercase().into(),
        Function::LowerAscii => text.to_ascii_lowercase().into(),
        Function::UpperAscii => text.to_ascii_uppercase().into(),
        Function::Trim => text.trim().into(),
        Function::Reverse => text.chars().rev().collect::<String>().into(),
        Function::Quote => quote(text).into(),
        _ => return Err(Cause::NoOverload),
    })
}

fn of_two(function: Function, text: &str, other: &str, steps: &mut Steps) -> Result<Datum, Cause> {
    Ok(match function {
        Function::Contains => Datum::Bool(text.contains(other)),
        Function::StartsWith => Datum::Bool(text.starts_with(other)),
        Function::EndsWith => Datum::Bool(text.ends_with(other)),
        Function::IndexOf => character(text, text.find(other))?,
        Function::LastIndexOf => character(text, text.rfind(other))?,
        Function::Split => split(text, other, usize::MAX, steps)?,
        Function::Matches => {
            steps.spend(PATTERN_STEPS + text.len())?;
            let pattern = regex::RegexBuilder::new(other).size_limit(PATTERN_BYTES_MAX).build();
            Datum::Bool(pattern.map_err(|_| Cause::Malformed("a pattern"))?.is_match(text))
        }
        _ => return Err(Cause::NoOverload),
    })
}

/// The byte at which a character starts; the end of the text is a place too.
fn byte_of(text: &str, at: i64) -> Result<usize, Cause> {
    let at = usize::try_from(at).map_err(|_| Cause::OutOfRange)?;
    let mut starts = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
    starts.nth(at).ok_or(Cause::OutOfRange)
}

/// The number of the character at a byte, or -1.
fn character(text: &str, byte: Option<usize>) -> Result<Datum, Cause> {
    match byte {
        None => Ok(Datum::Int(-1)),
        Some(byte) => super::length(text.get(..byte).unwrap_or_default().chars().count()),
    }
}

fn char_at(text: &str, at: i64) -> Result<Datum, Cause> {
    let start = byte_of(text, at)?;
    let letter = text.get(start..).unwrap_or_default().chars().next();
    Ok(letter.map(String::from).unwrap_or_default().into())
}

fn part(text: &str, from: i64, to: Option<i64>) -> Result<&str, Cause> {
    let start = byte_of(text, from)?;
    let end = to.map_or(Ok(text.len()), |to| byte_of(text, to))?;
    text.get(start..end).ok_or(Cause::OutOfRange)
}

fn replace(text: &str, old: &str, new: &str, most: usize, steps: &mut Steps) -> Result<Datum, Cause> {
    let places = if old.is_empty() { text.chars().count() + 1 } else { text.matches(old).count() };
    let growth = places.min(most).saturating_mul(new.len());
    steps.spend_bytes(text.len().saturating_add(growth))?;
    Ok(text.replacen(old, new, most).into())
}

fn split(text: &str, separator: &str, most: usize, steps: &mut Steps) -> Result<Datum, Cause> {
    let whole = |part: &str| Datum::from(part);
    let parts: Vec<Datum> = match most {
        0 => Vec::new(),
        _ if separator.is_empty() => {
            steps.spend(text.len())?;
            letters(text, most).into_iter().map(whole).collect()
        }
        most => {
            steps.spend(text.matches(separator).count())?;
            text.splitn(most, separator).map(whole).collect()
        }
    };
    Ok(parts.into())
}

/// The characters of a text; the last of `most` parts is all that is left.
fn letters(text: &str, most: usize) -> Vec<&str> {
    let mut rest = text;
    let mut parts = Vec::new();
    while let Some(letter) = rest.chars().next() {
        let end = if parts.len() + 1 >= most { rest.len() } else { letter.len_utf8() };
        let (head, tail) = rest.split_at(end);
        parts.push(head);
        rest = tail;
    }
    parts
}

fn join(parts: &Arc<[Datum]>, separator: &str, steps: &mut Steps) -> Result<Datum, Cause> {
    let mut joined = String::new();
    for (number, part) in parts.iter().enumerate() {
        let text = match part {
            Datum::Text(text) => text,
            Datum::Null => return Err(Cause::Missing),
            _ => return Err(Cause::NoOverload),
        };
        steps.spend(1)?;
        steps.spend_bytes(text.len() + separator.len())?;
        if number > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text);
    }
    Ok(joined.into())
}

/// The text as a literal of CEL.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
