//! A checked rule: names are slots, types are known, constants are computed.

use crate::datum::Datum;
use crate::engine::Path;
use crate::evaluate::Cause;
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
    /// The entry of the loop, or the value of the binding, at this level, the outermost being 0.
    Entry(usize),
    /// A field of a record; null of null.
    Field {
        operand: Box<Node>,
        slot: usize,
        name: String,
    },
    /// What a map has under a text, looked for also inside an optional or in a value of a type not known before.
    /// With `optional` (`m.?name`) the result is an optional.
    Select {
        operand: Box<Node>,
        name: String,
        optional: bool,
    },
    /// An entry of a list by number or of a map by key, looked for also inside an optional.
    Index {
        operand: Box<Node>,
        index: Box<Node>,
    },
    /// `list[?index]`, `map[?key]`: the entry or none, as an optional.
    OptionalIndex {
        operand: Box<Node>,
        index: Box<Node>,
    },
    /// Whether there is a value: `has(record.field)`, `x != null`.
    Present(Box<Node>),
    /// `has(map.name)`: whether a map has an entry under a text.
    Has {
        operand: Box<Node>,
        name: String,
    },
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
    /// `[a, ?b]`: a list with entries that may be none and are then left out.
    SparseList(Vec<(Node, Presence)>),
    Map(Vec<Pair>),
    Call {
        function: Function,
        arguments: Vec<Node>,
    },
    /// `text.matches(pattern)` with the pattern written in the rule; with another it is [`Function::Matches`].
    Matches {
        text: Box<Node>,
        pattern: Regex,
    },
    /// The list may be a map, whose keys are then the entries. With `pair` the entry at `level` is the number or the key,
    /// and the entry at `level + 1` is the value.
    Loop {
        quantifier: Quantifier,
        list: Box<Node>,
        level: usize,
        pair: bool,
        body: Box<Node>,
        transform: Option<Box<Node>>,
    },
    /// `cel.bind(name, value, body)`; the value is the entry at `level`.
    Let {
        value: Box<Node>,
        level: usize,
        body: Box<Node>,
    },
    /// `optional.optMap(name, body)`; with `flat` (`optFlatMap`) the body gives an optional itself.
    OptionalMap {
        operand: Box<Node>,
        level: usize,
        body: Box<Node>,
        flat: bool,
    },
    /// What has no value, whatever the facts: a name or function that does not exist, in a rule that was not checked.
    Fail(Cause),
}

/// One `key: value` of a map.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) key: Node,
    pub(crate) value: Node,
    pub(crate) presence: Presence,
}

/// Whether an entry of a list or map is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Always,
    /// Written with `?`: the value is an optional, and the entry is left out when it is none.
    IfSome,
}

/// What is asked of the entries of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Exists,
    All,
    ExistsOne,
    Filter,
    /// A list of what the body, or the transform of the entries that satisfy the body, gives; also `transformList`.
    Map,
    /// `transformMap`: a map with the same keys.
    TransformMap,
}

impl Quantifier {
    /// The loop of that name with that many arguments, and whether it names number and value of an entry.
    pub(crate) fn named(name: &str, arguments: usize) -> Option<(Self, bool)> {
        let pair = arguments > 2;
        Some(match name {
            "exists" => (Self::Exists, pair),
            "all" => (Self::All, pair),
            "exists_one" | "existsOne" => (Self::ExistsOne, pair),
            "filter" => (Self::Filter, false),
            "map" => (Self::Map, false),
            "transformList" => (Self::Map, true),
            "transformMap" => (Self::TransformMap, true),
            _ => return None,
        })
    }

    /// Whether it gives yes or no.
    pub(crate) const fn is_condition(self) -> bool {
        matches!(self, Self::Exists | Self::All | Self::ExistsOne)
    }
}

impl Node {
    /// The nodes directly beneath.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Constant(_) | Kind::Variable(_) | Kind::Entry(_) | Kind::Fail(_) => Vec::new(),
            Kind::Field { operand: one, .. }
            | Kind::Select { operand: one, .. }
            | Kind::Has { operand: one, .. }
            | Kind::Present(one)
            | Kind::Widen(one)
            | Kind::Not(one)
            | Kind::Negate(one)
            | Kind::Matches { text: one, .. } => vec![one],
            Kind::Index { operand: one, index: two }
            | Kind::OptionalIndex { operand: one, index: two }
            | Kind::Compare { left: one, right: two, .. }
            | Kind::Calculate { left: one, right: two, .. }
            | Kind::Let { value: one, body: two, .. }
            | Kind::OptionalMap { operand: one, body: two, .. } => vec![one, two],
            Kind::All(parts) | Kind::Any(parts) | Kind::List(parts) | Kind::Call { arguments: parts, .. } => {
                parts.iter().collect()
            }
            Kind::SparseList(parts) => parts.iter().map(|(part, _)| part).collect(),
            Kind::Map(pairs) => pairs.iter().flat_map(|pair| [&pair.key, &pair.value]).collect(),
            Kind::Choice { condition, yes, no } => vec![condition, yes, no],
            Kind::Loop { list, body, transform, .. } => {
                [list, body].into_iter().chain(transform.as_ref()).map(|part| part.as_ref()).collect()
            }
        }
    }

    /// Changes the type of this node and of all beneath.
    pub(crate) fn retype(&mut self, change: &dyn Fn(&Type) -> Type) {
        self.ty = change(&self.ty);
        match &mut self.kind {
            Kind::Constant(_) | Kind::Variable(_) | Kind::Entry(_) | Kind::Fail(_) => {}
            Kind::Field { operand: one, .. }
            | Kind::Select { operand: one, .. }
            | Kind::Has { operand: one, .. }
            | Kind::Present(one)
            | Kind::Widen(one)
            | Kind::Not(one)
            | Kind::Negate(one)
            | Kind::Matches { text: one, .. } => one.retype(change),
            Kind::Index { operand: one, index: two }
            | Kind::OptionalIndex { operand: one, index: two }
            | Kind::Compare { left: one, right: two, .. }
            | Kind::Calculate { left: one, right: two, .. }
            | Kind::Let { value: one, body: two, .. }
            | Kind::OptionalMap { operand: one, body: two, .. } => {
                one.retype(change);
                two.retype(change);
            }
            Kind::All(parts) | Kind::Any(parts) | Kind::List(parts) | Kind::Call { arguments: parts, .. } => {
                parts.iter_mut().for_each(|part| part.retype(change));
            }
            Kind::SparseList(parts) => parts.iter_mut().for_each(|(part, _)| part.retype(change)),
            Kind::Map(pairs) => pairs.iter_mut().for_each(|pair| {
                pair.key.retype(change);
                pair.value.retype(change);
            }),
            Kind::Choice { condition, yes, no } => {
                [condition, yes, no].into_iter().for_each(|part| part.retype(change));
            }
            Kind::Loop { list, body, transform, .. } => {
                [Some(list), Some(body), transform.as_mut()]
                    .into_iter()
                    .flatten()
                    .for_each(|part| part.retype(change));
            }
        }
    }

    /// The value, if it is known before any fact.
    pub(crate) fn constant(&self) -> Option<&Datum> {
        if let Kind::Constant(value) = &self.kind { Some(value) } else { None }
    }
}
