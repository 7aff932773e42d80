//! VAT numbers, VINs, IBANs and postal codes against vectors made by others.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod support;

use clientela_model::identifier::{Check, Country, Iban, PostalCode, VatNumber, Vin};
use serde_json::Value;
use support::{list, text, vectors};

#[test]
fn vat_numbers_agree() {
    let Some(file) = vectors("identifiers/vat_ids.json") else { return };
    let (mut valid, mut invalid, mut wrong) = (0, 0, Vec::new());
    for country in file["countries"].as_object().expect("countries").values() {
        for row in list(country, "valid") {
            let number = row.as_str().expect("a number");
            valid += 1;
            match VatNumber::parse(number, None) {
                Ok(parsed) if parsed.is_verified() && parsed.as_str().ends_with(&number[2..]) => {}
                other => wrong.push(format!("{number}: {other:?}")),
            }
        }
        for row in list(country, "invalid") {
            invalid += 1;
            if VatNumber::check(text(row, "number"), None) != Check::Invalid {
                wrong.push(format!("{} is accepted but {}", text(row, "number"), text(row, "reason")));
            }
        }
    }
    println!("VAT numbers: {valid} valid, {invalid} invalid");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((valid, invalid), (1473, 323));
}

/// Where the two implementations behind the vectors disagree python-stdnum decides: it follows the later
/// publications (Belgian numbers beginning with 1) or checks more (French keys with letters).
#[test]
fn disagreements_are_decided_by_stdnum() {
    let Some(file) = vectors("identifiers/vat_ids.json") else { return };
    let mut count = 0;
    for row in file["disagreements"]
        .as_object()
        .expect("disagreements")
        .values()
        .flat_map(|rows| rows.as_array().unwrap())
    {
        let expected = if text(row, "stdnum") == "valid" { Check::Valid } else { Check::Invalid };
        assert_eq!(VatNumber::check(text(row, "number"), None), expected, "{row}");
        count += 1;
    }
    println!("VAT numbers: {count} disagreements");
    assert_eq!(count, 9);
}

#[test]
fn vins_agree() {
    let Some(file) = vectors("identifiers/vin.json") else { return };
    let rows = list(&file, "vectors");
    for row in rows {
        let well_formed = row["well_formed"] == Value::Bool(true);
        let check_digit_ok = row["check_digit_ok"] == Value::Bool(true);
        match Vin::parse(text(row, "input")) {
            Ok(vin) => {
                assert!(well_formed, "{row}");
                assert_eq!(vin.check_digit_ok(), check_digit_ok, "{row}");
                assert!(check_digit_ok || !vin.check_digit_required(), "{row}");
                if let Some(wmi) = row["wmi"].as_str() {
                    assert_eq!(vin.wmi(), wmi);
                }
            }
            Err(error) if error.code == "vin.check_digit" => {
                assert!(well_formed && !check_digit_ok, "{row}");
                assert!(matches!(text(row, "input").as_bytes()[0], b'1'..=b'5'), "{row}");
            }
            Err(error) => assert!(!well_formed, "{row} {error}"),
        }
    }
    println!("VINs: {}", rows.len());
    assert_eq!(rows.len(), 27);
}

#[test]
fn ibans_agree() {
    let Some(file) = vectors("identifiers/iban.json") else { return };
    let (valid, invalid) = (list(&file, "valid"), list(&file, "invalid"));
    for row in valid {
        let account = Iban::parse(text(row, "iban")).unwrap_or_else(|error| panic!("{row}: {error}"));
        assert_eq!((account.as_str(), account.country_code()), (text(row, "iban"), text(row, "country")));
        assert_eq!(Iban::parse(&account.grouped()).unwrap(), account);
    }
    for row in invalid {
        let code = Iban::parse(text(row, "iban")).expect_err("an invalid account").code;
        let expected: &[&str] = match text(row, "reason") {
            "checksum" => &["iban.check_digit"],
            "unknown country" => &["iban.country"],
            "character" => &["iban.character"],
            _ => &["iban.length", "iban.country"],
        };
        assert!(expected.contains(&code), "{row}: {code}");
    }
    println!("IBANs: {} valid, {} invalid", valid.len(), invalid.len());
    assert_eq!((valid.len(), invalid.len()), (64, 7));
}

/// Misprints in the address data, which its own patterns refuse too: the letter O for the digit 0, a digit
/// missing.
const MISPRINTS: [(&str, &str); 2] = [("GB", "RH6 OHP"), ("EE", "1001")];

#[test]
fn postal_codes_of_the_address_data_are_known() {
    let Some(file) = vectors("address/libaddressinput_europe.json") else { return };
    let (mut countries, mut codes) = (0, 0);
    for (key, row) in file.as_object().expect("countries") {
        let Some(country) = key.strip_prefix("data/").and_then(|code| Country::parse(code).ok()) else {
            continue;
        };
        countries += 1;
        let prefix = row["postprefix"].as_str().unwrap_or_default();
        for code in row["zipex"].as_str().unwrap_or_default().split(',').filter(|code| !code.is_empty()) {
            codes += 1;
            if MISPRINTS.contains(&(country.code(), code)) {
                assert_eq!(PostalCode::check(code, country), Check::Invalid, "{key} {code}");
                continue;
            }
            let parsed =
                PostalCode::parse(code, country).unwrap_or_else(|error| panic!("{key} {code}: {error}"));
            let squeezed = |text: &str| text.replace([' ', '-'], "");
            assert_eq!(squeezed(parsed.code()), squeezed(code), "{key}");
            assert_eq!(PostalCode::check(code, country), Check::Valid);
            assert_eq!(PostalCode::parse(&format!("{prefix}{code}"), country).as_ref(), Ok(&parsed), "{key}");
            assert_eq!(PostalCode::check(&format!("9{code}"), country), Check::Invalid, "{key} 9{code}");
        }
    }
    println!("postal codes: {codes} of {countries} countries");
    assert!(countries >= 33 && codes >= 80, "{countries} {codes}");
}
