//! The table of functions: name, how to write it, and its signatures.
//!
//! The first part is the CEL specification (section "Standard Definitions") with the libraries `strings`, `math` and
//! `optional`; the second is what rules have besides.

use super::Function as F;

type Row = (&'static str, F, &'static str, &'static [&'static str]);

/// Getters of an instant, in UTC or in a time zone.
const OF_INSTANT: &[&str] = &["timestamp () -> int", "timestamp (string) -> int"];
const OF_INSTANT_OR_DURATION: &[&str] =
    &["timestamp () -> int", "timestamp (string) -> int", "duration () -> int"];
const BITS: &[&str] = &["(int, int) -> int", "(uint, uint) -> uint"];
const SHIFT: &[&str] = &["(int, int) -> int", "(uint, int) -> uint"];
const OF_DOUBLE: &[&str] = &["(double) -> double"];
const ASKS_DOUBLE: &[&str] = &["(double) -> bool"];
const TEXT_TO_TEXT: &[&str] = &["string () -> string"];
const TEXT_ASKS_TEXT: &[&str] = &["string (string) -> bool"];
const SEARCH: &[&str] = &["string (string) -> int", "string (string, int) -> int"];
/// Largest and smallest take any number of numbers, or a list; see the checker.
const ANY_NUMBERS: &[&str] = &[];
const EXTREME: &[&str] = &[
    "list<int> () -> int",
    "list<uint> () -> uint",
    "list<double> () -> double",
    "list<decimal> () -> decimal",
    "list<string> () -> string",
    "list<date> () -> date",
    "list<timestamp> () -> timestamp",
    "list<duration> () -> duration",
];

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[Row] = &[
    ("size", F::Size, "size(text, list or map)", &[
        "(string) -> int", "(bytes) -> int", "(list<A>) -> int", "(map<A, B>) -> int",
        "string () -> int", "bytes () -> int", "list<A> () -> int", "map<A, B> () -> int",
    ]),
    ("contains", F::Contains, "text.contains(text)", TEXT_ASKS_TEXT),
    ("startsWith", F::StartsWith, "text.startsWith(text)", TEXT_ASKS_TEXT),
    ("endsWith", F::EndsWith, "text.endsWith(text)", TEXT_ASKS_TEXT),
    ("matches", F::Matches, "text.matches(pattern)", &["string (string) -> bool", "(string, string) -> bool"]),
    ("bool", F::Bool, "bool(text)", &["(bool) -> bool", "(string) -> bool"]),
    ("int", F::Int, "int(number or text)", &[
        "(int) -> int", "(uint) -> int", "(double) -> int", "(string) -> int", "(timestamp) -> int", "(decimal) -> int",
    ]),
    ("uint", F::Uint, "uint(number or text)", &[
        "(uint) -> uint", "(int) -> uint", "(double) -> uint", "(string) -> uint", "(decimal) -> uint",
    ]),
    ("double", F::Double, "double(number or text)", &[
        "(double) -> double", "(int) -> double", "(uint) -> double", "(string) -> double", "(decimal) -> double",
    ]),
    ("bytes", F::Bytes, "bytes(text)", &["(bytes) -> bytes", "(string) -> bytes"]),
    ("string", F::Text, "string(number, text, date or yes or no)", &[
        "(string) -> string", "(int) -> string", "(uint) -> string", "(double) -> string", "(bytes) -> string",
        "(bool) -> string", "(timestamp) -> string", "(duration) -> string", "(decimal) -> string", "(date) -> string",
        "(id) -> string",
    ]),
    ("timestamp", F::Timestamp, "timestamp(text), such as timestamp('2026-01-31T08:00:00Z')", &[
        "(timestamp) -> timestamp", "(string) -> timestamp", "(int) -> timestamp", "(date) -> timestamp",
    ]),
    ("duration", F::Duration, "duration(text), such as duration('1h30m')", &[
        "(duration) -> duration", "(string) -> duration",
    ]),
    ("dyn", F::Dyn, "dyn(value)", &["(A) -> dyn"]),
    ("type", F::TypeOf, "type(value)", &["(A) -> type<A>"]),
    ("getFullYear", F::GetFullYear, "instant.getFullYear()", OF_INSTANT),
    ("getMonth", F::GetMonth, "instant.getMonth(), 0 to 11", OF_INSTANT),
    ("getDate", F::GetDate, "instant.getDate(), 1 to 31", OF_INSTANT),
    ("getDayOfMonth", F::GetDayOfMonth, "instant.getDayOfMonth(), 0 to 30", OF_INSTANT),
    ("getDayOfWeek", F::GetDayOfWeek, "instant.getDayOfWeek(), 0 for Sunday", OF_INSTANT),
    ("getDayOfYear", F::GetDayOfYear, "instant.getDayOfYear(), 0 to 365", OF_INSTANT),
    ("getHours", F::GetHours, "instant.getHours()", OF_INSTANT_OR_DURATION),
    ("getMinutes", F::GetMinutes, "instant.getMinutes()", OF_INSTANT_OR_DURATION),
    ("getSeconds", F::GetSeconds, "instant.getSeconds()", OF_INSTANT_OR_DURATION),
    ("getMilliseconds", F::GetMilliseconds, "instant.getMilliseconds()", OF_INSTANT_OR_DURATION),

    ("charAt", F::CharAt, "text.charAt(whole number)", &["string (int) -> string"]),
    ("indexOf", F::IndexOf, "text.indexOf(text, from)", SEARCH),
    ("lastIndexOf", F::LastIndexOf, "text.lastIndexOf(text, from)", SEARCH),
    ("lowerAscii", F::LowerAscii, "text.lowerAscii()", TEXT_TO_TEXT),
    ("upperAscii", F::UpperAscii, "text.upperAscii()", TEXT_TO_TEXT),
    ("replace", F::Replace, "text.replace(old, new)", &[
        "string (string, string) -> string", "string (string, string, int) -> string",
    ]),
    ("split", F::Split, "text.split(separator)", &[
        "string (string) -> list<string>", "string (string, int) -> list<string>",
    ]),
    ("substring", F::Substring, "text.substring(from, to)", &["string (int) -> string", "string (int, int) -> string"]),
    ("trim", F::Trim, "text.trim()", TEXT_TO_TEXT),
    ("join", F::Join, "list of texts.join(separator)", &["list<string> () -> string", "list<string> (string) -> string"]),
    ("strings.quote", F::Quote, "strings.quote(text)", &["(string) -> string"]),
    ("format", F::Format, "text.format([values])", &["string (list<dyn>) -> string"]),
    ("reverse", F::Reverse, "text.reverse()", TEXT_TO_TEXT),

    ("math.greatest", F::Greatest, "math.greatest(numbers)", ANY_NUMBERS),
    ("math.least", F::Least, "math.least(numbers)", ANY_NUMBERS),
    ("math.abs", F::Absolute, "math.abs(number)", &[
        "(int) -> int", "(uint) -> uint", "(double) -> double", "(decimal) -> decimal",
    ]),
    ("math.ceil", F::Ceil, "math.ceil(double)", OF_DOUBLE),
    ("math.floor", F::Floor, "math.floor(double)", OF_DOUBLE),
    ("math.round", F::RoundDouble, "math.round(double)", OF_DOUBLE),
    ("math.trunc", F::Trunc, "math.trunc(double)", OF_DOUBLE),
    ("math.sign", F::Sign, "math.sign(number)", &["(int) -> int", "(uint) -> uint", "(double) -> double"]),
    ("math.isNaN", F::IsNan, "math.isNaN(double)", ASKS_DOUBLE),
    ("math.isInf", F::IsInf, "math.isInf(double)", ASKS_DOUBLE),
    ("math.isFinite", F::IsFinite, "math.isFinite(double)", ASKS_DOUBLE),
    ("math.bitAnd", F::BitAnd, "math.bitAnd(number, number)", BITS),
    ("math.bitOr", F::BitOr, "math.bitOr(number, number)", BITS),
    ("math.bitXor", F::BitXor, "math.bitXor(number, number)", BITS),
    ("math.bitNot", F::BitNot, "math.bitNot(number)", &["(int) -> int", "(uint) -> uint"]),
    ("math.bitShiftLeft", F::BitShiftLeft, "math.bitShiftLeft(number, places)", SHIFT),
    ("math.bitShiftRight", F::BitShiftRight, "math.bitShiftRight(number, places)", SHIFT),

    ("optional.none", F::OptionalNone, "optional.none()", &["() -> optional<A>"]),
    ("optional.of", F::OptionalOf, "optional.of(value)", &["(A) -> optional<A>"]),
    ("optional.ofNonZeroValue", F::OptionalOfNonZero, "optional.ofNonZeroValue(value)", &["(A) -> optional<A>"]),
    ("hasValue", F::HasValue, "optional.hasValue()", &["optional<A> () -> bool"]),
    ("value", F::Value, "optional.value()", &["optional<A> () -> A"]),
    ("or", F::Or, "optional.or(optional)", &["optional<A> (optional<A>) -> optional<A>"]),
    ("orValue", F::OrValue, "optional.orValue(value)", &["optional<A> (A) -> A"]),

    ("count", F::Size, "list.count()", &["list<A> () -> int"]),
    ("sum", F::Sum, "list of numbers.sum()", &[
        "list<int> () -> int", "list<uint> () -> uint", "list<double> () -> double", "list<decimal> () -> decimal",
        "list<duration> () -> duration",
    ]),
    ("min", F::Min, "list.min()", EXTREME),
    ("max", F::Max, "list.max()", EXTREME),
    ("avg", F::Average, "list of numbers.avg()", &[
        "list<int> () -> decimal", "list<double> () -> double", "list<decimal> () -> decimal",
    ]),
    ("lower", F::Lower, "text.lower()", TEXT_TO_TEXT),
    ("upper", F::Upper, "text.upper()", TEXT_TO_TEXT),
    ("toLower", F::Lower, "text.lower()", TEXT_TO_TEXT),
    ("toUpper", F::Upper, "text.upper()", TEXT_TO_TEXT),
    ("decimal", F::Decimal, "decimal(number or text), such as decimal('1.50')", &[
        "(decimal) -> decimal", "(int) -> decimal", "(uint) -> decimal", "(string) -> decimal", "(double) -> decimal",
    ]),
    ("date", F::Date, "date(text), such as date('2026-01-31')", &[
        "(string) -> date", "(date) -> date", "(timestamp) -> date", "(timestamp, string) -> date",
    ]),
    ("id", F::Id, "id(text), such as id('01890a5d-ac96-774b-bcce-b302099a8057')", &["(string) -> id"]),
    ("days", F::Days, "days(whole number)", &["(int) -> period"]),
    ("months", F::Months, "months(whole number)", &["(int) -> period"]),
    ("years", F::Years, "years(whole number)", &["(int) -> period"]),
    ("hours", F::Hours, "hours(whole number)", &["(int) -> duration"]),
    ("minutes", F::Minutes, "minutes(whole number)", &["(int) -> duration"]),
    ("year", F::Year, "date.year()", &["date () -> int"]),
    ("month", F::Month, "date.month(), 1 to 12", &["date () -> int"]),
    ("day", F::Day, "date.day(), 1 to 31", &["date () -> int"]),
    ("round", F::Round, "round(decimal, digits)", &["(decimal, int) -> decimal"]),
    ("abs", F::Absolute, "abs(number)", &[
        "(int) -> int", "(uint) -> uint", "(double) -> double", "(decimal) -> decimal",
    ]),
];
