//! Which options every configuration with the choices has, which none has, and which some have.
//!
//! What propagation implies is known at once. The others are shown to be open by configurations that have them and that have them
//! not; nearly all of those lie a few changes away from one that is known. Only for what is left the solver searches. What was
//! found for fewer choices stays true for more, and what was open with more choices is open with fewer.

use super::compile::{Compiled, SEARCH, number_of};
use clientela_analytics::satisfiability::{Answer, Budget, Clash, Literal};

/// Configurations kept to show that options are open.
const WITNESSES_MAX: usize = 64;
/// Answers kept for the next choice, or for one taken back.
const SETTLED_MAX: usize = 16;
/// Contradictions spent on whether one option is open.
const PROBE: Budget = Budget(500);
/// Options searched for one by one after a choice; the rest stays open, and the answer says that it is not settled.
const PROBES_MAX: usize = 4_000;

/// What is known of the options under assumptions.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    /// Sorted.
    assumptions: Vec<Literal>,
    /// By option: in every configuration, in none, or either.
    pub(super) standing: Vec<Option<bool>>,
    /// By option: whether a configuration with it, and one without it, are known.
    shown: Vec<(bool, bool)>,
    /// Whether all is certain.
    pub(super) settled: bool,
}

impl Settled {
    /// Notes a configuration.
    fn note(&mut self, model: &[bool]) {
        for (seen, value) in self.shown.iter_mut().zip(model) {
            if *value { seen.0 = true } else { seen.1 = true }
        }
    }

    /// Takes over from an answer under fewer assumptions what follows, and from one under more what is open.
    fn take_over(&mut self, other: &Self) {
        if within(&other.assumptions, &self.assumptions) {
            for (own, known) in self.standing.iter_mut().zip(&other.standing) {
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

impl Compiled {
    /// Settles every option under the assumptions.
    ///
    /// # Errors
    /// The assumptions and rules that clash.
    pub(super) fn settle(&mut self, assumptions: &[Literal]) -> Result<Settled, Clash> {
        self.solver.assume(assumptions)?;
        let count = self.product.options.len();
        let mut sorted = assumptions.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut settled = Settled {
            assumptions: sorted,
            standing: (0..number_of(count)).map(|at| self.follows(at)).collect(),
            shown: vec![(false, false); count],
            settled: true,
        };
        let fixed: Vec<bool> =
            (0..number_of(self.solver.variables())).map(|at| self.follows(at).is_some()).collect();
        if !self.walk_under(assumptions) {
            match self.solver.solve(assumptions, SEARCH) {
                Answer::Satisfied(model) => {
                    self.walk.stand_on(&model);
                    self.remember(model);
                }
                Answer::Refuted(clash) => return Err(clash),
                Answer::Unknown => {
                    settled.settled = false;
                    return Ok(settled);
                }
            }
        }
        self.earlier.iter().for_each(|earlier| settled.take_over(earlier));
        settled.note(self.walk.model());
        for model in self.witnesses.iter().filter(|model| fits(model, assumptions)) {
            settled.note(model);
        }
        self.search(assumptions, &mut settled, fixed);
        if self.earlier.len() >= SETTLED_MAX {
            self.earlier.remove(0);
        }
        self.earlier.push(settled.clone());
        Ok(settled)
    }

    /// Shows or refutes what is not known yet, option by option.
    fn search(&mut self, assumptions: &[Literal], settled: &mut Settled, mut fixed: Vec<bool>) {
        for (fixed, standing) in fixed.iter_mut().zip(&settled.standing) {
            *fixed |= standing.is_some();
        }
        let mut asked = assumptions.to_vec();
        let mut probes = 0;
        for at in 0..settled.standing.len() {
            if settled.standing[at].is_some() || settled.shown[at] == (true, true) {
                continue;
            }
            let variable = number_of(at);
            let wanted = if settled.shown[at].0 { Literal::no(variable) } else { Literal::yes(variable) };
            if self.walk.step_to(wanted, &fixed) {
                for changed in self.walk.changes() {
                    if let Some(shown) = settled.shown.get_mut(*changed as usize) {
                        *shown = (true, true);
                    }
                }
                continue;
            }
            probes += 1;
            if probes > PROBES_MAX {
                settled.settled = false;
                break;
            }
            self.prefer_the_walk();
            asked.push(wanted);
            let answer = self.solver.solve(&asked, PROBE);
            asked.pop();
            match answer {
                Answer::Satisfied(model) => {
                    settled.note(&model);
                    self.walk.stand_on(&model);
                    self.remember(model);
                }
                Answer::Refuted(_) => {
                    // From here on its opposite is known, and what follows from that.
                    asked.push(!wanted);
                    settled.standing[at] = Some(!wanted.is_yes());
                    fixed[at] = true;
                    self.draw_consequences(&asked, settled, &mut fixed);
                }
                Answer::Unknown => settled.settled = false,
            }
        }
    }

    fn draw_consequences(&mut self, asked: &[Literal], settled: &mut Settled, fixed: &mut [bool]) {
        if self.solver.assume(asked).is_err() {
            return;
        }
        for (at, fixed) in fixed.iter_mut().enumerate().filter(|(_, fixed)| !**fixed) {
            let follows = self.follows(number_of(at));
            *fixed = follows.is_some();
            if let Some(standing) = settled.standing.get_mut(at) {
                *standing = standing.or(follows);
            }
        }
    }

    /// The solver looks near the configuration the walk stands on.
    fn prefer_the_walk(&mut self) {
        for (at, value) in self.walk.model().iter().enumerate() {
            let yes = Literal::yes(number_of(at));
            self.solver.prefer(if *value { yes } else { !yes });
        }
    }

    /// Brings the walk to a configuration with the assumptions, from where it stands or from one that is kept.
    fn walk_under(&mut self, assumptions: &[Literal]) -> bool {
        let mut fixed: Vec<bool> = self
            .walk
            .model()
            .iter()
            .enumerate()
            .map(|(at, value)| self.follows(number_of(at)) == Some(*value))
            .collect();
        let walked = !fixed.is_empty()
            && assumptions.iter().all(|literal| {
                let reached = self.walk.step_to(*literal, &fixed);
                fixed[literal.variable() as usize] = true;
                reached
            });
        walked || {
            let kept = self.witnesses.iter().rev().find(|model| fits(model, assumptions));
            kept.is_some_and(|model| self.walk.stand_on(model))
        }
    }

    fn follows(&self, variable: u32) -> Option<bool> {
        let literal = Literal::yes(variable);
        (self.solver.holds(literal) || self.solver.fails(literal)).then(|| self.solver.holds(literal))
    }

    pub(super) fn remember(&mut self, model: Vec<bool>) {
        if self.witnesses.len() >= WITNESSES_MAX {
            self.witnesses.remove(0);
        }
        self.witnesses.push(model);
    }
}

fn fits(model: &[bool], assumptions: &[Literal]) -> bool {
    assumptions.iter().all(|literal| model[literal.variable() as usize] == literal.is_yes())
}
