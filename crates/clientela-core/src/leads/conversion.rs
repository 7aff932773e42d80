//! What a lead becomes: what is there already is used, only what is blank is filled, and nothing is made a second time.
//!
//! A customer is looked for by the one named, then by VAT number, then by e-mail address, then by telephone number, its own, a
//! contact's or one of its contact points; the first of these that finds any decides. Who is only alike, by name or address, is told
//! before the lead is converted and joined only when he is named. A contact of that customer is looked for by e-mail address, by telephone number, by name.

use super::lead::Lead;
use super::life::LeadError;
use crate::ids::CustomerId;
use crate::party::entry::{NewContact, NewCustomer};
use crate::party::matching::Facts;
use crate::party::{Contact, PartyKind};
use clientela_model::{ClosedList, Why};

/// By what something known was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum MatchedBy {
    /// It was named.
    Named,
    /// The VAT number.
    VatNumber,
    /// The e-mail address.
    Email,
    /// The telephone number.
    Phone,
    /// The name.
    Name,
}

/// The customer that is meant, of those that were found; none when the lead becomes a new one.
///
/// # Errors
/// `lead.several_customers` when the best reason finds more than one.
pub fn choose_customer(
    lead: &Lead,
    found: &[(MatchedBy, CustomerId)],
) -> Result<Option<(MatchedBy, CustomerId)>, LeadError> {
    let Some(best) = found.iter().map(|(by, _)| *by).min() else { return Ok(None) };
    let mut customers: Vec<CustomerId> =
        found.iter().filter(|(by, _)| *by == best).map(|(_, customer)| *customer).collect();
    customers.sort_unstable();
    customers.dedup();
    if let [customer] = customers[..] {
        return Ok(Some((best, customer)));
    }
    let why = Why::new("lead.several_customers").fact("by", best);
    let why = customers.iter().fold(why, |why, customer| why.fact("customer", customer));
    Err(LeadError::SeveralCustomers { id: lead.id, why })
}

/// The contact that is meant, of those of the customer.
#[must_use]
pub fn choose_contact<'c>(lead: &Lead, contacts: &'c [Contact]) -> Option<(MatchedBy, &'c Contact)> {
    let email = |contact: &&Contact| lead.email.is_some() && contact.email == lead.email;
    let phone = |contact: &&Contact| {
        lead.phone.is_some() && (contact.mobile == lead.phone || contact.phone == lead.phone)
    };
    let name = |contact: &&Contact| {
        same(Some(&contact.family_name), lead.family_name.as_ref())
            && same(contact.given_name.as_ref(), lead.given_name.as_ref())
    };
    // A number or address can be that of the whole office: under another name it is another person.
    let other_name = |contact: &&Contact| {
        lead.family_name.is_some() && !same(Some(&contact.family_name), lead.family_name.as_ref())
    };
    let by = |by, holds: &dyn Fn(&&Contact) -> bool| {
        contacts.iter().find(|contact| holds(contact) && !other_name(contact)).map(|contact| (by, contact))
    };
    by(MatchedBy::Email, &email)
        .or_else(|| by(MatchedBy::Phone, &phone))
        .or_else(|| by(MatchedBy::Name, &name))
}

fn same(one: Option<&String>, other: Option<&String>) -> bool {
    one.map(|text| text.to_lowercase()) == other.map(|text| text.to_lowercase())
}

/// The contact with what it lacked filled from the lead, and the names of the fields filled.
#[must_use]
pub fn fill_contact(contact: &Contact, lead: &Lead) -> (Contact, Vec<&'static str>) {
    let (mut filled, mut columns) = (contact.clone(), Vec::new());
    if filled.given_name.is_none() && lead.given_name.is_some() {
        filled.given_name.clone_from(&lead.given_name);
        columns.push("given_name");
    }
    if filled.phone.is_none() && lead.phone.is_some() && filled.mobile != lead.phone {
        filled.phone.clone_from(&lead.phone);
        columns.push("phone");
    }
    if filled.email.is_none() && lead.email.is_some() {
        filled.email.clone_from(&lead.email);
        columns.push("email");
    }
    (filled, columns)
}

/// The customer a lead becomes. A person's address and number are the customer's; those of somebody at a company are his own.
#[must_use]
pub fn new_customer(lead: &Lead) -> NewCustomer {
    let text = |value: Option<String>| value.filter(|text| !text.is_empty());
    let person = [lead.given_name.as_deref(), lead.family_name.as_deref()];
    let person: Vec<&str> = person.into_iter().flatten().collect();
    let own = lead.company.is_none() || lead.family_name.is_none();
    NewCustomer {
        kind: Some(if lead.company.is_some() { "company" } else { "person" }.to_owned()),
        name: lead.company.clone().or_else(|| text(Some(person.join(" ")))),
        vat_number: lead.vat_number.as_ref().map(ToString::to_string),
        street: lead.street.clone(),
        postal_code: lead.postal_code.clone(),
        locality: lead.locality.clone(),
        region: lead.region.clone(),
        country: lead.country.map(|country| country.to_string()),
        email: lead.email.as_ref().filter(|_| own).map(ToString::to_string),
        phone: lead.phone.as_ref().filter(|_| own).map(ToString::to_string),
        source: lead.source.clone(),
        ..NewCustomer::default()
    }
}

/// What a lead says of the customer it would become, as customers that may be one are looked for by.
#[must_use]
pub fn facts(lead: &Lead) -> Facts {
    let new = new_customer(lead);
    Facts {
        kind: new.kind.as_deref().and_then(|kind| PartyKind::parse(kind).ok()),
        name: new.name,
        name2: None,
        vat_number: new.vat_number,
        street: new.street,
        postal_code: new.postal_code,
        locality: new.locality,
        country: new.country,
        email: lead.email.as_ref().map(ToString::to_string),
        phone: lead.phone.as_ref().map(ToString::to_string),
    }
}

/// The contact a lead becomes at a company: none when it names no person.
#[must_use]
pub fn new_contact(lead: &Lead) -> Option<NewContact> {
    lead.company.as_ref().and(lead.family_name.as_ref())?;
    Some(NewContact {
        given_name: lead.given_name.clone(),
        family_name: lead.family_name.clone(),
        phone: lead.phone.as_ref().map(ToString::to_string),
        email: lead.email.as_ref().map(ToString::to_string),
        ..NewContact::default()
    })
}

/// The title of the opportunity a lead becomes.
#[must_use]
pub fn title(lead: &Lead) -> String {
    const LONGEST: usize = 80;
    let wish = lead.wish.as_deref().and_then(|wish| wish.lines().next()).map(str::trim);
    match wish.filter(|wish| !wish.is_empty()) {
        Some(wish) => wish.chars().take(LONGEST).collect(),
        None => lead.number.clone().unwrap_or_else(|| lead.channel.to_string()),
    }
}
