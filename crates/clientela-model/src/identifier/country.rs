//! Countries.

use super::country_table::{Row, TABLE};
use crate::error::ValueError;
use std::fmt;

/// The member states of the European Union.
const EUROPEAN_UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// A country or territory of ISO 3166-1, and Kosovo (`XK`, user-assigned, as banks and telephone plans use
/// it).
///
/// ```
/// use clientela_model::identifier::Country;
/// let italy = Country::parse("it")?;
/// assert_eq!((italy.code(), italy.alpha3(), italy.number()), ("IT", "ITA", Some(380)));
/// assert_eq!((italy.name(), italy.calling_code()), ("Italy", Some(39)));
/// assert!(italy.in_european_union());
/// assert_eq!(Country::parse("EL")?.code(), "GR");
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u8);

impl Country {
    /// Reads two or three letters, small or capital. `EL` and `UK`, which the Union's institutions write, are
    /// Greece and the United Kingdom.
    ///
    /// # Errors
    /// `country.unknown`.
    pub fn parse(code: &str) -> Result<Self, ValueError> {
        let code = code.trim().to_ascii_uppercase();
        let index = match code.as_str() {
            "EL" => Self::find("GR"),
            "UK" => Self::find("GB"),
            three if three.len() == 3 => TABLE.iter().position(|row| row.alpha3 == three),
            two => Self::find(two),
        };
        index.and_then(|index| u8::try_from(index).ok()).map(Self).ok_or_else(|| {
            ValueError::new(
                "country.unknown",
                "country",
                "is not a code of ISO 3166-1",
                "two letters such as IT, or three such as ITA",
            )
        })
    }

    fn find(alpha2: &str) -> Option<usize> {
        TABLE.binary_search_by(|row| row.alpha2.cmp(alpha2)).ok()
    }

    /// All countries in the order of their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).zip(TABLE).map(|(index, _)| Self(index))
    }

    /// The two letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().alpha2
    }

    /// The three letters.
    #[must_use]
    pub fn alpha3(self) -> &'static str {
        self.row().alpha3
    }

    /// The numeric code; Kosovo has none.
    #[must_use]
    pub fn number(self) -> Option<u16> {
        Some(self.row().number).filter(|number| *number != 0)
    }

    /// A short English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The calling code of the telephone, without plus; several countries may share one.
    #[must_use]
    pub fn calling_code(self) -> Option<u16> {
        Some(self.row().calling_code).filter(|code| *code != 0)
    }

    /// Whether it is a member of the European Union today (27 members since February 2020).
    #[must_use]
    pub fn in_european_union(self) -> bool {
        EUROPEAN_UNION.contains(&self.code())
    }

    fn row(self) -> &'static Row {
        // The index was found in the same table.
        &TABLE[usize::from(self.0)]
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

super::written_as_text!(field Country, |country| country.code(), Country::parse);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_complete() {
        assert!(TABLE.is_sorted_by(|a, b| a.alpha2 < b.alpha2));
        assert_eq!(TABLE.len(), 250, "249 officially assigned codes and Kosovo");
        assert_eq!(Country::all().filter(|country| country.in_european_union()).count(), 27);
    }

    #[test]
    fn codes_are_found_by_all_their_letters() {
        for country in Country::all() {
            assert_eq!(Country::parse(country.alpha3()).unwrap(), country);
            assert_eq!(Country::parse(&country.code().to_lowercase()).unwrap(), country);
        }
        for text in ["", "I", "XX", "ZZZ", "ITALY", "É", "IT IT"] {
            assert_eq!(Country::parse(text).unwrap_err().code, "country.unknown", "{text}");
        }
    }
}
