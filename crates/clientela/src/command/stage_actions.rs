//! What a stage brings: its actions become planned activities of who works on the opportunity, until it is lost.

use super::Outcome;
use crate::calendar;
use crate::door::Door;
use crate::error::Result;
use chrono::{DateTime, Days, Utc};
use clientela_core::calendar::WorkingTime;
use clientela_core::party::activities::{self, ActivityStep, NewActivity};
use clientela_core::party::entry::Seat;
use clientela_core::party::{Activity, ActivityState};
use clientela_core::sales::{Opportunity, StageAction};
use clientela_model::{ClosedList, EntityId, Predicate, Value, Why};

/// Plans the actions of the stage an opportunity has come to; what is planned already for it is not planned again.
pub(super) fn bring(
    door: &mut Door<'_, '_>,
    opportunity: &Opportunity,
    mut outcome: Outcome,
) -> Result<Outcome> {
    let of_stage = Predicate::equals("stage", Value::Id(opportunity.stage.uuid()));
    let actions = door.whole::<StageAction>(&of_stage)?;
    if actions.is_empty() {
        return Ok(outcome);
    }
    let planned = door.whole::<Activity>(&super::of_opportunity(opportunity.id))?;
    let (time, of) = calendar::of_unit(&door.view(), opportunity.unit)?;
    let seat = Seat { owner: opportunity.owner, unit: opportunity.unit };
    for action in actions {
        let same = |one: &Activity| one.state == ActivityState::Planned && one.subject == action.subject;
        if planned.iter().any(same) {
            continue;
        }
        let new = NewActivity {
            kind: Some(action.kind.word().to_owned()),
            subject: Some(action.subject.clone()),
            planned_at: Some(open_after(&time, door.now(), action.after_days)),
            opportunity: Some(opportunity.id),
            ..NewActivity::default()
        };
        let ActivityStep { activity, .. } =
            activities::plan(&new, door.new_id(), opportunity.customer, seat)?;
        door.create_derived(&activity)?;
        outcome.why = outcome.why.because(
            Why::new("stage.action_planned")
                .fact("kind", action.kind)
                .fact("after_days", action.after_days)
                .because(of.clone()),
        );
        outcome = outcome.and(&activity, None);
    }
    Ok(outcome)
}

/// The moment so many days later, or when it is open next after it: nobody is asked to call on a Sunday evening.
fn open_after(time: &WorkingTime, now: DateTime<Utc>, days: u16) -> DateTime<Utc> {
    let later = now.checked_add_days(Days::new(days.into())).unwrap_or(now);
    time.next_opening(later).unwrap_or(later)
}

/// Cancels what stages have brought and nobody has done yet, when an opportunity is lost: there is nothing left to do it for.
pub(super) fn drop_planned(
    door: &mut Door<'_, '_>,
    opportunity: &Opportunity,
    mut outcome: Outcome,
) -> Result<Outcome> {
    let of_method = Predicate::equals("method", Value::Id(opportunity.method.uuid()));
    let actions = door.whole::<StageAction>(&of_method)?;
    if actions.is_empty() {
        return Ok(outcome);
    }
    let brought = |one: &Activity| actions.iter().any(|action| action.subject == one.subject);
    let mut cancelled = 0_usize;
    for stored in door.whole_stored::<Activity>(&super::of_opportunity(opportunity.id))? {
        if stored.record.state == ActivityState::Planned && brought(&stored.record) {
            let ActivityStep { activity, .. } =
                activities::cancel(&stored.record, opportunity.lost_reason.as_deref())?;
            door.update_derived(&activity, stored.version)?;
            outcome = outcome.and(&activity, None);
            cancelled += 1;
        }
    }
    if cancelled > 0 {
        outcome.why = outcome.why.because(Why::new("stage.actions_cancelled").fact("activities", cancelled));
    }
    Ok(outcome)
}
