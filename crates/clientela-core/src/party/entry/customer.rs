//! Entering a customer.

use super::{Seat, reading};
use crate::findings::{Check, Findings, given};
use crate::ids::{CustomerId, PartyId};
use crate::party::{CustomerStatus, Party, PartyKind, Relationship};
use chrono::NaiveDate;
use clientela_model::{ClosedList, Why};
use serde::{Deserialize, Serialize};

/// A customer as a person or an import gives it. Needed are `kind`, `name` and `country`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewCustomer {
    /// What it is: a word of [`PartyKind`].
    pub kind: Option<String>,
    /// Name or company name.
    pub name: Option<String>,
    /// Second line of the name.
    pub name2: Option<String>,
    /// VAT number; without a country's letters it is one of `country`.
    pub vat_number: Option<String>,
    /// Street and house number, up to four lines.
    pub street: Option<String>,
    /// Postal code as written in `country`.
    pub postal_code: Option<String>,
    /// Town.
    pub locality: Option<String>,
    /// Province or region.
    pub region: Option<String>,
    /// Country, ISO 3166-1.
    pub country: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number; without a prefix it is one of `country`.
    pub phone: Option<String>,
    /// Language it is written to in, ISO 639-1.
    pub language: Option<String>,
    /// Trade as a NACE Rev. 2 code.
    pub nace: Option<String>,
    /// Customer number known to other systems.
    pub number: Option<String>,
    /// A word of [`CustomerStatus`]; a prospect if not given.
    pub status: Option<String>,
    /// A word of [`CustomerSize`](crate::party::CustomerSize).
    pub size: Option<String>,
    /// Day of the first contact.
    pub since: Option<NaiveDate>,
    /// Where the customer came from.
    pub source: Option<String>,
    /// Price group of the quoting tool.
    pub price_group: Option<String>,
    /// Whether deliveries wait for payment; no if not given.
    pub credit_hold: Option<bool>,
    /// Whether the customer asked never to be contacted for advertising.
    pub do_not_contact: bool,
    /// Private notes of the dealer.
    pub notes: Option<String>,
}

impl NewCustomer {
    /// A customer's two records as a person would give them: entered again, they are the same but for what is not given on
    /// entry, such as the group and why it left.
    #[must_use]
    pub fn of(party: &Party, relationship: &Relationship) -> Self {
        Self {
            kind: Some(party.kind.word().to_owned()),
            name: Some(party.name.clone()),
            name2: party.name2.clone(),
            vat_number: party.vat_number.as_ref().map(|number| number.as_str().to_owned()),
            street: party.street.clone(),
            postal_code: party.postal_code.clone(),
            locality: party.locality.clone(),
            region: party.region.clone(),
            country: Some(party.country.code().to_owned()),
            email: party.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: party.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            language: party.language.map(|language| language.code().to_owned()),
            nace: party.nace.clone(),
            number: relationship.number.clone(),
            status: Some(relationship.status.word().to_owned()),
            size: relationship.size.map(|size| size.word().to_owned()),
            since: relationship.since,
            source: relationship.source.clone(),
            price_group: relationship.price_group.clone(),
            credit_hold: relationship.credit_hold,
            do_not_contact: relationship.do_not_contact,
            notes: relationship.notes.clone(),
        }
    }
}

/// A customer as it is to be saved.
#[derive(Debug, Clone, PartialEq)]
pub struct EnteredCustomer {
    /// The party, as entered; see [`duplicate`](crate::party::duplicate) before it is saved.
    pub party: Party,
    /// The dealer's relationship with it.
    pub relationship: Relationship,
    /// Why it is as it is.
    pub why: Why,
}

/// Lines a street may have (UBL and EN 16931 know three, the quoting tool four).
const STREET_LINES_MAX: usize = 4;

/// Checks a customer and makes its two records.
///
/// # Errors
/// [`Findings`], in the order of the fields of [`NewCustomer`], the country before what is read by its rules:
/// `field.missing`, `word.unknown`, `text.*`, `nace.malformed`, `address.street_lines`, and the codes of the identifiers.
pub fn enter_customer(
    new: &NewCustomer,
    id: CustomerId,
    party: PartyId,
    seat: Seat,
) -> Result<EnteredCustomer, Findings> {
    let mut check = Check::new("customer");
    let kind = check.needed_word::<PartyKind>("kind", new.kind.as_deref());
    let name = check.needed_line("name", new.name.as_deref());
    let name2 = check.line("name2", new.name2.as_deref());
    let country = reading::country(&mut check, new.country.as_deref());
    let country = check.needed("country", given(new.country.as_deref()).is_some(), country);
    // What is read by a country's rules is not judged while the country itself is wrong.
    let vat_number =
        country.and_then(|country| reading::vat_number(&mut check, new.vat_number.as_deref(), country));
    let street = street(&mut check, new.street.as_deref());
    let postal_code =
        country.and_then(|country| reading::postal_code(&mut check, new.postal_code.as_deref(), country));
    let locality = check.line("locality", new.locality.as_deref());
    let region = check.line("region", new.region.as_deref());
    let email = reading::email(&mut check, new.email.as_deref());
    let phone =
        country.and_then(|country| reading::phone(&mut check, "phone", new.phone.as_deref(), Some(country)));
    let language = reading::language(&mut check, new.language.as_deref());
    let nace = reading::nace(&mut check, new.nace.as_deref());
    let number = check.line("number", new.number.as_deref());
    let status = check.word("status", new.status.as_deref());
    let size = check.word("size", new.size.as_deref());
    let source = check.line("source", new.source.as_deref());
    let price_group = check.line("price_group", new.price_group.as_deref());
    let notes = check.paragraph("notes", new.notes.as_deref());

    let why = Why::new("customer.entered").fact(
        "status",
        match status {
            Some(status) => status,
            None => CustomerStatus::Prospect,
        },
    );
    let needed = kind.zip(name).zip(country);
    check.finish(needed.map(|((kind, name), country)| EnteredCustomer {
        party: Party {
            id: party,
            kind,
            name,
            name2,
            vat_number,
            street,
            postal_code,
            locality,
            region,
            country,
            email,
            phone,
            language,
            nace,
            parent: None,
            parent_from: None,
            parent_until: None,
            merged_into: None,
        },
        relationship: Relationship {
            id,
            party,
            unit: seat.unit,
            owner: seat.owner,
            number,
            status: status.unwrap_or(CustomerStatus::Prospect),
            size,
            since: new.since,
            source,
            price_group,
            credit_hold: Some(new.credit_hold.unwrap_or(false)),
            do_not_contact: new.do_not_contact,
            notes,
            status_fixed: None,
            status_reason: None,
            size_fixed: None,
            size_reason: None,
            class: None,
            class_fixed: None,
            class_reason: None,
            left_on: None,
            left_reason: None,
            left_to: None,
            left_note: None,
            won_back_on: None,
            merged_into: None,
            owner_reason: None,
        },
        why,
    }))
}

/// A street of at most four lines.
pub(super) fn street(check: &mut Check, text: Option<&str>) -> Option<String> {
    let street = check.paragraph("street", text)?;
    if street.lines().count() > STREET_LINES_MAX {
        check.refuse(
            "street",
            clientela_model::ValueError::new(
                "address.street_lines",
                "street",
                "has too many lines",
                format!("at most {STREET_LINES_MAX} lines"),
            ),
        );
        return None;
    }
    Some(street)
}
