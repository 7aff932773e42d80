//! Versions of a model, and whom their rules name.

use crate::command::Key;
use crate::error::Result;
use crate::rules::{RuleCache, RuleErrors, RuleSubject};
use crate::view::{View, not_found};
use chrono::NaiveDate;
use clientela_core::assignment::{
    ModelState, NamingRule, RuleTargets, ScoredRule, Seller, TerritoryModel, TerritoryRule, WantedSkill,
    named, skill_name,
};
use clientela_core::organisation::{Position, Unit};
use clientela_core::rules_environment::Vocabulary;
use clientela_model::{Coded, EntityId, ErrorKind, Field, Issue, Predicate, Record, Value, ValueError};
use std::borrow::Cow;
use std::collections::HashSet;

/// The versions of a model.
pub(crate) fn versions_of(view: &View<'_>, name: &str) -> Result<Vec<TerritoryModel>> {
    view.records(&Predicate::equals("name", Value::Text(Cow::Owned(name.to_owned()))))
}

/// The version that is named: by its id or code, or by the model's name for the one in force on a day.
///
/// # Errors
/// `record.not_found` when there is none.
pub(crate) fn in_force(view: &View<'_>, key: &Key, day: NaiveDate) -> Result<TerritoryModel> {
    if key.contains('/') || uuid::Uuid::try_parse(key).is_ok() {
        return Ok(view.resolve::<TerritoryModel>(key)?.record);
    }
    let active = Predicate::equals("name", Value::Text(Cow::Owned(key.clone())))
        .and(Predicate::equals("state", ModelState::Active.to_value()));
    let versions: Vec<TerritoryModel> = view.records(&active)?;
    let holds = versions.into_iter().filter(|model| model.check_applies(day).is_ok());
    holds.max_by_key(|model| model.version).ok_or_else(|| not_found(TerritoryModel::ENTITY, key))
}

/// The rules of a version, in order.
pub(crate) fn rules_of(view: &View<'_>, model: &TerritoryModel) -> Result<Vec<TerritoryRule>> {
    let mut rules: Vec<TerritoryRule> =
        view.records(&Predicate::equals("model", Value::Id(model.id.uuid())))?;
    rules.sort_by_key(|rule| rule.sequence);
    Ok(rules)
}

/// The rules with the candidates they name.
pub(crate) fn scored(rules: &[TerritoryRule], sellers: &[Seller]) -> Result<Vec<ScoredRule>> {
    let scored = rules.iter().map(|rule| {
        let targets: RuleTargets = rule.read_targets()?;
        Ok(ScoredRule {
            name: rule.name.clone(),
            named: named(NamingRule { score: rule.score, targets: &targets }, sellers),
            relation: rule.relation_score,
            stop: rule.stop,
        })
    });
    scored.collect()
}

/// Whom a rule names, by the keys people use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NamedTargets<'k> {
    pub(crate) positions: &'k [Key],
    pub(crate) units: &'k [Key],
    pub(crate) skills: &'k [WantedSkill],
}

/// Whom a rule names, looked up; an error names the field it stands in.
///
/// # Errors
/// `territory_model.unknown` for a position, unit or skill that there is not; `seller_skill.skill`.
pub(crate) fn looked_up(
    view: &View<'_>,
    known: &HashSet<String>,
    place: usize,
    named: NamedTargets<'_>,
) -> Result<RuleTargets> {
    let (positions, units, mut skills) = (
        ids::<Position>(view, place, "positions", named.positions)?,
        ids::<Unit>(view, place, "units", named.units)?,
        Vec::new(),
    );
    for (at, wanted) in named.skills.iter().enumerate() {
        let field = || format!("rules[{place}].skills[{at}].skill");
        let skill =
            skill_name(&wanted.skill).map_err(|error| ValueError { field: Some(field()), ..error })?;
        if !known.contains(&skill) {
            let expected = "a skill that somebody has; enter it with position.skill.set first";
            return Err(unknown("skill", expected, field()));
        }
        skills.push(WantedSkill { skill, ..wanted.clone() });
    }
    Ok(RuleTargets { positions, units, skills })
}

/// The ids of what is named, each once.
fn ids<R: Record>(view: &View<'_>, place: usize, field: &str, keys: &[Key]) -> Result<Vec<R::Id>>
where
    R::Id: Ord,
{
    let mut ids = Vec::with_capacity(keys.len());
    for (at, key) in keys.iter().enumerate() {
        let found = view.resolve::<R>(key).map_err(|error| match error.kind() {
            ErrorKind::NotFound => unknown(
                R::ENTITY.name,
                "the key or id of one there is",
                format!("rules[{place}].{field}[{at}]"),
            ),
            _ => error,
        })?;
        ids.push(found.record.id());
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn unknown(what: &'static str, expected: &'static str, field: String) -> crate::Error {
    ValueError::new("territory_model.unknown", what, "is not known", expected).at(field).into()
}

/// The findings about a condition, with the rule it is of.
#[derive(Debug, thiserror::Error)]
#[error("rule {} of the territory model: {findings}", place + 1)]
struct ConditionError {
    place: usize,
    findings: RuleErrors,
}

impl Coded for ConditionError {
    fn kind(&self) -> ErrorKind {
        self.findings.kind()
    }
    fn code(&self) -> &'static str {
        self.findings.code()
    }
    fn field(&self) -> Option<String> {
        Some(format!("rules[{}].rule", self.place))
    }
    fn hint(&self) -> Option<String> {
        self.findings.hint()
    }
    fn issues(&self) -> Vec<Issue> {
        self.findings.issues()
    }
}

/// Checks the condition of a rule.
///
/// # Errors
/// `rule.invalid`, with the field it stands in.
pub(crate) fn check_condition(
    vocabulary: &Vocabulary,
    cache: &RuleCache,
    place: usize,
    rule: &str,
) -> Result<()> {
    let checked = cache.compiled_with(vocabulary, rule, RuleSubject::Customer);
    checked.map(|_| ()).map_err(|findings| ConditionError { place, findings }.into())
}
