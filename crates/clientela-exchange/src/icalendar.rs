//! Calendars of other programs: iCalendar (RFC 5545), appointments and tasks, both ways.
//!
//! ```
//! use chrono::{TimeZone as _, Utc};
//! use clientela_exchange::icalendar;
//! use clientela_model::identifier::TimeZone;
//! let rome = TimeZone::parse("Europe/Rome")?;
//! let file = icalendar::read(
//!     b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Visit\r\nDTSTART:20260701T090000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
//!     rome,
//! )?;
//! // A time without a zone is meant on the reader's clocks: nine in Rome is seven in universal time.
//! assert_eq!(file.items[0].starts, Utc.with_ymd_and_hms(2026, 7, 1, 7, 0, 0).single());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What cannot be read of an item is reported with the item's place in the file; the rest of the file counts.

mod expand;
mod extract;
mod item;
mod write;

pub use expand::{Occurrence, occurrences};
pub use item::{CalendarItem, Coordinates, ItemKind, ItemStatus, Recurrence};
pub use write::write;

use calcard::{Entry, Parser};
use clientela_model::identifier::TimeZone;
use clientela_model::{Coded, ErrorKind};

/// Largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// The items of a file and what could not be read of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CalendarFile {
    /// Appointments and tasks, in order.
    pub items: Vec<CalendarItem>,
    /// What was passed over, in order of items.
    pub problems: Vec<CalendarFileError>,
}

/// Something in a file that cannot be read. Never repeats what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFileError {
    /// The file is too large to be read at all.
    #[error("file is too large; expected at most {limit} bytes")]
    FileTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Nothing in the file is a calendar.
    #[error("file is not a calendar; expected BEGIN:VCALENDAR")]
    NotACalendar,
    /// An item without the identifier that makes reading it twice harmless.
    #[error("item {item} has no UID; expected one, so that reading it again changes nothing")]
    WithoutUid {
        /// Its place among the items of the file, from 1.
        item: usize,
    },
    /// An appointment without a moment.
    #[error("appointment {item} has no readable DTSTART; expected a date, or a date and a time")]
    WithoutStart {
        /// Its place among the items of the file, from 1.
        item: usize,
    },
    /// A zone that neither the file explains nor the world knows.
    #[error("item {item} names a time zone that is not known; its times are taken on the reader's clocks")]
    UnknownZone {
        /// Its place among the items of the file, from 1.
        item: usize,
    },
    /// A rule of recurrence that is none.
    #[error("recurrence is not a rule; expected the form of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO")]
    Recurrence,
}

impl CalendarFileError {
    /// The place of the item concerned among those of the file, from 1.
    #[must_use]
    pub const fn item(&self) -> Option<usize> {
        match self {
            Self::WithoutUid { item } | Self::WithoutStart { item } | Self::UnknownZone { item } => {
                Some(*item)
            }
            Self::FileTooLarge { .. } | Self::NotACalendar | Self::Recurrence => None,
        }
    }
}

impl Coded for CalendarFileError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::FileTooLarge { .. } => ErrorKind::Limit,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::FileTooLarge { .. } => "icalendar.file_too_large",
            Self::NotACalendar => "icalendar.not_a_calendar",
            Self::WithoutUid { .. } => "icalendar.without_uid",
            Self::WithoutStart { .. } => "icalendar.without_start",
            Self::UnknownZone { .. } => "icalendar.unknown_zone",
            Self::Recurrence => "icalendar.recurrence",
        }
    }
    fn field(&self) -> Option<String> {
        let name = match self {
            Self::FileTooLarge { .. } | Self::NotACalendar => return None,
            Self::WithoutUid { .. } => "UID",
            Self::WithoutStart { .. } => "DTSTART",
            Self::UnknownZone { .. } => "TZID",
            Self::Recurrence => "RRULE",
        };
        Some(name.to_owned())
    }
}

/// Reads a file. Times without a zone are meant on the clocks of `zone`.
///
/// # Errors
/// [`CalendarFileError::FileTooLarge`], [`CalendarFileError::NotACalendar`]; everything else is in the file's problems.
pub fn read(bytes: &[u8], zone: TimeZone) -> Result<CalendarFile, CalendarFileError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(CalendarFileError::FileTooLarge { limit: MAX_FILE_BYTES });
    }
    let text = String::from_utf8_lossy(bytes);
    let mut parser = Parser::new(&text);
    let mut file = CalendarFile::default();
    let mut found = false;
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                found = true;
                extract::items(&calendar, zone, &mut file);
            }
            Entry::Eof => break,
            _ => {}
        }
    }
    if found { Ok(file) } else { Err(CalendarFileError::NotACalendar) }
}
