//! Values of the model as values of SQL, and back.
//!
//! | model | cells |
//! | --- | --- |
//! | yes/no | 0 or 1 |
//! | decimal | coefficient, scale |
//! | amount | coefficient, scale, currency |
//! | date | text, ISO 8601 |
//! | instant | microseconds since 1970, UTC |
//! | id | 16 bytes |

use crate::backend::Row;
use crate::error::StoreError;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use clientela_model::identifier::Currency;
use clientela_model::{Column, ColumnType, Entity, Money, Value};
use rust_decimal::Decimal;
use std::borrow::Cow;
use uuid::Uuid;

/// One value on its way to or from the engine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
    /// A day, as ten letters of ISO 8601.
    Day([u8; 10]),
}

/// A cell that owns what it holds: the parameters of a condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Parameter {
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Parameter {
    /// As a cell.
    pub(crate) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Integer(number) => Cell::Integer(*number),
            Self::Text(text) => Cell::Text(text),
            Self::Blob(bytes) => Cell::Blob(bytes),
        }
    }
}

/// An id as a cell.
pub(crate) fn id_cell(id: &Uuid) -> Cell<'_> {
    Cell::Blob(id.as_bytes())
}

/// Appends the cells of a value.
///
/// # Errors
/// `value.type`, `value.too_large`.
pub(crate) fn push<'a>(
    entity: &'static Entity,
    column: &'static Column,
    value: &'a Value,
    cells: &mut Vec<Cell<'a>>,
) -> Result<(), StoreError> {
    let too_large = |problem| StoreError::ValueTooLarge { entity: entity.name, column: column.name, problem };
    match (column.ty, value) {
        (ty, Value::Null) if column.nullable => {
            cells.extend(std::iter::repeat_n(Cell::Null, super::table::suffixes(ty).len()));
        }
        (ColumnType::Bool, Value::Bool(yes)) => cells.push(Cell::Integer(i64::from(*yes))),
        (ColumnType::Integer, Value::Integer(number)) => cells.push(Cell::Integer(*number)),
        (ColumnType::Decimal, Value::Decimal(number)) => {
            let (coefficient, scale) = parts(*number).ok_or_else(|| too_large(DIGITS))?;
            cells.extend([Cell::Integer(coefficient), Cell::Integer(scale)]);
        }
        (ColumnType::Money, Value::Money(amount)) => {
            let (coefficient, scale) = parts(amount.amount()).ok_or_else(|| too_large(DIGITS))?;
            let currency = amount.currency().code();
            cells.extend([Cell::Integer(coefficient), Cell::Integer(scale), Cell::Text(currency)]);
        }
        (ColumnType::Date, Value::Date(day)) => {
            cells.push(Cell::Day(iso_day(*day).ok_or_else(|| too_large("the year is not in 1 to 9999"))?));
        }
        (ColumnType::Instant, Value::Instant(at)) => cells.push(Cell::Integer(at.timestamp_micros())),
        (ColumnType::Text | ColumnType::Words(_), Value::Text(text)) => {
            // Engines end a text at the first NUL, each in other places; none is ever stored.
            if text.as_bytes().contains(&0) {
                return Err(StoreError::Nul { entity: entity.name, column: column.name });
            }
            cells.push(Cell::Text(text));
        }
        (ColumnType::Id(_), Value::Id(id)) => cells.push(id_cell(id)),
        (ColumnType::Blob, Value::Blob(bytes)) => cells.push(Cell::Blob(bytes)),
        (ty, other) => {
            return Err(StoreError::ValueType {
                entity: entity.name,
                column: column.name,
                expected: ty.name(),
                given: other.kind(),
            });
        }
    }
    Ok(())
}

const DIGITS: &str = "it has more than 18 digits";

/// Coefficient and scale; none when the coefficient needs more than 64 bits.
pub(crate) fn parts(number: Decimal) -> Option<(i64, i64)> {
    Some((i64::try_from(number.mantissa()).ok()?, i64::from(number.scale())))
}

/// The number of this coefficient and scale.
pub(crate) fn number(coefficient: i64, scale: i64) -> Result<Decimal, StoreError> {
    u32::try_from(scale)
        .ok()
        .and_then(|scale| Decimal::try_from_i128_with_scale(i128::from(coefficient), scale).ok())
        .ok_or_else(|| StoreError::damaged("a stored decimal has a scale outside 0 to 28"))
}

/// The ten letters of a day; none outside the years 1 to 9999, whose text would not sort.
pub(crate) fn iso_day(day: NaiveDate) -> Option<[u8; 10]> {
    let year = u32::try_from(day.year()).ok().filter(|year| (1..=9999).contains(year))?;
    let (month, of_month) = (day.month(), day.day());
    let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or(0);
    Some([
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(of_month / 10),
        digit(of_month),
    ])
}

