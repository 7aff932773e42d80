//! Everything that reaches a person, found from the declarations.
//!
//! An entity declared tomorrow is found tomorrow: nothing here names one but the persons themselves.

use crate::organisation::MERGED_INTO;
use clientela_model::{Access, ClosedList, Column, ColumnType, Entity};
use std::collections::HashSet;

/// Whose data is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Subject {
    /// A party, with all dealers' business with it and its contacts.
    Party,
    /// One contact.
    Contact,
    /// A lead that never became a customer.
    Lead,
}

/// A column by which records of an entity reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The entity.
    pub entity: &'static Entity,
    /// Its column.
    pub column: &'static str,
    /// The entity the column names, itself the person's.
    pub target: &'static str,
    /// Whether the record is the person's own, so that what belongs to it is the person's too. A record that only mentions the
    /// person is held on it as well, but what belongs to that record may be others'.
    pub belongs: bool,
}

/// All ways to a person. Public entities are the installation's, not a person's.
#[must_use]
pub fn ways(subject: Subject, entities: &[&'static Entity]) -> Vec<Way> {
    let start = subject.word();
    let candidates: Vec<(&'static Entity, &'static Column, &'static str)> = entities
        .iter()
        .copied()
        .filter(|entity| entity.view.is_none() && entity.access != Access::Public)
        .flat_map(|entity| {
            entity.columns.iter().skip(1).filter_map(move |column| match column.ty {
                // What was merged into the person's record is the person's.
                ColumnType::Id(target) if column.name == MERGED_INTO => Some((entity, column, target)),
                ColumnType::Id(target) if target != entity.name && entity.name != start => {
                    Some((entity, column, target))
                }
                _ => None,
            })
        })
        .collect();
    let belongs = |entity: &Entity, column: &Column, target: &str| {
        let of_itself = subject != Subject::Party && target == start;
        // What says something personal and names one customer is his, even if it named him late, as a lead does.
        let of_customer = target == "relationship" && entity.columns.iter().any(|column| column.personal);
        of_itself
            || column.name == MERGED_INTO
            || of_customer
            || !column.nullable
            || entity.access == Access::Through(column.name)
            || entity.part_of.is_some_and(|(_, part)| part == column.name)
    };
    let mut own: HashSet<&str> = HashSet::from([start]);
    loop {
        let before = own.len();
        for (entity, column, target) in &candidates {
            if own.contains(target) && belongs(entity, column, target) {
                own.insert(entity.name);
            }
        }
        if own.len() == before {
            break;
        }
    }
    let persons = ["party", "relationship", "contact"];
    let way = |(entity, column, target): (&'static Entity, &'static Column, &'static str)| {
        let belongs = belongs(entity, column, target);
        let mentioned = persons.contains(&target);
        (own.contains(target) && (belongs || mentioned)).then_some(Way {
            entity,
            column: column.name,
            target,
            belongs,
        })
    };
    candidates.into_iter().filter_map(way).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ENTITIES;

    fn reached(subject: Subject) -> HashSet<&'static str> {
        ways(subject, ENTITIES).into_iter().map(|way| way.entity.name).collect()
    }

    #[test]
    fn every_entity_with_something_personal_is_reached() {
        let reached = reached(Subject::Party);
        for entity in ENTITIES.iter().filter(|entity| entity.view.is_none() && entity.name != "party") {
            // The users of the installation, and how they spend their time, are not its customers'.
            let own = ["user", "appointment", "absence"].contains(&entity.name);
            let personal = entity.columns.iter().any(|column| column.personal) && !own;
            assert!(!personal || reached.contains(entity.name), "{} is not reached", entity.name);
        }
        for not in ["unit", "user", "campaign", "product", "quota_plan"] {
            assert!(!reached.contains(not), "{not}");
        }
    }

    #[test]
    fn a_contact_reaches_what_it_said_and_did_and_not_its_customer() {
        let reached = reached(Subject::Contact);
        assert!(reached.contains("consent") && reached.contains("activity"));
        assert!(!reached.contains("relationship") && !reached.contains("opportunity"), "{reached:?}");
    }

    #[test]
    fn a_lead_reaches_what_was_said_with_it_and_nothing_of_a_customer() {
        let reached = reached(Subject::Lead);
        assert!(reached.contains("lead_consent"), "{reached:?}");
        assert!(!reached.contains("relationship") && !reached.contains("consent"), "{reached:?}");
    }
}
