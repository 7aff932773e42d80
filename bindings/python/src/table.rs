//! A table on its way between the store and a data frame library.

use crate::call;
use crate::cell::{Cell, cell};
use crate::error::BindingError;
use crate::python::cell_to_python;
use crate::{capsule, columns};
use arrow_array::{Array, RecordBatch, RecordBatchIterator, StringViewArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use clientela::Watch;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows written between two looks at whether to stop.
const ROWS_PER_LOOK: usize = 8_192;

/// What a column is, as the data dictionary says it.
#[pyclass(frozen, get_all, module = "clientela._native")]
#[derive(Debug, Clone)]
pub(crate) struct ColumnInfo {
    /// Its name.
    name: String,
    /// Its type in the words of the data dictionary, such as `amount`; of foreign columns the Arrow type.
    r#type: String,
    /// Its Arrow type.
    arrow_type: String,
    /// Its name for people.
    label: String,
    /// What it is.
    description: String,
    /// Whether it can tell something about a person.
    personal: bool,
    /// The currency of its amounts, when all have the same.
    currency: Option<String>,
    /// Number of missing values.
    empty: usize,
}

/// Record batches of one schema. Frozen; any thread may use it.
#[pyclass(frozen, module = "clientela._native")]
#[derive(Debug)]
pub(crate) struct NativeTable {
    schema: SchemaRef,
    batches: Arc<[RecordBatch]>,
}

impl NativeTable {
    /// A table of batches of one schema.
    pub(crate) fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches: batches.into() }
    }

    /// The columns and the batches, on the same buffers.
    pub(crate) fn parts(&self) -> (SchemaRef, Arc<[RecordBatch]>) {
        (Arc::clone(&self.schema), Arc::clone(&self.batches))
    }

    fn rows_total(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Visits rows in order, until told to stop.
    fn visit(
        &self,
        offset: usize,
        limit: usize,
        mut visitor: impl FnMut(&RecordBatch, usize) -> PyResult<()>,
    ) -> PyResult<()> {
        let (mut skip, mut left) = (offset, limit);
        for batch in self.batches.iter() {
            let from = skip.min(batch.num_rows());
            let to = batch.num_rows().min(from.saturating_add(left));
            (from..to).try_for_each(|row| visitor(batch, row))?;
            left -= to - from;
            skip -= from;
        }
        Ok(())
    }
}

#[pymethods]
impl NativeTable {
    /// Takes everything out of an object with `__arrow_c_stream__`, without copying.
    #[staticmethod]
    fn from_stream(source: &Bound<'_, PyAny>) -> PyResult<Self> {
        let stream = source.call_method0("__arrow_c_stream__")?;
        let (schema, batches) = capsule::import(source.py(), &stream)?;
        Ok(Self::new(schema, batches))
    }

    /// A table of named columns of plain values.
    #[staticmethod]
    fn from_columns(columns: Vec<(String, Vec<Bound<'_, PyAny>>)>) -> PyResult<Self> {
        let (schema, batches) = columns::batch_of(columns)?;
        Ok(Self::new(schema, batches))
    }

    /// The table as a capsule with an Arrow stream. A requested schema is not met: the consumer casts.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        // The protocol allows to leave the request unmet, and casting here would copy.
        let _ = requested_schema;
        let batches: Vec<_> = self.batches.iter().cloned().map(Ok).collect();
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        capsule::export(py, Box::new(reader)).map(Bound::into_any)
    }

