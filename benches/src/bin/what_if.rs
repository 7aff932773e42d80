//! A million lines of offers priced again under a changed list, from a table to a table.
//!
//! The tables are what the store hands out of `offer_item` and `price_step`: ten lines an offer, an option inside every fourth, two or
//! three steps each. Every hundredth line found is compared with what the waterfall makes of it.
//!
//! `cargo run --release -p clientela-benches --bin what_if -- --lines 1000000 --rounds 5`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use arrow_array::builder::{BooleanBuilder, Int64Builder, StringDictionaryBuilder, StringViewBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type};
use arrow_array::{ArrayRef, Decimal128Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use clientela::model::identifier::Currency;
use clientela::model::{Money, RoundingPolicy};
use clientela::{ListChange, Table, what_if_over_table};
use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments};
use clientela_benches::measure::{measured, per_second, readable};
use clientela_core::catalogue::ProductKind;
use clientela_core::sales::waterfall::{ItemInput, OfferInput, OptionInput, StepInput, price};
use clientela_core::sales::{Authority, Basis, PriceStepKind};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

const LINES_OF_OFFER: usize = 10;
const PRODUCTS: usize = 25_000;
const PERCENT: i64 = 3;
const CHECKED: usize = 100;
const WANTED: u64 = 500_000;

/// One line as it was made.
struct Line {
    list: i64,
    option: Option<i64>,
    quantity: i64,
    /// Basis points of what is left, then minor units.
    steps: Vec<(bool, i64)>,
}

fn line(at: usize) -> Line {
    let number = i64::try_from(at).unwrap_or(0);
    let mut steps = vec![(true, -(number % 700) - 1), (true, -(number % 300) - 1)];
    if at.is_multiple_of(2) {
        steps.push((false, -(number % 5_000) - 1));
    }
    Line {
        list: 100_000 + number * 7_919 % 20_000_000,
        option: (at.is_multiple_of(4)).then_some(5_000 + number * 31 % 90_000),
        quantity: 1 + number % 5,
        steps,
    }
}

#[derive(Default)]
struct Items {
    offer: StringViewBuilder,
    revision: Int64Builder,
    line: StringViewBuilder,
    parent: StringViewBuilder,
    included: BooleanBuilder,
    product: StringViewBuilder,
    quantity: Vec<i128>,
    list: Vec<i128>,
}

impl Items {
    fn row(&mut self, at: usize, option: bool, units: i64, quantity: i64) {
        self.offer.append_value(offer_of(at));
        self.revision.append_value(1);
        let place = at % LINES_OF_OFFER + 1;
        if option {
            self.line.append_value(format!("{place}.1"));
            self.parent.append_value(place.to_string());
        } else {
            self.line.append_value(place.to_string());
            self.parent.append_null();
        }
        self.included.append_value(option);
        self.product.append_value(Uuid::from_u128((at % PRODUCTS) as u128).to_string());
        self.quantity.push(quantity.into());
        self.list.push(units.into());
    }

    fn finish(mut self) -> Result<Table> {
        table(vec![
            ("offer", Arc::new(self.offer.finish()), false),
            ("revision", Arc::new(self.revision.finish()), false),
            ("line", Arc::new(self.line.finish()), false),
            ("parent_line", Arc::new(self.parent.finish()), false),
            ("included", Arc::new(self.included.finish()), false),
            ("product", Arc::new(self.product.finish()), false),
            ("quantity", decimals(self.quantity, 0)?, false),
            ("unit_list", decimals(self.list, 2)?, true),
        ])
    }
}

#[derive(Default)]
struct Steps {
    offer: StringViewBuilder,
    revision: Int64Builder,
    line: StringViewBuilder,
    sequence: Int64Builder,
    kind: StringDictionaryBuilder<Int32Type>,
    basis: StringDictionaryBuilder<Int32Type>,
    percent: Vec<Option<i128>>,
    amount: Vec<i128>,
}

impl Steps {
    fn row(&mut self, at: usize, sequence: usize, (percent, size): (bool, i64)) {
        self.offer.append_value(offer_of(at));
        self.revision.append_value(1);
        self.line.append_value((at % LINES_OF_OFFER + 1).to_string());
        self.sequence.append_value(i64::try_from(sequence).unwrap_or(0));
        self.kind.append_value(if percent { "campaign" } else { "manual" });
        self.basis.append_option(percent.then_some("running"));
        self.percent.push(percent.then_some(size.into()));
        // What a percentage takes is a figure of the store that is not read.
        self.amount.push(if percent { 0 } else { size.into() });
    }

