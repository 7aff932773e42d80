//! Limits of a plan that is shared out: the least and the most a unit or position gets, by amount or in percent of what the one
//! above it has, in the whole plan or in one period.
//!
//! Amounts are added up from below before anything is shared out, so that a zone is never given less than its dealers must have
//! together, nor more than they may have. A percentage holds to the step: a least one is rounded down, a most one up.
//! Amounts of several levels and periods that lock into each other are met together, see `interlocking`.

use super::bounded::{Interval, OPEN};
use super::cascade::{CascadeError, Season};
use super::grain::Grain;
use super::interlocking::Located;
use super::quota_tree::Tree;
use crate::ids::{PositionId, UnitId};
use chrono::NaiveDate;
use clientela_model::ClosedList;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::HashMap;

/// What a limit is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitAmount {
    /// Steps of the plan's measure.
    Amount(Decimal),
    /// Percent of what the unit above has; for the plan's own unit, of the plan's total.
    Percent(Decimal),
}

/// The least and the most of one unit or position. Several for one hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaLimit {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// A day of the period it is for; the whole plan when none.
    pub period: Option<NaiveDate>,
    /// The least.
    pub minimum: Option<LimitAmount>,
    /// The most.
    pub maximum: Option<LimitAmount>,
}

/// Which limits cannot be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum LimitSide {
    /// The least amounts ask for more than there is.
    Minimum,
    /// The most amounts leave something over.
    Maximum,
}

/// A hundred percent in the parts percentages are kept in.
const WHOLE: i64 = 100_000_000;

/// A percentage of what the one above has.
#[derive(Debug, Clone, Copy)]
struct Part {
    period: Option<usize>,
    minimum: Option<i64>,
    maximum: Option<i64>,
}

/// What limits say of one node.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    /// The whole plan, by amounts.
    total: Interval,
    /// The same, with what percentages below ask of it; where they ask for the impossible, sharing out finds what is missing.
    reach: Interval,
    /// One for each period; empty when no period is limited.
    periods: Vec<Interval>,
    parts: Vec<Part>,
}

impl Bounds {
    const FREE: Self =
        Self { total: Interval::FREE, reach: Interval::FREE, periods: Vec::new(), parts: Vec::new() };

    fn period(&self, period: usize) -> Interval {
        self.periods.get(period).copied().unwrap_or(Interval::FREE)
    }

    fn limit_period(&mut self, period: usize, count: usize, to: Interval) {
        if self.periods.is_empty() {
            self.periods = vec![Interval::FREE; count];
        }
        if let Some(one) = self.periods.get_mut(period) {
            *one = one.and(to);
        }
    }

    /// The whole plan, when the one above has so much.
    pub(super) fn total_of(&self, above: i64) -> Interval {
        let parts = self.parts.iter().filter(|part| part.period.is_none());
        parts.fold(self.reached(), |all, part| all.and(part.of(above)))
    }

    /// The whole plan by amounts alone.
    pub(super) const fn total(&self) -> Interval {
        self.total
    }

    const fn reached(&self) -> Interval {
        if self.reach.low <= self.reach.high { self.reach } else { self.total }
    }

    /// What the one above must have so that its percentages and this one's amounts can hold together.
    fn of_above(&self) -> Interval {
        let own = self.reached();
        let parts = self.parts.iter().filter(|part| part.period.is_none());
        parts.fold(Interval::FREE, |all, part| all.and(part.around(own)))
    }

    /// A period, when the one above has so much in it.
    pub(super) fn period_of(&self, period: usize, above: i64) -> Interval {
        let of_period = |part: &&Part| part.period == Some(period);
        self.parts.iter().filter(of_period).fold(self.period(period), |all, part| all.and(part.of(above)))
    }

    /// Whether any period is limited.
    pub(super) fn has_periods(&self) -> bool {
        !self.periods.is_empty() || self.parts.iter().any(|part| part.period.is_some())
    }

    /// What the periods say of the whole, and the whole of the periods.
    fn settle(&mut self) {
        if self.periods.is_empty() {
            return;
        }
        let all = self.periods.iter().fold(Interval { low: 0, high: 0 }, |sum, one| sum.plus(*one));
        self.total = self.total.and(all);
        for one in &mut self.periods {
            let others = Interval { low: all.low - one.low, high: all.high.saturating_sub(one.high) };
            if all.high < OPEN {
                one.low = one.low.max(self.total.low - others.high);
            }
            one.high = one.high.min(self.total.high.saturating_sub(others.low));
        }
    }
}

impl Part {
    fn of(&self, above: i64) -> Interval {
        let product = |part: i64| i128::from(above) * i128::from(part);
        let steps = |whole: i128| i64::try_from(whole).unwrap_or(OPEN).min(OPEN);
        Interval {
            low: self.minimum.map_or(0, |part| steps(product(part) / i128::from(WHOLE))),
            high: self
                .maximum
                .map_or(OPEN, |part| steps((product(part) + i128::from(WHOLE - 1)) / i128::from(WHOLE))),
        }
    }
}

