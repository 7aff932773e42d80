//! Planning, reporting and cancelling activities.
//!
//! | state | reschedule | report | cancel | change |
//! | --- | --- | --- | --- | --- |
//! | planned | planned | reported | cancelled | planned |
//! | reported | – | – | – | reported |
//! | cancelled | – | – | – | – |
//!
//! What was not planned, such as a call that came in, is planned and reported in one command.

use super::activity::{Activity, ActivityKind, ActivityState, TimeCategory};
use super::entry::Seat;
use crate::findings::{Check, Findings};
use crate::ids::{ActivityId, ContactId, CustomerId, OfferId, OpportunityId, VehicleId};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, Issue, ValueError, Why, hint_of};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Most minutes one activity takes: a day. What lasts longer is reported day by day, so that time per day adds up.
pub const MINUTES_MAX: u32 = 24 * 60;

/// Most minutes before an activity that a reminder is given: four weeks.
pub const REMINDER_MAX: u32 = 4 * 7 * 24 * 60;

/// What can happen to an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ActivityEvent {
    /// Planned for another moment.
    Reschedule,
    /// Done.
    Report,
    /// Will not be done.
    Cancel,
    /// Put right.
    Change,
}

/// The next state, or none when the event is not possible.
#[must_use]
pub const fn transition(state: ActivityState, event: ActivityEvent) -> Option<ActivityState> {
    match (state, event) {
        (ActivityState::Planned, ActivityEvent::Reschedule | ActivityEvent::Change) => {
            Some(ActivityState::Planned)
        }
        (ActivityState::Planned, ActivityEvent::Report) => Some(ActivityState::Reported),
        (ActivityState::Planned, ActivityEvent::Cancel) => Some(ActivityState::Cancelled),
        (ActivityState::Reported, ActivityEvent::Change) => Some(ActivityState::Reported),
        (ActivityState::Reported | ActivityState::Cancelled, _) => None,
    }
}

/// A step that is not allowed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ActivityError {
    /// The state does not allow the event.
    #[error("the activity is {state}: {event} is not possible from there; see its reason for what is")]
    IllegalPassage {
        /// Id.
        id: ActivityId,
        /// Where it stands.
        state: ActivityState,
        /// What was asked.
        event: ActivityEvent,
        /// Why not.
        why: Why,
    },
    /// What was given is not acceptable.
    #[error(transparent)]
    Invalid(#[from] Findings),
}

impl Coded for ActivityError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::IllegalPassage { .. } => ErrorKind::Rule,
            Self::Invalid(found) => found.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::IllegalPassage { .. } => "activity.illegal_passage",
            Self::Invalid(found) => found.code(),
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::IllegalPassage { .. } => Some("state".to_owned()),
            Self::Invalid(found) => found.field(),
        }
    }
    fn hint(&self) -> Option<String> {
        match self {
            Self::IllegalPassage { .. } => hint_of(&self.to_string()),
            Self::Invalid(found) => found.hint(),
        }
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::IllegalPassage { id, .. } => Some(id.uuid()),
            Self::Invalid(_) => None,
        }
    }
    fn issues(&self) -> Vec<Issue> {
        match self {
            Self::IllegalPassage { .. } => Vec::new(),
            Self::Invalid(found) => found.issues(),
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::IllegalPassage { why, .. } => Some(why),
            Self::Invalid(_) => None,
        }
    }
}

/// An activity as a person or an import gives it. Needed are `kind` and `subject`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewActivity {
    /// What kind: a word of [`ActivityKind`].
    pub kind: Option<String>,
    /// What it is about, in one line.
    pub subject: Option<String>,
    /// When it is planned for; not given for what has no date yet.
    pub planned_at: Option<DateTime<Utc>>,
    /// The opportunity it is about.
    pub opportunity: Option<OpportunityId>,
    /// The contact it is with.
    pub contact: Option<ContactId>,
    /// What its time is counted as: a word of [`TimeCategory`]; by its kind when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Names of others who take part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<String>,
    /// Further contacts of the customer who take part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participant_contacts: Vec<ContactId>,
    /// The offer it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    /// The vehicle it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<VehicleId>,
    /// Where it takes place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Degrees north of the equator, -90 to 90; with a longitude.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<Decimal>,
    /// Degrees east of Greenwich, -180 to 180; with a latitude.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<Decimal>,
    /// Time planned for it, in minutes, at most [`MINUTES_MAX`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_minutes: Option<u32>,
    /// When to be reminded of it, in minutes before it is planned for, at most [`REMINDER_MAX`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_minutes: Option<u32>,
    /// Identifier of the item in a calendar it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
}

