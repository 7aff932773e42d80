//! Sessions: a store seen by one user in one position. Rights are checked there and nowhere else.

use crate::callbacks::serve;
use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::rt::{Handle, OrFail, cstr, cstr_opt, guard, guard_val, handle_type, out_ptr, out_value};
use crate::service::{SessionState, with_session};
use crate::status::clientela_status;
use crate::store::clientela_store;
use std::ffi::c_char;
use std::sync::Arc;

/// A store seen by one acting user in one position: every call is made as somebody. A service: any thread may use it, calls may
/// overlap.
pub struct clientela_session {
    _opaque: [u8; 0],
}

handle_type!(clientela_session => SessionState);

/// Signs a user in, in a position he holds today.
///
/// @param store [in] the store; not NULL
/// @param login [in] name the user signs in with; not NULL
/// @param position [in] title of the position; NULL for the first he holds
/// @param session [out] the session; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RIGHTS or CLIENTELA_E_NOT_FOUND (no such user or position), CLIENTELA_E_STATE,
///   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_session_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_session_open(
    store: *const clientela_store,
    login: *const c_char,
    position: *const c_char,
    session: *mut *mut clientela_session,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and texts that end with a NUL.
        let (out, login, position) =
            unsafe { (out_ptr(session, "session")?, cstr(login, "login")?, cstr_opt(position, "position")?) };
        let state = clientela_store::object(store)?;
        let session = serve(|| state.crm.session(login, position).or_fail())?;
        out.keep(SessionState { session, store: Arc::clone(&state) })
    })
}

/// Frees a session. What was read through it stays.
///
/// @param session [in] the session; nothing happens with NULL
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_session_free(session: *mut clientela_session) {
    guard_val((), || clientela_session::free(session));
}

/// A new id for a command, from the clock and the random bytes of the store. Keep it until the command's outcome is known: the same
/// id again changes nothing.
///
/// @param session [in] the session; not NULL
/// @param id [out] the id; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_STATE, CLIENTELA_E_CALLBACK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_new_id(
    session: *const clientela_session,
    id: *mut clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to.
        let out = unsafe { out_value(id, "id") }?;
        with_session(session, |state| {
            out.set(state.session.new_command_id().into());
            Ok(())
        })
    })
}
