//! Documents that are made to cost more than they are worth.

use crate::world::{findings, read, with_rule};
use proptest::prelude::*;

fn code(document: &str) -> String {
    findings(document).first().map(|found| found.split(' ').nth(1).unwrap().to_owned()).unwrap_or_default()
}

#[test]
fn size_depth_and_number_are_bounded() {
    let rows = |count: usize| {
        let row = "    - {condition: customer.dormant, value: 1}\n";
        with_rule(&format!("  match:\n{}", row.repeat(count)))
    };
    let nested = |depth: usize| {
        let mut text = String::new();
        for level in 0..depth {
            text.push_str(&format!(
                "{0}match:\n{0}  - condition: customer.dormant\n{0}    rule:\n",
                " ".repeat(2 + level * 6)
            ));
        }
        with_rule(&format!("{text}{}match: [{{value: 1}}]\n", " ".repeat(2 + depth * 6)))
    };
    let chain: String = (0..20)
        .map(|at| {
            format!(
                "    - {{name: v{at}, expression: {}}}\n",
                if at == 0 { "'1'".to_owned() } else { format!("v{} + 1", at - 1) }
            )
        })
        .collect();
    let loops = "      - {condition: 'customer.fleet.exists(a, customer.fleet.exists(b, customer.fleet.exists(c, a.make == b.make && b.make == c.make)))', value: 1}\n";
    for (document, expected) in [
        (" ".repeat(600_000), "rule_set.limit"),
        ("[".repeat(100_000), "rule_set.syntax"),
        (format!("a: {}", "- ".repeat(50_000)), "rule_set.syntax"),
        ("{---".to_owned(), "rule_set.syntax"),
        ("name: &a x\nother: *a".to_owned(), "rule_set.syntax"),
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]".to_owned(), "rule_set.syntax"),
        ("name: !!binary x".to_owned(), "rule_set.syntax"),
        ("name: r\nname: s".to_owned(), "rule_set.syntax"),
        ("a: 1\n---\nb: 2".to_owned(), "rule_set.syntax"),
        (format!("a: [{}]", "1,".repeat(60_000)), "rule_set.limit"),
        (rows(2_001), "rule_set.limit"),
        (nested(8), "rule_set.limit"),
        (with_rule(&format!("  variables:\n{chain}  match: [{{output: v19}}]\n")), "rule_set.limit"),
        (with_rule(&format!("  match:\n{}", loops.repeat(20))), "rule_set.limit"),
        ("\u{0}".to_owned(), "rule_set.syntax"),
    ] {
        assert_eq!(code(&document), expected, "{}", document.chars().take(200).collect::<String>());
    }
    assert!(read(&nested(4)).is_ok());
}

#[test]
fn a_table_too_wide_to_search_says_so() {
    // Every column splits the rows in another way: the search for a gap would look at more combinations than there is time.
    let columns: String =
        (0..18).map(|at| format!("      - {{name: c{at}, input: customer.score}}\n")).collect();
    let rows: String = (0..36)
        .map(|row| {
            let cells: Vec<String> = (0..18)
                .map(|column| {
                    let number = (row * 7 + column * 11) % 40;
                    if (row + column) % 3 == 0 { "'-'".to_owned() } else { format!("'not({number})'") }
                })
                .collect();
            format!("      - [{}, '1']\n", cells.join(", "))
        })
        .collect();
    let found =
        findings(&with_rule(&format!("  table:\n    hit: unique\n    columns:\n{columns}    rows:\n{rows}")));
    assert!(!found.is_empty());
}

proptest! {
    /// Whatever the text, reading ends with findings or a rule set.
    #[test]
    fn no_text_breaks_the_reader(text in "[ -~\\n\u{e4}]{0,300}", cell in "[-\\[\\]()0-9.,<>=!\"' a-c]{0,20}") {
        let _ = read(&text);
        let _ = read(&with_rule(&text));
        let quoted = cell.replace('\'', "''");
        let _ = read(&with_rule(&format!(
            "  table:\n    hit: unique\n    columns: [{{name: a, input: customer.score}}]\n    rows:\n      - ['{quoted}', '1']\n      - ['-', '{quoted}']\n"
        )));
    }

    /// A document that was cut, or has a sign too many, is refused or read, and never more than that.
    #[test]
    fn a_damaged_document_is_refused(at in 0_usize..700, sign in "[{}\\[\\]:\\-\"'|>&*#\\n ]") {
        let document = include_str!("routing.yaml");
        let at = document.floor_char_boundary(at.min(document.len()));
        let _ = read(&document[..at]);
        let _ = read(&format!("{}{sign}{}", &document[..at], &document[at..]));
    }
}
