//! Sharing a plan out: down the tree by weights, over the periods by season, to the last unit and cent.
//!
//! The year's total of every node is shared among its children by largest remainder
//! ([`allocate_units`]), the whole is shared over the periods by season in the same way, and then every node's children
//! and periods are brought together by controlled rounding. So for every node and every period the target is exactly the
//! sum of its children's, every node's periods add up to its total, and no target is a full unit off its exact share
//! of the target above.

mod error;

pub use error::CascadeError;

use super::bounded::{self, Interval, Stuck, beyond};
use super::grain::Grain;
use super::interlocking::{Interlocking, Settled, fewest, irreducible};
use super::limits::{Bounds, LimitSide, QuotaLimit, bounds, located};
use super::matrix::Table;
use super::quota::{Measure, PlanState, QuotaPlan, QuotaTarget};
use super::quota_tree::{QuotaNode, Tree, whole_weights};
use crate::ids::{PositionId, QuotaPlanId, QuotaTargetId, UnitId};
use chrono::{Datelike, Days, NaiveDate};
use clientela_model::Why;
use clientela_model::predicate::TREE_DEPTH_MAX;
use rust_decimal::Decimal;

/// Most targets one plan has: nodes times periods.
pub const TARGETS_MAX: usize = 1_000_000;

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

/// A plan that was shared out: what every node has in every period.
#[derive(Debug, Clone, PartialEq)]
pub struct Cascade {
    plan: QuotaPlanId,
    measure: Measure,
    grain: Grain,
    nodes: Vec<(UnitId, Option<PositionId>)>,
    periods: Vec<(NaiveDate, NaiveDate)>,
    /// In steps of the measure: node by node, periods in their order.
    amounts: Vec<i64>,
    /// Node by node, by which weight it has which total; the upper levels only when there are more than [`WHY_NODES_MAX`].
    pub why: Why,
}

impl Cascade {
    /// A target for every node and period: nodes from the top down, each before its children, periods in their order.
    /// `next_id` gives their ids.
    pub fn targets<'c>(
        &'c self,
        mut next_id: impl FnMut() -> QuotaTargetId + 'c,
    ) -> impl Iterator<Item = QuotaTarget> + 'c {
        let cells =
            self.nodes.iter().flat_map(|node| self.periods.iter().map(move |period| (*node, *period)));
        cells.zip(&self.amounts).map(move |(((unit, owner), (first_day, last_day)), amount)| QuotaTarget {
            id: next_id(),
            plan: self.plan,
            unit,
            owner,
            first_day,
            last_day,
            amount: self.grain.amount(*amount),
            answer: None,
            proposed: None,
            note: None,
            measure: Some(self.measure),
        })
    }

    /// How many targets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.amounts.len()
    }

    /// Whether there are none; there always are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }
}

/// Most nodes a reason lists.
pub const WHY_NODES_MAX: usize = 1_000;

/// Most limits that are tried one by one for those that clash, where each try shares the whole plan out.
const TRIED: usize = 40;

/// Shares a plan out over a tree and its periods, within limits.
///
/// Without a limit that holds it, a node has its weight's part of the one above. Who hits a limit has the limit, and the others
/// share the rest by their weights; who has no weight has what he must have. Limits are met level by level from the top, what
/// those below must and may have added up beforehand; where they lock into each other over levels and periods, all together, so
/// that amounts that can be met are met. Where they cannot, the refusal names as few limits as clash.
///
/// # Errors
/// Checks run in the order of [`CascadeError`], the tree's from the top down.
pub fn cascade(
    plan: &QuotaPlan,
    tree: &QuotaNode,
    seasons: &[Season],
    limits: &[QuotaLimit],
) -> Result<Cascade, CascadeError> {
    if matches!(plan.state, PlanState::Locked | PlanState::Closed) {
        return Err(CascadeError::Locked { plan: plan.id });
    }
    let grain = Grain::of(plan)?;
    let whole = plan.total.ok_or(CascadeError::TotalMissing)?;
    let total = to_steps(plan, whole, grain)?;
    check_periods(plan, seasons)?;
    let season_weights: Vec<Decimal> = seasons.iter().map(|season| season.weight).collect();
    let by_season = whole_weights(season_weights.iter()).ok_or(CascadeError::SeasonWeights)?;
    if tree.unit != plan.unit || tree.owner.is_some() {
        return Err(CascadeError::ForeignRoot);
    }
    let tree = Tree::new(tree, seasons.len())?;
    let sharing = Sharing { seasons, grain, periods: seasons.len(), tree: &tree };
    let (nodes, amounts) = if plan.measure == Measure::MarketShare {
        if !limits.is_empty() {
            return Err(CascadeError::NotShared);
        }
        let units: Vec<_> = tree.nodes.iter().filter(|node| node.owner.is_none()).collect();
        (units.iter().map(|node| (node.unit, None)).collect(), vec![total; units.len() * seasons.len()])
    } else {
        (
            tree.nodes.iter().map(|node| (node.unit, node.owner)).collect(),
            sharing.within_limits(total, &by_season, limits)?,
        )
    };
    let why = Why::new("quota_plan.shared_out")
        .fact("total", whole)
        .fact("measure", plan.measure)
        .fact("periods", seasons.len())
        .fact("limits", limits.len());
    let why = if plan.measure == Measure::MarketShare { why } else { sharing.told(why, &amounts) };
    let periods = seasons.iter().map(|season| (season.first_day, season.last_day)).collect();
    Ok(Cascade { plan: plan.id, measure: plan.measure, grain, nodes, periods, amounts, why })
}

