//! Deciding: search with learning, and the assumptions and sources of a contradiction.

use super::literal::Literal;
use super::solver::{Cause, Clash, Solver};
use std::collections::BTreeSet;

/// Contradictions between two restarts, times the Luby sequence.
const RESTART: u64 = 100;
/// Learned clauses kept before the first half is forgotten.
const LEARNED_MAX: usize = 4_000;

/// How much may be spent, counted in contradictions met: the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget(pub u64);

impl Budget {
    /// As long as it takes.
    pub const UNLIMITED: Self = Self(u64::MAX);
}

/// What is known of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A value for every variable, in their order.
    Satisfied(Vec<bool>),
    /// Nothing satisfies it.
    Refuted(Clash),
    /// The budget did not reach.
    Unknown,
}

impl Solver {
    /// Assumes and propagates, without deciding. Afterwards [`holds`](Self::holds), [`fails`](Self::fails) and
    /// [`reason`](Self::reason) tell what follows.
    ///
    /// # Errors
    /// The assumptions and sources that clash; the assignment is then that of the assumptions before.
    pub fn assume(&mut self, assumptions: &[Literal]) -> Result<(), Clash> {
        self.settle_root()?;
        self.keep_prefix(assumptions);
        for assumption in &assumptions[self.assumed.len().min(assumptions.len())..] {
            if self.fails(*assumption) {
                let clash = self.clash(&[*assumption], Cause::None, Some(*assumption));
                return Err(clash);
            }
            let open = (!self.holds(*assumption)).then_some(*assumption);
            self.decide(open);
            self.assumed.push(*assumption);
            if let Some(cause) = self.propagate() {
                let clash = self.clash(&[], cause, None);
                self.back_to(self.levels.len() - 1);
                return Err(clash);
            }
        }
        Ok(())
    }

    /// Whether something satisfies the assumptions with all clauses and bounds.
    pub fn solve(&mut self, assumptions: &[Literal], budget: Budget) -> Answer {
        if let Err(clash) = self.settle_root() {
            return Answer::Refuted(clash);
        }
        self.keep_prefix(assumptions);
        let (mut met, mut since, mut round) = (0_u64, 0_u64, 1_u64);
        loop {
            if let Some(cause) = self.propagate() {
                if self.levels.is_empty() {
                    self.refute(cause);
                    return Answer::Refuted(self.refutation());
                }
                met += 1;
                since += 1;
                self.learn(cause);
                continue;
            }
            if met > budget.0 {
                return Answer::Unknown;
            }
            if since >= RESTART * luby(round) {
                (since, round) = (0, round + 1);
                self.back_to(0);
                if self.learned > LEARNED_MAX {
                    self.forget();
                }
            }
            if let Some(&assumption) = assumptions.get(self.levels.len()) {
                if self.fails(assumption) {
                    return Answer::Refuted(self.clash(&[assumption], Cause::None, Some(assumption)));
                }
                let open = (!self.holds(assumption)).then_some(assumption);
                self.decide(open);
                self.assumed.push(assumption);
                continue;
            }
            match self.next_decision() {
                Some(literal) => self.decide(Some(literal)),
                None => {
                    let model = (0..).take(self.variables()).map(|at| self.holds(Literal::yes(at))).collect();
                    return Answer::Satisfied(model);
                }
            }
        }
    }

    fn next_decision(&mut self) -> Option<Literal> {
        loop {
            let variable = self.order.pop()?;
            let yes = Literal::yes(variable);
            if !self.holds(yes) && !self.fails(yes) {
                return Some(if self.phase[yes.place()] { yes } else { !yes });
            }
        }
    }

    fn settle_root(&mut self) -> Result<(), Clash> {
        if self.refuted.is_none()
            && self.levels.is_empty()
            && let Some(cause) = self.propagate()
        {
            self.refute(cause);
        }
        if self.refuted.is_some() { Err(self.refutation()) } else { Ok(()) }
    }

    fn refutation(&self) -> Clash {
        Clash { assumptions: Vec::new(), sources: self.refuted.clone().unwrap_or_default() }
    }

    /// Goes back to the levels that the new assumptions have in common with those of the last question.
    fn keep_prefix(&mut self, assumptions: &[Literal]) {
        let same = self.assumed.iter().zip(assumptions).take_while(|(one, other)| one == other).count();
        self.back_to(same);
    }

