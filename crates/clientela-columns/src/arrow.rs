//! Arrow tables as records, and what rules may speak of in them.
//!
//! | Arrow | in rules |
//! | --- | --- |
//! | `Boolean` | yes or no |
//! | integers of any width | whole number |
//! | `Float32`, `Float64` | double |
//! | `Decimal32` to `Decimal128` | decimal |
//! | `Date32` | date |
//! | `Timestamp` | instant, to the microsecond |
//! | `Duration` | duration, to the microsecond |
//! | `Utf8`, `LargeUtf8`, `Utf8View`, dictionaries of them | text |
//! | `FixedSizeBinary(16)` | id |
//! | `Struct` | record |
//! | `List`, `LargeList` | list; one that is missing is not an empty one |

use crate::bits::Bits;
use crate::column::{Codes, Column, Numbers, Texts, Values};
use crate::error::ColumnsError;
use crate::records::{Children, Records};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type,
    DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Fields, Schema, TimeUnit};
use clientela_rules::{Environment, FieldType, RecordType, Type};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// The type of a field in rules; none for types rules do not know.
#[must_use]
pub fn type_of(field: &Field) -> Option<Type> {
    let ty = base_type(field.name(), field.data_type())?;
    Some(if field.is_nullable() { ty.or_null() } else { ty })
}

fn base_type(name: &str, ty: &DataType) -> Option<Type> {
    Some(match ty {
        DataType::Boolean => Type::Bool,
        DataType::Float32 | DataType::Float64 => Type::Double,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) => Type::Decimal,
        DataType::Date32 => Type::Date,
        DataType::Timestamp(..) => Type::Timestamp,
        DataType::Duration(_) => Type::Duration,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Type::Text,
        DataType::Dictionary(_, values) => base_type(name, values).filter(|ty| *ty == Type::Text)?,
        DataType::FixedSizeBinary(16) => Type::Id("".into()),
        DataType::Struct(fields) => Type::Record(record_of(name, fields)),
        DataType::List(element) | DataType::LargeList(element) => type_of(element)?.list(),
        ty if ty.is_integer() => Type::Int,
        _ => return None,
    })
}

/// The record of these fields; fields of types that rules do not know are left out.
#[must_use]
pub fn record_of(name: &str, fields: &Fields) -> Arc<RecordType> {
    let start = RecordType::new(name.to_owned());
    let known = fields.iter().filter_map(|field| Some((field.name().clone(), type_of(field)?)));
    Arc::new(known.fold(start, |record, (name, ty)| record.with(FieldType::new(name, ty))))
}

/// What rules may speak of in a table: each column by its name, and `today`.
#[must_use]
pub fn environment_of(schema: &Schema) -> Environment {
    let start = Environment::new().variable("today", Type::Date);
    schema.fields().iter().fold(start, |environment, field| match type_of(field) {
        Some(ty) => environment.variable(field.name().clone(), ty),
        None => environment,
    })
}

