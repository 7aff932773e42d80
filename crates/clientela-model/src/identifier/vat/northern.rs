//! Denmark, Estonia, Finland, Latvia, Lithuania, Sweden.

use super::rule::{Fault, Rule, digits_of, is_date, pair, require, weighted_sum};
use crate::identifier::check_digit::{luhn, weighted};

/// The CVR number.
pub(super) const DENMARK: Rule = Rule {
    prefix: "DK",
    country: "DK",
    expected: "8 digits, the first not 0, the last a check digit",
    normal: |national| national,
    check: |national| weighted_sum(national, &[2, 7, 6, 5, 4, 3, 2, 1], 11, false),
};

/// The KMKR number. Numbers in use begin with 10, but the rule does not say that they must.
pub(super) const ESTONIA: Rule = Rule {
    prefix: "EE",
    country: "EE",
    expected: "9 digits, the last a check digit",
    normal: |national| national,
    check: |national| weighted_sum(national, &[3, 7, 1, 3, 7, 1, 3, 7, 1], 10, true),
};

/// The business number without hyphen.
pub(super) const FINLAND: Rule = Rule {
    prefix: "FI",
    country: "FI",
    expected: "8 digits, the last a check digit",
    normal: |national| national,
    check: |national| weighted_sum(national, &[7, 9, 10, 5, 8, 4, 2, 1], 11, true),
};

/// Eleven digits: companies begin with 4 or more; persons with their date of birth, or since 2017 with 32.
pub(super) const LATVIA: Rule = Rule {
    prefix: "LV",
    country: "LV",
    expected: "11 digits with a check digit",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[11])?;
        if digits[0] > 3 {
            let sum = weighted(&digits, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]);
            return require(sum % 11 == 3, Fault::CheckDigit);
        }
        if pair(&digits, 0) != 32 {
            let (day, month, year) = (pair(&digits, 0), pair(&digits, 2), pair(&digits, 4));
            require(is_date(18 + digits[6], year, month, day), Fault::Format)?;
        }
        let sum = 1 + weighted(&digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
        require(sum % 11 % 10 == digits[10], Fault::CheckDigit)
    },
};

/// Nine digits for companies, twelve for others; the one before the check digit is 1.
pub(super) const LITHUANIA: Rule = Rule {
    prefix: "LT",
    country: "LT",
    expected: "9 or 12 digits, the last but one a 1, the last a check digit",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[9, 12])?;
        let (body, check) = digits.split_at(digits.len() - 1);
        require(body.last() == Some(&1), Fault::Format)?;
        let mut sum = weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2]) % 11;
        if sum == 10 {
            sum = weighted(body, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]) % 11;
        }
        require(sum % 10 == check[0], Fault::CheckDigit)
    },
};

/// The organisation number (Luhn) and 01.
pub(super) const SWEDEN: Rule = Rule {
    prefix: "SE",
    country: "SE",
    expected: "10 digits with a check digit, then 01",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[12])?;
        require(pair(&digits, 10) == 1, Fault::Format)?;
        require(luhn(&digits[..10]) == 0, Fault::CheckDigit)
    },
};
