//! What open opportunities ask of a seller's day: next steps that are due, and decisions that are near.

use super::visits::worths;
use crate::ids::{CustomerId, OpportunityId};
use crate::party::ActivityKind;
use crate::sales::{Opportunity, OpportunityState};
use chrono::NaiveDate;
use clientela_model::{Money, Why};
use rust_decimal::Decimal;
use std::cmp::Reverse;
use std::collections::HashSet;

/// Days before an expected decision from which it is near: two weeks.
pub const NEAR_DAYS: i64 = 14;
/// Minutes such a thing takes in a plan.
pub const STEP_MINUTES: u32 = 30;

/// Something to be done for an opportunity.
#[derive(Debug, Clone, PartialEq)]
pub struct ToSell {
    /// The opportunity.
    pub opportunity: OpportunityId,
    /// Its customer.
    pub customer: CustomerId,
    /// A task for a next step, a call for a decision that is near.
    pub kind: ActivityKind,
    /// The next step, or the title of the opportunity.
    pub subject: String,
    /// Why it is to be done.
    pub why: Why,
}

/// What is to be done for open opportunities by a day: next steps that are due before decisions that are near, in each the one with the
/// largest amount beside the others of its currency first.
///
/// `planned` are the opportunities that something is planned for already: nothing is proposed for them.
#[must_use]
pub fn to_sell(open: &[&Opportunity], planned: &HashSet<OpportunityId>, day: NaiveDate) -> Vec<ToSell> {
    let open = open.iter().filter(|one| one.state == OpportunityState::Open && !planned.contains(&one.id));
    let found = open.filter_map(|one| Some((*one, of(one, day)?)));
    let found: Vec<(&Opportunity, ToSell)> = found.collect();
    let amounts: Vec<Vec<Money>> = found.iter().map(|(one, _)| one.amount.into_iter().collect()).collect();
    let given: Vec<_> = amounts.iter().map(|amounts| (None, amounts.as_slice())).collect();
    let mut found: Vec<(Decimal, &Opportunity, ToSell)> =
        worths(&given).into_iter().zip(found).map(|(worth, (one, task))| (worth, one, task)).collect();
    found.sort_by_key(|(worth, one, task)| (task.kind == ActivityKind::Call, Reverse(*worth), one.id));
    found.into_iter().map(|(.., task)| task).collect()
}

fn of(one: &Opportunity, day: NaiveDate) -> Option<ToSell> {
    let due = one.next_step.as_ref().zip(one.next_step_on).filter(|(_, on)| *on <= day);
    let (kind, subject, why) = match due {
        Some((step, on)) => (ActivityKind::Task, step, Why::new("plan.next_step_due").fact("day", on)),
        None => {
            let near = one.expected_close.filter(|close| (*close - day).num_days() <= NEAR_DAYS)?;
            (ActivityKind::Call, &one.title, Why::new("plan.decision_near").fact("expected_close", near))
        }
    };
    let mut why = why.fact("opportunity", &one.number);
    if let Some(amount) = one.amount {
        why = why.fact("amount", amount);
    }
    let (opportunity, customer, subject) = (one.id, one.customer, subject.clone());
    Some(ToSell { opportunity, customer, kind, subject, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn id<I: EntityId>(number: u128) -> I {
        I::from_uuid(Uuid::from_u128(number))
    }

    fn opportunity(number: u128, amount: i64, step: Option<&str>, close: Option<&str>) -> Opportunity {
        let euro = "EUR".parse().unwrap();
        Opportunity {
            id: id(number),
            number: format!("O-{number}"),
            customer: id(1),
            owner: id(1),
            unit: id(1),
            title: format!("Deal {number}"),
            method: id(1),
            stage: id(1),
            state: OpportunityState::Open,
            probability: 50,
            currency: euro,
            amount: Some(Money::new(amount.into(), euro)),
            vehicles: None,
            expected_close: close.map(|day| day.parse().unwrap()),
            campaign: None,
            opened_on: "2026-01-01".parse().unwrap(),
            closed_on: None,
            lost_reason: None,
            competitor: None,
            suspended_until: None,
            next_step: step.map(|_| "Send papers".to_owned()),
            next_step_on: step.map(|day| day.parse().unwrap()),
            forecast: None,
            margin: None,
        }
    }

    #[test]
    fn steps_that_are_due_come_before_decisions_that_are_near_and_large_before_small() {
        let all = [
            opportunity(1, 10, None, Some("2026-03-10")),
            opportunity(2, 20, None, Some("2026-03-18")),
            opportunity(3, 30, None, Some("2026-03-19")),
            opportunity(4, 5, Some("2026-03-04"), None),
            opportunity(5, 50, Some("2026-03-05"), None),
            opportunity(6, 90, None, Some("2026-02-01")),
            opportunity(7, 99, Some("2026-03-01"), None),
            Opportunity {
                state: OpportunityState::Suspended,
                ..opportunity(8, 99, Some("2026-03-01"), None)
            },
        ];
        let open: Vec<&Opportunity> = all.iter().collect();
        let planned = [id(7)].into();
        let found = to_sell(&open, &planned, "2026-03-04".parse().unwrap());
        let order: Vec<OpportunityId> = found.iter().map(|one| one.opportunity).collect();
        assert_eq!(
            order,
            [4, 6, 2, 1].map(id),
            "the step of the fifth is due tomorrow, the decision of the third in fifteen days"
        );
        assert_eq!((found[0].kind, found[0].subject.as_str()), (ActivityKind::Task, "Send papers"));
        assert_eq!((found[1].kind, found[1].why.value("amount")), (ActivityKind::Call, Some("90 EUR")));
    }
}
