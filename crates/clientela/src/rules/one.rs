//! A rule asked of one record, as one session sees it.

use super::{RuleSubject, StoreRule};
use crate::customer::CustomerFacts;
use crate::error::{CrmError, Result};
use crate::lead_scoring::{answers_of, of_lead};
use crate::view::View;
use clientela_core::custom::OpportunityCustomValue;
use clientela_core::leads::Lead;
use clientela_core::party::Customer;
use clientela_core::rules_environment::AsOf;
use clientela_core::sales::Opportunity;
use clientela_model::{EntityId, Predicate, Value};
use clientela_rules::{Path, Reveal, Verdict};

/// What reasons may show to whoever sees the record.
pub(crate) fn reveal(view: &View<'_>, customer: &Customer) -> Reveal {
    Reveal { personal: true, confidential: view.reads_confidential(customer) }
}

/// Whether a list of the customer is read; no other list is fetched.
pub(crate) fn reads_list(reads: &[Path], list: &str) -> bool {
    let of = |path: &str| {
        path == "customer" || path.strip_prefix("customer.").is_some_and(|rest| rest.starts_with(list))
    };
    reads.iter().any(|path| of(&path.text))
}

/// The values of the fields added to one opportunity.
pub(crate) fn added_to(view: &View<'_>, opportunity: &Opportunity) -> Result<Vec<OpportunityCustomValue>> {
    view.records(&Predicate::equals("opportunity", Value::Id(opportunity.id.uuid())))
}

/// What a rule says of the record of that id or number.
pub(super) fn verdict(
    view: &View<'_>,
    rule: &StoreRule,
    key: &str,
    as_of: AsOf,
    revealing: bool,
) -> Result<Verdict> {
    let (compiled, known) = (&*rule.rule, &rule.vocabulary);
    let (facts, opportunity) = match rule.about {
        RuleSubject::Lead => {
            let lead = view.resolve::<Lead>(key)?.record;
            let answers = answers_of(view, lead.id)?;
            let facts = known.lead_facts(&lead, &answers, &view.records(&of_lead(lead.id))?, as_of)?;
            return Ok(compiled.evaluate(&facts, Reveal { personal: revealing, confidential: false }));
        }
        RuleSubject::Customer => {
            let customer = view.resolve::<Customer>(key)?.record;
            (Some(CustomerFacts::of(view, customer, compiled.reads())?), None)
        }
        RuleSubject::Opportunity => {
            let opportunity = view.resolve::<Opportunity>(key)?.record;
            (CustomerFacts::if_seen(view, opportunity.customer, compiled.reads())?, Some(opportunity))
        }
    };
    let reveal = match &facts {
        Some(facts) if revealing => reveal(view, &facts.customer),
        _ => Reveal { personal: revealing, confidential: false },
    };
    let core = facts.as_ref().map(CustomerFacts::as_core);
    let bindings = match (&opportunity, &core) {
        (Some(opportunity), core) => {
            known.opportunity_facts(opportunity, &added_to(view, opportunity)?, core.as_ref(), as_of)?
        }
        (None, Some(core)) => known.customer_facts(core, as_of)?,
        (None, None) => return Err(CrmError::Internal { what: "a rule is about something" }.into()),
    };
    Ok(compiled.evaluate(&bindings, reveal))
}
