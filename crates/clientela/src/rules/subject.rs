//! What rules over the store are about.

use clientela_core::rules_environment::Vocabulary;
use clientela_model::ClosedList;
use clientela_rules::Environment;

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum RuleSubject {
    /// A customer, with what belongs to it: `customer`, `today` and `now`.
    Customer,
    /// An opportunity and its customer: `opportunity`, `customer`, `today` and `now`.
    Opportunity,
    /// A lead with the answers about it: `lead`, `today` and `now`.
    Lead,
}

impl RuleSubject {
    /// What its rules may speak of where no fields are added.
    #[must_use]
    pub fn environment(self) -> &'static Environment {
        self.environment_in(Vocabulary::standard())
    }

    /// What its rules may speak of.
    pub(crate) fn environment_in(self, vocabulary: &Vocabulary) -> &Environment {
        match self {
            Self::Customer => vocabulary.of_customer(),
            Self::Opportunity => vocabulary.of_opportunity(),
            Self::Lead => vocabulary.of_lead(),
        }
    }
}
