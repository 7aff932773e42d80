//! Price lists read once, and asked for many prices.

mod changed;

use super::formula::{Made, Offering, factor, made};
use super::pricing::{
    CatalogueError, ChosenPrice, Passed, PriceRequest, PriceTerms, choose_price, not_for, rank, rank_of_price,
};
use super::{Price, PriceList};
use crate::ids::{PriceListId, ProductId};
use clientela_model::Money;
use rust_decimal::Decimal;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// All lists with their prices, each product's prices together: a price is found without looking at those of other products.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    lists: Vec<PriceList>,
    /// By place of the list: that of the list it is made from.
    bases: Vec<Option<usize>>,
    /// Of each product together, list by list, from the smallest quantity up.
    prices: Vec<Price>,
    /// By place of the list: what its formula multiplies a price by.
    factors: Vec<Option<Decimal>>,
    /// What a price is found by, at the place of the price.
    keys: Vec<Key>,
    places: HashMap<ProductId, Run, BuildHasherDefault<IdHasher>>,
    /// Products with a price that does not fit its list: which error is theirs the long way says.
    unfit: Vec<ProductId>,
}

/// List and least quantity of a price.
#[derive(Debug, Clone, Copy)]
struct Key {
    /// Place of the list; past the end for a list that is not known.
    list: u32,
    from: Decimal,
}

/// Where the prices of a product stand.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    first: u32,
    count: u32,
}

impl Run {
    fn range(self) -> Range<usize> {
        let first = self.first as usize;
        first..first + self.count as usize
    }
}

