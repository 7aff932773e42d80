//! The door to the rule layer: compile once, evaluate often. Another engine may stand behind it.

use crate::check;
use crate::datum::Datum;
use crate::environment::Environment;
use crate::error::RuleErrors;
use crate::evaluate::Evaluation;
use crate::explain;
use crate::facts::Facts;
use crate::parser;
use crate::program::Program;
use crate::types::Type;
use clientela_model::Why;
use std::fmt;
use std::sync::Arc;

/// Turns the text of a rule into a rule.
pub trait RuleEngine: Send + Sync {
    /// Reads and checks a rule. What compiles cannot fail later; it can only be unknown.
    ///
    /// # Errors
    /// All that is wrong with it, with places and hints.
    fn compile(&self, source: &str, environment: &Environment) -> Result<Arc<dyn Rule>, RuleErrors>;
}

/// A rule that was checked.
pub trait Rule: fmt::Debug + Send + Sync {
    /// The text it was compiled from.
    fn source(&self) -> &str;
    /// The type of its value.
    fn result_type(&self) -> &Type;
    /// The fields it reads, in alphabetical order.
    fn reads(&self) -> &[Path];
    /// Its outcome alone, for many records.
    fn decide(&self, facts: &dyn Facts) -> Outcome;
    /// Its outcome with the reason.
    fn evaluate(&self, facts: &dyn Facts, reveal: Reveal) -> Verdict;
}

/// A field that a rule reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// Such as `customer.fleet[].brand`; `[]` stands for every entry of a list.
    pub text: String,
    /// Whether it is personal data.
    pub personal: bool,
    /// Whether it is confidential.
    pub confidential: bool,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Yes.
    True,
    /// No.
    False,
    /// The value of a formula.
    Value(Datum),
    /// It cannot be told, because something is missing or cannot be computed. **Counts as no.**
    Unknown,
}

impl Outcome {
    /// Whether the rule holds. What is unknown does not hold.
    #[must_use]
    pub fn holds(&self) -> bool {
        *self == Self::True
    }
}

/// Outcome and reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What came out.
    pub outcome: Outcome,
    /// Why: `rule.true`, `rule.false`, `rule.unknown` or `rule.value`, and beneath it the conditions that decided.
    ///
    /// | reason | facts |
    /// | --- | --- |
    /// | `rule.all`, `rule.any`, `rule.not`, `rule.choice` | `outcome`; beneath: the parts that decided |
    /// | `rule.some`, `rule.each`, `rule.one` | `condition`, `outcome`, `entries`; beneath: the entry that decided |
    /// | `rule.too_long_to_explain` | stands for all beneath, when explaining would take more steps than a rule may |
    /// | `rule.condition` | `condition`, `outcome`, each value seen, and `unknown` with what could not be told |
    pub why: Why,
}

impl Verdict {
    /// Whether the rule holds. What is unknown does not hold.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.outcome.holds()
    }
}

/// What reasons may show. By default neither personal nor confidential values, only that there are some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reveal {
    /// Show personal data.
    pub personal: bool,
    /// Show confidential figures.
    pub confidential: bool,
}

impl Reveal {
    /// Everything, for somebody who may see the whole record.
    pub const ALL: Self = Self { personal: true, confidential: true };
    /// Neither.
    pub const NONE: Self = Self { personal: false, confidential: false };
}

/// Rules in CEL, evaluated record by record.
///
/// ```
/// use clientela_rules::*;
/// use std::sync::Arc;
/// let customer = Arc::new(RecordType::new("customer").with(FieldType::new("score", Type::Int.or_null())));
/// let environment = Environment::new().variable("customer", Type::Record(Arc::clone(&customer)));
/// let rule = CelEngine.compile("customer.score >= 60", &environment)?;
///
/// let facts = Bindings::new(&environment).with("customer", Row::new(&customer).with("score", 45_i64)?)?;
/// let verdict = rule.evaluate(&facts, Reveal::NONE);
/// assert!(!verdict.holds());
/// assert_eq!(verdict.why.value("customer.score"), Some("45"));
///
/// let wrong = CelEngine.compile("customer.scoer >= 60", &environment).unwrap_err();
/// assert_eq!(wrong.errors()[0].hint.as_deref(), Some("did you mean score?"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct CelEngine;

impl RuleEngine for CelEngine {
    fn compile(&self, source: &str, environment: &Environment) -> Result<Arc<dyn Rule>, RuleErrors> {
        Ok(Arc::new(checked(source, environment)?))
    }
}

/// The checked tree of a rule, for what looks at rules and does not run them.
pub(crate) fn checked(source: &str, environment: &Environment) -> Result<Program, RuleErrors> {
    let tree = parser::parse(source).map_err(|problem| RuleErrors::new(source, vec![*problem]))?;
    check::check(source, &tree, environment).map_err(|problems| RuleErrors::new(source, problems))
}

impl Rule for Program {
    fn source(&self) -> &str {
        &self.source
    }

    fn result_type(&self) -> &Type {
        &self.root.ty
    }

    fn reads(&self) -> &[Path] {
        &self.reads
    }

    fn decide(&self, facts: &dyn Facts) -> Outcome {
        let mut evaluation = Evaluation::new(facts);
        let value = evaluation.known(&self.root);
        evaluation.outcome(value)
    }

    fn evaluate(&self, facts: &dyn Facts, reveal: Reveal) -> Verdict {
        explain::verdict(self, facts, reveal)
    }
}
