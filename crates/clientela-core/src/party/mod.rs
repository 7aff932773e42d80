//! Customers: parties the network shares, each dealer's relationship with them, contacts, fleet, consents, activities.
//!
//! [`entry`] makes checked records of what is typed or imported, [`duplicate`] says whether a customer is known
//! already, [`names`] makes one of what is written in many ways, [`activities`] plans and reports activities, [`permission`] says who may be contacted.

pub mod activities;
mod activity;
mod activity_change;
mod address;
pub mod classification;
pub mod completeness;
mod consent;
mod consent_states;
mod contact;
pub mod duplicate;
pub mod entry;
mod group;
pub mod leaving;
pub mod matching;
pub mod merging;
pub mod names;
#[expect(clippy::module_inception, reason = "the noun of the module")]
mod party;
pub mod permission;
mod point;
mod quoting_customer;
mod relationship;
pub mod timeline;
mod vehicle;
mod withdrawal;

pub use activities::{ActivityError, ActivityEvent, ActivityStep, NewActivity, Report};
pub use activity::{Activity, ActivityKind, ActivityState, DEFAULT_MINUTES, TimeCategory, UID_SUFFIX};
pub use activity_change::{ActivityChange, change as change_activity};
pub use address::{Address, AddressKind, PartyIdentifier};
pub use consent::{Channel, Consent, ConsentDecision, LegalBasis, ProofKind, Purpose};
pub use consent_states::{ConsentState, consent_states};
pub use contact::{Contact, ContactRole, Influence};
pub use duplicate::{
    Duplicate, DuplicateError, JoinedCustomer, KnownParty, KnownRelationship, find_duplicate, join_party,
};
pub use entry::{
    ChangedCustomer, CustomerChange, EnteredCustomer, NewConsent, NewContact, NewCustomer, NewVehicle, Seat,
    change_customer, enter_consent, enter_contact, enter_customer, enter_vehicle,
};
pub use group::{Above, GroupMembership, stands_above};
pub use party::{Party, PartyKind};
pub use permission::{
    AskedContact, Known, Permission, Reach, may_contact, may_contact_person, may_reach, may_reach_person,
    permission,
};
pub use point::{ContactPoint, PointKind};
pub use quoting_customer::{QuotingCustomer, TransferState};
pub use relationship::{Customer, CustomerSize, CustomerStatus, Relationship};
pub use vehicle::{Ownership, Vehicle};
pub use withdrawal::{Withdrawal, confirm_consent, withdraw_consents};
