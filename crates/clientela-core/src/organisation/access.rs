//! Who may see and do what: said once, as a condition.
//!
//! [`permission`] makes the condition a record must satisfy for a verb. A store turns it into SQL, [`can`] evaluates it
//! in memory; neither knows a rule of its own. What is public is read by everybody with a session; what is owned follows
//! the scopes of the actor's grants and what is [shared](super::sharing) with him; parts follow what they belong to.

use super::profile::{Grant, Scope, Verb};
use super::sharing::Shared;
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
    /// What is shared with the position today.
    pub shares: Vec<Shared>,
    /// The positions above it, the nearest first.
    pub superiors: Vec<PositionId>,
}

/// Entities of which nobody is shown what whoever stands above him wrote, however wide his scope in his unit: what a superior thinks of
/// a figure is not for those who report it.
const HIDDEN_FROM_BELOW: &[&str] = &["forecast_adjustment", "forecast_snapshot"];

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

    /// The same actor by his grants alone, without what is shared with him.
    #[must_use]
    pub fn by_grants(&self) -> Self {
        Self { shares: Vec::new(), ..self.clone() }
    }

    fn granted<'a>(&'a self, verb: Verb, entity: &'a str) -> impl Iterator<Item = &'a Grant> {
        self.grants
            .iter()
            .filter(move |grant| grant.gives(verb) && (grant.entity == "*" || grant.entity == entity))
    }
}

/// The column of records that can be merged: the record each is now, empty while it is itself.
pub const MERGED_INTO: &str = "merged_into";

/// The condition a record of the entity must satisfy so that the actor may do this with it. What was merged into another
/// record is not there for anybody.
#[must_use]
pub fn permission(actor: &Actor, verb: Verb, entity: &Entity, entities: Entities) -> Predicate {
    let merges = entity.column(MERGED_INTO).is_some();
    let itself = if merges { Predicate::Empty(Cow::Borrowed(MERGED_INTO)) } else { Predicate::Everything };
    reach(actor, verb, entity, entities).and(itself)
}

/// The condition that a verb of the actor reaches a record, be it merged into another or not. Parts ask for it of what they
/// belong to: what belonged to a merged record belongs to the other since.
#[must_use]
pub fn reach(actor: &Actor, verb: Verb, entity: &Entity, entities: Entities) -> Predicate {
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
            refers(column, target, reach(actor, verb, above, entities))
        }
        Access::Via { entity: from, column } => {
            let Some(pointing) = entities(from) else { return Predicate::Nothing };
            // Seen by whoever sees a part; changed only by whose it is as a whole.
            if verb == Verb::Change && entity.column("unit").is_some() {
                return owned(actor, verb, name, entity);
            }
            // Whoever may enter a relationship may enter its party.
            if verb == Verb::Create {
                return if actor.scope(verb, from).is_some() {
                    Predicate::Everything
                } else {
                    Predicate::Nothing
                };
            }
            referred(from, column, reach(actor, verb, pointing, entities))
        }
    }
}

/// The condition a record must satisfy so that the actor reads its columns of a facet. It says nothing of the record
/// itself: hold it beside the [`permission`] to read.
///
/// A grant gives confidential columns of the records it gives, and of no others: "my team with confidential columns,
/// everything without" reads those of the team alone. Parts are looked at by what they belong to; of public entities
/// those without a unit are anybody's with such a grant.
#[must_use]
pub fn facet_permission(actor: &Actor, facet: Facet, entity: &Entity, entities: Entities) -> Predicate {
    let name = entity.view.map_or(entity.name, |view| view.base);
    match facet {
        Facet::Standard => Predicate::Everything,
        Facet::Confidential => {
            let granted = actor.granted(Verb::Read, name).filter(|grant| grant.confidential);
            match granted.map(|grant| grant.scope).max() {
                Some(scope) => reached(actor, scope, entity, entities),
                None => Predicate::Nothing,
            }
        }
        Facet::Whole => match actor.scope(Verb::Read, name) {
            Some(scope) => within(actor, scope, entity),
            None => Predicate::Nothing,
        },
    }
}

/// The condition that a scope reaches a record, by its own owner and unit or by those of what its rights come from.
fn reached(actor: &Actor, scope: Scope, entity: &Entity, entities: Entities) -> Predicate {
    by_owners(entity, entities, &|owned| within(actor, scope, owned))
}

