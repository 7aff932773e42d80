//! Prices made from those of another list, and of another currency.

use super::pricing::{CatalogueError, Passed, PriceRequest, is_valid, own_price};
use super::{Price, PriceList};
use clientela_model::{EntityId, Money, Rounding, Why};
use rust_decimal::Decimal;

/// Lists that may stand on one another.
const MOST_LISTS: usize = 8;

/// A price as a list gives it.
pub(super) struct Made<'a> {
    pub(super) price: &'a Price,
    pub(super) amount: Money,
    pub(super) cost: Option<Money>,
    /// Whether it was converted from another currency.
    pub(super) converted: bool,
    /// How it was made.
    pub(super) reasons: Vec<Why>,
}

/// The list's own price, or that of the list it is made from with its formula; then converted, where a rate does. How is said
/// only if it is to be `told`.
pub(super) fn made<'a>(
    wanted: &PriceRequest<'_>,
    list: &'a PriceList,
    lists: &'a [PriceList],
    prices: &'a [Price],
    told: bool,
) -> Result<Result<Made<'a>, Passed>, CatalogueError> {
    // From this list down to the one that has a price of its own.
    let (mut above, mut at) = (Vec::new(), list);
    let price = loop {
        let below = at.base_list.and_then(|base| lists.iter().find(|list| list.id == base));
        match own_price(wanted, at, prices) {
            Ok(price) if price.amount.currency() == at.currency => break price,
            Ok(price) => {
                return Err(CatalogueError::ListCurrency {
                    price: price.id.uuid(),
                    list: at.code.clone(),
                    found: price.amount.currency(),
                    expected: at.currency,
                });
            }
            Err(reason) => match below {
                Some(base) if above.len() + 1 < MOST_LISTS && is_valid(base, wanted.day) => {
                    above.push(at);
                    at = base;
                }
                _ => return Ok(Err(reason)),
            },
        }
    };
    let mut made =
        Made { price, amount: price.amount, cost: price.cost, converted: false, reasons: Vec::new() };
    // What the lowest list says is its own; the formulas of those above it follow, from the bottom up.
    for list in above.into_iter().rev() {
        if !convert(&mut made, list.currency, wanted) {
            return Ok(Err(Passed::OtherCurrency));
        }
        let Some(amount) = formula(list, made.amount, made.cost) else { return Ok(Err(Passed::NoPrice)) };
        if told {
            made.reasons.push(
                Why::new("price.formula")
                    .fact("price_list", &list.code)
                    .fact("from", made.amount)
                    .fact("amount", amount),
            );
        }
        made.amount = amount;
    }
    if !convert(&mut made, wanted.currency, wanted) {
        return Ok(Err(Passed::OtherCurrency));
    }
    Ok(Ok(made))
}

/// Converts by the rates of the request; false when there is none.
fn convert(
    made: &mut Made<'_>,
    to: clientela_model::identifier::Currency,
    wanted: &PriceRequest<'_>,
) -> bool {
    if made.amount.currency() == to {
        return true;
    }
    let Some(rates) = wanted.rates else { return false };
    let Ok(amount) = rates.convert(made.amount, to, wanted.day) else { return false };
    let cost = made.cost.map(|cost| rates.convert(cost, to, wanted.day));
    made.cost = cost.and_then(|cost| cost.ok()).map(|cost| cost.amount);
    made.amount = amount.amount;
    made.converted = true;
    made.reasons.push(amount.why);
    true
}

/// Percent, amount, multiple, least margin: in this order, rounded half away from zero at the end.
fn formula(list: &PriceList, from: Money, cost: Option<Money>) -> Option<Money> {
    let mut amount = from.amount();
    if let Some(percent) = list.formula_percent {
        let factor = (Decimal::ONE_HUNDRED + percent).checked_div(Decimal::ONE_HUNDRED)?;
        amount = amount.checked_mul(factor)?;
    }
    let of_list = |money: Option<Money>| money.filter(|money| money.currency() == list.currency);
    if let Some(extra) = of_list(list.formula_amount) {
        amount = amount.checked_add(extra.amount())?;
    }
    if let Some(step) = of_list(list.formula_step).map(Money::amount).filter(|step| *step > Decimal::ZERO) {
        amount = Rounding::HalfAwayFromZero.apply(amount.checked_div(step)?, 0).checked_mul(step)?;
    }
    if let (Some(least), Some(cost)) = (list.least_margin_percent, cost.map(Money::amount)) {
        let left = Decimal::ONE_HUNDRED - least;
        let floor =
            cost.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(left).filter(|_| left > Decimal::ZERO)?;
        amount = amount.max(floor);
    }
    Some(Money::new(amount, list.currency).rounded())
}
