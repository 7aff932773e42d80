//! Which visits are due, by how often a customer is to be visited.

use super::records::VisitFrequency;
use crate::ids::{CustomerId, UnitId};
use crate::party::{CustomerSize, CustomerStatus};
use chrono::{Days, NaiveDate};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Money, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Days of a year that visits are spread over.
const YEAR_DAYS: u32 = 365;

/// What is known of a customer's visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitedCustomer {
    /// The customer.
    pub customer: CustomerId,
    /// Day of the first contact.
    pub since: Option<NaiveDate>,
    /// Day of the last visit reported.
    pub last_visit: Option<NaiveDate>,
    /// Day of the next visit planned.
    pub planned: Option<NaiveDate>,
    /// Visits in a year it is to have.
    pub visits_a_year: u32,
}

/// A visit that is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DueVisit {
    /// The customer.
    pub customer: CustomerId,
    /// Day of the last visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_visit: Option<NaiveDate>,
    /// Day it is due.
    pub due_on: NaiveDate,
    /// Days it is late.
    pub overdue_days: i64,
    /// Visits in a year the customer is to have.
    pub visits_a_year: u32,
    /// How it was counted.
    pub why: Why,
}

/// How often a customer is to be visited: the rule of the nearest unit, from the customer's own upwards; in a unit the one
/// that names size and status before the one that names the size, that before the one that names the status, that before the
/// one for all.
#[must_use]
pub fn frequency_of<'f>(
    rules: &'f [VisitFrequency],
    units: &[UnitId],
    size: Option<CustomerSize>,
    status: CustomerStatus,
) -> Option<&'f VisitFrequency> {
    let fits = |rule: &VisitFrequency| {
        rule.size.is_none_or(|of| Some(of) == size) && rule.status.is_none_or(|of| of == status)
    };
    let precision = |rule: &VisitFrequency| (rule.size.is_some(), rule.status.is_some());
    units.iter().find_map(|unit| {
        rules.iter().filter(|rule| rule.unit == *unit && fits(rule)).max_by_key(|rule| precision(rule))
    })
}

/// The visits that are due on a day, the most overdue first.
///
/// So many visits a year are one every 365/n days (rounded down, at least one day). The next is due that many days after the
/// last one reported, or after the first contact where there was none; a customer never seen and without a first contact is
/// due on the day itself. A customer with a visit planned for the day or later is not due.
#[must_use]
pub fn due_visits(customers: &[VisitedCustomer], day: NaiveDate) -> Vec<DueVisit> {
    let mut due: Vec<DueVisit> = customers
        .iter()
        .filter(|customer| customer.planned.is_none_or(|planned| planned < day))
        .filter_map(|customer| due_visit(customer, day))
        .filter(|visit| visit.overdue_days >= 0)
        .collect();
    due.sort_by_key(|visit| (std::cmp::Reverse(visit.overdue_days), visit.customer));
    due
}

fn due_visit(customer: &VisitedCustomer, day: NaiveDate) -> Option<DueVisit> {
    let every = YEAR_DAYS.checked_div(customer.visits_a_year)?.max(1);
    let (reason, from) = match (customer.last_visit, customer.since) {
        (Some(last), _) => ("visit.interval_over", Some(last)),
        (None, Some(since)) => ("visit.never_since_first_contact", Some(since)),
        (None, None) => ("visit.never", None),
    };
    let due_on = match from {
        Some(from) => from.checked_add_days(Days::new(every.into()))?,
        None => day,
    };
    let overdue_days = (day - due_on).num_days();
    let mut why = Why::new(reason).fact("visits_a_year", customer.visits_a_year).fact("every_days", every);
    if let Some(from) = from {
        why = why.fact("from", from);
    }
    why = why.fact("due_on", due_on).fact("overdue_days", overdue_days);
    Some(DueVisit {
        customer: customer.customer,
        last_visit: customer.last_visit,
        due_on,
        overdue_days,
        visits_a_year: customer.visits_a_year,
        why,
    })
}

