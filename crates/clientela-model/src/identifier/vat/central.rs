//! Austria, the Czech Republic, Germany, Hungary, Poland, Slovakia, Slovenia, Switzerland.

use super::rule::{Fault, Rule, digits_of, is_date, pair, require, weighted_sum};
use crate::identifier::check_digit::{digits, luhn, mod_11_10, modulo, weighted};

/// U and eight digits; the Luhn sum of the first seven, four and the check digit are a multiple of ten.
pub(super) const AUSTRIA: Rule = Rule {
    prefix: "AT",
    country: "AT",
    expected: "the letter U and 8 digits, the last a check digit",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national.strip_prefix('U').ok_or(Fault::Format)?, &[8])?;
        require((luhn(&digits[..7]) + 4 + digits[7]).is_multiple_of(10), Fault::CheckDigit)
    },
};

/// Companies eight digits modulo 11; persons their birth number of nine or ten digits; some persons nine
/// digits beginning with 6.
pub(super) const CZECH_REPUBLIC: Rule = Rule {
    prefix: "CZ",
    country: "CZ",
    expected: "8 digits with a check digit, or a birth number of 9 or 10 digits",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[8, 9, 10])?;
        match (digits.len(), digits[0]) {
            (8, 9) => Err(Fault::Format),
            (8, _) => {
                let check = match (11 - weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11 {
                    0 => 1,
                    other => other % 10,
                };
                require(check == digits[7], Fault::CheckDigit)
            }
            (9, 6) => {
                let rest = weighted(&digits[1..], &[8, 7, 6, 5, 4, 3, 2]) % 11;
                let missing = (21 - rest) % 11;
                require((18 - missing) % 10 == digits[8], Fault::CheckDigit)
            }
            _ => birth_number(&digits),
        }
    },
};

/// The birth number of both successors of Czechoslovakia: date, with 50 added to a woman's month and 20 when
/// a day's numbers ran out, and a number; since 1954 with a check digit modulo 11.
fn birth_number(digits: &[u32]) -> Result<(), Fault> {
    let (year, month, day) = (pair(digits, 0), pair(digits, 2) % 50 % 20, pair(digits, 4));
    if digits.len() == 9 {
        let century = if year >= 80 { 18 } else { 19 };
        require(century == 18 || year <= 53, Fault::Length)?;
        return require(is_date(century, year, month, day), Fault::Format);
    }
    let century = if year < 54 { 20 } else { 19 };
    require(is_date(century, year, month, day), Fault::Format)?;
    require(modulo(&digits[..9], 11) % 10 == digits[9], Fault::CheckDigit)
}

/// Nine digits, ISO 7064 MOD 11,10.
pub(super) const GERMANY: Rule = Rule {
    prefix: "DE",
    country: "DE",
    expected: "9 digits, the first not 0, the last a check digit",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[9])?;
        require(digits[0] != 0, Fault::Format)?;
        require(mod_11_10(&digits) == 1, Fault::CheckDigit)
    },
};

/// The first eight digits of the tax number.
pub(super) const HUNGARY: Rule = Rule {
    prefix: "HU",
    country: "HU",
    expected: "8 digits, the last a check digit",
    normal: |national| national,
    check: |national| weighted_sum(national, &[9, 7, 3, 1, 9, 7, 3, 1], 10, true),
};

/// The NIP. A remainder of ten is never given out.
pub(super) const POLAND: Rule = Rule {
    prefix: "PL",
    country: "PL",
    expected: "10 digits, the last a check digit",
    normal: |national| national,
    // Minus one times the check digit, which is ten times it modulo eleven.
    check: |national| weighted_sum(national, &[6, 5, 7, 2, 3, 4, 5, 6, 7, 10], 11, true),
};

/// Ten digits that eleven divides, the third one of 2, 3, 4, 7, 8, 9; or a birth number.
pub(super) const SLOVAKIA: Rule = Rule {
    prefix: "SK",
    country: "SK",
    expected: "10 digits that 11 divides",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[10])?;
        if birth_number(&digits).is_ok() {
            return Ok(());
        }
        require(digits[0] != 0 && matches!(digits[2], 2 | 3 | 4 | 7 | 8 | 9), Fault::Format)?;
        require(modulo(&digits, 11) == 0, Fault::CheckDigit)
    },
};

/// Eight digits; a check of ten is written 0, a check of eleven is never given out.
pub(super) const SLOVENIA: Rule = Rule {
    prefix: "SI",
    country: "SI",
    expected: "8 digits, the first not 0, the last a check digit",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[8])?;
        require(digits[0] != 0, Fault::Format)?;
        let check = 11 - weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) % 11;
        require(if check == 10 { 0 } else { check } == digits[7], Fault::CheckDigit)
    },
};

/// The enterprise number; MWST, TVA, IVA or TPV after it says that it is registered for VAT and is not kept.
pub(super) const SWITZERLAND: Rule = Rule {
    prefix: "CHE",
    country: "CH",
    expected: "CHE and 9 digits, the last a check digit, perhaps with MWST, TVA or IVA",
    normal: |national| {
        let bare = ["MWST", "TVA", "IVA", "TPV"].iter().find_map(|suffix| national.strip_suffix(suffix));
        bare.map_or(national.clone(), str::to_owned)
    },
    check: |national| {
        let digits = digits(national).ok_or(Fault::Format)?;
        require(digits.len() == 9, Fault::Length)?;
        require((11 - weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11 == digits[8], Fault::CheckDigit)
    },
};
