//! Commands on territory models, and on what is known of sellers.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use crate::rules::vocabulary;
use crate::territory::{NamedTargets, check_condition, looked_up, versions_of};
use chrono::NaiveDate;
use clientela_core::assignment::{
    self, ModelState, ModelStep, NewRule, NewTerritoryModel, SellerCapacity, SellerSkill, TerritoryModel,
    WantedSkill,
};
use clientela_core::ids::PositionId;
use clientela_core::organisation::Position;
use clientela_model::{EntityId, Predicate, Value, Why};
use clientela_store::Stored;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Makes a version of a territory model, a draft: the next of its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineTerritoryModel {
    /// Name; versions of one model share it.
    pub name: String,
    /// First day it may be applied; always when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day it may be applied; until further notice when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Where equals are drawn from: the same number gives the same assignment.
    #[serde(default)]
    pub seed: i64,
    /// The least sum of scores with which somebody is taken.
    #[serde(default)]
    pub passing_score: i64,
    /// Its rules, in order.
    pub rules: Vec<TerritoryRuleLine>,
}

/// A rule of a territory model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TerritoryRuleLine {
    /// Name.
    pub name: String,
    /// The condition on the customer, as a rule.
    pub rule: String,
    /// What whom it names gets when it holds.
    #[serde(default)]
    pub score: i64,
    /// Titles of positions it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<Key>,
    /// Codes of units whose sellers it names, with those of the units below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Key>,
    /// Skills that are asked for or add to the score.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<WantedSkill>,
    /// What the present owner gets when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation_score: Option<i64>,
    /// Whether rules after it are not looked at when it holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stop: bool,
}

/// Names a version of a territory model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TerritoryModelRef {
    /// Code of the version, such as sales/3.
    pub model: Key,
}

/// Says how well a position knows something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetSkill {
    /// Title of the position.
    pub position: Key,
    /// The skill, such as tanker or Polish.
    pub skill: String,
    /// How well, 1 to 100; 0 no longer.
    pub level: u32,
}

/// Says how many customers a position can look after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetCapacity {
    /// Title of the position.
    pub position: Key,
    /// The most customers; no limit when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
}

/// Says when a position is on leave so long that others look after its customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetLeave {
    /// Title of the position.
    pub position: Key,
    /// First day; it is not on leave when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day; until further notice when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineTerritoryModel) -> Result<Outcome> {
    let known: HashSet<String> = door
        .view()
        .records::<SellerSkill>(&Predicate::Everything)?
        .into_iter()
        .map(|skill| skill.skill)
        .collect();
    let vocabulary = vocabulary(door.view().reader)?;
    let mut rules = Vec::with_capacity(command.rules.len());
    for (place, line) in command.rules.iter().enumerate() {
        let named = NamedTargets { positions: &line.positions, units: &line.units, skills: &line.skills };
        let targets = looked_up(&door.view(), &known, place, named)?;
        check_condition(&vocabulary, door.rules(), place, &line.rule)?;
        rules.push(NewRule {
            name: line.name.clone(),
            rule: line.rule.clone(),
            score: line.score,
            targets,
            relation_score: line.relation_score,
            stop: line.stop,
        });
    }
    let new = NewTerritoryModel {
        name: command.name.clone(),
        valid_from: command.valid_from,
        valid_until: command.valid_until,
        seed: command.seed,
        passing_score: command.passing_score,
        rules,
    };
    let versions = versions_of(&door.view(), command.name.trim())?;
    let (ModelStep { model, why }, rules) =
        assignment::define(&new, &versions, door.new_id(), || door.new_id())?;
    door.create(&model)?;
    for rule in &rules {
        door.create(rule)?;
    }
    Ok(Outcome::of(&model, Some(&model.code), why))
}

