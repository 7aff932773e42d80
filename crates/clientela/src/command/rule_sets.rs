//! Commands on rule sets.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use crate::rules::vocabulary;
use clientela_core::rules::{self as decision, RuleSet, RuleSetStep};
use clientela_rules::ruleset;
use serde::{Deserialize, Serialize};

/// Saves a version of a rule set. Name, version, validity and what it speaks of stand in the document. It is checked now,
/// and its test cases run: one that fails refuses it. Needs the right to administer rule sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveRuleSet {
    /// The document, in YAML or JSON; `docs/rules.md` says how it is written.
    pub document: String,
}

/// Names a version of a rule set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetRef {
    /// Name and version, such as visit_interval/3.
    pub rule_set: Key,
}

pub(super) fn save(door: &mut Door<'_, '_>, command: &SaveRuleSet) -> Result<Outcome> {
    let known = vocabulary(door.view().reader)?;
    let read = ruleset::RuleSet::read(&command.document, &known.environments())?;
    let RuleSetStep { rule_set, why } = decision::save(&command.document, &read, door.new_id());
    door.unused::<RuleSet>("code", &rule_set.code)?;
    door.create(&rule_set)?;
    Ok(Outcome::of(&rule_set, Some(&rule_set.code), why))
}

pub(super) fn retire(door: &mut Door<'_, '_>, command: &RuleSetRef) -> Result<Outcome> {
    let stored = door.to_change::<RuleSet>(&command.rule_set)?;
    let RuleSetStep { rule_set, why } = decision::retire(&stored.record)?;
    door.update(&rule_set, stored.version)?;
    Ok(Outcome::of(&rule_set, Some(&rule_set.code), why))
}
