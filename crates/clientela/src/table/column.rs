//! One column of a table while it is being filled.

use super::{IdForm, arrow_failed};
use crate::error::{CrmError, Result};
use arrow_array::builder::{
    BinaryViewBuilder, BooleanBuilder, Date32Builder, FixedSizeBinaryBuilder, Int64Builder,
    StringDictionaryBuilder, StringViewBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Decimal128Array, DictionaryArray, Int32Array, StringArray};
use arrow_schema::{DataType, Field, TimeUnit};
use chrono::NaiveDate;
use clientela_columns::{Column as Cells, Values as CellValues};
use clientela_model::identifier::Currency;
use clientela_model::{Column, ColumnType, Value};
use clientela_store::RowView;
use std::collections::HashMap;
use std::sync::Arc;

/// Digits of every decimal column.
const PRECISION: u8 = 38;

/// The values of one column of one batch.
pub(super) struct ColumnBuilder {
    name: &'static str,
    values: Values,
}

enum Values {
    Bool(BooleanBuilder),
    Integer(Int64Builder),
    Decimal(Decimals),
    Date(Date32Builder),
    Instant(TimestampMicrosecondBuilder),
    Text(StringViewBuilder),
    Words { words: &'static [&'static str], keys: Vec<Option<i32>> },
    IdText(StringViewBuilder),
    IdBinary(FixedSizeBinaryBuilder),
    Blob(BinaryViewBuilder),
}

/// Decimals before their common scale is known, with their currencies when they are amounts.
#[derive(Default)]
struct Decimals {
    numbers: Vec<Option<(i128, u32)>>,
    currencies: Vec<Option<Currency>>,
    money: bool,
}

/// What all batches of a column have in common.
#[derive(Default)]
pub(super) struct Shape {
    scale: u32,
    currency: Option<Currency>,
    mixed: bool,
    binary_ids: bool,
}

impl Shape {
    /// Also wide enough for this batch.
    pub(super) fn widen(mut self, builder: &ColumnBuilder) -> Self {
        match &builder.values {
            Values::Decimal(decimals) => {
                for (_, scale) in decimals.numbers.iter().flatten() {
                    self.scale = self.scale.max(*scale);
                }
                for currency in decimals.currencies.iter().flatten() {
                    self.mixed |= self.currency.is_some_and(|known| known != *currency);
                    self.currency = self.currency.or(Some(*currency));
                }
            }
            Values::IdBinary(_) => self.binary_ids = true,
            _ => {}
        }
        self
    }
}

impl ColumnBuilder {
    pub(super) fn new(column: &Column, ids: IdForm) -> Self {
        let values = match column.ty {
            ColumnType::Bool => Values::Bool(BooleanBuilder::new()),
            ColumnType::Integer => Values::Integer(Int64Builder::new()),
            ColumnType::Decimal => Values::Decimal(Decimals::default()),
            ColumnType::Money => Values::Decimal(Decimals { money: true, ..Decimals::default() }),
            ColumnType::Date => Values::Date(Date32Builder::new()),
            ColumnType::Instant => Values::Instant(TimestampMicrosecondBuilder::new()),
            ColumnType::Text => Values::Text(StringViewBuilder::new()),
            ColumnType::Words(words) => Values::Words { words, keys: Vec::new() },
            ColumnType::Id(_) if ids == IdForm::Binary => Values::IdBinary(FixedSizeBinaryBuilder::new(16)),
            ColumnType::Id(_) => Values::IdText(StringViewBuilder::new()),
            ColumnType::Blob => Values::Blob(BinaryViewBuilder::new()),
        };
        Self { name: column.name, values }
    }

