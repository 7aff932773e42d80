//! What stays where it is takes room there.

use super::run::{Assignment, Choice};
use super::{Candidate, NobodyReason, Subject};
use std::collections::BTreeMap;
use uuid::Uuid;

impl Assignment {
    /// Leaves records with their owners that may not go where they were given, and what had their owners' room with theirs.
    /// Only for runs in which what nobody gets [stays](super::Terms::stay).
    pub fn bar(&mut self, barred: &[usize], subjects: &[Subject], candidates: &[Candidate]) {
        for place in barred {
            self.leave(*place, NobodyReason::Barred, subjects);
        }
        self.settle(subjects, candidates);
    }

    /// Nobody ends above his capacity by what he is given: where records that stay have taken the room, those with the least
    /// scores stay with their owners too. No record is left twice, so it ends; that the order of owners makes no difference
    /// follows from each giving back in an order of his own.
    pub(super) fn settle(&mut self, subjects: &[Subject], candidates: &[Candidate]) {
        let over = |loads: &[u32], place: usize| {
            candidates[place].capacity.is_some_and(|capacity| loads[place] > capacity)
        };
        let mut full: Vec<usize> = (0..candidates.len()).filter(|place| over(&self.loads, *place)).collect();
        if full.is_empty() {
            return;
        }
        let mut incoming = self.incoming(subjects);
        while let Some(place) = full.pop() {
            let Some(given) = incoming.get_mut(&place) else { continue };
            while over(&self.loads, place)
                && let Some((_, _, record)) = given.pop()
            {
                self.leave(record, NobodyReason::NoRoom, subjects);
                let owner = subjects[record].owner.map(|owner| owner as usize);
                full.extend(owner.filter(|owner| *owner < candidates.len() && over(&self.loads, *owner)));
            }
        }
    }

    /// What each is given that was not his, the least scores last.
    fn incoming(&self, subjects: &[Subject]) -> BTreeMap<usize, Vec<(i64, Uuid, usize)>> {
        let mut incoming: BTreeMap<usize, Vec<(i64, Uuid, usize)>> = BTreeMap::new();
        for (record, (choice, subject)) in self.choices.iter().zip(subjects).enumerate() {
            if let Choice::Given { candidate, score, .. } = choice
                && subject.owner != Some(*candidate)
            {
                incoming.entry(*candidate as usize).or_default().push((*score, subject.id, record));
            }
        }
        incoming.values_mut().for_each(|given| given.sort_unstable_by(|one, two| two.cmp(one)));
        incoming
    }

    fn leave(&mut self, record: usize, reason: NobodyReason, subjects: &[Subject]) {
        let Choice::Given { candidate, .. } = self.choices[record] else { return };
        self.choices[record] = Choice::Nobody(reason);
        self.loads[candidate as usize] -= 1;
        if let Some(load) = subjects[record].owner.and_then(|owner| self.loads.get_mut(owner as usize)) {
            *load += 1;
        }
    }
}
