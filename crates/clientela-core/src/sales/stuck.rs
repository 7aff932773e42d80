//! Opportunities that do not move, with the reason: too long in a stage, nothing planned, a close date that slips.

use super::{Opportunity, OpportunityEvent, OpportunityState, Passage, Stage};
use chrono::NaiveDate;
use clientela_model::Why;
use serde::{Deserialize, Serialize};

/// When an opportunity counts as stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StuckLimits {
    /// How long it may stay in a stage, in percent of the days expected there.
    pub stage_percent: u32,
    /// Days it may stay in a stage that expects none.
    pub stage_days: u32,
    /// How often its close date may be moved to a later day.
    pub pushes: u32,
}

impl Default for StuckLimits {
    fn default() -> Self {
        Self { stage_percent: 150, stage_days: 60, pushes: 2 }
    }
}

/// How an opportunity came to where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Open days in its stage, put aside not counted.
    pub days_in_stage: u32,
    /// How often its close date was moved to a later day.
    pub pushes: u32,
    /// By how many days in all.
    pub pushed_days: u32,
}

/// The day of a passage: that of its unit, or that of its moment where it was not kept.
#[must_use]
pub fn day_of(passage: &Passage) -> NaiveDate {
    passage.day.unwrap_or_else(|| passage.at.date_naive())
}

/// Reads the passages of one opportunity, in their order.
#[must_use]
pub fn progress<'a>(passages: impl IntoIterator<Item = &'a Passage>, today: NaiveDate) -> Progress {
    let mut found = Progress::default();
    let mut before: Option<&Passage> = None;
    let days = |from: &Passage, to: NaiveDate| match from.to_state {
        OpportunityState::Open => u32::try_from((to - day_of(from)).num_days()).unwrap_or(0),
        _ => 0,
    };
    for passage in passages {
        if let Some(before) = before {
            // Taken over into another version of its method it has not moved on.
            if before.to_stage == passage.to_stage || passage.event == OpportunityEvent::MoveOver {
                found.days_in_stage += days(before, day_of(passage));
            } else {
                found.days_in_stage = 0;
            }
            if let (Some(old), Some(new)) = (before.expected_close, passage.expected_close)
                && new > old
            {
                found.pushes += 1;
                found.pushed_days += u32::try_from((new - old).num_days()).unwrap_or(0);
            }
        }
        before = Some(passage);
    }
    if let Some(last) = before {
        found.days_in_stage += days(last, today);
    }
    found
}

/// Why an opportunity is stuck or slipping, one reason for each thing that is wrong; none when all is well. Won and lost ones never
/// are; of those put aside only the day they are to be taken up again is looked at.
#[must_use]
pub fn reasons(
    opportunity: &Opportunity,
    stage: &Stage,
    progress: Progress,
    limits: StuckLimits,
    today: NaiveDate,
) -> Vec<Why> {
    let mut found = Vec::new();
    match opportunity.state {
        OpportunityState::Won | OpportunityState::Lost => return found,
        OpportunityState::Suspended => {
            if let Some(day) = opportunity.suspended_until.filter(|day| *day <= today) {
                found.push(Why::new("stuck.resume_due").fact("day", day));
            }
            return found;
        }
        OpportunityState::Open => {}
    }
    let limit = match stage.expected_days {
        Some(days) => u64::from(days) * u64::from(limits.stage_percent) / 100,
        None => u64::from(limits.stage_days),
    };
    if u64::from(progress.days_in_stage) > limit {
        let mut why = Why::new("stuck.too_long_in_stage")
            .fact("stage", &stage.code)
            .fact("days", progress.days_in_stage);
        if let Some(expected) = stage.expected_days {
            why = why.fact("expected", expected);
        }
        found.push(why.fact("limit", limit));
    }
    match (&opportunity.next_step, opportunity.next_step_on) {
        (Some(_), Some(day)) if day < today => {
            found.push(Why::new("stuck.next_step_overdue").fact("day", day))
        }
        (Some(_), Some(_)) => {}
        _ => found.push(Why::new("stuck.no_next_step")),
    }
    match opportunity.expected_close {
        Some(day) if day < today => found.push(Why::new("slipping.close_date_past").fact("day", day)),
        Some(_) => {}
        None => found.push(Why::new("stuck.no_close_date")),
    }
    if progress.pushes > limits.pushes {
        found.push(
            Why::new("slipping.pushed")
                .fact("times", progress.pushes)
                .fact("days", progress.pushed_days)
                .fact("limit", limits.pushes),
        );
    }
    found
}
