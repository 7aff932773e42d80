//! How many visits and how much time a sale takes.

use super::{Sale, TimeEntry, hours, per};
use crate::ids::{OpportunityId, PositionId};
use clientela_model::Why;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What sales took, of one seller or of all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PerSale {
    /// The seller; empty for all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionId>,
    /// Visits of the period.
    pub visits: u64,
    /// Hours of the period, in all categories that have to do with a customer.
    pub hours: Decimal,
    /// Opportunities won in the period.
    pub sales: u64,
    /// All visits of the period by its sales: what a sale takes when those that came to nothing are paid for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits_per_sale: Option<Decimal>,
    /// All hours of the period by its sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_per_sale: Option<Decimal>,
    /// Visits about the won opportunities themselves, whenever they were, by the sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits_per_won: Option<Decimal>,
    /// Hours about the won opportunities themselves, whenever they were, by the sales.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_per_won: Option<Decimal>,
    /// What was counted.
    pub why: Why,
}

/// What sales took: a line for each seller, in the order given, and one for all together at the end.
///
/// `entries` is the time of the period, `ever` all time at hand, of which only what was about the won opportunities counts.
/// Time without a customer, such as meetings among colleagues, counts in neither.
#[must_use]
pub fn per_sale(
    entries: &[TimeEntry],
    ever: &[TimeEntry],
    sales: &[Sale],
    sellers: &[PositionId],
) -> Vec<PerSale> {
    let mut lines: Vec<PerSale> =
        sellers.iter().map(|seller| line(entries, ever, sales, Some(*seller))).collect();
    let among: HashSet<&PositionId> = sellers.iter().collect();
    let of_all = |entries: &[TimeEntry]| -> Vec<TimeEntry> {
        entries.iter().filter(|entry| among.contains(&entry.owner)).copied().collect()
    };
    let sold: Vec<Sale> = sales.iter().filter(|sale| among.contains(&sale.owner)).copied().collect();
    lines.push(line(&of_all(entries), &of_all(ever), &sold, None));
    lines
}

fn line(entries: &[TimeEntry], ever: &[TimeEntry], sales: &[Sale], seller: Option<PositionId>) -> PerSale {
    let his = |owner: PositionId| seller.is_none_or(|seller| seller == owner);
    let won: HashSet<OpportunityId> =
        sales.iter().filter(|sale| his(sale.owner)).map(|sale| sale.opportunity).collect();
    let sales = won.len() as u64;
    let sum = |entries: &mut dyn Iterator<Item = &TimeEntry>| {
        entries.fold((0_u64, 0_u64), |(visits, minutes), entry| {
            (visits + u64::from(entry.visit), minutes + u64::from(entry.minutes))
        })
    };
    let (visits, minutes) =
        sum(&mut entries.iter().filter(|entry| his(entry.owner) && entry.customer.is_some()));
    // Whoever took part in winning it, it is the sale's time.
    let (won_visits, won_minutes) =
        sum(&mut ever.iter().filter(|entry| entry.opportunity.is_some_and(|about| won.contains(&about))));
    let hours_per = |minutes| per(minutes, sales * 60);
    PerSale {
        position: seller,
        visits,
        hours: hours(minutes),
        sales,
        visits_per_sale: per(visits, sales),
        hours_per_sale: hours_per(minutes),
        visits_per_won: per(won_visits, sales),
        hours_per_won: hours_per(won_minutes),
        why: Why::new("time.per_sale")
            .fact("visits", visits)
            .fact("minutes", minutes)
            .fact("sales", sales)
            .fact("won_visits", won_visits)
            .fact("won_minutes", won_minutes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CustomerId;
    use crate::party::TimeCategory;
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn id<I: EntityId>(number: u128) -> I {
        I::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn visits_and_hours_by_sale() {
        let entry = |owner: u128, about: Option<u128>, visit, minutes| TimeEntry {
            owner: id(owner),
            customer: Some(id(90)),
            opportunity: about.map(id),
            category: TimeCategory::FaceToFace,
            visit,
            minutes,
        };
        let period = [
            entry(1, Some(50), true, 90),
            entry(1, Some(51), true, 60),
            entry(1, None, false, 30),
            TimeEntry { customer: None, ..entry(1, None, false, 1_000) },
            entry(2, None, true, 60),
        ];
        let mut ever = period.to_vec();
        ever.push(entry(1, Some(50), true, 30));
        let sale = |owner: u128, opportunity: u128| Sale {
            owner: id(owner),
            customer: id::<CustomerId>(90),
            opportunity: id(opportunity),
            amount: None,
        };
        let lines = per_sale(&period, &ever, &[sale(1, 50), sale(3, 60)], &[id(1), id(2)]);
        let told: Vec<_> = lines
            .iter()
            .map(|line| {
                let text = |number: Option<Decimal>| number.map(|number| number.normalize().to_string());
                (
                    (line.visits, line.sales, line.hours.normalize().to_string()),
                    [line.visits_per_sale, line.hours_per_sale, line.visits_per_won, line.hours_per_won]
                        .map(text),
                )
            })
            .collect();
        let some = |texts: [&str; 4]| texts.map(|text| Some(text.to_owned()));
        assert_eq!(
            told,
            [
                ((2, 1, "3".to_owned()), some(["2", "3", "2", "2"])),
                ((1, 0, "1".to_owned()), [None, None, None, None]),
                ((3, 1, "4".to_owned()), some(["3", "4", "2", "2"])),
            ]
        );
    }
}
