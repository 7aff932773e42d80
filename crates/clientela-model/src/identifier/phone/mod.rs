//! Telephone numbers.

use super::{Check, Country};
use crate::error::ValueError;

#[cfg(not(feature = "phone"))]
mod bare;
#[cfg(feature = "phone")]
mod plans;

#[cfg(not(feature = "phone"))]
use bare as known;
#[cfg(feature = "phone")]
use plans as known;

/// A telephone number, perhaps with an extension.
///
/// The normal form is E.164, the extension after `;ext=` as RFC 3966 writes it. Accepted is what has a length
/// its numbering plan has; whether the plan gives out the range is a second answer, see
/// [`check`](Self::check), because plans change more often than programs.
///
/// Without the feature `phone` no plan is known: only `+`, calling code and number can be read, and nothing
/// is ever valid, only unknown.
///
#[cfg_attr(feature = "phone", doc = "```")]
#[cfg_attr(not(feature = "phone"), doc = "```text")]
/// use clientela_model::identifier::{Check, Country, PhoneNumber};
/// let italy = Country::parse("IT")?;
/// let office = PhoneNumber::parse("02/12345678 int. 12", Some(italy))?;
/// assert_eq!((office.e164(), office.extension()), ("+390212345678", Some("12")));
/// assert_eq!(office.international(), "+39 02 1234 5678 ext. 12");
/// assert_eq!(PhoneNumber::parse("112", Some(italy)).unwrap_err().code, "phone.length");
/// assert_eq!(PhoneNumber::check("+3312345678", None), Check::Invalid);
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber {
    stored: String,
    /// Where E.164 ends.
    end: usize,
}

/// Longer than any number with words around it that a person types into a field.
const LONGEST: usize = 120;
const EXTENSION: &str = ";ext=";
/// ITU-T E.164: country and number together.
const MOST_DIGITS: usize = 15;
const EXPECTED: &str = "a number with its area code, from abroad with + and country";

/// A number as it was read.
struct Parts {
    e164: String,
    extension: Option<String>,
}

/// What a plan says about a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "phone"), allow(dead_code))]
enum Kind {
    /// The plan does not give it out, or is not known.
    Unknown,
    /// It can be a mobile.
    Mobile,
    /// Something else.
    Other,
}

/// How a number is written for somebody.
#[derive(Debug, Clone, Copy)]
enum Writing {
    International,
    National,
    Uri,
}

fn fault(code: &'static str, problem: &'static str) -> ValueError {
    ValueError::new(code, "telephone number", problem, EXPECTED)
}

impl PhoneNumber {
    /// Reads a number as people write it: national in the default country, else with `+` or the default
    /// country's prefix for calls abroad; with brackets, slashes, an extension; also a `tel:` address.
    ///
    /// # Errors
    /// `phone.malformed` (no number, or a prefix written twice), `phone.country` (none known, or none with
    /// such a calling code), `phone.length`.
    pub fn parse(text: &str, default_country: Option<Country>) -> Result<Self, ValueError> {
        if text.len() > LONGEST {
            return Err(fault("phone.length", "is too long"));
        }
        let Parts { e164: mut stored, extension } = known::parse(text, default_country)?;
        let end = stored.len();
        if let Some(extension) = extension {
            stored.push_str(EXTENSION);
            stored.push_str(&extension);
        }
        Ok(Self { stored, end })
    }

    /// Reads a number from where it was stored. The normal form is checked and nothing looked up: plans change, and a number
    /// that was taken once must not make its record unreadable. Besides, a plan costs more than the rest of the row.
    fn from_stored(text: &str) -> Result<Self, ValueError> {
        let (number, extension) = match text.split_once(EXTENSION) {
            Some((number, extension)) => (number, Some(extension)),
            None => (text, None),
        };
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
        let digits = number.strip_prefix('+').unwrap_or_default();
        let normal = all_digits(digits) && !digits.starts_with('0') && digits.len() <= MOST_DIGITS;
        if normal && extension.is_none_or(all_digits) && text.len() <= LONGEST {
            return Ok(Self { stored: text.to_owned(), end: number.len() });
        }
        Self::parse(text, None)
    }

    /// Whether a text is a telephone number: valid if its plan gives out the range, unknown if only the
    /// length is right.
    #[must_use]
    pub fn check(text: &str, default_country: Option<Country>) -> Check {
        match Self::parse(text, default_country) {
            Ok(number) if number.is_assignable() => Check::Valid,
            Ok(_) => Check::Unknown,
            Err(_) => Check::Invalid,
        }
    }

