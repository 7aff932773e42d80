//! What must hold of goals, approvals, orders and schedules whatever the offer: properties.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::support;

use clientela_core::sales::approval::figures;
use clientela_core::sales::financing::{FinancePlan, PlanKind, schedule};
use clientela_core::sales::goal::{Goal, reach};
use clientela_core::sales::offer::{By, NewOffer, draft};
use clientela_core::sales::order::{NewOrder, Ordered, place};
use clientela_core::sales::waterfall::{
    Discount, ManualDiscount, OfferInput, Target, add_discount, price, trade_in_as_reduction,
};
use clientela_core::sales::{Authority, OfferState};
use clientela_model::{Coded, EntityId, Money};
use proptest::prelude::*;
use rust_decimal::Decimal;
use support::{currency, euro, three_tractors};
use uuid::Uuid;

fn discounted(units: i64) -> OfferInput {
    let mut offer = three_tractors();
    if units > 0 {
        let discount = ManualDiscount {
            discount: Discount::Amount(Money::from_minor(units, currency("EUR"))),
            target: Target::Offer,
            code: "D",
            authority: Authority::Salesperson,
            label: None,
            limit_percent: None,
        };
        add_discount(&mut offer, &discount).unwrap();
    }
    offer
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_goal_is_reached_by_the_smallest_discount(target in 20_000_000_i64..41_000_000) {
        let target = Money::from_minor(target, currency("EUR"));
        let reached = reach(&three_tractors(), &Goal::Gross(target)).unwrap();
        prop_assert!(reached.gross.amount() <= target.amount());
        let mut units = reached.discount.amount();
        units.rescale(2);
        let units = i64::try_from(units.mantissa()).unwrap();
        for less in 1..=20.min(units) {
            prop_assert!(price(&discounted(units - less)).unwrap().gross.amount() > target.amount(), "{} less", less);
        }
    }

    #[test]
    fn a_larger_discount_is_worse_and_a_smaller_one_is_not(less in 1_i64..1_000_000, more in 1_i64..1_000_000) {
        let of = |units| {
            let input = discounted(units);
            figures(&input, &price(&input).unwrap()).unwrap()
        };
        let (small, large) = (of(less), of(less + more));
        prop_assert!(small.no_worse_than(&large) && small.no_worse_than(&small));
        prop_assert!(!large.no_worse_than(&small));
    }

    #[test]
    fn orders_in_parts_are_the_offer(units in 0_i64..5_000_000, parts in prop::collection::vec((1_u32..=3, 0_u32..=3), 1..4)) {
        let input = discounted(units);
        let by = By { user: EntityId::from_uuid(Uuid::nil()), at: "2026-03-04T09:00:00Z".parse().unwrap(), today: support::day("2026-03-04") };
        let nil = Uuid::nil;
        let new = NewOffer {
            id: EntityId::from_uuid(nil()), number: "Q".to_owned(), opportunity: EntityId::from_uuid(nil()),
            customer: EntityId::from_uuid(nil()), owner: EntityId::from_uuid(nil()), unit: EntityId::from_uuid(nil()),
            currency: currency("EUR"), valid_until: support::day("2026-04-04"), affair: None, dossier: None,
            dossier_revision: None, title: None, note: None,
        };
        let mut version = draft(new, &input, None, &mut Uuid::nil, by).unwrap();
        version.offer.state = OfferState::Accepted;
        let mut lines = Vec::new();
        let mut net = Decimal::ZERO;
        let (mut payable, mut counts) = (Decimal::ZERO, [3_u32, 3, 3]);
        for step in parts.iter().map(Some).chain([None]) {
            let before = Ordered::of(&lines);
            let wanted = match step {
                Some((line, quantity)) => {
                    let taken = (*quantity).min(counts[*line as usize - 1]);
                    if taken == 0 { continue }
                    counts[*line as usize - 1] -= taken;
                    vec![(line.to_string(), Decimal::from(taken))]
                }
                None if counts == [0, 0, 0] => continue,
                None => Vec::new(),
            };
            let new = NewOrder { id: EntityId::from_uuid(nil()), number: "S".to_owned(), lines: wanted, wanted_on: None, customer_reference: None };
            let placed = place((&version.offer, &version.revision), (&input, &version.priced), &before, new, &mut Uuid::nil, by).unwrap();
            net += placed.order.net.amount();
            payable += placed.order.payable.amount();
            lines.extend(placed.lines);
        }
        prop_assert_eq!(net, version.offer.net.amount());
        // Each order's tax is rounded for itself: at most half a cent for each of at most four orders.
        prop_assert!((payable - version.offer.payable.amount()).abs() <= Decimal::new(3, 2));
    }

    #[test]
    fn a_schedule_pays_back_what_was_lent(principal in 100_000_i64..50_000_000, rate in 0_i64..2_000, months in 1_u16..121, residual in 0_i64..90_000, in_advance: bool) {
        let plan = FinancePlan {
            kind: PlanKind::Balloon,
            principal: Money::from_minor(principal, currency("EUR")),
            yearly_percent: Decimal::new(rate, 2),
            months,
            residual: Some(Money::from_minor(residual, currency("EUR"))),
            in_advance,
        };
        let found = schedule(&plan).unwrap();
        let sum = |amounts: &mut dyn Iterator<Item = Money>| -> Decimal { amounts.map(Money::amount).sum() };
        let paid = sum(&mut found.instalments.iter().map(|row| row.payment));
        prop_assert_eq!(paid + found.residual.amount(), found.total.amount());
        prop_assert_eq!(found.total.amount() - found.interest.amount(), plan.principal.amount());
        prop_assert_eq!(found.instalments.last().unwrap().remaining, found.residual);
        // The last payment differs by what rounding left: less than a cent for each payment, with its interest.
        let last = found.instalments.last().unwrap().payment.amount();
        prop_assert!((last - found.payment.amount()).abs() <= Decimal::from(months) * Decimal::new(4, 2), "{} {}", last, found.payment);
    }
}

