//! Content that another program made, joined to the products of our catalogue.

use super::PriceDesk;
use crate::command::kept_prices::Pricing;
use crate::error::Result;
use crate::view::View;
use clientela_core::catalogue::{OfferPrices, Product};
use clientela_core::ids::ProductId;
use clientela_core::sales::Opportunity;
use clientela_core::sales::waterfall::{ItemInput, OfferInput, OptionInput, PriceOrigin};
use clientela_model::{Money, Predicate, ShortText, Value};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

impl PriceDesk {
    /// Joins items and options to the products that have exactly their codes, with what one costs us by the list that would hold and
    /// the version of the catalogue it is from. Prices stay as they were stated. Gives the places whose code no product has.
    pub(crate) fn recognise(
        view: &View<'_>,
        pricing: Pricing<'_>,
        opportunity: &Opportunity,
        input: &mut OfferInput,
    ) -> Result<Vec<ShortText>> {
        let codes: BTreeSet<&str> = input
            .items
            .iter()
            .flat_map(|item| {
                item.options.iter().map(|option| option.code.as_str()).chain([item.code.as_str()])
            })
            .collect();
        let named = codes.iter().map(|code| Value::Text(Cow::Owned((*code).to_owned()))).collect();
        let products = view.records::<Product>(&Predicate::OneOf("code".into(), named))?;
        let ids: HashMap<String, String> =
            products.into_iter().map(|product| (product.code, product.id.to_string())).collect();
        let keys = ids.values().map(String::as_str);
        let desk = Self::open_for(view, pricing, opportunity, keys, input.price_date)?;
        let known = Known { prices: desk.of_offer(), desk: &desk, ids: &ids };
        let mut unknown = Vec::new();
        for item in &mut input.items {
            if !known.item(item)? {
                unknown.push(item.line.clone());
            }
            let origin = item.origin;
            for option in &mut item.options {
                if !known.option(option, origin)? {
                    unknown.push(option.line.clone());
                }
            }
        }
        Ok(unknown)
    }
}

/// The products of a content.
struct Known<'a> {
    desk: &'a PriceDesk,
    prices: OfferPrices<'a, 'a>,
    /// Ids by code, as the desk knows them.
    ids: &'a HashMap<String, String>,
}

impl Known<'_> {
    fn item(&self, item: &mut ItemInput) -> Result<bool> {
        let Some(key) = self.ids.get(item.code.as_str()) else { return Ok(false) };
        let known = self.desk.known(key)?;
        item.product = Some(known.product.id);
        item.unit_cost =
            item.unit_cost.or_else(|| self.cost(known.product.id, item.quantity, item.unit_list));
        item.origin.catalogue = self.desk.catalogue(known);
        Ok(true)
    }

    fn option(&self, option: &mut OptionInput, of_item: PriceOrigin) -> Result<bool> {
        let Some(key) = self.ids.get(option.code.as_str()) else { return Ok(false) };
        let id = self.desk.known(key)?.product.id;
        option.product = Some(id);
        option.unit_cost = option.unit_cost.or_else(|| self.cost(id, Decimal::ONE, option.unit_list));
        // An option belongs to the version its product was made from.
        option.origin.catalogue = of_item.catalogue;
        Ok(true)
    }

    /// What one costs, in the currency of the stated price; a product without a price in our lists has no known cost.
    fn cost(&self, product: ProductId, quantity: Decimal, stated: Money) -> Option<Money> {
        let cost = self.prices.price(product, quantity).ok()?.cost;
        cost.filter(|cost| cost.currency() == stated.currency())
    }
}
