//! Rule sets: conditions with outputs, in a document a person edits.
//!
//! A rule set is a YAML or JSON document after the CEL Policy format of the CEL project
//! (<https://github.com/google/cel-go/tree/master/policy>): named formulas, rows of condition and output, the first row
//! that applies or all of them, and decision tables after DMN. It is checked when it is read, with all findings at their
//! places in the document; its own test cases run then, too. `docs/rules.md` is the page for whoever writes one.
//!
//! Where it differs from CEL Policy: variables go by their bare name and not by `variables.name`; `value` gives a literal
//! beside `output`, which is an expression; `otherwise` stands for a last row without a condition; `reason` is text with
//! figures in braces, or a key; a condition that is unknown does not apply.
//!
//! ```
//! use clientela_rules::ruleset::{Decided, Explain, RuleSet};
//! use clientela_rules::{Bindings, Environment, FieldType, RecordType, Row, Type};
//! use std::sync::Arc;
//! let customer = Arc::new(
//!     RecordType::new("customer")
//!         .with(FieldType::new("score", Type::Int.or_null()))
//!         .with(FieldType::new("segment", Type::words(&["A", "B", "C"]))),
//! );
//! let environment = Environment::new().variable("customer", Type::Record(Arc::clone(&customer)));
//! let set = RuleSet::read(
//!     r#"
//! name: visit_interval
//! version: 1
//! environment: customer
//! rule:
//!   variables:
//!     - name: important
//!       expression: customer.score >= 60 || customer.segment == 'A'
//!   match:
//!     - condition: important
//!       value: 30
//!       reason: score {customer.score}, segment {customer.segment}
//!     - condition: customer.segment == 'B'
//!       value: 90
//!   otherwise: {value: 180}
//! tests:
//!   - name: a high score
//!     input: {customer: {score: 72, segment: C}}
//!     value: 30
//!     reason: score 72, segment C
//! "#,
//!     &[("customer", &environment)],
//! )?;
//! let facts = Bindings::new(&environment)
//!     .with("customer", Row::new(&customer).with("score", 10_i64)?.with("segment", "B")?)?;
//! let decision = set.evaluate(&facts, Explain::default());
//! assert_eq!(decision.decided, Decided::Value(90_i64.into()));
//! assert_eq!(decision.why.value("row"), Some("2"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bridge;
mod cases;
mod compile;
mod evaluate;
mod flat;
mod header;
mod holds;
pub mod limits;
mod model;
mod outputs;
mod report;
mod table;
mod value;
mod yaml;

pub use self::flat::FlatRow;
pub use self::holds::{Holds, holds};
pub use self::report::RuleSetErrors;

use self::model::{Block, Variable};
use crate::datum::Datum;
use crate::engine::{CelEngine, Path, Reveal, RuleEngine};
use crate::environment::Environment;
use crate::error::RuleError;
use crate::facts::Facts;
use crate::types::Type;
use chrono::NaiveDate;
use clientela_model::Why;

/// A rule set that was checked and whose test cases hold.
#[derive(Debug)]
pub struct RuleSet {
    name: String,
    description: String,
    version: u32,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    environment: String,
    /// The type of one output.
    output: Type,
    /// The type of the answer: a list where several rows may answer.
    result: Type,
    variables: Vec<Variable>,
    block: Block,
    reads: Vec<Path>,
    warnings: Vec<RuleError>,
}

/// The answer of a rule set.
#[derive(Debug, Clone, PartialEq)]
pub enum Decided {
    /// No row applies, and nothing holds otherwise.
    NoMatch,
    /// A row applies but its output cannot be told, or several rows apply where only one may.
    Unknown,
    /// The output.
    Value(Datum),
    /// The outputs of all rows that apply, in their order.
    Values(Vec<Datum>),
}

impl Decided {
    /// What kind of answer it is, in a word.
    #[must_use]
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::NoMatch => "no_match",
            Self::Unknown => "unknown",
            Self::Value(_) => "value",
            Self::Values(_) => "values",
        }
    }

    /// The outputs: none, one, or those of all rows that apply.
    #[must_use]
    pub fn values(&self) -> &[Datum] {
        match self {
            Self::NoMatch | Self::Unknown => &[],
            Self::Value(value) => std::slice::from_ref(value),
            Self::Values(values) => values,
        }
    }
}

/// Answer and reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The answer.
    pub decided: Decided,
    /// Why: `rule_set.decided`.
    ///
    /// | reason | facts |
    /// | --- | --- |
    /// | `rule_set.decided` | `rule_set`, `version`, `outcome`; beneath: the rows |
    /// | `rule_set.row`, `rule_set.otherwise` | `row`, `line` of the document, `output`; beneath: its reason, its conditions with the values seen |
    /// | `rule_set.reason` | `reason`, as the row words it; a row with a key has a reason of that key |
    /// | `rule_set.variable` | `name`; beneath: how its value came about |
    /// | `rule_set.undecided` | a row that does not apply only because something is missing |
    /// | `rule_set.passed_over` | a row that does not apply, when that is asked for |
    pub why: Why,
}

/// What a decision is to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Explain {
    /// What values may be shown.
    pub reveal: Reveal,
    /// Whether to say why each row above did not apply.
    pub passed_over: bool,
}

impl RuleSet {
    /// Reads and checks a document, and runs its test cases. `environments` are what rule sets may speak of, by name.
    ///
    /// # Errors
    /// All that is wrong with it, with places in the document: `rule_set.invalid`.
    pub fn read(document: &str, environments: &[(&str, &Environment)]) -> Result<Self, RuleSetErrors> {
        Self::read_with(&CelEngine, document, environments)
    }

    /// The same with another engine for the expressions.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with(
        engine: &dyn RuleEngine,
        document: &str,
        environments: &[(&str, &Environment)],
    ) -> Result<Self, RuleSetErrors> {
        header::read(engine, document, environments)
    }

    /// Its answer for one record.
    #[must_use]
    pub fn decide(&self, facts: &dyn Facts) -> Decided {
        evaluate::decide(self, facts)
    }

    /// Its answer for one record, with the reason.
    #[must_use]
    pub fn evaluate(&self, facts: &dyn Facts, explain: Explain) -> Decision {
        evaluate::evaluate(self, facts, explain)
    }

    /// Its name; versions of one rule set share it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Its version, counted from 1.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The first day it holds; none for always.
    #[must_use]
    pub const fn valid_from(&self) -> Option<NaiveDate> {
        self.valid_from
    }

    /// The last day it holds; none for until further notice.
    #[must_use]
    pub const fn valid_until(&self) -> Option<NaiveDate> {
        self.valid_until
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_until.is_none_or(|until| day <= until)
    }

    /// The name of what it speaks of, such as `customer`.
    #[must_use]
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// The type of its answer; a list where several rows may answer.
    #[must_use]
    pub const fn result_type(&self) -> &Type {
        &self.result
    }

    /// The fields it reads, in alphabetical order, through its variables too.
    #[must_use]
    pub fn reads(&self) -> &[Path] {
        &self.reads
    }

    /// What is worth a look but no mistake: gaps, unused variables, conditions nobody satisfies, what was not checked.
    #[must_use]
    pub fn warnings(&self) -> &[RuleError] {
        &self.warnings
    }
}