    /// Learns from a contradiction (first unique implication point) and goes back.
    fn learn(&mut self, cause: Cause) {
        let here = u32::try_from(self.levels.len()).unwrap_or(u32::MAX);
        let mut sources: Vec<u32> = self.sources_of(cause).to_vec();
        let (mut learned, mut marked) = (Vec::new(), Vec::new());
        let mut premises = self.premises(cause, None);
        let (mut open, mut at) = (0_usize, self.trail.len());
        let first = loop {
            for premise in premises.drain(..) {
                let place = premise.place();
                if self.seen[place] {
                    continue;
                }
                self.seen[place] = true;
                marked.push(place);
                if self.level[place] == 0 {
                    sources.extend(self.root[place].iter());
                    continue;
                }
                self.order.bump(premise.variable());
                if self.level[place] == here {
                    open += 1;
                } else {
                    learned.push(!premise);
                }
            }
            let literal = loop {
                at -= 1;
                let literal = self.trail[at];
                if self.seen[literal.place()] && self.level[literal.place()] == here {
                    break literal;
                }
            };
            open -= 1;
            if open == 0 {
                break literal;
            }
            let cause = self.cause[literal.place()];
            sources.extend_from_slice(self.sources_of(cause));
            premises = self.premises(cause, Some(literal));
        };
        marked.into_iter().for_each(|place| self.seen[place] = false);
        self.order.decay();
        learned.sort_by_key(|literal| std::cmp::Reverse(self.level[literal.place()]));
        let target = learned.first().map_or(0, |literal| self.level[literal.place()] as usize);
        let levels: BTreeSet<u32> = learned.iter().map(|literal| self.level[literal.place()]).collect();
        learned.insert(0, !first);
        let count = u32::try_from(levels.len() + 1).unwrap_or(u32::MAX);
        self.back_to(target);
        sources.sort_unstable();
        sources.dedup();
        let number = self.attach(learned, sources.into(), Some(count));
        self.enqueue(!first, Cause::Clause(number));
    }

    /// The assumptions and sources from which a contradiction follows: that of `cause`, or that `failed` does not hold.
    fn clash(&mut self, start: &[Literal], cause: Cause, failed: Option<Literal>) -> Clash {
        let mut sources: BTreeSet<u32> = self.sources_of(cause).iter().copied().collect();
        let mut assumptions: BTreeSet<u32> = BTreeSet::new();
        let mut marked = Vec::new();
        let mut mark = |solver: &mut Self, sources: &mut BTreeSet<u32>, literal: Literal| {
            let place = literal.place();
            if solver.level[place] == 0 {
                sources.extend(solver.root[place].iter());
            } else if !solver.seen[place] {
                solver.seen[place] = true;
                marked.push(place);
            }
        };
        for literal in start.iter().copied().chain(self.premises(cause, None)) {
            mark(self, &mut sources, literal);
        }
        let root = self.levels.first().copied().unwrap_or(self.trail.len());
        for at in (root..self.trail.len()).rev() {
            let literal = self.trail[at];
            if !self.seen[literal.place()] {
                continue;
            }
            match self.cause[literal.place()] {
                // Only assumptions are below: nothing was decided yet when a clash is found.
                Cause::None => {
                    assumptions.insert(literal.variable());
                }
                cause => {
                    sources.extend(self.sources_of(cause).iter());
                    for premise in self.premises(cause, Some(literal)) {
                        mark(self, &mut sources, premise);
                    }
                }
            }
        }
        marked.into_iter().for_each(|place| self.seen[place] = false);
        let mut listed: Vec<Literal> = self
            .assumed
            .iter()
            .copied()
            .filter(|literal| assumptions.contains(&literal.variable()))
            .collect();
        listed.extend(failed);
        listed.dedup();
        Clash { assumptions: listed, sources: sources.into_iter().collect() }
    }
}

/// The sequence 1 1 2 1 1 2 4 …, counted from 1 (Luby, Sinclair and Zuckerman 1993).
fn luby(mut at: u64) -> u64 {
    loop {
        let size = at.checked_next_power_of_two().unwrap_or(u64::MAX);
        if size == at + 1 || at == 1 {
            return at.div_ceil(2).max(1);
        }
        if size == at {
            at -= size - 1;
            continue;
        }
        at -= size / 2 - 1;
    }
}
