//! Plans of several measures, their steps, the attainment over all, and what each person carries.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use chrono::{Datelike, NaiveDate, Weekday};
use clientela_core::ids::{PositionId, UserId};
use clientela_core::organisation::Holding;
use clientela_core::performance::*;
use clientela_model::{Coded, EntityId};
use proptest::prelude::*;
use rust_decimal::Decimal;
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
        name: "2026".into(),
        owner: id(1),
        unit: id(1),
        measure,
        currency: matches!(measure, Measure::Revenue | Measure::Margin).then(|| "EUR".parse().unwrap()),
        first_day: day("2026-01-01"),
        last_day: day("2026-12-31"),
        total: Some(number(total)),
        state: PlanState::Draft,
        version: None,
        series: None,
        from_day: None,
        step: None,
        measure_weight: None,
        credit_rule: None,
    }
}

fn seller(unit: u128, owner: u128, weight: i64) -> QuotaNode {
    QuotaNode { unit: id(unit), owner: Some(id(owner)), weight: weight.into(), children: vec![] }
}

/// A dealer with two sellers.
fn dealer() -> QuotaNode {
    let children = vec![seller(1, 71, 2), seller(1, 72, 1)];
    QuotaNode { unit: id(1), owner: None, weight: Decimal::ONE, children }
}

fn shared(plan: &QuotaPlan) -> Vec<QuotaTarget> {
    cascade(plan, &dealer(), &months(plan), &[]).unwrap().targets(|| id(9)).collect()
}

#[test]
fn a_plan_is_the_plan_in_each_of_its_measures() {
    let first = plan(Measure::Units, "120");
    let revenue = QuotaPlan {
        measure_weight: Some(number("2")),
        step: Some(number("1000")),
        ..plan(Measure::Revenue, "9000000")
    };
    let further = [revenue.further(id(5), 3), plan(Measure::Offers, "600").further(id(4), 2)];
    let foreign = QuotaMeasure { plan: id(8), ..further[0].clone() };
    let found = first.in_measures(&[further[0].clone(), foreign, further[1].clone()]);
    let measures: Vec<Measure> = found.iter().map(|plan| plan.measure).collect();
    assert_eq!(measures, [Measure::Units, Measure::Offers, Measure::Revenue]);
    assert_eq!(
        (found[2].total, found[2].step, found[2].measure_weight()),
        (revenue.total, revenue.step, number("2"))
    );
    // A plan as it was stored before it could have several is a plan of one, and so are its targets.
    assert_eq!(first.in_measures(&[]), std::slice::from_ref(&first));
    let old = QuotaTarget { measure: None, ..shared(&first)[0].clone() };
    assert!(old.belongs_to(&first) && !shared(&revenue)[0].belongs_to(&first));
}

#[test]
fn targets_are_multiples_of_the_step() {
    let coarse = QuotaPlan { step: Some(number("1000")), ..plan(Measure::Revenue, "1234000") };
    let targets = shared(&coarse);
    assert!(targets.iter().all(|target| (target.amount % number("1000")).is_zero()));
    let of = |owner: Option<PositionId>| -> Decimal {
        targets.iter().filter(|target| target.owner == owner).map(|target| target.amount).sum()
    };
    assert_eq!(of(None), number("1234000"));
    assert_eq!((of(Some(id(71))), of(Some(id(72)))), (number("823000"), number("411000")));
    for (step, total, code) in [
        ("1000", "1234500", "quota_plan.total_step"),
        ("0", "1000", "quota_plan.step"),
        ("-5", "1000", "quota_plan.step"),
        ("0.001", "1000", "quota_plan.step"),
    ] {
        let plan = QuotaPlan { step: Some(number(step)), ..plan(Measure::Revenue, total) };
        assert_eq!(cascade(&plan, &dealer(), &months(&plan), &[]).unwrap_err().code(), code, "{step}");
    }
    // A new version keeps the steps, also where a month is parted.
    let second = QuotaPlan { id: id(2), version: Some(2), total: Some(number("1300000")), ..coarse };
    let tree = dealer();
    let revision = Revision {
        plan: &second,
        from_day: day("2026-06-11"),
        before: &targets,
        tree: &tree,
        seasons: &[],
        limits: &[],
    };
    let (revised, _) = revise(revision, || id(9)).unwrap();
    assert!(
        revised.iter().all(|target| (target.amount % number("1000")).is_zero() && target.belongs_to(&second))
    );
    let whole: Decimal = revised.iter().filter(|one| one.owner.is_none()).map(|one| one.amount).sum();
    assert_eq!(whole, number("1300000"));
}

