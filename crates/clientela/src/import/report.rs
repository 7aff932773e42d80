//! What an import says of itself.

use super::decide::Ready;
use clientela_core::imports::Progress;
use clientela_model::{Coded, Why};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::AddAssign;
use uuid::Uuid;

/// A row that was not taken. Names the field and what is wrong, never what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Line of the file it begins at, from 1; of a data frame, which has no headers above its rows, the row.
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

    /// Why it was rejected, in one line.
    pub(super) fn reason(&self) -> String {
        match &self.field {
            Some(field) => format!("{field}: {} ({})", self.message, self.code),
            None => format!("{} ({})", self.message, self.code),
        }
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

/// Rejected rows are told one by one up to here; beyond, only their number and their reasons.
pub const REJECTED_TOLD: usize = 1_000;

/// The code of a row that says something else than somebody in the store.
const CONFLICT: &str = "import.conflict";

/// What is kept of rejected rows, however many there are.
#[derive(Debug, Default)]
pub(super) struct Rejected {
    pub(super) rows: u64,
    /// The first of them.
    pub(super) told: Vec<RejectedRow>,
    /// How many for which reason.
    pub(super) reasons: BTreeMap<String, u64>,
}

impl Rejected {
    pub(super) fn add(&mut self, row: &RejectedRow) {
        self.rows += 1;
        match self.reasons.get_mut(&row.code) {
            Some(rows) => *rows += 1,
            None => _ = self.reasons.insert(row.code.clone(), 1),
        }
        if self.told.len() < REJECTED_TOLD {
            self.told.push(row.clone());
        }
    }

    pub(super) fn conflicting(&self) -> u64 {
        self.reasons.get(CONFLICT).copied().unwrap_or_default()
    }
}

/// How many rows were taken, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) created: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
}

impl Taken {
    /// One row.
    pub(super) const fn of(ready: &Ready) -> Self {
        let (changed, unchanged) = match ready {
            Ready::Changed(_) => (1, 0),
            Ready::Unchanged => (0, 1),
            _ => (0, 0),
        };
        Self { created: 1 - changed - unchanged, changed, unchanged }
    }

    /// All of them.
    pub(super) const fn all(self) -> u64 {
        self.created + self.changed + self.unchanged
    }
}

impl AddAssign for Taken {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }
}

/// One row as it would come in: what is given, by field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// Line of the file it begins at, from 1; of a data frame, which has no headers above its rows, the row.
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
    /// Rows taken so far: of new records, of changed ones, and of such as were there just so.
    pub added: u64,
    /// Of these, rows that changed a record.
    pub changed: u64,
    /// Of these, rows whose record was there just so.
    pub unchanged: u64,
    /// Rows rejected so far.
    pub rejected: u64,
    /// How fast it goes and how long it will still take, by the clock the store was opened with.
    pub pace: Progress,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The plan.
    pub plan: Uuid,
    /// Rows dealt with.
    pub read: u64,
    /// Rows taken, now or by an earlier run of the same plan: of new records, of changed ones, and of such as were there just so.
    pub added: u64,
    /// Of these, rows an earlier run had taken.
    pub added_before: u64,
    /// Of those taken, rows that changed a record that was there.
    pub changed: u64,
    /// Of those taken, rows whose record was there just so.
    pub unchanged: u64,
    /// Of those rejected, rows that say something else than somebody in the store did since the import before.
    pub conflicting: u64,
    /// Rows that were not taken.
    pub rejected_rows: u64,
    /// How many for which reason, by its code.
    pub reasons: BTreeMap<String, u64>,
    /// The first [`REJECTED_TOLD`] of them.
    pub rejected: Vec<RejectedRow>,
    /// Whether the caller stopped it; committing again goes on from there.
    pub cancelled: bool,
}
