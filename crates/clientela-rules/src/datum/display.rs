//! Values as text: the one way they are written everywhere.

use super::Datum;
use std::fmt;

impl fmt::Display for Datum {
    /// Lists, maps and records by their size.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(yes) => yes.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Uint(number) => number.fmt(f),
            Self::Double(number) => f.write_str(&double_text(*number)),
            Self::Decimal(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Date(day) => day.format("%Y-%m-%d").fmt(f),
            Self::Timestamp(at) => at.format("%Y-%m-%dT%H:%M:%S%.fZ").fmt(f),
            Self::Period(period) => write!(f, "{} months, {} days", period.months, period.days),
            Self::Duration(duration) => write!(f, "{} s", duration.num_seconds()),
            Self::Id(id) => id.hyphenated().fmt(f),
            Self::List(parts) => write!(f, "{} entries", parts.len()),
            Self::Map(map) => write!(f, "{} entries", map.entries().len()),
            Self::Type(name) => name.fmt(f),
            Self::Optional(None) => f.write_str("none"),
            Self::Optional(Some(inner)) => inner.fmt(f),
            Self::Record(row) => write!(f, "a record of {}", row.ty().name()),
        }
    }
}

/// A double with as few digits as tell it from its neighbours; very large and very small ones with an exponent.
pub(crate) fn double_text(number: f64) -> String {
    let size = number.abs();
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else if size != 0.0 && !(1e-4..1e21).contains(&size) {
        let text = format!("{number:e}");
        match text.split_once('e') {
            Some((digits, exponent)) => format!("{digits}{}", exponent_text(exponent)),
            None => text,
        }
    } else {
        number.to_string()
    }
}

/// `+07`, as C and Go write exponents.
pub(crate) fn exponent_text(exponent: &str) -> String {
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("e{sign}{digits:0>2}")
}
