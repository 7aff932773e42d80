//! What the service handles stand for: a store, and a store seen by one acting user.

use crate::callbacks::{Callbacks, serve};
use crate::id::clientela_id;
use crate::rt::{Fail, Handle, OrFail};
use crate::session::clientela_session;
use crate::store::{CLIENTELA_LOG_INFO, CLIENTELA_LOG_WARNING};
use clientela::model::EntityId;
use clientela::{Command, Crm, Receipt, Session, Watch};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The object of a store handle; its sessions keep it.
#[derive(Debug)]
pub(crate) struct StoreState {
    pub(crate) crm: Crm,
    pub(crate) callbacks: Arc<Callbacks>,
    watches: Mutex<Vec<Arc<Watch>>>,
}

impl StoreState {
    pub(crate) fn new(crm: Crm, callbacks: Arc<Callbacks>) -> Self {
        Self { crm, callbacks, watches: Mutex::default() }
    }

    /// Stops what is running: the statements, and the calls that work in memory between statements.
    pub(crate) fn interrupt(&self) {
        self.crm.interrupt();
        self.watches().iter().for_each(|watch| watch.stop());
    }

    fn watches(&self) -> MutexGuard<'_, Vec<Arc<Watch>>> {
        // Nothing is left half-done inside this lock.
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that [`StoreState::interrupt`] reaches, until this is dropped.
struct Running<'s> {
    store: &'s StoreState,
    watch: Arc<Watch>,
}

impl<'s> Running<'s> {
    fn new(store: &'s StoreState) -> Self {
        let watch = Arc::new(Watch::new(false));
        store.watches().push(Arc::clone(&watch));
        Self { store, watch }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.store.watches().retain(|watch| !Arc::ptr_eq(watch, &self.watch));
    }
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
    /// Works on the session so that clientela_store_interrupt ends the work even where it reads columns in memory.
    ///
    /// # Errors
    /// What `work` says, `store.cancelled`.
    pub(crate) fn stoppable<T>(
        &self,
        work: impl FnOnce(&Session) -> clientela::Result<T>,
    ) -> Result<T, Fail> {
        let running = Running::new(&self.store);
        work(&self.session.watched(Arc::clone(&running.watch))).or_fail()
    }

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

#[cfg(test)]
#[cfg(not(feature = "panic-in-every-call"))]
mod tests {
    use super::*;
    use crate::store::clientela_store_options;
    use crate::text::clientela_str;
    use clientela::{Founding, RuleRun, RuleSubject};
    use std::ptr::{null, null_mut};

    fn nothing_given() -> clientela_store_options {
        clientela_store_options {
            struct_size: 0,
            abi: 0,
            path: clientela_str { ptr: null(), len: 0 },
            flags: 0,
            reserved: 0,
            user: null_mut(),
            now: None,
            random: None,
            log: None,
            progress: None,
            user_free: None,
        }
    }

    #[test]
    fn an_interruption_ends_what_runs_and_nothing_that_begins_later() {
        let folder = std::env::temp_dir().join(format!("clientela-c-interrupt-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let crm = Crm::create(folder.join("network.clientela")).unwrap();
        crm.found(&Founding {
            unit_code: "HQ".into(),
            unit_name: "HQ".into(),
            country: None,
            login: "admin".into(),
            user_name: "Ada Bianchi".into(),
        })
        .unwrap();
        let session = crm.session("admin", None).unwrap();
        let store = Arc::new(StoreState::new(crm, Arc::new(Callbacks::new(&nothing_given()))));
        let state = SessionState { session, store: Arc::clone(&store) };
        let rule = state.session.rule("customer.fleet.size() > 1", RuleSubject::Customer).unwrap();
        let interrupted = state.stoppable(|session| {
            store.interrupt();
            rule.select(session, RuleRun::default())
        });
        assert_eq!(interrupted.unwrap_err().0.code, "store.cancelled");
        assert!(store.watches().is_empty());
        let next = state.stoppable(|session| rule.select(session, RuleRun::default())).unwrap();
        assert_eq!(next.asked, 0);
        store.crm.close().unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }
}
