//! Leads: people and companies who showed interest, before they are customers with an opportunity.

mod again;
mod as_customer;
mod change;
pub mod conversion;
pub mod distribution;
mod entry;
mod lead;
pub mod life;
mod parts;
pub mod ranking;
pub mod scoring;

pub use again::{SENT_AGAIN_DAYS, is_sent_again};
pub use as_customer::as_customer;
pub use change::{LeadChange, change_lead};
pub use entry::{LeadPlace, NewLead, enter_lead};
pub use lead::{Lead, LeadChannel, LeadHorizon, LeadState};
pub use life::{Assignment, DEFAULT_LIMIT_MINUTES, LeadError, LeadEvent};
pub use parts::{LeadConsent, LeadTerritory, confirm_lead_consent, enter_lead_consent, serves};
