//! Which price and which tax rate hold: chosen from lists by currency, market, day and quantity, with the reason.
//!
//! A list counts when it is for the market or for any, for the price group or for all, and valid on the day; in another currency
//! only where a dated rate converts it. Of the lists that have a price for the product and quantity, one in the currency goes before one
//! that is converted; then one for the price group before one for all; one for the market before one for any; then the newer one (by its
//! first day, then by its code) before the older. In the chosen list the price with the greatest lower bound not above the quantity
//! holds: the bound itself is included. A list made from another by a formula has that list's prices where it has none of its own.

use super::formula::{self, Made, Offering, made};
use super::{Price, PriceList, Product, TaxRate};
use crate::ids::ProductId;
use chrono::NaiveDate;
use clientela_model::identifier::{Country, Currency};
use clientela_model::money::RateTable;
use clientela_model::{Coded, DateRange, EntityId, ErrorKind, Money, Why};
use rust_decimal::Decimal;
use uuid::Uuid;

/// What a price is wanted for.
#[derive(Debug, Clone, Copy)]
pub struct PriceRequest<'a> {
    /// The product.
    pub product: ProductId,
    /// In this currency.
    pub currency: Currency,
    /// For this market; without one, only lists for any market count.
    pub market: Option<&'a Country>,
    /// On this day.
    pub day: NaiveDate,
    /// For so many.
    pub quantity: Decimal,
    /// For a customer of this price group; without one, only lists for all count.
    pub price_group: Option<&'a str>,
    /// Dated rates; without them, lists in other currencies do not count.
    pub rates: Option<&'a RateTable>,
}

/// What the prices of an offer are wanted for: all but the product and how many.
#[derive(Debug, Clone, Copy)]
pub struct PriceTerms<'a> {
    /// In this currency.
    pub currency: Currency,
    /// For this market; without one, only lists for any market count.
    pub market: Option<&'a Country>,
    /// On this day.
    pub day: NaiveDate,
    /// For a customer of this price group; without one, only lists for all count.
    pub price_group: Option<&'a str>,
    /// Dated rates; without them, lists in other currencies do not count.
    pub rates: Option<&'a RateTable>,
}

impl<'a> PriceTerms<'a> {
    /// The price of so many of a product.
    #[must_use]
    pub const fn of(&self, product: ProductId, quantity: Decimal) -> PriceRequest<'a> {
        let Self { currency, market, day, price_group, rates } = *self;
        PriceRequest { product, currency, market, day, quantity, price_group, rates }
    }
}

impl<'a> PriceRequest<'a> {
    /// What it has in common with the other prices of its offer.
    #[must_use]
    pub const fn terms(&self) -> PriceTerms<'a> {
        let Self { currency, market, day, price_group, rates, .. } = *self;
        PriceTerms { currency, market, day, price_group, rates }
    }
}

/// A price, the list it is from, and why this one.
#[derive(Debug, Clone, PartialEq)]
pub struct ChosenPrice<'a> {
    /// The price it comes from.
    pub price: &'a Price,
    /// The price of one: that price, or what formula and rate make of it.
    pub amount: Money,
    /// What one costs us, in the same currency.
    pub cost: Option<Money>,
    /// Its list.
    pub list: &'a PriceList,
    /// Why this one and none of the others.
    pub why: Why,
}

/// A tax rate and why this one.
#[derive(Debug, Clone, PartialEq)]
pub struct ChosenTaxRate<'a> {
    /// The rate.
    pub rate: &'a TaxRate,
    /// Why this one.
    pub why: Why,
}

