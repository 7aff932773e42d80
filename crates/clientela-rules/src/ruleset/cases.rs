//! The test cases of a document: they run whenever it is read, so that a rule set that does not do what its author says is
//! never saved.

use super::bridge::same as same_value;
use super::evaluate::{answered, decide};
use super::limits::CASES_MAX;
use super::report::{Fields, Report};
use super::value::typed;
use super::yaml::{Node, shown};
use super::{Decided, RuleSet};
use crate::datum::Datum;
use crate::environment::Environment;
use crate::error::Problem;
use crate::facts::Facts;
use crate::types::Type;

/// The values a case gives.
struct Given(Vec<(String, Datum)>);

impl Facts for Given {
    fn variable(&self, name: &str) -> Option<Datum> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

/// Runs all cases; those that fail are reported.
pub(super) fn run(set: &RuleSet, nodes: &[Node], environment: &Environment, report: &mut Report<'_>) {
    if let Some(node) = nodes.get(CASES_MAX) {
        let message = format!("more than {CASES_MAX} test cases");
        report.error::<()>(Problem::new("rule_set.limit", node.span, message));
        return;
    }
    for node in nodes {
        case(set, node, environment, report);
    }
}

fn case(set: &RuleSet, node: &Node, environment: &Environment, report: &mut Report<'_>) -> Option<()> {
    let known = ["name", "input", "value", "unknown", "no_match", "reason"];
    let fields = Fields::read(node, &known, report)?;
    let name = fields.needed_scalar("name", report)?;
    let facts = input(&fields, environment, report)?;
    let expected = expected(set, &fields, report)?;
    let got = decide(set, &facts);
    let (row, reason) = answered(set, &facts);
    let case = shown(&name.text);
    if !same(&got, &expected) {
        let message =
            format!("test case {case}: got {} ({row}); expected {}", spoken(&got), spoken(&expected));
        return report.error(
            Problem::new("rule_set.test_failed", name.span, message)
                .hint("mend the rule, or what the case expects"),
        );
    }
    if let Some(wanted) = fields.scalar("reason", report)
        && reason.as_deref() != Some(wanted.text.trim())
    {
        let got = reason.map_or_else(|| "none".to_owned(), |reason| format!("\"{reason}\""));
        let message =
            format!("test case {case}: the reason is {got} ({row}); expected \"{}\"", wanted.text.trim());
        return report.error(
            Problem::new("rule_set.test_failed", wanted.span, message)
                .hint("mend the reason, or what the case expects"),
        );
    }
    Some(())
}

fn input(fields: &Fields<'_>, environment: &Environment, report: &mut Report<'_>) -> Option<Given> {
    let node = fields.needed("input", report)?;
    let Some(entries) = node.map() else {
        return report.error(Problem::new("rule_set.value", node.span, "input is a group of variables"));
    };
    let mut values = Vec::new();
    for (name, value) in entries {
        let Some(ty) = environment.get(&name.text) else {
            let names: Vec<&str> = environment.variables().map(|(name, _)| name).collect();
            let problem = Problem::new(
                "rule_set.unknown_key",
                name.span,
                format!("there is no variable {}", shown(&name.text)),
            );
            return report.error(problem.hint(format!("known are {}", names.join(", "))));
        };
        values.push((name.text.clone(), report.keep(typed(value, ty))?));
    }
    Some(Given(values))
}

fn expected(set: &RuleSet, fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Decided> {
    let yes = |name: &str| {
        fields
            .get(name)
            .and_then(Node::scalar)
            .is_some_and(|scalar| scalar.is_plain() && scalar.text == "true")
    };
    match fields.get("value") {
        Some(node) => {
            let value = report.keep(typed(node, &set.result))?;
            Some(match (value, &set.result) {
                (Datum::List(parts), Type::List(_)) => Decided::Values(parts.to_vec()),
                (value, _) => Decided::Value(value),
            })
        }
        None if yes("unknown") => Some(Decided::Unknown),
        None if yes("no_match") => Some(Decided::NoMatch),
        None => {
            let at = fields.span;
            let at = crate::syntax::Span { start: at.start, end: at.start + 1 };
            report.error(
                Problem::new("rule_set.missing_key", at, "the case does not say what it expects")
                    .hint("give value:, unknown: true or no_match: true"),
            )
        }
    }
}

fn same(got: &Decided, expected: &Decided) -> bool {
    let equal = |one: &Datum, two: &Datum| one == two || same_value(one, two) == Some(true);
    match (got, expected) {
        (Decided::Value(one), Decided::Value(two)) => equal(one, two),
        (Decided::Values(one), Decided::Values(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| equal(one, two))
        }
        _ => got == expected,
    }
}

fn spoken(decided: &Decided) -> String {
    match decided {
        Decided::NoMatch => "no match".to_owned(),
        Decided::Unknown => "unknown".to_owned(),
        Decided::Value(value) => value.to_string(),
        Decided::Values(values) => {
            format!("[{}]", values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
    }
}
