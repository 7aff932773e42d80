//! Ending what prices are made from: it holds no longer from a day on, and what was made by it stays as it is.

use super::{CatalogueVersion, DiscountSchedule, PriceList, PriceRule, TaxExemption};
use crate::sales::proposal_rule::ProposalRule;
use chrono::NaiveDate;
use clientela_model::{ValueError, Why};

/// What holds until a day, and can be ended.
pub trait Ends: Sized {
    /// The last day it holds, empty while it lasts.
    fn last_day(&self) -> Option<NaiveDate>;
    /// The same, holding no longer than that day.
    #[must_use]
    fn ending_on(self, day: NaiveDate) -> Self;
}

macro_rules! ends {
    ($($record:ty: $column:ident;)*) => {$(
        impl Ends for $record {
            fn last_day(&self) -> Option<NaiveDate> {
                self.$column
            }
            fn ending_on(self, day: NaiveDate) -> Self {
                Self { $column: Some(day), ..self }
            }
        }
    )*};
}

ends! {
    PriceList: valid_to;
    PriceRule: valid_to;
    ProposalRule: valid_to;
    DiscountSchedule: valid_to;
    TaxExemption: valid_to;
}

/// A version keeps the days of its document; that it was taken back before they were over stands beside them.
impl Ends for CatalogueVersion {
    fn last_day(&self) -> Option<NaiveDate> {
        self.retired_to.or(self.valid_to)
    }
    fn ending_on(self, day: NaiveDate) -> Self {
        Self { retired_to: Some(day), ..self }
    }
}

/// Ends something with that last day, yesterday when none is given: then it holds no longer from today on. What was to begin later
/// holds on no day.
///
/// # Errors
/// In this order: `ending.reason` without a reason, `ending.past` for a day before yesterday (what held then stays as it was),
/// `ending.later` for a day after the last one it has.
pub fn end<R: Ends>(
    record: R,
    last_day: Option<NaiveDate>,
    reason: &str,
    today: NaiveDate,
) -> Result<(R, Why), ValueError> {
    if reason.trim().is_empty() {
        let expected = "why it ends, in a few words";
        return Err(
            ValueError::new("ending.reason", "reason of an ending", "is empty", expected).at("reason")
        );
    }
    let yesterday = today.pred_opt().unwrap_or(today);
    let day = last_day.unwrap_or(yesterday);
    if day < yesterday {
        let expected = format!("{yesterday} or later");
        let problem = "changes what held in the past";
        return Err(ValueError::new("ending.past", "last day", problem, expected).at("last_day"));
    }
    if let Some(ends) = record.last_day().filter(|ends| *ends < day) {
        let (problem, expected) = ("is after the one it has", format!("{ends} or earlier"));
        return Err(ValueError::new("ending.later", "last day", problem, expected).at("last_day"));
    }
    let why = Why::new("ending.ended").fact("last_day", day).fact("reason", reason.trim());
    Ok((record.ending_on(day), why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    struct Until(Option<NaiveDate>);

    impl Ends for Until {
        fn last_day(&self) -> Option<NaiveDate> {
            self.0
        }
        fn ending_on(self, day: NaiveDate) -> Self {
            Self(Some(day))
        }
    }

    #[test]
    fn the_past_stays_as_it_was() {
        let day = |day: &str| day.parse::<NaiveDate>().unwrap();
        let today = day("2026-03-04");
        // The last day it has, the one that is asked for, why, and what comes of it.
        for (has, asked, reason, found) in [
            (None, None, "entered wrongly", Ok("2026-03-03")),
            (None, Some("2026-03-03"), "entered wrongly", Ok("2026-03-03")),
            (None, Some("2026-12-31"), "the campaign is over", Ok("2026-12-31")),
            (Some("2026-06-30"), Some("2026-06-30"), "as agreed", Ok("2026-06-30")),
            (None, Some("2026-03-02"), "too late", Err("ending.past")),
            (Some("2026-06-30"), Some("2026-07-01"), "longer", Err("ending.later")),
            (Some("2026-01-31"), None, "twice", Err("ending.later")),
            (None, None, "  ", Err("ending.reason")),
        ] {
            let ended = end(Until(has.map(day)), asked.map(day), reason, today);
            let ended = ended.map(|(ended, _)| ended.0).map_err(|error| error.code);
            assert_eq!(ended, found.map(|found| Some(day(found))), "{has:?} {asked:?} {reason}");
        }
    }
}
