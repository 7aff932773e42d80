//! Market totals and the share of the market.
//!
//! | figure | how |
//! | --- | --- |
//! | market | registrations entered for the unit's area and period; where there are none, those of the areas below it, added up; no day of an area twice |
//! | own | units credited in those areas in those periods, taken back ones less |
//! | share | own in percent of the market, to two decimals |
//!
//! Only periods that lie in the plan and are over by the day asked count, and only where the market is known: what was sold in an
//! area or a month without a total is in neither number. A share has no pace: its projection is the share so far.

use super::attainment::{Attainment, Counted, PERCENT_DIGITS, rank};
use super::quota::{Measure, QuotaPlan, QuotaTarget};
use crate::ids::{MarketTotalId, UnitId};
use crate::organisation::{Unit, UnitTree};
use chrono::NaiveDate;
use clientela_model::{DateRange, Record, Rounding, ValueError, Why};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};

/// How many vehicles were registered in the area of a unit in a period, whoever sold them.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 184, name = "market_total", access = public)]
pub struct MarketTotal {
    /// Id.
    #[field(number = 1)]
    pub id: MarketTotalId,
    /// The unit whose area it is.
    #[field(number = 2, merge = central, indexed)]
    pub unit: UnitId,
    /// First day.
    #[field(number = 3, merge = central)]
    pub first_day: NaiveDate,
    /// Last day.
    #[field(number = 4, merge = central)]
    pub last_day: NaiveDate,
    /// Registrations.
    #[field(number = 5, merge = central)]
    pub registrations: u32,
    /// Where the number comes from.
    #[field(number = 6, merge = central)]
    pub source: Option<String>,
    /// Whether it was taken back: the market is not known then. Empty for no.
    #[field(number = 7, merge = central)]
    pub withdrawn: Option<bool>,
}

impl MarketTotal {
    /// What is known of a unit's market in a period.
    ///
    /// # Errors
    /// `date_range.reversed`.
    pub fn of(
        id: MarketTotalId,
        unit: UnitId,
        (first_day, last_day): (NaiveDate, NaiveDate),
        registrations: u32,
        source: Option<String>,
    ) -> Result<Self, ValueError> {
        DateRange::new(first_day, Some(last_day)).map_err(|error| error.at("last_day"))?;
        Ok(Self { id, unit, first_day, last_day, registrations, source, withdrawn: None })
    }

    /// Whether it says the same as another.
    #[must_use]
    pub fn says(&self, other: &Self) -> bool {
        let said = |one: &Self| (one.registrations, one.source.clone(), one.withdrawn.unwrap_or_default());
        said(self) == said(other)
    }
}

/// What is known of a unit's market.
#[derive(Debug, Clone, Copy, Default)]
struct Market {
    total: u64,
    own: Decimal,
    periods: u32,
}

/// Compares the targets of a plan of market share with the shares that are known by a day; units only.
///
/// `sold` are the units credited that the reader may see, `totals` the market, `units` the tree.
#[must_use]
pub fn market_share(
    plan: &QuotaPlan,
    targets: &[QuotaTarget],
    sold: &[Counted],
    totals: &[MarketTotal],
    units: &[Unit],
    day: NaiveDate,
) -> Vec<Attainment> {
    let tree = UnitTree::new(units);
    let last = day.min(plan.last_day);
    let markets = markets(&tree, sold, totals, plan.first_day, last);
    // The target of the whole plan: the mean of its periods by their days.
    let mut sums: Vec<(UnitId, Decimal, i64)> = Vec::new();
    let mut places = HashMap::new();
    for target in targets.iter().filter(|target| target.belongs_to(plan) && target.owner.is_none()) {
        let place = *places.entry((target.unit, None)).or_insert_with(|| {
            sums.push((target.unit, Decimal::ZERO, 0));
            sums.len() - 1
        });
        let days = (target.last_day - target.first_day).num_days() + 1;
        if let Some((_, sum, all)) = sums.get_mut(place) {
            *sum += target.amount * Decimal::from(days);
            *all += days;
        }
    }
    let line = |(unit, sum, days): (UnitId, Decimal, i64)| {
        let target = round(sum / Decimal::from(days.max(1)));
        answer(plan, unit, target, markets.get(&unit).copied().unwrap_or_default())
    };
    let mut lines: Vec<Attainment> = sums.into_iter().map(line).collect();
    rank(&mut lines, &places, &tree);
    lines
}

