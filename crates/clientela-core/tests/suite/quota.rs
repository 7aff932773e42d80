//! Quotas shared out, credited and compared.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use chrono::NaiveDate;
use clientela_core::catalogue::ProductKind;
use clientela_core::ids::*;
use clientela_core::organisation::{Unit, UnitKind};
use clientela_core::performance::*;
use clientela_core::sales::{Credit, Offer, OfferItem, OfferState, Opportunity, OpportunityState};
use clientela_model::identifier::Currency;
use clientela_model::{Coded, EntityId, Money, RateTable, RoundingPolicy};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn euro() -> Currency {
    Currency::parse("EUR").unwrap()
}

/// Gives ids in order.
fn ids<I: EntityId>() -> impl FnMut() -> I {
    let mut number = 1_000_000;
    move || {
        number += 1;
        id(number)
    }
}

fn plan(measure: Measure, total: &str) -> QuotaPlan {
    QuotaPlan {
        id: id(1),
        name: "Trucks 2026".into(),
        owner: id(1),
        unit: id(1),
        measure,
        currency: (measure == Measure::Revenue).then(euro),
        first_day: day("2026-01-01"),
        last_day: day("2026-12-31"),
        total: Some(decimal(total)),
        state: PlanState::Draft,
        version: None,
        series: None,
        from_day: None,
        step: None,
        measure_weight: None,
        credit_rule: None,
    }
}

fn unit_node(unit: u128, weight: &str, children: Vec<QuotaNode>) -> QuotaNode {
    QuotaNode { unit: id(unit), owner: None, weight: decimal(weight), children }
}

fn position_node(unit: u128, position: u128, weight: &str) -> QuotaNode {
    QuotaNode { unit: id(unit), owner: Some(id(position)), weight: decimal(weight), children: vec![] }
}

/// Headquarters 1 with dealers 2 and 3; sellers 21 and 22 in 2, 31 in 3.
fn network() -> QuotaNode {
    let north = unit_node(2, "2", vec![position_node(2, 21, "1"), position_node(2, 22, "1")]);
    unit_node(1, "1", vec![north, unit_node(3, "1", vec![position_node(3, 31, "1")])])
}

fn units() -> Vec<Unit> {
    [(1, None), (2, Some(1)), (3, Some(1))]
        .map(|(number, parent)| Unit {
            id: id(number),
            parent: parent.map(id),
            kind: UnitKind::Dealer,
            code: format!("U{number}"),
            name: String::new(),
            country: None,
            valid_from: None,
            valid_to: None,
            time_zone: None,
            street: None,
            postal_code: None,
            locality: None,
            vat_number: None,
        })
        .to_vec()
}

type Node = (UnitId, Option<PositionId>);

/// Amounts by node, periods in order.
fn by_node(targets: &[QuotaTarget]) -> HashMap<Node, Vec<Decimal>> {
    let mut found: HashMap<Node, Vec<Decimal>> = HashMap::new();
    for target in targets {
        found.entry((target.unit, target.owner)).or_default().push(target.amount);
    }
    found
}

/// Every node of the tree is the sum of its children, for every period.
fn check_sums(node: &QuotaNode, amounts: &HashMap<Node, Vec<Decimal>>) {
    let own = &amounts[&(node.unit, node.owner)];
    if node.children.is_empty() {
        return;
    }
    for (period, amount) in own.iter().enumerate() {
        let sum: Decimal =
            node.children.iter().map(|child| amounts[&(child.unit, child.owner)][period]).sum();
        assert_eq!(sum, *amount, "unit {} period {period}", node.unit);
    }
    for child in &node.children {
        check_sums(child, amounts);
    }
}

#[test]
fn a_plan_is_shared_out_as_a_manager_would() {
    let plan = plan(Measure::Units, "36");
    let shared = cascade(&plan, &network(), &months(&plan), &[]).unwrap();
    let amounts = by_node(&shared.targets(ids()).collect::<Vec<_>>());
    let year =
        |unit: u128, owner: Option<u128>| -> Decimal { amounts[&(id(unit), owner.map(id))].iter().sum() };
    assert_eq!([year(2, None), year(3, None)], [decimal("24"), decimal("12")]);
    assert_eq!([year(2, Some(21)), year(2, Some(22)), year(3, Some(31))], [decimal("12"); 3]);
    // Twelve a year is one a month for every seller, not twelve in January for the first.
    for seller in [(2, 21), (2, 22), (3, 31)] {
        assert_eq!(amounts[&(id(seller.0), Some(id(seller.1)))], [Decimal::ONE; 12]);
    }
    assert_eq!(shared.len(), 6 * 12);
    check_sums(&network(), &amounts);
}

