//! Documents, their findings, and decisions with their reasons.

use crate::world::{facts, findings, read, with_rule};
use clientela_model::Coded;
use clientela_rules::Reveal;
use clientela_rules::ruleset::{Decided, Explain};

const ROUTING: &str = r#"
name: visit_interval
description: After how many days a customer is visited again.
version: 3
valid_from: 2026-01-01
valid_until: 2026-12-31
environment: customer
rule:
  variables:
    - name: important
      expression: customer.score >= 60 || customer.segment == 'A'
    - name: large
      expression: customer.fleet.size() >= 2 && important
  match:
    - condition: large
      rule:
        match:
          - condition: customer.city == 'Roma'
            value: 14
            reason: "large fleet of {customer.fleet.size()} in Rome"
          - value: 21
            reason: {key: visits.large_fleet, figures: {fleet: customer.fleet.size()}}
    - condition: important
      output: "30"
      reason: score {customer.score}
    - rule:
        match:
          - condition: customer.segment == 'B'
            value: 90
  otherwise: {value: 180, reason: all others}
tests:
  - name: a large fleet in Rome
    input:
      customer: {score: 70, segment: C, city: Roma, fleet: [{make: R}, {make: S}]}
    value: 14
    reason: large fleet of 2 in Rome
  - name: an important customer
    input: {customer: {score: 70, segment: C}}
    value: 30
    reason: score 70
  - name: segment B
    input: {customer: {segment: B}}
    value: 90
  - name: all others
    input: {customer: {segment: C, score: 1}}
    value: 180
    reason: all others
"#;

#[test]
fn a_rule_set_decides_and_says_why() {
    let set = read(ROUTING).unwrap();
    assert_eq!((set.name(), set.version(), set.environment()), ("visit_interval", 3, "customer"));
    assert_eq!(set.result_type().to_string(), "a whole number");
    assert!(set.warnings().is_empty(), "{:?}", set.warnings());
    let day = |text: &str| text.parse().unwrap();
    assert!(
        set.holds_on(day("2026-12-31"))
            && !set.holds_on(day("2027-01-01"))
            && !set.holds_on(day("2025-12-31"))
    );
    let reads: Vec<&str> = set.reads().iter().map(|path| path.text.as_str()).collect();
    assert_eq!(reads, ["customer.city", "customer.fleet", "customer.score", "customer.segment"]);

    let decision =
        set.evaluate(&facts(Some(72), "C", None), Explain { reveal: Reveal::NONE, passed_over: true });
    assert_eq!(decision.decided, Decided::Value(30_i64.into()));
    let why = decision.why.to_string();
    let expected = "\
rule_set.decided (rule_set: visit_interval, version: 3, outcome: 30)
  rule_set.row (row: 2, line: 23, output: 30)
    rule_set.reason (reason: score 72)
    rule.true (rule: important)
      rule.condition (condition: important, outcome: true, important: true)
    rule_set.variable (name: important)
      rule.true (rule: customer.score >= 60 || customer.segment == 'A')
        rule.any (outcome: true)
          rule.condition (condition: customer.score >= 60, outcome: true, customer.score: 72)
  rule_set.undecided (row: 1, line: 15)";
    assert!(why.starts_with(expected), "{why}");
}

#[test]
fn a_row_that_is_undecided_does_not_apply_and_is_named() {
    let set = read(ROUTING).unwrap();
    let decision = set.evaluate(&facts(None, "C", None), Explain::default());
    assert_eq!(decision.decided, Decided::Value(180_i64.into()));
    let undecided: Vec<&str> = decision
        .why
        .because
        .iter()
        .filter(|why| why.reason == "rule_set.undecided")
        .map(|why| why.facts[0].value.as_str())
        .collect();
    assert_eq!(undecided, ["1", "2"], "{}", decision.why);
}

#[test]
fn all_matches_give_all_outputs_and_nothing_is_no_match() {
    let set = read(
        &(with_rule("  match:\n    - {condition: customer.score > 10, value: high}\n    - {condition: \"customer.segment == 'A'\", value: top}\n")
            + "semantic: all_matches\n"),
    )
    .unwrap();
    assert_eq!(set.result_type().to_string(), "a list of texts");
    for (score, segment, expected) in [
        (Some(11), "A", Decided::Values(vec!["high".into(), "top".into()])),
        (Some(11), "B", Decided::Values(vec!["high".into()])),
        (None, "A", Decided::Values(vec!["top".into()])),
        (Some(1), "B", Decided::NoMatch),
    ] {
        assert_eq!(set.decide(&facts(score, segment, None)), expected, "{score:?} {segment}");
    }
}

#[test]
fn personal_values_stay_hidden_through_variables_outputs_and_reasons() {
    let set = read(&with_rule(
        "  variables:\n    - {name: greeting, expression: \"customer.name + '!'\"}\n  match:\n    - condition: greeting != ''\n      output: greeting\n      reason: \"for {customer.name}\"\n",
    ))
    .unwrap();
    let hidden = set.evaluate(&facts(None, "A", None), Explain::default());
    assert_eq!(hidden.decided, Decided::Value("Rossi!".into()));
    assert!(!hidden.why.to_string().contains("Rossi"), "{}", hidden.why);
    let shown = set.evaluate(&facts(None, "A", None), Explain { reveal: Reveal::ALL, passed_over: false });
    assert_eq!(shown.why.value("reason"), Some("for Rossi"));
    assert_eq!(shown.why.value("outcome"), Some("Rossi!"));
}

