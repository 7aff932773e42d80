//! What follows from choices: the state of every option.

use super::availability::Availability;
use super::compile::{Compiled, SEARCH, number_of};
use super::conflict::{Conflict, RuleSaid};
use clientela_analytics::satisfiability::{Answer, Literal, Settled};
use clientela_model::{ClosedList, Money, ValueError, Why};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a user chose, in the order he did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// Codes of options that are to be there.
    #[serde(default)]
    pub chosen: Vec<String>,
    /// Codes of options that are not to be there. They count as made before those chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// Values of one's own, by group.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, String>,
}

/// How an option stands after the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Standing {
    /// It was chosen.
    Chosen,
    /// It was refused.
    Refused,
    /// Every configuration with these choices has it.
    Forced,
    /// No configuration with these choices has it.
    RuledOut,
    /// Some have it, some have not.
    Open,
}

/// An option after the choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionState {
    /// Code.
    pub option: String,
    /// How it stands.
    pub state: Standing,
    /// For what follows in one step: code of the rule by which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whether it comes with a package that is there, at no price.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub included: bool,
}

/// What follows from choices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Configuration {
    /// Every option in the order of the catalogue; none while the choices clash.
    pub options: Vec<OptionState>,
    /// Whether every state is certain. If not, what is called open was not asked to the end.
    pub settled: bool,
    /// Whether what is chosen and forced is a configuration by itself, with all else left out.
    pub complete: bool,
    /// The rules that ask for more.
    pub lacking: Vec<RuleSaid>,
    /// What is chosen and forced costs so much beside the product itself, where options have prices.
    pub price: Option<Money>,
    /// Why the choices clash, if they do.
    pub conflict: Option<Conflict>,
}

impl Compiled {
    /// The choices as literals; a choice named twice counts once, where it was made last.
    ///
    /// # Errors
    /// `catalogue.unknown_code`, `configuration.custom_value`.
    pub(super) fn literals(&self, choices: &Choices) -> Result<Vec<Literal>, ValueError> {
        let mut literals: Vec<Literal> = Vec::new();
        let lists = [(&choices.refused, "refused", false), (&choices.chosen, "chosen", true)];
        for (codes, name, yes) in lists {
            for (at, code) in codes.iter().enumerate() {
                let variable = self.codes.get(code).copied().ok_or_else(|| {
                    let error = ValueError::new(
                        "catalogue.unknown_code",
                        "option",
                        "is not known",
                        "an option of the product",
                    );
                    error.at(format!("{name}[{at}]"))
                })?;
                let literal = if yes { Literal::yes(variable) } else { Literal::no(variable) };
                literals.retain(|known| *known != literal);
                literals.push(literal);
            }
        }
        for (group, value) in &choices.custom {
            let (variable, allowed) = self
                .custom
                .get(group)
                .copied()
                .zip(self.product.groups.iter().find(|known| known.code == *group))
                .and_then(|(variable, group)| group.custom.as_ref().map(|custom| (variable, custom)))
                .ok_or_else(|| {
                    let problem = "is not allowed in this group";
                    custom_value(problem, "a group that takes values of one's own", group)
                })?;
            let number: Option<Decimal> = value.trim().parse().ok();
            let fits = !allowed.number
                || number.is_some_and(|number| {
                    allowed.minimum.is_none_or(|least| least <= number)
                        && allowed.maximum.is_none_or(|most| number <= most)
                });
            if !fits || value.trim().is_empty() {
                return Err(custom_value(
                    "is empty or out of range",
                    "a value within the group's bounds",
                    group,
                ));
            }
            literals.push(Literal::yes(variable));
        }
        // Nobody gives a value of his own by leaving things out.
        let given = |group: &String| choices.custom.contains_key(group);
        let none =
            self.custom.iter().filter(|(group, _)| !given(group)).map(|(_, variable)| Literal::no(*variable));
        Ok(none.chain(literals).collect())
    }

    pub(super) fn assumptions(availability: &Availability, choices: &[Literal]) -> Vec<Literal> {
        let mut assumptions: Vec<Literal> = availability.0.iter().map(|(literal, _)| *literal).collect();
        assumptions.extend(choices);
        assumptions
    }

