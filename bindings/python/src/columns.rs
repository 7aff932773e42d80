//! Columns of plain Python values as Arrow: the way in for whoever has no data frame library.

use crate::error::BindingError;
use crate::python::{decimal_type, exact_decimal, instant, money_type, uuid_type};
use arrow_array::builder::{
    BinaryViewBuilder, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringDictionaryBuilder,
    StringViewBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Decimal128Array, NullArray, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};
use chrono::NaiveDate;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDate, PyDateTime, PyFloat, PyInt, PyString};
use std::collections::HashMap;
use std::sync::Arc;

/// Digits of a decimal column.
const PRECISION: u8 = 38;

/// What all values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Bool,
    Integer,
    Float,
    Decimal,
    Money,
    Date,
    Instant,
    Text,
    Bytes,
}

impl Kind {
    fn of(value: &Bound<'_, PyAny>, column: &str) -> PyResult<Self> {
        let py = value.py();
        Ok(if value.is_none() {
            Self::Nothing
        } else if value.is_instance_of::<PyBool>() {
            Self::Bool
        } else if value.is_instance_of::<PyInt>() {
            Self::Integer
        } else if value.is_instance_of::<PyFloat>() {
            Self::Float
        } else if value.is_instance_of::<PyString>() || value.is_instance(uuid_type(py)?)? {
            Self::Text
        } else if value.is_instance(decimal_type(py)?)? {
            Self::Decimal
        } else if value.is_instance(money_type(py)?)? {
            Self::Money
        } else if value.is_instance_of::<PyDateTime>() {
            Self::Instant
        } else if value.is_instance_of::<PyDate>() {
            Self::Date
        } else if value.is_instance_of::<PyBytes>() {
            Self::Bytes
        } else {
            let expected =
                "bool, int, float, Decimal, Money, date, datetime with zone, UUID, str, bytes or None";
            return Err(
                BindingError::wrong_type(&format!("a value of column {column}"), value, expected).into()
            );
        })
    }

    /// The kind that holds both without a loss; an exact decimal never meets a float.
    fn with(self, other: Self) -> Option<Self> {
        Some(match (self, other) {
            (left, right) if left == right => left,
            (Self::Nothing, known) | (known, Self::Nothing) => known,
            (Self::Integer, Self::Float) | (Self::Float, Self::Integer) => Self::Float,
            (Self::Integer, Self::Decimal) | (Self::Decimal, Self::Integer) => Self::Decimal,
            _ => return None,
        })
    }
}

/// A table of named columns of one length.
///
/// # Errors
/// `table.length`, `argument.type`, `argument.naive_datetime`, `argument.range`, each with the column.
pub(crate) fn batch_of(
    columns: Vec<(String, Vec<Bound<'_, PyAny>>)>,
) -> PyResult<(SchemaRef, Vec<RecordBatch>)> {
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (name, values) in columns {
        if values.len() != rows {
            return Err(BindingError::Length { field: name }.into());
        }
        let (field, array, currencies) = column_of(&name, plain(values)?)?;
        fields.push(field);
        arrays.push(array);
        if let Some(currencies) = currencies {
            fields.push(Field::new(format!("{name}_currency"), currencies.data_type().clone(), true));
            arrays.push(currencies);
        }
    }
    let schema = Arc::new(Schema::new(fields));
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)
        .map_err(|error| BindingError::Stream { problem: error.to_string() })?;
    Ok((schema, vec![batch]))
}

/// Scalars of numpy as those of Python, missing ones of pandas as `None`.
fn plain(values: Vec<Bound<'_, PyAny>>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    let of_numpy = |value: &Bound<'_, PyAny>| -> PyResult<bool> {
        let module = value.get_type().module()?;
        Ok(module.to_str().is_ok_and(|name| name == "numpy" || name.starts_with("pandas.")))
    };
    values
        .into_iter()
        .map(|value| {
            if value.is_instance_of::<PyString>() || value.is_none() || !of_numpy(&value)? {
                return Ok(value);
            }
            let none = || value.py().None().into_bound(value.py());
            match value.get_type().name()?.to_str()? {
                "NAType" | "NaTType" => Ok(none()),
                "Timestamp" => value.call_method0("to_pydatetime"),
                _ => value.call_method0("item"),
            }
        })
        .collect()
}

type Column = (Field, ArrayRef, Option<ArrayRef>);

