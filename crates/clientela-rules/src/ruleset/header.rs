//! The top of a document: name, version, validity, environment, output type.

use super::RuleSet;
use super::bridge::{is_number, is_ordered};
use super::cases;
use super::compile::Compiler;
use super::limits::COST_MAX;
use super::model::{Aggregate, Policy};
use super::report::{Fields, Report, RuleSetErrors};
use super::value::day;
use super::yaml::{self, Node, Scalar, shown};
use crate::cost::{ListSizes, estimate};
use crate::engine::RuleEngine;
use crate::environment::Environment;
use crate::error::Problem;
use crate::nearest::nearest;
use crate::syntax::Span;
use crate::types::Type;
use chrono::NaiveDate;
use std::borrow::Cow;

const KEYS: [&str; 10] = [
    "name",
    "description",
    "version",
    "valid_from",
    "valid_until",
    "environment",
    "semantic",
    "output_type",
    "rule",
    "tests",
];

/// Reads, checks and tests a document.
pub(super) fn read(
    engine: &dyn RuleEngine,
    document: &str,
    environments: &[(&str, &Environment)],
) -> Result<RuleSet, RuleSetErrors> {
    let mut report = Report::new(document);
    let root = report.keep(yaml::read(document));
    let read = match &root {
        Some(root) => whole(engine, report, root, environments),
        None => Err(report),
    };
    match read {
        Ok((mut set, report)) => {
            set.warnings = report.finish()?;
            Ok(set)
        }
        Err(report) => match report.finish() {
            Err(errors) => Err(errors),
            // A document is left unread only after a finding.
            Ok(_) => Err(RuleSetErrors::unread()),
        },
    }
}

type Read<'d> = Result<(RuleSet, Report<'d>), Report<'d>>;

fn whole<'d>(
    engine: &dyn RuleEngine,
    mut report: Report<'d>,
    root: &Node,
    environments: &[(&str, &Environment)],
) -> Read<'d> {
    let Some(fields) = Fields::read(root, &KEYS, &mut report) else { return Err(report) };
    let name = fields.needed_scalar("name", &mut report).and_then(|scalar| name(scalar, &mut report));
    let version = version(&fields, &mut report);
    let valid_from = date("valid_from", &fields, &mut report);
    let valid_until = date("valid_until", &fields, &mut report);
    if let (Some(from), Some(until), Some(node)) = (valid_from, valid_until, fields.get("valid_until"))
        && until < from
    {
        let problem = Problem::new("rule_set.value", node.span, "the last day is before the first");
        report.error::<()>(problem.hint("a day not before valid_from"));
    }
    let environment = environment(&fields, environments, &mut report);
    let policy = semantic(&fields, &mut report);
    let declared = output_type(&fields, &mut report);
    let rule = fields.needed("rule", &mut report);
    let (Some((environment_name, environment)), Some(rule)) = (environment, rule) else { return Err(report) };
    let mut compiler = Compiler::new(engine, report, declared);
    let block = compiler.block(rule, environment, policy, "");
    cost(&mut compiler, rule.span);
    let Compiler { mut report, variables, reads, output, .. } = compiler;
    let (Some(name), Some(version), Some(block)) = (name, version, block) else { return Err(report) };
    let output = output.declared.or(output.found).unwrap_or(Type::Null);
    let result = match block.policy {
        Policy::First | Policy::Unique => output.clone(),
        Policy::Every => Aggregate::List.result(&output),
        Policy::Collect(aggregate) => aggregate.result(&output),
    };
    if let Policy::Collect(aggregate) = block.policy {
        let fits = match aggregate {
            Aggregate::Sum => is_number(&output),
            Aggregate::Min | Aggregate::Max => is_ordered(&output),
            Aggregate::List | Aggregate::Count => true,
        };
        if !fits {
            let message = format!("{output} cannot be collected so");
            report.error::<()>(
                Problem::new("rule_set.output_type", rule.span, message)
                    .hint("use collect, or outputs that are numbers"),
            );
        }
    }
    let set = RuleSet {
        name,
        description: fields
            .scalar("description", &mut report)
            .map_or_else(String::new, |text| text.text.clone()),
        version,
        valid_from,
        valid_until,
        environment: environment_name,
        output,
        result,
        variables,
        block,
        reads: reads.into_values().collect(),
        warnings: Vec::new(),
    };
    let tests = fields.list("tests", &mut report);
    if report.failed() {
        return Err(report);
    }
    cases::run(&set, tests, environment, &mut report);
    if report.failed() { Err(report) } else { Ok((set, report)) }
}

