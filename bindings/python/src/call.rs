//! Long calls: a thread of ours works while the calling one, without the interpreter's lock, waits for it and looks
//! every 50 ms whether the user pressed Ctrl-C or a progress function has something to be told.
//!
//! Python is never called from the working thread: neither for progress nor for an error, which becomes an exception when
//! the calling thread has it. That is how such libraries come to a dead stop. The library writes no log, so there is no
//! record to be handed over either.

use crate::error::{BindingError, of_facade, panicked};
use clientela::Watch;
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// How long the calling thread sleeps before it looks around.
const LOOK_AROUND: Duration = Duration::from_millis(50);

/// Does the work on a thread of its own.
///
/// The watch is stopped when a signal or the progress function raised; the work must then end soon. The exception that
/// asked for the end is the one raised, whatever the work came to.
pub(crate) fn long<T: Send + 'static>(
    py: Python<'_>,
    place: &'static str,
    told: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&Arc<Watch>) -> clientela::Result<T> + Send + 'static,
) -> PyResult<T> {
    let watch = Arc::new(Watch::new(told.is_some()));
    let (sender, receiver) = sync_channel(1);
    let shared = Arc::clone(&watch);
    thread::Builder::new()
        .name(format!("clientela {place}"))
        .spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&shared)));
            // Nobody listens when the waiting thread has ended: then there is nothing to say.
            let _ = sender.send(outcome);
        })
        .map_err(|_| BindingError::Thread)?;
    let mut receiver = receiver;
    let mut asked: Option<PyErr> = None;
    let mut last = (0, 0, "");
    loop {
        let (back, outcome) = py.detach(move || {
            let outcome = receiver.recv_timeout(LOOK_AROUND);
            (receiver, outcome)
        });
        receiver = back;
        match outcome {
            Ok(outcome) => {
                let outcome = outcome.map_err(|payload| {
                    // A payload may panic again when dropped.
                    std::mem::forget(payload);
                    panicked(place)
                });
                if let Some(asked) = asked {
                    return Err(asked);
                }
                let done = outcome?.map_err(of_facade)?;
                tell(told, &watch, &mut last)?;
                return Ok(done);
            }
            Err(RecvTimeoutError::Disconnected) => return Err(panicked(place)),
            Err(RecvTimeoutError::Timeout) if asked.is_some() => {}
            Err(RecvTimeoutError::Timeout) => {
                let looked = py.check_signals().and_then(|()| tell(told, &watch, &mut last));
                if let Err(error) = looked {
                    watch.stop();
                    asked = Some(error);
                }
            }
        }
    }
}

/// Says how far a call is, for work that is not the store's.
///
/// # Errors
/// `call.cancelled` when the caller asked to stop.
pub(crate) fn at(watch: &Watch, stage: &'static str, done: usize, total: usize) -> Result<(), BindingError> {
    watch.tell(stage, done as u64, total as u64);
    if watch.is_stopped() { Err(BindingError::Cancelled) } else { Ok(()) }
}

/// Tells the progress function when there is news.
fn tell(told: Option<&Bound<'_, PyAny>>, watch: &Watch, last: &mut (u64, u64, &'static str)) -> PyResult<()> {
    let now = watch.told();
    if let Some(function) = told
        && now != *last
    {
        *last = now;
        function.call1(now)?;
    }
    Ok(())
}
