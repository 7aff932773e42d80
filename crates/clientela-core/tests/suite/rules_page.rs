//! The examples of `docs/rules.md` are rule sets: they are read, and their test cases hold.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use clientela_core::rules_environment::environments;
use clientela_rules::ruleset::RuleSet;

#[test]
fn the_examples_of_the_page_are_rule_sets() {
    let page = include_str!("../../../../docs/rules.md");
    let examples: Vec<&str> = page
        .split("```yaml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .filter(|example| example.starts_with("name:"))
        .collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let set = RuleSet::read(example, &environments()).unwrap_or_else(|errors| {
            panic!(
                "{errors}\n{}",
                errors.errors().iter().map(|error| error.snippet.as_str()).collect::<String>()
            )
        });
        assert!(set.warnings().is_empty(), "{}: {:?}", set.name(), set.warnings());
    }
}

#[test]
fn conditions_of_the_page_compile() {
    use clientela_rules::{CelEngine, RuleEngine};
    let page = include_str!("../../../../docs/rules.md");
    let environment = clientela_core::rules_environment::of_opportunity().clone().returning_anything();
    let mut found = 0;
    let lines = page.lines().skip_while(|line| !line.starts_with("| to say"));
    for line in lines.take_while(|line| !line.starts_with("**What is missing**")) {
        let codes = line.split('`').skip(1).step_by(2).map(|code| code.replace("\\|", "|"));
        for code in codes.filter(|code| code.contains("customer.") || code.contains("opportunity.")) {
            let code = code.replace('…', "v.make == 'R'");
            assert!(CelEngine.compile(&code, &environment).is_ok(), "{code}");
            found += 1;
        }
    }
    assert!(found >= 19, "{found}");
}

/// The rule set of the page on leads is one, and gives points row by row.
#[test]
fn the_rule_set_of_the_page_on_leads_is_one() {
    let page = include_str!("../../../../docs/leads.md");
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let set = RuleSet::read(example, &environments()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(set.warnings().is_empty(), "{:?}", set.warnings());
    assert_eq!(set.flat_rows().map(|rows| rows.len()), Some(4));
}
