//! The run over all records.

use super::cells::{Cells, Turn};
use super::scores::{Scores, cut};
use super::{Candidate, NobodyReason, ScoredRule, Subject, Terms, counting, set};
use crate::draw::draw;
use clientela_model::EntityId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

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
    /// What each candidate has then, in the order they were given, with what stays when [`Terms::stay`] says so.
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
        choices[place as usize] = run.step(place);
    }
    let mut assignment = Assignment { choices, loads: run.loads };
    if terms.stay {
        assignment.settle(subjects, candidates);
    }
    assignment
}

/// What the rules say that hold for some records: worked out once for all of them.
struct Group {
    /// The rules that count.
    bits: u128,
    /// What the present owner gets besides.
    relation: Option<i128>,
    /// The cells of candidates that are present and pass, the best score first: places in the list of all groups' cells.
    cells: Range<usize>,
    /// Why nobody is left, before anything is given.
    empty: NobodyReason,
}

/// A record that waits.
#[derive(Clone, Copy)]
struct Waiting {
    group: u32,
    /// Who has it; beyond all places for nobody.
    owner: u32,
    /// The sum of its owner, when he may have it.
    own: Option<i64>,
}

/// Where a candidate stands.
#[derive(Clone, Copy)]
struct Seat {
    turn: Turn,
    room: bool,
}

impl Seat {
    fn waits(self) -> Option<Turn> {
        self.room.then_some(self.turn)
    }
}

pub(super) struct Run<'a> {
    subjects: &'a [Subject],
    candidates: &'a [Candidate],
    terms: Terms,
    scores: Scores,
    shared: Cells,
    groups: Vec<Group>,
    cells: Vec<(i64, u32)>,
    waiting: Vec<Waiting>,
    seats: Vec<Seat>,
    pub(super) loads: Vec<u32>,
    /// What stands for a whole capacity: a share in use grows with every record.
    whole: u64,
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
        let loads: Vec<u32> = candidates.iter().map(|candidate| candidate.outside).collect();
        let greatest = candidates.iter().filter_map(|candidate| candidate.capacity).max().unwrap_or(1).max(1);
        let scores = Scores::new(rules, candidates.len());
        let shared = Cells::new(rules, &scores, candidates.len());
        let (groups, cells, waiting) = (Vec::new(), Vec::new(), Vec::with_capacity(subjects.len()));
        let whole = u64::from(greatest).max(1_000_000);
        let seats = Vec::new();
        let mut run = Self {
            subjects,
            candidates,
            terms,
            scores,
            shared,
            groups,
            cells,
            waiting,
            seats,
            loads,
            whole,
            greatest,
        };
        run.seats = (0..).zip(candidates).map(|(place, _)| run.seat(place)).collect();
        run.group_all();
        if terms.stay {
            run.keep_hopeless();
        }
        run
    }

    /// Puts records together for which the same rules count.
    fn group_all(&mut self) {
        let mut by_bits: HashMap<u128, u32> = HashMap::new();
        for subject in self.subjects {
            let bits = self.scores.counting(subject.holds);
            let group = *by_bits.entry(bits).or_insert_with(|| {
                let group = self.group(bits);
                self.groups.push(group);
                u32::try_from(self.groups.len() - 1).unwrap_or(u32::MAX)
            });
            let owner = subject.owner.filter(|owner| (*owner as usize) < self.candidates.len());
            let own = owner.and_then(|owner| self.own(bits, self.groups[group as usize].relation, owner));
            self.waiting.push(Waiting { group, owner: owner.unwrap_or(u32::MAX), own });
        }
    }

    fn group(&mut self, bits: u128) -> Group {
        let (seats, known) = (&self.seats, (&self.scores, self.candidates));
        let turn = |place: u32| seats[place as usize].waits();
        let named = self.shared.named(bits, self.terms.passing_score, known, turn);
        let empty = match () {
            () if bits == 0 => NobodyReason::NoRule,
            () if !named.any => NobodyReason::NobodyNamed,
            () if !named.passes => NobodyReason::BelowPassing,
            () if named.cells.is_empty() => NobodyReason::AllAbsent,
            () => NobodyReason::NoRoom,
        };
        let begin = self.cells.len();
        self.cells.extend(named.cells);
        Group { bits, relation: self.scores.relation(bits), cells: begin..self.cells.len(), empty }
    }

    /// The sum of the present owner, when he may have the record.
    fn own(&self, bits: u128, relation: Option<i128>, owner: u32) -> Option<i64> {
        let named = self.scores.sum(owner, bits);
        let score = cut(named.or(relation)? + named.and(relation).unwrap_or(0));
        let may = score >= self.terms.passing_score && !self.candidates[owner as usize].absent;
        may.then_some(score)
    }

    /// What nobody can get, whatever room there is, takes room with its owner before anything is given.
    fn keep_hopeless(&mut self) {
        for place in 0..self.waiting.len() {
            let Waiting { group, owner, own } = self.waiting[place];
            if own.is_none() && self.groups[group as usize].cells.is_empty() {
                self.take(owner);
            }
        }
    }

    fn seat(&self, place: u32) -> Seat {
        let (candidate, load) = (&self.candidates[place as usize], self.loads[place as usize]);
        let whole = u64::from(candidate.capacity.unwrap_or(self.greatest).max(1));
        let drawn = draw(self.terms.seed, candidate.position.uuid(), u64::from(load));
        let turn = (u64::from(load) * self.whole / whole, drawn, place);
        Seat { turn, room: candidate.capacity.is_none_or(|capacity| load < capacity) }
    }

    /// One more for a candidate, if it is one.
    fn take(&mut self, place: u32) {
        if let Some(load) = self.loads.get_mut(place as usize) {
            *load += 1;
            self.seats[place as usize] = self.seat(place);
        }
    }

    /// The records in the order they are given: best score first, then kept relations, then a draw.
    pub(super) fn order(&self) -> Vec<u32> {
        let top = |waiting: &Waiting| Reverse(self.most(waiting.group).max(waiting.own));
        let tops: Vec<_> = self.waiting.iter().map(top).collect();
        let mut ranks = tops.clone();
        ranks.sort_unstable();
        ranks.dedup();
        let mut keys: Vec<(u32, u64, u32)> = (0..)
            .zip(self.waiting.iter().zip(self.subjects))
            .zip(&tops)
            .map(|((place, (waiting, subject)), top)| {
                let rank = ranks.partition_point(|known| known < top);
                // Nobody is better than the owner.
                let kept = waiting.own.is_some() && waiting.own == top.0;
                let rank = u32::try_from(rank * 2 + usize::from(!kept)).unwrap_or(u32::MAX);
                (rank, draw(self.terms.seed, subject.id, 0), place)
            })
            .collect();
        keys.sort_unstable_by(|one, two| {
            let ids =
                || (self.subjects[one.2 as usize].id, one.2).cmp(&(self.subjects[two.2 as usize].id, two.2));
            (one.0, one.1).cmp(&(two.0, two.1)).then_with(ids)
        });
        keys.into_iter().map(|(.., place)| place).collect()
    }

    /// Gives one record.
    pub(super) fn step(&mut self, place: u32) -> Choice {
        let Waiting { group: at, owner, own } = self.waiting[place as usize];
        let room = own.filter(|_| self.seats[owner as usize].room).map(|own| (owner, own));
        let chosen = match room {
            // No other can have more than the best that is left.
            Some((_, own)) if self.most(at).is_none_or(|most| own >= most) => room,
            _ => match (room, self.best_of(at)) {
                (Some(owner), Some(other)) if owner.1 >= other.1 => Some(owner),
                (_, Some(other)) => Some(other),
                (owner, None) => owner,
            },
        };
        let group = &self.groups[at as usize];
        let Some((candidate, score)) = chosen else {
            let reason = if own.is_some() { NobodyReason::NoRoom } else { group.empty };
            // The hopeless have taken room already.
            if self.terms.stay && reason == NobodyReason::NoRoom {
                self.take(owner);
            }
            return Choice::Nobody(reason);
        };
        let rule = self.scores.deciding(candidate, owner == candidate, group.bits).unwrap_or(0);
        self.take(candidate);
        Choice::Given { candidate, rule: u32::try_from(rule).unwrap_or(0), score }
    }

    /// The most somebody can have whom the rules name.
    fn most(&self, at: u32) -> Option<i64> {
        self.cells[self.groups[at as usize].cells.clone()].first().map(|(score, _)| *score)
    }

    /// The best candidate with room whose turn it is. Loads only grow: cells in which all are full are done with.
    fn best_of(&mut self, at: u32) -> Option<(u32, i64)> {
        let Range { mut start, end } = self.groups[at as usize].cells.clone();
        while let Some((score, _)) = self.cells[start..end].first().copied() {
            let same = self.cells[start..end].iter().take_while(|(other, _)| *other == score).count();
            let tier = &mut self.cells[start..start + same];
            let seats = &self.seats;
            let (skipped, first) = self.shared.first(tier, |place| seats[place as usize].waits());
            start += if first.is_some() { skipped } else { same };
            self.groups[at as usize].cells.start = start;
            if let Some((.., place)) = first {
                return Some((place, score));
            }
        }
        None
    }
}

