//! The working time of a unit: its own calendar, or that of the nearest unit above it with one.

use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::calendar::{CalendarDay, WorkingCalendar, WorkingTime, working_time};
use clientela_core::ids::{UnitId, WorkingCalendarId};
use clientela_core::organisation::{Unit, time_zone_of};
use clientela_model::identifier::TimeZone;
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{EntityId, Predicate, Value, Why};
use clientela_store::Stored;
use std::cell::RefCell;
use std::collections::HashMap;

/// The calendar a unit has of its own.
pub(crate) fn own(view: &View<'_>, unit: UnitId) -> Result<Option<Stored<WorkingCalendar>>> {
    view.first_of(&Predicate::equals("unit", Value::Id(unit.uuid())))
}

/// What a unit's time is counted in, and whose calendar that is. Without any, Mondays to Fridays from 9 to 18.
pub(crate) fn of_unit(view: &View<'_>, unit: UnitId) -> Result<(WorkingTime, Why)> {
    let calendars = Calendars::read(view)?;
    let (time, above) = calendars.time(unit)?;
    let zone = calendars.zone(unit);
    let why = match above.and_then(|id| calendars.units.get(&id)) {
        Some(unit) => Why::new("working_calendar.of_unit").fact("unit", unit.code.clone()),
        None => Why::new("working_calendar.standard"),
    };
    Ok((time, why.fact("zone", zone)))
}

/// The time zone of a unit.
pub(crate) fn zone_of(view: &View<'_>, unit: UnitId) -> Result<TimeZone> {
    let calendars = Calendars::read(view)?;
    Ok(time_zone_of(unit, |id| calendars.units.get(&id).cloned()))
}

/// Whose calendar, from which day, to which.
type Stretch = (Option<UnitId>, NaiveDate, NaiveDate);

/// The calendars of all units, each table read once.
pub(crate) struct Calendars {
    units: HashMap<UnitId, Unit>,
    calendars: HashMap<UnitId, WorkingCalendar>,
    days: HashMap<WorkingCalendarId, Vec<CalendarDay>>,
    /// Working times by the unit whose calendar they are, and counts between two days: most units share one.
    known: RefCell<HashMap<Option<UnitId>, WorkingTime>>,
    counts: RefCell<HashMap<Stretch, u32>>,
}

impl Calendars {
    pub(crate) fn read(view: &View<'_>) -> Result<Self> {
        let units: Vec<Unit> = view.records(&Predicate::Everything)?;
        let calendars: Vec<WorkingCalendar> = view.records(&Predicate::Everything)?;
        let mut days: HashMap<WorkingCalendarId, Vec<CalendarDay>> = HashMap::new();
        if !calendars.is_empty() {
            for day in view.records::<CalendarDay>(&Predicate::Everything)? {
                days.entry(day.calendar).or_default().push(day);
            }
        }
        Ok(Self {
            units: units.into_iter().map(|unit| (unit.id, unit)).collect(),
            calendars: calendars.into_iter().map(|calendar| (calendar.unit, calendar)).collect(),
            days,
            known: RefCell::default(),
            counts: RefCell::default(),
        })
    }

    /// The unit at or above this one whose calendar holds for it.
    fn holder(&self, unit: UnitId) -> Option<UnitId> {
        let up = |id: &UnitId| self.units.get(id).and_then(|unit| unit.parent);
        let path = std::iter::successors(Some(unit), up).take(TREE_DEPTH_MAX);
        path.into_iter().find(|id| self.calendars.contains_key(id))
    }

    fn zone(&self, unit: UnitId) -> String {
        time_zone_of(unit, |id| self.units.get(&id).cloned()).name().to_owned()
    }

    /// A unit's working time, and the unit whose calendar that is.
    fn time(&self, unit: UnitId) -> Result<(WorkingTime, Option<UnitId>)> {
        let zone = time_zone_of(unit, |id| self.units.get(&id).cloned());
        let holder = self.holder(unit);
        let Some(calendar) = holder.and_then(|id| self.calendars.get(&id)) else {
            return Ok((WorkingTime::standard(zone), None));
        };
        let days = self.days.get(&calendar.id).map_or(&[][..], Vec::as_slice);
        Ok((working_time(calendar, days, zone)?, holder))
    }

    /// Working days of a unit between two days, both included. A calendar that cannot be read counts as the standard one.
    pub(crate) fn days_between(&self, unit: UnitId, first: NaiveDate, last: NaiveDate) -> u32 {
        let holder = self.holder(unit);
        if let Some(count) = self.counts.borrow().get(&(holder, first, last)) {
            return *count;
        }
        let mut known = self.known.borrow_mut();
        let time = known.entry(holder).or_insert_with(|| {
            let standard = || WorkingTime::standard(time_zone_of(unit, |id| self.units.get(&id).cloned()));
            self.time(unit).map_or_else(|_| standard(), |(time, _)| time)
        });
        let count = time.days_between(first, last);
        self.counts.borrow_mut().insert((holder, first, last), count);
        count
    }
}