    /// What follows from the choices, for every option, in every configuration: forced, ruled out, or open.
    ///
    /// # Errors
    /// `catalogue.unknown_code`, `configuration.custom_value`. Choices that clash are no error but a conflict.
    pub fn configure(
        &mut self,
        availability: &Availability,
        choices: &Choices,
    ) -> Result<Configuration, ValueError> {
        let literals = self.literals(choices)?;
        let assumptions = Self::assumptions(availability, &literals);
        Ok(match self.settle(&assumptions) {
            Ok(settled) => self.tell(&assumptions, &literals, availability, &settled),
            Err(clash) => Configuration {
                options: Vec::new(),
                settled: true,
                complete: false,
                lacking: Vec::new(),
                price: None,
                conflict: Some(self.conflict(clash, availability, &literals)),
            },
        })
    }

    fn tell(
        &mut self,
        assumptions: &[Literal],
        choices: &[Literal],
        availability: &Availability,
        found: &Settled,
    ) -> Configuration {
        let (standing, settled) = (&found.values, found.certain);
        // Once more for the reasons: searching has moved on from what only follows.
        let _ = self.solver.assume(assumptions);
        let there = |variable: u32| standing.get(variable as usize).copied().flatten() == Some(true);
        let included = self.included(there);
        let mut options = Vec::with_capacity(standing.len());
        for (at, (line, stands)) in self.product.options.iter().zip(standing).enumerate() {
            let (yes, no) = (Literal::yes(number_of(at)), Literal::no(number_of(at)));
            let state = match stands {
                _ if choices.contains(&yes) => Standing::Chosen,
                _ if choices.contains(&no) => Standing::Refused,
                Some(true) => Standing::Forced,
                Some(false) => Standing::RuledOut,
                None => Standing::Open,
            };
            let follows = matches!(state, Standing::Forced | Standing::RuledOut);
            let by = if follows {
                self.step(if state == Standing::Forced { yes } else { no }, availability)
            } else {
                None
            };
            options.push(OptionState { option: line.code.clone(), state, by, included: included[at] });
        }
        let held = |literal: Literal| match self.product.options.get(literal.variable() as usize) {
            Some(_) => there(literal.variable()) == literal.is_yes(),
            None => self.solver.holds(literal),
        };
        let lacking: Vec<RuleSaid> = self
            .sources
            .iter()
            .filter(|source| !source.demands.iter().all(|demand| demand.holds(held)))
            .map(|source| source.said.clone())
            .collect();
        let price = self.price(there);
        Configuration { options, settled, complete: lacking.is_empty(), lacking, price, conflict: None }
    }

    /// The rule by which something follows in one step.
    fn step(&self, literal: Literal, availability: &Availability) -> Option<String> {
        let reason = self.solver.reason(literal);
        let by_rule = reason.and_then(|reason| reason.sources.first().copied());
        let source = by_rule.or_else(|| {
            availability.0.iter().find(|(ruled_out, _)| *ruled_out == literal).map(|(_, source)| *source)
        })?;
        Some(self.said(source).code.clone())
    }

    /// Why an option is forced or ruled out by the choices: rules and choices of which none can be left out. Nothing for an
    /// option that is open, or when the choices clash by themselves.
    ///
    /// # Errors
    /// `catalogue.unknown_code`, `configuration.custom_value`.
    pub fn explain(
        &mut self,
        availability: &Availability,
        choices: &Choices,
        option: &str,
    ) -> Result<Option<Why>, ValueError> {
        let literals = self.literals(choices)?;
        let one = Choices { chosen: vec![option.to_owned()], ..Choices::default() };
        let variable = self.literals(&one)?.pop().map_or(0, |literal| literal.variable());
        let mut asked = Self::assumptions(availability, &literals);
        if matches!(self.solver.solve(&asked, SEARCH), Answer::Refuted(_)) {
            return Ok(None);
        }
        for (opposite, word) in [
            (Literal::no(variable), "configuration.forced"),
            (Literal::yes(variable), "configuration.ruled_out"),
        ] {
            asked.push(opposite);
            let answer = self.solver.solve(&asked, SEARCH);
            asked.pop();
            let Answer::Refuted(clash) = answer else { continue };
            let (sources, kept) = self.smallest(clash, availability, &literals, Some(opposite));
            let mut why = Why::new(word).fact("option", option);
            for literal in kept {
                let word = if literal.is_yes() { "configuration.chosen" } else { "configuration.refused" };
                why = why.because(Why::new(word).fact("option", self.code(literal.variable())));
            }
            return Ok(Some(sources.iter().fold(why, |why, source| why.because(self.said(*source).why()))));
        }
        Ok(None)
    }
}

fn custom_value(problem: &str, expected: &str, group: &str) -> ValueError {
    ValueError::new("configuration.custom_value", "value of one's own", problem, expected)
        .at(format!("custom.{group}"))
}
