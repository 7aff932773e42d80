//! The values a rule computes with.

use crate::error::FactError;
use crate::types::{RecordType, Type};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clientela_model::{Entity, Money, Value};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// One value. Copying it is cheap: text, lists and records are shared.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Datum {
    /// Not given.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// Text, and the words of closed lists.
    Text(Arc<str>),
    /// A day.
    Date(NaiveDate),
    /// A moment.
    Timestamp(DateTime<Utc>),
    /// Years, months and days.
    Period(Period),
    /// Seconds.
    Duration(TimeDelta),
    /// The id of a record.
    Id(Uuid),
    /// Several values.
    List(Arc<[Datum]>),
    /// A record.
    Record(Arc<Row>),
}

/// So many months and days. Months are added first; a day the month does not have becomes its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// Months; twelve for a year.
    pub months: i32,
    /// Days.
    pub days: i32,
}

impl Period {
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let (months, days) = (self.months.checked_add(other.months)?, self.days.checked_add(other.days)?);
        Some(Self { months, days })
    }

    pub(crate) fn reversed(self) -> Option<Self> {
        Some(Self { months: self.months.checked_neg()?, days: self.days.checked_neg()? })
    }

    /// The day so much later.
    pub(crate) fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        let months = chrono::Months::new(self.months.unsigned_abs());
        let day = match self.months.cmp(&0) {
            Ordering::Less => day.checked_sub_months(months)?,
            Ordering::Equal => day,
            Ordering::Greater => day.checked_add_months(months)?,
        };
        day.checked_add_signed(TimeDelta::try_days(i64::from(self.days))?)
    }
}

/// A record's values, in the slots of its type, each checked when it is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    ty: Arc<RecordType>,
    slots: Vec<Datum>,
}

impl Row {
    /// A record with nothing in it.
    #[must_use]
    pub fn new(ty: &Arc<RecordType>) -> Self {
        Self { ty: Arc::clone(ty), slots: vec![Datum::Null; ty.fields().len()] }
    }

    /// The record with the values of an entity's row; fields that are no columns, such as lists of children, stay empty.
    ///
    /// # Errors
    /// `fact.type` when a value is not of its column's type.
    pub fn from_values(
        ty: &Arc<RecordType>,
        entity: &Entity,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Self, FactError> {
        let mut row = Self::new(ty);
        for (column, value) in entity.columns.iter().zip(values) {
            if let Some((slot, _)) = ty.field(column.name) {
                row.set_slot(slot, Datum::from_value(value))?;
            }
        }
        Ok(row)
    }

    /// The same record with this field set.
    ///
    /// # Errors
    /// `fact.unknown`, `fact.type`, `fact.word`.
    pub fn with(mut self, field: &str, value: impl Into<Datum>) -> Result<Self, FactError> {
        self.set(field, value)?;
        Ok(self)
    }

    /// Sets a field.
    ///
    /// # Errors
    /// `fact.unknown`, `fact.type`, `fact.word`.
    pub fn set(&mut self, field: &str, value: impl Into<Datum>) -> Result<(), FactError> {
        let (slot, _) = self
            .ty
            .field(field)
            .ok_or_else(|| FactError::Unknown { owner: self.ty.name().to_owned(), name: field.to_owned() })?;
        self.set_slot(slot, value.into())
    }

    fn set_slot(&mut self, slot: usize, value: Datum) -> Result<(), FactError> {
        if let (Some(field), Some(place)) = (self.ty.fields().get(slot), self.slots.get_mut(slot)) {
            *place = value.fit(&field.ty, &|| format!("{}.{}", self.ty.name(), field.name))?;
        }
        Ok(())
    }

    /// Its type.
    #[must_use]
    pub fn ty(&self) -> &Arc<RecordType> {
        &self.ty
    }

    /// The value of a field; nothing if it has none.
    #[must_use]
    pub fn get(&self, field: &str) -> &Datum {
        self.ty.field(field).and_then(|(slot, _)| self.slots.get(slot)).unwrap_or(&Datum::Null)
    }

    /// The value a step leads to.
    pub(crate) fn step(&self, step: &crate::plan::Step) -> &Datum {
        if Arc::ptr_eq(&self.ty, &step.record) {
            self.slots.get(step.slot).unwrap_or(&Datum::Null)
        } else {
            self.at(step.slot, &step.name)
        }
    }

    /// The value in a slot, if the slot has that name; otherwise the field of that name.
    pub(crate) fn at(&self, slot: usize, field: &str) -> &Datum {
        match self.ty.fields().get(slot) {
            Some(known) if known.name == field => self.slots.get(slot).unwrap_or(&Datum::Null),
            _ => self.get(field),
        }
    }
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

    /// A double, where the language has them.
    #[must_use]
    pub const fn from_double(_number: f64) -> Option<Self> {
        None
    }

    /// The double it is.
    pub(crate) const fn as_double(&self) -> Option<f64> {
        None
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
            Self::Null => "nothing",
            Self::Bool(_) => "yes or no",
            Self::Int(_) => "a whole number",
            Self::Decimal(_) => "a decimal",
            Self::Text(_) => "text",
            Self::Date(_) => "a date",
            Self::Timestamp(_) => "an instant",
            Self::Period(_) => "a period",
            Self::Duration(_) => "a duration",
            Self::Id(_) => "an id",
            Self::List(_) => "a list",
            Self::Record(_) => "a record",
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
            // Anything may be missing, also what is declared never to be: then the rule is unknown, not wrong.
            (Self::Null, _)
            | (Self::Bool(_), Type::Bool)
            | (Self::Int(_), Type::Int)
            | (Self::Decimal(_), Type::Decimal)
            | (Self::Text(_), Type::Text | Type::Words(_))
            | (Self::Date(_), Type::Date)
            | (Self::Timestamp(_), Type::Timestamp)
            | (Self::Period(_), Type::Period)
            | (Self::Duration(_), Type::Duration)
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

    /// Whether both are the same value; unknown when one is missing or they are of different kinds.
    pub(crate) fn same(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) | (Self::Record(_), _) | (_, Self::Record(_)) => None,
            (Self::Int(_) | Self::Decimal(_), Self::Int(_) | Self::Decimal(_)) => {
                self.order(other).map(Ordering::is_eq)
            }
            (Self::List(one), Self::List(two)) if one.len() != two.len() => Some(false),
            (Self::List(one), Self::List(two)) => {
                one.iter().zip(two.iter()).try_fold(true, |same, (one, two)| Some(same & one.same(two)?))
            }
            (one, two) if one.kind() == two.kind() => Some(one == two),
            _ => None,
        }
    }

