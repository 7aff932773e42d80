//! What a version comes to: who gets which customer, and what stays with its owner.

use super::Territory;
use crate::mirror::{CustomerSeat, Snapshot};
use clientela_core::assignment::{Assignment, Choice, assign};
use clientela_core::ids::{CustomerId, PartyId, UnitId};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A customer that goes to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved {
    /// The customer: a place among those of the run.
    pub(crate) place: usize,
    /// Who gets it: a place among the candidates.
    pub(crate) to: u32,
    /// By which rule: a place among the rules.
    pub(crate) rule: u32,
    /// The sum of scores.
    pub(crate) score: i64,
}

/// A run, with its customers and positions.
pub(crate) struct Decided {
    pub(crate) territory: Territory,
    pub(crate) assignment: Assignment,
}

impl Decided {
    /// Runs a version. A dealer that has a party already is not given it a second time.
    pub(crate) fn new(territory: Territory, snapshot: &Snapshot) -> Self {
        let Territory { subjects, scored, candidates, .. } = &territory;
        let mut assignment = assign(subjects, scored, candidates, territory.terms());
        // What stays after all may be there already for one that was to come: each turn leaves one at least.
        loop {
            let barred = doubled(&territory, &assignment, snapshot);
            if barred.is_empty() {
                return Self { territory, assignment };
            }
            assignment.bar(&barred, &territory.subjects, &territory.candidates);
        }
    }

    /// The customers that go to somebody else, by id.
    pub(crate) fn moved(&self) -> impl Iterator<Item = Moved> + '_ {
        (0..self.territory.subjects.len()).filter_map(|place| self.moves(place))
    }

    /// Where a customer goes, if it does.
    pub(crate) fn moves(&self, place: usize) -> Option<Moved> {
        moves(&self.territory, &self.assignment, place)
    }

    /// Who has a customer then.
    pub(crate) fn owner(&self, place: usize) -> clientela_core::ids::PositionId {
        let moved = self.moves(place).and_then(|moved| self.territory.candidates.get(moved.to as usize));
        moved.map_or(self.territory.customers[place].owner, |candidate| candidate.position)
    }
}

fn moves(territory: &Territory, assignment: &Assignment, place: usize) -> Option<Moved> {
    match *assignment.choices.get(place)? {
        Choice::Given { candidate, rule, score }
            if territory.subjects.get(place)?.owner != Some(candidate) =>
        {
            Some(Moved { place, to: candidate, rule, score })
        }
        _ => None,
    }
}

/// The customers that would come to a dealer who has their party, by one who stays or by another who comes: of several that
/// come the first by id does.
fn doubled(territory: &Territory, assignment: &Assignment, snapshot: &Snapshot) -> Vec<usize> {
    let mut coming: HashMap<(UnitId, PartyId), Vec<usize>> = HashMap::new();
    let (mut leaving, mut parties) = (HashSet::<CustomerId>::new(), HashSet::new());
    for place in 0..territory.customers.len() {
        let CustomerSeat { id, party, unit, .. } = territory.customers[place];
        let to = moves(territory, assignment, place).and_then(|moved| territory.unit(moved.to));
        let Some(dealer) = to.map(|to| territory.dealer_of(to)) else { continue };
        if dealer != territory.dealer_of(unit) {
            coming.entry((dealer, party)).or_default().push(place);
            leaving.insert(id);
            parties.insert(party);
        }
    }
    if coming.is_empty() {
        return Vec::new();
    }
    let there = snapshot.seats().filter(|seat| parties.contains(&seat.party) && !leaving.contains(&seat.id));
    let there: HashSet<(UnitId, PartyId)> =
        there.map(|seat| (territory.dealer_of(seat.unit), seat.party)).collect();
    let coming: BTreeMap<_, _> = coming.into_iter().collect();
    let mut barred = BTreeSet::new();
    for (at, places) in coming {
        barred.extend(places.into_iter().skip(usize::from(!there.contains(&at))));
    }
    barred.into_iter().collect()
}
