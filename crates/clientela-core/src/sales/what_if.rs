//! What if a price list changed: lines of offers priced again, on columns of whole numbers.
//!
//! A line is priced by the [waterfall](super::waterfall): list price with options, steps, rounding, quantity. Here the same is
//! computed twice, with the list price as it was and as it would be, for as many lines as there are, in whole minor units without a
//! decimal in between: percentages multiply a number and note the digits gained, and nothing is rounded but where the waterfall
//! rounds. What does not fit that (prices finer than the minor unit, prices by the dozen, prices with the tax inside, numbers
//! beyond 38 digits) goes through the waterfall itself; [`WhatIf`] sorts that out.
//!
//! The margin of a line is its net amount less its costs; what changes is the net amount, and the costs where they change too.

use super::Basis;
use super::waterfall::{ItemInput, OfferInput, StepChange, price};
use chrono::NaiveDate;
use clientela_model::identifier::Currency;
use clientela_model::{Money, RoundingPolicy};
use rust_decimal::Decimal;

/// Decimals of a quantity in a column: thousandths.
pub const QUANTITY_DIGITS: u32 = 3;
/// Digits a line keeps beyond the minor unit under [`RoundingPolicy::Document`].
const DOCUMENT_DIGITS: u32 = 2;

/// A step of a price in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnStep {
    /// numerator ÷ 10^digits of what is left is added; four percent off is −4 with two digits.
    Running {
        /// Numerator.
        numerator: i64,
        /// Digits.
        digits: u8,
    },
    /// The same of the list price with options.
    List {
        /// Numerator.
        numerator: i64,
        /// Digits.
        digits: u8,
    },
    /// So many minor units are added.
    Amount(i64),
}

impl ColumnStep {
    /// A step of the waterfall; none if it does not fit whole numbers.
    #[must_use]
    pub fn of(change: &StepChange, currency: Currency) -> Option<Self> {
        match change {
            StepChange::Percent { percent, basis } => {
                let percent = percent.normalize();
                let numerator = i64::try_from(percent.mantissa()).ok()?;
                let digits = u8::try_from(percent.scale() + 2).ok()?;
                (percent >= -Decimal::ONE_HUNDRED).then_some(match basis {
                    Basis::Running => Self::Running { numerator, digits },
                    Basis::List => Self::List { numerator, digits },
                })
            }
            StepChange::Amount(amount) => minor(*amount, currency).map(Self::Amount),
        }
    }
}

/// So many percent of amounts in whole minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnPercent {
    numerator: i64,
    digits: u32,
}

impl ColumnPercent {
    /// None if it does not fit whole numbers.
    #[must_use]
    pub fn new(percent: Decimal) -> Option<Self> {
        let percent = percent.normalize();
        Some(Self { numerator: i64::try_from(percent.mantissa()).ok()?, digits: percent.scale() + 2 })
    }

    /// The part of an amount, rounded half away from zero.
    #[must_use]
    pub fn of(self, units: i64) -> Option<i64> {
        let product = i128::from(units).checked_mul(self.numerator.into())?;
        i64::try_from(divided(product, power(self.digits)?)).ok()
    }
}

/// Lines of offers in one currency and rounding, as columns. Amounts are whole minor units.
#[derive(Debug, Clone, Copy)]
pub struct LineColumns<'a> {
    /// Where the offers round.
    pub rounding: RoundingPolicy,
    /// List price of one with its options, as it was.
    pub list_before: &'a [i64],
    /// The same as it would be.
    pub list_after: &'a [i64],
    /// Quantity in thousandths.
    pub quantity: &'a [i64],
    /// What one costs more than before; empty where costs stay.
    pub cost_change: &'a [i64],
    /// Where the steps of each line begin, and at the end where they end: one more than there are lines.
    pub steps_from: &'a [u32],
    /// Steps of all lines.
    pub steps: &'a [ColumnStep],
}

/// Net amounts of lines before and after, in units of the minor unit and the digits a line keeps beyond it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepricedColumns {
    /// Net amount as it was.
    pub net_before: Vec<i64>,
    /// Net amount as it would be.
    pub net_after: Vec<i64>,
    /// By how much the margin changes.
    pub margin_delta: Vec<i64>,
    /// Places of lines that do not fit whole numbers, or whose price would fall below nothing; their amounts are nothing.
    pub unfit: Vec<u32>,
}

/// Digits that a line's net amount has beyond the minor unit.
#[must_use]
pub const fn line_digits(rounding: RoundingPolicy) -> u32 {
    match rounding {
        RoundingPolicy::Line => 0,
        RoundingPolicy::Document => DOCUMENT_DIGITS,
    }
}

