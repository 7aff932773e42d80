//! Arrow streams in capsules, in and out, without copying: the protocol polars, pandas, pyarrow and DuckDB share.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>

use crate::error::{BindingError, raised};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, RecordBatch, RecordBatchReader};
use arrow_schema::SchemaRef;
use arrow_schema::ffi::FFI_ArrowSchema;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods};
use std::ffi::CStr;

const STREAM: &CStr = c"arrow_array_stream";
const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";

/// The reader as a capsule; the capsule releases the stream if nobody takes it.
pub(crate) fn export<'py>(
    py: Python<'py>,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, clientela_capi::arrow::export_reader(reader), STREAM)
}

/// The columns as a capsule.
pub(crate) fn export_schema<'py>(py: Python<'py>, schema: &SchemaRef) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(schema.as_ref())
        .map_err(|error| BindingError::Stream { problem: error.to_string() })?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}

/// An array as two capsules, its schema and itself.
pub(crate) fn export_array<'py>(
    py: Python<'py>,
    array: &dyn Array,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let (array, schema) = arrow_array::ffi::to_ffi(&array.to_data())
        .map_err(|error| BindingError::Stream { problem: error.to_string() })?;
    let schema = PyCapsule::new_with_value(py, schema, SCHEMA)?;
    Ok((schema.into_any(), PyCapsule::new_with_value(py, array, ARRAY)?.into_any()))
}

/// Takes the stream out of a foreign capsule.
pub(crate) fn reader(capsule: &Bound<'_, PyAny>) -> PyResult<impl RecordBatchReader + Send + use<>> {
    let expected = "a capsule named arrow_array_stream";
    let capsule = capsule
        .cast::<PyCapsule>()
        .map_err(|_| BindingError::wrong_type("the result of __arrow_c_stream__", capsule, expected))?;
    if !capsule.is_valid_checked(Some(STREAM)) {
        let field = "the result of __arrow_c_stream__".to_owned();
        return Err(BindingError::WrongType { field, got: "another capsule".to_owned(), expected }.into());
    }
    let pointer = capsule.pointer_checked(Some(STREAM))?;
    clientela_capi::arrow::import_stream(pointer.cast::<FFI_ArrowArrayStream>().as_ptr())
        .map_err(|error| raised(&error))
}

/// Takes the stream out of a foreign capsule and reads it to its end, without the interpreter's lock.
pub(crate) fn import(py: Python<'_>, capsule: &Bound<'_, PyAny>) -> PyResult<(SchemaRef, Vec<RecordBatch>)> {
    let reader = reader(capsule)?;
    // The producer may itself need the lock, as pandas does.
    py.detach(move || {
        let schema = reader.schema();
        let batches: Result<Vec<RecordBatch>, _> = reader.collect();
        let batches = batches.map_err(|error| BindingError::Stream { problem: error.to_string() })?;
        Ok((schema, batches))
    })
}