    /// Which of both is smaller; unknown when they have no order.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Int(one), Self::Int(two)) => one.cmp(two),
            (Self::Int(one), Self::Decimal(two)) => Decimal::from(*one).cmp(two),
            (Self::Decimal(one), Self::Int(two)) => one.cmp(&Decimal::from(*two)),
            (Self::Decimal(one), Self::Decimal(two)) => one.cmp(two),
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (Self::Date(one), Self::Date(two)) => one.cmp(two),
            (Self::Timestamp(one), Self::Timestamp(two)) => one.cmp(two),
            (Self::Duration(one), Self::Duration(two)) => one.cmp(two),
            _ => return None,
        })
    }
}

impl fmt::Display for Datum {
    /// Written the one way values are written everywhere; lists and records by their size.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(yes) => yes.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Decimal(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Date(day) => day.format("%Y-%m-%d").fmt(f),
            Self::Timestamp(at) => at.format("%Y-%m-%dT%H:%M:%S%.fZ").fmt(f),
            Self::Period(period) => write!(f, "{} months, {} days", period.months, period.days),
            Self::Duration(duration) => write!(f, "{} s", duration.num_seconds()),
            Self::Id(id) => id.hyphenated().fmt(f),
            Self::List(parts) => write!(f, "{} entries", parts.len()),
            Self::Record(row) => write!(f, "a record of {}", row.ty.name()),
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
    Decimal => Self::Decimal;
    &str => |text| Self::Text(text.into());
    String => |text| Self::Text(text.into());
    Arc<str> => Self::Text;
    NaiveDate => Self::Date;
    DateTime<Utc> => Self::Timestamp;
    Period => Self::Period;
    TimeDelta => Self::Duration;
    Uuid => Self::Id;
    Value => Self::from_value;
    Row => |row| Self::Record(Arc::new(row));
    Arc<Row> => Self::Record;
    Vec<Datum> => |parts| Self::List(parts.into());
}

impl From<Money> for Datum {
    fn from(amount: Money) -> Self {
        let slots = vec![Self::Decimal(amount.amount()), Self::Text(amount.currency().code().into())];
        Self::Record(Arc::new(Row { ty: RecordType::money(), slots }))
    }
}

impl<T: Into<Datum>> From<Option<T>> for Datum {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
