//! How many steps a rule takes for a record at most, by the lengths of its lists.
//!
//! A step is a visit of one part of a rule; what stands in a loop is visited once for each entry. How many there are is told
//! beforehand and from nothing but lengths: what an evaluator really looks at depends on how it goes about it, and a limit on
//! that would have evaluators give different answers. Nothing is left out because `&&`, `||` or `exists` is decided early.

use super::lower::Lowering;
use super::{Plan, PlanTable};
use crate::datum::Datum;
use crate::facts::Facts;
use crate::limits::STEPS_MAX;
use crate::program::{Kind, Node, Quantifier};
use crate::syntax::Operator;
use crate::types::Type;

/// The most steps a rule takes, as a sum over the lists it goes through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepBound {
    terms: Vec<Term>,
}

/// Steps that are taken once for each combination of entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Term {
    steps: u64,
    within: Within,
}

/// The loops around a part of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Within {
    /// The numbers of the lists in [`Plan::tables`].
    tables: Vec<usize>,
    /// How many lists more, whose lengths are known only when they are made.
    made: u32,
}

/// The number of a list that is none of a plan's.
const MADE: usize = usize::MAX;

impl StepBound {
    /// The steps, where `length` gives the number of entries a list of the plan has in the whole record, and lists that are made
    /// as the rule runs have `made` entries.
    #[must_use]
    pub fn at(&self, length: &dyn Fn(usize) -> u64, made: u64) -> u64 {
        self.terms.iter().fold(0, |sum, term| {
            let start = term.steps.saturating_mul(made.saturating_pow(term.within.made));
            let tables = term.within.tables.iter();
            let steps = tables.fold(start, |steps, table| steps.saturating_mul(length(*table)));
            sum.saturating_add(steps)
        })
    }

    /// Whether these lengths ask for more steps than a rule may take. A list that is made as the rule runs counts as one
    /// entry: only the interpreter makes lists, and it counts what it makes.
    #[must_use]
    pub fn exceeded(&self, length: &dyn Fn(usize) -> u64) -> bool {
        self.at(length, 1) > STEPS_MAX
    }

    fn add(&mut self, steps: u64, within: &Within) {
        match self.terms.iter_mut().find(|term| term.within == *within) {
            Some(term) => term.steps = term.steps.saturating_add(steps),
            None => self.terms.push(Term { steps, within: within.clone() }),
        }
    }
}

impl Plan {
    /// Whether a record's lists are so long that the rule is not asked of it.
    pub(crate) fn exceeds(&self, facts: &dyn Facts) -> bool {
        self.bound.exceeded(&|table| self.length(facts, table))
    }

    /// How many entries a list has in the whole record.
    fn length(&self, facts: &dyn Facts, table: usize) -> u64 {
        let Some(list) = self.tables.get(table) else { return 0 };
        let Some(variable) = list.variable.and_then(|number| self.variables.get(number)) else {
            let mut sum = 0_u64;
            self.each(facts, list.parent.unwrap_or_default(), &mut |entry| sum += entries(list, entry));
            return sum;
        };
        match facts.peek(variable) {
            Some(start) => entries(list, start),
            None => facts.variable(variable).map_or(0, |start| entries(list, &start)),
        }
    }

    /// Visits the entries a list has in the whole record.
    fn each(&self, facts: &dyn Facts, table: usize, visit: &mut dyn FnMut(&Datum)) {
        let Some(list) = self.tables.get(table).filter(|list| list.parent.is_some()) else { return };
        let mut inside = |start: &Datum| {
            if let Datum::List(parts) = followed(list, start) {
                parts.iter().for_each(&mut *visit);
            }
        };
        match list.variable.and_then(|number| self.variables.get(number)) {
            Some(variable) => {
                if let Some(start) = facts.variable(variable) {
                    inside(&start);
                }
            }
            None => self.each(facts, list.parent.unwrap_or_default(), &mut inside),
        }
    }
}

