//! Several threads, several handles, several states.

use crate::support::*;
use clientela_model::{Coded, Predicate, Record};
use clientela_store::{Order, Store, StoreError};
use std::ops::ControlFlow;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn count(store: &Store) -> u64 {
    store.read(|reader| reader.count(Party::ENTITY, &Predicate::Everything)).unwrap()
}

#[test]
fn a_read_sees_the_state_it_began_with() {
    let folder = Folder::new();
    let store = open(&folder.store());
    write(&store, &command(1, 0), |writer| writer.create(&party(1, "Rossi")));
    store
        .read(|reader| -> Result<(), StoreError> {
            assert_eq!(reader.version()?, 1);
            write(&store, &command(2, 1), |writer| {
                writer.update(&Party { employees: None, ..party(1, "Rossi") }, 1)?;
                writer.create(&party(2, "Verdi"))
            });
            assert_eq!(count(&store), 2, "a new read sees the new state");
            assert_eq!(reader.count(Party::ENTITY, &Predicate::Everything)?, 1);
            assert_eq!(reader.require::<Party>(id(1))?.employees, Some(12));
            Ok(())
        })
        .unwrap();
}

#[test]
fn handles_and_threads_write_one_after_the_other() {
    let folder = Folder::new();
    let handles = [open(&folder.store()), open(&folder.store())];
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let store = handles[usize::try_from(thread % 2).unwrap()].clone();
            let start = &start;
            scope.spawn(move || {
                start.wait();
                for step in 0..15 {
                    let number = thread * 100 + step;
                    write(&store, &command(number, 0), |writer| {
                        // Read and write in one transaction: no count is lost.
                        let before = writer.count(Party::ENTITY, &Predicate::Everything)?;
                        writer.create(&Party {
                            employees: Some(i64::try_from(before).unwrap()),
                            ..party(number, "x")
                        })
                    });
                }
            });
        }
    });
    let all = handles[0]
        .read(|reader| reader.find::<Party>(&Predicate::Everything, &Order::by("employees"), None, 0))
        .unwrap();
    let seen: Vec<i64> = all.iter().map(|party| party.employees.unwrap()).collect();
    assert_eq!(seen, (0..60).collect::<Vec<_>>());
    assert_in_order(&handles[1]);
}

#[test]
fn who_waits_too_long_is_told_so() {
    let folder = Folder::new();
    let store = open(&folder.store());
    let mut impatient = options(&folder.store(), &clock());
    impatient.busy_wait = Duration::from_millis(30);
    let other = Store::open(impatient.clone()).unwrap();
    impatient.create = false;
    write(&store, &command(1, 0), |writer| {
        let error = other.write(&command(2, 0), |writer| writer.create(&party(2, "x"))).unwrap_err();
        assert_eq!(error.code(), "store.busy");
        // Reading goes on, and so does opening.
        assert_eq!(count(&other), 0);
        assert_eq!(count(&Store::open(impatient).unwrap()), 0);
        writer.create(&party(1, "x"))
    });
    // A write inside a write waits for itself, for a bounded time.
    write(&other, &command(3, 0), |writer| {
        let error = other.write(&command(4, 0), |writer| writer.create(&party(4, "x"))).unwrap_err();
        assert_eq!(error.code(), "store.busy");
        writer.create(&party(3, "x"))
    });
    assert_eq!(count(&store), 2);
}

#[test]
fn the_right_to_write_is_the_lock_beside_the_file() {
    let folder = Folder::new();
    let mut impatient = options(&folder.store(), &clock());
    impatient.busy_wait = Duration::from_millis(30);
    let store = Store::open(impatient).unwrap();
    // The engine's own locks on the file vanish when any part of this process opens and closes it; this one stays.
    let lock = std::fs::File::open(folder.path().join("network.clientela-lock")).unwrap();
    lock.lock().unwrap();
    let add = |number| store.write(&command(number, 0), |writer| writer.create(&party(number, "x")));
    assert_eq!(add(1).unwrap_err().code(), "store.busy");
    assert_eq!(count(&store), 0, "reading needs no lock");
    lock.unlock().unwrap();
    add(1).unwrap();
}

#[cfg(unix)]
#[test]
fn all_names_of_a_store_share_one_lock() {
    let folder = Folder::new();
    let store = open(&folder.store());
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.store(), &link).unwrap();
    let mut impatient = options(&link, &clock());
    impatient.busy_wait = Duration::from_millis(30);
    let other = Store::open(impatient).unwrap();
    write(&store, &command(1, 0), |writer| {
        let error = other.write(&command(2, 0), |writer| writer.create(&party(2, "x"))).unwrap_err();
        assert_eq!(error.code(), "store.busy");
        writer.create(&party(1, "x"))
    });
    assert!(!folder.path().join("link-lock").exists());
}