/// Prices every line twice. Columns of different lengths are read up to the end of the shortest.
#[must_use]
pub fn reprice(lines: &LineColumns<'_>) -> RepricedColumns {
    let bounds = lines.steps_from.windows(2);
    let prices = lines.list_before.iter().zip(lines.list_after);
    let digits = line_digits(lines.rounding);
    let count = lines.list_before.len();
    let mut made = RepricedColumns {
        net_before: Vec::with_capacity(count),
        net_after: Vec::with_capacity(count),
        margin_delta: Vec::with_capacity(count),
        unfit: Vec::new(),
    };
    for (place, (((before, after), quantity), bounds)) in prices.zip(lines.quantity).zip(bounds).enumerate() {
        let steps = bounds
            .first()
            .zip(bounds.get(1))
            .and_then(|(from, to)| lines.steps.get(*from as usize..*to as usize))
            .unwrap_or_default();
        let cost_change = lines.cost_change.get(place).copied().unwrap_or(0);
        let line = || {
            let old = line_net(*before, steps, *quantity, digits)?;
            let new = if before == after { old } else { line_net(*after, steps, *quantity, digits)? };
            let costs = i128::from(cost_change).checked_mul(power(digits)?)?;
            let costs = times_quantity(costs, *quantity)?;
            Some((old, new, new.checked_sub(old)?.checked_sub(costs)?))
        };
        let (old, new, margin) = line().unwrap_or_else(|| {
            made.unfit.push(u32::try_from(place).unwrap_or(u32::MAX));
            (0, 0, 0)
        });
        made.net_before.push(old);
        made.net_after.push(new);
        made.margin_delta.push(margin);
    }
    made
}

/// The net amount of a line.
fn line_net(list: i64, steps: &[ColumnStep], quantity: i64, digits: u32) -> Option<i64> {
    let list = i128::from(list);
    let (mut running, mut gained) = (list, 0_u32);
    for step in steps {
        match *step {
            ColumnStep::Running { numerator, digits } => {
                let digits = u32::from(digits);
                running = running.checked_mul(power(digits)?.checked_add(numerator.into())?)?;
                gained += digits;
            }
            ColumnStep::List { numerator, digits } => {
                let digits = u32::from(digits);
                let scale = gained.max(digits);
                let change = list.checked_mul(numerator.into())?.checked_mul(power(scale - digits)?)?;
                running = running.checked_mul(power(scale - gained)?)?.checked_add(change)?;
                gained = scale;
            }
            ColumnStep::Amount(amount) => {
                running = running.checked_add(i128::from(amount).checked_mul(power(gained)?)?)?;
            }
        }
    }
    let unit = if gained >= digits {
        divided(running, power(gained - digits)?)
    } else {
        running.checked_mul(power(digits - gained)?)?
    };
    // The waterfall refuses a discount beyond the price; so is it here.
    if list > 0 && unit < 0 { None } else { times_quantity(unit, quantity) }
}

fn times_quantity(unit: i128, quantity: i64) -> Option<i64> {
    i64::try_from(divided(unit.checked_mul(quantity.into())?, power(QUANTITY_DIGITS)?)).ok()
}

/// Divides and rounds half away from zero.
fn divided(number: i128, by: i128) -> i128 {
    if by == 1 {
        return number;
    }
    // Most numbers of the trade fit 64 bits, where dividing is much faster.
    if let (Ok(number), Ok(by)) = (i64::try_from(number), i64::try_from(by)) {
        let (whole, rest) = (number / by, number % by);
        return i128::from(
            whole + i64::from(rest.unsigned_abs() >= by.unsigned_abs().div_ceil(2)) * number.signum(),
        );
    }
    let (whole, rest) = (number / by, number % by);
    whole + i128::from(rest.unsigned_abs() >= by.unsigned_abs().div_ceil(2)) * number.signum()
}

