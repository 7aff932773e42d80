//! Credit rules: which facts count in a plan or a challenge, on which day, for whom and in what split.
//!
//! Without one everything counts as it happened. A rule says in the rule language what counts and on which day; its shares say for
//! whom. The version is that of the day the fact happened on; where none holds that day, the fact counts as it happened.
//!
//! A share nobody is there for, such as a specialist's where the team has none, goes to those the fact counts for without a rule:
//! what is shared out is always the whole, to the last cent.

mod records;
mod shares;

pub use records::{CreditHolder, CreditRule, CreditRuleState, CreditShare};
pub use shares::{CreditPeople, Holder, share_out};

use super::credit::{CreditError, check_percents};
use crate::ids::CreditRuleId;
use chrono::NaiveDate;
use clientela_model::{Coded, EntityId, ErrorKind, Why};
use uuid::Uuid;

/// How something came to count, or why it does not.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Crediting {
    /// As it happened.
    #[default]
    AsItHappened,
    /// By a credit rule.
    ByRule(Why),
    /// Not at all, by a credit rule.
    Refused(Why),
}

/// A credit rule that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditRuleError {
    /// A share says too little or too much.
    #[error(
        "share {place} is for {holder}; say a role with `member`, a position with `position`, and neither with others"
    )]
    Holder {
        /// Its place, from 1.
        place: u32,
        /// For whom it is.
        holder: CreditHolder,
    },
    /// The shares are not 100 percent.
    #[error(transparent)]
    Shares(#[from] CreditError),
    /// It was taken back before.
    #[error("credit rule {code} is retired already; save a new version to have one that holds")]
    Retired {
        /// Id.
        id: CreditRuleId,
        /// Name and version.
        code: String,
    },
}

impl Coded for CreditRuleError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Holder { .. } => ErrorKind::Validation,
            Self::Shares(error) => error.kind(),
            Self::Retired { .. } => ErrorKind::Rule,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Holder { .. } => "credit_rule.holder",
            Self::Shares(error) => error.code(),
            Self::Retired { .. } => "credit_rule.retired",
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Holder { .. } | Self::Shares(_) => Some("shares".to_owned()),
            Self::Retired { .. } => Some("state".to_owned()),
        }
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::Retired { id, .. } => Some(id.uuid()),
            Self::Holder { .. } | Self::Shares(_) => None,
        }
    }
}

/// Checks the shares of a rule; a rule without any leaves everything with those it counts for without it.
///
/// # Errors
/// `credit_rule.holder`, `credit.splits`.
pub fn check_shares(shares: &[CreditShare]) -> Result<(), CreditRuleError> {
    for share in shares {
        let fits = match share.holder {
            CreditHolder::Member => share.role.is_some() && share.position.is_none(),
            CreditHolder::Position => share.position.is_some() && share.role.is_none(),
            CreditHolder::Credited | CreditHolder::Owner | CreditHolder::CustomerOwner => {
                share.role.is_none() && share.position.is_none()
            }
        };
        if !fits {
            return Err(CreditRuleError::Holder { place: share.place, holder: share.holder });
        }
    }
    if !shares.is_empty() {
        check_percents(shares.iter().map(|share| share.percent))?;
    }
    Ok(())
}

/// The version that holds for facts of a day, of the versions of one rule: of those that are active and whose days it is, the
/// highest.
#[must_use]
pub fn holding_credit_rule(versions: &[CreditRule], day: NaiveDate) -> Option<&CreditRule> {
    versions
        .iter()
        .filter(|rule| rule.state == CreditRuleState::Active)
        .filter(|rule| rule.valid_from.is_none_or(|from| from <= day))
        .filter(|rule| rule.valid_until.is_none_or(|until| day <= until))
        .max_by_key(|rule| rule.version)
}

/// Takes a version back: it holds on no day any more.
///
/// # Errors
/// `credit_rule.retired`.
pub fn retire_credit_rule(rule: &CreditRule) -> Result<(CreditRule, Why), CreditRuleError> {
    if rule.state == CreditRuleState::Retired {
        return Err(CreditRuleError::Retired { id: rule.id, code: rule.code.clone() });
    }
    let why = Why::new("credit_rule.taken_back").fact("credit_rule", &rule.code);
    Ok((CreditRule { state: CreditRuleState::Retired, ..rule.clone() }, why))
}
