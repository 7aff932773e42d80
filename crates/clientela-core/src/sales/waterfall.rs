//! The exact price of an offer, step by step.
//!
//! Per item, each step a figure that is kept:
//!
//! 1. list price of one, then the prices of its options;
//! 2. the item's steps in the order given (campaign, volume, contract, by hand…), each a percentage of the list price with
//!    options or of what is left, or an amount;
//! 3. net price of one, rounded; what rounding added or took is a step too, so that the steps add up to it;
//! 4. net amount of the line: quantity × net price ÷ base quantity, rounded.
//!
//! Then for the offer: tax per category and rate, gross, settlements (trade-in, deposit: not discounts), payable.
//!
//! # Rounding
//! Always half away from zero, as EN 16931-1 shows by its samples, and never between steps: two percentages on what is
//! left give the same price in either order. *m* is the number of decimals of the currency.
//!
//! | | policy `line` (EN 16931) | policy `document` |
//! | --- | --- | --- |
//! | net price of one | *m* decimals, or as many as the finest price it is made of | two more |
//! | net amount of a line | *m* | *m* + 2 |
//! | taxable amount of a tax group | sum of its lines | that sum, rounded to *m* |
//! | tax of a group | taxable × rate, rounded to *m* | unrounded sum × rate, rounded to *m* |
//! | net and tax | sums of those of the groups | unrounded sums, rounded to *m* |
//! | gross, payable | sums | sums |
//!
//! A price may have its tax inside: the net amount of its line is the amount divided by 1 + rate, rounded as above, and the tax of
//! its group is what is left of the amount, so that the price the customer was told is what he pays.
//!
//! The two policies differ by at most half a minor unit, with 1 % on top for the two digits kept, for each unit of
//! quantity whose price was rounded and for each line, plus half a minor unit per tax group.
//!
//! The recorded price after each step is cut to *m* + 4 decimals so that it fits any store; the amounts of the steps are
//! the differences of the recorded prices and therefore add up exactly.

mod by_hand;
mod compare;
mod discount;
mod error;
mod exact;
mod groups;
mod input;
mod inside;
mod priced;
mod records;
mod steps;
mod trade_in;
mod volume;
mod whole;

pub use by_hand::{ListedPrice, PRICE_GIVEN};
pub use compare::{Comparison, Difference, StatedLine, StatedTotals, Verdict, compare};
pub use discount::{Discount, ManualDiscount, Target, add_discount, keep_discounts, manual_percent};
pub use error::{Place, PricingError};
pub use input::{
    FurtherTax, FurtherTaxKind, ItemInput, OfferInput, OptionInput, PriceOrigin, SettlementInput,
    SettlementKind, StepChange, StepInput,
};
pub use inside::{PRICE_DECIMALS, with_tax, without_tax};
pub use priced::{FurtherTaxAmount, Margin, Priced, PricedItem, PricedStep, StepSource, TaxGroup};
pub(crate) use records::line_order;
pub use records::{RevisionHead, RevisionRecords, UnreadableOffer, from_records, to_records};
pub use trade_in::{TradeInPolicy, trade_in_as_reduction};
pub use volume::{Tier, range_percent, volume_step};
pub use whole::{WholePrice, WholeStep, whole_price};

use crate::sales::{Basis, PriceStepKind};
use clientela_model::identifier::Currency;
use clientela_model::{Money, Rounding, RoundingPolicy, ShortText};
use exact::{Exact, Percentage, is_one, shown};
use groups::{Closed, Groups};
use rust_decimal::Decimal;
use steps::KeptStep;

/// Items an offer may have.
pub const MOST_ITEMS: usize = 10_000;
/// Options an item may have.
pub const MOST_OPTIONS: usize = 1_000;
/// Steps an item may have, and settlements an offer may have.
pub const MOST_STEPS: usize = 1_000;
/// Decimals a price, quantity or percentage may have.
pub const MOST_DECIMALS: u32 = 10;

/// Largest amount, quantity or percentage, either side of nothing: ten to the fifteenth. It keeps every sum far from what a
/// decimal cannot hold.
pub const LARGEST: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);
const LARGEST_UNITS: u128 = 1_000_000_000_000_000;

/// Digits beyond the minor unit kept of the price after each step.
const STEP_DIGITS: u32 = 4;
/// Digits beyond the minor unit kept per line under [`RoundingPolicy::Document`].
const DOCUMENT_DIGITS: u32 = 2;

