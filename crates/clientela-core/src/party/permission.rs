//! Whether somebody may be contacted: what was said last counts, and what is not known is no.
//!
//! A statement is about one purpose and one channel. Of several, the latest counts; of several of the same moment, an
//! objection before a withdrawal before a grant. "Do not contact" is above all of them. A withdrawal of consent leaves
//! alone what rests on another purpose or on a contract (GDPR, article 7 paragraph 3); an objection to advertising needs no
//! reason (article 21 paragraph 2). [`permission`] has the whole order.

use super::consent::{Channel, Consent, ConsentDecision, LegalBasis, Purpose};
use crate::ids::{ConsentId, ContactId};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::Why;
use std::collections::{BTreeMap, BTreeSet};

/// The answer, with the statement it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Permission {
    /// Whether contact is allowed.
    pub allowed: bool,
    /// The statement that decided; none when nothing was said, or nothing could have changed the answer.
    pub consent: Option<ConsentId>,
    /// Who said it: a contact; none for the customer itself.
    pub contact: Option<ContactId>,
    /// The address or number it is about; none for any.
    pub contact_point: Option<String>,
    /// Why.
    pub why: Why,
}

/// An address or number somebody can be reached at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Whose: a contact's; none for the customer's own.
    pub contact: Option<ContactId>,
    /// The address or number.
    pub contact_point: String,
}

/// What is known of a customer and its contacts when it is asked whom of them one may reach by a channel.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What the customer and its contacts said; their order does not matter.
    pub consents: &'a [Consent],
    /// Whether the customer is not to be contacted.
    pub do_not_contact: bool,
    /// The addresses or numbers on file for the channel, in the order they are to be tried.
    pub points: &'a [Reach],
    /// The contacts who [have left](super::Contact::has_left) the customer on the day that is asked about, and since when.
    pub left: &'a BTreeMap<ContactId, NaiveDate>,
}

/// Whether the customer may be contacted at that moment, and at which address or number: the customer itself is asked first, then
/// its contacts by id, each as [`may_reach_person`] does.
#[must_use]
pub fn may_reach(known: Known<'_>, purpose: Purpose, channel: Channel, at: DateTime<Utc>) -> Permission {
    let person = |contact| may_reach_person(known, contact, purpose, channel, at);
    let itself = person(None);
    if itself.allowed {
        return itself;
    }
    let contacts: BTreeSet<ContactId> = known.consents.iter().filter_map(|said| said.contact).collect();
    let mut refused = itself;
    for contact in contacts {
        let answer = person(Some(contact));
        if answer.allowed {
            return answer;
        }
        refused = both_refused(refused, answer);
    }
    refused
}

/// Whether one contact, or the customer itself (`None`), may be contacted at that moment, and at which address or number.
///
/// The points on file come first; those a grant names come after them, for who named one wants to be reached there. Each is asked
/// by itself: a no to one leaves the others, and a yes to one allows no other. Of whom no address is known it is asked without one,
/// where a no to any is a no. A contact who has left is not reached at all: the address is the customer's, and read by others.
#[must_use]
pub fn may_reach_person(
    known: Known<'_>,
    contact: Option<ContactId>,
    purpose: Purpose,
    channel: Channel,
    at: DateTime<Utc>,
) -> Permission {
    let Known { consents, do_not_contact, points, left } = known;
    if let Some(day) = contact.and_then(|contact| left.get(&contact)) {
        return gone(&AskedContact { contact, purpose, channel, contact_point: None, at }, *day);
    }
    let ask = |contact_point: Option<&str>| {
        permission(consents, do_not_contact, &AskedContact { contact, purpose, channel, contact_point, at })
    };
    let on_file = points.iter().filter(|reach| reach.contact == contact);
    let granted = consents.iter().filter(|said| {
        said.contact == contact
            && said.decision == ConsentDecision::Granted
            && (said.purpose, said.channel) == (purpose, channel)
    });
    let mut own: Vec<&str> = Vec::new();
    let known = on_file.map(|reach| reach.contact_point.as_str());
    for point in known.chain(granted.filter_map(|said| said.contact_point.as_deref())) {
        if !own.iter().any(|known| same_point(known, point)) {
            own.push(point);
        }
    }
    let mut answers = own.into_iter().map(|point| ask(Some(point)));
    let Some(mut refused) = answers.next() else { return ask(None) };
    if refused.allowed {
        return refused;
    }
    for answer in answers {
        if answer.allowed {
            return answer;
        }
        refused = both_refused(refused, answer);
    }
    refused
}

/// The answer for a contact who has left since a day, whatever was granted.
pub(super) fn gone(asked: &AskedContact<'_>, day: NaiveDate) -> Permission {
    let why = asked.reason("consent.contact_left").fact("day", day);
    Permission { allowed: false, consent: None, contact: asked.contact, contact_point: None, why }
}

/// Two no: the first, with the other beneath it.
fn both_refused(mut first: Permission, other: Permission) -> Permission {
    if first.consent.is_none() && other.consent.is_some() {
        (first.consent, first.contact) = (other.consent, other.contact);
    }
    first.why = first.why.because(other.why);
    first
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
    let asked = AskedContact { contact, purpose, channel, contact_point: None, at };
    permission(consents, do_not_contact, &asked)
}