/// What is reported of an activity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Report {
    /// When it was done; now if not given.
    pub done_at: Option<DateTime<Utc>>,
    /// Time spent, in minutes, at most [`MINUTES_MAX`].
    pub minutes: Option<u32>,
    /// What came of it.
    pub result: Option<String>,
    /// What is next.
    pub next_step: Option<String>,
    /// Time of travel and waiting besides the time spent, in minutes, at most [`MINUTES_MAX`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travel_minutes: Option<u32>,
    /// What its time is counted as: a word of [`TimeCategory`]; as planned when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// A decided step of an activity.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityStep {
    /// The activity as it is to be.
    pub activity: Activity,
    /// Why.
    pub why: Why,
}

/// Plans an activity with a customer.
///
/// # Errors
/// [`Findings`], in the order of the fields: `field.missing`, `word.unknown`, `text.*`.
pub fn plan(
    new: &NewActivity,
    id: ActivityId,
    customer: CustomerId,
    seat: Seat,
) -> Result<ActivityStep, Findings> {
    let mut check = Check::new("activity");
    let kind = check.needed_word::<ActivityKind>("kind", new.kind.as_deref());
    let subject = check.needed_line("subject", new.subject.as_deref());
    let category = check.word::<TimeCategory>("category", new.category.as_deref());
    let participants: Vec<String> =
        new.participants.iter().filter_map(|name| check.line("participants", Some(name))).collect();
    let place = check.line("place", new.place.as_deref());
    let (latitude, longitude) = point(&mut check, new.latitude, new.longitude).unzip();
    at_most(&mut check, "planned_minutes", new.planned_minutes, MINUTES_MAX);
    at_most(&mut check, "reminder_minutes", new.reminder_minutes, REMINDER_MAX);
    let uid = check.line("uid", new.uid.as_deref());
    let (kind, subject) = check.finish(kind.zip(subject))?;
    let category = category.unwrap_or(TimeCategory::of_kind(kind));
    let mut why = Why::new("activity.planned").fact("kind", kind).fact("category", category);
    if let Some(at) = new.planned_at {
        why = why.fact("planned_at", at.to_rfc3339());
    }
    let activity = Activity {
        id,
        customer,
        opportunity: new.opportunity,
        contact: new.contact,
        owner: seat.owner,
        unit: seat.unit,
        kind,
        state: ActivityState::Planned,
        subject,
        planned_at: new.planned_at,
        done_at: None,
        minutes: None,
        result: None,
        next_step: None,
        win_back: None,
        cost: None,
        category: Some(category),
        participants: joined(&participants, "\n"),
        participant_contacts: joined(&new.participant_contacts, " "),
        offer: new.offer,
        vehicle: new.vehicle,
        place,
        latitude,
        longitude,
        planned_minutes: new.planned_minutes,
        uid,
        reminder_minutes: new.reminder_minutes,
        travel_minutes: None,
        follows: None,
        action_plan: None,
    };
    Ok(ActivityStep { activity, why })
}

/// The point two coordinates name; a finding when one is missing or off the earth. Six decimals are a step of the foot.
fn point(
    check: &mut Check,
    latitude: Option<Decimal>,
    longitude: Option<Decimal>,
) -> Option<(Decimal, Decimal)> {
    match (latitude, longitude) {
        (None, None) => None,
        (Some(north), Some(east)) if north.abs() <= Decimal::from(90) && east.abs() <= Decimal::from(180) => {
            Some((north.round_dp(6), east.round_dp(6)))
        }
        (Some(_), Some(_)) => {
            check.refuse("latitude", coordinates("are not on the earth"));
            None
        }
        (None, Some(_)) => {
            check.refuse("latitude", coordinates("are not whole"));
            None
        }
        (Some(_), None) => {
            check.refuse("longitude", coordinates("are not whole"));
            None
        }
    }
}

pub(super) fn at_most(check: &mut Check, field: &'static str, minutes: Option<u32>, most: u32) {
    if minutes.is_some_and(|minutes| minutes > most) {
        let problem = if most == MINUTES_MAX { "is more than a day" } else { "is more than four weeks" };
        check.refuse(
            field,
            ValueError::new(
                "activity.minutes",
                "time spent",
                problem,
                format!("at most {most} minutes; report what lasts longer day by day"),
            ),
        );
    }
}

fn joined<T: ToString>(parts: &[T], between: &str) -> Option<String> {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    (!parts.is_empty()).then(|| parts.join(between))
}

