//! The types of the rule language.

use clientela_model::ColumnType;
use std::borrow::Cow;
use std::sync::Arc;

mod display;
mod record;

pub use record::{FieldType, RecordType};

/// The type of a value in a rule.
///
/// The first group are the types of the CEL specification, the second those added through its extension points.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Type {
    /// CEL `null_type`: the literal `null` alone.
    Null,
    /// CEL `bool`: yes or no.
    Bool,
    /// CEL `int`: a whole number of 64 bits. Where a decimal is wanted it becomes one, exactly.
    Int,
    /// CEL `uint`: a whole number of 64 bits that is never negative.
    Uint,
    /// CEL `double`: a binary floating-point number. Money is never one.
    Double,
    /// CEL `string`: text.
    Text,
    /// CEL `bytes`.
    Bytes,
    /// CEL `google.protobuf.Timestamp`: a moment in UTC.
    Timestamp,
    /// CEL `google.protobuf.Duration`: so many seconds; what is added to a moment.
    Duration,
    /// CEL `list`: several values of one type.
    List(Box<Type>),
    /// CEL `map`: values of one type by keys of one type.
    Map(Box<Type>, Box<Type>),
    /// CEL `type`: a type as a value; [`Type::Dyn`] inside when it is not known which.
    Type(Box<Type>),
    /// CEL `optional_type`: a value, or none.
    Optional(Box<Type>),
    /// CEL `dyn`: known only when the rule runs.
    Dyn,
    /// A wrapper type of CEL (`google.protobuf.Int64Value`…): the same, or null.
    Nullable(Box<Type>),
    /// A type of the environment that only its functions make.
    Abstract(Cow<'static, str>, Vec<Type>),
    /// A type parameter in the signature of a declared function, such as `A`.
    Parameter(Cow<'static, str>),
    /// A type still to be found while a rule is checked; never part of a checked rule.
    Variable(u32),

    /// An exact decimal of at most 28 digits.
    Decimal,
    /// A day.
    Date,
    /// So many years, months and days: what is added to a date.
    Period,
    /// A word of a closed list; compared with a word that is not in it, the rule is refused.
    Words(Arc<[Cow<'static, str>]>),
    /// The id of a record of this entity; empty for an id written in the rule.
    Id(Cow<'static, str>),
    /// A record.
    Record(Arc<RecordType>),
}

impl Type {
    /// The type without "or null".
    #[must_use]
    pub fn base(&self) -> &Self {
        if let Self::Nullable(inner) = self { inner.base() } else { self }
    }

    /// Whether null is a value of it that the rule must expect.
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        matches!(self, Self::Nullable(_) | Self::Null)
    }

    /// The same, or null.
    #[must_use]
    pub fn or_null(self) -> Self {
        match self {
            Self::Nullable(_) | Self::Null | Self::Dyn | Self::Variable(_) => self,
            _ => Self::Nullable(Box::new(self)),
        }
    }

    /// A list of this.
    #[must_use]
    pub fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// A map from this to values of another type.
    #[must_use]
    pub fn map_to(self, value: Self) -> Self {
        Self::Map(Box::new(self), Box::new(value))
    }

    /// This, or none: CEL's `optional_type`.
    #[must_use]
    pub fn optional(self) -> Self {
        Self::Optional(Box::new(self))
    }

    /// A closed list of words.
    #[must_use]
    pub fn words(words: &[&'static str]) -> Self {
        Self::Words(words.iter().map(|word| Cow::Borrowed(*word)).collect())
    }

    /// The type of a column; none for bytes, which no rule can ask about.
    #[must_use]
    pub fn of_column(column: ColumnType) -> Option<Self> {
        Some(match column {
            ColumnType::Bool => Self::Bool,
            ColumnType::Integer => Self::Int,
            ColumnType::Decimal => Self::Decimal,
            ColumnType::Money => Self::Record(RecordType::money()),
            ColumnType::Date => Self::Date,
            ColumnType::Instant => Self::Timestamp,
            ColumnType::Text => Self::Text,
            ColumnType::Words(words) => Self::words(words),
            ColumnType::Id(entity) => Self::Id(Cow::Borrowed(entity)),
            ColumnType::Blob => return None,
        })
    }

    /// Known only when the rule runs, or still to be found.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Dyn | Self::Variable(_))
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.base(), Self::Text | Self::Words(_))
    }

    /// Whether something of a type known only when the rule runs is part of it.
    pub(crate) fn hides(&self) -> bool {
        self.is_open() || self.parameters().into_iter().any(Self::hides)
    }

    /// Whether personal and whether confidential fields are somewhere in values of this type.
    pub(crate) fn marks(&self) -> (bool, bool) {
        let either = |(one, two): (bool, bool), (three, four): (bool, bool)| (one || three, two || four);
        match self {
            Self::Record(record) => record.fields().iter().fold((false, false), |marks, field| {
                either(marks, either((field.personal, field.confidential), field.ty.marks()))
            }),
            other => {
                other.parameters().into_iter().fold((false, false), |marks, part| either(marks, part.marks()))
            }
        }
    }

    /// The types a type is made of.
    pub(crate) fn parameters(&self) -> Vec<&Self> {
        match self {
            Self::List(one) | Self::Type(one) | Self::Optional(one) | Self::Nullable(one) => vec![one],
            Self::Map(key, value) => vec![key, value],
            Self::Abstract(_, parameters) => parameters.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The same type with its parts, and then itself, changed.
    pub(crate) fn rebuilt(&self, change: &mut dyn FnMut(Self) -> Self) -> Self {
        let whole = match self {
            Self::List(one) => one.rebuilt(change).list(),
            Self::Type(one) => Self::Type(Box::new(one.rebuilt(change))),
            Self::Optional(one) => one.rebuilt(change).optional(),
            Self::Nullable(one) => one.rebuilt(change).or_null(),
            Self::Map(key, value) => {
                let key = key.rebuilt(change);
                key.map_to(value.rebuilt(change))
            }
            Self::Abstract(name, parameters) => {
                Self::Abstract(name.clone(), parameters.iter().map(|part| part.rebuilt(change)).collect())
            }
            other => other.clone(),
        };
        change(whole)
    }

    /// What `type(x)` gives for values of this type: the name CEL knows it by.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Null => "null_type",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::Text | Self::Words(_) => "string",
            Self::Bytes => "bytes",
            Self::Timestamp => "google.protobuf.Timestamp",
            Self::Duration => "google.protobuf.Duration",
            Self::List(_) => "list",
            Self::Map(..) => "map",
            Self::Type(_) => "type",
            Self::Optional(_) => "optional_type",
            Self::Dyn | Self::Variable(_) => "dyn",
            Self::Nullable(inner) => inner.name(),
            Self::Abstract(name, _) | Self::Parameter(name) => name,
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Period => "period",
            Self::Id(_) => "id",
            Self::Record(record) => record.name(),
        }
    }

    /// The type that a name means where a value is expected: `int`, `google.protobuf.Duration`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null_type" => Self::Null,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "uint" => Self::Uint,
            "double" => Self::Double,
            "string" => Self::Text,
            "bytes" => Self::Bytes,
            "list" => Self::Dyn.list(),
            "map" => Self::Dyn.map_to(Self::Dyn),
            "type" => Self::Type(Box::new(Self::Dyn)),
            "optional_type" => Self::Dyn.optional(),
            "decimal" => Self::Decimal,
            "date" => Self::Date,
            "google.protobuf.Timestamp" => Self::Timestamp,
            "google.protobuf.Duration" => Self::Duration,
            "google.protobuf.BoolValue" => Self::Bool.or_null(),
            "google.protobuf.Int32Value" | "google.protobuf.Int64Value" => Self::Int.or_null(),
            "google.protobuf.UInt32Value" | "google.protobuf.UInt64Value" => Self::Uint.or_null(),
            "google.protobuf.FloatValue" | "google.protobuf.DoubleValue" => Self::Double.or_null(),
            "google.protobuf.StringValue" => Self::Text.or_null(),
            "google.protobuf.BytesValue" => Self::Bytes.or_null(),
            _ => return None,
        })
    }
}
