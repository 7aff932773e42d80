//! Commits and histories as callers see them.

use chrono::{DateTime, Utc};
use clientela_model::{Column, Value};
use uuid::Uuid;

/// What one command did to one aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its number in this store; also the version of the records it touched.
    pub seq: i64,
    /// The store it was made in.
    pub origin: Uuid,
    /// The command.
    pub command: Uuid,
    /// Which of the command's commits it is, from 0.
    pub part: i64,
    /// Number of the aggregate root's entity.
    pub root_entity: u16,
    /// The aggregate root.
    pub root: Uuid,
    /// When, by the store's clock that never goes back; to the millisecond.
    pub time: DateTime<Utc>,
    /// Who.
    pub actor: Uuid,
    /// In which position.
    pub position: Option<Uuid>,
    /// The kind of command.
    pub kind: String,
    /// Why, in his words.
    pub reason: String,
    /// Version of the declarations it was made under.
    pub schema: u32,
    /// The records it touched: entity number and id.
    pub touched: Vec<(u16, Uuid)>,
}

/// What one command did to one record.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The commit's number; also the record's version from then on.
    pub seq: i64,
    /// When, by the store's clock that never goes back; to the millisecond.
    pub time: DateTime<Utc>,
    /// Who.
    pub actor: Uuid,
    /// In which position.
    pub position: Option<Uuid>,
    /// The command.
    pub command: Uuid,
    /// The kind of command.
    pub kind: String,
    /// Why, in his words.
    pub reason: String,
    /// Whether this made the record.
    pub created: bool,
    /// The fields that changed, in the order of the declaration. Of a creation, all fields that are given.
    pub changes: Vec<FieldChange>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// The field.
    pub column: &'static Column,
    /// What it was.
    pub before: Value,
    /// What it became.
    pub after: Value,
}
