//! Values as bytes, for the journal. The form is permanent: what is written today is read for ever.
//!
//! A run of bytes begins with the version 1. A field's run is one value; a record's run is pairs of column number and value.
//! Numbers are LEB128 varints, signed ones zigzag. A value is a tag and its content:
//!
//! | tag | content |
//! | --- | --- |
//! | 0 | nothing |
//! | 1, 2 | no, yes |
//! | 3 | whole number |
//! | 4 | decimal: scale, coefficient |
//! | 5 | amount: scale, coefficient, three letters of currency |
//! | 6 | date: days since 0001-01-01 plus one |
//! | 7 | instant: microseconds since 1970 |
//! | 8 | text: length, UTF-8 |
//! | 9 | id: 16 bytes |
//! | 10 | bytes: length, bytes |
//! | from 32 | length, bytes: kinds of a later version, passed over |

use crate::error::StoreError;
use crate::sql::cell::{instant, number, parts};
use chrono::{Datelike, NaiveDate};
use clientela_model::identifier::Currency;
use clientela_model::{Money, Value};
use std::borrow::Cow;
use uuid::Uuid;

const VERSION: u8 = 1;

/// Tags from here on carry their length, so that older versions can pass over them.
const SKIPPABLE_FROM: u8 = 32;

/// Begins a run.
pub(crate) fn begin(run: &mut Vec<u8>) {
    run.clear();
    run.push(VERSION);
}

/// Appends a column number and its value.
pub(crate) fn push_column(run: &mut Vec<u8>, column: u16, value: &Value) {
    push_number(run, u128::from(column));
    push_value(run, value);
}

/// Appends a value. A decimal whose coefficient needs more than 64 bits never comes here: the state refuses it first.
pub(crate) fn push_value(run: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => run.push(0),
        Value::Bool(false) => run.push(1),
        Value::Bool(true) => run.push(2),
        Value::Integer(number) => {
            run.push(3);
            push_signed(run, *number);
        }
        Value::Decimal(number) => {
            run.push(4);
            push_decimal(run, *number);
        }
        Value::Money(amount) => {
            run.push(5);
            push_decimal(run, amount.amount());
            run.extend_from_slice(amount.currency().code().as_bytes());
        }
        Value::Date(day) => {
            run.push(6);
            push_signed(run, i64::from(day.num_days_from_ce()));
        }
        Value::Instant(at) => {
            run.push(7);
            push_signed(run, at.timestamp_micros());
        }
        Value::Text(text) => {
            run.push(8);
            push_bytes(run, text.as_bytes());
        }
        Value::Id(id) => {
            run.push(9);
            run.extend_from_slice(id.as_bytes());
        }
        Value::Blob(bytes) => {
            run.push(10);
            push_bytes(run, bytes);
        }
    }
}

fn push_decimal(run: &mut Vec<u8>, number: rust_decimal::Decimal) {
    let (coefficient, scale) = parts(number).unwrap_or((0, 0));
    run.push(u8::try_from(scale).unwrap_or(0));
    push_signed(run, coefficient);
}

fn push_bytes(run: &mut Vec<u8>, bytes: &[u8]) {
    push_number(run, bytes.len() as u128);
    run.extend_from_slice(bytes);
}

fn push_signed(run: &mut Vec<u8>, number: i64) {
    push_number(run, u128::from(((number << 1) ^ (number >> 63)).cast_unsigned()));
}

fn push_number(run: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        run.push(low_bits(number) | 0x80);
        number >>= 7;
    }
    run.push(low_bits(number));
}

fn low_bits(number: u128) -> u8 {
    u8::try_from(number & 0x7f).unwrap_or(0)
}

/// Reads a field's run; none for a kind of a later version.
///
/// # Errors
/// `store.damaged`.
pub(crate) fn read_field(run: &[u8]) -> Result<Option<Value>, StoreError> {
    let mut bytes = open(run)?;
    let value = value(&mut bytes)?;
    if bytes.is_empty() { Ok(value) } else { Err(malformed()) }
}

