//! Postal codes.

use super::postal_code_table::{Row, TABLE};
use super::{Check, Country, is_separator};
use crate::error::ValueError;

/// A postal code with the country it belongs to.
///
/// ```
/// use clientela_model::identifier::{Country, PostalCode};
/// let poland = Country::parse("PL")?;
/// let warsaw = PostalCode::parse("00950", poland)?;
/// assert_eq!((warsaw.code(), warsaw.as_str()), ("00-950", "PL 00-950"));
/// assert_eq!(PostalCode::parse("950", poland).unwrap_err().code, "postal_code.format");
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostalCode {
    /// Two letters of the country, a blank, the code: what is stored, and parses again without knowing the
    /// country.
    stored: String,
    country: Country,
}

/// Longer than any postal code, for countries without a known form.
const LONGEST: usize = 16;

impl PostalCode {
    /// Reads a code of a country. Blanks and hyphens are put where the country has them, letters are made
    /// capitals, and a country sign before the code (`CH-8000`, `D-26133`) is taken off.
    ///
    /// The code of a country without a known form is accepted as it is (capitals, single blanks).
    ///
    /// # Errors
    /// `postal_code.format` when the country has forms and this is none of them; `postal_code.character`
    /// when there is a sign no postal code has, or nothing, or more than 16 characters.
    pub fn parse(text: &str, country: Country) -> Result<Self, ValueError> {
        let fault =
            |code, problem: &str, expected: String| ValueError::new(code, "postal code", problem, expected);
        let code = match row(country) {
            Some(row) => {
                let letters = super::letters_and_digits(text, LONGEST);
                letters.and_then(|letters| matched(row, &letters)).ok_or_else(|| {
                    fault(
                        "postal_code.format",
                        "has not the form of its country",
                        format!("{} (n a digit, a a letter, x either)", row.patterns.join(" or ")),
                    )
                })?
            }
            None => free(text).ok_or_else(|| {
                fault(
                    "postal_code.character",
                    "is empty, too long or has a sign no postal code has",
                    format!("at most {LONGEST} letters and digits"),
                )
            })?,
        };
        Ok(Self { stored: format!("{} {code}", country.code()), country })
    }

    /// Whether a text is a code of a country: unknown if its forms are not known here.
    #[must_use]
    pub fn check(text: &str, country: Country) -> Check {
        match (Self::parse(text, country), row(country)) {
            (Err(_), _) => Check::Invalid,
            (Ok(_), Some(_)) => Check::Valid,
            (Ok(_), None) => Check::Unknown,
        }
    }

    /// The code as it is written on a letter within the country.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.stored[3..]
    }

    /// The country.
    #[must_use]
    pub fn country(&self) -> Country {
        self.country
    }

    /// Two letters of the country, a blank, the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.stored
    }

    fn parse_stored(text: &str) -> Result<Self, ValueError> {
        let (country, code) = text.trim().split_once(' ').ok_or_else(|| {
            ValueError::new(
                "postal_code.country",
                "postal code",
                "has no country before it",
                "a country and a code, such as IT 00144",
            )
        })?;
        Self::parse(code, Country::parse(country)?)
    }
}

super::written_as_text!(field PostalCode, PostalCode::as_str, PostalCode::parse_stored);

fn row(country: Country) -> Option<&'static Row> {
    TABLE.binary_search_by(|row| row.country.cmp(country.code())).ok().map(|index| &TABLE[index])
}

/// The code in the country's writing, if it has one of its forms, with or without a sign of the country
/// before it.
fn matched(row: &Row, letters: &str) -> Option<String> {
    let form = |letters: &str| row.patterns.iter().find_map(|pattern| fill(pattern, letters));
    form(letters)
        .or_else(|| form(letters.strip_prefix(row.country)?))
        .or_else(|| form(letters.strip_prefix(row.sign)?))
        // Where the country is part of the code it may have been left out.
        .or_else(|| {
            let part = row.patterns.iter().any(|pattern| pattern.starts_with(row.country));
            form(&format!("{}{letters}", row.country)).filter(|_| part)
        })
}

