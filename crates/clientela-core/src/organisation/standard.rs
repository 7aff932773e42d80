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

use super::profile::{Scope, Verb};

/// A right as data; see [`Grant`](super::Grant).
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

const PROFILES: &[(&str, &[StandardGrant])] = &[
    (
        "administrator",
        &[
            confidential("*", Verb::Read, Scope::Everything),
            confidential("*", Verb::Create, Scope::Everything),
            confidential("*", Verb::Change, Scope::Everything),
            confidential("*", Verb::Administer, Scope::Everything),
        ],
    ),
    (
        "manager",
        &[
            confidential("*", Verb::Read, Scope::MyUnits),
            confidential("*", Verb::Create, Scope::MyUnits),
            confidential("*", Verb::Change, Scope::MyUnits),
        ],
    ),
    (
        "sales_manager",
        &[
            grant("*", Verb::Read, Scope::MyTeam),
            grant("*", Verb::Create, Scope::MyTeam),
            grant("*", Verb::Change, Scope::MyTeam),
        ],
    ),
    (
        "seller",
        &[
            grant("*", Verb::Read, Scope::Mine),
            grant("*", Verb::Create, Scope::Mine),
            grant("*", Verb::Change, Scope::Mine),
        ],
    ),
    ("analyst", &[grant("*", Verb::Read, Scope::Everything)]),
    (
        "marketing",
        &[
            grant("relationship", Verb::Read, Scope::MyUnits),
            grant("opportunity", Verb::Read, Scope::MyUnits),
            grant("campaign", Verb::Read, Scope::MyUnits),
            grant("campaign", Verb::Create, Scope::MyUnits),
            grant("campaign", Verb::Change, Scope::MyUnits),
        ],
    ),
];

/// Name and rights of every standard profile, the widest first.
pub fn standard_profiles() -> impl Iterator<Item = (&'static str, &'static [StandardGrant])> {
    PROFILES.iter().copied()
}
