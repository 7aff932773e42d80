//! The wall that every export is: nothing panics through it, and what failed is told in the caller's error slot.

use super::error_slot;
use super::fail::{Boundary, Fail};
use crate::error::clientela_error;
use crate::status::{clientela_status, clientela_status_code as Status};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The longest text of a panic that is passed on, in bytes.
const PANIC_TEXT_MAX: usize = 200;

/// The status of a call that did its work.
pub(crate) const OK: clientela_status = Status::CLIENTELA_OK as clientela_status;
/// The status of a call that met a fault of the library.
pub(crate) const PANIC: clientela_status = Status::CLIENTELA_E_PANIC as clientela_status;

/// What an iterating export found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// One more.
    Item,
    /// No more.
    End,
}

/// What a body that succeeded means for the caller.
pub(crate) trait Outcome {
    /// The status, 0 or above.
    fn status(self) -> Status;
}

impl Outcome for () {
    fn status(self) -> Status {
        Status::CLIENTELA_OK
    }
}

impl Outcome for Step {
    fn status(self) -> Status {
        match self {
            Self::Item => Status::CLIENTELA_OK,
            Self::End => Status::CLIENTELA_END,
        }
    }
}

/// Runs the body of an export that can fail, and tells its outcome in the slot `err` points to.
///
/// `err` is what the host passed: NULL, or a pointer to an error handle, which may itself be NULL. That the pointer may be
/// written to is the host's duty by the header; this function cannot be an unsafe one, or each body would be unsafe as
/// a whole.
pub(crate) fn guard<T: Outcome>(
    err: *mut *mut clientela_error,
    body: impl FnOnce() -> Result<T, Fail>,
) -> clientela_status {
    let outcome = catch(|| fallible(body)).unwrap_or_else(Err);
    // Telling it allocates and takes locks; whatever goes wrong there, the status still gets through.
    catch(|| {
        // SAFETY: the header asks for NULL or a pointer to an error handle that may be written to.
        unsafe { error_slot::tell(err, outcome) }
    })
    .unwrap_or(Status::CLIENTELA_E_PANIC) as clientela_status
}

/// Runs the body of an export that cannot fail; should it panic nevertheless, the result is `default`.
pub(crate) fn guard_val<T>(default: T, body: impl FnOnce() -> T) -> T {
    catch(|| {
        injected_fault();
        body()
    })
    .unwrap_or(default)
}

fn fallible<T: Outcome>(body: impl FnOnce() -> Result<T, Fail>) -> Result<Status, Fail> {
    injected_fault();
    body().map(Outcome::status)
}

/// Panics in the build that tests the wall itself.
fn injected_fault() {
    #[cfg(feature = "panic-in-every-call")]
    std::panic::resume_unwind(Box::new("a fault on purpose"));
}

fn catch<T>(body: impl FnOnce() -> T) -> Result<T, Fail> {
    // What the body leaves half done is either its own, or in a mutex that is poisoned and says so.
    catch_unwind(AssertUnwindSafe(body)).map_err(|payload| {
        let text = panic_text(payload.as_ref());
        // A payload may panic once more when it is dropped.
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(second);
        }
        Boundary::Panic { text }.into()
    })
}

/// The text of a panic on one line, with all that stands in quotes left out: it may be a value, and so a person's.
fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    let quotes = ['`', '"', '\''];
    let mut line = match (text.find(quotes), text.rfind(quotes)) {
        (Some(first), Some(last)) if first < last => format!("{}…{}", &text[..first], &text[last + 1..]),
        (Some(first), _) => format!("{}…", &text[..first]),
        _ => text.to_owned(),
    };
    line.retain(|letter| !letter.is_control());
    line.truncate(line.floor_char_boundary(PANIC_TEXT_MAX));
    line
}

#[cfg(test)]
#[cfg(not(feature = "panic-in-every-call"))]
mod tests {
    use super::*;

    struct PanicsWhenDropped;

    impl Drop for PanicsWhenDropped {
        fn drop(&mut self) {
            panic!("once more");
        }
    }

    #[test]
    fn a_panic_becomes_a_status_and_a_default() {
        assert_eq!(guard::<()>(std::ptr::null_mut(), || panic!("a fault")), -99);
        assert_eq!(guard_val(7, || panic!("a fault")), 7);
    }

    #[test]
    fn a_payload_that_panics_again_is_held_too() {
        let status =
            guard::<()>(std::ptr::null_mut(), || std::panic::resume_unwind(Box::new(PanicsWhenDropped)));
        assert_eq!(status, -99);
    }

    #[test]
    fn outcomes_become_statuses() {
        assert_eq!(guard(std::ptr::null_mut(), || Ok(())), 0);
        assert_eq!(guard(std::ptr::null_mut(), || Ok(Step::Item)), 0);
        assert_eq!(guard(std::ptr::null_mut(), || Ok(Step::End)), 1);
        assert_eq!(guard::<()>(std::ptr::null_mut(), || Err(Boundary::HandleBusy.into())), -4);
    }

    #[test]
    fn what_a_panic_quotes_is_left_out() {
        for (text, told) in [
            ("index out of bounds: the len is 3", "index out of bounds: the len is 3"),
            (
                "byte index 1 is not a char boundary; it is inside 'ü' of `Müller`",
                "byte index 1 is not a char boundary; it is inside …",
            ),
            ("called unwrap on \"Rossi\"\nbacktrace", "called unwrap on …backtrace"),
            ("an unfinished `quote", "an unfinished …"),
        ] {
            assert_eq!(panic_text(&text.to_owned()), told);
        }
        assert_eq!(panic_text(&7_u8), "no text");
        assert!(panic_text(&"é".repeat(500)).len() <= PANIC_TEXT_MAX);
    }
}
