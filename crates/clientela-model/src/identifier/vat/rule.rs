//! What a national rule is made of.

use crate::identifier::check_digit;

/// Why a number is none of its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Too many or too few signs.
    Length,
    /// Letters or digits where there are none, or a part that is never given out.
    Format,
    /// The check digit does not agree.
    CheckDigit,
}

/// The numbers of one prefix.
pub(super) struct Rule {
    /// The two letters, or for Switzerland three, in front of a number.
    pub(super) prefix: &'static str,
    /// Two letters of the country.
    pub(super) country: &'static str,
    /// What would be right, for the error.
    pub(super) expected: &'static str,
    /// The one writing of numbers that are written in several ways.
    pub(super) normal: fn(String) -> String,
    /// The check of a number in that writing, without prefix.
    pub(super) check: fn(&str) -> Result<(), Fault>,
}

/// Goes on if the condition holds.
pub(super) fn require(condition: bool, fault: Fault) -> Result<(), Fault> {
    if condition { Ok(()) } else { Err(fault) }
}

/// The digits of a number of one of these lengths.
pub(super) fn digits_of(national: &str, lengths: &[usize]) -> Result<Vec<u32>, Fault> {
    let digits = check_digit::digits(national).ok_or(Fault::Format)?;
    require(lengths.contains(&digits.len()), Fault::Length)?;
    Ok(digits)
}

/// A rule for digits only: a length and a weighted sum that a modulus must divide.
pub(super) fn weighted_sum(
    national: &str,
    weights: &[u32],
    modulus: u32,
    zero_first: bool,
) -> Result<(), Fault> {
    let digits = digits_of(national, &[weights.len()])?;
    require(zero_first || digits[0] != 0, Fault::Format)?;
    require(check_digit::weighted(&digits, weights).is_multiple_of(modulus), Fault::CheckDigit)
}

/// Whether two digits each of year, month and day are a date of that century.
pub(super) fn is_date(century: u32, year: u32, month: u32, day: u32) -> bool {
    i32::try_from(century * 100 + year)
        .ok()
        .and_then(|year| chrono::NaiveDate::from_ymd_opt(year, month, day))
        .is_some()
}

/// The number made of two digits.
pub(super) fn pair(digits: &[u32], place: usize) -> u32 {
    digits[place] * 10 + digits[place + 1]
}
