//! Prices with the tax inside, and without it.

use clientela_model::{Money, MoneyError};
use rust_decimal::Decimal;

/// Decimals of a price that was computed and not written: far finer than any currency's, so that a line comes out to the cent.
pub const PRICE_DECIMALS: u32 = 6;

fn factor(percent: Decimal) -> Result<Decimal, MoneyError> {
    let hundred = Decimal::ONE_HUNDRED;
    percent.checked_add(hundred).and_then(|sum| sum.checked_div(hundred)).ok_or(MoneyError::Overflow)
}

/// The price with a tax of so many percent put in, to six decimals.
///
/// # Errors
/// When it is beyond what an amount can be.
pub fn with_tax(price: Money, percent: Decimal) -> Result<Money, MoneyError> {
    Ok(price.checked_mul(factor(percent)?)?.rounded_to(PRICE_DECIMALS))
}

/// The price with a tax of so many percent taken out, to six decimals. What has no tax rate, or one that takes everything away, is
/// left as it is.
///
/// # Errors
/// When it is beyond what an amount can be.
pub fn without_tax(price: Money, percent: Decimal) -> Result<Money, MoneyError> {
    let factor = factor(percent)?;
    if factor.is_zero() {
        return Ok(price);
    }
    let net = price.amount().checked_div(factor).ok_or(MoneyError::Overflow)?;
    Ok(Money::new(net, price.currency()).rounded_to(PRICE_DECIMALS))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use clientela_model::identifier::Currency;

    #[test]
    fn what_is_put_in_comes_out_again() {
        let euro = Currency::parse("EUR").unwrap();
        for (net, percent) in
            [(1_999, 2_200), (9_850_000, 1_900), (1, 550), (0, 2_200), (100, 0), (-1_250, 1_000)]
        {
            let (net, percent) = (Money::from_minor(net, euro), Decimal::new(percent, 2));
            let gross = with_tax(net, percent).unwrap();
            assert_eq!(without_tax(gross, percent).unwrap().amount(), net.amount(), "{net} {percent}");
        }
    }
}
