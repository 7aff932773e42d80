//! Prices made from those of another list, and of another currency.

use super::pricing::{CatalogueError, Passed, PriceRequest, is_valid};
use super::{Price, PriceList};
use clientela_model::{EntityId, Money, Rounding, Why};
use rust_decimal::Decimal;

/// Lists that may stand on one another.
pub(super) const MOST_LISTS: usize = 8;

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

/// Lists with their prices of one product, and where they stand to one another.
pub(super) trait Offering<'a> {
    /// How a list is named.
    type At: Copy;
    /// The list.
    fn list(&self, at: Self::At) -> Option<&'a PriceList>;
    /// The list it is made from.
    fn base(&self, at: Self::At) -> Option<Self::At>;
    /// What its formula multiplies a price by.
    fn factor(&self, at: Self::At) -> Option<Decimal>;
    /// The list's own price for the product and quantity.
    fn own(&self, at: Self::At, quantity: Decimal) -> Result<&'a Price, Passed>;
}

/// The list's own price, or that of the list it is made from with its formula; then converted, where a rate does. How is said
/// only if it is to be `told`.
pub(super) fn made<'a, O: Offering<'a>>(
    wanted: &PriceRequest<'_>,
    from: &O,
    list: O::At,
    told: bool,
) -> Result<Result<Made<'a>, Passed>, CatalogueError> {
    // From this list down to the one that has a price of its own.
    let (mut above, mut depth, mut at) = ([None; MOST_LISTS], 0, list);
    let price = loop {
        let Some(list) = from.list(at) else { return Ok(Err(Passed::NoPrice)) };
        match from.own(at, wanted.quantity) {
            Ok(price) if price.amount.currency() == list.currency => break price,
            Ok(price) => {
                return Err(CatalogueError::ListCurrency {
                    price: price.id.uuid(),
                    list: list.code.clone(),
                    found: price.amount.currency(),
                    expected: list.currency,
                });
            }
            Err(reason) => {
                let below = from.base(at).filter(|_| depth + 1 < MOST_LISTS);
                let valid = |base: &O::At| from.list(*base).is_some_and(|base| is_valid(base, wanted.day));
                match (below.filter(valid), above.get_mut(depth)) {
                    (Some(base), Some(place)) => {
                        *place = Some((list, at));
                        (depth, at) = (depth + 1, base);
                    }
                    _ => return Ok(Err(reason)),
                }
            }
        }
    };
    let mut made =
        Made { price, amount: price.amount, cost: price.cost, converted: false, reasons: Vec::new() };
    // What the lowest list says is its own; the formulas of those above it follow, from the bottom up.
    for (list, at) in above.into_iter().take(depth).flatten().rev() {
        if !convert(&mut made, list.currency, wanted) {
            return Ok(Err(Passed::OtherCurrency));
        }
        let Some(amount) = formula(list, from.factor(at), made.amount, made.cost) else {
            return Ok(Err(Passed::NoPrice));
        };
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

/// What the formula of a list multiplies a price by: 0.975 for two and a half percent less.
pub(super) fn factor(list: &PriceList) -> Option<Decimal> {
    Decimal::ONE_HUNDRED.checked_add(list.formula_percent?)?.checked_mul(Decimal::new(1, 2))
}

/// Percent, amount, multiple, least margin: in this order, rounded half away from zero at the end.
pub(super) fn formula(
    list: &PriceList,
    factor: Option<Decimal>,
    from: Money,
    cost: Option<Money>,
) -> Option<Money> {
    let mut amount = from.amount();
    if list.formula_percent.is_some() {
        amount = amount.checked_mul(factor?)?;
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
