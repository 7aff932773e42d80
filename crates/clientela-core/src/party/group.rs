//! Groups of companies over time: which party stood above which on a day.

use super::party::Party;
use crate::ids::{GroupMembershipId, PartyId};
use chrono::NaiveDate;
use clientela_model::Record;
use clientela_model::predicate::TREE_DEPTH_MAX;
use std::collections::HashSet;

/// A time for which a party belonged to another before it joined the group it is in, or is to join, or left. The one since then
/// stands in the party itself.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 270, name = "group_membership", access = through(party), part_of(party, party))]
pub struct GroupMembership {
    /// Id.
    #[field(number = 1)]
    pub id: GroupMembershipId,
    /// The party.
    #[field(number = 2, merge = central, indexed)]
    pub party: PartyId,
    /// The party above it.
    #[field(number = 3, merge = central, indexed)]
    pub parent: PartyId,
    /// First day; since ever when empty.
    #[field(number = 4, merge = central, group = "validity")]
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    #[field(number = 5, merge = central, group = "validity")]
    pub valid_until: NaiveDate,
}

/// A party above another, from its first to its last day; since ever, and until further notice, when empty.
pub type Above = (PartyId, Option<NaiveDate>, Option<NaiveDate>);

/// Whether a party stands above another, or is it, on one of these days, over however many between them: a chain holds on the days
/// that all its memberships have in common. One that is too long to be followed counts as a circle. `parents` gives those that ever
/// stood above a party.
pub fn stands_above(
    above: PartyId,
    party: PartyId,
    (from, until): (Option<NaiveDate>, Option<NaiveDate>),
    parents: impl Fn(PartyId) -> Vec<Above>,
) -> bool {
    let mut open = vec![(party, from, until, 0)];
    // Many memberships may lead to the same party: each span of days of it is followed once.
    let mut seen = HashSet::new();
    while let Some((id, from, until, depth)) = open.pop() {
        if !seen.insert((id, from, until)) {
            continue;
        }
        if id == above || depth > TREE_DEPTH_MAX {
            return true;
        }
        for (parent, begins, ends) in parents(id) {
            let first = from.max(begins);
            let last = until.zip(ends).map(|(until, ends)| until.min(ends)).or(until).or(ends);
            if first.zip(last).is_none_or(|(first, last)| first <= last) {
                open.push((parent, first, last, depth + 1));
            }
        }
    }
    false
}

impl Party {
    /// Those that ever stand above this one; `former` are its memberships of before.
    #[must_use]
    pub fn parents_ever(&self, former: &[GroupMembership]) -> Vec<Above> {
        let now = self.parent.map(|parent| (parent, self.parent_from, self.parent_until));
        let before = former.iter().filter(|one| one.party == self.id);
        now.into_iter().chain(before.map(|one| (one.parent, one.valid_from, Some(one.valid_until)))).collect()
    }

    /// The party above this one on a day; `former` are memberships of before, of whichever parties.
    #[must_use]
    pub fn parent_on<'f>(
        &self,
        day: NaiveDate,
        former: impl IntoIterator<Item = &'f GroupMembership>,
    ) -> Option<PartyId> {
        let holds = |from: Option<NaiveDate>, until: Option<NaiveDate>| {
            from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
        };
        if self.parent.is_some() && holds(self.parent_from, self.parent_until) {
            return self.parent;
        }
        let before = former.into_iter().filter(|one| one.party == self.id);
        let held = before.filter(|one| holds(one.valid_from, Some(one.valid_until)));
        // Of several the one that began last.
        held.max_by_key(|one| (one.valid_from, one.id)).map(|one| one.parent)
    }

    /// What remains of the membership the party has once another begins, or it is in no group, from a day on; nothing where it was
    /// in none before that day.
    pub(super) fn former_membership(
        &self,
        id: GroupMembershipId,
        from: NaiveDate,
    ) -> Option<GroupMembership> {
        let (parent, before) = (self.parent?, from.pred_opt()?);
        let valid_until = self.parent_until.map_or(before, |until| until.min(before));
        self.parent_from.is_none_or(|begun| begun <= valid_until).then_some(GroupMembership {
            id,
            party: self.id,
            parent,
            valid_from: self.parent_from,
            valid_until,
        })
    }
}
