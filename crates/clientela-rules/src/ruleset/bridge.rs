//! The few operations on types and values that a rule set needs besides running its expressions.

use crate::datum::Datum;
use crate::types::Type;
use rust_decimal::Decimal;
use std::cmp::Ordering;

/// The type that holds values of both, if there is one.
pub(super) fn unify(one: &Type, two: &Type) -> Option<Type> {
    let base = match (one.base(), two.base()) {
        (same, other) if same == other => same.clone(),
        (Type::Null, known) | (known, Type::Null) => known.clone(),
        (Type::Int, Type::Decimal) | (Type::Decimal, Type::Int) => Type::Decimal,
        (Type::Words(_) | Type::Text, Type::Words(_) | Type::Text) => Type::Text,
        (Type::List(one), Type::List(two)) => unify(one, two)?.list(),
        _ => return None,
    };
    Some(if one.is_nullable() || two.is_nullable() { base.or_null() } else { base })
}

pub(super) fn is_number(ty: &Type) -> bool {
    matches!(ty.base(), Type::Int | Type::Decimal)
}

pub(super) fn is_ordered(ty: &Type) -> bool {
    is_number(ty) || matches!(ty.base(), Type::Text | Type::Date | Type::Timestamp | Type::Duration)
}

/// Which of both is smaller; nothing when they have no order.
pub(super) fn order(one: &Datum, two: &Datum) -> Option<Ordering> {
    one.order(two)
}

/// Whether both are the same value; nothing when one is missing or they are of different kinds.
pub(super) fn same(one: &Datum, two: &Datum) -> Option<bool> {
    if *one == Datum::Null || *two == Datum::Null {
        return None;
    }
    match order(one, two) {
        Some(order) => Some(order.is_eq()),
        None => (one.kind() == two.kind()).then(|| one == two),
    }
}

/// The sum of two numbers; nothing when they are none, or it has too many digits.
pub(super) fn add(one: &Datum, two: &Datum) -> Option<Datum> {
    let exact = |value: &Datum| match value {
        Datum::Int(number) => Some(Decimal::from(*number)),
        Datum::Decimal(number) => Some(*number),
        _ => None,
    };
    match (one, two) {
        (Datum::Int(one), Datum::Int(two)) => one.checked_add(*two).map(Datum::Int),
        _ => exact(one)?.checked_add(exact(two)?).map(Datum::Decimal),
    }
}