/// Prices an offer.
///
/// Checks in this order: numbers of entries, lines, then item by item the amounts, quantities, steps and the tax rate,
/// then the settlements. The first finding is returned.
///
/// # Errors
/// [`PricingError`]; nothing is changed.
///
/// ```
/// use clientela_core::catalogue::ProductKind;
/// use clientela_core::sales::waterfall::{ItemInput, OfferInput, StepInput, price};
/// use clientela_core::sales::{Authority, Basis, PriceStepKind};
/// use clientela_model::{Money, RoundingPolicy, identifier::Currency};
/// let euro = Currency::parse("EUR")?;
/// let list = Money::parse("98500.00", euro)?;
/// let mut tractor = ItemInput::new("1", ProductKind::Vehicle, "T480", 3.into(), list, ("S", 22.into()));
/// tractor.steps.push(StepInput::percent_off(
///     PriceStepKind::Campaign, "SPRING", 4.into(), Basis::Running, Authority::Manufacturer,
/// ));
/// let price_date = chrono::NaiveDate::from_ymd_opt(2026, 3, 4).unwrap();
/// let offer = OfferInput { currency: euro, rounding: RoundingPolicy::Line, price_date, items: vec![tractor], settlements: vec![] };
/// let priced = price(&offer)?;
/// assert_eq!(priced.items[0].unit_net.to_string(), "94560.00 EUR");
/// assert_eq!(priced.gross.to_string(), "346089.60 EUR");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn price(input: &OfferInput) -> Result<Priced, PricingError> {
    check_counts(input)?;
    check_lines(input)?;
    let currency = input.currency;
    let step_count = input.items.iter().map(|item| item.steps.len() + 3).sum();
    let mut items = Vec::with_capacity(input.items.len());
    let mut steps = Vec::with_capacity(step_count);
    let mut groups = Groups::new(currency, input.rounding);
    let mut cost = Some(Decimal::ZERO);
    for (index, item) in input.items.iter().enumerate() {
        let priced = price_item(input, index, item, &mut steps)?;
        let place = Place::Item(index, "quantity");
        cost = match (cost, item_cost(input, index, item)?) {
            (Some(sum), Some(cost)) => Some(add(sum, cost, place)?),
            _ => None,
        };
        check_tax(index, item)?;
        groups.add(item, &priced, place)?;
        items.push(priced);
    }
    let Closed { tax_groups, further_taxes, net, tax, withheld } = groups.close()?;
    let (settled, over_allowance) = settle(input)?;
    let gross = add(net, tax, Place::Offer("gross"))?;
    let payable = add(add(gross, -withheld, Place::Offer("payable"))?, -settled, Place::Offer("payable"))?;
    let money = |amount| Money::new(amount, currency);
    let margin = match cost {
        Some(cost) => Some(Margin::new(money(net), money(cost).rounded(), money(over_allowance))?),
        None => None,
    };
    Ok(Priced {
        items,
        steps,
        tax_groups,
        net: money(net),
        tax: money(tax),
        gross: money(gross),
        further_taxes,
        withheld: money(withheld),
        settled: money(settled),
        payable: money(payable),
        margin,
    })
}

/// How fine a price of one is: as fine as the finest price it is made of, and never coarser than the minor unit.
struct Fineness {
    /// Decimals of the net price.
    unit: u32,
    /// Decimals the price is recorded with after a step; there are never fewer than at the step before.
    recorded: u32,
    /// Digits kept beyond those of the net price.
    extra: u32,
}

impl Fineness {
    const fn new(minor: u32, extra: u32) -> Self {
        Self { unit: minor, recorded: minor + STEP_DIGITS, extra }
    }

    fn of(&mut self, number: Decimal) {
        self.unit = self.unit.max(decimals(number));
        self.recorded = self.recorded.max(self.unit + self.extra);
    }

    /// What a step is recorded with: at most [`MOST_DECIMALS`] and those beyond, far below what a byte holds.
    fn recorded(&self) -> u8 {
        u8::try_from(self.recorded).unwrap_or(u8::MAX)
    }
}

