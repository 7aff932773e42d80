//! A rule set that was checked: variables, rows and what follows from them.

use crate::datum::Datum;
use crate::engine::Rule;
use crate::syntax::Span;
use crate::types::Type;
use std::sync::Arc;

/// A named formula, computed when something first asks for it, and once.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    /// Where its name stands in the document.
    pub(super) span: Span,
    pub(super) rule: Arc<dyn Rule>,
    /// How many variables stand behind it, the longest way.
    pub(super) chain: usize,
}

/// Rows, and how their answers become one.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) rows: Vec<Row>,
    pub(super) otherwise: Option<Consequence>,
    pub(super) policy: Policy,
    /// Whether it answers for every record.
    pub(super) exhaustive: bool,
}

/// How the rows that apply become one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    /// The first row that applies.
    First,
    /// All rows that apply, in their order.
    Every,
    /// The one row that applies; two are a contradiction.
    Unique,
    /// All rows that apply, put together.
    Collect(Aggregate),
}

/// How collected outputs are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    List,
    Sum,
    Min,
    Max,
    Count,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// Its number, counted from 1, after the numbers of the rows it is nested in: `2.1`.
    pub(super) number: String,
    /// Its line in the document.
    pub(super) line: usize,
    /// What must hold; nothing for a row that always applies.
    pub(super) conditions: Vec<Arc<dyn Rule>>,
    pub(super) then: Then,
}

/// What follows when a row applies.
#[derive(Debug)]
pub(super) enum Then {
    Output(Consequence),
    Rules(Box<Block>),
}

/// An output with its reason.
#[derive(Debug)]
pub(super) struct Consequence {
    pub(super) output: Output,
    pub(super) reason: Option<Reason>,
}

/// How an output comes about.
#[derive(Debug)]
pub(super) enum Output {
    Constant(Datum),
    Formula(Arc<dyn Rule>),
}

/// The reason a row gives.
#[derive(Debug)]
pub(super) enum Reason {
    /// A sentence, with figures in it.
    Text(Vec<Part>),
    /// The key of a message that is written elsewhere, with its figures.
    Key(String, Vec<(String, Arc<dyn Rule>)>),
}

/// A part of a sentence.
#[derive(Debug)]
pub(super) enum Part {
    Words(String),
    Figure(Arc<dyn Rule>),
}

impl Aggregate {
    /// The type of the whole, for outputs of this type.
    pub(super) fn result(self, element: &Type) -> Type {
        match self {
            Self::List => element.clone().list(),
            Self::Count => Type::Int,
            Self::Sum | Self::Min | Self::Max => element.base().clone(),
        }
    }
}
