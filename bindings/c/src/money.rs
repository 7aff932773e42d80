//! Amounts.

use crate::decimal::{from_parts, to_parts};
use crate::error::clientela_error;
use crate::rt::{Fail, cstr, guard, out_value, read_value, write_text};
use crate::status::clientela_status;
use clientela_model::identifier::Currency;
use clientela_model::{Money, ValueError};
use std::ffi::c_char;

/// An exact amount: coef / 10^scale in a currency. 98 500.50 EUR is {9850050, 2, "EUR"}.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct clientela_money {
    /// All digits as a whole number.
    pub coef: i64,
    /// How many of the digits are decimals, 0 to 18.
    pub scale: i32,
    /// Code of ISO 4217 in capital letters with a NUL after it.
    pub currency: [c_char; 4],
}

const _: () =
    assert!(size_of::<clientela_money>() == 16 && align_of::<clientela_money>() == align_of::<i64>());

impl clientela_money {
    /// The amount a caller points to.
    ///
    /// # Errors
    /// `argument.null`, `argument.unaligned`, `value.range`, and what [`Currency::parse`] says.
    ///
    /// # Safety
    /// `amount` is NULL or can be read.
    pub(crate) unsafe fn read(amount: *const Self, name: &'static str) -> Result<Money, Fail> {
        // SAFETY: the caller's promise is passed on.
        unsafe { read_value(amount, name) }?.get(name)
    }

    /// The amount, checked.
    ///
    /// # Errors
    /// `value.range`, and what [`Currency::parse`] says.
    pub(crate) fn get(self, name: &str) -> Result<Money, Fail> {
        let [a, b, c, end] = self.currency.map(|letter| letter as u8);
        let letters = [a, b, c];
        // Without its NUL the code is not one, whatever its letters say.
        let code = if end == 0 { std::str::from_utf8(&letters).unwrap_or_default() } else { "" };
        let field = format!("{name}.currency");
        let currency = currency(code, &field)?;
        // People may write small letters; a structure is filled by a program, and amounts are compared by their bytes.
        if currency.code() != code {
            let right = "three capital letters such as EUR";
            let error = ValueError::new("currency.unknown", "currency", "is not in capital letters", right);
            return Err(error.at(field).into());
        }
        Ok(Money::new(from_parts(self.coef, self.scale, name)?, currency))
    }

    /// The amount as C reads it.
    ///
    /// # Errors
    /// `value.range` when it has more digits than 64 bits hold.
    pub(crate) fn new(amount: Money, name: &str) -> Result<Self, Fail> {
        let (coef, scale) = to_parts(amount.amount(), name)?;
        let mut currency = [0; 4];
        // Codes have three letters; the last place stays zero.
        for (place, letter) in currency.iter_mut().take(3).zip(amount.currency().code().bytes()) {
            *place = letter as c_char;
        }
        Ok(Self { coef, scale, currency })
    }
}

/// An amount of a structure; nothing when all of it is zero.
///
/// # Errors
/// As for [`clientela_money::get`].
pub(crate) fn money_opt(amount: clientela_money, name: &str) -> Result<Option<Money>, Fail> {
    if amount == (clientela_money { coef: 0, scale: 0, currency: [0; 4] }) {
        return Ok(None);
    }
    amount.get(name).map(Some)
}

fn currency(code: &str, name: &str) -> Result<Currency, ValueError> {
    Currency::parse(code).map_err(|error| error.at(name))
}

/// Reads an amount: digits, a decimal point, a minus sign; no exponent, no grouping, no blanks, whatever the locale.
///
/// @param text [in] the number, such as "98500.50"; not NULL
/// @param currency_code [in] code of ISO 4217, such as "EUR"; not NULL
/// @param amount [out] the amount with the decimals as written; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_money_parse(
    text: *const c_char,
    currency_code: *const c_char,
    amount: *mut clientela_money,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for texts that end with a NUL.
        let (text, code) = unsafe { (cstr(text, "text")?, cstr(currency_code, "currency_code")?) };
        // SAFETY: the header asks for a variable that may be written to.
        let amount = unsafe { out_value(amount, "amount") }?;
        let parsed =
            Money::parse(text, currency(code, "currency_code")?).map_err(|error| error.at("text"))?;
        amount.set(clientela_money::new(parsed, "text")?);
        Ok(())
    })
}

