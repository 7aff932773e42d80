//! A rule read back as a sentence, with what it may cost.

use crate::error::{CrmError, Result};
use crate::rules::{RuleSubject, vocabulary};
use crate::session::Session;
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
