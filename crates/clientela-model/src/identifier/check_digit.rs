//! The sums national numbers are checked by. All work on ASCII digits; anything else counts as no match.

/// The value of a digit.
pub(crate) fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// The digits of the text, nothing if one of its letters is not a digit.
pub(crate) fn digits(text: &str) -> Option<Vec<u32>> {
    text.bytes().map(digit).collect()
}

/// Sum of the digits, each times its weight; the shorter of both ends it.
pub(crate) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// ISO/IEC 7812-1 annex B: from the right every second digit is doubled and its digits added. Right when it
/// divides by ten.
pub(crate) fn luhn(digits: &[u32]) -> u32 {
    digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { *digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum::<u32>()
        % 10
}

/// ISO/IEC 7064 MOD 11,10, the hybrid system. Right when it is one.
pub(crate) fn mod_11_10(digits: &[u32]) -> u32 {
    let (last, body) = match digits.split_last() {
        Some(parts) => parts,
        None => return 0,
    };
    let product = body.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + last) % 10
}

/// ISO/IEC 7064 MOD 97-10 over digits and capital letters (A is 10, Z is 35). Right when it is one.
pub(crate) fn mod_97_10(letters: impl IntoIterator<Item = u8>) -> Option<u32> {
    letters.into_iter().try_fold(0, |rest: u32, letter| match letter {
        b'0'..=b'9' => Some((rest * 10 + u32::from(letter - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(letter - b'A') + 10) % 97),
        _ => None,
    })
}

/// The number the digits write, modulo `modulus`.
pub(crate) fn modulo(digits: &[u32], modulus: u32) -> u32 {
    digits.iter().fold(0, |rest, digit| (rest * 10 + digit) % modulus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_check_out() {
        // ISO/IEC 7812 example; ISO/IEC 7064 example 0794 with check digit 5; an IBAN of the registry,
        // rearranged.
        assert_eq!(luhn(&digits("79927398713").unwrap()), 0);
        assert_eq!(mod_11_10(&digits("07945").unwrap()), 1);
        assert_eq!(mod_97_10(*b"WEST12345698765432GB82"), Some(1));
        assert_eq!(modulo(&digits("12345678").unwrap(), 97), 12_345_678 % 97);
        assert_eq!((digits("12a"), mod_97_10(*b"12a")), (None, None));
    }
}