fn name(scalar: &Scalar, report: &mut Report<'_>) -> Option<String> {
    let text = scalar.text.as_str();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if (1..=60).contains(&text.len()) && text.chars().all(plain) {
        return Some(text.to_owned());
    }
    report.error(
        Problem::new("rule_set.name", scalar.span, format!("{} is no name of a rule set", shown(text)))
            .hint("1 to 60 letters, digits, underscores, hyphens and dots, such as lead_routing"),
    )
}

fn version(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<u32> {
    let scalar = fields.needed_scalar("version", report)?;
    match scalar.text.parse::<u32>() {
        Ok(version) if version >= 1 => Some(version),
        _ => report.error(
            Problem::new("rule_set.value", scalar.span, "the version is not a whole number from 1 on")
                .hint("raise it by one with every change"),
        ),
    }
}

fn date(key: &str, fields: &Fields<'_>, report: &mut Report<'_>) -> Option<NaiveDate> {
    let scalar = fields.scalar(key, report)?;
    day(&scalar.text).or_else(|| {
        report.error(
            Problem::new("rule_set.value", scalar.span, format!("{key} is not a day"))
                .hint("year, month, day: 2026-01-31"),
        )
    })
}

fn environment<'e>(
    fields: &Fields<'_>,
    environments: &[(&str, &'e Environment)],
    report: &mut Report<'_>,
) -> Option<(String, &'e Environment)> {
    let scalar = fields.needed_scalar("environment", report)?;
    let found = environments.iter().find(|(name, _)| *name == scalar.text);
    if let Some((name, environment)) = found {
        return Some(((*name).to_owned(), *environment));
    }
    let names: Vec<&str> = environments.iter().map(|(name, _)| *name).collect();
    let hint = match nearest(&scalar.text, names.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("known are {}", names.join(", ")),
    };
    let message = format!("there is no environment {}", shown(&scalar.text));
    report.error(Problem::new("rule_set.value", scalar.span, message).hint(hint))
}

fn semantic(fields: &Fields<'_>, report: &mut Report<'_>) -> Policy {
    match fields.scalar("semantic", report) {
        None => Policy::First,
        Some(scalar) => match scalar.text.to_ascii_lowercase().as_str() {
            "first_match" => Policy::First,
            "all_matches" => Policy::Every,
            _ => {
                let message = format!("there is no semantic {}", shown(&scalar.text));
                report.error::<()>(
                    Problem::new("rule_set.value", scalar.span, message).hint("first_match or all_matches"),
                );
                Policy::First
            }
        },
    }
}

fn output_type(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Type> {
    let node = fields.get("output_type")?;
    if let Some(parts) = node.list() {
        let words: Option<Vec<Cow<'static, str>>> =
            parts.iter().map(|part| Some(Cow::Owned(part.scalar()?.text.clone()))).collect();
        if let Some(words) = words.filter(|words| !words.is_empty()) {
            return Some(Type::Words(words.into()));
        }
    }
    let ty = match node.scalar().map(|scalar| scalar.text.as_str()) {
        Some("bool") => Some(Type::Bool),
        Some("int") => Some(Type::Int),
        Some("decimal") => Some(Type::Decimal),
        Some("text") => Some(Type::Text),
        Some("date") => Some(Type::Date),
        Some("timestamp") => Some(Type::Timestamp),
        _ => None,
    };
    ty.or_else(|| {
        report.error(
            Problem::new("rule_set.value", node.span, "this is no type of output")
                .hint("bool, int, decimal, text, date, timestamp, or a list of words"),
        )
    })
}

/// Refuses a rule set of which one decision could take too long.
fn cost(compiler: &mut Compiler<'_, '_>, at: Span) {
    let sizes = ListSizes::default();
    let steps = compiler
        .expressions
        .iter()
        .filter_map(|(source, environment)| estimate(source, environment, &sizes).ok())
        .fold(0_u64, u64::saturating_add);
    if steps > COST_MAX {
        let message = format!("one decision may take {steps} steps; at most {COST_MAX} are allowed");
        let at = Span { start: at.start, end: at.start + 1 };
        compiler.report.error::<()>(
            Problem::new("rule_set.limit", at, message)
                .hint("put what several rows compute into a variable, and avoid loops in loops"),
        );
    }
}
