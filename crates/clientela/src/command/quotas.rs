//! Commands on quota plans.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::organisation::{Function, Position, Unit};
use clientela_core::performance::{
    self, CascadeError, LimitAmount, Measure, PlanEvent, PlanState, QuotaLimit, QuotaNode, QuotaPlan,
    QuotaTarget, Season, cascade, months,
};
use clientela_model::identifier::Currency;
use clientela_model::{DateRange, EntityId, Predicate, Value, ValueError};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

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
    /// The least and the most that units and positions get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitLine>,
    /// Whether it is only a draft; in force at once when not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
}

/// The least and the most of one unit or position; several lines for one hold together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitLine {
    /// Code of the unit, or title of the position.
    pub of: Key,
    /// A day of the period it is for; the whole plan when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<NaiveDate>,
    /// The least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Decimal>,
    /// The most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Decimal>,
    /// The least, in percent of what the unit above has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_percent: Option<Decimal>,
    /// The most, in percent of what the unit above has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_percent: Option<Decimal>,
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
        version: None,
        series: None,
        from_day: None,
    };
    let shared_out = command.weights.is_empty() && command.season.is_empty();
    if plan.measure == Measure::MarketShare && !shared_out {
        return Err(CascadeError::NotShared.into());
    }
    let tree = Network::read(door)?.tree(unit, &command.weights)?;
    let seasons = match command.season.as_slice() {
        [] => months(&plan),
        given => seasons(given),
    };
    let limits = limits(door, &command.limits)?;
    let shared = cascade(&plan, &tree, &seasons, &limits)?;
    let targets: Vec<QuotaTarget> = shared.targets(|| door.new_id()).collect();
    door.create(&plan)?;
    for target in &targets {
        door.create(target)?;
    }
    Ok(Outcome::of(&plan, Some(&plan.name), shared.why))
}

pub(super) fn lock(door: &mut Door<'_, '_>, command: &QuotaPlanRef) -> Result<Outcome> {
    pass(door, command, PlanEvent::Lock)
}

pub(super) fn close(door: &mut Door<'_, '_>, command: &QuotaPlanRef) -> Result<Outcome> {
    pass(door, command, PlanEvent::Close)
}

pub(super) fn pass(door: &mut Door<'_, '_>, command: &QuotaPlanRef, event: PlanEvent) -> Result<Outcome> {
    let stored = door.to_change::<QuotaPlan>(&command.plan)?;
    let (plan, why) = performance::pass(&stored.record, event)?;
    door.update(&plan, stored.version)?;
    Ok(Outcome::of(&plan, Some(&plan.name), why))
}

/// Periods as the core takes them.
pub(super) fn seasons(given: &[PeriodWeight]) -> Vec<Season> {
    let season = |period: &PeriodWeight| Season {
        first_day: period.first_day,
        last_day: period.last_day,
        weight: period.weight,
    };
    given.iter().map(season).collect()
}

/// Limits as the core takes them, in the order given.
pub(super) fn limits(door: &Door<'_, '_>, lines: &[LimitLine]) -> Result<Vec<QuotaLimit>> {
    let mut limits = Vec::with_capacity(lines.len());
    for (position, line) in (1..).zip(lines) {
        let (unit, owner) = match door.resolve::<Unit>(&line.of) {
            Ok(unit) => (unit.record.id, None),
            Err(_) => {
                let position = door.resolve::<Position>(&line.of)?.record;
                (position.unit, Some(position.id))
            }
        };
        let one = |amount: Option<Decimal>, percent: Option<Decimal>| match (amount, percent) {
            (Some(_), Some(_)) => Err(CascadeError::LimitValue { position }),
            (amount, percent) => {
                Ok(amount.map(LimitAmount::Amount).or_else(|| percent.map(LimitAmount::Percent)))
            }
        };
        let minimum = one(line.minimum, line.minimum_percent)?;
        let maximum = one(line.maximum, line.maximum_percent)?;
        limits.push(QuotaLimit { unit, owner, period: line.period, minimum, maximum });
    }
    Ok(limits)
}

