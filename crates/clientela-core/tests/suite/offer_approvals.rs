//! What must hold of goals, approvals, orders and schedules whatever the offer: properties.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use crate::support;

use clientela_core::ids::PositionId;
use clientela_core::sales::approval::{
    ApprovalLevel, ApprovalRequest, ApprovalScope, ApprovalState, ApprovalStep, Covering, FundedBy, decide,
    figures, may_issue, request, required, withdraw,
};
use clientela_core::sales::financing::{FinancePlan, PlanKind, schedule};
use clientela_core::sales::goal::{Goal, reach};
use clientela_core::sales::offer::{By, NewOffer, draft};
use clientela_core::sales::order::{NewOrder, Order, OrderLine, OrderState, Ordered, cancel, place};
use clientela_core::sales::waterfall::{
    Discount, ManualDiscount, OfferInput, Target, add_discount, price, trade_in_as_reduction,
};
use clientela_core::sales::{Authority, OfferState};
use clientela_model::{Coded, EntityId, Money, RoundingPolicy};
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

fn new_offer() -> NewOffer {
    let nil = Uuid::nil;
    NewOffer {
        id: EntityId::from_uuid(nil()),
        number: "Q".to_owned(),
        opportunity: EntityId::from_uuid(nil()),
        customer: EntityId::from_uuid(nil()),
        owner: EntityId::from_uuid(nil()),
        unit: EntityId::from_uuid(nil()),
        currency: currency("EUR"),
        valid_until: support::day("2026-04-04"),
        affair: None,
        dossier: None,
        dossier_revision: None,
        title: None,
        note: None,
        follows: None,
    }
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

    /// Whatever the prices and wherever they round, and whatever was cancelled in between: the orders that stand are the offer, to the cent
    /// of its net, and one of them has the trade-in.
    #[test]
    fn orders_in_parts_are_the_offer(
        units in 0_i64..5_000_000,
        fine in 0_i64..99_999,
        document: bool,
        parts in prop::collection::vec((0_u32..=4, 0_u32..=3), 1..8),
    ) {
        let mut input = discounted(units);
        input.rounding = if document { RoundingPolicy::Document } else { RoundingPolicy::Line };
        // Prices finer than a cent.
        input.items[1].unit_list = Money::new(Decimal::new(950_000 + fine, 3), currency("EUR"));
        input.items[2].unit_list = Money::new(Decimal::new(fine, 4), currency("EUR"));
        let by = By { user: EntityId::from_uuid(Uuid::nil()), at: "2026-03-04T09:00:00Z".parse().unwrap(), today: support::day("2026-03-04") };
        let nil = Uuid::nil;
        let mut version = draft(new_offer(), &input, None, &mut Uuid::nil, by).unwrap();
        version.offer.state = OfferState::Accepted;
        let mut orders: Vec<(Order, Vec<OrderLine>)> = Vec::new();
        for step in parts.iter().map(Some).chain([None]) {
            let before = Ordered::of(orders.iter().map(|(order, lines)| (order, lines.as_slice())));
            let wanted = match step {
                // Nothing ordered, and one of those that stand is cancelled.
                Some((0, which)) => {
                    let mut open = orders.iter_mut().filter(|(order, _)| order.state == OrderState::Open);
                    if let Some((order, lines)) = open.nth(*which as usize) {
                        *order = cancel(order, lines, "changed his mind", by).unwrap().0;
                    }
                    continue;
                }
                Some((line, quantity)) => vec![(line.to_string(), Decimal::from(*quantity))],
                None => Vec::new(),
            };
            let new = NewOrder { id: EntityId::from_uuid(nil()), number: "S".to_owned(), lines: wanted, wanted_on: None, customer_reference: None };
            let placed = place((&version.offer, &version.revision), (&input, &version.priced), &before, new, &mut Uuid::nil, by);
            match placed {
                Ok(placed) => {
                    let sum: Decimal = placed.lines.iter().map(|line| line.line_net.amount()).sum();
                    prop_assert!((sum - placed.order.net.amount()).abs() <= Decimal::new(5, 3), "{} {}", sum, placed.order.net);
                    orders.push((placed.order, placed.lines));
                }
                Err(error) => prop_assert!(["order.too_many", "order.line_unknown", "order.nothing_left"].contains(&error.code()), "{}", error),
            }
        }
        let standing = orders.iter().map(|(order, _)| order).filter(|order| order.state == OrderState::Open);
        let sum = |of: fn(&Order) -> Money| standing.clone().map(|order| of(order).amount()).sum::<Decimal>();
        prop_assert_eq!(sum(|order| order.net), version.offer.net.amount());
        prop_assert_eq!(sum(|order| order.settled), version.priced.settled.amount());
        // Each order's tax is rounded for itself: at most half a cent for each.
        let apart = sum(|order| order.payable) - version.offer.payable.amount();
        prop_assert!(apart.abs() <= Decimal::new(5 * orders.len() as i64 + 5, 3), "{}", apart);
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

/// What may happen to an offer that needs approval.
#[derive(Debug, Clone)]
enum Act {
    /// A version with a discount of so many cents.
    Discount(i64),
    Request,
    Decide(bool),
    Withdraw(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (0_i64..6).prop_map(|step| Act::Discount(step * 100_000)),
        Just(Act::Request),
        any::<bool>().prop_map(Act::Decide),
        (0_usize..4).prop_map(Act::Withdraw),
    ];
    prop::collection::vec(act, 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

    /// Whatever was asked, granted, refused and taken back before: an offer is issued while nothing calls for an approval, or one stands
    /// that was granted for a discount that was no smaller. What was refused or taken back never counts.
    #[test]
    fn a_withdrawn_approval_never_issues(acts in acts()) {
        let seat = |number: u128| -> PositionId { EntityId::from_uuid(Uuid::from_u128(number)) };
        let by = |user| By { user: EntityId::from_uuid(Uuid::from_u128(user)), at: "2026-03-04T09:00:00Z".parse().unwrap(), today: support::day("2026-03-04") };
        let limit = {
            let input = discounted(0);
            let least = figures(&input, &price(&input).unwrap()).unwrap().dealer.amount;
            least.checked_add(euro("1500.00")).unwrap()
        };
        let level = ApprovalLevel {
            id: EntityId::from_uuid(Uuid::from_u128(9)), policy: EntityId::from_uuid(Uuid::nil()), sequence: 1, code: "L".to_owned(), scope: ApprovalScope::Document,
            funded_by: FundedBy::Dealer, above_percent: None, above_amount: Some(limit), margin_below_percent: None, condition: None,
            approver: seat(7), substitute: None, escalate_after_hours: None, escalate_to: None,
        };
        let levels = [level];
        let mut units = 0;
        // What was asked for, and the discount it was asked for.
        let mut asked: Vec<(ApprovalRequest, Vec<ApprovalStep>, i64)> = Vec::new();
        for (count, act) in acts.into_iter().enumerate() {
            if let Act::Discount(next) = act {
                units = next;
            }
            let input = discounted(units);
            let priced = price(&input).unwrap();
            let version = draft(new_offer(), &input, None, &mut Uuid::nil, by(1)).unwrap();
            let (offer, revision) = (&version.offer, &version.revision);
            let figures = figures(&input, &priced).unwrap();
            let needed = required(&levels, &figures, true, |_| true);
            let covering: Vec<Covering<'_>> = asked.iter().map(|(request, steps, _)| (request, steps.as_slice())).collect();
            let mut next = count as u128 * 10;
            let mut ids = || { next += 1; Uuid::from_u128(next) };
            match act {
                Act::Discount(_) => {}
                Act::Request => {
                    if let Ok(new) = request((offer, revision), &figures, &needed, &covering, None, &mut ids, by(1)) {
                        asked.push((new.request, new.steps, units));
                    }
                }
                Act::Decide(grant) => {
                    let open = asked.iter_mut().rev().find(|(request, _, _)| request.state == ApprovalState::Open);
                    if let Some((known, steps, _)) = open {
                        let how = (seat(7), grant, None);
                        if let Ok(decided) = decide((offer, revision), (known, steps), &steps[0], how, &[seat(7)], by(2)) {
                            (*known, *steps) = (decided.request, vec![decided.step]);
                        }
                    }
                }
                Act::Withdraw(which) => {
                    if let Some((known, _, _)) = asked.get_mut(which)
                        && let Ok((after, _)) = withdraw(known, by(1))
                    {
                        *known = after;
                    }
                }
            }
            let covering: Vec<Covering<'_>> = asked.iter().map(|(request, steps, _)| (request, steps.as_slice())).collect();
            let may = may_issue(offer, &revision.fingerprint, &figures, &needed, &covering).is_ok();
            let stands = asked.iter().any(|(request, _, of)| request.state == ApprovalState::Granted && units <= *of);
            prop_assert_eq!(may, needed.is_empty() || stands, "{}", units);
        }
    }
}
