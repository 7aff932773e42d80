//! Discounts by hand: one more step on an item, or a share of the whole offer.

use super::{ItemInput, OfferInput, Place, Priced, PricingError, StepChange, StepInput, price};
use crate::catalogue::ProductKind;
use crate::sales::{Authority, Basis, PriceStepKind};
use clientela_model::{Money, Why, allocate};
use rust_decimal::{Decimal, RoundingStrategy};

/// How much is taken away, as a number above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discount {
    /// So many percent of what is left after the steps before.
    Percent(Decimal),
    /// So much: per unit on an item, in all on an offer.
    Amount(Money),
}

/// What it is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// The item of this line.
    Item(&'a str),
    /// The net total of the offer.
    Offer,
}

/// A discount by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualDiscount<'a> {
    /// How much.
    pub discount: Discount,
    /// Of what.
    pub target: Target<'a>,
    /// Code.
    pub code: &'a str,
    /// Who is responsible.
    pub authority: Authority,
    /// Why, for people.
    pub label: Option<&'a str>,
    /// What may be taken away by hand altogether, in percent of the list price with options of the item or of the whole
    /// offer; none for no limit but the price itself.
    pub limit_percent: Option<Decimal>,
}

/// Adds a discount by hand.
///
/// On an item it is one more step of its price. On the whole offer it becomes one item per tax category and rate,
/// quantity one, with its share of the amount by taxable amount: no cent is lost and each share lowers its own tax. A
/// percentage of the whole offer is rounded once, before it is shared out.
///
/// # Errors
/// Checked in this order: `offer.discount_negative`, `offer.discount_limit` for more than 100 percent, `offer.currency`,
/// `offer.precision`, `offer.line_unknown`, what [`price`] finds, `offer.nothing_to_share`, `offer.discount_limit` for more
/// than the price or than `limit_percent`. The input is then unchanged.
pub fn add_discount(input: &mut OfferInput, discount: &ManualDiscount<'_>) -> Result<Why, PricingError> {
    let place = Place::Request("discount");
    match discount.discount {
        Discount::Percent(percent) => {
            check_positive(percent, place)?;
            if percent > Decimal::ONE_HUNDRED {
                return Err(over(place, percent, Decimal::ONE_HUNDRED, discount));
            }
        }
        Discount::Amount(amount) => {
            check_positive(amount.amount(), place)?;
            super::amount(amount, input.currency, place)?;
        }
    }
    match discount.target {
        Target::Item(line) => on_item(input, line, discount, place),
        Target::Offer => on_offer(input, discount, place),
    }
}

/// What is taken away by hand over the whole offer, in percent of its list value to four decimals, rounded up; none when that
/// is nothing.
///
/// # Errors
/// [`PricingError::Overflow`].
pub fn manual_percent(input: &OfferInput, priced: &Priced) -> Result<Option<Decimal>, PricingError> {
    let place = Place::Request("discount");
    let (mut list, mut manual) = (Decimal::ZERO, Decimal::ZERO);
    for (index, item) in input.items.iter().enumerate() {
        let per_line = |unit| super::per_base(super::multiply(unit, item.quantity, place)?, index, item);
        if let Some(priced) = priced.items.get(index) {
            list = super::add(list, per_line(priced.unit_list.amount())?, place)?;
        }
        manual = super::add(manual, per_line(manual_of(priced, index))?, place)?;
    }
    share(manual, list, place)
}

