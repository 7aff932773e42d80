//! Runs a checked rule over the facts of one record.
//!
//! A value that is missing or cannot be computed is *unknown*. `&&` and `||` look past it when the other side decides, as
//! the CEL specification has it for errors (section "Logical operators"); everything else passes it on.

use crate::datum::Datum;
use crate::engine::Outcome;
use crate::facts::Facts;
use crate::functions::{add, number};
use crate::limits::STEPS_MAX;
use crate::program::{Kind, Node, Quantifier};
use crate::syntax::{Operator, Span};
use crate::types::Type;
use rust_decimal::Decimal;
use std::fmt;
use std::sync::Arc;

/// Why something is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Missing,
    DivisionByZero,
    Overflow,
    OutOfRange,
    Empty,
    Malformed(&'static str),
    WrongKind,
    Steps,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::DivisionByZero => f.write_str("divides by zero"),
            Self::Overflow => f.write_str("has too many digits"),
            Self::OutOfRange => f.write_str("is out of range"),
            Self::Empty => f.write_str("is an empty list"),
            Self::Malformed(expected) => write!(f, "is not {expected}"),
            Self::WrongKind => f.write_str("is not of the declared type"),
            Self::Steps => f.write_str("takes too many steps"),
        }
    }
}

/// What is unknown, and where in the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unknown {
    pub(crate) cause: Cause,
    pub(crate) at: Span,
}

/// One run of one rule.
pub(crate) struct Evaluation<'f> {
    facts: &'f dyn Facts,
    /// Entries of the loops being run, the outermost first.
    entries: Vec<Datum>,
    steps: u64,
}

type Known = Result<Datum, Unknown>;

impl<'f> Evaluation<'f> {
    pub(crate) fn new(facts: &'f dyn Facts) -> Self {
        Self { facts, entries: Vec::new(), steps: 0 }
    }

    /// The outcome. When the steps ran out nothing is certain, whatever the operators made of it.
    pub(crate) fn outcome(&self, value: Known) -> Outcome {
        match value {
            _ if self.steps > STEPS_MAX => Outcome::Unknown,
            Ok(Datum::Bool(true)) => Outcome::True,
            Ok(Datum::Bool(false)) => Outcome::False,
            Ok(value) => Outcome::Value(value),
            Err(_) => Outcome::Unknown,
        }
    }

    /// Yes, no or unknown.
    pub(crate) fn decision(&mut self, node: &Node) -> Option<bool> {
        let value = self.condition(node).ok();
        if self.exhausted() { None } else { value }
    }