/// Prices one item and appends its steps.
fn price_item(
    input: &OfferInput,
    index: usize,
    item: &ItemInput,
    kept: &mut Vec<KeptStep>,
) -> Result<PricedItem, PricingError> {
    let minor = input.currency.minor_units();
    let extra = if input.rounding == RoundingPolicy::Document { DOCUMENT_DIGITS } else { 0 };
    let place = |field| Place::Item(index, field);
    let first = kept.len();
    let mut fineness = Fineness::new(minor, extra);
    let unit_list = amount(item.unit_list, input.currency, place("unit_list"))?;
    fineness.of(unit_list);
    let mut running = exact(unit_list, place("unit_list"))?;
    kept.push(KeptStep::plain(PriceStepKind::List, StepSource::Item, running, fineness.recorded()));
    if !item.options.is_empty() {
        for (position, option) in item.options.iter().enumerate() {
            let place = |field| Place::Option(index, position, field);
            let price = amount(option.unit_list, input.currency, place("unit_list"))?;
            let price = if is_one(option.quantity) {
                price
            } else {
                multiply(price, number(option.quantity, place("quantity"))?, place("quantity"))?
            };
            fineness.of(price);
            let price = exact(price, place("unit_list"))?;
            running = running.plus(price).ok_or(PricingError::Overflow { place: place("unit_list") })?;
        }
        kept.push(KeptStep::plain(PriceStepKind::Options, StepSource::Options, running, fineness.recorded()));
    }
    let list = running;
    let list_money =
        Money::new(shown(list.units(fineness.recorded), fineness.recorded, minor), input.currency);
    for (position, step) in item.steps.iter().enumerate() {
        running = take_step(input.currency, (index, position, step), (list, running), &mut fineness, kept)?;
    }
    let unit_digits = fineness.unit + extra;
    let unit_units = running.units(unit_digits);
    let rounded = Exact::of_units(unit_units, unit_digits);
    let recorded = fineness.recorded();
    let rounding = KeptStep::plain(PriceStepKind::Rounding, StepSource::Rounding, rounded, recorded);
    // What rounding adds or takes is a step where it can be seen in the recorded prices.
    if rounding.recorded() != running.units(fineness.recorded) {
        kept.push(rounding);
    }
    let unit_net = shown(unit_units, unit_digits, minor);
    if list.is_positive() && unit_net < Decimal::ZERO {
        let why = clientela_model::Why::new("offer.discount_limit")
            .fact("unit_list", list_money)
            .fact("unit_net", Money::new(unit_net, input.currency));
        return Err(PricingError::DiscountLimit { place: place("steps"), why });
    }
    let line = per_base(multiply(item_quantity(index, item)?, unit_net, place("quantity"))?, index, item)?;
    let money = |amount| Money::new(amount, input.currency);
    let told = cut(line, minor + extra, minor + extra);
    let line = if item.tax_included { line_without_tax(line, item, place("tax_percent"))? } else { line };
    Ok(PricedItem {
        unit_list: list_money,
        unit_net: money(unit_net),
        line_net: money(cut(line, minor + extra, minor + extra)),
        line_told: money(told),
        steps: first..kept.len(),
    })
}

/// Takes the step of an item at a position: gives the price after it and keeps it.
fn take_step(
    currency: Currency,
    (index, position, step): (usize, usize, &StepInput),
    (list, running): (Exact, Exact),
    fineness: &mut Fineness,
    kept: &mut Vec<KeptStep>,
) -> Result<Exact, PricingError> {
    let place = |field| Place::Step(index, position, field);
    if !step.kind.is_given() {
        return Err(PricingError::StepKind { place: place("kind") });
    }
    let (change, basis, percent) = match step.change {
        StepChange::Percent { percent, basis } => {
            let base = if basis == Basis::List { list } else { running };
            let given = Percentage::of(percent);
            if given.takes_too_much() {
                let why = clientela_model::Why::new("offer.discount_limit")
                    .fact("percent", -percent)
                    .fact("limit_percent", Decimal::ONE_HUNDRED);
                return Err(PricingError::DiscountLimit { place: place("change.percent"), why });
            }
            let given = if given.is_short() {
                given
            } else {
                Percentage::of(number(percent, place("change.percent"))?.normalize())
            };
            (base.percent(given), Some(basis), Some(percent))
        }
        StepChange::Amount(change) => {
            let change = amount(change, currency, place("change.amount"))?;
            fineness.of(change);
            (Some(exact(change, place("change.amount"))?), None, None)
        }
    };
    let after = change.and_then(|change| running.plus(change));
    let running = after.ok_or_else(|| PricingError::Overflow { place: place("change") })?;
    // There are at most a thousand.
    let source = StepSource::Step(u32::try_from(position).unwrap_or(u32::MAX));
    kept.push(KeptStep { running, percent, source, kind: step.kind, basis, decimals: fineness.recorded() });
    Ok(running)
}

