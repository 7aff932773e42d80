//! Which values follow from assumptions: for every variable whether it holds in all models, in none, or in some.
//!
//! (The variables with one value in all models are the *backbone*.) What propagation implies is known at once. The others are shown
//! to be open by models that have them both ways; nearly all of those lie a few changes away from one that is known, and a [`Walk`]
//! finds them. Only for what is left the solver searches. What followed from fewer assumptions follows from more, and what was open
//! under more is open under fewer (compare Janota, Lynce and Marques-Silva, "Algorithms for computing backbones of propositional
//! formulae", 2015).

use super::literal::{Literal, Variable};
use super::search::{Answer, Budget};
use super::solver::{Clash, Solver};
use super::walk::Walk;

/// Models kept to show that variables are open.
const WITNESSES_MAX: usize = 64;
/// Answers kept for the next question.
const EARLIER_MAX: usize = 16;

/// How much may be spent on one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettleBudget {
    /// On finding a first model.
    pub first: Budget,
    /// On one variable.
    pub each: Budget,
    /// Variables that are searched for; what is left is then not certain.
    pub searches: usize,
}

/// What is known under assumptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// By variable: it holds in every model, in none, or, as far as is known, in some.
    pub values: Vec<Option<bool>>,
    /// Whether all of it is certain.
    pub certain: bool,
    /// Sorted.
    assumptions: Vec<Literal>,
    /// By variable: whether a model with it, and one without it, are known.
    shown: Vec<(bool, bool)>,
}

impl Settled {
    fn note(&mut self, model: &[bool]) {
        for (seen, value) in self.shown.iter_mut().zip(model) {
            if *value { seen.0 = true } else { seen.1 = true }
        }
    }

    /// Takes over from an answer under fewer assumptions what follows, and from one under more what is open.
    fn take_over(&mut self, other: &Self) {
        if within(&other.assumptions, &self.assumptions) {
            for (own, known) in self.values.iter_mut().zip(&other.values) {
                *own = own.or(*known);
            }
        }
        if within(&self.assumptions, &other.assumptions) {
            for (own, known) in self.shown.iter_mut().zip(&other.shown) {
                *own = (own.0 || known.0, own.1 || known.1);
            }
        }
    }
}

/// Whether all of the first are among the second; both are sorted.
fn within(few: &[Literal], many: &[Literal]) -> bool {
    let mut many = many.iter();
    few.len() <= many.len() && few.iter().all(|literal| many.any(|other| other == literal))
}

/// Settles variables again and again, and gets faster by what it has seen, which changes no answer. It belongs to one solver, to
/// which nothing is added afterwards.
#[derive(Debug, Clone)]
pub struct Settler {
    walk: Walk,
    witnesses: Vec<Vec<bool>>,
    earlier: Vec<Settled>,
}

impl Settler {
    /// For a solver with all its clauses and bounds.
    #[must_use]
    pub fn new(solver: &Solver) -> Self {
        Self { walk: Walk::new(solver), witnesses: Vec::new(), earlier: Vec::new() }
    }

    /// Settles the first `count` variables.
    ///
    /// # Errors
    /// The assumptions and sources that clash.
    pub fn settle(
        &mut self,
        solver: &mut Solver,
        assumptions: &[Literal],
        count: usize,
        budget: SettleBudget,
    ) -> Result<Settled, Clash> {
        solver.assume(assumptions)?;
        let mut sorted = assumptions.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let all = u32::try_from(solver.variables()).unwrap_or(u32::MAX);
        let fixed: Vec<bool> = (0..all).map(|at| follows(solver, at).is_some()).collect();
        let mut settled = Settled {
            values: (0..all).take(count).map(|at| follows(solver, at)).collect(),
            certain: true,
            assumptions: sorted,
            shown: vec![(false, false); count],
        };
        if !self.walk_under(solver, assumptions) {
            match solver.solve(assumptions, budget.first) {
                Answer::Satisfied(model) => self.stand_on(model),
                Answer::Refuted(clash) => return Err(clash),
                Answer::Unknown => {
                    settled.certain = false;
                    return Ok(settled);
                }
            }
        }
        self.earlier.iter().for_each(|earlier| settled.take_over(earlier));
        settled.note(self.walk.model());
        for model in self.witnesses.iter().filter(|model| fits(model, assumptions)) {
            settled.note(model);
        }
        self.search(solver, assumptions, &mut settled, fixed, budget);
        if self.earlier.len() >= EARLIER_MAX {
            self.earlier.remove(0);
        }
        self.earlier.push(settled.clone());
        Ok(settled)
    }

