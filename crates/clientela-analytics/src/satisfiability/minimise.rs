//! Models of least cost, by cores.

use super::literal::Literal;
use super::search::{Answer, Budget};
use super::solver::Solver;
use std::collections::BTreeMap;

/// Contradictions spent on making one core smaller.
const TRIM: Budget = Budget(50);
/// Cores longer than this are taken as they are.
const TRIM_MAX: usize = 40;
/// The source of bounds that only count costs.
const COUNTING: u32 = u32::MAX;

/// A model and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Optimum {
    /// A value for every variable, in their order.
    pub model: Vec<bool>,
    /// The sum of the costs of the literals that hold in it.
    pub cost: u64,
    /// Whether no model costs less. If not, the budget did not reach to show it, or to find one.
    pub proven: bool,
}

impl Optimum {
    fn of(mut model: Vec<bool>, costs: &[(Literal, u64)], variables: usize) -> Self {
        model.truncate(variables);
        let paid = costs.iter().filter(|(literal, _)| model[literal.place()] == literal.is_yes());
        let cost = paid.map(|(_, cost)| *cost).sum();
        Self { model, cost, proven: false }
    }
}

/// A literal that is wanted not to hold, what that is worth, and, if it counts a core, what it counts.
#[derive(Debug, Clone, Copy)]
struct Wish {
    weight: u64,
    count: Option<(usize, u64)>,
}

impl Solver {
    /// A model of the assumptions in which the costs of the literals that hold add up to as little as can be; none if nothing
    /// satisfies them, or the budget did not reach to find any. Nothing is learned by this solver itself: costs bring
    /// variables of their own.
    #[must_use]
    pub fn minimise(
        &self,
        assumptions: &[Literal],
        costs: &[(Literal, u64)],
        budget: Budget,
    ) -> Option<Optimum> {
        let mut search = Search { solver: self.clone(), cores: Vec::new(), wishes: BTreeMap::new() };
        for (literal, cost) in costs.iter().filter(|(_, cost)| *cost > 0) {
            search.solver.prefer(!*literal);
            search.wish(*literal, *cost, None);
        }
        search.run(assumptions, costs, budget, self.variables())
    }
}

struct Search {
    solver: Solver,
    /// The literals of the cores that are counted.
    cores: Vec<Vec<Literal>>,
    wishes: BTreeMap<Literal, Wish>,
}

impl Search {
    fn wish(&mut self, literal: Literal, weight: u64, count: Option<(usize, u64)>) {
        let wish = self.wishes.entry(literal).or_insert(Wish { weight: 0, count });
        wish.weight += weight;
    }

    fn run(
        &mut self,
        assumptions: &[Literal],
        costs: &[(Literal, u64)],
        budget: Budget,
        variables: usize,
    ) -> Option<Optimum> {
        let Answer::Satisfied(model) = self.solver.solve(assumptions, budget) else { return None };
        let mut best = Optimum::of(model, costs, variables);
        let (mut floor, mut rounds) = (0_u64, 0_u64);
        let mut least = self.wishes.values().map(|wish| wish.weight).max().unwrap_or(0);
        while best.cost > floor {
            rounds += 1;
            if rounds > budget.0 {
                return Some(best);
            }
            let mut wanted: Vec<(u64, Literal)> = self
                .wishes
                .iter()
                .filter(|(_, wish)| wish.weight >= least)
                .map(|(literal, wish)| (wish.weight, *literal))
                .collect();
            wanted.sort_by_key(|(weight, literal)| (std::cmp::Reverse(*weight), *literal));
            let asked: Vec<Literal> =
                assumptions.iter().copied().chain(wanted.iter().map(|(_, literal)| !*literal)).collect();
            match self.solver.solve(&asked, budget) {
                Answer::Satisfied(model) => {
                    let found = Optimum::of(model, costs, variables);
                    if found.cost < best.cost {
                        best = found;
                    }
                    // The next stratum: the weights down to half of the heaviest that was not yet asked for.
                    let below = self.wishes.values().map(|wish| wish.weight).filter(|weight| *weight < least);
                    match below.max() {
                        Some(heaviest) => least = heaviest / 2 + 1,
                        None => break,
                    }
                }
                Answer::Refuted(clash) => {
                    let core: Vec<Literal> = clash
                        .assumptions
                        .into_iter()
                        .map(|literal| !literal)
                        .filter(|literal| {
                            self.wishes.contains_key(literal) && !assumptions.contains(&!*literal)
                        })
                        .collect();
                    let core = self.trim(assumptions, core);
                    floor += self.relax(&core)?;
                }
                Answer::Unknown => return Some(best),
            }
        }
        best.proven = true;
        Some(best)
    }

    /// Leaves out of a core what the contradiction does without, as far as that is cheap.
    fn trim(&mut self, assumptions: &[Literal], mut core: Vec<Literal>) -> Vec<Literal> {
        if core.len() > TRIM_MAX {
            return core;
        }
        let mut at = 0;
        while core.len() > 1 && at < core.len() {
            let without =
                core.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, literal)| !*literal);
            let asked: Vec<Literal> = assumptions.iter().copied().chain(without).collect();
            match self.solver.solve(&asked, TRIM) {
                Answer::Refuted(clash) => core.retain(|literal| clash.assumptions.contains(&!*literal)),
                _ => at += 1,
            }
        }
        core
    }

    /// Pays the least weight of a core, and counts from now on how many more than one of it hold. None without a core.
    fn relax(&mut self, core: &[Literal]) -> Option<u64> {
        let least =
            core.iter().filter_map(|literal| self.wishes.get(literal)).map(|wish| wish.weight).min()?;
        for literal in core {
            let Some(wish) = self.wishes.get_mut(literal) else { continue };
            wish.weight -= least;
            let Wish { weight, count } = *wish;
            if weight == 0 {
                self.wishes.remove(literal);
            }
            if let Some((counted, reached)) = count {
                self.count(counted, reached + 1, least);
            }
        }
        if core.len() > 1 {
            self.cores.push(core.to_vec());
            self.count(self.cores.len() - 1, 2, least);
        }
        Some(least)
    }

    /// A literal that must hold if so many of a core do, and that is wanted not to.
    fn count(&mut self, core: usize, reached: u64, weight: u64) {
        let literals = &self.cores[core];
        let size = literals.len() as u64;
        if reached > size {
            return;
        }
        let counter = Literal::yes(self.solver.add_variable());
        // Unless the counter holds, fewer than `reached` do.
        let mut terms: Vec<(Literal, u64)> = literals.iter().map(|literal| (*literal, 1)).collect();
        terms.push((!counter, size - reached + 1));
        self.solver.add_bound(&terms, size, COUNTING);
        self.wish(counter, weight, Some((core, reached)));
    }
}
