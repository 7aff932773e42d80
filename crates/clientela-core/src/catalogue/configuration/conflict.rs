//! A clash: the rules and choices of which none can be left out, and the fewest choices to take back.

use super::availability::Availability;
use super::compile::{Compiled, Demand, SEARCH, number_of};
use clientela_analytics::satisfiability::{Answer, Clash, Literal, Solver, Variable};
use clientela_model::Why;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most repairs that are told.
const REPAIRS_MAX: usize = 5;

/// A rule of a product, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSaid {
    /// Code of the rule, the group, or the option whose package or validity it is.
    pub code: String,
    /// Kind of the rule, or `group`, `package`, `validity`.
    pub kind: Cow<'static, str>,
    /// What it demands, in English, with the codes of the options.
    pub says: String,
    /// Why it is so, by language, as the catalogue tells.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reason: BTreeMap<String, String>,
}

impl RuleSaid {
    pub(super) fn new(code: &str, kind: &'static str, says: String) -> Self {
        Self { code: code.to_owned(), kind: kind.into(), says, reason: BTreeMap::new() }
    }

    /// The rule as a reason.
    #[must_use]
    pub fn why(&self) -> Why {
        Why::new("configuration.rule")
            .fact("rule", &self.code)
            .fact("kind", &self.kind)
            .fact("says", &self.says)
    }
}

/// Choices to take back so that the others go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// Options chosen that are no longer to be.
    pub drop: Vec<String>,
    /// Options refused that are no longer to be.
    pub allow: Vec<String>,
    /// Options that then follow in the groups of those that are dropped.
    pub instead: Vec<String>,
}

/// Choices that do not go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The rules that clash; without any of them there is no clash of these choices.
    pub rules: Vec<RuleSaid>,
    /// The options chosen that clash by these rules.
    pub chosen: Vec<String>,
    /// The options refused that clash by these rules.
    pub refused: Vec<String>,
    /// The smallest changes that mend it, all of the same size, at most five, those that keep the latest choices first. None
    /// when no configuration is possible there and then.
    pub repairs: Vec<Repair>,
    /// The same as a reason.
    pub why: Why,
}

impl Compiled {
    /// Tells a clash of choices.
    pub(super) fn conflict(
        &mut self,
        clash: Clash,
        availability: &Availability,
        choices: &[Literal],
    ) -> Conflict {
        let (sources, kept) = self.smallest(clash, availability, choices, None);
        let rules: Vec<RuleSaid> = sources.iter().map(|source| self.said(*source).clone()).collect();
        let of = |compiled: &Self, yes: bool| -> Vec<String> {
            let literals = kept.iter().filter(|literal| literal.is_yes() == yes);
            literals.map(|literal| compiled.code(literal.variable())).collect()
        };
        let (chosen, refused) = (of(self, true), of(self, false));
        let why = rules.iter().fold(Why::new("configuration.conflict"), |why, rule| why.because(rule.why()));
        let why = chosen.iter().fold(why, |why, code| why.fact("chosen", code));
        let why = refused.iter().fold(why, |why, code| why.fact("refused", code));
        let repairs = self.repairs(availability, choices);
        Conflict { rules, chosen, refused, repairs, why }
    }