#[test]
fn mistakes_are_found_at_their_places() {
    for (document, expected) in [
        ("", vec!["1:1 rule_set.syntax the document is empty"]),
        (
            "name: r\n  x: 1",
            vec![
                "2:4 rule_set.syntax the document is not YAML or JSON: mapping values are not allowed in this context",
            ],
        ),
        (
            "name: r\nversoin: 1\nrule: {match: []}",
            vec![
                "1:1 rule_set.missing_key version is missing here",
                "1:1 rule_set.missing_key environment is missing here",
                "2:1 rule_set.unknown_key there is no key versoin here",
            ],
        ),
        (
            &with_rule("  match:\n    - {condition: customer.scoer > 1, value: 1}\n"),
            vec!["6:28 rule.unknown_field customer has no field scoer"],
        ),
        (
            // In quotes, with an escape before the place.
            &with_rule(
                "  match:\n    - {condition: \"customer.city == \\\"R\\\" || customer.scoer > 1\", value: 1}\n",
            ),
            vec!["6:55 rule.unknown_field customer has no field scoer"],
        ),
        (
            &with_rule(
                "  match:\n    - condition: 'customer.city == ''R'' || customer.scoer > 1'\n      value: 1\n",
            ),
            vec!["6:54 rule.unknown_field customer has no field scoer"],
        ),
        (
            &with_rule(
                "  match:\n    - condition: |\n        customer.score > 1\n          && customer.scoer > 1\n      value: 1\n",
            ),
            vec!["8:23 rule.unknown_field customer has no field scoer"],
        ),
        (
            &with_rule(
                "  match:\n    - condition: >-\n        customer.score > 1 &&\n        customer.scoer > 1\n      value: 1\n",
            ),
            vec!["8:18 rule.unknown_field customer has no field scoer"],
        ),
        (
            &with_rule(
                "  match:\n    - {value: 1}\n    - {condition: customer.dormant, value: 2}\n  otherwise: {value: 3}\n",
            ),
            vec![
                "7:7 rule_set.unreachable row 2 is never reached: row 1 always applies",
                "8:14 rule_set.unreachable what holds otherwise is never reached",
            ],
        ),
        (
            &with_rule("  match:\n    - {condition: customer.dormant, value: 1}\n    - {value: word}\n"),
            vec!["7:15 rule_set.output_type the output is text; expected a whole number"],
        ),
        (
            &with_rule(
                "  variables:\n    - {name: large, expression: customer.score > 5}\n  match:\n    - {value: 1}\n",
            ),
            vec!["6:14 rule_set.unused nothing uses large"],
        ),
        (
            &with_rule("  variables:\n    - {name: customer, expression: '1'}\n  match:\n    - {value: 1}\n"),
            vec!["6:14 rule_set.name customer is taken"],
        ),
        (
            &with_rule(
                "  match:\n    - {condition: customer.dormant, value: 1, reason: 'a {customer.nmae} b'}\n",
            ),
            vec!["6:68 rule.unknown_field customer has no field nmae"],
        ),
        (
            &with_rule("  match:\n    - {condition: 1 > 2, value: 1}\n"),
            vec!["6:19 rule_set.never no record satisfies this"],
        ),
        (
            &(with_rule("  match:\n    - {condition: customer.score > 1, value: 1}\n")
                + "tests:\n  - name: too low\n    input: {customer: {score: 1}}\n    value: 1\n"),
            vec!["8:11 rule_set.test_failed test case too low: got no match (no row); expected 1"],
        ),
        (
            &(with_rule("  match:\n    - {condition: customer.score > 1, value: 1}\n")
                + "tests:\n  - name: a slip\n    input: {customer: {scroe: 1}}\n    no_match: true\n"),
            vec!["9:24 rule_set.value customer has no field scroe"],
        ),
    ] {
        assert_eq!(findings(document), expected, "{document}");
    }
}

#[test]
fn json_is_read_by_the_same_reader() {
    let document = r#"{
→"name": "r", "version": 1, "environment": "customer",
→"rule": {"match": [{"condition": "customer.scoer > 1", "value": 1}]}
}"#
    .replace('→', "\t");
    let document = document.as_str();
    assert_eq!(findings(document), ["3:45 rule.unknown_field customer has no field scoer"]);
    let errors = read(document).unwrap_err();
    assert_eq!(errors.code(), "rule_set.invalid");
    assert_eq!(errors.errors()[0].hint.as_deref(), Some("did you mean score?"));
    assert!(errors.errors()[0].snippet.ends_with("^^^^^"), "{}", errors.errors()[0].snippet);
    assert!(read(&document.replace("scoer", "score")).is_ok());
}

#[test]
fn declared_output_types_are_held_to() {
    let words = |value: &str| {
        with_rule(&format!("  match:\n    - {{condition: customer.dormant, value: {value}}}\n"))
            + "output_type: [gold, silver]\n"
    };
    assert!(read(&words("gold")).is_ok());
    assert_eq!(
        findings(&words("glod")),
        ["6:44 rule_set.output_type the output is not a word of its list; expected gold, silver"]
    );
    let decimals =
        with_rule("  match:\n    - {condition: customer.dormant, value: 1}\n    - {value: 0.50}\n");
    let set = read(&decimals).unwrap();
    assert_eq!(set.result_type().to_string(), "a decimal");
}
