//! What holds for every rule set: a naive reading of its rows gives the same, and what is said of gaps and overlaps agrees
//! with trying every combination.

use crate::world::{ENVIRONMENT, facts, read, with_rule};
use clientela_rules::ruleset::{Decided, Holds, holds};
use proptest::prelude::*;
use std::fmt::Write;

/// A condition on the score, and what a person would compute it as.
#[derive(Debug, Clone)]
enum Condition {
    AtLeast(i64),
    Below(i64),
    Segment(&'static str),
    Both(Box<Condition>, Box<Condition>),
    One(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

impl Condition {
    fn text(&self) -> String {
        match self {
            Self::AtLeast(number) => format!("customer.score >= {number}"),
            Self::Below(number) => format!("customer.score < {number}"),
            Self::Segment(word) => format!("customer.segment == '{word}'"),
            Self::Both(one, two) => format!("({} && {})", one.text(), two.text()),
            Self::One(one, two) => format!("({} || {})", one.text(), two.text()),
            Self::Not(one) => format!("!({})", one.text()),
        }
    }

    /// True, false or unknown, after Kleene.
    fn holds(&self, score: Option<i64>, segment: &str) -> Option<bool> {
        match self {
            Self::AtLeast(number) => score.map(|score| score >= *number),
            Self::Below(number) => score.map(|score| score < *number),
            Self::Segment(word) => Some(*word == segment),
            Self::Both(one, two) => match (one.holds(score, segment), two.holds(score, segment)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::One(one, two) => match (one.holds(score, segment), two.holds(score, segment)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::Not(one) => one.holds(score, segment).map(|held| !held),
        }
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        (0_i64..5).prop_map(Condition::AtLeast),
        (0_i64..5).prop_map(Condition::Below),
        prop::sample::select(vec!["A", "B", "C"]).prop_map(Condition::Segment),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone())
                .prop_map(|(one, two)| Condition::Both(Box::new(one), Box::new(two))),
            (inner.clone(), inner.clone())
                .prop_map(|(one, two)| Condition::One(Box::new(one), Box::new(two))),
            inner.prop_map(|one| Condition::Not(Box::new(one))),
        ]
    })
}

fn everybody() -> impl Iterator<Item = (Option<i64>, &'static str)> {
    let scores = (-1..6).map(Some).chain([None]);
    scores.flat_map(|score| ["A", "B", "C"].map(|segment| (score, segment)))
}

/// One cell of the score column: its text, and whether a score satisfies it.
fn cell() -> impl Strategy<Value = (String, Vec<Option<i64>>)> {
    let of = |text: String, holds: &dyn Fn(i64) -> bool, missing: bool| {
        let held = (-1..8).filter(|score| holds(*score)).map(Some).chain(missing.then_some(None)).collect();
        (text, held)
    };
    prop_oneof![
        Just(of("-".to_owned(), &|_| true, true)),
        Just(of("null".to_owned(), &|_| false, true)),
        (0_i64..6).prop_map(move |n| of(format!(">= {n}"), &|score| score >= n, false)),
        (0_i64..6).prop_map(move |n| of(format!("< {n}"), &|score| score < n, false)),
        (0_i64..6).prop_map(move |n| of(format!("{n}"), &|score| score == n, false)),
        (0_i64..6).prop_map(move |n| of(format!("!= {n}"), &|score| score != n, false)),
        (0_i64..6, 0_i64..6).prop_map(move |(a, b)| of(
            format!("[{a}..{b})"),
            &|score| score >= a && score < b,
            false
        )),
        (0_i64..6, 0_i64..6).prop_map(move |(a, b)| of(
            format!("{a}, > {b}"),
            &|score| score == a || score > b,
            false
        )),
        (0_i64..6, 0_i64..6).prop_map(move |(a, b)| of(
            format!("not({a}, {b})"),
            &|score| score != a && score != b,
            false
        )),
        (0_i64..6).prop_map(move |n| of(format!("null, {n}"), &|score| score == n, true)),
    ]
}

fn segments() -> impl Strategy<Value = (String, Vec<&'static str>)> {
    prop::sample::subsequence(vec!["A", "B", "C"], 1..=3).prop_map(|words| {
        let text = if words.len() == 3 { "-".to_owned() } else { format!("\"{}\"", words.join("\", \"")) };
        (text, words)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_first_match_set_is_a_loop_over_its_rows(
        rows in prop::collection::vec(condition(), 1..6),
        otherwise in any::<bool>(),
        as_variables in any::<bool>(),
    ) {
        let mut text = String::new();
        if as_variables {
            text.push_str("  variables:\n");
            for (index, row) in rows.iter().enumerate() {
                writeln!(text, "    - {{name: v{index}, expression: \"{}\"}}", row.text()).unwrap();
            }
        }
        text.push_str("  match:\n");
        for (index, row) in rows.iter().enumerate() {
            let condition = if as_variables { format!("v{index}") } else { row.text() };
            writeln!(text, "    - {{condition: \"{condition}\", value: {index}}}").unwrap();
        }
        if otherwise {
            text.push_str("  otherwise: {value: 99}\n");
        }
        let set = read(&with_rule(&text)).unwrap();
        for (score, segment) in everybody() {
            let naive = rows.iter().position(|row| row.holds(score, segment) == Some(true));
            let expected = match naive {
                Some(row) => Decided::Value((row as i64).into()),
                None if otherwise => Decided::Value(99_i64.into()),
                None => Decided::NoMatch,
            };
            let facts = facts(score, segment, None);
            prop_assert_eq!(set.decide(&facts), expected.clone());
            let explained = set.evaluate(&facts, Default::default());
            prop_assert_eq!(explained.decided, expected);
        }
    }

    #[test]
    fn never_and_always_agree_with_trying_everybody(condition in condition()) {
        let held: Vec<Option<bool>> =
            everybody().map(|(score, segment)| condition.holds(score, segment)).collect();
        let expected = if held.iter().all(|held| *held == Some(true)) {
            Holds::Always
        } else if held.iter().all(|held| *held != Some(true)) {
            Holds::Never
        } else {
            Holds::Sometimes
        };
        prop_assert_eq!(holds(&condition.text(), &ENVIRONMENT).unwrap(), expected, "{}", condition.text());
    }

    #[test]
    fn gaps_and_overlaps_agree_with_trying_everything(rows in prop::collection::vec((cell(), segments()), 1..5)) {
        let mut text = String::from(
            "  table:\n    hit: unique\n    columns:\n      - {name: score, input: customer.score}\n      - {name: segment, input: customer.segment}\n    rows:\n",
        );
        for ((score, _), (segment, _)) in &rows {
            writeln!(text, "      - ['{score}', '{segment}', '1']").unwrap();
        }
        let document = with_rule(&text);
        let mut gap = false;
        let mut overlap = false;
        for score in (-1..8).map(Some).chain([None]) {
            for segment in ["A", "B", "C"] {
                let hits = rows.iter().filter(|((_, scores), (_, words))| scores.contains(&score) && words.contains(&segment)).count();
                gap |= hits == 0;
                overlap |= hits > 1;
            }
        }
        match read(&document) {
            Ok(set) => {
                prop_assert!(!overlap, "an overlap was not found: {}", document);
                let told = set.warnings().iter().any(|warning| warning.code == "rule_set.gap");
                prop_assert_eq!(told, gap, "{} {:?}", document, set.warnings());
                for score in (-1..8).map(Some).chain([None]) {
                    for segment in ["A", "B", "C"] {
                        let hit = rows.iter().any(|((_, scores), (_, words))| scores.contains(&score) && words.contains(&segment));
                        let expected = if hit { Decided::Value(1_i64.into()) } else { Decided::NoMatch };
                        prop_assert_eq!(set.decide(&facts(score, segment, None)), expected, "{} {:?} {}", document, score, segment);
                    }
                }
            }
            Err(errors) => {
                let only = errors.errors().iter().all(|error| error.code == "rule_set.overlap");
                prop_assert!(only && overlap, "{} {}", document, errors);
            }
        }
    }
}
