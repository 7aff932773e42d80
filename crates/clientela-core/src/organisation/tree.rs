//! The tree of units and the tree of teams: what may be put where.
//!
//! Both are checked when a record is saved, against what is there: a record names one above it, and going up from there
//! never comes back to it. No chain is longer than [`TREE_DEPTH_MAX`].

use super::position::Position;
use super::unit::{Unit, UnitKind};
use crate::ids::{PositionId, UnitId};
use chrono::NaiveDate;
use clientela_model::identifier::TimeZone;
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Coded, EntityId, ErrorKind, ValueError};
use uuid::Uuid;

/// A place in a tree that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// What stands above does not exist.
    #[error("{entity}.{field}: there is no such {above}; name one that exists")]
    Missing {
        /// The entity.
        entity: &'static str,
        /// The field.
        field: &'static str,
        /// What was named.
        above: &'static str,
    },
    /// Going up comes back.
    #[error("{entity}.{field}: the tree would run in a circle; choose one that does not lie below")]
    Circle {
        /// The entity.
        entity: &'static str,
        /// The field.
        field: &'static str,
        /// The record.
        id: Uuid,
    },
    /// The chain is too long.
    #[error(
        "{entity}.{field}: the tree would be more than {TREE_DEPTH_MAX} levels deep; choose one higher up"
    )]
    TooDeep {
        /// The entity.
        entity: &'static str,
        /// The field.
        field: &'static str,
    },
    /// The unit ends before it begins.
    #[error("unit.valid_to: the unit ends on {last}, before it begins on {first}; give a later day")]
    Period {
        /// First day.
        first: NaiveDate,
        /// Last day.
        last: NaiveDate,
    },
    /// The unit lives outside the life of the unit above.
    #[error("unit.{field}: the unit exists when the unit above does not; stay within its validity")]
    OutsideParent {
        /// The end that lies outside.
        field: &'static str,
    },
}

impl Coded for TreeError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooDeep { .. } => ErrorKind::Limit,
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Missing { entity: "unit", .. } => "unit.parent_missing",
            Self::Missing { field: "unit", .. } => "position.unit_missing",
            Self::Missing { .. } => "position.reports_to_missing",
            Self::Circle { entity: "unit", .. } => "unit.circle",
            Self::Circle { .. } => "position.circle",
            Self::TooDeep { entity: "unit", .. } => "unit.too_deep",
            Self::TooDeep { .. } => "position.too_deep",
            Self::Period { .. } => "unit.period",
            Self::OutsideParent { .. } => "unit.outside_parent",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Missing { field, .. }
            | Self::Circle { field, .. }
            | Self::TooDeep { field, .. }
            | Self::OutsideParent { field } => field,
            Self::Period { .. } => "valid_to",
        };
        Some(field.to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::Circle { id, .. } => Some(*id),
            _ => None,
        }
    }
}

/// Checks a unit that is to be saved. `find` gives units as they are now, without this one's change.
///
/// # Errors
/// In this order: `unit.period`, `unit.parent_missing`, `unit.circle`, `unit.too_deep`, `unit.outside_parent`.
pub fn check_unit(unit: &Unit, find: impl Fn(UnitId) -> Option<Unit>) -> Result<(), TreeError> {
    if let (Some(first), Some(last)) = (unit.valid_from, unit.valid_to)
        && last < first
    {
        return Err(TreeError::Period { first, last });
    }
    let Some(parent) = unit.parent else { return Ok(()) };
    let Some(above) = find(parent).or_else(|| (parent == unit.id).then(|| unit.clone())) else {
        return Err(TreeError::Missing { entity: "unit", field: "parent", above: "unit" });
    };
    climb("unit", "parent", unit.id, parent, |id| find(id).and_then(|unit| unit.parent))?;
    // An open end lies outside a closed one.
    if above.valid_from.is_some_and(|begin| unit.valid_from.is_none_or(|first| first < begin)) {
        return Err(TreeError::OutsideParent { field: "valid_from" });
    }
    if above.valid_to.is_some_and(|end| unit.valid_to.is_none_or(|last| last > end)) {
        return Err(TreeError::OutsideParent { field: "valid_to" });
    }
    Ok(())
}

/// Checks a position that is to be saved. The two functions give what is there now.
///
/// # Errors
/// In this order: `position.unit_missing`, `position.reports_to_missing`, `position.circle`, `position.too_deep`.
pub fn check_position(
    position: &Position,
    unit_exists: impl Fn(UnitId) -> bool,
    find: impl Fn(PositionId) -> Option<Position>,
) -> Result<(), TreeError> {
    if !unit_exists(position.unit) {
        return Err(TreeError::Missing { entity: "position", field: "unit", above: "unit" });
    }
    let Some(above) = position.reports_to else { return Ok(()) };
    if above != position.id && find(above).is_none() {
        return Err(TreeError::Missing { entity: "position", field: "reports_to", above: "position" });
    }
    climb("position", "reports_to", position.id, above, |id| find(id).and_then(|found| found.reports_to))
}

/// The dealer of a unit: the nearest unit of that kind, going up from it; the unit itself if there is none.
#[must_use]
pub fn dealer_of(unit: UnitId, find: impl Fn(UnitId) -> Option<Unit>) -> UnitId {
    nearest(unit, UnitKind::Dealer, find)
}

/// The nearest unit of a kind, going up from a unit; the unit itself if there is none.
#[must_use]
pub fn nearest(unit: UnitId, kind: UnitKind, find: impl Fn(UnitId) -> Option<Unit>) -> UnitId {
    let mut current = Some(unit);
    for _ in 0..TREE_DEPTH_MAX {
        let Some(found) = current.and_then(&find) else { break };
        if found.kind == kind {
            return found.id;
        }
        current = found.parent;
    }
    unit
}

/// Refuses to move something from one dealer to another: numbers, customers and what dealers keep from each other would go
/// with it. `before` and `after` are the dealers.
///
/// # Errors
/// `organisation.other_dealer`.
pub fn check_same_dealer(field: &'static str, before: UnitId, after: UnitId) -> Result<(), ValueError> {
    if before == after {
        return Ok(());
    }
    let expected = "a place within the dealer; found a new one there and hand the customers over";
    Err(ValueError::new("organisation.other_dealer", "place", "is another dealer's", expected).at(field))
}

/// The time zone of a unit: its own, or that of the nearest unit above with one; UTC if there is none.
#[must_use]
pub fn time_zone_of(unit: UnitId, find: impl Fn(UnitId) -> Option<Unit>) -> TimeZone {
    let mut current = Some(unit);
    for _ in 0..TREE_DEPTH_MAX {
        let Some(found) = current.and_then(&find) else { break };
        if let Some(zone) = found.time_zone {
            return zone;
        }
        current = found.parent;
    }
    TimeZone::UTC
}

/// Goes up from `above` and refuses to meet `id` again.
fn climb<Id: EntityId>(
    entity: &'static str,
    field: &'static str,
    id: Id,
    above: Id,
    parent: impl Fn(Id) -> Option<Id>,
) -> Result<(), TreeError> {
    let mut current = Some(above);
    // One level is the record's own.
    for _ in 1..TREE_DEPTH_MAX {
        match current {
            None => return Ok(()),
            Some(found) if found == id => return Err(TreeError::Circle { entity, field, id: id.uuid() }),
            Some(found) => current = parent(found),
        }
    }
    match current {
        None => Ok(()),
        Some(_) => Err(TreeError::TooDeep { entity, field }),
    }
}