/// How much each visit is worth beside the others, 0 to 100: half by the size of the customer (key 50, large 40, important
/// 30, medium 20, small 10, not classified 10), half by what its open opportunities are expected to bring, in proportion to
/// the largest such amount of the same currency among them.
#[must_use]
pub fn worths(customers: &[(Option<CustomerSize>, &[Money])]) -> Vec<Decimal> {
    let mut largest: HashMap<Currency, Decimal> = HashMap::new();
    for amount in customers.iter().flat_map(|(_, amounts)| *amounts) {
        let most = largest.entry(amount.currency()).or_default();
        *most = (*most).max(amount.amount());
    }
    let fifty = Decimal::from(50);
    customers
        .iter()
        .map(|(size, amounts)| {
            let place =
                size.and_then(|size| CustomerSize::ALL.iter().position(|of| *of == size)).unwrap_or(0);
            let by_amount = amounts
                .iter()
                .filter_map(|amount| {
                    let most = largest.get(&amount.currency()).copied().unwrap_or_default();
                    amount.amount().checked_div(most)?.checked_mul(fifty)
                })
                .max()
                .unwrap_or_default();
            (Decimal::from(10 * (place + 1)) + by_amount.max(Decimal::ZERO)).round_dp(2)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id<I: EntityId>(number: u128) -> I {
        I::from_uuid(Uuid::from_u128(number))
    }
    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_nearest_and_most_precise_rule_holds() {
        let rule = |number: u128, unit: u128, size, status, visits_a_year| VisitFrequency {
            id: id(number),
            unit: id(unit),
            size,
            status,
            visits_a_year,
        };
        let key = Some(CustomerSize::Key);
        let lost = Some(CustomerStatus::Lost);
        let rules = [
            rule(1, 10, None, None, 1),
            rule(2, 10, key, None, 12),
            rule(3, 10, None, lost, 0),
            rule(4, 10, key, lost, 2),
            rule(5, 20, Some(CustomerSize::Small), None, 3),
        ];
        for (units, size, status, visits) in [
            (&[10][..], None, CustomerStatus::Customer, Some(1)),
            (&[10], key, CustomerStatus::Customer, Some(12)),
            (&[10], None, CustomerStatus::Lost, Some(0)),
            (&[10], key, CustomerStatus::Lost, Some(2)),
            (&[20, 10], Some(CustomerSize::Small), CustomerStatus::Lost, Some(3)),
            (&[20, 10], key, CustomerStatus::Customer, Some(12)),
            (&[20], key, CustomerStatus::Customer, None),
        ] {
            let units: Vec<UnitId> = units.iter().map(|unit| id(*unit)).collect();
            let found = frequency_of(&rules, &units, size, status).map(|rule| rule.visits_a_year);
            assert_eq!(found, visits, "{units:?} {size:?} {status}");
        }
    }

    #[test]
    fn visits_are_due_when_their_time_is_over() {
        let today = day("2026-03-04");
        let customer =
            |number: u128, since: Option<&str>, last: Option<&str>, planned: Option<&str>, visits_a_year| {
                VisitedCustomer {
                    customer: id(number),
                    since: since.map(day),
                    last_visit: last.map(day),
                    planned: planned.map(day),
                    visits_a_year,
                }
            };
        let due = due_visits(
            &[
                customer(1, None, Some("2026-02-02"), None, 12),
                customer(2, Some("2020-01-01"), Some("2025-09-01"), None, 4),
                customer(3, Some("2025-03-04"), None, None, 1),
                customer(4, None, None, None, 6),
                customer(5, None, None, None, 0),
                customer(6, None, Some("2020-01-01"), Some("2026-03-20"), 12),
                customer(7, None, Some("2026-02-20"), None, 12),
                // What was planned and never done is due again.
                customer(8, None, Some("2026-02-01"), Some("2026-03-03"), 12),
            ],
            today,
        );
        let told: Vec<_> = due
            .iter()
            .map(|visit| (visit.customer.uuid().as_u128(), visit.overdue_days, visit.why.reason.as_ref()))
            .collect();
        assert_eq!(
            told,
            [
                (2, 93, "visit.interval_over"),
                (8, 1, "visit.interval_over"),
                (1, 0, "visit.interval_over"),
                (3, 0, "visit.never_since_first_contact"),
                (4, 0, "visit.never"),
            ]
        );
    }

    #[test]
    fn worth_is_size_and_open_business() {
        let eur = |amount: i64| Money::new(amount.into(), "EUR".parse().unwrap());
        let chf = |amount: i64| Money::new(amount.into(), "CHF".parse().unwrap());
        let (large, half, other) = ([eur(200)], [eur(100), chf(1)], [chf(3)]);
        let found = worths(&[
            (Some(CustomerSize::Key), &large[..]),
            (None, &half[..]),
            (Some(CustomerSize::Medium), &other[..]),
            (None, &[]),
        ]);
        assert_eq!(found, [100, 35, 70, 10].map(Decimal::from));
    }

    proptest! {
        /// The most overdue comes first, nobody twice, and a day later nobody is less overdue.
        #[test]
        fn due_visits_are_in_order(last in prop::collection::vec((0_u64..800, 0_u32..40), 0..30)) {
            let first = day("2024-01-01");
            let customers: Vec<VisitedCustomer> = last
                .iter()
                .enumerate()
                .map(|(number, (after, visits_a_year))| VisitedCustomer {
                    customer: id(number as u128 + 1),
                    since: None,
                    last_visit: first.checked_add_days(Days::new(*after)),
                    planned: None,
                    visits_a_year: *visits_a_year,
                })
                .collect();
            let due = due_visits(&customers, day("2026-03-04"));
            prop_assert!(due.windows(2).all(|pair| pair[0].overdue_days >= pair[1].overdue_days));
            let next = due_visits(&customers, day("2026-03-05"));
            prop_assert!(next.len() >= due.len());
        }
    }
}