impl Part {
    /// How much the one above must have for the part of it to meet these amounts.
    fn around(&self, own: Interval) -> Interval {
        let above = |amount: i64, part: i64| {
            let whole = i128::from(amount) * i128::from(WHOLE) / i128::from(part);
            i64::try_from(whole).unwrap_or(OPEN).min(OPEN)
        };
        let low = self
            .maximum
            .filter(|part| *part > 0 && own.low > 0)
            .map_or(0, |part| above(own.low - 1, part) + 1);
        let high = self.minimum.filter(|part| *part > 0 && own.high < OPEN);
        // The least whole amount whose part is above the most, less one.
        let high = high.map_or(OPEN, |part| {
            let whole = above(own.high + 1, part);
            let exact = i128::from(whole) * i128::from(part) == i128::from(own.high + 1) * i128::from(WHOLE);
            if exact { whole - 1 } else { whole }
        });
        Interval { low, high }
    }
}

/// The bounds of every node, those of whoever lies below added up; none where nothing is limited.
pub(super) fn bounds(
    tree: &Tree,
    limits: &[QuotaLimit],
    seasons: &[Season],
    grain: Grain,
) -> Result<Vec<Option<Bounds>>, CascadeError> {
    let mut all: Vec<Option<Bounds>> = vec![None; tree.nodes.len()];
    if limits.is_empty() {
        return Ok(all);
    }
    let places: HashMap<(UnitId, Option<PositionId>), usize> =
        tree.nodes.iter().enumerate().map(|(place, node)| ((node.unit, node.owner), place)).collect();
    for (position, limit) in (1..).zip(limits) {
        let place = places.get(&(limit.unit, limit.owner)).ok_or(CascadeError::LimitNode { position })?;
        let period = period_of(limit, seasons).map_err(|()| CascadeError::LimitPeriod { position })?;
        if let Some(slot) = all.get_mut(*place) {
            let bounds = slot.get_or_insert(Bounds::FREE);
            take(bounds, limit, period, seasons.len(), grain).ok_or(CascadeError::LimitValue { position })?;
        }
    }
    for place in (0..tree.nodes.len()).rev() {
        let own = all.get_mut(place).and_then(Option::take);
        let bounds = from_below(tree, &all, place, own, seasons.len());
        if let Some(bounds) = &bounds {
            check(tree, place, bounds, seasons, grain)?;
        }
        if let Some(slot) = all.get_mut(place) {
            *slot = bounds;
        }
    }
    Ok(all)
}

/// The place of a limit's period in the season.
fn period_of(limit: &QuotaLimit, seasons: &[Season]) -> Result<Option<usize>, ()> {
    let Some(day) = limit.period else { return Ok(None) };
    let within = |season: &Season| (season.first_day..=season.last_day).contains(&day);
    seasons.iter().position(within).map(Some).ok_or(())
}

/// The limits where they stand, when all of them are amounts; none, too, when one of them makes no sense.
pub(super) fn located(
    tree: &Tree,
    limits: &[QuotaLimit],
    seasons: &[Season],
    grain: Grain,
) -> Option<Vec<Located>> {
    let percent = |limit: &&QuotaLimit| {
        [limit.minimum, limit.maximum].iter().any(|one| matches!(one, Some(LimitAmount::Percent(_))))
    };
    if limits.iter().any(|limit| percent(&limit)) {
        return None;
    }
    let places: HashMap<(UnitId, Option<PositionId>), usize> =
        tree.nodes.iter().enumerate().map(|(place, node)| ((node.unit, node.owner), place)).collect();
    let one = |limit: &QuotaLimit| {
        let period = period_of(limit, seasons).ok()?;
        let (amounts, _) = read(limit, period, grain)?;
        Some(Located { place: *places.get(&(limit.unit, limit.owner))?, period, amounts })
    };
    limits.iter().map(one).collect()
}

