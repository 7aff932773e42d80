//! Changes of an opportunity that are neither a stage nor an end: what is known of it, and the version of its method.

use super::opportunity::{By, Move, OpportunityError, check_amount, check_money, moved, next_state};
use super::{ForecastCategory, Opportunity, OpportunityEvent, Stage};
use crate::ids::{CampaignId, PositionId, SalesMethodId, UnitId};
use crate::party::entry::named;
use chrono::NaiveDate;
use clientela_model::{Money, Why};
use serde::{Deserialize, Serialize};

/// What is to be changed. A field that is not named stays as it is; one named without a value is emptied.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpportunityChange {
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is expected to bring, net.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Option<Money>>,
    /// What is expected to remain of it after cost.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub margin: Option<Option<Money>>,
    /// Number of vehicles.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub vehicles: Option<Option<u32>>,
    /// Day it is expected to be decided.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub expected_close: Option<Option<NaiveDate>>,
    /// What is to be done next.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub next_step: Option<Option<String>>,
    /// Day that is to be done.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub next_step_on: Option<Option<NaiveDate>>,
    /// What it counts as in a forecast, instead of what its stage counts as.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Option<ForecastCategory>>,
    /// Who works on it from now on: his position and its unit. Given by the one door.
    #[serde(skip)]
    pub seat: Option<(PositionId, UnitId)>,
    /// The campaign it came from. Given by the one door.
    #[serde(skip)]
    pub campaign: Option<Option<CampaignId>>,
}

/// Changes what is known of an open or suspended opportunity. A close date that moves is a passage, as everything here.
///
/// # Errors
/// `opportunity.illegal_passage`, `opportunity.currency`, `opportunity.amount`, `opportunity.next_step`.
pub fn change(
    opportunity: &Opportunity,
    stage: &Stage,
    change: &OpportunityChange,
    note: Option<String>,
    by: By,
) -> Result<Move, OpportunityError> {
    let state = next_state(opportunity, OpportunityEvent::Change)?;
    let mut after = opportunity.clone();
    after.state = state;
    let mut why = Why::new("opportunity.changed");
    macro_rules! take {
        ($($field:ident),*) => {$(
            if let Some(value) = &change.$field {
                if after.$field != *value {
                    why = why.fact("field", stringify!($field));
                }
                after.$field.clone_from(value);
            }
        )*};
    }
    take!(title, amount, margin, vehicles, expected_close, next_step, next_step_on, forecast, campaign);
    if let Some((owner, unit)) = change.seat {
        if after.owner != owner {
            why = why.fact("field", "owner");
        }
        (after.owner, after.unit) = (owner, unit);
    }
    // A margin may be below nothing, an amount may not.
    if let Some(amount) = after.amount {
        check_amount(amount, after.currency)?;
    }
    if let Some(margin) = after.margin {
        check_money(margin, after.currency)?;
    }
    let step = after.next_step.as_deref().is_some_and(|step| !step.trim().is_empty());
    if step != after.next_step_on.is_some() {
        return Err(OpportunityError::NextStep);
    }
    if let (Some(before), Some(now)) = (opportunity.expected_close, after.expected_close) {
        let days = (now - before).num_days();
        if days != 0 {
            why = why.because(
                Why::new("opportunity.close_date_moved")
                    .fact("from", before)
                    .fact("to", now)
                    .fact("days", days),
            );
        }
    }
    Ok(moved(opportunity, after, stage, OpportunityEvent::Change, note, by, why))
}

/// Takes an open or suspended opportunity over into a stage of another version of its method.
///
/// # Errors
/// `opportunity.illegal_passage`, `opportunity.foreign_stage`.
pub fn move_over(
    opportunity: &Opportunity,
    method: SalesMethodId,
    to: &Stage,
    by: By,
) -> Result<Move, OpportunityError> {
    let state = next_state(opportunity, OpportunityEvent::MoveOver)?;
    if to.method != method {
        return Err(OpportunityError::ForeignStage {
            number: opportunity.number.clone(),
            stage: to.code.clone(),
        });
    }
    let mut after = opportunity.clone();
    after.state = state;
    (after.method, after.stage, after.probability) = (method, to.id, to.probability);
    // What the seller counted it as held until the stage changed.
    after.forecast = None;
    let why = Why::new("opportunity.moved_over").fact("stage", &to.code);
    Ok(moved(opportunity, after, to, OpportunityEvent::MoveOver, None, by, why))
}
