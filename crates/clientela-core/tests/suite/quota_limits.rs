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
        step: None,
        measure_weight: None,
        credit_rule: None,
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
    /// The limits; then where, in which month, on which side and by how much they cannot be met, and which of them clash.
    type Case<'a> = (Vec<QuotaLimit>, u128, Option<&'a str>, LimitSide, i64, Vec<usize>);
    let cases: Vec<Case<'_>> = vec![
        (vec![limit(21, None, amount(121), None)], 1, None, LimitSide::Minimum, 1, vec![1]),
        (
            vec![limit(2, None, None, amount(10)), limit(3, None, None, amount(20))],
            1,
            None,
            LimitSide::Maximum,
            90,
            vec![1, 2],
        ),
        // The zone may have less than its dealers must.
        (
            vec![
                limit(2, None, None, amount(50)),
                limit(3, None, None, amount(90)),
                limit(21, None, amount(30), None),
                limit(22, None, amount(25), None),
            ],
            2,
            None,
            LimitSide::Minimum,
            5,
            vec![1, 3, 4],
        ),
        (
            vec![limit(2, feb, None, amount(5)), limit(21, feb, amount(8), None)],
            2,
            Some("2026-02-01"),
            LimitSide::Minimum,
            3,
            vec![1, 2],
        ),
        (
            vec![limit(2, None, None, percent(30)), limit(3, None, None, percent(30))],
            1,
            None,
            LimitSide::Maximum,
            48,
            vec![1, 2],
        ),
        // Neither dealer may sell in the first three months, the fourth is too short for what their zone must have.
        (
            [
                vec![limit(2, None, amount(60), None), limit(2, Some("2026-04-02"), None, amount(50))],
                ["2026-01-01", "2026-02-01", "2026-03-01"]
                    .iter()
                    .flat_map(|day| [21, 22].map(|dealer| limit(dealer, Some(*day), None, amount(0))))
                    .collect(),
            ]
            .concat(),
            2,
            None,
            LimitSide::Minimum,
            10,
            vec![1, 2, 3, 4, 5, 6, 7, 8],
        ),
    ];
    for (limits, unit, period, side, by, clash) in cases {
        let plan = plan(120);
        let error = cascade(&plan, &network(), &months(&plan), &limits).unwrap_err();
        let expected = CascadeError::Limits {
            unit: id(unit),
            owner: None,
            period: period.map(|day| day.parse().unwrap()),
            side,
            by: by.into(),
            clash,
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
            Err(error) => prop_assert!(false, "refused: {}", error),
        }
    }

    #[test]
    fn limits_of_months_are_met_exactly_when_they_can_be(
        total in 0_i64..9,
        raw in prop::collection::vec(
            (1_u128..6, prop::option::of(0_usize..2), prop::option::of(0_i64..5), prop::option::of(0_i64..4)), 0..8),
    ) {
        let limits: Vec<QuotaLimit> = raw
            .iter()
            .map(|(unit, month, low, more)| {
                let high = more.map(|more| low.unwrap_or(0) + more);
                let unit = [1, 2, 3, 21, 22][*unit as usize - 1];
                limit(unit, month.map(|month| MONTHS[month]), low.and_then(amount), high.and_then(amount))
            })
            .collect();
        let plan = two_months(total);
        let tree = small();
        let possible = by_trying(total, &limits);
        match cascade(&plan, &tree, &months(&plan), &limits) {
            Ok(shared) => {
                let found = amounts(&shared);
                prop_assert!(possible);
                prop_assert_eq!(sum(&found[&1]), total);
                check_sums(&tree, &found);
                check_limits(&limits, &found);
            }
            Err(CascadeError::Limits { clash, by, .. }) => {
                prop_assert!(!possible, "limits {clash:?} are said to clash");
                prop_assert!(by > Decimal::ZERO);
                // Those that are named clash by themselves, and no fewer of them do.
                let some = |without: Option<usize>| -> Vec<QuotaLimit> {
                    clash.iter().filter(|place| Some(**place) != without).map(|place| limits[place - 1]).collect()
                };
                prop_assert!(!by_trying(total, &some(None)), "{clash:?}");
                for place in &clash {
                    prop_assert!(by_trying(total, &some(Some(*place))), "{place} of {clash:?} is not needed");
                }
                // Nor do fewer of any others: what clashes does so with more besides.
                for set in 0_u32..1 << limits.len() {
                    if set.count_ones() as usize + 1 == clash.len() {
                        let others = (0..limits.len()).filter(|place| set >> place & 1 == 1);
                        let others: Vec<QuotaLimit> = others.map(|place| limits[place]).collect();
                        prop_assert!(by_trying(total, &others), "{clash:?} is not the smallest");
                    }
                }
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

const MONTHS: [&str; 2] = ["2026-01-10", "2026-02-10"];

fn two_months(total: i64) -> QuotaPlan {
    QuotaPlan { last_day: "2026-02-28".parse().unwrap(), ..plan(total) }
}

/// Headquarters 1; zones 2 and 3; dealers 21 and 22 in 2.
fn small() -> QuotaNode {
    let north = node(2, 2, vec![node(21, 1, vec![]), node(22, 1, vec![])]);
    node(1, 1, vec![north, node(3, 1, vec![])])
}

/// Whether any whole amounts of 3, 21 and 22 in two months meet all limits: every one is tried.
fn by_trying(total: i64, limits: &[QuotaLimit]) -> bool {
    let mut cells = [0_i64; 6];
    try_from(&mut cells, 0, total, limits)
}

fn try_from(cells: &mut [i64; 6], place: usize, left: i64, limits: &[QuotaLimit]) -> bool {
    if place == 5 {
        cells[5] = left;
        let [three, one, two] = [0, 2, 4].map(|place| vec![cells[place], cells[place + 1]]);
        let zone = vec![one[0] + two[0], one[1] + two[1]];
        let whole = vec![zone[0] + three[0], zone[1] + three[1]];
        let amounts: Amounts =
            [(1, whole), (2, zone), (3, three), (21, one), (22, two)].into_iter().collect();
        return meets(limits, &amounts);
    }
    (0..=left).any(|amount| {
        cells[place] = amount;
        try_from(cells, place + 1, left - amount, limits)
    })
}

fn meets(limits: &[QuotaLimit], amounts: &Amounts) -> bool {
    limits.iter().all(|limit| {
        let own = &amounts[&limit.unit.uuid().as_u128()];
        let month = limit.period.map(|day| usize::try_from(chrono::Datelike::month0(&day)).unwrap());
        let has = Decimal::from(month.map_or(sum(own), |month| own[month]));
        let steps = |amount: Option<LimitAmount>| match amount {
            Some(LimitAmount::Amount(amount)) => Some(amount),
            _ => None,
        };
        steps(limit.minimum).is_none_or(|least| has >= least)
            && steps(limit.maximum).is_none_or(|most| has <= most)
    })
}

#[test]
fn what_a_closed_month_leaves_is_spread_over_the_others() {
    let plan = plan(1_200);
    let shared =
        cascade(&plan, &network(), &months(&plan), &[limit(21, Some("2026-02-14"), None, amount(0))]);
    let found = amounts(&shared.unwrap());
    check_sums(&network(), &found);
    // A zone of 200 a month: the dealer's year stays 400, its neighbour has all of February and less in every other month.
    assert_eq!(found[&21][1], 0);
    for month in [0, 2, 3] {
        assert!((found[&21][month] - 133).abs() <= 1, "{:?}", found[&21]);
        assert!((found[&22][month] - 67).abs() <= 1, "{:?}", found[&22]);
    }
}

#[test]
fn a_plan_whose_limits_lock_into_each_other_is_shared_out() {
    // By weights each zone has 20 in each month. North must have its 80, its first dealer at most 10 a month and its second none
    // in the first two: level by level the zones are set before that is seen.
    let limits: Vec<QuotaLimit> = [
        vec![limit(2, None, amount(80), amount(80))],
        MONTHS.iter().map(|day| limit(22, Some(day), None, amount(0))).collect(),
        ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]
            .iter()
            .map(|day| limit(21, Some(*day), None, amount(10)))
            .collect(),
    ]
    .concat();
    let plan = plan(120);
    let found = amounts(&cascade(&plan, &network(), &months(&plan), &limits).unwrap());
    check_sums(&network(), &found);
    check_limits(&limits, &found);
    assert_eq!(found[&2][..2], [10, 10]);
    assert_eq!(sum(&found[&1][..]), 120);
}

/// The same tree with each weight taken from 6.
fn turned(node: &mut QuotaNode) {
    node.weight = Decimal::from(7) - node.weight;
    node.children.iter_mut().for_each(turned);
}