impl Records {
    /// The columns of an Arrow table that are wanted, in the form rules read.
    ///
    /// # Errors
    /// `columns.type` for a wanted column of a type that rules do not know.
    pub fn from_arrow(
        schema: &Schema,
        batches: &[RecordBatch],
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Self, ColumnsError> {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let mut records = Self::new(rows);
        for (number, field) in schema.fields().iter().enumerate().filter(|(_, field)| wanted(field.name())) {
            let parts: Vec<ArrayRef> =
                batches.iter().filter_map(|batch| batch.columns().get(number)).cloned().collect();
            records = add(records, field.name(), field.data_type(), &parts, None)?;
        }
        Ok(records)
    }
}

/// Adds a column, the fields of a record, or a list. A record that is missing has no fields.
fn add(
    records: Records,
    name: &str,
    ty: &DataType,
    parts: &[ArrayRef],
    above: Option<&Bits>,
) -> Result<Records, ColumnsError> {
    match ty {
        DataType::Struct(fields) => {
            let valid = narrowed(validity(parts), above);
            let mut records = records;
            for (number, field) in fields.iter().enumerate() {
                let columns: Vec<ArrayRef> = parts
                    .iter()
                    .filter_map(|part| part.as_struct_opt())
                    .filter_map(|part| part.columns().get(number))
                    .cloned()
                    .collect();
                let path =
                    if name.is_empty() { field.name().clone() } else { format!("{name}.{}", field.name()) };
                records = add(records, &path, field.data_type(), &columns, valid.as_ref())?;
            }
            Ok(records)
        }
        DataType::List(element) | DataType::LargeList(element) => {
            let given = narrowed(validity(parts), above);
            Ok(records.with_children(name, list(element, parts)?.given(given)?))
        }
        _ => {
            let values = values(name, ty, parts)?;
            let valid = narrowed(validity(parts), above);
            Ok(records.with(name, Column { values, valid }))
        }
    }
}

fn list(element: &Field, parts: &[ArrayRef]) -> Result<Children, ColumnsError> {
    let mut offsets = vec![0_u32];
    let mut inside: Vec<ArrayRef> = Vec::new();
    let mut end = 0_usize;
    for part in parts {
        if let Some(lists) = part.as_list_opt::<i32>() {
            let ranges = lists.value_offsets().windows(2).map(|pair| range(pair[0].into(), pair[1].into()));
            entries(ranges, part, lists.values(), &mut offsets, &mut end, &mut inside);
        } else if let Some(lists) = part.as_list_opt::<i64>() {
            let ranges = lists.value_offsets().windows(2).map(|pair| range(pair[0], pair[1]));
            entries(ranges, part, lists.values(), &mut offsets, &mut end, &mut inside);
        }
    }
    let records = match element.data_type() {
        DataType::Struct(fields) => {
            let mut records = Records::new(end);
            let valid = validity(&inside);
            for (number, field) in fields.iter().enumerate() {
                let columns: Vec<ArrayRef> = inside
                    .iter()
                    .filter_map(|part| part.as_struct_opt())
                    .filter_map(|part| part.columns().get(number))
                    .cloned()
                    .collect();
                records = add(records, field.name(), field.data_type(), &columns, valid.as_ref())?;
            }
            records
        }
        plain => add(Records::new(end), "", plain, &inside, None)?,
    };
    Children::new(offsets, records)
}

fn range(start: i64, end: i64) -> Range<usize> {
    usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0)
}

/// The entries of lists, in as few pieces as they lie in, and where those of each list begin.
fn entries(
    lists: impl Iterator<Item = Range<usize>>,
    part: &ArrayRef,
    values: &ArrayRef,
    offsets: &mut Vec<u32>,
    end: &mut usize,
    inside: &mut Vec<ArrayRef>,
) {
    let mut piece = 0..0;
    let mut close = |piece: &Range<usize>| {
        if !piece.is_empty() {
            inside.push(values.slice(piece.start, piece.len()));
        }
    };
    for (row, list) in lists.enumerate() {
        // What a missing list holds beneath counts for nothing.
        if part.is_valid(row) && !list.is_empty() {
            *end += list.len();
            if list.start == piece.end {
                piece.end = list.end;
            } else {
                close(&piece);
                piece = list;
            }
        }
        offsets.push(u32::try_from(*end).unwrap_or(u32::MAX));
    }
    close(&piece);
}

/// The rows that have a value; none if all have.
fn validity(parts: &[ArrayRef]) -> Option<Bits> {
    if parts.iter().all(|part| part.null_count() == 0) {
        return None;
    }
    Some(Bits::collect(parts.iter().flat_map(|part| (0..part.len()).map(|row| part.is_valid(row)))))
}

fn narrowed(own: Option<Bits>, above: Option<&Bits>) -> Option<Bits> {
    match (own, above) {
        (Some(own), Some(above)) => Some(own.and(above)),
        (own, above) => own.or_else(|| above.cloned()),
    }
}

