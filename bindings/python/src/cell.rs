//! One cell of a table as a plain value: for rows in Python, CSV and the views of notebooks.

use crate::error::BindingError;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// A value read from an Arrow array, borrowed from it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Decimal { digits: i128, scale: i8 },
    Date(NaiveDate),
    Instant(DateTime<Utc>),
    Local(NaiveDateTime),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl Cell<'_> {
    /// The value as text, the one way it is written everywhere; nothing for a missing one.
    pub(crate) fn to_text(&self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(yes) => yes.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Decimal { digits, scale } => decimal_text(*digits, *scale),
            Self::Date(day) => day.format("%Y-%m-%d").to_string(),
            Self::Instant(at) => at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
            Self::Local(at) => at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
            Self::Text(text) => (*text).to_owned(),
            Self::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

/// An exact decimal written with all its decimals: 1250 with scale 2 is 12.50.
pub(crate) fn decimal_text(digits: i128, scale: i8) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let plain = digits.unsigned_abs().to_string();
    match usize::try_from(scale) {
        Ok(0) => format!("{sign}{plain}"),
        Ok(places) => {
            let padded = format!("{plain:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at(padded.len() - places);
            format!("{sign}{whole}.{fraction}")
        }
        Err(_) => format!("{sign}{plain}{}", "0".repeat(usize::from(scale.unsigned_abs()))),
    }
}

/// The value of one row of an array; `name` is the column's, for the error.
///
/// # Errors
/// [`BindingError::ColumnType`] for lists, structs and other types that have no plain value.
pub(crate) fn cell<'a>(array: &'a dyn Array, row: usize, name: &str) -> Result<Cell<'a>, BindingError> {
    if array.is_null(row) {
        return Ok(Cell::Null);
    }
    let unsupported =
        || BindingError::ColumnType { field: name.to_owned(), ty: array.data_type().to_string() };
    Ok(match array.data_type() {
        DataType::Null => Cell::Null,
        DataType::Boolean => Cell::Bool(array.as_boolean().value(row)),
        DataType::Int8 => Cell::Integer(whole::<Int8Type>(array, row)),
        DataType::Int16 => Cell::Integer(whole::<Int16Type>(array, row)),
        DataType::Int32 => Cell::Integer(whole::<Int32Type>(array, row)),
        DataType::Int64 => Cell::Integer(whole::<Int64Type>(array, row)),
        DataType::UInt8 => Cell::Integer(whole::<UInt8Type>(array, row)),
        DataType::UInt16 => Cell::Integer(whole::<UInt16Type>(array, row)),
        DataType::UInt32 => Cell::Integer(whole::<UInt32Type>(array, row)),
        DataType::UInt64 => Cell::Integer(whole::<UInt64Type>(array, row)),
        DataType::Float32 => Cell::Float(f64::from(array.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => Cell::Float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            Cell::Decimal { digits: array.as_primitive::<Decimal128Type>().value(row), scale: *scale }
        }
        DataType::Date32 => {
            array.as_primitive::<Date32Type>().value_as_date(row).map(Cell::Date).ok_or_else(unsupported)?
        }
        DataType::Timestamp(unit, zone) => {
            let at = micros(array, row, *unit)
                .and_then(DateTime::from_timestamp_micros)
                .ok_or_else(unsupported)?;
            if zone.is_some() { Cell::Instant(at) } else { Cell::Local(at.naive_utc()) }
        }
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Cell::Text(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Cell::Text(array.as_string_view().value(row)),
        DataType::Binary => Cell::Bytes(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Cell::Bytes(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => Cell::Bytes(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => Cell::Bytes(array.as_fixed_size_binary().value(row)),
        DataType::Dictionary(key, _) => match **key {
            DataType::Int8 => word::<Int8Type>(array, row, name)?,
            DataType::Int16 => word::<Int16Type>(array, row, name)?,
            DataType::Int32 => word::<Int32Type>(array, row, name)?,
            DataType::Int64 => word::<Int64Type>(array, row, name)?,
            DataType::UInt8 => word::<UInt8Type>(array, row, name)?,
            DataType::UInt16 => word::<UInt16Type>(array, row, name)?,
            DataType::UInt32 => word::<UInt32Type>(array, row, name)?,
            _ => return Err(unsupported()),
        },
        _ => return Err(unsupported()),
    })
}

fn whole<T: ArrowPrimitiveType<Native: Into<i128>>>(array: &dyn Array, row: usize) -> i128 {
    array.as_primitive::<T>().value(row).into()
}

fn word<'a, T: ArrowDictionaryKeyType>(
    array: &'a dyn Array,
    row: usize,
    name: &str,
) -> Result<Cell<'a>, BindingError> {
    let dictionary = array.as_dictionary::<T>();
    match dictionary.key(row) {
        Some(key) => cell(dictionary.values(), key, name),
        None => Ok(Cell::Null),
    }
}

/// Microseconds since 1970; nothing when the moment lies between two of them.
fn micros(array: &dyn Array, row: usize, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row).checked_mul(1_000_000),
        TimeUnit::Millisecond => {
            array.as_primitive::<TimestampMillisecondType>().value(row).checked_mul(1_000)
        }
        TimeUnit::Microsecond => Some(array.as_primitive::<TimestampMicrosecondType>().value(row)),
        TimeUnit::Nanosecond => {
            let nanos = array.as_primitive::<TimestampNanosecondType>().value(row);
            (nanos % 1_000 == 0).then_some(nanos / 1_000)
        }
    }
}