#[test]
fn what_cannot_be_shared_out_says_why() {
    let year = plan(Measure::Units, "36");
    let season = |first: &str, last: &str, weight: &str| Season {
        first_day: day(first),
        last_day: day(last),
        weight: decimal(weight),
    };
    let whole = || vec![season("2026-01-01", "2026-12-31", "1")];
    let mut deep = unit_node(999, "1", vec![]);
    for number in (900..964).rev() {
        deep = unit_node(number, "1", vec![deep]);
    }
    let negative = unit_node(1, "1", vec![unit_node(2, "-1", vec![]), unit_node(3, "2", vec![])]);
    let nothing = unit_node(1, "1", vec![unit_node(2, "0", vec![])]);
    let twice = unit_node(1, "1", vec![unit_node(2, "1", vec![]), unit_node(2, "1", vec![])]);
    let locked = QuotaPlan { state: PlanState::Locked, ..year.clone() };
    let without_currency = QuotaPlan { currency: None, ..plan(Measure::Revenue, "1") };
    let cases: Vec<(QuotaPlan, QuotaNode, Vec<Season>, &str)> = vec![
        (locked, network(), whole(), "quota_plan.locked"),
        (without_currency, network(), whole(), "quota_plan.currency_missing"),
        (plan(Measure::Units, "-1"), network(), whole(), "quota_plan.total_range"),
        (plan(Measure::Units, "79228162514264337593543950335"), network(), whole(), "quota_plan.total_range"),
        (plan(Measure::Units, "1.5"), network(), whole(), "quota_plan.total_precision"),
        (plan(Measure::Revenue, "1.005"), network(), whole(), "quota_plan.total_precision"),
        (year.clone(), network(), vec![], "quota_plan.periods"),
        (year.clone(), network(), vec![season("2026-01-02", "2026-12-31", "1")], "quota_plan.periods"),
        (year.clone(), network(), vec![season("2026-01-01", "2026-12-30", "1")], "quota_plan.periods"),
        (year.clone(), network(), vec![season("2026-01-01", "2027-01-01", "1")], "quota_plan.periods"),
        (
            year.clone(),
            network(),
            vec![season("2026-01-01", "2026-06-30", "1"), season("2026-07-02", "2026-12-31", "1")],
            "quota_plan.periods",
        ),
        (
            year.clone(),
            network(),
            vec![season("2026-01-01", "2026-06-30", "1"), season("2026-06-30", "2026-12-31", "1")],
            "quota_plan.periods",
        ),
        (year.clone(), network(), vec![season("2026-01-01", "2026-12-31", "0")], "quota_plan.season_weights"),
        (year.clone(), unit_node(2, "1", vec![]), whole(), "quota_plan.foreign_root"),
        (year.clone(), negative, whole(), "quota_plan.node_weights"),
        (year.clone(), nothing, whole(), "quota_plan.node_weights"),
        (year.clone(), twice, whole(), "quota_plan.node_twice"),
        (year.clone(), unit_node(1, "1", vec![deep]), whole(), "quota_plan.too_deep"),
    ];
    for (plan, tree, seasons, code) in cases {
        assert_eq!(cascade(&plan, &tree, &seasons, &[]).unwrap_err().code(), code);
    }
    let months = months(&QuotaPlan { first_day: day("2026-01-15"), last_day: day("2026-03-10"), ..year });
    let ends: Vec<String> =
        months.iter().map(|month| format!("{}..{}", month.first_day, month.last_day)).collect();
    assert_eq!(ends, ["2026-01-15..2026-01-31", "2026-02-01..2026-02-28", "2026-03-01..2026-03-10"]);
}

/// Trees of up to four levels with weights of zero among them, at least one above.
fn tree() -> impl Strategy<Value = QuotaNode> {
    let leaf = (0_u32..5).prop_map(|weight| (weight, vec![]));
    fn number((weight, children): (u32, Vec<(u32, Vec<QuotaNode>)>)) -> (u32, Vec<QuotaNode>) {
        let mut nodes: Vec<QuotaNode> = children
            .into_iter()
            .map(|(weight, children)| QuotaNode { unit: id(0), owner: None, weight: weight.into(), children })
            .collect();
        if let Some(first) = nodes.first_mut() {
            first.weight += Decimal::ONE;
        }
        (weight, nodes)
    }
    leaf.prop_recursive(4, 40, 5, |inner| (0_u32..5, prop::collection::vec(inner, 1..5)).prop_map(number))
        .prop_map(|(_, children)| {
            let mut root = QuotaNode { unit: id(0), owner: None, weight: Decimal::ONE, children };
            let mut next = 0;
            name_units(&mut root, &mut next);
            root
        })
}

