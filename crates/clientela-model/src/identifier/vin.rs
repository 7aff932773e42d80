//! Vehicle identification numbers.

use crate::error::ValueError;

/// A vehicle identification number: 17 capital letters and digits without I, O and Q (ISO 3779).
///
/// ```
/// use clientela_model::identifier::Vin;
/// let truck = Vin::parse("vf6 24gpa00 0012345")?;
/// assert_eq!((truck.as_str(), truck.wmi(), truck.serial()), ("VF624GPA000012345", "VF6", "00012345"));
/// // No check digit in Europe: it is only a hint.
/// assert!(!truck.check_digit_ok());
/// // In North America it is part of the number.
/// assert_eq!(Vin::parse("1M8GDM9A1KP042788").unwrap_err().code, "vin.check_digit");
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vin(String);

const LENGTH: usize = 17;
const EXPECTED: &str = "17 letters and digits without I, O and Q";
/// Weights of 49 CFR 565.15(c) table V; the ninth place is the check digit itself.
const WEIGHTS: [u32; LENGTH] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

impl Vin {
    /// Reads a number; blanks and hyphens between its letters are left out, small letters become capitals.
    ///
    /// Checked in this order: letters, length, check digit. The check digit is demanded of numbers of North
    /// America (first character 1 to 5). There too, `ZZZ` in places four to six says that the number was
    /// made for Europe, by a scheme without check digit.
    ///
    /// # Errors
    /// `vin.letter`, `vin.length`, `vin.check_digit`.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let fault = |code, problem: &str| ValueError::new(code, "VIN", problem, EXPECTED);
        let compact: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .take(LENGTH + 1)
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        if !compact.bytes().all(|letter| value(letter).is_some()) {
            return Err(fault("vin.letter", "has a character that no such number has"));
        }
        if compact.len() != LENGTH {
            return Err(fault("vin.length", "is not 17 characters long"));
        }
        let number = Self(compact);
        if number.check_digit_required() && !number.check_digit_ok() {
            return Err(ValueError::new(
                "vin.check_digit",
                "VIN",
                "has a wrong check digit",
                "the ninth character to agree with the others, as every number of North America has it",
            ));
        }
        Ok(number)
    }

    /// The 17 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The world manufacturer identifier: the first three characters.
    #[must_use]
    pub fn wmi(&self) -> &str {
        &self.0[..3]
    }

    /// The vehicle indicator section: the last eight characters. What people read out at a counter.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.0[9..]
    }

    /// Whether a number of this origin must have a check digit.
    #[must_use]
    pub fn check_digit_required(&self) -> bool {
        matches!(self.0.as_bytes()[0], b'1'..=b'5') && &self.0[3..6] != "ZZZ"
    }

    /// Whether the ninth character is the check digit of 49 CFR 565.15: the weighted sum modulo 11, ten
    /// written X.
    ///
    /// Outside North America a wrong one says nothing and a right one makes a typing error unlikely.
    #[must_use]
    pub fn check_digit_ok(&self) -> bool {
        let sum: u32 =
            self.0.bytes().zip(WEIGHTS).map(|(letter, weight)| value(letter).unwrap_or(0) * weight).sum();
        let found = self.0.as_bytes()[8];
        match sum % 11 {
            10 => found == b'X',
            rest => u32::from(found) == u32::from(b'0') + rest,
        }
    }
}

super::written_as_text!(field Vin, Vin::as_str, Vin::parse);

/// The value of a character; I, O and Q have none.
fn value(letter: u8) -> Option<u32> {
    let base = match letter {
        b'0'..=b'9' => b'0',
        b'A'..=b'H' => b'A' - 1,
        b'J'..=b'N' | b'P' | b'R' => b'J' - 1,
        b'S'..=b'Z' => b'S' - 2,
        _ => return None,
    };
    Some(u32::from(letter - base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_its_word() {
        for (text, code) in [
            ("", "vin.length"),
            ("VF624GPA00001234", "vin.length"),
            ("VF624GPA0000123456789", "vin.length"),
            ("VF624GPAO00012345", "vin.letter"),
            ("VF624GPA0000é2345", "vin.letter"),
            ("1M8GDM9AYKP042788", "vin.check_digit"),
        ] {
            assert_eq!(Vin::parse(text).unwrap_err().code, code, "{text}");
        }
        for text in ["1M8GDM9AXKP042788", "3VWZZZ1KZ6M000001", "wp0zzz99zts392124", "VF1-KG1PBE-34488860"] {
            assert!(Vin::parse(text).is_ok(), "{text}");
        }
    }
}
