//! Placeholder.
use crate::error::ValueError;
use std::fmt;

/// A currency of ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(usize);

const TABLE: [(&str, u32); 3] = [("EUR", 2), ("CHF", 2), ("JPY", 0)];

impl Currency {
    /// Reads a code.
    ///
    /// # Errors
    /// `currency.unknown`.
    pub fn parse(code: &str) -> Result<Self, ValueError> {
        TABLE.iter().position(|(known, _)| *known == code).map(Self).ok_or_else(|| {
            ValueError::new(
                "currency.unknown",
                "currency",
                "is not a code of ISO 4217",
                "three capital letters such as EUR",
            )
        })
    }
    /// The code.
    #[must_use]
    pub fn code(self) -> &'static str {
        TABLE.get(self.0).map_or("XXX", |row| row.0)
    }
    /// Decimals of the minor unit.
    #[must_use]
    pub fn minor_units(self) -> u32 {
        TABLE.get(self.0).map_or(2, |row| row.1)
    }
}
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&code).map_err(serde::de::Error::custom)
    }
}