/// Coordinates that are none; the problem is said.
fn coordinates(problem: &'static str) -> ValueError {
    let expected = "degrees north, -90 to 90, and east, -180 to 180";
    ValueError::new("activity.coordinates", "coordinates", problem, expected)
}

/// Plans the next step of a reported activity: with the same customer, opportunity and contact where nothing else is said,
/// about what the report says is next, and a call where no kind is given.
///
/// # Errors
/// As [`plan`].
pub fn plan_next(
    reported: &Activity,
    new: &NewActivity,
    id: ActivityId,
    seat: Seat,
) -> Result<ActivityStep, Findings> {
    let mut new = new.clone();
    new.kind = new.kind.or_else(|| Some(ActivityKind::Call.word().to_owned()));
    new.subject = new.subject.or_else(|| reported.next_step.clone());
    new.opportunity = new.opportunity.or(reported.opportunity);
    new.contact = new.contact.or(reported.contact);
    let mut step = plan(&new, id, reported.customer, seat)?;
    step.activity.follows = Some(reported.id);
    Ok(step)
}

/// Plans an activity for another moment.
///
/// # Errors
/// `activity.illegal_passage`.
pub fn reschedule(activity: &Activity, planned_at: DateTime<Utc>) -> Result<ActivityStep, ActivityError> {
    let (mut changed, why) = step(activity, ActivityEvent::Reschedule)?;
    changed.planned_at = Some(planned_at);
    Ok(ActivityStep { activity: changed, why: why.fact("planned_at", planned_at.to_rfc3339()) })
}

/// Reports what was done. It may be reported later than it was done, not before.
///
/// # Errors
/// `activity.illegal_passage`, or [`Findings`] in the order of the fields: `activity.done_in_the_future`,
/// `activity.minutes`, `text.*`.
pub fn report(
    activity: &Activity,
    report: &Report,
    now: DateTime<Utc>,
) -> Result<ActivityStep, ActivityError> {
    let (mut changed, why) = step(activity, ActivityEvent::Report)?;
    let mut check = Check::new("activity");
    let done_at = report.done_at.unwrap_or(now);
    if done_at > now {
        check.refuse(
            "done_at",
            ValueError::new(
                "activity.done_in_the_future",
                "moment",
                "is in the future",
                "a moment not after now",
            ),
        );
    }
    at_most(&mut check, "minutes", report.minutes, MINUTES_MAX);
    at_most(&mut check, "travel_minutes", report.travel_minutes, MINUTES_MAX);
    let result = check.paragraph("result", report.result.as_deref());
    let next_step = check.line("next_step", report.next_step.as_deref());
    let category = check.word::<TimeCategory>("category", report.category.as_deref());
    check.finish(Some(()))?;
    changed.done_at = Some(done_at);
    changed.minutes = report.minutes;
    changed.result = result;
    changed.next_step = next_step;
    changed.travel_minutes = report.travel_minutes;
    changed.category = category.or(changed.category);
    let mut why = why.fact("done_at", done_at.to_rfc3339());
    if let Some(minutes) = report.minutes {
        why = why.fact("minutes", minutes);
    }
    Ok(ActivityStep { activity: changed, why })
}

/// Cancels an activity; the reason is kept as its result.
///
/// # Errors
/// `activity.illegal_passage`, `text.*`.
pub fn cancel(activity: &Activity, reason: Option<&str>) -> Result<ActivityStep, ActivityError> {
    let (mut changed, why) = step(activity, ActivityEvent::Cancel)?;
    let mut check = Check::new("activity");
    let reason = check.paragraph("result", reason);
    check.finish(Some(()))?;
    changed.result = reason;
    Ok(ActivityStep { activity: changed, why })
}

pub(super) fn step(activity: &Activity, event: ActivityEvent) -> Result<(Activity, Why), ActivityError> {
    let Some(state) = transition(activity.state, event) else {
        let possible: Vec<&str> = ActivityEvent::ALL
            .iter()
            .filter(|event| transition(activity.state, **event).is_some())
            .map(|event| event.word())
            .collect();
        return Err(ActivityError::IllegalPassage {
            id: activity.id,
            state: activity.state,
            event,
            why: Why::new("activity.illegal_passage")
                .fact("state", activity.state)
                .fact("event", event)
                .fact("possible", possible.join(", ")),
        });
    };
    let mut changed = activity.clone();
    changed.state = state;
    Ok((changed, Why::new("activity.state_changed").fact("from", activity.state).fact("to", state)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_above_is_the_machine() {
        crate::table_test::check(
            include_str!("activities.rs"),
            ActivityState::ALL,
            ActivityEvent::ALL,
            transition,
        );
    }
}
