//! Croatia, Cyprus, Greece, Italy, Malta, Portugal, Spain.

use super::rule::{Fault, Rule, digits_of, require, weighted_sum};
use crate::identifier::check_digit::{digit, digits, luhn, mod_11_10, modulo, weighted};

/// The OIB of a company or person.
pub(super) const CROATIA: Rule = Rule {
    prefix: "HR",
    country: "HR",
    expected: "11 digits, the last a check digit",
    normal: |national| national,
    check: |national| require(mod_11_10(&digits_of(national, &[11])?) == 1, Fault::CheckDigit),
};

/// Eight digits and a letter; digits in odd places are translated before they are added. 12 is not given out.
pub(super) const CYPRUS: Rule = Rule {
    prefix: "CY",
    country: "CY",
    expected: "8 digits and a check letter",
    normal: |national| national,
    check: |national| {
        require(national.len() == 9, Fault::Length)?;
        let (body, letter) = national.split_at(8);
        let body = digits(body).ok_or(Fault::Format)?;
        require(!body.starts_with(&[1, 2]), Fault::Format)?;
        const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
        let sum: u32 = body
            .iter()
            .zip(0_usize..)
            .map(|(digit, place)| if place % 2 == 0 { ODD[*digit as usize] } else { *digit })
            .sum();
        let letter = letter.bytes().next().filter(u8::is_ascii_uppercase).ok_or(Fault::Format)?;
        require(u32::from(letter - b'A') == sum % 26, Fault::CheckDigit)
    },
};

/// Nine digits, old ones eight with a zero put in front; weights are powers of two.
pub(super) const GREECE: Rule = Rule {
    prefix: "EL",
    country: "GR",
    expected: "9 digits, the last a check digit",
    normal: |national| if national.len() == 8 { format!("0{national}") } else { national },
    check: |national| {
        let digits = digits_of(national, &[9])?;
        let sum = weighted(&digits, &[256, 128, 64, 32, 16, 8, 4, 2]);
        require(sum % 11 % 10 == digits[8], Fault::CheckDigit)
    },
};

/// Seven digits of the taxpayer, three of the province's office, a Luhn digit.
pub(super) const ITALY: Rule = Rule {
    prefix: "IT",
    country: "IT",
    expected: "11 digits, the last a check digit",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[11])?;
        let office = modulo(&digits[7..10], 1000);
        let taxpayer = digits[..7].iter().any(|digit| *digit != 0);
        require(taxpayer && matches!(office, 1..=100 | 120 | 121 | 888 | 999), Fault::Format)?;
        require(luhn(&digits) == 0, Fault::CheckDigit)
    },
};

/// Eight digits, the last two check digits modulo 37.
pub(super) const MALTA: Rule = Rule {
    prefix: "MT",
    country: "MT",
    expected: "8 digits, the first not 0, the last two check digits",
    normal: |national| national,
    check: |national| weighted_sum(national, &[3, 4, 6, 7, 8, 9, 10, 1], 37, false),
};

/// The NIF.
pub(super) const PORTUGAL: Rule = Rule {
    prefix: "PT",
    country: "PT",
    expected: "9 digits, the first not 0, the last a check digit",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[9])?;
        require(digits[0] != 0, Fault::Format)?;
        let check = (11 - weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10;
        require(check == digits[8], Fault::CheckDigit)
    },
};

/// The NIF: persons eight digits and a letter modulo 23 (foreigners X, Y or Z for the first digit, some K, L
/// or M), companies a letter, seven digits and a Luhn digit or its letter.
pub(super) const SPAIN: Rule = Rule {
    prefix: "ES",
    country: "ES",
    expected: "9 letters and digits, the last a check digit or letter",
    normal: |national| national,
    check: |national| {
        require(national.len() == 9, Fault::Length)?;
        let (first, last) = (national.as_bytes()[0], national.as_bytes()[8]);
        let body = digits(&national[1..8]).ok_or(Fault::Format)?;
        let person = |first: u32| {
            let number = first * 10_000_000 + modulo(&body, 10_000_000);
            let letter = b"TRWAGMYFPDXBNJZSQVHLCKE"[(number % 23) as usize];
            require(letter == last, Fault::CheckDigit)
        };
        match first {
            b'0'..=b'9' => person(u32::from(first - b'0')),
            b'X'..=b'Z' => person(u32::from(first - b'X')),
            b'K' | b'L' | b'M' => person(0),
            b'A'..=b'H' | b'J' | b'N' | b'P'..=b'S' | b'U'..=b'W' => {
                let mut with_zero = body.clone();
                with_zero.push(0);
                let check = (10 - luhn(&with_zero)) % 10;
                let right = digit(last) == Some(check) || last == b"JABCDEFGHI"[check as usize];
                require(right, Fault::CheckDigit)
            }
            _ => Err(Fault::Format),
        }
    },
};
