//! Judging a finished configuration.

use super::availability::Availability;
use super::compile::{Compiled, number_of};
use super::configure::Choices;
use super::conflict::RuleSaid;
use clientela_analytics::satisfiability::Literal;
use clientela_model::{Money, ValueError, Why};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether options make a configuration as they are, with nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Whether they do.
    pub valid: bool,
    /// The rules they break.
    pub broken: Vec<RuleSaid>,
    /// What they cost beside the product itself, where options have prices.
    pub price: Option<Money>,
    /// The same as a reason.
    pub why: Why,
}

impl Compiled {
    /// Of options that are there, those that come with another of them and so cost nothing. Codes that are not known are passed over.
    #[must_use]
    pub fn brought<'c>(&self, options: &'c [String]) -> Vec<&'c str> {
        let variable = |code: &String| self.codes.get(code).copied();
        let there: BTreeSet<u32> = options.iter().filter_map(variable).collect();
        let included = self.included(|of| there.contains(&of));
        let comes_with = |of: u32| included.get(of as usize) == Some(&true);
        options.iter().filter(|code| variable(code).is_some_and(comes_with)).map(String::as_str).collect()
    }

    /// Judges the options chosen as a finished configuration: what is not named is not there, but for what packages bring.
    ///
    /// # Errors
    /// `catalogue.unknown_code`, `configuration.custom_value`.
    pub fn check(&self, availability: &Availability, choices: &Choices) -> Result<Check, ValueError> {
        let mut there = vec![false; self.solver.variables()];
        for literal in self.literals(choices)?.into_iter().filter(|literal| literal.is_yes()) {
            there[literal.variable() as usize] = true;
        }
        let packages = &self.packages;
        // Packages bring packages: until nothing is added.
        loop {
            let brought: Vec<usize> = (0..packages.len())
                .filter(|at| !there[*at] && packages[*at].iter().any(|package| there[*package as usize]))
                .collect();
            if brought.is_empty() {
                break;
            }
            brought.into_iter().for_each(|at| there[at] = true);
        }
        let holds = |literal: Literal| there[literal.variable() as usize] == literal.is_yes();
        let mut broken: Vec<u32> = (0..number_of(self.sources.len()))
            .filter(|source| !self.sources[*source as usize].demands.iter().all(|demand| demand.holds(holds)))
            .collect();
        let unsold =
            availability.0.iter().filter(|(ruled_out, _)| !holds(*ruled_out)).map(|(_, source)| *source);
        broken.extend(unsold);
        broken.sort_unstable();
        broken.dedup();
        let broken: Vec<RuleSaid> = broken.into_iter().map(|source| self.said(source).clone()).collect();
        let valid = broken.is_empty();
        let why = Why::new(if valid { "configuration.valid" } else { "configuration.broken" });
        let why = broken.iter().fold(why, |why, rule| why.because(rule.why()));
        let price = self.price(|variable| there[variable as usize]);
        Ok(Check { valid, broken, price, why })
    }
}