    fn spend(&mut self, steps: usize, at: Span) -> Result<(), Unknown> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps > STEPS_MAX { Err(Unknown { cause: Cause::Steps, at }) } else { Ok(()) }
    }

    /// Whether the steps ran out.
    pub(crate) const fn exhausted(&self) -> bool {
        self.steps > STEPS_MAX
    }

    /// The value; nothing is unknown.
    pub(crate) fn known(&mut self, node: &Node) -> Known {
        match self.value(node)? {
            Datum::Null if node.ty != Type::Null => Err(Unknown { cause: Cause::Missing, at: node.span }),
            value => Ok(value),
        }
    }

    /// Yes or no.
    pub(crate) fn condition(&mut self, node: &Node) -> Result<bool, Unknown> {
        match self.known(node)? {
            Datum::Bool(yes) => Ok(yes),
            _ => Err(Unknown { cause: Cause::WrongKind, at: node.span }),
        }
    }

    /// The entries of a list.
    pub(crate) fn list(&mut self, node: &Node) -> Result<Arc<[Datum]>, Unknown> {
        match self.known(node)? {
            Datum::List(parts) => Ok(parts),
            _ => Err(Unknown { cause: Cause::WrongKind, at: node.span }),
        }
    }

    /// Begins the turn of an entry in the loop at that level.
    pub(crate) fn enter(&mut self, level: usize, entry: Datum) {
        self.entries.truncate(level);
        self.entries.push(entry);
    }

    /// Ends it.
    pub(crate) fn leave(&mut self, level: usize) {
        self.entries.truncate(level);
    }

    /// The value, which may be nothing.
    pub(crate) fn value(&mut self, node: &Node) -> Known {
        self.spend(1, node.span)?;
        let fail = |cause| Unknown { cause, at: node.span };
        match &node.kind {
            Kind::Constant(value) => Ok(value.clone()),
            Kind::Variable(name) => Ok(self.facts.variable(name).unwrap_or(Datum::Null)),
            Kind::Entry(level) => Ok(self.entries.get(*level).cloned().unwrap_or(Datum::Null)),
            Kind::Field { operand, slot, name } => match self.value(operand)? {
                Datum::Record(row) => Ok(row.at(*slot, name).clone()),
                Datum::Null => Ok(Datum::Null),
                _ => Err(fail(Cause::WrongKind)),
            },
            Kind::Index { operand, index } => match (self.known(operand)?, self.known(index)?) {
                (Datum::List(parts), Datum::Int(index)) => usize::try_from(index)
                    .ok()
                    .and_then(|index| parts.get(index).cloned())
                    .ok_or_else(|| fail(Cause::OutOfRange)),
                _ => Err(fail(Cause::WrongKind)),
            },
            Kind::Present(operand) => Ok(Datum::Bool(self.value(operand)? != Datum::Null)),
            Kind::Widen(operand) => Ok(match self.value(operand)? {
                Datum::Int(number) => Datum::Decimal(Decimal::from(number)),
                value => value,
            }),
            Kind::Not(operand) => self.condition(operand).map(|yes| Datum::Bool(!yes)),
            Kind::Negate(operand) => match self.known(operand)? {
                Datum::Int(number) => number.checked_neg().map(Datum::Int),
                Datum::Decimal(number) => Some(Datum::Decimal(-number)),
                Datum::Period(period) => period.reversed().map(Datum::Period),
                Datum::Duration(duration) => Some(Datum::Duration(-duration)),
                _ => return Err(fail(Cause::WrongKind)),
            }
            .ok_or_else(|| fail(Cause::Overflow)),
            Kind::All(parts) => self.joined(parts.iter(), false),
            Kind::Any(parts) => self.joined(parts.iter(), true),
            Kind::Choice { condition, yes, no } => {
                if self.condition(condition)? {
                    self.value(yes)
                } else {
                    self.value(no)
                }
            }
            Kind::Compare { operator: Operator::In, left, right } => self.contained(left, right),
            Kind::Compare { operator, left, right } => {
                let (left, right) = (self.known(left)?, self.known(right)?);
                self.spend(weight(&left) + weight(&right), node.span)?;
                compare(*operator, &left, &right).map(Datum::Bool).map_err(fail)
            }
            Kind::Calculate { operator, left, right } => {
                let (left, right) = (self.known(left)?, self.known(right)?);
                self.spend(weight(&left) + weight(&right), node.span)?;
                calculate(*operator, &left, &right).map_err(fail)
            }
            Kind::List(parts) => {
                parts.iter().map(|part| self.value(part)).collect::<Result<_, _>>().map(Datum::List)
            }
            Kind::Call { function, arguments } => {
                let values = arguments.iter().map(|part| self.known(part)).collect::<Result<Vec<_>, _>>()?;
                self.spend(values.iter().map(weight).sum(), node.span)?;
                function.apply(&values).map_err(fail)
            }
            Kind::Matches { text, pattern } => match self.known(text)? {
                Datum::Text(text) => {
                    self.spend(text.len(), node.span)?;
                    Ok(Datum::Bool(pattern.is_match(&text)))
                }
                _ => Err(fail(Cause::WrongKind)),
            },
            Kind::Loop { quantifier, list, level, body, transform } => {
                let entries = self.list(list)?;
                self.run(*quantifier, &entries, *level, body, transform.as_deref())
            }
        }
    }

    /// `&&` (`decisive` false) or `||` (`decisive` true) of conditions.
    fn joined<'n>(&mut self, parts: impl Iterator<Item = &'n Node>, decisive: bool) -> Known {
        let mut unknown = None;
        for part in parts {
            match self.condition(part) {
                Ok(yes) if yes == decisive => return Ok(Datum::Bool(decisive)),
                Ok(_) => {}
                Err(reason) => unknown = unknown.or(Some(reason)),
            }
        }
        unknown.map_or(Ok(Datum::Bool(!decisive)), Err)
    }

    fn contained(&mut self, left: &Node, right: &Node) -> Known {
        let wanted = self.known(left)?;
        let parts = self.list(right)?;
        self.spend(parts.len(), right.span)?;
        let mut missing = false;
        for part in parts.iter() {
            match wanted.same(part) {
                Some(true) => return Ok(Datum::Bool(true)),
                Some(false) => {}
                None => missing = true,
            }
        }
        if missing { Err(Unknown { cause: Cause::Missing, at: right.span }) } else { Ok(Datum::Bool(false)) }
    }

    fn run(
        &mut self,
        quantifier: Quantifier,
        entries: &[Datum],
        level: usize,
        body: &Node,
        transform: Option<&Node>,
    ) -> Known {
        let mut unknown = None;
        let mut found = 0_usize;
        let mut kept = Vec::new();
        for entry in entries {
            self.enter(level, entry.clone());
            let held = match (quantifier, transform) {
                (Quantifier::Map, None) => Ok(true),
                _ => self.condition(body),
            };
            match (quantifier, held) {
                (Quantifier::Exists, Ok(true)) => return Ok(Datum::Bool(true)),
                (Quantifier::All, Ok(false)) => return Ok(Datum::Bool(false)),
                (Quantifier::Exists | Quantifier::All, Err(reason)) => unknown = unknown.or(Some(reason)),
                (_, Err(reason)) => return Err(reason),
                (Quantifier::ExistsOne, Ok(true)) => found += 1,
                (Quantifier::Filter, Ok(true)) => kept.push(entry.clone()),
                (Quantifier::Map, Ok(true)) => {
                    let value = transform.unwrap_or(body);
                    kept.push(self.value(value)?);
                }
                (_, Ok(_)) => {}
            }
        }
        self.leave(level);
        match (quantifier, unknown) {
            (_, Some(reason)) => Err(reason),
            (Quantifier::Exists, None) => Ok(Datum::Bool(false)),
            (Quantifier::All, None) => Ok(Datum::Bool(true)),
            (Quantifier::ExistsOne, None) => Ok(Datum::Bool(found == 1)),
            (Quantifier::Filter | Quantifier::Map, None) => Ok(kept.into()),
        }
    }
}