    /// The columns as a capsule with an Arrow schema.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        capsule::export_schema(py, &self.schema).map(Bound::into_any)
    }

    /// Number of rows.
    fn __len__(&self) -> usize {
        self.rows_total()
    }

    /// Bytes the buffers take.
    #[getter]
    fn nbytes(&self) -> usize {
        self.batches.iter().map(RecordBatch::get_array_memory_size).sum()
    }

    /// Number of batches.
    #[getter]
    fn batches(&self) -> usize {
        self.batches.len()
    }

    /// The entity the rows are of, when they come from a store.
    #[getter]
    fn entity(&self) -> Option<String> {
        self.schema.metadata().get("clientela.entity").cloned()
    }

    /// What the columns are.
    #[getter]
    fn columns(&self) -> Vec<ColumnInfo> {
        let column = |(index, field): (usize, &Arc<arrow_schema::Field>)| {
            let said = |key: &str| field.metadata().get(&format!("clientela.{key}")).cloned();
            ColumnInfo {
                name: field.name().clone(),
                r#type: said("type").unwrap_or_else(|| field.data_type().to_string()),
                arrow_type: field.data_type().to_string(),
                label: said("label").unwrap_or_else(|| field.name().clone()),
                description: said("description").unwrap_or_default(),
                personal: said("personal").is_some_and(|word| word == "true"),
                currency: said("currency"),
                empty: self.batches.iter().map(|batch| empty(batch.column(index))).sum(),
            }
        };
        self.schema.fields().iter().enumerate().map(column).collect()
    }

    /// The rows from `offset` on, at most `limit`, on the same buffers.
    fn slice(&self, offset: usize, limit: usize) -> Self {
        let (mut skip, mut left) = (offset, limit);
        let mut taken = Vec::new();
        for batch in self.batches.iter() {
            let from = skip.min(batch.num_rows());
            let length = (batch.num_rows() - from).min(left);
            if length > 0 {
                taken.push(batch.slice(from, length));
            }
            skip -= from;
            left -= length;
        }
        Self::new(Arc::clone(&self.schema), taken)
    }

    /// Only these columns, in this order, on the same buffers.
    fn select(&self, names: Vec<String>) -> PyResult<Self> {
        let places = names.iter().map(|name| self.schema.index_of(name).map_err(|_| self.unknown(name)));
        let places = places.collect::<Result<Vec<_>, _>>()?;
        let failed = |error: arrow_schema::ArrowError| BindingError::Stream { problem: error.to_string() };
        let schema = Arc::new(self.schema.project(&places).map_err(failed)?);
        let batches = self.batches.iter().map(|batch| batch.project(&places));
        let batches = batches.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        Ok(Self::new(schema, batches))
    }

    /// Rows as tuples of plain values, at most `limit` from `offset` on.
    fn rows<'py>(&self, py: Python<'py>, offset: usize, limit: usize) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let mut rows = Vec::new();
        self.visit(offset, limit, |batch, row| {
            let values = batch
                .columns()
                .iter()
                .zip(self.schema.fields())
                .map(|(array, field)| cell_to_python(py, &cell(array, row, field.name())?));
            rows.push(PyTuple::new(py, values.collect::<PyResult<Vec<_>>>()?)?.into_any());
            Ok(())
        })?;
        Ok(rows)
    }

    /// Rows as texts, at most `limit` from `offset` on; `None` where nothing is given.
    fn texts(&self, offset: usize, limit: usize) -> PyResult<Vec<Vec<Option<String>>>> {
        let mut rows = Vec::new();
        self.visit(offset, limit, |batch, row| {
            let values = batch.columns().iter().zip(self.schema.fields());
            let texts = values.map(|(array, field)| match cell(array, row, field.name()) {
                Err(BindingError::ColumnType { ty, .. }) => Ok(Some(format!("({ty})"))),
                other => other.map(|cell| cell.to_text()),
            });
            rows.push(texts.collect::<Result<_, BindingError>>()?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Writes RFC 4180 CSV with a header line, exact decimals, ISO dates; the file appears whole or not at all.
    #[pyo3(signature = (path, separator, guard_formulas, progress = None))]
    fn write_csv(
        &self,
        py: Python<'_>,
        path: PathBuf,
        separator: char,
        guard_formulas: bool,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<usize> {
        let (schema, batches) = (Arc::clone(&self.schema), Arc::clone(&self.batches));
        call::long(py, "write_csv", progress, move |watch| {
            let style = CsvStyle { separator, guard_formulas };
            Ok(write_whole(&path, |file| write_rows(file, &schema, &batches, style, watch))?)
        })
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        // Buffers are not sent from process to process behind the user's back; the Python class says what to do.
        let _ = py;
        Err(BindingError::WrongType {
            field: "a table".to_owned(),
            got: "not picklable".to_owned(),
            expected: "send table.to_arrow(), a Parquet file, or the query",
        }
        .into())
    }
}

/// Ids, 16 bytes each, as the column `id` of a table: texts, as tables of a store have them.
#[pyfunction]
pub(crate) fn table_of_ids(ids: &[u8]) -> PyResult<NativeTable> {
    let ids = ids.chunks_exact(16).filter_map(|id| uuid::Uuid::from_slice(id).ok());
    let texts = StringViewArray::from_iter_values(ids.map(|id| id.hyphenated().to_string()));
    let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Utf8View, false)]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(texts)]);
    let batch = batch.map_err(|error| BindingError::Stream { problem: error.to_string() })?;
    Ok(NativeTable::new(schema, vec![batch]))
}

impl NativeTable {
    fn unknown(&self, name: &str) -> BindingError {
        let names: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        BindingError::UnknownColumn {
            field: name.to_owned(),
            hint: format!("the columns are {}", names.join(", ")),
        }
    }
}

fn empty(array: &dyn Array) -> usize {
    array.logical_null_count()
}

/// Writes beside the file and renames, so that a stopped call leaves nothing behind and an old file stays whole.
fn write_whole<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, BindingError>,
) -> Result<T, BindingError> {
    let io = |error: std::io::Error| BindingError::file(&error);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = (|| {
        let mut file = BufWriter::new(File::create(&part).map_err(io)?);
        let result = write(&mut file)?;
        file.flush().map_err(io)?;
        std::fs::rename(&part, path).map_err(io)?;
        Ok(result)
    })();
    if written.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&part);
    }
    written
}

#[derive(Clone, Copy)]
struct CsvStyle {
    separator: char,
    guard_formulas: bool,
}

fn write_rows(
    file: &mut impl Write,
    schema: &SchemaRef,
    batches: &[RecordBatch],
    style: CsvStyle,
    watch: &Watch,
) -> Result<usize, BindingError> {
    let io = |error: std::io::Error| BindingError::file(&error);
    let total = batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    let header: Vec<String> = schema.fields().iter().map(|field| quoted(field.name(), style, true)).collect();
    let separator = style.separator.to_string();
    write!(file, "{}\r\n", header.join(&separator)).map_err(io)?;
    let mut done = 0;
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().zip(schema.fields()).map(|(array, field)| {
                let value = cell(array, row, field.name())?;
                let free_text = matches!(value, Cell::Text(_));
                Ok(value.to_text().map_or_else(String::new, |text| quoted(&text, style, free_text)))
            });
            let cells = cells.collect::<Result<Vec<_>, BindingError>>()?;
            write!(file, "{}\r\n", cells.join(&separator)).map_err(io)?;
            if done % ROWS_PER_LOOK == 0 {
                call::at(watch, "rows", done, total)?;
            }
            done += 1;
        }
    }
    call::at(watch, "rows", total, total)?;
    Ok(total)
}

/// A field as RFC 4180 has it. Text that a spreadsheet would run as a formula gets an apostrophe before it, when asked.
fn quoted(text: &str, style: CsvStyle, free_text: bool) -> String {
    let dangerous = free_text && style.guard_formulas && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if dangerous { format!("'{text}") } else { text.to_owned() };
    let special = text.contains([style.separator, '"', '\n', '\r']) || text.is_empty() || text.trim() != text;
    if special { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
