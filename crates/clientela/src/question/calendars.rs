//! Questions on working calendars.

use crate::calendar;
use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::session::Session;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clientela_core::organisation::Unit;
use clientela_model::Why;
use serde::{Deserialize, Serialize};

/// When so much open time of a unit will have passed: a response time, a lead time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingTimeAfter {
    /// Code of the unit; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// From when; now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Minutes of open time.
    pub minutes: u32,
}

/// A moment in working time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkingMoment {
    /// The moment.
    pub at: DateTime<Utc>,
    /// Whose calendar was counted in.
    pub why: Why,
}

/// The days of a unit's calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingDays {
    /// Code of the unit; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day.
    pub last_day: NaiveDate,
}

/// The working days of a period, and the days in it that are closed though their day of the week is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountedDays {
    /// Working days, both ends included.
    pub working_days: u32,
    /// Holidays on days of the week that would be open, with their names.
    pub holidays: Vec<(NaiveDate, String)>,
    /// Whose calendar was counted in.
    pub why: Why,
}

/// Most days one question looks through: ten years.
const DAYS_MAX: i64 = 3_660;

pub(super) fn after(session: &Session, question: &WorkingTimeAfter) -> Result<WorkingMoment> {
    let from = question.from.unwrap_or_else(|| session.now());
    let (time, why) = of(session, question.unit.as_deref())?;
    let at = time.add(from, TimeDelta::minutes(question.minutes.into())).ok_or(CrmError::Argument {
        field: "minutes",
        problem: "go beyond the days the calendar is open on".to_owned(),
        hint: "ask for less, or set opening hours with calendar.define",
    })?;
    let why = why.fact("from", from).fact("minutes", question.minutes);
    Ok(WorkingMoment { at, why })
}

pub(super) fn days(session: &Session, question: &WorkingDays) -> Result<CountedDays> {
    let length = (question.last_day - question.first_day).num_days();
    if !(0..=DAYS_MAX).contains(&length) {
        return Err(CrmError::Argument {
            field: "last_day",
            problem: "is before the first day, or more than ten years after it".to_owned(),
            hint: "give a period of at most ten years",
        }
        .into());
    }
    let (time, why) = of(session, question.unit.as_deref())?;
    let holidays = question
        .first_day
        .iter_days()
        .take_while(|day| *day <= question.last_day)
        .filter(|day| !time.week.on(chrono::Datelike::weekday(day)).is_empty())
        .filter_map(|day| time.holiday(day).map(|name| (day, name.to_owned())))
        .collect();
    Ok(CountedDays { working_days: time.days_between(question.first_day, question.last_day), holidays, why })
}

fn of(session: &Session, unit: Option<&str>) -> Result<(clientela_core::calendar::WorkingTime, Why)> {
    session.look(|view| {
        let unit = match unit {
            Some(key) => view.resolve::<Unit>(key)?.record.id,
            None => session.actor().unit,
        };
        calendar::of_unit(&view, unit)
    })
}
