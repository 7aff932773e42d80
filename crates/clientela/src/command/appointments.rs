//! Commands on appointments, absences and calendars of other programs.

use super::activities::{check_subjects, position};
use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::organisation::{Position, Unit, time_zone_of};
use clientela_core::party::activities::{self as decision, NewActivity};
use clientela_core::party::{
    Activity, ActivityKind, ActivityState, Relationship, Seat, TimeCategory, UID_SUFFIX,
};
use clientela_core::time::{Absence, AbsenceKind, Appointment, check_absence, check_appointment};
use clientela_exchange::icalendar::{self, CalendarItem, ItemKind, ItemStatus};
use clientela_model::{ClosedList, Predicate, Value, Why};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Enters an appointment that is not with a customer: it takes its time in the calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanAppointment {
    /// Title of the position; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// What it is about, in one line.
    pub subject: String,
    /// When it starts.
    pub starts: DateTime<Utc>,
    /// When it ends.
    pub ends: DateTime<Utc>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What its time is counted as; without it, it is in no analysis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<TimeCategory>,
}

/// Cancels an appointment: its time is free again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelAppointment {
    /// Id of the appointment.
    pub appointment: Key,
}

/// Records days a position is away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordAbsence {
    /// Title of the position; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day.
    pub last_day: NaiveDate,
    /// Why.
    pub kind: AbsenceKind,
}

/// Takes an absence back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawAbsence {
    /// Id of the absence.
    pub absence: Key,
}

/// Reads a calendar of another program. Items whose identifier is known change what is known by it; items with the number of
/// a customer among their categories become activities with it; all others become appointments of the position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCalendar {
    /// Title of the position; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// The calendar, as text in the form of RFC 5545.
    pub calendar: String,
}

pub(super) fn plan(door: &mut Door<'_, '_>, command: &PlanAppointment) -> Result<Outcome> {
    let owner = position(door, command.position.as_deref())?;
    let record = Appointment {
        id: door.new_id(),
        owner: owner.id,
        unit: owner.unit,
        subject: command.subject.clone(),
        starts: command.starts,
        ends: command.ends,
        place: command.place.clone(),
        category: command.category,
        uid: None,
        recurrence: None,
        except: None,
        replaces: None,
        zone: None,
        cancelled: false,
    };
    check_appointment(&record)?;
    door.create(&record)?;
    Ok(Outcome::of(&record, None, Why::new("appointment.planned").fact("starts", record.starts.to_rfc3339())))
}

pub(super) fn cancel(door: &mut Door<'_, '_>, command: &CancelAppointment) -> Result<Outcome> {
    let mut stored = door.to_change::<Appointment>(&command.appointment)?;
    stored.record.cancelled = true;
    door.update(&stored.record, stored.version)?;
    Ok(Outcome::of(&stored.record, None, Why::new("appointment.cancelled")))
}

pub(super) fn record_absence(door: &mut Door<'_, '_>, command: &RecordAbsence) -> Result<Outcome> {
    let owner = position(door, command.position.as_deref())?;
    let (first_day, last_day, kind) = (command.first_day, command.last_day, command.kind);
    let record = Absence {
        id: door.new_id(),
        owner: owner.id,
        unit: owner.unit,
        first_day,
        last_day,
        kind,
        withdrawn: false,
    };
    check_absence(&record)?;
    door.create(&record)?;
    let why = Why::new("absence.recorded").fact("first_day", first_day).fact("last_day", last_day);
    Ok(Outcome::of(&record, None, why))
}

pub(super) fn withdraw_absence(door: &mut Door<'_, '_>, command: &WithdrawAbsence) -> Result<Outcome> {
    let mut stored = door.to_change::<Absence>(&command.absence)?;
    stored.record.withdrawn = true;
    door.update(&stored.record, stored.version)?;
    Ok(Outcome::of(&stored.record, None, Why::new("absence.withdrawn")))
}

