//! Conditions a caller brings: they may ask for what he may see, and for nothing else.
//!
//! A condition finds out what it asks for, by the rows that come back or by their number. So a column the actor does not
//! read counts as empty in it, and a record it looks at through another counts only if it may be seen itself.

use crate::view::View;
use clientela_core::entity;
use clientela_model::{Access, Entity, Predicate};

impl View<'_> {
    /// The condition as far as the actor may ask it.
    pub(crate) fn askable(&self, declared: &'static Entity, condition: &Predicate) -> Predicate {
        // Columns that do not exist pass: the store names them in its error.
        let read = |name: &str| declared.column(name).is_none_or(|column| self.reads(declared, column.facet));
        let all = |parts: &[Predicate]| parts.iter().map(|part| self.askable(declared, part)).collect();
        match condition {
            Predicate::Everything | Predicate::Nothing => condition.clone(),
            Predicate::Equals(column, _)
            | Predicate::OneOf(column, _)
            | Predicate::Compare(column, ..)
            | Predicate::StartsWith(column, _) => {
                if read(column) {
                    condition.clone()
                } else {
                    Predicate::Nothing
                }
            }
            Predicate::Empty(column) => {
                if read(column) {
                    condition.clone()
                } else {
                    Predicate::Everything
                }
            }
            // The trees everybody sees are those of units and positions.
            Predicate::Below { column, entity: tree, .. } => {
                let public = entity(tree).is_some_and(|tree| tree.access == Access::Public);
                if public && read(column) { condition.clone() } else { Predicate::Nothing }
            }
            Predicate::Refers { column, entity: to, satisfying } => match (entity(to), read(column)) {
                (Some(target), true) => Predicate::Refers {
                    column: column.clone(),
                    entity: to,
                    satisfying: Box::new(self.askable(target, satisfying).and(self.readable(target))),
                },
                _ => Predicate::Nothing,
            },
            Predicate::Referred { entity: from, column, satisfying } => match entity(from) {
                Some(pointing)
                    if pointing.column(column).is_some_and(|column| self.reads(pointing, column.facet)) =>
                {
                    Predicate::Referred {
                        entity: from,
                        column,
                        satisfying: Box::new(self.askable(pointing, satisfying).and(self.readable(pointing))),
                    }
                }
                _ => Predicate::Nothing,
            },
            Predicate::All(parts) => Predicate::All(all(parts)),
            Predicate::Any(parts) => Predicate::Any(all(parts)),
            Predicate::Not(part) => Predicate::Not(Box::new(self.askable(declared, part))),
        }
    }
}
