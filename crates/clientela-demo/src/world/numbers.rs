//! VAT numbers and chassis numbers that are right by their check digits and belong to nobody in particular.

/// The digits of a number with leading zeros.
fn digits(number: u64, width: usize) -> Vec<u32> {
    format!("{number:0width$}").bytes().map(|digit| u32::from(digit - b'0')).collect()
}

fn text(digits: &[u32]) -> String {
    digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect()
}

/// The digit that makes a Luhn sum a multiple of ten (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u32]) -> u32 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => (digit * 2) / 10 + (digit * 2) % 10,
            _ => *digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

/// The check digit of ISO/IEC 7064, MOD 11,10.
fn mod_11_10(digits: &[u32]) -> u32 {
    let product = digits.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

/// Italy: seven digits, the office that gave it, a Luhn digit.
pub(crate) fn italian_vat(serial: u64, office: u64) -> String {
    let body = digits((1 + serial % 9_999_999) * 1_000 + 1 + office % 95, 10);
    format!("IT{}{}", text(&body), luhn(&body))
}

/// France: two digits of control, then the SIREN with its Luhn digit.
pub(crate) fn french_vat(serial: u64) -> String {
    let body = digits(30_000_000 + serial % 60_000_000, 8);
    let siren = format!("{}{}", text(&body), luhn(&body));
    let key = (12 + 3 * (siren.parse::<u64>().unwrap_or(0) % 97)) % 97;
    format!("FR{key:02}{siren}")
}

/// Germany: eight digits, a digit by MOD 11,10.
pub(crate) fn german_vat(serial: u64) -> String {
    let body = digits(11_000_000 + serial % 80_000_000, 8);
    format!("DE{}{}", text(&body), mod_11_10(&body))
}

/// A chassis number of a maker: no check digit in Europe.
pub(crate) fn vin(maker: &str, model: &str, serial: u64) -> String {
    format!("{maker}{model:0<6}{:08}", serial % 100_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela::model::identifier::{VatNumber, Vin};

    #[test]
    fn every_number_is_accepted() {
        for serial in (0..400).map(|step| step * 137_911) {
            for number in [italian_vat(serial, serial), french_vat(serial), german_vat(serial)] {
                assert!(VatNumber::parse(&number, None).is_ok(), "{number}");
            }
            assert!(Vin::parse(&vin("ZRS", "18T", serial)).is_ok());
        }
    }
}
