//! Questions on quota plans.

use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use chrono::NaiveDate;
use clientela_core::performance::Attainment;
use serde::{Deserialize, Serialize};

/// What has been reached of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttainmentOf {
    /// Name of the plan.
    pub plan: Key,
    /// By which day; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

pub(super) fn attainment(session: &Session, question: &AttainmentOf) -> Result<Vec<Attainment>> {
    session.attainment(&question.plan, question.day)
}
