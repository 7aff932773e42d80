//! Commands on activities.

use super::{Key, Outcome};
use crate::command::customers;
use crate::door::Door;
use crate::error::{CrmError, Result};
use chrono::{DateTime, Utc};
use clientela_core::organisation::{Position, Unit, time_zone_of};
use clientela_core::party::activities::{self as decision, ActivityStep, NewActivity, Report};
use clientela_core::party::{
    Activity, ActivityChange, Contact, Relationship, Seat, Vehicle, change_activity,
};
use clientela_core::sales::{Offer, Opportunity};
use clientela_exchange::icalendar::{self, CalendarItem};
use clientela_model::{EntityId, ValueError};
use serde::{Deserialize, Serialize};

/// Plans an activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanActivity {
    /// The customer.
    pub customer: Key,
    /// What is planned.
    pub activity: NewActivity,
    /// The position that does it; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// How it comes again, as a rule of RFC 5545 with an end, such as `FREQ=WEEKLY;COUNT=8`, on the clocks of the position's unit: each
    /// time is an activity of its own, at most 60 of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<String>,
}

/// Puts an activity right that is planned or reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeActivity {
    /// Id of the activity.
    pub activity: Key,
    /// What changes.
    #[serde(default)]
    pub change: ActivityChange,
    /// The position that does it, or did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Key>,
    /// The version that was read, to notice that somebody changed it meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// Plans an activity for another moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RescheduleActivity {
    /// Id of the activity.
    pub activity: Key,
    /// When it is planned for now.
    pub planned_at: DateTime<Utc>,
}

/// Reports a planned activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportActivity {
    /// Id of the activity.
    pub activity: Key,
    /// What was done.
    pub report: Report,
    /// The next step, which becomes an activity of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextStep>,
}

/// What is to be done next, and when. What is not said is as in the activity reported: its opportunity and contact, about
/// what the report names as the next step; a call where no kind is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextStep {
    /// The day; it is planned for the opening of that day unless the activity has a moment of its own.
    pub day: chrono::NaiveDate,
    /// What is planned.
    #[serde(default)]
    pub activity: NewActivity,
}

/// Cancels a planned activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelActivity {
    /// Id of the activity.
    pub activity: Key,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

pub(super) fn plan(door: &mut Door<'_, '_>, command: &PlanActivity) -> Result<Outcome> {
    let customer = door.resolve::<Relationship>(&command.customer)?.record;
    check_subjects(door, &command.activity, &customer)?;
    let seat = customers::seat(door, command.owner.as_deref())?;
    let ActivityStep { activity, why } = decision::plan(&command.activity, door.new_id(), customer.id, seat)?;
    door.create(&activity)?;
    let mut outcome = Outcome::of(&activity, None, why);
    let Some(recurrence) = &command.recurrence else { return Ok(outcome) };
    for planned_at in further_times(door, &activity, recurrence)? {
        let again =
            Activity { id: door.new_id(), planned_at: Some(planned_at), uid: None, ..activity.clone() };
        door.create(&again)?;
        outcome = outcome.and(&again, None);
    }
    outcome.why = outcome.why.fact("planned", outcome.records.len());
    Ok(outcome)
}

/// Most activities one command plans.
const TIMES_MAX: usize = 60;

/// When an activity comes again after its first time.
fn further_times(door: &Door<'_, '_>, first: &Activity, recurrence: &str) -> Result<Vec<DateTime<Utc>>> {
    let rule = super::appointments::rule(recurrence)?;
    let problem = |problem: &str, expected: String| {
        ValueError::new("activity.recurrence", "recurrence", problem, expected).at("recurrence")
    };
    let Some(starts) = first.planned_at else {
        let expected = "a moment of the first time, as planned_at";
        return Err(problem("is given of an activity without a moment", expected.to_owned()).into());
    };
    let item = CalendarItem {
        uid: first.calendar_uid(),
        starts: Some(starts),
        ends: first.planned_end(),
        zone: Some(time_zone_of(first.unit, |id| door.found::<Unit>(id))),
        recurrence: Some(rule),
        ..CalendarItem::default()
    };
    let times = icalendar::occurrences(&[item], TIMES_MAX + 1);
    if times.len() > TIMES_MAX {
        let expected = format!("a COUNT or an UNTIL, for at most {TIMES_MAX} times");
        return Err(problem("comes too often, or has no end", expected).into());
    }
    Ok(times.into_iter().map(|time| time.starts).filter(|time| *time > starts).collect())
}

