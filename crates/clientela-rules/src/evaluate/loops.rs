//! Loops over lists and maps.

use super::{Cause, Evaluation, Known, Unknown};
use crate::datum::{Datum, Map};
use crate::program::{Node, Quantifier};
use crate::syntax::Span;
use std::sync::Arc;

/// What a loop runs over.
#[derive(Debug, Clone)]
pub(crate) enum Range {
    List(Arc<[Datum]>),
    Map(Arc<Map>),
}

impl Range {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::List(parts) => parts.len(),
            Self::Map(map) => map.entries().len(),
        }
    }

    /// Number and value of the entries of a list, keys and values of a map.
    pub(crate) fn pairs(&self) -> Box<dyn Iterator<Item = (Datum, &Datum)> + '_> {
        match self {
            Self::List(parts) => Box::new((0_i64..).map(Datum::Int).zip(parts.iter())),
            Self::Map(map) => Box::new(map.entries().iter().map(|(key, value)| (key.clone(), value))),
        }
    }
}

impl Evaluation<'_> {
    /// The list or map that a loop runs over.
    pub(crate) fn range(&mut self, node: &Node) -> Result<Range, Unknown> {
        match self.known(node)? {
            Datum::List(parts) => Ok(Range::List(parts)),
            Datum::Map(map) => Ok(Range::Map(map)),
            _ => Err(Unknown { cause: Cause::NoOverload, at: node.span }),
        }
    }

    /// Begins the turn of an entry; what the loop gives when it keeps the entry.
    pub(crate) fn turn(
        &mut self,
        range: &Range,
        (level, pair): (usize, bool),
        first: Datum,
        second: &Datum,
    ) -> Datum {
        if pair {
            self.enter(level, Ok(first.clone()));
            self.entries.push(Ok(second.clone()));
            return first;
        }
        let entry = if matches!(range, Range::List(_)) { second.clone() } else { first };
        self.enter(level, Ok(entry.clone()));
        entry
    }

    pub(super) fn run(
        &mut self,
        at: Span,
        quantifier: Quantifier,
        range: &Range,
        (level, pair): (usize, bool),
        body: &Node,
        transform: Option<&Node>,
    ) -> Known {
        let mut unknown = None;
        let mut found = 0_usize;
        let mut kept = Vec::new();
        let mut map = Map::default();
        for (first, second) in range.pairs() {
            let entry = self.turn(range, (level, pair), first, second);
            let held = match (quantifier, transform) {
                (Quantifier::Map | Quantifier::TransformMap, None) => Ok(true),
                _ => self.condition(body),
            };
            match (quantifier, held) {
                (Quantifier::Exists, Ok(true)) => return Ok(Datum::Bool(true)),
                (Quantifier::All, Ok(false)) => return Ok(Datum::Bool(false)),
                (Quantifier::Exists | Quantifier::All, Err(reason)) => unknown = unknown.or(Some(reason)),
                (_, Err(reason)) => return Err(reason),
                (Quantifier::ExistsOne, Ok(true)) => found += 1,
                (Quantifier::Filter, Ok(true)) => kept.push(entry),
                (Quantifier::Map, Ok(true)) => kept.push(self.value(transform.unwrap_or(body))?),
                (Quantifier::TransformMap, Ok(true)) => {
                    let value = self.value(transform.unwrap_or(body))?;
                    map.insert(entry, value).map_err(|fault| Unknown { cause: fault.into(), at })?;
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
            (Quantifier::TransformMap, None) => Ok(map.into()),
        }
    }
}
