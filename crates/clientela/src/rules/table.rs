//! A rule over a table that is in no store.

use super::compile;
use super::run::RuleRun;
use crate::error::{CrmError, Result};
use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::Schema;
use chrono::NaiveDate;
use clientela_columns::arrow::environment_of;
use clientela_columns::{Bits, Funnel, Population, Query, Records, Running};
use clientela_core::rules_environment::AsOf;
use clientela_model::Why;
use clientela_rules::{Environment, Reveal, Rule};
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
    let asked = AskedTable::new(schema, batches, text, today)?;
    let answer = asked.query()?.answers(running(run, watch)).and_then(|answers| answers.into_iter().next());
    let answer = answer.ok_or(StoreError::Cancelled)?;
    let mask = BooleanArray::new(Bits::to_arrow(&answer.holds), None);
    Ok(TableAnswer { mask, unknown: answer.unknown.count() })
}

/// How many rows of any table each condition of a rule removes, in the order they are written.
///
/// # Errors
/// As [`over_table_watched`].
pub fn funnel_over_table(
    schema: &Schema,
    batches: &[RecordBatch],
    text: &str,
    today: NaiveDate,
    run: RuleRun,
    watch: Option<&Watch>,
) -> Result<Funnel> {
    let AskedTable { rule, population, environment, as_of } = AskedTable::new(schema, batches, text, today)?;
    let funnel = Query::funnel(&rule, &population, &environment, as_of, running(run, watch))?;
    Ok(funnel.ok_or(StoreError::Cancelled)?)
}

/// Why a rule holds for a row of any table or not, with all values it saw: whoever gives the table knows them. Rows are counted
/// from 0, over all batches.
///
/// # Errors
/// As [`over_table`]; `argument.invalid` at `row` when there are not so many.
pub fn explain_over_table(
    schema: &Schema,
    batches: &[RecordBatch],
    text: &str,
    today: NaiveDate,
    row: usize,
) -> Result<Why> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if row >= rows {
        let problem = format!("is {row}, and the table has {rows} rows, counted from 0");
        return Err(
            CrmError::Argument { field: "row", problem, hint: "the number of a row of the table" }.into()
        );
    }
    let verdict = AskedTable::new(schema, batches, text, today)?.query()?.explain(0, row, Reveal::ALL);
    Ok(verdict.ok_or(CrmError::Internal { what: "a rule that was put together is there" })?.why)
}

fn running(run: RuleRun, watch: Option<&Watch>) -> Running<'_> {
    Running { workers: run.workers, cancel: watch.map(Watch::stopped), among: None }
}

/// A rule with the columns of a table that it reads.
struct AskedTable {
    rule: Arc<dyn Rule>,
    population: Population,
    environment: Arc<Environment>,
    as_of: Arc<AsOf>,
}

impl AskedTable {
    fn new(schema: &Schema, batches: &[RecordBatch], text: &str, today: NaiveDate) -> Result<Self> {
        let environment = Arc::new(environment_of(schema));
        let rule = compile(text, &environment)?;
        // A column is read if its name, or a field within it, is.
        let within = |path: &str, name: &str| {
            path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let wanted = |name: &str| rule.reads().iter().any(|path| within(&path.text, name));
        let records = Records::from_arrow(schema, batches, &wanted)?;
        let as_of = Arc::new(AsOf::from(today));
        Ok(Self { rule, population: Population::of_columns(records), environment, as_of })
    }

    fn query(&self) -> Result<Query> {
        let rules = std::slice::from_ref(&self.rule);
        let as_of: Arc<AsOf> = Arc::clone(&self.as_of);
        Ok(Query::new(rules, &self.population, &self.environment, as_of)?)
    }
}
