//! Documents from outside, priced again as offers. Skipped, and said so, where the folder of vectors is not there.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what it saw")]

use clientela_core::sales::replay::collection;
use serde_json::Value;

#[test]
fn documents_of_en_16931_come_out_to_the_cent() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/pricing/en16931_exact.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not there");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let results: Vec<_> = cases.iter().map(|case| (&case["case"], collection::replay(case, day))).collect();
    let exact = results.iter().filter(|(_, result)| *result == Ok(vec![])).count();
    for (name, result) in results.iter().filter(|(_, result)| *result != Ok(vec![])) {
        println!("{name}: {result:?}");
    }
    println!("{exact} of {} documents replayed to the cent", cases.len());
    assert_eq!(exact, cases.len());
}