/// What became of the items of a calendar.
#[derive(Debug, Default)]
struct Tally {
    planned: u32,
    changed: u32,
    kept: u32,
    appointments: u32,
    without_moment: u32,
}

pub(super) fn import(door: &mut Door<'_, '_>, command: &ImportCalendar) -> Result<Outcome> {
    let owner = position(door, command.position.as_deref())?;
    let zone = time_zone_of(owner.unit, |id| door.found::<Unit>(id));
    let file = icalendar::read(command.calendar.as_bytes(), zone)?;
    let mut tally = Tally::default();
    let mut outcome = Outcome { records: Vec::new(), why: Why::new("calendar.imported") };
    for item in &file.items {
        outcome = import_item(door, &owner, item, &mut tally, outcome)?;
    }
    outcome.why = Why::new("calendar.imported")
        .fact("activities_planned", tally.planned)
        .fact("activities_changed", tally.changed)
        .fact("unchanged", tally.kept)
        .fact("appointments", tally.appointments)
        .fact("without_moment", tally.without_moment)
        .fact("unreadable", file.problems.len());
    Ok(outcome)
}

fn import_item(
    door: &mut Door<'_, '_>,
    owner: &Position,
    item: &CalendarItem,
    tally: &mut Tally,
    outcome: Outcome,
) -> Result<Outcome> {
    if let Some(activity) = known(door, owner, item)? {
        return change_activity(door, activity, item, tally, outcome);
    }
    let Some(starts) = item.starts.or(item.ends) else {
        tally.without_moment += 1;
        return Ok(outcome);
    };
    let known = known_appointment(door, owner, item)?;
    if known.is_none() && item.recurrence.is_none() && item.status != Some(ItemStatus::Cancelled) {
        for number in &item.categories {
            if let Ok(customer) = door.resolve::<Relationship>(number) {
                return plan_activity(door, owner, &customer.record, item, tally, outcome);
            }
        }
    }
    let record = appointment(door, owner, item, starts, known.as_ref().map(|known| &known.record))?;
    match known {
        Some(known) if known.record == record => {
            tally.kept += 1;
            return Ok(outcome);
        }
        Some(known) => door.update(&record, known.version)?,
        None => door.create(&record)?,
    }
    tally.appointments += 1;
    Ok(outcome.and(&record, None))
}

/// The activity of the position an item is known by: its identifier, or one made of the activity's id.
fn known(
    door: &Door<'_, '_>,
    owner: &Position,
    item: &CalendarItem,
) -> Result<Option<clientela_store::Stored<Activity>>> {
    let named = Predicate::equals("uid", text(&item.uid)).and(super::activities::of_owner(owner.id));
    if let Some(found) = door.first_of::<Activity>(&named)? {
        return Ok(Some(found));
    }
    let Some(id) = item.uid.strip_suffix(UID_SUFFIX) else { return Ok(None) };
    Ok(door.resolve::<Activity>(id).ok().filter(|found| found.record.owner == owner.id))
}

fn known_appointment(
    door: &Door<'_, '_>,
    owner: &Position,
    item: &CalendarItem,
) -> Result<Option<clientela_store::Stored<Appointment>>> {
    let named = Predicate::equals("uid", text(&item.uid)).and(super::activities::of_owner(owner.id));
    let found = door.all_of::<Appointment>(&named)?;
    Ok(found.into_iter().find(|found| found.record.replaces == item.replaces))
}

