//! The answer as a table.

use super::LineWhy;
use super::columns::{Cell, Keyed, cell};
use super::general::General;
use super::lines::Lines;
use crate::error::Result;
use crate::table::{Table, arrow_failed};
use arrow_array::builder::{FixedSizeBinaryBuilder, Int64Builder, StringViewBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Decimal128Array, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use clientela_columns::{Column, Values};
use clientela_core::sales::what_if::{RepricedColumns, line_digits};
use clientela_model::identifier::Currency;
use clientela_model::{Money, RoundingPolicy};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn table(
    lines: &Lines,
    keys: &Keyed<'_>,
    repriced: &RepricedColumns,
    general: &General,
    (currency, rounding): (Currency, RoundingPolicy),
) -> Result<Table> {
    let scale = currency.minor_units() + line_digits(rounding);
    let (mut before, mut after) = (amounts(&repriced.net_before), amounts(&repriced.net_after));
    let mut why = lines.why.clone();
    let refused = repriced.unfit.iter().map(|line| (*line as usize, None));
    // What does not fit was priced by the waterfall; what was not, and is refused there, has no price.
    let refused = refused.filter(|(line, _)| !general.contains_key(line));
    for (line, told) in general.iter().map(|(line, told)| (*line, *told)).chain(refused) {
        let units = |money: Option<Money>| {
            let mut amount = money?.amount();
            amount.rescale(scale);
            Some(amount.mantissa())
        };
        let of = (units(told.map(|told| told.net_before)), units(told.map(|told| told.net_after)));
        let places = (before.get_mut(line), after.get_mut(line), why.get_mut(line));
        if let (Some(before), Some(after), Some(why)) = places {
            (*before, *after) = of;
            *why = match of {
                (None, _) | (_, None) => LineWhy::Refused,
                (old, new) if old == new => LineWhy::Same,
                _ => LineWhy::Changed,
            };
        }
    }
    let difference =
        before.iter().zip(&after).map(|(before, after)| Some(after.as_ref()? - before.as_ref()?));
    let difference: Vec<Option<i128>> = difference.collect();
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (name, column) in
        [("offer", keys.offer), ("revision", keys.revision), ("line", keys.line), ("product", keys.product)]
    {
        if let Some(column) = column {
            let array = taken(column, &lines.rows)?;
            fields.push(Field::new(name, array.data_type().clone(), true));
            arrays.push(array);
        }
    }
    for (name, column) in [("net_before", before), ("net_after", after), ("difference", difference)] {
        let (field, array) = amount_column(name, column, currency, scale)?;
        fields.push(field);
        arrays.push(array);
    }
    let array = words(&LineWhy::WORDS, why.iter().map(|why| Some(*why as i32)).collect())?;
    fields.push(Field::new("why", array.data_type().clone(), false));
    arrays.push(array);
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(arrow_failed)?;
    Ok(Table::new(schema, vec![batch]))
}

fn amounts(units: &[i64]) -> Vec<Option<i128>> {
    units.iter().map(|units| Some(i128::from(*units))).collect()
}

/// A column of amounts in one currency.
pub(crate) fn amount_column(
    name: &str,
    amounts: Vec<Option<i128>>,
    currency: Currency,
    scale: u32,
) -> Result<(Field, ArrayRef)> {
    // Far below what a decimal column has: minor units and two digits more.
    let digits = i8::try_from(scale).unwrap_or(i8::MAX);
    // Nearly always every line has an amount: then there is nothing to say of those that have none.
    let array = match amounts.iter().copied().collect::<Option<Vec<i128>>>() {
        Some(amounts) => Decimal128Array::from(amounts),
        None => Decimal128Array::from(amounts),
    };
    let array = array.with_precision_and_scale(38, digits).map_err(arrow_failed)?;
    let metadata = HashMap::from([
        ("clientela.currency".to_owned(), currency.code().to_owned()),
        ("clientela.type".to_owned(), clientela_model::ColumnType::Money.name().to_owned()),
    ]);
    Ok((Field::new(name, DataType::Decimal128(38, digits), true).with_metadata(metadata), Arc::new(array)))
}

/// A column of few words.
pub(crate) fn words(words: &[&str], keys: Vec<Option<i32>>) -> Result<ArrayRef> {
    let words = Arc::new(StringArray::from_iter_values(words));
    let array = DictionaryArray::<Int32Type>::try_new(Int32Array::from(keys), words).map_err(arrow_failed)?;
    Ok(Arc::new(array))
}

/// The cells of a column in these rows.
fn taken(column: &Column, rows: &[u32]) -> Result<ArrayRef> {
    let cells = rows.iter().map(|row| cell(Some(column), *row as usize));
    Ok(match &column.values {
        Values::Whole(_) => {
            let mut made = Int64Builder::with_capacity(rows.len());
            cells.for_each(|cell| match cell {
                Cell::Number(number) => made.append_value(number),
                _ => made.append_null(),
            });
            Arc::new(made.finish())
        }
        Values::Ids(_) => {
            let mut made = FixedSizeBinaryBuilder::with_capacity(rows.len(), 16);
            for cell in cells {
                match cell {
                    Cell::Id(id) => made.append_value(id.to_be_bytes()).map_err(arrow_failed)?,
                    _ => made.append_null(),
                }
            }
            Arc::new(made.finish())
        }
        _ => {
            let mut made = StringViewBuilder::with_capacity(rows.len());
            cells.for_each(|cell| match cell {
                Cell::Text(text) => made.append_value(text),
                _ => made.append_null(),
            });
            Arc::new(made.finish())
        }
    })
}
