//! Telephone numbers without the national plans: international form only, nothing is known beyond the
//! calling code.

use super::{EXTENSION, Kind, MOST_DIGITS, Parts, Writing, fault};
use crate::error::ValueError;
use crate::identifier::{Country, is_separator};

/// The shortest numbers of small plans with their calling code.
const LEAST_DIGITS: usize = 7;

/// Reads plus, calling code and number.
pub(super) fn parse(text: &str, _: Option<Country>) -> Result<Parts, ValueError> {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let (number, extension) =
        text.split_once(EXTENSION).map_or((text, None), |(number, extension)| (number, Some(extension)));
    let number = number
        .strip_prefix('+')
        .ok_or_else(|| fault("phone.country", "has no country, and no numbering plan is built in"))?;
    let digits: String = number.chars().filter(|sign| !is_separator(*sign)).take(MOST_DIGITS + 1).collect();
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    if !all_digits(&digits) || !extension.is_none_or(all_digits) {
        return Err(fault("phone.malformed", "is not a number"));
    }
    if !(LEAST_DIGITS..=MOST_DIGITS).contains(&digits.len()) || extension.is_some_and(|text| text.len() > 20)
    {
        return Err(fault("phone.length", "is too short or too long for its country"));
    }
    if countries(&digits).next().is_none() {
        return Err(fault("phone.country", "has no country, or one that does not exist"));
    }
    Ok(Parts { e164: format!("+{digits}"), extension: extension.map(str::to_owned) })
}

fn countries(digits: &str) -> impl Iterator<Item = Country> {
    Country::all().filter(move |country| {
        country.calling_code().is_some_and(|code| digits.starts_with(&code.to_string()))
    })
}

/// Nothing is known.
pub(super) fn kind(_: &str) -> Kind {
    Kind::Unknown
}

/// The country, where it has its calling code for itself.
pub(super) fn country(stored: &str) -> Option<Country> {
    let mut found = countries(stored.strip_prefix('+')?);
    found.next().filter(|_| found.next().is_none())
}

/// The stored form, as an address of the web with its scheme.
pub(super) fn write(stored: &str, writing: Writing) -> String {
    match writing {
        Writing::Uri => format!("tel:{stored}"),
        Writing::International | Writing::National => stored.replacen(EXTENSION, " ext. ", 1),
    }
}
