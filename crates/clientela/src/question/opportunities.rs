//! Questions on opportunities.

use crate::command::Key;
use crate::error::Result;
use crate::session::Session;
use clientela_core::sales::FunnelStage;
use serde::{Deserialize, Serialize};

/// Open opportunities by stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelOf {
    /// Code of the sales method; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Key>,
}

pub(super) fn funnel(session: &Session, question: &FunnelOf) -> Result<Vec<FunnelStage>> {
    session.funnel(question.method.as_deref())
}
