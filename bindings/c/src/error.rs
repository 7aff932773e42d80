//! The error slot a caller may pass to any call that can fail.

use crate::id::clientela_id;
use crate::rt::{self, CText, ErrorSlot, Handle, c_struct, fill_struct, guard, guard_val, out_value};
use crate::status::clientela_status;
use std::ffi::c_char;

/// The slot in which calls tell what went wrong. Begin with `clientela_error *err = NULL;`, pass `&err` to call after call,
/// read it after a failure, free it once at the end. Belongs to one thread at a time.
pub struct clientela_error {
    _opaque: [u8; 0],
}

impl Handle for clientela_error {
    type Object = ErrorSlot;
    const NAME: &'static str = "clientela_error";
    const ROOM: rt::Room = rt::Room::Reserve;
}

/// One finding of a validation.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_issue {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Stable dotted word.
    pub code: *const c_char,
    /// Path of the field, empty when the whole is meant.
    pub field: *const c_char,
    /// One sentence in English.
    pub message: *const c_char,
}
c_struct!(clientela_issue { struct_size, reserved, code, field, message });

/// What `read` finds in the slot; the empty text for NULL and for a handle that is no error.
fn text(err: *const clientela_error, read: impl FnOnce(&rt::Told) -> &CText) -> *const c_char {
    clientela_error::object(err).map_or(c"".as_ptr(), |slot| read(&slot.told()).as_ptr())
}

/// The status of the last call made with this slot.
///
/// @param err [in] the slot; NULL gives CLIENTELA_OK
/// @return the status; CLIENTELA_E_HANDLE when `err` is not a slot
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_status(err: *const clientela_error) -> clientela_status {
    guard_val(rt::PANIC, || match clientela_error::object(err) {
        Ok(slot) => slot.told().status as clientela_status,
        Err(_) if err.is_null() => rt::OK,
        Err(fail) => fail.0.status as clientela_status,
    })
}

/// The stable dotted word of the error, such as "offer.discount_limit": the key for translations; it never changes its meaning.
///
/// @param err [in] the slot; NULL gives ""
/// @return owned by the slot, valid until the slot is used again or freed; "" when there is no error, never NULL
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_code(err: *const clientela_error) -> *const c_char {
    guard_val(c"".as_ptr(), || text(err, |told| &told.code))
}

/// One English sentence for logs. Never contains personal data.
///
/// @param err [in] the slot; NULL gives ""
/// @return owned by the slot, valid until the slot is used again or freed; "" when there is no error, never NULL
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_message(err: *const clientela_error) -> *const c_char {
    guard_val(c"".as_ptr(), || text(err, |told| &told.message))
}

/// The path of the parameter or field concerned, such as "items[2].discount_bp".
///
/// @param err [in] the slot; NULL gives ""
/// @return owned by the slot, valid until the slot is used again or freed; "" when no field is concerned, never NULL
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_field(err: *const clientela_error) -> *const c_char {
    guard_val(c"".as_ptr(), || text(err, |told| &told.field))
}

/// What would be right, in English.
///
/// @param err [in] the slot; NULL gives ""
/// @return owned by the slot, valid until the slot is used again or freed; "" when there is nothing to say, never NULL
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_hint(err: *const clientela_error) -> *const c_char {
    guard_val(c"".as_ptr(), || text(err, |told| &told.hint))
}

/// Why a rule refused: named reasons with the figures used, one per line, those beneath a reason indented by two blanks.
///
/// @param err [in] the slot; NULL gives ""
/// @return owned by the slot, valid until the slot is used again or freed; "" when no rule decided, never NULL
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_why(err: *const clientela_error) -> *const c_char {
    guard_val(c"".as_ptr(), || text(err, |told| &told.why))
}

/// The id of the record concerned.
///
/// @param err [in] the slot; not NULL
/// @param entity [out] the id, all zero when no record is concerned; not NULL
/// @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_entity(
    err: *const clientela_error,
    entity: *mut clientela_id,
) -> clientela_status {
    guard(std::ptr::null_mut(), || {
        // SAFETY: the header asks for a variable that may be written to.
        let entity = unsafe { out_value(entity, "entity") }?;
        entity.set(clientela_error::object(err)?.told().entity.into());
        Ok(())
    })
}

/// How many findings a validation has made.
///
/// @param err [in] the slot; NULL gives 0
/// @return the number
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_issue_count(err: *const clientela_error) -> usize {
    guard_val(0, || clientela_error::object(err).map_or(0, |slot| slot.told().issues.len()))
}

/// One finding of a validation.
///
/// @param err [in] the slot; not NULL
/// @param index [in] 0 to clientela_error_issue_count - 1
/// @param issue [out] set up with CLIENTELA_INIT; its texts are owned by the slot, valid until the slot is used again or freed
/// @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_RANGE
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_issue(
    err: *const clientela_error,
    index: usize,
    issue: *mut clientela_issue,
) -> clientela_status {
    guard(std::ptr::null_mut(), || {
        let slot = clientela_error::object(err)?;
        let told = slot.told();
        let found = rt::issue(&told, index)?;
        let texts = clientela_issue {
            struct_size: 0,
            reserved: 0,
            code: found.code.as_ptr(),
            field: found.field.as_ptr(),
            message: found.message.as_ptr(),
        };
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(issue, &texts, "issue") }
    })
}

/// The code of the database engine or of the operating system.
///
/// @param err [in] the slot; NULL gives 0
/// @return the code, 0 when there is none
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_native(err: *const clientela_error) -> i32 {
    guard_val(0, || clientela_error::object(err).map_or(0, |slot| slot.told().native))
}

