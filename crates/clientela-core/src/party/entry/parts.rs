//! Entering further addresses, ways to reach a party, and its numbers elsewhere; groups of companies; relations of contacts.

use super::changing::change_of;
use super::customer::street;
use super::reading;
use crate::findings::{Check, Findings, given, missing};
use crate::ids::{AddressId, ContactPointId, GroupMembershipId, PartyId, PartyIdentifierId};
use crate::party::group::{Above, stands_above};
use crate::party::{
    Address, Contact, ContactPoint, GroupMembership, Influence, Party, PartyIdentifier, PointKind,
};
use chrono::NaiveDate;
use clientela_model::identifier::{Country, EmailAddress, PhoneNumber, registration_number};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{ClosedList, DateRange, ValueError};
use serde::{Deserialize, Serialize};

/// A further address as a person or an import gives it. Needed is `kind`; the country is the party's if not given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewAddress {
    /// What it is for: a word of [`AddressKind`](crate::party::AddressKind).
    pub kind: Option<String>,
    /// Street and house number.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Town.
    pub locality: Option<String>,
    /// Province or region.
    pub region: Option<String>,
    /// Country, as two letters.
    pub country: Option<String>,
    /// First day it holds.
    pub valid_from: Option<NaiveDate>,
    /// Last day it holds.
    pub valid_until: Option<NaiveDate>,
}

impl NewAddress {
    /// An address as a person would give it: entered again, it is the same.
    #[must_use]
    pub fn of(address: &Address) -> Self {
        Self {
            kind: Some(address.kind.word().to_owned()),
            street: address.street.clone(),
            postal_code: address.postal_code.clone(),
            locality: address.locality.clone(),
            region: address.region.clone(),
            country: Some(address.country.code().to_owned()),
            valid_from: address.valid_from,
            valid_until: address.valid_until,
        }
    }
}

change_of! {
    /// What is to change of a further address, read as in [`NewAddress`].
    AddressChange of NewAddress {
        /// What it is for.
        kind: String,
        /// Street and house number.
        street: String,
        /// Postal code.
        postal_code: String,
        /// Town.
        locality: String,
        /// Province or region.
        region: String,
        /// Country, as two letters; the party's when emptied.
        country: String,
        /// First day it holds.
        valid_from: NaiveDate,
        /// Last day it holds.
        valid_until: NaiveDate,
    }
}

/// A number or address to reach a party by. Needed are `kind` and `value`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewContactPoint {
    /// By what: a word of [`PointKind`].
    pub kind: Option<String>,
    /// Number or address, in any usual way.
    pub value: Option<String>,
    /// What it is called, such as workshop.
    pub label: Option<String>,
    /// Whether it is the one to be used of its kind.
    pub preferred: bool,
    /// First day it holds.
    pub valid_from: Option<NaiveDate>,
    /// Last day it holds.
    pub valid_until: Option<NaiveDate>,
}

/// A party's number in a register or another system. Needed are `system` and `key`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewIdentifier {
    /// The system or register, such as erp or FR-SIREN.
    pub system: Option<String>,
    /// The number there.
    pub key: Option<String>,
    /// Whether it is a registration number of a public register; numbers of known registers are checked.
    pub registration: bool,
}

/// Checks a further address.
///
/// # Errors
/// [`Findings`]: `field.missing`, `word.unknown`, `text.*`, `address.street_lines`, `date_range.reversed`, and the codes of
/// country and postal code.
pub fn enter_address(new: &NewAddress, id: AddressId, party: &Party) -> Result<Address, Findings> {
    let mut check = Check::new("address");
    let kind = check.needed_word("kind", new.kind.as_deref());
    let street = street(&mut check, new.street.as_deref());
    let country = match given(new.country.as_deref()) {
        Some(text) => reading::country(&mut check, Some(text)).unwrap_or(party.country),
        None => party.country,
    };
    let postal_code = reading::postal_code(&mut check, new.postal_code.as_deref(), country);
    let locality = check.line("locality", new.locality.as_deref());
    let region = check.line("region", new.region.as_deref());
    validity(&mut check, new.valid_from, new.valid_until);
    if [&new.street, &new.postal_code, &new.locality].iter().all(|text| given(text.as_deref()).is_none()) {
        check.refuse("locality", missing());
    }
    check.finish(kind.map(|kind| Address {
        id,
        party: party.id,
        kind,
        street,
        postal_code,
        locality,
        region,
        country,
        valid_from: new.valid_from,
        valid_until: new.valid_until,
    }))
}

/// Applies a change to a further address.
///
/// # Errors
/// [`Findings`], as [`enter_address`].
pub fn change_address(address: &Address, change: &AddressChange, party: &Party) -> Result<Address, Findings> {
    enter_address(&change.over(NewAddress::of(address)), address.id, party)
}

/// Checks a number or address to reach a party by; it is written the one way its kind is written.
///
/// # Errors
/// [`Findings`]: `field.missing`, `word.unknown`, `text.*`, `web.malformed`, `date_range.reversed`, and the codes of
/// telephone numbers and e-mail addresses.
pub fn enter_contact_point(
    new: &NewContactPoint,
    id: ContactPointId,
    party: &Party,
) -> Result<ContactPoint, Findings> {
    let mut check = Check::new("contact_point");
    let kind: Option<PointKind> = check.needed_word("kind", new.kind.as_deref());
    let value = check.needed_line("value", new.value.as_deref());
    let value =
        kind.zip(value).and_then(|(kind, text)| check.keep("value", written(kind, &text, party.country)));
    let label = check.line("label", new.label.as_deref());
    validity(&mut check, new.valid_from, new.valid_until);
    check.finish(kind.zip(value).map(|(kind, value)| ContactPoint {
        id,
        party: party.id,
        kind,
        value,
        label,
        preferred: new.preferred,
        valid_from: new.valid_from,
        valid_until: new.valid_until,
    }))
}