#[test]
fn a_trade_in_before_tax_lowers_the_tax_and_the_margin_alike() {
    let mut offer = three_tractors();
    for item in &mut offer.items {
        item.unit_cost = Some(euro("100.00"));
        item.options.iter_mut().for_each(|option| option.unit_cost = Some(euro("1.00")));
    }
    offer.settlements[0].appraised = Some(euro("12000.00"));
    let after_tax = price(&offer).unwrap();
    trade_in_as_reduction(&mut offer, 0, "1").unwrap();
    let before_tax = price(&offer).unwrap();
    assert_eq!(before_tax.net, after_tax.net.checked_sub(euro("14000.00")).unwrap());
    assert_eq!(before_tax.tax, after_tax.tax.checked_sub(euro("3080.00")).unwrap());
    assert_eq!(before_tax.margin.unwrap().amount, after_tax.margin.unwrap().amount);
    let refused = trade_in_as_reduction(&mut offer, 0, "1").unwrap_err().to_string();
    assert!(refused.contains("settlements[0]"), "{refused}");
}

#[test]
fn a_goal_out_of_reach_names_the_nearest() {
    let offer = three_tractors();
    let before = price(&offer).unwrap();
    let below = Goal::Payable(Money::new(
        before.settled.amount() * Decimal::NEGATIVE_ONE - Decimal::ONE,
        euro("0").currency(),
    ));
    let refused = reach(&offer, &below).unwrap_err();
    assert_eq!(refused.code(), "goal.out_of_reach");
    let nearest = refused.why().unwrap().value("nearest").unwrap().to_owned();
    assert!(refused.to_string().contains(&nearest), "{refused}");
    // What it names can be reached.
    let amount = nearest.strip_suffix(" EUR").unwrap();
    let reached = reach(&offer, &Goal::Payable(euro(amount))).unwrap();
    assert_eq!(reached.reached, nearest);
}

#[test]
fn a_monthly_payment_needs_no_principal() {
    let goal = serde_json::json!({"monthly_payment": {"payment": {"amount": "5000.00", "currency": "EUR"},
        "plan": {"kind": "loan", "yearly_percent": "6", "months": 60}, "down": {"amount": "20000.00", "currency": "EUR"}}});
    let goal: Goal = serde_json::from_value(goal).unwrap();
    let offer = three_tractors();
    let reached = reach(&offer, &goal).unwrap();
    let Goal::MonthlyPayment { plan, down, .. } = goal else { panic!("a monthly payment") };
    let principal = reached.payable.checked_sub(down).unwrap();
    let monthly = schedule(&plan.financing(principal)).unwrap().payment;
    assert_eq!(reached.reached, monthly.to_string());
    assert!(monthly.amount() <= Decimal::from(5_000));
}