/// The plan's months, each of equal weight; the first and the last may be parts of one.
#[must_use]
pub fn months(plan: &QuotaPlan) -> Vec<Season> {
    months_between(plan.first_day, plan.last_day)
}

/// The months between two days, each of equal weight; the first and the last may be parts of one.
#[must_use]
pub fn months_between(first: NaiveDate, last: NaiveDate) -> Vec<Season> {
    let mut seasons = Vec::new();
    let mut first_day = first;
    while first_day <= last {
        let month = first_day.with_day(1).and_then(|first| first.checked_add_months(chrono::Months::new(1)));
        let end = month.and_then(|next| next.pred_opt()).map_or(last, |end| end.min(last));
        seasons.push(Season { first_day, last_day: end, weight: Decimal::ONE });
        match end.checked_add_days(Days::new(1)) {
            Some(next) => first_day = next,
            None => break,
        }
    }
    seasons
}

/// Decimals of a market share in percent.
const SHARE_DIGITS: u32 = 2;

/// Decimals of what a plan counts: whole units, the currency's smallest coin, or hundredths of a percent.
///
/// # Errors
/// `quota_plan.currency_missing`.
pub fn digits(plan: &QuotaPlan) -> Result<u32, CascadeError> {
    match plan.measure {
        Measure::Revenue | Measure::Margin => {
            plan.currency.map(|currency| currency.minor_units()).ok_or(CascadeError::CurrencyMissing)
        }
        Measure::MarketShare => Ok(SHARE_DIGITS),
        Measure::Units | Measure::NewCustomers | Measure::Wins | Measure::Offers | Measure::Visits => Ok(0),
    }
}

/// Most steps a total has, so that the product of two of them fits into 128 bits with room to spare.
const STEPS_MAX: i64 = 1_000_000_000_000_000_000;

fn to_steps(plan: &QuotaPlan, total: Decimal, grain: Grain) -> Result<i64, CascadeError> {
    let digits = grain.digits();
    let most = match plan.measure {
        Measure::MarketShare => Decimal::ONE_HUNDRED,
        _ => Decimal::from_i128_with_scale(i128::from(STEPS_MAX), digits),
    };
    if (total.is_sign_negative() && !total.is_zero()) || total > most {
        return Err(CascadeError::TotalRange { most });
    }
    if total.normalize().scale() > digits {
        return Err(CascadeError::TotalPrecision { digits });
    }
    grain.steps(total).ok_or_else(|| CascadeError::TotalStep { step: grain.amount(1) })
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

/// A tree being shared out.
struct Sharing<'a> {
    seasons: &'a [Season],
    grain: Grain,
    periods: usize,
    tree: &'a Tree,
}

