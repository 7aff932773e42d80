//! Profiles: what a position may do, on which records, with which fields.

use crate::ids::{GrantId, ProfileId};
use clientela_model::{ClosedList, Record, ValueError};

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
    /// Whether it was taken from the profile: it gives nothing since.
    #[field(number = 7)]
    pub withdrawn: Option<bool>,
}

impl Grant {
    /// Whether it is of the profile still.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.withdrawn != Some(true)
    }

    /// Whether both say the same right.
    fn says(&self, other: &Self) -> bool {
        (&self.entity, self.verb, self.scope, self.confidential)
            == (&other.entity, other.verb, other.scope, other.confidential)
    }

    /// Whether it is a right to do this: who defines what others work with may also ask who sees what.
    #[must_use]
    pub fn gives(&self, verb: Verb) -> bool {
        self.stands() && (self.verb == verb || (verb == Verb::Audit && self.verb == Verb::Administer))
    }
}

/// Checks the rights somebody is about to have himself, by changing his profile or by taking another one.
///
/// # Errors
/// `profile.locks_out` when he would no longer define profiles: nobody locks himself out.
pub fn check_own_profile(rights: &[Grant]) -> Result<(), ValueError> {
    // Rights are records of their own: who may administer the profile alone could not give himself one back.
    let administers = |entity: &str| {
        let of = |grant: &Grant| {
            grant.stands() && grant.verb == Verb::Administer && ["*", entity].contains(&grant.entity.as_str())
        };
        rights.iter().any(of)
    };
    if administers(Profile::ENTITY.name) && administers(Grant::ENTITY.name) {
        return Ok(());
    }
    let problem = "would no longer let you define profiles";
    let expected = "a right to administer profiles and their rights; ask a second administrator to take it";
    Err(ValueError::new("profile.locks_out", "profile", problem, expected))
}

/// What changes so that a profile has the wanted rights and no others: its rights that are taken away or given again, and those
/// that are new. Nothing is deleted, so that what it could do on an earlier day can be told.
///
/// # Errors
/// `profile.locks_out` when the one who acts would no longer define profiles: nobody locks himself out.
pub fn change_grants(
    known: &[Grant],
    wanted: &[Grant],
    own: bool,
) -> Result<(Vec<Grant>, Vec<Grant>), ValueError> {
    if own {
        check_own_profile(wanted).map_err(|error| error.at("grants"))?;
    }
    let changed = known.iter().filter_map(|grant| {
        let stands = wanted.iter().any(|line| line.says(grant));
        (stands != grant.stands()).then(|| Grant { withdrawn: Some(!stands), ..grant.clone() })
    });
    let mut new: Vec<Grant> = Vec::new();
    for line in wanted {
        if !known.iter().chain(&new).any(|grant| grant.says(line)) {
            new.push(line.clone());
        }
    }
    Ok((changed.collect(), new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::EntityId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn grant(number: u128, entity: &str, verb: Verb, scope: Scope) -> Grant {
        Grant {
            id: GrantId::from_uuid(Uuid::from_u128(number)),
            profile: ProfileId::from_uuid(Uuid::from_u128(1)),
            entity: entity.to_owned(),
            verb,
            scope,
            confidential: false,
            withdrawn: None,
        }
    }

    fn any_grants(first: u128) -> impl Strategy<Value = Vec<Grant>> {
        let one = (prop::sample::select(vec!["*", "lead"]), 0..3_usize, 0..2_usize);
        prop::collection::vec(one, 0..6).prop_map(move |lines| {
            let made = lines.into_iter().zip(first..);
            made.map(|((entity, verb, scope), number)| {
                let verb = [Verb::Read, Verb::Change, Verb::Administer][verb];
                grant(number, entity, verb, [Scope::Mine, Scope::Everything][scope])
            })
            .collect()
        })
    }

    proptest! {
        /// Whatever a profile had, it has what is wanted and nothing else; the same again changes nothing.
        #[test]
        fn a_profile_has_what_is_wanted(known in any_grants(10), between in any_grants(20), wanted in any_grants(30)) {
            let mut rows = known;
            for wanted in [&between, &wanted, &wanted] {
                let (changed, new) = change_grants(&rows, wanted, false).unwrap();
                for grant in &changed {
                    *rows.iter_mut().find(|row| row.id == grant.id).unwrap() = grant.clone();
                }
                rows.extend(new);
                for line in wanted {
                    prop_assert!(rows.iter().any(|row| row.stands() && row.says(line)));
                }
                prop_assert!(rows.iter().filter(|row| row.stands()).all(|row| wanted.iter().any(|line| line.says(row))));
            }
            let (changed, new) = change_grants(&rows, &wanted, false).unwrap();
            prop_assert!(changed.is_empty() && new.is_empty());
        }
    }

    #[test]
    fn nobody_takes_from_himself_what_he_gives_rights_by() {
        let known = [grant(1, "*", Verb::Administer, Scope::Everything)];
        let fewer = [grant(2, "lead", Verb::Administer, Scope::Everything)];
        assert_eq!(change_grants(&known, &fewer, true).unwrap_err().code, "profile.locks_out");
        assert!(change_grants(&known, &fewer, false).is_ok());
        let of = |number, entity| grant(number, entity, Verb::Administer, Scope::Everything);
        let alone = [of(3, "profile")];
        assert_eq!(change_grants(&known, &alone, true).unwrap_err().code, "profile.locks_out");
        let kept = [of(3, "profile"), of(4, "grant_of_profile")];
        assert!(change_grants(&known, &kept, true).is_ok());
    }
}
