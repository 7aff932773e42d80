//! A condition on records that a store turns into SQL and memory evaluates, with the same answer.
//!
//! Rights are predicates (see `clientela-core`, module `organisation::access`), so that "may he see it" is said once.

use crate::record::Entity;
use crate::value::Value;
use std::borrow::Cow;
use std::cmp::Ordering;
use uuid::Uuid;

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Less than.
    Less,
    /// Less than or equal.
    AtMost,
    /// Greater than.
    Greater,
    /// Greater than or equal.
    AtLeast,
}

/// A condition on one record of an entity. Comparing with an empty column is never true.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// Always.
    Everything,
    /// Never.
    Nothing,
    /// The column has this value.
    Equals(Cow<'static, str>, Value),
    /// The column has one of these values.
    OneOf(Cow<'static, str>, Vec<Value>),
    /// The column is empty.
    Empty(Cow<'static, str>),
    /// The column compares so with the value: numbers, days, instants, text by its bytes, ids by theirs.
    Compare(Cow<'static, str>, Comparison, Value),
    /// The text column starts with this, letter case of ASCII aside.
    StartsWith(Cow<'static, str>, String),
    /// The id in the column is one of the roots, or below one of them in the tree that `entity` makes by its column `parent`.
    Below {
        /// The column with the id.
        column: Cow<'static, str>,
        /// The entity that forms the tree.
        entity: &'static str,
        /// Its column that names the record above.
        parent: &'static str,
        /// Where to start.
        roots: Vec<Uuid>,
    },
    /// The record named by the column satisfies the condition.
    Refers {
        /// The column with the id.
        column: Cow<'static, str>,
        /// The entity it names.
        entity: &'static str,
        /// What that record must satisfy.
        satisfying: Box<Predicate>,
    },
    /// Some record of the entity that names this one in its column satisfies the condition.
    Referred {
        /// The entity that points here.
        entity: &'static str,
        /// Its column.
        column: &'static str,
        /// What that record must satisfy.
        satisfying: Box<Predicate>,
    },
    /// All hold.
    All(Vec<Predicate>),
    /// At least one holds.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
}

/// Where memory finds the records a condition speaks of.
pub trait Lookup {
    /// The values of the record, in the order of its declaration; none when there is none.
    fn record(&self, entity: &'static str, id: Uuid) -> Option<(&'static Entity, Vec<Value>)>;
    /// All records of the entity that name `id` in `column`.
    fn referring(
        &self,
        entity: &'static str,
        column: &'static str,
        id: Uuid,
    ) -> Vec<(&'static Entity, Vec<Value>)>;
}

/// The deepest tree that is followed; a longer chain is taken for a circle and does not hold.
pub const TREE_DEPTH_MAX: usize = 64;

impl Predicate {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (Self::Everything, other) | (other, Self::Everything) => other,
            (Self::All(mut parts), other) => {
                parts.push(other);
                Self::All(parts)
            }
            (one, other) => Self::All(vec![one, other]),
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Everything, _) | (_, Self::Everything) => Self::Everything,
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::Any(mut parts), other) => {
                parts.push(other);
                Self::Any(parts)
            }
            (one, other) => Self::Any(vec![one, other]),
        }
    }

    /// The column equals the value.
    pub fn equals(column: impl Into<Cow<'static, str>>, value: Value) -> Self {
        Self::Equals(column.into(), value)
    }

    /// Whether it holds for the record with these values.
    #[must_use]
    pub fn holds(&self, entity: &Entity, values: &[Value], lookup: &dyn Lookup) -> bool {
        let at = |column: &str| {
            entity.position(column).and_then(|position| values.get(position)).unwrap_or(&Value::Null)
        };
        match self {
            Self::Everything => true,
            Self::Nothing => false,
            Self::Equals(column, value) => same(at(column), value),
            Self::OneOf(column, options) => options.iter().any(|value| same(at(column), value)),
            Self::Empty(column) => at(column).is_null(),
            Self::Compare(column, comparison, value) => {
                compare(at(column), value).is_some_and(|order| comparison.holds(order))
            }
            Self::StartsWith(column, start) => matches!(at(column), Value::Text(text)
                if text.as_bytes().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))),
            Self::Below { column, entity, parent, roots } => match at(column) {
                Value::Id(id) => below(*id, entity, parent, roots, lookup),
                _ => false,
            },
            Self::Refers { column, entity, satisfying } => match at(column) {
                Value::Id(id) => lookup
                    .record(entity, *id)
                    .is_some_and(|(entity, values)| satisfying.holds(entity, &values, lookup)),
                _ => false,
            },
            Self::Referred { entity, column, satisfying } => match values.first() {
                Some(Value::Id(id)) => lookup
                    .referring(entity, column, *id)
                    .iter()
                    .any(|(entity, values)| satisfying.holds(entity, values, lookup)),
                _ => false,
            },
            Self::All(parts) => parts.iter().all(|part| part.holds(entity, values, lookup)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(entity, values, lookup)),
            Self::Not(part) => !part.holds(entity, values, lookup),
        }
    }
}

impl Comparison {
    /// Whether the order found is the one asked for.
    #[must_use]
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

fn same(left: &Value, right: &Value) -> bool {
    !left.is_null() && left == right
}

fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Decimal(left), Value::Decimal(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Instant(left), Value::Instant(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Id(left), Value::Id(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn below(id: Uuid, entity: &'static str, parent: &str, roots: &[Uuid], lookup: &dyn Lookup) -> bool {
    let mut current = id;
    for _ in 0..TREE_DEPTH_MAX {
        if roots.contains(&current) {
            return true;
        }
        let Some((declared, values)) = lookup.record(entity, current) else { return false };
        match declared.position(parent).and_then(|position| values.get(position)) {
            Some(Value::Id(above)) => current = *above,
            _ => return false,
        }
    }
    false
}
