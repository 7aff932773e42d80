//! The views of the trade: whose records a list is about. What of them may be seen stays the matter of the rights.

use super::access::{Entities, by_owners};
use crate::ids::{PositionId, UnitId};
use clientela_model::{ClosedList, Entity, EntityId, Predicate, Value};
use std::borrow::Cow;
use uuid::Uuid;

/// Whose records a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, ClosedList)]
pub enum ListView {
    /// Those the position owns.
    Mine,
    /// Those of the position and of the positions that report to it, however far below.
    Team,
    /// Those of the position's unit and the units below it.
    Unit,
    /// Those of the dealer the unit belongs to, with all its outlets.
    Dealer,
    /// Those of the zone the unit belongs to, with all its dealers.
    Zone,
    /// All that may be seen.
    #[default]
    All,
}

/// From where a view looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The position.
    pub position: PositionId,
    /// Its unit.
    pub unit: UnitId,
    /// The dealer of that unit; the unit itself when it belongs to none.
    pub dealer: UnitId,
    /// The zone of that unit; the unit itself when it belongs to none.
    pub zone: UnitId,
}

impl ListView {
    /// The condition that a record is of this view. Parts are of the view of what they belong to.
    #[must_use]
    pub fn condition(self, from: &Anchor, entity: &Entity, entities: Entities) -> Predicate {
        let below = |root| units_below(root, entity, entities);
        match self {
            Self::Mine => by_owners(entity, entities, &|owned| {
                has("owner", owned, || Predicate::equals("owner", Value::Id(from.position.uuid())))
            }),
            Self::Team => by_owners(entity, entities, &|owned| {
                has("owner", owned, || below_root("owner", "position", "reports_to", from.position.uuid()))
            }),
            Self::Unit => below(from.unit),
            Self::Dealer => below(from.dealer),
            Self::Zone => below(from.zone),
            Self::All => Predicate::Everything,
        }
    }
}

/// The condition that a record is of a unit or of one below it.
#[must_use]
pub fn units_below(root: UnitId, entity: &Entity, entities: Entities) -> Predicate {
    by_owners(entity, entities, &|owned| {
        has("unit", owned, || below_root("unit", "unit", "parent", root.uuid()))
    })
}

fn has(column: &str, entity: &Entity, condition: impl Fn() -> Predicate) -> Predicate {
    if entity.column(column).is_some() { condition() } else { Predicate::Nothing }
}

fn below_root(column: &'static str, entity: &'static str, parent: &'static str, root: Uuid) -> Predicate {
    Predicate::Below { column: Cow::Borrowed(column), entity, parent, roots: vec![root] }
}
