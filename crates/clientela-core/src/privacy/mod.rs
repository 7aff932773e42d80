//! What the law gives a person over the data held on it: wordings of consents, erasure, legal holds, and all that is held.
//!
//! The consents themselves are with the [`party`](crate::party). [`person`] finds, from the declarations alone, every entity that
//! reaches a person; [`erasure`] decides whether it may be erased, and says what is kept and why.

pub mod erasure;
mod legal_hold;
pub mod person;
mod wording;

pub use erasure::{Erasure, ErasureReason, check_holds, kept_because};
pub use legal_hold::LegalHold;
pub use person::{Subject, Way, ways};
pub use wording::Wording;