/// What is left of an amount when the tax inside it is taken out.
fn line_without_tax(amount: Decimal, item: &ItemInput, place: Place) -> Result<Decimal, PricingError> {
    let factor = Decimal::ONE + hundredth(number(item.tax_percent, place)?);
    amount.checked_div(factor).ok_or(PricingError::Overflow { place })
}

fn item_quantity(index: usize, item: &ItemInput) -> Result<Decimal, PricingError> {
    number(item.quantity, Place::Item(index, "quantity"))
}

/// An amount for the quantity, divided by what the price is for. Divides last, and only when it must.
pub(in crate::sales) fn per_base(
    amount: Decimal,
    index: usize,
    item: &ItemInput,
) -> Result<Decimal, PricingError> {
    let place = Place::Item(index, "base_quantity");
    match item.base_quantity {
        None => bounded(amount, Place::Item(index, "quantity")),
        Some(base) if number(base, place)? <= Decimal::ZERO => Err(PricingError::BaseQuantity { place }),
        Some(base) => amount
            .checked_div(base)
            .ok_or(PricingError::Overflow { place })
            .and_then(|each| bounded(each, place)),
    }
}

/// What the whole line costs us, if all of it is known.
fn item_cost(input: &OfferInput, index: usize, item: &ItemInput) -> Result<Option<Decimal>, PricingError> {
    let Some(own) = item.unit_cost else { return Ok(None) };
    let place = Place::Item(index, "unit_cost");
    let own = amount(own, input.currency, place)?;
    let (mut unit, mut digits) = (exact(own, place)?, own.scale());
    for (position, option) in item.options.iter().enumerate() {
        let place = Place::Option(index, position, "unit_cost");
        let Some(cost) = option.unit_cost else { return Ok(None) };
        let cost = amount(cost, input.currency, place)?;
        let cost = if is_one(option.quantity) { cost } else { multiply(cost, option.quantity, place)? };
        digits = digits.max(cost.scale());
        unit = unit.plus(exact(cost, place)?).ok_or(PricingError::Overflow { place })?;
    }
    per_base(multiply(unit.number(digits), item.quantity, place)?, index, item).map(Some)
}

/// The sum of the settlements, and what trade-ins are given above their worth.
fn settle(input: &OfferInput) -> Result<(Decimal, Decimal), PricingError> {
    let minor = input.currency.minor_units();
    let (mut settled, mut over_allowance) = (Decimal::new(0, minor), Decimal::new(0, minor));
    for (index, settlement) in input.settlements.iter().enumerate() {
        let place = Place::Settlement(index, "amount");
        let value = amount(settlement.amount, input.currency, place)?;
        if decimals(value) > minor {
            return Err(PricingError::Precision { place, found: decimals(value), most: minor });
        }
        settled = add(settled, value, place)?;
        if let Some(appraised) = settlement.appraised {
            let place = Place::Settlement(index, "appraised");
            let over = add(value, -amount(appraised, input.currency, place)?, place)?;
            over_allowance = add(over_allowance, over.max(Decimal::ZERO), place)?;
        }
    }
    Ok((settled, over_allowance))
}

fn check_counts(input: &OfferInput) -> Result<(), PricingError> {
    let within = |place, found, most| {
        if found > most { Err(PricingError::TooMany { place, found, most }) } else { Ok(()) }
    };
    within(Place::Offer("items"), input.items.len(), MOST_ITEMS)?;
    within(Place::Offer("settlements"), input.settlements.len(), MOST_STEPS)?;
    for (index, item) in input.items.iter().enumerate() {
        within(Place::Item(index, "options"), item.options.len(), MOST_OPTIONS)?;
        within(Place::Item(index, "steps"), item.steps.len(), MOST_STEPS)?;
    }
    Ok(())
}

