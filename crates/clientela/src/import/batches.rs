//! Data frames as a source of rows: each value as the text a file would have for it.

use super::content::SourceError;
use super::spool::{Spool, Spooling};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, SchemaRef, TimeUnit};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use clientela_exchange::csv::Row;
use clientela_model::{Coded, ErrorKind};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, BufReader, Write};

/// A data frame, its columns named as the fields they fill or by any word known for them. Of each batch the texts are kept, in the
/// form of [`super::spool`], and nothing else.
#[derive(Debug, Clone)]
pub struct Batches {
    schema: SchemaRef,
    digest: [u8; 32],
    texts: Spool,
}

/// The length that stands for an empty cell.
const NOTHING: u32 = u32::MAX;

impl Batches {
    /// Takes all batches of a reader, one after the other.
    ///
    /// # Errors
    /// `import.stream` when the reader gives an error, `import.file` when its texts cannot be kept.
    pub(super) fn read(reader: &mut dyn RecordBatchReader) -> crate::Result<Self> {
        let (schema, mut texts, mut row) = (reader.schema(), Spooling::default(), Vec::new());
        let mut hash = Hashing(Sha256::new());
        schema.fields().iter().for_each(|field| hash.put(Some(field.name())));
        for batch in reader {
            let batch = batch.map_err(|error| BatchesError::unreadable(&error))?;
            for at in 0..batch.num_rows() {
                row.clear();
                for column in batch.columns() {
                    let text = text(&**column, at);
                    hash.put(text.as_deref());
                    let bytes = text.as_deref().unwrap_or_default().as_bytes();
                    let length = text.as_ref().and_then(|text| u32::try_from(text.len()).ok());
                    row.extend_from_slice(&length.unwrap_or(NOTHING).to_le_bytes());
                    row.extend_from_slice(if length.is_some() { bytes } else { &[] });
                }
                texts.write_all(&row).map_err(|error| SourceError::unreadable(&error))?;
            }
        }
        let texts = texts.finish().map_err(|error| SourceError::unreadable(&error))?;
        Ok(Self { schema, digest: hash.0.finalize().into(), texts })
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

    /// The rows one after the other, with their numbers from 1 and an empty text for an empty cell.
    pub(super) fn rows(&self) -> impl Iterator<Item = crate::Result<Row>> {
        let (mut input, columns) = (BufReader::new(self.texts.open()), self.schema.fields().len());
        (1..).map_while(move |line| match row(&mut input, columns) {
            Ok(cells) => cells.map(|cells| Ok(Row { line, cells })),
            Err(error) => Some(Err(SourceError::unreadable(&error).into())),
        })
    }

    /// What tells this data frame from any other, whatever batches it comes in: a hash of names and texts.
    pub(super) const fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

/// The next row that was kept; none at the end, and of a table without columns.
fn row(input: &mut impl BufRead, columns: usize) -> io::Result<Option<Vec<String>>> {
    if columns == 0 || input.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut cells = Vec::with_capacity(columns);
    for _ in 0..columns {
        let mut length = [0; 4];
        input.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        let mut cell =
            vec![0; if length == NOTHING { 0 } else { usize::try_from(length).unwrap_or_default() }];
        input.read_exact(&mut cell)?;
        cells.push(String::from_utf8(cell).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?);
    }
    Ok(Some(cells))
}

/// A hash of texts, each with its length before it.
struct Hashing(Sha256);

impl Hashing {
    fn put(&mut self, text: Option<&str>) {
        self.0.update(text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
        self.0.update(text.unwrap_or_default());
    }
}

/// A data frame that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BatchesError {
    #[error("the stream ended with an error ({class}); ask its producer for what happened")]
    Unreadable { class: &'static str },
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
            Self::ColumnType { .. } => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "import.stream",
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
