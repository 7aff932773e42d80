//! Texts and bytes across the boundary: UTF-8, without U+0000, of bounded length.

use super::fail::{Boundary, Fail};
use crate::text::clientela_str;
use std::ffi::{CStr, CString, c_char, c_void};

/// The longest text, in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 1 << 20;
/// The largest blob, in bytes.
pub(crate) const BLOB_BYTES_MAX: usize = 256 << 20;

/// A text the library keeps for the caller to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CText(CString);

impl CText {
    /// A copy of the text. Texts of the library have no U+0000; should one turn up, it is replaced by U+FFFD.
    pub(crate) fn new(text: &str) -> Self {
        Self(
            CString::new(text)
                .unwrap_or_else(|_| CString::new(text.replace('\0', "\u{FFFD}")).unwrap_or_default()),
        )
    }

    /// The address of the text, which is good as long as this value is neither changed nor dropped; its length goes to `len`.
    ///
    /// # Safety
    /// `len` is NULL or may be written to.
    pub(crate) unsafe fn give(&self, len: *mut usize) -> *const c_char {
        if !len.is_null() && len.is_aligned() {
            // SAFETY: not NULL, aligned, and the caller vouches for the rest.
            unsafe { len.write(self.0.as_bytes().len()) };
        }
        self.0.as_ptr()
    }

    /// The address of the text, as for [`give`](Self::give).
    pub(crate) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr()
    }
}

/// A text that must be given.
///
/// # Errors
/// `argument.null`, `text.utf8`, `text.too_long`.
///
/// # Safety
/// `text` is NULL or points to bytes that end with a NUL; they stay as they are for the lifetime `'a`, which ends with the
/// export's call.
pub(crate) unsafe fn cstr<'a>(text: *const c_char, name: &str) -> Result<&'a str, Fail> {
    // SAFETY: the caller's promise is passed on.
    unsafe { cstr_opt(text, name) }?.ok_or_else(|| Boundary::Null { name: name.to_owned() }.into())
}

/// A text that may be left out with NULL.
///
/// # Errors
/// `text.utf8`, `text.too_long`.
///
/// # Safety
/// As for [`cstr`].
pub(crate) unsafe fn cstr_opt<'a>(text: *const c_char, name: &str) -> Result<Option<&'a str>, Fail> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL; the caller vouches for the end and for the lifetime.
    let bytes = unsafe { CStr::from_ptr(text) }.to_bytes();
    checked(bytes, name).map(Some)
}

/// Bytes; NULL with a length of 0 is no bytes.
///
/// # Errors
/// `argument.null` when a length is given without bytes, `text.too_long`.
///
/// # Safety
/// `bytes` is NULL or points to `len` readable bytes, which stay as they are for the lifetime `'a`.
pub(crate) unsafe fn blob<'a>(bytes: *const c_void, len: usize, name: &str) -> Result<&'a [u8], Fail> {
    // SAFETY: the caller's promise is passed on.
    unsafe { slice(bytes.cast(), len, BLOB_BYTES_MAX, name) }
}

/// The length that says "up to the NUL": `CLIENTELA_NUL` in the header.
pub(crate) const NUL_TERMINATED: usize = usize::MAX;

impl clientela_str {
    /// The text, nothing when it is not given.
    ///
    /// # Errors
    /// `argument.null` when a length is given without a text, `text.utf8`, `text.nul`, `text.too_long`.
    ///
    /// # Safety
    /// `ptr` is NULL or points to what `len` says, which stays as it is for the lifetime `'a`.
    pub(crate) unsafe fn get<'a>(self, name: &str) -> Result<Option<&'a str>, Fail> {
        match (self.ptr.is_null(), self.len) {
            (true, 0) => Ok(None),
            // SAFETY: the caller's promise is passed on; NULL is refused inside.
            (_, NUL_TERMINATED) => unsafe { cstr(self.ptr, name) }.map(Some),
            (_, len) => {
                // SAFETY: the caller's promise is passed on; NULL is refused inside.
                let bytes = unsafe { slice(self.ptr.cast(), len, TEXT_BYTES_MAX, name) }?;
                checked(bytes, name).map(Some)
            }
        }
    }
}

/// A copy of a text of a structure; nothing when it is not given.
///
/// # Errors
/// As for `clientela_str::get`.
///
/// # Safety
/// As for `clientela_str::get`, for the time of this call.
pub(crate) unsafe fn text_of(text: clientela_str, name: &str) -> Result<Option<String>, Fail> {
    // SAFETY: the caller's promise is passed on.
    Ok(unsafe { text.get(name) }?.map(str::to_owned))
}

/// # Safety
/// As for [`blob`].
unsafe fn slice<'a>(bytes: *const u8, len: usize, most: usize, name: &str) -> Result<&'a [u8], Fail> {
    // The length is checked first: a wrong one is the likeliest mistake, and nothing is read by it.
    if len > most {
        return Err(Boundary::TooLong { name: name.to_owned(), found: len, most }.into());
    }
    if len == 0 {
        return Ok(&[]);
    }
    if bytes.is_null() {
        return Err(Boundary::Null { name: name.to_owned() }.into());
    }
    // SAFETY: not NULL, far shorter than half the address space, and the caller vouches for the rest.
    Ok(unsafe { std::slice::from_raw_parts(bytes, len) })
}

fn checked<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, Fail> {
    if bytes.len() > TEXT_BYTES_MAX {
        let (found, most) = (bytes.len(), TEXT_BYTES_MAX);
        return Err(Boundary::TooLong { name: name.to_owned(), found, most }.into());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Boundary::Utf8 { name: name.to_owned() })?;
    if text.contains('\0') {
        return Err(Boundary::Nul { name: name.to_owned() }.into());
    }
    Ok(text)
}
