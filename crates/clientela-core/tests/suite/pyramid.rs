//! The customer pyramid: a table by hand, and what holds of any figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use clientela_core::pyramid::{TierBasis, TierLine, TierPolicy, curve, movement, pyramid};
use clientela_model::Coded;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn policy(by: TierBasis, boundaries: &[i64]) -> TierPolicy {
    let ends = boundaries.iter().map(|end| Some(Decimal::from(*end))).chain([None]);
    let tiers =
        ends.zip(["A", "B", "C", "D"]).map(|(boundary, name)| TierLine { name: name.into(), boundary });
    TierPolicy { by, tiers: tiers.collect() }
}

#[test]
fn customers_are_shared_out_as_by_hand() {
    use TierBasis::{CumulativeShare, Rank, Value};
    for (values, by, boundaries, expected) in [
        // 70 is under 80, so the next one, who crosses it, is in A too.
        (&[70, 15, 10, 5][..], CumulativeShare, &[80, 95][..], "AABC"),
        // 80 is reached exactly: the next one is in B.
        (&[80, 10, 10], CumulativeShare, &[80, 95], "ABB"),
        // One who brings all is in A.
        (&[100, 0, -5], CumulativeShare, &[80, 95], "ACC"),
        (&[0, 0], CumulativeShare, &[80, 95], "CC"),
        (&[9, 8, 7, 6], Rank, &[1, 3], "ABBC"),
        (&[9, 0, -1], Rank, &[2], "ABB"),
        (&[1000, 999, 100, 99], Value, &[1000, 100], "ABBC"),
        (&[5, 5, 5, 5], CumulativeShare, &[50], "AABB"),
    ] {
        let values: Vec<Decimal> = values.iter().map(|value| Decimal::from(*value)).collect();
        let policy = policy(by, boundaries);
        let made = pyramid(&values, &policy).unwrap();
        let tiers: String =
            made.tiers.iter().map(|tier| policy.tiers[usize::from(*tier)].name.as_str()).collect();
        assert_eq!(tiers, expected, "{values:?} {by} {boundaries:?}");
        let summary = made.summary(&values, &policy);
        assert_eq!(summary.iter().map(|tier| tier.customers).sum::<u64>(), values.len() as u64);
    }
}

#[test]
fn tiers_out_of_order_are_refused() {
    for (by, boundaries, code) in [
        (TierBasis::CumulativeShare, &[95, 80][..], "pyramid.boundary_order"),
        (TierBasis::Value, &[100, 1000], "pyramid.boundary_order"),
        (TierBasis::Rank, &[10, 10], "pyramid.boundary_order"),
    ] {
        assert_eq!(pyramid(&[], &policy(by, boundaries)).unwrap_err().code(), code);
    }
    let mut open = TierPolicy::default();
    open.tiers[0].boundary = None;
    assert_eq!(pyramid(&[], &open).unwrap_err().code(), "pyramid.boundary");
    open.tiers.clear();
    assert_eq!(pyramid(&[], &open).unwrap_err().code(), "pyramid.tier_count");
}

#[test]
fn movements_are_counted() {
    let told = movement(&[
        (Some(0), Some(1)),
        (Some(0), Some(1)),
        (Some(1), Some(1)),
        (None, Some(2)),
        (Some(2), None),
        (None, None),
    ]);
    let lines: Vec<_> = told.iter().map(|line| (line.from, line.to, line.customers)).collect();
    assert_eq!(lines, [(Some(0), Some(1), 2), (Some(1), Some(1), 1), (Some(2), None, 1), (None, Some(2), 1)]);
}

proptest! {
    /// Every customer is in one tier, tiers fall with the figures, shares make the whole, and the curve rises to 100.
    #[test]
    fn a_pyramid_holds_everybody_once(values in prop::collection::vec(-1_000_i64..100_000, 0..200)) {
        let values: Vec<Decimal> = values.into_iter().map(|value| Decimal::new(value, 2)).collect();
        let policy = TierPolicy::default();
        let made = pyramid(&values, &policy).unwrap();
        let mut order = made.order.clone();
        prop_assert!(order.windows(2).all(|pair| values[pair[0] as usize] >= values[pair[1] as usize]));
        order.sort_unstable();
        prop_assert!(order.iter().zip(0_u32..).all(|(at, expected)| *at == expected));
        prop_assert!(made.tiers.is_sorted());
        let summary = made.summary(&values, &policy);
        prop_assert_eq!(summary.iter().map(|tier| tier.value).sum::<Decimal>(), values.iter().sum::<Decimal>());
        let points = curve(&made, 5);
        prop_assert!(points.windows(2).all(|pair| pair[0].value_percent <= pair[1].value_percent));
        if made.total > Decimal::ZERO {
            prop_assert_eq!(points.last().unwrap().value_percent, Decimal::ONE_HUNDRED);
            // The first of A crosses nothing: A is never empty.
            prop_assert!(summary[0].customers > 0);
        }
    }
}
