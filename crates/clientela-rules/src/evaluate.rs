//! Runs a rule over the facts of one record: the reference that every other way to run rules must agree with.
//!
//! What CEL calls an error is *unknown* here: a value that is missing or cannot be computed. `&&`, `||`, `all` and `exists`
//! look past it when the rest decides (CEL specification, section "Logical Operators"); everything else passes it on.

use crate::datum::{Datum, KeyFault, Map};
use crate::engine::Outcome;
use crate::facts::Facts;
use crate::functions::Function;
use crate::program::{Kind, Node, Pair, Presence};
use crate::steps::Steps;
use crate::syntax::{Operator, Span};
use crate::types::Type;
use std::fmt;
use std::sync::Arc;

mod access;
mod loops;
mod operators;

pub(crate) use operators::calculate;

/// Why something is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Missing,
    DivisionByZero,
    Overflow,
    OutOfRange,
    Empty,
    /// Amounts in several currencies, which nobody can add.
    Currencies,
    Malformed(&'static str),
    /// CEL's "no such overload": the values are not of types that can be used so.
    NoOverload,
    /// No variable or function of that name.
    Undeclared,
    /// The map has no such key.
    NoKey,
    /// A value that cannot be a key.
    NotAKey,
    RepeatedKey,
    /// The value of an optional that has none.
    NoValue,
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
            Self::Currencies => f.write_str("is in several currencies"),
            Self::Malformed(expected) => write!(f, "is not {expected}"),
            Self::NoOverload => f.write_str("is not of a type that can be used so"),
            Self::Undeclared => f.write_str("is not known"),
            Self::NoKey => f.write_str("is no entry of the map"),
            Self::NotAKey => f.write_str("cannot be the key of a map"),
            Self::RepeatedKey => f.write_str("is a key given twice"),
            Self::NoValue => f.write_str("has no value"),
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
    /// Entries of the loops being run and values of the bindings, the outermost first. A binding may be unknown, which
    /// matters only where it is used.
    entries: Vec<Known>,
    steps: Steps,
}

pub(crate) type Known = Result<Datum, Unknown>;

impl<'f> Evaluation<'f> {
    pub(crate) fn new(facts: &'f dyn Facts) -> Self {
        Self { facts, entries: Vec::new(), steps: Steps::new() }
    }

