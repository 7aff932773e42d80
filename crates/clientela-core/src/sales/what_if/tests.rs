//! Columns give what the waterfall gives.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::catalogue::ProductKind;
use crate::sales::waterfall::{OptionInput, StepInput};
use crate::sales::{Authority, PriceStepKind};
use proptest::prelude::*;

fn euro() -> Currency {
    Currency::parse("EUR").unwrap()
}

fn money(units: i64) -> Money {
    Money::from_minor(units, euro())
}

fn step() -> impl Strategy<Value = StepInput> {
    let percent = (-2_000_i64..500, 0_u32..=2, any::<bool>()).prop_map(|(units, digits, of_list)| {
        let basis = if of_list { Basis::List } else { Basis::Running };
        StepChange::Percent { percent: Decimal::new(units, digits).max(Decimal::from(-20)), basis }
    });
    let amount = (-2_000_i64..2_000).prop_map(|units| StepChange::Amount(money(units)));
    prop_oneof![3 => percent, 1 => amount].prop_map(|change| StepInput {
        kind: PriceStepKind::Campaign,
        code: "S".into(),
        change,
        authority: Authority::None,
        label: None,
    })
}

fn item() -> impl Strategy<Value = ItemInput> {
    let list = (0_i64..20_000_000, 0_u32..20);
    let options = prop::collection::vec((0_i64..500_000, 1_i64..4), 0..4);
    let quantity = prop_oneof![
        (1_i64..50).prop_map(Decimal::from),
        (1_i64..50_000).prop_map(|units| Decimal::new(units, 3))
    ];
    let rare = (0_u32..10, any::<bool>());
    (list, options, quantity, prop::collection::vec(step(), 0..6), rare).prop_map(
        |((list, fine), options, quantity, steps, (form, costs))| {
            // One price in twenty is finer than a cent; some are by the dozen or with the tax inside.
            let list = if fine == 0 { Money::new(Decimal::new(list, 3), euro()) } else { money(list) };
            let mut item = ItemInput::new("1", ProductKind::Vehicle, "T", quantity, list, ("S", 22.into()));
            item.base_quantity = (form == 0).then(|| 12.into());
            item.tax_included = form == 1;
            item.unit_cost = costs.then(|| money(5_000));
            item.steps = steps;
            for (at, (price, quantity)) in options.into_iter().enumerate() {
                let mut option = OptionInput::new(format!("1.{at}"), "O", money(price));
                option.quantity = quantity.into();
                option.unit_cost = costs.then(|| money(100));
                item.options.push(option);
            }
            item
        },
    )
}

fn priced(item: &ItemInput, rounding: RoundingPolicy) -> Option<(Money, Option<Money>)> {
    let price_date = NaiveDate::MIN;
    let input =
        OfferInput { currency: euro(), rounding, price_date, items: vec![item.clone()], settlements: vec![] };
    let priced = price(&input).ok()?;
    Some((priced.items[0].line_net, priced.margin.map(|margin| margin.cost)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn columns_are_the_waterfall(
        items in prop::collection::vec((item(), -30_i64..30, 0_i64..2_000), 1..12),
        by_document in any::<bool>(),
    ) {
        let rounding = if by_document { RoundingPolicy::Document } else { RoundingPolicy::Line };
        let mut what_if = WhatIf::new(euro(), rounding);
        let mut expected = Vec::new();
        for (before, percent, dearer) in items {
            let mut after = before.clone();
            after.unit_list = before.unit_list.percent(Decimal::from(100 + percent)).unwrap().rounded();
            after.unit_cost = before.unit_cost.map(|cost| cost.checked_add(money(dearer)).unwrap());
            expected.push(priced(&before, rounding).zip(priced(&after, rounding)));
            what_if.push(before, after);
        }
        prop_assert_eq!(what_if.len(), expected.len());
        for (found, expected) in what_if.reprice().into_iter().zip(expected) {
            let Some(((old, old_cost), (new, new_cost))) = expected else {
                prop_assert_eq!(found, None);
                continue;
            };
            let found = found.unwrap();
            prop_assert_eq!((found.net_before, found.net_after), (old, new));
            let costs = new_cost.zip(old_cost).map_or(money(0), |(new, old)| new.checked_sub(old).unwrap());
            let margin = new.checked_sub(old).unwrap().checked_sub(costs).unwrap();
            let apart = found.margin_delta.checked_sub(margin).unwrap().amount().abs();
            prop_assert!(apart <= Decimal::new(1, 2), "{} for {}", found.margin_delta, margin);
        }
    }

    #[test]
    fn halves_go_away_from_zero(number in any::<i64>(), by in 0_u32..12) {
        let by = power(by).unwrap();
        for number in [i128::from(number), i128::from(number) * 1_000_000_007] {
            let (twice, limit) = (number * 2, divided(number, by) * by * 2);
            prop_assert!((twice - limit).abs() <= by);
            if (twice - limit).abs() == by && by > 1 {
                prop_assert!(limit.abs() > twice.abs(), "{} by {}", number, by);
            }
        }
    }
}

#[test]
fn a_column_that_ends_early_ends_the_answer() {
    let lines = LineColumns {
        rounding: RoundingPolicy::Line,
        list_before: &[100, 200],
        list_after: &[110, 220],
        quantity: &[1_000],
        cost_change: &[],
        steps_from: &[0, 1, 1],
        steps: &[ColumnStep::Running { numerator: -5, digits: 1 }],
    };
    let made = reprice(&lines);
    assert_eq!((made.net_before, made.net_after, made.margin_delta), (vec![50], vec![55], vec![5]));
}

#[test]
fn a_discount_beyond_the_price_is_not_priced() {
    let lines = LineColumns {
        rounding: RoundingPolicy::Line,
        list_before: &[100, i64::MAX],
        list_after: &[10, i64::MAX],
        quantity: &[1_000, i64::MAX],
        cost_change: &[],
        steps_from: &[0, 1, 1],
        steps: &[ColumnStep::Amount(-50)],
    };
    assert_eq!(reprice(&lines).unfit, [0, 1]);
}
