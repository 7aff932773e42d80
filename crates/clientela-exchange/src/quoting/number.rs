//! The contract's numbers: exact decimals as strings, bounded whole numbers.

use super::value::through_text;
use clientela_model::ValueError;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// An amount, a quantity, a rate: `^-?(0|[1-9][0-9]{0,13})(\.[0-9]{1,6})?$` inside a JSON string, never a JSON number.
///
/// Kept with its decimals as they were written: `98500.00` stays `98500.00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExactDecimal(Decimal);

impl ExactDecimal {
    /// Most digits before the point.
    pub const MAX_WHOLE_DIGITS: usize = 14;
    /// Most digits after the point.
    pub const MAX_DECIMALS: usize = 6;

    /// Reads digits with a decimal point.
    ///
    /// # Errors
    /// `quoting.decimal` for an exponent, a plus sign, a blank, leading zeros, or too many digits.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (1..=Self::MAX_WHOLE_DIGITS).contains(&whole.len())
            && (1..=Self::MAX_DECIMALS).contains(&decimals.len())
            && all_digits(whole)
            && all_digits(decimals)
            && (whole == "0" || !whole.starts_with('0'));
        let number = if fits { Decimal::from_str_exact(text).ok() } else { None };
        let mut number = number.ok_or_else(|| {
            ValueError::new(
                "quoting.decimal",
                "decimal",
                "does not fit its pattern",
                "a string of up to 14 digits and 6 decimals without exponent, such as \"98500.00\"",
            )
        })?;
        // A negative zero is a legal spelling; what was sent is what is fingerprinted.
        number.set_sign_negative(text.starts_with('-'));
        Ok(Self(number))
    }

    /// The number as the contract can write it.
    ///
    /// # Errors
    /// `quoting.decimal` when it has too many digits.
    pub fn new(number: Decimal) -> Result<Self, ValueError> {
        Self::parse(&number.to_string())
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for ExactDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_zero() && self.0.is_sign_negative() {
            write!(f, "-{}", self.0.abs())
        } else {
            self.0.fmt(f)
        }
    }
}

through_text!(ExactDecimal);

/// A whole number from `MIN` to `MAX`, both included. Written in JSON without a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WholeNumber<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> WholeNumber<MIN, MAX> {
    /// The lowest.
    pub const LOWEST: Self = Self(MIN);

    /// Checks the bounds.
    ///
    /// # Errors
    /// `quoting.number` when it lies outside.
    pub fn new(number: i64) -> Result<Self, ValueError> {
        if number < MIN {
            Err(ValueError::new("quoting.number", "number", "is too low", format!("{MIN} or more")))
        } else if number > MAX {
            Err(ValueError::new("quoting.number", "number", "is too high", format!("{MAX} or less")))
        } else {
            Ok(Self(number))
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number after it; the highest stays.
    #[must_use]
    pub const fn next(self) -> Self {
        if self.0 < MAX { Self(self.0 + 1) } else { self }
    }
}

impl<const MIN: i64, const MAX: i64> fmt::Display for WholeNumber<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const MIN: i64, const MAX: i64> Serialize for WholeNumber<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for WholeNumber<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_decimal_of_the_pattern_is_written_as_it_was_read(text in "-?(0|[1-9][0-9]{0,13})(\\.[0-9]{1,6})?") {
            prop_assert_eq!(ExactDecimal::parse(&text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn nothing_else_is_a_decimal() {
        for text in [
            "",
            "-",
            "1e3",
            "1E3",
            "+1",
            "01",
            "-01",
            "1.",
            ".5",
            "1,5",
            " 1",
            "1 ",
            "1.1234567",
            "123456789012345",
            "NaN",
        ] {
            assert_eq!(ExactDecimal::parse(text).unwrap_err().code, "quoting.decimal", "{text}");
        }
    }

    #[test]
    fn bounds_are_included() {
        assert!([1, 9999].into_iter().all(|number| WholeNumber::<1, 9999>::new(number).is_ok()));
        assert!([0, 10000].into_iter().all(|number| WholeNumber::<1, 9999>::new(number).is_err()));
        for json in ["1.5", "\"1\"", "null", "1e99"] {
            assert!(serde_json::from_str::<WholeNumber<1, 9999>>(json).is_err(), "{json}");
        }
    }
}