fn column_of(name: &str, values: Vec<Bound<'_, PyAny>>) -> PyResult<Column> {
    let mut kind = Kind::Nothing;
    for value in &values {
        let of_value = Kind::of(value, name)?;
        kind = kind.with(of_value).ok_or_else(|| {
            BindingError::wrong_type(
                &format!("a value of column {name}"),
                value,
                "the type of the values before it",
            )
        })?;
    }
    let mut currencies = None;
    let mut metadata = HashMap::new();
    let field_name = format!("a value of column {name}");
    let given = |value: &&Bound<'_, PyAny>| !value.is_none();
    let array: ArrayRef = match kind {
        Kind::Nothing => Arc::new(NullArray::new(values.len())),
        Kind::Bool => {
            let mut builder = BooleanBuilder::new();
            for value in &values {
                builder.append_option(Some(value).filter(given).map(|value| value.extract()).transpose()?);
            }
            Arc::new(builder.finish())
        }
        Kind::Integer => {
            let mut builder = Int64Builder::new();
            for value in &values {
                let number = Some(value).filter(given).map(|value| value.extract::<i64>()).transpose();
                builder.append_option(number.map_err(|_| BindingError::Range {
                    field: field_name.clone(),
                    problem: "is larger than 64 bits",
                    expected: "a whole number of 64 bits",
                })?);
            }
            Arc::new(builder.finish())
        }
        Kind::Float => {
            let mut builder = Float64Builder::new();
            for value in &values {
                builder.append_option(Some(value).filter(given).map(|value| value.extract()).transpose()?);
            }
            Arc::new(builder.finish())
        }
        Kind::Decimal => decimals(&field_name, values.iter().cloned())?,
        Kind::Money => {
            let amounts = values
                .iter()
                .map(|value| if value.is_none() { Ok(value.clone()) } else { value.getattr("amount") });
            let amounts = amounts.collect::<PyResult<Vec<_>>>()?;
            let codes = values.iter().map(|value| {
                Some(value)
                    .filter(given)
                    .map(|value| value.getattr("currency")?.extract::<String>())
                    .transpose()
            });
            let codes = codes.collect::<PyResult<Vec<_>>>()?;
            let mut known = codes.iter().flatten();
            match known.next() {
                Some(first) if known.all(|code| code == first) => {
                    metadata.insert("clientela.currency".to_owned(), first.clone());
                }
                _ => {
                    let mut builder = StringDictionaryBuilder::<Int32Type>::new();
                    codes.iter().for_each(|code| builder.append_option(code.as_deref()));
                    currencies = Some(Arc::new(builder.finish()) as ArrayRef);
                }
            }
            metadata.insert("clientela.type".to_owned(), "amount".to_owned());
            decimals(&field_name, amounts.into_iter())?
        }
        Kind::Date => {
            let mut builder = Date32Builder::new();
            for value in &values {
                let day: Option<NaiveDate> =
                    Some(value).filter(given).map(|value| value.extract()).transpose()?;
                builder.append_option(day.and_then(|day| {
                    i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).ok()
                }));
            }
            Arc::new(builder.finish())
        }
        Kind::Instant => {
            let mut builder = TimestampMicrosecondBuilder::new();
            for value in &values {
                builder.append_option(instant(value, &field_name)?.map(|at| at.timestamp_micros()));
            }
            Arc::new(builder.finish().with_timezone("UTC"))
        }
        Kind::Text => {
            let mut builder = StringViewBuilder::new();
            for value in &values {
                builder.append_option(
                    Some(value)
                        .filter(given)
                        .map(|value| value.str())
                        .transpose()?
                        .map(|text| text.to_string()),
                );
            }
            Arc::new(builder.finish())
        }
        Kind::Bytes => {
            let mut builder = BinaryViewBuilder::new();
            for value in &values {
                builder.append_option(
                    Some(value).filter(given).map(|value| value.extract::<Vec<u8>>()).transpose()?,
                );
            }
            Arc::new(builder.finish())
        }
    };
    let field = Field::new(name, array.data_type().clone(), true).with_metadata(metadata);
    Ok((field, array, currencies))
}

/// Decimals of one column, all with the decimals of the longest.
fn decimals<'py>(field: &str, values: impl Iterator<Item = Bound<'py, PyAny>>) -> PyResult<ArrayRef> {
    let range = || BindingError::Range {
        field: field.to_owned(),
        problem: "has too many digits",
        expected: "at most 38 digits in one column",
    };
    let mut numbers: Vec<Option<(i128, u32)>> = Vec::new();
    for value in values {
        if value.is_none() {
            numbers.push(None);
            continue;
        }
        let text = if value.is_instance_of::<PyInt>() {
            value.str()?.to_string()
        } else {
            exact_decimal(&value, field)?
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{whole}{fraction}").parse().map_err(|_| range())?;
        numbers.push(Some((digits, u32::try_from(fraction.len()).map_err(|_| range())?)));
    }
    let scale = numbers.iter().flatten().map(|(_, scale)| *scale).max().unwrap_or(0);
    let scaled = numbers.into_iter().map(|number| {
        number
            .map(|(digits, own)| {
                10_i128
                    .checked_pow(scale - own)
                    .and_then(|factor| digits.checked_mul(factor))
                    .ok_or_else(range)
            })
            .transpose()
    });
    let scaled: Vec<Option<i128>> = scaled.collect::<Result<_, _>>()?;
    let scale = i8::try_from(scale).map_err(|_| range())?;
    let array =
        Decimal128Array::from(scaled).with_precision_and_scale(PRECISION, scale).map_err(|_| range())?;
    array.validate_decimal_precision(PRECISION).map_err(|_| range())?;
    Ok(Arc::new(array))
}
