//! The functions of the rule language: what they are called, what they take, what they give.

use crate::datum::Datum;
use crate::evaluate::Cause;
use crate::signature::Signature;
use crate::steps::Steps;
use std::collections::BTreeMap;
use std::sync::LazyLock;

mod conversions;
pub(crate) mod doubles;
mod format;
mod lists;
mod math;
mod optionals;
mod strings;
mod table;
pub(crate) mod time;

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    // Lists, maps and texts.
    Size,
    Sum,
    Min,
    Max,
    Average,
    Contains,
    StartsWith,
    EndsWith,
    /// With a pattern that is not written in the rule; otherwise the node is [`Kind::Matches`](crate::program::Kind).
    Matches,
    Lower,
    Upper,
    // Conversions.
    Bool,
    Int,
    Uint,
    Double,
    Bytes,
    Text,
    Dyn,
    TypeOf,
    Decimal,
    Date,
    Timestamp,
    Id,
    Duration,
    // Time.
    Days,
    Months,
    Years,
    Hours,
    Minutes,
    Year,
    Month,
    Day,
    GetFullYear,
    GetMonth,
    GetDate,
    GetDayOfMonth,
    GetDayOfWeek,
    GetDayOfYear,
    GetHours,
    GetMinutes,
    GetSeconds,
    GetMilliseconds,
    // Decimals.
    Round,
    // The strings library of CEL.
    CharAt,
    IndexOf,
    LastIndexOf,
    LowerAscii,
    UpperAscii,
    Replace,
    Split,
    Substring,
    Trim,
    Join,
    Quote,
    Format,
    Reverse,
    // The math library of CEL.
    Greatest,
    Least,
    Absolute,
    Ceil,
    Floor,
    RoundDouble,
    Trunc,
    Sign,
    IsNan,
    IsInf,
    IsFinite,
    BitAnd,
    BitOr,
    BitXor,
    BitNot,
    BitShiftLeft,
    BitShiftRight,
    // The optional library of CEL.
    OptionalNone,
    OptionalOf,
    OptionalOfNonZero,
    HasValue,
    Value,
    Or,
    OrValue,
}

/// A function with all ways to call it.
pub(crate) struct Declared {
    pub(crate) function: Function,
    /// How to write it.
    pub(crate) usage: &'static str,
    pub(crate) signatures: Vec<Signature>,
}

static LIBRARY: LazyLock<BTreeMap<&'static str, Declared>> = LazyLock::new(|| {
    table::FUNCTIONS
        .iter()
        .map(|(name, function, usage, signatures)| {
            let signatures = signatures.iter().map(|text| Signature::read(text)).collect();
            (*name, Declared { function: *function, usage, signatures })
        })
        .collect()
});

impl Function {
    /// The function of that name.
    pub(crate) fn named(name: &str) -> Option<&'static Declared> {
        LIBRARY.get(name)
    }

    /// All names, with loops and the like, for suggestions.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        let others = ["exists", "all", "exists_one", "filter", "map", "has", "transformList", "transformMap"];
        LIBRARY.keys().copied().chain(others)
    }

    /// How a function of that name is written.
    pub(crate) fn usage(name: &str) -> Option<&'static str> {
        LIBRARY.get(name).map(|declared| declared.usage)
    }

    /// Whether null is an argument like another.
    pub(crate) const fn takes_null(self) -> bool {
        matches!(
            self,
            Self::Dyn
                | Self::TypeOf
                | Self::OptionalOf
                | Self::OptionalOfNonZero
                | Self::OrValue
                | Self::Format
        )
    }

    /// Computes it.
    pub(crate) fn apply(self, arguments: &[Datum], steps: &mut Steps) -> Result<Datum, Cause> {
        match self {
            Self::Size | Self::Sum | Self::Min | Self::Max | Self::Average => {
                lists::apply(self, arguments, steps)
            }
            Self::Contains
            | Self::StartsWith
            | Self::EndsWith
            | Self::Matches
            | Self::Lower
            | Self::Upper
            | Self::CharAt
            | Self::IndexOf
            | Self::LastIndexOf
            | Self::LowerAscii
            | Self::UpperAscii
            | Self::Replace
            | Self::Split
            | Self::Substring
            | Self::Trim
            | Self::Join
            | Self::Quote
            | Self::Format
            | Self::Reverse => strings::apply(self, arguments, steps),
            Self::Bool
            | Self::Int
            | Self::Uint
            | Self::Double
            | Self::Bytes
            | Self::Text
            | Self::Dyn
            | Self::TypeOf
            | Self::Decimal
            | Self::Date
            | Self::Timestamp
            | Self::Id
            | Self::Duration => conversions::apply(self, arguments),
            Self::Days
            | Self::Months
            | Self::Years
            | Self::Hours
            | Self::Minutes
            | Self::Year
            | Self::Month
            | Self::Day
            | Self::GetFullYear
            | Self::GetMonth
            | Self::GetDate
            | Self::GetDayOfMonth
            | Self::GetDayOfWeek
            | Self::GetDayOfYear
            | Self::GetHours
            | Self::GetMinutes
            | Self::GetSeconds
            | Self::GetMilliseconds => time::apply(self, arguments),
            Self::OptionalNone
            | Self::OptionalOf
            | Self::OptionalOfNonZero
            | Self::HasValue
            | Self::Value
            | Self::Or
            | Self::OrValue => optionals::apply(self, arguments),
            _ => math::apply(self, arguments, steps),
        }
    }
}

/// A size as a whole number.
fn length(count: usize) -> Result<Datum, Cause> {
    i64::try_from(count).map(Datum::Int).map_err(|_| Cause::Overflow)
}