    /// E.164 with `;ext=` and the extension, if there is one.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.stored
    }

    /// Plus, country, number: what a machine dials.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.stored[..self.end]
    }

    /// The extension behind a switchboard.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.stored[self.end..].strip_prefix(EXTENSION)
    }

    /// In groups, with plus and country, as on a business card.
    #[must_use]
    pub fn international(&self) -> String {
        known::write(&self.stored, Writing::International)
    }

    /// In groups, as within its country.
    #[must_use]
    pub fn national(&self) -> String {
        known::write(&self.stored, Writing::National)
    }

    /// As an address of the web: `tel:+39-02-1234-5678`.
    #[must_use]
    pub fn tel_uri(&self) -> String {
        known::write(&self.stored, Writing::Uri)
    }

    /// The country, where the number tells: some plans span several and some no country at all.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        known::country(&self.stored)
    }

    /// Whether the numbering plan, as known here, gives out numbers of this range.
    #[must_use]
    pub fn is_assignable(&self) -> bool {
        known::kind(&self.stored) != Kind::Unknown
    }

    /// Whether a text message can reach it: surely, or possibly where the plan does not keep mobiles apart.
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        known::kind(&self.stored) == Kind::Mobile
    }
}

super::written_as_text!(
    field PhoneNumber,
    PhoneNumber::as_str,
    |text| PhoneNumber::parse(text, None),
    PhoneNumber::from_stored
);

#[cfg(test)]
mod stored {
    use super::*;
    use crate::record::Field;
    use crate::value::Value;

    fn read(text: &str) -> Result<PhoneNumber, ValueError> {
        PhoneNumber::from_value(Value::Text(text.to_owned().into()))
    }

    #[test]
    fn what_was_stored_is_read_as_it_was() {
        for text in ["+390212345678", "+390212345678;ext=12", "+4930123456"] {
            let parsed = PhoneNumber::parse(text, None).unwrap();
            assert_eq!(read(text).as_ref(), Ok(&parsed), "{text}");
            assert_eq!(Value::Text(text.to_owned().into()), parsed.to_value());
        }
    }

    #[test]
    fn what_is_not_in_the_normal_form_passes_the_door_for_texts() {
        for text in
            ["", "+", "39 02", "+0039021", "+39021234567890123", "+390212345678;ext=", "+390212345678;ext=a1"]
        {
            assert_eq!(read(text), PhoneNumber::parse(text, None), "{text}");
        }
        assert!(read("call me").is_err());
    }
}

#[cfg(all(test, not(feature = "phone")))]
mod tests {
    use super::*;

    #[test]
    fn without_plans_only_the_international_form_is_read() {
        let number: PhoneNumber = "tel:+39-06-6987-9000;ext=12".parse().unwrap();
        assert_eq!((number.e164(), number.extension()), ("+390669879000", Some("12")));
        assert_eq!(number.to_string().parse::<PhoneNumber>().as_ref(), Ok(&number));
        assert_eq!(PhoneNumber::check("+390669879000", None), Check::Unknown);
        for (text, code) in [
            ("06 6987 9000", "phone.country"),
            ("+999 123456", "phone.country"),
            ("+39 112", "phone.length"),
            ("+39 FLOWERS", "phone.malformed"),
        ] {
            assert_eq!(PhoneNumber::parse(text, Country::parse("IT").ok()).unwrap_err().code, code, "{text}");
        }
    }
}

#[cfg(all(test, feature = "phone"))]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_one_way() {
        let italy = Country::parse("IT").ok();
        for (text, country, stored) in [
            ("06 6987 9000", italy, "+390669879000"),
            ("0039 06 69879000", italy, "+390669879000"),
            ("+39 (0)2 1234 5678", None, "+390212345678"),
            ("tel:+49-30-123456;ext=12", None, "+4930123456;ext=12"),
        ] {
            let number = PhoneNumber::parse(text, country).unwrap();
            assert_eq!(number.as_str(), stored, "{text}");
            assert_eq!(stored.parse::<PhoneNumber>().unwrap(), number);
        }
    }

    #[test]
    fn each_fault_has_its_word() {
        let italy = Country::parse("IT").ok();
        for (text, country, code) in [
            ("", italy, "phone.malformed"),
            ("call me", italy, "phone.malformed"),
            ("+353 0022 00222", italy, "phone.malformed"),
            ("06 6987 9000", None, "phone.country"),
            ("+999 123456", italy, "phone.country"),
            ("112", italy, "phone.length"),
            ("0123456789012345678", italy, "phone.length"),
        ] {
            assert_eq!(PhoneNumber::parse(text, country).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn the_number_tells_country_and_kind() {
        let mobile: PhoneNumber = "+393123456789".parse().unwrap();
        assert_eq!(mobile.country(), Country::parse("IT").ok());
        assert!(mobile.is_mobile() && mobile.is_assignable());
        assert_eq!(mobile.tel_uri(), "tel:+39-312-345-6789");
        assert_eq!(mobile.national(), "312 345 6789");
    }
}
