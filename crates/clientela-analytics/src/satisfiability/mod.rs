//! Satisfiability: yes/no variables under clauses and weighted bounds, with the reason of every answer.
//!
//! A [`Solver`] holds clauses ("one of these") and [bounds](Solver::add_bound) ("the weights of those that hold add up to at most
//! this"; with weights of one, "at most n of these"). Each carries the number of the *source* it was made from. It is asked
//! under assumptions:
//!
//! - [`assume`](Solver::assume) only propagates: what follows step by step, each with its [`reason`](Solver::reason);
//! - [`solve`](Solver::solve) decides, and gives a model, or the assumptions and sources that clash;
//! - [`minimise`](Solver::minimise) finds a model of least cost.
//!
//! A [`Walk`] goes from one model to others near by, without a search: so most of what can be is shown.
//!
//! The method is conflict-driven clause learning with watched literals, activity order, saved phases and Luby restarts
//! (Marques-Silva and Sakallah 1999; Eén and Sörensson, "An extensible SAT-solver", 2003); bounds are propagated by their sums
//! and explained by the literals that fill them. Costs are minimised by cores (Andres, Kaufmann, Matheis and Schaub,
//! "Unsatisfiability-based optimization in clasp", 2012) with weights in strata. Every learned clause keeps the union of the
//! sources it was derived from, so that a clash names its sources without a selector for each. Nothing is random: the same
//! questions in the same order give the same answers.

mod literal;
mod minimise;
mod order;
mod search;
mod settle;
mod solver;
mod walk;

pub use literal::{Literal, Variable};
pub use minimise::Optimum;
pub use search::{Answer, Budget};
pub use settle::{SettleBudget, Settled, Settler};
pub use solver::{Clash, Reason, Solver};
pub use walk::Walk;

#[cfg(test)]
mod tests;
