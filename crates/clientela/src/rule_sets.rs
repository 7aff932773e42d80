//! Rule sets over stored records: the version that holds, and what it says of a customer or an opportunity.

use crate::command::Key;
use crate::customer::CustomerFacts;
use crate::error::{CrmError, Result};
use crate::lead_scoring::{answers_of, of_lead};
use crate::rules::{RuleSubject, added_to, reveal, vocabulary};
use crate::session::Session;
use crate::view::{View, not_found};
use chrono::NaiveDate;
use clientela_core::ids::CustomerId;
use clientela_core::leads::Lead;
use clientela_core::party::Customer;
use clientela_core::rules::{RuleSet, holding};
use clientela_core::rules_environment::{AsOf, Vocabulary};
use clientela_core::sales::Opportunity;
use clientela_model::{EntityId, Predicate, Record, Value, Why};
use clientela_rules::ruleset::{self, Decided, Explain};
use clientela_rules::{Datum, Reveal};
use std::borrow::Cow;
use std::sync::Arc;

/// A version of a rule set as it is stored, read and ready to run.
#[derive(Debug)]
pub struct StoredRuleSet {
    /// The record.
    pub record: RuleSet,
    /// The document, read; the same as long as neither it nor the added fields change.
    pub rules: Arc<ruleset::RuleSet>,
    /// What it was read with: facts for it are made with the same.
    pub(crate) vocabulary: Vocabulary,
}

/// Of whom a rule set is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleSetSubject {
    /// The customer of this number.
    Customer(Key),
    /// The opportunity of this number, with its customer.
    Opportunity(Key),
    /// The lead of this number, with the answers about it.
    Lead(Key),
}

impl RuleSetSubject {
    /// The record of this number, of which rules of that kind speak.
    #[must_use]
    pub fn of(about: RuleSubject, key: impl Into<Key>) -> Self {
        match about {
            RuleSubject::Customer => Self::Customer(key.into()),
            RuleSubject::Opportunity => Self::Opportunity(key.into()),
            RuleSubject::Lead => Self::Lead(key.into()),
        }
    }
}

/// What a rule set said.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSetAnswer {
    /// The version that was asked, such as visit_interval/3.
    pub rule_set: String,
    /// The answer.
    pub decided: Decided,
    /// Why.
    pub why: Why,
}

impl Session {
    /// The version of a rule set that holds on a day; today when none is given.
    ///
    /// # Errors
    /// `record.not_found` when there is no rule set of that name, or no version that holds that day.
    pub fn rule_set(&self, name: &str, on: Option<NaiveDate>) -> Result<StoredRuleSet> {
        let day = on.unwrap_or_else(|| self.today());
        self.look(|view| stored(&view, name, day))
    }

    /// What the version that holds on a day says of a customer, an opportunity or a lead, as far as this session sees them. The day
    /// is also the rule's `today`; `now` is known only where no day is given. With `passed_over` the reason says of every row why it did not apply.
    ///
    /// # Errors
    /// `record.not_found` for the rule set or the record; `argument.invalid` when a rule set on
    /// opportunities is asked of a customer.
    pub fn evaluate_rule_set(
        &self,
        name: &str,
        subject: &RuleSetSubject,
        on: Option<NaiveDate>,
        passed_over: bool,
    ) -> Result<RuleSetAnswer> {
        let as_of = on.map_or_else(|| self.asked_at(), AsOf::from);
        self.look(|view| {
            let StoredRuleSet { record, rules, vocabulary } = stored(&view, name, as_of.today)?;
            let (customer, opportunity) = match subject {
                RuleSetSubject::Customer(key) => (view.resolve::<Customer>(key)?.record.id, None),
                RuleSetSubject::Opportunity(key) => {
                    let opportunity = view.resolve::<Opportunity>(key)?.record;
                    (opportunity.customer, Some(opportunity))
                }
                RuleSetSubject::Lead(key) => {
                    let lead = view.resolve::<Lead>(key)?.record;
                    speaks_of(&rules, "lead", "subject")?;
                    let facts = vocabulary.lead_facts(
                        &lead,
                        &answers_of(&view, lead.id)?,
                        &view.records(&of_lead(lead.id))?,
                        as_of,
                    )?;
                    let reveal = Reveal { personal: true, confidential: false };
                    let decision = rules.evaluate(&facts, Explain { reveal, passed_over });
                    let (decided, why) = (decision.decided, decision.why);
                    return Ok(RuleSetAnswer { rule_set: record.code, decided, why });
                }
            };
            let facts = CustomerFacts::read(&view, customer, rules.reads())?;
            let explain = Explain { reveal: reveal(&view, &facts.customer), passed_over };
            let facts = match &opportunity {
                Some(opportunity) if rules.environment() == "opportunity" => vocabulary.opportunity_facts(
                    opportunity,
                    &added_to(&view, opportunity)?,
                    Some(&facts.as_core()),
                    as_of,
                )?,
                _ => {
                    speaks_of(&rules, "customer", "subject")?;
                    vocabulary.customer_facts(&facts.as_core(), as_of)?
                }
            };
            let decision = rules.evaluate(&facts, explain);
            Ok(RuleSetAnswer { rule_set: record.code, decided: decision.decided, why: decision.why })
        })
    }
}

pub(crate) fn stored(view: &View<'_>, name: &str, day: NaiveDate) -> Result<StoredRuleSet> {
    let named = Predicate::equals("name", Value::Text(Cow::Owned(name.to_owned())));
    let versions: Vec<RuleSet> = view.records(&named)?;
    let record = holding(&versions, day).ok_or_else(|| not_found(RuleSet::ENTITY, name))?.clone();
    let vocabulary = vocabulary(view.reader)?;
    let rules = view.rules.rule_set(record.id.uuid(), &record.document, &vocabulary)?;
    Ok(StoredRuleSet { record, rules, vocabulary })
}

/// Refuses a rule set that speaks of something else than it is asked of.
pub(crate) fn speaks_of(rules: &ruleset::RuleSet, wanted: &'static str, field: &'static str) -> Result<()> {
    if rules.environment() == wanted {
        return Ok(());
    }
    let problem = format!("speaks of {}, and is asked of {wanted}", rules.environment());
    let hint = "name a rule set that speaks of what it is asked of, or give that";
    Err(CrmError::Argument { field, problem, hint }.into())
}

/// What a rule set on customers says of one, as a word, with its reason; none when no row applies or it cannot be told.
pub(crate) fn decided_word(
    view: &View<'_>,
    set: &StoredRuleSet,
    customer: CustomerId,
    day: NaiveDate,
) -> Result<(Option<String>, Why)> {
    let facts = CustomerFacts::read(view, customer, set.rules.reads())?;
    decided_of(view, set, &facts, day)
}

/// The same of a customer whose facts were read.
pub(crate) fn decided_of(
    view: &View<'_>,
    set: &StoredRuleSet,
    facts: &CustomerFacts,
    day: NaiveDate,
) -> Result<(Option<String>, Why)> {
    let rules = &set.rules;
    speaks_of(rules, "customer", "rule_set")?;
    let bindings = set.vocabulary.customer_facts(&facts.as_core(), day)?;
    let explain = Explain { reveal: reveal(view, &facts.customer), passed_over: false };
    let decision = rules.evaluate(&bindings, explain);
    let word = match decision.decided {
        Decided::Value(Datum::Text(word)) => Some(word.to_string()),
        Decided::Value(value) => Some(value.to_string()),
        Decided::NoMatch | Decided::Unknown | Decided::Values(_) => None,
    };
    Ok((word, decision.why))
}
