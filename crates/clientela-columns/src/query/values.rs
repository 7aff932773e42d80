//! The values of formulas, record by record on the columns.

use super::{Query, Running};
use crate::rows::RowFacts;
use clientela_rules::{Datum, Outcome, Type};
use std::sync::atomic::Ordering;

/// Records between two looks at whether to break off.
const BETWEEN_LOOKS: usize = 1_024;

impl Query {
    /// The value of a rule for each record, nothing where it cannot be told; none if it was broken off or there is no such
    /// rule. Conditions are answered as [`answers`](Self::answers) does, formulas by the interpreter.
    #[must_use]
    pub fn values(&self, rule: usize, running: Running<'_>) -> Option<Vec<Option<Datum>>> {
        let asked = self.rules.get(rule)?;
        if *asked.result_type().base() == Type::Bool {
            let answers = self.answers(running)?;
            let answer = answers.get(rule)?;
            let said = |row| (!answer.unknown.get(row)).then(|| Datum::Bool(answer.holds.get(row)));
            return Some((0..self.records).map(said).collect());
        }
        let places = &self.program.whole.get(rule)?.places;
        let mut values = Vec::with_capacity(self.records);
        for row in 0..self.records {
            let cancelled = || running.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed));
            if row % BETWEEN_LOOKS == 0 && cancelled() {
                return None;
            }
            values.push(match asked.decide(&RowFacts::new(places, row)) {
                Outcome::True => Some(Datum::Bool(true)),
                Outcome::False => Some(Datum::Bool(false)),
                Outcome::Value(value) => Some(value),
                Outcome::Unknown => None,
            });
        }
        Some(values)
    }
}
