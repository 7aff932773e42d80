//! Calendar time: so many years, months and days.

use chrono::{NaiveDate, TimeDelta};
use std::cmp::Ordering;

/// So many months and days. Months are added first; a day the month does not have becomes its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// Months; twelve for a year.
    pub months: i32,
    /// Days.
    pub days: i32,
}

impl Period {
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let (months, days) = (self.months.checked_add(other.months)?, self.days.checked_add(other.days)?);
        Some(Self { months, days })
    }

    pub(crate) fn reversed(self) -> Option<Self> {
        Some(Self { months: self.months.checked_neg()?, days: self.days.checked_neg()? })
    }

    /// The day so much later.
    pub(crate) fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        let months = chrono::Months::new(self.months.unsigned_abs());
        let day = match self.months.cmp(&0) {
            Ordering::Less => day.checked_sub_months(months)?,
            Ordering::Equal => day,
            Ordering::Greater => day.checked_add_months(months)?,
        };
        day.checked_add_signed(TimeDelta::try_days(i64::from(self.days))?)
    }
}
