//! The profiles every installation starts with. They are data: an installation changes them or adds its own.
//!
//! | profile | reads | enters and changes | confidential fields | administers |
//! | --- | --- | --- | --- | --- |
//! | administrator | everything | everything | yes | yes |
//! | manager | his units | his units | yes | no |
//! | sales_manager | his team | his team | no | no |
//! | seller | his own | his own | no | no |
//! | analyst | everything | nothing | no | no |
//! | marketing | customers, opportunities and campaigns of his units | campaigns of his units | no | no |
//!
//! Parts (contacts, consents, activities, a campaign's members) follow what they belong to.

use super::profile::{Grant, Profile, Scope, Verb};
use crate::ids::{GrantId, ProfileId};

/// A profile as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandardProfile {
    /// Its name.
    pub name: &'static str,
    /// Its rights.
    pub grants: &'static [StandardGrant],
}

/// A right as data; see [`Grant`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandardGrant {
    /// Name of the entity, or `*` for all.
    pub entity: &'static str,
    /// What may be done.
    pub verb: Verb,
    /// On which records.
    pub scope: Scope,
    /// Whether confidential fields are included.
    pub confidential: bool,
}

const fn grant(entity: &'static str, verb: Verb, scope: Scope) -> StandardGrant {
    StandardGrant { entity, verb, scope, confidential: false }
}

const fn confidential(entity: &'static str, verb: Verb, scope: Scope) -> StandardGrant {
    StandardGrant { entity, verb, scope, confidential: true }
}

/// The standard profiles, the widest first.
#[must_use]
pub const fn standard_profiles() -> &'static [StandardProfile] {
    const PROFILES: &[StandardProfile] = &[
        StandardProfile {
            name: "administrator",
            grants: &[
                confidential("*", Verb::Read, Scope::Everything),
                confidential("*", Verb::Create, Scope::Everything),
                confidential("*", Verb::Change, Scope::Everything),
                confidential("*", Verb::Administer, Scope::Everything),
            ],
        },
        StandardProfile {
            name: "manager",
            grants: &[
                confidential("*", Verb::Read, Scope::MyUnits),
                confidential("*", Verb::Create, Scope::MyUnits),
                confidential("*", Verb::Change, Scope::MyUnits),
            ],
        },
        StandardProfile {
            name: "sales_manager",
            grants: &[
                grant("*", Verb::Read, Scope::MyTeam),
                grant("*", Verb::Create, Scope::MyTeam),
                grant("*", Verb::Change, Scope::MyTeam),
            ],
        },
        StandardProfile {
            name: "seller",
            grants: &[
                grant("*", Verb::Read, Scope::Mine),
                grant("*", Verb::Create, Scope::Mine),
                grant("*", Verb::Change, Scope::Mine),
            ],
        },
        StandardProfile { name: "analyst", grants: &[grant("*", Verb::Read, Scope::Everything)] },
        StandardProfile {
            name: "marketing",
            grants: &[
                grant("relationship", Verb::Read, Scope::MyUnits),
                grant("opportunity", Verb::Read, Scope::MyUnits),
                grant("campaign", Verb::Read, Scope::MyUnits),
                grant("campaign", Verb::Create, Scope::MyUnits),
                grant("campaign", Verb::Change, Scope::MyUnits),
            ],
        },
    ];
    PROFILES
}

impl StandardProfile {
    /// The profile and its rights as records.
    pub fn records(&self, id: ProfileId, mut next_id: impl FnMut() -> GrantId) -> (Profile, Vec<Grant>) {
        let grants = self
            .grants
            .iter()
            .map(|grant| Grant {
                id: next_id(),
                profile: id,
                entity: grant.entity.to_owned(),
                verb: grant.verb,
                scope: grant.scope,
                confidential: grant.confidential,
            })
            .collect();
        (Profile { id, name: self.name.to_owned() }, grants)
    }
}
