//! The contract's days and instants.

use super::value::through_text;
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use clientela_model::ValueError;
use std::fmt;

/// A day: `2025-03-04`, and a day the calendar has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IsoDate(NaiveDate);

/// Whether the text has the form of the picture, where `0` stands for a digit.
fn looks_like(text: &str, picture: &str) -> bool {
    text.len() == picture.len()
        && text.bytes().zip(picture.bytes()).all(|(byte, sign)| match sign {
            b'0' => byte.is_ascii_digit(),
            sign => byte == sign,
        })
}

impl IsoDate {
    /// Reads year, month and day with hyphens.
    ///
    /// # Errors
    /// `quoting.date` for another form or a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let error = || {
            ValueError::new("quoting.date", "date", "is not a day", "year, month and day such as 2025-03-04")
        };
        if !looks_like(text, "0000-00-00") {
            return Err(error());
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self).map_err(|_| error())
    }

    /// The day, if its year has four digits.
    ///
    /// # Errors
    /// `quoting.date` for years the contract cannot write.
    pub fn new(day: NaiveDate) -> Result<Self, ValueError> {
        Self::parse(&day.to_string())
    }

    /// The day.
    #[must_use]
    pub const fn get(self) -> NaiveDate {
        self.0
    }
}

impl fmt::Display for IsoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

through_text!(IsoDate);

/// An instant with its zone: `2025-03-04T09:00:00+01:00`. Kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ZonedInstant {
    text: String,
    at: DateTime<FixedOffset>,
}

impl ZonedInstant {
    /// Reads an instant of RFC 3339 with capital `T` and `Z`, up to nine decimals of a second.
    ///
    /// # Errors
    /// `quoting.instant` for another form, a missing zone, or a time that does not exist.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let error = || {
            ValueError::new(
                "quoting.instant",
                "instant",
                "is not a time with its zone",
                "date, time and zone such as 2025-03-04T09:00:00+01:00",
            )
        };
        let (clock, zone) = text.split_at_checked(19).ok_or_else(error)?;
        let zone = match zone.strip_prefix('.') {
            Some(fraction) => {
                let zone = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
                if !(1..=9).contains(&(fraction.len() - zone.len())) {
                    return Err(error());
                }
                zone
            }
            None => zone,
        };
        let zoned = zone == "Z" || looks_like(zone, "+00:00") || looks_like(zone, "-00:00");
        if !looks_like(clock, "0000-00-00T00:00:00") || !zoned {
            return Err(error());
        }
        DateTime::parse_from_rfc3339(text).map(|at| Self { text: text.to_owned(), at }).map_err(|_| error())
    }

    /// The instant in its zone, to the second, as the contract writes it.
    ///
    /// # Errors
    /// `quoting.instant` for years the contract cannot write.
    pub fn new(at: DateTime<FixedOffset>) -> Result<Self, ValueError> {
        Self::parse(&at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    }

    /// The instant in UTC.
    #[must_use]
    pub fn utc(&self) -> DateTime<Utc> {
        self.at.to_utc()
    }
}

impl fmt::Display for ZonedInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

through_text!(ZonedInstant);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_instants_keep_to_their_pattern_and_the_calendar() {
        for good in ["2025-03-04", "2024-02-29", "0001-01-01"] {
            assert_eq!(IsoDate::parse(good).unwrap().to_string(), good);
        }
        for bad in ["2025-3-4", "2025-02-29", "+2025-03-04", "2025-03-04Z", "20250304", ""] {
            assert!(IsoDate::parse(bad).is_err(), "{bad}");
        }
        for good in
            ["2025-03-04T09:00:00+01:00", "2025-03-04T09:00:00Z", "2025-03-04T09:00:00.123456789-11:30"]
        {
            assert_eq!(ZonedInstant::parse(good).unwrap().to_string(), good);
        }
        for bad in [
            "2025-03-04T09:00:00",
            "2025-03-04 09:00:00Z",
            "2025-03-04T09:00Z",
            "2025-03-04t09:00:00z",
            "2025-03-04T09:00:00.Z",
            "2025-03-04T09:00:00.1234567890Z",
            "2025-03-04T25:00:00Z",
            "2025-03-04T09:00:00+0100",
            "2025-03-04T09:00:0\u{fc}Z",
            "",
        ] {
            assert!(ZonedInstant::parse(bad).is_err(), "{bad}");
        }
    }
}
