//! What if list prices changed: lines of offers in a table priced again, into a table.
//!
//! The lines are those of any table with the columns of `offer_item` that are named here; the steps of their prices those of a table with
//! columns of `price_step`. A line is computed as the [`waterfall`](clientela_core::sales::waterfall) does, on columns of whole numbers; what
//! does not fit them goes through the waterfall itself.
//!
//! | column of the lines | |
//! | --- | --- |
//! | `unit_list`, `quantity` | needed |
//! | `offer`, `revision`, `line` | name a line; needed as far as the steps have them |
//! | `included`, `parent_line` | an option whose price is inside that of a line |
//! | `product` | needed where new prices are given |
//! | `price_list` | needed where a list is given |
//! | `base_quantity`, `tax_included`, `tax_percent` | read where they are there |
//!
//! | column of the steps | |
//! | --- | --- |
//! | `line`, `kind` | needed; steps without a line, and those that are computed, are passed over |
//! | `offer`, `revision` | needed where the lines have them |
//! | `percent`, `basis`, `amount` | how the step changes the price |
//! | `sequence` | its place; the order of the table when it is not there |
//!
//! Amounts are decimals of one currency; floats are refused.

mod columns;
mod general;
mod lines;
mod steps;
pub(crate) mod written;

use crate::error::Result;
use crate::table::Table;
use clientela_columns::Records;
use clientela_model::identifier::Currency;
use clientela_model::{RoundingPolicy, ValueError};
use columns::{Keyed, NewPrices};
use lines::Lines;
use rust_decimal::Decimal;
use uuid::Uuid;

/// How list prices change.
#[derive(Debug, Clone, Default)]
pub struct ListChange {
    /// By so many percent, rounded to the minor unit; below nothing they fall.
    pub percent: Option<Decimal>,
    /// Or: to these, by the columns `product` and `unit_list`; other products keep theirs.
    pub prices: Option<Table>,
    /// Of lines whose price is from this list only.
    pub price_list: Option<Uuid>,
    /// The currency of the amounts, where the table does not say it.
    pub currency: Option<Currency>,
    /// Where the offers round.
    pub rounding: RoundingPolicy,
}

/// Why a line is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineWhy {
    /// Its list price changes.
    Changed,
    /// The new list price is the old one.
    Same,
    /// Its price is from another list.
    OtherList,
    /// There is no new price of its product.
    NoNewPrice,
    /// Its price cannot be computed, such as one below nothing.
    Refused,
}

impl LineWhy {
    /// All of them, by number.
    pub(crate) const WORDS: [&'static str; 5] = [
        "what_if.changed",
        "what_if.same_price",
        "what_if.other_list",
        "what_if.no_new_price",
        "what_if.refused",
    ];
}

/// Prices every line of a table twice: as it is, and with list prices changed. Gives a table with a row for each line that is no option
/// inside another: what names it, `net_before`, `net_after`, `difference` and `why`.
///
/// ```
/// use arrow_array::{ArrayRef, Decimal128Array, RecordBatch};
/// use clientela::{ListChange, Table, what_if_over_table};
/// use std::sync::Arc;
/// let money = |units: Vec<i128>| Arc::new(Decimal128Array::from(units).with_precision_and_scale(38, 2).unwrap()) as ArrayRef;
/// let batch = RecordBatch::try_from_iter([("unit_list", money(vec![100_000, 250_050])), ("quantity", money(vec![100, 300]))])?;
/// let lines = Table::new(batch.schema(), vec![batch]);
/// let change = ListChange { percent: Some(3.into()), currency: Some("EUR".parse()?), ..ListChange::default() };
/// let told = what_if_over_table(&lines, None, &change)?;
/// assert_eq!(told.rows(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `what_if.columns` for a column that is not there; `what_if.percent`; `what_if.currency` when amounts are of several currencies or of one
/// that is not said; `columns.type` for a column of another type.
pub fn what_if_over_table(lines: &Table, steps: Option<&Table>, change: &ListChange) -> Result<Table> {
    if change.percent.is_some() == change.prices.is_some() {
        let expected = "percent or prices, one of them";
        return Err(ValueError::new("what_if.percent", "change", "is said twice or not at all", expected)
            .at("percent")
            .into());
    }
    if change.percent.is_some_and(|percent| percent <= -Decimal::ONE_HUNDRED) {
        let problem = "takes away more than there is";
        return Err(ValueError::new("what_if.percent", "percent", problem, "above -100")
            .at("percent")
            .into());
    }
    let currency = columns::currency_of(lines, steps, change)?;
    let read = |table: &Table, wanted: &'static [&'static str]| {
        Records::from_arrow(table.schema(), table.batches(), &|name: &str| wanted.contains(&name))
    };
    let of_lines = read(lines, columns::OF_LINES)?;
    let of_steps = steps.map(|steps| read(steps, columns::OF_STEPS)).transpose()?;
    let of_prices = change.prices.as_ref().map(|prices| read(prices, columns::OF_PRICES)).transpose()?;
    let prices = NewPrices::new(change, of_prices.as_ref(), currency)?;
    let keys = Keyed::new(&of_lines)?;
    let mut gathered = Lines::gather(&of_lines, lines.rows(), &keys, &prices, currency)?;
    if let (Some(records), Some(steps)) = (&of_steps, steps) {
        gathered.take_steps(records, steps.rows(), &keys, currency)?;
    }
    let repriced = gathered.reprice(change.rounding);
    let general = general::reprice(
        (&of_lines, &keys),
        of_steps.as_ref(),
        &prices,
        &gathered,
        (currency, change.rounding),
    )?;
    written::table(&gathered, &keys, &repriced, &general, (currency, change.rounding))
}
