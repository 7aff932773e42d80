//! Consents: who may be written to, for what, by which channel. Facts that are only added.

use crate::ids::{ConsentId, ContactId, CustomerId};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Record};

/// What the data may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Purpose {
    /// Advertising.
    Marketing,
    /// Surveys.
    Survey,
    /// Building a profile of the person.
    Profiling,
    /// Passing on to others of the network.
    Sharing,
}

/// By which channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Channel {
    /// Letters.
    Letter,
    /// E-mail.
    Email,
    /// Telephone.
    Phone,
    /// Text messages.
    TextMessage,
    /// Visits.
    Visit,
}

/// What the person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ConsentDecision {
    /// Yes.
    Granted,
    /// No longer.
    Withdrawn,
    /// Never (objection to legitimate interest).
    Objected,
}

/// On what the processing rests (GDPR, article 6 paragraph 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum LegalBasis {
    /// Consent, letter a.
    Consent,
    /// A contract, letter b.
    Contract,
    /// Legitimate interest, letter f.
    LegitimateInterest,
}

/// One statement of a person about one purpose and channel.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 14, name = "consent", access = through(customer), part_of(relationship, customer))]
pub struct Consent {
    /// Id.
    #[field(number = 1)]
    pub id: ConsentId,
    /// The customer.
    #[field(number = 2, merge = fact)]
    pub customer: CustomerId,
    /// The contact who spoke; empty for the customer itself.
    #[field(number = 3, merge = fact)]
    pub contact: Option<ContactId>,
    /// For what.
    #[field(number = 4, merge = fact)]
    pub purpose: Purpose,
    /// By which channel.
    #[field(number = 5, merge = fact)]
    pub channel: Channel,
    /// What was said.
    #[field(number = 6, merge = fact)]
    pub decision: ConsentDecision,
    /// Legal basis.
    #[field(number = 7, merge = fact)]
    pub basis: LegalBasis,
    /// Version of the wording shown.
    #[field(number = 8, merge = fact)]
    pub wording: Option<String>,
    /// Where it was given: a form, a call, an event.
    #[field(number = 9, merge = fact)]
    pub source: Option<String>,
    /// Reference of the proof.
    #[field(number = 10, merge = fact)]
    pub proof: Option<String>,
    /// When it was said.
    #[field(number = 11, merge = fact)]
    pub at: DateTime<Utc>,
}
