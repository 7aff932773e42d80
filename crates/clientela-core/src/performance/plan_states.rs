//! What becomes of a quota plan.
//!
//! | state | publish | lock | close | revise |
//! | --- | --- | --- | --- | --- |
//! | draft | published | – | – | – |
//! | published | – | locked | closed | published |
//! | locked | – | – | closed | locked |
//! | closed | – | – | – | – |
//!
//! A draft is shared out already, so that it can be looked at and thrown away; from its publishing on it is agreed and in force.
//! A new version is made beside it and takes its place, and its name, when it is published.

use super::quota::{PlanState, QuotaPlan};
use crate::ids::QuotaPlanId;
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, Why};
use uuid::Uuid;

/// What can happen to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum PlanEvent {
    /// Put in force.
    Publish,
    /// Closed to changes.
    Lock,
    /// Ended.
    Close,
    /// A new version made of it.
    Revise,
}

/// The next state, or none when the event is not possible.
#[must_use]
pub const fn transition(state: PlanState, event: PlanEvent) -> Option<PlanState> {
    match (state, event) {
        (PlanState::Draft, PlanEvent::Publish) => Some(PlanState::Published),
        (PlanState::Published, PlanEvent::Lock) => Some(PlanState::Locked),
        (PlanState::Published | PlanState::Locked, PlanEvent::Close) => Some(PlanState::Closed),
        (PlanState::Published | PlanState::Locked, PlanEvent::Revise) => Some(state),
        _ => None,
    }
}

/// A passage that is not possible.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the plan is {state}: {event} is not possible from there; see its reason for what is")]
pub struct PlanError {
    /// The plan.
    pub plan: QuotaPlanId,
    /// Where it stands.
    pub state: PlanState,
    /// What was asked.
    pub event: PlanEvent,
    /// Why not, with what is possible.
    pub why: Why,
}

impl Coded for PlanError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Rule
    }
    fn code(&self) -> &'static str {
        "quota_plan.illegal_passage"
    }
    fn field(&self) -> Option<String> {
        Some("state".to_owned())
    }
    fn hint(&self) -> Option<String> {
        let possible = possible(self.state);
        Some(if possible.is_empty() {
            "define a new plan; this one is over".to_owned()
        } else {
            format!("possible now: {possible}")
        })
    }
    fn entity(&self) -> Option<Uuid> {
        Some(self.plan.uuid())
    }
    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }
}

fn possible(state: PlanState) -> String {
    let events = PlanEvent::ALL.iter().filter(|event| transition(state, **event).is_some());
    events.map(|event| event.word()).collect::<Vec<_>>().join(", ")
}

/// Takes a plan to its next state.
///
/// # Errors
/// `quota_plan.illegal_passage`.
pub fn pass(plan: &QuotaPlan, event: PlanEvent) -> Result<(QuotaPlan, Why), PlanError> {
    let Some(state) = transition(plan.state, event) else {
        let why = Why::new("quota_plan.illegal_passage")
            .fact("state", plan.state)
            .fact("event", event)
            .fact("possible", possible(plan.state));
        return Err(PlanError { plan: plan.id, state: plan.state, event, why });
    };
    let why = Why::new("quota_plan.state_changed").fact("from", plan.state).fact("to", state);
    Ok((QuotaPlan { state, ..plan.clone() }, why))
}

/// Puts a new version in the place of the one in force: that one is over and keeps its version in its name, the new one has the
/// name from then on.
///
/// # Errors
/// `quota_plan.illegal_passage`.
pub fn supersede(old: &QuotaPlan, new: &QuotaPlan) -> Result<(QuotaPlan, QuotaPlan, Why), PlanError> {
    let (closed, why) = pass(old, PlanEvent::Close)?;
    let (published, _) = pass(new, PlanEvent::Publish)?;
    let name = version_name(&old.name, old.version());
    let why = Why::new("quota_plan.superseded")
        .fact("version", new.version())
        .fact("before", old.version())
        .because(why);
    Ok((QuotaPlan { name, ..closed }, QuotaPlan { name: old.name.clone(), ..published }, why))
}

/// The name of a version that is not in force.
#[must_use]
pub fn version_name(name: &str, version: u32) -> String {
    format!("{name} (version {version})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_above_is_the_machine() {
        crate::table_test::check(include_str!("plan_states.rs"), PlanState::ALL, PlanEvent::ALL, transition);
    }
}
