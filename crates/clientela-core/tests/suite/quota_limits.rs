//! A plan shared out between limits: exact at every node and in every period, or refused with what is missing where.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use clientela_core::performance::*;
use clientela_model::{Coded, EntityId};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn plan(total: i64) -> QuotaPlan {
    QuotaPlan {
        id: id(1),
        name: "Trucks 2026".into(),
        owner: id(1),
        unit: id(1),
        measure: Measure::Units,
        currency: None,
        first_day: "2026-01-01".parse().unwrap(),
        last_day: "2026-04-30".parse().unwrap(),
        total: Some(total.into()),
        state: PlanState::Draft,
        version: None,
        series: None,
        from_day: None,
    }
}

fn node(unit: u128, weight: i64, children: Vec<QuotaNode>) -> QuotaNode {
    QuotaNode { unit: id(unit), owner: None, weight: weight.into(), children }
}

/// Headquarters 1; zones 2 and 3 of weights 2 and 1; dealers 21, 22 in 2; 31 in 3.
fn network() -> QuotaNode {
    let north = node(2, 2, vec![node(21, 1, vec![]), node(22, 1, vec![])]);
    node(1, 1, vec![north, node(3, 1, vec![node(31, 1, vec![])])])
}

type Amounts = HashMap<u128, Vec<i64>>;

fn amounts(cascade: &Cascade) -> Amounts {
    let mut found = Amounts::new();
    for target in cascade.targets(|| id(9)) {
        let amount = i64::try_from(target.amount.mantissa()).unwrap();
        found.entry(target.unit.uuid().as_u128()).or_default().push(amount);
    }
    found
}

fn sum(of: &[i64]) -> i64 {
    of.iter().sum()
}

/// `of` in the whole plan, or in the month that holds a day.
fn limit(
    of: u128,
    day: Option<&str>,
    minimum: Option<LimitAmount>,
    maximum: Option<LimitAmount>,
) -> QuotaLimit {
    QuotaLimit { unit: id(of), owner: None, period: day.map(|day| day.parse().unwrap()), minimum, maximum }
}

fn amount(amount: i64) -> Option<LimitAmount> {
    Some(LimitAmount::Amount(amount.into()))
}

fn percent(percent: i64) -> Option<LimitAmount> {
    Some(LimitAmount::Percent(percent.into()))
}

#[test]
fn limits_hold_and_the_others_share_the_rest() {
    let feb = Some("2026-02-14");
    // Limits, then what 2, 3, 21, 22 have of 120 in the whole, and 21 in February.
    let cases: Vec<(Vec<QuotaLimit>, [i64; 4], i64)> = vec![
        (vec![], [80, 40, 40, 40], 10),
        (vec![limit(21, None, None, amount(30))], [80, 40, 30, 50], 8),
        (vec![limit(3, None, amount(50), None)], [70, 50, 35, 35], 9),
        (vec![limit(3, None, None, percent(25))], [90, 30, 45, 45], 11),
        // Below a zone that may have 60 together.
        (vec![limit(21, None, None, amount(30)), limit(22, None, None, amount(30))], [60, 60, 30, 30], 8),
        (vec![limit(21, None, amount(70), None), limit(22, None, amount(20), None)], [90, 30, 70, 20], 17),
        // Dealer 21 must have 50 and at most half of its zone, to the unit: so the zone must have 99.
        (vec![limit(21, None, amount(50), percent(50))], [99, 21, 50, 49], 13),
        // Closed in February, and its year stays.
        (vec![limit(21, feb, None, amount(0))], [80, 40, 40, 40], 0),
        (vec![limit(21, feb, amount(19), None)], [80, 40, 40, 40], 19),
    ];
    for (limits, expected, february) in cases {
        let plan = plan(120);
        let shared = cascade(&plan, &network(), &months(&plan), &limits).unwrap();
        let found = amounts(&shared);
        check_sums(&network(), &found);
        let years = [2, 3, 21, 22].map(|unit| sum(&found[&unit]));
        assert_eq!(years, expected, "{limits:?}");
        assert!((found[&21][1] - february).abs() <= 1, "{} in February for {limits:?}", found[&21][1]);
        if limits.iter().any(|limit| limit.period.is_some()) {
            assert_eq!(found[&21][1], february);
        }
    }
}

