//! Commands on quota plans.

use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use chrono::NaiveDate;
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::organisation::{Function, Position, Unit};
use clientela_core::performance::{
    self, CascadeError, LimitAmount, Measure, PlanEvent, PlanState, QuotaLimit, QuotaNode, QuotaPlan,
    QuotaTarget, Season, cascade, months,
};
use clientela_model::identifier::Currency;
use clientela_model::{DateRange, EntityId, Predicate, Value, ValueError, Why};
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
    /// What is counted, in a plan of one measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Currency, when money is counted; that of all measures which name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day.
    pub last_day: NaiveDate,
    /// What the whole is to reach, in a plan of one measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
    /// Targets are multiples of it, in a plan of one measure; the smallest unit of what is counted when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Decimal>,
    /// Several measures, the first one first; then measure, total, step and limits are said with each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<MeasureLine>,
    /// Weights of units and positions beside their siblings, by code or title; 1 for those not named, and every seller
    /// of a unit counts alike. They hold for every measure without weights of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<UnitWeight>,
    /// The season, of every measure without one of its own; equal months when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub season: Vec<PeriodWeight>,
    /// The least and the most that units and positions get, in a plan of one measure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitLine>,
    /// Whether it is only a draft; in force at once when not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
}

/// One measure of a plan of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureLine {
    /// What is counted.
    pub measure: Measure,
    /// Currency, when money is counted; the plan's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What the whole is to reach.
    pub total: Decimal,
    /// Targets are multiples of it; the smallest unit of what is counted when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Decimal>,
    /// How much it weighs beside the other measures in the attainment over all; 1 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Decimal>,
    /// Weights of units and positions beside their siblings; the plan's when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<UnitWeight>,
    /// Its season; the plan's when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub season: Vec<PeriodWeight>,
    /// The least and the most that units and positions get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitLine>,
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
    let lines = measure_lines(command)?;
    let plan = QuotaPlan {
        id: door.new_id(),
        name: command.name.clone(),
        owner: door.actor().position,
        unit,
        measure: lines[0].measure,
        currency: None,
        first_day: command.first_day,
        last_day: command.last_day,
        total: None,
        state: if command.draft { PlanState::Draft } else { PlanState::Published },
        version: None,
        series: None,
        from_day: None,
        step: None,
        measure_weight: None,
        credit_rule: None,
    };
    let network = Network::read(door)?;
    let mut plans: Vec<QuotaPlan> = Vec::with_capacity(lines.len());
    let mut targets: Vec<QuotaTarget> = Vec::new();
    let mut reasons = Vec::with_capacity(lines.len());
    for (place, line) in lines.iter().enumerate() {
        let plan = QuotaPlan {
            measure: line.measure,
            currency: line.currency,
            total: Some(line.total),
            step: line.step,
            measure_weight: line.weight,
            ..plan.clone()
        };
        if plan.measure == Measure::MarketShare && !(line.weights.is_empty() && line.season.is_empty()) {
            return Err(CascadeError::NotShared.into());
        }
        let tree = network.tree(unit, &line.weights)?;
        let seasons = match line.season.as_slice() {
            [] => months(&plan),
            given => seasons(given),
        };
        let limits = limits(door, &line.limits)?;
        let shared = cascade(&plan, &tree, &seasons, &limits)
            .map_err(|error| if lines.len() > 1 { error.of_measure(place, plan.measure) } else { error })?;
        targets.extend(shared.targets(|| door.new_id()));
        reasons.push(shared.why);
        plans.push(plan);
    }
    store(door, &plans, &targets)?;
    let plan = plans.swap_remove(0);
    let why = match reasons.len() {
        1 => reasons.swap_remove(0),
        several => {
            let all = Why::new("quota_plan.shared_out").fact("measures", several);
            reasons.into_iter().fold(all, Why::because)
        }
    };
    Ok(Outcome::of(&plan, Some(&plan.name), why))
}

/// Stores a plan that is given in each of its measures, with its targets.
pub(super) fn store(door: &mut Door<'_, '_>, plans: &[QuotaPlan], targets: &[QuotaTarget]) -> Result<()> {
    for (place, plan) in (1..).zip(plans) {
        if place == 1 {
            door.create(plan)?;
        } else {
            let further = plan.further(door.new_id(), place);
            door.create(&further)?;
        }
    }
    for target in targets {
        door.create(target)?;
    }
    Ok(())
}

/// The measures of a plan, at least one, each with all that is said for it.
fn measure_lines(command: &DefineQuotaPlan) -> Result<Vec<MeasureLine>> {
    let refused = |field: &'static str, problem: &str, hint: &'static str| {
        Err(CrmError::Argument { field, problem: problem.to_owned(), hint }.into())
    };
    let mut lines = command.measures.clone();
    if lines.is_empty() {
        let (Some(measure), Some(total)) = (command.measure, command.total) else {
            let missing = if command.measure.is_none() { "measure" } else { "total" };
            return refused(
                missing,
                "is missing",
                "give the measure and its total, or several in `measures`",
            );
        };
        lines.push(MeasureLine {
            measure,
            currency: None,
            total,
            step: command.step,
            weight: None,
            weights: Vec::new(),
            season: Vec::new(),
            limits: command.limits.clone(),
        });
    } else if command.measure.is_some() || command.total.is_some() || command.step.is_some() {
        return refused(
            "measure",
            "is said beside several measures",
            "say measure, total and step with each",
        );
    } else if !command.limits.is_empty() {
        return refused(
            "limits",
            "are said beside several measures",
            "say them with the measure they are of",
        );
    }
    for place in 0..lines.len() {
        if lines[..place].iter().any(|other| other.measure == lines[place].measure) {
            return refused("measures", "name a measure twice", "each measure once, with one total");
        }
        let line = &mut lines[place];
        if line.weight.is_some_and(|weight| weight < Decimal::ZERO) {
            return refused("measures", "weigh less than nothing", "weights from 0 on");
        }
        let shared = line.measure != Measure::MarketShare || command.measures.is_empty();
        if line.weights.is_empty() && shared {
            line.weights.clone_from(&command.weights);
        }
        if line.season.is_empty() && shared {
            line.season.clone_from(&command.season);
        }
        if matches!(line.measure, Measure::Revenue | Measure::Margin) || command.measures.is_empty() {
            line.currency = line.currency.or(command.currency);
        }
    }
    Ok(lines)
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
