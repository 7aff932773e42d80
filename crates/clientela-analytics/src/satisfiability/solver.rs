//! What a solver holds, and propagation with reasons.

use super::literal::{Literal, Variable};
use super::order::Order;
use std::collections::BTreeSet;

/// Why a literal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// It was assumed or decided.
    None,
    /// The clause's other literals do not hold.
    Clause(u32),
    /// The bound is filled by others.
    Bound(u32),
}

#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) literals: Vec<Literal>,
    /// Sorted; one source for a given clause, the union of what it was derived from for a learned one.
    pub(super) sources: Box<[u32]>,
    pub(super) learned: bool,
    /// Decision levels its literals stood on when it was learned: few is useful.
    pub(super) levels: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Bound {
    /// Heaviest first.
    pub(super) terms: Vec<(Literal, u64)>,
    pub(super) limit: u64,
    pub(super) source: u32,
    /// Weights of the terms that hold and were propagated.
    sum: u64,
}

#[derive(Debug, Clone, Copy)]
struct Watch {
    clause: u32,
    /// Another literal of the clause: while it holds, the clause need not be looked at.
    blocker: Literal,
}

/// The assumptions and sources of a contradiction: none of the models of all else satisfies them together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clash {
    /// Assumptions, in the order they were made.
    pub assumptions: Vec<Literal>,
    /// Numbers of sources, ascending.
    pub sources: Vec<u32>,
}

/// The step by which a literal follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Literals that hold and from which it follows.
    pub from: Vec<Literal>,
    /// By which sources.
    pub sources: Vec<u32>,
}

/// Variables, clauses and bounds, and an assignment that is moved forwards and back. See the [module](super).
#[derive(Debug, Clone)]
pub struct Solver {
    pub(super) clauses: Vec<Clause>,
    watches: Vec<Vec<Watch>>,
    pub(super) bounds: Vec<Bound>,
    /// By literal: the bounds it stands in, with its weight.
    bounded: Vec<Vec<(u32, u64)>>,
    /// By literal: 1 holds, -1 does not, 0 open.
    values: Vec<i8>,
    pub(super) level: Vec<u32>,
    pub(super) cause: Vec<Cause>,
    /// By variable: its place in the trail.
    position: Vec<u32>,
    pub(super) trail: Vec<Literal>,
    /// Where each level begins in the trail.
    pub(super) levels: Vec<usize>,
    next: usize,
    /// The assumptions the first levels stand for.
    pub(super) assumed: Vec<Literal>,
    pub(super) order: Order,
    pub(super) phase: Vec<bool>,
    pub(super) seen: Vec<bool>,
    /// By variable decided at the root: the sources it follows from.
    pub(super) root: Vec<Box<[u32]>>,
    /// The sources that contradict each other by themselves.
    pub(super) refuted: Option<Vec<u32>>,
    pub(super) learned: usize,
}

impl Default for Solver {
    fn default() -> Self {
        Self::new()
    }
}

impl Solver {
    /// Without variables.
    #[must_use]
    pub fn new() -> Self {
        Self {
            clauses: Vec::new(),
            watches: Vec::new(),
            bounds: Vec::new(),
            bounded: Vec::new(),
            values: Vec::new(),
            level: Vec::new(),
            cause: Vec::new(),
            position: Vec::new(),
            trail: Vec::new(),
            levels: Vec::new(),
            next: 0,
            assumed: Vec::new(),
            order: Order::new(),
            phase: Vec::new(),
            seen: Vec::new(),
            root: Vec::new(),
            refuted: None,
            learned: 0,
        }
    }

    /// Another variable.
    pub fn add_variable(&mut self) -> Variable {
        let variable = u32::try_from(self.level.len()).unwrap_or(u32::MAX);
        self.watches.extend([Vec::new(), Vec::new()]);
        self.bounded.extend([Vec::new(), Vec::new()]);
        self.values.extend([0, 0]);
        self.level.push(0);
        self.cause.push(Cause::None);
        self.position.push(0);
        self.phase.push(false);
        self.seen.push(false);
        self.root.push(Box::default());
        self.order.add();
        variable
    }