#[test]
fn one_figure_over_all_measures() {
    let units = QuotaPlan { measure_weight: Some(number("3")), ..plan(Measure::Units, "100") };
    let offers = plan(Measure::Offers, "0");
    let wins = plan(Measure::Wins, "10");
    let line =
        |measure: Measure, owner: Option<PositionId>, target: &str, reached: &str, percent: Option<&str>| {
            Attainment {
                unit: id(1),
                owner,
                measure,
                version: 1,
                target: number(target),
                reached: number(reached),
                percent: percent.map(number),
                expected_by_now: Decimal::ZERO,
                gap: Decimal::ZERO,
                projection: None,
                projection_low: None,
                projection_high: None,
                rank: None,
                why: clientela_model::Why::new("test"),
            }
        };
    let lines = [
        line(Measure::Units, Some(id(71)), "100", "90", Some("90.00")),
        line(Measure::Units, Some(id(72)), "100", "80", Some("80.00")),
        line(Measure::Offers, Some(id(71)), "0", "4", None),
        line(Measure::Wins, Some(id(71)), "10", "5", Some("50.00")),
        line(Measure::Wins, Some(id(72)), "10", "20", Some("200.00")),
    ];
    let plans = [units, offers, wins];
    let told = |most: Option<&str>| -> Vec<(Option<Decimal>, Option<u32>)> {
        let found = overall(&plans, &lines, &[], most.map(number)).unwrap();
        found.iter().map(|one| (one.percent, one.rank)).collect()
    };
    // 90 three times and 50 once; 80 three times and 200 once: the offers have no target and are in neither.
    assert_eq!(told(None), [(Some(number("80.00")), Some(2)), (Some(number("110.00")), Some(1))]);
    assert_eq!(told(Some("100")), [(Some(number("80.00")), Some(2)), (Some(number("85.00")), Some(1))]);
}

fn holding(user: u128, position: u128, from: &str, to: Option<&str>) -> Holding {
    Holding {
        id: id(1),
        user: id(user),
        position: id(position),
        substitute: false,
        valid_from: day(from),
        valid_to: to.map(day),
    }
}

/// Mondays to Fridays.
fn working(first: NaiveDate, last: NaiveDate) -> u32 {
    let days = first.iter_days().take_while(|day| *day <= last);
    u32::try_from(days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count()).unwrap()
}

fn personal(
    plan: &QuotaPlan,
    targets: &[QuotaTarget],
    holdings: &[Holding],
    counted: &[Counted],
    basis: PersonalBasis,
) -> Vec<PersonalAttainment> {
    let days = |_, first, last| working(first, last);
    personal_attainment(plan, targets, holdings, counted, &days, day("2026-12-31"), basis).unwrap()
}

fn visit(owner: u128, on: &str) -> Counted {
    Counted {
        measure: Measure::Visits,
        owner: id(owner),
        unit: id(1),
        amount: Decimal::ONE,
        currency: None,
        day: day(on),
        of: ("activity", Uuid::nil()),
        opportunity: None,
        conversion: None,
        credited: clientela_core::performance::Crediting::AsItHappened,
    }
}

