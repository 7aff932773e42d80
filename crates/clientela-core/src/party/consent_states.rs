//! What all statements of a person come to at one moment: a table of purposes and channels.

use super::consent::{Channel, Consent, Purpose};
use super::permission::{AskedContact, gone, permission, same_point};
use crate::ids::{ConsentId, ContactId};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::{ClosedList, Why};
use serde::Serialize;

/// Whether a person may be contacted for one purpose by one channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConsentState {
    /// For what.
    pub purpose: Purpose,
    /// By which channel.
    pub channel: Channel,
    /// The address or number, where something was said about one; none for any.
    pub contact_point: Option<String>,
    /// Whether contact is allowed.
    pub allowed: bool,
    /// The statement that decided.
    pub consent: Option<ConsentId>,
    /// Why.
    pub why: Why,
}

/// The state of every purpose and channel at that moment, for a contact or the customer itself, in the order of the lists;
/// after the row for any address those of the addresses something was said about, in alphabetical order. A contact who has `left`
/// by then is not reached, whatever was granted.
#[must_use]
pub fn consent_states(
    consents: &[Consent],
    do_not_contact: bool,
    contact: Option<ContactId>,
    left: Option<NaiveDate>,
    at: DateTime<Utc>,
) -> Vec<ConsentState> {
    let pairs =
        Purpose::ALL.iter().flat_map(|purpose| Channel::ALL.iter().map(|channel| (*purpose, *channel)));
    pairs
        .flat_map(|(purpose, channel)| {
            let of_pair =
                |said: &&Consent| said.purpose == purpose && said.channel == channel && said.at <= at;
            let points = points(consents.iter().filter(of_pair), contact);
            std::iter::once(None).chain(points.into_iter().map(Some)).map(move |point| {
                let asked = AskedContact { contact, purpose, channel, contact_point: point.as_deref(), at };
                let found = match left {
                    Some(day) => gone(&asked, day),
                    None => permission(consents, do_not_contact, &asked),
                };
                ConsentState {
                    purpose,
                    channel,
                    allowed: found.allowed,
                    consent: found.consent,
                    why: found.why,
                    contact_point: point,
                }
            })
        })
        .collect()
}

/// The addresses a person said something about.
fn points<'c>(said: impl Iterator<Item = &'c Consent>, contact: Option<ContactId>) -> Vec<String> {
    let of_person = said.filter(|said| said.contact == contact || said.contact.is_none());
    let mut points: Vec<String> = of_person.filter_map(|said| said.contact_point.clone()).collect();
    points.sort_unstable();
    points.dedup_by(|one, other| same_point(one, other));
    points
}