/// Whether the same call may succeed later without a change.
///
/// @param err [in] the slot; NULL gives 0
/// @return 1 when it may, 0 when not
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_retry(err: *const clientela_error) -> i32 {
    guard_val(0, || clientela_error::object(err).map_or(0, |slot| i32::from(slot.told().retry)))
}

/// Frees the slot and sets the variable to NULL.
///
/// @param err [in,out] the variable that holds the slot; nothing happens with NULL or when it holds NULL
/// Threads: one at a time per slot.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_error_free(err: *mut *mut clientela_error) {
    guard_val((), || {
        // SAFETY: the header asks for NULL or the variable that holds the slot.
        unsafe { rt::free_and_clear(err) }
    });
}

#[cfg(test)]
#[cfg(not(feature = "panic-in-every-call"))]
mod tests {
    use super::*;
    use clientela_model::{Coded, ErrorKind, Issue, Why};
    use std::ffi::CStr;
    use std::ptr::null_mut;
    use uuid::Uuid;

    #[derive(Debug, thiserror::Error)]
    #[error("the discount is above your limit; ask for an approval")]
    struct Refused(Why);

    impl Coded for Refused {
        fn kind(&self) -> ErrorKind {
            ErrorKind::Rule
        }
        fn code(&self) -> &'static str {
            "offer.discount_limit"
        }
        fn field(&self) -> Option<String> {
            Some("items[2].discount_bp".to_owned())
        }
        fn hint(&self) -> Option<String> {
            Some("at most 1250".to_owned())
        }
        fn entity(&self) -> Option<Uuid> {
            Some(Uuid::from_u128(7))
        }
        fn issues(&self) -> Vec<Issue> {
            let issue = |field: &str| Issue {
                code: "offer.discount_limit".to_owned(),
                field: field.to_owned(),
                message: "the discount is above your limit".to_owned(),
            };
            vec![issue("items[2].discount_bp"), issue("items[3].discount_bp")]
        }
        fn why(&self) -> Option<&Why> {
            Some(&self.0)
        }
        fn native(&self) -> i32 {
            5
        }
    }

    fn read(text: *const c_char) -> String {
        // SAFETY: accessors give texts that end with a NUL, read here before the slot is used again.
        unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned()
    }

    #[test]
    fn all_that_an_error_says_about_itself_reaches_the_slot() {
        let mut err: *mut clientela_error = null_mut();
        let why = Why::new("offer.limit").fact("limit", 1250);
        assert_eq!(guard::<()>(&raw mut err, || Err(Refused(why).into())), -10);
        // SAFETY: `err` is a live slot, the other pointers are variables.
        unsafe {
            assert_eq!(clientela_error_status(err), -10);
            assert_eq!(read(clientela_error_code(err)), "offer.discount_limit");
            assert_eq!(
                read(clientela_error_message(err)),
                "the discount is above your limit; ask for an approval"
            );
            assert_eq!(read(clientela_error_field(err)), "items[2].discount_bp");
            assert_eq!(read(clientela_error_hint(err)), "at most 1250");
            assert_eq!(read(clientela_error_why(err)), "offer.limit (limit: 1250)");
            assert_eq!((clientela_error_native(err), clientela_error_retry(err)), (5, 0));
            let mut entity = clientela_id { bytes: [0; 16] };
            assert_eq!(clientela_error_entity(err, &raw mut entity), 0);
            assert_eq!(entity.bytes[15], 7);
            assert_eq!(clientela_error_issue_count(err), 2);
            let size = u32::try_from(size_of::<clientela_issue>()).unwrap();
            let none = std::ptr::null();
            let mut issue =
                clientela_issue { struct_size: size, reserved: 0, code: none, field: none, message: none };
            assert_eq!(clientela_error_issue(err, 1, &raw mut issue), 0);
            assert_eq!(read(issue.field), "items[3].discount_bp");
            assert_eq!(clientela_error_issue(err, 2, &raw mut issue), -12);
            clientela_error_free(&raw mut err);
        }
        assert!(err.is_null());
    }

    #[test]
    fn one_slot_serves_many_calls() {
        let mut err: *mut clientela_error = null_mut();
        let fail = || Err(rt::Fail::from(rt::Boundary::HandleBusy));
        assert_eq!(guard(&raw mut err, || Ok(())), 0);
        assert!(err.is_null(), "success makes no slot");
        assert_eq!(guard::<()>(&raw mut err, fail), -4);
        let first = err;
        assert_eq!(guard::<()>(&raw mut err, fail), -4);
        assert_eq!(err, first, "a failure uses the slot again");
        // SAFETY: `err` is a live slot.
        unsafe {
            assert_eq!(clientela_error_retry(err), 1);
            assert_eq!(guard(&raw mut err, || Ok(())), 0);
            assert_eq!((clientela_error_status(err), read(clientela_error_code(err))), (0, String::new()));
            clientela_error_free(&raw mut err);
            assert_eq!(clientela_error_status(first), -3, "a freed slot is known as one");
            assert_eq!(read(clientela_error_code(first)), "");
        }
        let mut forgotten = std::ptr::without_provenance_mut(0x1234_5678);
        assert_eq!(guard::<()>(&raw mut forgotten, fail), -4);
        // SAFETY: the variable holds a live slot by now.
        unsafe {
            assert_eq!(clientela_error_status(forgotten), -4);
            clientela_error_free(&raw mut forgotten);
        }
    }
}
