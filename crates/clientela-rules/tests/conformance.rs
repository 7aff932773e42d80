//! The cases of the CEL specification that a rule can state: no bindings, whole numbers, text, yes or no, lists, errors.
//!
//! A case whose expression is refused when saved counts as refused, not as passed, unless it expects an error. The cases
//! lie outside the repository; without them the test says that it was skipped.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test that cannot go on fails")]

use clientela_rules::{CelEngine, Datum, Environment, Outcome, Reveal, RuleEngine};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

mod textproto;

use textproto::{Message, Proto};

/// Files of tier 1 that speak of what rules have.
const FILES: [&str; 12] = [
    "basic",
    "comparisons",
    "conversions",
    "fields",
    "integer_math",
    "fp_math",
    "lists",
    "logic",
    "macros",
    "parse",
    "plumbing",
    "string",
];

/// Cases that rules decide otherwise, and why; no other wrong answer is accepted.
const DIFFERENT: [(&str, &str); 8] = [
    ("comparisons/eq_literal/not_eq_double_nan", "decimals have no NaN: division by zero is unknown"),
    ("comparisons/ne_literal/not_ne_double_nan", "decimals have no NaN: division by zero is unknown"),
    ("comparisons/ne_literal/ne_double_nan", "decimals have no NaN: division by zero is unknown"),
    ("comparisons/eq_literal/eq_list_null", "whether missing values are equal is unknown"),
    ("comparisons/eq_literal/not_eq_list_null", "whether missing values are equal is unknown"),
    ("comparisons/eq_literal/not_eq_list_elem_null", "whether missing values are equal is unknown"),
    ("conversions/int/double_int_max_range", "the decimal is exact and in range, the float is not"),
    ("conversions/int/double_int_min_range", "the decimal is exact and in range, the float is not"),
];

/// What passed when the list was last looked at. More is welcome, fewer is a fault.
const PASSED_AT_LEAST: usize = 427;

#[derive(Default)]
struct Count {
    passed: usize,
    /// Of those passed, cases that expect an error and are refused when saved.
    passed_by_refusal: usize,
    /// Refused when saved, by the code of the first finding.
    refused: BTreeMap<&'static str, usize>,
    elsewhere: usize,
}

#[test]
fn the_specification_agrees_where_it_speaks_of_the_same() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/cel"));
    if !folder.is_dir() {
        println!("skipped: no CEL cases beside the repository");
        return;
    }
    let (mut total, mut wrong, mut different) = (Count::default(), Vec::new(), BTreeSet::new());
    for file in FILES {
        let text = std::fs::read_to_string(folder.join(format!("{file}.textproto"))).unwrap();
        let document = textproto::parse(&text);
        let mut count = Count::default();
        for section in document.all("section") {
            for case in section.all("test") {
                let name = format!("{file}/{}/{}", section.text("name"), case.text("name"));
                if run(case, &mut count) {
                    continue;
                }
                if DIFFERENT.iter().any(|(known, _)| *known == name) {
                    different.insert(name);
                } else {
                    wrong.push(format!("{name}: {}", case.text("expr")));
                }
            }
        }
        count.print(file);
        total.passed += count.passed;
        total.passed_by_refusal += count.passed_by_refusal;
        total.elsewhere += count.elsewhere;
        count.refused.into_iter().for_each(|(code, cases)| *total.refused.entry(code).or_default() += cases);
    }
    total.print("all");
    assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(different.len(), DIFFERENT.len(), "a known difference is gone; left are {different:?}");
    assert!(total.passed >= PASSED_AT_LEAST, "{} passed, {PASSED_AT_LEAST} did before", total.passed);
}

impl Count {
    fn print(&self, name: &str) {
        let Self { passed, passed_by_refusal, refused, elsewhere } = self;
        println!(
            "{name}: {passed} passed ({passed_by_refusal} refused as expected), {elsewhere} not for rules, \
             refused {refused:?}"
        );
    }
}

/// Runs a case; false for a wrong answer.
fn run(case: &Message, count: &mut Count) -> bool {
    let unfit = ["bindings", "type_env", "container", "typed_result", "check_only", "disable_macros"];
    let error_expected = case.first("eval_error").is_some() || case.first("any_eval_errors").is_some();
    let expected = match case.first("value") {
        None if error_expected => None,
        None => Some(Datum::Bool(true)),
        Some(Proto::Message(value)) => match datum(value) {
            Some(value) => Some(value),
            None => {
                count.elsewhere += 1;
                return true;
            }
        },
        Some(_) => panic!("a value is a message"),
    };
    if unfit.iter().any(|field| case.first(field).is_some()) {
        count.elsewhere += 1;
        return true;
    }
    let environment = Environment::new().returning_anything();
    let rule = match CelEngine.compile(&case.text("expr"), &environment) {
        Ok(rule) => rule,
        Err(_) if error_expected => {
            count.passed += 1;
            count.passed_by_refusal += 1;
            return true;
        }
        Err(errors) => {
            *count.refused.entry(errors.errors()[0].code).or_default() += 1;
            return true;
        }
    };
    let facts = clientela_rules::Bindings::new(&environment);
    let outcome = rule.decide(&facts);
    assert_eq!(outcome, rule.evaluate(&facts, Reveal::ALL).outcome);
    let right = match (expected, outcome) {
        (None, outcome) => outcome == Outcome::Unknown,
        (Some(Datum::Bool(yes)), outcome) => outcome == if yes { Outcome::True } else { Outcome::False },
        (Some(wanted), Outcome::Value(value)) => value == wanted,
        (Some(_), _) => false,
    };
    count.passed += usize::from(right);
    right
}

/// The expected value, if it is one that rules have.
fn datum(value: &Message) -> Option<Datum> {
    let (field, proto) = value.0.first()?;
    Some(match (field.as_str(), proto) {
        ("null_value", _) => Datum::Null,
        ("bool_value", Proto::Word(word)) => Datum::Bool(word == "true"),
        ("int64_value", Proto::Word(word)) => Datum::Int(word.parse().ok()?),
        ("string_value", Proto::Text(text)) => Datum::from(String::from_utf8(text.clone()).ok()?),
        ("list_value", Proto::Message(list)) => {
            list.all("values").map(datum).collect::<Option<Vec<Datum>>>().map(Datum::from)?
        }
        _ => return None,
    })
}
