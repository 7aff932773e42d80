//! What is stored of a working calendar.

use super::hours::{Week, stretches};
use super::working::WorkingTime;
use crate::ids::{CalendarDayId, UnitId, WorkingCalendarId};
use chrono::NaiveDate;
use clientela_model::identifier::{Country, TimeZone};
use clientela_model::{Coded, ErrorKind, Record, ValueError};

/// The opening hours of a unit, and of those below it that have none of their own.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 210, name = "working_calendar", access = public)]
pub struct WorkingCalendar {
    /// Id.
    #[field(number = 1)]
    pub id: WorkingCalendarId,
    /// The unit.
    #[field(number = 2, indexed)]
    pub unit: UnitId,
    /// Opening hours, such as `Mo-Fr 08:30-12:30 14:00-18:30; Sa 09:00-12:00`.
    #[field(number = 3)]
    pub week: String,
    /// Codes of the countries whose public holidays are free, separated by spaces.
    #[field(number = 4)]
    pub holidays: String,
}

/// A day that differs from the week: closed, or open at other hours.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 211, name = "calendar_day", access = public, part_of(working_calendar, calendar))]
pub struct CalendarDay {
    /// Id.
    #[field(number = 1)]
    pub id: CalendarDayId,
    /// The calendar.
    #[field(number = 2)]
    pub calendar: WorkingCalendarId,
    /// The day.
    #[field(number = 3)]
    pub day: NaiveDate,
    /// Its hours, such as `09:00-12:00`; `closed` when it is.
    #[field(number = 4)]
    pub hours: String,
    /// Why, such as the feast of the town's saint.
    #[field(number = 5)]
    pub name: String,
    /// Whether it was taken back.
    #[field(number = 6)]
    pub withdrawn: bool,
}

/// A calendar that cannot be counted with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Hours or a country that cannot be read.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// Nothing is ever open.
    #[error("the calendar is never open; name the days and hours on which it is")]
    NeverOpen,
    /// A country without a table of holidays.
    #[error("the holidays of {country} are not known; leave it out and give its days one by one")]
    UnknownHolidays {
        /// Its code.
        country: Country,
    },
}

impl Coded for CalendarError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Value(error) => error.kind(),
            Self::NeverOpen | Self::UnknownHolidays { .. } => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Value(error) => error.code(),
            Self::NeverOpen => "working_calendar.never_open",
            Self::UnknownHolidays { .. } => "working_calendar.unknown_holidays",
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Value(error) => error.field(),
            Self::NeverOpen => Some("week".to_owned()),
            Self::UnknownHolidays { .. } => Some("holidays".to_owned()),
        }
    }
}

/// A stored calendar, ready to count with.
///
/// # Errors
/// `opening_hours.malformed`, `opening_hours.order`, `country.unknown`, `working_calendar.never_open`,
/// `working_calendar.unknown_holidays`.
pub fn working_time(
    calendar: &WorkingCalendar,
    days: &[CalendarDay],
    zone: TimeZone,
) -> Result<WorkingTime, CalendarError> {
    let week: Week = calendar.week.parse().map_err(|error: ValueError| error.at("week"))?;
    if week.is_closed() {
        return Err(CalendarError::NeverOpen);
    }
    let mut holidays = Vec::new();
    for code in calendar.holidays.split_whitespace() {
        let country = Country::parse(code).map_err(|error| error.at("holidays"))?;
        if !super::countries().any(|known| known == country.code()) {
            return Err(CalendarError::UnknownHolidays { country });
        }
        holidays.push(country);
    }
    let mut time = WorkingTime { zone, week, holidays, days: std::collections::BTreeMap::new() };
    for day in days.iter().filter(|day| day.calendar == calendar.id && !day.withdrawn) {
        time.days.insert(day.day, stretches(&day.hours).map_err(|error| error.at("days.hours"))?);
    }
    Ok(time)
}
