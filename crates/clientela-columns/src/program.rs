//! What is run over columns: rules whose common parts are computed once.

use crate::column::Column;
use crate::limit::Limit;
use crate::records::Children;
use crate::rows::RowRule;
use clientela_rules::plan::{Arithmetic, Comparison, DatePart, Fold, Quantifier, TextTest, WholeKind, Zone};
use std::sync::Arc;

/// The number of an operation that says yes, no or unknown.
pub(crate) type MaskId = usize;
/// The number of an operation that gives numbers.
pub(crate) type NumberId = usize;
/// The number of a column.
pub(crate) type ColumnId = usize;
/// The number of a set of rows: the records, or the children of one kind.
pub(crate) type DomainId = usize;

/// Rules put together.
#[derive(Debug)]
pub(crate) struct Program {
    /// The records come first.
    pub(crate) domains: Vec<Domain>,
    pub(crate) columns: Vec<Arc<Column>>,
    pub(crate) masks: Vec<Operation<Mask>>,
    pub(crate) numbers: Vec<Operation<Number>>,
    /// Conditions that are run row by row.
    pub(crate) by_row: Vec<RowRule>,
    /// For each rule the operation with its outcome.
    pub(crate) outcomes: Vec<MaskId>,
    /// For each operation that says yes or no whether it is worth asking only of the rows that still matter.
    pub(crate) dear: Vec<bool>,
    /// For each rule all of it row by row, for what columns cannot say exactly.
    pub(crate) whole: Vec<RowRule>,
    /// For each rule by which it is not asked of records with too long lists; none where no record has such.
    pub(crate) limits: Vec<Option<Limit>>,
}

/// A set of rows.
#[derive(Debug)]
pub(crate) struct Domain {
    /// The rows these belong to; none for the records.
    pub(crate) above: Option<(DomainId, Arc<Children>)>,
}

/// An operation on the rows of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Operation<T> {
    pub(crate) domain: DomainId,
    pub(crate) work: T,
}

/// Yes, no or unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Mask {
    Constant(Option<bool>),
    Flag(ColumnId),
    Present(ColumnId),
    Not(MaskId),
    All(Vec<MaskId>),
    Any(Vec<MaskId>),
    Choice([MaskId; 3]),
    /// Both yes or both no, a missing flag being a value of its own.
    Same([MaskId; 2]),
    Counted(Counted),
    /// The raw numbers of a column against one number.
    Number(Comparison, ColumnId, i64),
    Numbers(Comparison, [NumberId; 2]),
    NumberIn(NumberId, Arc<[i64]>),
    /// What is said of each word of a column.
    Words(ColumnId, Arc<[bool]>, Option<bool>),
    /// Doubles of a column against one, by its bits.
    Double(Comparison, ColumnId, u64),
    /// Texts of a column.
    Text(ColumnId, TextCheck),
    /// Ids of a column among these, in order.
    Ids(ColumnId, Arc<[u128]>, bool),
    Loop(Quantifier, DomainId, MaskId),
    /// What is said of the row above.
    Above(MaskId),
    /// Whether a word of this row is among those of the entries of another list of the same record.
    Shared(Box<Shared>),
    ByRow(usize),
}

/// How many children a filter keeps, against a small number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Counted {
    pub(crate) comparison: Comparison,
    pub(crate) below: DomainId,
    pub(crate) filter: Option<MaskId>,
    pub(crate) count: u32,
}

/// What is made of the numbers of the children a filter keeps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Folding {
    pub(crate) fold: Fold,
    pub(crate) below: DomainId,
    pub(crate) filter: Option<MaskId>,
    pub(crate) value: NumberId,
    /// Whether the numbers are decimals: a sum that 64 bits do not hold is left to the row.
    pub(crate) exact: bool,
}

/// What is asked of a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TextCheck {
    Compare(Comparison, Arc<str>),
    In(Arc<[Arc<str>]>),
    Like(TextTest),
}

/// `others.exists(other, other.word == this.word && filter)`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Shared {
    /// The words of this row, and the bit of each; none for a word the others do not have.
    pub(crate) word: ColumnId,
    pub(crate) bits: Arc<[u64]>,
    /// The other list, its words and the bit of each.
    pub(crate) others: DomainId,
    pub(crate) other_word: ColumnId,
    pub(crate) other_bits: Arc<[u64]>,
    pub(crate) filter: Option<MaskId>,
}