    /// Sources and choices of a clash of which none can be left out. `fixed` is a literal that always holds.
    pub(super) fn smallest(
        &self,
        clash: Clash,
        availability: &Availability,
        choices: &[Literal],
        fixed: Option<Literal>,
    ) -> (Vec<u32>, Vec<Literal>) {
        let mut elements: Vec<Element> = Vec::new();
        let mut sources: BTreeSet<u32> = clash.sources.iter().copied().collect();
        for literal in &clash.assumptions {
            if Some(*literal) == fixed {
                continue;
            }
            match availability.0.iter().find(|(ruled_out, _)| ruled_out == literal) {
                Some((_, source)) => {
                    sources.insert(*source);
                }
                None if choices.contains(literal) => elements.push(Element::Choice(*literal)),
                None => {}
            }
        }
        // Choices are left out first: a clash of few choices is read more easily.
        elements.extend(sources.into_iter().map(Element::Source));
        let mut at = 0;
        while at < elements.len() {
            let mut without = elements.clone();
            without.remove(at);
            match self.refuted(&without, availability, fixed) {
                Some(still) => elements = still,
                None => at += 1,
            }
        }
        let mut sources = Vec::new();
        let mut kept = Vec::new();
        for element in elements {
            match element {
                Element::Source(source) => sources.push(source),
                Element::Choice(literal) => kept.push(literal),
            }
        }
        (sources, kept)
    }

    /// Those of the elements that contradict each other, in their order, if they do.
    fn refuted(
        &self,
        elements: &[Element],
        availability: &Availability,
        fixed: Option<Literal>,
    ) -> Option<Vec<Element>> {
        let mut small = Small { solver: Solver::new(), variables: HashMap::new() };
        for (number, element) in elements.iter().enumerate() {
            match element {
                Element::Choice(literal) => small.add(&Demand::Clause(vec![*literal]), number_of(number)),
                Element::Source(source) => {
                    self.sources[*source as usize]
                        .demands
                        .iter()
                        .for_each(|demand| small.add(demand, number_of(number)));
                    for (literal, _) in availability.0.iter().filter(|(_, of)| of == source) {
                        small.add(&Demand::Clause(vec![*literal]), number_of(number));
                    }
                }
            }
        }
        let fixed: Vec<Literal> = fixed.map(|literal| small.literal(literal)).into_iter().collect();
        match small.solver.solve(&fixed, SEARCH) {
            Answer::Refuted(clash) => {
                let named = |number: &u32| elements.get(*number as usize).copied();
                Some(clash.sources.iter().filter_map(named).collect())
            }
            _ => None,
        }
    }

    /// The smallest sets of choices without which the others go together: hitting sets of the clashes found so far, until one
    /// mends all (Reiter 1987; Davies and Bacchus 2011 for taking the smallest first).
    fn repairs(&mut self, availability: &Availability, choices: &[Literal]) -> Vec<Repair> {
        let mut cores: Vec<Vec<usize>> = Vec::new();
        let mut found: Vec<Vec<usize>> = Vec::new();
        let mut size = 1;
        while size <= choices.len() {
            let candidates = hitting_sets(&cores, size, &found);
            let mut grown = false;
            for dropped in candidates {
                match self.without(availability, choices, &dropped) {
                    Ok(()) => found.push(dropped),
                    // Nothing the user chose is to blame.
                    Err(core) if core.is_empty() => return Vec::new(),
                    Err(core) => {
                        cores.push(core);
                        grown = true;
                        break;
                    }
                }
                if found.len() >= REPAIRS_MAX {
                    break;
                }
            }
            if grown {
                found.clear();
            } else if found.is_empty() {
                size += 1;
            } else {
                break;
            }
        }
        found.into_iter().map(|dropped| self.repair(availability, choices, &dropped)).collect()
    }

    /// Whether the choices but those dropped go together; else places of choices that clash.
    fn without(
        &mut self,
        availability: &Availability,
        choices: &[Literal],
        dropped: &[usize],
    ) -> Result<(), Vec<usize>> {
        let kept = |place: &usize| !dropped.contains(place);
        let asked: Vec<Literal> = availability
            .0
            .iter()
            .map(|(literal, _)| *literal)
            .chain((0..choices.len()).filter(kept).map(|place| choices[place]))
            .collect();
        match self.solver.solve(&asked, SEARCH) {
            Answer::Refuted(clash) => {
                let blamed = |place: &usize| clash.assumptions.contains(&choices[*place]);
                let own =
                    |place: &usize| !availability.0.iter().any(|(literal, _)| *literal == choices[*place]);
                Err((0..choices.len()).filter(kept).filter(blamed).filter(own).collect())
            }
            Answer::Satisfied(_) => Ok(()),
            // What was not shown to mend is not told.
            Answer::Unknown => Err(Vec::new()),
        }
    }

