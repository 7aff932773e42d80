//! An object that one thread at a time may work on; two at once are told, not harmed.

use super::fail::{Boundary, Fail};
use std::sync::{Mutex, MutexGuard, TryLockError};

/// The object of a draft handle: `handle_type!(clientela_draft => Draft<OfferDraft>)`.
#[derive(Debug)]
pub(crate) struct Draft<T>(Mutex<T>);

impl<T> Draft<T> {
    /// A draft that nobody uses.
    pub(crate) const fn new(content: T) -> Self {
        Self(Mutex::new(content))
    }

    /// The content, for this thread alone.
    ///
    /// # Errors
    /// `handle.busy` while another call uses it; `handle.broken` after a call on it ended in a fault of the library.
    pub(crate) fn lock(&self) -> Result<MutexGuard<'_, T>, Fail> {
        self.0.try_lock().map_err(|refused| match refused {
            TryLockError::WouldBlock => Boundary::HandleBusy.into(),
            TryLockError::Poisoned(_) => Boundary::HandleBroken.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::clientela_status_code as Status;
    use std::sync::Arc;

    #[test]
    fn two_users_at_once_are_told() {
        let draft = Draft::new(1);
        let mine = draft.lock().unwrap();
        assert_eq!(draft.lock().unwrap_err().0.status, Status::CLIENTELA_E_BUSY_HANDLE);
        drop(mine);
        assert_eq!(*draft.lock().unwrap(), 1);
    }

    #[test]
    fn a_draft_whose_user_panicked_stays_closed() {
        let draft = Arc::new(Draft::new(1));
        let other = Arc::clone(&draft);
        let ended = std::thread::spawn(move || {
            let _mine = other.lock().unwrap();
            panic!("a fault");
        });
        assert!(ended.join().is_err());
        assert_eq!(draft.lock().unwrap_err().0.status, Status::CLIENTELA_E_STATE);
    }
}
