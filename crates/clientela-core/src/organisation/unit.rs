//! Units: the tree of headquarters, branches, zones, dealers and outlets.

use crate::ids::{NumberSeriesId, UnitId};
use chrono::NaiveDate;
use clientela_model::identifier::{Country, TimeZone, VatNumber};
use clientela_model::{ClosedList, Record};

/// Level of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum UnitKind {
    /// The manufacturer's centre.
    Headquarters,
    /// A national company.
    Branch,
    /// A sales area.
    Zone,
    /// A dealer.
    Dealer,
    /// A point of sale of a dealer.
    Outlet,
}

/// A unit of the organisation with the period in which it existed.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 1, name = "unit", access = public, key = code)]
pub struct Unit {
    /// Id.
    #[field(number = 1)]
    pub id: UnitId,
    /// The unit above; empty for the top.
    #[field(number = 2, label = "Belongs to", merge = central, indexed)]
    pub parent: Option<UnitId>,
    /// Level.
    #[field(number = 3)]
    pub kind: UnitKind,
    /// Code known to other systems, such as the dealer code of the quoting tool.
    #[field(number = 4, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 5)]
    pub name: String,
    /// Country.
    #[field(number = 6)]
    pub country: Option<Country>,
    /// First day of its existence.
    #[field(number = 7, group = "validity")]
    pub valid_from: Option<NaiveDate>,
    /// Last day of its existence.
    #[field(number = 8, group = "validity")]
    pub valid_to: Option<NaiveDate>,
    /// Time zone that says which day it is there; that of the unit above when not given.
    #[field(number = 9)]
    pub time_zone: Option<TimeZone>,
    /// Street and number; it stands on its documents.
    #[field(number = 10, group = "address")]
    pub street: Option<String>,
    /// Postal code.
    #[field(number = 11, group = "address")]
    pub postal_code: Option<String>,
    /// Town.
    #[field(number = 12, group = "address")]
    pub locality: Option<String>,
    /// VAT number of the company that sells.
    #[field(number = 13, label = "VAT number")]
    pub vat_number: Option<VatNumber>,
}

/// What a series numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum NumberedDocument {
    /// Customers.
    Customer,
    /// Opportunities.
    Opportunity,
    /// Offers.
    Offer,
    /// Leads.
    Lead,
}

/// The counter of a unit's document numbers.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 2, name = "number_series", access = public, part_of(unit, unit))]
pub struct NumberSeries {
    /// Id.
    #[field(number = 1)]
    pub id: NumberSeriesId,
    /// The unit whose documents it numbers.
    #[field(number = 2)]
    pub unit: UnitId,
    /// What it numbers.
    #[field(number = 3)]
    pub document: NumberedDocument,
    /// Put before the number.
    #[field(number = 4)]
    pub prefix: String,
    /// The next number to be given; how many there were is the unit's own affair.
    #[field(number = 5, merge = central, confidential)]
    pub next: Option<i64>,
}
