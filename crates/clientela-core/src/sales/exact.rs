//! Powers, logarithms and exponentials of decimals, to more digits than any amount or rate has.
//!
//! Interest and compound discounts need them, and money is never a float. Results carry about 24 significant digits; every
//! step that would not fit a decimal is none.

use rust_decimal::Decimal;

/// ln 2, to the digits a decimal has.
const LN_2: Decimal = Decimal::from_parts(2_860_148_159, 2_180_329_217, 375_755_839, false, 28);
/// Terms of a series that are ever needed: each adds more than one digit.
const TERMS: u32 = 60;

/// A number to a whole power, by squaring.
pub(crate) fn power(base: Decimal, exponent: u32) -> Option<Decimal> {
    let (mut result, mut square, mut left) = (Decimal::ONE, base, exponent);
    while left > 0 {
        if left & 1 == 1 {
            result = result.checked_mul(square)?;
        }
        left >>= 1;
        if left > 0 {
            square = square.checked_mul(square)?;
        }
    }
    Some(result)
}

/// The natural logarithm of a number above zero: halved or doubled until it lies between 2/3 and 4/3, then
/// ln x = 2 artanh((x − 1) / (x + 1)).
pub(crate) fn ln(number: Decimal) -> Option<Decimal> {
    if number <= Decimal::ZERO {
        return None;
    }
    let (mut reduced, mut halvings) = (number, 0_i64);
    let (low, high) = (Decimal::TWO / Decimal::from(3), Decimal::from(4) / Decimal::from(3));
    while reduced > high {
        reduced = reduced.checked_div(Decimal::TWO)?;
        halvings += 1;
    }
    while reduced < low {
        reduced = reduced.checked_mul(Decimal::TWO)?;
        halvings -= 1;
    }
    let ratio = (reduced - Decimal::ONE).checked_div(reduced + Decimal::ONE)?;
    let square = ratio.checked_mul(ratio)?;
    let (mut sum, mut term) = (Decimal::ZERO, ratio);
    for index in 0..TERMS {
        let part = term.checked_div(Decimal::from(2 * index + 1))?;
        if part.is_zero() {
            break;
        }
        sum = sum.checked_add(part)?;
        term = term.checked_mul(square)?;
    }
    Decimal::from(halvings).checked_mul(LN_2)?.checked_add(sum.checked_mul(Decimal::TWO)?)
}

/// e to a power: halved until it is small, its series, then squared as often.
pub(crate) fn exp(number: Decimal) -> Option<Decimal> {
    let (mut reduced, mut halvings) = (number, 0_u32);
    while reduced.abs() > Decimal::new(5, 1) {
        reduced = reduced.checked_div(Decimal::TWO)?;
        halvings += 1;
    }
    let (mut sum, mut term) = (Decimal::ONE, Decimal::ONE);
    for index in 1..=TERMS {
        term = term.checked_mul(reduced)?.checked_div(Decimal::from(index))?;
        if term.is_zero() {
            break;
        }
        sum = sum.checked_add(term)?;
    }
    for _ in 0..halvings {
        sum = sum.checked_mul(sum)?;
    }
    Some(sum)
}

/// A number above zero to any power.
pub(crate) fn real_power(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    exp(ln(base)?.checked_mul(exponent)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<Decimal>, expected: &str) {
        let (found, expected) = (found.unwrap(), expected.parse::<Decimal>().unwrap());
        assert!((found - expected).abs() < Decimal::new(1, 18), "{found} is not {expected}");
    }

    #[test]
    fn known_values_come_out() {
        close(ln(Decimal::TWO), "0.693147180559945309417232121458");
        close(ln(Decimal::TEN), "2.302585092994045684017991454684");
        close(ln(Decimal::new(1, 3)), "-6.907755278982137052053974364053");
        close(exp(Decimal::ONE), "2.718281828459045235360287471353");
        close(exp(Decimal::from(-5)), "0.006737946999085467096636048423");
        close(power(Decimal::new(1005, 3), 120), "1.819396734032313231568562170405");
        close(real_power(Decimal::from(5), Decimal::new(25, 2)), "1.495348781221220541911898994");
        assert_eq!((ln(Decimal::ZERO), power(Decimal::TEN, 400)), (None, None));
    }
}
