//! Customers: parties the network shares, each dealer's relationship with them, contacts, fleet, consents, activities.

mod activity;
mod consent;
mod contact;
#[expect(clippy::module_inception, reason = "the noun of the module")]
mod party;
mod relationship;
mod vehicle;

pub use activity::{Activity, ActivityKind, ActivityState};
pub use consent::{Channel, Consent, ConsentDecision, LegalBasis, Purpose};
pub use contact::{Contact, ContactRole, Influence};
pub use party::{Party, PartyKind};
pub use relationship::{Customer, CustomerSize, CustomerStatus, Relationship};
pub use vehicle::{Ownership, Vehicle};
