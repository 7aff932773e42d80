//! `customer.transfer`: the customer as the CRM knows it, sent to the tool.

use super::object::contract_object;
use super::problem::{Problem, Warning};
use super::value::{BoundedText, CountryCode, ExchangeId, FreeText, IndustryCode};
use super::{JsonObject, NonEmpty, Revision, WholeNumber};
use clientela_model::ClosedList;

contract_object! {
    /// Body of `customer.transfer`.
    pub struct CustomerTransfer {
        /// The whole customer; what is absent is unknown, not unchanged.
        required customer: Customer,
    }
}

contract_object! {
    /// A customer.
    pub struct Customer {
        /// The CRM's key.
        required crm_id: ExchangeId,
        /// Counts the CRM's changes; a lower one is never applied over a higher.
        required revision: Revision,
        /// What kind of customer.
        required kind: CustomerKind,
        /// Name.
        required name: BoundedText<1, 140>,
        /// Second line of the name.
        optional name2: BoundedText<0, 140>,
        /// Tax and register numbers.
        optional tax_ids: Vec<TaxId>,
        /// Addresses, at least one.
        required addresses: NonEmpty<Address>,
        /// Phone numbers, e-mail addresses and the like of the customer itself.
        optional channels: Vec<Channel>,
        /// People to talk to.
        optional contacts: Vec<Contact>,
        /// Economic activity.
        optional nace: IndustryCode,
        /// Number of vehicles in use.
        optional fleet_size: WholeNumber<0, { i64::MAX }>,
        /// The price group agreed with the customer.
        optional price_group: FreeText,
        /// Whether deliveries are stopped for unpaid bills.
        optional credit_hold: bool,
        /// Language of documents, such as `it`.
        optional language: FreeText,
        /// Members only these two sides know.
        optional ext: JsonObject,
    }
}

/// What kind of customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CustomerKind {
    /// A company.
    Company,
    /// A person in business.
    SoleTrader,
    /// A private person.
    Person,
    /// A public body.
    PublicBody,
    /// Another dealer.
    Dealer,
}

contract_object! {
    /// A tax or register number.
    pub struct TaxId {
        /// Which register.
        required scheme: TaxIdScheme,
        /// The number.
        required value: BoundedText<0, 40>,
        /// What a check said.
        optional checked: TaxIdCheck,
    }
}

/// Which register a number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum TaxIdScheme {
    /// VAT number with its country.
    #[word("VAT")]
    Vat,
    /// Italian codice fiscale.
    #[word("IT:CF")]
    ItalianFiscalCode,
    /// Italian address for electronic invoices.
    #[word("IT:SDI")]
    ItalianInvoiceAddress,
    /// French company.
    #[word("FR:SIREN")]
    FrenchCompany,
    /// French establishment.
    #[word("FR:SIRET")]
    FrenchEstablishment,
    /// German Steuernummer.
    #[word("DE:STNR")]
    GermanTaxNumber,
    /// Spanish tax number.
    #[word("ES:NIF")]
    SpanishTaxNumber,
    /// Legal entity identifier.
    #[word("LEI")]
    LegalEntityIdentifier,
    /// D-U-N-S number.
    #[word("DUNS")]
    Duns,
    /// Customs number.
    #[word("EORI")]
    Eori,
    /// Another register.
    #[word("OTHER")]
    Other,
}

/// What a check of a number said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum TaxIdCheck {
    /// It exists.
    Valid,
    /// It does not.
    Invalid,
    /// Nobody knows.
    Unknown,
}

contract_object! {
    /// An address.
    pub struct Address {
        /// What it is used for.
        required r#type: AddressType,
        /// Street lines.
        optional lines: AddressLines,
        /// Town.
        optional locality: FreeText,
        /// Postal code.
        optional postal_code: FreeText,
        /// Province, county, canton.
        optional region: FreeText,
        /// Country.
        required country: CountryCode,
    }
}

/// What an address is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum AddressType {
    /// Seat.
    Legal,
    /// Where bills go.
    Billing,
    /// Where vehicles go.
    Delivery,
    /// Where they are repaired.
    Workshop,
    /// Another use.
    Other,
}

contract_object! {
    /// A way to reach somebody.
    pub struct Channel {
        /// Which way.
        required r#type: ChannelType,
        /// The number or address.
        required value: BoundedText<0, 254>,
        /// Whether it is the one to use first.
        optional preferred: bool,
    }
}

/// Which way somebody is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ChannelType {
    /// Fixed line.
    Phone,
    /// Mobile.
    Mobile,
    /// Fax.
    Fax,
    /// E-mail.
    Email,
    /// Italian certified e-mail.
    Pec,
    /// Web page.
    Url,
}

contract_object! {
    /// A person to talk to.
    pub struct Contact {
        /// The CRM's key.
        required crm_id: ExchangeId,
        /// Given name.
        optional given_name: FreeText,
        /// Family name.
        required family_name: FreeText,
        /// Part in the purchase.
        optional role: ContactRole,
        /// Language, such as `it`.
        optional language: FreeText,
        /// Ways to reach the person.
        optional channels: Vec<Channel>,
    }
}

/// A contact's part in the purchase.
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
    /// Does the paperwork.
    Administration,
    /// Another part.
    Other,
}

contract_object! {
    /// Body of `customer.transfer.ack`.
    pub struct CustomerTransferAck {
        /// What the tool did.
        required status: CustomerStatus,
        /// The tool's key of the customer.
        optional tool_customer_id: ExchangeId,
        /// The revision the tool holds now.
        optional applied_revision: Revision,
        /// What the tool could not take over.
        optional warnings: Vec<Warning>,
        /// Why it was rejected.
        optional problem: Problem,
    }
}

/// What the tool did with a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum CustomerStatus {
    /// It is new there.
    Created,
    /// It was brought up to date.
    Updated,
    /// It was up to date.
    Unchanged,
    /// It was not taken.
    Rejected,
}

/// Up to four street lines of up to 100 characters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct AddressLines(Vec<BoundedText<0, 100>>);

impl AddressLines {
    /// Most lines.
    pub const MAX: usize = 4;

    /// Checks the number of lines.
    ///
    /// # Errors
    /// `quoting.lines` for more than four.
    pub fn new(lines: Vec<BoundedText<0, 100>>) -> Result<Self, clientela_model::ValueError> {
        if lines.len() <= Self::MAX {
            Ok(Self(lines))
        } else {
            Err(clientela_model::ValueError::new(
                "quoting.lines",
                "address",
                "has too many lines",
                "4 or fewer",
            ))
        }
    }

    /// The lines.
    #[must_use]
    pub fn as_slice(&self) -> &[BoundedText<0, 100>] {
        &self.0
    }
}

impl<'de> serde::Deserialize<'de> for AddressLines {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
