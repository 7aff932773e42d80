//! Leads: people and companies who showed interest, before they are customers with an opportunity.

pub mod distribution;
mod lead;
pub mod life;

pub use lead::{Lead, LeadChannel, LeadHorizon, LeadState};
pub use life::{LeadError, LeadEvent};
