//! Ids of records.

use crate::error::clientela_error;
use crate::rt::{Boundary, Fail, cstr, guard, out_value, write_text};
use crate::status::clientela_status;
use clientela_model::id::parse_uuid;
use std::ffi::c_char;
use uuid::Uuid;

/// The id of a record: a UUID version 7 in network byte order. All zero means none.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct clientela_id {
    /// The bytes in the order they are written as text. A .NET Guid has another order: make it from the text.
    pub bytes: [u8; 16],
}

const _: () = assert!(size_of::<clientela_id>() == 16 && align_of::<clientela_id>() == 1);

impl From<Uuid> for clientela_id {
    fn from(id: Uuid) -> Self {
        Self { bytes: id.into_bytes() }
    }
}

impl clientela_id {
    /// The id a caller points to.
    ///
    /// # Errors
    /// `argument.null`.
    ///
    /// # Safety
    /// `id` is NULL or can be read.
    pub(crate) unsafe fn read(id: *const Self, name: &str) -> Result<Uuid, Fail> {
        if id.is_null() {
            return Err(Boundary::Null { name: name.to_owned() }.into());
        }
        // SAFETY: not NULL, an id has no alignment, and the caller vouches for the rest.
        Ok(Uuid::from_bytes(unsafe { id.read() }.bytes))
    }
}

/// Reads an id.
///
/// @param text [in] 36 characters such as "01890a5d-ac96-774b-bcce-b302099a8057"; not NULL
/// @param id [out] the id; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_id_parse(
    text: *const c_char,
    id: *mut clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a text that ends with a NUL and a variable that may be written to.
        let (text, id) = unsafe { (cstr(text, "text")?, out_value(id, "id")?) };
        id.set(parse_uuid(text).map_err(|error| error.at("text"))?.into());
        Ok(())
    })
}

/// Writes an id as text.
///
/// @param id [in] the id; not NULL. All zero is written with zeros
/// @param buffer [out] where to; not NULL
/// @param size [in] bytes in the buffer: CLIENTELA_ID_TEXT is enough
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_BUFFER
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_id_format(
    id: *const clientela_id,
    buffer: *mut c_char,
    size: usize,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read.
        let id = unsafe { clientela_id::read(id, "id") }?;
        // SAFETY: the header asks for a buffer of that size.
        unsafe { write_text(&id.hyphenated().to_string(), buffer, size, "buffer") }
    })
}
