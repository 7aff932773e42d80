//! The rule set of the installation, asked of one lead.

use super::policy;
use crate::error::Result;
use crate::rule_sets::{StoredRuleSet, speaks_of, stored};
use crate::view::{View, not_found};
use chrono::NaiveDate;
use clientela_core::custom::LeadCustomValue;
use clientela_core::leads::Lead;
use clientela_core::leads::scoring::{LeadAnswer, RuleScore, ScoringPolicy, of_decided, scored};
use clientela_core::rules::RuleSet;
use clientela_model::{Record, Why};
use clientela_rules::Reveal;
use clientela_rules::ruleset::Explain;

/// The rule set that gives points to leads, with the grades.
pub(crate) struct LeadRules {
    pub(crate) policy: ScoringPolicy,
    pub(crate) set: StoredRuleSet,
    pub(crate) today: NaiveDate,
}

impl LeadRules {
    /// The version that holds on a day; none when the installation has none.
    pub(crate) fn of(view: &View<'_>, today: NaiveDate) -> Result<Option<Self>> {
        let policy = policy(view)?;
        match stored(view, &policy.rule_set, today) {
            Ok(set) => {
                speaks_of(&set.rules, "lead", "rule_set")?;
                Ok(Some(Self { policy, set, today }))
            }
            Err(error) if error.code() == "record.not_found" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The version that holds on a day.
    ///
    /// # Errors
    /// `record.not_found` when the installation has none.
    pub(crate) fn needed(view: &View<'_>, today: NaiveDate) -> Result<Self> {
        match Self::of(view, today)? {
            Some(rules) => Ok(rules),
            None => Err(not_found(RuleSet::ENTITY, &policy(view)?.rule_set)),
        }
    }

    /// What it gives a lead, or why that cannot be told.
    pub(crate) fn score(
        &self,
        lead: &Lead,
        (answers, added): (&[LeadAnswer], &[LeadCustomValue]),
        explain: Explain,
    ) -> Result<(Option<RuleScore>, Why)> {
        let facts = self.set.vocabulary.lead_facts(lead, answers, added, self.today)?;
        let decision = self.set.rules.evaluate(&facts, explain);
        let Some(points) = of_decided(&decision.decided) else { return Ok((None, decision.why)) };
        let (score, grade) = scored(points, &self.policy);
        let mut why = Why::new("lead.scored").fact("points", points).fact("score", score);
        if let Some(grade) = &grade {
            why = why.fact("grade", grade);
        }
        let why = why.because(decision.why);
        let rule_set = self.set.record.code.clone();
        Ok((Some(RuleScore { rule_set, points, score, grade, why: why.clone() }), why))
    }

    /// What reasons show to whoever sees the lead.
    pub(crate) const fn shown(passed_over: bool) -> Explain {
        Explain { reveal: Reveal { personal: true, confidential: false }, passed_over }
    }

    /// What reasons show in a receipt, which is kept.
    pub(crate) const fn kept() -> Explain {
        Explain { reveal: Reveal::NONE, passed_over: false }
    }
}
