//! Sources far larger than what is held of them: read a piece at a time, rejected rows written as they come.

use super::network;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, StringArray};
use clientela::core::party::Customer;
use clientela::import::{Content, ImportOptions, ImportSource, ImportTarget, REJECTED_TOLD};
use clientela::model::Predicate;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

/// Rows made when they are asked for, and counted. All but every hundredth have a VAT number that is none.
struct Rows {
    next: u64,
    many: u64,
    left: Vec<u8>,
    made: Arc<AtomicU64>,
}

impl Rows {
    fn open(many: u64, made: &Arc<AtomicU64>) -> Self {
        made.store(0, Ordering::SeqCst);
        Self { next: 0, many, left: b"number;name;vat_number;notes\n".to_vec(), made: Arc::clone(made) }
    }
}

impl Read for Rows {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() && self.next < self.many {
            let at = self.next;
            let vat_number = if at.is_multiple_of(100) { "" } else { "IT00743110158" };
            let row = format!("S-{at};Ditta {at};{vat_number};{:>200}\n", "x");
            (self.left, self.next) = (row.into_bytes(), at + 1);
            self.made.fetch_add(1, Ordering::SeqCst);
        }
        let many = self.left.len().min(to.len());
        to[..many].copy_from_slice(&self.left[..many]);
        self.left.drain(..many);
        Ok(many)
    }
}

fn customers() -> ImportOptions {
    ImportOptions::new(ImportTarget::Customer)
        .default("kind", "company")
        .default("country", "IT")
        .chunk_rows(CHUNK_ROWS)
}

const CHUNK_ROWS: u32 = 2_000;

/// Rows that may have been read and not dealt with: a chunk, and what text is looked at to find the separator.
const HELD_MAX: u64 = 2 * CHUNK_ROWS as u64;

#[test]
fn however_many_rows_there_are_few_are_held() {
    let (session, _folder) = network("stream");
    let (many, made) = (12_345, Arc::new(AtomicU64::new(0)));
    let opened = Arc::clone(&made);
    let content = Content::opened_by(move || Ok(Box::new(Rows::open(many, &opened))));
    let plan = session.plan_import(ImportSource::Csv(content), customers()).unwrap();
    assert_eq!((plan.read(), plan.acceptable(), plan.rejected_rows()), (many, 124, many - 124));
    assert_eq!(plan.rejected().len(), REJECTED_TOLD);
    let mut told = 0;
    let mut file = Vec::new();
    let report = plan
        .commit_into("", Some(&mut file), &mut |progress| {
            let ahead = made.load(Ordering::SeqCst) - progress.rows;
            assert!(ahead <= HELD_MAX, "{ahead} rows are held");
            assert_eq!(progress.total, many);
            told += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(told, many.div_ceil(CHUNK_ROWS as u64));
    assert_eq!((report.read, report.added, report.rejected_rows), (many, 124, many - 124));
    assert_eq!(report.rejected.len(), REJECTED_TOLD);
    assert_eq!(report.reasons.get("vat_number.check_digit"), Some(&(many - 124)));
    // All of them are in the file, and written anew they are the same.
    let text = String::from_utf8(file).unwrap();
    assert_eq!(text.lines().count() as u64, 1 + many - 124);
    assert!(text.lines().last().unwrap().contains(";12346;"), "lines are those of the source");
    assert_eq!(String::from_utf8(plan.write_rejected(Vec::new()).unwrap()).unwrap(), text);
    // What was written many at a time is what the journal tells, the chain holds, and lists have all of it.
    assert!(session.crm().check().unwrap().is_in_order());
}

/// An output that is full after the first rejected rows.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn rejected_rows_are_written_as_they_come_and_a_full_disk_stops_the_import() {
    let (session, _folder) = network("full");
    let made = Arc::new(AtomicU64::new(0));
    let content = Content::opened_by(move || Ok(Box::new(Rows::open(4_100, &made))));
    let plan = session.plan_import(ImportSource::Csv(content), customers()).unwrap();
    let error = plan.commit_into("", Some(Full(100_000)), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.code(), "import.output");
    assert_eq!(session.count::<Customer>(&Predicate::Everything).unwrap(), 20, "the chunk before is in");
    let report = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((report.added, report.added_before), (41, 20));
}

#[test]
fn a_file_that_changes_between_the_look_and_the_writing_is_refused() {
    let (session, folder) = network("changes");
    let path = folder.0.join("customers.csv");
    std::fs::write(&path, "number;name\nF-1;Rossi\n").unwrap();
    let plan = session.plan_import(ImportSource::csv_file(&path).unwrap(), customers()).unwrap();
    std::fs::write(&path, "number;name\nF-1;Bianchi\n").unwrap();
    let error = plan.commit(&mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.code(), "import.source_changed");
    assert_eq!(session.count::<Customer>(&Predicate::Everything).unwrap(), 0);
    let plan = session.plan_import(ImportSource::csv_file(&path).unwrap(), customers()).unwrap();
    assert_eq!(plan.commit(&mut |_| ControlFlow::Continue(())).unwrap().added, 1);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(plan.commit(&mut |_| ControlFlow::Continue(())).unwrap_err().code(), "import.file");
}

#[test]
fn a_batch_is_let_go_before_the_next_and_what_is_read_once_is_kept() {
    let (session, _folder) = network("batches");
    let mut before: Option<Weak<dyn arrow_array::Array>> = None;
    let names = |at: u64| -> ArrayRef {
        Arc::new((0..50).map(|row| Some(format!("Ditta {at} {row}"))).collect::<StringArray>())
    };
    let schema = RecordBatch::try_from_iter([("name", names(0))]).unwrap().schema();
    let batches = (0..20).map(move |at| {
        let column = names(at);
        assert!(before.replace(Arc::downgrade(&column)).is_none_or(|batch| batch.upgrade().is_none()));
        RecordBatch::try_from_iter([("name", column)])
    });
    let source = ImportSource::arrow(&mut RecordBatchIterator::new(batches, schema)).unwrap();
    let report = super::import_source(&session, source, customers());
    assert_eq!((report.read, report.added), (1_000, 1_000));
    assert!(session.crm().check().unwrap().is_in_order());
    let mut once = "number;name\nO-1;Rossi\n".as_bytes();
    let source = ImportSource::Csv(Content::once(&mut once).unwrap());
    assert_eq!(super::import_source(&session, source, customers()).added, 1);
}
