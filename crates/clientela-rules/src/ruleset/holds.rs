//! Whether a rule can hold at all, or always does, by trying one sample of every piece that its comparisons cut values into.
//!
//! Comparisons of a field with what is written in the rule are told exactly; anything else may be true, false or unknown.
//! So "never" and "always" are certain, and "sometimes" is not.

use super::compile::constant;
use super::table::grid::{Axis, Cell, Test};
use crate::datum::Datum;
use crate::engine::{Compiled, checked};
use crate::environment::Environment;
use crate::error::RuleErrors;
use crate::program::{Kind, Node};
use crate::syntax::Operator;
use crate::types::Type;
use std::collections::BTreeMap;

/// The most combinations of samples that are tried.
const COMBINATIONS_MAX: usize = 20_000;

/// For whom a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// For every record.
    Always,
    /// For none.
    Never,
    /// For some, as far as can be told.
    Sometimes,
}

/// For whom a rule holds, as far as can be told without any record.
///
/// ```
/// use clientela_rules::ruleset::{Holds, holds};
/// use clientela_rules::{Environment, Type};
/// let environment = Environment::new().variable("score", Type::Int);
/// for (rule, expected) in [
///     ("score > 10 && score < 5", Holds::Never),
///     ("score > 10 && score < 12", Holds::Sometimes),
///     ("score > 10 && score < 11", Holds::Never),
///     ("score > 10 || score < 11", Holds::Always),
/// ] {
///     assert_eq!(holds(rule, &environment)?, expected, "{rule}");
/// }
/// # Ok::<(), clientela_rules::RuleErrors>(())
/// ```
///
/// # Errors
/// `rule.invalid`, when it is none.
pub fn holds(source: &str, environment: &Environment) -> Result<Holds, RuleErrors> {
    let rule = Compiled::new(checked(source, environment)?);
    // What reads nothing is simply asked.
    match constant(&rule) {
        Some(Datum::Bool(true)) => return Ok(Holds::Always),
        Some(Datum::Bool(false)) => return Ok(Holds::Never),
        _ => {}
    }
    let program = rule.program();
    let mut asked: BTreeMap<String, (Type, Vec<Cell>)> = BTreeMap::new();
    gather(&program.root, &mut asked);
    let axes: Vec<Axis> = asked.iter().map(|(path, (ty, cells))| Axis::new(path, ty, cells.iter())).collect();
    let combinations = axes
        .iter()
        .filter_map(Axis::samples)
        .try_fold(1_usize, |product, samples| product.checked_mul(samples.len()))
        .filter(|product| *product <= COMBINATIONS_MAX);
    let Some(combinations) = combinations else { return Ok(Holds::Sometimes) };
    let mut seen = Truth::NONE;
    for number in 0..combinations {
        seen = seen.with(judge(&program.root, &chosen(&axes, number)));
    }
    Ok(match seen {
        Truth { yes: false, .. } => Holds::Never,
        Truth { no: false, unknown: false, .. } => Holds::Always,
        _ => Holds::Sometimes,
    })
}

/// The samples of the combination with that number.
fn chosen(axes: &[Axis], mut number: usize) -> BTreeMap<&str, &Datum> {
    let mut found = BTreeMap::new();
    for axis in axes {
        if let Some(samples) = axis.samples()
            && let Some(sample) = samples.get(number % samples.len().max(1))
        {
            found.insert(axis.name(), sample);
            number /= samples.len().max(1);
        }
    }
    found
}

/// What may come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Truth {
    yes: bool,
    no: bool,
    unknown: bool,
}

impl Truth {
    const NONE: Self = Self { yes: false, no: false, unknown: false };
    const ANY: Self = Self { yes: true, no: true, unknown: true };
    const UNKNOWN: Self = Self { unknown: true, ..Self::NONE };

    const fn only(yes: bool) -> Self {
        Self { yes, no: !yes, unknown: false }
    }

    const fn with(self, other: Self) -> Self {
        Self { yes: self.yes || other.yes, no: self.no || other.no, unknown: self.unknown || other.unknown }
    }

    const fn reversed(self) -> Self {
        Self { yes: self.no, no: self.yes, unknown: self.unknown }
    }

    /// `&&` in three values.
    const fn and(self, other: Self) -> Self {
        let apart = (self.yes || self.unknown) && (other.yes || other.unknown);
        Self {
            yes: self.yes && other.yes,
            no: self.no || other.no,
            unknown: apart && (self.unknown || other.unknown),
        }
    }
}