/// A condition on owner and unit, asked of a record by its own, or by those of what its rights come from.
pub(super) fn by_owners(
    entity: &Entity,
    entities: Entities,
    asked: &dyn Fn(&Entity) -> Predicate,
) -> Predicate {
    let of = |name: &str| entities(name).map(|above| by_owners(above, entities, asked));
    match entity.access {
        Access::Public if entity.column("unit").is_none() => Predicate::Everything,
        Access::Public | Access::Owned => asked(entity),
        Access::Through(column) => {
            let Some(ColumnType::Id(target)) = entity.column(column).map(|column| column.ty) else {
                return Predicate::Nothing;
            };
            of(target).map_or(Predicate::Nothing, |satisfying| refers(column, target, satisfying))
        }
        Access::Via { entity: from, column } => {
            of(from).map_or(Predicate::Nothing, |satisfying| referred(from, column, satisfying))
        }
    }
}

fn refers(column: &'static str, entity: &'static str, satisfying: Predicate) -> Predicate {
    match satisfying {
        Predicate::Nothing | Predicate::Everything => satisfying,
        _ => Predicate::Refers { column: Cow::Borrowed(column), entity, satisfying: Box::new(satisfying) },
    }
}

fn referred(entity: &'static str, column: &'static str, satisfying: Predicate) -> Predicate {
    match satisfying {
        Predicate::Nothing | Predicate::Everything => satisfying,
        _ => Predicate::Referred { entity, column, satisfying: Box::new(satisfying) },
    }
}

fn public(actor: &Actor, verb: Verb, entity: &str) -> Predicate {
    let needed = if verb == Verb::Audit { Verb::Audit } else { Verb::Administer };
    let allowed = verb == Verb::Read || actor.scope(needed, entity).is_some();
    if allowed { Predicate::Everything } else { Predicate::Nothing }
}

fn owned(actor: &Actor, verb: Verb, name: &str, entity: &Entity) -> Predicate {
    match actor.scope(verb, name) {
        Some(scope) => {
            let shown = within(actor, scope, entity).and(not_from_above(actor, scope, name));
            shown.or(shared(actor, verb, name))
        }
        None => Predicate::Nothing,
    }
}

/// The condition that a record was not written by whoever stands above the actor, where that is hidden from him.
fn not_from_above(actor: &Actor, scope: Scope, name: &str) -> Predicate {
    if scope == Scope::Everything || actor.superiors.is_empty() || !HIDDEN_FROM_BELOW.contains(&name) {
        return Predicate::Everything;
    }
    let superiors = actor.superiors.iter().map(|above| Value::Id(above.uuid())).collect();
    Predicate::Not(Box::new(Predicate::OneOf(Cow::Borrowed("owner"), superiors)))
}

/// The condition that the record is shared with the actor, or is an offer of a shared opportunity.
fn shared(actor: &Actor, verb: Verb, entity: &str) -> Predicate {
    let (entity, column) = if entity == "offer" { ("opportunity", "opportunity") } else { (entity, "id") };
    let ids: Vec<Value> = actor
        .shares
        .iter()
        .filter(|shared| shared.entity == entity && shared.right.allows(verb))
        .map(|shared| Value::Id(shared.record))
        .collect();
    if ids.is_empty() { Predicate::Nothing } else { Predicate::OneOf(Cow::Borrowed(column), ids) }
}

/// The condition that the record's owner or unit lies within the scope; without an owner only the unit counts.
pub(super) fn within(actor: &Actor, scope: Scope, entity: &Entity) -> Predicate {
    let owned = entity.column("owner").is_some();
    let mine = || {
        if owned { Predicate::equals("owner", Value::Id(actor.position.uuid())) } else { Predicate::Nothing }
    };
    match scope {
        Scope::Mine => mine(),
        Scope::MyTeam if !owned => Predicate::Nothing,
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
    if allowed && !actor.shares.is_empty() && !may(&actor.by_grants(), verb, entity, values, entities, lookup)
    {
        let only = |shared: &&Shared| {
            let one = Actor { shares: vec![**shared], ..actor.clone() };
            may(&one, verb, entity, values, entities, lookup)
        };
        let by = actor.shares.iter().filter(only);
        why = by.fold(why, |why, shared| {
            let share = Why::new("access.shared").fact("share", shared.share).fact("right", shared.right);
            why.because(share.fact("entity", shared.entity).fact("record", shared.record))
        });
    }
    Verdict { allowed, why }
}
