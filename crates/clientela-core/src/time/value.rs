//! Where time goes against where value is, by size of customer.

use super::{TimeEntry, hours, percents};
use crate::ids::CustomerId;
use crate::party::CustomerSize;
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Money, MoneyError, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What a customer is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerValue {
    /// The customer.
    pub customer: CustomerId,
    /// Its size, when classified.
    pub size: Option<CustomerSize>,
    /// Sales of the period.
    pub sales: u64,
    /// What they bring, net, in the currency of the question.
    pub amount: Decimal,
    /// Sales whose margin is known.
    pub margins_known: u64,
    /// What those leave above their costs.
    pub margin: Decimal,
    /// What open opportunities are expected to bring: each amount times its probability.
    pub potential: Decimal,
    /// Open opportunities whose expected margin is known.
    pub expected_margins_known: u64,
    /// What those are expected to leave above their costs: each margin times its probability.
    pub expected_margin: Decimal,
}

/// One size of customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SizeLine {
    /// The size; empty for those that are not classified.
    pub size: Option<CustomerSize>,
    /// Customers.
    pub customers: u64,
    /// Their part of all customers, in percent.
    pub customers_percent: Decimal,
    /// Hours spent on them.
    pub hours: Decimal,
    /// Their part of all hours spent on customers.
    pub hours_percent: Decimal,
    /// Sales.
    pub sales: u64,
    /// What the sales bring, net.
    pub amount: Money,
    /// Their part of what all sales bring.
    pub amount_percent: Decimal,
    /// Sales whose margin is known to the asking.
    pub margins_known: u64,
    /// What those leave above their costs; none where no margin is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<Money>,
    /// Their part of all margins known; none where no margin is known at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin_percent: Option<Decimal>,
    /// What open opportunities are expected to bring.
    pub potential: Money,
    /// Their part of what all open opportunities are expected to bring.
    pub potential_percent: Decimal,
    /// Open opportunities whose expected margin is known to the asking.
    pub expected_margins_known: u64,
    /// What those are expected to leave above their costs; none where no such margin is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_margin: Option<Money>,
    /// What an hour brings; none where no hour was spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_per_hour: Option<Money>,
    /// Part of the hours less part of the amount, in points of percent: above zero, more time goes there than value comes.
    pub hours_above_amount: Decimal,
    /// Part of the hours less part of the margins, in points of percent; none where no margin is known at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_above_margin: Option<Decimal>,
}

/// Time against value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeAgainstValue {
    /// The sizes, the largest first, those not classified last; always all.
    pub lines: Vec<SizeLine>,
    /// What was counted.
    pub why: Why,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    customers: u64,
    minutes: u64,
    sales: u64,
    amount: Decimal,
    margins: u64,
    margin: Decimal,
    potential: Decimal,
    expected_margins: u64,
    expected_margin: Decimal,
}

