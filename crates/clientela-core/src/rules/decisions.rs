//! Saving and retiring versions, and which of them holds.

use super::rule_set::{RuleSet, RuleSetState};
use crate::ids::RuleSetId;
use chrono::NaiveDate;
use clientela_model::{Coded, EntityId, ErrorKind, Why};
use clientela_rules::ruleset;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use uuid::Uuid;

/// A step that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleSetError {
    /// It was taken back before.
    #[error("rule set {code} is retired already; save a new version to have one that holds")]
    Retired {
        /// Id.
        id: RuleSetId,
        /// Name and version.
        code: String,
    },
}

impl Coded for RuleSetError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Retired { .. } => ErrorKind::Rule,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Retired { .. } => "rule_set.retired",
        }
    }
    fn field(&self) -> Option<String> {
        Some("state".to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::Retired { id, .. } => Some(id.uuid()),
        }
    }
}

/// A decided step of a rule set.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSetStep {
    /// The version as it is to be.
    pub rule_set: RuleSet,
    /// Why; beneath it what is worth a look, such as a gap in a table.
    pub why: Why,
}

/// Makes a version of a document that was read and whose test cases hold.
#[must_use]
pub fn save(document: &str, read: &ruleset::RuleSet, id: RuleSetId) -> RuleSetStep {
    let rule_set = RuleSet {
        id,
        code: format!("{}/{}", read.name(), read.version()),
        name: read.name().to_owned(),
        version: read.version(),
        valid_from: read.valid_from(),
        valid_until: read.valid_until(),
        environment: read.environment().to_owned(),
        document: document.to_owned(),
        digest: digest(document),
        state: RuleSetState::Active,
    };
    let why = Why::new("rule_set.saved").fact("rule_set", read.name()).fact("version", read.version());
    let why = read.warnings().iter().fold(why, |why, warning| {
        let told = Why::new(warning.code).fact("line", warning.line).fact("column", warning.column);
        why.because(told.fact("message", &warning.message))
    });
    RuleSetStep { rule_set, why }
}

/// Takes a version back.
///
/// # Errors
/// `rule_set.retired`.
pub fn retire(rule_set: &RuleSet) -> Result<RuleSetStep, RuleSetError> {
    if rule_set.state == RuleSetState::Retired {
        return Err(RuleSetError::Retired { id: rule_set.id, code: rule_set.code.clone() });
    }
    let why =
        Why::new("rule_set.taken_back").fact("rule_set", &rule_set.name).fact("version", rule_set.version);
    Ok(RuleSetStep { rule_set: RuleSet { state: RuleSetState::Retired, ..rule_set.clone() }, why })
}

/// The version that holds on a day, of the versions of one rule set: of those that are active and whose days it is, the
/// highest. So a correction is a new version for the same days, and an announced change one that begins later.
#[must_use]
pub fn holding<'r>(versions: impl IntoIterator<Item = &'r RuleSet>, day: NaiveDate) -> Option<&'r RuleSet> {
    versions
        .into_iter()
        .filter(|rule_set| rule_set.state == RuleSetState::Active)
        .filter(|rule_set| rule_set.valid_from.is_none_or(|from| from <= day))
        .filter(|rule_set| rule_set.valid_until.is_none_or(|until| day <= until))
        .max_by_key(|rule_set| rule_set.version)
}

fn digest(document: &str) -> String {
    Sha256::digest(document.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_model::Record;

    #[test]
    fn the_highest_active_version_of_the_day_holds() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let version = |number: u32, from: Option<&str>, until: Option<&str>, state| RuleSet {
            id: RuleSetId::from_uuid(Uuid::from_u128(u128::from(number))),
            code: format!("r/{number}"),
            name: "r".to_owned(),
            version: number,
            valid_from: from.and_then(day),
            valid_until: until.and_then(day),
            environment: "customer".to_owned(),
            document: String::new(),
            digest: digest(""),
            state,
        };
        use RuleSetState::{Active, Retired};
        let versions = [
            version(1, None, None, Active),
            version(2, Some("2026-02-01"), Some("2026-03-31"), Active),
            version(3, Some("2026-03-01"), None, Retired),
            version(4, Some("2026-06-01"), None, Active),
        ];
        for (on, expected) in
            [("2026-01-31", 1), ("2026-02-01", 2), ("2026-03-31", 2), ("2026-04-01", 1), ("2026-06-01", 4)]
        {
            let found = day(on).and_then(|day| holding(&versions, day)).map(|version| version.version);
            assert_eq!(found, Some(expected), "{on}");
        }
        assert_eq!(holding(&versions[3..], day("2026-05-31").unwrap_or_default()), None);
        assert_eq!(retire(&versions[2]).map(|_| ()).map_err(|error| error.code()), Err("rule_set.retired"));
        assert_eq!(RuleSet::ENTITY.key, Some("code"));
    }
}
