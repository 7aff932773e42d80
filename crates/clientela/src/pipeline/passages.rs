//! Passages of a table of somebody else's, read into the columns the core computes on.

use crate::error::{CrmError, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use clientela_core::sales::pipeline::{NO_DAY, Passages};
use clientela_core::sales::{ForecastCategory, OpportunityState};
use clientela_model::ClosedList;

/// What the columns are, for whoever gives them.
const HINT: &str = "opportunity, day, state, stage, owner, category, probability, amount and close, the passages of an opportunity \
    together and in their order";

fn fault(field: &'static str, problem: impl Into<String>) -> crate::Error {
    CrmError::Argument { field, problem: problem.into(), hint: HINT }.into()
}

/// The passages, and the decimals their amounts are given with.
pub(super) fn read(batches: &[RecordBatch]) -> Result<(Passages, u32)> {
    let mut all = Passages { offsets: Vec::new(), ..Passages::default() };
    let mut opportunities = Boundaries::default();
    let mut scale = None;
    for batch in batches {
        opportunities.read(column(batch, "opportunity")?)?;
        numbers(batch, "day", |value| {
            all.day.push(whole(value, "day")?);
            Ok(())
        })?;
        words(batch, "state", &mut all.state, &STATES)?;
        numbers(batch, "stage", |value| {
            all.stage.push(whole(value, "stage")?);
            Ok(())
        })?;
        numbers(batch, "owner", |value| {
            all.owner.push(whole(value, "owner")?);
            Ok(())
        })?;
        words(batch, "category", &mut all.category, &CATEGORIES)?;
        numbers(batch, "probability", |value| {
            all.probability.push(whole(value, "probability")?);
            Ok(())
        })?;
        let close = |value: Option<i64>| match value {
            Some(_) => whole(value, "close"),
            None => Ok(NO_DAY),
        };
        numbers(batch, "close", |value| {
            all.close.push(close(value)?);
            Ok(())
        })?;
        let of_batch = amounts(batch, &mut all.amount)?;
        if scale.replace(of_batch).is_some_and(|before| before != of_batch) {
            return Err(fault("amount", "changes its decimals from batch to batch"));
        }
    }
    all.offsets = opportunities.offsets(all.day.len())?;
    Ok((all, scale.unwrap_or(0)))
}

/// The states and categories in the order of the numbers they may be given as.
const STATES: [OpportunityState; 4] =
    [OpportunityState::Open, OpportunityState::Suspended, OpportunityState::Won, OpportunityState::Lost];
const CATEGORIES: [ForecastCategory; 4] = [
    ForecastCategory::Omitted,
    ForecastCategory::Pipeline,
    ForecastCategory::BestCase,
    ForecastCategory::Commit,
];

fn column<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a dyn Array> {
    batch.column_by_name(name).map(|column| &**column).ok_or_else(|| fault(name, "is no column of the table"))
}

fn whole<T: TryFrom<i64>>(value: Option<i64>, name: &'static str) -> Result<T> {
    let value = value.ok_or_else(|| fault(name, "is empty in a row"))?;
    T::try_from(value).map_err(|_| fault(name, "has a number outside its range"))
}

/// Hands out every number of a column of whole numbers or days.
fn numbers(
    batch: &RecordBatch,
    name: &'static str,
    mut put: impl FnMut(Option<i64>) -> Result<()>,
) -> Result<()> {
    fn each<T: ArrowPrimitiveType>(
        column: &dyn Array,
        put: &mut impl FnMut(Option<i64>) -> Result<()>,
        number: impl Fn(T::Native) -> i64,
    ) -> Result<()> {
        let column = column.as_primitive::<T>();
        if column.null_count() == 0 {
            return column.values().iter().try_for_each(|value| put(Some(number(*value))));
        }
        column.iter().try_for_each(|value| put(value.map(&number)))
    }
    let column = column(batch, name)?;
    match column.data_type() {
        DataType::Int8 => each::<Int8Type>(column, &mut put, i64::from),
        DataType::Int16 => each::<Int16Type>(column, &mut put, i64::from),
        DataType::Int32 => each::<Int32Type>(column, &mut put, i64::from),
        DataType::Int64 => each::<Int64Type>(column, &mut put, |value| value),
        DataType::UInt8 => each::<UInt8Type>(column, &mut put, i64::from),
        DataType::UInt16 => each::<UInt16Type>(column, &mut put, i64::from),
        DataType::UInt32 => each::<UInt32Type>(column, &mut put, i64::from),
        DataType::UInt64 => {
            each::<UInt64Type>(column, &mut put, |value| i64::try_from(value).unwrap_or(i64::MAX))
        }
        DataType::Date32 => each::<Date32Type>(column, &mut put, i64::from),
        other => Err(fault(name, format!("has the type {other}, not one of whole numbers or days"))),
    }
}

/// Amounts as whole minor units: numbers as they are, decimals by their digits. How many of these stand behind the point.
fn amounts(batch: &RecordBatch, amounts: &mut Vec<i64>) -> Result<u32> {
    let column = column(batch, "amount")?;
    let DataType::Decimal128(_, scale) = column.data_type() else {
        numbers(batch, "amount", |value| {
            amounts.push(value.unwrap_or(0));
            Ok(())
        })?;
        return Ok(0);
    };
    let scale = u32::try_from(*scale).map_err(|_| fault("amount", "has fewer than no decimals"))?;
    for value in column.as_primitive::<arrow_array::types::Decimal128Type>() {
        let value = i64::try_from(value.unwrap_or(0)).map_err(|_| fault("amount", "has too many digits"))?;
        amounts.push(value);
    }
    Ok(scale)
}

/// Members of a closed list, as their words or as their numbers in `order`.
fn words<T: ClosedList + Copy>(
    batch: &RecordBatch,
    name: &'static str,
    found: &mut Vec<T>,
    order: &[T],
) -> Result<()> {
    let unknown = || fault(name, "has a word or number that is not known");
    let of_word = |word: &str| T::parse(word).map_err(|_| unknown());
    let empty = || fault(name, "is empty in a row");
    let column = column(batch, name)?;
    match column.data_type() {
        DataType::Utf8 => {
            for word in column.as_string::<i32>() {
                found.push(of_word(word.ok_or_else(empty)?)?);
            }
            Ok(())
        }
        DataType::LargeUtf8 => {
            for word in column.as_string::<i64>() {
                found.push(of_word(word.ok_or_else(empty)?)?);
            }
            Ok(())
        }
        DataType::Utf8View => {
            for word in column.as_string_view() {
                found.push(of_word(word.ok_or_else(empty)?)?);
            }
            Ok(())
        }
        DataType::Dictionary(_, _) => {
            if column.null_count() > 0 {
                return Err(empty());
            }
            let dictionary = column.as_any_dictionary();
            let values = dictionary.values();
            let text = |at: usize| match values.data_type() {
                DataType::Utf8 => Some(values.as_string::<i32>().value(at)),
                DataType::LargeUtf8 => Some(values.as_string::<i64>().value(at)),
                DataType::Utf8View => Some(values.as_string_view().value(at)),
                _ => None,
            };
            // A dictionary may hold words no row has.
            let known: Vec<Option<T>> =
                (0..values.len()).map(|at| text(at).and_then(|word| T::parse(word).ok())).collect();
            for key in dictionary.normalized_keys() {
                found.push(known.get(key).copied().flatten().ok_or_else(unknown)?);
            }
            Ok(())
        }
        _ => numbers(batch, name, |value| {
            let place: usize = whole(value, name)?;
            found.push(*order.get(place).ok_or_else(unknown)?);
            Ok(())
        }),
    }
}

/// Where the passages of each opportunity begin.
#[derive(Default)]
struct Boundaries {
    starts: Vec<u32>,
    rows: u32,
    number: Option<i64>,
    text: Option<String>,
}

impl Boundaries {
    fn read(&mut self, column: &dyn Array) -> Result<()> {
        if column.null_count() > 0 {
            return Err(fault("opportunity", "is empty in a row"));
        }
        match column.data_type() {
            DataType::Utf8 => column.as_string::<i32>().iter().flatten().try_for_each(|text| self.text(text)),
            DataType::LargeUtf8 => {
                column.as_string::<i64>().iter().flatten().try_for_each(|text| self.text(text))
            }
            DataType::Utf8View => {
                column.as_string_view().iter().flatten().try_for_each(|text| self.text(text))
            }
            _ => {
                let single =
                    RecordBatch::try_from_iter([("opportunity", arrow_array::make_array(column.to_data()))]);
                let single = single.map_err(|_| fault("opportunity", "cannot be read"))?;
                numbers(&single, "opportunity", |value| self.number(value.unwrap_or_default()))
            }
        }
    }

    fn begin(&mut self) {
        self.starts.push(self.rows);
    }

    fn number(&mut self, number: i64) -> Result<()> {
        match self.number {
            Some(before) if before == number => {}
            Some(before) if before > number => return Err(unsorted()),
            _ => {
                self.number = Some(number);
                self.begin();
            }
        }
        self.rows += 1;
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<()> {
        match self.text.as_deref() {
            Some(before) if before == text => {}
            Some(before) if before > text => return Err(unsorted()),
            _ => {
                self.text = Some(text.to_owned());
                self.begin();
            }
        }
        self.rows += 1;
        Ok(())
    }

    fn offsets(mut self, rows: usize) -> Result<Vec<u32>> {
        let rows =
            u32::try_from(rows).map_err(|_| fault("opportunity", "has more rows than can be counted"))?;
        self.starts.push(rows);
        Ok(self.starts)
    }
}

fn unsorted() -> crate::Error {
    fault("opportunity", "is not in order")
}