/// A price or rate that cannot be given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CatalogueError {
    /// No list has one.
    #[error("no price list has a price of the product for this market, day and quantity; add one")]
    PriceNotFound {
        /// The product.
        product: ProductId,
        /// Why each list was passed over.
        why: Why,
    },
    /// Lists have one, but in other currencies.
    #[error("the product has a price, but not in {wanted}; add one, or convert with a rate table")]
    PriceCurrency {
        /// The product.
        product: ProductId,
        /// Currency wanted.
        wanted: Currency,
        /// Why each list was passed over.
        why: Why,
    },
    /// The product is not, or no longer, on sale in the market on that day.
    #[error(
        "product {code} is not on sale in this market on {day}; choose one that is, or another price date"
    )]
    NotOnSale {
        /// Code of the product.
        code: String,
        /// The day.
        day: NaiveDate,
    },
    /// A price that does not fit its list.
    #[error("price list {list} is in {expected}, one of its prices in {found}; correct the price")]
    ListCurrency {
        /// The price.
        price: Uuid,
        /// Code of the list.
        list: String,
        /// Currency of the price.
        found: Currency,
        /// Currency of the list.
        expected: Currency,
    },
    /// No rate for this country, category and day.
    #[error("no tax rate for category {category} in {country} on {day}; add one")]
    TaxRateNotFound {
        /// Country.
        country: String,
        /// Category.
        category: String,
        /// Day.
        day: NaiveDate,
        /// What there is.
        why: Why,
    },
}

impl Coded for CatalogueError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::ListCurrency { .. } => ErrorKind::Validation,
            Self::NotOnSale { .. } => ErrorKind::Rule,
            _ => ErrorKind::NotFound,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::PriceNotFound { .. } => "price.not_found",
            Self::NotOnSale { .. } => "product.not_on_sale",
            Self::PriceCurrency { .. } => "price.currency",
            Self::ListCurrency { .. } => "price.list_currency",
            Self::TaxRateNotFound { .. } => "tax_rate.not_found",
        }
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::PriceNotFound { product, .. } | Self::PriceCurrency { product, .. } => Some(product.uuid()),
            Self::ListCurrency { price, .. } => Some(*price),
            Self::TaxRateNotFound { .. } | Self::NotOnSale { .. } => None,
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::PriceNotFound { why, .. }
            | Self::PriceCurrency { why, .. }
            | Self::TaxRateNotFound { why, .. } => Some(why),
            Self::ListCurrency { .. } | Self::NotOnSale { .. } => None,
        }
    }
}

/// Why a list does not count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    OtherMarket,
    OtherGroup,
    NotValid,
    NoPrice,
    QuantityTooSmall,
    OtherCurrency,
    LessSpecific,
    Older,
}

impl Passed {
    const fn reason(self) -> &'static str {
        match self {
            Self::OtherMarket => "price_list.other_market",
            Self::OtherGroup => "price_list.other_group",
            Self::NotValid => "price_list.not_valid",
            Self::NoPrice => "price_list.no_price",
            Self::QuantityTooSmall => "price_list.quantity_too_small",
            Self::OtherCurrency => "price_list.other_currency",
            Self::LessSpecific => "price_list.less_specific",
            Self::Older => "price_list.older",
        }
    }
}

/// Whether a product may be sold on a day.
///
/// # Errors
/// `product.not_on_sale`.
pub fn check_on_sale(product: &Product, day: NaiveDate) -> Result<(), CatalogueError> {
    let early = product.valid_from.is_some_and(|first| day < first);
    let late = product.valid_to.is_some_and(|last| day > last);
    if early || late {
        return Err(CatalogueError::NotOnSale { code: product.code.clone(), day });
    }
    Ok(())
}

