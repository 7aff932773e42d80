//! The calendars of positions: what is open, and what is taken of it.

use crate::calendar;
use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::view::View;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clientela_core::calendar::WorkingTime;
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::organisation::{Position, Verb};
use clientela_core::party::{Activity, ActivityState};
use clientela_core::time::{Absence, Appointment, Span};
use clientela_exchange::icalendar::{self, CalendarItem};
use clientela_model::{Comparison, EntityId, Field, Predicate, Record, Value, Why};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// Occurrences of one series that are looked through: daily, for more than ten years.
const OCCURRENCES_MAX: usize = 4_000;
/// Most days a calendar is asked for at once.
pub(crate) const DAYS_MAX: i64 = 366;

/// A position's calendar over some days.
pub(crate) struct Agenda {
    pub(crate) time: WorkingTime,
    pub(crate) open: Vec<Span>,
    pub(crate) busy: Vec<Span>,
    pub(crate) why: Why,
}

/// The position a question names, or the acting one.
pub(crate) fn position(view: &View<'_>, key: Option<&Key>) -> Result<Position> {
    match key {
        Some(key) => Ok(view.resolve::<Position>(key)?.record),
        None => Ok(view.get::<Position>(view.actor.position)?.record),
    }
}

/// Refuses a period that ends before it begins, or is too long.
pub(crate) fn check_days(first: NaiveDate, last: NaiveDate) -> Result<()> {
    if (0..DAYS_MAX).contains(&(last - first).num_days()) {
        return Ok(());
    }
    Err(CrmError::Argument {
        field: "last_day",
        problem: "is before the first day, or a year or more after it".to_owned(),
        hint: "give a period of at most a year",
    }
    .into())
}

/// Moments a day starts at and the day after another starts at.
pub(crate) fn bounds(time: &WorkingTime, first: NaiveDate, last: NaiveDate) -> Span {
    let after = last.succ_opt().unwrap_or(last);
    Span { from: time.moment(first, 0), until: time.moment(after, 0) }
}

/// The condition that a moment lies in a stretch of time.
pub(crate) fn within(column: &'static str, span: Span) -> Predicate {
    Predicate::Compare(column.into(), Comparison::AtLeast, span.from.to_value()).and(Predicate::Compare(
        column.into(),
        Comparison::Less,
        span.until.to_value(),
    ))
}

/// The condition that a record is one of some positions'.
pub(crate) fn of_owners(owners: &[PositionId]) -> Predicate {
    Predicate::OneOf("owner".into(), owners.iter().map(|owner| Value::Id(owner.uuid())).collect())
}

/// The calendars of positions. Who may not see a position's appointments may not ask when it has time.
///
/// What takes time is read whoever may see it: a calendar without the visits to customers one does not see would show time as
/// free that is not. Nothing but that it is taken comes out.
pub(crate) fn agendas(
    view: &View<'_>,
    positions: &[Position],
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Agenda>> {
    check_days(first, last)?;
    let owners: Vec<PositionId> = positions.iter().map(|position| position.id).collect();
    for position in positions {
        allow(view, position)?;
    }
    let planned = of_owners(&owners).and(Predicate::equals("state", ActivityState::Planned.to_value()));
    let activities = view.unseen::<Activity>(&planned)?;
    let appointments = view.unseen::<Appointment>(&of_owners(&owners))?;
    let absences = view.unseen::<Absence>(&of_owners(&owners))?;
    // Colleagues share a calendar: it is read once.
    let mut calendars: HashMap<UnitId, (WorkingTime, Why)> = HashMap::new();
    positions
        .iter()
        .map(|position| {
            let (time, why) = match calendars.entry(position.unit) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(free) => free.insert(calendar::of_unit(view, position.unit)?).clone(),
            };
            let asked = bounds(&time, first, last);
            let open = first
                .iter_days()
                .take_while(|day| *day <= last)
                .flat_map(|day| time.open_on(day).collect::<Vec<_>>())
                .map(|(from, until)| Span { from, until })
                .collect();
            let mut busy: Vec<Span> = activities
                .iter()
                .filter(|activity| activity.owner == position.id)
                .filter_map(Activity::busy)
                .collect();
            busy.extend(taken(&appointments, position.id, asked));
            let away = absences.iter().filter(|away| away.owner == position.id && !away.withdrawn);
            busy.extend(away.map(|away| bounds(&time, away.first_day, away.last_day)));
            busy.retain(|span| span.from < asked.until && asked.from < span.until);
            Ok(Agenda { time, open, busy, why })
        })
        .collect()
}

fn allow(view: &View<'_>, position: &Position) -> Result<()> {
    let verdict = view.can_of_owner(Verb::Read, Appointment::ENTITY, position.id, position.unit);
    if verdict.allowed {
        return Ok(());
    }
    Err(CrmError::NotAllowed { verb: Verb::Read, entity: Appointment::ENTITY.name, why: verdict.why }.into())
}

/// When the appointments of a position take place, series among them.
pub(crate) fn taken(appointments: &[Appointment], owner: PositionId, asked: Span) -> Vec<Span> {
    let mut series: BTreeMap<&str, Vec<&Appointment>> = BTreeMap::new();
    let mut spans = Vec::new();
    for appointment in appointments.iter().filter(|appointment| appointment.owner == owner) {
        match &appointment.uid {
            Some(uid) if appointment.recurrence.is_some() || appointment.replaces.is_some() => {
                series.entry(uid).or_default().push(appointment);
            }
            _ if appointment.cancelled => {}
            _ => spans.push(Span { from: appointment.starts, until: appointment.ends }),
        }
    }
    for parts in series.values() {
        let items = items_of(parts);
        let found = icalendar::occurrences(&items, OCCURRENCES_MAX);
        spans.extend(found.iter().map(|time| Span { from: time.starts, until: time.ends }));
    }
    spans.retain(|span| span.from < asked.until && asked.from < span.until);
    spans
}

/// A series and what stands in for some of it, as items. An occurrence that was cancelled is left out of the series.
fn items_of(parts: &[&Appointment]) -> Vec<CalendarItem> {
    let left_out: Vec<DateTime<Utc>> =
        parts.iter().filter(|part| part.cancelled).filter_map(|part| part.replaces).collect();
    parts
        .iter()
        .filter(|part| !part.cancelled)
        .map(|part| {
            let given = part.except.as_deref().unwrap_or_default().split_whitespace();
            let mut except: Vec<DateTime<Utc>> = given.filter_map(|moment| moment.parse().ok()).collect();
            if part.replaces.is_none() {
                except.extend(&left_out);
            }
            CalendarItem {
                uid: part.uid.clone().unwrap_or_default(),
                starts: Some(part.starts),
                ends: Some(part.ends.max(part.starts + TimeDelta::seconds(1))),
                zone: part.zone,
                recurrence: part.recurrence.as_deref().and_then(|rule| rule.parse().ok()),
                except,
                replaces: part.replaces,
                ..CalendarItem::default()
            }
        })
        .collect()
}
