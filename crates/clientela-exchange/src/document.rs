//! Offers and orders as documents: for people as HTML ready for print, for machines as UBL 2.1.
//!
//! What stands on a document is plain values, [`CommercialDocument`]; who makes it from records is another floor's affair. The words of
//! each language are data, in `document/words`.

mod html;
mod money;
mod svg;
mod ubl;
mod words;
mod xml;

pub use html::{Audience, html};
pub use svg::waterfall_svg;
pub use ubl::{UblDocument, ubl};
pub use words::{DocumentLanguage, ToldPart, difference_sentence};

use chrono::NaiveDate;
use clientela_model::Money;
use clientela_model::identifier::Currency;
use rust_decimal::Decimal;

/// What stands on an offer or an order.
#[derive(Debug, Clone, PartialEq)]
pub struct CommercialDocument {
    /// Whether it is an order; else an offer.
    pub is_order: bool,
    /// Whether nobody is bound by it: it is marked so, and there is nowhere to sign.
    pub is_draft: bool,
    /// Its number.
    pub number: String,
    /// Its version.
    pub version: u32,
    /// The seal of number and content, when it is issued.
    pub seal: Option<String>,
    /// The day it is of.
    pub issued_on: NaiveDate,
    /// Last day it holds.
    pub valid_until: Option<NaiveDate>,
    /// Its title.
    pub title: Option<String>,
    /// Currency of its amounts.
    pub currency: Currency,
    /// Who sells.
    pub seller: DocumentParty,
    /// Who buys.
    pub buyer: DocumentParty,
    /// Its lines.
    pub lines: Vec<DocumentLine>,
    /// Taxes by category and rate.
    pub taxes: Vec<DocumentTax>,
    /// Sum of the lines.
    pub net: Money,
    /// Sum of the taxes.
    pub tax: Money,
    /// Net and tax.
    pub gross: Money,
    /// What is settled otherwise: what it is, and how much.
    pub settlements: Vec<(String, Money)>,
    /// What is to be paid.
    pub payable: Money,
    /// The monthly payment of a financing, with its terms in words.
    pub financing: Option<(Money, u16)>,
    /// The number of the offer an order comes from.
    pub offer_number: Option<String>,
    /// The reason of an exemption from tax.
    pub exemption_reason: Option<String>,
    /// What is earned by the whole, when all costs are known: what it cost and what is left; only for the seller's eyes.
    pub margin: Option<(Money, Money)>,
}

/// A party of a document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DocumentParty {
    /// Its name.
    pub name: String,
    /// Street and number.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Country, as two letters.
    pub country: Option<String>,
    /// VAT number, with the letters of its country.
    pub vat_number: Option<String>,
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentLine {
    /// Its place.
    pub line: String,
    /// Whether it is a discount or charge on others.
    pub is_adjustment: bool,
    /// Product code.
    pub code: String,
    /// What it is.
    pub label: String,
    /// How many.
    pub quantity: Decimal,
    /// The prices are for so many.
    pub base_quantity: Option<Decimal>,
    /// List price of one with options.
    pub unit_list: Money,
    /// Price of one.
    pub unit_net: Money,
    /// Net amount of the line.
    pub line_net: Money,
    /// Tax category, as UNCL 5305.
    pub tax_category: String,
    /// Tax rate in percent.
    pub tax_percent: Decimal,
    /// Term in months, of contracts.
    pub term_months: Option<u16>,
    /// Kilometres a year, of contracts that cover so many.
    pub mileage: Option<u32>,
    /// Options inside its price: code, name and list price.
    pub options: Vec<(String, String, Money)>,
    /// Steps of its price: name, percent, amount and what is left.
    pub steps: Vec<DocumentStep>,
    /// What one costs with its options, except of an adjustment; only for the seller's eyes.
    pub unit_cost: Option<Money>,
}

/// A step of a price.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentStep {
    /// Its kind, a word such as `campaign`.
    pub kind: String,
    /// What stands there.
    pub label: String,
    /// Percent, when it is a percentage.
    pub percent: Option<Decimal>,
    /// What it adds to the price of one.
    pub amount: Money,
    /// The price of one after it.
    pub running: Money,
    /// Whose money it is, a word such as `manufacturer`; empty for nobody's.
    pub authority: Option<String>,
}

/// The tax of a category and rate.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentTax {
    /// Category, as UNCL 5305.
    pub category: String,
    /// Rate in percent.
    pub percent: Decimal,
    /// Taxable amount.
    pub taxable: Money,
    /// Tax.
    pub tax: Money,
}
