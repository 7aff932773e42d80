//! Belgium, France, Ireland, Luxembourg, the Netherlands, the United Kingdom.

use super::rule::{Fault, Rule, digits_of, require};
use crate::identifier::check_digit::{digits, luhn, mod_97_10, modulo, weighted};

/// Ten digits; numbers given out before 2005 had nine and get a zero in front. Since 2023 they may begin
/// with 1. Source: Crossroads Bank for Enterprises.
pub(super) const BELGIUM: Rule = Rule {
    prefix: "BE",
    country: "BE",
    expected: "10 digits beginning with 0 or 1, the last two check digits",
    normal: |national| if national.len() == 9 { format!("0{national}") } else { national },
    check: |national| {
        let digits = digits_of(national, &[10])?;
        require(digits[0] <= 1 && digits.iter().any(|digit| *digit != 0), Fault::Format)?;
        let sum = modulo(&digits[..8], 97) + modulo(&digits[8..], 97);
        require(sum.is_multiple_of(97), Fault::CheckDigit)
    },
};

/// Two signs of a key and the SIREN number (Luhn); Monaco has 000 in its place. The key is (12 + 3 × SIREN)
/// mod 97; a key with a letter is checked modulo 11.
pub(super) const FRANCE: Rule = Rule {
    prefix: "FR",
    country: "FR",
    expected: "a key of two digits or letters and the 9 digits of the SIREN",
    normal: |national| national,
    check: |national| {
        require(national.len() == 11, Fault::Length)?;
        let (key, siren) = national.split_at(2);
        let siren = digits(siren).ok_or(Fault::Format)?;
        let key: Vec<u32> = key.bytes().map(french_key).collect::<Option<_>>().ok_or(Fault::Format)?;
        require(siren.starts_with(&[0, 0, 0]) || luhn(&siren) == 0, Fault::CheckDigit)?;
        let (first, second) = (key[0], key[1]);
        if first < 10 && second < 10 {
            let right = (12 + 3 * modulo(&siren, 97)) % 97;
            return require(first * 10 + second == right, Fault::CheckDigit);
        }
        let made = if first < 10 { first * 24 + second - 10 } else { first * 34 + second - 100 };
        require((modulo(&siren, 11) + 1 + made / 11) % 11 == made % 11, Fault::CheckDigit)
    },
};

/// Digits, then the letters without I and O.
fn french_key(sign: u8) -> Option<u32> {
    let skipped = match sign {
        b'0'..=b'9' => return Some(u32::from(sign - b'0')),
        b'A'..=b'H' => 0,
        b'J'..=b'N' => 1,
        b'P'..=b'Z' => 2,
        _ => return None,
    };
    Some(u32::from(sign - b'A') + 10 - skipped)
}

/// Seven digits, a check letter, and since 2013 one more letter that counts nine times. Old numbers have a
/// letter in second place; their first digit then counts twice. Those with a plus or star there are long out
/// of use.
pub(super) const IRELAND: Rule = Rule {
    prefix: "IE",
    country: "IE",
    expected: "7 digits with a check letter and perhaps one more letter",
    normal: |national| national,
    check: |national| {
        let signs = national.as_bytes();
        require(matches!(signs.len(), 8 | 9), Fault::Length)?;
        let digit = |place: usize| crate::identifier::check_digit::digit(signs[place]).ok_or(Fault::Format);
        let mut sum = 0;
        for (place, weight) in (2..7).zip([6, 5, 4, 3, 2]) {
            sum += digit(place)? * weight;
        }
        if signs[1].is_ascii_digit() {
            sum += digit(0)? * 8 + digit(1)? * 7;
            if let Some(last) = signs.get(8) {
                sum += irish_letter(*last).ok_or(Fault::Format)? * 9;
            }
        } else {
            // As if written 0, five digits, the first digit: the first then has the weight two, the others
            // one place more.
            require(signs.len() == 8 && signs[1].is_ascii_uppercase(), Fault::Format)?;
            sum = digit(0)? * 2;
            for (place, weight) in (2..7).zip([7, 6, 5, 4, 3]) {
                sum += digit(place)? * weight;
            }
        }
        let letter = irish_letter(signs[7]).ok_or(Fault::Format)?;
        require(letter == sum % 23, Fault::CheckDigit)
    },
};

/// W is 0, A to V are 1 to 22.
fn irish_letter(letter: u8) -> Option<u32> {
    match letter {
        b'W' => Some(0),
        b'A'..=b'V' => Some(u32::from(letter - b'A') + 1),
        _ => None,
    }
}

/// Six digits modulo 89 are the last two.
pub(super) const LUXEMBOURG: Rule = Rule {
    prefix: "LU",
    country: "LU",
    expected: "8 digits, the last two check digits",
    normal: |national| national,
    check: |national| {
        let digits = digits_of(national, &[8])?;
        require(modulo(&digits[..6], 89) == modulo(&digits[6..], 100), Fault::CheckDigit)
    },
};

/// Nine digits, B, two digits. Companies: the digits pass the eleven-test. Sole traders since 2020: the
/// whole passes MOD 97-10.
pub(super) const NETHERLANDS: Rule = Rule {
    prefix: "NL",
    country: "NL",
    expected: "9 digits, the letter B and 2 digits",
    normal: |national| national,
    check: |national| {
        require(national.len() == 12, Fault::Length)?;
        let (body, suffix) = national.split_at(9);
        let body = digits(body).ok_or(Fault::Format)?;
        let suffix = digits(suffix.strip_prefix('B').ok_or(Fault::Format)?).ok_or(Fault::Format)?;
        require(body.iter().any(|digit| *digit != 0) && suffix != [0, 0], Fault::Format)?;
        let eleven = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == body[8];
        let ninety_seven = mod_97_10(b"NL".iter().copied().chain(national.bytes())) == Some(1);
        require(eleven || ninety_seven, Fault::CheckDigit)
    },
};

/// Nine digits, perhaps three more for a branch; GD and HA with three digits for government and health.
pub(super) const UNITED_KINGDOM: Rule = Rule {
    prefix: "GB",
    country: "GB",
    expected: "9 or 12 digits, or GD or HA with 3 digits",
    normal: |national| national,
    check: british,
};

/// Traders of Northern Ireland in the single market for goods: the British number with another prefix.
pub(super) const NORTHERN_IRELAND: Rule = Rule { prefix: "XI", ..UNITED_KINGDOM };

fn british(national: &str) -> Result<(), Fault> {
    for (office, numbers) in [("GD", 0..500), ("HA", 500..1000)] {
        if let Some(number) = national.strip_prefix(office) {
            let digits = digits_of(number, &[3])?;
            return require(numbers.contains(&modulo(&digits, 1000)), Fault::Format);
        }
    }
    let digits = digits_of(national, &[9, 12])?;
    let rest = weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    // Numbers from 100 on may also be given out 55 apart, since the first series ran out.
    let series = rest == 0 || modulo(&digits[..3], 1000) >= 100 && matches!(rest, 42 | 55);
    require(series, Fault::CheckDigit)
}