/// Ids are random already: their two words are mixed, no more.
#[derive(Debug, Clone, Copy, Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks(8) {
            let mut whole = [0; 8];
            whole.iter_mut().zip(word).for_each(|(place, byte)| *place = *byte);
            self.write_u64(u64::from_ne_bytes(whole));
        }
    }
    fn write_u64(&mut self, word: u64) {
        // Times the golden ratio, with the upper half of the product folded into the lower: counted ids spread as well.
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        let half = |number: u128| u64::try_from(number & u128::from(u64::MAX)).unwrap_or_default();
        self.0 = (half(product) ^ half(product >> 64)).wrapping_add(0x2545_f491_4f6c_dd1d);
    }
    fn write_usize(&mut self, _length: usize) {
        // Ids are of one length.
    }
    fn finish(&self) -> u64 {
        self.0
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
        let place = |id: PriceListId| lists.iter().position(|list| list.id == id);
        let bases = lists.iter().map(|list| list.base_list.and_then(place)).collect();
        let factors = lists.iter().map(factor).collect();
        let mut book = Self { lists, bases, factors, ..Self::default() };
        prices.sort_by_key(|price| price.product);
        book.prices.reserve(prices.len());
        book.keys.reserve(prices.len());
        let mut prices = prices.into_iter().peekable();
        while let Some(first) = prices.next() {
            let product = first.product;
            let mut own = vec![first];
            own.extend(std::iter::from_fn(|| prices.next_if(|price| price.product == product)));
            book.put(product, own);
        }
        book
    }

    /// Puts the prices of a product, in all lists, in place of those it has here; prices of other products are left out. For whoever
    /// reads the prices of a product when it is asked for first.
    pub fn put(&mut self, product: ProductId, prices: Vec<Price>) {
        let place = |id: PriceListId| self.lists.iter().position(|list| list.id == id);
        let mut own: Vec<(usize, Price)> = prices
            .into_iter()
            .filter(|price| price.product == product)
            .map(|price| (place(price.price_list).unwrap_or(self.lists.len()), price))
            .collect();
        own.sort_by_key(|(list, price)| (*list, rank_of_price(price)));
        self.unfit.retain(|unfit| *unfit != product);
        let wrong = |(list, price): &(usize, Price)| {
            self.lists.get(*list).is_some_and(|list| list.currency != price.amount.currency())
        };
        if own.iter().any(wrong) {
            self.unfit.push(product);
        }
        let first = self.prices.len();
        for (list, price) in own {
            self.keys.push(Key { list: small(list), from: price.from_quantity });
            self.prices.push(price);
        }
        // What stood there before is passed over from now on.
        let count = small(self.prices.len() - first);
        self.places.insert(product, Run { first: small(first), count });
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
        self.places.get(&product).and_then(|run| self.prices.get(run.range())).unwrap_or_default()
    }

    /// The book for one offer: the lists that count for it are found once, for all of its prices.
    #[must_use]
    pub fn for_offer<'t>(&self, terms: PriceTerms<'t>) -> OfferPrices<'_, 't> {
        let counts =
            |place: &usize| self.lists.get(*place).is_some_and(|list| not_for(&terms, list).is_none());
        let mut lists: Vec<usize> = (0..self.lists.len()).filter(counts).collect();
        lists.sort_by_key(|place| Reverse(self.lists.get(*place).map(rank)));
        OfferPrices { book: self, terms, lists }
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

    fn of_product(&self, product: ProductId) -> OfProduct<'_> {
        let place = self.places.get(&product).copied().unwrap_or_default().range();
        let keys = self.keys.get(place.clone()).unwrap_or_default();
        OfProduct { book: self, keys, prices: self.prices.get(place).unwrap_or_default() }
    }

    fn plain(&self, place: usize, made: &Made<'_>) -> Option<PlainPrice<'_>> {
        let list = self.lists.get(place)?;
        Some(PlainPrice { amount: made.amount, cost: made.cost, list })
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Whether a quantity is at most another: nearly all have as many decimals, where comparing them is comparing whole numbers.
fn is_at_most(least: Decimal, quantity: Decimal) -> bool {
    if least.scale() == quantity.scale() {
        least.mantissa() <= quantity.mantissa()
    } else {
        least <= quantity
    }
}

/// The prices of one product.
struct OfProduct<'a> {
    book: &'a PriceBook,
    keys: &'a [Key],
    prices: &'a [Price],
}

impl<'a> Offering<'a> for OfProduct<'a> {
    type At = usize;
    fn list(&self, at: usize) -> Option<&'a PriceList> {
        self.book.lists.get(at)
    }
    fn base(&self, at: usize) -> Option<usize> {
        self.book.bases.get(at).copied().flatten()
    }
    fn factor(&self, at: usize) -> Option<Decimal> {
        self.book.factors.get(at).copied().flatten()
    }
    fn own(&self, at: usize, quantity: Decimal) -> Result<&'a Price, Passed> {
        let mut found = Err(Passed::NoPrice);
        // From the smallest quantity up: the last that is not too great is the one.
        for (key, price) in self.keys.iter().zip(self.prices).filter(|(key, _)| key.list as usize == at) {
            if is_at_most(key.from, quantity) {
                found = Ok(price);
            } else {
                return found.or(Err(Passed::QuantityTooSmall));
            }
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
}

impl<'a> OfferPrices<'a, '_> {
    /// The price that [`choose_price`] chooses for so many of a product, without the reasons.
    ///
    /// # Errors
    /// As [`choose_price`], with the reasons.
    pub fn price(&self, product: ProductId, quantity: Decimal) -> Result<PlainPrice<'a>, CatalogueError> {
        let wanted = self.terms.of(product, quantity);
        self.found(&wanted).unwrap_or_else(|| self.book.the_long_way(&wanted))
    }

    /// The same with the reasons.
    ///
    /// # Errors
    /// As [`choose_price`].
    pub fn explain(&self, product: ProductId, quantity: Decimal) -> Result<ChosenPrice<'a>, CatalogueError> {
        self.book.explain(&self.terms.of(product, quantity))
    }

    /// None when only the long way can tell.
    fn found(&self, wanted: &PriceRequest<'_>) -> Option<Result<PlainPrice<'a>, CatalogueError>> {
        let book = self.book;
        if !book.unfit.is_empty() && book.unfit.contains(&wanted.product) {
            return None;
        }
        let of_product = book.of_product(wanted.product);
        let mut converted = None;
        for place in &self.lists {
            match made(wanted, &of_product, *place, false) {
                Ok(Ok(made)) if !made.converted => return book.plain(*place, &made).map(Ok),
                // One in the currency goes before one that is converted.
                Ok(Ok(made)) => converted = converted.or_else(|| book.plain(*place, &made)),
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
        converted.map(Ok)
    }
}