fn judge(node: &Node, values: &BTreeMap<&str, &Datum>) -> Truth {
    match &node.kind {
        Kind::Constant(Datum::Bool(yes)) => Truth::only(*yes),
        Kind::Not(operand) => judge(operand, values).reversed(),
        Kind::All(parts) => {
            parts.iter().fold(Truth::only(true), |truth, part| truth.and(judge(part, values)))
        }
        // "One of them" is "not none of them".
        Kind::Any(parts) => parts
            .iter()
            .fold(Truth::only(true), |truth, part| truth.and(judge(part, values).reversed()))
            .reversed(),
        _ => asked(node).and_then(|asked| judged(&asked, values)).unwrap_or(Truth::ANY),
    }
}

fn judged(asked: &Asked<'_>, values: &BTreeMap<&str, &Datum>) -> Option<Truth> {
    let value = *values.get(asked.path)?;
    Some(match (value, &asked.question) {
        (value, Question::Present) => Truth::only(*value != Datum::Null),
        (Datum::Null, Question::Is(cell)) => {
            // Whether null equals a word is a question of the language; either way it does not hold that it does.
            let equality = cell.tests.iter().all(|test| matches!(test, Test::Equal(_) | Test::Differs(_)));
            match (equality, cell.tests.first()) {
                (true, Some(Test::Differs(_))) => Truth { no: false, ..Truth::ANY },
                (true, _) => Truth { yes: false, ..Truth::ANY },
                _ => Truth::UNKNOWN,
            }
        }
        (value, Question::Is(cell)) => Truth::only(cell.holds(value)),
    })
}

/// A question about one field.
struct Asked<'n> {
    path: &'n str,
    ty: &'n Type,
    question: Question,
}

enum Question {
    Present,
    Is(Cell),
}

/// What a node asks of one field, if it compares it with what is written in the rule.
fn asked(node: &Node) -> Option<Asked<'_>> {
    let (field, question) = match &node.kind {
        Kind::Present(operand) => (field(operand)?, Question::Present),
        Kind::Compare { operator: Operator::In, left, right } => {
            let Some(Datum::List(parts)) = listed(right) else { return None };
            // In a list that names null, null is found as another value is.
            if parts.contains(&Datum::Null) {
                return None;
            }
            let tests = parts.iter().cloned().map(Test::Equal).collect();
            (field(left)?, Question::Is(Cell { negated: false, tests }))
        }
        Kind::Compare { operator, left, right } => {
            let (field, value, operator) = match (field(left), right.constant()) {
                (Some(field), Some(value)) => (field, value, *operator),
                _ => (field(right)?, left.constant()?, turned(*operator)),
            };
            if *value == Datum::Null {
                return None;
            }
            let tests = vec![test(operator, value.clone())];
            (field, Question::Is(Cell { negated: false, tests }))
        }
        Kind::Variable(_) | Kind::Field { .. } if *node.ty.base() == Type::Bool => {
            let tests = vec![Test::Equal(Datum::Bool(true))];
            (field(node)?, Question::Is(Cell { negated: false, tests }))
        }
        _ => return None,
    };
    Some(Asked { path: field.path.as_deref()?, ty: &field.ty, question })
}

/// A field of a record, outside of loops.
fn field(node: &Node) -> Option<&Node> {
    match &node.kind {
        Kind::Widen(operand) => field(operand),
        Kind::Variable(_) | Kind::Field { .. } => {
            node.path.as_deref().filter(|path| !path.contains('[')).map(|_| node)
        }
        _ => None,
    }
}

fn listed(node: &Node) -> Option<Datum> {
    match &node.kind {
        Kind::List(parts) => {
            parts.iter().map(|part| part.constant().cloned()).collect::<Option<Vec<Datum>>>().map(Datum::from)
        }
        _ => node.constant().cloned(),
    }
}

const fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::AtMost => Operator::AtLeast,
        Operator::Greater => Operator::Less,
        Operator::AtLeast => Operator::AtMost,
        other => other,
    }
}

fn test(operator: Operator, value: Datum) -> Test {
    match operator {
        Operator::Equal => Test::Equal(value),
        Operator::NotEqual => Test::Differs(value),
        Operator::Less => Test::Range { from: None, to: Some((value, false)) },
        Operator::AtMost => Test::Range { from: None, to: Some((value, true)) },
        Operator::Greater => Test::Range { from: Some((value, false)), to: None },
        Operator::AtLeast => Test::Range { from: Some((value, true)), to: None },
        _ => Test::Opaque,
    }
}

fn gather(node: &Node, into: &mut BTreeMap<String, (Type, Vec<Cell>)>) {
    match &node.kind {
        Kind::Not(operand) => gather(operand, into),
        Kind::All(parts) | Kind::Any(parts) => parts.iter().for_each(|part| gather(part, into)),
        _ => {
            if let Some(asked) = asked(node) {
                let entry =
                    into.entry(asked.path.to_owned()).or_insert_with(|| (asked.ty.clone(), Vec::new()));
                if let Question::Is(cell) = asked.question {
                    entry.1.push(cell);
                }
            }
        }
    }
}
