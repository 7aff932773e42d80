//! A checked rule as a typed plan: what the two fast evaluators run.
//!
//! The tree of the checker says everything CEL can say. A [`Plan`] says the part of it that columns can answer: fields of
//! records and of the records that belong to them, whole numbers, decimals, doubles, texts, dates, instants, ids, and
//! loops over children that are folded as they go, never built. What a plan cannot say stays in it as
//! [`Condition::Interpreted`], so that every rule has one.
//!
//! | evaluator | reads | is in |
//! | --- | --- | --- |
//! | [`decide`](Plan::decide) | one record at a time, through a [`Source`] | [`row`] |
//! | columns | Arrow arrays, many rows at once | crate `clientela-columns` |
//!
//! Both follow the same words: a value that is missing or cannot be computed is **unknown** (`None`), `&&`, `||`, `all` and
//! `exists` look past it when another side decides, and what is unknown at the top does not hold. As in CEL, `==`, `!=` and
//! `in` take a missing *field* for null, which is a value: it equals nothing but null.

mod bind;
mod facts;
mod lower;
mod pattern;
pub mod row;
mod steps;

pub use crate::zone::Zone;
pub use bind::Known;
pub use facts::FactsSource;
pub use pattern::Pattern;
pub use row::{Frames, Source};
pub use steps::StepBound;

use crate::evaluate::Evaluation;
use crate::facts::Facts;
use crate::program::Node;
use crate::types::RecordType;
use rust_decimal::Decimal;
use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A rule ready to be run.
#[derive(Debug)]
pub struct Plan {
    /// The lists it goes through. The first is the record itself.
    pub tables: Vec<PlanTable>,
    /// How many of those the fast evaluators go through; the others only the interpreter does.
    pub lowered: usize,
    /// The fields it reads.
    pub fields: Vec<PlanField>,
    /// The variables of the environment that tables and fields start from.
    pub variables: Vec<String>,
    /// What it computes.
    pub root: Expression,
    /// How many steps it takes at most.
    pub bound: StepBound,
}

/// A list of records a plan goes through, or the record itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlanTable {
    /// As in a rule, such as `customer.fleet`; empty for the record itself.
    pub path: String,
    /// The table whose records have this list; none for the record itself.
    pub parent: Option<usize>,
    /// The number of the variable it starts from, if its parent is the record itself.
    pub variable: Option<usize>,
    /// The steps from there or from the parent's record.
    pub steps: Vec<Step>,
}

/// A field a plan reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlanField {
    /// The table whose records have it.
    pub table: usize,
    /// As in a rule, such as `customer.fleet[].make`.
    pub path: String,
    /// The number of the variable it starts from, for fields of the record itself.
    pub variable: Option<usize>,
    /// The steps from there or from the entry; none if it is the variable or the entry itself.
    pub steps: Vec<Step>,
    /// What kind of value it holds.
    pub kind: FieldKind,
    /// Whether it may be missing by its declaration.
    pub nullable: bool,
}

/// One step into a record.
#[derive(Debug, Clone)]
pub struct Step {
    /// The declared type of the record.
    pub record: Arc<RecordType>,
    /// The slot in it.
    pub slot: usize,
    /// The name of the field.
    pub name: String,
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        self.slot == other.slot && self.name == other.name
    }
}

impl Eq for Step {}

impl Hash for Step {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.slot, &self.name).hash(state);
    }
}

/// What kind of value a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldKind {
    /// Yes or no.
    Bool,
    /// A number that is computed in 64 bits.
    Whole(WholeKind),
    /// An exact decimal.
    Decimal,
    /// A double of IEEE 754.
    Double,
    /// Text, and words of closed lists.
    Text,
    /// The id of a record.
    Id,
}

/// What a 64-bit number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WholeKind {
    /// Itself.
    Int,
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970-01-01, UTC.
    Timestamp,
    /// Microseconds.
    Duration,
}

/// A field seen from inside the loops of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// 0 for the record, 1 for the entry of the outermost loop, and so on.
    pub level: u8,
    /// The number of the field in [`Plan::fields`].
    pub field: u16,
}

/// A list seen from inside the loops of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct List {
    /// The level of the record that has it: 0 for the record itself.
    pub level: u8,
    /// The number of the list in [`Plan::tables`].
    pub table: u16,
    /// The level its entries have in the loop that goes through it here.
    pub depth: u8,
}

/// What a plan computes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Expression {
    /// Yes or no.
    Condition(Condition),
    /// A 64-bit number.
    Whole(Whole, WholeKind),
    /// A decimal.
    Decimal(Exact),
    /// A double.
    Double(Floating),
    /// Something only the interpreter computes.
    Interpreted(Interpreted),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Condition {
    /// Known beforehand; none is unknown.
    Constant(Option<bool>),
    /// A field of yes or no.
    Field(Place),
    /// Whether a field has a value.
    Present(Place),
    /// The contrary.
    Not(Box<Self>),
    /// All of them.
    All(Vec<Self>),
    /// One of them at least.
    Any(Vec<Self>),
    /// The second if the first holds, else the third.
    Choice(Box<[Self; 3]>),
    /// Both are yes or both are no.
    Same(Box<[Self; 2]>),
    /// Two 64-bit numbers.
    Whole(Comparison, Whole, Whole),
    /// A 64-bit number among these, which are in order.
    WholeIn(Whole, Arc<[i64]>),
    /// Two decimals.
    Decimal(Comparison, Exact, Exact),
    /// A decimal among these.
    DecimalIn(Exact, Arc<[Decimal]>),
    /// Two doubles.
    Double(Comparison, Floating, Floating),
    /// Two texts.
    Text(Comparison, Text, Text),
    /// A text among these, which are in order.
    TextIn(Text, Arc<[Arc<str>]>),
    /// What a text looks like.
    TextLike(Text, TextTest),
    /// Two ids.
    Id(bool, Id, Id),
    /// An id among these, which are in order.
    IdIn(Id, Arc<[u128]>),
    /// What is asked of the entries of a list.
    Loop(Quantifier, List, Box<Self>),
    /// What a plan cannot say.
    Interpreted(Interpreted),
}

