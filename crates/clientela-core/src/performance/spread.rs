//! How far a figure that is continued at the pace so far may be off.
//!
//! What is won comes in pieces of unequal size at unequal times. Taken as a compound Poisson process at the pace so far, of
//! which the part `f` of the period is over and whose pieces squared add up to `S`, the figure at the end has the variance
//! `S r (1 + r)` around its projection, with `r = (1 - f) / f`: `S r` for what is still to come, `S r²` for not knowing the pace
//! better than by what was seen (Ross, *Introduction to Probability Models*, 11th ed., section 5.4.2). The interval is that of the
//! normal law that holds four of five outcomes, which asks for some dozen pieces to be more than a hint.

use rust_decimal::Decimal;

/// The standard normal quantile of 90 percent: four of five outcomes lie between it and its opposite.
const FOUR_OF_FIVE: Decimal = Decimal::from_parts(12_816, 0, 0, false, 4);

/// Half the width of the interval. `over` and `whole` are what was expected by now and in all; none when nothing was expected yet
/// or the numbers are too large.
pub(super) fn half_width(squares: Decimal, over: Decimal, whole: Decimal) -> Option<Decimal> {
    if over <= Decimal::ZERO || whole <= Decimal::ZERO {
        return None;
    }
    let ahead = whole.checked_sub(over)?.max(Decimal::ZERO).checked_div(over)?;
    let variance = squares.checked_mul(ahead)?.checked_mul(ahead.checked_add(Decimal::ONE)?)?;
    square_root(variance)?.checked_mul(FOUR_OF_FIVE)
}

/// The square root to some ten digits, by Newton's method.
fn square_root(number: Decimal) -> Option<Decimal> {
    if number <= Decimal::ZERO {
        return (number == Decimal::ZERO).then_some(Decimal::ZERO);
    }
    // From above it falls towards the root in every step.
    let mut root = number.max(Decimal::ONE);
    for _ in 0..200 {
        let next = root.checked_add(number.checked_div(root)?)?.checked_div(Decimal::TWO)?.round_dp(10);
        if next >= root {
            break;
        }
        root = next;
    }
    Some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn roots_and_widths() {
        for (of, root) in [
            ("0", "0"),
            ("2", "1.4142135624"),
            ("1000000", "1000"),
            ("0.0625", "0.25"),
            ("123456789012345678", "351364182.88"),
        ] {
            let found = square_root(number(of)).unwrap();
            assert!((found - number(root)).abs() < number("0.01"), "{of}: {found}");
        }
        // 25 single wins in half the time: 25 more are to come, give or take the root of 25 · 1 · 2.
        let half = half_width(number("25"), number("50"), number("100")).unwrap();
        assert_eq!(half.round_dp(3), number("9.062"));
        assert_eq!(half_width(number("25"), number("100"), number("100")), Some(Decimal::ZERO));
        assert_eq!(half_width(number("25"), number("0"), number("100")), None);
    }
}
