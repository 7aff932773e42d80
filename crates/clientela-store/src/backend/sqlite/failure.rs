//! The engine's errors as ours.

use crate::error::StoreError;
use rusqlite::{Error, ErrorCode, ffi};

/// The engine's extended number, 0 if none.
pub(crate) fn native(error: &Error) -> i32 {
    error.sqlite_error().map_or(0, |error| error.extended_code)
}

/// What the error means here.
pub(crate) fn explain(error: &Error) -> StoreError {
    let native = native(error);
    let Some(code) = error.sqlite_error_code() else {
        return StoreError::Engine { problem: error.to_string(), native };
    };
    // The engine's own text for a number: unlike an error message it never repeats a value.
    let words = ffi::code_to_str(native).to_owned();
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::DiskFull => StoreError::DiskFull,
        ErrorCode::DatabaseCorrupt => StoreError::damaged(words),
        ErrorCode::NotADatabase => StoreError::damaged("its first page is not that of a database"),
        ErrorCode::OperationInterrupted => StoreError::Cancelled,
        ErrorCode::ReadOnly => StoreError::ReadOnly,
        ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::PermissionDenied
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::NoLargeFileSupport => {
            StoreError::Io { doing: "using the store's file", problem: words, native }
        }
        _ => StoreError::Engine { problem: words, native },
    }
}

/// Whether the connection may be in a state that later statements should not build on.
pub(crate) fn breaks_the_connection(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::OutOfMemory
                | ErrorCode::CannotOpen
                | ErrorCode::FileLockingProtocolFailed
        )
    )
}
