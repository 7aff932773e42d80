//! Rules over stored records: checked when saved, run for one record.

use crate::customer::CustomerFacts;
use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::rules_environment as environment;
use clientela_core::sales::Opportunity;
use clientela_model::Why;
use clientela_rules::{CelEngine, Reveal, Rule, RuleEngine};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What came of a rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RuleOutcome {
    pub(crate) holds: bool,
    pub(crate) why: Why,
}

/// Entry conditions of stages, compiled once: an installation has few, and every opportunity that comes to a stage runs its.
#[derive(Debug, Default)]
pub(crate) struct Compiled(Mutex<HashMap<String, Arc<dyn Rule>>>);

/// Rules kept before all are forgotten again.
const COMPILED_MAX: usize = 256;

impl Compiled {
    fn rule(&self, text: &str) -> Result<Arc<dyn Rule>> {
        // A map that another thread left in a panic is whole: it is changed by single calls.
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        if let Some(rule) = known {
            return Ok(rule);
        }
        let rule = CelEngine.compile(text, environment::of_opportunity())?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= COMPILED_MAX {
            kept.clear();
        }
        kept.insert(text.to_owned(), Arc::clone(&rule));
        Ok(rule)
    }
}

/// Checks the entry condition of a stage.
pub(crate) fn check_opportunity_rule(rule: &str) -> Result<()> {
    CelEngine.compile(rule, environment::of_opportunity())?;
    Ok(())
}

/// Runs the entry condition of a stage for an opportunity.
pub(crate) fn on_opportunity(
    view: &View<'_>,
    compiled: &Compiled,
    rule: &str,
    opportunity: &Opportunity,
    today: NaiveDate,
) -> Result<RuleOutcome> {
    let rule = compiled.rule(rule)?;
    let of_customer = rule.reads().iter().any(|path| path.text.starts_with("customer"));
    let customer =
        of_customer.then(|| CustomerFacts::read(view, opportunity.customer, rule.reads())).transpose()?;
    let customer = customer.as_ref().map(CustomerFacts::as_core);
    let facts = environment::opportunity_facts(opportunity, customer.as_ref(), today)?;
    let verdict = rule.evaluate(&facts, Reveal::NONE);
    Ok(RuleOutcome { holds: verdict.holds(), why: verdict.why })
}