/// Reads a record's run, column by column. Kinds of a later version are passed over.
///
/// # Errors
/// `store.damaged`.
pub(crate) fn read_record(run: &[u8], mut take: impl FnMut(u16, Value)) -> Result<(), StoreError> {
    let mut bytes = open(run)?;
    while !bytes.is_empty() {
        let column = u16::try_from(unsigned(&mut bytes)?).map_err(|_| malformed())?;
        if let Some(value) = value(&mut bytes)? {
            take(column, value);
        }
    }
    Ok(())
}

/// A record's run without some of its columns; none when it has none of them. What is kept is kept byte for byte.
///
/// # Errors
/// `store.damaged`.
pub(crate) fn without(run: &[u8], leaves_out: impl Fn(u16) -> bool) -> Result<Option<Vec<u8>>, StoreError> {
    let mut bytes = open(run)?;
    let (mut kept, mut any) = (vec![VERSION], false);
    while !bytes.is_empty() {
        let from = bytes;
        let column = u16::try_from(unsigned(&mut bytes)?).map_err(|_| malformed())?;
        value(&mut bytes)?;
        if leaves_out(column) {
            any = true;
        } else {
            kept.extend_from_slice(from.get(..from.len() - bytes.len()).unwrap_or_default());
        }
    }
    Ok(any.then_some(kept))
}

fn open(run: &[u8]) -> Result<&[u8], StoreError> {
    match run.split_first() {
        Some((&VERSION, rest)) => Ok(rest),
        _ => Err(malformed()),
    }
}

fn value(bytes: &mut &[u8]) -> Result<Option<Value>, StoreError> {
    let (&tag, rest) = bytes.split_first().ok_or_else(malformed)?;
    *bytes = rest;
    Ok(Some(match tag {
        0 => Value::Null,
        1 => Value::Bool(false),
        2 => Value::Bool(true),
        3 => Value::Integer(signed(bytes)?),
        4 => Value::Decimal(decimal(bytes)?),
        5 => {
            let amount = decimal(bytes)?;
            let code = std::str::from_utf8(take(bytes, 3)?).map_err(|_| malformed())?;
            Value::Money(Money::new(amount, Currency::parse(code).map_err(|_| malformed())?))
        }
        6 => {
            let days = i32::try_from(signed(bytes)?).map_err(|_| malformed())?;
            Value::Date(NaiveDate::from_num_days_from_ce_opt(days).ok_or_else(malformed)?)
        }
        7 => Value::Instant(instant(signed(bytes)?)?),
        8 => {
            let text = std::str::from_utf8(run_of_bytes(bytes)?).map_err(|_| malformed())?;
            Value::Text(Cow::Owned(text.to_owned()))
        }
        9 => Value::Id(Uuid::from_slice(take(bytes, 16)?).map_err(|_| malformed())?),
        10 => Value::Blob(run_of_bytes(bytes)?.to_vec()),
        SKIPPABLE_FROM.. => {
            run_of_bytes(bytes)?;
            return Ok(None);
        }
        _ => return Err(malformed()),
    }))
}

fn decimal(bytes: &mut &[u8]) -> Result<rust_decimal::Decimal, StoreError> {
    let (&scale, rest) = bytes.split_first().ok_or_else(malformed)?;
    *bytes = rest;
    number(signed(bytes)?, i64::from(scale))
}

fn run_of_bytes<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], StoreError> {
    let length = usize::try_from(unsigned(bytes)?).map_err(|_| malformed())?;
    take(bytes, length)
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], StoreError> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or_else(malformed)?;
    *bytes = rest;
    Ok(taken)
}

