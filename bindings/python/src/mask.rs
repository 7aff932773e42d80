//! What a rule says of each row of a table: an Arrow array of yes and no.

use crate::capsule;
use crate::error::BindingError;
use crate::table::NativeTable;
use arrow_array::{BooleanArray, RecordBatch};
use arrow_select::filter::filter_record_batch;
use clientela::rules::TableAnswer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Yes or no for each row of a table, without gaps.
#[pyclass(frozen, module = "clientela._native")]
#[derive(Debug)]
pub(crate) struct NativeMask {
    rows: BooleanArray,
    unknown: usize,
}

impl NativeMask {
    pub(crate) fn new(answer: TableAnswer) -> Self {
        Self { rows: answer.mask, unknown: answer.unknown }
    }
}

#[pymethods]
impl NativeMask {
    /// The mask as capsules with an Arrow schema and array. A requested schema is not met: the consumer casts.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        // The protocol allows to leave the request unmet.
        let _ = requested_schema;
        capsule::export_array(py, &self.rows)
    }

    /// Number of rows.
    fn __len__(&self) -> usize {
        self.rows.len()
    }

    /// The rows for which the rule holds.
    #[getter]
    fn count(&self) -> usize {
        self.rows.true_count()
    }

    /// The rows of which it cannot be told.
    #[getter]
    fn unknown(&self) -> usize {
        self.unknown
    }

    /// One byte to a row, 1 where the rule holds.
    fn bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes: Vec<u8> = self.rows.values().iter().map(u8::from).collect();
        PyBytes::new(py, &bytes)
    }

    /// The rows of the table that was asked for which the rule holds, copied.
    fn filter(&self, py: Python<'_>, table: &NativeTable) -> PyResult<NativeTable> {
        let (schema, batches) = table.parts();
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if rows != self.rows.len() {
            return Err(BindingError::Length { field: "mask".to_owned() }.into());
        }
        let kept = py.detach(|| {
            let mut from = 0;
            let kept = batches.iter().map(|batch| {
                let mask = self.rows.slice(from, batch.num_rows());
                from += batch.num_rows();
                filter_record_batch(batch, &mask)
            });
            kept.collect::<Result<Vec<_>, _>>()
        });
        let kept = kept.map_err(|error| BindingError::Stream { problem: error.to_string() })?;
        Ok(NativeTable::new(schema, kept))
    }
}
