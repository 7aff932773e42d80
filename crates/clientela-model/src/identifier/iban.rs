//! Bank accounts.

use super::check_digit::mod_97_10;
use super::iban_table::TABLE;
use super::letters_and_digits;
use crate::error::ValueError;

/// An international bank account number (ISO 13616): country, two check digits, the national number.
///
/// ```
/// use clientela_model::identifier::Iban;
/// let account = Iban::parse("it60 x054 2811 1010 0000 0123 456")?;
/// assert_eq!((account.as_str(), account.country_code()), ("IT60X0542811101000000123456", "IT"));
/// assert_eq!(account.grouped(), "IT60 X054 2811 1010 0000 0123 456");
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iban(String);

/// No country may have more (ISO 13616-1, 5).
const LONGEST: usize = 34;

impl Iban {
    /// Reads an account; separators are left out, small letters become capitals.
    ///
    /// Checked in this order: characters, country, length, national form, check digits.
    ///
    /// # Errors
    /// `iban.character`, `iban.country` (no country of the registry), `iban.length`, `iban.format`,
    /// `iban.check_digit`.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let fault = |code, problem: &str, expected: &str| ValueError::new(code, "IBAN", problem, expected);
        let compact = letters_and_digits(text, LONGEST).ok_or_else(|| {
            fault("iban.character", "has a character no account has", "at most 34 letters and digits")
        })?;
        let form = compact
            .get(..2)
            .and_then(|country| TABLE.binary_search_by(|(code, _)| (*code).cmp(country)).ok())
            .map(|index| TABLE[index].1)
            .ok_or_else(|| {
                fault(
                    "iban.country",
                    "does not begin with a country",
                    "the two letters of a country with IBANs",
                )
            })?;
        let kinds: Vec<u8> = kinds(form).collect();
        if compact.len() != kinds.len() + 4 {
            let expected = format!("{} characters for this country", kinds.len() + 4);
            return Err(fault("iban.length", "has the wrong length for its country", &expected));
        }
        let fits = |(letter, kind): (u8, &u8)| match kind {
            b'n' => letter.is_ascii_digit(),
            b'a' => letter.is_ascii_uppercase(),
            _ => true,
        };
        if !compact.bytes().skip(2).zip([b'n', b'n'].iter().chain(&kinds)).all(fits) {
            return Err(fault(
                "iban.format",
                "has letters or digits where its country has none",
                "the form of its country",
            ));
        }
        let (head, national) = compact.split_at(4);
        // MOD 97-10 makes 02 to 98; the others would pass the sum but are never given out.
        let made = !matches!(&head[2..], "00" | "01" | "99");
        if !made || mod_97_10(national.bytes().chain(head.bytes())) != Some(1) {
            return Err(fault(
                "iban.check_digit",
                "has wrong check digits",
                "third and fourth digit to agree",
            ));
        }
        Ok(Self(compact))
    }

    /// Without blanks, as machines exchange it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two letters of the country that gave out the number.
    #[must_use]
    pub fn country_code(&self) -> &str {
        &self.0[..2]
    }

    /// The national account number.
    #[must_use]
    pub fn national(&self) -> &str {
        &self.0[4..]
    }

    /// In groups of four, as on paper.
    #[must_use]
    pub fn grouped(&self) -> String {
        let mut text = String::with_capacity(self.0.len() + self.0.len() / 4);
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                text.push(' ');
            }
            text.push(letter);
        }
        text
    }
}

super::written_as_text!(field Iban, Iban::as_str, Iban::parse);

/// The kind of each place: `a1n12` is `a` and twelve times `n`.
fn kinds(form: &str) -> impl Iterator<Item = u8> {
    form.split_inclusive(|letter: char| letter.is_ascii_alphabetic())
        .zip(counts(form))
        .flat_map(|(kind, count)| std::iter::repeat_n(kind.bytes().next_back().unwrap_or(b'c'), count))
}

/// The numbers in a form: of `a1n12` they are 1 and 12.
fn counts(form: &str) -> impl Iterator<Item = usize> {
    form.split(|letter: char| letter.is_ascii_alphabetic()).filter_map(|count| count.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_within_the_standard() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
        for (country, form) in TABLE {
            let length = kinds(form).count() + 4;
            assert!((15..=LONGEST).contains(&length), "{country} has {length}");
        }
    }

    #[test]
    fn each_fault_has_its_word() {
        for (text, code) in [
            ("", "iban.country"),
            ("DE89!70400440532013000", "iban.character"),
            ("XX431234", "iban.country"),
            ("DE8937040044053201300", "iban.length"),
            ("DE89A70400440532013000", "iban.format"),
            ("IT6010542811101000000123456", "iban.format"),
            ("DE89370400440532013001", "iban.check_digit"),
        ] {
            assert_eq!(Iban::parse(text).unwrap_err().code, code, "{text}");
        }
    }
}