fn written(kind: PointKind, text: &str, country: Country) -> Result<String, ValueError> {
    match kind {
        PointKind::Phone | PointKind::Mobile | PointKind::Fax => {
            PhoneNumber::parse(text, Some(country)).map(|number| number.to_string())
        }
        PointKind::Email => EmailAddress::parse(text).map(|address| address.to_string()),
        PointKind::Web => web(text),
    }
}

/// A web address: a host with a dot in it; https where no scheme is given.
fn web(text: &str) -> Result<String, ValueError> {
    let malformed = || {
        let expected = "an address such as https://www.example.com";
        ValueError::new("web.malformed", "web address", "is not an address of the web", expected)
    };
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("https".to_owned(), text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let port = host.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_ok());
    let good = name.contains('.') && name.split('.').all(label) && port;
    if !matches!(scheme.as_str(), "http" | "https") || !good || path.contains(char::is_whitespace) {
        return Err(malformed());
    }
    Ok(format!("{scheme}://{}{path}", host.to_lowercase()))
}

/// Checks a number in a register or another system.
///
/// # Errors
/// [`Findings`]: `field.missing`, `text.*`, `registration.check_digit`, `registration.malformed`.
pub fn enter_identifier(
    new: &NewIdentifier,
    id: PartyIdentifierId,
    party: PartyId,
) -> Result<PartyIdentifier, Findings> {
    let mut check = Check::new("party_identifier");
    let system = check.needed_line("system", new.system.as_deref());
    let key = check.needed_line("key", new.key.as_deref());
    let key = system.as_ref().zip(key).and_then(|(system, key)| {
        if new.registration { check.keep("key", registration_number(system, &key)) } else { Some(key) }
    });
    check.finish(system.zip(key).map(|(system, key)| PartyIdentifier {
        id,
        party,
        system,
        key,
        registration: new.registration,
    }))
}

/// Puts a party under another in a group of companies from a day on, or takes it out of its group. `above` gives those that ever
/// stand above one; `former` names what remains of the membership until then, which is the second record where there is any.
///
/// # Errors
/// [`Findings`]: `group.circle` when the party stands above the other on one of these days, `date_range.reversed`.
pub fn join_group(
    party: &Party,
    parent: Option<PartyId>,
    (from, until): (NaiveDate, Option<NaiveDate>),
    former: GroupMembershipId,
    above: impl Fn(PartyId) -> Vec<Above>,
) -> Result<(Party, Option<GroupMembership>), Findings> {
    let mut check = Check::new("party");
    check.keep("valid_until", DateRange::new(from, until));
    if parent.is_some_and(|parent| stands_above(party.id, parent, (Some(from), until), above)) {
        let expected = "a party that does not belong to it";
        let problem = "belongs to the party it is to be above";
        check.refuse("parent", ValueError::new("group.circle", "party above", problem, expected));
    }
    // The same party above is the same membership with other days, unless it had ended before.
    let ended_before = party.parent_until.is_some_and(|until| until < from);
    let other = party.parent != parent || ended_before;
    let ended = other.then(|| party.former_membership(former, from)).flatten();
    let joined = match parent {
        Some(_) => Party { parent, parent_from: Some(from), parent_until: until, ..party.clone() },
        None => Party { parent: None, parent_from: None, parent_until: None, ..party.clone() },
    };
    check.finish(Some((joined, ended)))
}

/// Says what part a contact has in the purchase, whom it answers to, and how it stands to that one. What is not named stays.
///
/// # Errors
/// [`Findings`]: `word.unknown`, `text.*`, `contact.other_customer`, `contact.circle`.
pub fn relate_contacts(
    contact: &Contact,
    influence: Option<&str>,
    reports_to: Option<Option<&Contact>>,
    relation: Option<&str>,
    above: impl Fn(&Contact) -> Option<Contact>,
) -> Result<Contact, Findings> {
    let mut check = Check::new("contact");
    let mut changed = contact.clone();
    if influence.is_some() {
        changed.influence = check.word::<Influence>("influence", influence);
    }
    if relation.is_some() {
        changed.relation = check.line("relation", relation);
    }
    if let Some(other) = reports_to {
        changed.reports_to = other.map(|other| other.id);
        if other.is_some_and(|other| other.customer != contact.customer) {
            let expected = "a contact of the same customer";
            let error =
                ValueError::new("contact.other_customer", "contact", "is of another customer", expected);
            check.refuse("reports_to", error);
        }
        let mut at = other.cloned();
        for _ in 0..=TREE_DEPTH_MAX {
            match at {
                Some(one) if one.id != contact.id => at = above(&one),
                _ => break,
            }
        }
        if at.is_some() {
            let expected = "one who does not answer to this contact";
            let error =
                ValueError::new("contact.circle", "contact", "answers to this contact already", expected);
            check.refuse("reports_to", error);
        }
    }
    check.finish(Some(changed))
}

fn validity(check: &mut Check, from: Option<NaiveDate>, until: Option<NaiveDate>) {
    if let Some(from) = from {
        check.keep("valid_until", DateRange::new(from, until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_written_one_way() {
        for (text, expected) in [
            ("www.Example.com", Some("https://www.example.com")),
            ("HTTP://example.com/Path?q=1", Some("http://example.com/Path?q=1")),
            ("example.com:8080/x", Some("https://example.com:8080/x")),
            ("localhost", None),
            ("ftp://example.com", None),
            ("exa mple.com", None),
            ("example..com", None),
            ("javascript://alert.x/(1)", None),
        ] {
            assert_eq!(web(text).ok().as_deref(), expected, "{text}");
        }
    }
}