const POWERS: [i128; 39] = {
    let mut powers = [1_i128; 39];
    let mut at = 1;
    while at < 39 {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

fn power(digits: u32) -> Option<i128> {
    POWERS.get(digits as usize).copied()
}

/// An amount in whole minor units, if it is in the currency and not finer.
fn minor(amount: Money, currency: Currency) -> Option<i64> {
    let decimals = currency.minor_units();
    let number = amount.amount().normalize();
    let fits = amount.currency() == currency && number.scale() <= decimals;
    let units = fits.then(|| number.mantissa().checked_mul(power(decimals - number.scale())?)).flatten()?;
    i64::try_from(units).ok()
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepricedLine {
    /// Net amount as it was.
    pub net_before: Money,
    /// Net amount as it would be.
    pub net_after: Money,
    /// By how much the margin changes.
    pub margin_delta: Money,
}

/// Lines of offers in one currency and rounding, gathered to be priced again.
#[derive(Debug, Clone)]
pub struct WhatIf {
    currency: Currency,
    rounding: RoundingPolicy,
    list_before: Vec<i64>,
    list_after: Vec<i64>,
    quantity: Vec<i64>,
    cost_change: Vec<i64>,
    steps_from: Vec<u32>,
    steps: Vec<ColumnStep>,
    /// By place: lines for the waterfall itself.
    general: Vec<(usize, ItemInput, ItemInput)>,
}

impl WhatIf {
    /// None yet.
    #[must_use]
    pub fn new(currency: Currency, rounding: RoundingPolicy) -> Self {
        let (list_before, list_after, quantity, cost_change) = Default::default();
        let (steps_from, steps, general) = (vec![0], Vec::new(), Vec::new());
        Self {
            currency,
            rounding,
            list_before,
            list_after,
            quantity,
            cost_change,
            steps_from,
            steps,
            general,
        }
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.quantity.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.quantity.is_empty()
    }

    /// Takes an item as it was and as it would be: the same with other list prices and costs, of itself and of its options.
    pub fn push(&mut self, before: ItemInput, after: ItemInput) {
        let steps = self.steps.len();
        if self.fits(&before, &after).is_none() {
            self.steps.truncate(steps);
            self.general.push((self.quantity.len(), before, after));
            self.list_before.push(0);
            self.list_after.push(0);
            self.quantity.push(0);
            self.cost_change.push(0);
        }
        self.steps_from.push(u32::try_from(self.steps.len()).unwrap_or(u32::MAX));
    }

    fn fits(&mut self, before: &ItemInput, after: &ItemInput) -> Option<()> {
        if before.base_quantity.is_some() || before.tax_included {
            return None;
        }
        let quantity = before.quantity.normalize();
        let thousandths = QUANTITY_DIGITS.checked_sub(quantity.scale())?;
        let quantity = i64::try_from(quantity.mantissa().checked_mul(power(thousandths)?)?).ok()?;
        let (old, new) = (self.list(before)?, self.list(after)?);
        let costs = match self.costs(before)?.zip(self.costs(after)?) {
            Some((before, after)) => after.checked_sub(before)?,
            None => 0,
        };
        for step in &before.steps {
            self.steps.push(ColumnStep::of(&step.change, self.currency)?);
        }
        self.list_before.push(old);
        self.list_after.push(new);
        self.quantity.push(quantity);
        self.cost_change.push(costs);
        Some(())
    }

    fn list(&self, item: &ItemInput) -> Option<i64> {
        let mut sum = minor(item.unit_list, self.currency)?;
        for option in &item.options {
            sum =
                sum.checked_add(minor(option.unit_list.checked_mul(option.quantity).ok()?, self.currency)?)?;
        }
        Some(sum)
    }

    /// What one costs with its options, if all of that is known; none at all if it does not fit.
    #[allow(clippy::option_option, reason = "the outer says whether it fits, the inner whether it is known")]
    fn costs(&self, item: &ItemInput) -> Option<Option<i64>> {
        let mut sum = 0_i64;
        let options = item.options.iter().map(|option| (option.unit_cost, option.quantity));
        for (cost, quantity) in options.chain([(item.unit_cost, Decimal::ONE)]) {
            let Some(cost) = cost else { return Some(None) };
            sum = sum.checked_add(minor(cost.checked_mul(quantity).ok()?, self.currency)?)?;
        }
        Some(Some(sum))
    }

    /// Prices every line as it was and as it would be. A line is none where the waterfall refuses its price, such as one below
    /// nothing.
    #[must_use]
    pub fn reprice(&self) -> Vec<Option<RepricedLine>> {
        let made = reprice(&LineColumns {
            rounding: self.rounding,
            list_before: &self.list_before,
            list_after: &self.list_after,
            quantity: &self.quantity,
            cost_change: &self.cost_change,
            steps_from: &self.steps_from,
            steps: &self.steps,
        });
        let scale = self.currency.minor_units() + line_digits(self.rounding);
        let money = |units: i64| Money::new(Decimal::new(units, scale), self.currency);
        let columns = made.net_before.iter().zip(&made.net_after).zip(&made.margin_delta);
        let mut told: Vec<Option<RepricedLine>> = columns
            .map(|((before, after), margin)| {
                let (net_before, net_after) = (money(*before), money(*after));
                Some(RepricedLine { net_before, net_after, margin_delta: money(*margin) })
            })
            .collect();
        for place in made.unfit {
            if let Some(line) = told.get_mut(place as usize) {
                *line = None;
            }
        }
        for (place, before, after) in &self.general {
            if let Some(line) = told.get_mut(*place) {
                *line = reprice_one(self.currency, self.rounding, before, after);
            }
        }
        told
    }
}

/// Prices one line twice by the waterfall itself: for what does not fit whole numbers. None where it refuses a price.
#[must_use]
pub fn reprice_one(
    currency: Currency,
    rounding: RoundingPolicy,
    before: &ItemInput,
    after: &ItemInput,
) -> Option<RepricedLine> {
    let net = |item: &ItemInput| {
        let items = vec![ItemInput { parent_line: None, ..item.clone() }];
        let input =
            OfferInput { currency, rounding, price_date: NaiveDate::MIN, items, settlements: Vec::new() };
        let priced = price(&input).ok()?;
        let cost = priced.margin.map(|margin| margin.cost);
        Some((priced.items.first()?.line_net, cost))
    };
    let (net_before, cost_before) = net(before)?;
    let (net_after, cost_after) = net(after)?;
    let costs = cost_before.zip(cost_after);
    let more = costs.map_or(Some(Money::zero(currency)), |(old, new)| new.checked_sub(old).ok())?;
    let margin_delta = net_after.checked_sub(net_before).ok()?.checked_sub(more).ok()?;
    Some(RepricedLine { net_before, net_after, margin_delta })
}

#[cfg(test)]
mod tests;
