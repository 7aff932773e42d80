//! Which price rules hold for a line: the book against the plain reading of its words.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use crate::support::{currency, day};
use clientela_core::catalogue::price_rule::{LineFacts, OfferFacts, RuleBook};
use clientela_core::catalogue::{
    DiscountSchedule, PastUnits, PriceRule, PriceRules, Product, ProductKind, ScheduleKind, ScheduleScope,
};
use clientela_core::sales::waterfall::Tier;
use clientela_core::sales::{Authority, PriceStepKind};
use clientela_model::identifier::Country;
use clientela_model::{EntityId, Money, Why};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

prop_compose! {
    fn rule()(
        sequence in 1_u32..5,
        product in prop::option::of(1_u128..4),
        line in prop::option::of(prop::sample::select(vec!["A", "B"])),
        vehicle in prop::option::of(any::<bool>()),
        market in prop::option::of(prop::sample::select(vec!["IT", "FR"])),
        group in prop::option::of(prop::sample::select(vec!["KEY", "SMALL"])),
        customer in prop::option::of(8_u128..10),
        unit in 1_u128..3,
        least in prop::option::of(1_i64..6),
        until in prop::option::of(1_u32..5),
        exclusive in prop::option::of(prop::sample::select(vec!["X", "Y"])),
        (percent, amount) in prop_oneof![(-2_000_i64..500).prop_map(|size| (Some(size), None)), (-9_000_i64..900).prop_map(|size| (None, Some(size)))],
        condition in prop::option::of(prop::sample::select(vec!["yes", "no"])),
    ) -> PriceRule {
        PriceRule {
            id: id(0),
            code: String::new(),
            name: "A rule whose name is longer than what is kept in place".to_owned(),
            owner: id(1),
            unit: id(unit),
            kind: PriceStepKind::Campaign,
            sequence,
            customer: customer.map(id),
            price_group: group.map(str::to_owned),
            market: market.map(|market| Country::parse(market).unwrap()),
            product: product.map(id),
            product_line: line.map(str::to_owned),
            product_kind: vehicle.map(|vehicle| if vehicle { ProductKind::Vehicle } else { ProductKind::Body }),
            least_quantity: least.map(Decimal::from),
            condition: condition.map(str::to_owned),
            percent: percent.map(|size| Decimal::new(size, 2)),
            amount: amount.map(|size| Money::from_minor(size, currency("EUR"))),
            fixed_price: None,
            schedule: None,
            basis: None,
            authority: Authority::None,
            exclusive_group: exclusive.map(str::to_owned),
            valid_from: day("2026-01-01"),
            valid_to: until.map(|month| day(&format!("2026-0{month}-28"))),
        }
    }
}

/// The codes of the rules that hold, read as the words say.
fn plainly(rules: &[PriceRule], facts: &OfferFacts<'_>, line: &LineFacts<'_>) -> Vec<String> {
    let (product, list) = (line.product, line.unit_list.amount());
    let for_it = |rule: &&PriceRule| {
        facts.units.is_none_or(|units| units.contains(&rule.unit))
            && rule.customer.is_none_or(|customer| customer == facts.customer)
            && rule.price_group.as_deref().is_none_or(|group| Some(group) == facts.price_group)
            && rule.market.is_none_or(|market| Some(&market) == facts.market)
            && rule.valid_to.is_none_or(|last| facts.day <= last)
            && rule.condition.as_deref().is_none_or(|condition| condition == "yes")
            && rule.product.is_none_or(|of| of == product.id)
            && (rule.product_line.is_none() || rule.product_line == product.line)
            && rule.product_kind.is_none_or(|kind| kind == product.kind)
            && rule.least_quantity.is_none_or(|least| least <= line.quantity)
            && (rule.percent.is_some_and(|percent| !percent.is_zero())
                || rule.amount.is_some_and(|amount| !amount.is_zero()))
    };
    let mut held: Vec<&PriceRule> = rules.iter().filter(for_it).collect();
    held.sort_by_key(|rule| (rule.sequence, rule.code.clone()));
    let gain = |rule: &PriceRule| match (rule.percent, rule.amount) {
        (Some(percent), _) => -list * percent / Decimal::ONE_HUNDRED,
        (_, Some(amount)) => -amount.amount(),
        _ => Decimal::ZERO,
    };
    let best = |rule: &PriceRule| {
        let of_group = held.iter().filter(|other| other.exclusive_group == rule.exclusive_group);
        let most = of_group.clone().map(|other| gain(other)).max().unwrap_or_default();
        of_group.into_iter().find(|other| gain(other) == most).is_some_and(|first| first.code == rule.code)
    };
    held.iter()
        .filter(|rule| rule.exclusive_group.is_none() || best(rule))
        .map(|rule| rule.code.clone())
        .collect()
}

