//! A new version of a plan from a day on: what lies before is kept as it was, the rest is shared out anew.

use super::cascade::{CascadeError, Season, cascade};
use super::grain::Grain;
use super::limits::QuotaLimit;
use super::matrix::Table;
use super::quota::{Measure, PlanState, QuotaPlan, QuotaTarget};
use super::quota_tree::QuotaNode;
use crate::ids::{PositionId, QuotaTargetId, UnitId};
use chrono::{Days, NaiveDate};
use clientela_model::{Why, allocate_units};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};

type Node = (UnitId, Option<PositionId>);

/// What a new version is made of.
#[derive(Debug, Clone, Copy)]
pub struct Revision<'a> {
    /// The new version, with its own total.
    pub plan: &'a QuotaPlan,
    /// The day from which it differs.
    pub from_day: NaiveDate,
    /// The targets of the version before.
    pub before: &'a [QuotaTarget],
    /// The tree as it is now, weighed for the days from then on.
    pub tree: &'a QuotaNode,
    /// The season from then on; that of the version before when empty.
    pub seasons: &'a [Season],
    /// Limits on what is shared out anew; a percentage is of what the one above has from then on.
    pub limits: &'a [QuotaLimit],
}

/// The targets of a new version: periods before the day as they were, with what was said to them, and the others shared out. A
/// period the day falls into is parted by days, so that each part adds up again where the whole did.
///
/// # Errors
/// `quota_plan.from_day`, `quota_plan.below_kept`, and those of [`cascade`].
pub fn revise(
    revision: Revision<'_>,
    mut next_id: impl FnMut() -> QuotaTargetId,
) -> Result<(Vec<QuotaTarget>, Why), CascadeError> {
    let Revision { plan, from_day, before, tree, seasons, limits } = revision;
    if from_day <= plan.first_day || from_day > plan.last_day {
        return Err(CascadeError::FromDay);
    }
    let total = plan.total.ok_or(CascadeError::TotalMissing)?;
    let (kept, rest) = parted(plan, before, tree, from_day)?;
    let root = (tree.unit, tree.owner);
    let of_root = |targets: &[QuotaTarget]| -> Decimal {
        targets.iter().filter(|target| (target.unit, target.owner) == root).map(|target| target.amount).sum()
    };
    let over = of_root(&kept);
    let left = if plan.measure == Measure::MarketShare { total } else { total - over };
    if left < Decimal::ZERO {
        return Err(CascadeError::BelowKept { kept: over });
    }
    let mut as_before: Vec<Season> = rest
        .iter()
        .filter(|target| (target.unit, target.owner) == root)
        .map(|target| Season {
            first_day: target.first_day,
            last_day: target.last_day,
            weight: target.amount,
        })
        .collect();
    // Targets come in any order; periods follow each other.
    as_before.sort_by_key(|season| season.first_day);
    let seasons = if seasons.is_empty() { by_days_if_nothing(as_before) } else { seasons.to_vec() };
    let part = QuotaPlan { first_day: from_day, total: Some(left), state: PlanState::Draft, ..plan.clone() };
    let shared = cascade(&part, tree, &seasons, limits)?;
    let why = Why::new("quota_plan.revised")
        .fact("version", plan.version())
        .fact("from_day", from_day)
        .fact("total", total)
        .fact("kept", over)
        .because(shared.why.clone());
    let mut targets: Vec<QuotaTarget> =
        kept.into_iter().map(|target| of_version(plan, next_id(), target)).collect();
    targets.extend(shared.targets(next_id));
    Ok((targets, why))
}

/// Weighs a tree by what each node had; who is new counts as the mean of those beside him. Those in `given` keep their weights.
pub fn weigh_by(tree: &mut QuotaNode, had: &HashMap<Node, Decimal>, given: &HashSet<Node>) {
    let known: Vec<Decimal> =
        tree.children.iter().filter_map(|child| had.get(&(child.unit, child.owner)).copied()).collect();
    let sum: Decimal = known.iter().sum();
    let mean = if sum.is_zero() { Decimal::ONE } else { sum / Decimal::from(known.len()) };
    for child in &mut tree.children {
        let node = (child.unit, child.owner);
        if !given.contains(&node) {
            // Where nobody had anything all count alike.
            child.weight = had.get(&node).copied().filter(|_| !sum.is_zero()).unwrap_or(mean);
        }
        weigh_by(child, had, given);
    }
}

/// A target that is kept, in the new version.
fn of_version(plan: &QuotaPlan, id: QuotaTargetId, target: QuotaTarget) -> QuotaTarget {
    QuotaTarget { id, plan: plan.id, measure: Some(plan.measure), ..target }
}

