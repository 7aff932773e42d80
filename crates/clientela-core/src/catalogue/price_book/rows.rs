//! Prices in few words.

use crate::catalogue::{Price, PriceList};
use clientela_model::Money;
use clientela_model::identifier::Currency;
use rust_decimal::Decimal;

/// Decimals of a quantity in a row: millionths.
const QUANTITY_DIGITS: u32 = 6;

/// Decimals that a decimal may have.
const MOST_DECIMALS: u32 = 28;

/// A price in few words: those of a product lie side by side, so that whoever looks for one waits for memory once or twice, and not for
/// each of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The least quantity, in millionths.
    from: i64,
    amount: i64,
    cost: i64,
    list: u16,
    amount_decimals: u8,
    cost_decimals: u8,
    has_cost: bool,
}

impl Row {
    /// A price of the list at a place; none if it does not fit, or does not fit its list.
    pub(super) fn of(place: usize, list: &PriceList, price: &Price) -> Option<Self> {
        let (amount, amount_decimals) = units(price.amount, list.currency)?;
        let (cost, cost_decimals) = match price.cost {
            Some(cost) => units(cost, list.currency)?,
            None => (0, 0),
        };
        let (from, list, has_cost) =
            (millionths(price.from_quantity)?, u16::try_from(place).ok()?, price.cost.is_some());
        Some(Self { from, amount, cost, list, amount_decimals, cost_decimals, has_cost })
    }

    /// A row that no list finds.
    pub(super) const fn nobodys() -> Self {
        let (from, amount, cost) = (i64::MAX, 0, 0);
        Self { from, amount, cost, list: u16::MAX, amount_decimals: 0, cost_decimals: 0, has_cost: false }
    }

    /// Place of its list.
    pub(super) const fn list(&self) -> u16 {
        self.list
    }

    pub(super) fn amount(&self, currency: Currency) -> Money {
        Money::new(Decimal::new(self.amount, self.amount_decimals.into()), currency)
    }

    pub(super) fn cost(&self, currency: Currency) -> Option<Money> {
        self.has_cost.then(|| Money::new(Decimal::new(self.cost, self.cost_decimals.into()), currency))
    }
}

/// The formula of a list that only multiplies, as a whole number with so many decimals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factor {
    numerator: i64,
    decimals: u32,
}

impl Factor {
    /// None if the formula does more than multiply, or its factor does not fit.
    pub(super) fn of(list: &PriceList, factor: Option<Decimal>) -> Option<Self> {
        let more = list.formula_amount.is_some() || list.formula_step.is_some();
        let factor = factor.filter(|_| !more && list.least_margin_percent.is_none())?;
        Some(Self { numerator: i64::try_from(factor.mantissa()).ok()?, decimals: factor.scale() })
    }

    /// The product, rounded to the minor unit; none if it does not fit.
    #[inline]
    pub(super) fn times(self, amount: Money) -> Option<Money> {
        let units = i64::try_from(amount.amount().mantissa()).ok()?.checked_mul(self.numerator)?;
        let decimals = amount.amount().scale() + self.decimals;
        (decimals <= MOST_DECIMALS)
            .then(|| Money::new(Decimal::new(units, decimals), amount.currency()).rounded())
    }
}

/// The row of a list for a quantity: from the smallest quantity up, the last that is not too great.
pub(super) fn for_quantity(rows: &[Row], list: u16, millionths: i64) -> Option<&Row> {
    rows.iter().rfind(|row| row.list == list && row.from <= millionths)
}

/// A quantity in millionths; none if it is finer or does not fit.
#[inline]
pub(super) fn millionths(quantity: Decimal) -> Option<i64> {
    const POWERS: [i64; QUANTITY_DIGITS as usize + 1] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    let factor = POWERS.get(quantity.scale() as usize)?;
    i64::try_from(quantity.mantissa()).ok()?.checked_mul(*factor)
}

/// An amount as digits and decimals, if it is in the currency and fits.
fn units(amount: Money, currency: Currency) -> Option<(i64, u8)> {
    let number = Some(amount).filter(|amount| amount.currency() == currency)?.amount();
    Some((i64::try_from(number.mantissa()).ok()?, u8::try_from(number.scale()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_fit_a_line_of_memory() {
        assert_eq!(size_of::<Row>(), 32);
    }

    #[test]
    fn quantities_are_whole_millionths() {
        for (digits, scale, expected) in
            [(3, 0, Some(3_000_000)), (25, 1, Some(2_500_000)), (1, 6, Some(1)), (1, 7, None)]
        {
            assert_eq!(millionths(Decimal::new(digits, scale)), expected, "{digits} {scale}");
        }
        assert_eq!(millionths(Decimal::from(i64::MAX)), None);
    }
}
