//! VAT identification numbers.
//!
//! The rules are those the national administrations publish, as far as the reference implementation
//! python-stdnum agrees with them; where two implementations disagree it decides (Belgian numbers beginning
//! with 1, Estonian ones not beginning with 10, French keys with letters). One file per part of Europe.

use super::{Check, Country, letters_and_digits};
use crate::error::ValueError;
use rule::{Fault, Rule};

mod central;
mod northern;
mod rule;
mod south_eastern;
mod southern;
mod western;

/// The longest number there is, with prefix; for countries without a rule as well.
const LONGEST: usize = 18;

/// All prefixes with a rule.
static RULES: [Rule; 30] = [
    central::AUSTRIA,
    western::BELGIUM,
    south_eastern::BULGARIA,
    central::SWITZERLAND,
    southern::CYPRUS,
    central::CZECH_REPUBLIC,
    central::GERMANY,
    northern::DENMARK,
    northern::ESTONIA,
    southern::GREECE,
    southern::SPAIN,
    northern::FINLAND,
    western::FRANCE,
    western::UNITED_KINGDOM,
    southern::CROATIA,
    central::HUNGARY,
    western::IRELAND,
    southern::ITALY,
    northern::LITHUANIA,
    western::LUXEMBOURG,
    northern::LATVIA,
    southern::MALTA,
    western::NETHERLANDS,
    central::POLAND,
    southern::PORTUGAL,
    south_eastern::ROMANIA,
    northern::SWEDEN,
    central::SLOVENIA,
    central::SLOVAKIA,
    western::NORTHERN_IRELAND,
];

/// A VAT identification number with its prefix, check digits verified where the country's rule is known.
///
/// Known are the 27 member states (Greece as `EL`), `GB`, `XI` for Northern Ireland and `CHE` for
/// Switzerland. The number of another country is accepted as it is, see [`check`](Self::check). Whether a
/// number was given out, and to whom, only the administrations can say.
///
/// ```
/// use clientela_model::identifier::{Check, Country, VatNumber};
/// let italy = Country::parse("IT")?;
/// let number = VatNumber::parse("007.431.101-57", Some(italy))?;
/// assert_eq!((number.as_str(), number.country()), ("IT00743110157", italy));
/// assert_eq!((number.prefix(), number.national()), ("IT", "00743110157"));
/// assert_eq!(VatNumber::parse("IT00743110158", None).unwrap_err().code, "vat_number.check_digit");
/// assert_eq!(VatNumber::check("NO 123 456 785 MVA", None), Check::Unknown);
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VatNumber {
    compact: String,
    /// Length of the prefix.
    prefix: usize,
    country: Country,
    verified: bool,
}

impl VatNumber {
    /// Reads a number. Separators are left out, small letters become capitals. A number without prefix is
    /// one of the default country, if one is given.
    ///
    /// A text can be read both ways when a national number begins with letters: what passes a check wins,
    /// the prefix before the default country.
    ///
    /// Checked in this order: characters, country, the form of its country, check digit.
    ///
    /// # Errors
    /// `vat_number.character`, `vat_number.country` when no country is known, `vat_number.length`,
    /// `vat_number.format`, `vat_number.check_digit`.
    pub fn parse(text: &str, default_country: Option<Country>) -> Result<Self, ValueError> {
        let compact = letters_and_digits(text, LONGEST).ok_or_else(|| {
            fault(
                "vat_number.character",
                "has a character no such number has",
                "at most 18 letters and digits",
            )
        })?;
        let by_prefix = Source::of_text(&compact).map(|(source, national)| Self::read(&source, national));
        let by_default = || default_country.map(|country| Self::read(&Source::of_country(country), &compact));
        match by_prefix {
            Some(Ok(number)) if number.verified => Ok(number),
            Some(other) => match by_default() {
                Some(Ok(number)) if number.verified => Ok(number),
                _ => other,
            },
            None => by_default().unwrap_or_else(|| {
                Err(fault(
                    "vat_number.country",
                    "does not begin with a country",
                    "two letters such as IT before the number",
                ))
            }),
        }
    }

    fn read(source: &Source, national: &str) -> Result<Self, ValueError> {
        let number = |national: &str, verified| Self {
            compact: format!("{}{national}", source.prefix),
            prefix: source.prefix.len(),
            country: source.country,
            verified,
        };
        let Some(rule) = source.rule else {
            let plausible =
                (4..=15).contains(&national.len()) && national.bytes().any(|sign| sign.is_ascii_digit());
            return if plausible {
                Ok(number(national, false))
            } else {
                Err(fault("vat_number.length", "is too short or too long", "4 to 15 letters and digits"))
            };
        };
        let national = (rule.normal)(national.to_owned());
        match (rule.check)(&national) {
            Ok(()) => Ok(number(&national, true)),
            Err(Fault::Length) => Err(fault("vat_number.length", "has the wrong length", rule.expected)),
            Err(Fault::Format) => {
                Err(fault("vat_number.format", "has not the form of its country", rule.expected))
            }
            Err(Fault::CheckDigit) => {
                Err(fault("vat_number.check_digit", "has a wrong check digit", rule.expected))
            }
        }
    }

