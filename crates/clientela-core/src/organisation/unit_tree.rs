//! The tree of units as one value, for questions about many of them.

use super::unit::{Unit, UnitKind};
use crate::ids::UnitId;
use clientela_model::predicate::TREE_DEPTH_MAX;
use std::collections::HashMap;

/// What stands above each unit. A unit that is not among those given has nothing above it.
#[derive(Debug, Clone, Default)]
pub struct UnitTree(HashMap<UnitId, (Option<UnitId>, UnitKind)>);

impl UnitTree {
    /// The tree of these units.
    pub fn new<'u>(units: impl IntoIterator<Item = &'u Unit>) -> Self {
        Self(units.into_iter().map(|unit| (unit.id, (unit.parent, unit.kind))).collect())
    }

    /// The unit and those above it, the nearest first; at most [`TREE_DEPTH_MAX`], however the tree is.
    pub fn path(&self, unit: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        std::iter::successors(Some(unit), |at| self.0.get(at).and_then(|(above, _)| *above))
            .take(TREE_DEPTH_MAX)
    }

    /// Whether a unit is another or lies below it.
    #[must_use]
    pub fn lies_in(&self, unit: UnitId, above: UnitId) -> bool {
        self.path(unit).any(|at| at == above)
    }

    /// The lowest unit that is each of these or lies above it; none of none, or where nothing lies above all.
    pub fn lowest_common(&self, units: impl IntoIterator<Item = UnitId>) -> Option<UnitId> {
        let mut units = units.into_iter();
        let first = units.next()?;
        units.try_fold(first, |common, unit| self.path(common).find(|above| self.lies_in(unit, *above)))
    }

    /// How many units are above one.
    #[must_use]
    pub fn depth(&self, unit: UnitId) -> usize {
        self.path(unit).skip(1).count()
    }

    /// The dealer of a unit; as [`dealer_of`](super::dealer_of).
    #[must_use]
    pub fn dealer_of(&self, unit: UnitId) -> UnitId {
        self.nearest(unit, UnitKind::Dealer).unwrap_or(unit)
    }

    /// The nearest unit of a kind, going up from a unit.
    #[must_use]
    pub fn nearest(&self, unit: UnitId, kind: UnitKind) -> Option<UnitId> {
        self.path(unit).find(|at| self.0.get(at).is_some_and(|(_, found)| *found == kind))
    }
}

/// The place of each unit from the top down: a unit before those below it, all of those before the next beside it, and those beside
/// each other by their codes.
#[must_use]
pub fn top_down(units: &[Unit]) -> HashMap<UnitId, usize> {
    let tree = UnitTree::new(units);
    let codes: HashMap<UnitId, &str> = units.iter().map(|unit| (unit.id, unit.code.as_str())).collect();
    let mut ways: Vec<(Vec<(&str, UnitId)>, UnitId)> = units
        .iter()
        .map(|unit| {
            let step = |id: UnitId| (codes.get(&id).copied().unwrap_or_default(), id);
            let mut way: Vec<(&str, UnitId)> = tree.path(unit.id).map(step).collect();
            way.reverse();
            (way, unit.id)
        })
        .collect();
    ways.sort_unstable();
    ways.into_iter().enumerate().map(|(place, (_, id))| (id, place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn id(number: u128) -> UnitId {
        UnitId::from_uuid(Uuid::from_u128(number))
    }

    fn unit(number: u128, parent: Option<u128>, kind: UnitKind) -> Unit {
        Unit {
            id: id(number),
            parent: parent.map(id),
            kind,
            code: number.to_string(),
            name: number.to_string(),
            country: None,
            valid_from: None,
            valid_to: None,
            time_zone: None,
            street: None,
            postal_code: None,
            locality: None,
            vat_number: None,
        }
    }

    #[test]
    fn units_stand_from_the_top_down_by_their_codes_whatever_their_ids() {
        let units = [
            unit(9, None, UnitKind::Headquarters),
            Unit { code: "B".into(), ..unit(2, Some(9), UnitKind::Dealer) },
            Unit { code: "A".into(), ..unit(7, Some(9), UnitKind::Dealer) },
            Unit { code: "Z".into(), ..unit(1, Some(7), UnitKind::Outlet) },
            Unit { code: "C".into(), ..unit(8, Some(7), UnitKind::Outlet) },
        ];
        let places = top_down(&units);
        let mut order: Vec<UnitId> = units.iter().map(|unit| unit.id).collect();
        order.sort_by_key(|id| places[id]);
        assert_eq!(order, [9, 7, 8, 1, 2].map(id));
    }

    #[test]
    fn units_are_found_above_and_below() {
        let units = [
            unit(1, None, UnitKind::Headquarters),
            unit(2, Some(1), UnitKind::Zone),
            unit(3, Some(2), UnitKind::Dealer),
            unit(4, Some(3), UnitKind::Outlet),
        ];
        let tree = UnitTree::new(&units);
        assert_eq!(tree.path(id(4)).collect::<Vec<_>>(), [id(4), id(3), id(2), id(1)]);
        assert!(tree.lies_in(id(4), id(2)) && tree.lies_in(id(2), id(2)) && !tree.lies_in(id(2), id(4)));
        assert_eq!(tree.nearest(id(4), UnitKind::Zone), Some(id(2)));
        assert_eq!(tree.nearest(id(2), UnitKind::Dealer), None);
        assert_eq!((tree.depth(id(1)), tree.depth(id(4)), tree.depth(id(9))), (0, 3, 0));
        for unit in &units {
            let found =
                super::super::dealer_of(unit.id, |id| units.iter().find(|unit| unit.id == id).cloned());
            assert_eq!(tree.dealer_of(unit.id), found, "{}", unit.code);
        }
        let common = |units: &[u128]| tree.lowest_common(units.iter().map(|number| id(*number)));
        assert_eq!((common(&[]), common(&[4]), common(&[4, 3])), (None, Some(id(4)), Some(id(3))));
        assert_eq!((common(&[4, 2, 3]), common(&[4, 9])), (Some(id(2)), None));
        // A circle, which no command lets in, ends all the same.
        let circle = UnitTree::new(&[unit(1, Some(2), UnitKind::Zone), unit(2, Some(1), UnitKind::Zone)]);
        assert!(!circle.lies_in(id(1), id(3)) && circle.path(id(1)).count() == TREE_DEPTH_MAX);
    }
}
