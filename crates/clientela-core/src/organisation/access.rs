//! Who may see and do what: said once, as a condition.
//!
//! [`permission`] makes the condition a record must satisfy for a verb. A store turns it into SQL, [`can`] evaluates it
//! in memory; neither knows a rule of its own. What is public is read by everybody with a session; what is owned follows
//! the scopes of the actor's grants; parts follow what they belong to.

use super::profile::{Grant, Scope, Verb};
use crate::ids::{PositionId, UnitId, UserId};
use clientela_model::{Access, ColumnType, Entity, EntityId, Facet, Lookup, Predicate, Value, Why};
use std::borrow::Cow;

/// The user and position every call is made as, with the rights of its profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// The user.
    pub user: UserId,
    /// The position he acts from.
    pub position: PositionId,
    /// The unit of the position.
    pub unit: UnitId,
    /// The rights of the position's profile.
    pub grants: Vec<Grant>,
}

/// The answer to "may he", with its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether he may.
    pub allowed: bool,
    /// By which grant, or why not.
    pub why: Why,
}

/// Finds a declaration by name.
pub type Entities = fn(&str) -> Option<&'static Entity>;

impl Actor {
    /// The widest scope of a verb over an entity.
    #[must_use]
    pub fn scope(&self, verb: Verb, entity: &str) -> Option<Scope> {
        self.granted(verb, entity).map(|grant| grant.scope).max()
    }

    /// Whether fields of the facet may be read for this entity.
    #[must_use]
    pub fn reads_facet(&self, facet: Facet, entity: &str) -> bool {
        facet == Facet::Standard || self.granted(Verb::Read, entity).any(|grant| grant.confidential)
    }

    fn granted<'a>(&'a self, verb: Verb, entity: &'a str) -> impl Iterator<Item = &'a Grant> {
        self.grants
            .iter()
            .filter(move |grant| grant.verb == verb && (grant.entity == "*" || grant.entity == entity))
    }
}

/// The condition a record of the entity must satisfy so that the actor may do this with it.
#[must_use]
pub fn permission(actor: &Actor, verb: Verb, entity: &Entity, entities: Entities) -> Predicate {
    // A view shows rows of its base: the base's grants hold.
    let name = entity.view.map_or(entity.name, |view| view.base);
    match entity.access {
        Access::Public => public(actor, verb, name),
        Access::Owned => owned(actor, verb, name, entity),
        Access::Through(column) => {
            let Some(ColumnType::Id(target)) = entity.column(column).map(|column| column.ty) else {
                return Predicate::Nothing;
            };
            let Some(above) = entities(target) else { return Predicate::Nothing };
            // Adding or changing a part is changing the whole.
            let verb = if verb == Verb::Create { Verb::Change } else { verb };
            match permission(actor, verb, above, entities) {
                Predicate::Nothing => Predicate::Nothing,
                Predicate::Everything => Predicate::Everything,
                satisfying => Predicate::Refers {
                    column: Cow::Borrowed(column),
                    entity: target,
                    satisfying: Box::new(satisfying),
                },
            }
        }
        Access::Via { entity: from, column } => {
            let Some(pointing) = entities(from) else { return Predicate::Nothing };
            // Whoever may enter a relationship may enter its party.
            if verb == Verb::Create {
                return if actor.scope(verb, from).is_some() {
                    Predicate::Everything
                } else {
                    Predicate::Nothing
                };
            }
            match permission(actor, verb, pointing, entities) {
                Predicate::Nothing => Predicate::Nothing,
                Predicate::Everything => Predicate::Everything,
                satisfying => Predicate::Referred { entity: from, column, satisfying: Box::new(satisfying) },
            }
        }
    }
}

fn public(actor: &Actor, verb: Verb, entity: &str) -> Predicate {
    let allowed = verb == Verb::Read || actor.scope(Verb::Administer, entity).is_some();
    if allowed { Predicate::Everything } else { Predicate::Nothing }
}

fn owned(actor: &Actor, verb: Verb, name: &str, entity: &Entity) -> Predicate {
    let Some(scope) = actor.scope(verb, name) else { return Predicate::Nothing };
    let mine = || Predicate::equals("owner", Value::Id(actor.position.uuid()));
    match scope {
        Scope::Mine => mine(),
        Scope::MyTeam => Predicate::Below {
            column: Cow::Borrowed("owner"),
            entity: "position",
            parent: "reports_to",
            roots: vec![actor.position.uuid()],
        },
        Scope::MyUnit => Predicate::equals("unit", Value::Id(actor.unit.uuid())).or(mine()),
        Scope::MyUnits => Predicate::Below {
            column: Cow::Borrowed("unit"),
            entity: if entity.column("unit").is_some() { "unit" } else { entity.name },
            parent: "parent",
            roots: vec![actor.unit.uuid()],
        }
        .or(mine()),
        Scope::Everything => Predicate::Everything,
    }
}

/// Whether the actor may do this with the record of these values, without the reason: [`can`] gives it.
#[must_use]
pub fn may(
    actor: &Actor,
    verb: Verb,
    entity: &Entity,
    values: &[Value],
    entities: Entities,
    lookup: &dyn Lookup,
) -> bool {
    permission(actor, verb, entity, entities).holds(entity, values, lookup)
}

/// Whether the actor may do this with the record of these values, and why.
#[must_use]
pub fn can(
    actor: &Actor,
    verb: Verb,
    entity: &Entity,
    values: &[Value],
    entities: Entities,
    lookup: &dyn Lookup,
) -> Verdict {
    let allowed = may(actor, verb, entity, values, entities, lookup);
    let scope = match entity.access {
        Access::Public => None,
        _ => actor.scope(verb, entity.view.map_or(entity.name, |view| view.base)),
    };
    let mut why = Why::new(if allowed { "access.allowed" } else { "access.refused" })
        .fact("verb", verb)
        .fact("entity", entity.name)
        .fact("position", actor.position);
    if let Some(scope) = scope {
        why = why.fact("scope", scope);
    }
    Verdict { allowed, why }
}