fn values(name: &str, ty: &DataType, parts: &[ArrayRef]) -> Result<Values, ColumnsError> {
    let whole = |numbers: Vec<i64>| Values::Whole(Numbers::narrow(&numbers));
    let unknown = || ColumnsError::Type { column: name.to_owned(), given: ty.to_string() };
    Ok(match ty {
        DataType::Boolean => Values::Flags(Bits::collect(
            parts
                .iter()
                .filter_map(|part| part.as_boolean_opt())
                .flat_map(|part| (0..part.len()).map(|row| part.value(row))),
        )),
        DataType::Int8 => whole(numbers::<Int8Type>(parts, |value| value.into())),
        DataType::Int16 => whole(numbers::<Int16Type>(parts, |value| value.into())),
        DataType::Int32 => whole(numbers::<Int32Type>(parts, |value| value.into())),
        DataType::Int64 => whole(numbers::<Int64Type>(parts, |value| value)),
        DataType::UInt8 => whole(numbers::<UInt8Type>(parts, |value| value.into())),
        DataType::UInt16 => whole(numbers::<UInt16Type>(parts, |value| value.into())),
        DataType::UInt32 => whole(numbers::<UInt32Type>(parts, |value| value.into())),
        DataType::UInt64 => {
            whole(numbers::<UInt64Type>(parts, |value| i64::try_from(value).unwrap_or(i64::MAX)))
        }
        DataType::Date32 => whole(numbers::<Date32Type>(parts, |value| value.into())),
        DataType::Timestamp(TimeUnit::Second, _) => {
            whole(numbers::<TimestampSecondType>(parts, |value| value.saturating_mul(1_000_000)))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            whole(numbers::<TimestampMillisecondType>(parts, |value| value.saturating_mul(1_000)))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            whole(numbers::<TimestampMicrosecondType>(parts, |value| value))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            whole(numbers::<TimestampNanosecondType>(parts, |value| value.div_euclid(1_000)))
        }
        DataType::Duration(TimeUnit::Second) => {
            whole(numbers::<DurationSecondType>(parts, |value| value.saturating_mul(1_000_000)))
        }
        DataType::Duration(TimeUnit::Millisecond) => {
            whole(numbers::<DurationMillisecondType>(parts, |value| value.saturating_mul(1_000)))
        }
        DataType::Duration(TimeUnit::Microsecond) => {
            whole(numbers::<DurationMicrosecondType>(parts, |value| value))
        }
        DataType::Duration(TimeUnit::Nanosecond) => {
            whole(numbers::<DurationNanosecondType>(parts, |value| value.div_euclid(1_000)))
        }
        DataType::Float64 => Values::Doubles(doubles::<Float64Type>(parts, |value| value).into()),
        DataType::Float32 => Values::Doubles(doubles::<Float32Type>(parts, f64::from).into()),
        DataType::Decimal32(_, scale) => {
            let digits = numbers::<Decimal32Type>(parts, i64::from);
            Values::Decimals(Numbers::narrow(&digits), u32::try_from(*scale).map_err(|_| unknown())?)
        }
        DataType::Decimal64(_, scale) => {
            let digits = numbers::<Decimal64Type>(parts, |value| value);
            Values::Decimals(Numbers::narrow(&digits), u32::try_from(*scale).map_err(|_| unknown())?)
        }
        DataType::Decimal128(_, scale) => decimals(parts, u32::try_from(*scale).map_err(|_| unknown())?),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => texts(parts),
        DataType::Dictionary(key, value) if base_type(name, value) == Some(Type::Text) => match **key {
            DataType::Int8 => dictionary::<Int8Type>(parts),
            DataType::Int16 => dictionary::<Int16Type>(parts),
            DataType::Int32 => dictionary::<Int32Type>(parts),
            DataType::Int64 => dictionary::<Int64Type>(parts),
            DataType::UInt8 => dictionary::<UInt8Type>(parts),
            DataType::UInt16 => dictionary::<UInt16Type>(parts),
            DataType::UInt32 => dictionary::<UInt32Type>(parts),
            DataType::UInt64 => dictionary::<UInt64Type>(parts),
            _ => return Err(unknown()),
        },
        DataType::FixedSizeBinary(16) => {
            let ids = parts.iter().filter_map(|part| part.as_fixed_size_binary_opt()).flat_map(|part| {
                (0..part.len()).map(|row| part.value(row).try_into().map_or(0, u128::from_be_bytes))
            });
            Values::Ids(ids.collect::<Vec<_>>().into())
        }
        _ => return Err(unknown()),
    })
}

