//! What is kept of imports: mappings to be used again, and what was brought in when, so that it can be taken back.

use crate::ids::{ImportMappingId, ImportRunId, PositionId, UnitId, UserId};
use chrono::{DateTime, NaiveDate, Utc};
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, Record};
use uuid::Uuid;

pub mod merging;
mod pace;
mod taking_back;

pub use merging::{Brought, ConflictRule, Merged};
pub use pace::{Pace, Progress};
pub use taking_back::{REVERTED, TakenBack};

/// A mapping of a table's columns, saved under a name.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 220, name = "import_mapping", access = public, key = name)]
pub struct ImportMapping {
    /// Id.
    #[field(number = 1)]
    pub id: ImportMappingId,
    /// Name, such as dms-customers.
    #[field(number = 2, merge = fact, indexed)]
    pub name: String,
    /// What the rows become: customer, vehicle, contact, consent.
    #[field(number = 3, merge = central)]
    pub target: String,
    /// Digest of the headers, in any order: a table with these headers is read by this mapping.
    #[field(number = 4, merge = central, indexed)]
    pub fingerprint: String,
    /// Columns, words, defaults and forms of numbers and days, as the options of an import in JSON.
    #[field(number = 5, merge = central)]
    pub document: String,
    /// Whether it is still used.
    #[field(number = 6, merge = central)]
    pub active: bool,
    /// The unit whose files it reads; all read by it when empty.
    #[field(number = 7, merge = fact)]
    pub unit: Option<UnitId>,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ImportRunState {
    /// Begun and not at its end, whether it is going on or was stopped.
    Running,
    /// All rows have been dealt with.
    Finished,
    /// Some of what it brought in was taken back; the rest is to follow.
    Reverting,
    /// What it brought in was taken back.
    Reverted,
}

/// One import: a file or data frame, by the same options and the same person. Its id is that of its plan.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 221, name = "import_run", access = owned)]
pub struct ImportRun {
    /// Id, the same as its plan's.
    #[field(number = 1)]
    pub id: ImportRunId,
    /// The unit of the position that imported.
    #[field(number = 2, merge = fact, indexed)]
    pub unit: UnitId,
    /// The position that imported.
    #[field(number = 3, merge = fact, indexed)]
    pub owner: PositionId,
    /// Who imported.
    #[field(number = 4, merge = fact)]
    pub user: UserId,
    /// The label the import was given.
    #[field(number = 5, merge = fact)]
    pub name: Option<String>,
    /// What the rows become.
    #[field(number = 6, merge = fact)]
    pub target: String,
    /// SHA-256 of the file, in hexadecimal digits.
    #[field(number = 7, merge = fact)]
    pub source_digest: String,
    /// The saved mapping that was used.
    #[field(number = 8, merge = fact)]
    pub mapping: Option<String>,
    /// Rows of the source.
    #[field(number = 9, merge = central)]
    pub rows: i64,
    /// Rows dealt with.
    #[field(number = 10, merge = central)]
    pub read: i64,
    /// Rows that came in.
    #[field(number = 11, merge = central)]
    pub accepted: i64,
    /// Rows that did not.
    #[field(number = 12, merge = central)]
    pub rejected: i64,
    /// Where it stands.
    #[field(number = 13, merge = central)]
    pub state: ImportRunState,
    /// When it began.
    #[field(number = 14, merge = fact)]
    pub started_at: DateTime<Utc>,
    /// When all rows had been dealt with.
    #[field(number = 15, merge = central)]
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    #[field(number = 16, merge = central)]
    pub reverted_at: Option<DateTime<Utc>>,
    /// Records that stayed when it was taken back, because they had been changed since.
    #[field(number = 17, merge = central)]
    pub kept: Option<i64>,
    /// Of the rows that came in, those that changed a record that was there.
    #[field(number = 18, merge = central)]
    pub changed: Option<i64>,
    /// Of the rows that came in, those whose record was there just so.
    #[field(number = 19, merge = central)]
    pub unchanged: Option<i64>,
    /// Chunks of rows that are still to be taken back, while it is being taken back.
    #[field(number = 20, merge = central)]
    pub chunks_left: Option<i64>,
}

/// What a chunk of rows came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkCount {
    /// Rows that were tried.
    pub rows: u64,
    /// Of these, rows that came in.
    pub accepted: u64,
    /// Of these, rows that changed a record that was there.
    pub changed: u64,
    /// Of these, rows whose record was there just so.
    pub unchanged: u64,
    /// Whether they had been tried, and rejected, before.
    pub again: bool,
}

impl ImportRun {
    /// Counts a chunk in.
    #[must_use]
    pub fn counting(mut self, chunk: ChunkCount) -> Self {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.accepted += number(chunk.accepted);
        let more = |before: Option<i64>, count| Some(before.unwrap_or_default() + number(count));
        if chunk.changed + chunk.unchanged > 0 {
            self.changed = more(self.changed, chunk.changed);
            self.unchanged = more(self.unchanged, chunk.unchanged);
        }
        if chunk.again {
            self.rejected -= number(chunk.accepted);
        } else {
            self.read += number(chunk.rows);
            self.rejected += number(chunk.rows) - number(chunk.accepted);
        }
        self
    }

    /// All rows have been dealt with.
    #[must_use]
    pub fn finished(mut self, now: DateTime<Utc>) -> Self {
        if self.state == ImportRunState::Running {
            (self.state, self.finished_at) = (ImportRunState::Finished, Some(now));
        }
        self
    }

    /// Some of what it brought in was taken back, but for so many records; so many chunks are left.
    ///
    /// # Errors
    /// `import.reverted` when all of it was before.
    pub fn reverted(mut self, now: DateTime<Utc>, kept: usize, left: usize) -> Result<Self, ImportRunError> {
        self.may_be_reverted()?;
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.kept = Some(self.kept.unwrap_or_default().saturating_add(number(kept)));
        if left == 0 {
            (self.state, self.reverted_at) = (ImportRunState::Reverted, Some(now));
            self.chunks_left = None;
        } else {
            self.state = ImportRunState::Reverting;
            self.chunks_left = Some(number(left));
        }
        Ok(self)
    }

    /// Refuses to take back what was taken back.
    ///
    /// # Errors
    /// `import.reverted`.
    pub fn may_be_reverted(&self) -> Result<(), ImportRunError> {
        match self.state {
            ImportRunState::Reverted => Err(ImportRunError::Reverted { id: self.id }),
            ImportRunState::Running | ImportRunState::Finished | ImportRunState::Reverting => Ok(()),
        }
    }

    /// Refuses what is to go on with an import that was taken back, if only in part.
    ///
    /// # Errors
    /// `import.reverted`.
    pub fn may_go_on(&self) -> Result<(), ImportRunError> {
        match self.state {
            ImportRunState::Reverted | ImportRunState::Reverting => {
                Err(ImportRunError::Reverted { id: self.id })
            }
            ImportRunState::Running | ImportRunState::Finished => Ok(()),
        }
    }
}

/// A step of an import that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportRunError {
    /// It was taken back.
    #[error("the import was reverted; to bring the same file in again, give it another label")]
    Reverted {
        /// Its id.
        id: ImportRunId,
    },
}

impl Coded for ImportRunError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Rule
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Reverted { .. } => "import.reverted",
        }
    }
    fn field(&self) -> Option<String> {
        Some("label".to_owned())
    }
    fn entity(&self) -> Option<Uuid> {
        let Self::Reverted { id } = self;
        Some(id.uuid())
    }
}

/// The day and moment of taking back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Now.
    pub now: DateTime<Utc>,
    /// Today.
    pub today: NaiveDate,
}
