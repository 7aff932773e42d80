//! Long calls: a thread of ours works while the calling one, without the interpreter's lock, waits for it and looks
//! every 50 ms whether the user pressed Ctrl-C or a progress function has something to be told.
//!
//! Python is never called from the working thread, neither for progress nor for a log record: that is how such
//! libraries come to a dead stop.

use crate::error::{BindingError, panicked};
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long the calling thread sleeps before it looks around.
const LOOK_AROUND: Duration = Duration::from_millis(50);

/// How far a long call has come, and whether it should stop. Shared by the working and the waiting thread.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    stop: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    stage: Mutex<&'static str>,
}

impl Progress {
    /// Whether the caller asked to stop.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Says how far the work has come, and whether to go on.
    ///
    /// # Errors
    /// [`BindingError::Cancelled`] when the caller asked to stop.
    pub(crate) fn at(&self, stage: &'static str, done: u64, total: u64) -> Result<(), BindingError> {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
        self.total.store(total, Ordering::Relaxed);
        self.done.store(done, Ordering::Relaxed);
        if self.stopped() { Err(BindingError::Cancelled) } else { Ok(()) }
    }

    fn told(&self) -> (u64, u64, &'static str) {
        let stage = *self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed), stage)
    }
}

/// Does the work on a thread of its own.
///
/// `cancel` is called once, when a signal or the progress function raised; the work must then end soon. The exception
/// that asked for the end is the one raised, whatever the work came to.
pub(crate) fn long<T: Send + 'static>(
    py: Python<'_>,
    place: &'static str,
    told: Option<&Bound<'_, PyAny>>,
    cancel: impl Fn(),
    work: impl FnOnce(&Progress) -> Result<T, PyErr> + Send + 'static,
) -> PyResult<T> {
    let progress = Arc::new(Progress::default());
    let (sender, receiver) = sync_channel(1);
    let shared = Arc::clone(&progress);
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
                let outcome = outcome.unwrap_or_else(|payload| {
                    // A payload may panic again when dropped.
                    std::mem::forget(payload);
                    Err(panicked(place))
                });
                if let Some(asked) = asked {
                    return Err(asked);
                }
                let done = outcome?;
                tell(told, &progress, &mut last)?;
                return Ok(done);
            }
            Err(RecvTimeoutError::Disconnected) => return Err(panicked(place)),
            Err(RecvTimeoutError::Timeout) if asked.is_some() => {}
            Err(RecvTimeoutError::Timeout) => {
                let looked = py.check_signals().and_then(|()| tell(told, &progress, &mut last));
                if let Err(error) = looked {
                    progress.stop.store(true, Ordering::Relaxed);
                    cancel();
                    asked = Some(error);
                }
            }
        }
    }
}

/// Tells the progress function when there is news.
fn tell(
    told: Option<&Bound<'_, PyAny>>,
    progress: &Progress,
    last: &mut (u64, u64, &'static str),
) -> PyResult<()> {
    let now = progress.told();
    if let Some(function) = told
        && now != *last
    {
        *last = now;
        function.call1(now)?;
    }
    Ok(())
}
