//! Numbers of companies in public registers, checked by their check digits.
//!
//! | register | number | check |
//! | --- | --- | --- |
//! | `FR-SIREN` | 9 digits | Luhn (decree 73-314) |
//! | `FR-SIRET` | 14 digits | Luhn; those of La Poste (356000000) by the sum of their digits, a multiple of 5 |
//! | `IT-CF` | codice fiscale: 16 letters and digits, or 11 digits | decree 23.12.1976; as a VAT number |
//! | `CH-UID` | CHE and 9 digits | modulo 11 (eCH-0097) |
//! | `BE-KBO` | 10 digits | modulo 97 |
//! | `LEI` | 20 letters and digits | ISO 17442, by ISO/IEC 7064 MOD 97-10 |
//!
//! Numbers of other registers are taken as they are.

use super::check_digit::{digit, digits, luhn, mod_97_10, modulo, weighted};
use crate::error::ValueError;

/// Registers whose numbers are checked.
pub const CHECKED_REGISTERS: [&str; 6] = ["FR-SIREN", "FR-SIRET", "IT-CF", "CH-UID", "BE-KBO", "LEI"];

/// A number as its register writes it: capital letters, without blanks, dots and hyphens. A number of another register keeps all
/// but the blanks at its ends.
///
/// # Errors
/// `registration.check_digit`, `registration.malformed`.
///
/// ```
/// use clientela_model::identifier::registration_number;
/// assert_eq!(registration_number("FR-SIREN", "404 833 048").as_deref(), Ok("404833048"));
/// assert_eq!(registration_number("FR-SIREN", "404 833 047").map_err(|error| error.code), Err("registration.check_digit"));
/// assert_eq!(registration_number("DE-HRB", " 12345 B ").as_deref(), Ok("12345 B"));
/// ```
pub fn registration_number(register: &str, text: &str) -> Result<String, ValueError> {
    if !CHECKED_REGISTERS.contains(&register) {
        return Ok(text.trim().to_owned());
    }
    let kept = text.chars().filter(|letter| !matches!(letter, ' ' | '.' | '-' | '\u{a0}' | '/'));
    let mut number: String = kept.collect::<String>().to_ascii_uppercase();
    if register == "BE-KBO" {
        number = number.strip_prefix("BE").unwrap_or(&number).to_owned();
        if number.len() == 9 {
            number.insert(0, '0');
        }
    }
    let right = match register {
        "FR-SIREN" => of_digits(&number, 9, |digits| luhn(digits) == 0),
        "FR-SIRET" => of_digits(&number, 14, siret),
        "IT-CF" if number.len() == 11 => of_digits(&number, 11, |digits| luhn(digits) == 0),
        "IT-CF" => codice_fiscale(&number),
        "CH-UID" => number.strip_prefix("CHE").map_or(Found::Malformed, |rest| of_digits(rest, 9, swiss)),
        "BE-KBO" => of_digits(&number, 10, |digits| {
            digits
                .split_at_checked(8)
                .is_some_and(|(body, check)| 97 - modulo(body, 97) == modulo(check, 100))
        }),
        _ => lei(&number),
    };
    match right {
        Found::Right => Ok(number),
        Found::Wrong => Err(ValueError::new(
            "registration.check_digit",
            "registration number",
            "does not fit its check digit",
            "the number as the register shows it; look for a mistyped digit",
        )),
        Found::Malformed => Err(ValueError::new(
            "registration.malformed",
            "registration number",
            format!("is not written as a number of {register} is"),
            "as many digits and letters as the register writes",
        )),
    }
}

enum Found {
    Right,
    Wrong,
    Malformed,
}

