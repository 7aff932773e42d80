//! What can go wrong between a command and the disk.

use clientela_model::{Coded, ErrorKind, RecordError};
use std::path::PathBuf;
use uuid::Uuid;

/// An error of the store. Its code is stable, its text never holds a stored value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file, or the folder it should be in, is not there.
    #[error("there is no store at {}; give the path of one, or ask for it to be created", path.display())]
    NotFound {
        /// What was looked for.
        path: PathBuf,
    },
    /// A folder stands where the file should be.
    #[error("{} is a directory; a store is one file", path.display())]
    IsDirectory {
        /// The folder.
        path: PathBuf,
    },
    /// The folder is on another machine.
    #[error("{} is on a network file system ({kind}), where locks do not hold; keep the store on a local disk", path.display())]
    NetworkFileSystem {
        /// The path asked for.
        path: PathBuf,
        /// The type of file system found.
        kind: String,
    },
    /// Something else is in the file.
    #[error("the file at {} is not a store; give the path of one made by this library", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// The store is broken.
    #[error("the store is damaged: {problem}; open it read-only and restore a backup")]
    Damaged {
        /// What was found, without any stored value.
        problem: String,
    },
    /// A newer version of the library wrote it.
    #[error(
        "the store has schema version {found}, this library knows {known}; update the library or open it read-only"
    )]
    Newer {
        /// Version in the file.
        found: u32,
        /// Newest version known here.
        known: u32,
    },
    /// An older store was opened read-only.
    #[error(
        "the store has schema version {found} and needs {known}; open it once for writing so that it is brought up to date"
    )]
    Older {
        /// Version in the file.
        found: u32,
        /// Version needed.
        known: u32,
    },
    /// A text is no anchor.
    #[error("the anchor cannot be read; give the text as it was given out")]
    Anchor,
    /// A store cannot be brought to the present declarations.
    #[error("the store cannot be brought to schema version {version}: {problem}")]
    Migration {
        /// The version wanted.
        version: u32,
        /// What stands in the way.
        problem: String,
    },
    /// The declarations contradict each other.
    #[error("the declarations of the entities are not sound: {problem}")]
    Schema {
        /// What is wrong.
        problem: String,
    },
    /// The linked SQLite has a known defect.
    #[error("the database engine is version {found}; 3.51.3 or later is needed")]
    EngineTooOld {
        /// Its version.
        found: String,
    },
    /// Somebody else is writing.
    #[error("another program or thread is writing to the store; try again")]
    Busy,
    /// No room.
    #[error("the disk or the store's size limit is full and nothing was stored; free space and try again")]
    DiskFull,
    /// The system refused.
    #[error("the system refused while {doing}: {problem}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The system's or the engine's words.
        problem: String,
        /// Its number, 0 if none.
        native: i32,
    },
    /// The store was closed.
    #[error("the store is closed; open it again")]
    Closed,
    /// The store was opened for reading.
    #[error("the store is open read-only; open it for writing to change it")]
    ReadOnly,
    /// The commit reported a failure after it may have been written.
    #[error(
        "it is not known whether command {command} took effect; ask for the command by its id, or send it again with the same id"
    )]
    OutcomeUnknown {
        /// Id of the command.
        command: Uuid,
        /// The engine's number.
        native: i32,
    },
    /// A command's id was used for another command.
    #[error("command id {command} was used before for another command; give every command its own id")]
    CommandReused {
        /// The id.
        command: Uuid,
    },
    /// The record is another one than the author saw.
    #[error(
        "{entity} {id} was changed meanwhile (version {stored}, seen {seen}); read it again and decide again"
    )]
    Conflict {
        /// The entity.
        entity: &'static str,
        /// The record.
        id: Uuid,
        /// Version the author saw.
        seen: i64,
        /// Version stored.
        stored: i64,
    },
    /// A record of that id is there.
    #[error("{entity} {id} exists already; a new record needs a new id")]
    Exists {
        /// The entity.
        entity: &'static str,
        /// The record.
        id: Uuid,
    },
    /// No record of that id.
    #[error("there is no {entity} {id}")]
    Missing {
        /// The entity.
        entity: &'static str,
        /// The record.
        id: Uuid,
    },
    /// A value the store cannot hold exactly.
    #[error("{entity}.{column} has a value the store cannot hold: {problem}")]
    ValueTooLarge {
        /// The entity.
        entity: &'static str,
        /// The column.
        column: &'static str,
        /// What is too large, without the value.
        problem: &'static str,
    },
    /// A text with a NUL character: engines would end it there, each in another place.
    #[error("{entity}.{column} holds a NUL character; leave it out")]
    Nul {
        /// The entity.
        entity: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A value of another type than its column.
    #[error("{entity}.{column} is {expected} and was given {given}")]
    ValueType {
        /// The entity.
        entity: &'static str,
        /// The column.
        column: &'static str,
        /// The column's type.
        expected: &'static str,
        /// What was given.
        given: &'static str,
    },
    /// An entity the schema does not have.
    #[error("there is no entity named {name}; see the data dictionary")]
    UnknownEntity {
        /// The name asked for.
        name: String,
    },
    /// A column the entity does not have.
    #[error("{entity} has no column named {column}; see the data dictionary")]
    UnknownColumn {
        /// The entity.
        entity: &'static str,
        /// The name asked for.
        column: String,
    },
    /// A view was written to.
    #[error("{entity} is a view and only read; change the records it is made of")]
    View {
        /// The view.
        entity: &'static str,
    },
    /// A condition larger than the engine accepts.
    #[error("the condition is too large: {problem}")]
    PredicateTooLarge {
        /// Which bound it exceeds.
        problem: &'static str,
    },
    /// A copy would overwrite something.
    #[error("{} exists already; a backup never overwrites", path.display())]
    TargetExists {
        /// The file in the way.
        path: PathBuf,
    },
    /// The caller asked to stop.
    #[error("the work was stopped at the caller's request and nothing was stored")]
    Cancelled,
    /// A row that its type refuses.
    #[error(transparent)]
    Record(Box<RecordError>),
    /// The engine refused a statement: a fault of this library.
    #[error("the database engine refused a statement: {problem}")]
    Engine {
        /// The engine's words.
        problem: String,
        /// The engine's number.
        native: i32,
    },
}

