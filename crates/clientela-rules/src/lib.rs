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
//!
//! # The language
//! CEL as specified by <https://github.com/cel-expr/cel-spec>, with these differences, all of them so that money is exact
//! and a mistake is found when the rule is saved:
//!
//! - Numbers are whole numbers and **exact decimals**; there are no floats, so `0.1 + 0.2 == 0.3`. Whole numbers become
//!   decimals where the other side is one. Division of decimals keeps 28 digits.
//! - **Missing values are unknown.** Comparing or computing with `null` is unknown; `&&` and `||` look past an unknown side
//!   when the other decides; a rule that is unknown does not hold. Ask with `x == null`, `x != null` or `has(r.x)`.
//!   (In CEL `null != 'A'` is true.)
//! - `date('2026-01-31')` is a day; `today - years(3)` is a day too; `date - date` is in days. `today` and `now` are
//!   variables that the caller sets: a rule has no clock.
//! - Lists have `sum()`, `min()`, `max()`, `count()` besides `exists`, `all`, `exists_one`, `filter` and `map`.
//! - A text compared with a closed list must be one of its words.
//! - Maps, messages, bytes, unsigned numbers and types as values do not exist.
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
mod program;
pub mod ruleset;
pub mod sentence;
mod syntax;
mod types;

pub use datum::{Datum, Period, Row};
pub use engine::{CelEngine, Outcome, Path, Reveal, Rule, RuleEngine, Verdict};
pub use environment::Environment;
pub use error::{FactError, RuleError, RuleErrors};
pub use facts::{Bindings, Facts};
pub use types::{FieldType, RecordType, Type};