    /// Whether a text is a VAT number: unknown if its country's rule is not known here.
    #[must_use]
    pub fn check(text: &str, default_country: Option<Country>) -> Check {
        match Self::parse(text, default_country) {
            Ok(number) if number.verified => Check::Valid,
            Ok(_) => Check::Unknown,
            Err(_) => Check::Invalid,
        }
    }

    /// The number with its prefix, without separators.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.compact
    }

    /// The country whose administration gave it out.
    #[must_use]
    pub fn country(&self) -> Country {
        self.country
    }

    /// The prefix: `EL` for Greece, `XI` for Northern Ireland, `CHE` for Switzerland, else the letters of
    /// the country.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.compact[..self.prefix]
    }

    /// The number without prefix.
    #[must_use]
    pub fn national(&self) -> &str {
        &self.compact[self.prefix..]
    }

    /// Whether form and check digits were verified; if not, the country's rule is not known.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.verified
    }
}

super::written_as_text!(field VatNumber, VatNumber::as_str, |text| VatNumber::parse(text, None));

/// Prefixes people write for those of the rules.
const ALIASES: [(&str, &str); 3] = [("GR", "EL"), ("UK", "GB"), ("CH", "CHE")];

/// Who gave out a number.
struct Source {
    prefix: &'static str,
    country: Country,
    rule: Option<&'static Rule>,
}

impl Source {
    /// By the prefix of a text; and what follows the prefix.
    fn of_text(compact: &str) -> Option<(Self, &str)> {
        let own = RULES.iter().find_map(|rule| Some((rule, compact.strip_prefix(rule.prefix)?)));
        let (rule, national) = match own {
            Some(found) => found,
            None => {
                match ALIASES.iter().find_map(|(alias, prefix)| Some((prefix, compact.strip_prefix(alias)?)))
                {
                    Some((prefix, national)) => (RULES.iter().find(|rule| rule.prefix == *prefix)?, national),
                    None => {
                        let (prefix, national) = compact.split_at_checked(2)?;
                        let country = Country::parse(prefix).ok()?;
                        return Some((Self { prefix: country.code(), country, rule: None }, national));
                    }
                }
            }
        };
        let country = Country::parse(rule.country).ok()?;
        Some((Self { prefix: rule.prefix, country, rule: Some(rule) }, national))
    }

    fn of_country(country: Country) -> Self {
        let rule = RULES.iter().find(|rule| rule.country == country.code());
        Self { prefix: rule.map_or(country.code(), |rule| rule.prefix), country, rule }
    }
}

fn fault(code: &'static str, problem: &'static str, expected: &'static str) -> ValueError {
    ValueError::new(code, "VAT number", problem, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, default: &str) -> Result<String, &'static str> {
        VatNumber::parse(text, Country::parse(default).ok())
            .map(|number| number.compact)
            .map_err(|error| error.code)
    }

    #[test]
    fn numbers_are_written_one_way() {
        for (text, default, written) in [
            ("it 007.431.101-57", "", "IT00743110157"),
            ("00743110157", "IT", "IT00743110157"),
            ("GR094014201", "", "EL094014201"),
            ("94014201", "GR", "EL094014201"),
            ("BE (0)403 019 261", "", "BE0403019261"),
            ("CHE-107.787.577 IVA", "", "CHE107787577"),
            ("107.787.577", "CH", "CHE107787577"),
            ("GB 980 7806 84", "", "GB980780684"),
            ("XI980780684", "", "XI980780684"),
            ("GBGD001", "", "GBGD001"),
            // Another country's number wins over the default country, a Spanish one is not taken for
            // Bulgarian.
            ("DE136695976", "IT", "DE136695976"),
            ("B58378431", "ES", "ESB58378431"),
            ("NO 123456785 MVA", "IT", "NO123456785MVA"),
            ("123456785", "NO", "NO123456785"),
        ] {
            assert_eq!(parsed(text, default).as_deref(), Ok(written), "{text}");
            assert_eq!(parsed(written, ""), Ok(written.to_owned()));
        }
    }

    #[test]
    fn each_fault_has_its_word() {
        for (text, default, code) in [
            ("", "", "vat_number.country"),
            ("00743110157", "", "vat_number.country"),
            ("XX123456789", "", "vat_number.country"),
            ("IT0074311015_", "", "vat_number.character"),
            ("IT007431101570000000000", "", "vat_number.character"),
            ("IT0074311015", "", "vat_number.length"),
            ("IT0074311015A", "", "vat_number.format"),
            ("IT00743110158", "", "vat_number.check_digit"),
            ("00743110158", "IT", "vat_number.check_digit"),
            ("NO1", "", "vat_number.length"),
        ] {
            assert_eq!(parsed(text, default), Err(code), "{text}");
        }
    }

    #[test]
    fn every_member_state_has_a_rule() {
        let missing: Vec<_> = Country::all()
            .filter(|country| country.in_european_union() && Source::of_country(*country).rule.is_none())
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(RULES.iter().all(|rule| Country::parse(rule.country).is_ok()));
    }
}
