//! Contacts: persons at a customer.

use crate::ids::{ContactId, CustomerId};
use chrono::NaiveDate;
use clientela_model::identifier::{EmailAddress, Language, PhoneNumber};
use clientela_model::{ClosedList, Record};

/// What a contact does at the customer. The words are those of the quoting tool's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ContactRole {
    /// Decides.
    DecisionMaker,
    /// Buys.
    Buyer,
    /// Runs the fleet.
    FleetManager,
    /// Drives.
    Driver,
    /// Administers.
    Administration,
    /// Something else.
    Other,
}

/// A contact's part in the purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Influence {
    /// Decides.
    Decides,
    /// Pays.
    Pays,
    /// Uses what is bought.
    Uses,
    /// Advises.
    Advises,
    /// Is against it.
    Blocks,
}

/// A person at a customer.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 12, name = "contact", access = through(customer), part_of(relationship, customer), key = number)]
pub struct Contact {
    /// Id.
    #[field(number = 1)]
    pub id: ContactId,
    /// The customer.
    #[field(number = 2)]
    pub customer: CustomerId,
    /// Contact number known to other systems.
    #[field(number = 3, label = "Contact number", indexed)]
    pub number: Option<String>,
    /// Given name.
    #[field(number = 4, personal, group = "name")]
    pub given_name: Option<String>,
    /// Family name.
    #[field(number = 5, personal, listed, group = "name")]
    pub family_name: String,
    /// What the contact does.
    #[field(number = 6)]
    pub role: Option<ContactRole>,
    /// Part in the purchase.
    #[field(number = 7)]
    pub influence: Option<Influence>,
    /// Language the contact is written to in.
    #[field(number = 8)]
    pub language: Option<Language>,
    /// Mobile number.
    #[field(number = 9, personal, indexed)]
    pub mobile: Option<PhoneNumber>,
    /// Telephone number.
    #[field(number = 10, personal, indexed)]
    pub phone: Option<PhoneNumber>,
    /// E-mail address.
    #[field(number = 11, label = "E-mail", personal, indexed)]
    pub email: Option<EmailAddress>,
    /// The contact this one answers to, of the same customer.
    #[field(number = 12)]
    pub reports_to: Option<ContactId>,
    /// How it stands to that contact beyond answering to it, such as assistant or son.
    #[field(number = 13, personal)]
    pub relation: Option<String>,
    /// Day the person left the customer; empty for one who is there.
    #[field(number = 14)]
    pub left_on: Option<NaiveDate>,
}

impl Contact {
    /// Whether the person is no longer there on a day; on the day of leaving it is not.
    #[must_use]
    pub fn has_left(&self, day: NaiveDate) -> bool {
        self.left_on.is_some_and(|left| left <= day)
    }
}
