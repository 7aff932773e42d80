//! One record as [`Facts`] give it, for the evaluator of one record.

use super::row::days_of;
use super::{Interpreted, Plan, PlanField, Source, Step};
use crate::datum::Datum;
use crate::facts::Facts;
use rust_decimal::Decimal;
use std::cell::Cell;
use std::slice;

/// Variables kept without allocating.
const VARIABLES: usize = 6;

/// The facts of one record.
pub struct FactsSource<'f> {
    plan: &'f Plan,
    facts: &'f dyn Facts,
    variables: [&'f Datum; VARIABLES],
    /// Whether a value was met that 64 bits do not hold exactly, such as an instant with nanoseconds.
    inexact: Cell<bool>,
}

static NOTHING: Datum = Datum::Null;

impl<'f> FactsSource<'f> {
    /// The facts, if they can be looked at in place.
    pub fn new(plan: &'f Plan, facts: &'f dyn Facts) -> Option<Self> {
        let mut variables = [&NOTHING; VARIABLES];
        if plan.variables.len() > VARIABLES {
            return None;
        }
        for (place, name) in variables.iter_mut().zip(&plan.variables) {
            *place = facts.peek(name)?;
        }
        Some(Self { plan, facts, variables, inexact: Cell::new(false) })
    }

    /// Whether every value met was exact and no part took too many steps; if not, the interpreter has to be asked.
    #[must_use]
    pub fn exact(&self) -> bool {
        !self.inexact.get()
    }

    fn follow(&self, start: &'f Datum, variable: Option<usize>, steps: &[Step]) -> &'f Datum {
        let start = match variable {
            Some(number) => self.variables.get(number).copied().unwrap_or(&NOTHING),
            None => start,
        };
        steps.iter().fold(start, |value, step| match value {
            Datum::Record(row) => row.step(step),
            _ => &NOTHING,
        })
    }

    fn datum(&self, row: &'f Datum, field: usize) -> &'f Datum {
        match self.plan.fields.get(field) {
            Some(PlanField { variable, steps, .. }) => self.follow(row, *variable, steps),
            None => &NOTHING,
        }
    }
}

impl<'f> Source for FactsSource<'f> {
    type Row = &'f Datum;
    type Entries = slice::Iter<'f, Datum>;

    fn record(&self) -> &'f Datum {
        &NOTHING
    }

    fn entries(&self, row: &'f Datum, table: usize) -> Option<Self::Entries> {
        let table = self.plan.tables.get(table)?;
        match self.follow(row, table.variable, &table.steps) {
            Datum::List(parts) => Some(parts.iter()),
            _ => None,
        }
    }

    fn present(&self, row: &'f Datum, field: usize) -> bool {
        *self.datum(row, field) != Datum::Null
    }

    fn flag(&self, row: &'f Datum, field: usize) -> Option<bool> {
        if let Datum::Bool(yes) = self.datum(row, field) { Some(*yes) } else { None }
    }

    fn whole(&self, row: &'f Datum, field: usize) -> Option<i64> {
        match self.datum(row, field) {
            Datum::Int(number) => Some(*number),
            Datum::Date(day) => Some(days_of(*day)),
            Datum::Timestamp(at) => {
                self.inexact.set(self.inexact.get() || at.timestamp_subsec_nanos() % 1_000 != 0);
                Some(at.timestamp_micros())
            }
            Datum::Duration(duration) => {
                self.inexact.set(self.inexact.get() || duration.subsec_nanos() % 1_000 != 0);
                duration.num_microseconds()
            }
            _ => None,
        }
    }

    fn decimal(&self, row: &'f Datum, field: usize) -> Option<Decimal> {
        match self.datum(row, field) {
            Datum::Decimal(number) => Some(*number),
            Datum::Int(number) => Some(Decimal::from(*number)),
            _ => None,
        }
    }

    fn double(&self, row: &'f Datum, field: usize) -> Option<f64> {
        if let Datum::Double(number) = self.datum(row, field) { Some(*number) } else { None }
    }

    fn text(&self, row: &'f Datum, field: usize) -> Option<&str> {
        if let Datum::Text(text) = self.datum(row, field) { Some(text) } else { None }
    }

    fn id(&self, row: &'f Datum, field: usize) -> Option<u128> {
        if let Datum::Id(id) = self.datum(row, field) { Some(id.as_u128()) } else { None }
    }

    fn interpret(&self, part: &Interpreted) -> Option<bool> {
        part.decide(self.facts, &self.inexact)
    }
}
