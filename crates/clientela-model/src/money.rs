//! Exact amounts.
//!
//! An amount is a decimal with a currency. Amounts of two currencies are never added: it is an error, not a guess.
//! Rounding is half away from zero to the currency's minor unit (EN 16931-1, section 6.5 as shown by its official samples).

use crate::error::{Coded, ErrorKind, ValueError};
use crate::identifier::Currency;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::fmt;

mod allocation;
mod rates;

pub use allocation::{allocate, allocate_units};
pub use rates::{Conversion, Rate, RateTable};

/// An exact amount with its currency.
///
/// ```
/// use clientela_model::{Money, identifier::Currency};
/// let euro = Currency::parse("EUR")?;
/// let price = Money::parse("98500.00", euro)?;
/// assert_eq!(price.checked_add(Money::parse("0.50", euro)?)?.to_string(), "98500.50 EUR");
/// let franc = Money::parse("1", Currency::parse("CHF")?)?;
/// assert_eq!(price.checked_add(franc).unwrap_err().to_string(), "EUR and CHF cannot be combined; convert one of them with a rate table");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    #[serde(with = "rust_decimal::serde::str")]
    amount: Decimal,
    currency: Currency,
}

/// How one number is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Rounding {
    /// 0.5 becomes 1, −0.5 becomes −1. The default, and what tax documents use.
    #[default]
    HalfAwayFromZero,
    /// Towards zero.
    Down,
    /// 0.5 becomes 0, 1.5 becomes 2.
    HalfEven,
}

/// Where a document rounds. Stored with every document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, clientela_model_derive::ClosedList)]
pub enum RoundingPolicy {
    /// Every line and every allowance on its own (EN 16931). The default.
    #[default]
    Line,
    /// Lines keep two more digits; the totals are rounded.
    Document,
}

/// Two amounts that cannot be put together, or a result no amount can hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies.
    #[error("{left} and {right} cannot be combined; convert one of them with a rate table")]
    Currency {
        /// Currency of the first amount.
        left: Currency,
        /// Currency of the second amount.
        right: Currency,
    },
    /// More than 28 digits.
    #[error("the result has more digits than an amount can hold (28); use smaller numbers")]
    Overflow,
    /// Shares that cannot be given out.
    #[error(
        "an amount cannot be shared out by these weights; at least one must be above zero and none below"
    )]
    Weights,
    /// No rate for this pair and day.
    #[error("no rate from {from} to {to} on {day}; add one to the rate table")]
    NoRate {
        /// From this currency.
        from: Currency,
        /// To this one.
        to: Currency,
        /// On this day.
        day: chrono::NaiveDate,
    },
}

impl Coded for MoneyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Overflow => ErrorKind::Range,
            Self::NoRate { .. } => ErrorKind::NotFound,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Currency { .. } => "money.currency",
            Self::Overflow => "money.overflow",
            Self::Weights => "money.weights",
            Self::NoRate { .. } => "money.no_rate",
        }
    }
}

impl Rounding {
    /// The number with at most `digits` decimals.
    #[must_use]
    pub fn apply(self, number: Decimal, digits: u32) -> Decimal {
        if number.scale() <= digits {
            return number;
        }
        if let (Self::HalfAwayFromZero, Some(short)) = (self, away_from_zero(number, digits)) {
            return short;
        }
        let strategy = match self {
            Self::HalfAwayFromZero => RoundingStrategy::MidpointAwayFromZero,
            Self::Down => RoundingStrategy::ToZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
        };
        number.round_dp_with_strategy(digits, strategy)
    }
}

/// Nearly every number fits 64 bits, where half away from zero is one division.
fn away_from_zero(number: Decimal, digits: u32) -> Option<Decimal> {
    let units = i64::try_from(number.mantissa()).ok()?;
    let one = 10_i64.checked_pow(number.scale().checked_sub(digits)?)?;
    let (whole, rest) = (units / one, (units % one).unsigned_abs());
    // The rest is smaller than one; what is missing to one is compared so that nothing is doubled.
    let away = if rest >= one.unsigned_abs() - rest { units.signum() } else { 0 };
    Some(Decimal::new(whole + away, digits))
}

