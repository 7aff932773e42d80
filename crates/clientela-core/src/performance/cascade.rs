//! Sharing a plan out: down the tree by weights, over the periods by season, to the last unit and cent.
//!
//! The year's total of every node is shared among its children by largest remainder
//! ([`allocate_units`]), the whole is shared over the periods by season in the same way, and then every node's children
//! and periods are brought together by controlled rounding. So for every node and every period the target is exactly the
//! sum of its children's, every node's periods add up to its total, and no target is a full unit off its exact share
//! of the target above.

use super::matrix;
use super::quota::{Measure, PlanState, QuotaPlan, QuotaTarget};
use crate::ids::{PositionId, QuotaPlanId, QuotaTargetId, UnitId};
use chrono::{Datelike, Days, NaiveDate};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Coded, EntityId, ErrorKind, MoneyError, Why, allocate_units};
use rust_decimal::Decimal;
use std::collections::HashSet;
use uuid::Uuid;

/// Most targets one plan has: nodes times periods.
pub const TARGETS_MAX: usize = 1_000_000;

/// A unit or position of the tree a plan is shared out over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaNode {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// Its weight beside its siblings: history, potential, or equal. Zero gets nothing. The root's does not matter.
    pub weight: Decimal,
    /// What it is shared among; empty where sharing ends.
    pub children: Vec<QuotaNode>,
}

/// A period of the plan with its weight in the season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// First day.
    pub first_day: NaiveDate,
    /// Last day.
    pub last_day: NaiveDate,
    /// Its weight beside the other periods. Zero gets nothing.
    pub weight: Decimal,
}

/// A plan that was shared out.
#[derive(Debug, Clone, PartialEq)]
pub struct Cascade {
    /// A target for every node and period: nodes from the top down, each before its children, periods in their order.
    pub targets: Vec<QuotaTarget>,
    /// Node by node, by which weight it has which total.
    pub why: Why,
}

/// A plan that cannot be shared out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CascadeError {
    /// The plan is closed to changes.
    #[error("the plan is locked; make a new version of it to share it out again")]
    Locked {
        /// The plan.
        plan: QuotaPlanId,
    },
    /// The plan counts money without saying which.
    #[error("the plan counts revenue without a currency; give it one")]
    CurrencyMissing,
    /// The plan has no total.
    #[error("the plan has no total to share out; give it one")]
    TotalMissing,
    /// The total is below zero, or more than can be counted.
    #[error("the plan's total is outside what can be shared out; give one from 0 to {most}")]
    TotalRange {
        /// The largest total in this measure.
        most: Decimal,
    },
    /// The total is finer than what is counted.
    #[error(
        "the plan's total has more than {digits} decimals; give whole units, or money to its smallest coin"
    )]
    TotalPrecision {
        /// Decimals of what is counted.
        digits: u32,
    },
    /// The periods do not cover the plan one after the other.
    #[error(
        "period {position} does not follow on; periods cover the plan from its first day to its last without gap"
    )]
    Periods {
        /// Place of the period, from 1; one more than there are when the last ends too early.
        position: usize,
    },
    /// The weights of the periods cannot be shared by.
    #[error("the weights of the periods are not usable; at least one must be above zero and none below")]
    SeasonWeights,
    /// The weights of the children of a node cannot be shared by.
    #[error("the weights below unit {unit} are not usable; at least one must be above zero and none below")]
    NodeWeights {
        /// The unit.
        unit: UnitId,
    },
    /// The root is not the plan's unit.
    #[error("the tree starts at another unit than the plan; start it at the plan's unit")]
    ForeignRoot,
    /// A node stands twice in the tree.
    #[error("unit {unit} stands twice in the tree; each unit and each position stands there once")]
    Twice {
        /// The unit.
        unit: UnitId,
        /// The position, when it is one.
        owner: Option<PositionId>,
    },
    /// The tree is too deep.
    #[error("the tree is deeper than {TREE_DEPTH_MAX} levels; share out fewer at once")]
    TooDeep,
    /// There would be too many targets.
    #[error("the plan would have {targets} targets; at most {TARGETS_MAX} are possible")]
    TooMany {
        /// How many.
        targets: usize,
    },
    /// A number is too large.
    #[error("the weights are too large to compute with; use smaller ones")]
    Overflow,
}