/// What a limit says in steps, and in parts of what the one above has; none when it makes no sense.
fn read(limit: &QuotaLimit, period: Option<usize>, grain: Grain) -> Option<(Interval, Part)> {
    // A least amount finer than a step asks for the next step, a most one leaves the step below.
    let inside = |steps: &i64| (0..=OPEN).contains(steps);
    let least = |amount: Decimal| grain.around(amount).map(|(_, above)| above).filter(inside);
    let most = |amount: Decimal| grain.around(amount).map(|(below, _)| below).filter(inside);
    let part = |percent: Decimal| {
        let parts = percent.checked_mul(Decimal::from(WHOLE / 100))?.round();
        parts.to_i64().filter(|parts| (0..=WHOLE).contains(parts))
    };
    let mut fixed = Interval::FREE;
    let mut of_above = Part { period, minimum: None, maximum: None };
    match limit.minimum {
        Some(LimitAmount::Amount(amount)) => fixed.low = least(amount)?,
        Some(LimitAmount::Percent(percent)) => of_above.minimum = Some(part(percent)?),
        None => {}
    }
    match limit.maximum {
        Some(LimitAmount::Amount(amount)) => fixed.high = most(amount)?,
        Some(LimitAmount::Percent(percent)) => of_above.maximum = Some(part(percent)?),
        None => {}
    }
    let upside_down = of_above.minimum.zip(of_above.maximum).is_some_and(|(least, most)| least > most);
    if fixed.low > fixed.high || upside_down {
        return None;
    }
    Some((fixed, of_above))
}

/// Puts one limit to the others of its node; none when it makes no sense.
fn take(
    bounds: &mut Bounds,
    limit: &QuotaLimit,
    period: Option<usize>,
    count: usize,
    grain: Grain,
) -> Option<()> {
    let (fixed, of_above) = read(limit, period, grain)?;
    match period {
        Some(period) => bounds.limit_period(period, count, fixed),
        None => bounds.total = bounds.total.and(fixed),
    }
    if of_above.minimum.is_some() || of_above.maximum.is_some() {
        bounds.parts.push(of_above);
    }
    Some(())
}

/// A node's own limits and what those directly below it ask for and leave room for.
fn from_below(
    tree: &Tree,
    all: &[Option<Bounds>],
    place: usize,
    own: Option<Bounds>,
    count: usize,
) -> Option<Bounds> {
    let children = tree.children(place);
    let of = |child: &usize| all.get(*child).and_then(Option::as_ref);
    if own.is_none() && !children.iter().any(|child| of(child).is_some()) {
        return None;
    }
    let mut bounds = own.unwrap_or(Bounds::FREE);
    if !children.is_empty() {
        let nothing = Interval { low: 0, high: 0 };
        let free = |child: &usize| if tree.is_weightless(*child) { nothing } else { Interval::FREE };
        let hard = |child: &usize| of(child).map_or_else(|| free(child), Bounds::total);
        let all = children.iter().fold(nothing, |sum, child| sum.plus(hard(child)));
        bounds.total = bounds.total.and(all);
        bounds.reach = reach(&bounds, children, &of, &free);
        if children.iter().any(|child| of(child).is_some_and(|bounds| !bounds.periods.is_empty())) {
            for period in 0..count {
                let of_period =
                    |child: &usize| of(child).map_or_else(|| free(child), |bounds| bounds.period(period));
                let sum = children.iter().fold(nothing, |sum, child| sum.plus(of_period(child)));
                bounds.limit_period(period, count, sum);
            }
        }
    }
    if tree.is_weightless(place) {
        // Without a weight it gets what it must have and nothing more.
        bounds.total.high = bounds.total.high.min(bounds.total.low);
    }
    bounds.settle();
    bounds.reach = bounds.reach.and(bounds.total);
    Some(bounds)
}

/// What a node can have when percentages of it are asked for below: they may ask for more of it. Each round comes nearer to the
/// least amount that is enough and the most there is room for.
fn reach<'b>(
    bounds: &Bounds,
    children: &[usize],
    of: &impl Fn(&usize) -> Option<&'b Bounds>,
    free: &impl Fn(&usize) -> Interval,
) -> Interval {
    let nothing = Interval { low: 0, high: 0 };
    let sum = |above: i64| {
        let part = |child: &usize| of(child).map_or_else(|| free(child), |bounds| bounds.total_of(above));
        children.iter().fold(nothing, |sum, child| sum.plus(part(child)))
    };
    let mut reach = children.iter().filter_map(of).fold(bounds.total, |all, child| all.and(child.of_above()));
    for _ in 0..ROUNDS {
        let next = reach.and(Interval { low: sum(reach.low).low, high: sum(reach.high).high });
        if next == reach || next.low > next.high {
            return next;
        }
        reach = next;
    }
    reach
}

/// How often percentages are put in again.
const ROUNDS: usize = 100;

fn check(
    tree: &Tree,
    place: usize,
    bounds: &Bounds,
    seasons: &[Season],
    grain: Grain,
) -> Result<(), CascadeError> {
    let wrong = |one: Interval, period: Option<NaiveDate>| {
        let by = one.low - one.high;
        if by > 0 { Err(tree.refusal(place, period, LimitSide::Minimum, grain.amount(by))) } else { Ok(()) }
    };
    for (one, season) in bounds.periods.iter().zip(seasons) {
        wrong(*one, Some(season.first_day))?;
    }
    wrong(bounds.total, None)
}
