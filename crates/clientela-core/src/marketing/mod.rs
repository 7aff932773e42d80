//! Marketing: campaigns, whom they are for, and who may be written to.

mod campaign;

pub use campaign::{Campaign, CampaignMember, CampaignState};
