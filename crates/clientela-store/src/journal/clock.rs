//! The hybrid logical clock: 48 bits of milliseconds, 15 bits of counter, never going back (Kulkarni and others, 2014).

use crate::error::StoreError;
use chrono::{DateTime, Utc};

const COUNTER_BITS: u32 = 15;

/// The reading for a command at this time, after the last reading. All commits of one command share it.
pub(crate) fn tick(last: i64, at: DateTime<Utc>) -> i64 {
    let millis = at.timestamp_millis().clamp(0, (1 << 48) - 1);
    // A counter that is full carries into the milliseconds, which is what "never back" asks for.
    last.saturating_add(1).max(millis << COUNTER_BITS)
}

/// The time of a reading, to the millisecond.
pub(crate) fn time(reading: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(reading >> COUNTER_BITS)
        .ok_or_else(|| StoreError::damaged("a commit has an impossible time"))
}

/// The last reading that is not after this instant.
pub(crate) fn last_at(at: DateTime<Utc>) -> i64 {
    let millis = at.timestamp_millis();
    if millis < 0 { -1 } else { (millis.min((1 << 48) - 1) << COUNTER_BITS) | ((1 << COUNTER_BITS) - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_never_goes_back() {
        let at = |millis| DateTime::from_timestamp_millis(millis).unwrap();
        let first = tick(0, at(1_000));
        assert_eq!(time(first).unwrap(), at(1_000));
        let stepped_back = tick(first, at(400));
        assert_eq!(stepped_back, first + 1);
        assert!(stepped_back <= last_at(at(1_000)) && stepped_back > last_at(at(999)));
        assert_eq!(time(tick(stepped_back, at(2_000))).unwrap(), at(2_000));
        assert_eq!(time(tick((1 << 15) - 1, at(0))).unwrap(), at(1), "a full counter carries");
        assert!(tick(0, at(-5)) > last_at(at(-5)));
    }
}
