//! The one error of the facade: any error of the floors below, with its code.

use clientela_core::organisation::Verb;
use clientela_model::{Coded, ErrorKind, Issue, Why};
use std::fmt;
use uuid::Uuid;

/// The result of every call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as any caller can tell it apart: class, stable code, field, record, what would be right, and why.
///
/// ```
/// use clientela::{Crm, ErrorKind};
/// let error = Crm::open("/nowhere/network.clientela").unwrap_err();
/// assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, "store.not_found"));
/// ```
pub struct Error(Box<dyn Coded>);

impl Error {
    /// The class: what a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind()
    }
    /// A stable dotted word.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code()
    }
    /// Path of the field concerned.
    #[must_use]
    pub fn field(&self) -> Option<String> {
        self.0.field()
    }
    /// What would be right.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.0.hint()
    }
    /// The record concerned.
    #[must_use]
    pub fn entity(&self) -> Option<Uuid> {
        self.0.entity()
    }
    /// All findings of a validation.
    #[must_use]
    pub fn issues(&self) -> Vec<Issue> {
        self.0.issues()
    }
    /// Why it was refused, when a rule decided.
    #[must_use]
    pub fn why(&self) -> Option<&Why> {
        self.0.why()
    }
    /// The error beneath, for bindings that pass its parts on.
    #[must_use]
    pub fn coded(&self) -> &dyn Coded {
        &*self.0
    }
}

impl<E: Coded> From<E> for Error {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.0)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0)
    }
}

/// Errors the facade itself finds.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CrmError {
    /// No such record, or none that may be seen: the two are not told apart.
    #[error("there is no {} {key} that you can see", spoken(entity))]
    NotFound {
        /// What was looked for.
        entity: &'static str,
        /// Its id, number or key as it was given; never a name.
        key: String,
    },
    /// Several records have the key that was given; each dealer numbers by himself.
    #[error("several records of {} that you can see are called {key}; name it by its id", spoken(entity))]
    Ambiguous {
        /// What was looked for.
        entity: &'static str,
        /// Its key as it was given.
        key: String,
    },
    /// The acting position may not do this.
    #[error("your position may not {verb} this {}", spoken(entity))]
    NotAllowed {
        /// What was to be done.
        verb: Verb,
        /// With what.
        entity: &'static str,
        /// Why not.
        why: Why,
    },
    /// A name that is not declared.
    #[error("there is no {what} called {name}; {hint}")]
    UnknownName {
        /// What kind of name.
        what: &'static str,
        /// The name as given.
        name: String,
        /// The nearest ones, or all.
        hint: String,
    },
    /// Somebody changed it since it was read.
    #[error("{entity} {key} was changed meanwhile; read it again and decide again")]
    ChangedMeanwhile {
        /// What was to be changed.
        entity: &'static str,
        /// Its id.
        key: Uuid,
    },
    /// The command's text is not a command.
    #[error("the command cannot be read{}: {problem}", field.as_ref().map(|field| format!(", {field}")).unwrap_or_default())]
    Command {
        /// The field at which the reading stops, when that is known.
        field: Option<String>,
        /// What is wrong and where.
        problem: String,
    },
    /// The question's text is not a question.
    #[error("the question cannot be read{}: {problem}", field.as_ref().map(|field| format!(", {field}")).unwrap_or_default())]
    Question {
        /// The field at which the reading stops, when that is known.
        field: Option<String>,
        /// What is wrong and where.
        problem: String,
    },
    /// The user may no longer act from the position of the session.
    #[error("the position of this session has ended, or its user may no longer sign in; sign in again")]
    SessionEnded,
    /// Something was needed that is not set up.
    #[error("{problem}; {hint}")]
    Setup {
        /// Stable dotted word.
        code: &'static str,
        /// What is missing.
        problem: String,
        /// What would be right.
        hint: &'static str,
    },
    /// An argument outside its bounds.
    #[error("{field} {problem}; {hint}")]
    Argument {
        /// Which argument.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
        /// What would be right.
        hint: &'static str,
    },
    /// A fault of the library itself.
    #[error("an internal assumption failed: {what}; please report it")]
    Internal {
        /// Which one.
        what: &'static str,
    },
}

/// An entity as a seller calls it.
fn spoken(entity: &str) -> String {
    if entity == "relationship" { "customer".to_owned() } else { entity.replace('_', " ") }
}

impl Coded for CrmError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::NotAllowed { .. } | Self::SessionEnded => ErrorKind::Rights,
            Self::UnknownName { .. }
            | Self::Ambiguous { .. }
            | Self::Command { .. }
            | Self::Question { .. }
            | Self::Argument { .. } => ErrorKind::Argument,
            Self::ChangedMeanwhile { .. } => ErrorKind::Conflict,
            Self::Setup { .. } => ErrorKind::State,
            Self::Internal { .. } => ErrorKind::Internal,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "record.not_found",
            Self::Ambiguous { .. } => "record.ambiguous",
            Self::NotAllowed { .. } => "access.not_allowed",
            Self::UnknownName { .. } => "name.unknown",
            Self::ChangedMeanwhile { .. } => "record.changed_meanwhile",
            Self::Command { .. } => "command.unreadable",
            Self::Question { .. } => "question.unreadable",
            Self::SessionEnded => "session.ended",
            Self::Setup { code, .. } => code,
            Self::Argument { .. } => "argument.invalid",
            Self::Internal { .. } => "internal",
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Argument { field, .. } => Some((*field).to_owned()),
            Self::Command { field, .. } | Self::Question { field, .. } => field.clone(),
            _ => None,
        }
    }
    fn hint(&self) -> Option<String> {
        match self {
            Self::Setup { hint, .. } | Self::Argument { hint, .. } => Some((*hint).to_owned()),
            Self::UnknownName { hint, .. } => Some(hint.clone()),
            Self::NotFound { .. } => Some("name one that you can see, by its id or key".to_owned()),
            Self::NotAllowed { .. } => {
                Some("ask somebody whose position may, or an administrator".to_owned())
            }
            Self::Command { .. } => Some("give the command in the form of its word".to_owned()),
            Self::Question { .. } => Some("ask the question in the form of its word".to_owned()),
            _ => clientela_model::hint_of(&self.to_string()),
        }
    }
    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::ChangedMeanwhile { key, .. } => Some(*key),
            _ => None,
        }
    }
    fn why(&self) -> Option<&Why> {
        match self {
            Self::NotAllowed { why, .. } => Some(why),
            _ => None,
        }
    }
}