fn name_units(node: &mut QuotaNode, next: &mut u128) {
    *next += 1;
    node.unit = id(*next);
    for child in &mut node.children {
        name_units(child, next);
    }
}

/// Every child of a node without a share of it, and everything below, has nothing.
fn check_shares(node: &QuotaNode, amounts: &HashMap<Node, Vec<Decimal>>, step: Decimal) {
    let own = &amounts[&(node.unit, node.owner)];
    let total: Decimal = own.iter().sum();
    let weights: Decimal = node.children.iter().map(|child| child.weight).sum();
    for child in &node.children {
        let shares = &amounts[&(child.unit, child.owner)];
        let share: Decimal = shares.iter().sum();
        assert!((share * weights - total * child.weight).abs() <= step * weights, "{share} of {total}");
        assert!(!child.weight.is_zero() || share.is_zero());
        for (amount, above) in shares.iter().zip(own) {
            assert!(
                (amount * total - share * above).abs() < step * total || total.is_zero(),
                "{amount} of {above}"
            );
            assert!(!amount.is_sign_negative() || amount.is_zero());
        }
        check_shares(child, amounts, step);
    }
}

proptest! {
    #[test]
    fn every_node_and_period_adds_up_to_the_last_cent(
        tree in tree(),
        total in 0_i64..5_000_000,
        seasons in prop::collection::vec(0_u32..5, 12),
        money in any::<bool>(),
    ) {
        prop_assume!(seasons.iter().any(|weight| *weight > 0));
        let mut plan = plan(if money { Measure::Revenue } else { Measure::Units }, "0");
        plan.total = Some(Decimal::new(total, if money { 2 } else { 0 }));
        let mut periods = months(&plan);
        for (period, weight) in periods.iter_mut().zip(&seasons) {
            period.weight = (*weight).into();
        }
        let shared = cascade(&plan, &tree, &periods, &[]).unwrap();
        let amounts = by_node(&shared.targets(ids()).collect::<Vec<_>>());
        prop_assert_eq!(amounts[&(plan.unit, None)].iter().sum::<Decimal>(), plan.total.unwrap());
        check_sums(&tree, &amounts);
        check_shares(&tree, &amounts, if money { decimal("0.01") } else { Decimal::ONE });
        let again = cascade(&plan, &tree, &periods, &[]).unwrap();
        prop_assert_eq!(again, shared);
    }
}

fn opportunity(number: u128, state: OpportunityState) -> Opportunity {
    Opportunity {
        id: id(number),
        number: format!("O-{number}"),
        customer: id(1),
        owner: id(21),
        unit: id(2),
        title: "Tractors".into(),
        method: id(1),
        stage: id(1),
        state,
        probability: 100,
        currency: euro(),
        amount: Some(Money::parse("90000.00", euro()).unwrap()),
        vehicles: Some(1),
        expected_close: None,
        campaign: None,
        opened_on: day("2026-01-01"),
        closed_on: None,
        lost_reason: None,
        competitor: None,
        suspended_until: None,
        next_step: None,
        next_step_on: None,
        forecast: None,
        margin: None,
    }
}

fn offer(number: u128, opportunity: u128, state: OfferState, net: Money) -> Offer {
    let zero = Money::zero(net.currency());
    Offer {
        id: id(number),
        number: format!("Q-{number}"),
        opportunity: id(opportunity),
        customer: id(1),
        owner: id(21),
        unit: id(2),
        state,
        revision: 2,
        currency: net.currency(),
        rounding: RoundingPolicy::Line,
        valid_until: day("2026-12-31"),
        net,
        tax: zero,
        gross: net,
        payable: net,
        affair: None,
        dossier: None,
        dossier_revision: None,
        dossier_fingerprint: None,
        issued_at: None,
        decided_at: None,
        totals_disputed: false,
        issue_number: None,
        feeds_forecast: None,
        dossier_complete: None,
        follows: None,
        void_reason: None,
    }
}

