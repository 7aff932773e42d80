//! The working time of a unit: its own calendar, or that of the nearest unit above it with one.

use crate::error::Result;
use crate::view::View;
use clientela_core::calendar::{CalendarDay, WorkingCalendar, WorkingTime, working_time};
use clientela_core::ids::UnitId;
use clientela_core::organisation::{Unit, time_zone_of};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{EntityId, Predicate, Value, Why};
use clientela_store::Stored;

/// The calendar a unit has of its own.
pub(crate) fn own(view: &View<'_>, unit: UnitId) -> Result<Option<Stored<WorkingCalendar>>> {
    view.first_of(&Predicate::equals("unit", Value::Id(unit.uuid())))
}

/// What a unit's time is counted in, and whose calendar that is. Without any, Mondays to Fridays from 9 to 18.
pub(crate) fn of_unit(view: &View<'_>, unit: UnitId) -> Result<(WorkingTime, Why)> {
    let units: Vec<Unit> =
        view.all_of(&Predicate::Everything)?.into_iter().map(|stored| stored.record).collect();
    let find = |id: UnitId| units.iter().find(|unit| unit.id == id).cloned();
    let zone = time_zone_of(unit, find);
    let mut at = find(unit);
    for _ in 0..TREE_DEPTH_MAX {
        let Some(here) = at else { break };
        if let Some(calendar) = own(view, here.id)? {
            let of_calendar = Predicate::equals("calendar", Value::Id(calendar.record.id.uuid()));
            let days: Vec<CalendarDay> =
                view.all_of(&of_calendar)?.into_iter().map(|stored| stored.record).collect();
            let time = working_time(&calendar.record, &days, zone)?;
            let why = Why::new("working_calendar.of_unit").fact("unit", here.code).fact("zone", zone.name());
            return Ok((time, why));
        }
        at = here.parent.and_then(find);
    }
    Ok((WorkingTime::standard(zone), Why::new("working_calendar.standard").fact("zone", zone.name())))
}