impl Coded for StoreError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } | Self::Missing { .. } => ErrorKind::NotFound,
            Self::IsDirectory { .. }
            | Self::CommandReused { .. }
            | Self::UnknownEntity { .. }
            | Self::UnknownColumn { .. }
            | Self::Anchor
            | Self::View { .. } => ErrorKind::Argument,
            Self::NetworkFileSystem { .. } | Self::EngineTooOld { .. } => ErrorKind::Unsupported,
            Self::NotAStore { .. } | Self::Damaged { .. } => ErrorKind::Corrupt,
            Self::Newer { .. } | Self::Older { .. } | Self::Migration { .. } => ErrorKind::Version,
            Self::Schema { .. } | Self::Engine { .. } => ErrorKind::Internal,
            Self::Busy => ErrorKind::Busy,
            Self::DiskFull | Self::Io { .. } => ErrorKind::Io,
            Self::Closed | Self::ReadOnly => ErrorKind::State,
            Self::OutcomeUnknown { .. } => ErrorKind::Storage,
            Self::Conflict { .. } => ErrorKind::Conflict,
            Self::Exists { .. } | Self::TargetExists { .. } => ErrorKind::Exists,
            Self::ValueTooLarge { .. } => ErrorKind::Range,
            Self::ValueType { .. } | Self::Nul { .. } => ErrorKind::Validation,
            Self::PredicateTooLarge { .. } => ErrorKind::Limit,
            Self::Cancelled => ErrorKind::Cancelled,
            Self::Record(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "store.not_found",
            Self::IsDirectory { .. } => "store.is_directory",
            Self::NetworkFileSystem { .. } => "store.network_file_system",
            Self::NotAStore { .. } => "store.not_a_store",
            Self::Damaged { .. } => "store.damaged",
            Self::Newer { .. } => "store.newer",
            Self::Older { .. } => "store.older",
            Self::Anchor => "store.anchor",
            Self::Migration { .. } => "store.migration",
            Self::Schema { .. } => "store.schema",
            Self::EngineTooOld { .. } => "store.engine_too_old",
            Self::Busy => "store.busy",
            Self::DiskFull => "store.disk_full",
            Self::Io { .. } => "store.io",
            Self::Closed => "store.closed",
            Self::ReadOnly => "store.read_only",
            Self::OutcomeUnknown { .. } => "store.outcome_unknown",
            Self::CommandReused { .. } => "command.reused",
            Self::Conflict { .. } => "record.changed_meanwhile",
            Self::Exists { .. } => "record.exists",
            Self::Missing { .. } => "record.not_found",
            Self::ValueTooLarge { .. } => "value.too_large",
            Self::Nul { .. } => "text.nul",
            Self::ValueType { .. } => "value.type",
            Self::UnknownEntity { .. } => "store.unknown_entity",
            Self::UnknownColumn { .. } => "store.unknown_column",
            Self::View { .. } => "store.view",
            Self::PredicateTooLarge { .. } => "predicate.too_large",
            Self::TargetExists { .. } => "store.target_exists",
            Self::Cancelled => "store.cancelled",
            Self::Record(error) => error.code(),
            Self::Engine { .. } => "store.engine",
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::ValueTooLarge { column, .. }
            | Self::ValueType { column, .. }
            | Self::Nul { column, .. } => Some((*column).to_owned()),
            Self::UnknownColumn { column, .. } => Some(column.clone()),
            Self::Record(error) => error.field(),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Record(error) => error.hint(),
            Self::Cancelled => Some("give the command again when it is wanted after all".to_owned()),
            Self::Engine { .. } | Self::Schema { .. } => {
                Some("report it: it is a fault of the library".to_owned())
            }
            Self::Io { .. } => Some("see that the disk can be read and written, and try again".to_owned()),
            Self::Migration { .. } => Some("go on with the library version that wrote it".to_owned()),
            Self::PredicateTooLarge { .. } => Some("ask in several smaller questions".to_owned()),
            Self::ValueTooLarge { .. } => Some("give a smaller value, of at most 18 digits".to_owned()),
            _ => clientela_model::hint_of(&self.to_string()),
        }
    }

    fn entity(&self) -> Option<Uuid> {
        match self {
            Self::Conflict { id, .. } | Self::Exists { id, .. } | Self::Missing { id, .. } => Some(*id),
            _ => None,
        }
    }

    fn native(&self) -> i32 {
        match self {
            Self::Io { native, .. } | Self::OutcomeUnknown { native, .. } | Self::Engine { native, .. } => {
                *native
            }
            _ => 0,
        }
    }
}

impl From<RecordError> for StoreError {
    fn from(error: RecordError) -> Self {
        // Boxed: it is far larger than all other errors, and every result would carry its room.
        Self::Record(Box::new(error))
    }
}

impl StoreError {
    /// A journal or state row that does not say what it should.
    pub(crate) fn damaged(problem: impl Into<String>) -> Self {
        Self::Damaged { problem: problem.into() }
    }

    /// What the operating system said.
    pub(crate) fn io(doing: &'static str, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            // The words of the kind alone: the full text of some systems repeats what was written.
            kind => Self::Io { doing, problem: kind.to_string(), native: error.raw_os_error().unwrap_or(0) },
        }
    }
}