/// Chooses the price of a product. `prices` may hold those of other products and of lists not given; they are passed over.
///
/// # Errors
/// `price.currency` when a list would do but for its currency, `price.not_found` when none would,
/// `price.list_currency` when the price chosen is not in the currency of its list.
pub fn choose_price<'a>(
    wanted: &PriceRequest<'_>,
    lists: &'a [PriceList],
    prices: &'a [Price],
) -> Result<ChosenPrice<'a>, CatalogueError> {
    let mut passed: Vec<(&PriceList, Passed)> = Vec::new();
    let best = best_of(wanted, lists, prices, |list, reason| passed.push((list, reason)))?;
    let (list, made) = match best {
        Some(found) => found,
        None => return Err(nothing(wanted, &passed)),
    };
    let Made { price, amount, cost, reasons, .. } = made;
    let mut why = Why::new("price.chosen")
        .fact("price_list", &list.code)
        .fact("valid_from", list.valid_from)
        .fact("market", list.market.as_ref().map_or_else(|| "any".to_owned(), ToString::to_string))
        .fact("from_quantity", price.from_quantity)
        .fact("quantity", wanted.quantity)
        .fact("amount", amount);
    if let Some(group) = &list.price_group {
        why = why.fact("price_group", group);
    }
    why.because.extend(reasons);
    why.because.extend(passed.iter().map(|(list, reason)| of_list(list, *reason)));
    Ok(ChosenPrice { price, amount, cost, list, why })
}

/// The list that holds and what it makes; `passed` hears of every other and why.
fn best_of<'a>(
    wanted: &PriceRequest<'_>,
    lists: &'a [PriceList],
    prices: &'a [Price],
    mut passed: impl FnMut(&'a PriceList, Passed),
) -> Result<Option<(&'a PriceList, Made<'a>)>, CatalogueError> {
    let mut best: Option<(&PriceList, Made<'a>)> = None;
    let offering = Listed { lists, prices, product: wanted.product };
    for list in lists {
        let offered = match not_for(&wanted.terms(), list) {
            Some(reason) => Err(reason),
            // The currency is looked at last: a list that lacks nothing else tells the caller that a conversion would help.
            None => made(wanted, &offering, list, true)?,
        };
        match offered {
            Err(reason) => passed(list, reason),
            Ok(made) => match &best {
                Some((holder, best_made))
                    if (!made.converted, rank(list)) <= (!best_made.converted, rank(holder)) =>
                {
                    passed(list, beaten(list, holder));
                }
                _ => {
                    if let Some((holder, _)) = best.replace((list, made)) {
                        passed(holder, beaten(holder, list));
                    }
                }
            },
        }
    }
    Ok(best)
}

/// Chooses the tax rate of a country and category: the newest one not after the day.
///
/// # Errors
/// `tax_rate.not_found`.
pub fn choose_tax_rate<'a>(
    country: &Country,
    category: &str,
    day: NaiveDate,
    rates: &'a [TaxRate],
) -> Result<ChosenTaxRate<'a>, CatalogueError> {
    let of_category = || rates.iter().filter(|rate| rate.country == *country && rate.category == category);
    let found = of_category()
        .filter(|rate| rate.valid_from <= day)
        // Of two from one day the greater id, so that the answer does not hang on the order they are read in.
        .max_by_key(|rate| (rate.valid_from, rate.id));
    let Some(rate) = found else {
        let mut why = Why::new("tax_rate.not_found").fact("day", day);
        for rate in of_category() {
            why = why.because(Why::new("tax_rate.later").fact("valid_from", rate.valid_from));
        }
        return Err(CatalogueError::TaxRateNotFound {
            country: country.to_string(),
            category: category.to_owned(),
            day,
            why,
        });
    };
    let why = Why::new("tax_rate.chosen")
        .fact("country", rate.country)
        .fact("category", &rate.category)
        .fact("percent", rate.percent)
        .fact("valid_from", rate.valid_from);
    Ok(ChosenTaxRate { rate, why })
}

/// Lists and prices as they come.
struct Listed<'a> {
    lists: &'a [PriceList],
    prices: &'a [Price],
    product: ProductId,
}

