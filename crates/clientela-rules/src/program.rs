//! A checked rule: names are slots, types are known, constants are computed.

use crate::datum::Datum;
use crate::engine::Path;
use crate::functions::Function;
use crate::syntax::{Operator, Span};
use crate::types::Type;
use regex::Regex;

/// A checked rule.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) source: String,
    pub(crate) root: Node,
    pub(crate) reads: Vec<Path>,
}

/// A checked node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
    /// Where its value comes from, if it is a field: `customer.fleet[].brand`.
    pub(crate) path: Option<String>,
    /// Whether personal data went into it.
    pub(crate) personal: bool,
    /// Whether confidential figures went into it.
    pub(crate) confidential: bool,
}

/// What a node does.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Constant(Datum),
    /// A variable of the environment.
    Variable(String),
    /// The entry of the loop at this level, the outermost being 0.
    Entry(usize),
    Field {
        operand: Box<Node>,
        slot: usize,
        name: String,
    },
    Index {
        operand: Box<Node>,
        index: Box<Node>,
    },
    /// Whether there is a value: `has(x.y)`, `x != null`.
    Present(Box<Node>),
    /// A whole number as a decimal.
    Widen(Box<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Choice {
        condition: Box<Node>,
        yes: Box<Node>,
        no: Box<Node>,
    },
    Compare {
        operator: Operator,
        left: Box<Node>,
        right: Box<Node>,
    },
    Calculate {
        operator: Operator,
        left: Box<Node>,
        right: Box<Node>,
    },
    List(Vec<Node>),
    Call {
        function: Function,
        arguments: Vec<Node>,
    },
    Matches {
        text: Box<Node>,
        pattern: Regex,
    },
    Loop {
        quantifier: Quantifier,
        list: Box<Node>,
        level: usize,
        body: Box<Node>,
        transform: Option<Box<Node>>,
    },
}

/// What is asked of the entries of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Exists,
    All,
    ExistsOne,
    Filter,
    Map,
}

impl Quantifier {
    /// The loop of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "exists" => Self::Exists,
            "all" => Self::All,
            "exists_one" | "existsOne" => Self::ExistsOne,
            "filter" => Self::Filter,
            "map" => Self::Map,
            _ => return None,
        })
    }
}

impl Node {
    /// The nodes directly beneath.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Constant(_) | Kind::Variable(_) | Kind::Entry(_) => Vec::new(),
            Kind::Field { operand: one, .. }
            | Kind::Present(one)
            | Kind::Widen(one)
            | Kind::Not(one)
            | Kind::Negate(one) => vec![one],
            Kind::Matches { text, .. } => vec![text],
            Kind::Index { operand: one, index: two }
            | Kind::Compare { left: one, right: two, .. }
            | Kind::Calculate { left: one, right: two, .. } => vec![one, two],
            Kind::All(parts) | Kind::Any(parts) | Kind::List(parts) | Kind::Call { arguments: parts, .. } => {
                parts.iter().collect()
            }
            Kind::Choice { condition, yes, no } => vec![condition, yes, no],
            Kind::Loop { list, body, transform, .. } => {
                [list, body].into_iter().chain(transform.as_ref()).map(|part| part.as_ref()).collect()
            }
        }
    }

    /// The value, if it is known before any fact.
    pub(crate) fn constant(&self) -> Option<&Datum> {
        if let Kind::Constant(value) = &self.kind { Some(value) } else { None }
    }
}
