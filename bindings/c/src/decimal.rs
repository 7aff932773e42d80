//! Exact numbers without a currency: rates, percentages, quantities.

use crate::error::clientela_error;
use crate::rt::{Boundary, Fail, cstr, guard, out_value, write_text};
use crate::status::clientela_status;
use clientela_model::money::parse_decimal;
use rust_decimal::Decimal;
use std::ffi::c_char;

/// Decimals a number of the ABI can have: with more, not even 9.9 would fit its coefficient.
pub(crate) const SCALE_MAX: u32 = 18;
const RANGE: &str = "19 digits, at most 18 of them decimals, and no larger than 64 bits hold";

/// An exact number: coef / 10^scale. 12.5 is {125, 1}.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct clientela_decimal {
    /// All digits as a whole number.
    pub coef: i64,
    /// How many of the digits are decimals, 0 to 18.
    pub scale: i32,
    /// Zero.
    pub reserved: i32,
}

const _: () =
    assert!(size_of::<clientela_decimal>() == 16 && align_of::<clientela_decimal>() == align_of::<i64>());

/// The number of a coefficient and a scale.
///
/// # Errors
/// `value.range` when the scale is not 0 to 18.
pub(crate) fn from_parts(coef: i64, scale: i32, name: &str) -> Result<Decimal, Fail> {
    match u32::try_from(scale) {
        Ok(scale) if scale <= SCALE_MAX => Ok(Decimal::new(coef, scale)),
        _ => Err(Boundary::Range { name: format!("{name}.scale"), range: "0 to 18" }.into()),
    }
}

/// Coefficient and scale of the number. Zeros at its end are given up only when it would not fit otherwise.
///
/// # Errors
/// `value.range` when it does not fit even then.
pub(crate) fn to_parts(number: Decimal, name: &str) -> Result<(i64, i32), Fail> {
    let fits = |number: Decimal| {
        let coef = i64::try_from(number.mantissa()).ok()?;
        let scale = i32::try_from(number.scale()).ok().filter(|_| number.scale() <= SCALE_MAX)?;
        Some((coef, scale))
    };
    fits(number)
        .or_else(|| fits(number.normalize()))
        .ok_or_else(|| Boundary::Range { name: name.to_owned(), range: RANGE }.into())
}

impl clientela_decimal {
    /// The number a caller points to.
    ///
    /// # Errors
    /// `argument.null`, `argument.unaligned`, `value.range`, `struct.newer` when `reserved` is set.
    ///
    /// # Safety
    /// `number` is NULL or can be read.
    pub(crate) unsafe fn read(number: *const Self, name: &'static str) -> Result<Decimal, Fail> {
        // SAFETY: the caller's promise is passed on.
        unsafe { crate::rt::read_value(number, name) }?.get(name)
    }

    /// The number, checked.
    ///
    /// # Errors
    /// `value.range`, `struct.newer` when `reserved` is set.
    pub(crate) fn get(self, name: &'static str) -> Result<Decimal, Fail> {
        if self.reserved != 0 {
            return Err(Boundary::StructNewer { name }.into());
        }
        from_parts(self.coef, self.scale, name)
    }

    /// The number as C reads it.
    ///
    /// # Errors
    /// `value.range`.
    pub(crate) fn new(number: Decimal, name: &str) -> Result<Self, Fail> {
        to_parts(number, name).map(|(coef, scale)| Self { coef, scale, reserved: 0 })
    }
}

/// Reads a number: digits, a decimal point, a minus sign; no exponent, no grouping, no blanks, whatever the locale.
///
/// @param text [in] the text, such as "12.50"; not NULL
/// @param number [out] the number with the decimals as written; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_decimal_parse(
    text: *const c_char,
    number: *mut clientela_decimal,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a text that ends with a NUL and a variable that may be written to.
        let (text, number) = unsafe { (cstr(text, "text")?, out_value(number, "number")?) };
        let parsed = parse_decimal(text).map_err(|error| error.at("text"))?;
        number.set(clientela_decimal::new(parsed, "text")?);
        Ok(())
    })
}

/// Writes a number with all its decimals, so that reading it again gives the same.
///
/// @param number [in] the number; not NULL
/// @param buffer [out] where to; not NULL
/// @param size [in] bytes in the buffer: CLIENTELA_DECIMAL_TEXT is enough
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_RANGE, CLIENTELA_E_VERSION, CLIENTELA_E_BUFFER
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_decimal_format(
    number: *const clientela_decimal,
    buffer: *mut c_char,
    size: usize,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a number that can be read.
        let number = unsafe { clientela_decimal::read(number, "number") }?;
        // SAFETY: the header asks for a buffer of that size.
        unsafe { write_text(&number.to_string(), buffer, size, "buffer") }
    })
}