impl<'a> Offering<'a> for Listed<'a> {
    type At = &'a PriceList;
    fn list(&self, at: Self::At) -> Option<&'a PriceList> {
        Some(at)
    }
    fn base(&self, at: Self::At) -> Option<Self::At> {
        at.base_list.and_then(|base| self.lists.iter().find(|list| list.id == base))
    }
    fn factor(&self, at: Self::At) -> Option<Decimal> {
        formula::factor(at)
    }
    fn own(&self, at: Self::At, quantity: Decimal) -> Result<&'a Price, Passed> {
        let of_list = |price: &&Price| price.price_list == at.id && price.product == self.product;
        let mut found = Err(Passed::NoPrice);
        for price in self.prices.iter().filter(of_list) {
            if price.from_quantity > quantity {
                found = found.or(Err(Passed::QuantityTooSmall));
                continue;
            }
            found = match found {
                Ok(best) if rank_of_price(best) > rank_of_price(price) => Ok(best),
                _ => Ok(price),
            };
        }
        found
    }
}

/// Why a list does not count for an offer, whatever its prices.
pub(super) fn not_for(terms: &PriceTerms<'_>, list: &PriceList) -> Option<Passed> {
    if list.market.is_some() && list.market.as_ref() != terms.market {
        return Some(Passed::OtherMarket);
    }
    if list.price_group.is_some() && list.price_group.as_deref() != terms.price_group {
        return Some(Passed::OtherGroup);
    }
    (!is_valid(list, terms.day)).then_some(Passed::NotValid)
}

/// Whether a list is valid on a day. One that ends before it begins is valid on no day.
pub(super) fn is_valid(list: &PriceList, day: NaiveDate) -> bool {
    DateRange::new(list.valid_from, list.valid_to).is_ok_and(|days| days.contains(day))
}

pub(super) fn rank_of_price(price: &Price) -> (Decimal, crate::ids::PriceId) {
    (price.from_quantity, price.id)
}

/// Which of two lists goes before: the greater.
pub(super) fn rank(list: &PriceList) -> (bool, bool, NaiveDate, &str, crate::ids::PriceListId) {
    (list.price_group.is_some(), list.market.is_some(), list.valid_from, &list.code, list.id)
}

fn beaten(loser: &PriceList, winner: &PriceList) -> Passed {
    let less = |winner: bool, loser: bool| winner && !loser;
    let of_group = less(winner.price_group.is_some(), loser.price_group.is_some());
    let of_market = less(winner.market.is_some(), loser.market.is_some());
    if of_group || of_market || winner.currency != loser.currency {
        Passed::LessSpecific
    } else {
        Passed::Older
    }
}

fn nothing(wanted: &PriceRequest<'_>, passed: &[(&PriceList, Passed)]) -> CatalogueError {
    let currency_only = passed.iter().any(|(_, reason)| *reason == Passed::OtherCurrency);
    let mut why = Why::new(if currency_only { "price.currency" } else { "price.not_found" })
        .fact("currency", wanted.currency)
        .fact("market", wanted.market.map_or_else(|| "any".to_owned(), ToString::to_string))
        .fact("day", wanted.day)
        .fact("quantity", wanted.quantity);
    why.because.extend(passed.iter().map(|(list, reason)| of_list(list, *reason)));
    let product = wanted.product;
    if currency_only {
        CatalogueError::PriceCurrency { product, wanted: wanted.currency, why }
    } else {
        CatalogueError::PriceNotFound { product, why }
    }
}

fn of_list(list: &PriceList, reason: Passed) -> Why {
    let why = Why::new(reason.reason()).fact("price_list", &list.code);
    match reason {
        Passed::OtherMarket => {
            why.fact("market", list.market.as_ref().map_or_else(|| "any".to_owned(), ToString::to_string))
        }
        Passed::NotValid => {
            let why = why.fact("valid_from", list.valid_from);
            match list.valid_to {
                Some(last) => why.fact("valid_to", last),
                None => why,
            }
        }
        Passed::OtherCurrency => why.fact("currency", list.currency),
        Passed::Older => why.fact("valid_from", list.valid_from),
        Passed::OtherGroup => why.fact("price_group", list.price_group.as_deref().unwrap_or("all")),
        Passed::NoPrice | Passed::QuantityTooSmall | Passed::LessSpecific => why,
    }
}