    /// Whether a model that was seen has the literal.
    #[must_use]
    pub fn has_seen(&self, literal: Literal) -> bool {
        self.witnesses.iter().any(|model| model[literal.place()] == literal.is_yes())
    }

    /// Keeps a model that was found otherwise.
    pub fn remember(&mut self, model: Vec<bool>) {
        if self.witnesses.len() >= WITNESSES_MAX {
            self.witnesses.remove(0);
        }
        self.witnesses.push(model);
    }

    fn stand_on(&mut self, model: Vec<bool>) {
        self.walk.stand_on(&model);
        self.remember(model);
    }

    /// Shows or refutes what is not known yet, variable by variable.
    fn search(
        &mut self,
        solver: &mut Solver,
        assumptions: &[Literal],
        settled: &mut Settled,
        mut fixed: Vec<bool>,
        budget: SettleBudget,
    ) {
        for (fixed, value) in fixed.iter_mut().zip(&settled.values) {
            *fixed |= value.is_some();
        }
        let mut asked = assumptions.to_vec();
        let mut searches = 0;
        for (at, variable) in (0..settled.values.len()).zip(0..) {
            if settled.values[at].is_some() || settled.shown[at] == (true, true) {
                continue;
            }
            let wanted = if settled.shown[at].0 { Literal::no(variable) } else { Literal::yes(variable) };
            if self.walk.step_to(wanted, &fixed) {
                for changed in self.walk.changes() {
                    if let Some(shown) = settled.shown.get_mut(*changed as usize) {
                        *shown = (true, true);
                    }
                }
                continue;
            }
            searches += 1;
            if searches > budget.searches {
                settled.certain = false;
                break;
            }
            prefer(solver, self.walk.model());
            asked.push(wanted);
            let answer = solver.solve(&asked, budget.each);
            asked.pop();
            match answer {
                Answer::Satisfied(model) => {
                    settled.note(&model);
                    self.stand_on(model);
                }
                Answer::Refuted(_) => {
                    // From here on its opposite is known, and what follows from that.
                    asked.push(!wanted);
                    settled.values[at] = Some(!wanted.is_yes());
                    fixed[at] = true;
                    draw_consequences(solver, &asked, settled, &mut fixed);
                }
                Answer::Unknown => settled.certain = false,
            }
        }
    }

    /// Brings the walk to a model of the assumptions, from where it stands or from one that is kept.
    fn walk_under(&mut self, solver: &Solver, assumptions: &[Literal]) -> bool {
        let agrees = |(value, at): (&bool, Variable)| follows(solver, at) == Some(*value);
        let mut fixed: Vec<bool> = self.walk.model().iter().zip(0..).map(agrees).collect();
        let walked = !fixed.is_empty()
            && assumptions.iter().all(|literal| {
                let reached = self.walk.step_to(*literal, &fixed);
                fixed[literal.place()] = true;
                reached
            });
        walked || {
            let kept = self.witnesses.iter().rev().find(|model| fits(model, assumptions));
            kept.is_some_and(|model| self.walk.stand_on(model))
        }
    }
}

/// The solver looks near a model.
fn prefer(solver: &mut Solver, model: &[bool]) {
    for (value, variable) in model.iter().zip(0..) {
        solver.prefer(if *value { Literal::yes(variable) } else { Literal::no(variable) });
    }
}

fn draw_consequences(solver: &mut Solver, asked: &[Literal], settled: &mut Settled, fixed: &mut [bool]) {
    if solver.assume(asked).is_err() {
        return;
    }
    for ((at, fixed), variable) in fixed.iter_mut().enumerate().zip(0..).filter(|((_, fixed), _)| !**fixed) {
        let follows = follows(solver, variable);
        *fixed = follows.is_some();
        if let Some(value) = settled.values.get_mut(at) {
            *value = value.or(follows);
        }
    }
}

fn follows(solver: &Solver, variable: Variable) -> Option<bool> {
    let yes = Literal::yes(variable);
    if solver.holds(yes) {
        Some(true)
    } else if solver.fails(yes) {
        Some(false)
    } else {
        None
    }
}

fn fits(model: &[bool], assumptions: &[Literal]) -> bool {
    assumptions.iter().all(|literal| model[literal.place()] == literal.is_yes())
}