/// What it costs to look at the whole of a value, in steps.
fn weight(value: &Datum) -> usize {
    match value {
        Datum::Text(text) => text.len() / 64,
        Datum::List(parts) => parts.len(),
        _ => 0,
    }
}

fn compare(operator: Operator, left: &Datum, right: &Datum) -> Result<bool, Cause> {
    let same = || left.same(right).ok_or(Cause::Missing);
    let order = || left.order(right).ok_or(Cause::WrongKind);
    Ok(match operator {
        Operator::Equal => same()?,
        Operator::NotEqual => !same()?,
        Operator::Less => order()?.is_lt(),
        Operator::AtMost => order()?.is_le(),
        Operator::Greater => order()?.is_gt(),
        Operator::AtLeast => order()?.is_ge(),
        _ => return Err(Cause::WrongKind),
    })
}

fn calculate(operator: Operator, left: &Datum, right: &Datum) -> Result<Datum, Cause> {
    use Operator::{Add, Divide, Modulo, Multiply, Subtract};
    match (operator, left, right) {
        (Add, Datum::Text(one), Datum::Text(two)) => return Ok(format!("{one}{two}").into()),
        (Add, Datum::List(one), Datum::List(two)) => {
            return Ok(Datum::List(one.iter().chain(two.iter()).cloned().collect()));
        }
        (Subtract, Datum::Date(one), Datum::Date(two)) => {
            return Ok(Datum::Int(one.signed_duration_since(*two).num_days()));
        }
        (Add, Datum::Int(_) | Datum::Decimal(_), _) => return add(left, right),
        (Subtract, Datum::Int(one), Datum::Int(two)) => one.checked_sub(*two).map(Datum::Int),
        (Multiply, Datum::Int(one), Datum::Int(two)) => one.checked_mul(*two).map(Datum::Int),
        (Divide | Modulo, Datum::Int(_), Datum::Int(0)) => return Err(Cause::DivisionByZero),
        (Divide, Datum::Int(one), Datum::Int(two)) => one.checked_div(*two).map(Datum::Int),
        (Modulo, Datum::Int(one), Datum::Int(two)) => one.checked_rem(*two).map(Datum::Int),
        (Add, Datum::Date(day), Datum::Period(period)) | (Add, Datum::Period(period), Datum::Date(day)) => {
            period.after(*day).map(Datum::Date)
        }
        (Subtract, Datum::Date(day), Datum::Period(period)) => {
            period.reversed().and_then(|period| period.after(*day)).map(Datum::Date)
        }
        (Add, Datum::Period(one), Datum::Period(two)) => one.plus(*two).map(Datum::Period),
        (Subtract, Datum::Period(one), Datum::Period(two)) => {
            two.reversed().and_then(|two| one.plus(two)).map(Datum::Period)
        }
        (Add, Datum::Timestamp(at), Datum::Duration(by))
        | (Add, Datum::Duration(by), Datum::Timestamp(at)) => {
            at.checked_add_signed(*by).map(Datum::Timestamp)
        }
        (Subtract, Datum::Timestamp(at), Datum::Duration(by)) => {
            at.checked_sub_signed(*by).map(Datum::Timestamp)
        }
        (Subtract, Datum::Timestamp(one), Datum::Timestamp(two)) => {
            Some(Datum::Duration(one.signed_duration_since(*two)))
        }
        (Add, Datum::Duration(one), Datum::Duration(two)) => one.checked_add(two).map(Datum::Duration),
        (Subtract, Datum::Duration(one), Datum::Duration(two)) => one.checked_sub(two).map(Datum::Duration),
        _ => {
            let (one, two) = (number(left)?, number(right)?);
            match operator {
                Subtract => one.checked_sub(two),
                Multiply => one.checked_mul(two),
                Divide if two.is_zero() => return Err(Cause::DivisionByZero),
                Divide => one.checked_div(two),
                _ => return Err(Cause::WrongKind),
            }
            .map(Datum::Decimal)
        }
    }
    .ok_or(Cause::Overflow)
}
