//! What a call answers.

/// What a call answers: 0 done, 1 end of an iteration, below 0 an error. See `clientela_status_code` for the values.
pub type clientela_status = i32;

/// The values of a status. Values are only added, never changed or used again; treat an unknown one below 0 as an error.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum clientela_status_code {
    /// Done.
    CLIENTELA_OK = 0,
    /// Nothing more to iterate over.
    CLIENTELA_END = 1,
    /// An argument is missing or makes no sense: correct the call.
    CLIENTELA_E_ARGUMENT = -1,
    /// A text is not UTF-8 or contains U+0000.
    CLIENTELA_E_UTF8 = -2,
    /// A handle is NULL, freed, of another type, or never existed.
    CLIENTELA_E_HANDLE = -3,
    /// Another thread is using the handle.
    CLIENTELA_E_BUSY_HANDLE = -4,
    /// The object is in a state that does not allow this, such as a closed store.
    CLIENTELA_E_STATE = -5,
    /// Nothing with that id or key, or nothing that may be seen.
    CLIENTELA_E_NOT_FOUND = -6,
    /// It is already there.
    CLIENTELA_E_EXISTS = -7,
    /// Somebody changed it meanwhile: read again and decide again.
    CLIENTELA_E_CONFLICT = -8,
    /// A value is not acceptable; the findings are in the error.
    CLIENTELA_E_VALIDATION = -9,
    /// A rule of the business refuses it.
    CLIENTELA_E_RULE = -10,
    /// The acting position may not do this.
    CLIENTELA_E_RIGHTS = -11,
    /// A number is outside what its type can hold.
    CLIENTELA_E_RANGE = -12,
    /// Something is larger or more numerous than the library accepts.
    CLIENTELA_E_LIMIT = -13,
    /// The caller's buffer is too small.
    CLIENTELA_E_BUFFER = -14,
    /// A structure, the program's header or a store is newer than this library.
    CLIENTELA_E_VERSION = -15,
    /// Another process is writing: try again.
    CLIENTELA_E_BUSY = -16,
    /// The operating system refused to read or write.
    CLIENTELA_E_IO = -17,
    /// The file is not a store, or is damaged.
    CLIENTELA_E_CORRUPT = -18,
    /// The database engine failed.
    CLIENTELA_E_STORAGE = -19,
    /// The caller asked to stop.
    CLIENTELA_E_CANCELLED = -20,
    /// A function given by the caller failed.
    CLIENTELA_E_CALLBACK = -21,
    /// This build or this store cannot do that.
    CLIENTELA_E_UNSUPPORTED = -22,
    /// A fault of the library itself; the host is unharmed.
    CLIENTELA_E_PANIC = -99,
}
