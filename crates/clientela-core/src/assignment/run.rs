//! The run over all records.

use super::{Candidate, NobodyReason, ScoredRule, Subject, Terms, counting, set};
use crate::draw::draw;
use clientela_model::EntityId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Somebody gets it.
    Given {
        /// Who: a place in the list of candidates.
        candidate: u32,
        /// By which rule: the one that gave most, the first of equals; a place in the list of rules.
        rule: u32,
        /// The sum of scores.
        score: i64,
    },
    /// Nobody gets it.
    Nobody(NobodyReason),
}

/// What becomes of all records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// For each record, in the order they were given.
    pub choices: Vec<Choice>,
    /// What each candidate has then, in the order they were given.
    pub loads: Vec<u32>,
}

impl Assignment {
    /// How many records went to nobody, by reason.
    #[must_use]
    pub fn nobody(&self) -> BTreeMap<NobodyReason, u64> {
        let mut counts = BTreeMap::new();
        for choice in &self.choices {
            if let Choice::Nobody(reason) = choice {
                *counts.entry(*reason).or_insert(0) += 1;
            }
        }
        counts
    }
}

/// Gives every record to the best of those who have room.
///
/// Records whose best score is highest come first, of equal ones those whose owner is as good as anybody, so that what is
/// scarce goes where it counts and nothing moves without need; the rest is drawn. Of candidates with the same score the
/// present owner comes first, then the one with the smallest share of his capacity in use, then a draw.
#[must_use]
pub fn assign(
    subjects: &[Subject],
    rules: &[ScoredRule],
    candidates: &[Candidate],
    terms: Terms,
) -> Assignment {
    let mut run = Run::new(subjects, rules, candidates, terms);
    let mut choices = vec![Choice::Nobody(NobodyReason::NoRule); subjects.len()];
    for place in run.order() {
        let choice = run.step(subjects[place]);
        choices[place] = choice;
    }
    Assignment { choices, loads: run.loads }
}

/// What a candidate is chosen by among equals, the smallest first: share in use, draw, place.
type Turn = (u64, u64, u32);

/// Candidates of the same score.
struct Tier {
    score: i64,
    waiting: BinaryHeap<Reverse<Turn>>,
}

/// What the rules say that hold for some records: worked out once for all of them.
struct Group {
    /// Every candidate that is named, with the sum of scores, by place.
    scores: Vec<(u32, i64)>,
    /// What the present owner gets besides.
    relation: Option<i64>,
    /// The named that are present and pass, the best first.
    tiers: Vec<Tier>,
    /// Tiers before this one are full.
    first: usize,
    /// Why nobody is left, before anything is given.
    empty: NobodyReason,
}

