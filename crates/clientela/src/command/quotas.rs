//! Commands on quota plans.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::ids::UnitId;
use clientela_core::organisation::{Position, Unit};
use clientela_core::performance::{
    self, Measure, PlanEvent, PlanState, QuotaNode, QuotaPlan, Season, cascade, months,
};
use clientela_model::identifier::Currency;
use clientela_model::{DateRange, EntityId, Predicate, Value, ValueError};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Makes a quota plan and shares it out over the tree below a unit, positions included, exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineQuotaPlan {
    /// Name, one of its kind.
    pub name: String,
    /// The unit it starts from; the acting one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// What is counted.
    pub measure: Measure,
    /// Currency, when money is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day.
    pub last_day: NaiveDate,
    /// What the whole is to reach.
    pub total: Decimal,
    /// Weights of units and positions beside their siblings, by code or title; 1 for those not named, and every seller
    /// of a unit counts alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<UnitWeight>,
    /// The season; equal months when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub season: Vec<PeriodWeight>,
    /// Whether it is only a draft; in force at once when not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
}

/// Names a quota plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaPlanRef {
    /// Name of the plan.
    pub plan: Key,
}

/// The weight of a unit or position beside its siblings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitWeight {
    /// Code of the unit, or title of the position.
    pub of: Key,
    /// Its weight; nothing gets nothing.
    pub weight: Decimal,
}

/// A period and its weight in the season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodWeight {
    /// First day.
    pub first_day: NaiveDate,
    /// Last day.
    pub last_day: NaiveDate,
    /// Its weight.
    pub weight: Decimal,
}

pub(super) fn define(door: &mut Door<'_, '_>, command: &DefineQuotaPlan) -> Result<Outcome> {
    DateRange::new(command.first_day, command.last_day.into()).map_err(|error| error.at("last_day"))?;
    let unit = match &command.unit {
        Some(key) => door.resolve::<Unit>(key)?.record.id,
        None => door.actor().unit,
    };
    door.unused_at_dealer::<QuotaPlan>("name", &command.name, unit)?;
    let plan = QuotaPlan {
        id: door.new_id(),
        name: command.name.clone(),
        owner: door.actor().position,
        unit,
        measure: command.measure,
        currency: command.currency,
        first_day: command.first_day,
        last_day: command.last_day,
        total: Some(command.total),
        state: if command.draft { PlanState::Draft } else { PlanState::Published },
    };
    let tree = tree(door, unit, &command.weights)?;
    let seasons = match command.season.as_slice() {
        [] => months(&plan),
        given => given
            .iter()
            .map(|period| Season {
                first_day: period.first_day,
                last_day: period.last_day,
                weight: period.weight,
            })
            .collect(),
    };
    let shared = cascade(&plan, &tree, &seasons, || door.new_id())?;
    door.create(&plan)?;
    for target in &shared.targets {
        door.create(target)?;
    }
    Ok(Outcome::of(&plan, Some(&plan.name), shared.why))
}

pub(super) fn publish(door: &mut Door<'_, '_>, command: &QuotaPlanRef) -> Result<Outcome> {
    pass(door, command, PlanEvent::Publish)
}

pub(super) fn lock(door: &mut Door<'_, '_>, command: &QuotaPlanRef) -> Result<Outcome> {
    pass(door, command, PlanEvent::Lock)
}

pub(super) fn close(door: &mut Door<'_, '_>, command: &QuotaPlanRef) -> Result<Outcome> {
    pass(door, command, PlanEvent::Close)
}

fn pass(door: &mut Door<'_, '_>, command: &QuotaPlanRef, event: PlanEvent) -> Result<Outcome> {
    let stored = door.to_change::<QuotaPlan>(&command.plan)?;
    let (plan, why) = performance::pass(&stored.record, event)?;
    door.update(&plan, stored.version)?;
    Ok(Outcome::of(&plan, Some(&plan.name), why))
}

/// The tree below a unit with its sellers' positions, each with its weight.
fn tree(door: &Door<'_, '_>, root: UnitId, weights: &[UnitWeight]) -> Result<QuotaNode> {
    let mut given: HashMap<&str, Decimal> = HashMap::new();
    for (index, weight) in weights.iter().enumerate() {
        let known = door.resolve::<Unit>(&weight.of).is_ok() || door.resolve::<Position>(&weight.of).is_ok();
        if !known {
            let problem = ValueError::new(
                "quota_plan.unknown_weight",
                "weight",
                "names nothing",
                "a unit's code or a position's title",
            );
            return Err(problem.at(format!("weights[{index}].of")).into());
        }
        given.insert(&weight.of, weight.weight);
    }
    let units: Vec<Unit> =
        door.all_of(&Predicate::Everything)?.into_iter().map(|stored| stored.record).collect();
    let positions: Vec<Position> =
        door.all_of(&Predicate::Everything)?.into_iter().map(|stored| stored.record).collect();
    node(root, Decimal::ONE, &units, &positions, &given, 0)
}

fn node(
    unit: UnitId,
    weight: Decimal,
    units: &[Unit],
    positions: &[Position],
    given: &HashMap<&str, Decimal>,
    depth: usize,
) -> Result<QuotaNode> {
    let weight_of = |key: &str| given.get(key).copied().unwrap_or(Decimal::ONE);
    let mut children = Vec::new();
    for below in units.iter().filter(|below| below.parent == Some(unit)) {
        if depth < clientela_model::predicate::TREE_DEPTH_MAX {
            children.push(node(below.id, weight_of(&below.code), units, positions, given, depth + 1)?);
        }
    }
    let sells = |position: &&Position| {
        position.unit == unit && position.function == clientela_core::organisation::Function::Seller
    };
    for position in positions.iter().filter(sells) {
        let weight = weight_of(&position.title);
        children.push(QuotaNode { unit, owner: Some(position.id), weight, children: Vec::new() });
    }
    Ok(QuotaNode { unit, owner: None, weight, children })
}

/// The condition that a record belongs to a plan.
pub(crate) fn of_plan(plan: &QuotaPlan) -> Predicate {
    Predicate::equals("plan", Value::Id(plan.id.uuid()))
}
