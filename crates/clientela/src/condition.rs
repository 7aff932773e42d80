//! Conditions a caller brings: they may ask for what he may see, and for nothing else.
//!
//! A condition finds out what it asks for, by the rows that come back or by their number. So a column counts as empty in it
//! where the actor does not read it, and a record it looks at through another counts only if it may be seen itself.

use crate::view::{Sight, Sights, View};
use clientela_core::entity;
use clientela_model::{Access, Entity, Predicate};

impl View<'_> {
    /// The condition as far as the actor may ask it.
    pub(crate) fn askable(&self, declared: &'static Entity, condition: &Predicate) -> Predicate {
        self.asked(declared, &self.sights(declared), condition)
    }

    fn asked(&self, declared: &'static Entity, sights: &Sights, condition: &Predicate) -> Predicate {
        let all = |parts: &[Predicate]| parts.iter().map(|part| self.asked(declared, sights, part)).collect();
        // An empty column satisfies nothing that is asked of it.
        let read = |column: &str, condition: Predicate| match sight(declared, sights, column) {
            Sight::Always => condition,
            Sight::Never => Predicate::Nothing,
            Sight::Where(seen) => condition.and(seen.clone()),
        };
        match condition {
            Predicate::Everything | Predicate::Nothing => condition.clone(),
            Predicate::Equals(column, _)
            | Predicate::OneOf(column, _)
            | Predicate::Compare(column, ..)
            | Predicate::StartsWith(column, _) => read(column, condition.clone()),
            Predicate::Empty(column) => match sight(declared, sights, column) {
                Sight::Always => condition.clone(),
                Sight::Never => Predicate::Everything,
                Sight::Where(seen) => condition.clone().or(Predicate::Not(Box::new(seen.clone()))),
            },
            // The trees everybody sees are those of units and positions.
            Predicate::Below { column, entity: tree, .. } => {
                let public = entity(tree).is_some_and(|tree| tree.access == Access::Public);
                if public { read(column, condition.clone()) } else { Predicate::Nothing }
            }
            Predicate::Refers { column, entity: to, satisfying } => match entity(to) {
                Some(target) => {
                    let satisfying = Box::new(self.askable(target, satisfying).and(self.readable(target)));
                    read(column, Predicate::Refers { column: column.clone(), entity: to, satisfying })
                }
                None => Predicate::Nothing,
            },
            Predicate::Referred { entity: from, column, satisfying } => {
                let Some(pointing) = entity(from).filter(|pointing| pointing.column(column).is_some()) else {
                    return Predicate::Nothing;
                };
                let satisfying = self.askable(pointing, satisfying).and(self.readable(pointing));
                let satisfying = Box::new(match sight(pointing, &self.sights(pointing), column) {
                    Sight::Always => satisfying,
                    Sight::Never => return Predicate::Nothing,
                    Sight::Where(seen) => satisfying.and(seen.clone()),
                });
                Predicate::Referred { entity: from, column, satisfying }
            }
            Predicate::All(parts) => Predicate::All(all(parts)),
            Predicate::Any(parts) => Predicate::Any(all(parts)),
            Predicate::Not(part) => Predicate::Not(Box::new(self.asked(declared, sights, part))),
        }
    }
}

/// In which records the column is read. Columns that do not exist pass: the store names them in its error.
fn sight<'s>(declared: &Entity, sights: &'s Sights, column: &str) -> &'s Sight {
    declared.column(column).map_or(&Sight::Always, |column| sights.of(column.facet))
}
