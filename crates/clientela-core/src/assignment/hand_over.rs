//! A customer in other hands.

use crate::party::{Relationship, Seat};
use std::fmt;

/// By what a customer came to his owner, as it is kept beside him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBy<'a> {
    /// A rule of a version of a model, with the score it came to.
    Rule {
        /// Code of the version.
        model: &'a str,
        /// The rule that gave most.
        rule: &'a str,
        /// The sum of scores.
        score: i64,
    },
    /// Re-balancing under a version of a model.
    Rebalancing {
        /// Code of the version.
        model: &'a str,
        /// What the owner before had, and what he should have had at most.
        relieved: (u32, u64),
    },
}

impl fmt::Display for GivenBy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule { model, rule, score } => write!(f, "{model}, rule {rule}, score {score}"),
            Self::Rebalancing { model, relieved: (had, at_most) } => {
                write!(f, "{model}, re-balanced: {had} of at most {at_most}")
            }
        }
    }
}

/// The customer with another owner, and why he is.
#[must_use]
pub fn hand_over(customer: &Relationship, to: Seat, by: GivenBy<'_>) -> Relationship {
    Relationship { owner: to.owner, unit: to.unit, owner_reason: Some(by.to_string()), ..customer.clone() }
}
