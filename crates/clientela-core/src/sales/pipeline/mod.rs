//! Opportunities over time, in columns: the state on any day, forecasts, what changed, funnels.
//!
//! Each passage of an opportunity keeps the state it led to: stage, owner, amount, close date, category. So the state on a day
//! is the last passage up to that day, and every figure of any past day comes from the same columns, read once.
//!
//! Amounts are minor units of one currency (cents); sums are whole numbers and exact. Days are numbers, as
//! [`chrono::Datelike::num_days_from_ce`] counts them. Owners and stages are indexes into lists of the caller's; stages lie in the
//! order of their methods, those of one method together and by their sequence.

mod change;
mod conversion;
mod forecast;
mod shares;
mod spells;
mod tree;
mod velocity;

pub use change::{Change, Movement, Part, PartSum, change, movements};
pub use conversion::{Conversion, conversion};
pub use forecast::{Cell, Column, MILLION, forecast, opportunity_cells, weighted};
pub use shares::{DECIDED_LEAST, StageShare, stage_shares};
pub use spells::{Cause, Spells, stage_spells, win_spells};
pub use tree::{Adjusted, NO_PARENT, roll_up, roll_up_adjusted};
pub use velocity::{Velocity, velocity};

use super::{ForecastCategory, OpportunityState};
use clientela_model::{Coded, ErrorKind};

/// A day that is not given.
pub const NO_DAY: i32 = i32::MAX;
/// An opportunity that was not there yet.
pub const NO_ROW: u32 = u32::MAX;

/// The passages of opportunities: those of one opportunity together, in the order they happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passages {
    /// Where each opportunity's passages begin, and at last where they end.
    pub offsets: Vec<u32>,
    /// The day of each passage.
    pub day: Vec<i32>,
    /// The state it led to.
    pub state: Vec<OpportunityState>,
    /// The stage it led to.
    pub stage: Vec<u32>,
    /// The owner from then on.
    pub owner: Vec<u32>,
    /// What it counted as in a forecast while open.
    pub category: Vec<ForecastCategory>,
    /// Probability of winning in percent.
    pub probability: Vec<u8>,
    /// Amount in minor units; zero when none is given.
    pub amount: Vec<i64>,
    /// The day it was expected to close; once won or lost the day it was; [`NO_DAY`] when none is given.
    pub close: Vec<i32>,
}

/// One passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its day.
    pub day: i32,
    /// The state it led to.
    pub state: OpportunityState,
    /// The stage it led to.
    pub stage: u32,
    /// The owner from then on.
    pub owner: u32,
    /// What it counted as in a forecast while open.
    pub category: ForecastCategory,
    /// Probability of winning in percent.
    pub probability: u8,
    /// Amount in minor units.
    pub amount: i64,
    /// The day it was expected to close, or closed.
    pub close: i32,
}

/// Days from first to last, both counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub first: i32,
    /// Last day.
    pub last: i32,
}

impl Period {
    /// Whether the day lies in it; a day that is not given does not.
    #[must_use]
    pub const fn holds(self, day: i32) -> bool {
        day != NO_DAY && self.first <= day && day <= self.last
    }
}

/// Columns that do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PipelineError {
    /// Columns of different length, or offsets that do not divide them.
    #[error("the column {column} does not fit the others; give one value for each passage")]
    Shape {
        /// The column.
        column: &'static str,
    },
    /// Passages of an opportunity that go back in time.
    #[error("passage {row} lies before the one above it; put the passages of an opportunity in their order")]
    Order {
        /// The passage.
        row: usize,
    },
    /// An index beyond its list.
    #[error("value {row} of {column} is beyond the end of its list; give an index of it")]
    Index {
        /// The column.
        column: &'static str,
        /// Which value.
        row: usize,
    },
    /// A tree whose parents do not come before their children.
    #[error("node {node} of the tree comes before the one above it; put those above first")]
    Tree {
        /// The node.
        node: usize,
    },
}

