//! Commands on the targets of quota plans: answers, changes, incentives.

use super::{Key, Outcome};
use crate::command::of_plan;
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::measures::in_measures;
use clientela_core::organisation::{Position, Unit};
use clientela_core::performance::{
    CascadeError, Grain, IncentiveStep, Measure, Payout, PlanState, QuotaPlan, QuotaTarget, TargetAnswer,
    check_steps,
};
use clientela_model::identifier::Currency;
use clientela_model::{EntityId, Predicate, Value, Why, allocate_units};
use clientela_store::Stored;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What the holder of a target says to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerTarget {
    /// Name of the plan.
    pub plan: Key,
    /// Code of the unit or title of the position; the acting position when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Key>,
    /// In which measure; all of them together when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Accepted or rejected.
    pub answer: TargetAnswer,
    /// What would be taken on instead in the whole plan; it is shared over the periods as the target is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Decimal>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Changes the target of a unit or position, and of nobody else: what its siblings and those above and below it have stays, and
/// the difference is seen in `quota_plan.reconciliation`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeTarget {
    /// Name of the plan.
    pub plan: Key,
    /// Code of the unit or title of the position.
    pub of: Key,
    /// In which measure; to be said of a plan of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// The new target for the days from `from_day` on.
    pub amount: Decimal,
    /// First day of the first period that is changed; the whole plan when not given. Periods before stay as they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_day: Option<chrono::NaiveDate>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Sets the incentive steps of a plan in a measure, or by the attainment over all measures; those set before for the same are
/// replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetIncentives {
    /// Name of the plan.
    pub plan: Key,
    /// By which measure; in a plan of several, by the attainment over all when not given, and then only fixed amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// The steps.
    pub steps: Vec<StepLine>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepLine {
    /// From which attainment on, in percent.
    pub from_percent: Decimal,
    /// How it pays.
    pub payout: Payout,
    /// How much.
    pub amount: Decimal,
    /// Currency of what is paid.
    pub currency: Currency,
}

pub(super) fn answer(door: &mut Door<'_, '_>, command: &AnswerTarget) -> Result<Outcome> {
    let plan = door.resolve::<QuotaPlan>(&command.plan)?.record;
    open(&plan)?;
    let plans = measures(door, &plan, command.measure)?;
    let mut rows = rows(door, &plans, command.of.as_deref())?;
    let shares = match (command.proposed, plans.as_slice()) {
        (None, _) => vec![None; rows.len()],
        (Some(proposed), [plan]) => share(plan, proposed, &rows)?.into_iter().map(Some).collect(),
        (Some(_), _) => return Err(measure_missing().into()),
    };
    // Amounts of several measures are never added.
    let target = (plans.len() == 1).then(|| rows.iter().map(|row| row.record.amount).sum::<Decimal>());
    for (row, share) in rows.iter_mut().zip(shares) {
        row.record.answer = Some(command.answer);
        row.record.proposed = share;
        row.record.note.clone_from(&command.note);
        door.update(&row.record, row.version)?;
    }
    let mut why = Why::new("quota_target.answered").fact("answer", command.answer);
    if let Some(target) = target {
        why = why.fact("target", target);
    }
    if let Some(proposed) = command.proposed {
        why = why.fact("proposed", proposed);
    }
    outcome(&rows, why)
}

pub(super) fn change(door: &mut Door<'_, '_>, command: &ChangeTarget) -> Result<Outcome> {
    let plan = door.to_change::<QuotaPlan>(&command.plan)?.record;
    open(&plan)?;
    let plans = measures(door, &plan, command.measure)?;
    let [plan] = plans.as_slice() else { return Err(measure_missing().into()) };
    let mut rows = rows(door, &plans, Some(&command.of))?;
    if let Some(first) = command.from_day {
        rows.retain(|row| row.record.first_day >= first);
    }
    if rows.is_empty() {
        return Err(CrmError::Argument {
            field: "from_day",
            problem: "is after the last period of the plan begins".to_owned(),
            hint: "name the first day of one of its periods, or a day before",
        }
        .into());
    }
    let before: Decimal = rows.iter().map(|row| row.record.amount).sum();
    let shares = share(plan, command.amount, &rows)?;
    for (row, share) in rows.iter_mut().zip(shares) {
        row.record.amount = share;
        // What was said to another target holds no longer.
        row.record.answer = None;
        row.record.proposed = None;
        row.record.note.clone_from(&command.note);
        door.update(&row.record, row.version)?;
    }
    let why = Why::new("quota_target.changed")
        .fact("before", before)
        .fact("after", command.amount)
        .fact("periods", rows.len());
    outcome(&rows, why)
}

pub(super) fn set_incentives(door: &mut Door<'_, '_>, command: &SetIncentives) -> Result<Outcome> {
    let stored = door.to_change::<QuotaPlan>(&command.plan)?;
    let plan = stored.record;
    let plans = measures(door, &plan, command.measure)?;
    let by_unit = |line: &StepLine| line.payout != Payout::Fixed;
    if plans.len() > 1 && command.steps.iter().any(by_unit) {
        return Err(measure_missing().into());
    }
    // A plan's only measure need not be said.
    let measure = command.measure.filter(|_| is_of_several(door, &plan).unwrap_or(true));
    let steps: Vec<IncentiveStep> = command
        .steps
        .iter()
        .map(|line| IncentiveStep {
            id: door.new_id(),
            plan: plan.id,
            from_percent: line.from_percent,
            payout: line.payout,
            amount: line.amount,
            currency: line.currency,
            withdrawn: false,
            measure,
        })
        .collect();
    check_steps(&steps)?;
    for mut old in door.all_of::<IncentiveStep>(&of_plan(&plan))? {
        if !old.record.withdrawn && old.record.measure == measure {
            old.record.withdrawn = true;
            door.update(&old.record, old.version)?;
        }
    }
    for step in &steps {
        door.create(step)?;
    }
    let why = Why::new("incentive.set").fact("steps", steps.len());
    Ok(Outcome::of(&plan, Some(&plan.name), why))
}

/// The plan in the measure named, or in all it has.
fn measures(door: &Door<'_, '_>, plan: &QuotaPlan, measure: Option<Measure>) -> Result<Vec<QuotaPlan>> {
    in_measures(&door.view(), plan, measure)
}

fn is_of_several(door: &Door<'_, '_>, plan: &QuotaPlan) -> Result<bool> {
    Ok(measures(door, plan, None)?.len() > 1)
}

fn measure_missing() -> CrmError {
    CrmError::Argument {
        field: "measure",
        problem: "is missing, and the plan has several".to_owned(),
        hint: "name the measure that is meant",
    }
}

/// The rows of a node in these measures of a plan, period by period.
fn rows(door: &Door<'_, '_>, plans: &[QuotaPlan], of: Option<&str>) -> Result<Vec<Stored<QuotaTarget>>> {
    let Some(plan) = plans.first() else { return Ok(Vec::new()) };
    let node = match of {
        None => Predicate::equals("owner", Value::Id(door.actor().position.uuid())),
        Some(key) => match door.resolve::<Position>(key) {
            Ok(position) => Predicate::equals("owner", Value::Id(position.record.id.uuid())),
            Err(_) => {
                let unit = door.resolve::<Unit>(key)?.record.id;
                Predicate::equals("unit", Value::Id(unit.uuid())).and(Predicate::Empty("owner".into()))
            }
        },
    };
    let mut rows = door.all_of::<QuotaTarget>(&of_plan(plan).and(node))?;
    rows.retain(|row| plans.iter().any(|plan| row.record.belongs_to(plan)));
    rows.sort_by_key(|row| row.record.first_day);
    if rows.is_empty() {
        let key = of.unwrap_or("your position").to_owned();
        return Err(CrmError::NotFound { entity: "quota_target", key }.into());
    }
    Ok(rows)
}

/// An amount over the periods as the target is shared, equally where there is none.
fn share(plan: &QuotaPlan, amount: Decimal, rows: &[Stored<QuotaTarget>]) -> Result<Vec<Decimal>> {
    let grain = Grain::of(plan)?;
    let digits = grain.digits();
    if amount < Decimal::ZERO || amount.normalize().scale() > digits {
        return Err(CascadeError::TotalPrecision { digits }.into());
    }
    let steps = grain.steps(amount).ok_or_else(|| CascadeError::TotalStep { step: grain.amount(1) })?;
    let mut weights: Vec<Decimal> = rows.iter().map(|row| row.record.amount).collect();
    if weights.iter().all(Decimal::is_zero) {
        weights.fill(Decimal::ONE);
    }
    let shares = allocate_units(Decimal::from(steps), &weights, 0)?;
    // Whole steps, each as many as there were in all or fewer.
    Ok(shares.into_iter().map(|share| share * grain.amount(1)).collect())
}

pub(super) fn open(plan: &QuotaPlan) -> Result<()> {
    if matches!(plan.state, PlanState::Locked | PlanState::Closed) {
        return Err(CascadeError::Locked { plan: plan.id }.into());
    }
    Ok(())
}

fn outcome(rows: &[Stored<QuotaTarget>], why: Why) -> Result<Outcome> {
    let mut rows = rows.iter();
    let first = rows.next().ok_or(CrmError::Internal { what: "a node has rows" })?;
    Ok(rows.fold(Outcome::of(&first.record, None, why), |outcome, row| outcome.and(&row.record, None)))
}
