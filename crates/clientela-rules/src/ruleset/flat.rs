//! Rule sets whose rows can be asked each by itself, for whoever asks them of many records at once.

use super::RuleSet;
use super::model::{Aggregate, Output, Policy, Then};
use crate::datum::Datum;
use crate::engine::Rule;
use std::sync::Arc;

/// A row that gives the same output to every record that satisfies its conditions.
#[derive(Debug, Clone, Copy)]
pub struct FlatRow<'s> {
    /// Its number, counted from 1.
    pub number: &'s str,
    /// What must hold, all of it; nothing for a row that always applies.
    pub conditions: &'s [Arc<dyn Rule>],
    /// What it gives.
    pub output: &'s Datum,
}

impl RuleSet {
    /// Its rows, if all that apply answer, each by itself: with `semantic: all_matches` or a table that collects a list or a sum,
    /// without variables, rows in rows, formulas as outputs, or what holds otherwise. None for other rule sets, which
    /// are asked record by record.
    #[must_use]
    pub fn flat_rows(&self) -> Option<Vec<FlatRow<'_>>> {
        let adds = matches!(
            self.block.policy,
            Policy::Every | Policy::Collect(Aggregate::List) | Policy::Collect(Aggregate::Sum)
        );
        if !adds || !self.variables.is_empty() || self.block.otherwise.is_some() {
            return None;
        }
        let rows = self.block.rows.iter().map(|row| match &row.then {
            Then::Output(consequence) => match &consequence.output {
                Output::Constant(output) => {
                    Some(FlatRow { number: &row.number, conditions: &row.conditions, output })
                }
                Output::Formula(_) => None,
            },
            Then::Rules(_) => None,
        });
        rows.collect()
    }
}
