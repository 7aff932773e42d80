//! Commands on versions of quota plans, and on the market they are measured against.

use super::quotas::{self, LimitLine, Network, PeriodWeight, QuotaPlanRef, UnitWeight};
use super::{Key, Outcome};
use crate::command::of_plan;
use crate::door::Door;
use crate::error::{CrmError, Result};
use chrono::NaiveDate;
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::organisation::Unit;
use clientela_core::performance::{
    self, CascadeError, IncentiveStep, MarketTotal, Measure, PlanEvent, PlanState, QuotaMeasure, QuotaPlan,
    QuotaTarget, Revision, revise, supersede, version_name, weigh_by,
};
use clientela_model::{ClosedList, EntityId, Field, Predicate, Value, Why};
use clientela_store::Stored;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Makes a new version of a plan from a day on. What lies before stays as it was; the rest of the new total is shared out anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviseQuotaPlan {
    /// Name of the plan in force.
    pub plan: Key,
    /// The first day that differs.
    pub from_day: NaiveDate,
    /// What the whole is to reach, the days before included, in a plan of one measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
    /// The measures whose totals change, in a plan of several; the others keep theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<RevisedMeasure>,
    /// Weights beside siblings; who is not named has for a weight what he had from that day on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<UnitWeight>,
    /// The season from that day on; that of the version before when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub season: Vec<PeriodWeight>,
    /// The least and the most that units and positions get from that day on, in a plan of one measure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitLine>,
    /// Whether it is only a draft; in force at once when not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
}

/// What changes in one measure of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisedMeasure {
    /// The measure; one of the plan's.
    pub measure: Measure,
    /// What the whole is to reach, the days before included.
    pub total: Decimal,
    /// Weights beside siblings; those of the command when not given, and what each had for those named in neither.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<UnitWeight>,
    /// The season from that day on; that of the command, or else of the version before, when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub season: Vec<PeriodWeight>,
    /// The least and the most that units and positions get from that day on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitLine>,
}

pub(super) fn revise_plan(door: &mut Door<'_, '_>, command: &ReviseQuotaPlan) -> Result<Outcome> {
    let stored = door.to_change::<QuotaPlan>(&command.plan)?;
    let (before, _) = performance::pass(&stored.record, PlanEvent::Revise)?;
    let number = versions(door, &before)?.iter().map(|one| one.record.version()).max().unwrap_or(1) + 1;
    let further: Vec<QuotaMeasure> = door.records(&of_plan(&before))?;
    let old = before.in_measures(&further);
    let changes = changes(command, &old)?;
    let id = door.new_id();
    let targets_before: Vec<QuotaTarget> = door.records(&of_plan(&before))?;
    let network = Network::read(door)?;
    let mut plans = Vec::with_capacity(old.len());
    let mut targets = Vec::new();
    let mut reasons = Vec::with_capacity(old.len());
    for (place, (old, change)) in old.iter().zip(&changes).enumerate() {
        let plan = QuotaPlan {
            id,
            name: version_name(&before.name, number),
            owner: door.actor().position,
            total: Some(change.total),
            state: PlanState::Draft,
            version: Some(number),
            series: Some(before.series()),
            from_day: Some(command.from_day),
            ..old.clone()
        };
        let mut tree = network.tree(plan.unit, &change.weights)?;
        let mut had: HashMap<(UnitId, Option<PositionId>), Decimal> = HashMap::new();
        let own = targets_before.iter().filter(|target| target.belongs_to(old));
        for target in own.filter(|target| target.last_day >= command.from_day) {
            *had.entry((target.unit, target.owner)).or_default() += target.amount;
        }
        weigh_by(&mut tree, &had, &network.named(&change.weights));
        let seasons = quotas::seasons(&change.season);
        let limits = quotas::limits(door, &change.limits)?;
        let revision = Revision {
            plan: &plan,
            from_day: command.from_day,
            before: &targets_before,
            tree: &tree,
            seasons: &seasons,
            limits: &limits,
        };
        let (shared, why) = revise(revision, || door.new_id())
            .map_err(|error| if changes.len() > 1 { error.of_measure(place, plan.measure) } else { error })?;
        targets.extend(shared);
        reasons.push(why);
        plans.push(plan);
    }
    let why = match reasons.len() {
        1 => reasons.swap_remove(0),
        several => {
            let all = Why::new("quota_plan.revised").fact("version", number).fact("measures", several);
            reasons.into_iter().fold(all, Why::because)
        }
    };
    let steps: Vec<IncentiveStep> = door.records(&of_plan(&before))?;
    quotas::store(door, &plans, &targets)?;
    let plan = plans.swap_remove(0);
    for step in steps.into_iter().filter(|step| !step.withdrawn) {
        door.create(&IncentiveStep { id: door.new_id(), plan: plan.id, ..step })?;
    }
    if command.draft {
        return Ok(Outcome::of(&plan, Some(&plan.name), why));
    }
    let version = door.version_of::<QuotaPlan>(plan.id)?;
    replace(door, &stored, &Stored { record: plan, version }, why)
}