pub(super) struct Run<'a> {
    subjects: &'a [Subject],
    rules: &'a [ScoredRule],
    candidates: &'a [Candidate],
    terms: Terms,
    groups: Vec<Group>,
    by_bits: HashMap<u128, usize>,
    pub(super) loads: Vec<u32>,
    /// The greatest capacity: what a share is taken of where there is none.
    greatest: u32,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        subjects: &'a [Subject],
        rules: &'a [ScoredRule],
        candidates: &'a [Candidate],
        terms: Terms,
    ) -> Self {
        let loads = candidates.iter().map(|candidate| candidate.outside).collect();
        let greatest = candidates.iter().filter_map(|candidate| candidate.capacity).max().unwrap_or(1);
        let (groups, by_bits) = (Vec::new(), HashMap::new());
        let mut run =
            Self { subjects, rules, candidates, terms, groups, by_bits, loads, greatest: greatest.max(1) };
        for subject in subjects {
            if !run.by_bits.contains_key(&subject.holds) {
                let group = run.group(counting(rules, subject.holds));
                run.by_bits.insert(subject.holds, run.groups.len());
                run.groups.push(group);
            }
        }
        run
    }

    fn group(&self, bits: u128) -> Group {
        let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
        let mut relation = None;
        for (_, rule) in set(self.rules, bits) {
            for (candidate, score) in &rule.named {
                let sum = sums.entry(*candidate).or_insert(0_i64);
                *sum = sum.saturating_add(*score);
            }
            relation = match (relation, rule.relation) {
                (Some(one), Some(two)) => Some(i64::saturating_add(one, two)),
                (one, two) => one.or(two),
            };
        }
        sums.retain(|candidate, _| (*candidate as usize) < self.candidates.len());
        let passing = |score: i64| score >= self.terms.passing_score;
        let empty = match () {
            () if bits == 0 => NobodyReason::NoRule,
            () if sums.is_empty() => NobodyReason::NobodyNamed,
            () if !sums.values().any(|score| passing(*score)) => NobodyReason::BelowPassing,
            () if sums.iter().all(|(place, score)| !passing(*score) || self.absent(*place)) => {
                NobodyReason::AllAbsent
            }
            () => NobodyReason::NoRoom,
        };
        let mut tiers: BTreeMap<Reverse<i64>, Vec<Reverse<Turn>>> = BTreeMap::new();
        for (place, score) in &sums {
            if passing(*score) && !self.absent(*place) {
                tiers.entry(Reverse(*score)).or_default().push(Reverse(self.turn(*place)));
            }
        }
        let tiers = tiers.into_iter();
        let tiers = tiers.map(|(Reverse(score), waiting)| Tier { score, waiting: waiting.into() }).collect();
        Group { scores: sums.into_iter().collect(), relation, tiers, first: 0, empty }
    }

    fn absent(&self, place: u32) -> bool {
        self.candidates[place as usize].absent
    }

    pub(super) fn has_room(&self, place: u32) -> bool {
        let capacity = self.candidates[place as usize].capacity;
        capacity.is_none_or(|capacity| self.loads[place as usize] < capacity)
    }

    fn turn(&self, place: u32) -> Turn {
        let (candidate, load) = (&self.candidates[place as usize], u64::from(self.loads[place as usize]));
        let whole = u64::from(candidate.capacity.unwrap_or(self.greatest).max(1));
        (load * 1_000_000 / whole, draw(self.terms.seed, candidate.position.uuid(), load), place)
    }

    /// The records in the order they are given: best score first, then kept relations, then a draw.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut keys: Vec<_> = self
            .subjects
            .iter()
            .enumerate()
            .map(|(place, subject)| {
                let group = &self.groups[self.by_bits[&subject.holds]];
                let best = group.tiers.first().map(|tier| tier.score);
                let owner = self.owner(group, subject).map(|(_, score)| score);
                let kept = owner.is_some() && owner >= best;
                (Reverse(best.max(owner)), !kept, draw(self.terms.seed, subject.id, 0), subject.id, place)
            })
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|(.., place)| place).collect()
    }

    /// The present owner with his sum, when he may have the record.
    fn owner(&self, group: &Group, subject: &Subject) -> Option<(u32, i64)> {
        let owner = subject.owner.filter(|owner| (*owner as usize) < self.candidates.len())?;
        let score = sum_of(&group.scores, group.relation, owner)?;
        (score >= self.terms.passing_score && !self.absent(owner)).then_some((owner, score))
    }

    /// Gives one record.
    pub(super) fn step(&mut self, subject: Subject) -> Choice {
        let at = self.by_bits[&subject.holds];
        let owner = self.owner(&self.groups[at], &subject);
        let room = owner.filter(|(owner, _)| self.has_room(*owner));
        let other = self.best_of(at);
        let chosen = match (room, other) {
            (Some(owner), Some(other)) if owner.1 >= other.1 => Some(owner),
            (_, Some(other)) => Some(other),
            (owner, None) => owner,
        };
        let Some((candidate, score)) = chosen else {
            let no_room = owner.is_some();
            return Choice::Nobody(if no_room { NobodyReason::NoRoom } else { self.groups[at].empty });
        };
        self.loads[candidate as usize] += 1;
        Choice::Given { candidate, rule: self.deciding(subject, candidate), score }
    }

    /// The best candidate with room whose turn it is. Loads only grow: who is full is full for good, and who waits with an
    /// old share is put back with his new one.
    fn best_of(&mut self, at: usize) -> Option<(u32, i64)> {
        loop {
            let group = &self.groups[at];
            let tier = group.tiers.get(group.first)?;
            let (score, next) = (tier.score, tier.waiting.peek().copied());
            let Some(Reverse(turn)) = next else {
                self.groups[at].first += 1;
                continue;
            };
            let (room, now) = (self.has_room(turn.2), self.turn(turn.2));
            if room && now == turn {
                return Some((turn.2, score));
            }
            let first = self.groups[at].first;
            let waiting = &mut self.groups[at].tiers[first].waiting;
            waiting.pop();
            if room {
                waiting.push(Reverse(now));
            }
        }
    }

    /// The rule that gave the candidate most, the first of equals.
    fn deciding(&self, subject: Subject, candidate: u32) -> u32 {
        let mut best: Option<(i64, usize)> = None;
        for (place, rule) in set(self.rules, counting(self.rules, subject.holds)) {
            let given = given(rule, candidate, subject.owner == Some(candidate));
            if let Some(score) = given
                && best.is_none_or(|(most, _)| score > most)
            {
                best = Some((score, place));
            }
        }
        best.map_or(0, |(_, place)| u32::try_from(place).unwrap_or(0))
    }

    /// All candidates the rules name for a record, with their sums.
    pub(super) fn sums(&self, subject: &Subject) -> Vec<(u32, i64)> {
        let group = &self.groups[self.by_bits[&subject.holds]];
        let mut sums = group.scores.clone();
        if let (Some(owner), Some(relation)) = (subject.owner, group.relation) {
            match sums.binary_search_by_key(&owner, |(place, _)| *place) {
                Ok(found) => sums[found].1 = sums[found].1.saturating_add(relation),
                Err(gap) => sums.insert(gap, (owner, relation)),
            }
        }
        sums.retain(|(place, _)| (*place as usize) < self.candidates.len());
        sums
    }
}

/// What one rule gives a candidate.
pub(super) fn given(rule: &ScoredRule, candidate: u32, is_owner: bool) -> Option<i64> {
    let named = rule.named.iter().find(|(place, _)| *place == candidate).map(|(_, score)| *score);
    let relation = rule.relation.filter(|_| is_owner);
    match (named, relation) {
        (Some(one), Some(two)) => Some(one.saturating_add(two)),
        (one, two) => one.or(two),
    }
}

/// The sum of the present owner.
fn sum_of(scores: &[(u32, i64)], relation: Option<i64>, owner: u32) -> Option<i64> {
    let found = scores.binary_search_by_key(&owner, |(place, _)| *place).ok().map(|at| scores[at].1);
    match (found, relation) {
        (Some(score), Some(relation)) => Some(score.saturating_add(relation)),
        (score, relation) => score.or(relation),
    }
}
