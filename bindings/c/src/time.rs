//! Moments.

use crate::error::clientela_error;
use crate::rt::{Boundary, Fail, cstr, guard, out_value, write_text};
use crate::status::clientela_status;
use chrono::{DateTime, Datelike, Utc};
use clientela_model::{Value, ValueError};
use std::ffi::c_char;

/// A moment: microseconds since 1970-01-01T00:00:00Z, as in Arrow's timestamp[us, UTC]. CLIENTELA_NO_TIME means none.
pub type clientela_time = i64;

/// The moment that means none: `CLIENTELA_NO_TIME` in the header.
pub(crate) const NO_TIME: clientela_time = clientela_time::MIN;

/// The moment, nothing for none.
///
/// # Errors
/// `value.range` outside the years 1 to 9999, as for days.
pub(crate) fn from_c(time: clientela_time, name: &str) -> Result<Option<DateTime<Utc>>, Fail> {
    if time == NO_TIME {
        return Ok(None);
    }
    DateTime::from_timestamp_micros(time)
        .filter(in_range)
        .map(Some)
        .ok_or_else(|| Boundary::Range { name: name.to_owned(), range: "the years 1 to 9999" }.into())
}

/// The moment as C reads it.
///
/// # Errors
/// As for [`from_c`].
pub(crate) fn to_c(at: DateTime<Utc>, name: &str) -> Result<clientela_time, Fail> {
    if in_range(&at) {
        Ok(at.timestamp_micros())
    } else {
        Err(Boundary::Range { name: name.to_owned(), range: "the years 1 to 9999" }.into())
    }
}

fn in_range(at: &DateTime<Utc>) -> bool {
    (1..=9999).contains(&at.year())
}

/// Reads a moment in the form of RFC 3339. Digits beyond the microsecond are cut off.
///
/// @param text [in] a text with its offset, such as "2026-03-31T14:30:00+02:00" or "2026-03-31T12:30:00.5Z"; not NULL
/// @param time [out] the moment; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_time_parse(
    text: *const c_char,
    time: *mut clientela_time,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a text that ends with a NUL and a variable that may be written to.
        let (text, time) = unsafe { (cstr(text, "text")?, out_value(time, "time")?) };
        let at = DateTime::parse_from_rfc3339(text).map_err(|_| {
            let right = "day, time and offset such as 2026-03-31T14:30:00+02:00";
            ValueError::new("time.malformed", "time", "is not written as RFC 3339 asks", right).at("text")
        })?;
        time.set(to_c(at.to_utc(), "text")?);
        Ok(())
    })
}

/// Writes a moment in UTC with six decimals, as RFC 3339 asks; none is written as the empty text.
///
/// @param time [in] the moment
/// @param buffer [out] where to; not NULL
/// @param size [in] bytes in the buffer: CLIENTELA_TIME_TEXT is enough
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_RANGE, CLIENTELA_E_BUFFER
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_time_format(
    time: clientela_time,
    buffer: *mut c_char,
    size: usize,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let text = from_c(time, "time")?.map_or(Value::Null, Value::Instant).to_plain_text();
        // SAFETY: the header asks for a buffer of that size.
        unsafe { write_text(&text, buffer, size, "buffer") }
    })
}
