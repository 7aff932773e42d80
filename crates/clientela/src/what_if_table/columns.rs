//! What the columns of the tables hold, row by row.

use super::{LineWhy, ListChange};
use crate::error::Result;
use crate::table::Table;
use clientela_columns::{Column, Records, Values};
use clientela_core::sales::what_if::ColumnPercent;
use clientela_model::identifier::Currency;
use clientela_model::{Money, ValueError};
use rust_decimal::Decimal;
use std::collections::HashMap;
use uuid::Uuid;

pub(super) const OF_LINES: &[&str] = &[
    "offer",
    "revision",
    "line",
    "parent_line",
    "included",
    "product",
    "price_list",
    "quantity",
    "unit_list",
    "base_quantity",
    "tax_included",
    "tax_percent",
];
pub(super) const OF_STEPS: &[&str] =
    &["offer", "revision", "line", "sequence", "kind", "percent", "basis", "amount"];
pub(super) const OF_PRICES: &[&str] = &["product", "unit_list"];

/// A cell that names something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Cell<'a> {
    Nothing,
    Number(i64),
    Text(&'a str),
    Id(u128),
}

/// Which line a row speaks of.
pub(super) type LineKey<'a> = (Cell<'a>, Cell<'a>, Cell<'a>);

fn missing(column: &'static str) -> crate::Error {
    ValueError::new("what_if.columns", "table", "lacks the column", column).at(column).into()
}

pub(super) fn needed<'a>(records: &'a Records, name: &'static str) -> Result<&'a Column> {
    optional(records, name).ok_or_else(|| missing(name))
}

pub(super) fn optional<'a>(records: &'a Records, name: &str) -> Option<&'a Column> {
    records.column(name).map(AsRef::as_ref)
}

/// What names something in a row.
pub(super) fn cell(column: Option<&Column>, row: usize) -> Cell<'_> {
    let Some(column) = column.filter(|column| has(column, row)) else { return Cell::Nothing };
    match &column.values {
        Values::Whole(numbers) => numbers.get(row).map_or(Cell::Nothing, Cell::Number),
        Values::Texts(texts) => Cell::Text(texts.get(row)),
        Values::Words(codes, words) => {
            codes.get(row).and_then(|code| words.get(code)).map_or(Cell::Nothing, |word| Cell::Text(word))
        }
        Values::Ids(ids) => ids.get(row).map_or(Cell::Nothing, |id| Cell::Id(*id)),
        _ => Cell::Nothing,
    }
}

fn has(column: &Column, row: usize) -> bool {
    column.valid.as_ref().is_none_or(|valid| valid.get(row))
}

/// A column of few words, each of which means something.
pub(super) struct Meaning<'a, T> {
    column: Option<&'a Column>,
    read: fn(&str) -> Option<T>,
    /// By the code of the word.
    known: Vec<Option<T>>,
}

impl<'a, T: Copy> Meaning<'a, T> {
    pub(super) fn new(column: Option<&'a Column>, read: fn(&str) -> Option<T>) -> Self {
        let known = match column.map(|column| &column.values) {
            Some(Values::Words(_, words)) => words.iter().map(|word| read(word)).collect(),
            _ => Vec::new(),
        };
        Self { column, read, known }
    }

    pub(super) fn of(&self, row: usize) -> Option<T> {
        let column = self.column.filter(|column| has(column, row))?;
        match &column.values {
            Values::Words(codes, _) => self.known.get(codes.get(row)?).copied().flatten(),
            Values::Texts(texts) => (self.read)(texts.get(row)),
            _ => None,
        }
    }
}

pub(super) fn flag(column: Option<&Column>, row: usize) -> bool {
    column.is_some_and(|column| {
        has(column, row) && matches!(&column.values, Values::Flags(flags) if flags.get(row))
    })
}

/// A number of a row, as digits and how many of them are decimals.
pub(super) fn number(column: Option<&Column>, row: usize) -> Option<(i128, u32)> {
    let column = column.filter(|column| has(column, row))?;
    match &column.values {
        Values::Whole(numbers) => Some((numbers.get(row)?.into(), 0)),
        Values::Decimals(numbers, scale) => Some((numbers.get(row)?.into(), *scale)),
        Values::WideDecimals(numbers, scale) => Some((*numbers.get(row)?, *scale)),
        _ => None,
    }
}

pub(super) fn decimal(column: Option<&Column>, row: usize) -> Option<Decimal> {
    let (digits, scale) = number(column, row)?;
    Decimal::try_from_i128_with_scale(digits, scale).ok().map(|number| number.normalize())
}

/// A number of a row in units of so many decimals; none if it does not fit them.
pub(super) fn units(column: Option<&Column>, row: usize, decimals: u32) -> Option<i64> {
    let (digits, scale) = number(column, row)?;
    let digits = i64::try_from(digits).ok()?;
    if scale <= decimals {
        return digits.checked_mul(10_i64.checked_pow(decimals - scale)?);
    }
    let one = 10_i64.checked_pow(scale - decimals)?;
    (digits % one == 0).then_some(digits / one)
}

/// What names the lines, in both tables.
pub(super) struct Keyed<'a> {
    pub(super) offer: Option<&'a Column>,
    pub(super) revision: Option<&'a Column>,
    pub(super) line: Option<&'a Column>,
    pub(super) product: Option<&'a Column>,
}

