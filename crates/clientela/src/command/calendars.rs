//! Commands on working calendars.

use super::{Key, Outcome};
use crate::calendar;
use crate::door::Door;
use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::calendar::{CalendarDay, WorkingCalendar, working_time};
use clientela_core::organisation::Unit;
use clientela_model::identifier::{Country, TimeZone};
use clientela_model::{EntityId, Predicate, Value, Why};
use serde::{Deserialize, Serialize};

/// Sets the opening hours of a unit, and of those below it without hours of their own. What was set before is replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineCalendar {
    /// Code of the unit; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// Opening hours, such as `Mo-Fr 08:30-12:30 14:00-18:30; Sa 09:00-12:00`.
    pub week: String,
    /// Countries whose public holidays are free.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Country>,
    /// Days that differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayLine>,
}

/// A day that differs from the week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayLine {
    /// The day.
    pub day: NaiveDate,
    /// Its hours, such as `09:00-12:00`; closed when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// Why.
    pub name: String,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineCalendar) -> Result<Outcome> {
    let unit = match &command.unit {
        Some(key) => door.resolve::<Unit>(key)?.record,
        None => door.get::<Unit>(door.actor().unit)?.record,
    };
    let holidays: Vec<&str> = command.holidays.iter().map(|country| country.code()).collect();
    let old = calendar::own(&door.view(), unit.id)?;
    let record = WorkingCalendar {
        id: old.as_ref().map_or_else(|| door.new_id(), |old| old.record.id),
        unit: unit.id,
        week: command.week.clone(),
        holidays: holidays.join(" "),
    };
    let days: Vec<CalendarDay> = command
        .days
        .iter()
        .map(|line| CalendarDay {
            id: door.new_id(),
            calendar: record.id,
            day: line.day,
            hours: line.hours.clone().unwrap_or_else(|| "closed".to_owned()),
            name: line.name.clone(),
            withdrawn: false,
        })
        .collect();
    working_time(&record, &days, TimeZone::UTC)?;
    match &old {
        None => door.create(&record)?,
        Some(old) => door.update(&record, old.version)?,
    }
    let of_calendar = Predicate::equals("calendar", Value::Id(record.id.uuid()));
    for mut before in door.all_of::<CalendarDay>(&of_calendar)? {
        if !before.record.withdrawn {
            before.record.withdrawn = true;
            door.update(&before.record, before.version)?;
        }
    }
    for day in &days {
        door.create(day)?;
    }
    let why = Why::new("working_calendar.defined")
        .fact("unit", &unit.code)
        .fact("week", &record.week)
        .fact("holidays", &record.holidays)
        .fact("days", days.len());
    Ok(Outcome::of(&record, Some(&unit.code), why))
}
