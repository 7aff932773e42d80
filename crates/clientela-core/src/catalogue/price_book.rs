//! Price lists read once, and asked for many prices.

use super::formula::made;
use super::pricing::{CatalogueError, ChosenPrice, PriceRequest, best_of, choose_price};
use super::{Price, PriceList};
use crate::ids::{PriceListId, ProductId};
use clientela_model::Money;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::ops::Range;

/// All lists with their prices, each product's prices together: a price is found without looking at those of other products.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    lists: Vec<PriceList>,
    prices: Vec<Price>,
    places: HashMap<ProductId, Range<usize>>,
}

/// A price without the reasons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlainPrice<'a> {
    /// The price of one.
    pub amount: Money,
    /// What one costs us, in the same currency.
    pub cost: Option<Money>,
    /// The list it is from.
    pub list: &'a PriceList,
}

impl PriceBook {
    /// Of these lists and prices.
    #[must_use]
    pub fn new(lists: Vec<PriceList>, mut prices: Vec<Price>) -> Self {
        prices.sort_by_key(|price| price.product);
        let mut places = HashMap::new();
        let mut first = 0;
        for run in prices.chunk_by(|left, right| left.product == right.product) {
            if let Some(price) = run.first() {
                places.insert(price.product, first..first + run.len());
            }
            first += run.len();
        }
        Self { lists, prices, places }
    }

    /// The lists.
    #[must_use]
    pub fn lists(&self) -> &[PriceList] {
        &self.lists
    }

    /// The prices of a product, in all lists.
    #[must_use]
    pub fn prices_of(&self, product: ProductId) -> &[Price] {
        self.places.get(&product).and_then(|place| self.prices.get(place.clone())).unwrap_or_default()
    }

    /// The price that [`choose_price`] chooses, without the reasons.
    ///
    /// # Errors
    /// As [`choose_price`], with the reasons.
    pub fn price(&self, wanted: &PriceRequest<'_>) -> Result<PlainPrice<'_>, CatalogueError> {
        let prices = self.prices_of(wanted.product);
        match best_of(wanted, &self.lists, prices, false, |_, _| {})? {
            Some((list, made)) => Ok(PlainPrice { amount: made.amount, cost: made.cost, list }),
            None => self.explain(wanted).map(|chosen| PlainPrice {
                amount: chosen.amount,
                cost: chosen.cost,
                list: chosen.list,
            }),
        }
    }

    /// The price that one list gives, whatever it is for: its own, or what its formula makes of another's; none if it gives none.
    #[must_use]
    pub fn price_in(&self, list: PriceListId, wanted: &PriceRequest<'_>) -> Option<PlainPrice<'_>> {
        let list = self.lists.iter().find(|known| known.id == list)?;
        let made = made(wanted, list, &self.lists, self.prices_of(wanted.product), false).ok()?.ok()?;
        Some(PlainPrice { amount: made.amount, cost: made.cost, list })
    }

    /// The same book with every price of a list changed by so many percent, rounded to the minor unit; costs stay.
    #[must_use]
    pub fn with_percent(&self, list: PriceListId, percent: Decimal) -> Self {
        let mut changed = self.clone();
        for price in changed.prices.iter_mut().filter(|price| price.price_list == list) {
            // A price too large to be changed stays as it is.
            if let Ok(amount) = price.amount.percent(Decimal::ONE_HUNDRED + percent) {
                price.amount = amount.rounded();
            }
        }
        changed
    }

    /// The same book with the prices of a list replaced by those of another, product by product; a product that the other does not
    /// have keeps its own.
    #[must_use]
    pub fn with_list(&self, list: PriceListId, other: PriceListId) -> Self {
        let mut prices = Vec::with_capacity(self.prices.len());
        for run in self.prices.chunk_by(|left, right| left.product == right.product) {
            let replaced = run.iter().any(|price| price.price_list == other);
            prices.extend(run.iter().filter(|price| !(replaced && price.price_list == list)).cloned());
            let moved = run.iter().filter(|price| price.price_list == other).cloned();
            prices.extend(moved.map(|price| Price { price_list: list, ..price }));
        }
        Self::new(self.lists.clone(), prices)
    }

    /// The price with the reasons.
    ///
    /// # Errors
    /// As [`choose_price`].
    pub fn explain(&self, wanted: &PriceRequest<'_>) -> Result<ChosenPrice<'_>, CatalogueError> {
        choose_price(wanted, &self.lists, self.prices_of(wanted.product))
    }
}
