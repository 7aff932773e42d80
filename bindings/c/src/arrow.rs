//! Data frames across the boundary: the Arrow C stream interface, in and out, without copying.
//!
//! The structure is that of the Arrow project, so nanoarrow, pyarrow, polars and DuckDB take and give it as it is.

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{Array, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use clientela_model::{Coded, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A stream that cannot be taken or given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// No stream.
    #[error("stream is NULL; pass a pointer to a struct ArrowArrayStream")]
    Null,
    /// An address where no such structure can be.
    #[error("stream is not aligned; pass a pointer to a struct ArrowArrayStream")]
    Unaligned,
    /// Released, or taken by somebody before.
    #[error("stream is released or was taken before; ask its producer for a new one")]
    Released,
    /// The producer could not describe its columns.
    #[error("stream cannot say what its columns are: {problem}; correct its producer")]
    Schema {
        /// What the producer said.
        problem: String,
    },
}

impl Coded for StreamError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Null | Self::Unaligned => ErrorKind::Argument,
            Self::Released => ErrorKind::State,
            Self::Schema { .. } => ErrorKind::Callback,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Null => "arrow.null",
            Self::Unaligned => "arrow.unaligned",
            Self::Released => "arrow.released",
            Self::Schema { .. } => "arrow.schema",
        }
    }
    fn field(&self) -> Option<String> {
        Some("stream".to_owned())
    }
}

/// Takes over a stream of a foreign producer: the structure it stood in is marked as released, and the reader releases the
/// stream itself at its end.
///
/// The function is safe by name so that a binding without unsafe code, such as the Python one with a capsule named
/// `arrow_array_stream`, can call it. What nobody can check is the caller's word: `stream` is NULL, or points to a
/// `struct ArrowArrayStream` that its producer has filled or released and that no other thread uses.
///
/// # Errors
/// [`StreamError`], in the order of its variants. After [`StreamError::Schema`] the stream has been released.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "the one place where foreign capsules are opened; the caller's word is asked for above"
)]
pub fn import_stream(stream: *mut FFI_ArrowArrayStream) -> Result<RecordBatchStreamReader, StreamError> {
    if stream.is_null() {
        return Err(StreamError::Null);
    }
    if !stream.is_aligned() {
        return Err(StreamError::Unaligned);
    }
    // SAFETY: not NULL, aligned, filled or released by the caller's word. Taking it leaves a released structure behind, as the
    // interface asks, so that the producer does not release it a second time.
    let taken = unsafe { FFI_ArrowArrayStream::from_raw(stream) };
    if taken.release().is_none() {
        return Err(StreamError::Released);
    }
    RecordBatchStreamReader::try_new(taken)
        .map_err(|error| StreamError::Schema { problem: error.to_string() })
}

/// A reader of a foreign producer whose batches are looked at before they are given on. An array is read without looking, so
/// bytes that are no UTF-8 or keys beyond a dictionary must not get so far; that they are readable at all is the producer's word.
pub struct Checked<R>(pub R);

impl<R: RecordBatchReader> Iterator for Checked<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.and_then(|batch| {
            batch.columns().iter().try_for_each(|column| column.to_data().validate_full())?;
            Ok(batch)
        }))
    }
}

impl<R: RecordBatchReader> RecordBatchReader for Checked<R> {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

/// The reader as a stream that any consumer of the Arrow C interface can take.
///
/// The consumer calls back into this library: from any thread, one call at a time.
#[must_use]
pub fn export_reader(reader: Box<dyn RecordBatchReader + Send>) -> FFI_ArrowArrayStream {
    FFI_ArrowArrayStream::new(Box::new(Walled { schema: reader.schema(), reader: Some(reader) }))
}

/// Gives the reader to a caller who offers room for a stream; what stood there is overwritten, not released.
///
/// # Errors
/// [`StreamError::Null`], [`StreamError::Unaligned`].
///
/// # Safety
/// `out` is NULL or points to room for a `struct ArrowArrayStream` that may be written to.
pub unsafe fn export_stream(
    reader: Box<dyn RecordBatchReader + Send>,
    out: *mut FFI_ArrowArrayStream,
) -> Result<(), StreamError> {
    if out.is_null() {
        return Err(StreamError::Null);
    }
    if !out.is_aligned() {
        return Err(StreamError::Unaligned);
    }
    // SAFETY: not NULL, aligned, and the caller vouches for the rest.
    unsafe { out.write(export_reader(reader)) };
    Ok(())
}

/// A reader whose panics become errors: the consumer calls it through `extern "C"` functions, where a panic would end the process.
struct Walled {
    schema: SchemaRef,
    /// Nothing once it has panicked or been dropped.
    reader: Option<Box<dyn RecordBatchReader + Send>>,
}

impl Walled {
    fn end(&mut self) {
        let reader = self.reader.take();
        // The end of a reader may panic as well; a payload that panics when dropped is left where it is.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(reader))) {
            std::mem::forget(payload);
        }
    }
}

impl Iterator for Walled {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.as_mut()?;
        // The reader is never asked again after a panic, so what it left half done does not matter.
        catch_unwind(AssertUnwindSafe(|| reader.next())).unwrap_or_else(|payload| {
            std::mem::forget(payload);
            self.end();
            Some(Err(ArrowError::CDataInterface(
                "the library met a fault of its own; please report it".to_owned(),
            )))
        })
    }
}

impl RecordBatchReader for Walled {
    fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }
}

impl Drop for Walled {
    fn drop(&mut self) {
        self.end();
    }
}