/// How often each rule is told of.
fn told(why: &Why) -> HashMap<String, usize> {
    let mut told = HashMap::new();
    for reason in &why.because {
        *told.entry(reason.value("rule").unwrap_or_default().to_owned()).or_default() += 1;
    }
    told
}

proptest! {
    #[test]
    fn those_hold_whose_words_say_so(
        mut rules in prop::collection::vec(rule(), 0..90),
        lines in prop::collection::vec((1_u128..4, prop::option::of(prop::sample::select(vec!["A", "B", "C"])), any::<bool>(), 1_i64..7, 100_i64..200_000), 1..4),
        group in prop::option::of(prop::sample::select(vec!["KEY", "SMALL"])),
        month in 1_u32..6,
        own_unit: bool,
    ) {
        for (at, rule) in rules.iter_mut().enumerate() {
            // Codes that do not stand in the order of the rules.
            rule.code = format!("R{:03}", at * 37 % 101);
            rule.id = id(1_000 + at as u128);
        }
        let products: Vec<Product> = lines.iter().map(|(product, line, vehicle, _, _)| Product {
            id: id(*product),
            code: "P".to_owned(),
            name: "P".to_owned(),
            kind: if *vehicle { ProductKind::Vehicle } else { ProductKind::Body },
            line: line.map(str::to_owned),
            tax_category: "S".to_owned(),
            valid_from: None,
            valid_to: None,
        }).collect();
        let lines: Vec<LineFacts<'_>> = lines.iter().zip(&products).map(|((_, _, _, quantity, list), product)| LineFacts {
            product,
            quantity: Decimal::from(*quantity),
            unit_list: Money::from_minor(*list, currency("EUR")),
        }).collect();
        let (market, units) = (Country::parse("IT").unwrap(), [id(1)]);
        let facts = OfferFacts {
            customer: id(9),
            price_group: group,
            market: Some(&market),
            day: day(&format!("2026-0{month}-05")),
            units: own_unit.then_some(&units[..]),
        };
        let read = PriceRules::new(rules.clone(), Vec::new());
        let book = RuleBook::open(&read, &[], &facts, |rule| {
            (rule.condition.as_deref() == Some("yes"), Some(Why::new("asked")))
        });
        for (at, line) in lines.iter().enumerate() {
            let ruled = book.line(&lines, at).unwrap();
            let codes: Vec<String> = ruled.steps.iter().map(|step| step.code.to_string()).collect();
            prop_assert_eq!(&codes, &plainly(&rules, &facts, line));
            // Every rule of the offer's units is told of once, held or not.
            let why = book.why(&ruled, |_| true);
            let of_units = rules.iter().filter(|rule| !own_unit || rule.unit == units[0]);
            let told = told(&why);
            prop_assert!(told.values().all(|times| *times == 1));
            prop_assert_eq!(told.len(), of_units.clone().count());
            let held = why.because.iter().filter(|reason| reason.reason == "price_rule.held");
            prop_assert_eq!(held.count(), codes.len());
            // Who may read none is told of all but what is agreed with others.
            let secret = of_units.clone().filter(|rule| rule.customer.is_some_and(|customer| customer != facts.customer));
            let open = book.why(&ruled, |_| false);
            prop_assert_eq!(open.because.len(), why.because.len() - secret.count());
            prop_assert!(open.because.iter().all(|reason| reason.reason != "price_rule.other_customer"));
        }
    }
}

