//! Dealers' claims on one party: who may work on it, until when, and who decides when two want to.
//!
//! A claim protects a dealer for a time. Another dealer who claims meanwhile is told that it is contested and whom to ask,
//! and nothing of the first one. The manager of the lowest unit above both decides.

mod decisions;
mod records;

pub use decisions::{
    ClaimError, ClaimPolicy, ClaimStanding, Decided, Settled, arbitrate, brought_together, check_arbiter,
    claim, contenders, release, standing,
};
pub use records::{Claim, ClaimState};
