//! Values in a row to Arrow columns, in the types the library's own tables have.

use super::dice::Shares;
use crate::Result;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Decimal128Array, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use std::sync::Arc;

/// Digits and decimals of amounts.
pub(super) const MONEY: (u8, i8) = (18, 2);

/// Keys into a closed list; all its words in order, whether they occur or not.
pub(super) fn words(list: Shares, keys: impl Into<Int32Array>) -> Result<ArrayRef> {
    let words = StringArray::from_iter_values(list.iter().map(|(word, _)| word));
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys.into(), Arc::new(words))?))
}

/// Amounts in cents.
pub(super) fn money(cents: impl Into<Decimal128Array>) -> Result<ArrayRef> {
    Ok(Arc::new(cents.into().with_precision_and_scale(MONEY.0, MONEY.1)?))
}

/// A table of named columns, each with whether it may be empty.
pub(super) fn table(columns: Vec<(&str, bool, ArrayRef)>) -> Result<RecordBatch> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, nullable, array)| Field::new(*name, array.data_type().clone(), *nullable))
        .collect();
    let arrays = columns.into_iter().map(|(.., array)| array).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

/// Bytes of one value in its natural encoding: codes of one byte, dates of four, whole numbers and amounts of eight, yes and
/// no as bits, text as it is with an end of four bytes; and a bit more for what may be empty. In bits, without the text.
pub(super) fn natural_bits(field: &Field) -> u64 {
    let bits = match field.data_type() {
        DataType::Boolean => 1,
        DataType::Dictionary(..) => 8,
        DataType::Date32 | DataType::Int32 | DataType::Utf8 => 32,
        _ => 64,
    };
    bits + u64::from(field.is_nullable())
}