    fn repair(&mut self, availability: &Availability, choices: &[Literal], dropped: &[usize]) -> Repair {
        let kept: Vec<Literal> = availability
            .0
            .iter()
            .map(|(literal, _)| *literal)
            .chain((0..choices.len()).filter(|place| !dropped.contains(place)).map(|place| choices[place]))
            .collect();
        let gone: Vec<Literal> = dropped.iter().map(|place| choices[*place]).collect();
        let group = |variable: Variable| {
            self.product.options.get(variable as usize).and_then(|option| option.group.as_ref())
        };
        let groups: BTreeSet<&String> = gone.iter().filter_map(|literal| group(literal.variable())).collect();
        let in_groups: Vec<Variable> = (0..number_of(self.product.options.len()))
            .filter(|variable| group(*variable).is_some_and(|group| groups.contains(group)))
            .collect();
        let follows = self.solver.assume(&kept).is_ok();
        let instead = in_groups.into_iter().filter(|variable| {
            let literal = Literal::yes(*variable);
            follows && self.solver.holds(literal) && !kept.contains(&literal)
        });
        let instead: Vec<Variable> = instead.collect();
        let codes = |yes: bool| -> Vec<String> {
            let literals = gone.iter().filter(|literal| literal.is_yes() == yes);
            literals.map(|literal| self.code(literal.variable())).collect()
        };
        Repair {
            drop: codes(true),
            allow: codes(false),
            instead: instead.into_iter().map(|variable| self.code(variable)).collect(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Element {
    Source(u32),
    Choice(Literal),
}

/// A solver of only the variables that a few rules speak of.
struct Small {
    solver: Solver,
    variables: HashMap<Variable, Variable>,
}

impl Small {
    fn literal(&mut self, literal: Literal) -> Literal {
        let own = *self.variables.entry(literal.variable()).or_insert_with(|| self.solver.add_variable());
        if literal.is_yes() { Literal::yes(own) } else { Literal::no(own) }
    }

    fn add(&mut self, demand: &Demand, source: u32) {
        let mut renamed = |literals: &[Literal]| -> Vec<Literal> {
            literals.iter().map(|literal| self.literal(*literal)).collect()
        };
        let renamed = match demand {
            Demand::Clause(literals) => Demand::Clause(renamed(literals)),
            Demand::AtMost(literals, limit) => Demand::AtMost(renamed(literals), *limit),
        };
        renamed.add_to(&mut self.solver, source);
    }
}

/// All sets of this size that meet every core, those first that drop the earlier choices; none that contains one of `known`.
fn hitting_sets(cores: &[Vec<usize>], size: usize, known: &[Vec<usize>]) -> Vec<Vec<usize>> {
    fn extend(cores: &[Vec<usize>], size: usize, taken: &mut Vec<usize>, found: &mut BTreeSet<Vec<usize>>) {
        let missed = cores.iter().find(|core| core.iter().all(|place| !taken.contains(place)));
        let Some(core) = missed else {
            let mut set = taken.clone();
            // The latest first: sets are ordered by the latest choice they drop.
            set.sort_unstable_by(|one, other| other.cmp(one));
            found.insert(set);
            return;
        };
        if taken.len() < size {
            for place in core {
                taken.push(*place);
                extend(cores, size, taken, found);
                taken.pop();
            }
        }
    }
    let mut found = BTreeSet::new();
    extend(cores, size, &mut Vec::new(), &mut found);
    let mut sets: Vec<Vec<usize>> = found.into_iter().filter(|set| !known.contains(set)).collect();
    sets.iter_mut().for_each(|set| set.sort_unstable());
    sets
}
