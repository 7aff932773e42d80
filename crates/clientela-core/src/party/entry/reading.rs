//! Identifiers read from texts as they are typed.

use crate::findings::{Check, given};
use clientela_model::ValueError;
use clientela_model::identifier::{Country, EmailAddress, Language, PhoneNumber, PostalCode, VatNumber};

pub(crate) fn country(check: &mut Check, text: Option<&str>) -> Option<Country> {
    given(text).and_then(|text| check.keep("country", Country::parse(text)))
}

/// A VAT number; one without a country's letters is taken for one of the customer's country.
pub(crate) fn vat_number(check: &mut Check, text: Option<&str>, country: Country) -> Option<VatNumber> {
    given(text).and_then(|text| check.keep("vat_number", VatNumber::parse(text, Some(country))))
}

/// A telephone number; one without a country's prefix is taken for one of the customer's country.
pub(crate) fn phone(
    check: &mut Check,
    field: &'static str,
    text: Option<&str>,
    country: Option<Country>,
) -> Option<PhoneNumber> {
    given(text).and_then(|text| check.keep(field, PhoneNumber::parse(text, country)))
}

pub(crate) fn email(check: &mut Check, text: Option<&str>) -> Option<EmailAddress> {
    given(text).and_then(|text| check.keep("email", EmailAddress::parse(text)))
}

pub(crate) fn language(check: &mut Check, text: Option<&str>) -> Option<Language> {
    given(text).and_then(|text| check.keep("language", Language::parse(text)))
}

/// A postal code, written as in the customer's country.
pub(crate) fn postal_code(check: &mut Check, text: Option<&str>, country: Country) -> Option<String> {
    let code = given(text).and_then(|text| check.keep("postal_code", PostalCode::parse(text, country)))?;
    Some(code.code().to_owned())
}

/// A trade of NACE Rev. 2 (Regulation (EC) 1893/2006, annex I): division, group or class, with its dot.
pub(crate) fn nace(check: &mut Check, text: Option<&str>) -> Option<String> {
    let text = given(text)?;
    let digits: String = text.chars().filter(|letter| *letter != '.').collect();
    let dots = text.matches('.').count();
    let dot_in_place = dots == 0 || (dots == 1 && text.find('.') == Some(2) && digits.len() > 2);
    let all_digits = digits.bytes().all(|digit| digit.is_ascii_digit());
    let (Some(division), true) = (digits.get(..2), all_digits && dot_in_place && digits.len() <= 4) else {
        check.refuse("nace", bad_nace());
        return None;
    };
    // Divisions run from 01 to 99 with gaps; the gaps differ between revisions and are not checked.
    if division == "00" {
        check.refuse("nace", bad_nace());
        return None;
    }
    Some(match digits.get(2..).filter(|rest| !rest.is_empty()) {
        Some(rest) => format!("{division}.{rest}"),
        None => division.to_owned(),
    })
}

fn bad_nace() -> ValueError {
    ValueError::new(
        "nace.malformed",
        "trade",
        "is not a NACE code",
        "two to four digits such as 49.41; leave out the further digits of a national list",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trades_are_written_one_way() {
        for (text, expected) in [
            ("49", Some("49")),
            ("49.4", Some("49.4")),
            ("49.41", Some("49.41")),
            ("4941", Some("49.41")),
            (" 01.11 ", Some("01.11")),
            ("4", None),
            ("00.1", None),
            ("49.41.00", None),
            ("494.1", None),
            ("49.", None),
            ("H49", None),
            ("49,41", None),
            ("é9", None),
        ] {
            let mut check = Check::new("customer");
            let read = nace(&mut check, Some(text));
            assert_eq!(read.as_deref(), expected, "{text}");
            assert_eq!(check.finish(Some(())).is_ok(), expected.is_some(), "{text}");
        }
    }
}
