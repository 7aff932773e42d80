//! Data frames as a source of rows: each value as the text a file would have for it.

use super::cells::RawRow;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, SchemaRef, TimeUnit};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use clientela_model::{Coded, ErrorKind};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

/// The most memory a data frame may take, in bytes: as much as a file.
const BYTES_MAX: usize = 1 << 30;

/// A data frame in memory, its columns named as the fields they fill or by any word known for them.
#[derive(Debug, Clone, PartialEq)]
pub struct Batches {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Batches {
    /// Takes all batches of a reader.
    ///
    /// # Errors
    /// `import.stream` when the reader gives an error, `import.too_large` beyond 1 GiB.
    pub(super) fn read(reader: &mut dyn RecordBatchReader) -> Result<Self, BatchesError> {
        let (schema, mut batches, mut bytes) = (reader.schema(), Vec::new(), 0_usize);
        for batch in reader {
            let batch = batch.map_err(|error| BatchesError::unreadable(&error))?;
            bytes = bytes.saturating_add(batch.get_array_memory_size());
            if bytes > BYTES_MAX {
                return Err(BatchesError::TooLarge);
            }
            batches.push(batch);
        }
        Ok(Self { schema, batches })
    }

    /// The names of the columns.
    pub(super) fn headers(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Whether the values of a column have texts; those of other columns are never meant for a field.
    pub(super) fn has_texts(&self, index: usize) -> bool {
        self.schema.fields().get(index).is_some_and(|field| has_text(field.data_type()))
    }

    /// Refuses columns that are to fill a field and whose values have no text.
    ///
    /// # Errors
    /// `import.column_type`.
    pub(super) fn check(&self, filled: impl Iterator<Item = bool>) -> Result<(), BatchesError> {
        let unreadable = self
            .schema
            .fields()
            .iter()
            .zip(filled)
            .find(|(field, filled)| *filled && !has_text(field.data_type()));
        match unreadable {
            Some((field, _)) => Err(BatchesError::ColumnType {
                column: field.name().chars().take(64).collect(),
                found: field.data_type().to_string().chars().take(64).collect(),
            }),
            None => Ok(()),
        }
    }

    /// The rows, of each what stands in the columns that have a name here.
    pub(super) fn rows<'a>(
        &'a self,
        columns: &'a [Option<&'static str>],
    ) -> impl Iterator<Item = RawRow> + 'a {
        self.all().map(move |(line, batch, row)| {
            let named = columns.iter().zip(batch.columns());
            let cells = named.filter_map(|(name, column)| Some(((*name)?, text(&**column, row)?)));
            RawRow { line, cells: cells.collect() }
        })
    }

    /// The rows with all their cells, empty ones as empty texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = (u64, Vec<String>)> + '_ {
        self.all().map(|(line, batch, row)| {
            let cells = batch.columns().iter().map(|column| text(&**column, row).unwrap_or_default());
            (line, cells.collect())
        })
    }

    /// What tells this data frame from any other, whatever batches it comes in: a hash of names and texts.
    pub(super) fn digest(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        let mut put = |text: Option<&str>| {
            hash.update(text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
            hash.update(text.unwrap_or_default());
        };
        self.headers().iter().for_each(|header| put(Some(header)));
        for (_, batch, row) in self.all() {
            batch.columns().iter().for_each(|column| put(text(&**column, row).as_deref()));
        }
        hash.finalize().to_vec()
    }

    /// Every row with its number, from 1.
    fn all(&self) -> impl Iterator<Item = (u64, &RecordBatch, usize)> {
        let rows = self.batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
        (1..).zip(rows).map(|(line, (batch, row))| (line, batch, row))
    }
}

/// A data frame that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BatchesError {
    #[error("the stream ended with an error ({class}); ask its producer for what happened")]
    Unreadable { class: &'static str },
    #[error("the stream has more than {BYTES_MAX} bytes; bring it in in parts")]
    TooLarge,
    #[error("column {column} has the type {found}; expected text, yes or no, a number, a day or a moment")]
    ColumnType { column: String, found: String },
}

impl BatchesError {
    /// The text of a foreign error may name values, so only its class is told.
    const fn unreadable(error: &ArrowError) -> Self {
        let class = match error {
            ArrowError::InvalidArgumentError(_) => "what it gave is not what it announced",
            ArrowError::CDataInterface(_) => "its producer reports a failure",
            ArrowError::IoError(..) => "it could not be read",
            _ => "it could not be computed",
        };
        Self::Unreadable { class }
    }
}

impl Coded for BatchesError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable { .. } => ErrorKind::Callback,
            Self::TooLarge => ErrorKind::Limit,
            Self::ColumnType { .. } => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "import.stream",
            Self::TooLarge => "import.too_large",
            Self::ColumnType { .. } => "import.column_type",
        }
    }
    fn field(&self) -> Option<String> {
        Some(if let Self::ColumnType { column, .. } = self { column.clone() } else { "stream".to_owned() })
    }
}

/// Whether [`text`] knows values of the type.
fn has_text(kind: &DataType) -> bool {
    match kind {
        DataType::Null
        | DataType::Boolean
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal128(..)
        | DataType::Date32
        | DataType::Date64
        | DataType::Timestamp(..) => true,
        DataType::Dictionary(_, values) => has_text(values),
        _ => false,
    }
}

