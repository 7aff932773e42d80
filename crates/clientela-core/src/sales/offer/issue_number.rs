//! Numbers of issued offers and of orders: without gaps, per dealer and year, with check characters.
//!
//! A number is the code of the dealer's topmost unit, the year, a letter and count of six digits or more, and two check digits after ISO/IEC 7064, MOD
//! 97-10 (letters count as 10 to 35): a digit misread or two exchanged are found. What is printed carries a seal besides: four characters
//! of the SHA-256 of number and content, so that a number copied onto another content does not pass.

use crate::ids::{IssueCounterId, UnitId};
use clientela_model::{Money, Record};
use sha2::{Digest, Sha256};

/// The next number of a dealer's year; written in the transaction that gives the number, so that nothing is skipped.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 183, name = "issue_counter", access = public, part_of(unit, unit))]
pub struct IssueCounter {
    /// Id.
    #[field(number = 1)]
    pub id: IssueCounterId,
    /// The topmost unit of the dealer.
    #[field(number = 2, indexed)]
    pub unit: UnitId,
    /// The year.
    #[field(number = 3, merge = central)]
    pub year: i32,
    /// What it counts: Q for issued offers, S for orders.
    #[field(number = 4, merge = central)]
    pub letter: String,
    /// The next number to be given, from 1.
    #[field(number = 5, merge = central, confidential)]
    pub next: Option<i64>,
}

/// The number of these parts, with its check digits.
#[must_use]
pub fn issue_number(unit_code: &str, year: i32, letter: char, count: i64) -> String {
    let body = format!("{unit_code}-{year}-{letter}{count:06}");
    let check = 98 - remainder(&format!("{body}00"));
    format!("{body}-{check:02}")
}

/// Whether the check digits of a number fit it.
#[must_use]
pub fn number_is_sound(number: &str) -> bool {
    let digits = number.len() > 3 && number.as_bytes().iter().rev().take(2).all(u8::is_ascii_digit);
    digits && number.bytes().rev().nth(2) == Some(b'-') && remainder(number) == 1
}

/// The seal of a number on a content: four characters without 0, 1, I and O.
#[must_use]
pub fn seal(number: &str, fingerprint: &str, payable: Money) -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let digest = Sha256::digest(format!("{number}\n{fingerprint}\n{payable}").as_bytes());
    digest.iter().take(4).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// Whether a printed seal belongs to a number on this content.
#[must_use]
pub fn seal_fits(printed: &str, number: &str, fingerprint: &str, payable: Money) -> bool {
    number_is_sound(number) && printed.eq_ignore_ascii_case(&seal(number, fingerprint, payable))
}

/// The remainder by 97 of the text read as a number; what is neither letter nor digit is passed over, other letters count as
/// their place in Unicode.
fn remainder(text: &str) -> u32 {
    let mut rest = 0_u32;
    for letter in text.chars().filter(|letter| letter.is_alphanumeric()) {
        let value = letter.to_digit(36).unwrap_or_else(|| u32::from(letter) % 89 + 10);
        rest = if value < 10 { (rest * 10 + value) % 97 } else { (rest * 100 + value) % 97 };
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_misread_digit_and_two_exchanged_are_found(count in 1_i64..999_999, place in 0_usize..6, digit in 0_u8..10) {
            let number = issue_number("D01", 2026, 'Q', count);
            prop_assert!(number_is_sound(&number), "{}", number);
            let at = number.len() - 9 + place;
            let mut bytes = number.clone().into_bytes();
            if bytes[at] != b'0' + digit {
                bytes[at] = b'0' + digit;
                prop_assert!(!number_is_sound(std::str::from_utf8(&bytes).unwrap()));
            }
            let mut bytes = number.into_bytes();
            if place < 5 && bytes[at] != bytes[at + 1] {
                bytes.swap(at, at + 1);
                prop_assert!(!number_is_sound(std::str::from_utf8(&bytes).unwrap()));
            }
        }
    }

    #[test]
    fn a_seal_does_not_fit_another_content() {
        let euro =
            |units| Money::from_minor(units, clientela_model::identifier::Currency::parse("EUR").unwrap());
        let number = issue_number("D01", 2026, 'Q', 7);
        let printed = seal(&number, "sha256:aa", euro(100));
        assert!(seal_fits(&printed.to_lowercase(), &number, "sha256:aa", euro(100)));
        assert!(!seal_fits(&printed, &number, "sha256:ab", euro(100)));
        assert!(!seal_fits(&printed, &number, "sha256:aa", euro(101)));
        assert!(!number_is_sound("-47") && !number_is_sound("") && !number_is_sound("D01-2026-Q000007"));
    }
}
