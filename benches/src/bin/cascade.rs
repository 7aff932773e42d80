//! A plan of seven measures shared out over twelve months and the tree of a network: exact at every node and in every month.
//!
//! The tree is that of a network: headquarters, 10 branches, 100 zones, 2,000 dealers and their sellers, about 22,000 nodes. Each
//! measure has its own total, season and weights. It runs again between limits, and between limits that lock into each other over
//! levels and months, so that all of them must be met together. Medians of processor time; every sum is checked outside what is
//! measured. Targets get ids and rows when they are stored, which is not in it.
//!
//! `cargo run --release -p clientela-benches --bin cascade`
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use clientela_benches::Result;
use clientela_benches::arguments::{self, Arguments};
use clientela_benches::measure::{measured, readable};
use clientela_core::performance::{
    Cascade, LimitAmount, Measure, PlanState, QuotaLimit, QuotaNode, QuotaPlan, Season, cascade, months,
};
use clientela_model::EntityId;
use clientela_model::identifier::Currency;
use rust_decimal::Decimal;
use uuid::Uuid;

/// Measures with their totals for the year.
const MEASURES: [(Measure, i64); 7] = [
    (Measure::Units, 48_000),
    (Measure::Revenue, 412_345_678_901),
    (Measure::Margin, 31_987_654_321),
    (Measure::NewCustomers, 6_789),
    (Measure::Wins, 39_999),
    (Measure::Offers, 160_001),
    (Measure::Visits, 1_234_567),
];
const ROUNDS: usize = 15;

fn main() -> Result<()> {
    let mut arguments = Arguments::read()?;
    let sellers: u64 = arguments.option("sellers", 10)?;
    arguments.finish()?;
    let _alone = arguments::alone()?;
    let mut plans = Vec::new();
    for (number, (measure, total)) in (1_u64..).zip(MEASURES) {
        plans.push((plan(measure, total)?, network(sellers, number), number));
    }
    let nodes = size(&plans[0].1);
    let share = |limits: &dyn Fn(&QuotaPlan, &QuotaNode) -> Vec<QuotaLimit>| -> Result<Vec<Cascade>> {
        let one = |(plan, tree, number): &(QuotaPlan, QuotaNode, u64)| {
            Ok(cascade(plan, tree, &season(plan, *number), &limits(plan, tree))?)
        };
        plans.iter().map(one).collect()
    };
    let (found, plain) = measured(ROUNDS, || share(&|_, _| Vec::new()))?;
    let (bounded, between) = measured(ROUNDS, || share(&|_, tree| limits(tree)))?;
    let (together, locked) = measured(ROUNDS, || share(&interlocking))?;
    for shared in [&found, &bounded, &together] {
        for ((_, tree, _), (shared, (_, total))) in plans.iter().zip(shared.iter().zip(MEASURES)) {
            check(tree, shared, total)?;
        }
    }
    println!("{nodes} nodes, {} measures, 12 months, exact at every node and in every month", MEASURES.len());
    for (name, series) in [("weights", plain), ("limits", between), ("locked", locked)] {
        println!("{name:10} {:>10} of the processor", readable(series.median().cpu));
    }
    Ok(())
}

fn id<I: EntityId>(number: u64) -> I {
    I::from_uuid(Uuid::from_u128(u128::from(number)))
}

fn plan(measure: Measure, total: i64) -> Result<QuotaPlan> {
    let money = matches!(measure, Measure::Revenue | Measure::Margin);
    Ok(QuotaPlan {
        id: id(1),
        name: "2026".to_owned(),
        owner: id(1),
        unit: id(1),
        measure,
        currency: if money { Some(Currency::parse("EUR")?) } else { None },
        first_day: "2026-01-01".parse()?,
        last_day: "2026-12-31".parse()?,
        total: Some(Decimal::new(total, if money { 2 } else { 0 })),
        state: PlanState::Draft,
        version: None,
        series: None,
        from_day: None,
        step: None,
        measure_weight: None,
        credit_rule: None,
    })
}

