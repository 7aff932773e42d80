//! Currencies against the published lists of ISO 4217.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

use clientela_model::identifier::Currency;
use std::collections::BTreeSet;

/// Code, number, minor unit and month of withdrawal: the last four cells; those before may hold commas in
/// quotes.
fn cells(line: &str) -> Option<[&str; 4]> {
    let mut cells = line.rsplitn(5, ',');
    let (withdrawn, minor, number, code) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    Some([code, number, minor, withdrawn])
}

#[test]
fn codes_numbers_and_minor_units_agree() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/money/iso4217_codes_all.csv");
    let Ok(file) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no outside vectors money/iso4217_codes_all.csv");
        return;
    };
    let mut current = BTreeSet::new();
    let mut withdrawn = BTreeSet::new();
    for [code, number, minor, until] in file.lines().skip(1).filter_map(cells) {
        let known = Currency::parse(code);
        let has_minor_unit = minor.parse::<u32>().is_ok();
        if until.is_empty() && has_minor_unit {
            let known = known.unwrap_or_else(|error| panic!("{code}: {error}"));
            assert_eq!(
                (known.code(), known.number(), known.minor_units()),
                (code, number.parse().unwrap(), minor.parse().unwrap())
            );
            assert_eq!(known.withdrawn(), None, "{code}");
            current.insert(code);
        } else if until.is_empty() {
            assert!(code.is_empty() || known.is_err(), "{code} has no minor unit");
        } else if let Some(last) = known.ok().and_then(Currency::withdrawn) {
            let listed: (i32, u32) = (until[..4].parse().unwrap(), until[5..7].parse().unwrap_or(1));
            assert!(listed <= last, "{code} is listed until {until}");
            withdrawn.insert(code);
        }
    }
    println!("currencies: {} in use, {} withdrawn", current.len(), withdrawn.len());
    assert_eq!(Currency::current().count(), current.len());
    assert_eq!(current.len(), 165);
    for code in ["ATS", "BEF", "BGN", "DEM", "ESP", "FRF", "HRK", "ITL", "LTL", "NLG", "PTE", "SKK"] {
        assert!(withdrawn.contains(code), "{code}");
    }
}
