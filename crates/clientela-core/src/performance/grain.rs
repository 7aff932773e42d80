//! The steps a plan is shared out in: the smallest unit of what it counts, or a multiple of it that the plan asks for.

use super::cascade::{CascadeError, digits};
use super::quota::{Measure, QuotaPlan};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Most smallest units one step has.
const STEP_MAX: i64 = 1_000_000_000_000;

/// The steps of a plan: targets are whole numbers of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grain {
    digits: u32,
    /// Smallest units in a step.
    size: i64,
}

impl Grain {
    /// The steps of a plan in the measure it is looked at in.
    ///
    /// # Errors
    /// `quota_plan.currency_missing`, `quota_plan.step`.
    pub fn of(plan: &QuotaPlan) -> Result<Self, CascadeError> {
        let digits = digits(plan)?;
        let Some(step) = plan.step else { return Ok(Self { digits, size: 1 }) };
        let mut exact = step.normalize();
        let wrong = exact <= Decimal::ZERO || exact.scale() > digits || plan.measure == Measure::MarketShare;
        if wrong || exact >= Decimal::from_i128_with_scale(i128::from(STEP_MAX), digits) {
            return Err(CascadeError::Step { digits });
        }
        exact.rescale(digits);
        let size = i64::try_from(exact.mantissa()).map_err(|_| CascadeError::Step { digits })?;
        Ok(Self { digits, size })
    }

    /// What so many steps are.
    #[must_use]
    pub fn amount(self, steps: i64) -> Decimal {
        Decimal::from_i128_with_scale(i128::from(steps) * i128::from(self.size), self.digits)
    }

    /// How many steps an amount is; none when it is no whole number of them, or too many.
    #[must_use]
    pub fn steps(self, amount: Decimal) -> Option<i64> {
        let whole = amount.checked_div(self.amount(1))?;
        if whole.fract().is_zero() { whole.to_i64() } else { None }
    }

    /// The steps at or below an amount, and those at or above it; none when they are too many.
    pub(super) fn around(self, amount: Decimal) -> Option<(i64, i64)> {
        let whole = amount.checked_div(self.amount(1))?;
        whole.floor().to_i64().zip(whole.ceil().to_i64())
    }

    /// Decimals of what is counted.
    #[must_use]
    pub const fn digits(self) -> u32 {
        self.digits
    }

    /// Whether a step is more than the smallest unit.
    #[must_use]
    pub const fn is_coarse(self) -> bool {
        self.size > 1
    }
}
