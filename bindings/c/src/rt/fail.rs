//! What an export that could not do its work tells the caller, and the one place where errors of the library become statuses.

use crate::status::clientela_status_code as Status;
use clientela_model::{Coded, ErrorKind, Issue, Why};
use uuid::Uuid;

/// Everything an error slot can show.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) field: String,
    pub(crate) hint: String,
    pub(crate) entity: Uuid,
    pub(crate) issues: Vec<Issue>,
    pub(crate) why: Option<Why>,
    pub(crate) native: i32,
    pub(crate) retry: bool,
}

/// A [`Failure`] on the heap, so that results stay small.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fail(pub(crate) Box<Failure>);

impl<E: Coded> From<E> for Fail {
    fn from(error: E) -> Self {
        Self::of(&error)
    }
}

impl Fail {
    /// What an error says about itself.
    pub(crate) fn of(error: &dyn Coded) -> Self {
        let kind = error.kind();
        Self(Box::new(Failure {
            status: status_of(kind),
            code: error.code(),
            message: one_line(error.to_string()),
            field: error.field().unwrap_or_default(),
            hint: one_line(error.hint().unwrap_or_default()),
            entity: error.entity().unwrap_or_default(),
            issues: error.issues(),
            why: error.why().cloned(),
            native: error.native(),
            retry: kind.retry(),
        }))
    }

    /// The same failure, said of this parameter of the call whatever the field was called inside.
    #[must_use]
    pub(crate) fn of_field(mut self, field: &str) -> Self {
        field.clone_into(&mut self.0.field);
        self
    }

    /// The same failure, said of a field of the call; an outer path is put before an inner one.
    #[must_use]
    pub(crate) fn at(mut self, field: &str) -> Self {
        let inner = std::mem::take(&mut self.0.field);
        self.0.field = match inner.as_str() {
            "" => field.to_owned(),
            index if index.starts_with('[') => format!("{field}{index}"),
            inner => format!("{field}.{inner}"),
        };
        self
    }
}

/// The text without what would end a line of a log: a key that a caller passed may hold anything.
fn one_line(mut text: String) -> String {
    text.retain(|letter| !letter.is_control());
    text
}

/// Results of the facade, whose error is one of many, as results of an export.
pub(crate) trait OrFail<T> {
    /// The same result.
    ///
    /// # Errors
    /// The facade's.
    fn or_fail(self) -> Result<T, Fail>;
}

impl<T> OrFail<T> for clientela::Result<T> {
    fn or_fail(self) -> Result<T, Fail> {
        self.map_err(|error| Fail::of(error.coded()))
    }
}

/// The status of a class of errors. A class this build does not know is a fault of the library.
pub(crate) const fn status_of(kind: ErrorKind) -> Status {
    match kind {
        ErrorKind::Argument => Status::CLIENTELA_E_ARGUMENT,
        ErrorKind::Utf8 => Status::CLIENTELA_E_UTF8,
        ErrorKind::Handle => Status::CLIENTELA_E_HANDLE,
        ErrorKind::BusyHandle => Status::CLIENTELA_E_BUSY_HANDLE,
        ErrorKind::State => Status::CLIENTELA_E_STATE,
        ErrorKind::NotFound => Status::CLIENTELA_E_NOT_FOUND,
        ErrorKind::Exists => Status::CLIENTELA_E_EXISTS,
        ErrorKind::Conflict => Status::CLIENTELA_E_CONFLICT,
        ErrorKind::Validation => Status::CLIENTELA_E_VALIDATION,
        ErrorKind::Rule => Status::CLIENTELA_E_RULE,
        ErrorKind::Rights => Status::CLIENTELA_E_RIGHTS,
        ErrorKind::Range => Status::CLIENTELA_E_RANGE,
        ErrorKind::Limit => Status::CLIENTELA_E_LIMIT,
        ErrorKind::Buffer => Status::CLIENTELA_E_BUFFER,
        ErrorKind::Version => Status::CLIENTELA_E_VERSION,
        ErrorKind::Busy => Status::CLIENTELA_E_BUSY,
        ErrorKind::Io => Status::CLIENTELA_E_IO,
        ErrorKind::Corrupt => Status::CLIENTELA_E_CORRUPT,
        ErrorKind::Storage => Status::CLIENTELA_E_STORAGE,
        ErrorKind::Cancelled => Status::CLIENTELA_E_CANCELLED,
        ErrorKind::Callback => Status::CLIENTELA_E_CALLBACK,
        ErrorKind::Unsupported => Status::CLIENTELA_E_UNSUPPORTED,
        _ => Status::CLIENTELA_E_PANIC,
    }
}

