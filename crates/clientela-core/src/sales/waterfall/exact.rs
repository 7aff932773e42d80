//! The price of one while its steps are taken: exact to twenty-two decimals, in whole numbers.
//!
//! A price is at most ten to the fifteenth, so that with its decimals it fits 128 bits. A percentage adds digits: what falls beyond
//! the twenty-two decimals is rounded half away from zero, which is ten to the sixteenth times finer than what is recorded.

use super::{LARGEST_UNITS, MOST_DECIMALS};
use rust_decimal::Decimal;

/// Decimals that are kept.
const PLACES: u32 = 22;
/// Digits of a divisor of one word.
const WORD_DIGITS: u32 = 19;
const ONE: u128 = power(PLACES);
const LARGEST: u128 = LARGEST_UNITS * ONE;

/// A price of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exact(i128);

impl Exact {
    /// The number, if it is within bounds.
    #[inline]
    pub(super) fn of(number: Decimal) -> Option<Self> {
        let number = if number.scale() <= PLACES { number } else { number.normalize() };
        let missing = PLACES.checked_sub(number.scale())?;
        let units = number.mantissa();
        let made = match i64::try_from(units) {
            // Sixty-three bits times ten to the nineteenth fit; more of either are looked at.
            Ok(units) if missing <= WORD_DIGITS => {
                i128::from(units).wrapping_mul(power(missing).cast_signed())
            }
            _ => units.checked_mul(power(missing).cast_signed())?,
        };
        Self::bounded(made)
    }

    #[inline]
    fn bounded(units: i128) -> Option<Self> {
        (units.unsigned_abs() <= LARGEST).then_some(Self(units))
    }

    #[inline]
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        // Both are within bounds, which two of fit.
        Self::bounded(self.0.wrapping_add(other.0))
    }

    pub(super) const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// So many percent of it.
    #[inline]
    pub(super) fn percent(self, Percentage { numerator, digits }: Percentage) -> Option<Self> {
        let (units, factor) = (self.0.unsigned_abs(), numerator.unsigned_abs());
        let made = match u32::try_from(factor) {
            // Ninety-six bits times thirty-two fit.
            Ok(factor) if units >> 96 == 0 => rounded(units.wrapping_mul(factor.into()), digits),
            _ => match units.checked_mul(factor) {
                Some(product) => rounded(product, digits),
                None => {
                    let (whole, rest) = divided(units, digits);
                    whole.checked_mul(factor)?.checked_add(rounded(rest.checked_mul(factor)?, digits))?
                }
            },
        };
        let made = i128::try_from(made).ok()?;
        Self::bounded(if (self.0 < 0) == (numerator < 0) { made } else { -made })
    }

    /// A whole number of the last of so many decimals, at most [`PLACES`], within bounds.
    pub(super) fn of_units(units: i128, decimals: u32) -> Self {
        Self(units * power(PLACES.saturating_sub(decimals)).cast_signed())
    }

    /// The number with so many decimals, or as many as fit; rounded half away from zero.
    pub(super) fn number(self, decimals: u32) -> Decimal {
        // Ten to the fifteenth with so many more digits is what a decimal holds.
        const FIT: u32 = 13;
        let with = |decimals| Decimal::try_from_i128_with_scale(self.units(decimals), decimals);
        with(decimals.min(PLACES)).or_else(|_| with(FIT)).unwrap_or(Decimal::MAX)
    }

    /// Rounded half away from zero to so many decimals, as a whole number of the last of them.
    pub(super) fn units(self, decimals: u32) -> i128 {
        let units = rounded(self.0.unsigned_abs(), PLACES.saturating_sub(decimals));
        // Within bounds, so far from what 127 bits hold.
        if self.0 < 0 { -units.cast_signed() } else { units.cast_signed() }
    }
}

