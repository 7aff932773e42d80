//! Commands: every change anybody can ask for, as JSON.

use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::rt::{CText, Fail, OrFail, cstr, guard, out_ptr};
use crate::service::{command_id, with_session};
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::clientela_text;
use clientela::{Question, Receipt, Request};
use std::ffi::c_char;

/// Carries out any command, once: the same id again gives the same receipt and changes nothing.
///
/// The commands are those of the manual, such as
/// {"command": "opportunity.advance", "opportunity": "O-3001", "to": "offer", "note": "wants three tractors"}.
/// Beside a command's own members, "reason" may say why it is given; it is kept in the history of what it changes.
/// After CLIENTELA_E_STORAGE with code "store.outcome_unknown" ask with clientela_receipt, or execute the same id again.
///
/// @param session [in] who asks; not NULL
/// @param id [in] the command's id, see clientela_new_id; NULL or all zero for a new one
/// @param json [in] the command; not NULL
/// @param receipt [out] what it did, as JSON: id, command, records written (entity, id, key) and why; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_ARGUMENT when the text is no command or the id belongs to another one; CLIENTELA_E_VALIDATION,
///   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_EXISTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_RULE, CLIENTELA_E_RIGHTS, CLIENTELA_E_STATE,
///   CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE and CLIENTELA_E_HANDLE as the command and the store say
/// Ownership: free the receipt with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_execute(
    session: *const clientela_session,
    id: *const clientela_id,
    json: *const c_char,
    receipt: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read and a text that ends with a NUL.
        let (id, json) = unsafe { (command_id(id), cstr(json, "json")?) };
        // SAFETY: the header asks for NULL or a variable that may be written to.
        let out = if receipt.is_null() { None } else { Some(unsafe { out_ptr(receipt, "receipt") }?) };
        let done = with_session(session, |state| {
            let request = Request::from_json(json).or_fail()?;
            let id = state.command_id(id);
            state.logged(id, request.command.kind(), state.session.execute(id, &request).or_fail())
        })?;
        out.map_or(Ok(()), |out| out.keep(json_of(&done)?))
    })
}

/// The receipt of a command, if it took effect: what to ask when the outcome is not known.
///
/// @param session [in] a session of the same user; not NULL
/// @param id [in] the command's id; not NULL
/// @param receipt [out] the receipt as clientela_execute gives it; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND when it did not take effect, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT
/// Ownership: free it with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_receipt(
    session: *const clientela_session,
    id: *const clientela_id,
    receipt: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read and a variable that may be written to.
        let (id, out) = unsafe { (clientela_id::read(id, "id")?, out_ptr(receipt, "receipt")?) };
        let done = with_session(session, |state| state.session.receipt(id).or_fail())?;
        out.keep(json_of(&done)?)
    })
}

/// Answers any question, as far as the session may see.
///
/// The questions are those of the manual, such as {"question": "quota_plan.attainment", "plan": "2026"}. Amounts and decimals
/// are written exactly, as texts; dates and times in the forms of ISO 8601.
///
/// @param session [in] who asks; not NULL
/// @param json [in] the question; not NULL
/// @param answer [out] the answer, as JSON; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_ARGUMENT when the text is no question; CLIENTELA_E_VALIDATION, CLIENTELA_E_NOT_FOUND,
///   CLIENTELA_E_RULE, CLIENTELA_E_RIGHTS, CLIENTELA_E_STATE, CLIENTELA_E_CANCELLED, CLIENTELA_E_STORAGE and
///   CLIENTELA_E_HANDLE as the question and the store say
/// Ownership: free the answer with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_ask(
    session: *const clientela_session,
    json: *const c_char,
    answer: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a text that ends with a NUL and a variable that may be written to.
        let (json, out) = unsafe { (cstr(json, "json")?, out_ptr(answer, "answer")?) };
        let told = with_session(session, |state| {
            let question = Question::from_json(json).or_fail()?;
            state.session.answer(&question).or_fail()
        })?;
        out.keep(CText::new(&told.to_string()))
    })
}

/// A receipt as every language writes it.
fn json_of(receipt: &Receipt) -> Result<CText, Fail> {
    let text = serde_json::to_string(receipt)
        .map_err(|_| Fail::from(clientela::CrmError::Internal { what: "receipts are JSON" }))?;
    Ok(CText::new(&text))
}
