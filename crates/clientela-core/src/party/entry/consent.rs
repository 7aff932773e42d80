//! Entering a consent.

use crate::findings::{Check, Findings};
use crate::ids::{ConsentId, ContactId, CustomerId};
use crate::party::{Channel, Consent, ConsentDecision, LegalBasis, ProofKind, Purpose};
use chrono::{DateTime, Utc};
use clientela_model::identifier::{Country, EmailAddress, PhoneNumber};
use clientela_model::{ClosedList, Field, Value, ValueError};
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
    /// The address or number it is about; all of the channel if not given. An e-mail address or a telephone number is
    /// checked and kept in its usual form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_point: Option<String>,
    /// The moment from which a grant no longer counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether a grant counts only when it is confirmed (double opt-in).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awaits_confirmation: Option<bool>,
    /// A word of [`ProofKind`](crate::party::ProofKind).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_kind: Option<String>,
    /// SHA-256 of the file that proves it, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_digest: Option<String>,
}

impl NewConsent {
    /// What would be entered to make a statement again.
    #[must_use]
    pub fn of(consent: &Consent) -> Self {
        let word = |word: &str| Some(word.to_owned());
        Self {
            contact: consent.contact,
            purpose: word(consent.purpose.word()),
            channel: word(consent.channel.word()),
            decision: word(consent.decision.word()),
            basis: word(consent.basis.word()),
            wording: consent.wording.clone(),
            source: consent.source.clone(),
            proof: consent.proof.clone(),
            at: Some(consent.at),
            contact_point: consent.contact_point.clone(),
            expires_at: consent.expires_at,
            awaits_confirmation: consent.awaits_confirmation,
            proof_kind: consent.proof_kind.map(|kind| kind.word().to_owned()),
            proof_digest: consent.proof_digest.clone(),
        }
    }
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
    pub(crate) contact_point: Option<String>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) awaits_confirmation: Option<bool>,
    pub(crate) proof_kind: Option<ProofKind>,
    pub(crate) proof_digest: Option<String>,
}

/// A record with what was said, wherever it comes from: the fields all statements share, once.
macro_rules! said {
    ($from:expr => $record:ident { $($field:ident $(: $value:expr)?),* $(,)? }) => {{
        let said = $from;
        $record {
            $($field $(: $value)?,)*
            purpose: said.purpose,
            channel: said.channel,
            decision: said.decision,
            basis: said.basis,
            wording: said.wording,
            source: said.source,
            proof: said.proof,
            at: said.at,
            contact_point: said.contact_point,
            expires_at: said.expires_at,
            awaits_confirmation: said.awaits_confirmation,
            proof_kind: said.proof_kind,
            proof_digest: said.proof_digest,
        }
    }};
}
pub(crate) use said;

/// Checks a consent of a customer. A statement may be entered later than it was made, not before.
///
/// # Errors
/// [`Findings`], in the order of the fields: `field.missing`, `word.unknown`, `text.*`, `consent.in_the_future`, the codes of
/// addresses and numbers, `consent.expires_before_it_begins`, `consent.digest`, `consent.basis`.
pub fn enter_consent(
    new: &NewConsent,
    id: ConsentId,
    customer: CustomerId,
    now: DateTime<Utc>,
) -> Result<Consent, Findings> {
    let said = read_statement(new, now)?;
    Ok(said!(said => Consent { id, customer, contact: new.contact, confirms: None, wording_shown: None }))
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
    let contact_point = channel.and_then(|channel| point(&mut check, channel, new.contact_point.as_deref()));
    if new.expires_at.is_some_and(|end| end <= at) {
        check.refuse(
            "expires_at",
            ValueError::new(
                "consent.expires_before_it_begins",
                "end",
                "is not after the grant",
                "a later moment",
            ),
        );
    }
    let proof_kind = check.word("proof_kind", new.proof_kind.as_deref());
    let proof_digest = digest(&mut check, new.proof_digest.as_deref());
    if let (Some(purpose), Some(LegalBasis::Contract)) = (purpose, basis)
        && !Purpose::can_rest_on_a_contract(purpose)
    {
        let expected = "consent or legitimate_interest for what serves the seller";
        check.refuse(
            "basis",
            ValueError::new("consent.basis", "legal basis", "does not carry the purpose", expected),
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
        contact_point,
        expires_at: new.expires_at,
        awaits_confirmation: new.awaits_confirmation.filter(|awaits| *awaits),
        proof_kind,
        proof_digest,
    }))
}

/// An address or number in the usual form of its channel, in which two spellings of one compare equal.
///
/// # Errors
/// The code of the e-mail address or telephone number.
pub fn usual_form(channel: Channel, text: &str, country: Option<Country>) -> Result<String, ValueError> {
    let value = match channel {
        Channel::Email => EmailAddress::parse(text)?.to_value(),
        Channel::Phone | Channel::TextMessage => PhoneNumber::parse(text, country)?.to_value(),
        Channel::Letter | Channel::Visit => return Ok(text.trim().to_owned()),
    };
    match value {
        Value::Text(text) => Ok(text.into_owned()),
        _ => Ok(text.trim().to_owned()),
    }
}

fn point(check: &mut Check, channel: Channel, text: Option<&str>) -> Option<String> {
    let line = check.line("contact_point", text)?;
    check.keep("contact_point", usual_form(channel, &line, None))
}

fn digest(check: &mut Check, text: Option<&str>) -> Option<String> {
    let digest = check.line("proof_digest", text)?.to_ascii_lowercase();
    if digest.len() == 64 && digest.bytes().all(|letter| letter.is_ascii_hexdigit()) {
        return Some(digest);
    }
    let error =
        ValueError::new("consent.digest", "digest", "is not one", "64 hexadecimal digits of a SHA-256");
    check.refuse("proof_digest", error);
    None
}
