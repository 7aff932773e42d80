//! Appointments and absences: what else fills a position's calendar besides activities with customers.

use crate::ids::{AbsenceId, AppointmentId, PositionId, UnitId};
use crate::party::{TimeCategory, UID_SUFFIX};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clientela_model::identifier::TimeZone;
use clientela_model::{ClosedList, Coded, ErrorKind, Record};

/// An appointment of a position that is not with a customer: a meeting, a journey, something private. It takes its time in
/// the calendar, and counts in the analysis of time when its category is given.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 212, name = "appointment", access = owned)]
pub struct Appointment {
    /// Id.
    #[field(number = 1)]
    pub id: AppointmentId,
    /// Whose it is.
    #[field(number = 2, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit of that position.
    #[field(number = 3, merge = central)]
    pub unit: UnitId,
    /// What it is about, in one line.
    #[field(number = 4, personal)]
    pub subject: String,
    /// When it starts.
    #[field(number = 5, indexed, group = "time")]
    pub starts: DateTime<Utc>,
    /// When it ends.
    #[field(number = 6, indexed, group = "time")]
    pub ends: DateTime<Utc>,
    /// Where.
    #[field(number = 7, personal)]
    pub place: Option<String>,
    /// What its time is counted as; without it it is not counted.
    #[field(number = 8)]
    pub category: Option<TimeCategory>,
    /// Identifier of the item in the calendar it came from.
    #[field(number = 9, label = "Calendar UID", indexed)]
    pub uid: Option<String>,
    /// How it comes again, as a rule of RFC 5545 such as `FREQ=WEEKLY;BYDAY=MO`.
    #[field(number = 10, group = "series")]
    pub recurrence: Option<String>,
    /// Occurrences of the series that are left out, separated by spaces.
    #[field(number = 11, group = "series")]
    pub except: Option<String>,
    /// Which occurrence of the series of the same identifier it stands in for.
    #[field(number = 12, group = "series")]
    pub replaces: Option<DateTime<Utc>>,
    /// Zone whose clocks the series follows.
    #[field(number = 13, group = "series")]
    pub zone: Option<TimeZone>,
    /// Whether it will not take place.
    #[field(number = 14)]
    pub cancelled: bool,
}

impl Appointment {
    /// Its identifier in calendars: the one it came with, or one made of its id.
    #[must_use]
    pub fn calendar_uid(&self) -> String {
        self.uid.clone().unwrap_or_else(|| format!("{}{UID_SUFFIX}", self.id))
    }
}

/// Why somebody is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum AbsenceKind {
    /// Holidays.
    Leave,
    /// Ill.
    Illness,
    /// Being trained.
    Training,
    /// For another reason.
    Other,
}

/// Whole days a position is not there.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 213, name = "absence", access = owned)]
pub struct Absence {
    /// Id.
    #[field(number = 1)]
    pub id: AbsenceId,
    /// Who is away.
    #[field(number = 2, merge = central, indexed)]
    pub owner: PositionId,
    /// The unit of that position.
    #[field(number = 3, merge = central)]
    pub unit: UnitId,
    /// First day.
    #[field(number = 4, group = "period")]
    pub first_day: NaiveDate,
    /// Last day.
    #[field(number = 5, group = "period")]
    pub last_day: NaiveDate,
    /// Why.
    #[field(number = 6, personal)]
    pub kind: AbsenceKind,
    /// Whether it was taken back.
    #[field(number = 7)]
    pub withdrawn: bool,
}

impl Absence {
    /// Its identifier in calendars, made of its id.
    #[must_use]
    pub fn calendar_uid(&self) -> String {
        format!("{}{UID_SUFFIX}", self.id)
    }
}

/// An appointment or absence that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// It ends before it starts, or lasts longer than can be.
    #[error("the appointment ends before it starts, or more than a year after; give an end after its start")]
    Appointment,
    /// It ends before it begins, or lasts longer than can be.
    #[error(
        "the absence ends before its first day, or more than two years after; give a last day after its first"
    )]
    Absence,
}

impl Coded for TimeError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Appointment => "appointment.period",
            Self::Absence => "absence.period",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Appointment => "ends",
            Self::Absence => "last_day",
        };
        Some(field.to_owned())
    }
}

/// Whether an appointment has a length that can be.
///
/// # Errors
/// `appointment.period`.
pub fn check_appointment(appointment: &Appointment) -> Result<(), TimeError> {
    let length = appointment.ends - appointment.starts;
    if length < TimeDelta::zero() || length > TimeDelta::days(366) {
        Err(TimeError::Appointment)
    } else {
        Ok(())
    }
}

/// Whether an absence has a length that can be.
///
/// # Errors
/// `absence.period`.
pub fn check_absence(absence: &Absence) -> Result<(), TimeError> {
    let days = (absence.last_day - absence.first_day).num_days();
    if (0..=2 * 366).contains(&days) { Ok(()) } else { Err(TimeError::Absence) }
}
