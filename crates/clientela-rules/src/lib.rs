//! Rules of the business in CEL, the Common Expression Language: checked when saved, explained when run.
//!
//! | to do | use |
//! | --- | --- |
//! | say what rules may speak of | [`Environment`], [`RecordType`], [`Type`] |
//! | check a rule | [`RuleEngine::compile`] of [`CelEngine`]; [`RuleErrors`] lists all findings with places and hints |
//! | give it values | [`Bindings`], [`Row`], [`Datum`] |
//! | ask it | [`Rule::evaluate`] for outcome and reason, [`Rule::decide`] for the outcome alone |
//! | know what it reads | [`Rule::reads`] |
//! | keep many rules in one document, and decision tables | [`ruleset::RuleSet`] |
//! | know whether it can hold at all | [`ruleset::holds()`] |
//! | read it back as a sentence | [`sentence::Sentences`] |
//! | know what it may cost | [`cost::estimate`] |
//! | run it in an evaluator of one's own | [`plan::Plan`] |
//!
//! # The language
//! CEL as specified by <https://github.com/cel-expr/cel-spec>, with its libraries for texts, mathematics, optionals, bindings
//! and two-variable loops. Added, by the extension points the specification has for it:
//!
//! - **Exact decimals.** Amounts and rates are of the type `decimal`; a number written beside one, as in
//!   `total.amount >= 50000.00`, is that decimal, and a whole number becomes one. Doubles are for what is no money: a double and
//!   a decimal meet only through `decimal(x)` or `double(x)`. Division of decimals keeps 28 digits; `round(x, 2)` rounds.
//! - **Dates.** `date('2026-01-31')` is a day; `today - years(3)` is a day too; `date - date` is in days. `today`
//!   and `now` are variables that the caller sets: a rule has no clock, and what asks for one that was not set is unknown. `year()`, `month()` and `day()` count from 1, where CEL's
//!   `getMonth()` of an instant counts from 0. `date(instant)` is the day of an instant in UTC, `date(instant, 'Europe/Rome')`
//!   that in a time zone, and `timestamp(date)` the first instant of a day in UTC.
//! - **Lists** have `sum()`, `min()`, `max()`, `avg()` and `count()`. The sum of amounts of money is one; it is unknown when they are in
//!   several currencies.
//! - **Records** are declared: a field that does not exist, or a text that is no word of a closed list, is found when the rule
//!   is saved.
//!
//! # What is missing
//! As in CEL, `null` is a value: `x == null` asks for it, `null == 'A'` is false and **`null != 'A'` is true**. To order, to
//! compute with, or to call a function on null is an error. `&&`, `||`, `all` and `exists` look past an error when the rest
//! decides. A rule that ends in an error, or in null, is [unknown](Outcome::Unknown), which counts as no; its reason names what
//! was missing. A field of a record that is not there is null.
//!
//! Messages are not built, and of protocol buffers only `Timestamp`, `Duration` and the wrapper types exist.
//!
//! Bounds are in [`limits`]. This crate knows no store and no business word.
#![forbid(unsafe_code)]

mod check;
pub mod cost;
mod datum;
mod engine;
mod environment;
mod error;
mod evaluate;
mod explain;
mod facts;
mod functions;
mod lexer;
pub mod limits;
mod nearest;
mod parser;
pub mod plan;
mod program;
pub mod ruleset;
pub mod sentence;
mod signature;
mod steps;
mod syntax;
mod types;
mod zone;

pub use datum::{Datum, Map, Period, Row};
pub use engine::{CelEngine, Outcome, Path, Reveal, Rule, RuleEngine, Verdict};
pub use environment::Environment;
pub use error::{FactError, RuleError, RuleErrors};
pub use explain::WITHHELD;
pub use facts::{Bindings, Facts};
pub use signature::Signature;
pub use types::{FieldType, RecordType, Type};
