//! An appointment or a task, as another program knows it.

use super::CalendarFileError;
use calcard::icalendar::{ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue};
use calcard::{Entry, Parser};
use chrono::{DateTime, Utc};
use clientela_model::ClosedList;
use clientela_model::identifier::TimeZone;
use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, ClosedList)]
pub enum ItemKind {
    /// An appointment (`VEVENT`).
    #[default]
    Event,
    /// A task (`VTODO`).
    Task,
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ItemStatus {
    /// Not yet settled.
    Tentative,
    /// Settled.
    Confirmed,
    /// Will not be.
    Cancelled,
    /// A task to be done.
    NeedsAction,
    /// A task begun.
    InProcess,
    /// A task done.
    Completed,
}

/// A point on the earth, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coordinates {
    /// North of the equator.
    pub latitude: Decimal,
    /// East of Greenwich.
    pub longitude: Decimal,
}

/// An appointment or a task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CalendarItem {
    /// What it is.
    pub kind: ItemKind,
    /// Its identifier in the whole world; the same for all occurrences of a series.
    pub uid: String,
    /// What it is about, in one line.
    pub summary: String,
    /// More about it.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// Where, as a point.
    pub coordinates: Option<Coordinates>,
    /// When it starts; a task may have no start.
    pub starts: Option<DateTime<Utc>>,
    /// When it ends, or when a task is due.
    pub ends: Option<DateTime<Utc>>,
    /// Whether it takes whole days and has no time.
    pub all_day: bool,
    /// Zone its times are written in; the day a series falls on is that of this zone's clocks.
    pub zone: Option<TimeZone>,
    /// Where it stands.
    pub status: Option<ItemStatus>,
    /// When a task was done.
    pub completed: Option<DateTime<Utc>>,
    /// Which revision of the item this is.
    pub sequence: u32,
    /// How it comes again.
    pub recurrence: Option<Recurrence>,
    /// Occurrences of the series that are left out.
    pub except: Vec<DateTime<Utc>>,
    /// Which occurrence of a series this item stands in for.
    pub replaces: Option<DateTime<Utc>>,
    /// Reminders, each so many minutes before it starts; below zero after it.
    pub reminders: Vec<i64>,
    /// E-mail addresses of those invited.
    pub attendees: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
}

/// A rule of recurrence, such as `FREQ=WEEKLY;BYDAY=MO`. Made by parsing only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence(ICalendarRecurrenceRule);

impl Recurrence {
    pub(super) const fn new(rule: ICalendarRecurrenceRule) -> Self {
        Self(rule)
    }
    pub(super) const fn rule(&self) -> &ICalendarRecurrenceRule {
        &self.0
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl FromStr for Recurrence {
    type Err = CalendarFileError;

    fn from_str(text: &str) -> Result<Self, CalendarFileError> {
        if !text.starts_with("FREQ=") || text.contains(char::is_control) {
            return Err(CalendarFileError::Recurrence);
        }
        let wrapped = format!("BEGIN:VEVENT\r\nRRULE:{text}\r\nEND:VEVENT\r\n");
        let Entry::ICalendar(calendar) = Parser::new(&wrapped).entry() else {
            return Err(CalendarFileError::Recurrence);
        };
        calendar
            .components
            .iter()
            .filter_map(|component| component.property(&ICalendarProperty::Rrule))
            .flat_map(|entry| &entry.values)
            .find_map(|value| match value {
                ICalendarValue::RecurrenceRule(rule) => Some(Self(rule.as_ref().clone())),
                _ => None,
            })
            .ok_or(CalendarFileError::Recurrence)
    }
}
