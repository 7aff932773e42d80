//! Time zones: which day it is somewhere.

use super::time_zone_rules::RULES;
use super::time_zone_table::TABLE;
use crate::error::ValueError;
use chrono::{DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveDateTime, Utc, Weekday};
use std::fmt;

/// A time zone of the IANA database, by the rule in force.
///
/// What was in force in earlier years is not known here: the answer is exact for the present, which is what "today" and
/// business hours ask for.
///
/// ```
/// use clientela_model::identifier::TimeZone;
/// let rome = TimeZone::parse("Europe/Rome")?;
/// let late = "2026-03-04T23:30:00Z".parse().expect("an instant");
/// assert_eq!(rome.day_of(late).to_string(), "2026-03-05");
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeZone(&'static str, u8);

impl TimeZone {
    /// The zone of those who have said nothing.
    pub const UTC: Self = Self("Etc/UTC", UTC_RULE);

    /// Reads a name such as `Europe/Rome`, letter case included.
    ///
    /// # Errors
    /// `time_zone.unknown`.
    pub fn parse(name: &str) -> Result<Self, ValueError> {
        TABLE
            .binary_search_by(|(known, _)| (*known).cmp(name.trim()))
            .ok()
            .and_then(|at| TABLE.get(at))
            .map(|(name, rule)| Self(name, *rule))
            .ok_or_else(|| {
                ValueError::new(
                    "time_zone.unknown",
                    "time zone",
                    "is not a name of the IANA database",
                    "an area and a city such as Europe/Rome",
                )
            })
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// How far its clocks are from UTC at a moment.
    #[must_use]
    pub fn offset_at(self, moment: DateTime<Utc>) -> FixedOffset {
        let rule = RULES.get(usize::from(self.1)).and_then(|text| Rule::parse(text));
        let seconds = rule.map_or(0, |rule| rule.offset_at(moment.naive_utc()));
        FixedOffset::east_opt(seconds).unwrap_or(chrono::Offset::fix(&Utc))
    }

    /// The day it is there at a moment.
    #[must_use]
    pub fn day_of(self, moment: DateTime<Utc>) -> NaiveDate {
        let there = moment.naive_utc().checked_add_offset(self.offset_at(moment));
        there.unwrap_or(moment.naive_utc()).date()
    }
}

/// The place of `UTC0` among the rules.
const UTC_RULE: u8 = 88;

/// A rule as POSIX writes it (IEEE 1003.1, environment variable TZ, with the hours of RFC 9636), in seconds east.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rule {
    standard: i32,
    summer: Option<Summer>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Summer {
    offset: i32,
    begin: Change,
    end: Change,
}

/// The n-th weekday of a month, 5 the last, and the seconds after its midnight.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Change {
    month: u32,
    week: u8,
    weekday: u8,
    seconds: i32,
}

impl Rule {
    fn parse(text: &str) -> Option<Self> {
        let (standard, rest) = offset(after_name(text)?)?;
        if rest.is_empty() {
            return Some(Self { standard, summer: None });
        }
        let rest = after_name(rest)?;
        let (clocks, changes) = rest.split_once(',')?;
        let (begin, end) = changes.split_once(',')?;
        let offset = if clocks.is_empty() { standard + HOUR } else { offset(clocks)?.0 };
        let summer = Summer { offset, begin: Change::parse(begin)?, end: Change::parse(end)? };
        Some(Self { standard, summer: Some(summer) })
    }

    fn offset_at(self, moment: NaiveDateTime) -> i32 {
        let Some(summer) = self.summer else { return self.standard };
        let there = moment.checked_add_signed(Duration::seconds(self.standard.into()));
        let year = there.unwrap_or(moment).year();
        let in_universal_time = |change: Change, offset: i32| {
            change.in_year(year)?.checked_sub_signed(Duration::seconds(offset.into()))
        };
        let begin = in_universal_time(summer.begin, self.standard);
        let end = in_universal_time(summer.end, summer.offset);
        let (Some(begin), Some(end)) = (begin, end) else { return self.standard };
        // South of the equator summer begins in one year and ends in the next.
        let is_summer =
            if begin < end { begin <= moment && moment < end } else { !(end <= moment && moment < begin) };
        if is_summer { summer.offset } else { self.standard }
    }
}

const HOUR: i32 = 3_600;

impl Change {
    fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once('/').unwrap_or((text, "2"));
        let mut parts = day.strip_prefix('M')?.split('.');
        let month = parts.next()?.parse().ok()?;
        let week = parts.next()?.parse().ok()?;
        let weekday = parts.next()?.parse().ok()?;
        let seconds = clock(time)?.0;
        Some(Self { month, week, weekday, seconds })
    }

    fn in_year(self, year: i32) -> Option<NaiveDateTime> {
        let weekday = Weekday::try_from((self.weekday + 6) % 7).ok()?;
        // The fifth may be missing: then the fourth is the last.
        let day = NaiveDate::from_weekday_of_month_opt(year, self.month, weekday, self.week)
            .or_else(|| NaiveDate::from_weekday_of_month_opt(year, self.month, weekday, 4))?;
        day.and_hms_opt(0, 0, 0)?.checked_add_signed(Duration::seconds(self.seconds.into()))
    }
}