impl Coded for PipelineError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "pipeline.shape",
            Self::Order { .. } => "pipeline.order",
            Self::Index { .. } => "pipeline.index",
            Self::Tree { .. } => "pipeline.tree",
        }
    }
    fn field(&self) -> Option<String> {
        match self {
            Self::Shape { column } | Self::Index { column, .. } => Some((*column).to_owned()),
            Self::Order { .. } => Some("day".to_owned()),
            Self::Tree { .. } => Some("parents".to_owned()),
        }
    }
}

/// Passages that have been checked: every function on them is total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    passages: Passages,
    owners: usize,
    stages: usize,
}

impl History {
    /// Checks columns: one value for each passage, days that do not go back, owners and stages within their lists.
    ///
    /// # Errors
    /// [`PipelineError`].
    pub fn new(passages: Passages, owners: usize, stages: usize) -> Result<Self, PipelineError> {
        let count = passages.day.len();
        let lengths = [
            ("state", passages.state.len()),
            ("stage", passages.stage.len()),
            ("owner", passages.owner.len()),
            ("category", passages.category.len()),
            ("probability", passages.probability.len()),
            ("amount", passages.amount.len()),
            ("close", passages.close.len()),
            ("offsets", passages.offsets.last().map_or(0, |last| *last as usize)),
        ];
        if let Some((column, _)) = lengths.into_iter().find(|(_, length)| *length != count) {
            return Err(PipelineError::Shape { column });
        }
        if passages.offsets.first().is_some_and(|first| *first != 0) || !passages.offsets.is_sorted() {
            return Err(PipelineError::Shape { column: "offsets" });
        }
        for bounds in passages.offsets.windows(2) {
            let (first, last) = (bounds[0] as usize, bounds[1] as usize);
            if let Some(back) = passages.day[first..last].windows(2).position(|days| days[1] < days[0]) {
                return Err(PipelineError::Order { row: first + back + 1 });
            }
        }
        for (column, values, end) in [("owner", &passages.owner, owners), ("stage", &passages.stage, stages)]
        {
            if let Some(row) = values.iter().position(|value| *value as usize >= end) {
                return Err(PipelineError::Index { column, row });
            }
        }
        Ok(Self { passages, owners, stages })
    }

    /// How many opportunities.
    #[must_use]
    pub fn len(&self) -> usize {
        self.passages.offsets.len().saturating_sub(1)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many owners the list has.
    #[must_use]
    pub const fn owners(&self) -> usize {
        self.owners
    }

    /// How many stages the list has.
    #[must_use]
    pub const fn stages(&self) -> usize {
        self.stages
    }

    /// The columns.
    #[must_use]
    pub const fn passages(&self) -> &Passages {
        &self.passages
    }

    /// One passage.
    #[must_use]
    pub fn row(&self, row: u32) -> Option<Row> {
        let (at, all) = (row as usize, &self.passages);
        Some(Row {
            day: *all.day.get(at)?,
            state: all.state[at],
            stage: all.stage[at],
            owner: all.owner[at],
            category: all.category[at],
            probability: all.probability[at],
            amount: all.amount[at],
            close: all.close[at],
        })
    }

    /// The passages of each opportunity, as ranges of rows.
    pub fn ranges(&self) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        self.passages.offsets.windows(2).map(|bounds| bounds[0] as usize..bounds[1] as usize)
    }

    /// The row that held at the end of a day for each opportunity; [`NO_ROW`] where it was not there yet.
    #[must_use]
    pub fn rows_on(&self, day: i32) -> Vec<u32> {
        self.ranges().map(|range| self.held(range, day)).collect()
    }

    /// The row of one opportunity's passages that held at the end of a day. Asked days are mostly late, so it looks from there.
    pub(super) fn held(&self, range: std::ops::Range<usize>, day: i32) -> u32 {
        let first = range.start;
        let last = self.passages.day[range].iter().rposition(|on| *on <= day);
        last.map_or(NO_ROW, |last| u32::try_from(first + last).unwrap_or(NO_ROW))
    }
}

impl Passages {
    /// Without any opportunity.
    #[must_use]
    pub fn empty() -> Self {
        Self { offsets: vec![0], ..Self::default() }
    }

