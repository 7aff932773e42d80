//! Sales: methods with their stages, opportunities and their passages, offers and their prices.

pub mod approval;
pub(crate) mod exact;
pub mod financing;
mod funnel;
pub mod goal;
mod method;
pub mod offer;
pub mod opportunity;
pub mod order;
pub mod proposal;
mod records;
pub mod replay;
pub mod tax_stack;
pub mod waterfall;

pub use funnel::{FunnelStage, funnel};
pub use method::{ForecastCategory, SalesMethod, Stage};
pub use offer::{Authority, Basis, Offer, OfferItem, OfferRevision, OfferState, PriceStep, PriceStepKind};
pub use opportunity::{Opportunity, OpportunityEvent, OpportunityState};
pub use records::{Affair, Attachment, Credit, Passage};
