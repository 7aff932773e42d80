//! Arrow streams out of the library and back into it.
#![allow(unsafe_code, reason = "the tests play the foreign consumer and producer")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, Int64Array, RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use clientela_capi::arrow::{StreamError, export_reader, export_stream, import_stream};
use clientela_model::Coded;
use std::sync::Arc;

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("trucks", DataType::Int64, false)]))
}

fn batch(trucks: &[i64]) -> RecordBatch {
    RecordBatch::try_new(schema(), vec![Arc::new(Int64Array::from(trucks.to_vec()))]).unwrap()
}

fn reader(batches: Vec<Result<RecordBatch, ArrowError>>) -> Box<dyn RecordBatchReader + Send> {
    Box::new(RecordBatchIterator::new(batches, schema()))
}

/// A reader that panics where it is told to.
struct Faulty {
    at_the_end: bool,
}

impl Iterator for Faulty {
    type Item = Result<RecordBatch, ArrowError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.at_the_end { None } else { panic!("a fault") }
    }
}

impl RecordBatchReader for Faulty {
    fn schema(&self) -> SchemaRef {
        schema()
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        assert!(!self.at_the_end, "a fault");
    }
}

#[test]
fn what_goes_out_comes_back_without_a_copy() {
    let sent = batch(&[3, 4, 5]);
    let address = sent.column(0).to_data().buffers()[0].as_ptr();
    let mut stream = FFI_ArrowArrayStream::empty();
    // SAFETY: `stream` is a variable.
    unsafe { export_stream(reader(vec![Ok(sent.clone()), Ok(batch(&[6]))]), &raw mut stream) }.unwrap();
    let received = import_stream(&raw mut stream).unwrap();
    assert_eq!(received.schema(), schema());
    let batches: Vec<RecordBatch> = received.map(Result::unwrap).collect();
    assert_eq!(batches, [sent, batch(&[6])]);
    assert_eq!(batches[0].column(0).to_data().buffers()[0].as_ptr(), address);
    assert_eq!(
        import_stream(&raw mut stream).map(|_| ()),
        Err(StreamError::Released),
        "a stream is taken once"
    );
}

#[test]
fn what_is_no_stream_is_refused() {
    let mut empty = FFI_ArrowArrayStream::empty();
    let odd = (&raw mut empty).wrapping_byte_add(1);
    for (stream, code) in
        [(std::ptr::null_mut(), "arrow.null"), (odd, "arrow.unaligned"), (&raw mut empty, "arrow.released")]
    {
        assert_eq!(import_stream(stream).map(|_| ()).unwrap_err().code(), code);
    }
    // SAFETY: both are refused before they are written to.
    unsafe {
        assert_eq!(export_stream(reader(vec![]), std::ptr::null_mut()), Err(StreamError::Null));
        assert_eq!(export_stream(reader(vec![]), odd), Err(StreamError::Unaligned));
    }
}

#[test]
fn an_error_in_the_middle_reaches_the_consumer() {
    let failing =
        reader(vec![Ok(batch(&[1])), Err(ArrowError::ComputeError("the store was closed".to_owned()))]);
    let mut stream = export_reader(failing);
    let mut received = import_stream(&raw mut stream).unwrap();
    assert!(received.next().unwrap().is_ok());
    assert!(received.next().unwrap().unwrap_err().to_string().contains("the store was closed"));
}

#[test]
fn a_panic_of_a_reader_becomes_an_error_and_an_end() {
    let mut stream = export_reader(Box::new(Faulty { at_the_end: false }));
    let mut received = import_stream(&raw mut stream).unwrap();
    assert!(received.next().unwrap().is_err());
    assert!(received.next().is_none());
    let mut stream = export_reader(Box::new(Faulty { at_the_end: true }));
    let mut received = import_stream(&raw mut stream).unwrap();
    assert!(received.next().is_none());
    drop(received);
}
