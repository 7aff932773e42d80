//! Functions of the host that a store calls: time, chance, a log, progress.
//!
//! They are called on the thread of the call that needs them, and never once the store is closed. While one runs, no
//! store may be worked on from the same thread: the call is refused, because a transaction may be open around it.

use crate::rt::{CText, Fail};
use crate::store::clientela_store_options;
use crate::time::{self, clientela_time};
use chrono::{DateTime, Utc};
use clientela::{Clock, Coded, ErrorKind, Random};
use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, PoisonError, RwLock};

thread_local! {
    // Without a destructor, so that nothing of it is left when the library goes.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// What ends a call from within one of the host's functions, or around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallbackError {
    /// The store was closed meanwhile.
    #[error("the store is closed; open it again")]
    Closed,
    /// No moment came back.
    #[error("the function now gave no moment of the years 1 to 9999; correct it")]
    Now,
    /// No random bytes came back.
    #[error("the function random did not fill its bytes; correct it")]
    Random,
    /// A call from within a callback.
    #[error("a function given to a store must not work on stores; do it after the call that called it")]
    Reentered,
}

impl Coded for CallbackError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Closed => ErrorKind::State,
            Self::Now | Self::Random => ErrorKind::Callback,
            Self::Reentered => ErrorKind::BusyHandle,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Closed => "store.closed",
            Self::Now => "callback.now",
            Self::Random => "callback.random",
            Self::Reentered => "callback.reentered",
        }
    }
}

/// Does work that may call the host. A failure of the host's function arrives here as an unwinding that no hook sees:
/// the interfaces of clock and chance have no other way out, and every transaction it passes rolls back.
///
/// # Errors
/// What `work` says, and [`CallbackError`].
pub(crate) fn serve<T>(work: impl FnOnce() -> Result<T, Fail>) -> Result<T, Fail> {
    if INSIDE.get() {
        return Err(CallbackError::Reentered.into());
    }
    // What a rolled back transaction leaves is what stood there before it.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(outcome) => outcome,
        Err(payload) => match payload.downcast::<CallbackError>() {
            Ok(error) => Err((*error).into()),
            Err(payload) => resume_unwind(payload),
        },
    }
}

type Now = unsafe extern "C" fn(user: *mut c_void) -> clientela_time;
type Fill = unsafe extern "C" fn(user: *mut c_void, bytes: *mut u8, count: usize) -> i32;
type Log = unsafe extern "C" fn(user: *mut c_void, level: i32, message: *const c_char);
type Progress = unsafe extern "C" fn(user: *mut c_void, done: u64, total: u64) -> i32;
type Free = unsafe extern "C" fn(user: *mut c_void);

#[derive(Debug, Clone, Copy)]
struct Host {
    user: *mut c_void,
    now: Option<Now>,
    random: Option<Fill>,
    log: Option<Log>,
    progress: Option<Progress>,
    user_free: Option<Free>,
}

// SAFETY: the header says that the functions are called on whatever thread makes a call, with `user`.
unsafe impl Send for Host {}
// SAFETY: and that two threads may be inside them at once.
unsafe impl Sync for Host {}

/// The host's functions until the store is closed.
#[derive(Debug)]
pub(crate) struct Callbacks(RwLock<Option<Host>>);

impl Callbacks {
    pub(crate) fn new(options: &clientela_store_options) -> Self {
        let clientela_store_options { user, now, random, log, progress, user_free, .. } = *options;
        Self(RwLock::new(Some(Host { user, now, random, log, progress, user_free })))
    }

    /// The host's clock, if it gave one.
    pub(crate) fn clock(self: &Arc<Self>) -> Option<Arc<dyn Clock>> {
        self.call(|host| host.now).map(|_| Arc::new(HostClock(Arc::clone(self))) as Arc<dyn Clock>)
    }

    /// The host's source of random bytes, if it gave one.
    pub(crate) fn random(self: &Arc<Self>) -> Option<Arc<dyn Random>> {
        self.call(|host| host.random).map(|_| Arc::new(HostRandom(Arc::clone(self))) as Arc<dyn Random>)
    }

    /// Tells the host a line without personal data; nothing once the store is closed.
    pub(crate) fn log(&self, level: i32, message: &str) {
        let text = CText::new(message);
        self.call_open(|host| {
            if let Some(log) = host.log {
                // SAFETY: the host gave the function for this, and the text ends with a NUL.
                unsafe { log(host.user, level, text.as_ptr()) };
            }
        });
    }

    /// Tells the host how far long work is; it may break off.
    pub(crate) fn progress(&self, done: u64, total: u64) -> ControlFlow<()> {
        let stop = self.call_open(|host| match host.progress {
            // SAFETY: the host gave the function for this.
            Some(progress) => unsafe { progress(host.user, done, total) },
            None => 0,
        });
        if stop.unwrap_or(0) == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// Gives `user` back to the host; none of its functions is called from now on.
    pub(crate) fn end(&self) {
        let host = self.0.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Host { user, user_free: Some(user_free), .. }) = host {
            // SAFETY: the host gave the function for this; it is taken out, so this happens once.
            inside(|| unsafe { user_free(user) });
        }
    }

    fn call_open<T>(&self, work: impl FnOnce(&Host) -> T) -> Option<T> {
        // Held while the host's function runs: who closes the store waits for it, and then it runs no more.
        let host = self.0.read().unwrap_or_else(PoisonError::into_inner);
        host.as_ref().map(|host| inside(|| work(host)))
    }

    fn call<T>(&self, work: impl FnOnce(&Host) -> T) -> T {
        self.call_open(work).unwrap_or_else(|| resume_unwind(Box::new(CallbackError::Closed)))
    }
}

/// Marks this thread as being inside a function of the host.
fn inside<T>(work: impl FnOnce() -> T) -> T {
    let before = INSIDE.replace(true);
    let result = work();
    INSIDE.set(before);
    result
}

struct HostClock(Arc<Callbacks>);

impl Clock for HostClock {
    fn now(&self) -> DateTime<Utc> {
        let told = self.0.call(|host| {
            // SAFETY: the host gave the function for this.
            host.now.map(|now| unsafe { now(host.user) })
        });
        let moment = told.and_then(|told| time::from_c(told, "now").ok().flatten());
        moment.unwrap_or_else(|| resume_unwind(Box::new(CallbackError::Now)))
    }
}

struct HostRandom(Arc<Callbacks>);

impl Random for HostRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let told = self.0.call(|host| {
            // SAFETY: the host gave the function for this, and as many bytes may be written as it is told.
            host.random.map(|random| unsafe { random(host.user, bytes.as_mut_ptr(), bytes.len()) })
        });
        if told != Some(0) {
            resume_unwind(Box::new(CallbackError::Random));
        }
    }
}
