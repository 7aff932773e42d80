//! Decision tables: cells, hit policies, gaps and overlaps.

use crate::world::{facts, findings, read, with_rule};
use clientela_rules::ruleset::Decided;

fn table(hit: &str, rows: &str) -> String {
    with_rule(&format!(
        "  table:\n    hit: {hit}\n    columns:\n      - {{name: score, input: customer.score}}\n      - {{name: segment, input: customer.segment}}\n    rows:\n{rows}"
    ))
}

#[test]
fn cells_are_unary_tests() {
    for (cell, score, expected) in [
        (">= 50", Some(50), true),
        (">= 50", Some(49), false),
        (">= 50", None, false),
        ("-", None, true),
        ("50", Some(50), true),
        ("[10..20)", Some(10), true),
        ("[10..20)", Some(20), false),
        ("(10..20]", Some(10), false),
        ("]10..20[", Some(15), true),
        ("1, 2, > 10", Some(2), true),
        ("1, 2, > 10", Some(3), false),
        ("not(1, 2)", Some(3), true),
        ("not(1, 2)", Some(2), false),
        ("not(1, 2)", None, false),
        ("!= 1", None, false),
        ("null", None, true),
        ("null", Some(1), false),
        ("null, > 5", Some(6), true),
        ("score > 5 && customer.city == 'Roma'", Some(6), true),
        ("score > 5 && customer.city == 'Milano'", Some(6), false),
    ] {
        let set =
            read(&table("first", &format!("      - [\"{cell}\", '-', yes]\n").replace("yes", "\"'yes'\"")))
                .expect(cell);
        let decided = set.decide(&facts(score, "A", Some("Roma")));
        let wanted = if expected { Decided::Value("yes".into()) } else { Decided::NoMatch };
        assert_eq!(decided, wanted, "{cell} for {score:?}");
    }
}

#[test]
fn hit_policies_put_rows_together() {
    let rows = "      - ['> 10', '-', '5']\n      - ['> 20', '-', '7']\n";
    for (hit, score, expected) in [
        ("first", 30, Decided::Value(5_i64.into())),
        ("collect", 30, Decided::Values(vec![5_i64.into(), 7_i64.into()])),
        ("collect sum", 30, Decided::Value(12_i64.into())),
        ("collect min", 30, Decided::Value(5_i64.into())),
        ("collect max", 30, Decided::Value(7_i64.into())),
        ("collect count", 15, Decided::Value(1_i64.into())),
        ("collect count", 5, Decided::Value(0_i64.into())),
        ("collect sum", 5, Decided::NoMatch),
    ] {
        // With the hit policy first the second row is never reached, which refuses the document.
        let rows = if hit == "first" { rows.replace("> 20", "<= 10") } else { rows.to_owned() };
        let set = read(&table(hit, &rows)).expect(hit);
        assert_eq!(set.decide(&facts(Some(score), "A", None)), expected, "{hit}");
    }
}

#[test]
fn gaps_overlaps_and_unreachable_rows_are_named_with_an_example() {
    let otherwise = "  otherwise: {value: 0}\n";
    for (document, expected) in [
        (
            table("unique", "      - ['>= 50', '-', '1']\n      - ['[0..50]', '\"A\"', '2']\n") + otherwise,
            vec!["12:9 rule_set.overlap rows 1 and 2 both apply when score = 50, segment = \"A\""],
        ),
        (
            table("unique", "      - ['>= 50', '-', '1']\n      - ['< 50', '\"A\", \"B\"', '2']\n"),
            vec!["6:5 rule_set.gap no row applies when score = 49, segment = \"C\""],
        ),
        (
            table("unique", "      - ['>= 50', '-', '1']\n      - ['< 50', '-', '2']\n"),
            vec![
                "6:5 rule_set.gap no row applies when score missing, segment = \"A\"",
                "9:16 rule_set.unused nothing uses segment",
            ],
        ),
        (
            table("unique", "      - ['>= 50', '-', '1']\n      - ['< 50, null', '-', '2']\n"),
            vec!["9:16 rule_set.unused nothing uses segment"],
        ),
        (
            table(
                "first",
                "      - ['>= 50', '-', '1']\n      - ['[60..70]', '\"A\"', '2']\n      - ['-', '-', '3']\n",
            ),
            vec!["12:9 rule_set.unreachable row 2 is never reached: the rows above leave it nothing"],
        ),
        (
            table(
                "first",
                "      - ['>= 50', '-', '1']\n      - ['score + 1 > 3', '-', '2']\n      - ['-', '\"A\"', '3']\n",
            ),
            vec![
                "6:5 rule_set.not_checked not checked for gaps: cells of row 2 are conditions of their own or depend on the record",
            ],
        ),
    ] {
        assert_eq!(findings(&document), expected, "{document}");
    }
}

#[test]
fn a_mistake_in_a_cell_is_shown_in_the_cell() {
    for (row, expected) in [
        ("['>= 50', '\"D\"', '1']", "11:20 rule.unknown_word"),
        ("['>= ', '-', '1']", "11:13 rule.syntax"),
        ("['>= scroe', '-', '1']", "11:14 rule.unknown_variable"),
        ("['-', '-', 'scroe']", "11:21 rule.unknown_variable"),
        ("['-', '-']", "11:9 rule_set.value"),
    ] {
        let found = findings(&table("first", &format!("      - {row}\n")));
        assert!(found.first().is_some_and(|found| found.starts_with(expected)), "{row}: {found:?}");
    }
}

#[test]
fn csv_is_read_as_rows() {
    let csv = |header: &str| {
        with_rule(&format!(
            "  table:\n    hit: first\n    columns:\n      - {{name: score, input: customer.score}}\n      - {{name: segment, input: customer.segment}}\n    csv: |\n      {header}\n      >= 50,\"\"\"A\"\", \"\"B\"\"\", 'gold', score {{score}}\n      -, -, 'none'\n"
        ))
    };
    let set = read(&csv("score,segment,output,reason")).unwrap();
    for (score, segment, expected) in [(60, "B", "gold"), (60, "C", "none"), (10, "A", "none")] {
        assert_eq!(set.decide(&facts(Some(score), segment, None)), Decided::Value(expected.into()));
    }
    assert_eq!(
        findings(&csv("score,output"))[0],
        "11:7 rule_set.value the first line does not name the columns"
    );
}

#[test]
fn dates_and_decimals_are_checked_too() {
    let document = with_rule(
        "  table:\n    hit: unique\n    columns:\n      - {name: since, input: customer.since}\n      - {name: discount, input: customer.discount}\n      - {name: dormant, input: customer.dormant}\n    rows:\n      - ['< 2020-01-01', '-', '-', '1']\n      - ['>= 2020-01-01', '< 0.5', '-', '2']\n      - ['>= 2020-01-01', '> 0.5', 'true', '3']\n",
    );
    assert_eq!(
        findings(&document),
        ["6:5 rule_set.gap no row applies when since = 2020-01-01, discount = 0.5, dormant = true"]
    );
}