/// Mistakes at the boundary itself. Names of parameters and fields are the header's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Boundary {
    #[error("{name} is NULL; pass a valid pointer")]
    Null { name: String },
    #[error("{name} is not aligned; pass a pointer to a variable of the right type")]
    Unaligned { name: String },
    #[error("{name} is not UTF-8; convert the text before the call")]
    Utf8 { name: String },
    #[error("{name} contains the character U+0000; end the text before it")]
    Nul { name: String },
    #[error("{name} has {found} bytes; pass at most {most}")]
    TooLong { name: String, found: usize, most: usize },
    #[error("{name} has {found} entries; pass at most {most}")]
    TooMany { name: String, found: usize, most: usize },
    #[error("the handle is NULL; pass one of type {kind}")]
    HandleNull { kind: &'static str },
    #[error("the handle was freed or never existed; pass a live one of type {kind}")]
    HandleUnknown { kind: &'static str },
    #[error("the handle is of another type; pass one of type {kind}")]
    HandleKind { kind: &'static str },
    #[error("another call is using this handle; use it from one thread at a time")]
    HandleBusy,
    #[error("an earlier call on this handle ended in a fault of the library; free it and begin again")]
    HandleBroken,
    #[error("there are too many live handles; free those that are no longer needed")]
    TableFull,
    #[error("{name}.struct_size is {found}; set up the structure with CLIENTELA_INIT")]
    StructSize { name: &'static str, found: usize },
    #[error("{name} has fields set that this library does not know; use a newer library or leave them zero")]
    StructNewer { name: &'static str },
    #[error("the program was made for ABI {}.{}, this library has {}.{}; install the library that belongs to it", found >> 16, found & 0xffff, known >> 16, known & 0xffff)]
    Abi { found: u32, known: u32 },
    #[error("{name} has room for {found} bytes; {needed} are needed")]
    Buffer { name: &'static str, found: usize, needed: usize },
    #[error("{name} does not fit its type; keep it within {range}")]
    Range { name: String, range: &'static str },
    #[error("the library met a fault of its own: {text}; please report it")]
    Panic { text: String },
}

impl Coded for Boundary {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Null { .. } | Self::Unaligned { .. } | Self::StructSize { .. } => ErrorKind::Argument,
            Self::Utf8 { .. } | Self::Nul { .. } => ErrorKind::Utf8,
            Self::TooLong { .. } | Self::TooMany { .. } | Self::TableFull => ErrorKind::Limit,
            Self::HandleNull { .. } | Self::HandleUnknown { .. } | Self::HandleKind { .. } => {
                ErrorKind::Handle
            }
            Self::HandleBusy => ErrorKind::BusyHandle,
            Self::HandleBroken => ErrorKind::State,
            Self::StructNewer { .. } | Self::Abi { .. } => ErrorKind::Version,
            Self::Buffer { .. } => ErrorKind::Buffer,
            Self::Range { .. } => ErrorKind::Range,
            Self::Panic { .. } => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Null { .. } => "argument.null",
            Self::Unaligned { .. } => "argument.unaligned",
            Self::Utf8 { .. } => "text.utf8",
            Self::Nul { .. } => "text.nul",
            Self::TooLong { .. } => "text.too_long",
            Self::TooMany { .. } => "array.too_many",
            Self::HandleNull { .. } => "handle.null",
            Self::HandleUnknown { .. } => "handle.unknown",
            Self::HandleKind { .. } => "handle.kind",
            Self::HandleBusy => "handle.busy",
            Self::HandleBroken => "handle.broken",
            Self::TableFull => "handle.table_full",
            Self::StructSize { .. } => "struct.size",
            Self::StructNewer { .. } => "struct.newer",
            Self::Abi { .. } => "library.abi",
            Self::Buffer { .. } => "buffer.too_small",
            Self::Range { .. } => "value.range",
            Self::Panic { .. } => "library.panic",
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Null { name }
            | Self::Unaligned { name }
            | Self::Utf8 { name }
            | Self::Nul { name }
            | Self::TooLong { name, .. }
            | Self::TooMany { name, .. }
            | Self::Range { name, .. } => Some(name.clone()),
            Self::StructSize { name, .. } | Self::StructNewer { name } | Self::Buffer { name, .. } => {
                Some((*name).to_owned())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_errors_has_its_own_status() {
        let kinds = [
            ErrorKind::Argument,
            ErrorKind::Utf8,
            ErrorKind::Handle,
            ErrorKind::BusyHandle,
            ErrorKind::State,
            ErrorKind::NotFound,
            ErrorKind::Exists,
            ErrorKind::Conflict,
            ErrorKind::Validation,
            ErrorKind::Rule,
            ErrorKind::Rights,
            ErrorKind::Range,
            ErrorKind::Limit,
            ErrorKind::Buffer,
            ErrorKind::Version,
            ErrorKind::Busy,
            ErrorKind::Io,
            ErrorKind::Corrupt,
            ErrorKind::Storage,
            ErrorKind::Cancelled,
            ErrorKind::Callback,
            ErrorKind::Unsupported,
        ];
        for (index, kind) in kinds.into_iter().enumerate() {
            assert_eq!(status_of(kind) as i32, -(i32::try_from(index).unwrap() + 1), "{kind:?}");
        }
        assert_eq!(status_of(ErrorKind::Internal), Status::CLIENTELA_E_PANIC);
    }

    #[test]
    fn a_message_is_one_line_whatever_was_passed() {
        let error = clientela::CrmError::NotFound { entity: "attachment", key: "a\nb\u{7}".to_owned() };
        let told = Fail::from(error).0.message;
        assert!(told.contains("ab") && !told.contains('\n'), "{told}");
    }

    #[test]
    fn an_outer_field_is_put_before_an_inner_one() {
        let fail = || Fail::from(Boundary::Null { name: "code".to_owned() });
        for (inner, outer, path) in [
            ("code", "product", "product.code"),
            ("[2].code", "items", "items[2].code"),
            ("", "items", "items"),
        ] {
            let mut fail = fail();
            fail.0.field = inner.to_owned();
            assert_eq!(fail.at(outer).0.field, path);
        }
    }
}
