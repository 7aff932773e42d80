//! Ages and dates in months.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A month, written 2026-03.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), month: day.month() }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d");
        day.map(Self::of).map_err(|_| serde::de::Error::custom("a month such as 2026-03 is expected"))
    }
}

/// Whole months from one day to another; none when the second is before the first.
#[must_use]
pub fn age_in_months(since: NaiveDate, day: NaiveDate) -> Option<u32> {
    if day < since {
        return None;
    }
    let months = (day.year() - since.year()) * 12 + i32::try_from(day.month()).ok()?
        - i32::try_from(since.month()).ok()?;
    // The month is not over before its day, the last day of a short month standing for those it lacks.
    let whole = since.checked_add_months(Months::new(u32::try_from(months).ok()?))? <= day;
    u32::try_from(if whole { months } else { months - 1 }).ok()
}

/// The day so many months later; the last day of a shorter month.
#[must_use]
pub fn months_after(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(months))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_whole_months() {
        for (since, day, expected) in [
            ("2020-01-31", "2020-01-31", Some(0)),
            ("2020-01-31", "2020-02-28", Some(0)),
            ("2020-01-31", "2020-02-29", Some(1)),
            ("2020-01-15", "2021-01-14", Some(11)),
            ("2020-01-15", "2021-01-15", Some(12)),
            ("2021-01-15", "2021-01-14", None),
        ] {
            let (from, to): (NaiveDate, NaiveDate) =
                (since.parse().unwrap_or_default(), day.parse().unwrap_or_default());
            assert_eq!(age_in_months(from, to), expected, "{since} {day}");
        }
    }
}