fn followed<'d>(list: &PlanTable, start: &'d Datum) -> &'d Datum {
    list.steps.iter().fold(start, |value, step| match value {
        Datum::Record(row) => row.step(step),
        _ => &Datum::Null,
    })
}

fn entries(list: &PlanTable, start: &Datum) -> u64 {
    match followed(list, start) {
        Datum::List(parts) => parts.len() as u64,
        _ => 0,
    }
}

impl Lowering {
    /// The bound of a whole rule.
    pub(super) fn bound(&mut self, root: &Node) -> StepBound {
        let mut bound = StepBound::default();
        self.count(root, (1, &Within::default()), &mut bound);
        bound
    }

    /// Counts a node and what stands beneath it, so many times within these loops.
    fn count(&mut self, node: &Node, (times, within): (u64, &Within), bound: &mut StepBound) {
        bound.add(times, within);
        match &node.kind {
            Kind::Loop { list, body, transform, pair, .. } => {
                self.count(list, (times, within), bound);
                let (often, inside, table) = self.through(list, (times, within));
                bound.add(often, &inside);
                let depth = self.loops.len();
                // The number or key of an entry comes before the entry.
                self.loops.extend(pair.then_some(MADE));
                self.loops.push(table);
                for part in [Some(body), transform.as_ref()].into_iter().flatten() {
                    self.count(part, (often, &inside), bound);
                }
                self.loops.truncate(depth);
            }
            Kind::Let { value: outside, body, .. } | Kind::OptionalMap { operand: outside, body, .. } => {
                self.count(outside, (times, within), bound);
                self.loops.push(MADE);
                self.count(body, (times, within), bound);
                self.loops.pop();
            }
            Kind::Call { arguments, .. } => {
                for part in arguments {
                    self.count(part, (times, within), bound);
                    if matches!(part.ty.base(), Type::List(_)) {
                        let (often, inside, _) = self.through(part, (times, within));
                        // The list is looked at, and then computed with.
                        bound.add(often.saturating_mul(2), &inside);
                    }
                }
            }
            Kind::Compare { operator, left, right } => {
                bound.add(times, within);
                self.count(left, (times, within), bound);
                self.count(right, (times, within), bound);
                if *operator == Operator::In {
                    let (often, inside, _) = self.through(right, (times, within));
                    bound.add(often, &inside);
                }
            }
            _ => node.parts().into_iter().for_each(|part| self.count(part, (times, within), bound)),
        }
    }

    /// How often, and within which loops, the entries of a list are visited, and the number of the list they belong to.
    fn through(&mut self, list: &Node, (times, within): (u64, &Within)) -> (u64, Within, usize) {
        let written = |parts: usize| (times.saturating_mul(parts as u64), within.clone(), MADE);
        match &list.kind {
            Kind::List(parts) => written(parts.len()),
            Kind::SparseList(parts) => written(parts.len()),
            Kind::Map(pairs) => written(pairs.len()),
            Kind::Constant(Datum::List(parts)) => written(parts.len()),
            Kind::Constant(Datum::Map(map)) => written(map.entries().len()),
            Kind::Loop { quantifier, list, .. } if !quantifier.is_condition() => {
                let (often, inside, table) = self.through(list, (times, within));
                (often, inside, if *quantifier == Quantifier::Filter { table } else { MADE })
            }
            _ => match self.list(list).map(|list| usize::from(list.table)) {
                Some(table) => (times, self.deeper(within, table), table),
                None => (times, Within { made: within.made + 1, ..within.clone() }, MADE),
            },
        }
    }

    /// The loops around with one more. The lists of all entries of a list are counted together, so that list's own length is
    /// in theirs.
    fn deeper(&self, within: &Within, table: usize) -> Within {
        let mut inside = within.clone();
        let parent = self.tables.get(table).and_then(|table| table.parent);
        if let Some(place) = inside.tables.iter().rposition(|known| Some(*known) == parent) {
            inside.tables.remove(place);
        }
        inside.tables.push(table);
        inside.tables.sort_unstable();
        inside
    }
}
