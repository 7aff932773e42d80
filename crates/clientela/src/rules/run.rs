//! How a question over many records is run.

use crate::view::View;
use clientela_columns::Running;
use clientela_store::Watch;
use std::num::NonZeroUsize;

/// How a question over many records is run: by default on the caller's own thread. How far it is, and stopping it, is the
/// affair of the watch of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RuleRun {
    /// The threads that work on it, the caller's own included; one if none is given.
    pub workers: Option<NonZeroUsize>,
}

impl RuleRun {
    /// On all processors of the machine.
    #[must_use]
    pub fn all_cores() -> Self {
        Self { workers: std::thread::available_parallelism().ok() }
    }

    /// The same over columns, until the call of this view is stopped.
    pub(crate) fn over<'v>(self, view: &View<'v>) -> Running<'v> {
        Running { workers: self.workers, cancel: view.reader.watch().map(Watch::stopped), among: None }
    }
}
