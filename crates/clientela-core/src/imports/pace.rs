//! How fast a long piece of work goes, and how long it will still take. The clock is the caller's.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::VecDeque;

/// How many observations the rate is made of: the latest ones, so that a slow beginning is forgotten.
const OBSERVATIONS: usize = 64;

/// What was seen of a piece of work so far.
#[derive(Debug, Clone)]
pub struct Pace {
    began: DateTime<Utc>,
    seen: VecDeque<(DateTime<Utc>, u64)>,
}

/// What is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Time since it began.
    pub elapsed: TimeDelta,
    /// Pieces a second, of late; none before the clock has moved.
    pub per_second: Option<u64>,
    /// Time it will still take at that rate; none before the clock has moved.
    pub left: Option<TimeDelta>,
}

impl Pace {
    /// A piece of work begins.
    #[must_use]
    pub fn begin(now: DateTime<Utc>) -> Self {
        Self { began: now, seen: VecDeque::from([(now, 0)]) }
    }

    /// So much has been done since it began, so much is left. What had been done before it began is in neither: going on with an
    /// import passes over its first rows in no time, which says nothing of the others.
    pub fn observe(&mut self, now: DateTime<Utc>, done: u64, left: u64) -> Progress {
        if self.seen.len() >= OBSERVATIONS {
            self.seen.pop_front();
        }
        self.seen.push_back((now, done));
        let (since, before) = self.seen.front().copied().unwrap_or((self.began, 0));
        let micros = (now - since).num_microseconds().unwrap_or(i64::MAX).max(0).unsigned_abs();
        let worked = done.saturating_sub(before);
        let (micros, worked) = (u128::from(micros), u128::from(worked));
        let per_second = (worked * 1_000_000).checked_div(micros);
        let needed = (u128::from(left) * micros).checked_div(worked).filter(|_| micros > 0);
        Progress {
            elapsed: now - self.began,
            per_second: per_second.map(|rate| u64::try_from(rate).unwrap_or(u64::MAX)),
            left: needed.map(|micros| TimeDelta::microseconds(i64::try_from(micros).unwrap_or(i64::MAX))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_rate_is_that_of_late() {
        let mut pace = Pace::begin(at(0));
        assert_eq!(
            pace.observe(at(0), 500, 1500),
            Progress { elapsed: TimeDelta::zero(), per_second: None, left: None }
        );
        let told = pace.observe(at(1), 1000, 1000);
        assert_eq!((told.per_second, told.left), (Some(1000), Some(TimeDelta::seconds(1))));
        // Ten times as slow for a long time: the beginning is forgotten.
        let mut last = told;
        for second in 2..200 {
            last = pace.observe(at(second), 1000 + u64::try_from(second).unwrap() * 100, 500);
        }
        assert_eq!((last.per_second, last.left), (Some(100), Some(TimeDelta::seconds(5))));
        assert_eq!(last.elapsed, TimeDelta::seconds(199));
    }

    #[test]
    fn a_clock_that_goes_back_and_work_that_rests_tell_nothing() {
        let mut pace = Pace::begin(at(10));
        assert_eq!(pace.observe(at(5), 10, 10).per_second, None);
        let mut pace = Pace::begin(at(10));
        let told = pace.observe(at(20), 0, 10);
        assert_eq!((told.per_second, told.left), (Some(0), None));
    }
}
