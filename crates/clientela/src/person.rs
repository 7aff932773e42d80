//! Everything held on one person, read along the declarations: each table is asked once for every step from the person.

use crate::error::Result;
use clientela_core::ENTITIES;
use clientela_core::privacy::{Subject, Way, ways};
use clientela_model::{ClosedList, Entity, Predicate, Value};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A record that reaches a person.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) entity: &'static Entity,
    pub(crate) id: Uuid,
    pub(crate) values: Vec<Value>,
}

/// Reads the records of an entity that satisfy a condition.
pub(crate) type Select<'s> = dyn FnMut(&'static Entity, &Predicate) -> Result<Vec<Vec<Value>>> + 's;

/// Steps from a person to what is furthest from it: an offer's price is five away.
const STEPS_MAX: usize = 16;

/// The person's own record and all that reach it, nearest first.
pub(crate) fn gather(subject: Subject, id: Uuid, select: &mut Select<'_>) -> Result<Vec<Held>> {
    let ways = ways(subject, ENTITIES);
    let mut held: Vec<Held> = Vec::new();
    let mut known: HashSet<(&str, Uuid)> = HashSet::new();
    let Some(start) = clientela_core::entity(subject.word()) else { return Ok(held) };
    for values in select(start, &Predicate::equals("id", Value::Id(id)))? {
        known.insert((start.name, id));
        held.push(Held { entity: start, id, values });
    }
    let mut fresh: HashMap<&str, Vec<Value>> = HashMap::from([(start.name, vec![Value::Id(id)])]);
    for _ in 0..STEPS_MAX {
        let mut next: HashMap<&str, Vec<Value>> = HashMap::new();
        for entity in ENTITIES.iter().copied() {
            let here: Vec<&Way> = ways.iter().filter(|way| way.entity.name == entity.name).collect();
            let condition = here.iter().fold(Predicate::Nothing, |any, way| match fresh.get(way.target) {
                Some(ids) => any.or(Predicate::OneOf(Cow::Borrowed(way.column), ids.clone())),
                None => any,
            });
            if condition == Predicate::Nothing {
                continue;
            }
            for values in select(entity, &condition)? {
                let Some(Value::Id(found)) = values.first() else { continue };
                let found = *found;
                if !known.insert((entity.name, found)) {
                    continue;
                }
                let own = here.iter().any(|way| {
                    let named = entity.position(way.column).and_then(|at| values.get(at));
                    way.belongs
                        && named.zip(fresh.get(way.target)).is_some_and(|(named, ids)| ids.contains(named))
                });
                if own {
                    next.entry(entity.name).or_default().push(Value::Id(found));
                }
                held.push(Held { entity, id: found, values });
            }
        }
        if next.is_empty() {
            break;
        }
        fresh = next;
    }
    Ok(held)
}
