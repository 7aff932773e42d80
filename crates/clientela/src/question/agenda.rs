//! Questions on calendars of positions: exported, free slots, reminders.

use crate::agenda::{self, agendas, bounds, within};
use crate::calendar;
use crate::command::{Key, of_owner};
use crate::error::{CrmError, Result};
use crate::session::Session;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clientela_core::ids::{ActivityId, CustomerId};
use clientela_core::organisation::Position;
use clientela_core::party::{Activity, ActivityKind, ActivityState, Customer};
use clientela_core::time::{Absence, Appointment, Span, slots};
use clientela_exchange::icalendar::{self, CalendarItem, Coordinates, ItemKind, ItemStatus};
use clientela_model::identifier::TimeZone;
use clientela_model::{ClosedList, EntityId, Field, Predicate, Record, Value, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A position's calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarOf {
    /// Title of the position; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day, less than a year after the first.
    pub last_day: NaiveDate,
}

/// A calendar for other programs: activities, appointments with their series, absences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportedCalendar {
    /// The calendar, as text in the form of RFC 5545.
    pub calendar: String,
    /// Activities in it.
    pub activities: u32,
    /// Appointments in it; a series, and each that stands in for some of it, is one.
    pub appointments: u32,
    /// Absences in it, each of whole days.
    pub absences: u32,
    /// Whose calendar it is, and of which days.
    pub why: Why,
}

/// When positions have time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeSlotsOf {
    /// Titles of the positions, all of which are to have time; the acting one when none is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<Key>,
    /// How much time, in minutes.
    pub minutes: u32,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day, less than a year after the first.
    pub last_day: NaiveDate,
}

/// Free time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FreeSlots {
    /// Stretches that are long enough, in order, from now on; each whole.
    pub slots: Vec<Span>,
    /// What was counted.
    pub why: Why,
}

/// What somebody is to be reminded of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemindersOf {
    /// Title of the position; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// Until which moment reminders count; now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// One thing to be reminded of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reminder {
    /// The activity.
    pub activity: ActivityId,
    /// The customer.
    pub customer: CustomerId,
    /// What it is about.
    pub subject: String,
    /// When to be reminded.
    pub remind_at: DateTime<Utc>,
    /// When it is planned for.
    pub planned_at: DateTime<Utc>,
}

/// Reminders, the earliest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DueReminders {
    /// The reminders.
    pub reminders: Vec<Reminder>,
    /// What was counted.
    pub why: Why,
}

/// Most positions asked for at once.
const POSITIONS_MAX: usize = 50;

pub(super) fn export(session: &Session, question: &CalendarOf) -> Result<ExportedCalendar> {
    agenda::check_days(question.first_day, question.last_day)?;
    let now = session.now();
    session.look(|view| {
        let position = agenda::position(&view, question.position.as_ref())?;
        let (time, _) = calendar::of_unit(&view, position.unit)?;
        let span = bounds(&time, question.first_day, question.last_day);
        let of_position = of_owner(position.id).and(within("planned_at", span));
        let mut activities = view.all_of::<Activity>(&of_position)?;
        activities.sort_by_key(|stored| (stored.record.planned_at, stored.record.id));
        let ids: HashSet<_> = activities.iter().map(|stored| stored.record.customer.uuid()).collect();
        let of_ids = Predicate::OneOf("id".into(), ids.into_iter().map(Value::Id).collect());
        let customers: HashMap<CustomerId, Customer> =
            view.records::<Customer>(&of_ids)?.into_iter().map(|one: Customer| (one.id, one)).collect();
        let mut items: Vec<CalendarItem> = activities
            .iter()
            .map(|stored| item(stored, customers.get(&stored.record.customer), time.zone))
            .collect();
        let appointments: Vec<Appointment> = view.records(&of_owner(position.id))?;
        let appointments = agenda::calendar_of(&appointments, position.id, span, time.zone);
        let mut away: Vec<Absence> = view.records(&of_owner(position.id))?;
        let asked = question.first_day..=question.last_day;
        away.retain(|one| !one.withdrawn && one.first_day <= *asked.end() && one.last_day >= *asked.start());
        away.sort_by_key(|one| (one.first_day, one.id));
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (met, absences) = (count(appointments.len()), count(away.len()));
        items.extend(appointments);
        items.extend(
            away.iter().map(|one| absence(one, bounds(&time, one.first_day, one.last_day), time.zone)),
        );
        Ok(ExportedCalendar {
            activities: count(activities.len()),
            appointments: met,
            absences,
            calendar: icalendar::write(&items, now),
            why: Why::new("calendar.exported")
                .fact("position", position.title)
                .fact("first_day", question.first_day)
                .fact("last_day", question.last_day),
        })
    })
}