#[test]
fn what_cannot_be_met_says_where_and_by_how_much() {
    let feb = Some("2026-02-14");
    /// The limits; then where, in which month, on which side and by how much they cannot be met.
    type Case<'a> = (Vec<QuotaLimit>, u128, Option<&'a str>, LimitSide, i64);
    let cases: Vec<Case<'_>> = vec![
        (vec![limit(21, None, amount(121), None)], 1, None, LimitSide::Minimum, 1),
        (
            vec![limit(2, None, None, amount(10)), limit(3, None, None, amount(20))],
            1,
            None,
            LimitSide::Maximum,
            90,
        ),
        // The zone may have less than its dealers must.
        (
            vec![
                limit(2, None, None, amount(50)),
                limit(21, None, amount(30), None),
                limit(22, None, amount(25), None),
            ],
            2,
            None,
            LimitSide::Minimum,
            5,
        ),
        (
            vec![limit(2, feb, None, amount(5)), limit(21, feb, amount(8), None)],
            2,
            Some("2026-02-01"),
            LimitSide::Minimum,
            3,
        ),
        (
            vec![limit(2, None, None, percent(30)), limit(3, None, None, percent(30))],
            1,
            None,
            LimitSide::Maximum,
            48,
        ),
    ];
    for (limits, unit, period, side, by) in cases {
        let plan = plan(120);
        let error = cascade(&plan, &network(), &months(&plan), &limits).unwrap_err();
        let expected = CascadeError::Limits {
            unit: id(unit),
            owner: None,
            period: period.map(|day| day.parse().unwrap()),
            side,
            by: by.into(),
        };
        assert_eq!(error, expected, "{limits:?}");
        assert_eq!(error.code(), "quota_plan.limits");
    }
    for (limits, code) in [
        (limit(77, None, amount(1), None), "quota_plan.limit_node"),
        (limit(2, Some("2026-05-01"), amount(1), None), "quota_plan.limit_period"),
        (limit(2, None, amount(5), amount(4)), "quota_plan.limit_value"),
        (limit(2, None, amount(-1), None), "quota_plan.limit_value"),
        (limit(2, None, None, percent(101)), "quota_plan.limit_value"),
    ] {
        let plan = plan(120);
        assert_eq!(cascade(&plan, &network(), &months(&plan), &[limits]).unwrap_err().code(), code);
    }
}

/// Every node is the sum of its children, in every period.
fn check_sums(node: &QuotaNode, amounts: &Amounts) {
    let key = |node: &QuotaNode| node.unit.uuid().as_u128();
    for (period, own) in amounts[&key(node)].iter().enumerate().filter(|_| !node.children.is_empty()) {
        let below: i64 = node.children.iter().map(|child| amounts[&key(child)][period]).sum();
        assert_eq!(below, *own, "unit {} period {period}", node.unit);
    }
    node.children.iter().for_each(|child| check_sums(child, amounts));
}

fn check_limits(limits: &[QuotaLimit], amounts: &Amounts) {
    for limit in limits {
        let own = &amounts[&limit.unit.uuid().as_u128()];
        let month = limit.period.map(|day| usize::try_from(chrono::Datelike::month0(&day)).unwrap());
        let has = Decimal::from(month.map_or(sum(own), |month| own[month]));
        if let Some(LimitAmount::Amount(least)) = limit.minimum {
            assert!(has >= least, "{limit:?} has {has}");
        }
        if let Some(LimitAmount::Amount(most)) = limit.maximum {
            assert!(has <= most, "{limit:?} has {has}");
        }
    }
}

/// Trees of up to four levels, numbered from the top.
fn tree(weights: std::ops::Range<i64>) -> impl Strategy<Value = QuotaNode> {
    fn number(node: &mut QuotaNode, next: &mut u128) {
        *next += 1;
        node.unit = id(*next);
        node.children.iter_mut().for_each(|child| number(child, next));
    }
    let of_leaf = weights.clone();
    of_leaf
        .prop_map(|weight| node(0, weight, vec![]))
        .prop_recursive(4, 30, 4, move |inner| {
            (weights.clone(), prop::collection::vec(inner, 1..5)).prop_map(|(weight, mut children)| {
                children[0].weight += Decimal::ONE;
                node(0, weight, children)
            })
        })
        .prop_map(|mut root| {
            number(&mut root, &mut 0);
            root
        })
}

