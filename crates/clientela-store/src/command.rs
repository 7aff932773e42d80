//! A command as the store sees it: who, why, and the id that makes a retry harmless.

use crate::backend::Transaction;
use crate::error::StoreError;
use crate::sql::cell::{id_cell, instant, read_id};
use crate::sql::own;
use chrono::{DateTime, Utc};
use std::ops::ControlFlow;
use uuid::Uuid;

/// What is known of a command before it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandMeta<'a> {
    /// Its id, made by the caller. The same id with the same fingerprint is the same command.
    pub id: Uuid,
    /// What kind of command it is: `opportunity.advance`.
    pub kind: &'a str,
    /// The user.
    pub actor: Uuid,
    /// The position he acts in.
    pub position: Option<Uuid>,
    /// Why, in his words; may be empty.
    pub reason: String,
    /// SHA-256 of the command's content.
    pub fingerprint: [u8; 32],
    /// When he gave it.
    pub time: DateTime<Utc>,
}

/// A command that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCommand {
    /// Its id.
    pub id: Uuid,
    /// What kind of command it was.
    pub kind: String,
    /// SHA-256 of its content.
    pub fingerprint: [u8; 32],
    /// The user.
    pub actor: Uuid,
    /// The position he acted in.
    pub position: Option<Uuid>,
    /// When he gave it.
    pub time: DateTime<Utc>,
    /// The first and the last commit it made; none when it changed nothing.
    pub commits: Option<(i64, i64)>,
    /// What was answered.
    pub answer: Vec<u8>,
}

/// What stands for an answer that was erased; no answer of this library begins so.
pub(crate) const ERASED_ANSWER: &[u8] = b"\0erased";

/// Whether this stands for an answer that was erased with the person it spoke of.
#[must_use]
pub fn is_erased_answer(answer: &[u8]) -> bool {
    answer == ERASED_ANSWER
}

impl StoredCommand {
    /// Whether its answer was erased with the person it spoke of.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        is_erased_answer(&self.answer)
    }
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written<T> {
    /// It was carried out now.
    Done(T),
    /// It had been carried out before; this was the answer then.
    Repeated(Vec<u8>),
}

impl<T> Written<T> {
    /// What was done now, if it was done now.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(value) => Some(value),
            Self::Repeated(_) => None,
        }
    }
}

/// The answer to a command that was carried out before.
///
/// # Errors
/// `command.reused` when its id belongs to another command.
pub(crate) fn answered(
    transaction: &dyn Transaction,
    meta: &CommandMeta<'_>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut found = None;
    transaction.query(own::COMMAND_SEEN, &[id_cell(&meta.id)], &mut |row| {
        if row.blob(0)? != meta.fingerprint {
            return Err(StoreError::CommandReused { command: meta.id });
        }
        found = Some(row.blob(1)?.to_vec());
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// A command by its id.
///
/// # Errors
/// `store.damaged` and what the system says.
pub(crate) fn stored(transaction: &dyn Transaction, id: Uuid) -> Result<Option<StoredCommand>, StoreError> {
    let mut found = None;
    transaction.query(own::COMMAND, &[id_cell(&id)], &mut |row| {
        let fingerprint = row
            .blob(1)?
            .try_into()
            .map_err(|_| StoreError::damaged("a command has a malformed fingerprint"))?;
        let (first, last) = (row.integer(5)?, row.integer(6)?);
        found = Some(StoredCommand {
            id,
            kind: row.text(0)?.to_owned(),
            fingerprint,
            actor: read_id(row.blob(2)?)?,
            position: row.optional_blob(3)?.map(read_id).transpose()?,
            time: instant(row.integer(4)?)?,
            commits: (first <= last).then_some((first, last)),
            answer: row.blob(7)?.to_vec(),
        });
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}