/// Every line, of items and options, is there once; a parent is an item of the offer.
fn check_lines(input: &OfferInput) -> Result<(), PricingError> {
    if are_numbered(input) {
        return Ok(());
    }
    let count = input.items.iter().map(|item| 1 + item.options.len()).sum();
    let mut lines: Vec<(&str, Place)> = Vec::with_capacity(count);
    for (index, item) in input.items.iter().enumerate() {
        lines.push((&item.line, Place::Item(index, "line")));
        for (position, option) in item.options.iter().enumerate() {
            lines.push((&option.line, Place::Option(index, position, "line")));
        }
    }
    lines.sort_by_key(|(line, _)| *line);
    if let Some([_, (_, place)]) = lines.array_windows::<2>().find(|[left, right]| left.0 == right.0) {
        return Err(PricingError::LineDuplicate { place: *place });
    }
    for (index, item) in input.items.iter().enumerate() {
        let Some(parent) = item.parent_line.as_deref() else { continue };
        let found = lines.binary_search_by_key(&parent, |(line, _)| *line).ok();
        let is_item = found
            .and_then(|position| lines.get(position))
            .is_some_and(|(_, place)| matches!(place, Place::Item(..)));
        if !is_item || parent == item.line {
            return Err(PricingError::LineUnknown { place: Place::Item(index, "parent_line") });
        }
    }
    Ok(())
}

/// Whether lines are numbers that rise, 1, 1.1, 1.2, 2, and name no parents: as nearly every offer has them, and then each is there
/// once.
fn are_numbered(input: &OfferInput) -> bool {
    let mut last = (0, 0);
    input.items.iter().all(|item| {
        let own = place_of(&item.line).filter(|place| *place > last && item.parent_line.is_none());
        own.is_some_and(|own| {
            last = own;
            item.options.iter().all(|option| {
                let of_item = place_of(&option.line).filter(|place| *place > last);
                last = of_item.unwrap_or(last);
                of_item.is_some()
            })
        })
    })
}