fn by_days_if_nothing(mut seasons: Vec<Season>) -> Vec<Season> {
    if seasons.iter().all(|season| season.weight.is_zero()) {
        for season in &mut seasons {
            season.weight = Decimal::from((season.last_day - season.first_day).num_days() + 1);
        }
    }
    seasons
}

/// Targets before a day and from it on, a period that holds the day in two.
fn parted(
    plan: &QuotaPlan,
    before: &[QuotaTarget],
    tree: &QuotaNode,
    from_day: NaiveDate,
) -> Result<(Vec<QuotaTarget>, Vec<QuotaTarget>), CascadeError> {
    let grain = Grain::of(plan)?;
    let of_measure = |target: &&QuotaTarget| target.measure.is_none_or(|measure| measure == plan.measure);
    let before: Vec<&QuotaTarget> = before.iter().filter(of_measure).collect();
    let mut open: HashMap<Node, i64> = HashMap::new();
    for target in before.iter().filter(|target| target.first_day < from_day && target.last_day >= from_day) {
        let steps = grain.around(target.amount).map_or(i64::MAX, |(below, _)| below);
        open.insert((target.unit, target.owner), steps);
    }
    let mut parts = Parts { open, kept: HashMap::new(), table: Table::default(), days: (0, 1) };
    let (mut kept, mut rest) = (Vec::new(), Vec::new());
    for target in before {
        if target.last_day < from_day {
            kept.push(target.clone());
        } else if target.first_day >= from_day {
            rest.push(target.clone());
        } else {
            if parts.kept.is_empty() {
                let days = (from_day - target.first_day).num_days();
                parts.days = (days, (target.last_day - from_day).num_days() + 1);
                parts.fill(plan, tree);
            }
            let amount = parts.of(plan, (target.unit, target.owner));
            let amount = grain.amount(amount);
            let yesterday = from_day - Days::new(1);
            kept.push(QuotaTarget { last_day: yesterday, amount, ..target.clone() });
            let left =
                if plan.measure == Measure::MarketShare { target.amount } else { target.amount - amount };
            rest.push(QuotaTarget { first_day: from_day, amount: left, ..target.clone() });
        }
    }
    Ok((kept, rest))
}

/// What each node keeps of a period that is parted.
struct Parts {
    open: HashMap<Node, i64>,
    kept: HashMap<Node, i64>,
    table: Table,
    /// Days before and from then on.
    days: (i64, i64),
}

impl Parts {
    fn fill(&mut self, plan: &QuotaPlan, tree: &QuotaNode) {
        let root = (tree.unit, tree.owner);
        let kept = self.by_days(plan, root);
        self.kept.insert(root, kept);
        self.below(plan, tree);
    }

    fn below(&mut self, plan: &QuotaPlan, node: &QuotaNode) {
        let own = (node.unit, node.owner);
        let (Some(all), Some(kept)) = (self.open.get(&own).copied(), self.kept.get(&own).copied()) else {
            return;
        };
        let children: Vec<Node> = node.children.iter().map(|child| (child.unit, child.owner)).collect();
        let rows: Vec<i64> =
            children.iter().map(|child| self.open.get(child).copied().unwrap_or(0)).collect();
        let mut cells = Vec::new();
        // Single targets may have been changed: then nothing adds up, and each is parted by itself.
        if rows.iter().sum::<i64>() == all && plan.measure != Measure::MarketShare {
            self.table.share(&rows, &[kept, all - kept], &mut cells);
        }
        for (index, child) in children.iter().enumerate() {
            let part = cells.get(index * 2).copied().unwrap_or_else(|| self.by_days(plan, *child));
            self.kept.insert(*child, part);
        }
        for child in &node.children {
            self.below(plan, child);
        }
    }

    fn of(&self, plan: &QuotaPlan, node: Node) -> i64 {
        self.kept.get(&node).copied().unwrap_or_else(|| self.by_days(plan, node))
    }

    fn by_days(&self, plan: &QuotaPlan, node: Node) -> i64 {
        let all = self.open.get(&node).copied().unwrap_or(0);
        if plan.measure == Measure::MarketShare {
            return all;
        }
        let days = [Decimal::from(self.days.0), Decimal::from(self.days.1)];
        let parts = allocate_units(Decimal::from(all), &days, 0).unwrap_or_default();
        parts.first().and_then(|part| i64::try_from(part.trunc().mantissa()).ok()).unwrap_or(0)
    }
}