impl Coded for CascadeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Locked { .. } => ErrorKind::Rule,
            Self::TooDeep | Self::TooMany { .. } => ErrorKind::Limit,
            Self::TotalRange { .. } | Self::Overflow => ErrorKind::Range,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "quota_plan.locked",
            Self::CurrencyMissing => "quota_plan.currency_missing",
            Self::TotalMissing => "quota_plan.total_missing",
            Self::TotalRange { .. } => "quota_plan.total_range",
            Self::TotalPrecision { .. } => "quota_plan.total_precision",
            Self::Periods { .. } => "quota_plan.periods",
            Self::SeasonWeights => "quota_plan.season_weights",
            Self::NodeWeights { .. } => "quota_plan.node_weights",
            Self::ForeignRoot => "quota_plan.foreign_root",
            Self::Twice { .. } => "quota_plan.node_twice",
            Self::TooDeep => "quota_plan.too_deep",
            Self::TooMany { .. } => "quota_plan.too_many_targets",
            Self::Overflow => "quota_plan.overflow",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Locked { .. } => "state",
            Self::CurrencyMissing => "currency",
            Self::TotalMissing | Self::TotalRange { .. } | Self::TotalPrecision { .. } => "total",
            Self::Periods { position } => return Some(format!("periods[{}]", position.saturating_sub(1))),
            Self::SeasonWeights => "periods.weight",
            Self::NodeWeights { .. } | Self::Overflow => "tree.weight",
            Self::ForeignRoot | Self::Twice { .. } | Self::TooDeep | Self::TooMany { .. } => "tree",
        };
        Some(field.to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::Locked { plan } => Some(plan.uuid()),
            Self::NodeWeights { unit } | Self::Twice { unit, .. } => Some(unit.uuid()),
            _ => None,
        }
    }
}

/// Shares a plan out over a tree and its periods. `next_id` gives the ids of the targets.
///
/// # Errors
/// Checks run in the order of [`CascadeError`], the tree's from the top down.
pub fn cascade(
    plan: &QuotaPlan,
    tree: &QuotaNode,
    seasons: &[Season],
    mut next_id: impl FnMut() -> QuotaTargetId,
) -> Result<Cascade, CascadeError> {
    if matches!(plan.state, PlanState::Locked | PlanState::Closed) {
        return Err(CascadeError::Locked { plan: plan.id });
    }
    let digits = digits(plan)?;
    let whole = plan.total.ok_or(CascadeError::TotalMissing)?;
    let total = to_steps(whole, digits)?;
    check_periods(plan, seasons)?;
    let by_season = share_by_season(total, seasons)?;
    if tree.unit != plan.unit || tree.owner.is_some() {
        return Err(CascadeError::ForeignRoot);
    }
    check_tree(tree, seasons.len())?;
    let mut sharing = Sharing { plan, seasons, digits, next_id: &mut next_id, targets: Vec::new() };
    let why = sharing.node(tree, total, by_season, None)?;
    Ok(Cascade {
        targets: sharing.targets,
        why: Why::new("quota_plan.shared_out")
            .fact("total", whole)
            .fact("measure", plan.measure)
            .fact("periods", seasons.len())
            .because(why),
    })
}

/// The plan's months, each of equal weight; the first and the last may be parts of one.
#[must_use]
pub fn months(plan: &QuotaPlan) -> Vec<Season> {
    let mut seasons = Vec::new();
    let mut first_day = plan.first_day;
    while first_day <= plan.last_day {
        let month = first_day.with_day(1).and_then(|first| first.checked_add_months(chrono::Months::new(1)));
        let end = month.and_then(|next| next.pred_opt()).map_or(plan.last_day, |end| end.min(plan.last_day));
        seasons.push(Season { first_day, last_day: end, weight: Decimal::ONE });
        match end.checked_add_days(Days::new(1)) {
            Some(next) => first_day = next,
            None => break,
        }
    }
    seasons
}

/// Decimals of what a plan counts: whole units, or the currency's smallest coin.
///
/// # Errors
/// `quota_plan.currency_missing`.
pub fn digits(plan: &QuotaPlan) -> Result<u32, CascadeError> {
    match plan.measure {
        Measure::Revenue => {
            plan.currency.map(|currency| currency.minor_units()).ok_or(CascadeError::CurrencyMissing)
        }
        Measure::Units | Measure::NewCustomers | Measure::Wins | Measure::Offers | Measure::Visits => Ok(0),
    }
}

/// Most steps a total has, so that the product of two of them fits into 128 bits with room to spare.
const STEPS_MAX: i64 = 1_000_000_000_000_000_000;