/// The numbers of a line such as 12 or 12.3, written in the one way without zeros in front.
fn place_of(line: &ShortText) -> Option<(u32, u32)> {
    let number = |digits: &[u8]| {
        let written = (1..=9).contains(&digits.len()) && digits.first() != Some(&b'0');
        digits.iter().filter(|_| written).try_fold(0_u32, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let line = line.as_bytes();
    let point = line.iter().position(|byte| *byte == b'.');
    match point {
        None => Some((number(line).filter(|number| *number > 0)?, 0)),
        Some(point) => Some((number(&line[..point])?, number(&line[point + 1..]).filter(|part| *part > 0)?)),
    }
}

/// Categories of UNCL 5305 that carry no tax: exempt, reverse charge, intra-community, export, outside, zero (EN 16931-1,
/// rules BR-E-05, BR-AE-05, BR-IC-05, BR-G-05, BR-O-05, BR-Z-05).
fn check_tax(index: usize, item: &ItemInput) -> Result<(), PricingError> {
    let percent = number(item.tax_percent, Place::Item(index, "tax_percent"))?;
    let wrong = |expected| {
        let place = Place::Item(index, "tax_percent");
        Err(PricingError::TaxPercent { place, category: item.tax_category.clone().into(), expected })
    };
    if percent < Decimal::ZERO {
        return wrong("a rate is not below zero");
    }
    let untaxed = matches!(item.tax_category.as_str(), "E" | "AE" | "K" | "G" | "O" | "Z");
    if untaxed && !percent.is_zero() { wrong("its rate is zero") } else { Ok(()) }
}

/// The number of an amount in the offer's currency.
fn amount(money: Money, currency: Currency, place: Place) -> Result<Decimal, PricingError> {
    if money.currency() != currency {
        return Err(PricingError::Currency { place, found: money.currency(), expected: currency });
    }
    number(money.amount(), place)
}

fn exact(number: Decimal, place: Place) -> Result<Exact, PricingError> {
    Exact::of(number).ok_or(PricingError::Overflow { place })
}

#[inline]
fn number(number: Decimal, place: Place) -> Result<Decimal, PricingError> {
    // Zeros at the end are no decimals; taking them off costs divisions.
    if number.scale() > MOST_DECIMALS {
        let found = number.normalize().scale();
        if found > MOST_DECIMALS {
            return Err(PricingError::Precision { place, found, most: MOST_DECIMALS });
        }
    }
    bounded(number, place)
}

#[inline]
fn bounded(number: Decimal, place: Place) -> Result<Decimal, PricingError> {
    // A decimal of so few digits is within bounds wherever its point stands, and that is cheaper to see.
    if number.mantissa().unsigned_abs() <= LARGEST_UNITS {
        return Ok(number);
    }
    if number.abs() > LARGEST { Err(PricingError::Overflow { place }) } else { Ok(number) }
}

/// Decimals without the zeros at the end, where that can matter.
fn decimals(number: Decimal) -> u32 {
    // Nearly every price has at most two decimals; taking zeros off costs divisions.
    if number.scale() <= 2 { number.scale() } else { number.normalize().scale() }
}

/// Rounded half away from zero to at most `most` decimals, without zeros at the end, but with at least `least` decimals.
///
/// Nearly every number of an offer fits 64 bits, where this takes a few divisions; the others go the general way.
fn cut(number: Decimal, most: u32, least: u32) -> Decimal {
    let mut short = short_cut(number, most, least)
        .unwrap_or_else(|| Rounding::HalfAwayFromZero.apply(number, most).normalize());
    if short.scale() < least {
        short.rescale(least);
    }
    short
}

fn short_cut(number: Decimal, most: u32, least: u32) -> Option<Decimal> {
    let mut units = i64::try_from(number.mantissa()).ok()?;
    let mut scale = number.scale();
    if scale > most {
        let one = 10_i64.checked_pow(scale - most)?;
        let rest = units % one;
        // The rest is smaller than one; what is missing to one is compared so that nothing is doubled.
        let away =
            if rest.unsigned_abs() >= one.unsigned_abs() - rest.unsigned_abs() { rest.signum() } else { 0 };
        units = units / one + away;
        scale = most;
    }
    while scale > least && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    Some(Decimal::new(units, scale))
}

pub(in crate::sales) fn add(left: Decimal, right: Decimal, place: Place) -> Result<Decimal, PricingError> {
    left.checked_add(right).ok_or(PricingError::Overflow { place }).and_then(|sum| bounded(sum, place))
}

/// A hundredth: the point moves, nothing is divided. The number has passed [`number`]: without its zeros there is room.
fn hundredth(number: Decimal) -> Decimal {
    let mut hundredth = if number.scale() <= MOST_DECIMALS { number } else { number.normalize() };
    // Cannot fail: two more than the most decimals are far below what a decimal has.
    let _ = hundredth.set_scale(hundredth.scale() + 2);
    hundredth
}

pub(in crate::sales) fn multiply(
    left: Decimal,
    right: Decimal,
    place: Place,
) -> Result<Decimal, PricingError> {
    left.checked_mul(right).ok_or(PricingError::Overflow { place })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_largest_number_is_ten_to_the_fifteenth() {
        assert_eq!(LARGEST, Decimal::from_i128_with_scale(1_000_000_000_000_000, 0));
        assert_eq!(u128::try_from(LARGEST.mantissa()), Ok(LARGEST_UNITS));
        let above = Decimal::from_i128_with_scale(10_000_000_000_000_001, 1);
        assert!(
            bounded(LARGEST, Place::Offer("net")).is_ok() && bounded(-above, Place::Offer("net")).is_err()
        );
    }

    proptest! {
        #[test]
        fn the_short_way_is_the_general_way(units in any::<i64>(), scale in 0_u32..19, most in 0_u32..9, least in 0_u32..3) {
            let (number, most) = (Decimal::new(units, scale), most.max(least));
            let mut general = Rounding::HalfAwayFromZero.apply(number, most).normalize();
            if general.scale() < least {
                general.rescale(least);
            }
            let found = cut(number, most, least);
            prop_assert_eq!((found, found.scale()), (general, general.scale()));
        }

        #[test]
        fn halves_go_away_from_zero(units in -1_000_000_000_i64..1_000_000_000) {
            let half = Decimal::new(units * 10 + 5 * units.signum(), 3);
            prop_assert_eq!(cut(half, 2, 2), Decimal::new(units + units.signum(), 2));
        }

        #[test]
        fn a_hundredth_is_a_product(units in any::<i32>(), scale in 0_u32..=MOST_DECIMALS) {
            let number = Decimal::new(units.into(), scale);
            prop_assert_eq!(hundredth(number), number * Decimal::new(1, 2));
        }
    }
}