/// The value at a row as a file would have it; nothing for an empty one, and for a type without texts.
fn text(column: &dyn Array, row: usize) -> Option<String> {
    macro_rules! number {
        ($kind:ty) => {
            column.as_primitive::<$kind>().value(row).to_string()
        };
    }
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => column.as_string_view().value(row).to_owned(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        // A column of whole numbers with gaps is one of floats in many programs; its gaps are no numbers.
        DataType::Float32 => float(f64::from(column.as_primitive::<Float32Type>().value(row)))?,
        DataType::Float64 => float(column.as_primitive::<Float64Type>().value(row))?,
        DataType::Decimal128(_, scale) => decimal(column.as_primitive::<Decimal128Type>().value(row), *scale),
        DataType::Date32 => day(i64::from(column.as_primitive::<Date32Type>().value(row))),
        DataType::Date64 => day(column.as_primitive::<Date64Type>().value(row).div_euclid(86_400_000)),
        DataType::Timestamp(unit, _) => moment(column, *unit, row),
        DataType::Dictionary(..) => {
            let words = column.as_any_dictionary();
            let key = text(words.keys(), row)?.parse().ok().filter(|key| *key < words.values().len())?;
            return text(&**words.values(), key);
        }
        _ => return None,
    })
}

fn float(number: f64) -> Option<String> {
    (!number.is_nan()).then(|| number.to_string())
}

/// Without zeros at its end, which could be taken for a group of thousands.
fn decimal(number: i128, scale: i8) -> String {
    let read =
        u32::try_from(scale).ok().and_then(|scale| Decimal::try_from_i128_with_scale(number, scale).ok());
    read.map_or_else(|| format!("{number}e-{scale}"), |number| number.normalize().to_string())
}

/// A day of no calendar stays a number, which no field reads as a day.
fn day(days: i64) -> String {
    let day = TimeDelta::try_days(days).and_then(|days| NaiveDate::default().checked_add_signed(days));
    day.map_or_else(|| format!("day {days}"), |day| day.to_string())
}

/// A moment; a day when it is midnight, as programs without a type for days have it.
fn moment(column: &dyn Array, unit: TimeUnit, row: usize) -> String {
    let (units, at): (i64, Option<DateTime<Utc>>) = match unit {
        TimeUnit::Second => {
            let at = column.as_primitive::<TimestampSecondType>().value(row);
            (at, DateTime::from_timestamp(at, 0))
        }
        TimeUnit::Millisecond => {
            let at = column.as_primitive::<TimestampMillisecondType>().value(row);
            (at, DateTime::from_timestamp_millis(at))
        }
        TimeUnit::Microsecond => {
            let at = column.as_primitive::<TimestampMicrosecondType>().value(row);
            (at, DateTime::from_timestamp_micros(at))
        }
        TimeUnit::Nanosecond => {
            let at = column.as_primitive::<TimestampNanosecondType>().value(row);
            (at, Some(DateTime::from_timestamp_nanos(at)))
        }
    };
    match at {
        Some(at) if at.time() == NaiveTime::MIN => at.date_naive().to_string(),
        Some(at) => at.to_rfc3339(),
        None => format!("moment {units}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int64Array,
        LargeStringArray, ListArray, StringArray, StringViewArray, TimestampMicrosecondArray,
        TimestampNanosecondArray,
    };
    use std::sync::Arc;

    #[test]
    fn every_value_has_the_text_a_file_would_have() {
        let decimals =
            |scale| Decimal128Array::from(vec![1_234_500]).with_precision_and_scale(20, scale).unwrap();
        let words: DictionaryArray<Int32Type> = vec!["company"].into_iter().collect();
        let columns: [(ArrayRef, Option<&str>); 18] = [
            (Arc::new(StringArray::from(vec!["Müller"])), Some("Müller")),
            (Arc::new(LargeStringArray::from(vec!["Müller"])), Some("Müller")),
            (Arc::new(StringViewArray::from(vec!["Müller"])), Some("Müller")),
            (Arc::new(StringArray::from(vec![None::<&str>])), None),
            (Arc::new(words), Some("company")),
            (Arc::new(BooleanArray::from(vec![true])), Some("true")),
            (Arc::new(Int64Array::from(vec![-812_000])), Some("-812000")),
            (Arc::new(Float64Array::from(vec![812_000.0])), Some("812000")),
            (Arc::new(Float64Array::from(vec![0.5])), Some("0.5")),
            (Arc::new(Float64Array::from(vec![f64::NAN])), None),
            (Arc::new(decimals(3)), Some("1234.5")),
            (Arc::new(decimals(0)), Some("1234500")),
            (Arc::new(decimals(-1)), Some("1234500e--1")),
            (Arc::new(Date32Array::from(vec![16_931])), Some("2016-05-10")),
            (Arc::new(Date32Array::from(vec![i32::MAX])), Some("day 2147483647")),
            (Arc::new(TimestampMicrosecondArray::from(vec![1_462_838_400_000_000])), Some("2016-05-10")),
            (Arc::new(TimestampNanosecondArray::from(vec![1])), Some("1970-01-01T00:00:00.000000001+00:00")),
            (Arc::new(TimestampMicrosecondArray::from(vec![i64::MAX])), Some("moment 9223372036854775807")),
        ];
        for (column, expected) in columns {
            assert!(has_text(column.data_type()));
            assert_eq!(text(&*column, 0).as_deref(), expected, "{}", column.data_type());
        }
        let list = ListArray::from_iter_primitive::<Int64Type, _, _>(vec![Some(vec![Some(1)])]);
        assert!(!has_text(list.data_type()));
        assert_eq!(text(&list, 0), None);
    }
}
