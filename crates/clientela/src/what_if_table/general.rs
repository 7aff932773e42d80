//! Lines that do not fit whole numbers: through the waterfall itself.

use super::columns::{Keyed, NewPrices, decimal, flag, needed, optional};
use super::lines::{Lines, each};
use super::steps::StepColumns;
use crate::error::Result;
use clientela_columns::Records;
use clientela_core::catalogue::ProductKind;
use clientela_core::sales::waterfall::{ItemInput, OptionInput};
use clientela_core::sales::what_if::{RepricedLine, reprice_one};
use clientela_model::identifier::Currency;
use clientela_model::{Money, RoundingPolicy};
use std::collections::HashMap;

/// By line: what the waterfall makes of it, none where it refuses its price.
pub(super) type General = HashMap<usize, Option<RepricedLine>>;

/// The item before and after.
type Pair = (ItemInput, ItemInput);

pub(super) fn reprice<'a>(
    (records, keys): (&'a Records, &Keyed<'a>),
    steps: Option<&Records>,
    prices: &NewPrices<'a>,
    lines: &Lines,
    (currency, rounding): (Currency, RoundingPolicy),
) -> Result<General> {
    if lines.unfit.is_empty() {
        return Ok(General::new());
    }
    let (list, quantity) = (needed(records, "unit_list")?, needed(records, "quantity")?);
    let of_price = (keys.product, optional(records, "price_list"));
    let priced = |row: usize| {
        let before = Money::new(decimal(Some(list), row)?, currency);
        Some((before, prices.exact(of_price, row, before)?))
    };
    let mut pairs: HashMap<usize, Option<Pair>> = HashMap::new();
    for line in &lines.unfit {
        let Some(row) = lines.rows.get(*line).map(|row| *row as usize) else { continue };
        let pair = || {
            let (before, after) = priced(row)?;
            let percent = decimal(optional(records, "tax_percent"), row).unwrap_or_default();
            let quantity = decimal(Some(quantity), row)?;
            let mut item = ItemInput::new("1", ProductKind::Other, "", quantity, before, ("S", percent));
            item.base_quantity = decimal(optional(records, "base_quantity"), row);
            item.tax_included = flag(optional(records, "tax_included"), row);
            Some((item.clone(), ItemInput { unit_list: after, ..item }))
        };
        pairs.insert(*line, pair());
    }
    for (row, line) in &lines.options {
        let Some(place) = pairs.get_mut(&(*line as usize)) else { continue };
        let option = place.as_ref().and_then(|(item, _)| {
            let (before, after) = priced(*row as usize)?;
            let each = each(decimal(Some(quantity), *row as usize)?, item.quantity)?;
            let number = item.options.len() + 1;
            let option = |price| {
                let line = clientela_model::ShortText::of_part(1, number);
                OptionInput { quantity: each, ..OptionInput::new(line, "", price) }
            };
            Some((option(before), option(after)))
        });
        match (place.as_mut(), option) {
            (Some((before, after)), Some((old, new))) => {
                before.options.push(old);
                after.options.push(new);
            }
            // One option that cannot be read, and the line cannot.
            _ => *place = None,
        }
    }
    if let Some(steps) = steps {
        let columns = StepColumns::new(steps)?;
        for (row, line) in &lines.step_rows {
            let Some(place) = pairs.get_mut(&(*line as usize)) else { continue };
            match (place.as_mut(), columns.step(*row as usize, currency)) {
                (Some((before, after)), Some(step)) => {
                    before.steps.push(step.clone());
                    after.steps.push(step);
                }
                _ => *place = None,
            }
        }
    }
    let repriced = pairs.into_iter().map(|(line, pair)| {
        (line, pair.and_then(|(before, after)| reprice_one(currency, rounding, &before, &after)))
    });
    Ok(repriced.collect())
}
