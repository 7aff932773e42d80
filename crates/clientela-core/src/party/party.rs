//! Parties: persons and organisations as the whole network knows them.

use crate::ids::PartyId;
use chrono::NaiveDate;
use clientela_model::identifier::{Country, EmailAddress, Language, PhoneNumber, VatNumber};
use clientela_model::{ClosedList, Record};

/// What a party is. The words are those of the quoting tool's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum PartyKind {
    /// A company.
    Company,
    /// An owner-driver or other trader under his own name.
    SoleTrader,
    /// A private person.
    Person,
    /// A public body.
    PublicBody,
    /// A dealer of the network.
    Dealer,
}

/// A person or organisation: names, numbers, address. Shared by the dealers who do business with it.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 10, name = "party", access = via(relationship.party))]
pub struct Party {
    /// Id.
    #[field(number = 1)]
    pub id: PartyId,
    /// What it is.
    #[field(number = 2)]
    pub kind: PartyKind,
    /// Name or company name.
    #[field(number = 3, personal, indexed, group = "name")]
    pub name: String,
    /// Second line of the name.
    #[field(number = 4, label = "Second name line", personal, group = "name")]
    pub name2: Option<String>,
    /// VAT number, checked.
    #[field(number = 5, label = "VAT number", personal, indexed)]
    pub vat_number: Option<VatNumber>,
    /// Street and house number, up to four lines.
    #[field(number = 6, personal, group = "address")]
    pub street: Option<String>,
    /// Postal code.
    #[field(number = 7, personal, group = "address")]
    pub postal_code: Option<String>,
    /// Town.
    #[field(number = 8, group = "address")]
    pub locality: Option<String>,
    /// Province or region.
    #[field(number = 9, group = "address")]
    pub region: Option<String>,
    /// Country.
    #[field(number = 10, group = "address")]
    pub country: Country,
    /// E-mail address.
    #[field(number = 11, label = "E-mail", personal, indexed)]
    pub email: Option<EmailAddress>,
    /// Telephone number.
    #[field(number = 12, personal, indexed)]
    pub phone: Option<PhoneNumber>,
    /// Language it is written to in.
    #[field(number = 13)]
    pub language: Option<Language>,
    /// Trade as a NACE Rev. 2 code, such as 49.41 road freight.
    #[field(number = 14, label = "Trade (NACE)")]
    pub nace: Option<String>,
    /// The party above it in its group of companies.
    #[field(number = 15, merge = central, indexed, group = "group")]
    pub parent: Option<PartyId>,
    /// First day it belongs to that group.
    #[field(number = 16, merge = central, group = "group")]
    pub parent_from: Option<NaiveDate>,
    /// Last day it belongs to that group; until further notice when empty.
    #[field(number = 17, merge = central, group = "group")]
    pub parent_until: Option<NaiveDate>,
    /// The party this one was merged into: it is that one now, and whoever asks for this one is given that one.
    #[field(number = 18, merge = central)]
    pub merged_into: Option<PartyId>,
}