    /// The outcome. When the steps ran out nothing is certain, whatever the operators made of it.
    pub(crate) fn outcome(&self, value: Known) -> Outcome {
        match value {
            _ if self.steps.exhausted() => Outcome::Unknown,
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

    /// Whether the steps ran out.
    pub(crate) const fn exhausted(&self) -> bool {
        self.steps.exhausted()
    }

    /// The value of the whole rule: null where a value was declared is unknown.
    pub(crate) fn whole(&mut self, node: &Node) -> Known {
        match self.value(node)? {
            Datum::Null if matches!(node.ty, Type::Null | Type::Dyn) => Ok(Datum::Null),
            Datum::Null => Err(Unknown { cause: Cause::Missing, at: node.span }),
            value => Ok(value),
        }
    }

    /// The value; null is unknown.
    fn known(&mut self, node: &Node) -> Known {
        match self.value(node)? {
            Datum::Null => Err(Unknown { cause: Cause::Missing, at: node.span }),
            value => Ok(value),
        }
    }

    /// Yes or no.
    pub(crate) fn condition(&mut self, node: &Node) -> Result<bool, Unknown> {
        match self.known(node)? {
            Datum::Bool(yes) => Ok(yes),
            _ => Err(Unknown { cause: Cause::NoOverload, at: node.span }),
        }
    }

    /// Begins the turn of an entry in the loop at that level.
    pub(crate) fn enter(&mut self, level: usize, entry: Known) {
        self.entries.truncate(level);
        self.entries.push(entry);
    }

    /// Ends it.
    pub(crate) fn leave(&mut self, level: usize) {
        self.entries.truncate(level);
    }

    /// The value, which may be null.
    pub(crate) fn value(&mut self, node: &Node) -> Known {
        let fail = |cause| Unknown { cause, at: node.span };
        self.steps.spend(1).map_err(fail)?;
        match &node.kind {
            Kind::Constant(value) => Ok(value.clone()),
            Kind::Variable(name) => self.facts.variable(name).ok_or_else(|| fail(Cause::Missing)),
            Kind::Entry(level) => self.entries.get(*level).cloned().unwrap_or(Ok(Datum::Null)),
            Kind::Field { operand, slot, name } => match self.value(operand)? {
                Datum::Record(row) => Ok(row.at(*slot, name).clone()),
                Datum::Null => Ok(Datum::Null),
                _ => Err(fail(Cause::NoOverload)),
            },
            Kind::Select { operand, name, optional } => match self.value(operand)? {
                // A field of a record that may be missing is asked for with `.?`: then it has none.
                Datum::Null if *optional && operand.ty.is_nullable() => Ok(Datum::Optional(None)),
                Datum::Null => Err(Unknown { cause: Cause::Missing, at: operand.span }),
                value => access::select(&value, name, *optional).map_err(fail),
            },
            Kind::Has { operand, name } => {
                let operand = self.known(operand)?;
                access::has(&operand, name).map(Datum::Bool).map_err(fail)
            }
            Kind::Index { operand, index } => {
                let (operand, index) = (self.known(operand)?, self.value(index)?);
                access::index(&operand, &index, false).map_err(fail)
            }
            Kind::OptionalIndex { operand, index } => {
                let (operand, index) = (self.known(operand)?, self.value(index)?);
                access::index(&operand, &index, true).map_err(fail)
            }
            Kind::Present(operand) => Ok(Datum::Bool(self.value(operand)? != Datum::Null)),
            Kind::Widen(operand) => {
                let value = self.value(operand)?;
                Ok(value.exact().map_or(value, Datum::Decimal))
            }
            Kind::Not(operand) => self.condition(operand).map(|yes| Datum::Bool(!yes)),
            Kind::Negate(operand) => {
                let value = self.known(operand)?;
                operators::negate(&value).map_err(fail)
            }
            Kind::All(parts) => self.joined(parts, false),
            Kind::Any(parts) => self.joined(parts, true),
            Kind::Choice { condition, yes, no } => {
                if self.condition(condition)? {
                    self.value(yes)
                } else {
                    self.value(no)
                }
            }
            Kind::Compare { operator: Operator::In, left, right } => self.contained(left, right),
            Kind::Compare { operator: operator @ (Operator::Equal | Operator::NotEqual), left, right } => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                operators::compare(*operator, &left, &right, &mut self.steps).map(Datum::Bool).map_err(fail)
            }
            Kind::Compare { operator, left, right } => {
                let (left, right) = (self.known(left)?, self.known(right)?);
                operators::compare(*operator, &left, &right, &mut self.steps).map(Datum::Bool).map_err(fail)
            }
            Kind::Calculate { operator, left, right } => {
                let (left, right) = (self.known(left)?, self.known(right)?);
                calculate(*operator, &left, &right, &mut self.steps).map_err(fail)
            }
            Kind::List(parts) => {
                parts.iter().map(|part| self.value(part)).collect::<Result<_, _>>().map(Datum::List)
            }
            Kind::SparseList(parts) => self.sparse(parts),
            Kind::Map(pairs) => self.map(pairs),
            Kind::Call { function, arguments } => self.call(node, *function, arguments),
            Kind::Matches { text, pattern } => match self.known(text)? {
                Datum::Text(text) => {
                    self.steps.spend_bytes(text.len()).map_err(fail)?;
                    Ok(Datum::Bool(pattern.is_match(&text)))
                }
                _ => Err(fail(Cause::NoOverload)),
            },
            Kind::Loop { quantifier, list, level, pair, body, transform } => {
                let range = self.range(list)?;
                self.run(node.span, *quantifier, &range, (*level, *pair), body, transform.as_deref())
            }
            Kind::Let { value, level, body } => {
                let value = self.value(value);
                self.enter(*level, value);
                let result = self.value(body);
                self.leave(*level);
                result
            }
            Kind::OptionalMap { operand, level, body, flat } => {
                self.optional(node.span, operand, *level, body, *flat)
            }
            Kind::Fail(cause) => Err(fail(*cause)),
        }
    }

    /// `&&` (`decisive` false) or `||` (`decisive` true) of conditions.
    fn joined(&mut self, parts: &[Node], decisive: bool) -> Known {
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

    /// `x in list`, `key in map`
    fn contained(&mut self, left: &Node, right: &Node) -> Known {
        let wanted = self.value(left)?;
        let fail = |cause| Unknown { cause, at: right.span };
        match self.known(right)? {
            Datum::List(parts) => {
                for part in parts.iter() {
                    if self.steps.with(|steps| wanted.same(part, steps)).map_err(fail)? {
                        return Ok(Datum::Bool(true));
                    }
                }
                Ok(Datum::Bool(false))
            }
            Datum::Map(map) => Ok(Datum::Bool(map.get(&wanted).is_some())),
            _ => Err(fail(Cause::NoOverload)),
        }
    }

    /// A list whose optional entries are left out when they are none.
    fn sparse(&mut self, parts: &[(Node, Presence)]) -> Known {
        let mut entries = Vec::with_capacity(parts.len());
        for (part, presence) in parts {
            entries.extend(self.given(part, *presence)?);
        }
        Ok(entries.into())
    }

    fn map(&mut self, pairs: &[Pair]) -> Known {
        let mut map = Map::default();
        for Pair { key, value, presence } in pairs {
            let name = self.value(key)?;
            if let Some(value) = self.given(value, *presence)? {
                map.insert(name, value).map_err(|fault| Unknown { cause: fault.into(), at: key.span })?;
            }
        }
        Ok(map.into())
    }

    /// The value of a part of a list or map, if it has one.
    fn given(&mut self, node: &Node, presence: Presence) -> Result<Option<Datum>, Unknown> {
        match (presence, self.value(node)?) {
            (Presence::Always, value) => Ok(Some(value)),
            (Presence::IfSome, Datum::Optional(value)) => Ok(value.map(|value| value.as_ref().clone())),
            _ => Err(Unknown { cause: Cause::NoOverload, at: node.span }),
        }
    }

    fn call(&mut self, node: &Node, function: Function, arguments: &[Node]) -> Known {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = if function.takes_null() { self.value(argument)? } else { self.known(argument)? };
            values.push(value);
            // What is not needed is not computed.
            if matches!(
                (function, values.as_slice()),
                (Function::Or | Function::OrValue, [Datum::Optional(Some(_))])
            ) {
                values.push(Datum::Optional(None));
                break;
            }
        }
        let fail = |cause| Unknown { cause, at: node.span };
        self.steps.spend(values.iter().map(weight).sum()).map_err(fail)?;
        let value = function.apply(&values, &mut self.steps).map_err(fail)?;
        // The sum of nothing is of the type of what was to be added.
        Ok(match (function, &node.ty, &value) {
            (Function::Sum, Type::Double, Datum::Int(_)) => value.approximate().map_or(value, Datum::Double),
            (Function::Sum, Type::Decimal, Datum::Int(_)) => value.exact().map_or(value, Datum::Decimal),
            // No amount is in no currency.
            (Function::Sum, Type::Record(_), Datum::Int(0)) => return Err(fail(Cause::Empty)),
            (Function::Sum, Type::Uint, Datum::Int(0)) => Datum::Uint(0),
            (Function::Sum, Type::Duration, Datum::Int(0)) => Datum::Duration(chrono::TimeDelta::zero()),
            _ => value,
        })
    }

    /// `optional.optMap(name, body)`, `optional.optFlatMap(name, body)`
    fn optional(&mut self, at: Span, operand: &Node, level: usize, body: &Node, flat: bool) -> Known {
        let fail = |cause| Unknown { cause, at };
        let inner = match self.known(operand)? {
            Datum::Optional(Some(inner)) => inner,
            Datum::Optional(None) => return Ok(Datum::Optional(None)),
            _ => return Err(fail(Cause::NoOverload)),
        };
        self.enter(level, Ok(inner.as_ref().clone()));
        let value = self.value(body);
        self.leave(level);
        match value? {
            value @ Datum::Optional(_) if flat => Ok(value),
            _ if flat => Err(fail(Cause::NoOverload)),
            value => Ok(Datum::Optional(Some(Arc::new(value)))),
        }
    }
}

impl From<KeyFault> for Cause {
    fn from(fault: KeyFault) -> Self {
        match fault {
            KeyFault::Kind => Self::NotAKey,
            KeyFault::Repeated => Self::RepeatedKey,
        }
    }
}

/// What it costs to look at the whole of a value, in steps; what is inside of lists is looked at by those who need it.
pub(crate) fn weight(value: &Datum) -> usize {
    match value {
        Datum::Text(text) => text.len() / crate::steps::BYTES_PER_STEP,
        Datum::Bytes(bytes) => bytes.len() / crate::steps::BYTES_PER_STEP,
        Datum::List(parts) => parts.len(),
        _ => 0,
    }
}
