//! How a question over many records is run: on how many threads, watched by whom, broken off by whom.

use clientela_store::StoreError;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows between two looks at whether to go on.
const STRIDE: u64 = 4_096;

/// Told how far the reading of records is, and answers whether to go on.
pub type Progress<'a> = dyn FnMut(RuleProgress) -> ControlFlow<()> + 'a;

/// How far the reading of records is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleProgress {
    /// Records read.
    pub done: u64,
    /// Records in all, about; 0 when that is not known.
    pub total: u64,
}

/// How a question is run. By default on the caller's own thread, to the end.
#[derive(Default)]
pub struct RuleRun<'a> {
    /// The threads that work on it, the caller's own included; one if none is given.
    pub workers: Option<NonZeroUsize>,
    /// Set by another thread to break off.
    pub cancel: Option<&'a AtomicBool>,
    /// Told how far it is while records are read; breaks off when it says so.
    pub progress: Option<&'a mut Progress<'a>>,
}

impl std::fmt::Debug for RuleRun<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleRun")
            .field("workers", &self.workers)
            .field("cancel", &self.cancel)
            .field("progress", &self.progress.is_some())
            .finish()
    }
}

impl<'a> RuleRun<'a> {
    /// On all processors of the machine.
    #[must_use]
    pub fn all_cores() -> Self {
        Self { workers: std::thread::available_parallelism().ok(), ..Self::default() }
    }

    pub(crate) fn watch(&mut self) -> Watch<'_> {
        let progress = match &mut self.progress {
            Some(progress) => {
                let progress: &mut Progress<'_> = &mut **progress;
                Some(progress)
            }
            None => None,
        };
        Watch { cancel: self.cancel, progress, done: 0, total: 0 }
    }
}

/// Counts what is read, tells it on, and says when to break off.
pub(crate) struct Watch<'w> {
    cancel: Option<&'w AtomicBool>,
    progress: Option<&'w mut (dyn FnMut(RuleProgress) -> ControlFlow<()> + 'w)>,
    done: u64,
    total: u64,
}

impl Watch<'_> {
    /// Whether somebody wants to know how much there is in all.
    pub(crate) fn is_watched(&self) -> bool {
        self.progress.is_some()
    }

    /// So much more is to be read.
    pub(crate) fn expect(&mut self, records: u64) {
        self.total += records;
    }

    /// One more record was read.
    ///
    /// # Errors
    /// `store.cancelled`.
    pub(crate) fn step(&mut self) -> Result<(), StoreError> {
        self.done += 1;
        if self.done % STRIDE == 0 { self.tell() } else { Ok(()) }
    }

    /// Tells how far it is.
    ///
    /// # Errors
    /// `store.cancelled`.
    pub(crate) fn tell(&mut self) -> Result<(), StoreError> {
        self.check()?;
        let progress = RuleProgress { done: self.done, total: self.total };
        match self.progress.as_mut().map(|tell| tell(progress)) {
            Some(ControlFlow::Break(())) => Err(StoreError::Cancelled),
            _ => Ok(()),
        }
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// `store.cancelled`.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let cancelled = self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed));
        if cancelled { Err(StoreError::Cancelled) } else { Ok(()) }
    }
}