fn item(offer: u128, revision: u32, kind: ProductKind, quantity: &str) -> OfferItem {
    let zero = Money::zero(euro());
    OfferItem {
        id: id(1),
        offer: id(offer),
        revision,
        line: "1".into(),
        parent_line: None,
        kind,
        product: None,
        code: "T480".into(),
        label: None,
        quantity: decimal(quantity),
        base_quantity: None,
        tax_included: None,
        further_taxes: None,
        price_list: None,
        catalogue: None,
        unit_list: zero,
        unit_net: zero,
        line_net: zero,
        included: false,
        tax_category: "S".into(),
        tax_percent: decimal("22"),
        term_months: None,
        mileage: None,
        exemption_reason: None,
        unit_cost: None,
    }
}

/// Sum of what is credited, by measure and position.
fn sums(credits: &[Credit]) -> HashMap<(Measure, u128), Decimal> {
    let mut sums = HashMap::new();
    for credit in credits {
        *sums.entry((credit.measure, credit.owner.uuid().as_u128())).or_default() += credit.amount;
    }
    sums
}

#[test]
fn a_win_counts_what_was_accepted() {
    let net = |text| Money::parse(text, euro()).unwrap();
    let won = opportunity(1, OpportunityState::Won);
    let offers = [
        offer(11, 1, OfferState::Accepted, net("336911.04")),
        offer(12, 1, OfferState::Refused, net("1.00")),
    ];
    let items = [
        item(11, 2, ProductKind::Vehicle, "3"),
        item(11, 2, ProductKind::ServiceContract, "3"),
        item(11, 1, ProductKind::Vehicle, "5"),
        item(12, 2, ProductKind::Vehicle, "9"),
    ];
    let today = day("2026-03-01");
    let (credits, why) = credits_for_win(&won, &offers, &items, true, today, ids()).unwrap();
    let expected = HashMap::from([
        ((Measure::Units, 21), decimal("3")),
        ((Measure::Revenue, 21), decimal("336911.04")),
        ((Measure::NewCustomers, 21), decimal("1")),
        ((Measure::Wins, 21), decimal("1")),
    ]);
    assert_eq!(sums(&credits), expected, "{why}");
    assert!(credits.iter().all(|credit| credit.day == today && credit.unit == id(2)));

    // Without an accepted offer the opportunity itself counts; not a new customer, so nothing is said of that.
    let (credits, _) = credits_for_win(&won, &offers[1..], &items, false, today, ids()).unwrap();
    assert_eq!(sums(&credits).get(&(Measure::Revenue, 21)), Some(&decimal("90000")));
    assert_eq!(credits.len(), 3);

    let foreign = [offer(13, 2, OfferState::Accepted, net("1.00"))];
    assert_eq!(
        credits_for_win(&won, &foreign, &[], false, today, ids()).unwrap_err().code(),
        "credit.foreign_offer"
    );
    let open = opportunity(1, OpportunityState::Open);
    assert_eq!(credits_for_win(&open, &[], &[], false, today, ids()).unwrap_err().code(), "credit.not_won");
}

#[test]
fn a_shared_win_is_shared_exactly_and_in_one_currency() {
    let won = opportunity(1, OpportunityState::Won);
    let franc = Currency::parse("CHF").unwrap();
    let offers = [offer(11, 1, OfferState::Accepted, Money::parse("100.00", franc).unwrap())];
    let win = |day| Win { opportunity: &won, offers: &offers, items: &[], new_customer: false, day };
    let split = |owner, percent| Split { owner: id(owner), unit: id(2), percent: decimal(percent) };
    let rates = RateTable::new(vec![clientela_model::money::Rate {
        from: franc,
        to: euro(),
        since: day("2026-01-01"),
        rate: decimal("1.07"),
    }]);
    let thirds = [split(21, "33.33"), split(22, "33.33"), split(31, "33.34")];
    let (credits, why) = shared_credits(win(day("2026-03-01")), &thirds, euro(), &rates, ids()).unwrap();
    let revenue: Vec<Decimal> = credits
        .iter()
        .filter(|credit| credit.measure == Measure::Revenue)
        .map(|credit| credit.amount)
        .collect();
    assert_eq!(revenue.iter().sum::<Decimal>(), decimal("107.00"));
    assert_eq!(revenue, [decimal("35.66"), decimal("35.66"), decimal("35.68")]);
    assert_eq!(why.value("rate"), Some("1.07"));
    let cases: [(Vec<Split>, &str, &str); 4] = [
        (vec![split(21, "60"), split(22, "41")], "2026-03-01", "credit.splits"),
        (vec![split(21, "110"), split(22, "-10")], "2026-03-01", "credit.splits"),
        (vec![], "2026-03-01", "credit.splits"),
        (vec![split(21, "100")], "2025-12-31", "money.no_rate"),
    ];
    for (splits, on, code) in cases {
        let error = shared_credits(win(day(on)), &splits, euro(), &rates, ids()).unwrap_err();
        assert_eq!(error.code(), code);
    }
}

