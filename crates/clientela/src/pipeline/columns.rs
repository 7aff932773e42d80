//! Opportunities over time as columns, asked for whole tables at once: of a store, or of a table of somebody else's.
//!
//! The answers are those of the questions `forecast.rollup`, `funnel.conversion` and `forecast.change`, for whoever goes on working in
//! tables: nothing is made of a row but numbers.

use super::figures::{By, tree_of};
use super::passages;
use super::{Pipeline, day_number};
use crate::error::{CrmError, Result};
use crate::session::Session;
use crate::table::Table;
use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, RecordBatch, StringViewArray, UInt32Array, UInt64Array,
};
use arrow_schema::{Field, Schema};
use chrono::NaiveDate;
use clientela_core::sales::pipeline::{
    Cell, Column, DECIDED_LEAST, History, NO_PARENT, Part, Period, change, conversion, forecast, roll_up,
    stage_shares, win_spells,
};
use clientela_model::ClosedList;
use clientela_model::identifier::Currency;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// One of the counts of a passage.
type CountOf = fn(&clientela_core::sales::pipeline::Conversion) -> u64;

/// Opportunities of one currency over time, and the tree their owners stand in.
#[derive(Clone)]
pub struct PipelineColumns {
    source: Source,
    /// What each node is, where that is known.
    nodes: Vec<(Uuid, String)>,
    parents: Vec<u32>,
    /// The node of each owner.
    of_owner: Vec<u32>,
    /// The method of each stage.
    methods: Vec<u32>,
    /// The probability of each stage in percent.
    percents: Vec<u16>,
    /// Codes of method and stage, where they are known.
    stages: Vec<(String, String)>,
    currency: Option<Currency>,
    /// Decimals of amounts.
    digits: u32,
    /// What to add to the days since 1970 for the days of the columns.
    epoch: i32,
}

/// Where the columns are.
#[derive(Clone)]
enum Source {
    /// Read from a table.
    Given(Arc<History>),
    /// Kept by a session: the place of the currency.
    Kept(Arc<Pipeline>, usize),
}

/// A stage of passages that are given as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnStage {
    /// The number of its method; stages of one method follow each other in their order.
    pub method: u32,
    /// Its probability in percent: what is forecast by history until it has enough of it.
    pub probability: u16,
}

impl Session {
    /// The opportunities this session sees over time as columns, one for each currency: those that forecasts and funnels are asked of,
    /// so nothing is read twice.
    ///
    /// # Errors
    /// Those of reading.
    pub fn pipeline_columns(&self, by: By) -> Result<Vec<PipelineColumns>> {
        self.look(|view| {
            let pipeline = self.pipeline(&view)?;
            let tree = tree_of(&view, &pipeline, by)?;
            let stages = pipeline.stages.iter().zip(&pipeline.stage_methods);
            let stages: Vec<(String, String)> = stages
                .map(|(stage, method)| (pipeline.methods[*method as usize].code.clone(), stage.code.clone()))
                .collect();
            let one = |(place, book): (usize, &super::Book)| PipelineColumns {
                source: Source::Kept(Arc::clone(&pipeline), place),
                nodes: tree.nodes.clone(),
                parents: tree.parents.clone(),
                of_owner: tree.of_position.clone(),
                methods: pipeline.stage_methods.clone(),
                percents: pipeline.stages.iter().map(|stage| stage.probability).collect(),
                stages: stages.clone(),
                currency: Some(book.currency),
                digits: book.currency.minor_units(),
                epoch: day_number(NaiveDate::default()),
            };
            Ok(pipeline.books.iter().enumerate().map(one).collect())
        })
    }
}

impl PipelineColumns {
    /// Reads a table of passages: `opportunity` (numbers or texts, in order), `day`, `state`, `stage`, `owner`, `category`,
    /// `probability` in percent, `amount` (minor units or decimals) and `close`, the passages of an opportunity together and in their
    /// order. States and categories are words or their numbers, days are days or their numbers since 1970, stages and owners are
    /// numbers of `stages` and `parents`; a parent comes before those below it.
    ///
    /// # Errors
    /// `argument.invalid` with the column, `pipeline.order`, `pipeline.index`, `pipeline.tree`.
    pub fn from_batches(
        batches: &[RecordBatch],
        parents: &[Option<u32>],
        stages: &[ColumnStage],
    ) -> Result<Self> {
        let (passages, digits) = passages::read(batches)?;
        let history = History::new(passages, parents.len(), stages.len())?;
        let parents: Vec<u32> = parents.iter().map(|parent| parent.unwrap_or(NO_PARENT)).collect();
        let none = vec![(); parents.len()];
        roll_up(&parents, &none, |(), ()| ())?;
        Ok(Self {
            source: Source::Given(Arc::new(history)),
            nodes: Vec::new(),
            of_owner: (0..u32::try_from(parents.len()).unwrap_or(u32::MAX)).collect(),
            parents,
            methods: stages.iter().map(|stage| stage.method).collect(),
            percents: stages.iter().map(|stage| stage.probability).collect(),
            stages: Vec::new(),
            currency: None,
            digits,
            epoch: 0,
        })
    }

