//! Values written in a document: literals as they stand, and the inputs of test cases as their type wants them.

use super::bridge::unify;
use super::yaml::{Node, Scalar, Shape, shown};
use crate::datum::{Datum, Row};
use crate::error::Problem;
use crate::nearest::nearest;
use crate::types::{RecordType, Type};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::money::parse_decimal;
use std::sync::Arc;
use uuid::Uuid;

/// A day as ISO 8601 writes it, with four digits of a year.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    if text.len() == 10 { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

/// A value as it is written: quoted is text; unquoted is a number, yes or no, or a day where it looks like one.
pub(super) fn literal(node: &Node) -> Result<(Datum, Type), Problem> {
    match &node.shape {
        Shape::Scalar(scalar) => Ok(plain(scalar)),
        Shape::List(parts) => {
            let mut values = Vec::new();
            let mut ty: Option<Type> = None;
            for part in parts {
                let (value, of) = literal(part)?;
                ty = Some(match ty {
                    None => of,
                    Some(known) => unify(&known, &of).ok_or_else(|| {
                        let message = format!("a list of {known} cannot hold {of}");
                        Problem::new("rule_set.value", part.span, message)
                            .hint("entries of a list are of one type")
                    })?,
                });
                values.push(value);
            }
            let ty = ty.unwrap_or(Type::Null);
            let values = Datum::List(values.into()).fit(&ty.clone().list(), &String::new);
            Ok((values.unwrap_or(Datum::Null), ty.list()))
        }
        Shape::Map(_) => Err(Problem::new("rule_set.value", node.span, "a group of keys is no value")
            .hint("write a single value or a list")),
    }
}

fn plain(scalar: &Scalar) -> (Datum, Type) {
    let text = scalar.text.as_str();
    if scalar.is_null() {
        return (Datum::Null, Type::Null);
    }
    let read = if scalar.is_plain() {
        match text {
            "true" => Some((Datum::Bool(true), Type::Bool)),
            "false" => Some((Datum::Bool(false), Type::Bool)),
            _ => number(text).or_else(|| day(text).map(|day| (Datum::Date(day), Type::Date))),
        }
    } else {
        None
    };
    read.unwrap_or_else(|| (Datum::Text(text.into()), Type::Text))
}

/// A number as it is written: whole, or an exact decimal.
pub(super) fn number(text: &str) -> Option<(Datum, Type)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    text.parse().map(|whole| (Datum::Int(whole), Type::Int)).ok().or_else(|| {
        let point = digits.contains('.') && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        parse_decimal(text).ok().filter(|_| point).map(|number| (Datum::Decimal(number), Type::Decimal))
    })
}

/// A value of the type, as an input of a test case gives it. Lists that are not given are empty; all else is missing.
pub(super) fn typed(node: &Node, ty: &Type) -> Result<Datum, Problem> {
    let wrong = || {
        let message = format!("{} is expected here, not {}", ty, node.kind());
        Problem::new("rule_set.value", node.span, message)
    };
    match (&node.shape, ty.base()) {
        (Shape::Scalar(scalar), _) if scalar.is_null() => Ok(Datum::Null),
        (Shape::Scalar(scalar), base) => single(&scalar.text, base).ok_or_else(|| match base {
            Type::Words(words) => {
                let hint = match nearest(&scalar.text, words.iter().map(AsRef::as_ref)) {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("known are {}", words.join(", ")),
                };
                Problem::new("rule_set.value", node.span, format!("the list has no {}", shown(&scalar.text)))
                    .hint(hint)
            }
            _ => wrong(),
        }),
        (Shape::List(parts), Type::List(element)) => {
            parts.iter().map(|part| typed(part, element)).collect::<Result<Vec<_>, _>>().map(Datum::from)
        }
        (Shape::Map(entries), Type::Record(record)) => record_of(entries, record).map(Datum::from),
        _ => Err(wrong()),
    }
}

fn single(text: &str, ty: &Type) -> Option<Datum> {
    Some(match ty {
        Type::Bool => Datum::Bool(text.parse().ok()?),
        Type::Int => Datum::Int(text.parse().ok()?),
        Type::Decimal => Datum::Decimal(parse_decimal(text).ok()?),
        Type::Text => Datum::Text(text.into()),
        Type::Words(words) if words.iter().any(|word| *word == *text) => Datum::Text(text.into()),
        Type::Date => Datum::Date(day(text)?),
        Type::Timestamp => Datum::Timestamp(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc)),
        Type::Id(_) => Datum::Id(Uuid::try_parse(text).ok()?),
        _ => return None,
    })
}

fn record_of(entries: &[(Scalar, Node)], record: &Arc<RecordType>) -> Result<Row, Problem> {
    let mut row = Row::new(record);
    let mut set = |name: &str, value: Datum, at: crate::syntax::Span| {
        row.set(name, value).map_err(|error| Problem::new("rule_set.value", at, error.to_string()))
    };
    for field in record.fields().iter().filter(|field| matches!(field.ty.base(), Type::List(_))) {
        set(&field.name, Datum::List(Vec::new().into()), crate::syntax::Span::default())?;
    }
    for (key, node) in entries {
        let Some((_, field)) = record.field(&key.text) else {
            let message = format!("{} has no field {}", record.name(), shown(&key.text));
            let problem = Problem::new("rule_set.value", key.span, message);
            let near = nearest(&key.text, record.fields().iter().map(|field| field.name.as_ref()));
            return Err(match near {
                Some(near) => problem.hint(format!("did you mean {near}?")),
                None => problem,
            });
        };
        set(&key.text, typed(node, &field.ty)?, node.span)?;
    }
    Ok(row)
}
