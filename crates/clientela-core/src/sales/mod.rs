//! Sales: methods with their stages, opportunities and their passages, offers and their prices.

pub mod approval;
pub mod assessment;
pub mod changing;
pub(crate) mod exact;
pub mod financing;
mod funnel;
pub mod goal;
pub mod kept_financing;
mod method;
pub mod missing;
pub mod offer;
pub mod opportunity;
pub mod order;
pub mod pipeline;
pub mod proposal;
pub mod proposal_rule;
mod records;
pub mod replay;
mod structure;
pub mod stuck;
pub mod tax_stack;
pub mod team;
pub mod waterfall;
pub mod what_if;

pub use changing::OpportunityChange;
pub use funnel::{FunnelStage, funnel};
pub use method::{AssessmentQuestion, ForecastCategory, SalesMethod, Stage, StageAction};
pub use offer::{Authority, Basis, Offer, OfferItem, OfferRevision, OfferState, PriceStep, PriceStepKind};
pub use opportunity::{Opportunity, OpportunityEvent, OpportunityState};
pub use records::{Affair, Attachment, Credit, Passage};
pub use structure::{
    AssessmentAnswer, Attitude, DecisionMaker, DecisionRole, ForecastAdjustment, ForecastLine,
    ForecastSnapshot, MemberRole, OpportunityCompetitor, OpportunityMember, OpportunityProduct, Standing,
};