impl Sharing<'_> {
    /// What every node has in every period, in steps: level by level, and where that finds no way all limits together.
    fn within_limits(
        &self,
        total: i64,
        season: &[u64],
        limits: &[QuotaLimit],
    ) -> Result<Vec<i64>, CascadeError> {
        let by_levels = |limits: &[QuotaLimit]| {
            let bounds = bounds(self.tree, limits, self.seasons, self.grain)?;
            self.out(total, season, &bounds)
        };
        let refused = match by_levels(limits) {
            Err(error @ CascadeError::Limits { .. }) => error,
            done => return done,
        };
        if let Some(located) = located(self.tree, limits, self.seasons, self.grain) {
            let days: Vec<NaiveDate> = self.seasons.iter().map(|season| season.first_day).collect();
            let (tree, grain) = (self.tree, self.grain);
            let together = Interlocking { tree, total, season, days: &days, limits: &located, grain };
            return Ok(self.settled(&together.settle()?));
        }
        let some =
            |places: &[usize]| -> Vec<QuotaLimit> { places.iter().map(|place| limits[*place]).collect() };
        let clashes = |places: &[usize]| matches!(by_levels(&some(places)), Err(CascadeError::Limits { .. }));
        let all: Vec<usize> = (0..limits.len()).collect();
        // Each try shares the whole plan out again.
        let clash = match all.len() {
            few if few <= TRIED => fewest(irreducible(all, clashes), few, clashes),
            _ => Vec::new(),
        };
        Err(refused.with_clash(clash.into_iter().map(|place| place + 1).collect()))
    }

    /// What every node has when limited ones have what was settled: the others share what is left by weights.
    fn settled(&self, settled: &Settled) -> Vec<i64> {
        let (tree, periods) = (self.tree, self.periods);
        let mut amounts = vec![0_i64; tree.nodes.len() * periods];
        let mut room = Room::default();
        let put = |amounts: &mut Vec<i64>, place: usize, cells: &[i64]| {
            amounts[place * periods..(place + 1) * periods].copy_from_slice(cells);
        };
        for (place, cells) in &settled.limited {
            put(&mut amounts, *place, cells);
        }
        for place in 0..tree.nodes.len() {
            let limited = |child: &&usize| settled.limited.contains_key(*child);
            let children = tree.children(place);
            let own = match (children.iter().any(|child| limited(&child)), settled.rest.get(&place)) {
                (true, Some(rest)) => rest.clone(),
                (true, None) => continue,
                (false, _) => amounts[place * periods..(place + 1) * periods].to_vec(),
            };
            let free = children.iter().zip(tree.weights(place)).filter(|(child, _)| !limited(child));
            let (others, weights): (Vec<usize>, Vec<u64>) =
                free.map(|(child, weight)| (*child, *weight)).unzip();
            if others.is_empty() {
                continue;
            }
            bounded::by_weights(own.iter().sum(), &weights, &mut room.totals);
            room.table.share(&room.totals, &own, &mut room.cells);
            for (child, cells) in others.iter().zip(room.cells.chunks_exact(periods)) {
                put(&mut amounts, *child, cells);
            }
        }
        amounts
    }

    /// What every node has in every period, in steps, level by level.
    fn out(&self, total: i64, season: &[u64], bounds: &[Option<Bounds>]) -> Result<Vec<i64>, CascadeError> {
        let (tree, periods) = (self.tree, self.periods);
        let mut amounts = vec![0_i64; tree.nodes.len() * periods];
        let mut room = Room::default();
        self.root(total, season, bounds.first().and_then(Option::as_ref), &mut room.totals)?;
        amounts[..periods].copy_from_slice(&room.totals);
        for place in 0..tree.nodes.len() {
            let children = tree.children(place);
            let (Some(first), weights) = (children.first(), tree.weights(place)) else { continue };
            let own = amounts[place * periods..(place + 1) * periods].to_vec();
            if children.iter().all(|child| bounds[*child].is_none()) {
                bounded::by_weights(own.iter().sum(), weights, &mut room.totals);
                room.table.share(&room.totals, &own, &mut room.cells);
            } else {
                self.limited(place, &own, bounds, &mut room)?;
            }
            debug_assert!(*first > place, "a node comes before its children");
            for (child, cells) in children.iter().zip(room.cells.chunks_exact(periods)) {
                amounts[child * periods..(child + 1) * periods].copy_from_slice(cells);
            }
        }
        Ok(amounts)
    }

    /// The whole over the periods.
    fn root(
        &self,
        total: i64,
        season: &[u64],
        bounds: Option<&Bounds>,
        shares: &mut Vec<i64>,
    ) -> Result<(), CascadeError> {
        let Some(bounds) = bounds else {
            bounded::by_weights(total, season, shares);
            return Ok(());
        };
        self.within(0, None, total, bounds.total())?;
        let nothing = Interval { low: 0, high: 0 };
        let mut limits = Vec::with_capacity(season.len());
        for (period, weight) in season.iter().enumerate() {
            let mut limit = bounds.period_of(period, total);
            if *weight == 0 {
                limit.high = limit.high.min(limit.low);
            }
            limits.push(limit);
        }
        let all = limits.iter().fold(nothing, |sum, limit| sum.plus(*limit));
        self.within(0, None, total, all)?;
        bounded::between(total, season, &limits, shares);
        Ok(())
    }

    /// What a node has, among children of which some are limited.
    fn limited(
        &self,
        place: usize,
        own: &[i64],
        bounds: &[Option<Bounds>],
        room: &mut Room,
    ) -> Result<(), CascadeError> {
        let total: i64 = own.iter().sum();
        let nothing = Interval { low: 0, high: 0 };
        let children = self.tree.children(place);
        let mut rows = Vec::with_capacity(children.len());
        let mut cells = Vec::with_capacity(children.len() * own.len());
        let with_periods =
            children.iter().any(|child| bounds[*child].as_ref().is_some_and(Bounds::has_periods));
        for (child, weight) in children.iter().zip(self.tree.weights(place)) {
            let bound = bounds[*child].as_ref();
            let mut row = bound.map_or(Interval::FREE, |bound| bound.total_of(total));
            if with_periods {
                let mut all = nothing;
                for (period, above) in own.iter().enumerate() {
                    let limit = bound.map_or(Interval::FREE, |bound| bound.period_of(period, *above));
                    let cell = Interval { low: limit.low, high: limit.high.min(*above) };
                    if cell.low > cell.high {
                        let by = cell.low - cell.high;
                        return Err(self.refusal(*child, Some(period), LimitSide::Minimum, by));
                    }
                    all = all.plus(cell);
                    cells.push(cell);
                }
                row = row.and(all);
            }
            if *weight == 0 {
                row.high = row.high.min(row.low);
            }
            if row.low > row.high {
                return Err(self.refusal(*child, None, LimitSide::Minimum, row.low - row.high));
            }
            rows.push(row);
        }
        let all = rows.iter().fold(nothing, |sum, row| sum.plus(*row));
        self.within(place, None, total, all)?;
        bounded::between(total, self.tree.weights(place), &rows, &mut room.totals);
        if !with_periods {
            room.table.share(&room.totals, own, &mut room.cells);
            return Ok(());
        }
        room.cells = bounded::table(&room.totals, &rows, own, &cells).map_err(|stuck| match stuck {
            Stuck::Column(period, by) => self.refusal(place, Some(period), LimitSide::Maximum, by),
            Stuck::Row(row, by) => {
                let child = children.get(row).copied().unwrap_or(place);
                self.refusal(child, None, LimitSide::Minimum, by)
            }
        })?;
        Ok(())
    }

    fn within(
        &self,
        place: usize,
        period: Option<usize>,
        total: i64,
        all: Interval,
    ) -> Result<(), CascadeError> {
        match beyond(total, all) {
            0 => Ok(()),
            by if by < 0 => Err(self.refusal(place, period, LimitSide::Minimum, -by)),
            by => Err(self.refusal(place, period, LimitSide::Maximum, by)),
        }
    }

    fn refusal(&self, place: usize, period: Option<usize>, side: LimitSide, by: i64) -> CascadeError {
        let period = period.and_then(|period| self.seasons.get(period)).map(|season| season.first_day);
        self.tree.refusal(place, period, side, self.grain.amount(by))
    }

    /// The reason with the nodes beneath it, as many levels as there is room for.
    fn told(&self, why: Why, amounts: &[i64]) -> Why {
        let mut of_depth = vec![0_usize; TREE_DEPTH_MAX + 1];
        for node in &self.tree.nodes {
            of_depth[usize::from(node.depth)] += 1;
        }
        let mut told = 0;
        let fits = |count: &&usize| {
            told += **count;
            told <= WHY_NODES_MAX
        };
        let depth = of_depth.iter().take_while(fits).filter(|count| **count > 0).count().max(1);
        let listed: usize = of_depth.iter().take(depth).sum();
        let why = why.because(self.node(0, depth, amounts));
        let rest = self.tree.nodes.len() - listed;
        if rest == 0 { why } else { why.because(Why::new("quota_plan.more").fact("nodes", rest)) }
    }

    fn node(&self, place: usize, depth: usize, amounts: &[i64]) -> Why {
        let node = &self.tree.nodes[place];
        let mut why = Why::new("quota_plan.node").fact("unit", node.unit);
        if let Some(owner) = node.owner {
            why = why.fact("position", owner);
        }
        if place > 0 {
            why = why.fact("weight", node.weight);
        }
        let own = &amounts[place * self.periods..(place + 1) * self.periods];
        why = why.fact("total", self.grain.amount(own.iter().sum()));
        if depth <= 1 {
            return why;
        }
        let below = self.tree.children(place).iter().map(|child| self.node(*child, depth - 1, amounts));
        below.fold(why, Why::because)
    }
}

/// Room for what is computed node by node.
#[derive(Default)]
struct Room {
    table: Table,
    totals: Vec<i64>,
    cells: Vec<i64>,
}
