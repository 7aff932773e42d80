//! Relationships: one dealer's business with a party. To its users this, with its party, is the *customer*.

use crate::ids::{CustomerId, PartyId, PositionId, UnitId};
use crate::party::party::PartyKind;
use chrono::NaiveDate;
use clientela_model::identifier::{Country, EmailAddress, Language, PhoneNumber, VatNumber};
use clientela_model::{ClosedList, Record};

/// How far the business has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CustomerStatus {
    /// Might buy one day.
    Suspect,
    /// Is being won.
    Prospect,
    /// Has bought.
    Customer,
    /// Has not bought for long.
    Dormant,
    /// Has left.
    Lost,
}

/// Size of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CustomerSize {
    /// One or two vehicles.
    Small,
    /// A few.
    Medium,
    /// Many.
    Important,
    /// A large fleet.
    Large,
    /// A key account.
    Key,
}

/// One dealer's business with a party.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 11, name = "relationship", access = owned, key = number)]
pub struct Relationship {
    /// Id.
    #[field(number = 1)]
    pub id: CustomerId,
    /// The party it is with.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// The dealer.
    #[field(number = 3, merge = central, indexed)]
    pub unit: UnitId,
    /// The position that looks after the customer.
    #[field(number = 4, merge = central, indexed)]
    pub owner: PositionId,
    /// Customer number known to other systems.
    #[field(number = 5, label = "Customer number", indexed)]
    pub number: Option<String>,
    /// How far the business has come.
    #[field(number = 6)]
    pub status: CustomerStatus,
    /// Size, when classified.
    #[field(number = 7)]
    pub size: Option<CustomerSize>,
    /// Day of the first contact.
    #[field(number = 8)]
    pub since: Option<NaiveDate>,
    /// Where the customer came from.
    #[field(number = 9)]
    pub source: Option<String>,
    /// Price group of the quoting tool.
    #[field(number = 10)]
    pub price_group: Option<String>,
    /// Whether deliveries wait for payment.
    #[field(number = 11, confidential)]
    pub credit_hold: Option<bool>,
    /// Whether the customer asked never to be contacted for advertising.
    #[field(number = 12)]
    pub do_not_contact: bool,
    /// Private notes of the dealer.
    #[field(number = 13, personal, confidential)]
    pub notes: Option<String>,
    /// Whether the status was set by a person against the rules, who do not touch it until that is lifted.
    #[field(number = 14, group = "status_fixed")]
    pub status_fixed: Option<bool>,
    /// Why the status is what it is: what a person said who set it, or the rule set and its row.
    #[field(number = 15, personal, group = "status_fixed")]
    pub status_reason: Option<String>,
    /// Whether the size was set by a person against the rules.
    #[field(number = 16, group = "size_fixed")]
    pub size_fixed: Option<bool>,
    /// Why the size is what it is: what a person said who set it, or the rule set and its row.
    #[field(number = 17, personal, group = "size_fixed")]
    pub size_reason: Option<String>,
    /// Class by the installation's own rules, in its own words.
    #[field(number = 18)]
    pub class: Option<String>,
    /// Whether the class was set by a person against the rules.
    #[field(number = 19, group = "class_fixed")]
    pub class_fixed: Option<bool>,
    /// Why the class is what it is: what a person said who set it, or the rule set and its row.
    #[field(number = 20, personal, group = "class_fixed")]
    pub class_reason: Option<String>,
    /// Day the customer left.
    #[field(number = 21, merge = central, group = "left")]
    pub left_on: Option<NaiveDate>,
    /// Why the customer left: a code of the installation, such as price.
    #[field(number = 22, merge = central, group = "left")]
    pub left_reason: Option<String>,
    /// To which competitor.
    #[field(number = 23, merge = central, group = "left")]
    pub left_to: Option<String>,
    /// What was said about it.
    #[field(number = 24, personal, merge = central, group = "left")]
    pub left_note: Option<String>,
    /// Day the customer was won back since.
    #[field(number = 25, merge = central, group = "left")]
    pub won_back_on: Option<NaiveDate>,
    /// Why the owner is who he is, when a territory model gave the customer to him: model, rule and score.
    #[field(number = 26, merge = central)]
    pub owner_reason: Option<String>,
    /// The customer this one was merged into: it is that one now, and whoever asks for this one is given that one.
    #[field(number = 27, merge = central)]
    pub merged_into: Option<CustomerId>,
}

