//! Commands on appointments, absences and calendars of other programs.

use super::activities::{check_subjects, position};
use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};
use clientela_core::ids::AppointmentId;
use clientela_core::organisation::{Position, Unit, time_zone_of};
use clientela_core::party::activities::{self as decision, NewActivity};
use clientela_core::party::{
    Activity, ActivityKind, ActivityState, Relationship, Seat, TimeCategory, UID_SUFFIX,
};
use clientela_core::time::{Absence, AbsenceKind, Appointment, check_absence, check_appointment};
use clientela_exchange::icalendar::{
    self, CalendarFileError, CalendarItem, ItemKind, ItemStatus, Recurrence,
};
use clientela_model::{ClosedList, Coded, Predicate, Record, Value, ValueError, Why};
use clientela_store::Stored;
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
    /// How it comes again, as a rule of RFC 5545 such as `FREQ=WEEKLY;BYDAY=MO`, on the clocks of the unit; at most once a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<String>,
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
    let recurrence = command.recurrence.as_deref().map(rule).transpose()?;
    let id: AppointmentId = door.new_id();
    let record = Appointment {
        id,
        owner: owner.id,
        unit: owner.unit,
        subject: command.subject.clone(),
        starts: command.starts,
        ends: command.ends,
        place: command.place.clone(),
        category: command.category,
        uid: Some(format!("{id}{UID_SUFFIX}")),
        recurrence: recurrence.map(|rule| rule.to_string()),
        except: None,
        replaces: None,
        zone: Some(time_zone_of(owner.unit, |id| door.found::<Unit>(id))),
        cancelled: false,
    };
    check_appointment(&record)?;
    door.create(&record)?;
    let mut why = Why::new("appointment.planned").fact("starts", record.starts.to_rfc3339());
    if let Some(rule) = &record.recurrence {
        why = why.fact("recurrence", rule);
    }
    Ok(Outcome::of(&record, None, why))
}

/// A rule of recurrence of something in a calendar of days.
///
/// # Errors
/// `recurrence.rule` for what is none, or comes more than once a day.
pub(super) fn rule(text: &str) -> Result<Recurrence> {
    let within_a_day = ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY"];
    let rule = text.parse::<Recurrence>().ok();
    rule.filter(|_| !within_a_day.iter().any(|often| text.starts_with(often))).ok_or_else(|| {
        let expected = "a rule of RFC 5545 that comes once a day or less often, such as FREQ=WEEKLY;BYDAY=MO";
        ValueError::new("recurrence.rule", "recurrence", "is no such rule", expected).at("recurrence").into()
    })
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
    /// Places among the items that were read of those without a moment.
    without_moment: Vec<usize>,
}

/// Most items that are named as not taken in; the others are counted.
const NAMED_MAX: usize = 50;

pub(super) fn import(door: &mut Door<'_, '_>, command: &ImportCalendar) -> Result<Outcome> {
    let owner = position(door, command.position.as_deref())?;
    let zone = time_zone_of(owner.unit, |id| door.found::<Unit>(id));
    let file = icalendar::read(command.calendar.as_bytes(), zone)?;
    let mut tally = Tally::default();
    let mut outcome = Outcome { records: Vec::new(), why: Why::new("calendar.imported") };
    for (place, item) in (1..).zip(&file.items) {
        outcome = import_item(door, &owner, (place, item), &mut tally, outcome)?;
    }
    let why = Why::new("calendar.imported")
        .fact("activities_planned", tally.planned)
        .fact("activities_changed", tally.changed)
        .fact("unchanged", tally.kept)
        .fact("appointments", tally.appointments)
        .fact("without_moment", tally.without_moment.len())
        .fact("unreadable", file.problems.len());
    let why = file.problems.iter().take(NAMED_MAX).map(unreadable).fold(why, Why::because);
    let without_moment = tally.without_moment.iter().take(NAMED_MAX);
    outcome.why = without_moment
        .map(|place| Why::new("calendar.without_moment").fact("item", place))
        .fold(why, Why::because);
    Ok(outcome)
}

/// Which item of a file could not be read, and why; never what stands there.
fn unreadable(problem: &CalendarFileError) -> Why {
    let why = Why::new("calendar.unreadable").fact("problem", problem.code());
    match problem.item() {
        Some(item) => why.fact("item", item),
        None => why,
    }
}

fn import_item(
    door: &mut Door<'_, '_>,
    owner: &Position,
    (place, item): (usize, &CalendarItem),
    tally: &mut Tally,
    outcome: Outcome,
) -> Result<Outcome> {
    if let Some(activity) = known(door, owner, item)? {
        return change_activity(door, activity, item, tally, outcome);
    }
    if made_here::<Absence>(door, item).is_some_and(|found| found.record.owner == owner.id) {
        // Whole days away are recorded here and not in the calendar they were told to.
        tally.kept += 1;
        return Ok(outcome);
    }
    let Some(starts) = item.starts.or(item.ends) else {
        tally.without_moment.push(place);
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
fn known(door: &Door<'_, '_>, owner: &Position, item: &CalendarItem) -> Result<Option<Stored<Activity>>> {
    let named = Predicate::equals("uid", text(&item.uid)).and(super::activities::of_owner(owner.id));
    if let Some(found) = door.first_of::<Activity>(&named)? {
        return Ok(Some(found));
    }
    Ok(made_here::<Activity>(door, item).filter(|found| found.record.owner == owner.id))
}

/// The record from whose id the identifier of an item was made.
fn made_here<R: Record>(door: &Door<'_, '_>, item: &CalendarItem) -> Option<Stored<R>> {
    door.resolve::<R>(item.uid.strip_suffix(UID_SUFFIX)?).ok()
}

fn known_appointment(
    door: &Door<'_, '_>,
    owner: &Position,
    item: &CalendarItem,
) -> Result<Option<Stored<Appointment>>> {
    let named = Predicate::equals("uid", text(&item.uid)).and(super::activities::of_owner(owner.id));
    let found = door.all_of::<Appointment>(&named)?;
    let found = found.into_iter().find(|found| found.record.replaces == item.replaces);
    let made_here = || made_here::<Appointment>(door, item).filter(|_| item.replaces.is_none());
    Ok(found.or_else(made_here).filter(|found| found.record.owner == owner.id))
}

/// What another program may change of an activity: its moment and length, and that it will not be. What is reported stays.
fn change_activity(
    door: &mut Door<'_, '_>,
    stored: Stored<Activity>,
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
