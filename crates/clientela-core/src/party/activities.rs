//! Planning, reporting and cancelling activities.
//!
//! | state | reschedule | report | cancel |
//! | --- | --- | --- | --- |
//! | planned | planned | reported | cancelled |
//! | reported | – | – | – |
//! | cancelled | – | – | – |
//!
//! What was not planned, such as a call that came in, is planned and reported in one command.

use super::activity::{Activity, ActivityKind, ActivityState};
use super::entry::Seat;
use crate::findings::{Check, Findings};
use crate::ids::{ActivityId, ContactId, CustomerId, OpportunityId};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, Issue, ValueError, Why, hint_of};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Most minutes one activity takes: a day. What lasts longer is reported day by day, so that time per day adds up.
pub const MINUTES_MAX: u32 = 24 * 60;

/// What can happen to an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ActivityEvent {
    /// Planned for another moment.
    Reschedule,
    /// Done.
    Report,
    /// Will not be done.
    Cancel,
}

/// The next state, or none when the event is not possible.
#[must_use]
pub const fn transition(state: ActivityState, event: ActivityEvent) -> Option<ActivityState> {
    match (state, event) {
        (ActivityState::Planned, ActivityEvent::Reschedule) => Some(ActivityState::Planned),
        (ActivityState::Planned, ActivityEvent::Report) => Some(ActivityState::Reported),
        (ActivityState::Planned, ActivityEvent::Cancel) => Some(ActivityState::Cancelled),
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
    let (kind, subject) = check.finish(kind.zip(subject))?;
    let mut why = Why::new("activity.planned").fact("kind", kind);
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
    };
    Ok(ActivityStep { activity, why })
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
    if report.minutes.is_some_and(|minutes| minutes > MINUTES_MAX) {
        check.refuse(
            "minutes",
            ValueError::new(
                "activity.minutes",
                "time spent",
                "is more than a day",
                format!("at most {MINUTES_MAX} minutes; report what lasts longer day by day"),
            ),
        );
    }
    let result = check.paragraph("result", report.result.as_deref());
    let next_step = check.line("next_step", report.next_step.as_deref());
    check.finish(Some(()))?;
    changed.done_at = Some(done_at);
    changed.minutes = report.minutes;
    changed.result = result;
    changed.next_step = next_step;
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

fn step(activity: &Activity, event: ActivityEvent) -> Result<(Activity, Why), ActivityError> {
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
