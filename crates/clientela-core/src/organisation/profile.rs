//! Profiles: what a position may do, on which records, with which fields.

use crate::ids::{GrantId, ProfileId};
use clientela_model::{ClosedList, Record};

/// What may be done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Verb {
    /// See it, alone, in a list, in a total, in an export.
    Read,
    /// Enter a new one.
    Create,
    /// Change it or its parts.
    Change,
    /// Define what others work with: units, users, products, methods.
    Administer,
    /// Ask who could see a record on which day, and by which rule. It shows nothing of the record itself.
    Audit,
}

/// On which records: the views of the trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum Scope {
    /// Those my position owns.
    Mine,
    /// Those of the positions that report to mine, and mine.
    MyTeam,
    /// Those of my unit, and mine.
    MyUnit,
    /// Those of my unit and all units below it, and mine.
    MyUnits,
    /// All.
    Everything,
}

/// A named set of rights.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 6, name = "profile", access = public, key = name)]
pub struct Profile {
    /// Id.
    #[field(number = 1)]
    pub id: ProfileId,
    /// Name, such as "seller".
    #[field(number = 2, indexed)]
    pub name: String,
}

/// One right of a profile.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 7, name = "grant_of_profile", access = public, part_of(profile, profile))]
pub struct Grant {
    /// Id.
    #[field(number = 1)]
    pub id: GrantId,
    /// The profile it belongs to.
    #[field(number = 2)]
    pub profile: ProfileId,
    /// Name of the entity, or `*` for all.
    #[field(number = 3)]
    pub entity: String,
    /// What may be done.
    #[field(number = 4)]
    pub verb: Verb,
    /// On which records.
    #[field(number = 5)]
    pub scope: Scope,
    /// Whether confidential fields are included: cost, margin, credit, private notes.
    #[field(number = 6)]
    pub confidential: bool,
}

impl Grant {
    /// Whether it is a right to do this: who defines what others work with may also ask who sees what.
    #[must_use]
    pub fn gives(&self, verb: Verb) -> bool {
        self.verb == verb || (verb == Verb::Audit && self.verb == Verb::Administer)
    }
}
