//! Days.

use crate::error::clientela_error;
use crate::rt::{Boundary, Fail, cstr, guard, out_value, write_text};
use crate::status::clientela_status;
use chrono::{Datelike, NaiveDate};
use clientela_model::ValueError;
use std::ffi::c_char;

/// A day: days since 1970-01-01, as in Arrow's date32. CLIENTELA_NO_DATE means none.
pub type clientela_date = i32;

/// The day that means none: `CLIENTELA_NO_DATE` in the header.
pub(crate) const NO_DATE: clientela_date = clientela_date::MIN;

/// The day, nothing for none.
///
/// # Errors
/// `value.range` outside the years 1 to 9999, which is what every language the library speaks to can hold.
pub(crate) fn from_c(date: clientela_date, name: &str) -> Result<Option<NaiveDate>, Fail> {
    if date == NO_DATE {
        return Ok(None);
    }
    NaiveDate::from_epoch_days(date)
        .filter(|day| in_range(*day))
        .map(Some)
        .ok_or_else(|| Boundary::Range { name: name.to_owned(), range: "the years 1 to 9999" }.into())
}

/// The day as C reads it.
///
/// # Errors
/// As for [`from_c`].
pub(crate) fn to_c(day: NaiveDate, name: &str) -> Result<clientela_date, Fail> {
    if in_range(day) {
        Ok(day.to_epoch_days())
    } else {
        Err(Boundary::Range { name: name.to_owned(), range: "the years 1 to 9999" }.into())
    }
}

fn in_range(day: NaiveDate) -> bool {
    (1..=9999).contains(&day.year())
}

fn malformed(problem: &str) -> ValueError {
    ValueError::new("date.malformed", "date", problem, "a day of the calendar such as 2026-03-31")
}

/// Reads the one form of all ten characters: other readers take signs, blanks and single digits.
///
/// # Errors
/// `date.malformed`.
pub(crate) fn parse(text: &str) -> Result<NaiveDate, ValueError> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shape {
        return Err(malformed("is not written as year-month-day"));
    }
    text.parse().map_err(|_| malformed("is not in the calendar"))
}

/// Makes a day of year, month and day of the month, and checks that there is one.
///
/// @param year [in] 1 to 9999
/// @param month [in] 1 to 12
/// @param day [in] 1 to 31
/// @param date [out] the day; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_date_from_ymd(
    year: i32,
    month: i32,
    day: i32,
    date: *mut clientela_date,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to.
        let date = unsafe { out_value(date, "date") }?;
        let parts = (u32::try_from(month), u32::try_from(day));
        let found =
            if let (Ok(month), Ok(day)) = parts { NaiveDate::from_ymd_opt(year, month, day) } else { None };
        let found = found.ok_or_else(|| malformed("is not in the calendar"))?;
        date.set(to_c(found, "year")?);
        Ok(())
    })
}

/// Takes a day apart.
///
/// @param date [in] the day; none is refused
/// @param year [out] 1 to 9999; not NULL
/// @param month [out] 1 to 12; not NULL
/// @param day [out] 1 to 31; not NULL. All three are written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_date_to_ymd(
    date: clientela_date,
    year: *mut i32,
    month: *mut i32,
    day: *mut i32,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for variables that may be written to.
        let (year, month, day) =
            unsafe { (out_value(year, "year")?, out_value(month, "month")?, out_value(day, "day")?) };
        let found = from_c(date, "date")?.ok_or_else(|| malformed("is none").at("date"))?;
        year.set(found.year());
        month.set(found.month().cast_signed());
        day.set(found.day().cast_signed());
        Ok(())
    })
}

/// Reads a day in the form of ISO 8601.
///
/// @param text [in] 10 characters such as "2026-03-31"; not NULL
/// @param date [out] the day; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_date_parse(
    text: *const c_char,
    date: *mut clientela_date,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a text that ends with a NUL and a variable that may be written to.
        let (text, date) = unsafe { (cstr(text, "text")?, out_value(date, "date")?) };
        let day = parse(text).map_err(|error| error.at("text"))?;
        date.set(to_c(day, "text")?);
        Ok(())
    })
}

/// Writes a day in the form of ISO 8601; none is written as the empty text.
///
/// @param date [in] the day
/// @param buffer [out] where to; not NULL
/// @param size [in] bytes in the buffer: CLIENTELA_DATE_TEXT is enough
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_RANGE, CLIENTELA_E_BUFFER
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_date_format(
    date: clientela_date,
    buffer: *mut c_char,
    size: usize,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let text = from_c(date, "date")?.map(|day| day.to_string()).unwrap_or_default();
        // SAFETY: the header asks for a buffer of that size.
        unsafe { write_text(&text, buffer, size, "buffer") }
    })
}
