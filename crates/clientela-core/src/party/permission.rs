//! Whether somebody may be contacted: what was said last counts, and what is not known is no.
//!
//! A statement is about one purpose and one channel. Of several, the latest counts; of several of the same moment, an
//! objection before a withdrawal before a grant. "Do not contact" is above all of them. A withdrawal of consent leaves
//! alone what rests on another purpose (GDPR, article 7 paragraph 3); an objection to advertising needs no reason
//! (article 21 paragraph 2).

use super::consent::{Channel, Consent, ConsentDecision, Purpose};
use crate::ids::{ConsentId, ContactId};
use chrono::{DateTime, Utc};
use clientela_model::Why;
use std::collections::BTreeSet;

/// The answer, with the statement it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Permission {
    /// Whether contact is allowed.
    pub allowed: bool,
    /// The statement that decided; none when nothing was said, or nothing could have changed the answer.
    pub consent: Option<ConsentId>,
    /// Who said it: a contact; none for the customer itself.
    pub contact: Option<ContactId>,
    /// Why.
    pub why: Why,
}

/// Whether the customer may be contacted at that moment, by anyone who speaks there: the customer itself, else the
/// contact that comes first by id. The permission names whom.
///
/// `consents` are the customer's; their order does not matter.
#[must_use]
pub fn may_contact(
    consents: &[Consent],
    do_not_contact: bool,
    purpose: Purpose,
    channel: Channel,
    at: DateTime<Utc>,
) -> Permission {
    let voices: BTreeSet<Option<ContactId>> = consents.iter().map(|consent| consent.contact).collect();
    let itself = may_contact_person(consents, do_not_contact, None, purpose, channel, at);
    if itself.allowed || do_not_contact {
        return itself;
    }
    let contacts = voices.into_iter().flatten();
    let mut answers =
        contacts.map(|contact| may_contact_person(consents, false, Some(contact), purpose, channel, at));
    // Nobody said yes: the customer's own answer, with what the contacts said beneath it.
    let mut refused = itself;
    loop {
        match answers.next() {
            Some(answer) if answer.allowed => return answer,
            Some(answer) => {
                if refused.consent.is_none() && answer.consent.is_some() {
                    refused.consent = answer.consent;
                    refused.contact = answer.contact;
                }
                refused.why = refused.why.because(answer.why);
            }
            None => return refused,
        }
    }
}

/// Whether one contact, or the customer itself (`None`), may be contacted at that moment.
///
/// A contact speaks for itself; besides, a refusal of the customer holds for all its contacts, a grant does not.
#[must_use]
pub fn may_contact_person(
    consents: &[Consent],
    do_not_contact: bool,
    contact: Option<ContactId>,
    purpose: Purpose,
    channel: Channel,
    at: DateTime<Utc>,
) -> Permission {
    let reason = |reason: &'static str| {
        let why = Why::new(reason).fact("purpose", purpose).fact("channel", channel);
        match contact {
            Some(contact) => why.fact("contact", contact),
            None => why,
        }
    };
    if do_not_contact {
        let why = reason("consent.do_not_contact");
        return Permission { allowed: false, consent: None, contact, why };
    }
    let latest = consents
        .iter()
        .filter(|consent| consent.purpose == purpose && consent.channel == channel && consent.at <= at)
        .filter(|consent| {
            consent.contact == contact
                || (consent.contact.is_none() && consent.decision != ConsentDecision::Granted)
        })
        .max_by_key(|consent| (consent.at, strength(consent.decision), consent.id));
    let Some(latest) = latest else {
        return Permission { allowed: false, consent: None, contact, why: reason("consent.missing") };
    };
    let allowed = latest.decision == ConsentDecision::Granted;
    let why = reason(match latest.decision {
        ConsentDecision::Granted => "consent.granted",
        ConsentDecision::Withdrawn => "consent.withdrawn",
        ConsentDecision::Objected => "consent.objected",
    })
    .fact("consent", latest.id)
    .fact("basis", latest.basis)
    .fact("at", latest.at.to_rfc3339());
    Permission { allowed, consent: Some(latest.id), contact, why }
}

/// Which of two statements of the same moment counts: the stronger no.
const fn strength(decision: ConsentDecision) -> u8 {
    match decision {
        ConsentDecision::Granted => 0,
        ConsentDecision::Withdrawn => 1,
        ConsentDecision::Objected => 2,
    }
}