    /// The currency of its amounts, when it comes from a store.
    #[must_use]
    pub const fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// How many opportunities there are.
    #[must_use]
    pub fn opportunities(&self) -> usize {
        self.history().len()
    }

    /// How many passages they have.
    #[must_use]
    pub fn passages(&self) -> usize {
        self.history().passages().day.len()
    }

    fn history(&self) -> &History {
        match &self.source {
            Source::Given(history) => history,
            Source::Kept(pipeline, place) => &pipeline.books[*place].history,
        }
    }

    fn day(&self, day: NaiveDate) -> i32 {
        day_number(day) - day_number(NaiveDate::default()) + self.epoch
    }

    fn period(&self, (first, last): (NaiveDate, NaiveDate)) -> Period {
        Period { first: self.day(first), last: self.day(last) }
    }

    /// The forecast of a period as it stood on a day, rolled up the whole tree: one row for each node, those above first. Amounts of
    /// each category alone, how many they are, what is weighted by probability and, when asked for, by what history says.
    ///
    /// # Errors
    /// `pipeline.tree`.
    pub fn forecast(
        &self,
        day: NaiveDate,
        period: (NaiveDate, NaiveDate),
        by_history: bool,
    ) -> Result<Table> {
        let day = self.day(day);
        let shares: Vec<u32> = match &self.source {
            _ if !by_history => Vec::new(),
            Source::Given(history) => {
                let spells = [win_spells(history, day)];
                let shares = stage_shares(&spells, &self.percents, DECIDED_LEAST);
                shares.iter().map(|share| share.millionths).collect()
            }
            // History is that of all currencies together.
            Source::Kept(pipeline, _) => pipeline.shares(day).iter().map(|share| share.millionths).collect(),
        };
        let cells = forecast(self.history(), day, self.period(period), &shares);
        let mut own = vec![Cell::default(); self.parents.len()];
        for (cell, node) in cells.iter().zip(&self.of_owner) {
            own[*node as usize].add(cell);
        }
        let sums = roll_up(&self.parents, &own, Cell::add)?;
        let mut table = self.of_nodes();
        for (name, column) in COLUMNS {
            let amounts = sums.iter().map(|cell| cell.amount[column as usize]);
            table.push((name, self.amounts(amounts, 0)?));
        }
        for (name, column) in COUNTS {
            let counts = sums.iter().map(|cell| cell.count[column as usize]);
            table.push((name, Arc::new(UInt64Array::from_iter_values(counts))));
        }
        table.push(("weighted", self.amounts(sums.iter().map(|cell| cell.weighted), 2)?));
        if by_history {
            table.push(("by_history", self.amounts(sums.iter().map(|cell| cell.by_history), 6)?));
        }
        self.table(table)
    }

    /// What became of those that came to each stage in each period, as known at the end of `day`: a row for each period and stage with
    /// any. Periods begin on the days of `starts`, the last of them ends with `until`.
    ///
    /// # Errors
    /// Those of making a table.
    pub fn funnel(
        &self,
        starts: &[NaiveDate],
        until: NaiveDate,
        day: NaiveDate,
        horizon_days: Option<u32>,
    ) -> Result<Table> {
        let mut periods: Vec<i32> = starts.iter().map(|start| self.day(*start)).collect();
        if !periods.is_sorted() {
            return Err(CrmError::Argument {
                field: "starts",
                problem: "is not in order".to_owned(),
                hint: "first days of periods, each after the one before",
            }
            .into());
        }
        periods.push(self.day(until).saturating_add(1));
        let found = conversion(self.history(), &self.methods, &periods, self.day(day), horizon_days);
        let count = self.methods.len().max(1);
        let some: Vec<(usize, usize)> = (0..found.len())
            .filter(|place| found[*place].reached > 0)
            .map(|place| (place / count, place % count))
            .collect();
        let epoch = self.epoch;
        let days = some.iter().map(|(period, _)| periods[*period] - epoch);
        let number = |stage: usize| u32::try_from(stage).unwrap_or(u32::MAX);
        let mut table: Vec<(&str, ArrayRef)> = vec![
            ("period", Arc::new(Date32Array::from_iter_values(days))),
            ("stage", Arc::new(UInt32Array::from_iter_values(some.iter().map(|(_, stage)| number(*stage))))),
        ];
        if !self.stages.is_empty() {
            let named = |of: fn(&(String, String)) -> &String| -> ArrayRef {
                let texts = some.iter().map(|(_, stage)| of(&self.stages[*stage]).as_str());
                Arc::new(StringViewArray::from_iter_values(texts))
            };
            table.push(("method_code", named(|(method, _)| method)));
            table.push(("stage_code", named(|(_, stage)| stage)));
        }
        let counts: [(&str, CountOf); 4] = [
            ("reached", |one| one.reached),
            ("onward", |one| one.onward),
            ("won", |one| one.won),
            ("lost", |one| one.lost),
        ];
        for (name, of) in counts {
            let numbers = some.iter().map(|(period, stage)| of(&found[period * count + stage]));
            table.push((name, Arc::new(UInt64Array::from_iter_values(numbers))));
        }
        self.table(table)
    }

