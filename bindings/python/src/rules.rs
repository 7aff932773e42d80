//! Rules asked of a store and of tables. What they say, and how, is the library's to decide.

use crate::call;
use crate::error::{of_facade, why_json};
use crate::mask::NativeMask;
use crate::store::NativeStore;
use crate::table::NativeTable;
use chrono::NaiveDate;
use clientela::model::ClosedList;
use clientela::rules::{Funnel, Outcome, explain_over_table, funnel_over_table, over_table_watched};
use clientela::{RuleRun, RuleSubject, StoreRule};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::num::NonZeroUsize;

/// Ids one after the other, 16 bytes each; the records asked; of those, not told; the state they were asked in.
type Selected<'py> = (Bound<'py, PyBytes>, usize, usize, i64);

/// A condition of a funnel: its text, for how many it holds alone, how many it removes, of those not told, how many are left.
type Step = (String, usize, usize, usize, usize);

/// A rule about records of a store, checked. It belongs to no store.
#[pyclass(frozen, module = "clientela._native")]
#[derive(Debug)]
pub(crate) struct NativeRule {
    rule: StoreRule,
}

#[pymethods]
impl NativeRule {
    /// Checks a rule.
    #[new]
    fn new(text: &str, about: &str) -> PyResult<Self> {
        let about = RuleSubject::parse(about).map_err(|error| of_facade(error.at("about").into()))?;
        Ok(Self { rule: StoreRule::new(text, about).map_err(of_facade)? })
    }

    /// Checks a rule with the fields a store adds.
    #[staticmethod]
    fn of_store(py: Python<'_>, store: &NativeStore, text: String, about: &str) -> PyResult<Self> {
        let about = RuleSubject::parse(about).map_err(|error| of_facade(error.at("about").into()))?;
        Ok(Self { rule: store.work(py, "rule", move |session| session.rule(&text, about))? })
    }

    /// The steps one decision takes at most where each list has fifty entries.
    #[getter]
    fn estimated_steps(&self) -> u64 {
        self.rule.estimated_steps()
    }

    /// The type of its result, as messages name it.
    #[getter]
    fn result_type(&self) -> String {
        self.rule.result_type()
    }

    /// Its conditions as they are written, where all of them must hold.
    #[getter]
    fn conditions(&self) -> Vec<String> {
        self.rule.conjuncts()
    }

    /// The fields it reads: path, personal or not, confidential or not.
    #[getter]
    fn reads(&self) -> Vec<(String, bool, bool)> {
        let reads = self.rule.reads().iter();
        reads.map(|path| (path.text.clone(), path.personal, path.confidential)).collect()
    }

    /// All records that may be seen and for which it holds.
    #[pyo3(signature = (store, workers, progress))]
    fn select<'py>(
        &self,
        py: Python<'py>,
        store: &NativeStore,
        workers: Option<NonZeroUsize>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Selected<'py>> {
        let rule = self.rule.clone();
        let found =
            store.told(py, "select", progress, move |session| rule.select(session, RuleRun { workers }))?;
        let bytes: Vec<u8> = found.ids.iter().flat_map(|id| *id.as_bytes()).collect();
        Ok((PyBytes::new(py, &bytes), found.asked, found.unknown, found.commit))
    }

    /// Whether it holds for one record; `None` when it cannot be told.
    fn holds(&self, py: Python<'_>, store: &NativeStore, key: String) -> PyResult<Option<bool>> {
        let rule = self.rule.clone();
        let verdict = store.work(py, "holds", move |session| rule.holds(session, &key))?;
        Ok(match verdict.outcome {
            Outcome::True => Some(true),
            Outcome::False => Some(false),
            Outcome::Unknown | Outcome::Value(_) => None,
        })
    }

    /// Why it holds for one record or not, as JSON.
    fn explain(&self, py: Python<'_>, store: &NativeStore, key: String) -> PyResult<String> {
        let rule = self.rule.clone();
        store.work(py, "explain", move |session| rule.explain(session, &key).map(|why| why_json(&why)))
    }

    /// How many records each condition removes: the records asked, and the conditions.
    #[pyo3(signature = (store, workers, progress))]
    fn funnel(
        &self,
        py: Python<'_>,
        store: &NativeStore,
        workers: Option<NonZeroUsize>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(usize, Vec<Step>)> {
        let rule = self.rule.clone();
        let funnel =
            store.told(py, "funnel", progress, move |session| rule.funnel(session, RuleRun { workers }))?;
        Ok(told_steps(funnel))
    }
}

fn told_steps(funnel: Funnel) -> (usize, Vec<Step>) {
    let steps = funnel.steps.into_iter();
    let steps = steps.map(|step| (step.condition, step.alone, step.removed, step.unknown, step.left));
    (funnel.asked, steps.collect())
}

/// Asks a rule of the rows of a table, whose columns go by their names.
#[pyfunction]
#[pyo3(signature = (table, text, today, workers))]
pub(crate) fn rule_over_table(
    py: Python<'_>,
    table: &NativeTable,
    text: String,
    today: NaiveDate,
    workers: Option<NonZeroUsize>,
) -> PyResult<NativeMask> {
    let (schema, batches) = table.parts();
    let run = RuleRun { workers };
    let answer = call::long(py, "rule over a table", None, move |watch| {
        over_table_watched(&schema, &batches, &text, today, run, Some(watch))
    })?;
    Ok(NativeMask::new(answer))
}

/// How many rows of a table each condition of a rule removes: the rows asked, and the conditions.
#[pyfunction]
#[pyo3(signature = (table, text, today, workers))]
pub(crate) fn rule_funnel_over_table(
    py: Python<'_>,
    table: &NativeTable,
    text: String,
    today: NaiveDate,
    workers: Option<NonZeroUsize>,
) -> PyResult<(usize, Vec<Step>)> {
    let (schema, batches) = table.parts();
    let run = RuleRun { workers };
    let funnel = call::long(py, "funnel of a table", None, move |watch| {
        funnel_over_table(&schema, &batches, &text, today, run, Some(watch))
    })?;
    Ok(told_steps(funnel))
}

/// Why a rule holds for a row of a table or not, as JSON.
#[pyfunction]
#[pyo3(signature = (table, text, today, row))]
pub(crate) fn rule_explain_over_table(
    py: Python<'_>,
    table: &NativeTable,
    text: String,
    today: NaiveDate,
    row: usize,
) -> PyResult<String> {
    let (schema, batches) = table.parts();
    call::long(py, "reason for a row", None, move |_| {
        explain_over_table(&schema, &batches, &text, today, row).map(|why| why_json(&why))
    })
}
