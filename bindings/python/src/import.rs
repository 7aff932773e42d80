//! What would come of a file: a plan, nothing is written before it is committed.

use crate::call;
use crate::error::BindingError;
use crate::home::Home;
use clientela::import::{ImportOptions, ImportPlan, ImportReport, ImportSource, RejectedRow};
use pyo3::prelude::*;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// A row looked at before an import: its line, and its cells by column.
type PreviewRow = (u64, Vec<(String, String)>);

/// A rejected row: line, field, code, sentence.
type Rejected = (u64, Option<String>, String, String);

/// What came of an import: rows dealt with, rows brought in, of these earlier, the rejected ones.
type Report = (u64, u64, u64, Vec<Rejected>);

/// What would come of a file.
#[pyclass(frozen, module = "clientela._native")]
#[derive(Debug)]
pub(crate) struct NativeImport {
    plan: Home<Arc<ImportPlan>>,
}

/// A file to be read, by the word of its kind.
pub(crate) fn source(path: PathBuf, cards: bool) -> clientela::Result<ImportSource> {
    if cards { ImportSource::cards_file(path) } else { ImportSource::csv_file(path) }
}

/// The options of an import, as they were given.
///
/// # Errors
/// `command.unreadable` with what is wrong.
pub(crate) fn options(given: serde_json::Value) -> clientela::Result<ImportOptions> {
    serde_json::from_value(given)
        .map_err(|error| clientela::CrmError::Command { field: None, problem: error.to_string() }.into())
}

fn rejected(rows: &[RejectedRow]) -> Vec<Rejected> {
    rows.iter().map(|row| (row.line, row.field.clone(), row.code.clone(), row.message.clone())).collect()
}

impl NativeImport {
    pub(crate) fn new(plan: ImportPlan) -> Self {
        Self { plan: Home::new(Arc::new(plan)) }
    }
}

#[pymethods]
impl NativeImport {
    /// The plan's id: the same for the same file, options and user.
    #[getter]
    fn id(&self) -> PyResult<String> {
        Ok(self.plan.get()?.id().to_string())
    }

    /// Rows of the file.
    #[getter]
    fn read(&self) -> PyResult<u64> {
        Ok(self.plan.get()?.read())
    }

    /// Rows that would come in.
    #[getter]
    fn acceptable(&self) -> PyResult<u64> {
        Ok(self.plan.get()?.acceptable())
    }

    /// Of these, rows an earlier run has brought in already.
    #[getter]
    fn added_before(&self) -> PyResult<u64> {
        Ok(self.plan.get()?.added_before())
    }

    /// Headers of the file's columns and the fields they go to.
    #[getter]
    fn mapping(&self) -> PyResult<Vec<(String, Option<String>)>> {
        let columns = self.plan.get()?.mapping().map_or(&[][..], |mapping| &mapping.columns);
        Ok(columns.iter().map(|column| (column.header.clone(), column.target.clone())).collect())
    }

    /// Rows that would not come in.
    #[getter]
    fn rejected(&self) -> PyResult<Vec<Rejected>> {
        Ok(rejected(self.plan.get()?.rejected()))
    }

    /// The first rows as they would come in: line, fields and what they would hold.
    #[getter]
    fn preview(&self) -> PyResult<Vec<PreviewRow>> {
        Ok(self.plan.get()?.preview().iter().map(|row| (row.line, row.values.clone())).collect())
    }

    /// The rejected rows as a table to be put right: their cells, then line, code and sentence.
    fn rejected_csv(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        let plan = Arc::clone(self.plan.get()?);
        call::long(py, "rejected rows", None, move |_| {
            let written = plan.write_rejected(plan.rejected(), Cursor::new(Vec::new()));
            Ok(written.map_err(|error| BindingError::file(&error))?.into_inner())
        })
    }

    /// Brings the rows in, a chunk at a time. Stopped, what was written stays, and committing again goes on.
    #[pyo3(signature = (note, progress))]
    fn commit(&self, py: Python<'_>, note: String, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Report> {
        let plan = Arc::clone(self.plan.get()?);
        let report: ImportReport = call::long(py, "import", progress, move |watch| {
            plan.commit_with_note(&note, &mut |so_far| {
                watch.tell("rows", so_far.rows, so_far.total);
                if watch.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        })?;
        Ok((report.read, report.added, report.added_before, rejected(&report.rejected)))
    }
}
