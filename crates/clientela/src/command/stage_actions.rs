//! What a stage brings: its actions become planned activities of who works on the opportunity.

use super::Outcome;
use crate::door::Door;
use crate::error::Result;
use chrono::Duration;
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
    let seat = Seat { owner: opportunity.owner, unit: opportunity.unit };
    for action in actions {
        let same = |one: &Activity| one.state == ActivityState::Planned && one.subject == action.subject;
        if planned.iter().any(same) {
            continue;
        }
        let new = NewActivity {
            kind: Some(action.kind.word().to_owned()),
            subject: Some(action.subject.clone()),
            planned_at: Some(door.now() + Duration::days(i64::from(action.after_days))),
            opportunity: Some(opportunity.id),
            ..NewActivity::default()
        };
        let ActivityStep { activity, .. } =
            activities::plan(&new, door.new_id(), opportunity.customer, seat)?;
        door.create_derived(&activity)?;
        outcome.why = outcome.why.because(
            Why::new("stage.action_planned").fact("kind", action.kind).fact("after_days", action.after_days),
        );
        outcome = outcome.and(&activity, None);
    }
    Ok(outcome)
}
