//! A prospect as ADF says it.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;

/// Somebody who asks for vehicles.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prospect {
    /// Whether it was sent before.
    pub resent: bool,
    /// What the systems it came through call it, the first one first.
    pub ids: Vec<Identifier>,
    /// When it was asked.
    pub requested: Option<Moment>,
    /// What it is about; none for a general enquiry.
    pub vehicles: Vec<Vehicle>,
    /// Who asks.
    pub customer: Customer,
    /// The dealer it is meant for.
    pub vendor: Option<String>,
    /// What the sender calls that dealer.
    pub vendor_ids: Vec<Identifier>,
    /// Who sent it.
    pub provider: Option<String>,
    /// By which of its services.
    pub service: Option<String>,
}

/// What a system calls something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identifier {
    /// Which system.
    pub source: Option<String>,
    /// Its name for it.
    pub value: String,
}

/// A moment as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// With its distance from UTC.
    Exact(DateTime<FixedOffset>),
    /// Without: that of the dealer is meant.
    Local(NaiveDateTime),
}

/// A vehicle that is wanted, or offered in part exchange.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vehicle {
    /// `buy`, `lease`, `sell`, `trade-in` or `test-drive`.
    pub interest: String,
    /// Whether a used one is meant.
    pub used: bool,
    /// Year of the model.
    pub year: Option<String>,
    /// Make.
    pub make: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Trim.
    pub trim: Option<String>,
    /// Vehicle identification number, as written.
    pub vin: Option<String>,
    /// The dealer's number of it.
    pub stock: Option<String>,
    /// Distance it has run.
    pub odometer: Option<Odometer>,
    /// `excellent`, `good`, `fair`, `poor` or another word.
    pub condition: Option<String>,
    /// Price.
    pub price: Option<Price>,
    /// Options, as written.
    pub options: Vec<String>,
    /// Colours in order of preference: of the inside and of the outside.
    pub colours: Vec<(Option<String>, Option<String>)>,
    /// What is said of it.
    pub comments: Option<String>,
}

/// A distance a vehicle has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odometer {
    /// How far.
    pub distance: u64,
    /// Whether in miles; else in kilometres.
    pub miles: bool,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// How much.
    pub amount: Decimal,
    /// Currency, ISO 4217.
    pub currency: Option<String>,
    /// `quote`, `offer`, `msrp`, `invoice`, `call`, `appraisal`, `asking`.
    pub kind: Option<String>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Customer {
    /// Company.
    pub business: Option<String>,
    /// Name in one.
    pub full_name: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// E-mail address, as written.
    pub email: Option<String>,
    /// Telephone numbers, the preferred one first.
    pub phones: Vec<Phone>,
    /// Address.
    pub address: Option<Address>,
    /// What other systems call it; a VAT number is often one of them.
    pub ids: Vec<Identifier>,
    /// Within what time.
    pub timeframe: Option<Timeframe>,
    /// In its own words.
    pub comments: Option<String>,
}

/// A telephone number, as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phone {
    /// The number.
    pub number: String,
    /// `phone`, `voice`, `fax`, `cellphone` or `pager`.
    pub kind: Option<String>,
    /// When it is answered: `morning`, `afternoon`, `evening`, `day`, `nopreference`.
    pub time: Option<String>,
    /// Whether it is the preferred one.
    pub preferred: bool,
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Lines of the street.
    pub street: Vec<String>,
    /// Town.
    pub city: Option<String>,
    /// Province or region.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country, two letters.
    pub country: Option<String>,
}

/// Within what time a purchase is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeframe {
    /// In words.
    pub description: Option<String>,
    /// First day.
    pub earliest: Option<NaiveDate>,
    /// Last day.
    pub latest: Option<NaiveDate>,
}
