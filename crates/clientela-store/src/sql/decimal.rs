//! Exact comparison and order of numbers stored as coefficient and scale.
//!
//! A stored number is c / 10^s with c of 64 bits. Two numbers of different scale are compared without a float and
//! without an overflow: for each scale a number may have, the bound is brought to that scale beforehand.

use super::cell::Parameter;
use clientela_model::Comparison;
use rust_decimal::Decimal;

/// The largest scale of a decimal.
const SCALE_MAX: u32 = 28;

/// The pairs of coefficient and scale by which this number may be stored. Zero has one for every scale.
pub(crate) fn spellings(number: Decimal) -> Vec<(i64, i64)> {
    let number = number.normalize();
    (number.scale()..=SCALE_MAX)
        .map_while(|scale| {
            let factor = 10_i128.checked_pow(scale - number.scale())?;
            let coefficient = number.mantissa().checked_mul(factor)?;
            Some((i64::try_from(coefficient).ok()?, i64::from(scale)))
        })
        .collect()
}

/// How a coefficient of one scale compares with the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// All coefficients of that scale do, or none.
    Constant(bool),
    /// Those that compare so with this one.
    Coefficient(i64),
}

/// For each scale from 0 on, what a coefficient of that scale is compared with.
pub(crate) fn bounds(comparison: Comparison, number: Decimal) -> Vec<Bound> {
    let up = matches!(comparison, Comparison::Less | Comparison::AtLeast);
    (0..=SCALE_MAX)
        .map(|scale| {
            let scaled = rescale(number.mantissa(), number.scale(), scale, up);
            i64::try_from(scaled).map_or_else(
                |_| {
                    let above_all = scaled > 0;
                    Bound::Constant(match comparison {
                        Comparison::Less | Comparison::AtMost => above_all,
                        Comparison::Greater | Comparison::AtLeast => !above_all,
                    })
                },
                Bound::Coefficient,
            )
        })
        .collect()
}

/// m / 10^from as a coefficient of scale `to`, rounded up or down, as large as there is when it does not fit.
fn rescale(coefficient: i128, from: u32, to: u32, up: bool) -> i128 {
    let power = |digits: u32| 10_i128.checked_pow(digits).unwrap_or(i128::MAX);
    if to >= from {
        let beyond = if coefficient < 0 { i128::MIN } else { i128::MAX };
        coefficient.checked_mul(power(to - from)).unwrap_or(beyond)
    } else {
        let divisor = power(from - to);
        let down = coefficient.div_euclid(divisor);
        if up && coefficient.rem_euclid(divisor) != 0 { down + 1 } else { down }
    }
}

/// Appends the condition that a stored number, given as the names of its coefficient and its scale, compares so with
/// the bound; false for nothing.
pub(crate) fn compare(
    sql: &mut String,
    (coefficient, scale): (&str, &str),
    comparison: Comparison,
    number: Decimal,
    mut bind: impl FnMut(&mut String, Parameter),
) {
    sql.push_str(&format!("CASE {scale}"));
    for (digits, bound) in bounds(comparison, number).into_iter().enumerate() {
        sql.push_str(&format!(" WHEN {digits} THEN "));
        match bound {
            Bound::Constant(yes) => sql.push_str(if yes { "TRUE" } else { "FALSE" }),
            Bound::Coefficient(limit) => {
                sql.push_str(&format!("{coefficient} {} ", operator(comparison)));
                bind(sql, Parameter::Integer(limit));
            }
        }
    }
    sql.push_str(" ELSE FALSE END");
}

/// The operator of a comparison.
pub(crate) const fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Greater => ">",
        Comparison::AtLeast => ">=",
    }
}

/// The keys that put stored numbers in their exact order: whole part, the next 18 decimals, the last 10.
pub(crate) fn order_keys(c: &str, s: &str) -> [String; 3] {
    let case = |power: &dyn Fn(u32) -> String| {
        let branches: Vec<String> =
            (0..=SCALE_MAX).map(|scale| format!("WHEN {scale} THEN {}", power(scale))).collect();
        format!("CASE {s} {} END", branches.join(" "))
    };
    let ten = |digits: u32| 10_i64.pow(digits);
    let whole = case(&|scale| if scale <= 18 { format!("{c} / {}", ten(scale)) } else { "0".to_owned() });
    let middle = case(&|scale| match scale {
        0..=18 => format!("({c} % {}) * {}", ten(scale), ten(18 - scale)),
        _ => format!("{c} / {}", ten(scale - 18)),
    });
    let last = case(&|scale| match scale {
        0..=18 => "0".to_owned(),
        _ => format!("({c} % {}) * {}", ten(scale - 18), ten(28 - scale)),
    });
    [whole, middle, last]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bounds_compare_as_decimals_do(c in any::<i64>(), s in 0_u32..=28, m in any::<i64>(), t in 0_u32..=28) {
            let (stored, bound) = (Decimal::from_i128_with_scale(c.into(), s), Decimal::from_i128_with_scale(m.into(), t));
            for comparison in [Comparison::Less, Comparison::AtMost, Comparison::Greater, Comparison::AtLeast] {
                let found = match bounds(comparison, bound)[s as usize] {
                    Bound::Constant(yes) => yes,
                    Bound::Coefficient(other) => comparison.holds(c.cmp(&other)),
                };
                prop_assert_eq!(found, comparison.holds(stored.cmp(&bound)), "{:?}", comparison);
            }
            prop_assert_eq!(spellings(bound).contains(&(c, i64::from(s))), stored == bound);
        }
    }

    #[test]
    fn every_spelling_of_a_number_is_found() {
        assert_eq!(spellings(Decimal::new(150, 2))[..2], [(15, 1), (150, 2)]);
        assert_eq!(spellings(Decimal::ZERO).len(), 29);
    }
}
