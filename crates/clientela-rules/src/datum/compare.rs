//! Equality and order of values (CEL specification, sections "Equality" and "Ordering").

use super::Datum;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::sync::Arc;

/// The bounds of `int` and `uint` as doubles; the upper ones are one too large, as no double is the largest number.
const INT_MIN: f64 = -9_223_372_036_854_775_808.0;
const INT_END: f64 = 9_223_372_036_854_775_808.0;
const UINT_END: f64 = 18_446_744_073_709_551_616.0;

impl Datum {
    /// Whether both are the same value. Values of different kinds differ; numbers are compared by what they are worth.
    /// None when looking takes more than `left` steps: lists can hold one another many times over.
    pub(crate) fn same(&self, other: &Self, left: &mut u64) -> Option<bool> {
        *left = left.checked_sub(1)?;
        Some(match (self, other) {
            (Self::Text(one), Self::Text(two)) => {
                *left = left.checked_sub(one.len().min(two.len()) as u64 / 64)?;
                one == two
            }
            (Self::Bytes(one), Self::Bytes(two)) => {
                *left = left.checked_sub(one.len().min(two.len()) as u64 / 64)?;
                one == two
            }
            (Self::List(one), Self::List(two)) => {
                if one.len() != two.len() {
                    return Some(false);
                }
                for (one, two) in one.iter().zip(two.iter()) {
                    if !one.same(two, left)? {
                        return Some(false);
                    }
                }
                true
            }
            (Self::Map(one), Self::Map(two)) => {
                if one.entries().len() != two.entries().len() {
                    return Some(false);
                }
                for (key, value) in one.entries() {
                    let Some(other) = two.get(key) else { return Some(false) };
                    if !value.same(other, left)? {
                        return Some(false);
                    }
                }
                true
            }
            (Self::Optional(Some(one)), Self::Optional(Some(two))) => one.same(two, left)?,
            (Self::Record(one), Self::Record(two)) => {
                if !Arc::ptr_eq(&one.ty, &two.ty) && one.ty != two.ty {
                    return Some(false);
                }
                for (one, two) in one.slots.iter().zip(&two.slots) {
                    if !one.same(two, left)? {
                        return Some(false);
                    }
                }
                true
            }
            (one, two) if one.is_number() && two.is_number() => one.order(two).is_some_and(Ordering::is_eq),
            (one, two) => one == two,
        })
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Uint(_) | Self::Double(_) | Self::Decimal(_))
    }

    /// Which of both is smaller; none when they have no order.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Int(one), Self::Int(two)) => one.cmp(two),
            (Self::Uint(one), Self::Uint(two)) => one.cmp(two),
            (Self::Double(one), Self::Double(two)) => return one.partial_cmp(two),
            (Self::Int(one), Self::Uint(two)) => i128::from(*one).cmp(&i128::from(*two)),
            (Self::Uint(one), Self::Int(two)) => i128::from(*one).cmp(&i128::from(*two)),
            (Self::Double(one), Self::Int(_) | Self::Uint(_)) => {
                return one.partial_cmp(&other.approximate()?);
            }
            (Self::Int(_) | Self::Uint(_), Self::Double(two)) => return self.approximate()?.partial_cmp(two),
            (Self::Decimal(one), Self::Decimal(two)) => one.cmp(two),
            (Self::Decimal(one), Self::Int(_) | Self::Uint(_)) => one.cmp(&other.exact()?),
            (Self::Int(_) | Self::Uint(_), Self::Decimal(two)) => self.exact()?.cmp(two),
            (Self::Bool(one), Self::Bool(two)) => one.cmp(two),
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (Self::Bytes(one), Self::Bytes(two)) => one.cmp(two),
            (Self::Date(one), Self::Date(two)) => one.cmp(two),
            (Self::Timestamp(one), Self::Timestamp(two)) => one.cmp(two),
            (Self::Duration(one), Self::Duration(two)) => one.cmp(two),
            _ => return None,
        })
    }

    /// A whole number or decimal as a decimal.
    pub(crate) fn exact(&self) -> Option<Decimal> {
        match self {
            Self::Int(number) => Some(Decimal::from(*number)),
            Self::Uint(number) => Some(Decimal::from(*number)),
            Self::Decimal(number) => Some(*number),
            _ => None,
        }
    }

    /// A whole number or double as the nearest double.
    pub(crate) fn approximate(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Uint(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            _ => None,
        }
    }

    /// The whole number it is worth, if it is worth one that `int` or `uint` can hold.
    pub(crate) fn whole(&self) -> Option<i128> {
        match self {
            Self::Int(number) => Some(i128::from(*number)),
            Self::Uint(number) => Some(i128::from(*number)),
            Self::Double(number) => {
                (number.trunc() == *number && (INT_MIN..UINT_END).contains(number)).then_some(*number as i128)
            }
            _ => None,
        }
    }

    /// A double cut to a whole number that `int` can hold. The outermost numbers are refused, as a double this large may
    /// stand for one beyond.
    pub(crate) fn cut_to_int(number: f64) -> Option<i64> {
        let number = number.trunc();
        (number > INT_MIN && number < INT_END).then_some(number as i64)
    }

    /// A double cut to a whole number that `uint` can hold.
    pub(crate) fn cut_to_uint(number: f64) -> Option<u64> {
        let number = number.trunc();
        (0.0..UINT_END).contains(&number).then_some(number as u64)
    }
}
