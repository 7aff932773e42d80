//! The quoting tool: customer data goes to it, an affair is made, offers come back when it is left.

use crate::blob::clientela_blob;
use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::list::{Rows, clientela_list};
use crate::rt::{Boundary, CText, Fail, OrFail, blob, c_struct, copy_struct, cstr, guard, out_ptr, text_of};
use crate::service::{read_id, with_session};
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::{clientela_str, clientela_text};
use clientela::core::ids::OpportunityId;
use clientela::core::sales::Attachment;
use clientela::model::{EntityId, Value};
use clientela::{Predicate, QuotingSession};
use std::ffi::{c_char, c_void};

/// What every message of one session of the quoting tool says of itself.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_quoting_tool {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Id of the tool's session, a UUID; may be left out.
    pub session_id: clientela_str,
    /// Name of the workstation; may be left out.
    pub workstation: clientela_str,
}
c_struct!(clientela_quoting_tool { struct_size, reserved, session_id, workstation });

/// # Safety
/// `tool` is NULL or as `copy_struct` asks.
unsafe fn tool_of(tool: *const clientela_quoting_tool) -> Result<QuotingSession, Fail> {
    if tool.is_null() {
        return Ok(QuotingSession::default());
    }
    // SAFETY: the caller's promise is passed on.
    let given = unsafe { copy_struct(tool, "tool") }?;
    // SAFETY: the header asks for texts as their lengths say.
    unsafe {
        Ok(QuotingSession {
            session_id: text_of(given.session_id, "tool.session_id")?,
            workstation: text_of(given.workstation, "tool.workstation")?,
        })
    }
}

/// A message as text: JSON, so always UTF-8.
fn message(bytes: Vec<u8>) -> Result<CText, Fail> {
    let text = String::from_utf8(bytes).map_err(|_| Boundary::Utf8 { name: "message".to_owned() })?;
    Ok(CText::new(&text))
}

/// The message customer.transfer: what the quoting tool is to know of a customer.
///
/// @param session [in] who asks; not NULL
/// @param customer [in] number of the customer, or its id as text; not NULL
/// @param tool [in] what the message says of the tool's session; may be NULL
/// @param text [out] the message, JSON as the contract "quoting-exchange/1" asks; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_VALIDATION when a key does not fit the contract, CLIENTELA_E_STATE,
///   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_quoting_customer(
    session: *const clientela_session,
    customer: *const c_char,
    tool: *const clientela_quoting_tool,
    text: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a text that ends with a NUL.
        let (out, customer) = unsafe { (out_ptr(text, "text")?, cstr(customer, "customer")?) };
        // SAFETY: the header asks for NULL or a structure set up with CLIENTELA_INIT.
        let tool = unsafe { tool_of(tool) }?;
        let bytes = with_session(session, |state| state.session.quoting_customer(customer, &tool).or_fail())?;
        out.keep(message(bytes)?)
    })
}

/// The message affair.create for an opportunity. The affair is noted; asked again, the same affair is meant, and the newest file
/// goes with it.
///
/// @param session [in] who asks; not NULL
/// @param opportunity [in] number of the opportunity, or its id as text; not NULL
/// @param tool [in] what the message says of the tool's session; may be NULL
/// @param text [out] the message, JSON as the contract asks; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE or CLIENTELA_E_RULE for a closed opportunity, CLIENTELA_E_RIGHTS,
///   CLIENTELA_E_VALIDATION, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_quoting_affair(
    session: *const clientela_session,
    opportunity: *const c_char,
    tool: *const clientela_quoting_tool,
    text: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a text that ends with a NUL.
        let (out, opportunity) = unsafe { (out_ptr(text, "text")?, cstr(opportunity, "opportunity")?) };
        // SAFETY: the header asks for NULL or a structure set up with CLIENTELA_INIT.
        let tool = unsafe { tool_of(tool) }?;
        let bytes =
            with_session(session, |state| state.session.quoting_affair(opportunity, &tool).or_fail())?;
        out.keep(message(bytes)?)
    })
}

/// Takes a message of the tool and gives the answer to be sent back: offer.return makes, revises and withdraws offers, the answers
/// customer.transfer.ack and affair.create.ack are noted. The same message again gives the same bytes and changes nothing.
///
/// Whatever the contract has a word for is in the answer, refusals included; only what hinders this side is an error.
///
/// @param session [in] who sits at the tool; not NULL
/// @param bytes [in] the message, JSON; not NULL
/// @param len [in] how many bytes it has
/// @param file [in] the attached file when its bytes travel beside the message; else NULL
/// @param file_len [in] how many bytes that has
/// @param text [out] the answer, JSON; the empty text for a message that needs none; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, also when the answer refuses; CLIENTELA_E_STORAGE, CLIENTELA_E_IO, CLIENTELA_E_STATE: send it again;
///   CLIENTELA_E_LIMIT, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free the answer with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_quoting_receive(
    session: *const clientela_session,
    bytes: *const c_void,
    len: usize,
    file: *const c_void,
    file_len: usize,
    text: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        if bytes.is_null() {
            return Err(Boundary::Null { name: "bytes".to_owned() }.into());
        }
        // SAFETY: the header asks for bytes as their lengths say and a variable that may be written to.
        let (out, bytes, content) =
            unsafe { (out_ptr(text, "text")?, blob(bytes, len, "bytes")?, blob(file, file_len, "file")?) };
        let file = (!file.is_null()).then_some(content);
        let answer = with_session(session, |state| state.session.quoting_receive(bytes, file).or_fail())?;
        out.keep(message(answer)?)
    })
}

/// Lists the files of an opportunity: those that came with messages of the tool and those attached to drafts, the oldest first.
///
/// @param session [in] who looks; not NULL
/// @param opportunity [in] the opportunity; not NULL
/// @param list [out] the files, at most 999, more with clientela_list_next; clientela_list_get gives "file_name", "digest", "size",
///   "media_type", "received_at", "conflict" and "content_here"; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, also when there is none; CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free it with clientela_list_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_attachment_list(
    session: *const clientela_session,
    opportunity: *const clientela_id,
    list: *mut *mut clientela_list,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and an id that can be read.
        let (out, opportunity) =
            unsafe { (out_ptr(list, "list")?, read_id::<OpportunityId>(opportunity, "opportunity")?) };
        let of_opportunity = Predicate::equals("opportunity", Value::Id(opportunity.uuid()));
        out.keep(with_session(session, |state| Rows::that::<Attachment>(state, of_opportunity))?)
    })
}

/// A file of an opportunity, by its digest.
///
/// @param session [in] who asks; not NULL
/// @param digest [in] its SHA-256 as 64 hexadecimal digits; not NULL
/// @param content [out] its bytes; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_NOT_FOUND when no opportunity that may be seen has it, or its bytes never came;
///   CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_blob_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_file(
    session: *const clientela_session,
    digest: *const c_char,
    content: *mut *mut clientela_blob,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a text that ends with a NUL.
        let (out, digest) = unsafe { (out_ptr(content, "content")?, cstr(digest, "digest")?) };
        out.keep(with_session(session, |state| state.session.file(digest).or_fail())?)
    })
}