/// The letters put into the pattern; nothing if they do not fit.
fn fill(pattern: &str, letters: &str) -> Option<String> {
    let mut rest = letters.chars();
    let mut written = String::with_capacity(pattern.len());
    for sign in pattern.chars() {
        if matches!(sign, ' ' | '-') {
            written.push(sign);
            continue;
        }
        let letter = rest.next()?;
        let fits = match sign {
            'n' => letter.is_ascii_digit(),
            'a' => letter.is_ascii_uppercase(),
            'x' => letter.is_ascii_alphanumeric(),
            'i' => letter.is_ascii_uppercase() && !"CIKMOV".contains(letter),
            itself => letter == itself,
        };
        if !fits {
            return None;
        }
        written.push(letter);
    }
    rest.next().is_none().then_some(written)
}

/// A code of a country without known forms: letters, digits, single blanks and hyphens.
fn free(text: &str) -> Option<String> {
    let mut written = String::new();
    let mut pending = None;
    for letter in text.trim().chars() {
        if letter.is_ascii_alphanumeric() {
            written.extend(pending.take().filter(|_| !written.is_empty()));
            written.push(letter.to_ascii_uppercase());
        } else if is_separator(letter) {
            pending = Some(if letter == '-' { '-' } else { ' ' });
        } else {
            return None;
        }
        if written.len() > LONGEST {
            return None;
        }
    }
    (!written.is_empty()).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, country: &str) -> Result<String, &'static str> {
        PostalCode::parse(text, Country::parse(country).unwrap())
            .map(|code| code.code().to_owned())
            .map_err(|error| error.code)
    }

    #[test]
    fn codes_are_written_as_their_country_does() {
        for (country, text, written) in [
            ("IT", "00144", "00144"),
            ("IT", " I-00144 ", "00144"),
            ("DE", "D-26133", "26133"),
            ("CH", "CH-8000", "8000"),
            ("CZ", "11000", "110 00"),
            ("LV", "1010", "LV-1010"),
            ("LV", "lv 1010", "LV-1010"),
            ("PT", "2725 079", "2725-079"),
            ("NL", "1234ab", "1234 AB"),
            ("GB", "ec1y8sy", "EC1Y 8SY"),
            ("GB", "M2 5BQ", "M2 5BQ"),
            ("GB", "bfpo61", "BFPO 61"),
            ("IE", "d6wxy00", "D6W XY00"),
            ("MT", "VCT1753", "VCT 1753"),
            ("US", "206319999", "20631-9999"),
            ("BR", "01310-100", "01310-100"),
        ] {
            assert_eq!(parsed(text, country).as_deref(), Ok(written), "{country} {text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for (country, text, code) in [
            ("IT", "0014", "postal_code.format"),
            ("IT", "D-00144", "postal_code.format"),
            ("IT", "", "postal_code.format"),
            ("GB", "EC1Y 8SC", "postal_code.format"),
            ("GB", "1A 4ZZ", "postal_code.format"),
            ("MT", "01", "postal_code.format"),
            ("SM", "47990", "postal_code.format"),
            ("BR", "", "postal_code.character"),
            ("BR", "01310_100", "postal_code.character"),
            ("BR", "12345678901234567", "postal_code.character"),
        ] {
            assert_eq!(parsed(text, country), Err(code), "{country} {text}");
        }
    }

    #[test]
    fn a_check_has_three_answers() {
        let check = |text, country| PostalCode::check(text, Country::parse(country).unwrap());
        assert_eq!(check("00144", "IT"), Check::Valid);
        assert_eq!(check("144", "IT"), Check::Invalid);
        assert_eq!(check("100-0001", "JP"), Check::Unknown);
    }

    #[test]
    fn the_table_is_in_order_and_its_countries_exist() {
        assert!(TABLE.is_sorted_by(|a, b| a.country < b.country));
        assert!(TABLE.iter().all(|row| Country::parse(row.country).is_ok()));
    }
}
