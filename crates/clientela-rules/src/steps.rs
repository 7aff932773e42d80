//! The steps an evaluation may take, so that no rule runs on.

use crate::evaluate::Cause;
use crate::limits::STEPS_MAX;

/// Steps still to spend.
#[derive(Debug)]
pub(crate) struct Steps {
    left: u64,
    exhausted: bool,
}

/// How many bytes of text are looked at or written in one step: few, as what is written also takes memory.
pub(crate) const BYTES_PER_STEP: usize = 12;
/// What putting an entry into a list costs, for the same reason.
pub(crate) const STEPS_PER_ENTRY: usize = 5;

impl Steps {
    pub(crate) const fn new() -> Self {
        Self { left: STEPS_MAX, exhausted: false }
    }

    /// Takes so many steps.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), Cause> {
        self.with(|left| {
            *left = left.checked_sub(u64::try_from(steps).ok()?)?;
            Some(())
        })
    }

    /// Takes the steps of looking at or writing so many bytes.
    pub(crate) fn spend_bytes(&mut self, bytes: usize) -> Result<(), Cause> {
        self.spend(bytes / BYTES_PER_STEP)
    }

    /// Does what takes its steps itself and gives nothing when they run out.
    pub(crate) fn with<T>(&mut self, work: impl FnOnce(&mut u64) -> Option<T>) -> Result<T, Cause> {
        if !self.exhausted
            && let Some(done) = work(&mut self.left)
        {
            return Ok(done);
        }
        self.exhausted = true;
        Err(Cause::Steps)
    }

    /// Whether they ran out.
    pub(crate) const fn exhausted(&self) -> bool {
        self.exhausted
    }
}