/// Numbers of 64 bits; decimals as their digits, at a scale known when the rule was put together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Number {
    Constant(Option<i64>),
    Column(ColumnId),
    Negate(NumberId),
    /// Whole numbers, where what is too large is unknown.
    Calculate(WholeKind, Arithmetic, [NumberId; 2]),
    /// Decimals, where what is too large for 64 bits is left to the row.
    CalculateExact(Arithmetic, [NumberId; 2]),
    /// More digits behind the point.
    Rescale(NumberId, i64),
    Shift(NumberId, i32, i32),
    Part(DatePart, NumberId),
    /// The day of an instant.
    DayOf(NumberId),
    /// The day of an instant in a time zone.
    DayIn(NumberId, Zone),
    /// The first instant of a day.
    StartOf(NumberId),
    Choice(MaskId, [NumberId; 2]),
    Count(DomainId, Option<MaskId>),
    Fold(Folding),
    Length(ColumnId),
    Above(NumberId),
}

impl Program {
    /// About how much an operation costs for a row: what is cheap is asked first.
    pub(crate) fn cost(&self, mask: MaskId) -> u32 {
        let Some(operation) = self.masks.get(mask) else { return 0 };
        let sum =
            |parts: &[MaskId]| parts.iter().map(|part| self.cost(*part)).fold(0_u32, u32::saturating_add);
        match &operation.work {
            Mask::Constant(_) => 0,
            Mask::Flag(_) | Mask::Present(_) | Mask::Number(..) => 1,
            Mask::Words(..) | Mask::Double(..) => 2,
            Mask::Numbers(_, [one, two]) => {
                self.number_cost(*one).saturating_add(self.number_cost(*two)).saturating_add(2)
            }
            Mask::NumberIn(number, _) => self.number_cost(*number).saturating_add(6),
            Mask::Counted(Counted { filter, .. }) => self.below_cost(*filter, 10),
            Mask::Not(part) => self.cost(*part),
            Mask::All(parts) | Mask::Any(parts) => sum(parts),
            Mask::Choice(parts) => sum(parts),
            Mask::Same(parts) => sum(parts),
            Mask::Above(part) => self.cost(*part).saturating_add(2),
            Mask::Ids(..) => 4,
            Mask::Loop(_, _, body) => self.cost(*body).saturating_mul(3).saturating_add(10),
            Mask::Shared(_) => 15,
            Mask::Text(..) => 40,
            Mask::ByRow(_) => 400,
        }
    }

    fn number_cost(&self, number: NumberId) -> u32 {
        match self.numbers.get(number).map(|operation| &operation.work) {
            None | Some(Number::Constant(_)) => 0,
            Some(Number::Column(_)) => 2,
            Some(Number::Count(_, filter)) => self.below_cost(*filter, 15),
            Some(Number::Fold(folding)) => self.below_cost(folding.filter, 30),
            Some(_) => 8,
        }
    }

    /// There are several children to a row.
    fn below_cost(&self, filter: Option<MaskId>, own: u32) -> u32 {
        filter.map_or(0, |filter| self.cost(filter)).saturating_mul(3).saturating_add(own)
    }

    /// Whether an operation is worth asking only of the rows that still matter.
    pub(crate) fn is_dear(&self, mask: MaskId) -> bool {
        self.dear.get(mask).copied().unwrap_or(false)
    }

    /// Finds out which operations are dear. Those made of others come after them.
    pub(crate) fn weigh(&mut self) {
        self.dear = Vec::with_capacity(self.masks.len());
        for operation in &self.masks {
            let dear = match &operation.work {
                Mask::Text(..) | Mask::ByRow(_) | Mask::Shared(_) => true,
                Mask::Numbers(_, sides) => sides.iter().any(|side| self.is_fold(*side)),
                Mask::Not(part) | Mask::Loop(_, _, part) => self.is_dear(*part),
                Mask::All(parts) | Mask::Any(parts) => parts.iter().any(|part| self.is_dear(*part)),
                _ => false,
            };
            self.dear.push(dear);
        }
    }

    fn is_fold(&self, number: NumberId) -> bool {
        matches!(self.numbers.get(number).map(|operation| &operation.work), Some(Number::Fold(_)))
    }
}
