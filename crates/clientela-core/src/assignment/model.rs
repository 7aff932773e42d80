//! Versions of a territory model: planned, in force, archived.

use super::RULES_MAX;
use super::naming::WantedSkill;
use super::records::{ModelState, TerritoryModel, TerritoryRule};
use crate::ids::{PositionId, TerritoryModelId, TerritoryRuleId, UnitId};
use chrono::NaiveDate;
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, Why};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Whom a rule names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleTargets {
    /// Positions.
    pub positions: Vec<PositionId>,
    /// Units: all candidates in them and below.
    pub units: Vec<UnitId>,
    /// Skills that are asked for or add to the score.
    pub skills: Vec<WantedSkill>,
}

/// A rule as it is entered, its targets looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRule {
    /// Name.
    pub name: String,
    /// The condition.
    pub rule: String,
    /// Score.
    pub score: i64,
    /// Whom it names.
    pub targets: RuleTargets,
    /// What the present owner gets.
    pub relation_score: Option<i64>,
    /// Whether rules after it are not looked at.
    pub stop: bool,
}

/// A version as it is entered.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTerritoryModel {
    /// Name.
    pub name: String,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_until: Option<NaiveDate>,
    /// Seed.
    pub seed: i64,
    /// Passing score.
    pub passing_score: i64,
    /// The rules, in order.
    pub rules: Vec<NewRule>,
}

/// What is wrong with a territory model or a step of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// No name, or one with a slash.
    #[error("the territory model has no usable name; give 1 to 60 characters without a slash")]
    Name,
    /// No rules or too many.
    #[error("the territory model has {count} rules; give 1 to {RULES_MAX}")]
    Rules {
        /// How many.
        count: usize,
    },
    /// A rule names nobody and keeps no relation, or has no name.
    #[error(
        "rule {place} of the territory model has no name or names nobody; name positions, units or skills, or give a relation score"
    )]
    NamesNobody {
        /// Its place, counted from 1.
        place: usize,
    },
    /// The last day lies before the first.
    #[error("the territory model ends before it begins; give a later last day")]
    Period,
    /// The step is not possible from where it stands.
    #[error("the territory model is {}; {right}", state.word())]
    State {
        /// Where it stands.
        state: ModelState,
        /// The model.
        id: TerritoryModelId,
        /// What would be right.
        right: &'static str,
    },
    /// It does not hold today.
    #[error("the territory model does not hold on {day}; apply it on a day of its validity")]
    NotItsDay {
        /// The day.
        day: NaiveDate,
    },
}

impl Coded for ModelError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::State { .. } | Self::NotItsDay { .. } => ErrorKind::Rule,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Name => "territory_model.name",
            Self::Rules { .. } => "territory_model.rules",
            Self::NamesNobody { .. } => "territory_model.names_nobody",
            Self::Period => "territory_model.period",
            Self::State { .. } => "territory_model.state",
            Self::NotItsDay { .. } => "territory_model.not_its_day",
        }
    }
    fn field(&self) -> Option<String> {
        Some(match self {
            Self::Name => "name".to_owned(),
            Self::Rules { .. } => "rules".to_owned(),
            Self::NamesNobody { place } => format!("rules[{}]", place - 1),
            Self::Period => "valid_until".to_owned(),
            Self::State { .. } => "state".to_owned(),
            Self::NotItsDay { .. } => "valid_from".to_owned(),
        })
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::State { id, .. } => Some(id.uuid()),
            _ => None,
        }
    }
}

/// A decided step of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelStep {
    /// The model as it is to be.
    pub model: TerritoryModel,
    /// Why.
    pub why: Why,
}

/// Makes a version, a draft, with its rules. `known` are the versions of that name there are.
///
/// # Errors
/// `territory_model.name`, `territory_model.period`, `territory_model.rules`, `territory_model.names_nobody`.
pub fn define(
    new: &NewTerritoryModel,
    known: &[TerritoryModel],
    id: TerritoryModelId,
    mut new_id: impl FnMut() -> TerritoryRuleId,
) -> Result<(ModelStep, Vec<TerritoryRule>), ModelError> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.contains('/') || name.contains(char::is_control) {
        return Err(ModelError::Name);
    }
    if new.valid_from.zip(new.valid_until).is_some_and(|(from, until)| until < from) {
        return Err(ModelError::Period);
    }
    if new.rules.is_empty() || new.rules.len() > RULES_MAX {
        return Err(ModelError::Rules { count: new.rules.len() });
    }
    let mut rules = Vec::new();
    for (index, rule) in new.rules.iter().enumerate() {
        let nobody = rule.targets == RuleTargets::default() && rule.relation_score.is_none();
        if nobody || rule.name.trim().is_empty() {
            return Err(ModelError::NamesNobody { place: index + 1 });
        }
        rules.push(TerritoryRule {
            id: new_id(),
            model: id,
            sequence: u16::try_from(index + 1).unwrap_or(u16::MAX),
            name: rule.name.trim().to_owned(),
            rule: rule.rule.clone(),
            score: rule.score,
            targets: serde_json::json!(rule.targets).to_string(),
            relation_score: rule.relation_score,
            stop: rule.stop,
        });
    }
    let version = known.iter().map(|known| known.version).max().unwrap_or(0) + 1;
    let model = TerritoryModel {
        id,
        code: format!("{name}/{version}"),
        name: name.to_owned(),
        version,
        state: ModelState::Draft,
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        seed: new.seed,
        passing_score: new.passing_score,
    };
    let why = Why::new("territory_model.defined").fact("version", version).fact("rules", rules.len());
    Ok((ModelStep { model, why }, rules))
}

/// Puts a draft in force.
///
/// # Errors
/// `territory_model.state` unless it is a draft.
pub fn activate(model: &TerritoryModel) -> Result<ModelStep, ModelError> {
    if model.state != ModelState::Draft {
        let right = "define a new version and put that in force";
        return Err(ModelError::State { state: model.state, id: model.id, right });
    }
    let why = Why::new("territory_model.activated").fact("version", model.version);
    Ok(ModelStep { model: TerritoryModel { state: ModelState::Active, ..model.clone() }, why })
}

/// Takes a version out of force.
///
/// # Errors
/// `territory_model.state` when it is archived already.
pub fn archive(model: &TerritoryModel) -> Result<ModelStep, ModelError> {
    if model.state == ModelState::Archived {
        let right = "nothing is left to be done";
        return Err(ModelError::State { state: model.state, id: model.id, right });
    }
    let why = Why::new("territory_model.archived").fact("version", model.version);
    Ok(ModelStep { model: TerritoryModel { state: ModelState::Archived, ..model.clone() }, why })
}

impl TerritoryModel {
    /// Refuses to apply a version that is not in force on a day.
    ///
    /// # Errors
    /// `territory_model.state`, `territory_model.not_its_day`.
    pub fn check_applies(&self, day: NaiveDate) -> Result<(), ModelError> {
        if self.state != ModelState::Active {
            let right = "activate it before it is applied";
            return Err(ModelError::State { state: self.state, id: self.id, right });
        }
        let before = self.valid_from.is_some_and(|from| day < from);
        if before || self.valid_until.is_some_and(|until| until < day) {
            return Err(ModelError::NotItsDay { day });
        }
        Ok(())
    }
}
