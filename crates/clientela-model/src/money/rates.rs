//! Conversion between currencies by dated rates.

use super::{Money, MoneyError};
use crate::identifier::Currency;
use crate::why::Why;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// One unit of `from` is `rate` units of `to`, from this day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// From this currency.
    pub from: Currency,
    /// To this one.
    pub to: Currency,
    /// Valid from this day until a newer one.
    pub since: NaiveDate,
    /// Units of `to` for one unit of `from`.
    pub rate: Decimal,
}

/// Dated rates.
#[derive(Debug, Clone, Default)]
pub struct RateTable {
    rates: Vec<Rate>,
}

/// A converted amount and why it is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The amount in the wanted currency, rounded to its minor unit.
    pub amount: Money,
    /// The rate used and its day.
    pub why: Why,
}

impl RateTable {
    /// A table of these rates.
    #[must_use]
    pub fn new(mut rates: Vec<Rate>) -> Self {
        rates.sort_by_key(|rate| rate.since);
        Self { rates }
    }

    /// The amount in another currency by the newest rate not after the day. A rate the other way round is not used:
    /// banks publish two, and 1/rate is neither.
    ///
    /// # Errors
    /// [`MoneyError::NoRate`], [`MoneyError::Overflow`].
    pub fn convert(&self, amount: Money, to: Currency, day: NaiveDate) -> Result<Conversion, MoneyError> {
        let from = amount.currency();
        if from == to {
            return Ok(Conversion { amount, why: Why::new("money.same_currency") });
        }
        let rate = self
            .rates
            .iter()
            .rev()
            .find(|rate| rate.from == from && rate.to == to && rate.since <= day)
            .ok_or(MoneyError::NoRate { from, to, day })?;
        let converted = amount.checked_mul(rate.rate)?;
        let why = Why::new("money.converted")
            .fact("amount", amount)
            .fact("rate", rate.rate)
            .fact("rate_date", rate.since);
        Ok(Conversion { amount: Money::new(converted.amount(), to).rounded(), why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_rate_not_after_the_day_is_used_and_named() {
        let (euro, franc) = (Currency::parse("EUR").unwrap(), Currency::parse("CHF").unwrap());
        let day = |d| NaiveDate::from_ymd_opt(2026, 1, d).unwrap();
        let table = RateTable::new(vec![
            Rate { from: franc, to: euro, since: day(10), rate: "1.07".parse().unwrap() },
            Rate { from: franc, to: euro, since: day(1), rate: "1.05".parse().unwrap() },
        ]);
        let converted = table.convert(Money::from_minor(10_000, franc), euro, day(9)).unwrap();
        assert_eq!(converted.amount.to_string(), "105.00 EUR");
        assert_eq!(converted.why.value("rate"), Some("1.05"));
        assert!(matches!(
            table.convert(Money::from_minor(1, euro), franc, day(9)),
            Err(MoneyError::NoRate { .. })
        ));
    }
}
