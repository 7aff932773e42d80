//! A quota plan in the measures it has, and its targets.

use crate::command::of_plan;
use crate::error::{CrmError, Result};
use crate::view::View;
use clientela_core::organisation::{Position, Unit};
use clientela_core::performance::{Measure, QuotaMeasure, QuotaPlan, QuotaTarget, order_targets};
use clientela_model::{ClosedList, Predicate};

/// The plan in each of its measures, or in the one that is named.
pub(crate) fn in_measures(
    view: &View<'_>,
    plan: &QuotaPlan,
    only: Option<Measure>,
) -> Result<Vec<QuotaPlan>> {
    let further: Vec<QuotaMeasure> = view.records(&of_plan(plan))?;
    chosen(plan.in_measures(&further), only)
}

/// The one of these that is in the measure named; all when none is.
pub(crate) fn chosen(mut plans: Vec<QuotaPlan>, only: Option<Measure>) -> Result<Vec<QuotaPlan>> {
    let Some(measure) = only else { return Ok(plans) };
    plans.retain(|plan| plan.measure == measure);
    if plans.is_empty() {
        return Err(CrmError::NotFound { entity: "quota_measure", key: measure.word().to_owned() }.into());
    }
    Ok(plans)
}

/// The targets of a plan in all its measures, from the top down; `units` are those that may be seen.
pub(crate) fn targets(view: &View<'_>, plan: &QuotaPlan, units: &[Unit]) -> Result<Vec<QuotaTarget>> {
    let mut targets: Vec<QuotaTarget> = view.records(&of_plan(plan))?;
    let positions: Vec<Position> = view.records(&Predicate::Everything)?;
    order_targets(&mut targets, units, &positions);
    Ok(targets)
}