pub(super) fn change(door: &mut Door<'_, '_>, command: &ChangeActivity) -> Result<Outcome> {
    let stored = door.to_change::<Activity>(&command.activity)?;
    if command.version.is_some_and(|read| read != stored.version) {
        let entity = "activity";
        return Err(CrmError::ChangedMeanwhile { entity, key: stored.record.id.uuid() }.into());
    }
    let mut wanted = command.change.clone();
    if let Some(key) = &command.owner {
        wanted.seat = Some(customers::seat(door, Some(key))?);
    }
    let ActivityStep { activity, why } = change_activity(&stored.record, &wanted)?;
    if activity != stored.record {
        door.update(&activity, stored.version)?;
    }
    Ok(Outcome::of(&activity, None, why))
}

pub(super) fn reschedule(door: &mut Door<'_, '_>, command: &RescheduleActivity) -> Result<Outcome> {
    let stored = door.to_change::<Activity>(&command.activity)?;
    let ActivityStep { activity, why } = decision::reschedule(&stored.record, command.planned_at)?;
    door.update(&activity, stored.version)?;
    Ok(Outcome::of(&activity, None, why))
}

pub(super) fn report(door: &mut Door<'_, '_>, command: &ReportActivity) -> Result<Outcome> {
    let stored = door.to_change::<Activity>(&command.activity)?;
    let ActivityStep { activity, why } = decision::report(&stored.record, &command.report, door.now())?;
    door.update(&activity, stored.version)?;
    let Some(next) = &command.next else { return Ok(Outcome::of(&activity, None, why)) };
    let follower = follow(door, &activity, next)?;
    let outcome = Outcome::of(&activity, None, why.because(follower.why));
    Ok(outcome.and(&follower.activity, None))
}

/// Plans the next step of a reported activity for its owner.
fn follow(door: &mut Door<'_, '_>, reported: &Activity, next: &NextStep) -> Result<ActivityStep> {
    let customer = door.get::<Relationship>(reported.customer)?.record;
    check_subjects(door, &next.activity, &customer)?;
    let mut new = next.activity.clone();
    if new.planned_at.is_none() {
        let (time, _) = crate::calendar::of_unit(&door.view(), reported.unit)?;
        let opening = time.open_on(next.day).next().map(|(from, _)| from);
        // A day chosen by hand is kept though it is closed.
        new.planned_at = Some(opening.unwrap_or_else(|| time.moment(next.day, 9 * 60)));
    }
    let seat = Seat { owner: reported.owner, unit: reported.unit };
    let step = decision::plan_next(reported, &new, door.new_id(), seat)?;
    door.create(&step.activity)?;
    Ok(step)
}

pub(super) fn cancel(door: &mut Door<'_, '_>, command: &CancelActivity) -> Result<Outcome> {
    let stored = door.to_change::<Activity>(&command.activity)?;
    let ActivityStep { activity, why } = decision::cancel(&stored.record, command.reason.as_deref())?;
    door.update(&activity, stored.version)?;
    Ok(Outcome::of(&activity, None, why))
}

/// What an activity is about must be the customer's own, and visible.
pub(super) fn check_subjects(door: &Door<'_, '_>, new: &NewActivity, customer: &Relationship) -> Result<()> {
    if let Some(opportunity) = new.opportunity {
        let found = door.get::<Opportunity>(opportunity)?;
        belongs::<Opportunity>(found.record.customer == customer.id, &opportunity.to_string())?;
    }
    if let Some(offer) = new.offer {
        let found = door.get::<Offer>(offer)?;
        belongs::<Offer>(found.record.customer == customer.id, &offer.to_string())?;
    }
    if let Some(vehicle) = new.vehicle {
        let found = door.get::<Vehicle>(vehicle)?;
        belongs::<Vehicle>(found.record.party == customer.party, &vehicle.to_string())?;
    }
    for contact in new.contact.iter().chain(&new.participant_contacts) {
        let found = door.get::<Contact>(*contact)?;
        belongs::<Contact>(found.record.customer == customer.id, &contact.to_string())?;
    }
    Ok(())
}

/// The position a command names, or the acting one.
pub(super) fn position(door: &Door<'_, '_>, key: Option<&str>) -> Result<Position> {
    match key {
        Some(key) => Ok(door.resolve::<Position>(key)?.record),
        None => Ok(door.get::<Position>(door.actor().position)?.record),
    }
}

/// The condition that a record is a position's.
pub(crate) fn of_owner(owner: clientela_core::ids::PositionId) -> clientela_model::Predicate {
    clientela_model::Predicate::equals("owner", clientela_model::Value::Id(owner.uuid()))
}

fn belongs<R: clientela_model::Record>(to_customer: bool, key: &str) -> Result<()> {
    if to_customer { Ok(()) } else { Err(crate::view::not_found(R::ENTITY, key)) }
}
