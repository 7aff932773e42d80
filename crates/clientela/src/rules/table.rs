//! A rule over a table that is in no store.

use super::run::RuleRun;
use crate::error::Result;
use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::Schema;
use chrono::NaiveDate;
use clientela_columns::arrow::environment_of;
use clientela_columns::{Bits, Population, Query, Records, Running};
use clientela_rules::{CelEngine, RuleEngine};
use clientela_store::{StoreError, Watch};
use std::sync::Arc;

/// What a rule says of the rows of a table.
#[derive(Debug, Clone)]
pub struct TableAnswer {
    /// For each row, in the order of the batches, whether it holds. No row is empty: what is unknown is no.
    pub mask: BooleanArray,
    /// The rows of which it cannot be told.
    pub unknown: usize,
}

/// Asks a rule of the rows of any table: its columns are the variables, by their names, with `today`. Columns of types
/// that rules do not know cannot be asked for, and do no harm.
///
/// # Errors
/// `rule.invalid` with all findings; `columns.type` for a column whose values are not of the type in the schema.
pub fn over_table(
    schema: &Schema,
    batches: &[RecordBatch],
    text: &str,
    today: NaiveDate,
    run: RuleRun,
) -> Result<TableAnswer> {
    over_table_watched(schema, batches, text, today, run, None)
}

/// As [`over_table`], stopped through a watch.
///
/// # Errors
/// As [`over_table`], and `store.cancelled` when it was stopped.
pub fn over_table_watched(
    schema: &Schema,
    batches: &[RecordBatch],
    text: &str,
    today: NaiveDate,
    run: RuleRun,
    watch: Option<&Watch>,
) -> Result<TableAnswer> {
    let environment = Arc::new(environment_of(schema));
    let rule = CelEngine.compile(text, &environment)?;
    // A column is read if its name, or a field within it, is.
    let within = |path: &str, name: &str| {
        path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let wanted = |name: &str| rule.reads().iter().any(|path| within(&path.text, name));
    let records = Records::from_arrow(schema, batches, &wanted)?;
    let constants: Arc<Constants> = Arc::new(Constants { today });
    let query = Query::new(&[rule], &Population::of_columns(records), &environment, constants)?;
    let running = Running { workers: run.workers, cancel: watch.map(Watch::stopped), among: None };
    let answer = query.answers(running).and_then(|answers| answers.into_iter().next());
    let answer = answer.ok_or(StoreError::Cancelled)?;
    let mask = BooleanArray::new(Bits::to_arrow(&answer.holds), None);
    Ok(TableAnswer { mask, unknown: answer.unknown.count() })
}

/// The variables that are the same for all rows.
struct Constants {
    today: NaiveDate,
}

impl clientela_rules::Facts for Constants {
    fn variable(&self, name: &str) -> Option<clientela_rules::Datum> {
        (name == "today").then(|| self.today.into())
    }
}
