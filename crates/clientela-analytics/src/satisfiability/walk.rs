//! From one model to another that is near: a literal is made to hold, and what that breaks is mended by changing a few others.
//!
//! Most questions "is there a model with this literal?" have an answer next to a model that is known already. A [`Walk`] stands
//! on a model, counts for every clause how many of its literals hold and for every bound what its terms add up to, and looks, by
//! lists of occurrences, at nothing but what a change breaks. It finds models or finds none; that there is none only the
//! [`Solver`] can tell. The choice of what to change is that of least damage, as in WalkSAT (Selman, Kautz and Cohen 1994),
//! without its dice.

use super::literal::{Literal, Variable};
use super::solver::Solver;

/// Changes that one step may take before it is given up.
const CHANGES_MAX: usize = 200;

/// Tries to make one step.
const TRIES_MAX: u32 = 16;

/// Something that a change has broken.
#[derive(Debug, Clone, Copy)]
enum Broken {
    Clause(u32),
    Bound(u32),
}

#[derive(Debug, Clone)]
struct WalkBound {
    terms: Vec<(Literal, u64)>,
    limit: u64,
    sum: u64,
}

/// A model that can be moved to its neighbours. See the [module](self).
#[derive(Debug, Clone)]
pub struct Walk {
    /// All clauses one after the other, and where each begins.
    literals: Vec<Literal>,
    begins: Vec<u32>,
    /// By literal: the clauses it stands in, one list after the other, and where each begins.
    occurrences: Vec<u32>,
    occurs_from: Vec<u32>,
    bounds: Vec<WalkBound>,
    /// By literal: the bounds it stands in, with its weight.
    bounded: Vec<Vec<(u32, u64)>>,
    /// By clause: how many of its literals hold, and their variables put together by exclusive or: if one holds, its own.
    held: Vec<(u32, Variable)>,
    /// By variable: clauses that are broken when it changes.
    breaks: Vec<u32>,
    model: Vec<bool>,
    /// By variable: the step in which it was changed last.
    changed_in: Vec<u64>,
    step: u64,
    noise: u32,
    /// By literal: what was turned on beside it when it was reached last.
    hints: Vec<Vec<Literal>>,
    changes: Vec<Variable>,
    broken: Vec<Broken>,
}

