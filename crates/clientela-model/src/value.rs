//! A value of one column, between a record and whatever stores or shows it.

use crate::error::ValueError;
use crate::identifier::Currency;
use crate::money::Money;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use std::borrow::Cow;
use uuid::Uuid;

/// One value of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not given.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal: rates, percentages, quantities.
    Decimal(Decimal),
    /// An amount with its currency.
    Money(Money),
    /// A day.
    Date(NaiveDate),
    /// A moment, UTC, to the microsecond.
    Instant(DateTime<Utc>),
    /// Text, and the words of closed lists.
    Text(Cow<'static, str>),
    /// A reference to a record, or its own id.
    Id(Uuid),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// Name of the kind of value, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "yes or no",
            Self::Integer(_) => "a whole number",
            Self::Decimal(_) => "a decimal",
            Self::Money(_) => "an amount",
            Self::Date(_) => "a date",
            Self::Instant(_) => "an instant",
            Self::Text(_) => "text",
            Self::Id(_) => "an id",
            Self::Blob(_) => "bytes",
        }
    }

    /// Whether nothing is given.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    fn mismatch(&self, expected: &'static str) -> ValueError {
        ValueError::new("value.type", "value", format!("is {}", self.kind()), expected)
    }

    /// The text inside.
    ///
    /// # Errors
    /// `value.type` when it is not text; the other `into_` functions alike.
    pub fn into_text(self) -> Result<Cow<'static, str>, ValueError> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(other.mismatch("text")),
        }
    }

    /// The id inside.
    ///
    /// # Errors
    /// `value.type` when it is not an id.
    pub fn into_id(self) -> Result<Uuid, ValueError> {
        match self {
            Self::Id(id) => Ok(id),
            other => Err(other.mismatch("an id")),
        }
    }

    /// Writes the value the one way it is written everywhere: exact decimals, ISO dates, amount and currency.
    #[must_use]
    pub fn to_plain_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(yes) => yes.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Money(amount) => amount.to_string(),
            Self::Date(day) => day.format("%Y-%m-%d").to_string(),
            Self::Instant(at) => at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
            Self::Text(text) => text.clone().into_owned(),
            Self::Id(id) => id.hyphenated().to_string(),
            Self::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

/// Takes the values of a row in the order of the declaration.
#[derive(Debug)]
pub struct ValueReader {
    values: std::vec::IntoIter<Value>,
}

impl ValueReader {
    /// A reader over one row.
    #[must_use]
    pub fn new(values: Vec<Value>) -> Self {
        Self { values: values.into_iter() }
    }

    /// The next field, parsed by its own checked door.
    ///
    /// # Errors
    /// What the field's type says, with the column's name put before it.
    pub fn next<F: crate::record::Field>(&mut self, column: &'static str) -> Result<F, ValueError> {
        F::from_value(self.values.next().unwrap_or(Value::Null)).map_err(|error| error.at(column))
    }
}

macro_rules! field {
    ($type:ty, $column:expr, $variant:ident, $expected:literal, $to:expr, $from:expr) => {
        impl crate::record::Field for $type {
            const TYPE: crate::record::ColumnType = $column;
            fn to_value(&self) -> Value {
                let to: fn(&$type) -> Value = $to;
                to(self)
            }
            fn from_value(value: Value) -> Result<Self, ValueError> {
                match value {
                    Value::$variant(inner) => {
                        let from: fn(_) -> Result<$type, ValueError> = $from;
                        from(inner)
                    }
                    other => Err(other.mismatch($expected)),
                }
            }
        }
    };
}

use crate::record::ColumnType;
field!(bool, ColumnType::Bool, Bool, "yes or no", |v| Value::Bool(*v), Ok);
field!(i64, ColumnType::Integer, Integer, "a whole number", |v| Value::Integer(*v), Ok);
field!(i32, ColumnType::Integer, Integer, "a whole number", |v| Value::Integer(i64::from(*v)), narrow);
field!(u32, ColumnType::Integer, Integer, "a whole number", |v| Value::Integer(i64::from(*v)), narrow);
field!(u16, ColumnType::Integer, Integer, "a whole number", |v| Value::Integer(i64::from(*v)), narrow);
field!(Decimal, ColumnType::Decimal, Decimal, "a decimal", |v| Value::Decimal(*v), Ok);
field!(Money, ColumnType::Money, Money, "an amount", |v| Value::Money(*v), Ok);
field!(NaiveDate, ColumnType::Date, Date, "a date", |v| Value::Date(*v), Ok);
field!(DateTime<Utc>, ColumnType::Instant, Instant, "an instant", |v| Value::Instant(*v), Ok);
field!(String, ColumnType::Text, Text, "text", |v| Value::Text(Cow::Owned(v.clone())), |v: Cow<
    'static,
    str,
>| Ok(v.into_owned()));
field!(Vec<u8>, ColumnType::Blob, Blob, "bytes", |v| Value::Blob(v.clone()), Ok);
field!(Currency, ColumnType::Text, Text, "a currency", |v| Value::Text(Cow::Borrowed(v.code())), |v: Cow<
    'static,
    str,
>| {
    Currency::parse(&v)
});

fn narrow<T: TryFrom<i64>>(number: i64) -> Result<T, ValueError> {
    T::try_from(number)
        .map_err(|_| ValueError::new("value.range", "whole number", "is out of range", "a smaller number"))
}