impl From<bool> for Found {
    fn from(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

fn of_digits(text: &str, length: usize, check: impl Fn(&[u32]) -> bool) -> Found {
    match digits(text).filter(|digits| digits.len() == length) {
        Some(digits) => check(&digits).into(),
        None => Found::Malformed,
    }
}

fn siret(digits: &[u32]) -> bool {
    let post = digits.starts_with(&[3, 5, 6, 0, 0, 0, 0, 0, 0]);
    luhn(digits) == 0 || (post && digits.iter().sum::<u32>() % 5 == 0)
}

fn swiss(digits: &[u32]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    (11 - weighted(body, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11 == *check
}

fn lei(number: &str) -> Found {
    let shape = number.len() == 20
        && number.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
        && number.bytes().skip(18).all(|letter| letter.is_ascii_digit());
    if shape { (mod_97_10(number.bytes()) == Some(1)).into() } else { Found::Malformed }
}

/// Letters at odd places count by this table, those at even places by their place; digits stand for the letters of theirs.
const ODD: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
/// Where digits stand; where they are needed to tell two persons apart, letters stand for them (omocodia).
const DIGIT_PLACES: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];

fn codice_fiscale(number: &str) -> Found {
    let bytes = number.as_bytes();
    let shape = bytes.len() == 16
        && bytes.iter().enumerate().all(|(place, letter)| {
            letter.is_ascii_uppercase() && (!DIGIT_PLACES.contains(&place) || b"LMNPQRSTUV".contains(letter))
                || letter.is_ascii_digit() && DIGIT_PLACES.contains(&place)
        });
    let Some((check, body)) = bytes.split_last().filter(|_| shape && born(bytes)) else {
        return Found::Malformed;
    };
    let value = |letter: u8| digit(letter).unwrap_or_else(|| u32::from(letter.saturating_sub(b'A')));
    let sum: u32 = body
        .iter()
        .enumerate()
        // Places are counted from one: the first is odd.
        .map(|(place, letter)| {
            let value = value(*letter);
            if place % 2 == 0 { ODD.get(value as usize).copied().unwrap_or_default() } else { value }
        })
        .sum();
    (sum % 26 == u32::from(check - b'A')).into()
}

/// Letters of the months, with the most days each has.
const MONTHS: [(u8, u32); 12] = [
    (b'A', 31),
    (b'B', 29),
    (b'C', 31),
    (b'D', 30),
    (b'E', 31),
    (b'H', 30),
    (b'L', 31),
    (b'M', 31),
    (b'P', 30),
    (b'R', 31),
    (b'S', 30),
    (b'T', 31),
];

/// Whether the day of birth can be one; women's days are 40 higher.
fn born(number: &[u8]) -> bool {
    let figure = |place: usize| {
        let letter = *number.get(place)?;
        let stands_for = || b"LMNPQRSTUV".iter().position(|other| *other == letter);
        digit(letter).or_else(|| u32::try_from(stands_for()?).ok())
    };
    let month = number.get(8).and_then(|letter| MONTHS.iter().find(|(month, _)| month == letter));
    let Some(((tens, ones), (_, last))) = figure(9).zip(figure(10)).zip(month) else { return false };
    let day = tens * 10 + ones;
    (1..=*last).contains(&day) || (41..=40 + last).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_check_out() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/vectors/identifiers/company_ids.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: the published numbers are not here");
            return;
        };
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut seen = 0;
        for row in file["vectors"].as_array().unwrap() {
            let register = match row["kind"].as_str().unwrap() {
                "FR SIREN" => "FR-SIREN",
                "FR SIRET" => "FR-SIRET",
                "IT codice fiscale" => "IT-CF",
                "CH UID" => "CH-UID",
                "BE ondernemingsnummer" => "BE-KBO",
                "LEI" => "LEI",
                _ => continue,
            };
            seen += 1;
            let (input, valid) = (row["input"].as_str().unwrap(), row["valid"].as_bool().unwrap());
            let read = registration_number(register, input);
            assert_eq!(read.is_ok(), valid, "{register} {input}");
            if let Ok(number) = read {
                assert_eq!(number, row["compact"].as_str().unwrap());
            }
        }
        assert!(seen > 20, "{seen}");
    }

    #[test]
    fn every_changed_digit_is_noticed() {
        for (register, number) in
            [("FR-SIREN", "404833048"), ("LEI", "213800KUD8LAJWSQ9D15"), ("CH-UID", "CHE100155212")]
        {
            for (place, letter) in number.char_indices().filter(|(_, letter)| letter.is_ascii_digit()) {
                let other = if letter == '9' { '0' } else { char::from(letter as u8 + 1) };
                let changed: String = number
                    .char_indices()
                    .map(|(at, letter)| if at == place { other } else { letter })
                    .collect();
                assert!(registration_number(register, &changed).is_err(), "{register} {changed}");
            }
        }
    }
}
