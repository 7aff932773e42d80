//! The cases of the CEL specification over columns: each with its values in one row, and repeated in a thousand.
//!
//! The cases lie outside the repository; without them the test says that it was skipped.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test that cannot go on fails")]

#[path = "../../clientela-rules/tests/specification/mod.rs"]
#[allow(dead_code, reason = "columns do not look at tiers and deduced types")]
mod specification;
#[path = "../../clientela-rules/tests/textproto/mod.rs"]
mod textproto;

use clientela_columns::{Column, Population, Query, Records, Running};
use clientela_rules::{CelEngine, Datum, Facts, RuleEngine};
use specification::{Case, Expected, equal};
use std::path::Path;
use std::sync::Arc;

/// What is no column: lists, maps, types and the like, the same for all rows.
struct Others(Vec<(String, Datum)>);

impl Facts for Others {
    fn variable(&self, name: &str) -> Option<Datum> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

/// A column with the same value in every row, for values that columns hold.
fn column(value: &Datum, rows: usize) -> Option<Column> {
    Some(match value {
        Datum::Bool(yes) => Column::flags(&vec![Some(*yes); rows]),
        Datum::Int(number) => Column::whole(&vec![Some(*number); rows]),
        Datum::Double(number) => Column::doubles(&vec![Some(*number); rows]),
        Datum::Text(text) => Column::texts(&vec![Some(&**text); rows]),
        Datum::Null => Column::MISSING,
        _ => return None,
    })
}

/// The value of a case for every row; none where it is unknown or refused.
fn over_columns(case: &Case, rows: usize) -> Result<Vec<Option<Datum>>, String> {
    let compiled = if case.unchecked {
        CelEngine.compile_unchecked(&case.source, &case.environment)
    } else {
        CelEngine.compile(&case.source, &case.environment)
    };
    let rule = compiled.map_err(|errors| errors.to_string())?;
    let mut records = Records::new(rows);
    let mut others = Vec::new();
    for (name, value) in &case.bindings {
        match column(value, rows) {
            Some(column) => records = records.with(name.clone(), column),
            None => others.push((name.clone(), value.clone())),
        }
    }
    let population = Population::of_columns(records);
    let environment = Arc::new(case.environment.clone());
    let query = Query::new(&[rule], &population, &environment, Arc::new(Others(others)))
        .map_err(|error| error.to_string())?;
    query.values(0, Running::default()).ok_or_else(|| "broken off".to_owned())
}

#[test]
fn every_case_that_applies_passes_over_columns() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/cel"));
    if !folder.is_dir() {
        println!("skipped: no CEL cases beside the repository");
        return;
    }
    let mut wrong = Vec::new();
    for rows in [1, 1_000] {
        let (mut passed, mut skipped) = (0, 0);
        for file in specification::files(folder) {
            skipped += file.skipped.len();
            for case in &file.cases {
                let answers = over_columns(case, rows);
                let right = match (&case.expected, &answers) {
                    (Expected::Nothing, answers) => answers.is_ok(),
                    (Expected::Error, Err(_)) => true,
                    (Expected::Error, Ok(values)) => values.iter().all(Option::is_none),
                    (Expected::Value(wanted), Ok(values)) => {
                        values.len() == rows
                            && values
                                .iter()
                                .all(|value| value.as_ref().is_some_and(|found| equal(wanted, found)))
                    }
                    (Expected::Value(_), Err(_)) => false,
                };
                if right {
                    passed += 1;
                } else {
                    let first = answers.map(|values| values.first().cloned());
                    wrong.push(format!("{rows} rows: {}: {}\n    {first:?}", case.id, case.source));
                }
            }
        }
        println!("columns of {rows} rows: {passed} passed, {} failed, {skipped} skipped", wrong.len());
    }
    assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
}
