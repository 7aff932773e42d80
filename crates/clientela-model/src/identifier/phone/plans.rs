//! Telephone numbers by the national plans, as the library all of the trade uses knows them.

use super::{Kind, Parts, Writing, fault};
use crate::error::ValueError;
use crate::identifier::Country;
use rlibphonenumber::{
    PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region,
};

/// Reads what people write.
pub(super) fn parse(text: &str, default_country: Option<Country>) -> Result<Parts, ValueError> {
    let number = read(text, default_country)?;
    if number.is_possible_with_reason().is_err() {
        return Err(fault("phone.length", "is too short or too long for its country"));
    }
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    // A prefix written twice is taken off once; the rest would lose the other when it is read again.
    let again = read(&e164, None)?;
    if (again.country_code, again.national_number) != (number.country_code, number.national_number)
        || again.format_as(PhoneNumberFormat::E164) != e164
    {
        return Err(fault("phone.malformed", "has a prefix twice"));
    }
    Ok(Parts { e164, extension: number.extension.filter(|extension| !extension.is_empty()) })
}

fn read(text: &str, default_country: Option<Country>) -> Result<PhoneNumber, ValueError> {
    let region = default_country.and_then(|country| Region::from_code(country.code()).ok());
    PHONE_NUMBER_UTIL.parse(text, region).map_err(|error| match error {
        ParseError::InvalidCountryCode => {
            fault("phone.country", "has no country, or one that does not exist")
        }
        ParseError::NotANumber(_) => fault("phone.malformed", "is not a number"),
        _ => fault("phone.length", "is too short or too long for its country"),
    })
}

/// What the plan says about a number in its stored form.
pub(super) fn kind(stored: &str) -> Kind {
    match read(stored, None) {
        Ok(number) if number.is_valid() => match number.get_type() {
            PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile => Kind::Mobile,
            _ => Kind::Other,
        },
        _ => Kind::Unknown,
    }
}

/// The country, where the number tells.
pub(super) fn country(stored: &str) -> Option<Country> {
    Country::parse(&read(stored, None).ok()?.get_region_code()?.to_string()).ok()
}

/// A stored number as people or machines want it.
pub(super) fn write(stored: &str, writing: Writing) -> String {
    let format = match writing {
        Writing::International => PhoneNumberFormat::International,
        Writing::National => PhoneNumberFormat::National,
        Writing::Uri => PhoneNumberFormat::RFC3966,
    };
    read(stored, None).map_or_else(|_| stored.to_owned(), |number| number.format_as(format).into_owned())
}
