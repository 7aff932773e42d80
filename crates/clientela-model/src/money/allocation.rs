//! Sharing an amount out without losing a cent.

use super::{Money, MoneyError, Rounding};
use rust_decimal::Decimal;

/// Shares an amount out by weights: the shares add up exactly, each a multiple of the currency's minor unit if the
/// amount is one.
///
/// Largest remainder (Hamilton): every share is first rounded towards zero, then the smallest units left over go, one
/// each, to the largest remainders, the first of equals first. Weights of zero get nothing.
///
/// # Errors
/// [`MoneyError::Weights`] when there is no weight above zero or one below; [`MoneyError::Overflow`].
///
/// ```
/// use clientela_model::{Money, allocate, identifier::Currency};
/// let euro = Currency::parse("EUR")?;
/// let shares = allocate(Money::parse("100.00", euro)?, &[1.into(), 1.into(), 1.into()])?;
/// assert_eq!(shares.iter().map(|share| share.amount().to_string()).collect::<Vec<_>>(), ["33.34", "33.33", "33.33"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn allocate(amount: Money, weights: &[Decimal]) -> Result<Vec<Money>, MoneyError> {
    let digits = amount.amount().scale().max(amount.currency().minor_units());
    let shares = allocate_units(amount.amount(), weights, digits)?;
    Ok(shares.into_iter().map(|share| Money::new(share, amount.currency())).collect())
}

/// Shares a plain number out in steps of ten to the minus `digits`: 0 for whole vehicles.
///
/// # Errors
/// As [`allocate`].
pub fn allocate_units(total: Decimal, weights: &[Decimal], digits: u32) -> Result<Vec<Decimal>, MoneyError> {
    if weights.iter().any(|weight| weight.is_sign_negative() && !weight.is_zero()) {
        return Err(MoneyError::Weights);
    }
    let sum = weights
        .iter()
        .try_fold(Decimal::ZERO, |sum, weight| sum.checked_add(*weight))
        .ok_or(MoneyError::Overflow)?;
    if sum.is_zero() {
        return Err(MoneyError::Weights);
    }
    let step = Decimal::new(1, digits);
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut given = Decimal::ZERO;
    for (index, weight) in weights.iter().enumerate() {
        let exact = total
            .checked_mul(*weight)
            .and_then(|product| product.checked_div(sum))
            .ok_or(MoneyError::Overflow)?;
        let mut share = Rounding::Down.apply(exact, digits);
        share.rescale(digits);
        given = given.checked_add(share).ok_or(MoneyError::Overflow)?;
        if !weight.is_zero() {
            remainders.push(((exact - share).abs(), index));
        }
        shares.push(share);
    }
    remainders.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
    let signed = if total.is_sign_negative() { -step } else { step };
    let mut left = total.checked_sub(given).ok_or(MoneyError::Overflow)?;
    // What is left is less than one step per share, give or take the last digit of a division.
    for (_, index) in remainders.iter().cycle().take(remainders.len().saturating_mul(2)) {
        if left.abs() < step {
            break;
        }
        if let Some(share) = shares.get_mut(*index) {
            *share += signed;
            left -= signed;
        }
    }
    // A total finer than the step: its tail goes to the largest remainder, so that nothing is lost.
    if let Some(share) = remainders.first().and_then(|(_, index)| shares.get_mut(*index)) {
        *share += left;
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::Currency;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_add_up_and_lie_within_one_step(cents in -10_000_000_000_i64..10_000_000_000, weights in prop::collection::vec(0_u32..100_000, 1..40)) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let currency = Currency::parse("EUR").unwrap();
            let total = Money::from_minor(cents, currency);
            let weights: Vec<Decimal> = weights.into_iter().map(Decimal::from).collect();
            let shares = allocate(total, &weights).unwrap();
            prop_assert_eq!(Money::sum(shares.iter().copied(), currency).unwrap().amount(), total.amount());
            let sum: Decimal = weights.iter().sum();
            for (share, weight) in shares.iter().zip(&weights) {
                let exact = total.amount() * weight / sum;
                prop_assert!((share.amount() - exact).abs() <= Decimal::new(1, 2), "{share} for {exact}");
                prop_assert!(!weight.is_zero() || share.is_zero());
            }
        }
    }

    #[test]
    fn bad_weights_are_refused() {
        assert_eq!(allocate_units(Decimal::ONE, &[], 0), Err(MoneyError::Weights));
        assert_eq!(allocate_units(Decimal::ONE, &[Decimal::ZERO], 0), Err(MoneyError::Weights));
        assert_eq!(
            allocate_units(Decimal::ONE, &[Decimal::ONE, Decimal::NEGATIVE_ONE], 0),
            Err(MoneyError::Weights)
        );
    }
}