proptest! {
    #[test]
    fn what_is_won_and_opened_again_counts_nothing(
        cents in 0_i64..10_000_000_000,
        vehicles in 0_u32..500,
        percent in 1_u32..100,
        times in 1_usize..4,
        new_customer in any::<bool>(),
    ) {
        let won = opportunity(1, OpportunityState::Won);
        let offers = [offer(11, 1, OfferState::Accepted, Money::from_minor(cents, euro()))];
        let items = [item(11, 2, ProductKind::Vehicle, &vehicles.to_string())];
        let mut next = ids();
        let mut kept: Vec<Credit> = Vec::new();
        for _ in 0..times {
            let win = Win { opportunity: &won, offers: &offers, items: &items, new_customer, day: day("2026-03-01") };
            let splits = [
                Split { owner: id(21), unit: id(2), percent: percent.into() },
                Split { owner: id(31), unit: id(3), percent: (100 - percent).into() },
            ];
            let (credits, _) = shared_credits(win, &splits, euro(), &RateTable::default(), &mut next).unwrap();
            let revenue: Decimal =
                credits.iter().filter(|credit| credit.measure == Measure::Revenue).map(|credit| credit.amount).sum();
            prop_assert_eq!(revenue, Decimal::new(cents, 2));
            kept.extend(credits);
            let (taken_back, _) = reversal(&kept, day("2026-04-01"), &mut next).unwrap();
            prop_assert!(taken_back.iter().all(|credit| credit.day == day("2026-04-01")));
            kept.extend(taken_back);
            prop_assert!(sums(&kept).values().all(Decimal::is_zero), "{kept:?}");
        }
        let (nothing, _) = reversal(&kept, day("2026-05-01"), &mut next).unwrap();
        prop_assert!(nothing.is_empty());
    }
}

fn counted(credits: &[Credit]) -> Vec<Counted> {
    credits.iter().map(Counted::from).collect()
}

fn credit(number: u128, owner: u128, unit: u128, amount: &str, on: &str) -> Credit {
    Credit {
        id: id(number),
        opportunity: id(number),
        owner: id(owner),
        unit: id(unit),
        measure: Measure::Units,
        amount: decimal(amount),
        day: day(on),
        currency: None,
    }
}

#[test]
fn attainment_reads_as_a_manager_reads_it() {
    let plan = plan(Measure::Units, "36");
    let targets = cascade(&plan, &network(), &months(&plan), &[]).unwrap().targets(ids()).collect::<Vec<_>>();
    let credits = [
        credit(1, 21, 2, "6", "2026-01-15"),
        credit(2, 22, 2, "3", "2026-05-31"),
        credit(3, 31, 3, "3", "2026-06-30"),
        // A position without a target of its own still counts for its unit.
        credit(4, 29, 2, "1", "2026-02-01"),
        // Not these: after the day asked, before the plan, of another measure.
        credit(5, 21, 2, "9", "2026-07-01"),
        credit(6, 21, 2, "9", "2025-12-31"),
        Credit { measure: Measure::Wins, ..credit(7, 21, 2, "9", "2026-01-15") },
    ];
    let found = attainment(&plan, &targets, &counted(&credits), &units(), day("2026-06-30")).unwrap();
    // Unit, position: target, reached, percent, expected, gap, projection, rank.
    type Row = (
        u128,
        Option<u128>,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        u32,
    );
    let expected: [Row; 6] = [
        (1, None, "36", "13", "36.11", "18", "23", "26", 1),
        (2, None, "24", "10", "41.67", "12", "14", "20", 1),
        (2, Some(21), "12", "6", "50", "6", "6", "12", 1),
        (2, Some(22), "12", "3", "25", "6", "9", "6", 2),
        (3, None, "12", "3", "25", "6", "9", "6", 2),
        (3, Some(31), "12", "3", "25", "6", "9", "6", 1),
    ];
    assert_eq!(found.len(), expected.len());
    for (row, (unit, owner, target, reached, percent, by_now, gap, projection, rank)) in
        found.iter().zip(expected)
    {
        assert_eq!((row.unit, row.owner), (id(unit), owner.map(id)));
        let figures = [
            row.target,
            row.reached,
            row.percent.unwrap(),
            row.expected_by_now,
            row.gap,
            row.projection.unwrap(),
        ];
        assert_eq!(
            figures,
            [target, reached, percent, by_now, gap, projection].map(decimal),
            "{unit} {owner:?}"
        );
        assert_eq!(row.rank, Some(rank), "{unit} {owner:?}");
    }
    let counted = found[2].why.because.iter().filter(|why| why.reason == "credit.counted").count();
    assert_eq!(counted, 1, "{}", found[2].why);
    assert!(!found[2].why.to_string().contains("2026-07-01"));
}