impl<'a> Keyed<'a> {
    pub(super) fn new(lines: &'a Records) -> Result<Self> {
        let column = |name| optional(lines, name);
        let parents = column("included").is_some();
        for name in ["line", "parent_line"] {
            if parents && column(name).is_none() {
                return Err(missing(name));
            }
        }
        Ok(Self {
            offer: column("offer"),
            revision: column("revision"),
            line: column("line"),
            product: column("product"),
        })
    }

    pub(super) fn of_line(&self, row: usize) -> LineKey<'a> {
        self.of(self.line, row)
    }

    /// The line of the same offer that another column names.
    pub(super) fn of(&self, line: Option<&'a Column>, row: usize) -> LineKey<'a> {
        (cell(self.offer, row), cell(self.revision, row), cell(line, row))
    }

    /// The same columns of the steps.
    pub(super) fn of_steps(&self, steps: &'a Records) -> Result<Keyed<'a>> {
        let same = |name: &'static str, mine: Option<&Column>| match mine {
            Some(_) => needed(steps, name).map(Some),
            None => Ok(None),
        };
        if self.line.is_none() {
            return Err(missing("line"));
        }
        Ok(Keyed {
            offer: same("offer", self.offer)?,
            revision: same("revision", self.revision)?,
            line: same("line", self.line)?,
            product: None,
        })
    }
}

/// The list price of a row as it would be, and why.
pub(super) struct NewPrices<'a> {
    percent: Option<Decimal>,
    /// The percentage of all of it.
    factor: Option<ColumnPercent>,
    by_product: HashMap<Cell<'a>, (Option<i64>, Decimal)>,
    list: Option<(Uuid, String)>,
}

impl<'a> NewPrices<'a> {
    pub(super) fn new(change: &ListChange, prices: Option<&'a Records>, currency: Currency) -> Result<Self> {
        let mut by_product = HashMap::new();
        if let Some(prices) = prices {
            let (product, list) = (needed(prices, "product")?, needed(prices, "unit_list")?);
            let rows = change.prices.as_ref().map_or(0, Table::rows);
            for row in 0..rows {
                if let Some(price) = decimal(Some(list), row) {
                    let units = units(Some(list), row, currency.minor_units());
                    by_product.insert(cell(Some(product), row), (units, price));
                }
            }
        }
        let whole = change.percent.and_then(|percent| percent.checked_add(Decimal::ONE_HUNDRED));
        let list = change.price_list.map(|id| (id, id.hyphenated().to_string()));
        Ok(Self { percent: whole, factor: whole.and_then(ColumnPercent::new), by_product, list })
    }

    pub(super) fn needs_products(&self) -> bool {
        self.percent.is_none()
    }

    pub(super) fn needs_lists(&self) -> bool {
        self.list.is_some()
    }

    /// Whether the row's price is of a list that changes.
    fn counts(&self, list: Option<&Column>, row: usize) -> bool {
        let Some((id, text)) = &self.list else { return true };
        match cell(list, row) {
            Cell::Text(found) => found == text,
            Cell::Id(found) => found == id.as_u128(),
            _ => false,
        }
    }

    /// In minor units; none if it does not fit them.
    pub(super) fn units(
        &self,
        (product, list): (Option<&'a Column>, Option<&Column>),
        row: usize,
        before: i64,
    ) -> Option<(i64, LineWhy)> {
        let why = |after: i64| if after == before { LineWhy::Same } else { LineWhy::Changed };
        if !self.counts(list, row) {
            return Some((before, LineWhy::OtherList));
        }
        if self.percent.is_some() {
            let after = self.factor?.of(before)?;
            return Some((after, why(after)));
        }
        match self.by_product.get(&cell(product, row)) {
            Some((units, _)) => units.map(|after| (after, why(after))),
            None => Some((before, LineWhy::NoNewPrice)),
        }
    }

    /// As it is, exactly.
    pub(super) fn exact(
        &self,
        (product, list): (Option<&'a Column>, Option<&Column>),
        row: usize,
        before: Money,
    ) -> Option<Money> {
        if !self.counts(list, row) {
            return Some(before);
        }
        match self.percent {
            Some(percent) => before.percent(percent).ok().map(Money::rounded),
            None => {
                let price = self.by_product.get(&cell(product, row)).map(|(_, price)| *price);
                Some(price.map_or(before, |price| Money::new(price, before.currency())))
            }
        }
    }
}

/// The one currency of all amounts.
pub(super) fn currency_of(lines: &Table, steps: Option<&Table>, change: &ListChange) -> Result<Currency> {
    let mut currency = change.currency;
    let wrong = |problem: &'static str| {
        ValueError::new("what_if.currency", "currency", problem, "one currency; filter the table by it")
            .at("currency")
    };
    let said = |table: &Table, name: &str| -> Result<Option<Currency>> {
        let Ok(field) = table.schema().field_with_name(name) else { return Ok(None) };
        if table.schema().field_with_name(&format!("{name}_currency")).is_ok() {
            return Err(wrong("of the amounts is not one").into());
        }
        let said = field.metadata().get("clientela.currency");
        said.map(|code| Currency::parse(code).map_err(|error| error.at(name.to_owned()).into())).transpose()
    };
    let found = [
        said(lines, "unit_list")?,
        steps.map(|steps| said(steps, "amount")).transpose()?.flatten(),
        change.prices.as_ref().map(|prices| said(prices, "unit_list")).transpose()?.flatten(),
    ];
    for found in found.into_iter().flatten() {
        if currency.is_some_and(|known| known != found) {
            return Err(wrong("of the amounts is not one").into());
        }
        currency = Some(found);
    }
    currency.ok_or_else(|| wrong("of the amounts is not said").into())
}
