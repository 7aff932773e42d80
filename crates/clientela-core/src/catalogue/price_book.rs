//! Price lists read once, and asked for many prices.
//!
//! Most prices are found in rows of whole numbers, of lists in the currency wanted; what does not fit them, and what is converted, goes the
//! way of [`choose_price`].

mod changed;
mod hasher;
mod rows;

use super::formula::{MOST_LISTS, Made, Offering, factor, formula, made};
use super::pricing::{
    CatalogueError, ChosenPrice, Passed, PriceRequest, PriceTerms, choose_price, is_valid, not_for, rank,
    rank_of_price,
};
use super::{Price, PriceList};
use crate::ids::{PriceListId, ProductId};
use clientela_model::Money;
use hasher::IdHasher;
use rows::{Factor, Row, for_quantity, millionths};
use rust_decimal::Decimal;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::hint::black_box;
use std::ops::Range;

/// All lists with their prices, each product's prices together: a price is found without looking at those of other products.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    lists: Vec<PriceList>,
    /// By place of the list: that of the list it is made from.
    bases: Vec<Option<usize>>,
    /// By place of the list: what its formula multiplies a price by.
    factors: Vec<Option<Decimal>>,
    list_places: HashMap<PriceListId, usize, BuildHasherDefault<IdHasher>>,
    /// Of each product together, list by list, from the smallest quantity up.
    prices: Vec<Price>,
    /// The same in few words, at the same places.
    rows: Vec<Row>,
    places: HashMap<ProductId, Run, BuildHasherDefault<IdHasher>>,
}

/// Where the prices of a product stand.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    first: u32,
    count: u32,
    /// Whether its rows say all there is to say.
    plain: bool,
}