impl Walk {
    /// Over the clauses and bounds that a solver was given. It stands nowhere until it is [put](Self::stand_on) on a model.
    #[must_use]
    pub fn new(solver: &Solver) -> Self {
        let count = solver.variables();
        let (mut literals, mut begins) = (Vec::new(), vec![0]);
        let mut numbers = vec![0_u32; 2 * count + 1];
        for clause in solver.clauses.iter().filter(|clause| !clause.learned) {
            literals.extend_from_slice(&clause.literals);
            begins.push(number(literals.len()));
        }
        for literal in &literals {
            numbers[literal.index() + 1] += 1;
        }
        for at in 1..numbers.len() {
            numbers[at] += numbers[at - 1];
        }
        let occurs_from = numbers.clone();
        let mut occurrences = vec![0; literals.len()];
        for clause in 0..begins.len() - 1 {
            for literal in &literals[begins[clause] as usize..begins[clause + 1] as usize] {
                let place = &mut numbers[literal.index()];
                occurrences[*place as usize] = number(clause);
                *place += 1;
            }
        }
        let mut bounded = vec![Vec::new(); 2 * count];
        let bounds: Vec<WalkBound> = solver
            .bounds
            .iter()
            .map(|bound| WalkBound { terms: bound.terms.clone(), limit: bound.limit, sum: 0 })
            .collect();
        for (at, bound) in bounds.iter().enumerate() {
            bound.terms.iter().for_each(|(term, weight)| bounded[term.index()].push((number(at), *weight)));
        }
        Self {
            held: vec![(0, 0); begins.len() - 1],
            breaks: vec![0; count],
            literals,
            begins,
            occurrences,
            occurs_from,
            bounds,
            bounded,
            model: Vec::new(),
            changed_in: vec![0; count],
            step: 0,
            noise: 0,
            hints: vec![Vec::new(); 2 * count],
            changes: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// The model it stands on: a value for every variable, in their order; empty while it stands nowhere.
    #[must_use]
    pub fn model(&self) -> &[bool] {
        &self.model
    }

    /// The variables whose values the last step changed.
    #[must_use]
    pub fn changes(&self) -> &[Variable] {
        &self.changes
    }

    /// Stands on a model. What does not satisfy every clause and bound, or is for other variables, is not taken, and it then
    /// stands where it stood.
    pub fn stand_on(&mut self, model: &[bool]) -> bool {
        if model.len() != self.changed_in.len() {
            return false;
        }
        let before = std::mem::replace(&mut self.model, model.to_vec());
        if self.count() {
            self.changes.clear();
            return true;
        }
        self.model = before;
        if !self.model.is_empty() {
            self.count();
        }
        false
    }

    /// Counts what holds, and says whether all is satisfied.
    fn count(&mut self) -> bool {
        let mut satisfied = true;
        self.breaks.fill(0);
        for clause in 0..self.held.len() {
            let (mut held, mut only) = (0, 0);
            for literal in self.clause(clause).iter().filter(|literal| self.holds(**literal)) {
                held += 1;
                only ^= literal.variable();
            }
            self.held[clause] = (held, only);
            if held == 1 {
                self.breaks[only as usize] += 1;
            }
            satisfied &= held > 0;
        }
        for bound in &mut self.bounds {
            let model = &self.model;
            let terms = bound.terms.iter().filter(|(term, _)| model[term.place()] == term.is_yes());
            bound.sum = terms.map(|(_, weight)| *weight).sum();
            satisfied &= bound.sum <= bound.limit;
        }
        satisfied
    }

    /// Steps to a model near by in which the literal holds, and in which no other variable that is `fixed` has changed. Without
    /// one in reach it stays where it is.
    pub fn step_to(&mut self, literal: Literal, fixed: &[bool]) -> bool {
        self.changes.clear();
        if self.model.is_empty() {
            return false;
        }
        if self.holds(literal) {
            return true;
        }
        let free = |variable: usize| !fixed.get(variable).copied().unwrap_or(false);
        (0..TRIES_MAX).any(|attempt| self.attempt(literal, &free, attempt))
    }

    /// One try to reach the literal: the first with what helped the last time, later ones with other choices among what is to be
    /// changed.
    fn attempt(&mut self, literal: Literal, free: &impl Fn(usize) -> bool, attempt: u32) -> bool {
        self.step += 1;
        self.noise = attempt;
        self.broken.clear();
        self.change(literal);
        if attempt == 0 {
            for at in 0..self.hints[literal.index()].len() {
                let hint = self.hints[literal.index()][at];
                if !self.holds(hint) && self.may_change(hint.place(), free) {
                    self.change(hint);
                }
            }
        }
        while let Some(broken) = self.broken.pop() {
            let mended = match broken {
                Broken::Clause(clause) => self.mend_clause(clause, free),
                Broken::Bound(bound) => self.mend_bound(bound, free),
            };
            if !mended || self.changes.len() > CHANGES_MAX {
                self.undo();
                return false;
            }
        }
        // What is turned off to make room is found at once; what is turned on was harder to find.
        let turned_on = self.changes.iter().skip(1).filter(|variable| self.model[**variable as usize]);
        let turned_on: Vec<Literal> = turned_on.map(|variable| Literal::yes(*variable)).collect();
        self.hints[literal.index()] = turned_on;
        true
    }

    fn mend_clause(&mut self, clause: u32, free: &impl Fn(usize) -> bool) -> bool {
        if self.held[clause as usize].0 > 0 {
            return true;
        }
        let best = self.least_damage(self.clause(clause as usize).iter().copied(), free);
        best.is_some_and(|literal| {
            self.change(literal);
            true
        })
    }

    fn mend_bound(&mut self, bound: u32, free: &impl Fn(usize) -> bool) -> bool {
        loop {
            let of = &self.bounds[bound as usize];
            if of.sum <= of.limit {
                return true;
            }
            let holding = of.terms.iter().map(|(term, _)| *term).filter(|term| self.holds(*term));
            let Some(literal) = self.least_damage(holding.map(|term| !term), free) else { return false };
            self.change(literal);
        }
    }

    /// The literal that breaks least when it is made to hold, the first of those that break as little; none if none may change.
    fn least_damage(
        &self,
        literals: impl Iterator<Item = Literal>,
        free: &impl Fn(usize) -> bool,
    ) -> Option<Literal> {
        let mut best: Option<(u32, Literal)> = None;
        for literal in literals {
            if !self.may_change(literal.place(), free) {
                continue;
            }
            let damage = self.damage(literal) + self.noise_for(literal);
            if best.is_none_or(|(least, _)| damage < least) && self.can_be_mended(literal, free) {
                best = Some((damage, literal));
            }
            if damage == 0 {
                break;
            }
        }
        best.map(|(_, literal)| literal)
    }

    /// What makes later tries choose otherwise: nothing at the first, then up to three, different for each literal and try.
    fn noise_for(&self, literal: Literal) -> u32 {
        let mixed =
            number(literal.index()).wrapping_add(1).wrapping_mul(self.noise.wrapping_mul(0x9e37_79b9));
        if self.noise == 0 { 0 } else { mixed >> 30 }
    }

    fn may_change(&self, place: usize, free: &impl Fn(usize) -> bool) -> bool {
        self.changed_in[place] != self.step && free(place)
    }

    /// How much breaks when a literal that does not hold is made to.
    fn damage(&self, literal: Literal) -> u32 {
        let over = |(bound, weight): &&(u32, u64)| {
            let bound = &self.bounds[*bound as usize];
            bound.sum + weight > bound.limit
        };
        self.breaks[literal.place()] + number(self.bounded[literal.index()].iter().filter(over).count())
    }

    /// Whether what breaks then has something left that may change.
    fn can_be_mended(&self, literal: Literal, free: &impl Fn(usize) -> bool) -> bool {
        let open = |other: &Literal| other.place() != literal.place() && self.may_change(other.place(), free);
        let bounds = self.bounded[literal.index()].iter().all(|(bound, weight)| {
            let bound = &self.bounds[*bound as usize];
            let over = (bound.sum + weight).saturating_sub(bound.limit);
            over == 0 || {
                let leaving = bound.terms.iter().filter(|(term, _)| self.holds(*term) && open(term));
                leaving.map(|(_, weight)| *weight).sum::<u64>() >= over
            }
        });
        bounds
            && (self.breaks[literal.place()] == 0
                || self.clauses_of(!literal).iter().all(|clause| {
                    self.held[*clause as usize].0 != 1 || self.clause(*clause as usize).iter().any(open)
                }))
    }

    /// Makes a literal hold, and notes what breaks.
    fn change(&mut self, literal: Literal) {
        self.changed_in[literal.place()] = self.step;
        self.changes.push(literal.variable());
        self.turn(literal, true);
    }

    fn undo(&mut self) {
        for variable in std::mem::take(&mut self.changes).into_iter().rev() {
            let back = Literal::yes(variable);
            self.turn(if self.model[variable as usize] { !back } else { back }, false);
        }
    }

    fn turn(&mut self, literal: Literal, note: bool) {
        self.model[literal.place()] = literal.is_yes();
        let variable = literal.variable();
        for at in self.occurs(literal) {
            let (held, only) = &mut self.held[self.occurrences[at] as usize];
            match *held {
                0 => self.breaks[literal.place()] += 1,
                1 => self.breaks[*only as usize] -= 1,
                _ => {}
            }
            *held += 1;
            *only ^= variable;
        }
        for at in self.occurs(!literal) {
            let clause = self.occurrences[at];
            let (held, only) = &mut self.held[clause as usize];
            *held -= 1;
            *only ^= variable;
            match *held {
                0 => {
                    self.breaks[literal.place()] -= 1;
                    if note {
                        self.broken.push(Broken::Clause(clause));
                    }
                }
                1 => self.breaks[*only as usize] += 1,
                _ => {}
            }
        }
        for &(bound, weight) in &self.bounded[(!literal).index()] {
            self.bounds[bound as usize].sum -= weight;
        }
        for &(number, weight) in &self.bounded[literal.index()] {
            let bound = &mut self.bounds[number as usize];
            bound.sum += weight;
            if note && bound.sum > bound.limit {
                self.broken.push(Broken::Bound(number));
            }
        }
    }

    fn holds(&self, literal: Literal) -> bool {
        self.model[literal.place()] == literal.is_yes()
    }

    fn clause(&self, at: usize) -> &[Literal] {
        &self.literals[self.begins[at] as usize..self.begins[at + 1] as usize]
    }

    fn occurs(&self, literal: Literal) -> std::ops::Range<usize> {
        self.occurs_from[literal.index()] as usize..self.occurs_from[literal.index() + 1] as usize
    }

    fn clauses_of(&self, literal: Literal) -> &[u32] {
        &self.occurrences[self.occurs(literal)]
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
