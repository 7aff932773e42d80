//! Bulgaria, Romania.

use super::rule::{Fault, Rule, digits_of, is_date, pair, require};
use crate::identifier::check_digit::weighted;

/// Companies nine digits; persons their birth number, foreigners and others ten digits with rules of their
/// own.
pub(super) const BULGARIA: Rule = Rule {
    prefix: "BG",
    country: "BG",
    expected: "9 or 10 digits, the last a check digit",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[9, 10])?;
        let last = digits[digits.len() - 1];
        if digits.len() == 9 {
            let mut check = weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
            if check == 10 {
                check = weighted(&digits, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11;
            }
            return require(check % 10 == last, Fault::CheckDigit);
        }
        let person = is_birth(&digits) && weighted(&digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == last;
        let foreigner = weighted(&digits, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == last;
        let other = (11 - weighted(&digits, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last;
        require(person || foreigner || other, Fault::CheckDigit)
    },
};

/// Whether the number begins with a date; 20 is added to the month for the 19th, 40 for the 21st century.
fn is_birth(digits: &[u32]) -> bool {
    let (year, month, day) = (pair(digits, 0), pair(digits, 2), pair(digits, 4));
    match month {
        41.. => is_date(20, year, month - 40, day),
        21.. => is_date(18, year, month - 20, day),
        _ => is_date(19, year, month, day),
    }
}

/// Two to ten digits without leading zero; persons their number of thirteen digits.
pub(super) const ROMANIA: Rule = Rule {
    prefix: "RO",
    country: "RO",
    expected: "2 to 10 digits without leading zero, the last a check digit",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[2, 3, 4, 5, 6, 7, 8, 9, 10, 13])?;
        require(digits[0] != 0, Fault::Format)?;
        let (body, last) = digits.split_at(digits.len() - 1);
        if digits.len() == 13 {
            let century = match digits[0] {
                3 | 4 => 18,
                5 | 6 => 20,
                _ => 19,
            };
            let county = matches!(pair(&digits, 7), 1..=48 | 51 | 52 | 70 | 80..=83);
            let born = is_date(century, pair(&digits, 1), pair(&digits, 3), pair(&digits, 5));
            require(born && county, Fault::Format)?;
            let check = match weighted(body, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
                10 => 1,
                other => other,
            };
            return require(check == last[0], Fault::CheckDigit);
        }
        let weights = [7, 5, 3, 2, 1, 7, 5, 3, 2];
        let sum = 10 * weighted(body, &weights[weights.len() - body.len()..]);
        require(sum % 11 % 10 == last[0], Fault::CheckDigit)
    },
};
