//! Questions on imports: saved mappings, a guess at a table's columns, what was imported.

use crate::error::Result;
use crate::import::{Guess, ImportOptions, ImportTarget, guess, saved};
use crate::session::Session;
use chrono::{DateTime, Utc};
use clientela_core::ids::{ImportRunId, UnitId};
use clientela_core::imports::{ImportMapping, ImportRun, ImportRunState};
use clientela_model::{ClosedList, Predicate};
use serde::{Deserialize, Serialize};

/// The saved mappings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportMappings {
    /// Of what; of all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<ImportTarget>,
    /// Also those that were retired.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// A saved mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedMapping {
    /// Its name.
    pub name: String,
    /// Whether it is still used.
    pub active: bool,
    /// The unit whose dealer's files it reads; all read by it when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// What it says.
    pub options: ImportOptions,
}

pub(super) fn mappings(session: &Session, question: &ImportMappings) -> Result<Vec<SavedMapping>> {
    session.look(|view| {
        let mut all = view.all_of::<ImportMapping>(&Predicate::Everything)?;
        let usable = saved::usable_by(&view)?;
        all.retain(|stored| usable(&stored.record) && (question.retired || stored.record.active));
        let wanted = question.target.map(ClosedList::word);
        all.retain(|stored| wanted.is_none_or(|target| stored.record.target == target));
        all.sort_by(|left, right| left.record.name.cmp(&right.record.name));
        let line = |stored: &clientela_store::Stored<ImportMapping>| {
            Ok(SavedMapping {
                name: stored.record.name.clone(),
                active: stored.record.active,
                unit: stored.record.unit,
                options: saved::options_of(&stored.record)?,
            })
        };
        all.iter().map(line).collect()
    })
}

/// A table's headers and a few of its rows, whose columns are to be guessed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuessOf {
    /// What the rows are to become.
    pub target: ImportTarget,
    /// The headers.
    pub headers: Vec<String>,
    /// Some rows, as texts: they confirm the guess or replace it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Vec<String>>,
}

pub(super) fn guessed(session: &Session, question: &GuessOf) -> Result<Guess> {
    let fitting = session.look(|view| saved::fitting(&view, question.target.word(), &question.headers))?;
    Ok(guess(question.target, &question.headers, &question.rows, fitting.map(|found| found.name)))
}

/// The imports that may be seen, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportRuns {
    /// Only those that stand so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ImportRunState>,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportRunLine {
    /// Its id.
    pub id: ImportRunId,
    /// The label it was given.
    pub name: Option<String>,
    /// What the rows became.
    pub target: String,
    /// SHA-256 of the file.
    pub source_digest: String,
    /// The saved mapping that was used.
    pub mapping: Option<String>,
    /// Rows of the file.
    pub rows: i64,
    /// Rows dealt with.
    pub read: i64,
    /// Rows that came in.
    pub accepted: i64,
    /// Of these, rows that changed a record that was there; none where none could.
    pub changed: Option<i64>,
    /// Of these, rows whose record was there just so.
    pub unchanged: Option<i64>,
    /// Rows that did not.
    pub rejected: i64,
    /// Where it stands.
    pub state: ImportRunState,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was at its end.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub reverted_at: Option<DateTime<Utc>>,
    /// Records that stayed then, because they had been changed since.
    pub kept: Option<i64>,
    /// Chunks of rows that are still to be taken back, while it is being taken back.
    pub chunks_left: Option<i64>,
}

pub(super) fn runs(session: &Session, question: &ImportRuns) -> Result<Vec<ImportRunLine>> {
    session.look(|view| {
        let mut all = view.all_of::<ImportRun>(&Predicate::Everything)?;
        all.retain(|stored| question.state.is_none_or(|state| stored.record.state == state));
        all.sort_by_key(|stored| (std::cmp::Reverse(stored.record.started_at), stored.record.id));
        let line = |stored: clientela_store::Stored<ImportRun>| {
            let run = stored.record;
            ImportRunLine {
                id: run.id,
                name: run.name,
                target: run.target,
                source_digest: run.source_digest,
                mapping: run.mapping,
                rows: run.rows,
                read: run.read,
                accepted: run.accepted,
                changed: run.changed,
                unchanged: run.unchanged,
                rejected: run.rejected,
                state: run.state,
                started_at: run.started_at,
                finished_at: run.finished_at,
                reverted_at: run.reverted_at,
                kept: run.kept,
                chunks_left: run.chunks_left,
            }
        };
        Ok(all.into_iter().map(line).collect())
    })
}