/// Sets time against value. Time with customers that are not among those given is left out, and counted in the reason.
///
/// # Errors
/// Numbers too large to compute with.
pub fn against_value(
    customers: &[CustomerValue],
    entries: &[TimeEntry],
    currency: Currency,
) -> Result<TimeAgainstValue, MoneyError> {
    let sizes: Vec<Option<CustomerSize>> =
        CustomerSize::ALL.iter().rev().copied().map(Some).chain(std::iter::once(None)).collect();
    let place = |size: Option<CustomerSize>| sizes.iter().position(|of| *of == size).unwrap_or_default();
    let mut sums = vec![Sum::default(); sizes.len()];
    let mut size_of: HashMap<CustomerId, usize> = HashMap::with_capacity(customers.len());
    for customer in customers {
        let at = place(customer.size);
        size_of.insert(customer.customer, at);
        if let Some(sum) = sums.get_mut(at) {
            sum.customers += 1;
            sum.sales += customer.sales;
            sum.amount = sum.amount.checked_add(customer.amount).ok_or(MoneyError::Overflow)?;
            sum.margins += customer.margins_known;
            sum.margin = sum.margin.checked_add(customer.margin).ok_or(MoneyError::Overflow)?;
            sum.potential = sum.potential.checked_add(customer.potential).ok_or(MoneyError::Overflow)?;
            sum.expected_margins += customer.expected_margins_known;
            let expected = sum.expected_margin.checked_add(customer.expected_margin);
            sum.expected_margin = expected.ok_or(MoneyError::Overflow)?;
        }
    }
    let mut elsewhere = 0_u64;
    for entry in entries {
        let at = entry.customer.and_then(|customer| size_of.get(&customer));
        match at.and_then(|at| sums.get_mut(*at)) {
            Some(sum) => sum.minutes += u64::from(entry.minutes),
            None => elsewhere += u64::from(entry.minutes),
        }
    }
    let parts = |of: &dyn Fn(&Sum) -> Decimal| percents(&sums.iter().map(of).collect::<Vec<_>>());
    let in_customers = parts(&|sum| Decimal::from(sum.customers))?;
    let in_hours = parts(&|sum| Decimal::from(sum.minutes))?;
    let in_amount = parts(&|sum| sum.amount.max(Decimal::ZERO))?;
    let in_potential = parts(&|sum| sum.potential.max(Decimal::ZERO))?;
    let in_margin = parts(&|sum| sum.margin.max(Decimal::ZERO))?;
    let any_margin = sums.iter().any(|sum| sum.margins > 0);
    let at = |shares: &[Decimal], index: usize| shares.get(index).copied().unwrap_or_default();
    let lines = sizes
        .iter()
        .zip(&sums)
        .enumerate()
        .map(|(index, (size, sum))| SizeLine {
            size: *size,
            customers: sum.customers,
            customers_percent: at(&in_customers, index),
            hours: hours(sum.minutes),
            hours_percent: at(&in_hours, index),
            sales: sum.sales,
            amount: Money::new(sum.amount, currency).rounded(),
            amount_percent: at(&in_amount, index),
            margins_known: sum.margins,
            margin: (sum.margins > 0).then(|| Money::new(sum.margin, currency).rounded()),
            margin_percent: any_margin.then(|| at(&in_margin, index)),
            potential: Money::new(sum.potential, currency).rounded(),
            potential_percent: at(&in_potential, index),
            expected_margins_known: sum.expected_margins,
            expected_margin: (sum.expected_margins > 0)
                .then(|| Money::new(sum.expected_margin, currency).rounded()),
            amount_per_hour: per_hour(sum, currency),
            hours_above_amount: at(&in_hours, index) - at(&in_amount, index),
            hours_above_margin: any_margin.then(|| at(&in_hours, index) - at(&in_margin, index)),
        })
        .collect();
    let why = Why::new("time.value")
        .fact("customers", customers.len())
        .fact("minutes", sums.iter().map(|sum| sum.minutes).sum::<u64>())
        .fact("minutes_elsewhere", elsewhere)
        .fact("currency", currency);
    Ok(TimeAgainstValue { lines, why })
}

fn per_hour(sum: &Sum, currency: Currency) -> Option<Money> {
    let hours = Decimal::from(sum.minutes).checked_div(Decimal::from(60))?;
    sum.amount.checked_div(hours).map(|each| Money::new(each, currency).rounded())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::TimeCategory;
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn id<I: EntityId>(number: u128) -> I {
        I::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn much_time_for_little_value_is_seen() {
        let value = |number: u128, size, sales, amount: i64, potential: i64| CustomerValue {
            customer: id(number),
            size,
            sales,
            amount: amount.into(),
            margins_known: u64::from(number == 2),
            margin: if number == 2 { 7_000.into() } else { 0.into() },
            potential: potential.into(),
            expected_margins_known: u64::from(number == 3),
            expected_margin: if number == 3 { 900.into() } else { 0.into() },
        };
        let customers = [
            value(1, Some(CustomerSize::Key), 2, 300_000, 50_000),
            value(2, Some(CustomerSize::Small), 1, 100_000, 0),
            value(3, Some(CustomerSize::Small), 0, 0, 0),
            value(4, None, 0, 0, 50_000),
        ];
        let entry = |customer: Option<u128>, minutes| TimeEntry {
            owner: id(100),
            customer: customer.map(id),
            opportunity: None,
            category: TimeCategory::FaceToFace,
            visit: true,
            minutes,
        };
        let entries =
            [entry(Some(1), 60), entry(Some(2), 120), entry(Some(3), 60), entry(None, 7), entry(Some(9), 5)];
        let found = against_value(&customers, &entries, "EUR".parse().unwrap()).unwrap();
        assert_eq!(found.lines.len(), 6);
        assert_eq!(found.why.value("minutes_elsewhere"), Some("12"));
        let of = |size| found.lines.iter().find(|line| line.size == size).unwrap();
        let (key, small, unknown) = (of(Some(CustomerSize::Key)), of(Some(CustomerSize::Small)), of(None));
        assert_eq!((key.hours_percent, key.amount_percent), (Decimal::from(25), Decimal::from(75)));
        assert_eq!((small.customers, small.hours_above_amount), (2, Decimal::from(50)));
        assert_eq!((key.margin, key.margin_percent), (None, Some(Decimal::ZERO)));
        assert_eq!((small.margins_known, small.hours_above_margin), (1, Some(Decimal::from(-25))));
        assert_eq!(key.amount_per_hour.unwrap().amount(), Decimal::from(300_000));
        assert_eq!((unknown.amount_per_hour, unknown.potential_percent), (None, Decimal::from(50)));
    }
}
