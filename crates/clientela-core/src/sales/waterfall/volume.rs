//! Volume tiers: the more of the same, the lower the price.

use super::{PricingError, StepInput};
use crate::sales::{Authority, Basis, PriceStepKind};
use rust_decimal::Decimal;

/// From a quantity on, so many percent less on every unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// From this quantity on, it included; up to the next tier, that excluded.
    pub from: Decimal,
    /// Percent taken away, as a number from 0 to 100.
    pub percent: Decimal,
}

/// The percent of the tier the whole quantity falls in, none below the first tier.
///
/// # Errors
/// [`PricingError::Tiers`] when they do not begin at rising quantities or take less than 0 or more than 100 percent.
pub fn range_percent(tiers: &[Tier], quantity: Decimal) -> Result<Option<Decimal>, PricingError> {
    let mut previous = None;
    for (tier, Tier { from, percent }) in tiers.iter().enumerate() {
        let rising = previous.is_none_or(|previous| previous < *from);
        if !rising || *percent < Decimal::ZERO || *percent > Decimal::ONE_HUNDRED {
            return Err(PricingError::Tiers { tier });
        }
        previous = Some(*from);
    }
    Ok(tiers.iter().take_while(|tier| tier.from <= quantity).last().map(|tier| tier.percent))
}

/// The step of the tier the quantity falls in, none when that takes nothing away.
///
/// # Errors
/// As [`range_percent`].
pub fn volume_step(
    tiers: &[Tier],
    quantity: Decimal,
    code: &str,
    basis: Basis,
) -> Result<Option<StepInput>, PricingError> {
    let percent = range_percent(tiers, quantity)?.filter(|percent| !percent.is_zero());
    Ok(percent
        .map(|percent| StepInput::percent_off(PriceStepKind::Volume, code, percent, basis, Authority::None)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_begins_at_its_quantity() {
        let tiers = [(0, 0), (30, 10), (60, 20), (90, 30)]
            .map(|(from, percent)| Tier { from: Decimal::from(from), percent: Decimal::from(percent) });
        for (quantity, percent) in [(0, 0), (29, 0), (30, 10), (59, 10), (60, 20), (89, 20), (90, 30)] {
            let found = range_percent(&tiers, Decimal::from(quantity)).unwrap();
            assert_eq!(found, Some(Decimal::from(percent)), "{quantity}");
        }
        assert_eq!(range_percent(&tiers, Decimal::NEGATIVE_ONE).unwrap(), None);
        assert_eq!(volume_step(&tiers, Decimal::TEN, "V", Basis::Running).unwrap(), None);
    }

    #[test]
    fn tiers_out_of_order_are_named() {
        let tier = |from, percent| Tier { from: Decimal::from(from), percent: Decimal::from(percent) };
        for (tiers, wrong) in
            [(vec![tier(1, 10), tier(1, 20)], 1), (vec![tier(1, 101)], 0), (vec![tier(1, 0), tier(2, -1)], 1)]
        {
            assert_eq!(range_percent(&tiers, Decimal::ONE), Err(PricingError::Tiers { tier: wrong }));
        }
    }
}
