//! Sales: methods with their stages, opportunities and their passages, offers and their prices.

mod funnel;
mod method;
pub mod offer;
pub mod opportunity;
pub mod pipeline;
mod records;
pub mod replay;
pub mod waterfall;

pub use funnel::{FunnelStage, funnel};
pub use method::{ForecastCategory, SalesMethod, Stage};
pub use offer::{Authority, Basis, Offer, OfferItem, OfferRevision, OfferState, PriceStep, PriceStepKind};
pub use opportunity::{Opportunity, OpportunityEvent, OpportunityState};
pub use records::{Affair, Attachment, Credit, Passage};
