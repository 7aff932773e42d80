//! What rules over the store are about.

use clientela_core::rules_environment as environment;
use clientela_model::ClosedList;
use clientela_rules::Environment;

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum RuleSubject {
    /// A customer, with what belongs to it: `customer` and `today`.
    Customer,
    /// An opportunity and its customer: `opportunity`, `customer` and `today`.
    Opportunity,
}

impl RuleSubject {
    /// What its rules may speak of.
    #[must_use]
    pub fn environment(self) -> &'static Environment {
        match self {
            Self::Customer => environment::of_customer(),
            Self::Opportunity => environment::of_opportunity(),
        }
    }
}