/// What another program may change of an activity: its moment and length, and that it will not be. What is reported stays.
fn change_activity(
    door: &mut Door<'_, '_>,
    stored: clientela_store::Stored<Activity>,
    item: &CalendarItem,
    tally: &mut Tally,
    outcome: Outcome,
) -> Result<Outcome> {
    let before = &stored.record;
    if before.state != ActivityState::Planned {
        tally.kept += 1;
        return Ok(outcome);
    }
    let mut after = before.clone();
    if item.status == Some(ItemStatus::Cancelled) {
        after = decision::cancel(before, None)?.activity;
    } else if let Some(starts) = item.starts.filter(|starts| Some(*starts) != before.planned_at) {
        after = decision::reschedule(before, starts)?.activity;
    }
    if item.ends.is_some()
        && minutes(item) != before.planned_end().and_then(|_| before.planned_minutes.or(Some(60)))
    {
        after.planned_minutes = minutes(item);
    }
    if after == *before {
        tally.kept += 1;
        return Ok(outcome);
    }
    door.update(&after, stored.version)?;
    tally.changed += 1;
    Ok(outcome.and(&after, None))
}

fn plan_activity(
    door: &mut Door<'_, '_>,
    owner: &Position,
    customer: &Relationship,
    item: &CalendarItem,
    tally: &mut Tally,
    outcome: Outcome,
) -> Result<Outcome> {
    let word = |words: &[&'static str]| {
        item.categories.iter().find(|category| words.contains(&category.as_str())).cloned()
    };
    let usual = match item.kind {
        ItemKind::Event => ActivityKind::Visit,
        ItemKind::Task => ActivityKind::Task,
    };
    let new = NewActivity {
        kind: Some(word(ActivityKind::WORDS).unwrap_or_else(|| usual.word().to_owned())),
        subject: Some(subject(item)),
        planned_at: item.starts.or(item.ends),
        category: word(TimeCategory::WORDS),
        place: item.location.clone(),
        latitude: item.coordinates.map(|point| point.latitude),
        longitude: item.coordinates.map(|point| point.longitude),
        planned_minutes: minutes(item),
        reminder_minutes: item.reminders.iter().find_map(|before| u32::try_from(*before).ok()),
        uid: Some(item.uid.clone()),
        ..NewActivity::default()
    };
    check_subjects(door, &new, customer)?;
    let seat = Seat { owner: owner.id, unit: owner.unit };
    let step = decision::plan(&new, door.new_id(), customer.id, seat)?;
    door.create(&step.activity)?;
    tally.planned += 1;
    Ok(outcome.and(&step.activity, None))
}

fn appointment(
    door: &Door<'_, '_>,
    owner: &Position,
    item: &CalendarItem,
    starts: DateTime<Utc>,
    known: Option<&Appointment>,
) -> Result<Appointment> {
    let category = item.categories.iter().find_map(|word| TimeCategory::parse(word).ok());
    let except: Vec<String> = item.except.iter().map(DateTime::to_rfc3339).collect();
    let record = Appointment {
        id: known.map_or_else(|| door.new_id(), |known| known.id),
        owner: owner.id,
        unit: owner.unit,
        subject: subject(item),
        starts,
        ends: item.ends.unwrap_or(starts),
        place: item.location.clone(),
        category: category.or_else(|| known.and_then(|known| known.category)),
        uid: Some(item.uid.clone()),
        recurrence: item.recurrence.as_ref().map(ToString::to_string),
        except: (!except.is_empty()).then(|| except.join(" ")),
        replaces: item.replaces,
        zone: item.zone,
        cancelled: item.status == Some(ItemStatus::Cancelled),
    };
    check_appointment(&record)?;
    Ok(record)
}

/// What an item is about, in one line; other programs may leave it empty or write more.
fn subject(item: &CalendarItem) -> String {
    let line: String = item
        .summary
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(clientela_core::findings::LINE_MAX)
        .collect();
    if line.trim().is_empty() { "–".to_owned() } else { line.trim().to_owned() }
}

fn minutes(item: &CalendarItem) -> Option<u32> {
    let length = item.ends? - item.starts?;
    u32::try_from(length.num_minutes()).ok().filter(|minutes| (1..=decision::MINUTES_MAX).contains(minutes))
}

fn text(value: &str) -> Value {
    Value::Text(Cow::Owned(value.to_owned()))
}
