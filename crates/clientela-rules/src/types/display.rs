//! How messages name types.

use super::Type;
use std::fmt;

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("yes or no"),
            Self::Int => f.write_str("a whole number"),
            Self::Uint => f.write_str("an unsigned whole number"),
            Self::Double => f.write_str("a double"),
            Self::Decimal => f.write_str("a decimal"),
            Self::Text => f.write_str("text"),
            Self::Bytes => f.write_str("bytes"),
            Self::Date => f.write_str("a date"),
            Self::Timestamp => f.write_str("an instant"),
            Self::Period => f.write_str("a period of days, months or years"),
            Self::Duration => f.write_str("a duration"),
            Self::Words(_) => f.write_str("a word of a closed list"),
            Self::Id(entity) if entity.is_empty() => f.write_str("an id"),
            Self::Id(entity) => write!(f, "the id of a record of {entity}"),
            Self::List(element) => write!(f, "a list of {}", Plural(element)),
            Self::Map(key, value) => write!(f, "a map from {} to {}", Plural(key), Plural(value)),
            Self::Type(_) => f.write_str("a type"),
            Self::Optional(inner) => write!(f, "optionally {inner}"),
            Self::Dyn | Self::Variable(_) => f.write_str("anything"),
            Self::Record(record) => write!(f, "a record of {}", record.name()),
            Self::Nullable(inner) => inner.fmt(f),
            Self::Abstract(name, _) | Self::Parameter(name) => f.write_str(name),
        }
    }
}

/// The type in "a list of …".
struct Plural<'t>(&'t Type);

impl fmt::Display for Plural<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.base() {
            Type::Int => f.write_str("whole numbers"),
            Type::Uint => f.write_str("unsigned whole numbers"),
            Type::Double => f.write_str("doubles"),
            Type::Decimal => f.write_str("decimals"),
            Type::Text => f.write_str("texts"),
            Type::Date => f.write_str("dates"),
            Type::Timestamp => f.write_str("instants"),
            Type::Period => f.write_str("periods"),
            Type::Duration => f.write_str("durations"),
            Type::Words(_) => f.write_str("words"),
            Type::Id(_) => f.write_str("ids"),
            Type::List(element) => write!(f, "lists of {}", Plural(element)),
            Type::Map(key, value) => write!(f, "maps from {} to {}", Plural(key), Plural(value)),
            Type::Record(record) => write!(f, "records of {}", record.name()),
            Type::Type(_) => f.write_str("types"),
            other => other.fmt(f),
        }
    }
}