/// Who is to be contacted, for what, how and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedContact<'a> {
    /// A contact; none for the customer itself.
    pub contact: Option<ContactId>,
    /// For what.
    pub purpose: Purpose,
    /// By which channel.
    pub channel: Channel,
    /// The address or number to be used; none for any. Without it a no to one of them counts as a no to all, and a yes may
    /// rest on a statement about one: then that one is to be used.
    pub contact_point: Option<&'a str>,
    /// When.
    pub at: DateTime<Utc>,
}

impl AskedContact<'_> {
    /// Whether a statement is about what is asked.
    fn is_meant(&self, said: &Consent) -> bool {
        let point = match (self.contact_point, &said.contact_point) {
            (Some(asked), Some(said)) => same_point(asked, said),
            _ => true,
        };
        let voice = said.contact == self.contact
            || (said.contact.is_none() && said.decision != ConsentDecision::Granted);
        point && voice && said.purpose == self.purpose && said.channel == self.channel && said.at <= self.at
    }

    fn reason(&self, reason: &'static str) -> Why {
        let why = Why::new(reason).fact("purpose", self.purpose).fact("channel", self.channel);
        match self.contact {
            Some(contact) => why.fact("contact", contact),
            None => why,
        }
    }
}

/// Whether two addresses or numbers are the same, letter case aside.
pub(super) fn same_point(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Whether somebody may be contacted. The whole order of precedence:
///
/// 1. "Do not contact" is above everything that serves the seller.
/// 2. A grant counts from when it was given until it expires, and one that awaits its confirmation does not count.
/// 3. Of what counts, the latest statement wins; of the same moment an objection before a withdrawal before a grant.
/// 4. The customer's no holds for all its contacts; a contact's yes after it counts again for that contact.
/// 5. What rests on a contract is left alone by the withdrawal of a consent, for the purposes a contract can be about.
/// 6. What nobody said is no.
#[must_use]
pub fn permission(consents: &[Consent], do_not_contact: bool, asked: &AskedContact<'_>) -> Permission {
    let (contact, contact_point) = (asked.contact, asked.contact_point.map(str::to_owned));
    if do_not_contact && !asked.purpose.can_rest_on_a_contract() {
        let why = asked.reason("consent.do_not_contact");
        return Permission { allowed: false, consent: None, contact, contact_point, why };
    }
    let meant = || consents.iter().filter(|said| asked.is_meant(said));
    let standing = meant()
        .filter(|said| stands(said, asked.at) && !meant().any(|later| ends(later, said)))
        .max_by_key(|said| order(said));
    let deciding = standing.or_else(|| {
        // A grant that never came to count says why not only where nobody said no.
        let refusal =
            meant().filter(|said| said.decision != ConsentDecision::Granted).max_by_key(|said| order(said));
        refusal.or_else(|| meant().max_by_key(|said| order(said)))
    });
    let Some(deciding) = deciding else {
        let why = asked.reason("consent.missing");
        return Permission { allowed: false, consent: None, contact, contact_point, why };
    };
    let why = asked
        .reason(match deciding.decision {
            ConsentDecision::Granted if standing.is_some() => "consent.granted",
            ConsentDecision::Granted if deciding.awaits_confirmation == Some(true) => "consent.unconfirmed",
            ConsentDecision::Granted => "consent.expired",
            ConsentDecision::Withdrawn => "consent.withdrawn",
            ConsentDecision::Objected => "consent.objected",
        })
        .fact("consent", deciding.id)
        .fact("basis", deciding.basis)
        .fact("at", deciding.at.to_rfc3339());
    let why = match deciding.expires_at {
        Some(end) => why.fact("expires_at", end.to_rfc3339()),
        None => why,
    };
    Permission { allowed: standing.is_some(), consent: Some(deciding.id), contact, contact_point, why }
}

/// Whether it is a grant that counts at that moment, were nothing else said.
fn stands(said: &Consent, at: DateTime<Utc>) -> bool {
    said.decision == ConsentDecision::Granted
        && said.awaits_confirmation != Some(true)
        && said.expires_at.is_none_or(|end| at < end)
}

/// Whether a statement ends an earlier grant.
fn ends(no: &Consent, grant: &Consent) -> bool {
    let leaves_contracts_alone =
        grant.basis != LegalBasis::Consent && grant.basis != LegalBasis::LegitimateInterest;
    no.decision != ConsentDecision::Granted
        && order(no) > order(grant)
        && (!grant.purpose.can_rest_on_a_contract() || !leaves_contracts_alone || no.basis == grant.basis)
}

/// The order in which statements count.
fn order(said: &Consent) -> (DateTime<Utc>, u8, ConsentId) {
    (said.at, strength(said.decision), said.id)
}

/// Which of two statements of the same moment counts: the stronger no.
const fn strength(decision: ConsentDecision) -> u8 {
    match decision {
        ConsentDecision::Granted => 0,
        ConsentDecision::Withdrawn => 1,
        ConsentDecision::Objected => 2,
    }
}
