//! What would come of a file: a plan, nothing is written before it is committed.

use crate::call;
use crate::capsule;
use crate::error::{BindingError, of_facade};
use crate::home::Home;
use clientela::import::{ImportOptions, ImportPlan, ImportReport, ImportSource, RejectedRow};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// A row looked at before an import: its line, and its cells by column.
type PreviewRow = (u64, Vec<(String, String)>);

/// A rejected row: line, field, code, sentence.
type Rejected = (u64, Option<String>, String, String);

/// What came of an import.
#[pyclass(frozen, get_all, module = "clientela._native")]
#[derive(Debug)]
pub(crate) struct NativeImportReport {
    /// Rows dealt with.
    read: u64,
    /// Rows brought in.
    added: u64,
    /// Of these, rows brought in by an earlier run.
    added_before: u64,
    /// Of these, rows that changed a record that was there.
    changed: u64,
    /// Of these, rows whose record was there just so.
    unchanged: u64,
    /// Rows rejected because somebody in the store says otherwise.
    conflicting: u64,
    /// Rows rejected.
    rejected_rows: u64,
    /// How many for which reason.
    reasons: BTreeMap<String, u64>,
    /// The first of them.
    rejected: Vec<Rejected>,
    /// Whether it was stopped.
    cancelled: bool,
}

impl From<ImportReport> for NativeImportReport {
    fn from(report: ImportReport) -> Self {
        Self {
            read: report.read,
            added: report.added,
            added_before: report.added_before,
            changed: report.changed,
            unchanged: report.unchanged,
            conflicting: report.conflicting,
            rejected_rows: report.rejected_rows,
            reasons: report.reasons,
            rejected: rejected(&report.rejected),
            cancelled: report.cancelled,
        }
    }
}

/// What would come of a file.
#[pyclass(frozen, module = "clientela._native")]
#[derive(Debug)]
pub(crate) struct NativeImport {
    plan: Home<Arc<ImportPlan>>,
}

/// What is brought in: read as often as a plan and its commits need it.
#[pyclass(frozen, module = "clientela._native")]
#[derive(Debug)]
pub(crate) struct NativeSource {
    source: ImportSource,
}

impl NativeSource {
    pub(crate) fn source(&self) -> ImportSource {
        self.source.clone()
    }
}

#[pymethods]
impl NativeSource {
    /// A file: a table of text or a spreadsheet, or vCards. It is read a piece at a time and must stay as it is.
    #[staticmethod]
    fn of_path(path: PathBuf, cards: bool) -> PyResult<Self> {
        let source = if cards { ImportSource::cards_file(path) } else { ImportSource::csv_file(path) };
        Ok(Self { source: source.map_err(of_facade)? })
    }

    /// The content of such a file.
    #[staticmethod]
    fn of_bytes(content: Vec<u8>, cards: bool) -> PyResult<Self> {
        let source =
            if cards { Ok(ImportSource::Cards(content.into())) } else { ImportSource::table(content) };
        Ok(Self { source: source.map_err(of_facade)? })
    }

    /// The batches of an object with `__arrow_c_stream__`, each let go before the next is asked for.
    #[staticmethod]
    fn of_stream(source: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut reader = capsule::reader(&source.call_method0("__arrow_c_stream__")?)?;
        // The producer may itself need the lock, as pandas does.
        let read = source.py().detach(move || ImportSource::arrow(&mut reader));
        Ok(Self { source: read.map_err(of_facade)? })
    }
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

    /// Of these, rows that would change a record that is there.
    #[getter]
    fn changed(&self) -> PyResult<u64> {
        Ok(self.plan.get()?.changed())
    }

    /// Of these, rows whose record is there just so.
    #[getter]
    fn unchanged(&self) -> PyResult<u64> {
        Ok(self.plan.get()?.unchanged())
    }

    /// Rows that would be rejected because somebody in the store says otherwise.
    #[getter]
    fn conflicting(&self) -> PyResult<u64> {
        Ok(self.plan.get()?.conflicting())
    }

    /// How many rows would not come in.
    #[getter]
    fn rejected_rows(&self) -> PyResult<u64> {
        Ok(self.plan.get()?.rejected_rows())
    }

    /// How many rows are rejected for which reason, by its code.
    #[getter]
    fn reasons(&self) -> PyResult<BTreeMap<String, u64>> {
        Ok(self.plan.get()?.reasons().clone())
    }

    /// Name of the saved mapping that is used.
    #[getter]
    fn saved(&self) -> PyResult<Option<String>> {
        Ok(self.plan.get()?.saved_mapping().map(str::to_owned))
    }

    /// How a table of text is encoded, as it was named, or guessed when it was not.
    #[getter]
    fn encoding(&self) -> PyResult<Option<&'static str>> {
        Ok(self.plan.get()?.encoding().map(clientela::model::ClosedList::word))
    }

    /// The first thousand rows that would not come in.
    #[getter]
    fn rejected(&self) -> PyResult<Vec<Rejected>> {
        Ok(rejected(self.plan.get()?.rejected()))
    }

    /// The first rows as they would come in: line, fields and what they would hold.
    #[getter]
    fn preview(&self) -> PyResult<Vec<PreviewRow>> {
        Ok(self.plan.get()?.preview().iter().map(|row| (row.line, row.values.clone())).collect())
    }

    /// Writes the rows that are not in to a file, as a table to be put right: their cells, then line and reason.
    fn write_rejected(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let plan = Arc::clone(self.plan.get()?);
        call::long(py, "rejected rows", None, move |_| {
            let file = File::create(path).map_err(|error| BindingError::file(&error))?;
            plan.write_rejected(file).map(drop)
        })
    }

    /// Brings the rows in, a chunk at a time, and writes those that are rejected to a file as they come. Stopped, what was written
    /// stays, and committing again goes on.
    #[pyo3(signature = (note, rejected, progress))]
    fn commit(
        &self,
        py: Python<'_>,
        note: String,
        rejected: Option<PathBuf>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<NativeImportReport> {
        let plan = Arc::clone(self.plan.get()?);
        let report = call::long(py, "import", progress, move |watch| {
            let file = rejected.map(File::create).transpose().map_err(|error| BindingError::file(&error))?;
            plan.commit_into(&note, file, &mut |so_far| {
                watch.tell("rows", so_far.rows, so_far.total);
                if watch.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        })?;
        Ok(report.into())
    }
}
