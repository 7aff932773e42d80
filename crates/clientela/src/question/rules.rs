//! A rule read back as a sentence, with what it may cost; and what a rule set says of one record.

use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::rule_sets::RuleSetSubject;
use crate::rules::{RuleSubject, vocabulary};
use crate::session::Session;
use chrono::NaiveDate;
use clientela_model::Why;
use clientela_rules::limits::STEPS_MAX;
use clientela_rules::sentence::Sentences;
use serde::{Deserialize, Serialize};

/// What a rule says, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSentenceOf {
    /// The rule.
    pub rule: String,
    /// What it is about.
    pub about: RuleSubject,
    /// ISO 639-1 code of the language, `en` or `it`; English when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A rule in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleSentence {
    /// The sentence, without a capital and a full stop. What has no words stands as it is written.
    pub sentence: String,
    /// The conditions of which all must hold, as they are written; else the whole rule.
    pub conditions: Vec<String>,
    /// The steps one decision takes at most where each list has fifty entries.
    pub estimated_steps: u64,
    /// The steps no decision may take more than.
    pub most_steps: u64,
}

pub(super) fn sentence(session: &Session, asked: &RuleSentenceOf) -> Result<RuleSentence> {
    let sentences = match asked.language.as_deref() {
        None | Some("en") => Sentences::english(),
        Some("it") => Sentences::italian(),
        Some(_) => {
            let problem = "rules have no words in this language".to_owned();
            return Err(CrmError::Argument { field: "language", problem, hint: "en or it" }.into());
        }
    };
    let rule = session.rule(&asked.rule, asked.about)?;
    let known = session.look(|view| vocabulary(view.reader))?;
    let sentence = known.labelled(sentences).tell(&asked.rule, asked.about.environment_in(&known))?;
    Ok(RuleSentence {
        sentence,
        conditions: rule.conjuncts(),
        estimated_steps: rule.estimated_steps(),
        most_steps: STEPS_MAX,
    })
}

/// What the version of a rule set that holds on a day says of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetVerdictOf {
    /// Name of the rule set, without a version.
    pub rule_set: String,
    /// What the key names.
    pub about: RuleSubject,
    /// Number or id of the record.
    pub key: Key,
    /// The day, which is also the rule's today; today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Whether the reason says of every row why it did not apply.
    #[serde(default)]
    pub passed_over: bool,
}

/// What a rule set said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleSetVerdict {
    /// The version that was asked, such as `visit_interval/3`.
    pub rule_set: String,
    /// `value`, `values` where all rows that apply answer, `no_match`, or `unknown`.
    pub outcome: &'static str,
    /// The answers as text: one for `value`.
    pub values: Vec<String>,
    /// Why.
    pub why: Why,
}

pub(super) fn verdict(session: &Session, asked: &RuleSetVerdictOf) -> Result<RuleSetVerdict> {
    let subject = RuleSetSubject::of(asked.about, asked.key.clone());
    let answer = session.evaluate_rule_set(&asked.rule_set, &subject, asked.on, asked.passed_over)?;
    let values = answer.decided.values().iter().map(ToString::to_string).collect();
    let outcome = answer.decided.outcome();
    Ok(RuleSetVerdict { rule_set: answer.rule_set, outcome, values, why: answer.why })
}
