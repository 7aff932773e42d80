//! The options of a line: products, or what the catalogue lets choose of the line's product.

use crate::command::kept_prices::{KnownProduct, Prices, Pricing};
use crate::command::offers::ItemLine;
use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::catalogue::{Product, name_of};
use clientela_model::identifier::Country;
use clientela_model::{Money, Predicate, Value, ValueError};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::sync::PoisonError;

/// An option of a line.
#[derive(Debug, Clone)]
pub(super) struct LineOption {
    /// Key of the product it is priced and delivered as; none where it is the catalogue's alone.
    pub(super) product: Option<String>,
    /// Its code on the offer, where it is no product.
    pub(super) code: String,
    /// Its name there.
    pub(super) label: String,
    /// Its price in the catalogue, for where no list has one.
    pub(super) price: Option<Money>,
    /// Whether it comes with another option of the line, at no price.
    pub(super) included: bool,
    /// How many are in one of the item.
    pub(super) quantity: Decimal,
}

/// Where and when options are looked up.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) market: Option<Country>,
    pub(super) day: NaiveDate,
}

/// The options of the line at `index`, in their order.
pub(super) fn of_line(
    view: &View<'_>,
    pricing: Pricing<'_>,
    prices: &Prices,
    (index, line): (usize, &ItemLine),
    place: Place,
) -> Result<Vec<LineOption>> {
    check_quantities(index, line)?;
    let plain = |code: &String| LineOption {
        product: Some(code.clone()),
        code: code.clone(),
        label: code.clone(),
        price: None,
        included: false,
        quantity: line.option_quantities.get(code).copied().unwrap_or(Decimal::ONE),
    };
    let mut options: Vec<LineOption> = line.options.iter().map(plain).collect();
    let known = prices.product(&line.product);
    let version = known.and_then(|known| prices.version_of(known, place.market, place.day));
    let (Some(KnownProduct { product, .. }), Some(version), false) = (known, version, options.is_empty())
    else {
        return Ok(options);
    };
    let shared = pricing.configurations.compiled(view, &version, &product.code)?;
    let compiled = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let chosen: Vec<Option<String>> = line
        .options
        .iter()
        .map(|code| compiled.product().sold_as(code).map(|option| option.code.clone()))
        .collect();
    let there: Vec<String> = chosen.iter().flatten().cloned().collect();
    let included = compiled.brought(&there);
    for (option, chosen) in options.iter_mut().zip(&chosen) {
        let Some(found) = chosen.as_ref().and_then(|code| compiled.product().sold_as(code)) else { continue };
        let item = found.item.as_ref().unwrap_or(&option.code);
        option.product = is_product(view, item)?.then(|| item.clone());
        option.code.clone_from(&found.code);
        option.label = name_of(&found.name, &found.code);
        option.price = found.price;
        option.included = included.contains(&found.code.as_str());
        if option.included && option.quantity != Decimal::ONE {
            let problem = "of an option that comes with a package is not one";
            return Err(quantity(index, problem, "one, and the others as an item of their own"));
        }
    }
    Ok(options)
}

/// Whether there is a product of that code.
fn is_product(view: &View<'_>, code: &str) -> Result<bool> {
    let named = Predicate::equals("code", Value::Text(Cow::Owned(code.to_owned())));
    Ok(view.first_of::<Product>(&named)?.is_some())
}

fn check_quantities(index: usize, line: &ItemLine) -> Result<()> {
    for (code, quantity_in_one) in &line.option_quantities {
        if !line.options.contains(code) {
            return Err(quantity(index, "is of an option the item does not have", "an option of the item"));
        }
        if *quantity_in_one <= Decimal::ZERO {
            return Err(quantity(index, "is nothing or less", "a number above nothing"));
        }
    }
    Ok(())
}

fn quantity(index: usize, problem: &str, expected: &str) -> crate::Error {
    let error = ValueError::new("offer.option_quantity", "quantity of an option", problem, expected);
    error.at(format!("items[{index}].option_quantities")).into()
}