/// A whole number of the last of so many decimals, without zeros at the end but with at least `least` decimals.
pub(super) fn shown(units: i128, mut decimals: u32, least: u32) -> Decimal {
    if let Ok(mut units) = i64::try_from(units) {
        while decimals > least && units % 10 == 0 {
            units /= 10;
            decimals -= 1;
        }
        return Decimal::new(units, decimals);
    }
    let mut units = units;
    while decimals > least && units % 10 == 0 {
        units /= 10;
        decimals -= 1;
    }
    // A price within bounds with at most ten decimals has fewer digits than a decimal.
    Decimal::try_from_i128_with_scale(units, decimals).unwrap_or(Decimal::MAX)
}

/// Ten to the power of so many digits, at most 38.
#[inline]
pub(super) const fn power(digits: u32) -> u128 {
    POWERS[if digits < 39 { digits as usize } else { 38 }]
}

const POWERS: [u128; 39] = {
    let mut powers = [1_u128; 39];
    let mut at = 1;
    while at < 39 {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

#[inline]
fn rounded(number: u128, digits: u32) -> u128 {
    if let Some(divisor) = DIVISORS.get(digits as usize) {
        let (whole, rest) = divisor.divide(number);
        return whole + u128::from(rest >= divisor.half);
    }
    let (whole, rest) = divided(number, digits);
    whole + u128::from(rest >= power(digits) - rest)
}

/// A power of ten to divide by, made ready: shifted until its highest bit is set, with its reciprocal 2^128 ÷ divisor − 2^64.
#[derive(Clone, Copy)]
struct Divisor {
    shift: u32,
    normal: u64,
    reciprocal: u64,
    /// A rest from here on is rounded up: half of it, and one where that is nothing.
    half: u64,
}

const DIVISORS: [Divisor; WORD_DIGITS as usize + 1] = {
    let mut divisors = [Divisor { shift: 0, normal: 0, reciprocal: 0, half: 0 }; WORD_DIGITS as usize + 1];
    let mut at = 0;
    while at < divisors.len() {
        #[allow(clippy::cast_possible_truncation, reason = "ten to the nineteenth fits one word")]
        let divisor = POWERS[at] as u64;
        let shift = divisor.leading_zeros();
        let normal = divisor << shift;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "what is above 64 bits is the 1 that is taken away"
        )]
        let reciprocal = (u128::MAX / normal as u128) as u64;
        divisors[at] = Divisor { shift, normal, reciprocal, half: divisor.div_ceil(2) };
        at += 1;
    }
    divisors
};

impl Divisor {
    /// Whole and rest of a division: by the reciprocal, as in Möller and Granlund, Improved division by invariant integers (IEEE
    /// Transactions on Computers 60, 2011), algorithm 4; a division of 128 bits by the machine takes many times as long.
    #[inline]
    fn divide(&self, number: u128) -> (u128, u64) {
        let (high, low) = halves(number);
        let shift = self.shift;
        // Bits that the shift moves out of a word, in two shifts because it may be nothing.
        let out = |word: u64| (word >> 1).wrapping_shr(63 - shift);
        let top = out(high);
        let (middle, bottom) = (high.wrapping_shl(shift) | out(low), low.wrapping_shl(shift));
        let (above, rest) = two_words(top, middle, self);
        let (whole, rest) = two_words(rest, bottom, self);
        (u128::from(above) << 64 | u128::from(whole), rest.wrapping_shr(shift))
    }
}

/// Whole and rest of a division by a power of ten.
fn divided(number: u128, digits: u32) -> (u128, u128) {
    let Some(divisor) = DIVISORS.get(digits as usize) else {
        let (above, low) = divided(number, WORD_DIGITS);
        let (whole, rest) = divided(above, digits - WORD_DIGITS);
        return (whole, rest * power(WORD_DIGITS) + low);
    };
    let (whole, rest) = divisor.divide(number);
    (whole, rest.into())
}

/// Two words, the higher smaller than the divisor, by a divisor.
#[inline]
fn two_words(high: u64, low: u64, by: &Divisor) -> (u64, u64) {
    let product = u128::from(by.reciprocal) * u128::from(high);
    let guess = product.wrapping_add(u128::from(high) << 64 | u128::from(low));
    let (whole, below) = halves(guess);
    let mut whole = whole.wrapping_add(1);
    let mut rest = low.wrapping_sub(whole.wrapping_mul(by.normal));
    if rest > below {
        whole = whole.wrapping_sub(1);
        rest = rest.wrapping_add(by.normal);
    }
    if rest >= by.normal {
        whole = whole.wrapping_add(1);
        rest -= by.normal;
    }
    (whole, rest)
}