fn round(number: Decimal) -> Decimal {
    Rounding::HalfAwayFromZero.apply(number, PERCENT_DIGITS)
}

fn answer(plan: &QuotaPlan, unit: UnitId, target: Decimal, market: Market) -> Attainment {
    let hundredfold = market.own * Decimal::ONE_HUNDRED;
    let share = (market.total > 0).then(|| round(hundredfold / Decimal::from(market.total)));
    let reached = share.unwrap_or_default();
    let percent =
        share.filter(|_| !target.is_zero()).map(|share| round(share * Decimal::ONE_HUNDRED / target));
    let why = Why::new("quota.market_share")
        .fact("target", target)
        .fact("version", plan.version())
        .fact("registrations", market.total)
        .fact("own", market.own)
        .fact("periods_known", market.periods);
    Attainment {
        unit,
        owner: None,
        measure: plan.measure,
        version: plan.version(),
        target,
        reached,
        percent,
        expected_by_now: target,
        gap: target - reached,
        projection: share,
        projection_low: None,
        projection_high: None,
        rank: None,
        why,
    }
}

/// What is known of each unit's market, in the periods that lie between two days.
///
/// No day of an area counts twice: what a unit's own number says of a time, numbers of areas below it or of shorter periods within say
/// no more.
fn markets(
    tree: &UnitTree,
    sold: &[Counted],
    totals: &[MarketTotal],
    first: NaiveDate,
    last: NaiveDate,
) -> HashMap<UnitId, Market> {
    let own = own_totals(totals, first, last);
    let mut sold_in: HashMap<UnitId, Vec<&Counted>> = HashMap::new();
    for one in sold.iter().filter(|one| one.measure == Measure::Units) {
        for unit in tree.path(one.unit) {
            sold_in.entry(unit).or_default().push(one);
        }
    }
    let mut markets: HashMap<UnitId, Market> = HashMap::new();
    for (unit, totals) in &own {
        for total in totals {
            let days = total.first_day..=total.last_day;
            let sold = sold_in.get(unit).into_iter().flatten().filter(|one| days.contains(&one.day));
            let sold: Decimal = sold.map(|one| one.amount).sum();
            let says =
                |above: &UnitId| own.get(above).is_some_and(|own| own.iter().any(|one| overlap(one, total)));
            let above = tree.path(*unit).skip(1).take_while(|above| !says(above));
            for unit in std::iter::once(*unit).chain(above) {
                let market = markets.entry(unit).or_default();
                market.total += u64::from(total.registrations);
                market.periods += 1;
                market.own += sold;
            }
        }
    }
    markets
}

/// The numbers of each unit's own area: of those whose days overlap the longest.
fn own_totals(
    totals: &[MarketTotal],
    first: NaiveDate,
    last: NaiveDate,
) -> BTreeMap<UnitId, Vec<&MarketTotal>> {
    let within = |total: &&MarketTotal| total.first_day >= first && total.last_day <= last;
    let known = totals.iter().filter(|total| !total.withdrawn.unwrap_or_default()).filter(within);
    let mut known: Vec<&MarketTotal> = known.collect();
    known.sort_by_key(|total| {
        (std::cmp::Reverse((total.last_day - total.first_day).num_days()), total.first_day, total.id)
    });
    let mut own: BTreeMap<UnitId, Vec<&MarketTotal>> = BTreeMap::new();
    for total in known {
        let kept = own.entry(total.unit).or_default();
        if kept.iter().all(|other| !overlap(other, total)) {
            kept.push(total);
        }
    }
    own
}

fn overlap(one: &MarketTotal, other: &MarketTotal) -> bool {
    one.first_day <= other.last_day && other.first_day <= one.last_day
}
