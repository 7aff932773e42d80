//! Rule sets: documents with rows of condition and output, in versions, each holding for a time.
//!
//! [`save`] takes a document that was checked, [`retire`] ends a version, [`holding`] says which version holds on a day.
//! What rule sets may speak of is in [`rules_environment`](crate::rules_environment).

mod decisions;
mod rule_set;

pub use decisions::{RuleSetError, RuleSetStep, holding, retire, save};
pub use rule_set::{RuleSet, RuleSetState};
