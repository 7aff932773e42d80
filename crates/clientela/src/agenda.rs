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
use clientela_exchange::icalendar::{self, CalendarItem, ItemStatus};
use clientela_model::identifier::TimeZone;
use clientela_model::{ClosedList, Comparison, EntityId, Field, Predicate, Record, Value, Why};
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
    occurrences(appointments, owner, asked).into_iter().map(|(span, _)| span).collect()
}

/// Each time an appointment of a position takes place, with the appointment it comes from: a series comes again and again.
pub(crate) fn occurrences(
    appointments: &[Appointment],
    owner: PositionId,
    asked: Span,
) -> Vec<(Span, &Appointment)> {
    let mut found = Vec::new();
    for parts in by_series(appointments, owner) {
        if let [alone] = parts.as_slice()
            && !in_series(alone)
        {
            if !alone.cancelled {
                found.push((Span { from: alone.starts, until: alone.ends }, *alone));
            }
            continue;
        }
        let (items, of): (Vec<CalendarItem>, Vec<&Appointment>) = items_of(&parts).into_iter().unzip();
        let times = icalendar::occurrences(&items, OCCURRENCES_MAX);
        found.extend(times.iter().filter_map(|time| {
            let span = Span { from: time.starts, until: time.ends };
            of.get(time.item).map(|appointment| (span, *appointment))
        }));
    }
    found.retain(|(span, _)| span.from < asked.until && asked.from < span.until);
    found
}

/// The appointments of a position that take place within some days, as other programs know them: a series as a whole, with all that
/// stands in for some of it. One that was cancelled is told as such, so that it goes there as well.
pub(crate) fn calendar_of(
    appointments: &[Appointment],
    owner: PositionId,
    asked: Span,
    zone: TimeZone,
) -> Vec<CalendarItem> {
    let mut found = Vec::new();
    for parts in by_series(appointments, owner) {
        match parts.as_slice() {
            [alone] if !in_series(alone) => {
                if alone.starts < asked.until
                    && asked.from < alone.ends.max(alone.starts + TimeDelta::seconds(1))
                {
                    found.push(CalendarItem { ends: Some(alone.ends), ..item_of(alone) });
                }
            }
            _ => {
                let items: Vec<CalendarItem> = items_of(&parts).into_iter().map(|(item, _)| item).collect();
                let times = icalendar::occurrences(&items, OCCURRENCES_MAX);
                if times.iter().any(|time| time.starts < asked.until && asked.from < time.ends) {
                    found.extend(items);
                }
            }
        }
    }
    for item in &mut found {
        item.zone = item.zone.or(Some(zone));
    }
    found
}

/// The appointments of a position: those of one series together, others alone, in order of time.
fn by_series(appointments: &[Appointment], owner: PositionId) -> Vec<Vec<&Appointment>> {
    let mut series: BTreeMap<&str, Vec<&Appointment>> = BTreeMap::new();
    let mut all = Vec::new();
    for appointment in appointments.iter().filter(|appointment| appointment.owner == owner) {
        match &appointment.uid {
            Some(uid) if in_series(appointment) => series.entry(uid).or_default().push(appointment),
            _ => all.push(vec![appointment]),
        }
    }
    all.extend(series.into_values());
    all.sort_by_key(|parts| parts.first().map(|first| (first.starts, first.id)));
    all
}

/// Whether an appointment is a series, or stands in for some of one.
fn in_series(appointment: &Appointment) -> bool {
    appointment.uid.is_some() && (appointment.recurrence.is_some() || appointment.replaces.is_some())
}

/// A series and what stands in for some of it, as items, each with the appointment it is. An occurrence that was cancelled is left out
/// of the series.
fn items_of<'a>(parts: &[&'a Appointment]) -> Vec<(CalendarItem, &'a Appointment)> {
    let left_out: Vec<DateTime<Utc>> =
        parts.iter().filter(|part| part.cancelled).filter_map(|part| part.replaces).collect();
    parts
        .iter()
        .filter(|part| !part.cancelled)
        .map(|part| {
            let mut item = item_of(part);
            if part.replaces.is_none() {
                item.except.extend(&left_out);
            }
            (item, *part)
        })
        .collect()
}

/// An appointment as other programs know it.
fn item_of(part: &Appointment) -> CalendarItem {
    let given = part.except.as_deref().unwrap_or_default().split_whitespace();
    CalendarItem {
        uid: part.calendar_uid(),
        summary: part.subject.clone(),
        location: part.place.clone(),
        starts: Some(part.starts),
        ends: Some(part.ends.max(part.starts + TimeDelta::seconds(1))),
        zone: part.zone,
        status: Some(if part.cancelled { ItemStatus::Cancelled } else { ItemStatus::Confirmed }),
        recurrence: part.recurrence.as_deref().and_then(|rule| rule.parse().ok()),
        except: given.filter_map(|moment| moment.parse().ok()).collect(),
        replaces: part.replaces,
        categories: part.category.map(|category| category.word().to_owned()).into_iter().collect(),
        ..CalendarItem::default()
    }
}
