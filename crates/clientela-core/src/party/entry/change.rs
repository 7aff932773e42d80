//! Changing a customer: only what is named changes.

use super::changing::{differing, named, needed, optional};
use super::customer::street;
use super::{Seat, reading};
use crate::findings::{Check, Findings, given};
use crate::party::{Party, Relationship};
use chrono::NaiveDate;
use clientela_model::Why;
use serde::{Deserialize, Serialize};

/// What is to change of a customer, read by its rules as in [`NewCustomer`](super::NewCustomer).
///
/// A field that is not named (`None`) stays as it is; one named without a value (`Some(None)`, in JSON `null`) is
/// emptied. What a customer cannot be without is never emptied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerChange {
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Name or company name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Second line of the name.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub name2: Option<Option<String>>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// VAT number.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<Option<String>>,
    /// Street and house number.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub street: Option<Option<String>>,
    /// Postal code.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Option<String>>,
    /// Town.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub locality: Option<Option<String>>,
    /// Province or region.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub region: Option<Option<String>>,
    /// E-mail address.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub email: Option<Option<String>>,
    /// Telephone number.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Option<String>>,
    /// Language.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub language: Option<Option<String>>,
    /// Trade as a NACE Rev. 2 code.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub nace: Option<Option<String>>,
    /// Customer number known to other systems.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub number: Option<Option<String>>,
    /// How far the business has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Size.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub size: Option<Option<String>>,
    /// Day of the first contact.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub since: Option<Option<NaiveDate>>,
    /// Where the customer came from.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub source: Option<Option<String>>,
    /// Price group of the quoting tool.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub price_group: Option<Option<String>>,
    /// Whether deliveries wait for payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_hold: Option<bool>,
    /// Whether the customer asked never to be contacted for advertising.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub do_not_contact: Option<bool>,
    /// Private notes of the dealer.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    pub notes: Option<Option<String>>,
    /// Who looks after the customer from now on. Not part of the texts: whoever passes it has looked it up.
    #[serde(skip)]
    pub seat: Option<Seat>,
}

/// A changed customer.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedCustomer {
    /// The party as it is to be.
    pub party: Party,
    /// The relationship as it is to be.
    pub relationship: Relationship,
    /// Names of the party's columns that differ, in the order of its declaration.
    pub party_columns: Vec<&'static str>,
    /// Names of the relationship's columns that differ, in the order of its declaration.
    pub relationship_columns: Vec<&'static str>,
    /// Which fields change; never their content.
    pub why: Why,
}

/// Applies a change to a customer's two records. A change to the value a field has already changes nothing.
///
/// # Errors
/// [`Findings`], as [`enter_customer`](super::enter_customer).
pub fn change_customer(
    party: &Party,
    relationship: &Relationship,
    change: &CustomerChange,
) -> Result<ChangedCustomer, Findings> {
    let mut check = Check::new("customer");
    let (mut to_party, mut to_relationship) = (party.clone(), relationship.clone());
    change_party(&mut check, &mut to_party, change);
    change_relationship(&mut check, &mut to_relationship, change);
    let party_columns = differing(party, &to_party);
    let relationship_columns = differing(relationship, &to_relationship);
    let mut why = Why::new("customer.changed");
    for column in party_columns.iter().chain(&relationship_columns) {
        why = why.fact("field", column);
    }
    check.finish(Some(ChangedCustomer {
        party: to_party,
        relationship: to_relationship,
        party_columns,
        relationship_columns,
        why,
    }))
}

fn change_party(check: &mut Check, party: &mut Party, change: &CustomerChange) {
    needed(check, &mut party.kind, change.kind.as_deref(), |check, text| check.needed_word("kind", text));
    needed(check, &mut party.name, change.name.as_deref(), |check, text| check.needed_line("name", text));
    optional(check, &mut party.name2, &change.name2, |check, text| check.line("name2", text));
    needed(check, &mut party.country, change.country.as_deref(), |check, text| {
        let country = reading::country(check, text);
        check.needed("country", given(text).is_some(), country)
    });
    let country = party.country;
    optional(check, &mut party.vat_number, &change.vat_number, |check, text| {
        reading::vat_number(check, text, country)
    });
    optional(check, &mut party.street, &change.street, street);
    optional(check, &mut party.postal_code, &change.postal_code, |check, text| {
        reading::postal_code(check, text, country)
    });
    optional(check, &mut party.locality, &change.locality, |check, text| check.line("locality", text));
    optional(check, &mut party.region, &change.region, |check, text| check.line("region", text));
    optional(check, &mut party.email, &change.email, reading::email);
    optional(check, &mut party.phone, &change.phone, |check, text| {
        reading::phone(check, "phone", text, Some(country))
    });
    optional(check, &mut party.language, &change.language, reading::language);
    optional(check, &mut party.nace, &change.nace, reading::nace);
}

fn change_relationship(check: &mut Check, relationship: &mut Relationship, change: &CustomerChange) {
    optional(check, &mut relationship.number, &change.number, |check, text| check.line("number", text));
    needed(check, &mut relationship.status, change.status.as_deref(), |check, text| {
        check.needed_word("status", text)
    });
    optional(check, &mut relationship.size, &change.size, |check, text| check.word("size", text));
    if let Some(since) = change.since {
        relationship.since = since;
    }
    optional(check, &mut relationship.source, &change.source, |check, text| check.line("source", text));
    optional(check, &mut relationship.price_group, &change.price_group, |check, text| {
        check.line("price_group", text)
    });
    relationship.credit_hold = change.credit_hold.or(relationship.credit_hold);
    relationship.do_not_contact = change.do_not_contact.unwrap_or(relationship.do_not_contact);
    optional(check, &mut relationship.notes, &change.notes, |check, text| check.paragraph("notes", text));
    if let Some(seat) = change.seat {
        // What a model said of the owner before says nothing of this one.
        if relationship.owner != seat.owner {
            relationship.owner_reason = None;
        }
        relationship.owner = seat.owner;
        relationship.unit = seat.unit;
    }
}
