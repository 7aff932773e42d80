//! The entry conditions of stages: rules on one opportunity.

use super::cache::{CheckedRule, RuleCache};
use super::one::added_to;
use super::subject::RuleSubject;
use crate::customer::CustomerFacts;
use crate::door::Door;
use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::sales::Opportunity;
use clientela_model::Why;
use clientela_rules::Reveal;

/// What came of a rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RuleOutcome {
    pub(crate) holds: bool,
    pub(crate) why: Why,
}

/// Checks the entry condition of a stage.
pub(crate) fn check_opportunity_rule(door: &Door<'_, '_>, rule: &str) -> Result<()> {
    door.rules().compiled(door.view().reader, rule, RuleSubject::Opportunity)?;
    Ok(())
}

/// Runs the entry condition of a stage for an opportunity.
pub(crate) fn on_opportunity(
    rules: &RuleCache,
    view: &View<'_>,
    rule: &str,
    opportunity: &Opportunity,
    today: NaiveDate,
) -> Result<RuleOutcome> {
    let CheckedRule { rule, vocabulary } = rules.compiled(view.reader, rule, RuleSubject::Opportunity)?;
    let of_customer = rule.reads().iter().any(|path| path.text.starts_with("customer"));
    let customer =
        of_customer.then(|| CustomerFacts::read(view, opportunity.customer, rule.reads())).transpose()?;
    let customer = customer.as_ref().map(CustomerFacts::as_core);
    let facts =
        vocabulary.opportunity_facts(opportunity, &added_to(view, opportunity)?, customer.as_ref(), today)?;
    let verdict = rule.evaluate(&facts, Reveal::NONE);
    Ok(RuleOutcome { holds: verdict.holds(), why: verdict.why })
}
