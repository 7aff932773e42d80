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
    /// Price group of customers it is for; empty for all.
    #[field(number = 8)]
    pub price_group: Option<String>,
    /// The list its prices are made from where it has none of its own.
    #[field(number = 9)]
    pub base_list: Option<PriceListId>,
    /// Percent added to a price of the base list; below nothing takes away.
    #[field(number = 10, group = "formula", label = "Formula percent (%)")]
    pub formula_percent: Option<Decimal>,
    /// Amount added after the percent.
    #[field(number = 11, group = "formula")]
    pub formula_amount: Option<Money>,
    /// The result is rounded to a multiple of this, such as 10.00.
    #[field(number = 12, group = "formula")]
    pub formula_step: Option<Money>,
    /// Least margin on the price in percent: a made price below it is raised, where the cost is known.
    #[field(number = 13, group = "formula", label = "Least margin (%)")]
    pub least_margin_percent: Option<Decimal>,
    /// Whether its prices have the tax inside, as those for consumers do; empty: they have not.
    #[field(number = 14)]
    pub tax_included: Option<bool>,
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
