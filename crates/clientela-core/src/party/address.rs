//! Further addresses of a party, and its numbers in registers and other systems.

use crate::ids::{AddressId, PartyId, PartyIdentifierId};
use chrono::NaiveDate;
use clientela_model::identifier::Country;
use clientela_model::{ClosedList, Record};

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum AddressKind {
    /// Where it is registered.
    Registered,
    /// Where invoices go.
    Billing,
    /// Where goods go.
    Delivery,
    /// Where it can be visited.
    Visit,
    /// Where vehicles stand.
    Depot,
    /// Where post goes.
    Postal,
}

/// A further address of a party, with the days it holds. The first address stands in the party itself.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 145, name = "address", access = through(party), part_of(party, party))]
pub struct Address {
    /// Id.
    #[field(number = 1)]
    pub id: AddressId,
    /// Whose.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// What it is for.
    #[field(number = 3)]
    pub kind: AddressKind,
    /// Street and house number, up to four lines.
    #[field(number = 4, personal, group = "address")]
    pub street: Option<String>,
    /// Postal code.
    #[field(number = 5, personal, group = "address")]
    pub postal_code: Option<String>,
    /// Town.
    #[field(number = 6, group = "address")]
    pub locality: Option<String>,
    /// Province or region.
    #[field(number = 7, group = "address")]
    pub region: Option<String>,
    /// Country.
    #[field(number = 8, group = "address")]
    pub country: Country,
    /// First day it holds.
    #[field(number = 9, group = "validity")]
    pub valid_from: Option<NaiveDate>,
    /// Last day it holds; until further notice when empty.
    #[field(number = 10, group = "validity")]
    pub valid_until: Option<NaiveDate>,
}

/// A party's number in a public register or in another system: unique in the register, and in the system among a dealer's parties.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 147, name = "party_identifier", access = through(party), part_of(party, party))]
pub struct PartyIdentifier {
    /// Id.
    #[field(number = 1)]
    pub id: PartyIdentifierId,
    /// Whose.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// The system or register, such as erp or FR-SIREN.
    #[field(number = 3, merge = fact)]
    pub system: String,
    /// The number there.
    #[field(number = 4, personal, merge = fact, indexed)]
    pub key: String,
    /// Whether it is a registration number of a public register.
    #[field(number = 5, merge = fact)]
    pub registration: bool,
}
