//! The lines as a table.

use super::{Place, RepricedLine};
use crate::error::Result;
use crate::table::{Table, arrow_failed};
use crate::what_if_table::LineWhy;
use crate::what_if_table::written::{amount_column, words};
use arrow_array::builder::StringViewBuilder;
use arrow_array::{ArrayRef, Decimal128Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use clientela_core::sales::Offer;
use clientela_core::sales::waterfall::MOST_DECIMALS;
use clientela_core::sales::what_if::line_digits;
use clientela_model::identifier::Currency;
use clientela_model::{Money, RoundingPolicy};
use std::sync::Arc;

pub(super) fn of_lines(
    lines: &[(Place, Option<RepricedLine>)],
    offers: &[Offer],
    currency: Currency,
) -> Result<Table> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    let (mut numbers, mut places, mut products) =
        (StringViewBuilder::new(), StringViewBuilder::new(), StringViewBuilder::new());
    for (place, _) in lines {
        numbers.append_option(offers.get(place.offer).map(|offer| offer.number.as_str()));
        places.append_value(&place.line);
        products.append_value(&place.code);
    }
    for (name, mut texts) in [("offer", numbers), ("line", places), ("product", products)] {
        fields.push(Field::new(name, DataType::Utf8View, true));
        arrays.push(Arc::new(texts.finish()));
    }
    // A quantity has at most as many decimals as its price may.
    let scale = lines.iter().map(|(place, _)| place.quantity.normalize().scale()).max().unwrap_or(0);
    let scale = scale.min(MOST_DECIMALS);
    let quantities: Vec<i128> = lines
        .iter()
        .map(|(place, _)| {
            let mut quantity = place.quantity;
            quantity.rescale(scale);
            quantity.mantissa()
        })
        .collect();
    let digits = i8::try_from(scale).unwrap_or_default();
    let quantities =
        Decimal128Array::from(quantities).with_precision_and_scale(38, digits).map_err(arrow_failed)?;
    fields.push(Field::new("quantity", DataType::Decimal128(38, digits), true));
    arrays.push(Arc::new(quantities));
    // Offers of both policies stand together: as fine as the finer.
    let scale = currency.minor_units() + line_digits(RoundingPolicy::Document);
    let of_lines = |amount: fn(&RepricedLine) -> Option<Money>| -> Vec<Option<i128>> {
        let units = |line: &Option<RepricedLine>| {
            let mut amount = amount(line.as_ref()?)?.amount();
            amount.rescale(scale);
            Some(amount.mantissa())
        };
        lines.iter().map(|(_, line)| units(line)).collect()
    };
    for (name, amounts) in [
        ("net_before", of_lines(|line| Some(line.net_before))),
        ("net_after", of_lines(|line| Some(line.net_after))),
        ("difference", of_lines(|line| line.net_after.checked_sub(line.net_before).ok())),
        ("margin_difference", of_lines(|line| Some(line.margin_delta))),
    ] {
        let (field, array) = amount_column(name, amounts, currency, scale)?;
        fields.push(field);
        arrays.push(array);
    }
    let why = lines.iter().map(|(_, line)| match line {
        Some(line) if line.net_before != line.net_after => LineWhy::Changed,
        Some(_) => LineWhy::Same,
        None => LineWhy::Refused,
    });
    let why = words(&LineWhy::WORDS, why.map(|why| Some(why as i32)).collect())?;
    fields.push(Field::new("why", why.data_type().clone(), false));
    arrays.push(why);
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(arrow_failed)?;
    Ok(Table::new(schema, vec![batch]))
}
