//! Price lists, prices with quantity steps, and tax rates by country, category and day.

use crate::ids::{PriceId, PriceListId, ProductId, TaxRateId};
use chrono::NaiveDate;
use clientela_model::identifier::{Country, Currency};
use clientela_model::{Money, Record};
use rust_decimal::Decimal;

/// A price list.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 31, name = "price_list", access = public, key = code)]
pub struct PriceList {
    /// Id.
    #[field(number = 1)]
    pub id: PriceListId,
    /// Code and version, such as IT-2026-02.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 3)]
    pub name: String,
    /// Currency of its prices.
    #[field(number = 4)]
    pub currency: Currency,
    /// Market it is for; empty for any.
    #[field(number = 5)]
    pub market: Option<Country>,
    /// First day.
    #[field(number = 6, group = "validity")]
    pub valid_from: NaiveDate,
    /// Last day, empty while it lasts.
    #[field(number = 7, group = "validity")]
    pub valid_to: Option<NaiveDate>,
}

/// One price of a list, from a quantity on.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 32, name = "price", access = through(price_list), part_of(price_list, price_list))]
pub struct Price {
    /// Id.
    #[field(number = 1)]
    pub id: PriceId,
    /// The list.
    #[field(number = 2)]
    pub price_list: PriceListId,
    /// The product.
    #[field(number = 3, indexed)]
    pub product: ProductId,
    /// From this quantity on, 1 for the plain price.
    #[field(number = 4)]
    pub from_quantity: Decimal,
    /// Price of one.
    #[field(number = 5)]
    pub amount: Money,
    /// What one costs us.
    #[field(number = 6, confidential)]
    pub cost: Option<Money>,
}

/// A tax rate.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 33, name = "tax_rate", access = public)]
pub struct TaxRate {
    /// Id.
    #[field(number = 1)]
    pub id: TaxRateId,
    /// Country.
    #[field(number = 2, indexed)]
    pub country: Country,
    /// Category, as UNCL 5305.
    #[field(number = 3)]
    pub category: String,
    /// Percent.
    #[field(number = 4)]
    pub percent: Decimal,
    /// From this day on.
    #[field(number = 5)]
    pub valid_from: NaiveDate,
}
