//! Numbers and names of the outside world. Each is a type that can only be made by parsing.
//!
//! | type | what it is | rule |
//! | --- | --- | --- |
//! | [`Country`], [`Currency`], [`Language`] | codes | ISO 3166-1, ISO 4217, ISO 639-1 |
//! | [`VatNumber`] | a VAT identification number | check digits of the 27 member states, GB, XI, CHE |
//! | [`Vin`] | a vehicle identification number | ISO 3779, 49 CFR 565 |
//! | [`EmailAddress`] | one e-mail address | RFC 5321, RFC 6531, IDNA |
//! | [`PhoneNumber`] | a telephone number | E.164, with feature `phone` the national plans |
//! | [`PostalCode`] | a postal code with its country | national patterns |
//! | [`TimeZone`] | a time zone | IANA database, the rule in force |
//! | [`Iban`] | a bank account | ISO 13616 |
//!
//! Every type is written one way (its *normal form*): what `Display`, serde and a column hold, and what
//! parses to the same value again. An error never repeats the text it refuses: it may be personal.
//!
//! Where the outside world can know more than this library a check has three answers, see [`Check`].

mod check_digit;
mod country;
mod country_table;
mod currency;
mod currency_table;
mod email;
mod iban;
mod iban_table;
mod language;
mod language_table;
mod phone;
mod postal_code;
mod postal_code_table;
mod registration;
mod time_zone;
mod time_zone_rules;
mod time_zone_table;
mod vat;
mod vin;

pub use country::Country;
pub use currency::Currency;
pub use email::EmailAddress;
pub use iban::Iban;
pub use language::Language;
pub use phone::PhoneNumber;
pub use postal_code::PostalCode;
pub use registration::{CHECKED_REGISTERS, registration_number};
pub use time_zone::TimeZone;
pub use vat::VatNumber;
pub use vin::Vin;

/// The three answers of a check that needs no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// Form and check digits are right. Whether the number was ever given out is another question.
    Valid,
    /// It cannot be one.
    Invalid,
    /// It may be one; no rule is known here that could tell.
    Unknown,
}

/// Blanks and signs people put between groups of letters and digits.
///
/// Besides those of the keyboard the ones that word processors and web pages make of them.
pub(crate) const fn is_separator(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '-' | '.' | '/' | ':' | ',' | '(' | ')' | '\u{ad}' | '\u{b7}' | '\u{2010}'
                ..='\u{2015}' | '\u{2212}' | '\u{200b}' | '\u{feff}'
        )
}

/// The text in capitals without separators, at most `limit` characters; nothing if it is longer or has other
/// signs.
pub(crate) fn letters_and_digits(text: &str, limit: usize) -> Option<String> {
    let mut compact = String::new();
    for letter in text.chars().filter(|letter| !is_separator(*letter)) {
        if !letter.is_ascii_alphanumeric() || compact.len() == limit {
            return None;
        }
        compact.push(letter.to_ascii_uppercase());
    }
    Some(compact)
}

/// Gives a type its one written form everywhere: `Display`, `FromStr`, serde, and with `field` a text column, read by a
/// fourth function where one is given.
macro_rules! written_as_text {
    ($type:ident, $text:expr, $parse:expr) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let text: fn(&$type) -> &str = $text;
                f.pad(text(self))
            }
        }

        impl std::str::FromStr for $type {
            type Err = crate::error::ValueError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let parse: fn(&str) -> Result<$type, Self::Err> = $parse;
                parse(text)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let text: fn(&$type) -> &str = $text;
                serializer.serialize_str(text(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
    (field $type:ident, $text:expr, $parse:expr) => {
        crate::identifier::written_as_text!(field $type, $text, $parse, $parse);
    };
    (field $type:ident, $text:expr, $parse:expr, $stored:expr) => {
        crate::identifier::written_as_text!($type, $text, $parse);

        impl crate::record::Field for $type {
            const TYPE: crate::record::ColumnType = crate::record::ColumnType::Text;
            fn to_value(&self) -> crate::value::Value {
                let text: fn(&$type) -> &str = $text;
                crate::value::Value::Text(text(self).to_owned().into())
            }
            fn from_value(value: crate::value::Value) -> Result<Self, crate::error::ValueError> {
                let stored: fn(&str) -> Result<$type, crate::error::ValueError> = $stored;
                stored(&value.into_text()?)
            }
        }
    };
}
pub(crate) use written_as_text;