/// The customer as one: a relationship beside its party. Only read; changes go to the two.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 100, name = "customer", access = owned, view(relationship, party, party), key = number)]
pub struct Customer {
    /// Id of the relationship.
    #[field(number = 1)]
    pub id: CustomerId,
    /// Id of the party.
    #[field(number = 2)]
    pub party: PartyId,
    /// The dealer.
    #[field(number = 3)]
    pub unit: UnitId,
    /// The position that looks after the customer.
    #[field(number = 4)]
    pub owner: PositionId,
    /// Customer number known to other systems.
    #[field(number = 5, label = "Customer number", indexed)]
    pub number: Option<String>,
    /// What the party is.
    #[field(number = 6, from = "party")]
    pub kind: PartyKind,
    /// Name.
    #[field(number = 7, personal, indexed, listed, from = "party")]
    pub name: String,
    /// VAT number.
    #[field(number = 8, label = "VAT number", personal, indexed, from = "party")]
    pub vat_number: Option<VatNumber>,
    /// Street and house number.
    #[field(number = 9, personal, from = "party")]
    pub street: Option<String>,
    /// Postal code.
    #[field(number = 10, personal, from = "party")]
    pub postal_code: Option<String>,
    /// Town.
    #[field(number = 11, from = "party")]
    pub locality: Option<String>,
    /// Province or region.
    #[field(number = 12, from = "party")]
    pub region: Option<String>,
    /// Country.
    #[field(number = 13, from = "party")]
    pub country: Country,
    /// E-mail address.
    #[field(number = 14, label = "E-mail", personal, indexed, from = "party")]
    pub email: Option<EmailAddress>,
    /// Telephone number.
    #[field(number = 15, personal, indexed, from = "party")]
    pub phone: Option<PhoneNumber>,
    /// Language it is written to in.
    #[field(number = 16, from = "party")]
    pub language: Option<Language>,
    /// Trade as a NACE Rev. 2 code.
    #[field(number = 17, label = "Trade (NACE)", from = "party")]
    pub nace: Option<String>,
    /// How far the business has come.
    #[field(number = 18)]
    pub status: CustomerStatus,
    /// Size, when classified.
    #[field(number = 19)]
    pub size: Option<CustomerSize>,
    /// Day of the first contact.
    #[field(number = 20)]
    pub since: Option<NaiveDate>,
    /// Where the customer came from.
    #[field(number = 21)]
    pub source: Option<String>,
    /// Price group of the quoting tool.
    #[field(number = 22)]
    pub price_group: Option<String>,
    /// Whether deliveries wait for payment.
    #[field(number = 23, confidential)]
    pub credit_hold: Option<bool>,
    /// Whether the customer asked never to be contacted for advertising.
    #[field(number = 24)]
    pub do_not_contact: bool,
    /// Class by the installation's own rules, in its own words.
    #[field(number = 25)]
    pub class: Option<String>,
    /// Day the customer left.
    #[field(number = 26)]
    pub left_on: Option<NaiveDate>,
    /// Why the customer left: a code of the installation, such as price.
    #[field(number = 27)]
    pub left_reason: Option<String>,
    /// Day the customer was won back since.
    #[field(number = 28)]
    pub won_back_on: Option<NaiveDate>,
    /// The customer this one was merged into; such customers are not seen.
    #[field(number = 29)]
    pub merged_into: Option<CustomerId>,
}