/// The candidates with the greatest sum of scores for one record, of those that pass, are present and have room; none when
/// there are none. Whose turn it is among them is for the caller to say.
#[must_use]
pub fn best_named(
    holds: u128,
    rules: &[ScoredRule],
    candidates: &[Candidate],
    passing_score: i64,
) -> Vec<u32> {
    let mut sums = sums(rules, candidates.len(), &Subject { id: uuid::Uuid::nil(), owner: None, holds });
    sums.retain(|(place, sum)| {
        let candidate = &candidates[*place as usize];
        let room = candidate.capacity.is_none_or(|capacity| candidate.outside < capacity);
        *sum >= passing_score && !candidate.absent && room
    });
    let best = sums.iter().map(|(_, sum)| *sum).max();
    sums.into_iter().filter(|(_, sum)| Some(*sum) == best).map(|(place, _)| place).collect()
}

/// All candidates the rules name for a record, by place, with their sums; the owner with what he gets besides.
pub(super) fn sums(rules: &[ScoredRule], candidates: usize, subject: &Subject) -> Vec<(u32, i64)> {
    let counting = counting(rules, subject.holds);
    let mut sums: BTreeMap<u32, i128> = BTreeMap::new();
    for (_, rule) in set(rules, counting) {
        let relation = subject.owner.zip(rule.relation);
        for (candidate, score) in rule.named.iter().copied().chain(relation) {
            *sums.entry(candidate).or_insert(0) += i128::from(score);
        }
    }
    sums.retain(|candidate, _| (*candidate as usize) < candidates);
    sums.into_iter().map(|(candidate, sum)| (candidate, cut(sum))).collect()
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