#[test]
fn who_joins_leaves_or_moves_carries_his_part() {
    let year = plan(Measure::Visits, "783");
    let targets = shared(&year);
    // 522 for 71, 261 for 72, and 2026 has 261 working days: two a day, and one.
    let holdings = [
        holding(100, 71, "2020-01-01", Some("2026-03-31")),
        holding(101, 71, "2026-05-01", None),
        holding(101, 72, "2026-01-01", Some("2026-04-30")),
        Holding { substitute: true, ..holding(103, 72, "2026-05-01", None) },
    ];
    let visits =
        [visit(71, "2026-03-31"), visit(71, "2026-04-15"), visit(72, "2026-04-30"), visit(71, "2026-05-04")];
    let found = personal(&year, &targets, &holdings, &visits, PersonalBasis::WorkingDays);
    let told: Vec<(Option<UserId>, Decimal, Decimal, usize)> =
        found.iter().map(|one| (one.user, one.target, one.reached, one.parts.len())).collect();
    let days = |first, last| Decimal::from(working(day(first), day(last)));
    let spring = days("2026-01-01", "2026-04-30");
    let rest = days("2026-05-01", "2026-12-31");
    assert_eq!(
        told,
        [
            (Some(id(100)), days("2026-01-01", "2026-03-31") * Decimal::TWO, Decimal::ONE, 1),
            (Some(id(101)), rest * Decimal::TWO + spring, Decimal::TWO, 2),
            (None, days("2026-04-01", "2026-04-30") * Decimal::TWO + rest, Decimal::ONE, 2),
        ]
    );
    assert_eq!(found[0].rank, Some(1), "1 of 128 is more than 2 of 434");
    assert_eq!((found[1].rank, found[2].rank), (Some(2), None));
}

#[test]
fn the_season_is_in_the_share_of_a_part() {
    let year = plan(Measure::Visits, "1300");
    let mut seasons = months(&year);
    seasons[7].weight = Decimal::from(2);
    let targets: Vec<QuotaTarget> =
        cascade(&year, &dealer(), &seasons, &[]).unwrap().targets(|| id(9)).collect();
    let holdings = [holding(100, 72, "2026-08-01", Some("2026-08-31"))];
    let of = |basis| personal(&year, &targets, &holdings, &[], basis)[0].target;
    // A third of 1,300 in thirteen parts, of which August is two; by days it is 21 of 261.
    assert_eq!(of(PersonalBasis::Season), number("67"));
    assert_eq!(of(PersonalBasis::WorkingDays), number("35"));
}

proptest! {
    #[test]
    fn shares_of_holders_and_of_nobody_add_up_to_the_quota(
        cents in 0_i64..10_000_000,
        turns in prop::collection::vec((100_u128..104, 0_u64..500, 0_u64..400), 0..6),
        basis in prop::sample::select(vec![PersonalBasis::WorkingDays, PersonalBasis::Season]),
        credits in prop::collection::vec((0_u64..365, -5_000_i64..50_000), 0..6),
    ) {
        let year = plan(Measure::Revenue, &Decimal::new(cents, 2).to_string());
        let targets = shared(&year);
        let start = day("2025-10-01");
        let holdings: Vec<Holding> = turns
            .iter()
            .map(|(user, from, long)| {
                let first = start + chrono::Days::new(*from);
                Holding { valid_from: first, valid_to: Some(first + chrono::Days::new(*long)), ..holding(*user, 71, "2026-01-01", None) }
            })
            .collect();
        let counted: Vec<Counted> = credits
            .iter()
            .map(|(at, cents)| Counted {
                measure: Measure::Revenue,
                amount: Decimal::new(*cents, 2),
                currency: year.currency,
                day: year.first_day + chrono::Days::new(*at),
                ..visit(71, "2026-01-01")
            })
            .collect();
        let found = personal(&year, &targets, &holdings, &counted, basis);
        let parts: Vec<&PersonalPart> = found.iter().flat_map(|one| &one.parts).collect();
        for position in [id(71), id(72)] {
            let quota: Decimal = targets.iter().filter(|one| one.owner == Some(position)).map(|one| one.amount).sum();
            let of = |figure: fn(&PersonalPart) -> Decimal| -> Decimal {
                parts.iter().filter(|part| part.position == position).map(|part| figure(part)).sum()
            };
            prop_assert_eq!(of(|part| part.target), quota);
            prop_assert!(parts.iter().all(|part| part.target >= Decimal::ZERO));
            let reached: Decimal = counted.iter().filter(|one| one.owner == position).map(|one| one.amount).sum();
            prop_assert_eq!(of(|part| part.reached), reached);
        }
        prop_assert_eq!(found.iter().filter_map(|one| one.user).count(), found.iter().filter_map(|one| one.user).collect::<std::collections::HashSet<_>>().len());
    }
}
