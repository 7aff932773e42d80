//! Wordings: what a person was shown when it said yes.

use crate::ids::WordingId;
use chrono::{DateTime, Utc};
use clientela_model::Record;
use clientela_model::identifier::Language;

/// One version of a consent's wording in one language. It is never changed: a new text is a new version.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 130, name = "wording", access = public, key = reference)]
pub struct Wording {
    /// Id.
    #[field(number = 1)]
    pub id: WordingId,
    /// What consents name it by: code, version and language, such as `newsletter/12/it`.
    #[field(number = 2, indexed, merge = fact)]
    pub reference: String,
    /// Code.
    #[field(number = 3, merge = fact)]
    pub code: String,
    /// Version.
    #[field(number = 4, merge = fact)]
    pub version: String,
    /// Language.
    #[field(number = 5, merge = fact)]
    pub language: Language,
    /// The text as it is shown.
    #[field(number = 6, merge = fact)]
    pub text: String,
    /// When it was defined.
    #[field(number = 7, merge = fact)]
    pub defined_at: DateTime<Utc>,
}