/// The same weights for everybody who makes them: a mixed number of the node's own.
fn weight(node: u64, salt: u64) -> u64 {
    let mixed = (node ^ salt.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    1 + (mixed >> 40) % 1_000
}

fn season(plan: &QuotaPlan, salt: u64) -> Vec<Season> {
    let mut seasons = months(plan);
    for (month, season) in (0_u64..).zip(&mut seasons) {
        season.weight = weight(month, salt).into();
    }
    seasons
}

/// How many lie below each node of a level.
const BELOW: [u64; 3] = [10, 10, 20];

fn network(sellers: u64, salt: u64) -> QuotaNode {
    let mut next = 0;
    level(0, sellers, salt, &mut next)
}

fn level(depth: usize, sellers: u64, salt: u64, next: &mut u64) -> QuotaNode {
    *next += 1;
    let unit = *next;
    let children = match BELOW.get(depth) {
        Some(below) => (0..*below).map(|_| level(depth + 1, sellers, salt, next)).collect(),
        None => (0..sellers).map(|_| seller(unit, salt, next)).collect(),
    };
    QuotaNode { unit: id(unit), owner: None, weight: weight(unit, salt).into(), children }
}

fn seller(unit: u64, salt: u64, next: &mut u64) -> QuotaNode {
    *next += 1;
    let weight = weight(*next, salt).into();
    QuotaNode { unit: id(unit), owner: Some(id(*next)), weight, children: Vec::new() }
}

/// No branch has more than a fifth, and every fourth zone nothing in one month.
fn limits(tree: &QuotaNode) -> Vec<QuotaLimit> {
    let mut limits = Vec::new();
    for branch in &tree.children {
        limits.push(limit(branch, None, LimitAmount::Percent(Decimal::from(20))));
        for zone in branch.children.iter().step_by(4) {
            let august = chrono::NaiveDate::from_ymd_opt(2026, 8, 1);
            limits.push(limit(zone, august, LimitAmount::Amount(Decimal::ZERO)));
        }
    }
    limits
}

/// In the first zone of each branch all dealers but the first are closed half the year, and the first has very little in the whole
/// year: so the zone has very little in that half, which neither its own months nor its dealers' months say.
fn interlocking(plan: &QuotaPlan, tree: &QuotaNode) -> Vec<QuotaLimit> {
    let mut limits = Vec::new();
    let little = plan.total.unwrap_or_default() / Decimal::from(100_000);
    for zone in tree.children.iter().filter_map(|branch| branch.children.first()) {
        for (place, dealer) in zone.children.iter().enumerate() {
            if place == 0 {
                limits.push(limit(dealer, None, LimitAmount::Amount(little)));
                continue;
            }
            for month in 1..=6 {
                let day = chrono::NaiveDate::from_ymd_opt(2026, month, 1);
                limits.push(limit(dealer, day, LimitAmount::Amount(Decimal::ZERO)));
            }
        }
    }
    limits
}

fn limit(node: &QuotaNode, period: Option<chrono::NaiveDate>, most: LimitAmount) -> QuotaLimit {
    QuotaLimit { unit: node.unit, owner: node.owner, period, minimum: None, maximum: Some(most) }
}

fn size(node: &QuotaNode) -> usize {
    1 + node.children.iter().map(size).sum::<usize>()
}

/// Fails unless every node is the sum of its children in every month, and the whole the total.
fn check(tree: &QuotaNode, shared: &Cascade, total: i64) -> Result<()> {
    let amounts: Vec<i128> = shared.targets(|| id(1)).map(|target| target.amount.mantissa()).collect();
    let mut place = 0;
    let root = sums(tree, &amounts, &mut place)?;
    if root.iter().sum::<i128>() != i128::from(total) {
        return Err("the whole is not the total".into());
    }
    Ok(())
}

/// What a node has by month; its place among the amounts is that of the walk from the top down.
fn sums(node: &QuotaNode, amounts: &[i128], place: &mut usize) -> Result<Vec<i128>> {
    let own = amounts[*place * 12..(*place + 1) * 12].to_vec();
    *place += 1;
    let mut below = vec![0_i128; 12];
    for child in &node.children {
        for (sum, amount) in below.iter_mut().zip(sums(child, amounts, place)?) {
            *sum += amount;
        }
    }
    if !node.children.is_empty() && below != own {
        return Err(format!("unit {} does not add up", node.unit).into());
    }
    Ok(own)
}
