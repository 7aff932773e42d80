//! The door to the rule layer: compile once, evaluate often. Another engine may stand behind it.

use crate::check;
use crate::datum::Datum;
use crate::environment::Environment;
use crate::error::RuleErrors;
use crate::evaluate::Evaluation;
use crate::explain;
use crate::facts::Facts;
use crate::parser;
use crate::plan::{Expression, FactsSource, Plan};
use crate::program::{Kind, Node, Program};
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
    /// Its conditions as they are written, where all of them must hold; else the whole rule.
    fn conjuncts(&self) -> Vec<String>;
    /// What evaluators run.
    fn plan(&self) -> &Plan;
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

impl CelEngine {
    /// Takes a rule that parses without checking names and types: what does not exist or does not fit makes it unknown
    /// when it runs. For expressions of other CEL programs; rules of the business are compiled.
    ///
    /// # Errors
    /// Where the text is not an expression.
    pub fn compile_unchecked(
        &self,
        source: &str,
        environment: &Environment,
    ) -> Result<Arc<dyn Rule>, RuleErrors> {
        let tree = parser::parse(source).map_err(|problem| RuleErrors::new(source, vec![*problem]))?;
        let program = check::unchecked(source, &tree, environment)
            .map_err(|problems| RuleErrors::new(source, problems))?;
        Ok(Arc::new(Compiled::new(program)))
    }
}

impl RuleEngine for CelEngine {
    fn compile(&self, source: &str, environment: &Environment) -> Result<Arc<dyn Rule>, RuleErrors> {
        Ok(Arc::new(Compiled::new(checked(source, environment)?)))
    }
}

/// The checked tree of a rule, for what looks at rules and does not run them.
pub(crate) fn checked(source: &str, environment: &Environment) -> Result<Program, RuleErrors> {
    let tree = parser::parse(source).map_err(|problem| RuleErrors::new(source, vec![*problem]))?;
    check::check(source, &tree, environment).map_err(|problems| RuleErrors::new(source, problems))
}

/// A checked rule with its plan.
#[derive(Debug)]
pub(crate) struct Compiled {
    program: Program,
    plan: Plan,
}

impl Compiled {
    pub(crate) fn new(program: Program) -> Self {
        let plan = Plan::of(&program);
        Self { program, plan }
    }

    /// The checked tree.
    pub(crate) const fn program(&self) -> &Program {
        &self.program
    }

    /// The outcome by its plan, if it is a condition and its facts lie ready.
    fn planned(&self, facts: &dyn Facts) -> Option<Outcome> {
        if !matches!(self.plan.root, Expression::Condition(_)) {
            return None;
        }
        let source = FactsSource::new(&self.plan, facts)?;
        let outcome = match self.plan.decide(&source) {
            Some(true) => Outcome::True,
            Some(false) => Outcome::False,
            None => Outcome::Unknown,
        };
        source.exact().then_some(outcome)
    }
}

impl Rule for Compiled {
    fn source(&self) -> &str {
        &self.program.source
    }

    fn result_type(&self) -> &Type {
        &self.program.root.ty
    }

    fn reads(&self) -> &[Path] {
        &self.program.reads
    }

    fn conjuncts(&self) -> Vec<String> {
        let text = |node: &Node| node.span.of(&self.program.source).to_owned();
        match &self.program.root.kind {
            Kind::All(parts) => parts.iter().map(text).collect(),
            _ => vec![self.program.source.clone()],
        }
    }

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn decide(&self, facts: &dyn Facts) -> Outcome {
        if self.plan.exceeds(facts) {
            return Outcome::Unknown;
        }
        self.planned(facts).unwrap_or_else(|| {
            let mut evaluation = Evaluation::new(facts);
            let value = evaluation.whole(&self.program.root);
            evaluation.outcome(value)
        })
    }

    fn evaluate(&self, facts: &dyn Facts, reveal: Reveal) -> Verdict {
        explain::verdict(&self.program, self.plan.exceeds(facts), facts, reveal)
    }
}
