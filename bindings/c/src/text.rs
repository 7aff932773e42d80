//! Texts: those inside structures, and those the library makes on demand.

use crate::rt::{CText, Handle, guard_val, handle_type};
use std::ffi::c_char;

/// A text inside a structure. {NULL, 0} means not given; a length of CLIENTELA_NUL means that the text ends with a NUL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_str {
    /// UTF-8 without U+0000. Read during the call only.
    pub ptr: *const c_char,
    /// Number of bytes, or CLIENTELA_NUL.
    pub len: usize,
}

const _: () = assert!(size_of::<clientela_str>() == 2 * size_of::<usize>());

/// A text made on demand, such as a document. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_text {
    _opaque: [u8; 0],
}

handle_type!(clientela_text => CText);

/// The text.
///
/// @param text [in] the text; NULL or not a text gives NULL
/// @param len [out] its length in bytes; may be NULL
/// @return UTF-8 with a NUL after it, owned by `text`, valid until clientela_text_free
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_text_get(text: *const clientela_text, len: *mut usize) -> *const c_char {
    guard_val(std::ptr::null(), || {
        clientela_text::object(text).map_or(std::ptr::null(), |text| {
            // SAFETY: the header asks for NULL or a variable that may be written to.
            unsafe { text.give(len) }
        })
    })
}

/// Frees the text.
///
/// @param text [in] the text; nothing happens with NULL
/// Threads: any, once nobody reads the text.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_text_free(text: *mut clientela_text) {
    guard_val((), || clientela_text::free(text));
}

#[cfg(test)]
#[cfg(not(feature = "panic-in-every-call"))]
mod tests {
    use super::*;
    use crate::rt::NUL_TERMINATED;
    use std::ffi::CStr;

    #[test]
    fn a_text_in_a_structure_says_whether_it_is_given() {
        let at = |ptr: *const c_char, len| clientela_str { ptr, len };
        let rossi = c"Rossi".as_ptr();
        for (text, read) in [
            (at(std::ptr::null(), 0), Ok(None)),
            (at(std::ptr::null(), 3), Err("argument.null")),
            (at(std::ptr::null(), NUL_TERMINATED), Err("argument.null")),
            (at(rossi, 0), Ok(Some(""))),
            (at(rossi, 3), Ok(Some("Ros"))),
            (at(rossi, 6), Err("text.nul")),
            (at(rossi, NUL_TERMINATED), Ok(Some("Rossi"))),
            (at(rossi, 1 << 21), Err("text.too_long")),
            (at(c"\xff".as_ptr(), NUL_TERMINATED), Err("text.utf8")),
        ] {
            // SAFETY: each pointer has what its length says, or is refused by it.
            let told = unsafe { text.get("name") }.map_err(|fail| fail.0.code);
            assert_eq!(told, read, "{}", text.len);
        }
    }

    #[test]
    fn a_text_is_readable_until_it_is_freed() {
        let text = clientela_text::keep(CText::new("Müller\0")).unwrap();
        let mut len = 0;
        // SAFETY: `len` is a variable, and the text is read before it is freed.
        unsafe {
            let read = CStr::from_ptr(clientela_text_get(text, &raw mut len));
            assert_eq!(read.to_str().unwrap(), "Müller\u{FFFD}");
            assert_eq!(len, read.to_bytes().len());
            clientela_text_free(text);
            clientela_text_free(text);
            assert!(clientela_text_get(text, std::ptr::null_mut()).is_null());
        }
    }
}
