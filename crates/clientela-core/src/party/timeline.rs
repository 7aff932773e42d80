//! The timeline of a customer: what happened, from all sources, newest first, in pages.
//!
//! Each source is asked for one entry more than a page holds, before the cursor; [`page`] puts them together. The order is
//! by moment (newest first), then by source, then by id, so that every entry has one place and no page shows it twice.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clientela_model::Fact;
use clientela_model::{ClosedList, ValueError};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use uuid::Uuid;

/// The most entries of one page.
pub const PAGE_MAX: usize = 200;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum TimelineKind {
    /// A visit, call, letter and so on.
    Contact,
    /// An opportunity came on, or was lost.
    Opportunity,
    /// An opportunity was won.
    Purchase,
    /// An offer was made, issued or decided.
    Offer,
    /// Something was said about being contacted.
    Consent,
    /// A campaign chose the customer.
    Campaign,
    /// A vehicle joined or left the fleet, was read, somebody's part in it or a contract on it began or ended.
    Vehicle,
    /// A field changed: of the customer, its contacts, addresses, contact points or added fields.
    Change,
    /// A lead came in that became the customer's.
    Lead,
    /// An order was made, or reached a milestone such as delivery.
    Order,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether only the day is known: the moment is then its midnight in UTC.
    pub day_only: bool,
    /// What kind.
    pub kind: TimelineKind,
    /// What happened, as a stable dotted word such as `offer.issued`.
    pub event: String,
    /// Of which entity the record is.
    pub entity: String,
    /// The record.
    pub id: Uuid,
    /// What it is called: a subject, a title, a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The figures, by the names of their columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// Which source it is from.
    #[serde(skip)]
    pub source: u8,
    /// Its place among those of one moment and source.
    #[serde(skip)]
    pub tie: Uuid,
}

/// A place in the timeline: everything after it is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The moment.
    pub at: DateTime<Utc>,
    /// The source.
    pub source: u8,
    /// The id.
    pub tie: Uuid,
}

/// A page of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// What happened, newest first.
    pub entries: Vec<TimelineEntry>,
    /// Where the next page begins; none when this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The moment a day is shown at.
#[must_use]
pub fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

impl TimelineEntry {
    /// Its place.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor { at: self.at, source: self.source, tie: self.tie }
    }
}

impl Cursor {
    /// As it is given to whoever asks for the next page.
    #[must_use]
    pub fn written(&self) -> String {
        format!("{}.{}.{}", self.at.timestamp_micros(), self.source, self.tie.simple())
    }

    /// Reads what [`written`](Self::written) made.
    ///
    /// # Errors
    /// `cursor.malformed`.
    pub fn read(text: &str) -> Result<Self, ValueError> {
        let read = || {
            let mut parts = text.split('.');
            let at = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?;
            let source = parts.next()?.parse().ok()?;
            let tie = Uuid::try_parse(parts.next()?).ok()?;
            parts.next().is_none().then_some(Self { at, source, tie })
        };
        let malformed = || {
            ValueError::new(
                "cursor.malformed",
                "cursor",
                "is not one of a page",
                "the next of an earlier page",
            )
        };
        read().ok_or_else(|| malformed().at("after"))
    }

    /// Its place in the order: what comes later in the timeline is greater.
    #[must_use]
    pub const fn place(&self) -> (Reverse<DateTime<Utc>>, u8, Uuid) {
        (Reverse(self.at), self.source, self.tie)
    }
}

/// Puts what the sources gave into one page. Each gave its first entries after `after`, at least one more than `limit` where
/// it has so many.
#[must_use]
pub fn page(mut found: Vec<TimelineEntry>, after: Option<Cursor>, limit: usize) -> Timeline {
    let limit = limit.clamp(1, PAGE_MAX);
    if let Some(after) = after {
        found.retain(|entry| entry.cursor().place() > after.place());
    }
    found.sort_by_key(|entry| entry.cursor().place());
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| last.cursor().written());
    Timeline { entries: found, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(at: i64, source: u8, tie: u128) -> TimelineEntry {
        TimelineEntry {
            at: DateTime::from_timestamp_micros(at).unwrap_or_default(),
            day_only: false,
            kind: TimelineKind::Contact,
            event: "activity.reported".to_owned(),
            entity: "activity".to_owned(),
            id: Uuid::from_u128(tie),
            title: None,
            facts: Vec::new(),
            source,
            tie: Uuid::from_u128(tie),
        }
    }

    proptest! {
        /// Page after page shows everything once, in the order of the whole.
        #[test]
        fn pages_make_the_whole(
            places in proptest::collection::btree_set((0_i64..5, 0_u8..3, 0_u128..6), 0..40),
            limit in 1_usize..9,
        ) {
            let all: Vec<TimelineEntry> = places.iter().map(|(at, source, tie)| entry(*at, *source, *tie)).collect();
            let whole = page(all.clone(), None, PAGE_MAX).entries;
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let cursor = after.as_deref().map(Cursor::read).transpose().map_err(|error| TestCaseError::fail(error.to_string()))?;
                // A source gives no more than one beyond the page.
                let mut given = Vec::new();
                for source in 0..3 {
                    let mut own: Vec<TimelineEntry> = all.iter().filter(|entry| entry.source == source).cloned().collect();
                    own.retain(|entry| cursor.is_none_or(|cursor| entry.cursor().place() > cursor.place()));
                    own.sort_by_key(|entry| entry.cursor().place());
                    own.truncate(limit + 1);
                    given.extend(own);
                }
                let read = page(given, cursor, limit);
                prop_assert!(read.entries.len() <= limit);
                seen.extend(read.entries);
                after = read.next;
                if after.is_none() { break; }
            }
            prop_assert_eq!(seen, whole);
        }
    }

    #[test]
    fn a_cursor_of_another_make_is_refused() {
        for text in [
            "",
            "1",
            "1.2",
            "a.1.00000000000000000000000000000000",
            "1.300.00000000000000000000000000000000",
            "1.1.x",
        ] {
            assert_eq!(Cursor::read(text).map_err(|error| error.code), Err("cursor.malformed"), "{text}");
        }
    }
}
