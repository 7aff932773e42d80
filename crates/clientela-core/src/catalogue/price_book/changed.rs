//! Price books as they would be if a list changed.

use super::PriceBook;
use crate::catalogue::Price;
use crate::catalogue::formula::{Offering, made};
use crate::catalogue::pricing::PriceRequest;
use crate::ids::{PriceListId, ProductId};
use clientela_model::money::RateTable;
use rust_decimal::Decimal;

impl PriceBook {
    /// The same book with every price of a list changed by so many percent, rounded to the minor unit; costs stay. What its formula
    /// makes of another list changes too, and what is made of it.
    #[must_use]
    pub fn with_percent(&self, list: PriceListId, percent: Decimal, rates: &RateTable) -> Self {
        self.with_prices(list, |product| {
            let mut prices = self.prices_given(list, product, rates);
            for price in &mut prices {
                // A price too large to be changed stays as it is.
                if let Ok(amount) = price.amount.percent(Decimal::ONE_HUNDRED + percent) {
                    price.amount = amount.rounded();
                }
            }
            prices
        })
    }

    /// The same book with the prices of a list replaced by those another gives, its own or made by its formula, product by product; a
    /// product that the other gives no price of keeps its own. The other may be made from the first.
    #[must_use]
    pub fn with_list(&self, list: PriceListId, other: PriceListId, rates: &RateTable) -> Self {
        self.with_prices(list, |product| self.prices_given(other, product, rates))
    }

    /// The same book with other prices of a list, where there are some.
    fn with_prices(&self, list: PriceListId, prices: impl Fn(ProductId) -> Vec<Price>) -> Self {
        let mut changed = Vec::with_capacity(self.prices.len());
        for product in self.places.keys() {
            let replaced = prices(*product);
            let kept = self.prices_of(*product).iter();
            changed.extend(kept.filter(|price| replaced.is_empty() || price.price_list != list).cloned());
            changed.extend(replaced.into_iter().map(|price| Price { price_list: list, ..price }));
        }
        Self::new(self.lists.clone(), changed)
    }

    /// Every price a list gives of a product, from the smallest quantity up: its own, and where it has none what its formula makes of the
    /// list beneath, on a day on which all of them hold.
    fn prices_given(&self, list: PriceListId, product: ProductId, rates: &RateTable) -> Vec<Price> {
        let Some(place) = self.lists.iter().position(|known| known.id == list) else { return Vec::new() };
        let of_product = self.of_product(product);
        // A list may stand on itself by mistake; each is looked at once.
        let mut chain = vec![place];
        while let Some(base) =
            chain.last().and_then(|at| of_product.base(*at)).filter(|at| !chain.contains(at))
        {
            chain.push(base);
        }
        let lists = || chain.iter().filter_map(|at| self.lists.get(*at));
        let Some((currency, day)) =
            lists().next().map(|list| list.currency).zip(lists().map(|list| list.valid_from).max())
        else {
            return Vec::new();
        };
        let of_chain =
            of_product.prices.iter().filter(|price| chain.contains(&self.place_of(price.price_list)));
        let mut quantities: Vec<Decimal> = of_chain.map(|price| price.from_quantity).collect();
        quantities.sort_unstable();
        quantities.dedup();
        let given = quantities.into_iter().filter_map(|quantity| {
            let (market, price_group, rates) = (None, None, Some(rates));
            let wanted = PriceRequest { product, currency, market, day, quantity, price_group, rates };
            let made = made(&wanted, &of_product, place, false).ok()?.ok()?;
            let (id, amount, cost) = (made.price.id, made.amount, made.cost);
            Some(Price { id, price_list: list, product, from_quantity: quantity, amount, cost })
        });
        given.collect()
    }
}