/// Puts a version in force, and takes those out that would hold on the same days.
pub(super) fn activate(door: &mut Door<'_, '_>, command: &TerritoryModelRef) -> Result<Outcome> {
    let stored = door.to_change::<TerritoryModel>(&command.model)?;
    let ModelStep { model, mut why } = assignment::activate(&stored.record)?;
    let name = Predicate::equals("name", Value::Text(model.name.clone().into()));
    let others = door.all_of::<TerritoryModel>(&name)?;
    door.update(&model, stored.version)?;
    for other in others {
        if other.record.id == model.id
            || other.record.state != ModelState::Active
            || !model.overlaps(&other.record)
        {
            continue;
        }
        let replaced = assignment::archive(&other.record)?;
        door.update(&replaced.model, other.version)?;
        why = why.because(replaced.why);
    }
    Ok(Outcome::of(&model, Some(&model.code), why))
}

pub(super) fn archive(door: &mut Door<'_, '_>, command: &TerritoryModelRef) -> Result<Outcome> {
    let stored = door.to_change::<TerritoryModel>(&command.model)?;
    let ModelStep { model, why } = assignment::archive(&stored.record)?;
    door.update(&model, stored.version)?;
    Ok(Outcome::of(&model, Some(&model.code), why))
}

pub(super) fn set_skill(door: &mut Door<'_, '_>, command: &SetSkill) -> Result<Outcome> {
    let position = door.resolve::<Position>(&command.position)?.record;
    let known = door.all_of::<SellerSkill>(&of_position(position.id))?;
    let records: Vec<SellerSkill> = known.iter().map(|stored| stored.record.clone()).collect();
    let named = (command.skill.as_str(), command.level);
    let skill = assignment::set_skill(&records, door.new_id(), position.id, named)?;
    match known.iter().find(|stored| stored.record.id == skill.id) {
        Some(stored) => door.update(&skill, stored.version)?,
        None => door.create(&skill)?,
    }
    let why = Why::new("seller_skill.set")
        .fact("position", &position.title)
        .fact("skill", &skill.skill)
        .fact("level", skill.level);
    Ok(Outcome::of(&skill, None, why))
}

pub(super) fn set_capacity(door: &mut Door<'_, '_>, command: &SetCapacity) -> Result<Outcome> {
    let (position, known) = capacity_of(door, &command.position)?;
    let before = known.as_ref().map(|stored| &stored.record);
    let capacity = assignment::set_capacity(before, door.new_id(), position.id, command.capacity);
    let mut why = Why::new("seller_capacity.set").fact("position", &position.title);
    if let Some(capacity) = command.capacity {
        why = why.fact("capacity", capacity);
    }
    keep_capacity(door, &capacity, known.as_ref(), why)
}

pub(super) fn set_leave(door: &mut Door<'_, '_>, command: &SetLeave) -> Result<Outcome> {
    let (position, known) = capacity_of(door, &command.position)?;
    let before = known.as_ref().map(|stored| &stored.record);
    let period = (command.from, command.until);
    let capacity = assignment::set_leave(before, door.new_id(), position.id, period)?;
    let mut why = Why::new("seller_capacity.leave_set").fact("position", &position.title);
    for (name, day) in [("from", command.from), ("until", command.until)] {
        if let Some(day) = day {
            why = why.fact(name, day);
        }
    }
    keep_capacity(door, &capacity, known.as_ref(), why)
}

fn capacity_of(door: &Door<'_, '_>, key: &str) -> Result<(Position, Option<Stored<SellerCapacity>>)> {
    let position = door.resolve::<Position>(key)?.record;
    let known = door.first_of(&of_position(position.id))?;
    Ok((position, known))
}

fn keep_capacity(
    door: &mut Door<'_, '_>,
    capacity: &SellerCapacity,
    known: Option<&Stored<SellerCapacity>>,
    why: Why,
) -> Result<Outcome> {
    match known {
        Some(stored) => door.update(capacity, stored.version)?,
        None => door.create(capacity)?,
    }
    Ok(Outcome::of(capacity, None, why))
}

fn of_position(position: PositionId) -> Predicate {
    Predicate::equals("position", Value::Id(position.uuid()))
}