/// What becomes of each measure of a plan, in their order.
fn changes(command: &ReviseQuotaPlan, plans: &[QuotaPlan]) -> Result<Vec<RevisedMeasure>> {
    let refused = |field: &'static str, problem: &str, hint: &'static str| {
        Err(CrmError::Argument { field, problem: problem.to_owned(), hint }.into())
    };
    let unknown = |line: &&RevisedMeasure| !plans.iter().any(|plan| plan.measure == line.measure);
    if let Some(line) = command.measures.iter().find(unknown) {
        let key = line.measure.word().to_owned();
        return Err(CrmError::NotFound { entity: "quota_measure", key }.into());
    }
    let mut changes = Vec::with_capacity(plans.len());
    for plan in plans {
        let named: Vec<&RevisedMeasure> =
            command.measures.iter().filter(|line| line.measure == plan.measure).collect();
        let one = match (named.as_slice(), command.total) {
            ([line], None) => (*line).clone(),
            ([], Some(total)) if plans.len() == 1 => unchanged(plan, total, command.limits.clone()),
            ([], None) if !command.measures.is_empty() => {
                let total = plan.total.ok_or(CascadeError::TotalMissing)?;
                unchanged(plan, total, Vec::new())
            }
            ([], None) => {
                return refused("total", "is missing", "give the new total, or those of `measures`");
            }
            ([_, _, ..], _) => return refused("measures", "name a measure twice", "each measure once"),
            (_, Some(_)) => {
                return refused("total", "is said of several measures", "say totals in `measures`");
            }
        };
        let shared = plan.measure != Measure::MarketShare || plans.len() == 1;
        let or_else = |own: bool| own && shared;
        changes.push(RevisedMeasure {
            weights: if or_else(one.weights.is_empty()) { command.weights.clone() } else { one.weights },
            season: if or_else(one.season.is_empty()) { command.season.clone() } else { one.season },
            ..one
        });
    }
    Ok(changes)
}

fn unchanged(plan: &QuotaPlan, total: Decimal, limits: Vec<LimitLine>) -> RevisedMeasure {
    RevisedMeasure { measure: plan.measure, total, weights: Vec::new(), season: Vec::new(), limits }
}

pub(super) fn publish(door: &mut Door<'_, '_>, command: &QuotaPlanRef) -> Result<Outcome> {
    let stored = door.to_change::<QuotaPlan>(&command.plan)?;
    if stored.record.series.is_none() {
        return quotas::pass(door, command, PlanEvent::Publish);
    }
    let others = versions(door, &stored.record)?;
    let in_force =
        others.into_iter().find(|one| one.record.is_in_force() && one.record.id != stored.record.id);
    let key = command.plan.clone();
    let in_force = in_force.ok_or(CrmError::NotFound { entity: "quota_plan", key })?;
    let why = Why::new("quota_plan.published").fact("version", stored.record.version());
    replace(door, &in_force, &stored, why)
}

/// Puts a version in the place of the one in force.
fn replace(
    door: &mut Door<'_, '_>,
    before: &Stored<QuotaPlan>,
    after: &Stored<QuotaPlan>,
    why: Why,
) -> Result<Outcome> {
    let (old, new, reason) = supersede(&before.record, &after.record)?;
    door.update(&old, before.version)?;
    door.update(&new, after.version)?;
    Ok(Outcome::of(&new, Some(&new.name), why.because(reason)).and(&old, Some(&old.name)))
}

/// All versions of a plan.
fn versions(door: &Door<'_, '_>, plan: &QuotaPlan) -> Result<Vec<Stored<QuotaPlan>>> {
    let mut all = door.all_of::<QuotaPlan>(&Predicate::Everything)?;
    all.retain(|one| one.record.series() == plan.series());
    Ok(all)
}

/// Enters what the market was in areas and periods. A number entered again for the same area and period takes the place of the
/// one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordMarket {
    /// The numbers.
    pub totals: Vec<MarketLine>,
}

/// Registrations in the area of a unit in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketLine {
    /// Code of the unit whose area it is.
    pub unit: Key,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day.
    pub last_day: NaiveDate,
    /// All vehicles registered there, whoever sold them.
    pub registrations: u32,
    /// Where the number comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

pub(super) fn record_market(door: &mut Door<'_, '_>, command: &RecordMarket) -> Result<Outcome> {
    let units: HashMap<String, UnitId> = door
        .records::<Unit>(&Predicate::Everything)?
        .into_iter()
        .flat_map(|unit| [(unit.code, unit.id), (unit.id.uuid().to_string(), unit.id)])
        .collect();
    let mut outcome: Option<Outcome> = None;
    for (index, line) in command.totals.iter().enumerate() {
        let key = line.unit.clone();
        let unit = *units.get(&line.unit).ok_or(CrmError::NotFound { entity: "unit", key })?;
        let same = Predicate::equals("unit", Value::Id(unit.uuid()))
            .and(Predicate::equals("first_day", line.first_day.to_value()))
            .and(Predicate::equals("last_day", line.last_day.to_value()));
        let known = door.first_of::<MarketTotal>(&same)?;
        let id = known.as_ref().map_or_else(|| door.new_id(), |known| known.record.id);
        let days = (line.first_day, line.last_day);
        let total = MarketTotal::of(id, unit, days, line.registrations, line.source.clone())
            .map_err(|error| error.at(format!("totals[{index}].last_day")))?;
        match &known {
            Some(known) => door.update(&total, known.version)?,
            None => door.create(&total)?,
        }
        let why = Why::new("market.recorded").fact("totals", command.totals.len());
        outcome = Some(match outcome {
            Some(outcome) => outcome.and(&total, None),
            None => Outcome::of(&total, None, why),
        });
    }
    outcome.ok_or_else(|| {
        CrmError::Argument {
            field: "totals",
            problem: "is empty".to_owned(),
            hint: "give at least one area and period with its registrations",
        }
        .into()
    })
}
