//! What an import says of itself.

use clientela_model::{Coded, Why};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A row that was not taken. Names the field and what is wrong, never what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Line of the file it begins at, from 1.
    pub line: u64,
    /// The field, by its name here.
    pub field: Option<String>,
    /// Stable dotted word, such as `vat_number.check_digit`.
    pub code: String,
    /// One sentence.
    pub message: String,
}

impl RejectedRow {
    pub(super) fn new(line: u64, error: &dyn Coded) -> Self {
        let issues = error.issues();
        // Of several findings the first speaks for the row; the others are named with their fields.
        let message = match issues.split_first() {
            Some((first, others)) => others.iter().fold(first.message.clone(), |message, other| {
                format!("{message}; also {}: {}", other.field, other.message)
            }),
            None => error.to_string(),
        };
        Self { line, field: error.field(), code: error.code().to_owned(), message }
    }

    pub(super) fn why(&self) -> Why {
        let why = Why::new("import.rejected").fact("line", self.line).fact("code", &self.code);
        let why = match &self.field {
            Some(field) => why.fact("field", field),
            None => why,
        };
        why.fact("message", &self.message)
    }

    pub(super) fn from_why(why: &Why) -> Option<Self> {
        let value = |name| why.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.clone());
        Some(Self {
            line: value("line")?.parse().ok()?,
            field: value("field"),
            code: value("code")?,
            message: value("message")?,
        })
    }
}

/// One row as it would come in: what is given, by field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// Line of the file it begins at, from 1.
    pub line: u64,
    /// Fields and what they would hold.
    pub values: Vec<(String, String)>,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportProgress {
    /// Rows dealt with.
    pub rows: u64,
    /// Rows in all.
    pub total: u64,
    /// Rows brought in so far.
    pub added: u64,
    /// Rows rejected so far.
    pub rejected: u64,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The plan.
    pub plan: Uuid,
    /// Rows dealt with.
    pub read: u64,
    /// Rows brought in, now or by an earlier run of the same plan.
    pub added: u64,
    /// Of these, rows an earlier run had brought in.
    pub added_before: u64,
    /// Rows that were not taken.
    pub rejected: Vec<RejectedRow>,
    /// Whether the caller stopped it; committing again goes on from there.
    pub cancelled: bool,
}