/// The day of ten letters.
pub(crate) fn read_day(text: &str) -> Option<NaiveDate> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let number = |range: std::ops::Range<usize>| {
        bytes[range]
            .iter()
            .try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(number(0..4)?).ok()?, number(5..7)?, number(8..10)?)
}

/// The instant of so many microseconds.
pub(crate) fn instant(micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| StoreError::damaged("a stored instant is out of range"))
}

/// The id of sixteen bytes.
pub(crate) fn read_id(bytes: &[u8]) -> Result<Uuid, StoreError> {
    Uuid::from_slice(bytes).map_err(|_| StoreError::damaged("a stored id does not have 16 bytes"))
}

/// The value of a column whose first cell is at `at`.
///
/// # Errors
/// `store.damaged` when the cells are not of the column's type.
pub(crate) fn read(row: &dyn Row, at: usize, column: &Column) -> Result<Value, StoreError> {
    Ok(match (column.ty, row.cell(at)?) {
        (_, Cell::Null) => Value::Null,
        (ColumnType::Bool, Cell::Integer(number)) => Value::Bool(number != 0),
        (ColumnType::Integer, Cell::Integer(number)) => Value::Integer(number),
        (ColumnType::Decimal, Cell::Integer(coefficient)) => {
            Value::Decimal(number(coefficient, row.integer(at + 1)?)?)
        }
        (ColumnType::Money, Cell::Integer(coefficient)) => {
            let amount = number(coefficient, row.integer(at + 1)?)?;
            let currency = Currency::parse(row.text(at + 2)?)
                .map_err(|_| StoreError::damaged("a stored amount has no known currency"))?;
            Value::Money(Money::new(amount, currency))
        }
        (ColumnType::Date, Cell::Text(text)) => {
            Value::Date(read_day(text).ok_or_else(|| StoreError::damaged("a stored date is not a date"))?)
        }
        (ColumnType::Instant, Cell::Integer(micros)) => Value::Instant(instant(micros)?),
        (ColumnType::Words(words), Cell::Text(text)) => {
            // Known words are borrowed from the list: most columns of a large table are such words.
            Value::Text(match words.iter().find(|word| **word == text) {
                Some(word) => Cow::Borrowed(*word),
                None => Cow::Owned(text.to_owned()),
            })
        }
        (ColumnType::Text, Cell::Text(text)) => Value::Text(Cow::Owned(text.to_owned())),
        (ColumnType::Id(_), Cell::Blob(bytes)) => Value::Id(read_id(bytes)?),
        (ColumnType::Blob, Cell::Blob(bytes)) => Value::Blob(bytes.to_vec()),
        _ => return Err(StoreError::damaged(format!("column {} holds another type", column.name))),
    })
}

/// Whether two values are stored the same way: numbers of another scale are not.
pub(crate) fn identical(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Decimal(left), Value::Decimal(right)) => left == right && left.scale() == right.scale(),
        (Value::Money(left), Value::Money(right)) => {
            left == right && left.amount().scale() == right.amount().scale()
        }
        (Value::Instant(left), Value::Instant(right)) => left.timestamp_micros() == right.timestamp_micros(),
        _ => left == right,
    }
}

/// What a column holds in rows older than the column itself; none when nothing can be said.
pub(crate) fn default_value(column: &Column) -> Option<Value> {
    if column.nullable {
        return Some(Value::Null);
    }
    match column.ty {
        ColumnType::Bool => Some(Value::Bool(false)),
        ColumnType::Integer => Some(Value::Integer(0)),
        ColumnType::Decimal => Some(Value::Decimal(Decimal::ZERO)),
        ColumnType::Text => Some(Value::Text(Cow::Borrowed(""))),
        ColumnType::Words(words) => words.first().map(|word| Value::Text(Cow::Borrowed(*word))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_and_read_in_iso() {
        for (year, month, day, text) in
            [(1, 1, 1, "0001-01-01"), (2024, 2, 29, "2024-02-29"), (9999, 12, 31, "9999-12-31")]
        {
            let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            assert_eq!(iso_day(date).unwrap(), text.as_bytes());
            assert_eq!(read_day(text), Some(date));
        }
        for (year, month, day) in [(0, 12, 31), (10_000, 1, 1), (-5, 1, 1)] {
            assert_eq!(iso_day(NaiveDate::from_ymd_opt(year, month, day).unwrap()), None);
        }
        for text in ["", "2024-02-30", "2024/02/28", "2024-2-280", "+024-02-28", "２024-02-2"] {
            assert_eq!(read_day(text), None, "{text}");
        }
    }

    #[test]
    fn another_scale_is_another_way_of_writing() {
        let (short, long) = (Decimal::new(5, 1), Decimal::new(50, 2));
        assert_eq!(short, long);
        assert!(!identical(&Value::Decimal(short), &Value::Decimal(long)));
        assert!(identical(&Value::Decimal(long), &Value::Decimal(long)));
    }
}