    fn finish(mut self) -> Result<Table> {
        let percent = Decimal128Array::from(self.percent).with_precision_and_scale(38, 2)?;
        table(vec![
            ("offer", Arc::new(self.offer.finish()), false),
            ("revision", Arc::new(self.revision.finish()), false),
            ("line", Arc::new(self.line.finish()), false),
            ("sequence", Arc::new(self.sequence.finish()), false),
            ("kind", Arc::new(self.kind.finish()), false),
            ("basis", Arc::new(self.basis.finish()), false),
            ("percent", Arc::new(percent), false),
            ("amount", decimals(self.amount, 2)?, true),
        ])
    }
}

fn offer_of(at: usize) -> String {
    Uuid::from_u128((1 << 100) + (at / LINES_OF_OFFER) as u128).to_string()
}

fn decimals(units: Vec<i128>, scale: i8) -> Result<ArrayRef> {
    Ok(Arc::new(Decimal128Array::from(units).with_precision_and_scale(38, scale)?))
}

fn table(columns: Vec<(&str, ArrayRef, bool)>) -> Result<Table> {
    let euro = HashMap::from([("clientela.currency".to_owned(), "EUR".to_owned())]);
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array, money)| {
            let field = Field::new(*name, DataType::clone(array.data_type()), true);
            if *money { field.with_metadata(euro.clone()) } else { field }
        })
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array, _)| array).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
    Ok(Table::new(schema, vec![batch]))
}

/// What the waterfall makes of a line, with its list prices as they are or as they would be.
fn by_the_waterfall(at: usize, percent: Decimal) -> Result<i128> {
    let made = line(at);
    let euro = Currency::parse("EUR")?;
    let listed = |units: i64| -> Result<Money> {
        Ok(Money::from_minor(units, euro).percent(Decimal::ONE_HUNDRED + percent)?.rounded())
    };
    let tax = ("S", Decimal::from(22));
    let quantity = Decimal::from(made.quantity);
    let mut item = ItemInput::new("1", ProductKind::Vehicle, "P", quantity, listed(made.list)?, tax);
    if let Some(option) = made.option {
        item.options.push(OptionInput::new("1.1", "O", listed(option)?));
    }
    for (percent, size) in made.steps {
        item.steps.push(if percent {
            let percent = Decimal::new(-size, 2);
            StepInput::percent_off(PriceStepKind::Campaign, "C", percent, Basis::Running, Authority::None)
        } else {
            let amount = Money::from_minor(-size, euro);
            StepInput::amount_off(PriceStepKind::Manual, "M", amount, Authority::None)
        });
    }
    let price_date = chrono::NaiveDate::MIN;
    let (items, settlements) = (vec![item], Vec::new());
    let rounding = RoundingPolicy::Line;
    let priced = price(&OfferInput { currency: euro, rounding, price_date, items, settlements })?;
    Ok(priced.items.first().ok_or("one item has one price")?.line_net.amount().mantissa())
}

fn amounts<'a>(table: &'a Table, name: &str) -> Result<&'a [i128]> {
    let batch = table.batches().first().ok_or("one batch")?;
    let column = batch.column_by_name(name).ok_or("a column")?;
    Ok(column.as_primitive_opt::<Decimal128Type>().ok_or("amounts are decimals")?.values())
}

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let count: usize = arguments.option("lines", 1_000_000)?;
    let rounds: usize = arguments.option("rounds", 5)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;

    let (mut items, mut steps) = (Items::default(), Steps::default());
    let (mut options, mut step_count) = (0, 0);
    for at in 0..count {
        let made = line(at);
        items.row(at, false, made.list, made.quantity);
        if let Some(option) = made.option {
            items.row(at, true, option, made.quantity);
            options += 1;
        }
        for (sequence, step) in made.steps.iter().enumerate() {
            steps.row(at, sequence + 2, *step);
            step_count += 1;
        }
    }
    let (items, steps) = (items.finish()?, steps.finish()?);
    let percent = Decimal::from(PERCENT);
    let change = ListChange { percent: Some(percent), ..ListChange::default() };
    let (told, series) = measured(rounds, || Ok(what_if_over_table(&items, Some(&steps), &change)?))?;
    let (before, after) = (amounts(&told, "net_before")?, amounts(&told, "net_after")?);
    let mut checked = 0;
    for at in (0..count).step_by(CHECKED) {
        let wanted = (by_the_waterfall(at, Decimal::ZERO)?, by_the_waterfall(at, percent)?);
        if (before.get(at), after.get(at)) != (Some(&wanted.0), Some(&wanted.1)) {
            return Err(format!("line {at} differs from the waterfall: {wanted:?}").into());
        }
        checked += 1;
    }
    let median = series.median();
    println!("{count} lines, {options} options inside them, {step_count} steps, {rounds} rounds");
    println!("  wall median {}, cpu median {}", readable(median.wall), readable(median.cpu));
    println!(
        "  {} lines a second of the processor, wanted {WANTED}; {checked} compared with the waterfall: the same",
        per_second(count, median.cpu)
    );
    Ok(())
}
