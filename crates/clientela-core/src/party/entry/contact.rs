//! Entering a contact.

use super::changing::change_of;
use super::reading;
use crate::findings::{Check, Findings};
use crate::ids::{ContactId, CustomerId};
use crate::party::Contact;
use clientela_model::ClosedList;
use clientela_model::identifier::{Country, PhoneNumber};
use serde::{Deserialize, Serialize};

/// A contact as a person or an import gives it. Needed is `family_name`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewContact {
    /// Contact number known to other systems.
    pub number: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// What the contact does: a word of [`ContactRole`](crate::party::ContactRole).
    pub role: Option<String>,
    /// Part in the purchase: a word of [`Influence`](crate::party::Influence).
    pub influence: Option<String>,
    /// Language the contact is written to in, ISO 639-1.
    pub language: Option<String>,
    /// Mobile number; without a prefix it is one of the customer's country.
    pub mobile: Option<String>,
    /// Telephone number; without a prefix it is one of the customer's country.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

impl NewContact {
    /// A contact as a person would give it: entered again, it is the same but for whom it reports to and how it relates to others.
    #[must_use]
    pub fn of(contact: &Contact) -> Self {
        let number = |phone: &Option<PhoneNumber>| phone.as_ref().map(|phone| phone.as_str().to_owned());
        Self {
            number: contact.number.clone(),
            given_name: contact.given_name.clone(),
            family_name: Some(contact.family_name.clone()),
            role: contact.role.map(|role| role.word().to_owned()),
            influence: contact.influence.map(|influence| influence.word().to_owned()),
            language: contact.language.map(|language| language.code().to_owned()),
            mobile: number(&contact.mobile),
            phone: number(&contact.phone),
            email: contact.email.as_ref().map(|email| email.as_str().to_owned()),
        }
    }
}

change_of! {
    /// What is to change of a contact, read as in [`NewContact`].
    ContactChange of NewContact {
        /// Contact number known to other systems.
        number: String,
        /// Given name.
        given_name: String,
        /// Family name.
        family_name: String,
        /// What the contact does.
        role: String,
        /// Part in the purchase.
        influence: String,
        /// Language.
        language: String,
        /// Mobile number.
        mobile: String,
        /// Telephone number.
        phone: String,
        /// E-mail address.
        email: String,
    }
}

/// Applies a change to a contact. To whom it reports, how it relates to others and when it left have commands of their own.
///
/// # Errors
/// [`Findings`], as [`enter_contact`].
pub fn change_contact(
    contact: &Contact,
    change: &ContactChange,
    country: Option<&Country>,
) -> Result<Contact, Findings> {
    let given = change.over(NewContact::of(contact));
    let entered = enter_contact(&given, contact.id, contact.customer, country)?;
    Ok(Contact {
        reports_to: contact.reports_to,
        relation: contact.relation.clone(),
        left_on: contact.left_on,
        ..entered
    })
}

/// Checks a contact of a customer. `country` is the customer's, for numbers without a prefix.
///
/// # Errors
/// [`Findings`], in the order of the fields: `field.missing`, `word.unknown`, `text.*` and the codes of the identifiers.
pub fn enter_contact(
    new: &NewContact,
    id: ContactId,
    customer: CustomerId,
    country: Option<&Country>,
) -> Result<Contact, Findings> {
    let country = country.copied();
    let mut check = Check::new("contact");
    let number = check.line("number", new.number.as_deref());
    let given_name = check.line("given_name", new.given_name.as_deref());
    let family_name = check.needed_line("family_name", new.family_name.as_deref());
    let role = check.word("role", new.role.as_deref());
    let influence = check.word("influence", new.influence.as_deref());
    let language = reading::language(&mut check, new.language.as_deref());
    let mobile = reading::phone(&mut check, "mobile", new.mobile.as_deref(), country);
    let phone = reading::phone(&mut check, "phone", new.phone.as_deref(), country);
    let email = reading::email(&mut check, new.email.as_deref());
    check.finish(family_name.map(|family_name| Contact {
        id,
        customer,
        number,
        given_name,
        family_name,
        role,
        influence,
        language,
        mobile,
        phone,
        email,
        reports_to: None,
        relation: None,
        left_on: None,
    }))
}