/// An absence as other programs know it: whole days, and not why.
fn absence(absence: &Absence, days: Span, zone: TimeZone) -> CalendarItem {
    CalendarItem {
        uid: absence.calendar_uid(),
        summary: Absence::ENTITY.name.to_owned(),
        starts: Some(days.from),
        ends: Some(days.until),
        all_day: true,
        zone: Some(zone),
        status: Some(ItemStatus::Confirmed),
        ..CalendarItem::default()
    }
}

/// An activity as other programs know it. The number of its customer stands first among its categories: read in again, it
/// finds its customer by it.
fn item(stored: &Stored<Activity>, customer: Option<&Customer>, zone: TimeZone) -> CalendarItem {
    let activity = &stored.record;
    let is_task = activity.kind == ActivityKind::Task;
    let status = match (activity.state, is_task) {
        (ActivityState::Cancelled, _) => ItemStatus::Cancelled,
        (ActivityState::Planned, true) => ItemStatus::NeedsAction,
        (ActivityState::Reported, true) => ItemStatus::Completed,
        (ActivityState::Planned | ActivityState::Reported, false) => ItemStatus::Confirmed,
    };
    let point = activity.latitude.zip(activity.longitude);
    let number = customer.and_then(|customer| customer.number.clone());
    let words = [activity.kind.word().to_owned(), activity.time_category().word().to_owned()];
    CalendarItem {
        kind: if is_task { ItemKind::Task } else { ItemKind::Event },
        uid: activity.calendar_uid(),
        summary: activity.subject.clone(),
        description: customer.map(|customer| customer.name.clone()),
        location: activity.place.clone(),
        coordinates: point.map(|(latitude, longitude)| Coordinates { latitude, longitude }),
        starts: activity.planned_at,
        ends: activity.planned_end(),
        zone: Some(zone),
        status: Some(status),
        completed: activity.done_at.filter(|_| is_task),
        sequence: u32::try_from(stored.version.saturating_sub(1)).unwrap_or(0),
        reminders: activity.reminder_minutes.into_iter().map(i64::from).collect(),
        categories: number.into_iter().chain(words).collect(),
        ..CalendarItem::default()
    }
}

pub(super) fn free_slots(session: &Session, question: &FreeSlotsOf) -> Result<FreeSlots> {
    if question.positions.len() > POSITIONS_MAX || question.minutes == 0 {
        return Err(CrmError::Argument {
            field: if question.minutes == 0 { "minutes" } else { "positions" },
            problem: "cannot be asked for".to_owned(),
            hint: "ask for one minute or more, of at most 50 positions",
        }
        .into());
    }
    let now = session.now();
    session.look(|view| {
        let mut positions: Vec<Position> = Vec::new();
        for key in &question.positions {
            positions.push(view.resolve::<Position>(key)?.record);
        }
        if positions.is_empty() {
            positions.push(agenda::position(&view, None)?);
        }
        let agendas = agendas(&view, &positions, question.first_day, question.last_day)?;
        let mut shared: Option<Vec<Span>> = None;
        let mut why = Why::new("calendar.free").fact("minutes", question.minutes);
        for (position, agenda) in positions.iter().zip(&agendas) {
            let free = slots::free(&agenda.open, &agenda.busy);
            why = why.because(
                agenda.why.clone().fact("position", &position.title).fact("taken", agenda.busy.len()),
            );
            shared = Some(match shared {
                None => free,
                Some(before) => slots::common(&before, &free),
            });
        }
        let past = Span { from: DateTime::UNIX_EPOCH.min(now), until: now };
        let ahead = slots::free(&shared.unwrap_or_default(), &[past]);
        let slots = slots::at_least(ahead, TimeDelta::minutes(question.minutes.into()));
        Ok(FreeSlots { slots, why })
    })
}

pub(super) fn reminders(session: &Session, question: &RemindersOf) -> Result<DueReminders> {
    let until = question.until.unwrap_or_else(|| session.now());
    session.look(|view| {
        let position = agenda::position(&view, question.position.as_ref())?;
        let asked = of_owner(position.id)
            .and(Predicate::equals("state", ActivityState::Planned.to_value()))
            .and(Predicate::Not(Box::new(Predicate::Empty("reminder_minutes".into()))));
        let mut reminders: Vec<Reminder> = view
            .records::<Activity>(&asked)?
            .into_iter()
            .filter_map(|activity: Activity| {
                let remind_at = activity.remind_at().filter(|at| *at <= until)?;
                Some(Reminder {
                    activity: activity.id,
                    customer: activity.customer,
                    remind_at,
                    planned_at: activity.planned_at?,
                    subject: activity.subject,
                })
            })
            .collect();
        reminders.sort_by_key(|one| (one.remind_at, one.activity));
        let why =
            Why::new("activity.reminders").fact("position", position.title).fact("until", until.to_rfc3339());
        Ok(DueReminders { reminders, why })
    })
}
