//! What the law gives a person over the data held on it: wordings of consents, erasure, legal holds, and all that is held.
//!
//! The consents themselves are with the [`party`](crate::party). [`person`] finds, from the declarations alone, every entity that
//! reaches a person; [`erasure`] decides whether it may be erased, and says what is kept and why; [`retention`] says what has been
//! kept long enough.

pub mod erasure;
mod legal_hold;
pub mod person;
pub mod retention;
mod wording;

pub use erasure::{Erasure, ErasureReason, LeadErasure, check_holds, check_lead, kept_because};
pub use legal_hold::LegalHold;
pub use person::{Subject, Way, ways};
pub use retention::{
    HoldBack, NewRetentionRule, RetentionDecision, RetentionFacts, RetentionRule, RetentionStart,
    RetentionSubject,
};
pub use wording::Wording;
