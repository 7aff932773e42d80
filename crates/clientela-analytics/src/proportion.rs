//! Shares with the limits they are known by.
//!
//! - E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 22 (1927) 209-212.
//! - R. G. Newcombe, *Interval estimation for the difference between independent proportions*, Statist. Med. 17 (1998)
//!   873-890, method 10. Unlike the text-book interval it holds for small numbers and shares near 0 and 1.
#![allow(clippy::float_arithmetic, reason = "estimates of shares are not money")]

/// A share with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The share, or the difference of two.
    pub value: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// The share of `hits` in `all` with Wilson's limits; none of nothing. `quantile` is that of the normal distribution.
#[must_use]
pub fn wilson(hits: u64, all: u64, quantile: f64) -> Option<Estimate> {
    if all == 0 || hits > all {
        return None;
    }
    let (count, value) = (real(all), real(hits) / real(all));
    let square = quantile * quantile;
    let centre = value + square / (2.0 * count);
    let spread = quantile * (value * (1.0 - value) / count + square / (4.0 * count * count)).sqrt();
    let scale = 1.0 + square / count;
    let lower = ((centre - spread) / scale).max(0.0);
    Some(Estimate { value, lower, upper: ((centre + spread) / scale).min(1.0) })
}

/// The share of the first less that of the second, with Newcombe's limits; none when one of the two has nothing.
#[must_use]
pub fn difference(first: (u64, u64), second: (u64, u64), quantile: f64) -> Option<Estimate> {
    let (one, other) = (wilson(first.0, first.1, quantile)?, wilson(second.0, second.1, quantile)?);
    let value = one.value - other.value;
    let below = (one.value - one.lower).hypot(other.upper - other.value);
    let above = (one.upper - one.value).hypot(other.value - other.lower);
    Some(Estimate { value, lower: value - below, upper: value + above })
}

#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survival::NORMAL_95;
    use proptest::prelude::*;

    #[test]
    fn the_published_differences_come_out() {
        // Newcombe (1998), table II, method 10.
        let published = [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0000),
        ];
        for (first, second, lower, upper) in published {
            let found = difference(first, second, NORMAL_95).unwrap();
            assert!((found.lower - lower).abs() < 0.000_06, "{first:?} {second:?} {found:?}");
            assert!((found.upper - upper).abs() < 0.000_06, "{first:?} {second:?} {found:?}");
        }
    }

    #[test]
    fn nothing_has_no_share() {
        assert_eq!(wilson(0, 0, NORMAL_95), None);
        assert_eq!(wilson(3, 2, NORMAL_95), None);
        assert_eq!(difference((0, 0), (1, 2), NORMAL_95), None);
    }

    proptest! {
        #[test]
        fn limits_enclose_the_share(hits in 0_u64..500, more in 0_u64..500) {
            prop_assume!(hits + more > 0);
            let found = wilson(hits, hits + more, NORMAL_95).unwrap();
            prop_assert!(0.0 <= found.lower && found.lower <= found.value + 1e-12);
            prop_assert!(found.value <= found.upper + 1e-12 && found.upper <= 1.0);
        }

        #[test]
        fn turning_a_difference_round_turns_its_limits(a in 0_u64..50, b in 1_u64..50, c in 0_u64..50, d in 1_u64..50) {
            let one = difference((a, a + b), (c, c + d), NORMAL_95).unwrap();
            let other = difference((c, c + d), (a, a + b), NORMAL_95).unwrap();
            prop_assert!((one.lower + other.upper).abs() < 1e-12 && (one.upper + other.lower).abs() < 1e-12);
        }
    }
}
