//! Whose numbers and codes must differ, and what the numbers of a unit look like when nobody has said.
//!
//! A dealer numbers his customers, opportunities and offers by himself, his outlets with him; a unit that belongs to no
//! dealer numbers its own. Whether another dealer uses a number is that dealer's affair: it is neither refused nor passed
//! over, and how many numbers he has used shows nowhere. Numbers given by default carry the unit's code and so differ in
//! the whole network all the same.

use super::tree::dealer_of;
use super::unit::{NumberedDocument, Unit, UnitKind};
use crate::ids::UnitId;
use clientela_model::{Access, ColumnType, Entity, EntityId, Predicate, Value};
use std::borrow::Cow;

/// The units within which a number or code is given once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySpace {
    /// The dealer; the unit itself when it belongs to none.
    pub root: UnitId,
    /// Whether the units below the root share it.
    pub with_units_below: bool,
}

impl KeySpace {
    /// The space of a unit's numbers.
    #[must_use]
    pub fn of(unit: UnitId, find: impl Fn(UnitId) -> Option<Unit>) -> Self {
        let root = dealer_of(unit, &find);
        Self { root, with_units_below: find(root).is_some_and(|unit| unit.kind == UnitKind::Dealer) }
    }

    /// The condition that a record's unit, or that of what it is a part of, lies in the space.
    #[must_use]
    pub fn condition(self, entity: &Entity, entities: super::access::Entities) -> Predicate {
        if entity.column("unit").is_some() {
            let root = self.root.uuid();
            return if self.with_units_below {
                Predicate::Below {
                    column: Cow::Borrowed("unit"),
                    entity: "unit",
                    parent: "parent",
                    roots: vec![root],
                }
            } else {
                Predicate::equals("unit", Value::Id(root))
            };
        }
        let above = |name: &str| entities(name).map(|above| Box::new(self.condition(above, entities)));
        match entity.access {
            Access::Through(column) => match entity.column(column).map(|column| column.ty) {
                Some(ColumnType::Id(target)) => above(target).map_or(Predicate::Nothing, |satisfying| {
                    Predicate::Refers { column: Cow::Borrowed(column), entity: target, satisfying }
                }),
                _ => Predicate::Nothing,
            },
            // What dealers share lies in the space of each that has a part in it.
            Access::Via { entity, column } => above(entity)
                .map_or(Predicate::Nothing, |satisfying| Predicate::Referred { entity, column, satisfying }),
            Access::Public | Access::Owned => Predicate::Everything,
        }
    }
}

/// What is put before the numbers of a unit that has no series: a letter, and the unit's code below the top.
#[must_use]
pub fn default_prefix(document: NumberedDocument, unit: &Unit) -> String {
    let letter = match document {
        NumberedDocument::Customer => 'C',
        NumberedDocument::Opportunity => 'O',
        NumberedDocument::Offer => 'Q',
        NumberedDocument::Lead => 'L',
    };
    if unit.parent.is_none() { format!("{letter}-") } else { format!("{letter}-{}-", unit.code) }
}