fn size(node: &QuotaNode) -> usize {
    1 + node.children.iter().map(size).sum::<usize>()
}

/// The least and the most a node may have, or none when limits below it clash: worked out apart from the code.
fn range(node: &QuotaNode, limits: &[QuotaLimit], top: bool) -> Option<(i64, i64)> {
    let (mut low, mut high) = (0, 1_000_000);
    for limit in limits.iter().filter(|limit| limit.unit == node.unit) {
        let steps = |amount: Option<LimitAmount>| match amount {
            Some(LimitAmount::Amount(amount)) => Some(i64::try_from(amount.mantissa()).unwrap()),
            _ => None,
        };
        low = low.max(steps(limit.minimum).unwrap_or(low));
        high = high.min(steps(limit.maximum).unwrap_or(high));
    }
    if !node.children.is_empty() {
        let below: Option<Vec<(i64, i64)>> =
            node.children.iter().map(|child| range(child, limits, false)).collect();
        let below = below?;
        low = low.max(below.iter().map(|one| one.0).sum());
        high = high.min(below.iter().map(|one| one.1).sum());
    }
    if !top && node.weight.is_zero() {
        high = high.min(low);
    }
    (low <= high).then_some((low, high))
}

proptest! {
    #[test]
    fn whole_plan_limits_are_met_exactly_when_they_can_be(
        tree in tree(0..4),
        total in 0_i64..400,
        raw in prop::collection::vec((0_usize..30, prop::option::of(0_i64..60), prop::option::of(0_i64..60)), 0..6),
    ) {
        let nodes = size(&tree);
        let limits: Vec<QuotaLimit> = raw
            .iter()
            .map(|(at, low, more)| {
                let high = more.map(|more| low.unwrap_or(0) + more);
                limit(1 + (at % nodes) as u128, None, low.and_then(amount), high.and_then(amount))
            })
            .collect();
        let plan = plan(total);
        let possible = range(&tree, &limits, true).is_some_and(|(low, high)| (low..=high).contains(&total));
        match cascade(&plan, &tree, &months(&plan), &limits) {
            Ok(shared) => {
                let found = amounts(&shared);
                prop_assert_eq!(sum(&found[&1]), total);
                check_sums(&tree, &found);
                check_limits(&limits, &found);
                prop_assert!(possible);
            }
            Err(error) => {
                prop_assert_eq!(error.code(), "quota_plan.limits");
                prop_assert!(!possible, "refused: {}", error);
            }
        }
    }

    #[test]
    fn limits_around_what_was_shared_out_are_met(
        tree in tree(1..5),
        total in 0_i64..4_000,
        seasons in prop::collection::vec(1_i64..6, 4),
        raw in prop::collection::vec((0_usize..30, prop::option::of(0_usize..4), 0_i64..5, 0_i64..5), 1..8),
    ) {
        let plan = plan(total);
        // Shared out by other weights, so that the limits pull.
        let mut periods = months(&plan);
        for (period, weight) in periods.iter_mut().zip(&seasons) {
            period.weight = (*weight).into();
        }
        let mut other = tree.clone();
        turned(&mut other);
        let before = amounts(&cascade(&plan, &other, &periods, &[]).unwrap());
        let nodes = size(&tree);
        let limits: Vec<QuotaLimit> = raw
            .iter()
            .map(|(at, month, less, more)| {
                let unit = 1 + (at % nodes) as u128;
                let had = month.map_or(sum(&before[&unit]), |month| before[&unit][month]);
                let day = month.map(|month| periods[month].last_day.to_string());
                limit(unit, day.as_deref(), amount((had - less).max(0)), amount(had + more))
            })
            .collect();
        match cascade(&plan, &tree, &months(&plan), &limits) {
            Ok(shared) => {
                let found = amounts(&shared);
                prop_assert_eq!(sum(&found[&1]), total);
                check_sums(&tree, &found);
                check_limits(&limits, &found);
            }
            Err(error) => {
                // Limits on months are met level by level; those on the whole plan always.
                prop_assert_eq!(error.code(), "quota_plan.limits");
                prop_assert!(limits.iter().any(|limit| limit.period.is_some()), "refused: {}", error);
            }
        }
    }
}

/// The same tree with each weight taken from 6.
fn turned(node: &mut QuotaNode) {
    node.weight = Decimal::from(7) - node.weight;
    node.children.iter_mut().for_each(turned);
}
