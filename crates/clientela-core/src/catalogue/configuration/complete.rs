//! Choosing the rest: the cheapest, the most usual, the standard configuration.

use super::availability::Availability;
use super::compile::{Compiled, SEARCH, number_of};
use super::configure::Choices;
use super::conflict::Conflict;
use clientela_analytics::satisfiability::{Answer, Budget, Literal};
use clientela_model::{ClosedList, Money, ValueError, Why};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// Contradictions spent on the best configuration.
const EFFORT: Budget = Budget(20_000);
/// The source of what only counts prices.
const PRICING: u32 = u32::MAX;

/// What the rest is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Objective {
    /// As little money as possible; then as few options.
    Cheapest,
    /// As near as possible to what is sold: the expected number of differences from a vehicle sold is the least.
    MostPopular,
    /// The defaults of as many groups as possible; then as little money as possible.
    Standard,
}

/// A whole configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    /// All its options, in the order of the catalogue; none when the choices clash.
    pub options: Vec<String>,
    /// Those that were not chosen.
    pub added: Vec<String>,
    /// Those that come with a package, at no price.
    pub included: Vec<String>,
    /// What its options cost beside the product itself, where options have prices.
    pub price: Option<Money>,
    /// Whether nothing better exists. If not, the search was stopped before that was shown.
    pub proven: bool,
    /// Why the choices clash, if they do.
    pub conflict: Option<Conflict>,
    /// What it was chosen for.
    pub why: Why,
}

impl Compiled {
    /// Chooses the rest. What comes out satisfies every rule.
    ///
    /// # Errors
    /// `catalogue.unknown_code`, `configuration.custom_value`. Choices that clash are no error but a conflict.
    pub fn complete(
        &mut self,
        availability: &Availability,
        choices: &Choices,
        objective: Objective,
    ) -> Result<Completion, ValueError> {
        let literals = self.literals(choices)?;
        let asked = Self::assumptions(availability, &literals);
        if let Answer::Refuted(clash) = self.solver.solve(&asked, SEARCH) {
            let conflict = self.conflict(clash, availability, &literals);
            let why = conflict.why.clone();
            let nothing = Vec::new;
            let (options, added, included) = (nothing(), nothing(), nothing());
            return Ok(Completion {
                options,
                added,
                included,
                price: None,
                proven: true,
                conflict: Some(conflict),
                why,
            });
        }
        let mut solver = self.solver.clone();
        let costs = match objective {
            Objective::Cheapest => self.money(&mut solver, 1),
            Objective::MostPopular => self.differences(),
            Objective::Standard => {
                let mut costs = self.money(&mut solver, 1);
                let money: u64 = costs.iter().map(|(_, cost)| *cost).fold(0, u64::saturating_add);
                let defaults = self.product.groups.iter().filter_map(|group| group.default.as_ref());
                let defaults = defaults.filter_map(|code| self.codes.get(code));
                costs.extend(defaults.map(|variable| (Literal::no(*variable), money.saturating_add(1))));
                costs
            }
        };
        let found = solver.minimise(&asked, &merged(costs), EFFORT);
        let (model, proven) = match found {
            Some(found) => (found.model, found.proven),
            // Nothing was found within the budget: nothing is told, and not proven.
            None => (Vec::new(), false),
        };
        let there = |variable: u32| model.get(variable as usize).copied().unwrap_or(false);
        let included = self.included(there);
        let mut completion = Completion {
            options: Vec::new(),
            added: Vec::new(),
            included: Vec::new(),
            price: self.price(there),
            proven,
            conflict: None,
            why: Why::new("configuration.completed").fact("for", objective),
        };
        for (at, line) in self.product.options.iter().enumerate() {
            if !there(number_of(at)) {
                continue;
            }
            completion.options.push(line.code.clone());
            if !literals.contains(&Literal::yes(number_of(at))) {
                completion.added.push(line.code.clone());
            }
            if included[at] {
                completion.included.push(line.code.clone());
            }
        }
        if let Some(price) = completion.price {
            completion.why = completion.why.fact("price", format!("{} {}", price.amount(), price.currency()));
        }
        Ok(completion)
    }

    /// Prices in the smallest unit used, each counted more than all options together, and every option so much.
    fn money(
        &self,
        solver: &mut clientela_analytics::satisfiability::Solver,
        each: u64,
    ) -> Vec<(Literal, u64)> {
        let prices: Vec<Decimal> = self
            .product
            .options
            .iter()
            .map(|option| option.price.map_or(Decimal::ZERO, Money::amount))
            .collect();
        let digits = prices.iter().map(|price| price.normalize().scale()).max().unwrap_or(0).min(4);
        let unit = Decimal::from(10_u64.pow(digits));
        let above = (prices.len() as u64 + 1) * each;
        let packages = &self.packages;
        let mut costs = Vec::new();
        for (at, price) in prices.iter().enumerate() {
            let option = Literal::yes(number_of(at));
            let units = (*price * unit).round().abs().to_u64().unwrap_or(0).saturating_mul(above);
            costs.push((option, each));
            if price.is_sign_negative() {
                costs.push((!option, units));
            } else if packages[at].is_empty() {
                costs.push((option, units));
            } else if units > 0 {
                // Paid for unless a package brings it.
                let paid = Literal::yes(solver.add_variable());
                let mut clause = vec![!option, paid];
                clause.extend(packages[at].iter().map(|package| Literal::yes(*package)));
                solver.add_clause(&clause, PRICING);
                costs.push((paid, units));
            }
        }
        costs
    }

    /// What an option differs from a vehicle sold, in a hundred: by being there, or by not being there.
    fn differences(&self) -> Vec<(Literal, u64)> {
        let lines = self.product.options.iter().enumerate();
        lines
            .flat_map(|(at, line)| {
                let percent = u64::from(line.popularity.unwrap_or(0)).min(100);
                [(Literal::yes(number_of(at)), 100 - percent), (Literal::no(number_of(at)), percent)]
            })
            .collect()
    }

    /// By option: whether it is there and comes with something that is there.
    pub(super) fn included(&self, there: impl Fn(u32) -> bool) -> Vec<bool> {
        let packages = &self.packages;
        let of = |at: usize| there(number_of(at)) && packages[at].iter().any(|package| there(*package));
        (0..packages.len()).map(of).collect()
    }

    /// What the options that are there cost; nothing when no option has a price.
    pub(super) fn price(&self, there: impl Fn(u32) -> bool) -> Option<Money> {
        let currency = self.currency?;
        let included = self.included(&there);
        let lines = self.product.options.iter().enumerate();
        let free = |at: usize, price: Money| included[at] && !price.is_negative();
        let paid = lines
            .filter(|(at, _)| there(number_of(*at)))
            .filter_map(|(at, line)| line.price.filter(|price| !free(at, *price)));
        Money::sum(paid, currency).ok()
    }
}

/// One cost a literal; where a variable costs both ways, only the difference counts.
fn merged(costs: Vec<(Literal, u64)>) -> Vec<(Literal, u64)> {
    let mut sums: std::collections::BTreeMap<Literal, u64> = std::collections::BTreeMap::new();
    for (literal, cost) in costs {
        let sum = sums.entry(literal).or_default();
        *sum = sum.saturating_add(cost);
    }
    let other = |literal: &Literal| sums.get(&!*literal).copied().unwrap_or(0);
    sums.iter()
        .map(|(literal, cost)| (*literal, cost.saturating_sub(other(literal))))
        .filter(|(_, cost)| *cost > 0)
        .collect()
}
