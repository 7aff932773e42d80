//! Weights and season of a plan, from what was reached before or from what there is to be had.

use super::attainment::PERCENT_DIGITS;
use crate::ids::{PositionId, UnitId};
use crate::organisation::{Position, Unit, UnitTree, top_down};
use chrono::NaiveDate;
use clientela_model::Rounding;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};

/// Something that speaks for a unit and a position in it: what was credited, or what there is to be had.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speaks {
    /// The unit.
    pub unit: UnitId,
    /// The position.
    pub owner: PositionId,
    /// How much.
    pub amount: Decimal,
}

/// The weight of a unit, or of a position in it, beside its siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeWeight {
    /// The unit.
    pub unit: UnitId,
    /// The position; none for the unit itself.
    pub owner: Option<PositionId>,
    /// In percent of all beside it, to two decimals.
    pub weight: Decimal,
}

/// What each unit below one, and each seller at or below it, has of what speaks for those beside it: a unit's is that of all in it.
/// From the top down. Siblings for whom nothing speaks are left out: they weigh alike.
#[must_use]
pub fn weigh(top: UnitId, units: &[Unit], sellers: &[Position], spoken: &[Speaks]) -> Vec<NodeWeight> {
    let tree = UnitTree::new(units);
    let mut of_unit: HashMap<UnitId, Decimal> = HashMap::new();
    let mut of_seller: HashMap<PositionId, Decimal> = HashMap::new();
    for one in spoken.iter().filter(|one| tree.lies_in(one.unit, top)) {
        for unit in tree.path(one.unit) {
            add(of_unit.entry(unit).or_default(), one.amount);
        }
        add(of_seller.entry(one.owner).or_default(), one.amount);
    }
    let inside = |unit: UnitId| tree.lies_in(unit, top);
    let mut siblings: BTreeMap<UnitId, Vec<(UnitId, Option<PositionId>, Decimal)>> = BTreeMap::new();
    for unit in units.iter().filter(|unit| unit.id != top && inside(unit.id)) {
        if let Some(above) = unit.parent {
            let amount = of_unit.get(&unit.id).copied().unwrap_or_default();
            siblings.entry(above).or_default().push((unit.id, None, amount));
        }
    }
    for seller in sellers.iter().filter(|seller| inside(seller.unit)) {
        let amount = of_seller.get(&seller.id).copied().unwrap_or_default();
        siblings.entry(seller.unit).or_default().push((seller.unit, Some(seller.id), amount));
    }
    let mut found: Vec<NodeWeight> = Vec::new();
    for beside in siblings.into_values() {
        let amounts: Vec<Decimal> = beside.iter().map(|(.., amount)| *amount).collect();
        let weights = in_percent(&amounts).into_iter().flatten();
        found.extend(beside.iter().zip(weights).map(|((unit, owner, _), weight)| NodeWeight {
            unit: *unit,
            owner: *owner,
            weight,
        }));
    }
    let (places, titles) = (top_down(units), titles(sellers));
    found.sort_by_cached_key(|one| {
        let title = one.owner.map(|owner| titles.get(&owner).copied().unwrap_or_default().to_owned());
        (places.get(&one.unit).copied(), title, one.owner)
    });
    found
}

/// How much each of some periods has of what was reached in all, in percent to two decimals: `reached` holds days with amounts. None
/// where nothing was.
#[must_use]
pub fn season_of(
    periods: &[(NaiveDate, NaiveDate)],
    reached: impl IntoIterator<Item = (NaiveDate, Decimal)>,
) -> Option<Vec<Decimal>> {
    let mut sums = vec![Decimal::ZERO; periods.len()];
    for (day, amount) in reached {
        let place = periods.iter().position(|(first, last)| (*first..=*last).contains(&day));
        if let Some(sum) = place.and_then(|place| sums.get_mut(place)) {
            add(sum, amount);
        }
    }
    in_percent(&sums)
}

fn titles(sellers: &[Position]) -> HashMap<PositionId, &str> {
    sellers.iter().map(|seller| (seller.id, seller.title.as_str())).collect()
}

/// What was taken back weighs nothing; a sum beyond all numbers stays where it is.
fn add(sum: &mut Decimal, amount: Decimal) {
    *sum = sum.checked_add(amount).unwrap_or(*sum);
}

fn in_percent(amounts: &[Decimal]) -> Option<Vec<Decimal>> {
    let mut all = Decimal::ZERO;
    for amount in amounts {
        add(&mut all, (*amount).max(Decimal::ZERO));
    }
    if all.is_zero() {
        return None;
    }
    let percent = |amount: &Decimal| {
        let part = (*amount).max(Decimal::ZERO).checked_div(all).unwrap_or_default();
        Rounding::HalfAwayFromZero.apply(part * Decimal::ONE_HUNDRED, PERCENT_DIGITS)
    };
    Some(amounts.iter().map(percent).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_percentages_and_nothing_is_none() {
        let numbers = |numbers: &[i64]| numbers.iter().copied().map(Decimal::from).collect::<Vec<_>>();
        assert_eq!(in_percent(&numbers(&[1, 3, -5])), Some(numbers(&[25, 75, 0])));
        assert_eq!(in_percent(&numbers(&[0, -1])), None);
        assert_eq!(in_percent(&[]), None);
        let day = |month, day| NaiveDate::from_ymd_opt(2025, month, day).unwrap();
        let periods = [(day(1, 1), day(1, 31)), (day(2, 1), day(2, 28))];
        let reached = [(day(1, 5), 1.into()), (day(2, 28), 3.into()), (day(3, 1), 100.into())];
        assert_eq!(season_of(&periods, reached), Some(numbers(&[25, 75])));
        assert_eq!(season_of(&periods, []), None);
    }
}