/// The units and sellers that may be seen, read once.
pub(super) struct Network {
    units: HashMap<UnitId, Unit>,
    below: HashMap<UnitId, Vec<UnitId>>,
    sellers: HashMap<UnitId, Vec<Position>>,
    keys: HashSet<String>,
}

impl Network {
    pub(super) fn read(door: &Door<'_, '_>) -> Result<Self> {
        let units: Vec<Unit> = door.records(&Predicate::Everything)?;
        let positions: Vec<Position> = door.records(&Predicate::Everything)?;
        let keys = units.iter().flat_map(|unit| [unit.code.clone(), unit.id.uuid().to_string()]);
        let titles = positions.iter().flat_map(|one| [one.title.clone(), one.id.uuid().to_string()]);
        let keys: HashSet<String> = keys.chain(titles).collect();
        let mut below: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
        for unit in &units {
            if let Some(above) = unit.parent {
                below.entry(above).or_default().push(unit.id);
            }
        }
        let mut sellers: HashMap<UnitId, Vec<Position>> = HashMap::new();
        for position in positions.into_iter().filter(|position| position.function == Function::Seller) {
            sellers.entry(position.unit).or_default().push(position);
        }
        Ok(Self { units: units.into_iter().map(|unit| (unit.id, unit)).collect(), below, sellers, keys })
    }

    /// The tree below a unit with its sellers' positions, each with its weight; 1 for those not named.
    pub(super) fn tree(&self, root: UnitId, weights: &[UnitWeight]) -> Result<QuotaNode> {
        let mut given: HashMap<&str, Decimal> = HashMap::new();
        for (index, weight) in weights.iter().enumerate() {
            if !self.keys.contains(&weight.of) {
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
        Ok(self.node(root, Decimal::ONE, &given, 0))
    }

    /// The nodes of the tree that are named, by code, title or id.
    pub(super) fn named(&self, weights: &[UnitWeight]) -> HashSet<(UnitId, Option<PositionId>)> {
        let named: HashSet<&str> = weights.iter().map(|weight| weight.of.as_str()).collect();
        let units = self.units.values().filter(|unit| {
            named.contains(unit.code.as_str()) || named.contains(unit.id.uuid().to_string().as_str())
        });
        let sellers = self.sellers.values().flatten().filter(|one| {
            named.contains(one.title.as_str()) || named.contains(one.id.uuid().to_string().as_str())
        });
        units.map(|unit| (unit.id, None)).chain(sellers.map(|one| (one.unit, Some(one.id)))).collect()
    }

    fn node(&self, unit: UnitId, weight: Decimal, given: &HashMap<&str, Decimal>, depth: usize) -> QuotaNode {
        let weight_of = |key: &str, id: uuid::Uuid| {
            let by_id = || given.get(id.to_string().as_str());
            given.get(key).or_else(by_id).copied().unwrap_or(Decimal::ONE)
        };
        let mut children = Vec::new();
        let below = self.below.get(&unit).into_iter().flatten();
        for below in below.filter_map(|id| self.units.get(id)) {
            if depth < clientela_model::predicate::TREE_DEPTH_MAX {
                children.push(self.node(below.id, weight_of(&below.code, below.id.uuid()), given, depth + 1));
            }
        }
        for seller in self.sellers.get(&unit).into_iter().flatten() {
            let weight = weight_of(&seller.title, seller.id.uuid());
            children.push(QuotaNode { unit, owner: Some(seller.id), weight, children: Vec::new() });
        }
        QuotaNode { unit, owner: None, weight, children }
    }
}

/// The condition that a record belongs to a plan.
pub(crate) fn of_plan(plan: &QuotaPlan) -> Predicate {
    Predicate::equals("plan", Value::Id(plan.id.uuid()))
}
