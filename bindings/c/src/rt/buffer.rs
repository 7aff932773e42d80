//! Short texts written into the caller's own buffer.

use super::fail::{Boundary, Fail};
use std::ffi::c_char;

/// Writes the text and its NUL, or nothing at all when there is no room for both.
///
/// # Errors
/// `argument.null`, `buffer.too_small`.
///
/// # Safety
/// `buffer` is NULL or points to `size` bytes that may be written to.
pub(crate) unsafe fn write_text(
    text: &str,
    buffer: *mut c_char,
    size: usize,
    name: &'static str,
) -> Result<(), Fail> {
    if buffer.is_null() {
        return Err(Boundary::Null { name: name.to_owned() }.into());
    }
    let needed = text.len() + 1;
    if size < needed {
        return Err(Boundary::Buffer { name, found: size, needed }.into());
    }
    // SAFETY: not NULL, with room for the text and its NUL; the library's own text cannot overlap it.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), buffer.cast::<u8>(), text.len());
        buffer.cast::<u8>().add(text.len()).write(0);
    }
    Ok(())
}
