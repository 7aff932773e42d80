//! Lines gathered from a table, as columns of whole numbers.

use super::LineWhy;
use super::columns::{Cell, Keyed, LineKey, NewPrices, cell, decimal, flag, needed, optional, units};
use super::steps::StepColumns;
use crate::error::Result;
use clientela_columns::{Column, Records};
use clientela_core::sales::what_if::{ColumnStep, LineColumns, QUANTITY_DIGITS, RepricedColumns, reprice};
use clientela_model::identifier::Currency;
use clientela_model::{RoundingPolicy, ValueError};
use rust_decimal::Decimal;
use std::collections::{BTreeSet, HashMap};

/// The lines that are no options inside others, in the order of the table.
pub(super) struct Lines {
    /// The row of each.
    pub(super) rows: Vec<u32>,
    /// Row and line of each option inside a line.
    pub(super) options: Vec<(u32, u32)>,
    /// Row of each step that is given, and its line; by line, in their order.
    pub(super) step_rows: Vec<(u32, u32)>,
    pub(super) why: Vec<LineWhy>,
    /// Lines that do not fit whole numbers.
    pub(super) unfit: BTreeSet<usize>,
    list_before: Vec<i64>,
    list_after: Vec<i64>,
    quantity: Vec<i64>,
    steps_from: Vec<u32>,
    steps: Vec<ColumnStep>,
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Lines {
    pub(super) fn gather<'a>(
        records: &'a Records,
        rows: usize,
        keys: &Keyed<'a>,
        prices: &NewPrices<'a>,
        currency: Currency,
    ) -> Result<Self> {
        let mut lines = Self {
            rows: Vec::with_capacity(rows),
            options: Vec::new(),
            step_rows: Vec::new(),
            why: Vec::with_capacity(rows),
            unfit: BTreeSet::new(),
            list_before: Vec::with_capacity(rows),
            list_after: Vec::with_capacity(rows),
            quantity: Vec::with_capacity(rows),
            steps_from: Vec::new(),
            steps: Vec::new(),
        };
        let column = |name: &str| optional(records, name);
        if prices.needs_products() {
            needed(records, "product")?;
        }
        if prices.needs_lists() {
            needed(records, "price_list")?;
        }
        let (list, quantity) = (needed(records, "unit_list")?, needed(records, "quantity")?);
        let (included, parent) = (column("included"), column("parent_line"));
        let (base, with_tax) = (column("base_quantity"), column("tax_included"));
        let of_price = (column("product"), column("price_list"));
        let minor = currency.minor_units();
        let mut inside = Vec::new();
        for row in 0..rows {
            if flag(included, row) {
                inside.push(row);
                continue;
            }
            let fits = || {
                let plain = decimal(base, row).is_none() && !flag(with_tax, row);
                let before = units(Some(list), row, minor).filter(|_| plain)?;
                let quantity = units(Some(quantity), row, QUANTITY_DIGITS)?;
                Some((before, quantity, prices.units(of_price, row, before)?))
            };
            let (before, quantity, (after, why)) = fits().unwrap_or_else(|| {
                lines.unfit.insert(lines.rows.len());
                (0, 0, (0, LineWhy::Changed))
            });
            lines.rows.push(small(row));
            lines.list_before.push(before);
            lines.list_after.push(after);
            lines.quantity.push(quantity);
            lines.why.push(why);
        }
        lines.steps_from = vec![0; lines.rows.len() + 1];
        lines.take_options(&inside, keys, (list, quantity, parent), (of_price, prices, minor))?;
        Ok(lines)
    }

    /// Adds the prices of options to those of their lines.
    fn take_options<'a>(
        &mut self,
        inside: &[usize],
        keys: &Keyed<'a>,
        (list, quantity, parent): (&Column, &Column, Option<&'a Column>),
        (of_price, prices, minor): ((Option<&'a Column>, Option<&Column>), &NewPrices<'a>, u32),
    ) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let mut finder = Finder::new(keys, &rows);
        for row in inside {
            let line = finder.find(keys.of(parent, *row)).ok_or_else(|| {
                let expected = "the line of an item of its offer";
                ValueError::new("what_if.columns", "parent_line", "names no line", expected).at("parent_line")
            })?;
            self.options.push((small(*row), small(line)));
            let fits = || {
                let of_line = self.quantity.get(line).copied()?;
                let own = units(Some(quantity), *row, QUANTITY_DIGITS)?;
                // How many in one of the line, when that is a whole number.
                let each = own.checked_div(of_line).filter(|each| each.checked_mul(of_line) == Some(own))?;
                let before = units(Some(list), *row, minor)?;
                let (after, why) = prices.units(of_price, *row, before)?;
                Some((before.checked_mul(each)?, after.checked_mul(each)?, why))
            };
            let Some((before, after, why)) = fits() else {
                self.unfit.insert(line);
                continue;
            };
            let sum = |column: &mut Vec<i64>, more: i64| {
                let place = column.get_mut(line)?;
                *place = place.checked_add(more)?;
                Some(())
            };
            if sum(&mut self.list_before, before).and(sum(&mut self.list_after, after)).is_none() {
                self.unfit.insert(line);
            }
            if let (LineWhy::Changed, Some(place)) = (why, self.why.get_mut(line)) {
                *place = LineWhy::Changed;
            }
        }
        drop(finder);
        self.rows = rows;
        Ok(())
    }

