//! A rule asked of one record, as one session sees it.

use super::{RuleSubject, StoreRule};
use crate::customer::CustomerFacts;
use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::party::{Customer, Relationship};
use clientela_core::rules_environment as environment;
use clientela_core::sales::Opportunity;
use clientela_rules::{Reveal, Rule, Verdict};

/// What reasons may show to whoever sees the whole record.
pub(crate) fn reveal(view: &View<'_>) -> Reveal {
    Reveal { personal: true, confidential: view.reads_confidential::<Relationship>() }
}

/// Whether a rule reads a list of the customer; no other list is fetched.
pub(crate) fn reads_list(rule: &dyn Rule, list: &str) -> bool {
    let of = |path: &str| {
        path == "customer" || path.strip_prefix("customer.").is_some_and(|rest| rest.starts_with(list))
    };
    rule.reads().iter().any(|path| of(&path.text))
}

/// What a rule says of the record of that id or number.
pub(super) fn verdict(
    view: &View<'_>,
    rule: &StoreRule,
    key: &str,
    today: NaiveDate,
    revealing: bool,
) -> Result<Verdict> {
    let reveal = if revealing { reveal(view) } else { Reveal::NONE };
    let compiled = &*rule.rule;
    let facts = match rule.about {
        RuleSubject::Customer => {
            let customer = view.resolve::<Customer>(key)?.record;
            let facts = CustomerFacts::of(view, customer, compiled)?;
            environment::customer_facts(&facts.as_core(), today)?
        }
        RuleSubject::Opportunity => {
            let opportunity = view.resolve::<Opportunity>(key)?.record;
            let facts = CustomerFacts::if_seen(view, opportunity.customer, compiled)?;
            environment::opportunity_facts(
                &opportunity,
                facts.as_ref().map(CustomerFacts::as_core).as_ref(),
                today,
            )?
        }
    };
    Ok(compiled.evaluate(&facts, reveal))
}
