//! Status, size and class of a customer: by rules, or by a person against them.
//!
//! | is | rules | a person |
//! | --- | --- | --- |
//! | by rules | change it | fixes it, with a reason |
//! | fixed | do not touch it | fixes it otherwise, or lifts that |
//! | status of a customer who left | do not touch it | as above |

use super::relationship::Relationship;
use crate::findings::{Check, Findings};
use clientela_model::{ClosedList, ValueError, Why};
use serde::{Deserialize, Serialize};

/// What a customer is classified by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum Trait {
    /// How far the business has come.
    Status,
    /// Size.
    Size,
    /// Class in the installation's own words.
    Class,
}

/// Which rule set says what: the document of the setting `customer.classification`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassificationPolicy {
    /// Name of the rule set that gives the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Name of the rule set that gives the size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Name of the rule set that gives the class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

impl ClassificationPolicy {
    /// Name of the rule set for a trait.
    #[must_use]
    pub fn of(&self, what: Trait) -> Option<&str> {
        match what {
            Trait::Status => self.status.as_deref(),
            Trait::Size => self.size.as_deref(),
            Trait::Class => self.class.as_deref(),
        }
    }
}

impl Relationship {
    /// What it is classified as; none where it is not.
    #[must_use]
    pub fn classified(&self, what: Trait) -> Option<&str> {
        match what {
            Trait::Status => Some(self.status.word()),
            Trait::Size => self.size.map(ClosedList::word),
            Trait::Class => self.class.as_deref(),
        }
    }

    /// Whether a person set it against the rules.
    #[must_use]
    pub fn is_fixed(&self, what: Trait) -> bool {
        let fixed = match what {
            Trait::Status => self.status_fixed,
            Trait::Size => self.size_fixed,
            Trait::Class => self.class_fixed,
        };
        fixed == Some(true)
    }

    /// Why it is what it is.
    #[must_use]
    pub fn reason(&self, what: Trait) -> Option<&str> {
        match what {
            Trait::Status => self.status_reason.as_deref(),
            Trait::Size => self.size_reason.as_deref(),
            Trait::Class => self.class_reason.as_deref(),
        }
    }

    /// Whether the customer left and was not won back.
    #[must_use]
    pub const fn has_left(&self) -> bool {
        self.left_on.is_some() && self.won_back_on.is_none()
    }

    fn mark(&mut self, what: Trait, fixed: Option<bool>, reason: Option<String>) {
        match what {
            Trait::Status => (self.status_fixed, self.status_reason) = (fixed, reason),
            Trait::Size => (self.size_fixed, self.size_reason) = (fixed, reason),
            Trait::Class => (self.class_fixed, self.class_reason) = (fixed, reason),
        }
    }

    /// Sets the trait from its word; a status is never empty.
    fn set(&mut self, check: &mut Check, what: Trait, word: Option<&str>) {
        match what {
            Trait::Status => {
                if let Some(status) = check.needed_word("value", word) {
                    self.status = status;
                }
            }
            Trait::Size => self.size = check.word("value", word),
            Trait::Class => self.class = check.line("value", word),
        }
    }
}

/// What became of a customer's trait.
#[derive(Debug, Clone, PartialEq)]
pub enum Classified {
    /// It changes.
    Changed(Box<Relationship>),
    /// It is that already.
    Same,
    /// A person fixed it, or the customer left.
    Fixed,
}

/// Sets what the rules gave: a word, with the rule set and row it came from.
///
/// # Errors
/// [`Findings`]: `word.unknown` when the rules gave no word of the list, `field.missing` for an empty status.
pub fn classify(
    relationship: &Relationship,
    what: Trait,
    word: Option<&str>,
    reason: &str,
) -> Result<Classified, Findings> {
    if relationship.is_fixed(what) || (what == Trait::Status && relationship.has_left()) {
        return Ok(Classified::Fixed);
    }
    let mut check = Check::new("customer");
    let mut changed = relationship.clone();
    changed.set(&mut check, what, word);
    check.finish(Some(()))?;
    if changed.classified(what) == relationship.classified(what) {
        return Ok(Classified::Same);
    }
    changed.mark(what, None, Some(reason.to_owned()));
    Ok(Classified::Changed(Box::new(changed)))
}

/// A person sets a trait against the rules, with a reason.
///
/// # Errors
/// [`Findings`]: `field.missing` without a reason, `word.unknown`, `text.*`.
pub fn fix(
    relationship: &Relationship,
    what: Trait,
    word: Option<&str>,
    reason: Option<&str>,
) -> Result<(Relationship, Why), Findings> {
    let mut check = Check::new("customer");
    let mut changed = relationship.clone();
    changed.set(&mut check, what, word);
    let reason = check.needed_line("reason", reason);
    let reason = check.finish(reason)?;
    let why = Why::new("customer.fixed")
        .fact("what", what)
        .fact("from", relationship.classified(what).unwrap_or_default())
        .fact("to", changed.classified(what).unwrap_or_default())
        .fact("reason", &reason);
    changed.mark(what, Some(true), Some(reason));
    Ok((changed, why))
}

/// Leaves a trait to the rules again; it stays as it is until they are asked.
///
/// # Errors
/// [`Findings`]: `customer.not_fixed`.
pub fn lift(relationship: &Relationship, what: Trait) -> Result<(Relationship, Why), Findings> {
    let mut check = Check::new("customer");
    if !relationship.is_fixed(what) {
        let expected = "one that a person set against the rules";
        check.refuse(
            "what",
            ValueError::new("customer.not_fixed", "classification", "is not fixed", expected),
        );
    }
    check.finish(Some(()))?;
    let mut changed = relationship.clone();
    changed.mark(what, None, None);
    Ok((changed, Why::new("customer.lifted").fact("what", what)))
}
