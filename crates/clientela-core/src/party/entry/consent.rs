//! Entering a consent.

use crate::findings::{Check, Findings};
use crate::ids::{ConsentId, ContactId, CustomerId};
use crate::party::{Channel, Consent, ConsentDecision, LegalBasis, Purpose};
use chrono::{DateTime, Utc};
use clientela_model::ValueError;
use serde::{Deserialize, Serialize};

/// A statement about one purpose and channel as a person or an import gives it.
///
/// Needed are `purpose`, `channel`, `decision` and `basis`: nothing about a consent is ever assumed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewConsent {
    /// The contact who spoke; not given for the customer itself.
    pub contact: Option<ContactId>,
    /// A word of [`Purpose`](crate::party::Purpose).
    pub purpose: Option<String>,
    /// A word of [`Channel`](crate::party::Channel).
    pub channel: Option<String>,
    /// A word of [`ConsentDecision`](crate::party::ConsentDecision).
    pub decision: Option<String>,
    /// A word of [`LegalBasis`](crate::party::LegalBasis).
    pub basis: Option<String>,
    /// Version of the wording shown.
    pub wording: Option<String>,
    /// Where it was given: a form, a call, an event.
    pub source: Option<String>,
    /// Reference of the proof.
    pub proof: Option<String>,
    /// When it was said; now if not given.
    pub at: Option<DateTime<Utc>>,
}

/// What a checked statement says, whosever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) purpose: Purpose,
    pub(crate) channel: Channel,
    pub(crate) decision: ConsentDecision,
    pub(crate) basis: LegalBasis,
    pub(crate) wording: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) proof: Option<String>,
    pub(crate) at: DateTime<Utc>,
}

/// Checks a consent of a customer. A statement may be entered later than it was made, not before.
///
/// # Errors
/// [`Findings`], in the order of the fields: `field.missing`, `word.unknown`, `text.*`, `consent.in_the_future`.
pub fn enter_consent(
    new: &NewConsent,
    id: ConsentId,
    customer: CustomerId,
    now: DateTime<Utc>,
) -> Result<Consent, Findings> {
    let Statement { purpose, channel, decision, basis, wording, source, proof, at } = read_statement(new, now)?;
    let contact = new.contact;
    Ok(Consent { id, customer, contact, purpose, channel, decision, basis, wording, source, proof, at })
}

/// Checks what was said, whoever said it.
pub(crate) fn read_statement(new: &NewConsent, now: DateTime<Utc>) -> Result<Statement, Findings> {
    let mut check = Check::new("consent");
    let purpose = check.needed_word("purpose", new.purpose.as_deref());
    let channel = check.needed_word("channel", new.channel.as_deref());
    let decision = check.needed_word("decision", new.decision.as_deref());
    let basis = check.needed_word("basis", new.basis.as_deref());
    let wording = check.line("wording", new.wording.as_deref());
    let source = check.line("source", new.source.as_deref());
    let proof = check.line("proof", new.proof.as_deref());
    let at = new.at.unwrap_or(now);
    if at > now {
        check.refuse(
            "at",
            ValueError::new("consent.in_the_future", "moment", "is in the future", "a moment not after now"),
        );
    }
    let needed = purpose.zip(channel).zip(decision.zip(basis));
    check.finish(needed.map(|((purpose, channel), (decision, basis))| Statement {
        purpose,
        channel,
        decision,
        basis,
        wording,
        source,
        proof,
        at,
    }))
}
