//! Arithmetic of CEL's `double` (IEEE 754 binary64): the one place of the library that computes with floats.
//!
//! Money never comes here: amounts are decimals, and the checker lets no double stand beside one.
#![allow(clippy::float_arithmetic, reason = "CEL specifies double arithmetic as that of IEEE 754")]

use crate::syntax::Operator;

/// Sum, difference, product or quotient; none for other operators.
pub(crate) fn calculate(operator: Operator, one: f64, two: f64) -> Option<f64> {
    Some(match operator {
        Operator::Add => one + two,
        Operator::Subtract => one - two,
        Operator::Multiply => one * two,
        Operator::Divide => one / two,
        _ => return None,
    })
}

pub(crate) fn negate(number: f64) -> f64 {
    -number
}