#[allow(clippy::cast_possible_truncation, reason = "each half is one word")]
const fn halves(number: u128) -> (u64, u64) {
    ((number >> 64) as u64, number as u64)
}

/// Whether a number is one as it is written most.
pub(super) const fn is_one(number: Decimal) -> bool {
    number.scale() == 0 && number.mantissa() == 1
}

/// A percentage, read once: numerator ÷ 10^digits of a price.
#[derive(Debug, Clone, Copy)]
pub(super) struct Percentage {
    numerator: i128,
    digits: u32,
}

impl Percentage {
    /// The point moves by two; nothing is divided.
    #[inline]
    pub(super) fn of(percent: Decimal) -> Self {
        Self { numerator: percent.mantissa(), digits: percent.scale() + 2 }
    }

    /// Whether it takes more than everything away.
    #[inline]
    pub(super) fn takes_too_much(self) -> bool {
        // A decimal has at most twenty-eight decimals.
        self.numerator < 0 && self.numerator < -power(self.digits.min(30)).cast_signed()
    }

    /// Whether it has few digits, as nearly every percentage: then it is within the bounds of the waterfall.
    #[inline]
    pub(super) fn is_short(self) -> bool {
        self.digits <= MOST_DECIMALS + 2 && self.numerator.unsigned_abs() <= LARGEST_UNITS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::Rounding;
    use proptest::prelude::*;

    #[test]
    fn bounds_are_kept() {
        let largest = Decimal::from(LARGEST_UNITS);
        let exact = Exact::of(largest);
        assert_eq!(exact.map(|exact| exact.units(0)), i128::try_from(LARGEST_UNITS).ok());
        assert!(Exact::of(largest + Decimal::ONE).is_none());
        assert!(exact.and_then(|exact| exact.plus(exact)).is_none());
        let percent = |percent: i64| exact?.percent(Percentage::of(Decimal::from(percent)));
        assert!(percent(101).is_none());
        let negative = percent(-100);
        assert_eq!(negative.and_then(|negative| exact?.plus(negative)), Some(Exact(0)));
    }

    #[test]
    fn a_percentage_of_many_digits_takes_the_long_way() {
        // 10^15 times 99.9999999999 percent: more than 128 bits in between.
        let percent = Decimal::new(999_999_999_999, 10);
        let made =
            Exact::of(Decimal::from(LARGEST_UNITS)).and_then(|exact| exact.percent(Percentage::of(percent)));
        assert_eq!(made.map(|made| made.units(0)), Some(999_999_999_999_000));
    }

    proptest! {
        #[test]
        fn divisions_are_those_of_the_machine(high: u64, low: u64, shift in 0_u32..127, digits in 0_u32..34) {
            let number = (u128::from(high) << 64 | u128::from(low)) >> shift;
            prop_assert_eq!(divided(number, digits), (number / power(digits), number % power(digits)));
            let multiple = number - number % power(digits);
            prop_assert_eq!(divided(multiple, digits), (number / power(digits), 0));
        }

        #[test]
        fn it_is_what_decimals_say(units in -1_000_000_000_000_i64..1_000_000_000_000, percents in prop::collection::vec(-10_000_i64..10_000, 0..4), decimals in 0_u32..9) {
            let mut plain = Decimal::new(units, 2);
            let mut exact = Exact::of(plain).unwrap();
            for percent in percents {
                let percent = Decimal::new(percent, 2);
                plain += plain * percent / Decimal::ONE_HUNDRED;
                exact = exact.plus(exact.percent(Percentage::of(percent)).unwrap()).unwrap();
            }
            let rounded = Rounding::HalfAwayFromZero.apply(plain, decimals);
            prop_assert_eq!(shown(exact.units(decimals), decimals, 0), rounded);
        }
    }
}