impl Money {
    /// An amount as it is, not rounded.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in this currency, with the currency's decimals.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::new(0, currency.minor_units()), currency }
    }

    /// So many of the smallest unit: 1 250 cents are 12.50.
    #[must_use]
    pub fn from_minor(units: i64, currency: Currency) -> Self {
        Self { amount: Decimal::new(units, currency.minor_units()), currency }
    }

    /// Reads digits with a decimal point, no exponent, no grouping.
    ///
    /// # Errors
    /// `money.malformed` when it is not such a number; `money.range` when it has more than 28 digits.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, ValueError> {
        parse_decimal(text).map(|amount| Self { amount, currency })
    }

    /// The number.
    #[must_use]
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    /// Whether it is below nothing.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.amount.is_sign_negative() && !self.amount.is_zero()
    }

    /// Rounded half away from zero to the currency's minor unit, written with all its decimals.
    #[must_use]
    pub fn rounded(self) -> Self {
        self.rounded_to(self.currency.minor_units())
    }

    /// Rounded half away from zero to so many decimals, written with all of them.
    #[must_use]
    pub fn rounded_to(self, digits: u32) -> Self {
        let mut amount = Rounding::HalfAwayFromZero.apply(self.amount, digits);
        if amount.scale() != digits {
            amount.rescale(digits);
        }
        Self { amount, currency: self.currency }
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::Currency`], [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        self.amount
            .checked_add(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::Currency`], [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        self.amount
            .checked_sub(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    /// The product with a plain number, not rounded.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_mul(self, factor: Decimal) -> Result<Self, MoneyError> {
        self.amount.checked_mul(factor).map(|amount| Self { amount, ..self }).ok_or(MoneyError::Overflow)
    }

    /// So many percent of it, not rounded.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn percent(self, percent: Decimal) -> Result<Self, MoneyError> {
        let hundredth = percent.checked_mul(Decimal::new(1, 2)).ok_or(MoneyError::Overflow)?;
        self.checked_mul(hundredth)
    }

    /// The sum of all, nothing in `currency` if there are none.
    ///
    /// # Errors
    /// As for [`checked_add`](Self::checked_add).
    pub fn sum(amounts: impl IntoIterator<Item = Self>, currency: Currency) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::Currency { left: self.currency, right: other.currency })
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency.code())
    }
}

/// Reads an exact decimal: digits, one decimal point, a minus sign; no exponent, no grouping, no blanks.
///
/// # Errors
/// `money.malformed` or `money.range`.
pub fn parse_decimal(text: &str) -> Result<Decimal, ValueError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return Err(ValueError::new(
            "money.malformed",
            "number",
            "is not a plain decimal",
            "digits with a decimal point, such as 1250.00",
        ));
    }
    Decimal::from_str_exact(text)
        .map_err(|_| ValueError::new("money.range", "number", "has too many digits", "at most 28 digits"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn euro(text: &str) -> Money {
        Money::parse(text, Currency::parse("EUR").unwrap()).unwrap()
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (amount, rounded) in [
            ("2.345", "2.35"),
            ("-2.345", "-2.35"),
            ("-156435.885", "-156435.89"),
            ("2.344", "2.34"),
            ("7", "7.00"),
        ] {
            assert_eq!(euro(amount).rounded().to_string(), format!("{rounded} EUR"), "{amount}");
        }
    }

    #[test]
    fn only_plain_decimals_are_read() {
        for text in
            ["", "-", "1e3", "1,5", " 1", "1.", ".5", "1.2.3", "+1", "NaN", "99999999999999999999999999999.9"]
        {
            assert!(parse_decimal(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_of_rounding_is_the_general_way(units in any::<i64>(), scale in 0_u32..19, digits in 0_u32..9) {
            let number = Decimal::new(units, scale);
            let general = number.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
            let found = Rounding::HalfAwayFromZero.apply(number, digits);
            prop_assert_eq!((found, found.scale()), (general, general.scale()));
        }

        #[test]
        fn adding_and_taking_away_is_exact(a in -1_000_000_000_000_i64..1_000_000_000_000, b in -1_000_000_000_000_i64..1_000_000_000_000) {
            let currency = Currency::parse("EUR").unwrap();
            let (a, b) = (Money::from_minor(a, currency), Money::from_minor(b, currency));
            prop_assert_eq!(a.checked_add(b).unwrap().checked_sub(b).unwrap(), a);
        }
    }
}