fn signed(bytes: &mut &[u8]) -> Result<i64, StoreError> {
    let number = unsigned(bytes)?;
    Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

fn unsigned(bytes: &mut &[u8]) -> Result<u64, StoreError> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or_else(malformed)?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit.
        if shift == 63 && bits > 1 {
            return Err(malformed());
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(malformed())
}

fn malformed() -> StoreError {
    StoreError::damaged("a journal row cannot be decoded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::cell::identical;
    use chrono::DateTime;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    pub(crate) fn any_value() -> impl Strategy<Value = Value> {
        let decimal = (any::<i64>(), 0_u32..=28)
            .prop_map(|(coefficient, scale)| Decimal::from_i128_with_scale(coefficient.into(), scale));
        let currency = prop::sample::select(vec!["EUR", "CHF", "JPY"]);
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Integer),
            decimal.clone().prop_map(Value::Decimal),
            (decimal, currency)
                .prop_map(|(n, code)| Value::Money(Money::new(n, Currency::parse(code).unwrap()))),
            (1_i32..3_652_059)
                .prop_map(|days| Value::Date(NaiveDate::from_num_days_from_ce_opt(days).unwrap())),
            (-62_135_596_800_000_000_i64..253_402_300_799_999_999)
                .prop_map(|micros| Value::Instant(DateTime::from_timestamp_micros(micros).unwrap())),
            ".{0,40}".prop_map(|text| Value::Text(Cow::Owned(text))),
            any::<[u8; 16]>().prop_map(|bytes| Value::Id(Uuid::from_bytes(bytes))),
            prop::collection::vec(any::<u8>(), 0..200).prop_map(Value::Blob),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(values in prop::collection::vec((1_u16.., any_value()), 0..20)) {
            let mut run = Vec::new();
            begin(&mut run);
            values.iter().for_each(|(column, value)| push_column(&mut run, *column, value));
            let mut back = Vec::new();
            read_record(&run, |column, value| back.push((column, value))).unwrap();
            prop_assert_eq!(back.len(), values.len());
            for ((column, value), (other, read)) in values.iter().zip(&back) {
                prop_assert_eq!(column, other);
                prop_assert!(identical(value, read), "{:?} {:?}", value, read);
            }
        }

        #[test]
        fn what_is_left_out_is_gone_and_the_rest_is_as_it_was(
            values in prop::collection::vec((1_u16..9, any_value()), 0..20),
            out in 1_u16..9,
        ) {
            let (mut run, mut rest) = (Vec::new(), Vec::new());
            begin(&mut run);
            begin(&mut rest);
            for (column, value) in &values {
                push_column(&mut run, *column, value);
                if *column != out {
                    push_column(&mut rest, *column, value);
                }
            }
            let expected = (run != rest).then_some(rest);
            prop_assert_eq!(without(&run, |column| column == out).unwrap(), expected);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut run = vec![VERSION];
            run.extend(bytes);
            let _ = read_field(&run);
            let _ = read_record(&run, |_, _| {});
        }

        #[test]
        fn a_cut_run_is_refused(value in any_value(), cut in 1_usize..300) {
            let mut run = Vec::new();
            begin(&mut run);
            push_value(&mut run, &value);
            let kept = run.len().saturating_sub(cut);
            prop_assert!(read_field(&run[..kept]).is_err());
        }
    }

    #[test]
    fn the_form_is_permanent() {
        let euro = Currency::parse("EUR").unwrap();
        let cases: [(Value, &[u8]); 8] = [
            (Value::Null, &[1, 0]),
            (Value::Bool(true), &[1, 2]),
            (Value::Integer(-1), &[1, 3, 1]),
            (Value::Integer(i64::MIN), &[1, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
            (Value::Decimal(Decimal::new(150, 2)), &[1, 4, 2, 0xac, 2]),
            (Value::Money(Money::from_minor(5, euro)), &[1, 5, 2, 10, b'E', b'U', b'R']),
            (Value::Date(NaiveDate::from_ymd_opt(1970, 1, 1).unwrap()), &[1, 6, 0xf6, 0xe4, 0x57]),
            (Value::Text(Cow::Borrowed("é")), &[1, 8, 2, 0xc3, 0xa9]),
        ];
        for (value, expected) in cases {
            let mut run = Vec::new();
            begin(&mut run);
            push_value(&mut run, &value);
            assert_eq!(run, expected, "{value:?}");
        }
    }

    #[test]
    fn kinds_of_a_later_version_are_passed_over() {
        let mut seen = Vec::new();
        read_record(&[1, 7, 40, 2, 9, 9, 8, 2], |column, value| seen.push((column, value))).unwrap();
        assert_eq!(seen, [(8, Value::Bool(true))]);
        assert_eq!(read_field(&[1, 200, 0]).unwrap(), None);
        assert!(read_field(&[1, 11]).is_err(), "between the known and the skippable nothing is defined");
        assert!(read_field(&[2, 0]).is_err(), "another version");
    }
}
