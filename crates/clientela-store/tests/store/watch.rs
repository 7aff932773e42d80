//! A call is followed and stopped from outside; others on the same store are left alone.

use crate::support::*;
use clientela_model::Coded;
use clientela_model::{Predicate, Record};
use clientela_store::{Depth, Store, StoreError, Watch};
use std::ops::ControlFlow;
use std::sync::Arc;

fn filled(folder: &Folder, records: u64) -> Store {
    let store = open(&folder.store());
    write(&store, &command(1, 0), |writer| {
        (0..records).try_for_each(|number| writer.create(&party(number, "x")).map(|_| ()))
    });
    store
}

fn count(store: &Store) -> u64 {
    store.read(|reader| reader.count(Party::ENTITY, &Predicate::Everything)).unwrap()
}

#[test]
fn a_stopped_watch_ends_its_call_at_the_next_row_and_no_other() {
    let folder = Folder::new();
    let store = filled(&folder, 300);
    let watch = Arc::new(Watch::default());
    let mut visited = 0;
    let result = store.watched(Arc::clone(&watch)).read(|reader| {
        reader.scan(Party::ENTITY, &[], &Predicate::Everything, None, &mut |_| {
            visited += 1;
            if visited == 10 {
                watch.stop();
                // The same store, not followed: it goes on, on a connection of its own.
                assert_eq!(count(&store), 300);
            }
            ControlFlow::Continue(())
        })
    });
    assert_eq!((result.unwrap_err().code(), visited), ("store.cancelled", 10));
    assert_eq!(count(&store), 300);
    // What it watches later does not begin.
    let watched = store.watched(watch);
    assert_eq!(watched.check(Depth::Full).unwrap_err().code(), "store.cancelled");
    let to = folder.path().join("copy");
    assert_eq!(watched.backup(&to, |_| ControlFlow::Continue(())).unwrap_err().code(), "store.cancelled");
    assert!(!to.exists());
    assert_in_order(&store);
}

#[test]
fn a_loop_of_short_statements_is_stopped_too_and_writes_nothing() {
    let folder = Folder::new();
    let store = filled(&folder, 1);
    let watch = Arc::new(Watch::default());
    let mut written = 0;
    let result =
        store.watched(Arc::clone(&watch)).write(&command(2, 0), |writer| -> Result<(), StoreError> {
            for number in 1.. {
                writer.create(&party(number, "x"))?;
                written = number;
                if number == 20 {
                    watch.stop();
                }
            }
            Ok(())
        });
    assert_eq!((result.unwrap_err().code(), written), ("store.cancelled", 20));
    // Not even when the work does not notice.
    let watch = Arc::new(Watch::default());
    let result = store.watched(Arc::clone(&watch)).write(&command(3, 0), |writer| {
        writer.create(&party(7, "x"))?;
        watch.stop();
        Ok::<(), StoreError>(())
    });
    assert_eq!(result.unwrap_err().code(), "store.cancelled");
    assert_eq!(count(&store), 1);
    write(&store, &command(4, 0), |writer| writer.create(&party(7, "x")));
    assert_in_order(&store);
}

#[test]
fn a_check_says_how_far_it_is() {
    let folder = Folder::new();
    let store = filled(&folder, 30);
    let watch = Arc::new(Watch::new(true));
    let report = store.watched(Arc::clone(&watch)).check(Depth::Full).unwrap();
    assert!(report.is_in_order());
    assert_eq!(watch.told(), (30, 30, "records"));
    assert!(!watch.is_stopped());
}