fn on_item(
    input: &mut OfferInput,
    line: &str,
    discount: &ManualDiscount<'_>,
    place: Place,
) -> Result<Why, PricingError> {
    let unknown = PricingError::LineUnknown { place: Place::Request("target") };
    let index = input.items.iter().position(|item| item.line == line).ok_or_else(|| unknown.clone())?;
    let step = match discount.discount {
        Discount::Percent(percent) => StepInput::percent_off(
            PriceStepKind::Manual,
            discount.code,
            percent,
            Basis::Running,
            discount.authority,
        ),
        Discount::Amount(amount) => {
            StepInput::amount_off(PriceStepKind::Manual, discount.code, amount, discount.authority)
        }
    };
    let step = StepInput { label: discount.label.map(Into::into), ..step };
    input.items.get_mut(index).ok_or(unknown)?.steps.push(step);
    let outcome = checked_item(input, index, discount, place);
    if outcome.is_err()
        && let Some(item) = input.items.get_mut(index)
    {
        item.steps.pop();
    }
    outcome
}

/// Prices the offer with the new step and compares with the limit.
fn checked_item(
    input: &OfferInput,
    index: usize,
    discount: &ManualDiscount<'_>,
    place: Place,
) -> Result<Why, PricingError> {
    let priced = price(input)?;
    let list = priced.items.get(index).map_or(Decimal::ZERO, |item| item.unit_list.amount());
    let percent = share(manual_of(&priced, index), list, place)?;
    check_limit(percent, discount, place)?;
    let mut why = Why::new("discount.added");
    if let (Some(item), Some(step)) =
        (priced.items.get(index), priced.steps_of(index).rfind(|step| step.kind == PriceStepKind::Manual))
    {
        why =
            why.fact("amount", step.amount).fact("unit_list", item.unit_list).fact("unit_net", item.unit_net);
    }
    Ok(with_limit(why, percent, discount))
}

fn on_offer(
    input: &mut OfferInput,
    discount: &ManualDiscount<'_>,
    place: Place,
) -> Result<Why, PricingError> {
    let currency = input.currency;
    let priced = price(input)?;
    let net = priced.net;
    if net.is_negative() || net.is_zero() {
        return Err(PricingError::NothingToShare { place });
    }
    let overflow = |_| PricingError::Overflow { place };
    let amount = match discount.discount {
        Discount::Percent(percent) => net.percent(percent).map_err(overflow)?.rounded(),
        Discount::Amount(amount) => {
            let (found, most) = (super::decimals(amount.amount()), currency.minor_units());
            if found > most {
                return Err(PricingError::Precision { place, found, most });
            }
            amount.rounded()
        }
    };
    if amount.amount() > net.amount() {
        let why = Why::new("offer.discount_limit").fact("amount", amount).fact("net", net);
        return Err(PricingError::DiscountLimit { place, why });
    }
    let weights: Vec<Decimal> =
        priced.tax_groups.iter().map(|group| group.taxable.amount().max(Decimal::ZERO)).collect();
    let shares = allocate(amount, &weights).map_err(overflow)?;
    let before = input.items.len();
    let mut why = Why::new("discount.shared").fact("amount", amount).fact("net", net);
    for (group, share) in priced.tax_groups.iter().zip(shares) {
        if share.is_zero() {
            continue;
        }
        let mut step = StepInput::amount_off(PriceStepKind::Manual, discount.code, share, discount.authority);
        step.label = discount.label.map(Into::into);
        let tax = (group.category.as_str(), group.percent);
        let line = free_line(input);
        input.items.push(ItemInput::adjustment(line, None, ProductKind::Other, step, currency, tax));
        why = why.because(
            Why::new("discount.share")
                .fact("category", &group.category)
                .fact("percent", group.percent)
                .fact("taxable", group.taxable)
                .fact("amount", share),
        );
    }
    let outcome = price(input)
        .and_then(|priced| manual_percent(input, &priced))
        .and_then(|percent| check_limit(percent, discount, place).map(|()| percent));
    match outcome {
        Ok(percent) => Ok(with_limit(why, percent, discount)),
        Err(error) => {
            input.items.truncate(before);
            Err(error)
        }
    }
}

