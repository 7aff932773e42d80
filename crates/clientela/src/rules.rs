//! Rules over stored records: checked when saved, run for one record.

use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::rules_environment as environment;
use clientela_core::sales::Opportunity;
use clientela_model::Why;
use clientela_rules::{CelEngine, Reveal, RuleEngine};

/// What came of a rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RuleOutcome {
    pub(crate) holds: bool,
    pub(crate) why: Why,
}

/// Checks the entry condition of a stage.
pub(crate) fn check_opportunity_rule(rule: &str) -> Result<()> {
    CelEngine.compile(rule, environment::of_opportunity())?;
    Ok(())
}

/// Runs the entry condition of a stage for an opportunity.
pub(crate) fn on_opportunity(
    view: &View<'_>,
    rule: &str,
    opportunity: &Opportunity,
    today: NaiveDate,
) -> Result<RuleOutcome> {
    let declared = environment::of_opportunity();
    let rule = CelEngine.compile(rule, declared)?;
    let customer = crate::customer::CustomerFacts::read(view, opportunity.customer)?;
    let facts = environment::opportunity_facts(opportunity, &customer.as_core(), today)?;
    let verdict = rule.evaluate(&facts, Reveal::NONE);
    Ok(RuleOutcome { holds: verdict.holds(), why: verdict.why })
}