    /// Takes the steps of the lines.
    pub(super) fn take_steps<'a>(
        &mut self,
        records: &'a Records,
        rows: usize,
        keys: &Keyed<'a>,
        currency: Currency,
    ) -> Result<()> {
        let of_steps = keys.of_steps(records)?;
        let columns = StepColumns::new(records)?;
        let sequence = optional(records, "sequence");
        let mut found: Vec<(u32, i64, u32)> = Vec::with_capacity(rows);
        let mut finder = Finder::new(keys, &self.rows);
        for row in 0..rows {
            let key = of_steps.of_line(row);
            if key.2 == Cell::Nothing || columns.given(row).is_none() {
                continue;
            }
            // Steps of offers that are not in the table of lines are nothing to it.
            let Some(line) = finder.find(key) else { continue };
            let place = match cell(sequence, row) {
                Cell::Number(place) => place,
                _ => i64::try_from(found.len()).unwrap_or(i64::MAX),
            };
            found.push((small(line), place, small(row)));
        }
        if !found.is_sorted() {
            found.sort_unstable();
        }
        self.steps.reserve(found.len());
        let mut lines = found.iter().peekable();
        let mut ends = Vec::with_capacity(self.rows.len() + 1);
        ends.push(0);
        for line in 0..self.rows.len() {
            while let Some((_, _, row)) = lines.next_if(|(of, _, _)| *of as usize == line) {
                self.step_rows.push((*row, small(line)));
                match columns.column_step(*row as usize, currency) {
                    Some(step) => self.steps.push(step),
                    None => {
                        self.unfit.insert(line);
                    }
                }
            }
            ends.push(small(self.steps.len()));
        }
        self.steps_from = ends;
        Ok(())
    }

    /// Prices every line that fits, as it is and as it would be.
    pub(super) fn reprice(&self, rounding: RoundingPolicy) -> RepricedColumns {
        reprice(&LineColumns {
            rounding,
            list_before: &self.list_before,
            list_after: &self.list_after,
            quantity: &self.quantity,
            cost_change: &[],
            steps_from: &self.steps_from,
            steps: &self.steps,
        })
    }
}

/// Finds lines by what names them. Rows that speak of one line mostly stand together, in the order of the lines: only where they do not is
/// an index made.
struct Finder<'a, 'k> {
    keys: &'k Keyed<'a>,
    rows: &'k [u32],
    at: usize,
    /// What names the line found last.
    here: Option<LineKey<'a>>,
    index: Option<HashMap<LineKey<'a>, usize>>,
}

impl<'a, 'k> Finder<'a, 'k> {
    /// Lines without a row of the kind that are passed over before an index is made.
    const AHEAD: usize = 4;

    fn new(keys: &'k Keyed<'a>, rows: &'k [u32]) -> Self {
        let mut finder = Self { keys, rows, at: 0, here: None, index: None };
        finder.here = finder.key(0);
        finder
    }

    fn key(&self, line: usize) -> Option<LineKey<'a>> {
        self.rows.get(line).map(|row| self.keys.of_line(*row as usize))
    }

    fn find(&mut self, key: LineKey<'a>) -> Option<usize> {
        if self.here == Some(key) {
            return Some(self.at);
        }
        let ahead = (self.at + 1..self.at + Self::AHEAD).find(|line| self.key(*line) == Some(key));
        let line = ahead.or_else(|| self.indexed(key))?;
        (self.at, self.here) = (line, Some(key));
        Some(line)
    }

    fn indexed(&mut self, key: LineKey<'a>) -> Option<usize> {
        let index = self.index.get_or_insert_with(|| {
            let rows = self.rows.iter().enumerate();
            rows.map(|(line, row)| (self.keys.of_line(*row as usize), line)).collect()
        });
        index.get(&key).copied()
    }
}

/// How many of an option are in one of its line, as a version read back says it.
pub(super) fn each(own: Decimal, of_line: Decimal) -> Option<Decimal> {
    if own == of_line {
        return Some(Decimal::ONE);
    }
    let each = own.checked_div(of_line)?;
    let digits = clientela_core::sales::waterfall::MOST_DECIMALS;
    Some(clientela_model::Rounding::HalfAwayFromZero.apply(each, digits).normalize())
}
