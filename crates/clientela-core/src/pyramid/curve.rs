//! The 80/20 curve.

use super::tiers::{Pyramid, percent};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// A point of the curve: so many percent of the customers, the largest first, bring so many percent of the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Percent of the customers asked for.
    pub customers_percent: Decimal,
    /// How many customers that is, rounded up.
    pub customers: u64,
    /// Percent of the total they bring.
    pub value_percent: Decimal,
}

/// The curve at each step of so many percent, from the step to 100 (Lorenz curve of the order from the largest down).
#[must_use]
pub fn curve(pyramid: &Pyramid, step: u32) -> Vec<CurvePoint> {
    let count = pyramid.cumulative.len();
    let step = step.clamp(1, 100) as usize;
    let ends = (step..100).step_by(step).chain([100]);
    let point = |customers_percent: usize| {
        let customers = (count * customers_percent).div_ceil(100);
        let value = customers.checked_sub(1).and_then(|last| pyramid.cumulative.get(last)).copied();
        CurvePoint {
            customers_percent: Decimal::from(customers_percent),
            customers: customers.to_u64().unwrap_or(u64::MAX),
            value_percent: percent(value.unwrap_or_default(), pyramid.total),
        }
    };
    ends.map(point).collect()
}
