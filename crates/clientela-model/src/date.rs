//! Ranges of days.

use crate::error::ValueError;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Days from the first to the last, both included; an open end has no day.
///
/// ```
/// use chrono::NaiveDate;
/// use clientela_model::DateRange;
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let range = DateRange::new(day(1), Some(day(31)))?;
/// assert!(range.contains(day(31)));
/// assert_eq!(range.days(), Some(31));
/// assert!(DateRange::new(day(2), Some(day(1))).is_err());
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ends", into = "Ends")]
pub struct DateRange {
    first: NaiveDate,
    last: Option<NaiveDate>,
}

#[derive(Serialize, Deserialize)]
struct Ends {
    first: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<NaiveDate>,
}

impl TryFrom<Ends> for DateRange {
    type Error = ValueError;
    fn try_from(ends: Ends) -> Result<Self, ValueError> {
        Self::new(ends.first, ends.last)
    }
}

impl From<DateRange> for Ends {
    fn from(range: DateRange) -> Self {
        Self { first: range.first, last: range.last }
    }
}

impl DateRange {
    /// A range of days.
    ///
    /// # Errors
    /// `date_range.reversed` when the last day is before the first.
    pub fn new(first: NaiveDate, last: Option<NaiveDate>) -> Result<Self, ValueError> {
        if last.is_some_and(|last| last < first) {
            return Err(ValueError::new(
                "date_range.reversed",
                "date range",
                "ends before it begins",
                "a last day not before the first",
            ));
        }
        Ok(Self { first, last })
    }

    /// The first day.
    #[must_use]
    pub const fn first(self) -> NaiveDate {
        self.first
    }

    /// The last day, none when open.
    #[must_use]
    pub const fn last(self) -> Option<NaiveDate> {
        self.last
    }

    /// Whether the day is inside.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        day >= self.first && self.last.is_none_or(|last| day <= last)
    }

    /// Whether a day is in both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.last.is_none_or(|last| other.first <= last) && other.last.is_none_or(|last| self.first <= last)
    }

    /// Number of days, none when open.
    #[must_use]
    pub fn days(self) -> Option<i64> {
        self.last.map(|last| (last - self.first).num_days() + 1)
    }
}
