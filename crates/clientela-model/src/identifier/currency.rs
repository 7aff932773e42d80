//! Currencies.

use super::currency_table::{Row, TABLE};
use crate::error::ValueError;
use std::fmt;

/// A currency of ISO 4217, in use or withdrawn since 1999.
///
/// ```
/// use clientela_model::identifier::Currency;
/// let yen = Currency::parse("JPY")?;
/// assert_eq!((yen.code(), yen.minor_units(), yen.number(), yen.name()), ("JPY", 0, 392, "Japanese Yen"));
/// assert_eq!(Currency::parse("HRK")?.withdrawn(), Some((2023, 1)));
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(u8);

impl Currency {
    /// Reads a code, in small or capital letters.
    ///
    /// # Errors
    /// `currency.unknown`. Codes without a minor unit, such as XAU and XXX, are unknown: nothing is priced
    /// in them.
    pub fn parse(code: &str) -> Result<Self, ValueError> {
        let code = code.trim().to_ascii_uppercase();
        TABLE
            .binary_search_by(|row| row.code.cmp(code.as_str()))
            .ok()
            .and_then(|index| u8::try_from(index).ok())
            .map(Self)
            .ok_or_else(|| {
                ValueError::new(
                    "currency.unknown",
                    "currency",
                    "is not a code of ISO 4217",
                    "three letters such as EUR",
                )
            })
    }

    /// All currencies in use, in the order of their codes.
    pub fn current() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).zip(TABLE).filter(|(_, row)| row.withdrawn.is_none()).map(|(index, _)| Self(index))
    }

    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// Decimals of the minor unit: 2 for the euro, 0 for the yen, 3 for the Kuwaiti dinar.
    #[must_use]
    pub fn minor_units(self) -> u32 {
        u32::from(self.row().minor_units)
    }

    /// The numeric code.
    #[must_use]
    pub fn number(self) -> u16 {
        self.row().number
    }

    /// The English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Year and month in which the standard withdrew the code; nothing while it is in use.
    ///
    /// National money of a euro country ends with its legal tender, not with the fixing of its rate.
    #[must_use]
    pub fn withdrawn(self) -> Option<(i32, u32)> {
        self.row().withdrawn
    }

    fn row(self) -> &'static Row {
        // The index was found in the same table.
        &TABLE[usize::from(self.0)]
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

super::written_as_text!(Currency, |currency| currency.code(), Currency::parse);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_fits_its_index() {
        assert!(TABLE.is_sorted_by(|a, b| a.code < b.code));
        assert!(TABLE.len() <= 256, "{}", TABLE.len());
        assert!(TABLE.iter().all(|row| row.code.len() == 3 && row.minor_units <= 4 && !row.name.is_empty()));
    }

    #[test]
    fn numbers_of_current_codes_are_unique() {
        let mut numbers: Vec<_> = Currency::current().map(Currency::number).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
    }
}