/// What is asked of the entries of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// One at least.
    Some,
    /// All.
    Every,
    /// Exactly one. Unknown as soon as one entry is.
    One,
}

/// What a text looks like.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextTest {
    /// Begins with this.
    StartsWith(Arc<str>),
    /// Ends with this.
    EndsWith(Arc<str>),
    /// Has this somewhere.
    Contains(Arc<str>),
    /// Has a match of this pattern somewhere.
    Matches(Pattern),
}

/// How two numbers are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`, towards zero; unknown when divided by zero.
    Divide,
    /// `%`, with the sign of the left side.
    Modulo,
}

/// What is made of the entries of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fold {
    /// Their sum; 0 of none.
    Sum,
    /// The smallest; unknown of none.
    Min,
    /// The largest; unknown of none.
    Max,
}

/// Entries of a list, filtered, with a value of each, put together. Unknown as soon as one filter or value is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Folded<V> {
    /// What is made of them.
    pub fold: Fold,
    /// The list.
    pub list: List,
    /// Which entries.
    pub filter: Option<Condition>,
    /// The value of each.
    pub value: V,
}

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// The year.
    Year,
    /// The month, 1 to 12.
    Month,
    /// The day of the month, 1 to 31.
    Day,
}

/// A 64-bit number: whole numbers, dates, instants, durations.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Whole {
    /// Known beforehand; none is unknown.
    Constant(Option<i64>),
    /// A field.
    Field(Place),
    /// With the other sign.
    Negate(Box<Self>),
    /// Two of them; the kind is that of the result and bounds it.
    Calculate(WholeKind, Arithmetic, Box<[Self; 2]>),
    /// A date moved by months, then by days.
    Shift(Box<Self>, i32, i32),
    /// A part of a date.
    Part(DatePart, Box<Self>),
    /// The day of an instant, in UTC.
    DayOf(Box<Self>),
    /// The day of an instant, in a time zone.
    DayIn(Box<Self>, Zone),
    /// The first instant of a day, in UTC.
    StartOf(Box<Self>),
    /// The second if the first holds, else the third.
    Choice(Box<Condition>, Box<[Self; 2]>),
    /// How many entries a list has.
    Count(List, Option<Box<Condition>>),
    /// What is made of a list.
    Fold(Box<Folded<Self>>),
    /// The length of a text in characters.
    Length(Text),
}

/// An exact decimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exact {
    /// Known beforehand; none is unknown.
    Constant(Option<Decimal>),
    /// A field.
    Field(Place),
    /// A whole number.
    Whole(Box<Whole>),
    /// With the other sign.
    Negate(Box<Self>),
    /// The sum, difference or product of two.
    Calculate(Arithmetic, Box<[Self; 2]>),
    /// The second if the first holds, else the third.
    Choice(Box<Condition>, Box<[Self; 2]>),
    /// What is made of a list.
    Fold(Box<Folded<Self>>),
}

/// A double known beforehand, compared by its bits.
#[derive(Debug, Clone, Copy)]
pub struct Bits(pub f64);

impl PartialEq for Bits {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Bits {}

impl Hash for Bits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// A double of IEEE 754. Never an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Floating {
    /// Known beforehand; none is unknown.
    Constant(Option<Bits>),
    /// A field.
    Field(Place),
    /// A whole number.
    Whole(Box<Whole>),
    /// With the other sign.
    Negate(Box<Self>),
    /// Two of them; never a remainder.
    Calculate(Arithmetic, Box<[Self; 2]>),
    /// The second if the first holds, else the third.
    Choice(Box<Condition>, Box<[Self; 2]>),
    /// What is made of a list.
    Fold(Box<Folded<Self>>),
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Text {
    /// Written in the rule.
    Constant(Arc<str>),
    /// A field.
    Field(Place),
}

/// An id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Id {
    /// Written in the rule.
    Constant(u128),
    /// A field.
    Field(Place),
}

/// A part of a rule that only the interpreter runs. It stands outside all loops.
#[derive(Debug, Clone)]
pub struct Interpreted {
    pub(crate) node: Arc<Node>,
    source: Arc<str>,
    /// The variables of the environment it reads.
    pub variables: Vec<String>,
}

impl Interpreted {
    /// Whether it holds; none if that is unknown. Says so when the steps ran out: then the whole rule is unknown.
    pub fn decide(&self, facts: &dyn Facts, exhausted: &Cell<bool>) -> Option<bool> {
        let mut evaluation = Evaluation::new(facts);
        let decision = evaluation.decision(&self.node);
        exhausted.set(exhausted.get() || evaluation.exhausted());
        decision
    }

    /// Its text, for reports.
    #[must_use]
    pub fn text(&self) -> &str {
        self.node.span.of(&self.source)
    }
}

impl PartialEq for Interpreted {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.node, &other.node)
    }
}

impl Eq for Interpreted {}

impl Hash for Interpreted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.node).hash(state);
    }
}
