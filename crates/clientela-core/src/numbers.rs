//! Numbers that are no amounts, such as shares and probabilities, as they come in messages: as numbers, or as texts where a language
//! has exact decimals and no other way to write them.
//!
//! ```
//! #[derive(serde::Deserialize)]
//! struct Asked {
//!     #[serde(deserialize_with = "clientela_core::numbers::read")]
//!     least: f64,
//! }
//! let asked: Vec<Asked> = serde_json::from_str(r#"[{"least": 0.5}, {"least": "0.50"}]"#)?;
//! assert!(asked.iter().all(|asked| asked.least == 0.5));
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Reads a number, one that may be missing, or tables of numbers: for `#[serde(deserialize_with)]`.
///
/// # Errors
/// What is no number, and infinity.
pub fn read<'de, D: Deserializer<'de>, N: Numbers>(given: D) -> Result<N, D::Error> {
    N::Given::deserialize(given).map(N::of)
}

/// What [`read`] reads.
pub trait Numbers: Sized {
    /// As it comes.
    type Given: DeserializeOwned;
    /// The numbers.
    fn of(given: Self::Given) -> Self;
}

impl Numbers for f64 {
    type Given = Number;
    fn of(given: Number) -> Self {
        given.0
    }
}

impl<N: Numbers> Numbers for Option<N> {
    type Given = Option<N::Given>;
    fn of(given: Self::Given) -> Self {
        given.map(N::of)
    }
}

impl<N: Numbers> Numbers for Vec<N> {
    type Given = Vec<N::Given>;
    fn of(given: Self::Given) -> Self {
        given.into_iter().map(N::of).collect()
    }
}

/// A number given as such or as text.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Number(pub f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(given: D) -> Result<Self, D::Error> {
        given.deserialize_any(Given).map(Self)
    }
}

struct Given;

impl Visitor<'_> for Given {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number such as 0.5, or its text")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        if number.is_finite() { Ok(number) } else { Err(E::custom("expected a finite number")) }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        let read = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
        read.ok_or_else(|| E::custom("expected a number such as 0.5, or its text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    #[derive(Default)]
    struct Shares {
        #[serde(deserialize_with = "read")]
        one: f64,
        #[serde(deserialize_with = "read")]
        some: Option<f64>,
        #[serde(deserialize_with = "read")]
        table: Vec<Vec<f64>>,
    }

    #[test]
    fn numbers_and_texts_are_the_same() {
        let read = |text: &str| serde_json::from_str::<Shares>(text);
        let expected = Shares { one: 1.0, some: Some(0.25), table: vec![vec![0.5, 2.0]] };
        for text in [
            r#"{"one": 1, "some": 0.25, "table": [[0.5, 2]]}"#,
            r#"{"one": "1", "some": "0.250", "table": [["5e-1", "2"]]}"#,
        ] {
            assert_eq!(read(text).unwrap(), expected);
        }
        assert_eq!(read("{\"some\": null}").unwrap(), Shares::default());
        for wrong in ["\"much\"", "\"\"", "\"inf\"", "\"NaN\"", "true", "[1]"] {
            assert!(read(&format!("{{\"one\": {wrong}}}")).is_err(), "{wrong}");
        }
    }
}
