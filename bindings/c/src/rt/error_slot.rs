//! The object behind a `clientela_error`: one slot that a caller uses again for call after call.

use super::fail::{Boundary, Fail, Failure};
use super::handle::Handle;
use super::text::CText;
use crate::error::clientela_error;
use crate::status::clientela_status_code as Status;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The last outcome of the calls made with one error handle.
#[derive(Debug, Default)]
pub(crate) struct ErrorSlot(Mutex<Told>);

/// An outcome in the form C reads it.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: Status,
    pub(crate) code: CText,
    pub(crate) message: CText,
    pub(crate) field: CText,
    pub(crate) hint: CText,
    pub(crate) why: CText,
    pub(crate) entity: Uuid,
    pub(crate) issues: Vec<ToldIssue>,
    pub(crate) native: i32,
    pub(crate) retry: bool,
}

/// One finding of a validation.
#[derive(Debug)]
pub(crate) struct ToldIssue {
    pub(crate) code: CText,
    pub(crate) field: CText,
    pub(crate) message: CText,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            status: Status::CLIENTELA_OK,
            code: CText::default(),
            message: CText::default(),
            field: CText::default(),
            hint: CText::default(),
            why: CText::default(),
            entity: Uuid::nil(),
            issues: Vec::new(),
            native: 0,
            retry: false,
        }
    }
}

impl From<Fail> for Told {
    fn from(Fail(failure): Fail) -> Self {
        let Failure { status, code, message, field, hint, entity, issues, why, native, retry } = *failure;
        let issues = issues.iter().map(|issue| ToldIssue {
            code: CText::new(&issue.code),
            field: CText::new(&issue.field),
            message: CText::new(&issue.message),
        });
        Self {
            status,
            code: CText::new(code),
            message: CText::new(&message),
            field: CText::new(&field),
            hint: CText::new(&hint),
            why: why.map(|why| CText::new(&why.to_string())).unwrap_or_default(),
            entity,
            issues: issues.collect(),
            native,
            retry,
        }
    }
}

impl ErrorSlot {
    /// What was told last.
    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        // Nothing is left half done under this lock: a new outcome is built before the lock is taken.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the outcome of a call: a failure fills the caller's slot, made now if there is none; success empties the one there is.
///
/// # Safety
/// `err` is NULL or may be read and written.
pub(super) unsafe fn tell(err: *mut *mut clientela_error, outcome: Result<Status, Fail>) -> Status {
    let status = match &outcome {
        Ok(status) => *status,
        Err(Fail(failure)) => failure.status,
    };
    if err.is_null() || !err.is_aligned() {
        return status;
    }
    // SAFETY: not NULL, aligned, and the caller vouches for the rest.
    let handle = unsafe { err.read() };
    match (outcome, clientela_error::object(handle)) {
        (Ok(_), Err(_)) => {}
        (Ok(_), Ok(slot)) => {
            let mut told = slot.told();
            if told.status != Status::CLIENTELA_OK {
                *told = Told::default();
            }
        }
        (Err(fail), Ok(slot)) => {
            let new = Told::from(fail);
            *slot.told() = new;
        }
        // NULL, or a variable that was never set: both get a slot of their own.
        (Err(fail), Err(_)) => {
            let slot = ErrorSlot(Mutex::new(Told::from(fail)));
            let handle = clientela_error::keep(slot).unwrap_or(std::ptr::null_mut());
            // SAFETY: as above.
            unsafe { err.write(handle) };
        }
    }
    status
}

/// The finding with that number.
pub(crate) fn issue(told: &Told, number: usize) -> Result<&ToldIssue, Fail> {
    told.issues.get(number).ok_or_else(|| {
        Boundary::Range { name: "index".to_owned(), range: "0 to one less than the number of findings" }
            .into()
    })
}

/// Frees the slot the variable holds and sets the variable to NULL.
///
/// # Safety
/// `err` is NULL or may be read and written.
pub(crate) unsafe fn free_and_clear(err: *mut *mut clientela_error) {
    if err.is_null() || !err.is_aligned() {
        return;
    }
    // SAFETY: not NULL, aligned, and the caller vouches for the rest.
    clientela_error::free(unsafe { err.replace(std::ptr::null_mut()) });
}
