//! Bytes the library gives: files.

use crate::rt::{Handle, guard_val, handle_type};
use std::ffi::c_void;
use std::ptr::null;

/// Bytes, such as the file of an affair. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_blob {
    _opaque: [u8; 0],
}

handle_type!(clientela_blob => Vec<u8>);

/// The bytes.
///
/// @param blob [in] the bytes' handle; NULL or not a blob gives NULL
/// @param len [out] how many there are; may be NULL, not written when the result is NULL
/// @return the bytes, without a NUL after them, owned by `blob`, valid until clientela_blob_free
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_blob_get(blob: *const clientela_blob, len: *mut usize) -> *const c_void {
    guard_val(null(), || {
        let Ok(bytes) = clientela_blob::object(blob) else { return null() };
        if !len.is_null() && len.is_aligned() {
            // SAFETY: not NULL, aligned, and the header asks for a variable that may be written to.
            unsafe { len.write(bytes.len()) };
        }
        bytes.as_ptr().cast()
    })
}

/// Frees bytes.
///
/// @param blob [in] the bytes' handle; nothing happens with NULL
/// Threads: any, once nobody reads them.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_blob_free(blob: *mut clientela_blob) {
    guard_val((), || clientela_blob::free(blob));
}
