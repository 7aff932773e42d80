//! The values a rule computes with.

use crate::error::FactError;
use crate::types::Type;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clientela_model::Value;
use rust_decimal::Decimal;
use std::sync::Arc;
use uuid::Uuid;

mod compare;
mod display;
mod map;
mod period;
mod row;

pub(crate) use display::{double_text, exponent_text};
pub(crate) use map::KeyFault;
pub use map::Map;
pub use period::Period;
pub use row::Row;

/// One value. Copying it is cheap: text, lists, maps and records are shared.
///
/// `==` between data is equality of the same kind of value; a rule's `==` also finds `1` and `1.0` equal.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Datum {
    /// Not given.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number that is never negative.
    Uint(u64),
    /// A binary floating-point number.
    Double(f64),
    /// Text, and the words of closed lists.
    Text(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A moment.
    Timestamp(DateTime<Utc>),
    /// Seconds.
    Duration(TimeDelta),
    /// Several values.
    List(Arc<[Datum]>),
    /// Values by keys.
    Map(Arc<Map>),
    /// A type, by the name CEL knows it by.
    Type(Arc<str>),
    /// A value or none, as CEL's optional library has it.
    Optional(Option<Arc<Datum>>),
    /// An exact decimal.
    Decimal(Decimal),
    /// A day.
    Date(NaiveDate),
    /// Years, months and days.
    Period(Period),
    /// The id of a record.
    Id(Uuid),
    /// A record.
    Record(Arc<Row>),
}

impl Datum {
    /// The value of a column.
    #[must_use]
    pub fn from_value(value: Value) -> Self {
        match value {
            Value::Bool(yes) => Self::Bool(yes),
            Value::Integer(number) => Self::Int(number),
            Value::Decimal(number) => Self::Decimal(number),
            Value::Money(amount) => amount.into(),
            Value::Date(day) => Self::Date(day),
            Value::Instant(at) => Self::Timestamp(at),
            Value::Text(text) => Self::Text(text.as_ref().into()),
            Value::Id(id) => Self::Id(id),
            Value::Null | Value::Blob(_) => Self::Null,
        }
    }

    /// A list of records.
    #[must_use]
    pub fn rows(rows: impl IntoIterator<Item = Row>) -> Self {
        Self::List(rows.into_iter().map(Self::from).collect())
    }

    /// Name of the kind of value, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "yes or no",
            Self::Int(_) => "a whole number",
            Self::Uint(_) => "an unsigned whole number",
            Self::Double(_) => "a double",
            Self::Decimal(_) => "a decimal",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Date(_) => "a date",
            Self::Timestamp(_) => "an instant",
            Self::Period(_) => "a period",
            Self::Duration(_) => "a duration",
            Self::Id(_) => "an id",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Type(_) => "a type",
            Self::Optional(_) => "an optional",
            Self::Record(_) => "a record",
        }
    }

    /// What `type(x)` gives.
    pub(crate) fn type_name(&self) -> &str {
        match self {
            Self::Null => Type::Null.name(),
            Self::Bool(_) => Type::Bool.name(),
            Self::Int(_) => Type::Int.name(),
            Self::Uint(_) => Type::Uint.name(),
            Self::Double(_) => Type::Double.name(),
            Self::Decimal(_) => Type::Decimal.name(),
            Self::Text(_) => Type::Text.name(),
            Self::Bytes(_) => Type::Bytes.name(),
            Self::Date(_) => Type::Date.name(),
            Self::Timestamp(_) => Type::Timestamp.name(),
            Self::Period(_) => Type::Period.name(),
            Self::Duration(_) => Type::Duration.name(),
            Self::Id(_) => "id",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Type(_) => "type",
            Self::Optional(_) => "optional_type",
            Self::Record(row) => row.ty().name(),
        }
    }

    /// The value as one of the type: whole numbers become decimals where decimals are wanted.
    pub(crate) fn fit(self, ty: &Type, name: &dyn Fn() -> String) -> Result<Self, FactError> {
        let fits = match (&self, ty.base()) {
            (Self::Int(number), Type::Decimal) => return Ok(Self::Decimal(Decimal::from(*number))),
            (Self::Text(text), Type::Words(words)) if !words.iter().any(|word| *word == **text) => {
                return Err(FactError::Word { name: name(), expected: words.join(", ") });
            }
            (Self::List(parts), Type::List(element)) => {
                return parts
                    .iter()
                    .map(|part| part.clone().fit(element, name))
                    .collect::<Result<_, _>>()
                    .map(Self::List);
            }
            (Self::Map(map), Type::Map(key, value)) => {
                return map.rebuilt(|part| part.fit(key, name), |part| part.fit(value, name));
            }
            (Self::Optional(Some(inner)), Type::Optional(ty)) => {
                let inner = inner.as_ref().clone().fit(ty, name)?;
                return Ok(Self::Optional(Some(Arc::new(inner))));
            }
            // Anything may be missing, also what is declared never to be: then the rule is unknown, not wrong.
            (Self::Null | Self::Optional(None), _)
            | (_, Type::Dyn)
            | (Self::Bool(_), Type::Bool)
            | (Self::Int(_), Type::Int)
            | (Self::Uint(_), Type::Uint)
            | (Self::Double(_), Type::Double)
            | (Self::Decimal(_), Type::Decimal)
            | (Self::Text(_), Type::Text | Type::Words(_))
            | (Self::Bytes(_), Type::Bytes)
            | (Self::Date(_), Type::Date)
            | (Self::Timestamp(_), Type::Timestamp)
            | (Self::Period(_), Type::Period)
            | (Self::Duration(_), Type::Duration)
            | (Self::Type(_), Type::Type(_))
            | (Self::Id(_), Type::Id(_)) => true,
            (Self::Record(row), Type::Record(record)) => Arc::ptr_eq(&row.ty, record) || row.ty == *record,
            _ => false,
        };
        if fits {
            Ok(self)
        } else {
            Err(FactError::Type { name: name(), given: self.kind(), expected: ty.to_string() })
        }
    }
}

macro_rules! from {
    ($($given:ty => $make:expr;)*) => {$(
        impl From<$given> for Datum {
            fn from(value: $given) -> Self {
                let make: fn($given) -> Self = $make;
                make(value)
            }
        }
    )*};
}

from! {
    bool => Self::Bool;
    i64 => Self::Int;
    i32 => |number| Self::Int(i64::from(number));
    u64 => Self::Uint;
    f64 => Self::Double;
    Decimal => Self::Decimal;
    &str => |text| Self::Text(text.into());
    String => |text| Self::Text(text.into());
    Arc<str> => Self::Text;
    &[u8] => |bytes| Self::Bytes(bytes.into());
    NaiveDate => Self::Date;
    DateTime<Utc> => Self::Timestamp;
    Period => Self::Period;
    TimeDelta => Self::Duration;
    Uuid => Self::Id;
    Value => Self::from_value;
    Row => |row| Self::Record(Arc::new(row));
    Arc<Row> => Self::Record;
    Vec<Datum> => |parts| Self::List(parts.into());
    Map => |map| Self::Map(Arc::new(map));
}

impl<T: Into<Datum>> From<Option<T>> for Datum {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
