//! The contract's texts: each a type that can only be made by its pattern.

use clientela_model::ValueError;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// Gives a type parsed from text its `Display`, `FromStr` and serde forms, all through its `parse`.
macro_rules! through_text {
    ($name:ident) => {
        impl std::str::FromStr for $name {
            type Err = clientela_model::ValueError;
            fn from_str(text: &str) -> Result<Self, clientela_model::ValueError> {
                Self::parse(text)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(super) use through_text;

macro_rules! pattern_text {
    ($(#[$meta:meta])* $name:ident, $code:literal, $what:literal, $expected:literal, $fits:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks the text against the pattern.
            ///
            /// # Errors
            #[doc = concat!("`", $code, "` when the pattern does not fit.")]
            pub fn parse(text: &str) -> Result<Self, ValueError> {
                let fits: fn(&str) -> bool = $fits;
                if fits(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(ValueError::new($code, $what, "does not fit its pattern", $expected))
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        through_text!($name);
    };
}

pattern_text!(
    /// The key one side gives to a customer, an opportunity, an affair, a dossier, a product…: `^[A-Za-z0-9._:/-]+$`.
    ExchangeId,
    "quoting.id",
    "id",
    "1 to 64 letters, digits, dots, underscores, colons, slashes or hyphens",
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte))
);

pattern_text!(
    /// A currency as the contract writes it: `^[A-Z]{3}$`. Whether ISO 4217 knows it is decided by who uses it.
    CurrencyCode,
    "quoting.currency",
    "currency",
    "three capital letters such as EUR",
    |text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
);

pattern_text!(
    /// A country as the contract writes it: `^[A-Z]{2}$`.
    CountryCode,
    "quoting.country",
    "country",
    "two capital letters such as IT",
    |text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
);

pattern_text!(
    /// A vehicle identification number by its alphabet: `^[A-HJ-NPR-Z0-9]{17}$`.
    Vin,
    "quoting.vin",
    "vehicle identification number",
    "17 digits and capital letters without I, O and Q",
    |text| text.len() == 17
        && text.bytes().all(|byte| {
            byte.is_ascii_digit() || byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'O' | b'Q')
        })
);

pattern_text!(
    /// A file's name without a path: 1 to 120 characters, no slash, no backslash, no control character.
    FileName,
    "quoting.filename",
    "file name",
    "1 to 120 characters without slashes and control characters",
    |text| (1..=120).contains(&text.chars().count())
        && !text.chars().any(|letter| letter == '/' || letter == '\\' || letter <= '\u{1f}')
);

pattern_text!(
    /// A class of the NACE list of economic activities: `^[A-Z]?[0-9]{2}(\.[0-9]{1,2}){0,2}$`.
    IndustryCode,
    "quoting.nace",
    "NACE class",
    "two digits and up to two groups after a point, such as 49.41",
    |text| {
        let digits = text.strip_prefix(|letter: char| letter.is_ascii_uppercase()).unwrap_or(text);
        let mut groups = digits.split('.');
        let all_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
        groups.next().is_some_and(|first| first.len() == 2 && all_digits(first))
            && groups.clone().count() <= 2
            && groups.all(|group| (1..=2).contains(&group.len()) && all_digits(group))
    }
);

/// The digest of a file or of a dossier's content: `sha256:` and 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    const PREFIX: &'static str = "sha256:";

    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(<sha2::Sha256 as sha2::Digest>::digest(bytes).into())
    }

    /// Reads `sha256:…`.
    ///
    /// # Errors
    /// `quoting.digest` when it is another algorithm or not 64 digits in lower case.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let digits = text.strip_prefix(Self::PREFIX).unwrap_or_default().as_bytes();
        let mut bytes = [0; 32];
        let (pairs, rest) = digits.as_chunks::<2>();
        let nibble = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let read = pairs.len() == bytes.len() && rest.is_empty();
        let read = read
            && bytes.iter_mut().zip(pairs).all(|(byte, [high, low])| {
                let value = nibble(*high).zip(nibble(*low)).map(|(high, low)| high << 4 | low);
                *byte = value.unwrap_or_default();
                value.is_some()
            });
        if read {
            Ok(Self(bytes))
        } else {
            Err(ValueError::new(
                "quoting.digest",
                "digest",
                "does not fit its pattern",
                "sha256: and 64 hexadecimal digits in lower case",
            ))
        }
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

through_text!(Digest);

/// The id of a message or of a session with the tool: a UUID in lower case with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(Uuid);

impl MessageId {
    /// This id.
    #[must_use]
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// Reads a UUID written in lower case with hyphens, as the contract asks.
    ///
    /// # Errors
    /// `quoting.uuid` for anything else.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let plain = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        Uuid::try_parse(text).ok().filter(|_| plain).map(Self).ok_or_else(|| {
            ValueError::new(
                "quoting.uuid",
                "message id",
                "does not fit its pattern",
                "a UUID in lower case with hyphens",
            )
        })
    }

    /// The id.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

through_text!(MessageId);

/// Text of `MIN` to `MAX` characters. Written text is brought to NFC; read text is kept as it came, so that a
/// fingerprint is taken of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BoundedText<const MIN: usize, const MAX: usize>(String);

/// Text the contract sets no bound to; the size of the message is one.
pub type FreeText = BoundedText<0, { usize::MAX }>;

impl<const MIN: usize, const MAX: usize> BoundedText<MIN, MAX> {
    /// The text in NFC.
    ///
    /// # Errors
    /// `quoting.text` when it is too short or too long.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        Self::as_sent(text.nfc().collect())
    }

    fn as_sent(text: String) -> Result<Self, ValueError> {
        let problem = match text.chars().count() {
            length if length < MIN => "is too short",
            length if length > MAX => "is too long",
            _ => return Ok(Self(text)),
        };
        let expected = format!("{MIN} to {MAX} characters");
        Err(ValueError::new("quoting.text", "text", problem, expected))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for FreeText {
    fn from(text: &str) -> Self {
        Self(text.nfc().collect())
    }
}

impl<const MIN: usize, const MAX: usize> FromStr for BoundedText<MIN, MAX> {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for BoundedText<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize> Serialize for BoundedText<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for BoundedText<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::as_sent(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pattern_takes_what_it_should_and_nothing_else() {
        let hex = "a".repeat(64);
        let long = "x".repeat(64);
        type Fits = fn(&str) -> bool;
        let cases: &[(Fits, &[&str], &[&str])] = &[
            (
                |t| ExchangeId::parse(t).is_ok(),
                &["C-1001", "a.b_c:d/e", &long],
                &["", "a b", "ä", "C\n", &format!("{long}x")],
            ),
            (|t| CurrencyCode::parse(t).is_ok(), &["EUR"], &["eur", "EU", "EURO", "E1R"]),
            (|t| CountryCode::parse(t).is_ok(), &["IT"], &["it", "ITA", ""]),
            (
                |t| Vin::parse(t).is_ok(),
                &["VF6BA00A000000001"],
                &["VF6BA00I000000001", "VF6BA00A00000000", "vf6ba00a000000001"],
            ),
            (
                |t| FileName::parse(t).is_ok(),
                &["AFF-900.rvi", "Händler ü.rvi"],
                &["", "a/b", "a\\b", "a\u{1}", &"ü".repeat(121)],
            ),
            (
                |t| IndustryCode::parse(t).is_ok(),
                &["49", "49.41", "H49.4", "49.41.1"],
                &["4", "49.", "49.411", "49.4.1.1", "hh49", "49a"],
            ),
            (
                |t| Digest::parse(t).is_ok_and(|digest| digest.to_string() == t),
                &[&format!("sha256:{hex}")],
                &[
                    "",
                    "sha256:",
                    &format!("sha1:{hex}"),
                    &format!("sha256:{}", hex.to_uppercase()),
                    &format!("sha256:{hex}a"),
                ],
            ),
            (
                |t| MessageId::parse(t).is_ok_and(|id| id.to_string() == t),
                &["ec31682f-de56-4917-852f-f78a7a8adeff"],
                &[
                    "EC31682F-DE56-4917-852F-F78A7A8ADEFF",
                    "ec31682fde564917852ff78a7a8adeff",
                    "{ec31682f-de56-4917-852f-f78a7a8adeff}",
                ],
            ),
            (|t| BoundedText::<1, 3>::new(t).is_ok(), &["a", "üüü"], &["", "abcd"]),
        ];
        for (index, (fits, good, bad)) in cases.iter().enumerate() {
            good.iter().for_each(|text| assert!(fits(text), "{index}: {text}"));
            bad.iter().for_each(|text| assert!(!fits(text), "{index}: {text}"));
        }
    }

    #[test]
    fn written_text_is_nfc_and_read_text_is_kept() {
        assert_eq!(FreeText::from("u\u{308}").as_str(), "ü");
        assert_eq!(serde_json::from_str::<FreeText>("\"u\u{308}\"").unwrap().as_str(), "u\u{308}");
    }
}