#[test]
fn a_copy_made_while_others_write_is_one_whole_state() {
    let folder = Folder::new();
    let store = open(&folder.store());
    write(&store, &command(0, 0), |writer| {
        (0..400).try_for_each(|number| writer.create(&party(10_000 + number, &"x".repeat(900))).map(|_| ()))
    });
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                // Two records in each command: a state between them never was.
                write(&store, &command(number, 0), |writer| {
                    writer.create(&party(2 * number, "a"))?;
                    writer.create(&party(2 * number + 1, "b"))
                });
            }
        });
        for copy in 0..4 {
            let path = folder.path().join(format!("copy-{copy}"));
            let mut steps = 0;
            store
                .backup(&path, |progress| {
                    steps += 1;
                    assert!(progress.done <= progress.total);
                    ControlFlow::Continue(())
                })
                .unwrap();
            assert!(steps > 0);
            let copied = open(&path);
            assert_in_order(&copied);
            assert_eq!(count(&copied) % 2, 0);
            assert_eq!(copied.origin(), store.origin());
        }
        stop.store(true, Ordering::Relaxed);
    });
    let path = folder.path().join("copy-0");
    let again = store.backup(&path, |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(again.code(), "store.target_exists");
    let stopped = store.backup(&folder.path().join("stopped"), |_| ControlFlow::Break(())).unwrap_err();
    assert_eq!(stopped.code(), "store.cancelled");
    assert!(!folder.path().join("stopped").exists() && !folder.path().join("stopped-part").exists());
}

#[test]
fn running_work_is_interrupted_and_leaves_nothing() {
    let folder = Folder::new();
    let store = open(&folder.store());
    write(&store, &command(1, 0), |writer| {
        (0..300).try_for_each(|number| writer.create(&party(number, "x")).map(|_| ()))
    });
    let other = store.clone();
    let mut visited = 0;
    let result = store.read(|reader| {
        reader.scan(Party::ENTITY, &[], &Predicate::Everything, None, &mut |_| {
            visited += 1;
            if visited == 10 {
                other.interrupt();
            }
            ControlFlow::Continue(())
        })
    });
    assert_eq!(result.unwrap_err().code(), "store.cancelled");
    assert!(visited < 300);
    // A writer that goes on after an interruption is not kept either.
    let result = store.write(&command(2, 0), |writer| -> Result<(), StoreError> {
        writer.create(&party(1_000, "x"))?;
        let mut seen = 0;
        let scanned = writer.scan(Party::ENTITY, &[], &Predicate::Everything, None, &mut |_| {
            seen += 1;
            if seen == 10 {
                other.interrupt();
            }
            ControlFlow::Continue(())
        });
        assert_eq!(scanned.unwrap_err().code(), "store.cancelled");
        Err(StoreError::Cancelled)
    });
    assert_eq!(result.unwrap_err().code(), "store.cancelled");
    assert_eq!(count(&store), 300);
    write(&store, &command(3, 0), |writer| writer.create(&party(1_001, "x")));
    assert_in_order(&store);
}

#[test]
fn bulk_work_is_durable_once_it_is_finished() {
    let folder = Folder::new();
    let store = open(&folder.store());
    let bulk = store.bulk().unwrap();
    for chunk in 0..5_u64 {
        write(bulk.store(), &command(chunk, 0), |writer| {
            (0..200).try_for_each(|number| {
                writer.create(&party(chunk * 1_000 + number, "x"))?;
                writer.create(&address(chunk * 1_000 + number, chunk * 1_000 + number)).map(|_| ())
            })
        });
    }
    bulk.finish().unwrap();
    assert_eq!(count(&store), 1_000);
    assert_in_order(&store);
    drop(store.bulk().unwrap());
    let other = open(&folder.store());
    assert_eq!(count(&other), 1_000);
}

/// The flush of what bulk work left may fail; whoever holds the store must find it closed all the same.
#[test]
fn closing_closes_also_when_the_last_flush_is_refused() {
    let folder = Folder::new();
    let mut options = options(&folder.store(), &clock());
    options.busy_wait = Duration::from_millis(50);
    let store = Store::open(options).unwrap();
    let bulk = store.bulk().unwrap();
    write(bulk.store(), &command(1, 1), |writer| writer.create(&party(1, "x")));
    let lock = std::fs::File::open(folder.path().join("network.clientela-lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(store.close(), Err(StoreError::Busy));
    assert!(store.is_closed());
    assert_eq!(store.read(|reader| reader.version()), Err(StoreError::Closed));
    lock.unlock().unwrap();
    drop(bulk);
    drop(store);
    assert_eq!(count(&open(&folder.store())), 1, "what was committed is there");
}
