//! The network's four criteria: connections, offers made, new customers and sales, by dealer and month, on a scale from 0 to 100.

use crate::ids::UnitId;
use clientela_model::{Rounding, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What one dealer did in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DealerMonth {
    /// The dealer.
    pub unit: UnitId,
    /// Connections: days on which each of his users worked with the CRM, added up.
    pub connections: u64,
    /// Offers handed to customers.
    pub offers: u64,
    /// Customers entered: by the day of the first contact, or where that was not told by the day they were entered.
    pub new_customers: u64,
    /// Opportunities won, each once however many share it.
    pub sales: u64,
}

/// What a dealer is measured against in a month; the best of the network where nothing is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CriteriaTargets {
    /// Connections.
    pub connections: Option<u64>,
    /// Offers.
    pub offers: Option<u64>,
    /// New customers.
    pub new_customers: Option<u64>,
    /// Sales.
    pub sales: Option<u64>,
}

/// One criterion of a dealer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// How many.
    pub count: u64,
    /// Against how many.
    pub against: u64,
    /// On the scale from 0 to 100.
    pub score: Decimal,
}

/// The four criteria of a dealer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DealerCriteria {
    /// The dealer.
    pub unit: UnitId,
    /// Days on which each of his users worked with the CRM, added up.
    pub connections: Criterion,
    /// Offers handed to customers.
    pub offers: Criterion,
    /// Customers entered.
    pub new_customers: Criterion,
    /// Opportunities won.
    pub sales: Criterion,
    /// The mean of the four.
    pub score: Decimal,
    /// Place among the dealers, from 1; equals share one.
    pub place: u32,
    /// The figures.
    pub why: Why,
}

/// Decimals of a score.
const DIGITS: u32 = 1;

/// Scores the dealers: each criterion in percent of what it is measured against, at most 100; none of it is 0 where there is
/// nothing to measure against. The best first; equals in the order given.
#[must_use]
pub fn criteria(dealers: &[DealerMonth], targets: &CriteriaTargets) -> Vec<DealerCriteria> {
    let best = |count: fn(&DealerMonth) -> u64| dealers.iter().map(count).max().unwrap_or(0);
    let against = [
        targets.connections.unwrap_or_else(|| best(|dealer| dealer.connections)),
        targets.offers.unwrap_or_else(|| best(|dealer| dealer.offers)),
        targets.new_customers.unwrap_or_else(|| best(|dealer| dealer.new_customers)),
        targets.sales.unwrap_or_else(|| best(|dealer| dealer.sales)),
    ];
    let mut scored: Vec<DealerCriteria> = dealers
        .iter()
        .map(|dealer| {
            let [connections, offers, new_customers, sales] = [
                criterion(dealer.connections, against[0]),
                criterion(dealer.offers, against[1]),
                criterion(dealer.new_customers, against[2]),
                criterion(dealer.sales, against[3]),
            ];
            let sum = connections.score + offers.score + new_customers.score + sales.score;
            let score = Rounding::HalfAwayFromZero.apply(sum / Decimal::from(4), DIGITS);
            let why = Why::new("network.criteria")
                .fact("connections", dealer.connections)
                .fact("offers", dealer.offers)
                .fact("new_customers", dealer.new_customers)
                .fact("sales", dealer.sales)
                .fact("score", score);
            DealerCriteria {
                unit: dealer.unit,
                connections,
                offers,
                new_customers,
                sales,
                score,
                place: 0,
                why,
            }
        })
        .collect();
    scored.sort_by_key(|dealer| std::cmp::Reverse(dealer.score));
    let scores: Vec<Decimal> = scored.iter().map(|dealer| dealer.score).collect();
    for dealer in &mut scored {
        dealer.place =
            1 + u32::try_from(scores.partition_point(|other| *other > dealer.score)).unwrap_or(u32::MAX - 1);
    }
    scored
}

fn criterion(count: u64, against: u64) -> Criterion {
    let score = if against == 0 {
        Decimal::ZERO
    } else {
        let percent = Decimal::from(count) * Decimal::ONE_HUNDRED / Decimal::from(against);
        Rounding::HalfAwayFromZero.apply(percent.min(Decimal::ONE_HUNDRED), DIGITS)
    };
    Criterion { count, against, score }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use uuid::Uuid;

    #[test]
    fn a_dealer_is_measured_against_the_best_or_a_target() {
        let dealer = |id, connections, offers, new_customers, sales| DealerMonth {
            unit: UnitId::from_uuid(Uuid::from_u128(id)),
            connections,
            offers,
            new_customers,
            sales,
        };
        let month = [dealer(1, 40, 10, 0, 3), dealer(2, 80, 5, 0, 6)];
        let scored = criteria(&month, &CriteriaTargets::default());
        let told: Vec<_> =
            scored.iter().map(|line| (line.unit, line.score.to_string(), line.place)).collect();
        // 100 + 50 + 0 + 100 against 50 + 100 + 0 + 50, by four.
        assert_eq!(told, [(month[1].unit, "62.5".into(), 1), (month[0].unit, "50".into(), 2)]);
        let scored = criteria(
            &month,
            &CriteriaTargets { offers: Some(5), sales: Some(12), ..CriteriaTargets::default() },
        );
        let first = scored.first().unwrap();
        assert_eq!(
            (first.offers.score.to_string(), first.sales.score.to_string()),
            ("100".into(), "50".into())
        );
        assert!(criteria(&[], &CriteriaTargets::default()).is_empty());
    }
}
