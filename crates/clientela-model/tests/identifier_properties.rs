//! What holds for every identifier: what was written is read again, in a column and in JSON too, and no text
//! makes it fail.
#![allow(clippy::unwrap_used)]

use clientela_model::identifier::*;
use clientela_model::{Field, Value};
use proptest::prelude::*;
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// Reads the text; if it is one, every way back must lead to the same value.
fn round_trip<T>(text: &str) -> Option<T>
where
    T: FromStr<Err = clientela_model::ValueError> + Display + Debug + PartialEq + Clone,
    T: Field + serde::Serialize + serde::de::DeserializeOwned,
{
    match text.parse::<T>() {
        Ok(value) => {
            let written = value.to_string();
            assert_eq!(written.parse::<T>().as_ref(), Ok(&value), "{text:?} is written {written:?}");
            assert_eq!(serde_json::from_str::<T>(&serde_json::to_string(&value).unwrap()).unwrap(), value);
            assert_eq!(value.to_value(), Value::Text(written.into()));
            assert_eq!(T::from_value(value.to_value()).as_ref(), Ok(&value));
            Some(value)
        }
        Err(error) => {
            // The text may be personal: it stays out of the message.
            let said = error.to_string();
            assert!(text.chars().count() < 6 || !said.contains(text), "{said}");
            let quoted = serde_json::to_string(text).unwrap();
            assert!(serde_json::from_str::<T>(&quoted).is_err());
            None
        }
    }
}

fn all(text: &str) {
    round_trip::<Country>(text);
    round_trip::<Currency>(text);
    round_trip::<EmailAddress>(text);
    round_trip::<Iban>(text);
    round_trip::<Language>(text);
    round_trip::<PhoneNumber>(text);
    round_trip::<PostalCode>(text);
    round_trip::<VatNumber>(text);
    round_trip::<Vin>(text);
    let _ = EmailAddress::parse_mailbox(text);
    for country in ["IT", "CH", "IE", "BR", "GB"] {
        let country = Country::parse(country).unwrap();
        if let Ok(number) = VatNumber::parse(text, Some(country)) {
            assert_eq!(round_trip::<VatNumber>(number.as_str()), Some(number));
        }
        if let Ok(code) = PostalCode::parse(text, country) {
            assert_eq!(round_trip::<PostalCode>(code.as_str()), Some(code));
        }
        if let Ok(number) = PhoneNumber::parse(text, Some(country)) {
            let _ = (number.international(), number.national(), number.country(), number.is_mobile());
            // A tel: address keeps country, number and extension.
            assert_eq!(number.tel_uri().parse::<PhoneNumber>().as_ref(), Ok(&number));
            assert_eq!(round_trip::<PhoneNumber>(number.as_str()), Some(number));
        }
    }
}

#[test]
fn good_ones_of_every_kind_come_back() {
    assert!(round_trip::<Country>("ita").is_some());
    assert!(round_trip::<Currency>("eur").is_some());
    assert!(round_trip::<EmailAddress>("Anna.Rossi@MÜLLER.example").is_some());
    assert!(round_trip::<EmailAddress>(r#""anna \"rossi\""@example.com"#).is_some());
    assert!(round_trip::<Iban>("FR14 2004 1010 0505 0001 3M02 606").is_some());
    assert!(round_trip::<Language>("de-AT").is_some());
    assert!(round_trip::<PostalCode>("GB ec1y8sy").is_some());
    assert!(round_trip::<PostalCode>("JP 100-0001").is_some());
    assert!(round_trip::<VatNumber>("GR094014201").is_some());
    assert!(round_trip::<VatNumber>("CHE-107.787.577 MWST").is_some());
    assert!(round_trip::<Vin>("wp0zzz99zts392124").is_some());
    assert!(round_trip::<PhoneNumber>("tel:+49-30-123456;ext=12").is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,60}") {
        all(&text);
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn nearly_a_code_is_answered(text in "[A-Z]{2,3}[ .-]?[A-Z0-9+*]{0,16}") {
        all(&text);
    }

    #[test]
    fn nearly_an_address_is_answered(text in "\"?[a-zß\\\\\". \u{df}\u{fb2c}\u{37e}é-]{0,12}\"?@[A-Za-zÄßΣσ０-９Ａ-Ｚ·。.-]{1,20}[.][a-zA-Zé-]{1,8}") {
        all(&text);
    }

    #[test]
    fn nearly_a_telephone_number_is_answered(text in "[+0-9 ()/;extint.*#-]{1,30}") {
        all(&text);
    }

    #[test]
    fn italian_numbers_have_one_check_digit_each(taxpayer in 1_u32..9_999_999, office in 1_u32..100) {
        let right = (0..10)
            .filter(|check| VatNumber::parse(&format!("IT{taxpayer:07}{office:03}{check}"), None).is_ok())
            .count();
        prop_assert_eq!(right, 1);
    }
}