    /// What changed in a period's open pipeline from the end of one day to the end of another, at and below a node or in all: what it
    /// was, its parts with how many opportunities stand behind each, what it is.
    ///
    /// # Errors
    /// Those of making a table.
    pub fn change(
        &self,
        (from, to): (NaiveDate, NaiveDate),
        period: (NaiveDate, NaiveDate),
        node: Option<u32>,
    ) -> Result<Table> {
        let mut inside = vec![node.is_none(); self.parents.len()];
        for place in 0..inside.len() {
            let above = inside.get(self.parents[place] as usize).copied().unwrap_or(false);
            inside[place] |= above || node.is_some_and(|node| node as usize == place);
        }
        let at = |owner: u32| self.of_owner.get(owner as usize).and_then(|node| inside.get(*node as usize));
        let days = (self.day(from), self.day(to));
        let found =
            change(self.history(), days, self.period(period), |owner| at(owner).copied().unwrap_or(false));
        let parts =
            Part::ALL.iter().zip(&found.parts).map(|(part, sum)| (part.word(), sum.count, sum.amount));
        let rows: Vec<(&str, u64, i128)> =
            std::iter::once(("start", 0, found.start)).chain(parts).chain([("end", 0, found.end)]).collect();
        self.table(vec![
            ("step", Arc::new(StringViewArray::from_iter_values(rows.iter().map(|row| row.0)))),
            ("opportunities", Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.1)))),
            ("amount", self.amounts(rows.iter().map(|row| row.2), 0)?),
        ])
    }

    /// Number, name and place of each node.
    fn of_nodes(&self) -> Vec<(&'static str, ArrayRef)> {
        let numbers = 0..u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        let above = self.parents.iter().map(|parent| (*parent != NO_PARENT).then_some(*parent));
        let mut table: Vec<(&'static str, ArrayRef)> = vec![
            ("node", Arc::new(UInt32Array::from_iter_values(numbers))),
            ("above", Arc::new(above.collect::<UInt32Array>())),
        ];
        if !self.nodes.is_empty() {
            let ids = self.nodes.iter().map(|(id, _)| id.to_string());
            let names = self.nodes.iter().map(|(_, name)| name.as_str());
            table.push(("id", Arc::new(StringViewArray::from_iter_values(ids))));
            table.push(("name", Arc::new(StringViewArray::from_iter_values(names))));
        }
        table
    }

    /// Amounts of which so many more decimals are given than the minor unit has.
    fn amounts(&self, amounts: impl Iterator<Item = i128>, more: u32) -> Result<ArrayRef> {
        let scale = i8::try_from(self.digits + more).unwrap_or(i8::MAX);
        let array = Decimal128Array::from_iter_values(amounts).with_precision_and_scale(PRECISION, scale);
        Ok(Arc::new(array.map_err(|_| unmade())?))
    }

    fn table(&self, columns: Vec<(&str, ArrayRef)>) -> Result<Table> {
        let currency = self.currency.map(|currency| currency.code().to_owned());
        let field = |(name, array): &(&str, ArrayRef)| {
            let field = Field::new(*name, array.data_type().clone(), *name == "above");
            let amount = matches!(array.data_type(), arrow_schema::DataType::Decimal128(..));
            let told: Option<HashMap<String, String>> = currency.clone().filter(|_| amount).map(|code| {
                let kind = ("clientela.type".to_owned(), "amount".to_owned());
                [kind, ("clientela.currency".to_owned(), code)].into_iter().collect()
            });
            field.with_metadata(told.unwrap_or_default())
        };
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<Field>>()));
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|_| unmade())?;
        Ok(Table::new(schema, vec![batch]))
    }
}

/// Digits of an amount.
const PRECISION: u8 = 38;

const COLUMNS: [(&str, Column); 5] = [
    ("closed", Column::Closed),
    ("commit", Column::Commit),
    ("best_case", Column::BestCase),
    ("pipeline", Column::Pipeline),
    ("omitted", Column::Omitted),
];
const COUNTS: [(&str, Column); 5] = [
    ("closed_count", Column::Closed),
    ("commit_count", Column::Commit),
    ("best_case_count", Column::BestCase),
    ("pipeline_count", Column::Pipeline),
    ("omitted_count", Column::Omitted),
];

fn unmade() -> crate::Error {
    CrmError::Internal { what: "columns of one length are a table" }.into()
}