    /// Adds the value of one row as it lies in the columns beside the store; for what lies in one cell.
    pub(super) fn push_cell(&mut self, cells: &Cells, row: usize) -> Result<()> {
        match &mut self.values {
            Values::Bool(builder) => builder.append_option(cells.flag_at(row)),
            Values::Integer(builder) => builder.append_option(cells.whole_at(row)),
            Values::Instant(builder) => builder.append_option(cells.whole_at(row)),
            // Days since 1970, as Arrow counts them.
            Values::Date(builder) => {
                builder.append_option(cells.whole_at(row).and_then(|day| i32::try_from(day).ok()));
            }
            Values::Text(builder) => builder.append_option(cells.text_at(row)),
            Values::Words { words, keys } => {
                let place = cells.text_at(row).and_then(|word| words.iter().position(|known| *known == word));
                keys.push(place.and_then(|place| i32::try_from(place).ok()));
            }
            _ => {
                let id = match &cells.values {
                    CellValues::Ids(ids) if cells.is_valid(row) => ids.get(row).copied(),
                    _ => None,
                };
                return self.push(&id.map_or(Value::Null, |id| Value::Id(uuid::Uuid::from_u128(id))));
            }
        }
        Ok(())
    }

    /// Adds the value of one row as it lies in the store, without making one of ours where that can be helped.
    pub(super) fn push_row(&mut self, row: &RowView<'_>, index: usize) -> Result<()> {
        match &mut self.values {
            Values::Integer(builder) => builder.append_option(row.integer(index)?),
            Values::Bool(builder) => builder.append_option(row.boolean(index)?),
            Values::Text(builder) => builder.append_option(row.text(index)?),
            Values::Date(builder) => builder.append_option(row.date(index)?.map(days)),
            Values::Decimal(decimals) if !decimals.money => {
                decimals.push(row.decimal(index)?.map(|(number, scale)| (i128::from(number), scale)), None);
            }
            _ => return self.push(&row.value(index)?),
        }
        Ok(())
    }

    /// Adds the value of one row.
    pub(super) fn push(&mut self, value: &Value) -> Result<()> {
        match (&mut self.values, value) {
            (Values::Bool(builder), Value::Null) => builder.append_null(),
            (Values::Bool(builder), Value::Bool(yes)) => builder.append_value(*yes),
            (Values::Integer(builder), Value::Null) => builder.append_null(),
            (Values::Integer(builder), Value::Integer(number)) => builder.append_value(*number),
            (Values::Decimal(decimals), Value::Null) => decimals.push(None, None),
            (Values::Decimal(decimals), Value::Decimal(number)) => {
                decimals.push(Some((number.mantissa(), number.scale())), None);
            }
            (Values::Decimal(decimals), Value::Money(money)) => {
                let number = money.amount();
                decimals.push(Some((number.mantissa(), number.scale())), Some(money.currency()));
            }
            (Values::Date(builder), Value::Null) => builder.append_null(),
            (Values::Date(builder), Value::Date(day)) => builder.append_value(days(*day)),
            (Values::Instant(builder), Value::Null) => builder.append_null(),
            (Values::Instant(builder), Value::Instant(at)) => builder.append_value(at.timestamp_micros()),
            (Values::Text(builder), Value::Null) => builder.append_null(),
            (Values::Text(builder), Value::Text(text)) => builder.append_value(text),
            (Values::Words { keys, .. }, Value::Null) => keys.push(None),
            (Values::Words { words, keys }, Value::Text(word)) => {
                let place = words.iter().position(|known| known == word);
                keys.push(place.and_then(|place| i32::try_from(place).ok()));
            }
            (Values::IdText(builder), Value::Null) => builder.append_null(),
            (Values::IdText(builder), Value::Id(id)) => {
                builder.append_value(id.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
            }
            (Values::IdBinary(builder), Value::Null) => builder.append_null(),
            (Values::IdBinary(builder), Value::Id(id)) => {
                builder.append_value(id.as_bytes()).map_err(arrow_failed)?
            }
            (Values::Blob(builder), Value::Null) => builder.append_null(),
            (Values::Blob(builder), Value::Blob(bytes)) => builder.append_value(bytes),
            _ => return Err(CrmError::Internal { what: "a value has its column's type" }.into()),
        }
        Ok(())
    }

    /// The finished arrays: one, or two when amounts of several currencies stand in one column.
    pub(super) fn finish(self, shape: &Shape) -> Result<Vec<ArrayRef>> {
        let array: ArrayRef = match self.values {
            Values::Bool(mut builder) => Arc::new(builder.finish()),
            Values::Integer(mut builder) => Arc::new(builder.finish()),
            Values::Decimal(decimals) => return decimals.finish(self.name, shape),
            Values::Date(mut builder) => Arc::new(builder.finish()),
            Values::Instant(mut builder) => Arc::new(builder.finish().with_timezone("UTC")),
            Values::Text(mut builder) | Values::IdText(mut builder) => Arc::new(builder.finish()),
            Values::Words { words, keys } => {
                let words = Arc::new(StringArray::from(words.to_vec()));
                Arc::new(
                    DictionaryArray::<Int32Type>::try_new(Int32Array::from(keys), words)
                        .map_err(arrow_failed)?,
                )
            }
            Values::IdBinary(mut builder) => Arc::new(builder.finish()),
            Values::Blob(mut builder) => Arc::new(builder.finish()),
        };
        Ok(vec![array])
    }
}

impl Decimals {
    fn push(&mut self, number: Option<(i128, u32)>, currency: Option<Currency>) {
        self.numbers.push(number);
        if self.money {
            self.currencies.push(currency);
        }
    }

