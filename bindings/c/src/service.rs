//! What the service handles stand for: a store, and a store seen by one acting user.

use crate::callbacks::{Callbacks, serve};
use crate::id::clientela_id;
use crate::rt::{Fail, Handle, OrFail};
use crate::session::clientela_session;
use crate::store::{CLIENTELA_LOG_INFO, CLIENTELA_LOG_WARNING};
use clientela::model::EntityId;
use clientela::{Command, Crm, Receipt, Session};
use std::sync::Arc;
use uuid::Uuid;

/// The object of a store handle; its sessions keep it.
#[derive(Debug)]
pub(crate) struct StoreState {
    pub(crate) crm: Crm,
    pub(crate) callbacks: Arc<Callbacks>,
}

/// The object of a session handle.
#[derive(Debug, Clone)]
pub(crate) struct SessionState {
    pub(crate) session: Session,
    pub(crate) store: Arc<StoreState>,
}

/// Works on the session of a handle.
///
/// # Errors
/// What [`Handle::object`] and `work` say, `store.closed`, `callback.*`.
pub(crate) fn with_session<T>(
    session: *const clientela_session,
    work: impl FnOnce(&SessionState) -> Result<T, Fail>,
) -> Result<T, Fail> {
    let state = clientela_session::object(session)?;
    serve(|| work(&state))
}

impl SessionState {
    /// The command's id: the one given, or a new one when all of it is zero.
    pub(crate) fn command_id(&self, given: clientela_id) -> Uuid {
        match Uuid::from_bytes(given.bytes) {
            id if id.is_nil() => self.session.new_command_id(),
            id => id,
        }
    }

    /// Carries out a command and tells the log.
    ///
    /// # Errors
    /// What the facade says.
    pub(crate) fn run(&self, id: Uuid, command: &Command) -> Result<Receipt, Fail> {
        self.logged(id, command.kind(), self.session.execute(id, command).or_fail())
    }

    /// The outcome of a command, after a word to the log.
    ///
    /// # Errors
    /// The outcome's.
    pub(crate) fn logged<T>(&self, id: Uuid, kind: &str, outcome: Result<T, Fail>) -> Result<T, Fail> {
        match &outcome {
            Ok(_) => self.store.callbacks.log(CLIENTELA_LOG_INFO, &format!("{kind} {id}: done")),
            Err(fail) => {
                self.store.callbacks.log(CLIENTELA_LOG_WARNING, &format!("{kind} {id}: {}", fail.0.code));
            }
        }
        outcome
    }
}

/// The id of the first record of that entity in a receipt.
pub(crate) fn written(receipt: &Receipt, entity: &str) -> clientela_id {
    receipt.id_of(entity).unwrap_or_default().into()
}

/// A typed id that a caller points to.
///
/// # Errors
/// `argument.null`.
///
/// # Safety
/// `id` is NULL or can be read.
pub(crate) unsafe fn read_id<I: EntityId>(id: *const clientela_id, name: &str) -> Result<I, Fail> {
    // SAFETY: the caller's promise is passed on.
    Ok(I::from_uuid(unsafe { clientela_id::read(id, name) }?))
}

/// A command's id; all zero when the caller left it out.
///
/// # Safety
/// `id` is NULL or can be read.
pub(crate) unsafe fn command_id(id: *const clientela_id) -> clientela_id {
    if id.is_null() {
        return Uuid::nil().into();
    }
    // SAFETY: not NULL, an id has no alignment, and the caller vouches for the rest.
    unsafe { id.read() }
}
