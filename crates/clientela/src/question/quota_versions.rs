//! Questions on the versions of a quota plan.

use crate::command::{Key, of_plan};
use crate::error::{CrmError, Result};
use crate::session::Session;
use crate::view::View;
use chrono::{Datelike, NaiveDate};
use clientela_core::ids::{PositionId, QuotaPlanId, UnitId};
use clientela_core::performance::{Measure, PlanState, QuotaPlan, QuotaTarget};
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
    /// What the whole is to reach; empty for whoever sees a part of the plan only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
}

pub(super) fn versions(session: &Session, question: &VersionsOf) -> Result<Vec<PlanVersion>> {
    let told = |plan: QuotaPlan| PlanVersion {
        id: plan.id,
        version: plan.version(),
        state: plan.state,
        from_day: plan.from_day,
        total: plan.total,
        name: plan.name,
    };
    session.look(|view| Ok(all(&view, &question.plan)?.into_iter().map(told).collect()))
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
        let (old, new) = (sums(&view, &before, question.by_month)?, sums(&view, &after, question.by_month)?);
        let places: std::collections::BTreeSet<&Place> = old.keys().chain(new.keys()).collect();
        let line = |place: &Place| {
            let (before, after) = (old.get(place).copied(), new.get(place).copied());
            let (unit, owner, month) = *place;
            let difference = after.unwrap_or_default() - before.unwrap_or_default();
            VersionLine { unit, owner, month, before, after, difference }
        };
        Ok(places.into_iter().map(line).collect())
    })
}

/// Targets of a version, added up; shares of the market are averaged by days.
fn sums(view: &View<'_>, plan: &QuotaPlan, by_month: bool) -> Result<BTreeMap<Place, Decimal>> {
    let mut sums: BTreeMap<Place, (Decimal, Decimal)> = BTreeMap::new();
    for target in view.records::<QuotaTarget>(&of_plan(plan))? {
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
