//! Consents: who may be written to, for what, by which channel. Facts that are only added.
//!
//! A withdrawal, an objection and the confirmation of a double opt-in are statements of their own; none changes an earlier
//! one. What they come to on a day is told by [`permission`](super::permission).

use crate::ids::{ConsentId, ContactId, CustomerId, WordingId};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Record};

/// What the data may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum Purpose {
    /// Advertising.
    Marketing,
    /// Surveys.
    Survey,
    /// Building a profile of the person.
    Profiling,
    /// Passing on to others of the network.
    Sharing,
    /// Speaking about an offer that was asked for.
    OfferFollowUp,
    /// Serving what was bought: recalls, appointments, contracts.
    Service,
}

impl Purpose {
    /// Whether it can rest on a contract or the steps before one (GDPR, article 6 paragraph 1 letter b). The others serve the
    /// seller, and the person's no ends them on whatever they rest.
    #[must_use]
    pub const fn can_rest_on_a_contract(self) -> bool {
        matches!(self, Self::OfferFollowUp | Self::Service)
    }
}

/// By which channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
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
    /// A duty of the law, letter c.
    LegalObligation,
    /// Legitimate interest, letter f.
    LegitimateInterest,
}

/// How a statement can be proved (GDPR, article 7 paragraph 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ProofKind {
    /// A signed form.
    Form,
    /// A message of the person.
    Message,
    /// A recorded call.
    Recording,
    /// A click on a page or in a message.
    Click,
    /// Somebody heard it.
    Witness,
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
    #[field(number = 10, merge = fact, personal)]
    pub proof: Option<String>,
    /// When it was said.
    #[field(number = 11, merge = fact)]
    pub at: DateTime<Utc>,
    /// The address or number it is about; empty for all of the channel.
    #[field(number = 12, merge = fact, personal)]
    pub contact_point: Option<String>,
    /// The moment from which a grant no longer counts.
    #[field(number = 13, merge = fact)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether a grant counts only when it is confirmed (double opt-in); the confirmation is a statement of its own.
    #[field(number = 14, merge = fact)]
    pub awaits_confirmation: Option<bool>,
    /// The grant this one confirms.
    #[field(number = 15, merge = fact)]
    pub confirms: Option<ConsentId>,
    /// The wording that was shown, when it is one that was defined.
    #[field(number = 16, merge = fact)]
    pub wording_shown: Option<WordingId>,
    /// How it can be proved.
    #[field(number = 17, merge = fact)]
    pub proof_kind: Option<ProofKind>,
    /// SHA-256 of the file that proves it, in hexadecimal.
    #[field(number = 18, merge = fact, indexed)]
    pub proof_digest: Option<String>,
}