    /// Adds an opportunity with its passages.
    pub fn add(&mut self, rows: impl IntoIterator<Item = Row>) {
        for row in rows {
            self.day.push(row.day);
            self.state.push(row.state);
            self.stage.push(row.stage);
            self.owner.push(row.owner);
            self.category.push(row.category);
            self.probability.push(row.probability);
            self.amount.push(row.amount);
            self.close.push(row.close);
        }
        self.offsets.push(u32::try_from(self.day.len()).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;
    use clientela_model::ClosedList;
    use proptest::prelude::*;

    pub(crate) const OWNERS: usize = 4;
    /// Two methods of three stages each.
    pub(crate) const METHODS: [u32; 6] = [0, 0, 0, 1, 1, 1];

    prop_compose! {
        fn row()(
            days in 0_i32..12,
            state in prop::sample::select(OpportunityState::ALL.to_vec()),
            stage in 0_u32..3,
            owner in 0..OWNERS as u32,
            category in prop::sample::select(ForecastCategory::ALL.to_vec()),
            probability in 0_u8..=100,
            amount in -5_000_i64..100_000,
            close in prop_oneof![Just(NO_DAY), 0_i32..60],
        ) -> (i32, Row) {
            (days, Row { day: 0, state, stage, owner, category, probability, amount, close })
        }
    }

    /// Any passages, whether the machine of states allows them or not: figures must add up all the same.
    pub(crate) fn history() -> impl Strategy<Value = History> {
        prop::collection::vec((0_i32..20, 0_u32..2, prop::collection::vec(row(), 1..6)), 0..25).prop_map(
            |all| {
                let mut passages = Passages::empty();
                for (opened, method, rows) in all {
                    let mut day = opened;
                    passages.add(rows.into_iter().map(|(later, row)| {
                        day += later;
                        Row { day, stage: row.stage + 3 * method, ..row }
                    }));
                }
                History::new(passages, OWNERS, METHODS.len()).unwrap()
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::samples::history;
    use super::*;
    use clientela_model::ClosedList;
    use proptest::prelude::*;

    fn row(day: i32) -> Row {
        let (state, category) = (OpportunityState::ALL[0], ForecastCategory::Pipeline);
        Row { day, state, stage: 0, owner: 0, category, probability: 10, amount: 1, close: NO_DAY }
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let mut good = Passages::empty();
        good.add([row(1), row(2)]);
        assert!(History::new(good.clone(), 1, 1).is_ok());
        assert_eq!(History::new(good.clone(), 0, 1), Err(PipelineError::Index { column: "owner", row: 0 }));
        assert_eq!(History::new(good.clone(), 1, 0), Err(PipelineError::Index { column: "stage", row: 0 }));
        let mut short = good.clone();
        short.amount.pop();
        assert_eq!(History::new(short, 1, 1), Err(PipelineError::Shape { column: "amount" }));
        let mut back = Passages::empty();
        back.add([row(2), row(1)]);
        assert_eq!(History::new(back, 1, 1), Err(PipelineError::Order { row: 1 }));
        good.offsets = vec![0, 5, 2];
        assert_eq!(History::new(good, 1, 1), Err(PipelineError::Shape { column: "offsets" }));
    }

    proptest! {
        /// What a day looked like is what a store that stopped on that day would show: its last passage.
        #[test]
        fn a_day_looks_back_as_it_was(history in history(), day in -1_i32..80) {
            let mut until = Passages::empty();
            let mut expected = Vec::new();
            for range in history.ranges() {
                let known: Vec<Row> =
                    range.map(|row| history.row(row as u32).unwrap()).filter(|row| row.day <= day).collect();
                expected.push(known.last().copied());
                until.add(known);
            }
            let found: Vec<Option<Row>> = history.rows_on(day).into_iter().map(|row| history.row(row)).collect();
            prop_assert_eq!(&found, &expected);
            // And what came later changes nothing.
            let stopped = History::new(until, history.owners(), history.stages()).unwrap();
            let then: Vec<Option<Row>> = stopped.rows_on(i32::MAX - 1).into_iter().map(|row| stopped.row(row)).collect();
            prop_assert_eq!(found, then);
        }
    }
}
