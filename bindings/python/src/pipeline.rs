//! Forecasts, funnels and changes over columns.

use crate::call;
use crate::table::NativeTable;
use chrono::NaiveDate;
use clientela::table::Table;
use clientela::{ColumnStage, PipelineColumns};
use pyo3::prelude::*;
use std::sync::Arc;

/// Opportunities of one currency over time. Frozen; any thread may use it.
#[pyclass(frozen, module = "clientela._native")]
pub(crate) struct NativePipeline(Arc<PipelineColumns>);

impl NativePipeline {
    pub(crate) fn new(columns: PipelineColumns) -> Self {
        Self(Arc::new(columns))
    }

    fn asked(
        &self,
        py: Python<'_>,
        place: &'static str,
        ask: impl FnOnce(&PipelineColumns) -> clientela::Result<Table> + Send + 'static,
    ) -> PyResult<NativeTable> {
        let columns = Arc::clone(&self.0);
        let table = call::long(py, place, None, move |_| ask(&columns))?;
        Ok(NativeTable::new(Arc::clone(table.schema()), table.batches().to_vec()))
    }
}

#[pymethods]
impl NativePipeline {
    /// Reads a table of passages; `parents` says who stands above each owner, `stages` method and probability of each stage.
    #[staticmethod]
    fn from_table(
        py: Python<'_>,
        passages: &NativeTable,
        parents: Vec<Option<u32>>,
        stages: Vec<(u32, u16)>,
    ) -> PyResult<Self> {
        let (_, batches) = passages.parts();
        let read = move |_: &Arc<clientela::Watch>| {
            let stage = |(method, probability)| ColumnStage { method, probability };
            let stages: Vec<ColumnStage> = stages.into_iter().map(stage).collect();
            PipelineColumns::from_batches(&batches, &parents, &stages)
        };
        Ok(Self::new(call::long(py, "pipeline", None, read)?))
    }

    /// Code of the currency, when it comes from a store.
    #[getter]
    fn currency(&self) -> Option<String> {
        self.0.currency().map(|currency| currency.code().to_owned())
    }

    /// Number of opportunities.
    fn __len__(&self) -> usize {
        self.0.opportunities()
    }

    /// Number of their passages.
    #[getter]
    fn passages(&self) -> usize {
        self.0.passages()
    }

    /// The forecast of a period as it stood on a day, rolled up the tree.
    fn forecast(
        &self,
        py: Python<'_>,
        day: NaiveDate,
        first_day: NaiveDate,
        last_day: NaiveDate,
        by_history: bool,
    ) -> PyResult<NativeTable> {
        self.asked(py, "forecast", move |all| all.forecast(day, (first_day, last_day), by_history))
    }

    /// What became of those that came to each stage in each period.
    #[pyo3(signature = (starts, until, day, horizon_days))]
    fn funnel(
        &self,
        py: Python<'_>,
        starts: Vec<NaiveDate>,
        until: NaiveDate,
        day: NaiveDate,
        horizon_days: Option<u32>,
    ) -> PyResult<NativeTable> {
        self.asked(py, "funnel", move |all| all.funnel(&starts, until, day, horizon_days))
    }

    /// What changed in a period's open pipeline between the ends of two days.
    #[pyo3(signature = (since, until, first_day, last_day, node))]
    fn change(
        &self,
        py: Python<'_>,
        since: NaiveDate,
        until: NaiveDate,
        first_day: NaiveDate,
        last_day: NaiveDate,
        node: Option<u32>,
    ) -> PyResult<NativeTable> {
        self.asked(py, "change", move |all| all.change((since, until), (first_day, last_day), node))
    }
}
