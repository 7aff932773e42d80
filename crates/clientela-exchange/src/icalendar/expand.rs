//! The occurrences of series.

use super::item::CalendarItem;
use super::write;
use calcard::common::timezone::Tz;
use calcard::icalendar::dates::TimeOrDelta;
use chrono::{DateTime, Utc};

/// One time an item takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// When it starts.
    pub starts: DateTime<Utc>,
    /// When it ends.
    pub ends: DateTime<Utc>,
    /// Its place in the items given.
    pub item: usize,
}

/// When the items take place, in order of time: a series as often as its rule says, but at most `limit` times for all
/// series together. An item that replaces an occurrence stands in its place.
#[must_use]
pub fn occurrences(items: &[CalendarItem], limit: usize) -> Vec<Occurrence> {
    let (calendar, origins) = write::calendar(items, DateTime::UNIX_EPOCH);
    let mut found: Vec<Occurrence> = calendar
        .expand_dates(Tz::UTC, limit)
        .events
        .into_iter()
        .filter_map(|event| {
            let item = origins.get(usize::try_from(event.comp_id).ok()?).copied().flatten()?;
            let starts = event.start.to_utc();
            let ends = match event.end {
                TimeOrDelta::Time(end) => end.to_utc(),
                TimeOrDelta::Delta(length) => starts.checked_add_signed(length)?,
            };
            Some(Occurrence { starts, ends, item })
        })
        .collect();
    found.sort_unstable();
    found
}
