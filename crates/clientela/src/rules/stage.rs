//! Rules that decide about one opportunity: conditions of stages, of approvals, of price rules and proposals.
//!
//! What decides is the same whoever asks: the customer and all that belongs to him are read whole. What is told is the asker's: of a
//! customer he does not see, or sees in part, he is told which condition failed and not what it saw.

use super::cache::{CheckedRule, RuleCache};
use super::one::added_to;
use super::subject::RuleSubject;
use crate::customer::CustomerFacts;
use crate::door::Door;
use crate::error::Result;
use crate::view::View;
use clientela_core::rules_environment::AsOf;
use clientela_core::sales::Opportunity;
use clientela_model::Why;
use clientela_rules::Reveal;

/// What came of a rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RuleOutcome {
    pub(crate) holds: bool,
    pub(crate) why: Why,
}

/// Checks a condition over `opportunity`, `customer`, `today` and `now`.
pub(crate) fn check_opportunity_rule(door: &Door<'_, '_>, rule: &str) -> Result<()> {
    door.rules().compiled(door.view().reader, rule, RuleSubject::Opportunity)?;
    Ok(())
}

/// Runs a condition for an opportunity: decided on everything there is, told as far as the view reaches.
pub(crate) fn on_opportunity(
    rules: &RuleCache,
    view: &View<'_>,
    rule: &str,
    opportunity: &Opportunity,
    as_of: impl Into<AsOf>,
) -> Result<RuleOutcome> {
    let CheckedRule { rule, vocabulary } = rules.compiled(view.reader, rule, RuleSubject::Opportunity)?;
    let whole = view.whole();
    // What a question has read of it has fields taken out.
    let unmasked = view.masks.then(|| whole.get::<Opportunity>(opportunity.id)).transpose()?;
    let opportunity = unmasked.as_ref().map_or(opportunity, |stored| &stored.record);
    let of_customer = rule.reads().iter().any(|path| path.text.starts_with("customer"));
    let customer =
        of_customer.then(|| CustomerFacts::read(&whole, opportunity.customer, rule.reads())).transpose()?;
    let sees_all = match &customer {
        Some(known) => known.is_seen(view, rule.reads())?,
        None => true,
    };
    let customer = customer.as_ref().map(CustomerFacts::as_core);
    let added = added_to(&whole, opportunity)?;
    let facts = vocabulary.opportunity_facts(opportunity, &added, customer.as_ref(), as_of)?;
    let verdict = rule.evaluate(&facts, Reveal::NONE);
    let (holds, why) = (verdict.holds(), verdict.why);
    Ok(RuleOutcome { holds, why: if sees_all { why } else { conditions_alone(why) } })
}

/// The reason of a rule without what it saw.
pub(crate) fn conditions_alone(mut why: Why) -> Why {
    why.facts.retain(|fact| matches!(&*fact.name, "condition" | "outcome" | "unknown"));
    why.because = why.because.into_iter().map(conditions_alone).collect();
    why
}