fn numbers<T: ArrowPrimitiveType>(parts: &[ArrayRef], work: impl Fn(T::Native) -> i64) -> Vec<i64> {
    let arrays = parts.iter().filter_map(|part| part.as_primitive_opt::<T>());
    // What stands where a row has no value may be anything: it must not widen the column.
    arrays
        .flat_map(|array| {
            let nulls = array.nulls();
            array.values().iter().enumerate().map(move |(row, value)| (row, *value, nulls))
        })
        .map(
            |(row, value, nulls)| if nulls.is_none_or(|nulls| nulls.is_valid(row)) { work(value) } else { 0 },
        )
        .collect()
}

fn doubles<T: ArrowPrimitiveType>(parts: &[ArrayRef], work: impl Fn(T::Native) -> f64) -> Vec<f64> {
    let arrays = parts.iter().filter_map(|part| part.as_primitive_opt::<T>());
    arrays.flat_map(|array| array.values().iter().copied()).map(work).collect()
}

/// Decimals in 64 bits, if all of them fit.
fn decimals(parts: &[ArrayRef], scale: u32) -> Values {
    let wide: Vec<i128> = parts
        .iter()
        .filter_map(|part| part.as_primitive_opt::<Decimal128Type>())
        .flat_map(|array| (0..array.len()).map(|row| if array.is_valid(row) { array.value(row) } else { 0 }))
        .collect();
    let narrow: Option<Vec<i64>> = wide.iter().map(|digits| i64::try_from(*digits).ok()).collect();
    match narrow {
        Some(narrow) => Values::Decimals(Numbers::narrow(&narrow), scale),
        None => Values::WideDecimals(wide.into(), scale),
    }
}

fn texts(parts: &[ArrayRef]) -> Values {
    if let [one] = parts {
        if let Some(texts) = one.as_string_opt::<i32>() {
            return Values::Texts(Texts::Small(texts.clone()));
        }
        if let Some(texts) = one.as_string_opt::<i64>() {
            return Values::Texts(Texts::Large(texts.clone()));
        }
        if let Some(texts) = one.as_string_view_opt() {
            return Values::Texts(Texts::Views(texts.clone()));
        }
    }
    let all = parts.iter().flat_map(|part| (0..part.len()).map(move |row| Some(text_at(part, row))));
    Values::Texts(Texts::Small(StringArray::from_iter(all)))
}

fn text_at(array: &ArrayRef, row: usize) -> &str {
    if array.is_null(row) {
        return "";
    }
    if let Some(texts) = array.as_string_opt::<i32>() {
        texts.value(row)
    } else if let Some(texts) = array.as_string_opt::<i64>() {
        texts.value(row)
    } else {
        array.as_string_view_opt().map_or("", |texts| texts.value(row))
    }
}

/// The codes of all parts, in the words of all of them.
fn dictionary<K: ArrowDictionaryKeyType>(parts: &[ArrayRef]) -> Values {
    let mut words: Vec<Arc<str>> = Vec::new();
    let mut known: HashMap<Arc<str>, u32> = HashMap::new();
    let mut codes: Vec<u32> = Vec::new();
    for array in parts.iter().filter_map(|part| part.as_dictionary_opt::<K>()) {
        let values = array.values();
        let places: Vec<u32> = (0..values.len())
            .map(|row| {
                let word: Arc<str> = text_at(values, row).into();
                *known.entry(Arc::clone(&word)).or_insert_with(|| {
                    words.push(word);
                    u32::try_from(words.len() - 1).unwrap_or(u32::MAX)
                })
            })
            .collect();
        codes.extend((0..array.len()).map(|row| {
            let place = array.key(row).and_then(|key| places.get(key));
            place.copied().unwrap_or(0)
        }));
    }
    if words.is_empty() {
        words.push("".into());
    }
    Values::Words(Codes::narrow(&codes, words.len()), words.into())
}
