//! What belongs to the process that opened it.

use crate::error::BindingError;

/// Something of an open store. In a forked child it answers `store.forked` and lets go of nothing: the locks of the file
/// are the parent's.
#[derive(Debug)]
pub(crate) struct Home<T> {
    // Nothing only while being dropped.
    thing: Option<T>,
    process: u32,
}

impl<T> Home<T> {
    /// Belongs to this process from now on.
    pub(crate) fn new(thing: T) -> Self {
        Self { thing: Some(thing), process: std::process::id() }
    }

    /// Whether this is the process it belongs to.
    pub(crate) fn is_here(&self) -> bool {
        std::process::id() == self.process
    }

    /// The thing.
    ///
    /// # Errors
    /// `store.forked` in another process.
    pub(crate) fn get(&self) -> Result<&T, BindingError> {
        if !self.is_here() {
            return Err(BindingError::Forked);
        }
        self.thing.as_ref().ok_or(BindingError::Closed)
    }
}

impl<T> Drop for Home<T> {
    fn drop(&mut self) {
        if !self.is_here() {
            std::mem::forget(self.thing.take());
        }
    }
}