impl Run {
    fn range(self) -> Range<usize> {
        let first = self.first as usize;
        first..first + self.count as usize
    }
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
        let list_places: HashMap<_, _, _> =
            lists.iter().enumerate().map(|(place, list)| (list.id, place)).collect();
        let place = |id: PriceListId| list_places.get(&id).copied();
        let bases = lists.iter().map(|list| list.base_list.and_then(place)).collect();
        let factors = lists.iter().map(factor).collect();
        let mut book = Self { lists, bases, factors, list_places, ..Self::default() };
        // Whoever reads them in this order, as a book hands them out, need not have them put into it.
        if !prices.is_sorted_by_key(|price| (price.product, book.rank_of(price))) {
            prices.sort_by_cached_key(|price| (price.product, book.rank_of(price)));
        }
        let products = prices.chunk_by(|price, next| price.product == next.product);
        book.places.reserve(products.clone().count());
        book.rows.reserve(prices.len());
        for own in products {
            book.place(own);
        }
        book.prices = prices;
        book
    }

    /// Puts the prices of a product, in all lists, in place of those it has here; prices of other products are left out. For whoever
    /// reads the prices of a product when it is asked for first.
    pub fn put(&mut self, product: ProductId, mut prices: Vec<Price>) {
        prices.retain(|price| price.product == product);
        prices.sort_by_key(|price| self.rank_of(price));
        // What stood there before is passed over from now on; a product may have no price.
        self.places.insert(product, Run { first: small(self.rows.len()), count: 0, plain: true });
        self.place(&prices);
        self.prices.append(&mut prices);
    }

    /// The order of the prices of a product: list by list, from the smallest quantity up.
    fn rank_of(&self, price: &Price) -> (usize, (Decimal, crate::ids::PriceId)) {
        (self.place_of(price.price_list), rank_of_price(price))
    }

    /// Place of a list, past the end for one that is not known.
    fn place_of(&self, list: PriceListId) -> usize {
        self.list_places.get(&list).copied().unwrap_or(self.lists.len())
    }

    /// Makes the rows of a product, whose prices are to stand at the same places.
    fn place(&mut self, own: &[Price]) {
        let Some(product) = own.first().map(|price| price.product) else { return };
        let mut run = Run { first: small(self.rows.len()), count: small(own.len()), plain: true };
        for price in own {
            let place = self.place_of(price.price_list);
            let row = match self.lists.get(place) {
                Some(list) => Row::of(place, list, price),
                None => Some(Row::nobodys()),
            };
            run.plain &= row.is_some();
            self.rows.push(row.unwrap_or_else(Row::nobodys));
        }
        self.places.insert(product, run);
    }

    /// Whether the prices of a product are here, were it none.
    #[must_use]
    pub fn has(&self, product: ProductId) -> bool {
        self.places.contains_key(&product)
    }

    /// The lists.
    #[must_use]
    pub fn lists(&self) -> &[PriceList] {
        &self.lists
    }

    /// The prices of a product, in all lists.
    #[must_use]
    pub fn prices_of(&self, product: ProductId) -> &[Price] {
        self.prices.get(self.run(product).range()).unwrap_or_default()
    }

    /// The book for one offer: the lists that count for it are found once, for all of its prices.
    #[must_use]
    pub fn for_offer<'t>(&self, terms: PriceTerms<'t>) -> OfferPrices<'_, 't> {
        let counts =
            |place: &usize| self.lists.get(*place).is_some_and(|list| not_for(&terms, list).is_none());
        let mut lists: Vec<usize> = (0..self.lists.len()).filter(counts).collect();
        lists.sort_by_key(|place| Reverse(self.lists.get(*place).map(rank)));
        let ways = lists.iter().map(|place| self.way(*place, &terms)).filter(|way| !way.is_empty()).collect();
        OfferPrices { book: self, terms, lists, ways }
    }

    /// A list and those it is made from, as far as they are in the currency and hold on the day.
    fn way(&self, list: usize, terms: &PriceTerms<'_>) -> Vec<Link> {
        let mut way = Vec::new();
        let mut at = Some(list);
        while let Some((place, list)) = at.and_then(|at| u16::try_from(at).ok().zip(self.lists.get(at))) {
            if list.currency != terms.currency {
                break;
            }
            way.push(Link { list: place, factor: Factor::of(list, self.factor_of(place.into())) });
            let base = self.base_of(place.into()).filter(|_| way.len() < MOST_LISTS);
            at = base.filter(|base| self.lists.get(*base).is_some_and(|base| is_valid(base, terms.day)));
        }
        way
    }

    fn base_of(&self, list: usize) -> Option<usize> {
        self.bases.get(list).copied().flatten()
    }

    fn factor_of(&self, list: usize) -> Option<Decimal> {
        self.factors.get(list).copied().flatten()
    }

    /// The price that [`choose_price`] chooses, without the reasons.
    ///
    /// # Errors
    /// As [`choose_price`], with the reasons.
    pub fn price(&self, wanted: &PriceRequest<'_>) -> Result<PlainPrice<'_>, CatalogueError> {
        self.for_offer(wanted.terms()).found(wanted).unwrap_or_else(|| self.the_long_way(wanted))
    }

    /// The price that one list gives, whatever it is for: its own, or what its formula makes of another's; none if it gives none.
    #[must_use]
    pub fn price_in(&self, list: PriceListId, wanted: &PriceRequest<'_>) -> Option<PlainPrice<'_>> {
        let place = self.lists.iter().position(|known| known.id == list)?;
        let made = made(wanted, &self.of_product(wanted.product), place, false).ok()?.ok()?;
        self.plain(place, &made)
    }

    /// The price with the reasons.
    ///
    /// # Errors
    /// As [`choose_price`].
    pub fn explain(&self, wanted: &PriceRequest<'_>) -> Result<ChosenPrice<'_>, CatalogueError> {
        choose_price(wanted, &self.lists, self.prices_of(wanted.product))
    }

    fn the_long_way(&self, wanted: &PriceRequest<'_>) -> Result<PlainPrice<'_>, CatalogueError> {
        let ChosenPrice { amount, cost, list, .. } = self.explain(wanted)?;
        Ok(PlainPrice { amount, cost, list })
    }

    fn run(&self, product: ProductId) -> Run {
        self.places.get(&product).copied().unwrap_or_default()
    }

    fn of_product(&self, product: ProductId) -> OfProduct<'_> {
        OfProduct { book: self, prices: self.prices_of(product) }
    }

    fn plain(&self, place: usize, made: &Made<'_>) -> Option<PlainPrice<'_>> {
        let list = self.lists.get(place)?;
        Some(PlainPrice { amount: made.amount, cost: made.cost, list })
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The prices of one product.
struct OfProduct<'a> {
    book: &'a PriceBook,
    prices: &'a [Price],
}

impl<'a> Offering<'a> for OfProduct<'a> {
    type At = usize;
    fn list(&self, at: usize) -> Option<&'a PriceList> {
        self.book.lists.get(at)
    }
    fn base(&self, at: usize) -> Option<usize> {
        self.book.base_of(at)
    }
    fn factor(&self, at: usize) -> Option<Decimal> {
        self.book.factor_of(at)
    }
    fn own(&self, at: usize, quantity: Decimal) -> Result<&'a Price, Passed> {
        let mut found = Err(Passed::NoPrice);
        let list = self.book.lists.get(at).map(|list| list.id);
        // From the smallest quantity up: the last that is not too great is the one.
        for price in self.prices.iter().filter(|price| Some(price.price_list) == list) {
            if price.from_quantity > quantity {
                return found.or(Err(Passed::QuantityTooSmall));
            }
            found = Ok(price);
        }
        found
    }
}

/// A book for one offer.
#[derive(Debug, Clone)]
pub struct OfferPrices<'a, 't> {
    book: &'a PriceBook,
    terms: PriceTerms<'t>,
    /// Places of the lists that count, the one that goes before all others first.
    lists: Vec<usize>,
    /// The lists that count and are in the currency, in the same order, each followed by those it is made from.
    ways: Vec<Vec<Link>>,
}

/// A list on the way from one that counts down to the one that has a price of its own.
#[derive(Debug, Clone, Copy)]
struct Link {
    /// Its place.
    list: u16,
    /// Its formula, if that only multiplies.
    factor: Option<Factor>,
}

impl<'a> OfferPrices<'a, '_> {
    /// The price that [`choose_price`] chooses for so many of a product, without the reasons.
    ///
    /// # Errors
    /// As [`choose_price`], with the reasons.
    pub fn price(&self, product: ProductId, quantity: Decimal) -> Result<PlainPrice<'a>, CatalogueError> {
        self.price_of(self.book.run(product), product, quantity)
    }

    /// The prices of so many of each of these products, in their order, each as [`price`](Self::price) gives it.
    ///
    /// Where all of them stand is looked up at once: of a large catalogue most of the time goes into waiting for memory, and the waits
    /// for products that have nothing to do with each other overlap when nothing else is done in between.
    pub fn prices<'s>(
        &'s self,
        wanted: &'s [(ProductId, Decimal)],
    ) -> impl Iterator<Item = Result<PlainPrice<'a>, CatalogueError>> + 's {
        let runs: Vec<Run> = wanted.iter().map(|(product, _)| self.book.run(*product)).collect();
        // The sum says nothing: what counts is that every row was read.
        let rows = runs.iter().filter_map(|run| self.book.rows.get(run.range()));
        black_box(rows.flatten().fold(0_u16, |sum, row| sum ^ row.list()));
        runs.into_iter().zip(wanted).map(|(run, (product, quantity))| self.price_of(run, *product, *quantity))
    }

    /// The same with the reasons.
    ///
    /// # Errors
    /// As [`choose_price`].
    pub fn explain(&self, product: ProductId, quantity: Decimal) -> Result<ChosenPrice<'a>, CatalogueError> {
        self.book.explain(&self.terms.of(product, quantity))
    }

    fn price_of(
        &self,
        run: Run,
        product: ProductId,
        quantity: Decimal,
    ) -> Result<PlainPrice<'a>, CatalogueError> {
        if let Some(found) = self.in_rows(run, quantity) {
            return Ok(found);
        }
        let wanted = self.terms.of(product, quantity);
        self.found(&wanted).unwrap_or_else(|| self.book.the_long_way(&wanted))
    }

    /// The price by the rows of its product; none where they do not say it. A price in the currency goes before one that is converted, so
    /// that lists in others are asked where this finds none.
    fn in_rows(&self, run: Run, quantity: Decimal) -> Option<PlainPrice<'a>> {
        let book = self.book;
        let rows = book.rows.get(run.range()).filter(|_| run.plain)?;
        let quantity = millionths(quantity)?;
        self.ways.iter().find_map(|way| {
            let in_list =
                |(depth, link): (usize, &Link)| Some((depth, for_quantity(rows, link.list, quantity)?));
            let (depth, row) = way.iter().enumerate().find_map(in_list)?;
            let (mut amount, cost) = (row.amount(self.terms.currency), row.cost(self.terms.currency));
            // What the lowest list says is its own; the formulas of those above it follow, from the bottom up.
            for link in way.get(..depth)?.iter().rev() {
                amount = match link.factor.and_then(|factor| factor.times(amount)) {
                    Some(product) => product,
                    None => {
                        let above = usize::from(link.list);
                        formula(book.lists.get(above)?, book.factor_of(above), amount, cost)?
                    }
                };
            }
            let list = book.lists.get(usize::from(way.first()?.list))?;
            Some(PlainPrice { amount, cost, list })
        })
    }

    /// None when only the long way can tell.
    fn found(&self, wanted: &PriceRequest<'_>) -> Option<Result<PlainPrice<'a>, CatalogueError>> {
        let of_product = self.book.of_product(wanted.product);
        let misfit = |price: &Price| {
            let list = self.book.lists.get(self.book.place_of(price.price_list));
            list.is_some_and(|list| list.currency != price.amount.currency())
        };
        if of_product.prices.iter().any(misfit) {
            return None;
        }
        let mut converted = None;
        for place in &self.lists {
            match made(wanted, &of_product, *place, false) {
                Ok(Ok(made)) if !made.converted => return self.book.plain(*place, &made).map(Ok),
                // One in the currency goes before one that is converted.
                Ok(Ok(made)) => converted = converted.or_else(|| self.book.plain(*place, &made)),
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
        converted.map(Ok)
    }
}
