//! Marketing: campaigns, whom they are for, and who may be written to.
//!
//! [`running`] defines, activates and closes campaigns, [`target`] decides for every customer why in or why out.

mod campaign;
pub mod running;
pub mod target;

pub use campaign::{Campaign, CampaignMember, CampaignState};
pub use running::{CampaignError, CampaignEvent, CampaignStep, NewCampaign, activate, close, define};
pub use target::{Membership, RuleOutcome};
