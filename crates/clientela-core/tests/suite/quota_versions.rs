//! New versions of a plan, margins and market shares.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use chrono::NaiveDate;
use clientela_core::organisation::{Unit, UnitKind};
use clientela_core::performance::*;
use clientela_core::sales::Credit;
use clientela_model::identifier::Currency;
use clientela_model::{Coded, EntityId, Money};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn plan(measure: Measure, total: &str) -> QuotaPlan {
    QuotaPlan {
        id: id(1),
        name: "Trucks 2026".into(),
        owner: id(1),
        unit: id(1),
        measure,
        currency: None,
        first_day: day("2026-01-01"),
        last_day: day("2026-12-31"),
        total: Some(number(total)),
        state: PlanState::Published,
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

fn network() -> QuotaNode {
    let north = node(2, 2, vec![node(21, 1, vec![]), node(22, 1, vec![])]);
    node(1, 1, vec![north, node(3, 1, vec![node(31, 1, vec![])])])
}

fn of(targets: &[QuotaTarget], unit: u128, first: &str, last: &str) -> Decimal {
    let within = |target: &&QuotaTarget| {
        target.unit == id(unit) && target.first_day >= day(first) && target.last_day <= day(last)
    };
    targets.iter().filter(within).map(|target| target.amount).sum()
}

fn second(total: &str, from: &str) -> QuotaPlan {
    QuotaPlan {
        id: id(2),
        version: Some(2),
        series: Some(id(1)),
        from_day: Some(day(from)),
        ..plan(Measure::Units, total)
    }
}

#[test]
fn a_new_version_keeps_what_is_over() {
    let first = plan(Measure::Units, "360");
    let before: Vec<QuotaTarget> =
        cascade(&QuotaPlan { state: PlanState::Draft, ..first.clone() }, &network(), &months(&first), &[])
            .unwrap()
            .targets(|| id(9))
            .collect();
    // A store hands them out by their ids, not by their periods.
    let before: Vec<QuotaTarget> = before.into_iter().rev().collect();
    let mut tree = network();
    let had = HashMap::from([((id(2), None), number("160")), ((id(3), None), number("80"))]);
    tree.children.push(node(4, 1, vec![]));
    weigh_by(&mut tree, &had, &HashSet::from([(id(4), None)]));
    // Who is new has the weight he was given beside what the others had.
    assert_eq!(
        tree.children.iter().map(|child| child.weight).collect::<Vec<_>>(),
        [160.into(), 80.into(), 1.into()]
    );
    weigh_by(&mut tree, &had, &HashSet::new());
    assert_eq!(tree.children[2].weight, number("120"), "the mean of those beside it");

    let revised = second("480", "2026-07-01");
    let revision = Revision {
        plan: &revised,
        from_day: day("2026-07-01"),
        before: &before,
        tree: &tree,
        seasons: &[],
        limits: &[],
    };
    let (after, why) = revise(revision, || id(8)).unwrap();
    assert!(after.iter().all(|target| target.plan == id(2)));
    for unit in [1, 2, 3, 21, 22, 31] {
        let (first, last) = ("2026-01-01", "2026-06-30");
        assert_eq!(of(&after, unit, first, last), of(&before, unit, first, last), "{unit}: {why}");
    }
    let rest = |unit| of(&after, unit, "2026-07-01", "2026-12-31");
    // 480 less the 180 of half a year.
    assert_eq!([rest(1), rest(2), rest(3), rest(4)], [300.into(), number("133"), number("67"), 100.into()]);
    assert_eq!(of(&after, 1, "2026-01-01", "2026-12-31"), number("480"));

    for (total, from, code) in [
        ("100", "2026-07-01", "quota_plan.below_kept"),
        ("480", "2026-01-01", "quota_plan.from_day"),
        ("480", "2027-01-01", "quota_plan.from_day"),
    ] {
        let revised = second(total, from);
        let again = Revision { plan: &revised, from_day: day(from), ..revision };
        assert_eq!(revise(again, || id(8)).unwrap_err().code(), code);
    }
}

#[test]
fn a_version_takes_the_place_and_the_name_of_the_one_before() {
    let draft = QuotaPlan { state: PlanState::Draft, name: "x".into(), ..second("480", "2026-07-01") };
    let (old, new, _) = supersede(&plan(Measure::Units, "360"), &draft).unwrap();
    assert_eq!((old.name.as_str(), old.state), ("Trucks 2026 (version 1)", PlanState::Closed));
    assert_eq!((new.name.as_str(), new.state), ("Trucks 2026", PlanState::Published));
    assert_eq!(supersede(&old, &draft).unwrap_err().code(), "quota_plan.illegal_passage");
}

proptest! {
    #[test]
    fn a_month_that_is_parted_adds_up_in_both_parts(
        total in 0_i64..5_000,
        more in 0_i64..5_000,
        days in 1_u64..364,
        weights in prop::collection::vec(1_i64..9, 5),
    ) {
        let first = plan(Measure::Units, &total.to_string());
        let tree = {
            let north = node(2, weights[0], vec![node(21, weights[1], vec![]), node(22, weights[2], vec![])]);
            node(1, 1, vec![north, node(3, weights[3], vec![node(31, weights[4], vec![])])])
        };
        let draft = QuotaPlan { state: PlanState::Draft, ..first.clone() };
        let before: Vec<QuotaTarget> =
            cascade(&draft, &tree, &months(&first), &[]).unwrap().targets(|| id(9)).collect();
        let from = first.first_day + chrono::Days::new(days);
        let revised = second(&(total + more).to_string(), &from.to_string());
        let revision =
            Revision { plan: &revised, from_day: from, before: &before, tree: &tree, seasons: &[], limits: &[] };
        let (after, _) = revise(revision, || id(8)).unwrap();
        let mut periods: Vec<(NaiveDate, NaiveDate)> =
            after.iter().map(|target| (target.first_day, target.last_day)).collect();
        periods.sort_unstable();
        periods.dedup();
        for (start, end) in periods {
            prop_assert!(end < from || start >= from);
            let amount = |unit| of(&after, unit, &start.to_string(), &end.to_string());
            prop_assert_eq!(amount(2) + amount(3), amount(1));
            prop_assert_eq!(amount(21) + amount(22), amount(2));
            prop_assert_eq!(amount(31), amount(3));
        }
        prop_assert_eq!(of(&after, 1, "2026-01-01", "2026-12-31"), Decimal::from(total + more));
    }
}

#[test]
fn a_market_share_is_that_of_the_areas_and_months_that_are_known() {
    let unit = |number, parent: Option<u128>| Unit {
        id: id(number),
        parent: parent.map(id),
        kind: UnitKind::Dealer,
        code: number.to_string(),
        name: number.to_string(),
        country: None,
        valid_from: None,
        valid_to: None,
        time_zone: None,
        street: None,
        postal_code: None,
        locality: None,
        vat_number: None,
    };
    let units = [
        unit(1, None),
        unit(2, Some(1)),
        unit(3, Some(1)),
        unit(21, Some(2)),
        unit(22, Some(2)),
        unit(31, Some(3)),
    ];
    let plan = plan(Measure::MarketShare, "20");
    let draft = QuotaPlan { state: PlanState::Draft, ..plan.clone() };
    let shared = cascade(&draft, &network(), &months(&plan), &[]).unwrap();
    let targets: Vec<QuotaTarget> = shared.targets(|| id(9)).collect();
    assert!(targets.iter().all(|target| target.amount == number("20.00")), "the same is asked of all");
    let total = |of: u128, first: &str, last: &str, registrations| MarketTotal {
        id: id(of),
        unit: id(of),
        first_day: day(first),
        last_day: day(last),
        registrations,
        source: None,
        withdrawn: None,
    };
    let totals = [
        total(21, "2026-01-01", "2026-01-31", 40),
        total(22, "2026-01-01", "2026-01-31", 60),
        // The zone has its own total in February: its dealers' are not added up.
        total(2, "2026-02-01", "2026-02-28", 100),
        total(21, "2026-02-01", "2026-02-28", 1_000),
        // Not over yet.
        total(2, "2026-03-01", "2026-03-31", 7_000),
    ];
    let sold = |unit: u128, when: &str, amount: i64| Counted {
        measure: Measure::Units,
        owner: id(5),
        unit: id(unit),
        amount: amount.into(),
        currency: None,
        day: day(when),
        of: ("opportunity", Uuid::nil()),
        opportunity: None,
        conversion: None,
        credited: clientela_core::performance::Crediting::AsItHappened,
    };
    let sales = [
        sold(21, "2026-01-10", 10),
        sold(22, "2026-01-11", 15),
        sold(22, "2026-02-11", 25),
        sold(31, "2026-01-12", 9),
        sold(21, "2026-03-05", 3),
    ];
    let lines = market_share(&plan, &targets, &sales, &totals, &units, day("2026-03-10"));
    let line = |of: u128| lines.iter().find(|line| line.unit == id(of)).unwrap();
    // 25 of 100 and 25 of 100; what 31 sold is in no known market.
    assert_eq!(
        (line(2).reached, line(2).percent, line(2).rank),
        (number("25"), Some(number("125.00")), Some(1))
    );
    assert_eq!(line(1).reached, number("25"));
    // A number of the whole network says it all: those of its parts are not added to it, nor is one of its own months.
    let whole = [total(1, "2026-01-01", "2026-02-28", 500), total(1, "2026-02-01", "2026-02-28", 300)];
    let with_whole: Vec<MarketTotal> = totals.iter().cloned().chain(whole).collect();
    let lines_with = market_share(&plan, &targets, &sales, &with_whole, &units, day("2026-03-10"));
    let of = |of: u128| lines_with.iter().find(|line| line.unit == id(of)).unwrap();
    assert_eq!((of(1).reached, of(1).why.value("registrations")), (number("11.80"), Some("500")));
    assert_eq!(of(2).reached, number("25"));
    assert_eq!((line(21).reached, line(21).gap), (number("0.96"), number("19.04")));
    assert_eq!(
        (line(31).percent, line(31).projection, line(31).rank),
        (None, None, None),
        "{}",
        line(31).why
    );
}

#[test]
fn a_margin_is_counted_as_its_revenue() {
    let (euro, franc) = (Currency::parse("EUR").unwrap(), Currency::parse("CHF").unwrap());
    let credit = |opportunity: u128, owner: u128, when: &str, amount: &str| Credit {
        id: id(9),
        opportunity: id(opportunity),
        owner: id(owner),
        unit: id(2),
        measure: Measure::Revenue,
        amount: number(amount),
        day: day(when),
        currency: Some(euro),
    };
    let credits = [
        credit(1, 5, "2026-01-10", "70"),
        credit(1, 6, "2026-01-10", "30"),
        credit(1, 5, "2026-01-20", "-70"),
        credit(1, 6, "2026-01-20", "-30"),
        credit(2, 5, "2026-01-10", "200"),
        credit(3, 5, "2026-01-10", "500"),
    ];
    let money = |amount: &str, currency| Money::parse(amount, currency).unwrap();
    let margins = HashMap::from([
        (id(1), (money("10.01", euro), money("100", euro))),
        (id(2), (money("25", franc), money("100", franc))),
    ]);
    let counted = margin_counted(&credits, &margins).unwrap();
    let seen: Vec<(String, String)> =
        counted.iter().map(|one| (one.day.to_string(), one.amount.to_string())).collect();
    let expected = [
        ("2026-01-10", "7.01"),
        ("2026-01-10", "3.00"),
        ("2026-01-20", "-7.01"),
        ("2026-01-20", "-3.00"),
        // A quarter of the revenue in its own currency.
        ("2026-01-10", "50.00"),
    ]
    .map(|(day, amount)| (day.to_owned(), amount.to_owned()));
    let mut sorted = seen.clone();
    sorted.sort();
    let mut wanted = expected.to_vec();
    wanted.sort();
    assert_eq!(sorted, wanted, "without a margin nothing is counted");
}