#[test]
fn pace_runs_by_days_and_seasons() {
    let mut year = plan(Measure::Units, "365");
    let root = unit_node(1, "1", vec![]);
    // Day asked, what was reached on the first day, expected by then, projection.
    let whole = |plan: &QuotaPlan| {
        vec![Season { first_day: plan.first_day, last_day: plan.last_day, weight: Decimal::ONE }]
    };
    let cases = [
        ("2025-12-31", None, "0", None),
        ("2026-01-01", Some("2"), "1", Some("730")),
        ("2026-01-10", Some("2"), "10", Some("73")),
        ("2026-12-31", Some("2"), "365", Some("2")),
        ("2027-06-01", Some("2"), "365", Some("2")),
    ];
    for (on, reached, expected, projection) in cases {
        let targets = cascade(&year, &root, &whole(&year), &[]).unwrap().targets(ids()).collect::<Vec<_>>();
        let credits: Vec<Credit> =
            reached.iter().map(|amount| credit(1, 21, 1, amount, "2026-01-01")).collect();
        let found = attainment(&year, &targets, &counted(&credits), &units(), day(on)).unwrap();
        assert_eq!(found[0].expected_by_now, decimal(expected), "{on}");
        assert_eq!(found[0].projection, projection.map(decimal), "{on}");
    }
    // All of it is expected in December: a win in January is not multiplied by twelve.
    year.total = Some(decimal("120"));
    let mut seasons = months(&year);
    for season in &mut seasons[..11] {
        season.weight = Decimal::ZERO;
    }
    let targets = cascade(&year, &root, &seasons, &[]).unwrap().targets(ids()).collect::<Vec<_>>();
    let found = attainment(
        &year,
        &targets,
        &counted(&[credit(1, 21, 1, "1", "2026-01-01")]),
        &units(),
        day("2026-12-01"),
    )
    .unwrap();
    assert_eq!(found[0].expected_by_now, decimal("4"));
    assert_eq!(found[0].projection, Some(decimal("31")));
    // A target of nothing has no percentage and no place.
    year.total = Some(Decimal::ZERO);
    let targets = cascade(&year, &root, &seasons, &[]).unwrap().targets(ids()).collect::<Vec<_>>();
    let found = attainment(&year, &targets, &[], &units(), day("2026-12-01")).unwrap();
    assert_eq!((found[0].percent, found[0].rank), (None, None));
}

proptest! {
    #[test]
    fn a_unit_has_reached_what_its_sellers_have(amounts in prop::collection::vec((0_usize..3, -5_i64..20, 0_u64..365), 0..40)) {
        let plan = plan(Measure::Units, "36");
        let targets = cascade(&plan, &network(), &months(&plan), &[]).unwrap().targets(ids()).collect::<Vec<_>>();
        let credits: Vec<Credit> = amounts
            .iter()
            .enumerate()
            .map(|(index, (seller, amount, offset))| {
                let (owner, unit) = [(21, 2), (22, 2), (31, 3)][*seller];
                let on = plan.first_day + chrono::Days::new(*offset);
                Credit { day: on, amount: (*amount).into(), ..credit(index as u128, owner, unit, "0", "2026-01-01") }
            })
            .collect();
        let found = attainment(&plan, &targets, &counted(&credits), &units(), day("2026-12-31")).unwrap();
        let reached = |unit: u128, owner: Option<u128>| {
            found.iter().find(|row| row.unit == id(unit) && row.owner == owner.map(id)).unwrap().reached
        };
        prop_assert_eq!(reached(1, None), reached(2, None) + reached(3, None));
        prop_assert_eq!(reached(2, None), reached(2, Some(21)) + reached(2, Some(22)));
        prop_assert_eq!(reached(1, None), credits.iter().map(|credit| credit.amount).sum::<Decimal>());
        for row in &found {
            prop_assert_eq!(row.target - row.reached, row.gap);
        }
    }
}
