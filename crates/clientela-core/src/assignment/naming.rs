//! Whom a rule names.

use super::model::RuleTargets;
use crate::ids::{PositionId, UnitId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A skill a rule looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedSkill {
    /// The skill.
    pub skill: String,
    /// The least level; below it nobody is named. None when the skill only adds to the score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// What each level adds to the score.
    #[serde(default)]
    pub weight: i64,
}

/// What is known of a candidate when rules name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// The position.
    pub position: PositionId,
    /// Its unit and all units above it.
    pub units: Vec<UnitId>,
    /// Skills with their levels.
    pub skills: HashMap<String, u32>,
}

/// What a rule says of whom it names.
#[derive(Debug, Clone, Copy)]
pub struct NamingRule<'a> {
    /// Its score.
    pub score: i64,
    /// Whom it names.
    pub targets: &'a RuleTargets,
}

/// The candidates a rule names, by their places, with what each gets: the rule's score and, for each skill, weight times
/// level. Named are those of its positions and units, and where it gives neither but skills, everybody with those.
#[must_use]
pub fn named(rule: NamingRule<'_>, sellers: &[Seller]) -> Vec<(u32, i64)> {
    let RuleTargets { positions, units, skills } = rule.targets;
    let anywhere = positions.is_empty() && units.is_empty() && !skills.is_empty();
    let mut all = Vec::new();
    for (place, seller) in sellers.iter().enumerate() {
        let placed = anywhere
            || positions.contains(&seller.position)
            || units.iter().any(|unit| seller.units.contains(unit));
        let level = |wanted: &WantedSkill| seller.skills.get(&wanted.skill).copied().unwrap_or(0);
        let able = skills.iter().all(|wanted| wanted.at_least.is_none_or(|least| level(wanted) >= least));
        if let (true, Ok(place)) = (placed && able, u32::try_from(place)) {
            let bonus = skills.iter().fold(0_i64, |sum, wanted| {
                sum.saturating_add(wanted.weight.saturating_mul(i64::from(level(wanted))))
            });
            all.push((place, rule.score.saturating_add(bonus)));
        }
    }
    all
}