fn to_steps(total: Decimal, digits: u32) -> Result<i64, CascadeError> {
    let most = Decimal::from_i128_with_scale(i128::from(STEPS_MAX), digits);
    if (total.is_sign_negative() && !total.is_zero()) || total > most {
        return Err(CascadeError::TotalRange { most });
    }
    let mut exact = total.normalize();
    if exact.scale() > digits {
        return Err(CascadeError::TotalPrecision { digits });
    }
    exact.rescale(digits);
    i64::try_from(exact.mantissa()).map_err(|_| CascadeError::TotalRange { most })
}

fn check_periods(plan: &QuotaPlan, seasons: &[Season]) -> Result<(), CascadeError> {
    let mut expected = Some(plan.first_day);
    for (index, season) in seasons.iter().enumerate() {
        let follows = expected == Some(season.first_day);
        if !follows || season.last_day < season.first_day || season.last_day > plan.last_day {
            return Err(CascadeError::Periods { position: index + 1 });
        }
        expected = season.last_day.checked_add_days(Days::new(1));
    }
    if seasons.last().is_none_or(|last| last.last_day != plan.last_day) {
        return Err(CascadeError::Periods { position: seasons.len() + 1 });
    }
    Ok(())
}

fn share_by_season(total: i64, seasons: &[Season]) -> Result<Vec<i64>, CascadeError> {
    let weights: Vec<Decimal> = seasons.iter().map(|season| season.weight).collect();
    share_by_weights(total, &weights).map_err(|error| match error {
        MoneyError::Weights => CascadeError::SeasonWeights,
        _ => CascadeError::Overflow,
    })
}

/// Largest remainder in whole steps.
fn share_by_weights(total: i64, weights: &[Decimal]) -> Result<Vec<i64>, MoneyError> {
    let shares = allocate_units(Decimal::from(total), weights, 0)?;
    shares
        .into_iter()
        .map(|share| i64::try_from(share.mantissa()).map_err(|_| MoneyError::Overflow))
        .collect()
}

fn check_tree(tree: &QuotaNode, periods: usize) -> Result<(), CascadeError> {
    let mut seen = HashSet::new();
    // A list of its own instead of recursion: the depth is what is being checked.
    let mut open = vec![(tree, 1_usize)];
    while let Some((node, depth)) = open.pop() {
        if depth > TREE_DEPTH_MAX {
            return Err(CascadeError::TooDeep);
        }
        if !seen.insert((node.unit, node.owner)) {
            return Err(CascadeError::Twice { unit: node.unit, owner: node.owner });
        }
        let targets = seen.len().saturating_mul(periods);
        if targets > TARGETS_MAX {
            return Err(CascadeError::TooMany { targets });
        }
        open.extend(node.children.iter().rev().map(|child| (child, depth + 1)));
    }
    Ok(())
}

struct Sharing<'a, F> {
    plan: &'a QuotaPlan,
    seasons: &'a [Season],
    digits: u32,
    next_id: &'a mut F,
    targets: Vec<QuotaTarget>,
}

impl<F: FnMut() -> QuotaTargetId> Sharing<'_, F> {
    fn node(
        &mut self,
        node: &QuotaNode,
        total: i64,
        by_season: Vec<i64>,
        weight: Option<Decimal>,
    ) -> Result<Why, CascadeError> {
        for (season, amount) in self.seasons.iter().zip(&by_season) {
            let target = QuotaTarget {
                id: (self.next_id)(),
                plan: self.plan.id,
                unit: node.unit,
                owner: node.owner,
                first_day: season.first_day,
                last_day: season.last_day,
                amount: Decimal::new(*amount, self.digits),
                answer: None,
                proposed: None,
                note: None,
            };
            self.targets.push(target);
        }
        let mut why = Why::new("quota_plan.node").fact("unit", node.unit);
        if let Some(owner) = node.owner {
            why = why.fact("position", owner);
        }
        if let Some(weight) = weight {
            why = why.fact("weight", weight);
        }
        why = why.fact("total", Decimal::new(total, self.digits));
        if node.children.is_empty() {
            return Ok(why);
        }
        let weights: Vec<Decimal> = node.children.iter().map(|child| child.weight).collect();
        let totals = share_by_weights(total, &weights).map_err(|error| match error {
            MoneyError::Weights => CascadeError::NodeWeights { unit: node.unit },
            _ => CascadeError::Overflow,
        })?;
        let cells = matrix::share(&totals, &by_season);
        for (child, (total, by_season)) in node.children.iter().zip(totals.into_iter().zip(cells)) {
            why = why.because(self.node(child, total, by_season, Some(child.weight))?);
        }
        Ok(why)
    }
}