/// Writes an amount with all its decimals and its currency after it: "98500.50 EUR".
///
/// @param amount [in] the amount; not NULL
/// @param buffer [out] where to; not NULL
/// @param size [in] bytes in the buffer: CLIENTELA_MONEY_TEXT is enough
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE, CLIENTELA_E_BUFFER
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_money_format(
    amount: *const clientela_money,
    buffer: *mut c_char,
    size: usize,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an amount that can be read.
        let amount = unsafe { clientela_money::read(amount, "amount") }?;
        // SAFETY: the header asks for a buffer of that size.
        unsafe { write_text(&amount.to_string(), buffer, size, "buffer") }
    })
}

/// Adds two amounts of one currency, exactly.
///
/// @param left [in] an amount; not NULL
/// @param right [in] an amount of the same currency; not NULL
/// @param sum [out] the sum, with the decimals of the one that has more; not NULL, may be `left` or `right`,
///        written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION when the currencies differ, CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_money_add(
    left: *const clientela_money,
    right: *const clientela_money,
    sum: *mut clientela_money,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for amounts that can be read.
        let (left, right) =
            unsafe { (clientela_money::read(left, "left")?, clientela_money::read(right, "right")?) };
        // SAFETY: the header asks for a variable that may be written to.
        let sum = unsafe { out_value(sum, "sum") }?;
        sum.set(clientela_money::new(left.checked_add(right)?, "sum")?);
        Ok(())
    })
}

/// Takes one amount from another of the same currency, exactly.
///
/// @param left [in] the amount to take from; not NULL
/// @param right [in] the amount to take, of the same currency; not NULL
/// @param difference [out] the difference, with the decimals of the one that has more; not NULL, may be `left` or `right`,
///        written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION when the currencies differ, CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_money_subtract(
    left: *const clientela_money,
    right: *const clientela_money,
    difference: *mut clientela_money,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for amounts that can be read.
        let (left, right) =
            unsafe { (clientela_money::read(left, "left")?, clientela_money::read(right, "right")?) };
        // SAFETY: the header asks for a variable that may be written to.
        let difference = unsafe { out_value(difference, "difference") }?;
        difference.set(clientela_money::new(left.checked_sub(right)?, "difference")?);
        Ok(())
    })
}

/// Compares two amounts of one currency; 1.5 and 1.50 are equal.
///
/// @param left [in] an amount; not NULL
/// @param right [in] an amount of the same currency; not NULL
/// @param order [out] -1, 0 or 1 when `left` is less than, equal to or more than `right`; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION when the currencies differ, CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_money_compare(
    left: *const clientela_money,
    right: *const clientela_money,
    order: *mut i32,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for amounts that can be read.
        let (left, right) =
            unsafe { (clientela_money::read(left, "left")?, clientela_money::read(right, "right")?) };
        // SAFETY: the header asks for a variable that may be written to.
        let order = unsafe { out_value(order, "order") }?;
        if left.currency() != right.currency() {
            let (left, right) = (left.currency(), right.currency());
            return Err(clientela_model::MoneyError::Currency { left, right }.into());
        }
        order.set(left.amount().cmp(&right.amount()) as i32);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    #[test]
    fn an_amount_keeps_its_decimals_unless_it_would_not_fit() {
        let euro = Currency::parse("EUR").unwrap();
        for (number, parts) in [
            ("98500.50", Ok((9_850_050, 2))),
            ("-0.01", Ok((-1, 2))),
            ("9223372036854775807", Ok((i64::MAX, 0))),
            ("9223372036854775807.0", Ok((i64::MAX, 0))),
            ("9223372036854775808", Err("value.range")),
            ("1.0000000000000000000", Ok((1, 0))),
            ("0.0000000000000000001", Err("value.range")),
        ] {
            let made = clientela_money::new(Money::parse(number, euro).unwrap(), "amount");
            assert_eq!(
                made.map(|made| (made.coef, made.scale)).map_err(|fail| fail.0.code),
                parts,
                "{number}"
            );
        }
    }

    #[test]
    fn only_a_currency_with_its_nul_is_one() {
        let money =
            |code: &[u8; 4]| clientela_money { coef: 1, scale: 0, currency: code.map(|b| b as c_char) };
        assert!(money(b"EUR\0").get("price").is_ok());
        for code in [b"EURO", b"eur\0", b"\0\0\0\0", b"XXQ\0", b"\xff\xff\xff\0"] {
            assert_eq!(money(code).get("price").unwrap_err().0.field, "price.currency", "{code:?}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_comes_back_the_same(coef in any::<i64>(), scale in 0_i32..=18) {
            let amount = Money::new(Decimal::new(coef, scale.unsigned_abs()), Currency::parse("CHF").unwrap());
            let c = clientela_money::new(amount, "amount").unwrap();
            prop_assert_eq!((c.coef, c.scale), (coef, scale));
            prop_assert_eq!(c.get("amount").unwrap(), amount);
        }
    }
}
