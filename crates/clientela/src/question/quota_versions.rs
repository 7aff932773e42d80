//! Questions on the versions of a quota plan.

use crate::command::{Key, of_plan};
use crate::error::{CrmError, Result};
use crate::measures::in_measures;
use crate::session::Session;
use crate::view::View;
use chrono::{Datelike, NaiveDate};
use clientela_core::ids::{PositionId, QuotaPlanId, UnitId};
use clientela_core::performance::{Measure, PlanState, QuotaMeasure, QuotaPlan, QuotaTarget};
use clientela_model::identifier::Currency;
use clientela_model::{Predicate, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The versions of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionsOf {
    /// Name of the plan, or of one of its versions.
    pub plan: Key,
}

/// One version of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanVersion {
    /// Its id.
    pub id: QuotaPlanId,
    /// Its number, from 1.
    pub version: u32,
    /// Its name.
    pub name: String,
    /// Where it stands: a draft, published when it was agreed, locked, or closed when another took its place.
    pub state: PlanState,
    /// The day from which it differs from the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_day: Option<NaiveDate>,
    /// What the whole is to reach in its first measure; empty for whoever sees a part of the plan only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
    /// Its measures, the first one first.
    pub measures: Vec<PlanMeasure>,
}

/// One measure of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanMeasure {
    /// What is counted.
    pub measure: Measure,
    /// Currency, when money is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What the whole is to reach; empty for whoever sees a part of the plan only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
    /// Targets are multiples of it; empty for the smallest unit of what is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Decimal>,
    /// How much it weighs in the attainment over all.
    pub weight: Decimal,
}

pub(super) fn versions(session: &Session, question: &VersionsOf) -> Result<Vec<PlanVersion>> {
    session.look(|view| {
        let plans = all(&view, &question.plan)?;
        let further: Vec<QuotaMeasure> = view.records(&Predicate::Everything)?;
        let measure = |plan: QuotaPlan| PlanMeasure {
            measure: plan.measure,
            currency: plan.currency,
            total: plan.total,
            step: plan.step,
            weight: plan.measure_weight(),
        };
        let told = |plan: QuotaPlan| PlanVersion {
            id: plan.id,
            version: plan.version(),
            state: plan.state,
            from_day: plan.from_day,
            total: plan.total,
            measures: plan.in_measures(&further).into_iter().map(measure).collect(),
            name: plan.name,
        };
        Ok(plans.into_iter().map(told).collect())
    })
}

/// All versions of a plan, by number.
fn all(view: &View<'_>, plan: &str) -> Result<Vec<QuotaPlan>> {
    let plan = view.resolve::<QuotaPlan>(plan)?.record;
    let mut versions: Vec<QuotaPlan> = view.records(&Predicate::Everything)?;
    versions.retain(|one| one.series() == plan.series());
    versions.sort_by_key(QuotaPlan::version);
    Ok(versions)
}

/// The version of that number.
pub(super) fn version_of(view: &View<'_>, plan: &str, version: u32) -> Result<QuotaPlan> {
    let found = all(view, plan)?.into_iter().find(|one| one.version() == version);
    let key = format!("{plan} (version {version})");
    found.ok_or_else(|| CrmError::NotFound { entity: "quota_plan", key }.into())
}

/// Compares two versions of a plan, node by node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompareVersions {
    /// Name of the plan.
    pub plan: Key,
    /// The version that is compared; the one before the plan named when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u32>,
    /// With which; the plan named when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u32>,
    /// In which measure; all of them when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Month by month, or the whole plan when not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_month: bool,
}

/// What two versions ask of a unit or position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionLine {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// In which measure of the plan.
    pub measure: Measure,
    /// First day of the month in which periods begin; none for the whole plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<NaiveDate>,
    /// The target in the version before; none when it has none there.
    pub before: Option<Decimal>,
    /// The target in the version after; none when it has none there.
    pub after: Option<Decimal>,
    /// After less before, nothing counting as zero.
    pub difference: Decimal,
}

type Place = (UnitId, Option<PositionId>, Option<NaiveDate>);

pub(super) fn compare(session: &Session, question: &CompareVersions) -> Result<Vec<VersionLine>> {
    session.look(|view| {
        let named = view.resolve::<QuotaPlan>(&question.plan)?.record;
        let after = match question.after {
            Some(version) => version_of(&view, &question.plan, version)?,
            None => named,
        };
        let before = question.before.unwrap_or_else(|| after.version().saturating_sub(1));
        let before = version_of(&view, &question.plan, before)?;
        let mut lines = Vec::new();
        for after in in_measures(&view, &after, question.measure)? {
            let measure = after.measure;
            let before = in_measures(&view, &before, None)?.into_iter().find(|plan| plan.measure == measure);
            let old = match &before {
                Some(before) => sums(&view, before, question.by_month)?,
                None => BTreeMap::new(),
            };
            let new = sums(&view, &after, question.by_month)?;
            let places: std::collections::BTreeSet<&Place> = old.keys().chain(new.keys()).collect();
            lines.extend(places.into_iter().map(|place| {
                let (before, after) = (old.get(place).copied(), new.get(place).copied());
                let (unit, owner, month) = *place;
                let difference = after.unwrap_or_default() - before.unwrap_or_default();
                VersionLine { unit, owner, measure, month, before, after, difference }
            }));
        }
        Ok(lines)
    })
}

/// Targets of a version, added up; shares of the market are averaged by days.
fn sums(view: &View<'_>, plan: &QuotaPlan, by_month: bool) -> Result<BTreeMap<Place, Decimal>> {
    let mut sums: BTreeMap<Place, (Decimal, Decimal)> = BTreeMap::new();
    let targets: Vec<QuotaTarget> = view.records(&of_plan(plan))?;
    for target in targets.iter().filter(|target| target.belongs_to(plan)) {
        let month = by_month.then(|| target.first_day.with_day(1).unwrap_or(target.first_day));
        let days = match plan.measure {
            Measure::MarketShare => Decimal::from((target.last_day - target.first_day).num_days() + 1),
            _ => Decimal::ONE,
        };
        let sum = sums.entry((target.unit, target.owner, month)).or_default();
        sum.0 += target.amount * days;
        sum.1 += days;
    }
    let whole = |(sum, days): (Decimal, Decimal)| match plan.measure {
        Measure::MarketShare => Rounding::HalfAwayFromZero.apply(sum / days.max(Decimal::ONE), 2),
        _ => sum,
    };
    Ok(sums.into_iter().map(|(place, sum)| (place, whole(sum))).collect())
}