    /// How many variables there are.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.level.len()
    }

    /// The value a variable is tried with first.
    pub fn prefer(&mut self, literal: Literal) {
        self.phase[literal.place()] = literal.is_yes();
    }

    /// Demands that at least one of the literals holds; without literals, nothing satisfies it.
    pub fn add_clause(&mut self, literals: &[Literal], source: u32) {
        let distinct: BTreeSet<Literal> = literals.iter().copied().collect();
        if distinct.iter().any(|literal| distinct.contains(&!*literal)) {
            return;
        }
        self.back_to(0);
        self.attach(distinct.into_iter().collect(), Box::new([source]), None);
    }

    /// Demands that the weights of the literals that hold add up to at most the limit. A literal may stand in it once, and its
    /// opposite not at all.
    pub fn add_bound(&mut self, terms: &[(Literal, u64)], limit: u64, source: u32) {
        self.back_to(0);
        let number = u32::try_from(self.bounds.len()).unwrap_or(u32::MAX);
        let mut terms: Vec<(Literal, u64)> =
            terms.iter().copied().filter(|(_, weight)| *weight > 0).collect();
        terms.sort_by_key(|(literal, weight)| (std::cmp::Reverse(*weight), *literal));
        let counted =
            |literal: Literal| self.holds(literal) && (self.position[literal.place()] as usize) < self.next;
        let sum = terms.iter().filter(|(literal, _)| counted(*literal)).map(|(_, weight)| *weight).sum();
        for (literal, weight) in &terms {
            self.bounded[literal.index()].push((number, *weight));
        }
        self.bounds.push(Bound { terms, limit, source, sum });
        if let Some(cause) = self.fill(number) {
            self.refute(cause);
        }
    }

    /// Puts in a clause without literals twice; learned ones with the number of levels of their literals.
    pub(super) fn attach(
        &mut self,
        mut literals: Vec<Literal>,
        sources: Box<[u32]>,
        learned: Option<u32>,
    ) -> u32 {
        let number = u32::try_from(self.clauses.len()).unwrap_or(u32::MAX);
        // A given clause may be false in part already: what it watches must not be, where possible.
        if learned.is_none() {
            literals.sort_by_key(|literal| self.fails(*literal));
        }
        let open = literals.iter().take(2).filter(|literal| !self.fails(**literal)).count();
        let first = literals.first().copied();
        if let [one, other, ..] = literals[..] {
            self.watches[(!one).index()].push(Watch { clause: number, blocker: other });
            self.watches[(!other).index()].push(Watch { clause: number, blocker: one });
        }
        self.learned += usize::from(learned.is_some());
        self.clauses.push(Clause {
            literals,
            sources,
            learned: learned.is_some(),
            levels: learned.unwrap_or_default(),
        });
        if learned.is_none() {
            match (open, first) {
                (1, Some(first)) if !self.holds(first) => self.enqueue(first, Cause::Clause(number)),
                (0, _) => self.refute(Cause::Clause(number)),
                _ => {}
            }
        }
        number
    }

    /// Whether the literal holds in the present assignment.
    #[must_use]
    pub fn holds(&self, literal: Literal) -> bool {
        self.values[literal.index()] > 0
    }

    /// Whether its opposite holds in the present assignment.
    #[must_use]
    pub fn fails(&self, literal: Literal) -> bool {
        self.values[literal.index()] < 0
    }

    /// The step by which a literal of the present assignment follows; none for one that was assumed or is open.
    #[must_use]
    pub fn reason(&self, literal: Literal) -> Option<Reason> {
        if !self.holds(literal) {
            return None;
        }
        if self.level[literal.place()] == 0 {
            return Some(Reason { from: Vec::new(), sources: self.root[literal.place()].to_vec() });
        }
        let cause = self.cause[literal.place()];
        if cause == Cause::None {
            return None;
        }
        let from = self.premises(cause, Some(literal)).into_iter().collect();
        Some(Reason { from, sources: self.sources_of(cause).to_vec() })
    }

    pub(super) fn sources_of(&self, cause: Cause) -> &[u32] {
        match cause {
            Cause::None => &[],
            Cause::Clause(number) => &self.clauses[number as usize].sources,
            Cause::Bound(number) => std::slice::from_ref(&self.bounds[number as usize].source),
        }
    }

    /// The literals that hold from which the cause makes `implied` follow, or, without one, a contradiction.
    pub(super) fn premises(&self, cause: Cause, implied: Option<Literal>) -> Vec<Literal> {
        match cause {
            Cause::None => Vec::new(),
            Cause::Clause(number) => {
                let literals = self.clauses[number as usize].literals.iter();
                literals.filter(|literal| Some(**literal) != implied).map(|literal| !*literal).collect()
            }
            Cause::Bound(number) => self.filling(&self.bounds[number as usize], implied),
        }
    }

    /// Enough terms of a bound that hold, before `implied` did, to leave no room for it.
    fn filling(&self, bound: &Bound, implied: Option<Literal>) -> Vec<Literal> {
        let own = implied.and_then(|implied| bound.terms.iter().find(|(term, _)| *term == !implied));
        let before = implied.map_or(u32::MAX, |implied| self.position[implied.place()]);
        let mut sum = own.map_or(0, |(_, weight)| *weight);
        let mut premises = Vec::new();
        for (term, weight) in &bound.terms {
            if sum > bound.limit {
                break;
            }
            if self.holds(*term) && self.position[term.place()] < before {
                sum += weight;
                premises.push(*term);
            }
        }
        premises
    }

    pub(super) fn enqueue(&mut self, literal: Literal, cause: Cause) {
        let place = literal.place();
        self.values[literal.index()] = 1;
        self.values[(!literal).index()] = -1;
        self.level[place] = u32::try_from(self.levels.len()).unwrap_or(u32::MAX);
        self.cause[place] = cause;
        self.position[place] = u32::try_from(self.trail.len()).unwrap_or(u32::MAX);
        self.trail.push(literal);
        if self.levels.is_empty() {
            self.root[place] = self.root_sources(cause, Some(literal)).into();
        }
    }

    /// The sources a cause at the root follows from.
    fn root_sources(&self, cause: Cause, implied: Option<Literal>) -> Vec<u32> {
        let mut sources: BTreeSet<u32> = self.sources_of(cause).iter().copied().collect();
        for premise in self.premises(cause, implied) {
            sources.extend(self.root[premise.place()].iter());
        }
        sources.into_iter().collect()
    }

    /// A contradiction at the root: nothing satisfies the sources.
    pub(super) fn refute(&mut self, cause: Cause) {
        if self.refuted.is_none() {
            self.refuted = Some(self.root_sources(cause, None));
        }
    }

    pub(super) fn decide(&mut self, literal: Option<Literal>) {
        self.levels.push(self.trail.len());
        if let Some(literal) = literal {
            self.enqueue(literal, Cause::None);
        }
    }

    /// Takes back all levels above.
    pub(super) fn back_to(&mut self, level: usize) {
        let Some(&start) = self.levels.get(level) else { return };
        for at in (start..self.trail.len()).rev() {
            let literal = self.trail[at];
            if at < self.next {
                for &(bound, weight) in &self.bounded[literal.index()] {
                    self.bounds[bound as usize].sum -= weight;
                }
            }
            self.values[literal.index()] = 0;
            self.values[(!literal).index()] = 0;
            self.phase[literal.place()] = literal.is_yes();
            self.order.insert(literal.variable());
        }
        self.trail.truncate(start);
        self.levels.truncate(level);
        self.assumed.truncate(level);
        self.next = self.next.min(start);
    }

    /// Draws all consequences; gives what is contradicted, if anything is.
    pub(super) fn propagate(&mut self) -> Option<Cause> {
        while let Some(&literal) = self.trail.get(self.next) {
            self.next += 1;
            // First all sums, then what follows: a contradiction half way must leave the sums whole.
            for &(bound, weight) in &self.bounded[literal.index()] {
                self.bounds[bound as usize].sum += weight;
            }
            if let Some(clash) = self.visit_watches(literal) {
                return Some(clash);
            }
            for at in 0..self.bounded[literal.index()].len() {
                let (bound, _) = self.bounded[literal.index()][at];
                if let Some(clash) = self.fill(bound) {
                    return Some(clash);
                }
            }
        }
        None
    }

    /// Rules out what no longer fits a bound.
    fn fill(&mut self, number: u32) -> Option<Cause> {
        let bound = &self.bounds[number as usize];
        let Some(room) = bound.limit.checked_sub(bound.sum) else { return Some(Cause::Bound(number)) };
        for at in 0.. {
            let Some(&(term, weight)) = self.bounds[number as usize].terms.get(at) else { break };
            if weight <= room {
                break;
            }
            if self.values[term.index()] == 0 {
                self.enqueue(!term, Cause::Bound(number));
            }
        }
        None
    }

    /// Looks at the clauses that watch the opposite of a literal that has come to hold.
    fn visit_watches(&mut self, literal: Literal) -> Option<Cause> {
        let mut watches = std::mem::take(&mut self.watches[literal.index()]);
        let (mut kept, mut at, mut clash) = (0, 0, None);
        while let Some(&watch) = watches.get(at) {
            at += 1;
            if clash.is_some() || self.holds(watch.blocker) {
                watches[kept] = watch;
                kept += 1;
                continue;
            }
            let false_one = !literal;
            let clause = &mut self.clauses[watch.clause as usize].literals;
            if clause[0] == false_one {
                clause.swap(0, 1);
            }
            let first = clause[0];
            let renewed = Watch { clause: watch.clause, blocker: first };
            if self.values[first.index()] > 0 {
                watches[kept] = renewed;
                kept += 1;
                continue;
            }
            let other = (2..clause.len()).find(|place| self.values[clause[*place].index()] >= 0);
            if let Some(place) = other {
                clause.swap(1, place);
                let watched = !clause[1];
                self.watches[watched.index()].push(renewed);
                continue;
            }
            watches[kept] = renewed;
            kept += 1;
            if self.values[first.index()] < 0 {
                clash = Some(Cause::Clause(watch.clause));
            } else {
                self.enqueue(first, Cause::Clause(watch.clause));
            }
        }
        watches.truncate(kept);
        self.watches[literal.index()] = watches;
        clash
    }

    /// Forgets the less useful half of what was learned. Only at the root, where no reason is asked of a clause.
    pub(super) fn forget(&mut self) {
        let mut levels: Vec<u32> =
            self.clauses.iter().filter(|clause| clause.learned).map(|clause| clause.levels).collect();
        levels.sort_unstable();
        let middle = levels.get(levels.len() / 2).copied().unwrap_or(0).max(3);
        self.clauses.retain(|clause| !clause.learned || clause.levels < middle);
        self.learned = self.clauses.iter().filter(|clause| clause.learned).count();
        self.watches.iter_mut().for_each(Vec::clear);
        for (number, clause) in self.clauses.iter_mut().enumerate() {
            let clause_number = u32::try_from(number).unwrap_or(u32::MAX);
            let values = &self.values;
            clause.literals.sort_by_key(|literal| match values[literal.index()] {
                1 => 0,
                0 => 1,
                _ => 2,
            });
            if let [one, other, ..] = clause.literals[..] {
                self.watches[(!one).index()].push(Watch { clause: clause_number, blocker: other });
                self.watches[(!other).index()].push(Watch { clause: clause_number, blocker: one });
            }
        }
    }
}