/// Takes discounts by hand on the whole of another content, such as the version before, over into this one: each of them again, shared out
/// among what is offered now. Why, for each.
///
/// # Errors
/// As [`add_discount`]: what is offered now may be less than what is taken away.
pub fn keep_discounts(input: &mut OfferInput, before: &OfferInput) -> Result<Vec<Why>, PricingError> {
    let mut kept: Vec<(&StepInput, Money)> = Vec::new();
    for item in before.items.iter().filter(|item| item.is_adjustment() && item.parent_line.is_none()) {
        for step in item.steps.iter().filter(|step| step.kind == PriceStepKind::Manual) {
            let StepChange::Amount(share) = step.change else { continue };
            let same = |other: &StepInput| {
                (&other.code, other.authority, &other.label) == (&step.code, step.authority, &step.label)
            };
            match kept.iter_mut().find(|(other, _)| same(other)) {
                Some((_, sum)) => {
                    let amount = super::add(sum.amount(), -share.amount(), Place::Request("discount"))?;
                    *sum = Money::new(amount, sum.currency());
                }
                None => kept.push((step, Money::new(-share.amount(), share.currency()))),
            }
        }
    }
    let kept = kept.into_iter().filter(|(_, amount)| amount.amount() > Decimal::ZERO);
    kept.map(|(step, amount)| {
        let discount = ManualDiscount {
            discount: Discount::Amount(amount),
            target: Target::Offer,
            code: &step.code,
            authority: step.authority,
            label: step.label.as_deref(),
            limit_percent: None,
        };
        add_discount(input, &discount)
    })
    .collect()
}

/// What is taken away by hand from one of the item, as a number above zero.
fn manual_of(priced: &Priced, index: usize) -> Decimal {
    priced
        .steps_of(index)
        .filter(|step| step.kind == PriceStepKind::Manual)
        .map(|step| -step.amount.amount())
        .sum()
}

fn share(manual: Decimal, list: Decimal, place: Place) -> Result<Option<Decimal>, PricingError> {
    if list.is_zero() {
        return Ok(None);
    }
    let percent = manual
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|hundredfold| hundredfold.checked_div(list))
        .ok_or(PricingError::Overflow { place })?;
    // Up, so that what is shown and compared is never below what is given: a cent over the limit is over it.
    Ok(Some(percent.round_dp_with_strategy(4, RoundingStrategy::AwayFromZero)))
}

fn check_positive(number: Decimal, place: Place) -> Result<(), PricingError> {
    if number <= Decimal::ZERO { Err(PricingError::DiscountNegative { place }) } else { Ok(()) }
}

fn check_limit(
    percent: Option<Decimal>,
    discount: &ManualDiscount<'_>,
    place: Place,
) -> Result<(), PricingError> {
    match (percent, discount.limit_percent) {
        (Some(percent), Some(limit)) if percent > limit => Err(over(place, percent, limit, discount)),
        _ => Ok(()),
    }
}

fn over(place: Place, percent: Decimal, limit: Decimal, discount: &ManualDiscount<'_>) -> PricingError {
    let why = Why::new("offer.discount_limit")
        .fact("authority", discount.authority)
        .fact("percent", percent.normalize())
        .fact("limit_percent", limit.normalize());
    PricingError::DiscountLimit { place, why }
}

fn with_limit(why: Why, percent: Option<Decimal>, discount: &ManualDiscount<'_>) -> Why {
    let why = why.fact("authority", discount.authority);
    let why = match percent {
        Some(percent) => why.fact("percent_of_list", percent.normalize()),
        None => why,
    };
    match discount.limit_percent {
        Some(limit) => why.fact("limit_percent", limit.normalize()),
        None => why,
    }
}

/// A line nobody has yet: the next whole number.
pub(super) fn free_line(input: &OfferInput) -> String {
    let taken = |line: &str| {
        input
            .items
            .iter()
            .any(|item| item.line == line || item.options.iter().any(|option| option.line == line))
    };
    let mut next = input.items.len() + 1;
    while taken(&next.to_string()) {
        next += 1;
    }
    next.to_string()
}
