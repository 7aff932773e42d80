//! What every error of the library can say about itself, in any language.

use crate::why::Why;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The class of an error: what a caller can do about it. The C status and the Python exception follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is missing or makes no sense: correct the call.
    Argument,
    /// Bytes that should be UTF-8 are not.
    Utf8,
    /// A handle was freed, is of another type, or never existed.
    Handle,
    /// The handle is being used by another thread.
    BusyHandle,
    /// The object is in a state that does not allow this, for one a closed store.
    State,
    /// Nothing with that id or key, or nothing that may be seen.
    NotFound,
    /// It is already there.
    Exists,
    /// Somebody changed it meanwhile: read again and decide again.
    Conflict,
    /// A value is not acceptable.
    Validation,
    /// A rule of the business refuses it.
    Rule,
    /// The acting position may not do this.
    Rights,
    /// A number is outside what the type can hold.
    Range,
    /// Something is larger or more numerous than the library accepts.
    Limit,
    /// The caller's buffer is too small.
    Buffer,
    /// A structure, interface or store is newer than this library.
    Version,
    /// Another process is writing: try again.
    Busy,
    /// The operating system refused to read or write.
    Io,
    /// The file is not a store, or is damaged.
    Corrupt,
    /// The database engine failed; whether the command took effect can be asked by its id.
    Storage,
    /// The caller asked to stop.
    Cancelled,
    /// A function given by the caller failed.
    Callback,
    /// This build or this store cannot do that.
    Unsupported,
    /// A fault of the library itself.
    Internal,
}

impl ErrorKind {
    /// Whether the same call may succeed later without a change.
    #[must_use]
    pub const fn retry(self) -> bool {
        matches!(self, Self::Busy | Self::BusyHandle | Self::Storage)
    }
}

/// One finding among several: a validation reports all it found at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Stable dotted word.
    pub code: String,
    /// Path of the field, empty when the whole is meant.
    pub field: String,
    /// One sentence in English.
    pub message: String,
}

/// An error that any language can tell apart by code.
///
/// The text (`Display`) is one sentence in lower case that names the field and the problem, never personal data.
pub trait Coded: std::error::Error + Send + Sync + 'static {
    /// The class of the error.
    fn kind(&self) -> ErrorKind;
    /// A stable dotted word such as `offer.discount_limit`; its meaning never changes.
    fn code(&self) -> &'static str;
    /// Path of the field concerned, such as `items[2].discount`.
    fn field(&self) -> Option<String> {
        None
    }
    /// What would be right. Messages say it after a semicolon, and what follows it is the hint.
    fn hint(&self) -> Option<String> {
        hint_of(&self.to_string())
    }
    /// The record concerned, when the caller may know of it.
    fn entity(&self) -> Option<Uuid> {
        None
    }
    /// All findings of a validation.
    fn issues(&self) -> Vec<Issue> {
        Vec::new()
    }
    /// Why it was refused, when a rule decided.
    fn why(&self) -> Option<&Why> {
        None
    }
    /// Code of the database engine or the system, 0 if none.
    fn native(&self) -> i32 {
        0
    }
}

/// What a message says after its semicolon: what would be right.
#[must_use]
pub fn hint_of(message: &str) -> Option<String> {
    let (_, hint) = message.split_once("; ")?;
    Some(hint.strip_prefix("expected ").unwrap_or(hint).to_owned())
}

/// A text that is not the value it should be. Never carries the text itself: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {problem}; expected {expected}")]
pub struct ValueError {
    /// Stable dotted word such as `vat_number.check_digit`.
    pub code: &'static str,
    /// What was being read, in a seller's words: "VAT number".
    pub what: &'static str,
    /// What is wrong with it: "has a wrong check digit".
    pub problem: String,
    /// What would be right: "11 digits, the last a check digit".
    pub expected: String,
    /// Path of the field when known.
    pub field: Option<String>,
}

impl ValueError {
    /// A new error without a field.
    pub fn new(
        code: &'static str,
        what: &'static str,
        problem: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self { code, what, problem: problem.into(), expected: expected.into(), field: None }
    }

    /// The same error, said of a field; an outer path is put before an inner one.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        let outer = field.into();
        self.field = Some(match self.field.take() {
            Some(inner) => format!("{outer}.{inner}"),
            None => outer,
        });
        self
    }
}

impl Coded for ValueError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        self.code
    }
    fn field(&self) -> Option<String> {
        self.field.clone()
    }
    fn hint(&self) -> Option<String> {
        Some(self.expected.clone())
    }
}