/// Lines of one product line at 100.00, under a schedule by slabs: none for the first five, ten percent from the sixth on.
fn off_lines(
    scope: ScheduleScope,
    quantities: &[i64],
    past: &[PastUnits],
    past_months: Option<u16>,
) -> Vec<Decimal> {
    let product = Product {
        id: id(1),
        code: "P".to_owned(),
        name: "P".to_owned(),
        kind: ProductKind::Vehicle,
        line: Some("A".to_owned()),
        tax_category: "S".to_owned(),
        valid_from: None,
        valid_to: None,
    };
    let lines: Vec<LineFacts<'_>> = quantities
        .iter()
        .map(|quantity| LineFacts {
            product: &product,
            quantity: Decimal::from(*quantity),
            unit_list: Money::from_minor(10_000, currency("EUR")),
        })
        .collect();
    let schedule = DiscountSchedule {
        id: id(5),
        code: "S".to_owned(),
        name: "S".to_owned(),
        kind: ScheduleKind::Slab,
        scope,
        rate_percent: None,
        past_months,
        valid_to: None,
    };
    let tiers = [(1, 0), (6, 10)].map(|(from, percent)| Tier { from: from.into(), percent: percent.into() });
    let rule = PriceRule { schedule: Some(schedule.id), percent: None, amount: None, ..plain_rule() };
    let read = PriceRules::new(vec![rule], vec![(schedule, tiers.to_vec())]);
    let facts =
        OfferFacts { customer: id(9), price_group: None, market: None, day: day("2026-06-01"), units: None };
    let book = RuleBook::open(&read, past, &facts, |_| (true, None));
    (0..lines.len())
        .map(|index| {
            book.line(&lines, index).unwrap().off_line.iter().map(|(_, amount)| amount.amount()).sum()
        })
        .collect()
}

fn plain_rule() -> PriceRule {
    PriceRule {
        id: id(1),
        code: "R".to_owned(),
        name: "R".to_owned(),
        owner: id(1),
        unit: id(1),
        kind: PriceStepKind::Volume,
        sequence: 1,
        customer: None,
        price_group: None,
        market: None,
        product: None,
        product_line: None,
        product_kind: None,
        least_quantity: None,
        condition: None,
        percent: None,
        amount: None,
        fixed_price: None,
        schedule: None,
        basis: None,
        authority: Authority::None,
        exclusive_group: None,
        valid_from: day("2026-01-01"),
        valid_to: None,
    }
}

/// What counts, quantities of lines, what was ordered, months looked back, and what is taken off each line.
type Case<'a> = (ScheduleScope, &'a [i64], &'a [PastUnits], Option<u16>, &'a [i64]);

#[test]
fn slabs_of_several_lines_count_no_unit_twice() {
    use ScheduleScope::{Document, Group, Line, PastOrders};
    let ordered = |on: &str, quantity: i64| PastUnits {
        product: id(2),
        line: Some("A".to_owned()),
        day: day(on),
        quantity: quantity.into(),
    };
    let none = Vec::new();
    let (winter, later) = (vec![ordered("2025-12-01", 3)], vec![ordered("2026-06-02", 30)]);
    // What is taken off each line, in the order of the offer.
    let cases: &[Case<'_>] = &[
        (Line, &[5, 5], &none, None, &[0, 0]),
        (Group, &[5, 5], &none, None, &[0, 50]),
        (Document, &[5, 5], &none, None, &[0, 50]),
        (Document, &[4, 4, 4], &none, None, &[0, 30, 40]),
        (PastOrders, &[5, 5], &none, None, &[0, 50]),
        (PastOrders, &[5, 5], &winter, None, &[30, 50]),
        (PastOrders, &[5, 5], &winter, Some(6), &[30, 50]),
        (PastOrders, &[5, 5], &winter, Some(3), &[0, 50]),
        // Orders after the day of the prices are none before it.
        (PastOrders, &[5, 5], &later, None, &[0, 50]),
        // Only past orders are asked for what was ordered.
        (Group, &[5, 5], &winter, None, &[0, 50]),
    ];
    for (scope, quantities, past, months, off) in cases {
        let expected: Vec<Decimal> = off.iter().copied().map(Decimal::from).collect();
        assert_eq!(
            off_lines(*scope, quantities, past, *months),
            expected,
            "{scope:?} {quantities:?} {months:?}"
        );
    }
}

proptest! {
    /// However units are shared out over lines, a schedule by slabs takes the same in all.
    #[test]
    fn lines_of_a_group_share_slabs_as_one_line_would(quantities in prop::collection::vec(1_i64..9, 1..6)) {
        let whole = off_lines(ScheduleScope::Group, &[quantities.iter().sum()], &[], None);
        let shared = off_lines(ScheduleScope::Group, &quantities, &[], None);
        prop_assert_eq!(shared.iter().sum::<Decimal>(), whole.iter().sum::<Decimal>());
    }
}