    fn finish(self, name: &'static str, shape: &Shape) -> Result<Vec<ArrayRef>> {
        let rescaled: Vec<Option<i128>> = self
            .numbers
            .into_iter()
            .map(|number| match number {
                None => Ok(None),
                Some((mantissa, scale)) => 10_i128
                    .checked_pow(shape.scale.saturating_sub(scale))
                    .and_then(|factor| mantissa.checked_mul(factor))
                    .map(Some)
                    .ok_or(CrmError::Argument {
                        field: name,
                        problem: "has numbers too far apart for one decimal column".to_owned(),
                        hint: "at most 38 digits",
                    }),
            })
            .collect::<std::result::Result<_, _>>()?;
        let scale = i8::try_from(shape.scale).unwrap_or(i8::MAX);
        let numbers = Decimal128Array::from(rescaled)
            .with_precision_and_scale(PRECISION, scale)
            .map_err(arrow_failed)?;
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(numbers)];
        if shape.mixed {
            let mut codes = StringDictionaryBuilder::<Int32Type>::new();
            for currency in self.currencies {
                codes.append_option(currency.map(Currency::code));
            }
            arrays.push(Arc::new(codes.finish()));
        }
        Ok(arrays)
    }
}

/// The Arrow fields of a column.
pub(super) fn fields(column: &Column, shape: &Shape) -> Vec<Field> {
    let decimal = DataType::Decimal128(PRECISION, i8::try_from(shape.scale).unwrap_or(i8::MAX));
    let words = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let ty = match column.ty {
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Decimal | ColumnType::Money => decimal,
        ColumnType::Date => DataType::Date32,
        ColumnType::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::Words(_) => words(),
        ColumnType::Id(_) if shape.binary_ids => DataType::FixedSizeBinary(16),
        ColumnType::Text | ColumnType::Id(_) => DataType::Utf8View,
        ColumnType::Blob => DataType::BinaryView,
    };
    let mut metadata = HashMap::from([
        ("clientela.label".to_owned(), column.label.to_owned()),
        ("clientela.description".to_owned(), column.doc.to_owned()),
        ("clientela.type".to_owned(), column.ty.name().to_owned()),
    ]);
    if column.personal {
        metadata.insert("clientela.personal".to_owned(), "true".to_owned());
    }
    if let (Some(currency), false) = (shape.currency, shape.mixed) {
        metadata.insert("clientela.currency".to_owned(), currency.code().to_owned());
    }
    let mut fields = vec![Field::new(column.name, ty, true).with_metadata(metadata)];
    if shape.mixed {
        fields.push(Field::new(format!("{}_currency", column.name), words(), true));
    }
    fields
}

/// Days since 1970-01-01.
fn days(day: NaiveDate) -> i32 {
    let since = day.signed_duration_since(NaiveDate::default()).num_days();
    i32::try_from(since).unwrap_or(i32::MAX)
}
