//! Telephone numbers against the reference implementation.
#![cfg(feature = "phone")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod support;

use clientela_model::identifier::{Check, Country, PhoneNumber};
use serde_json::Value;
use support::{list, text, vectors};

fn region(row: &Value) -> Option<Country> {
    Country::parse(text(row, "region")).ok()
}

#[test]
fn examples_of_every_plan_agree() {
    let Some(file) = vectors("phone/phone_numbers.json") else { return };
    let rows = list(&file, "examples");
    for row in rows {
        for written in ["national", "international", "e164", "rfc3966"] {
            let number = PhoneNumber::parse(text(row, written), region(row))
                .unwrap_or_else(|error| panic!("{row}: {error}"));
            assert_eq!(number.e164(), text(row, "e164"), "{row}");
            assert_eq!(number.international(), text(row, "international"), "{row}");
            assert_eq!(number.national(), text(row, "national"), "{row}");
            assert_eq!(number.tel_uri(), text(row, "rfc3966"), "{row}");
            assert!(number.is_assignable(), "{row}");
            assert!(text(row, "type") != "mobile" || number.is_mobile(), "{row}");
        }
    }
    println!("telephone numbers: {} examples in 4 writings", rows.len());
    assert_eq!(rows.len(), 162);
}

#[test]
fn numbers_no_plan_gives_out_are_not_valid() {
    let Some(file) = vectors("phone/phone_numbers.json") else { return };
    let rows = list(&file, "invalid_examples");
    let mut unknown = 0;
    for row in rows {
        let check = PhoneNumber::check(text(row, "input"), region(row));
        assert_ne!(check, Check::Valid, "{row}");
        unknown += usize::from(check == Check::Unknown);
    }
    println!("telephone numbers: {} invalid, {unknown} of them of a possible length", rows.len());
    assert_eq!(rows.len(), 12);
}

#[test]
fn free_text_agrees() {
    let Some(file) = vectors("phone/phone_numbers.json") else { return };
    let rows = list(&file, "free_text");
    for row in rows {
        let expected = match (&row["valid"], &row["possible"]) {
            (Value::Bool(true), _) => Check::Valid,
            (_, Value::Bool(true)) => Check::Unknown,
            _ => Check::Invalid,
        };
        assert_eq!(PhoneNumber::check(text(row, "input"), region(row)), expected, "{row}");
        if let Ok(number) = PhoneNumber::parse(text(row, "input"), region(row)) {
            assert_eq!(number.e164(), text(row, "e164"), "{row}");
            assert_eq!(number.extension(), row["extension"].as_str(), "{row}");
        }
    }
    println!("telephone numbers: {} free texts", rows.len());
    assert_eq!(rows.len(), 14);
}