/// What follows the abbreviation a rule begins with.
fn after_name(text: &str) -> Option<&str> {
    match text.strip_prefix('<') {
        Some(quoted) => quoted.split_once('>').map(|(_, rest)| rest),
        None => {
            let end = text.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(text.len());
            text.get(end..).filter(|_| end > 0)
        }
    }
}

/// An offset, which POSIX counts west, and what follows it.
fn offset(text: &str) -> Option<(i32, &str)> {
    clock(text).map(|(seconds, rest)| (-seconds, rest))
}

/// Hours, minutes and seconds, as seconds, and what follows them.
fn clock(text: &str) -> Option<(i32, &str)> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => (1, text),
    };
    let end = digits.find(|letter: char| !letter.is_ascii_digit() && letter != ':').unwrap_or(digits.len());
    let (clock, rest) = digits.split_at_checked(end)?;
    let mut seconds = 0_i32;
    for (part, unit) in clock.split(':').zip([HOUR, 60, 1]) {
        seconds = seconds.checked_add(part.parse::<i32>().ok()?.checked_mul(unit)?)?;
    }
    Some((sign * seconds, rest))
}

impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

super::written_as_text!(field TimeZone, |zone| zone.name(), TimeZone::parse);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_rule_that_can_be_read() {
        assert!(TABLE.is_sorted_by(|one, other| one.0 < other.0));
        for (name, rule) in TABLE {
            let text = RULES[usize::from(*rule)];
            assert!(Rule::parse(text).is_some(), "{name}: {text}");
            assert_eq!(TimeZone::parse(name).unwrap().to_string(), *name);
        }
        assert_eq!(TimeZone::parse("Etc/UTC").unwrap(), TimeZone::UTC);
        for name in ["", "Rome", "europe/rome", "CET-1CEST"] {
            assert_eq!(TimeZone::parse(name).unwrap_err().code, "time_zone.unknown", "{name}");
        }
    }

    #[test]
    fn clocks_change_when_they_do() {
        // Moment, zone, its clock.
        for (moment, zone, there) in [
            ("2026-03-29T00:59:59Z", "Europe/Rome", "2026-03-29 01:59:59"),
            ("2026-03-29T01:00:00Z", "Europe/Rome", "2026-03-29 03:00:00"),
            ("2026-10-25T00:59:59Z", "Europe/Rome", "2026-10-25 02:59:59"),
            ("2026-10-25T01:00:00Z", "Europe/Rome", "2026-10-25 02:00:00"),
            ("2026-12-31T23:30:00Z", "Europe/Rome", "2027-01-01 00:30:00"),
            ("2026-07-01T12:00:00Z", "Europe/Dublin", "2026-07-01 13:00:00"),
            ("2026-01-01T12:00:00Z", "Europe/Dublin", "2026-01-01 12:00:00"),
            ("2026-01-01T02:00:00Z", "America/New_York", "2025-12-31 21:00:00"),
            ("2026-07-01T02:00:00Z", "America/Sao_Paulo", "2026-06-30 23:00:00"),
            ("2026-01-15T00:00:00Z", "Australia/Sydney", "2026-01-15 11:00:00"),
            ("2026-07-15T00:00:00Z", "Australia/Sydney", "2026-07-15 10:00:00"),
            ("2026-04-04T16:00:00Z", "Australia/Sydney", "2026-04-05 02:00:00"),
            ("2026-06-01T00:00:00Z", "Asia/Kolkata", "2026-06-01 05:30:00"),
            ("2026-04-05T03:00:00Z", "America/Santiago", "2026-04-04 23:00:00"),
            ("2026-06-01T12:00:00Z", "Etc/UTC", "2026-06-01 12:00:00"),
        ] {
            let (moment, zone) = (moment.parse::<DateTime<Utc>>().unwrap(), TimeZone::parse(zone).unwrap());
            let clock = moment.with_timezone(&zone.offset_at(moment)).naive_local();
            assert_eq!(clock.to_string(), there, "{moment} {zone}");
            assert_eq!(zone.day_of(moment), clock.date());
        }
    }
}
