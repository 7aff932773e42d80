//! The library itself: which one it is, and what the host has not given back.

use crate::rt::{self, guard_val};
use std::ffi::{CStr, c_char};

/// The two numbers of the ABI in one: the major version times 65 536, plus the minor version.
pub(crate) const ABI: u32 =
    decimal(env!("CARGO_PKG_VERSION_MAJOR")) << 16 | decimal(env!("CARGO_PKG_VERSION_MINOR"));

const VERSION: &CStr = terminated(concat!(env!("CARGO_PKG_VERSION"), "\0"));

const BUILD_INFO: &CStr = terminated(concat!(
    "clientela ",
    env!("CARGO_PKG_VERSION"),
    "; abi ",
    env!("CARGO_PKG_VERSION_MAJOR"),
    ".",
    env!("CARGO_PKG_VERSION_MINOR"),
    "; arrow 60\0"
));

const fn terminated(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => c"",
    }
}

const fn decimal(digits: &str) -> u32 {
    let (digits, mut number, mut index) = (digits.as_bytes(), 0, 0);
    while index < digits.len() {
        number = number * 10 + (digits[index] - b'0') as u32;
        index += 1;
    }
    number
}

/// Which ABI the library has: `major << 16 | minor`. Compare with CLIENTELA_ABI, which is the header's.
///
/// @return the number; majors must be equal, and the library's minor must not be below the header's
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn clientela_abi_version() -> u32 {
    guard_val(0, || ABI)
}

/// The version of the library, such as "0.1.0".
///
/// @return a text that lives as long as the process, never NULL
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn clientela_version() -> *const c_char {
    guard_val(c"".as_ptr(), || VERSION.as_ptr())
}

/// One line for a report of a fault: versions of the library, its ABI and the engines inside.
///
/// @return a text that lives as long as the process, never NULL
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn clientela_build_info() -> *const c_char {
    guard_val(c"".as_ptr(), || BUILD_INFO.as_ptr())
}

/// How many handles were given out and not freed, error handles included. At the end of a program without leaks: 0.
///
/// @return the number
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn clientela_live_handles() -> usize {
    guard_val(0, rt::live_handles)
}
