//! By which rule somebody sees a record, or why he does not.
//!
//! Nothing here decides: each rule is asked alone, of the same [`permission`](super::permission) that decides everywhere.

use super::access::{Actor, Entities, facet_permission, may};
use super::profile::{Grant, Scope, Verb};
use super::sharing::Shared;
use crate::ids::{GrantId, PositionId, ProfileId, UnitId};
use clientela_model::predicate::TREE_DEPTH_MAX;
use clientela_model::{Access, ClosedList, ColumnType, Entity, EntityId, Facet, Lookup, Value, Why};
use uuid::Uuid;

/// A rule by which a record is seen, the narrowest that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum AccessRule {
    /// It is the position's own.
    Owner,
    /// It is of a position that reports to it.
    Team,
    /// It is of its unit.
    Unit,
    /// It is of a unit below its own.
    Units,
    /// The profile reads all.
    Everything,
    /// It is shared with the position.
    Share,
    /// Everybody with a session reads it.
    Public,
}

impl AccessRule {
    /// The reason's word.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Owner => "access.by_owner",
            Self::Team => "access.by_team",
            Self::Unit => "access.by_unit",
            Self::Units => "access.by_units",
            Self::Everything => "access.by_everything",
            Self::Share => "access.by_share",
            Self::Public => "access.by_everybody",
        }
    }

    const fn of(scope: Scope) -> Self {
        match scope {
            Scope::Mine => Self::Owner,
            Scope::MyTeam => Self::Team,
            Scope::MyUnit => Self::Unit,
            Scope::MyUnits => Self::Units,
            Scope::Everything => Self::Everything,
        }
    }
}

/// Whether a record is seen, by which rules, and what of it is not.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Whether it is seen.
    pub visible: bool,
    /// The rules that hold, the narrowest first.
    pub rules: Vec<AccessRule>,
    /// Each rule that holds, or each that does not.
    pub why: Why,
    /// The columns that are not read.
    pub hidden: Vec<&'static str>,
}

/// By which rules an actor sees the record of these values, or why he does not.
#[must_use]
pub fn explain(
    actor: &Actor,
    entity: &Entity,
    values: &[Value],
    entities: Entities,
    lookup: &dyn Lookup,
) -> Explained {
    let sees = |actor: &Actor| may(actor, Verb::Read, entity, values, entities, lookup);
    let mut rules = Vec::new();
    let mut held: Vec<Why> = Vec::new();
    let mut failed: Vec<Why> = Vec::new();
    if entity.access == Access::Public {
        rules.push(AccessRule::Public);
        held.push(Why::new(AccessRule::Public.reason()));
    } else {
        // The widest scope decides, and of what it takes in the narrowest that holds is the rule.
        let decides = deciding(entity, entities);
        let widest = decides.and_then(|name| Some((name, actor.scope(Verb::Read, name)?)));
        if let Some((name, widest)) = widest {
            let told = |reason| Why::new(reason).fact("entity", name).fact("scope", widest);
            match narrower(widest).iter().find(|scope| sees(&with_scope(actor, **scope))) {
                Some(scope) => {
                    rules.push(AccessRule::of(*scope));
                    held.push(told(AccessRule::of(*scope).reason()));
                }
                None => failed.push(told("access.outside_scope")),
            }
        }
        for shared in actor.shares.iter().filter(|shared| sees(&by_share(actor, shared))) {
            rules.push(AccessRule::Share);
            let share = Why::new(AccessRule::Share.reason()).fact("share", shared.share);
            held.push(share.fact("right", shared.right).fact("entity", shared.entity));
        }
    }
    rules.sort_unstable();
    rules.dedup();
    let visible = !rules.is_empty();
    let why = Why::new(if visible { "access.visible" } else { "access.not_visible" });
    let because = match (visible, failed.is_empty()) {
        (true, _) => held,
        (false, false) => failed,
        (false, true) => vec![Why::new("access.no_right").fact("entity", entity.name)],
    };
    let why = because.into_iter().fold(why, Why::because);
    let reads = |facet: Facet| {
        facet == Facet::Standard
            || facet_permission(actor, facet, entity, entities).holds(entity, values, lookup)
    };
    let hidden = entity.columns.iter().filter(|column| visible && !reads(column.facet));
    let hidden = hidden.map(|column| column.name).collect();
    Explained { visible, rules, why, hidden }
}

/// The entity whose owner and unit decide who sees a record.
fn deciding(entity: &Entity, entities: Entities) -> Option<&'static str> {
    let mut current: &'static Entity = entities(entity.name)?;
    for _ in 0..TREE_DEPTH_MAX {
        let above = match current.access {
            Access::Public => return None,
            Access::Owned => return Some(current.view.map_or(current.name, |view| view.base)),
            Access::Via { entity, .. } => entity,
            Access::Through(column) => match current.column(column)?.ty {
                ColumnType::Id(above) => above,
                _ => return None,
            },
        };
        current = entities(above)?;
    }
    None
}

/// The actor with one right to read, by a scope, and nothing shared with him.
fn with_scope(actor: &Actor, scope: Scope) -> Actor {
    let grant = Grant {
        id: GrantId::from_uuid(Uuid::nil()),
        profile: ProfileId::from_uuid(Uuid::nil()),
        entity: "*".to_owned(),
        verb: Verb::Read,
        scope,
        confidential: false,
        withdrawn: None,
    };
    Actor { grants: vec![grant], ..actor.by_grants() }
}

/// The scopes a scope takes in, the narrowest first, itself last.
const fn narrower(scope: Scope) -> &'static [Scope] {
    match scope {
        Scope::Mine => &[Scope::Mine],
        Scope::MyTeam => &[Scope::Mine, Scope::MyTeam],
        Scope::MyUnit => &[Scope::Mine, Scope::MyUnit],
        Scope::MyUnits => &[Scope::Mine, Scope::MyUnit, Scope::MyUnits],
        Scope::Everything => &[Scope::Mine, Scope::Everything],
    }
}

/// The actor as if he owned nothing and sat nowhere: what he sees he sees by the share.
fn by_share(actor: &Actor, shared: &Shared) -> Actor {
    let grants = actor.grants.iter().map(|grant| Grant { scope: Scope::Mine, ..grant.clone() });
    Actor {
        user: actor.user,
        position: PositionId::from_uuid(Uuid::nil()),
        unit: UnitId::from_uuid(Uuid::nil()),
        grants: grants.collect(),
        shares: vec![*shared],
        superiors: actor.superiors.clone(),
    }
}
