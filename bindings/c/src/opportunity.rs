//! Opportunities: entering, moving, ending, reading.

use crate::date::{NO_DATE, clientela_date, from_c};
use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::list::{Rows, clientela_list};
use crate::money::{clientela_money, money_opt};
use crate::record::Fields;
use crate::rt::{
    Boundary, Fail, Handle, OrFail, c_struct, copy_struct, cstr, cstr_opt, guard, guard_val, handle_type,
    out_ptr, out_value, text_of,
};
use crate::service::{read_id, with_session, written};
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::clientela_str;
use clientela::command::{EndOpportunity, MoveOpportunity, OpenOpportunity};
use clientela::core::ids::{CustomerId, OpportunityId};
use clientela::core::sales::Opportunity;
use clientela::model::identifier::Currency;
use clientela::model::{EntityId, Value};
use clientela::{Command, Predicate};
use std::ffi::c_char;
use std::ptr::null;

/// An opportunity as it was when it was read. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_opportunity {
    _opaque: [u8; 0],
}

handle_type!(clientela_opportunity => Fields);

/// An opportunity to be entered. Needed are customer, title, method and currency.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_opportunity_new {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Number of vehicles; 0 when not known.
    pub vehicles: u32,
    /// The command's id, see clientela_new_id; all zero for a new one.
    pub command_id: clientela_id,
    /// The customer.
    pub customer: clientela_id,
    /// Title.
    pub title: clientela_str,
    /// Code of the sales method.
    pub method: clientela_str,
    /// Code of ISO 4217 for its amounts and offers.
    pub currency: clientela_str,
    /// A number given by another system; the unit's series gives one otherwise.
    pub number: clientela_str,
    /// Title of the position that works on it; the session's when not given.
    pub owner: clientela_str,
    /// Code of the campaign it came from.
    pub campaign: clientela_str,
    /// What it is expected to bring, net; without a currency: not given.
    pub amount: clientela_money,
    /// Day it is expected to be decided; 0 or CLIENTELA_NO_DATE when not given.
    pub expected_close: clientela_date,
    /// Zero.
    pub reserved: u32,
}
c_struct!(clientela_opportunity_new {
    struct_size,
    vehicles,
    command_id,
    customer,
    title,
    method,
    currency,
    number,
    owner,
    campaign,
    amount,
    expected_close,
    reserved
});

/// Enters an opportunity in the first stage of its method.
///
/// @param session [in] who enters it; not NULL
/// @param opportunity [in] what is known of it; not NULL
/// @param id [out] its id; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND (customer, method, position, campaign), CLIENTELA_E_VALIDATION, CLIENTELA_E_RIGHTS,
///   CLIENTELA_E_STATE, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8,
///   CLIENTELA_E_RANGE
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_opportunity_create(
    session: *const clientela_session,
    opportunity: *const clientela_opportunity_new,
    id: *mut clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        let given = unsafe { copy_struct(opportunity, "opportunity") }?;
        // SAFETY: the header asks for texts as their lengths say.
        let read = |text: clientela_str, name: &str| unsafe { text_of(text, name) };
        let needed = |text: clientela_str, name: &'static str| -> Result<String, Fail> {
            read(text, name)?.ok_or_else(|| Boundary::Null { name: name.to_owned() }.into())
        };
        // The first day of 1970 cannot be meant, so zero may stand for none.
        let close = if given.expected_close == 0 { NO_DATE } else { given.expected_close };
        let command = Command::OpportunityOpen(OpenOpportunity {
            customer: CustomerId::from_uuid(uuid::Uuid::from_bytes(given.customer.bytes)).to_string(),
            title: needed(given.title, "title")?,
            method: needed(given.method, "method")?,
            currency: Currency::parse(&needed(given.currency, "currency")?)
                .map_err(|error| error.at("currency"))?,
            owner: read(given.owner, "owner")?,
            amount: money_opt(given.amount, "amount")?,
            vehicles: (given.vehicles != 0).then_some(given.vehicles),
            expected_close: from_c(close, "expected_close")?,
            campaign: read(given.campaign, "campaign")?,
            number: read(given.number, "number")?,
        });
        let receipt = with_session(session, |state| state.run(state.command_id(given.command_id), &command))?;
        if !id.is_null() {
            // SAFETY: not NULL, and the header asks for a variable that may be written to.
            unsafe { out_value(id, "id") }?.set(written(&receipt, "opportunity"));
        }
        Ok(())
    })
}

/// Reads an opportunity.
///
/// @param session [in] who looks; not NULL
/// @param key [in] its number, or its id as text; not NULL
/// @param opportunity [out] the opportunity; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_opportunity_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_opportunity_find(
    session: *const clientela_session,
    key: *const c_char,
    opportunity: *mut *mut clientela_opportunity,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a text that ends with a NUL.
        let (out, key) = unsafe { (out_ptr(opportunity, "opportunity")?, cstr(key, "key")?) };
        let read = with_session(session, |state| state.session.find::<Opportunity>(key).or_fail())?;
        out.keep(Fields::of(&read.record))
    })
}

/// Lists the opportunities of a customer, the oldest first.
///
/// @param session [in] who looks; not NULL
/// @param customer [in] the customer; not NULL
/// @param list [out] the opportunities, at most 999, more with clientela_list_next; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, also when there is none; CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free it with clientela_list_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_opportunity_list(
    session: *const clientela_session,
    customer: *const clientela_id,
    list: *mut *mut clientela_list,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and an id that can be read.
        let (out, customer) =
            unsafe { (out_ptr(list, "list")?, read_id::<CustomerId>(customer, "customer")?) };
        let of_customer = Predicate::equals("customer", Value::Id(customer.uuid()));
        out.keep(with_session(session, |state| Rows::that::<Opportunity>(state, of_customer))?)
    })
}

/// A field of an opportunity, as text.
///
/// @param opportunity [in] the opportunity; NULL or not an opportunity gives NULL
/// @param field [in] "number", "title", "state", "stage", "probability", "amount", "currency", "vehicles", "expected_close" or any
///   other name of a column; an unknown one gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `opportunity`, valid until clientela_opportunity_free; NULL when the field is empty
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_opportunity_get(
    opportunity: *const clientela_opportunity,
    field: *const c_char,
    len: *mut usize,
) -> *const c_char {
    guard_val(null(), || {
        // SAFETY: the header asks for a text that ends with a NUL and NULL or a variable that may be written to.
        clientela_opportunity::object(opportunity).map_or(null(), |read| unsafe { read.give(field, len) })
    })
}

/// The id of an opportunity.
///
/// @param opportunity [in] the opportunity; not NULL
/// @param id [out] the id; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_opportunity_id(
    opportunity: *const clientela_opportunity,
    id: *mut clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let read = clientela_opportunity::object(opportunity)?;
        // SAFETY: the header asks for a variable that may be written to.
        unsafe { out_value(id, "id") }?.set(read.id.into());
        Ok(())
    })
}

/// Frees an opportunity.
///
/// @param opportunity [in] the opportunity; nothing happens with NULL
/// Threads: any, once nobody reads it.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_opportunity_free(opportunity: *mut clientela_opportunity) {
    guard_val((), || clientela_opportunity::free(opportunity));
}

/// Takes an opportunity on to a later stage, whose entry condition must hold.
///
/// @param session [in] who does it; not NULL
/// @param opportunity [in] the opportunity; not NULL
/// @param stage [in] code of the stage; NULL for the next one
/// @param note [in] why, in the user's words; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_RULE when the stage's condition does not hold: clientela_error_why says what it saw;
///   CLIENTELA_E_STATE, CLIENTELA_E_VALIDATION, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY,
///   CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_opportunity_advance(
    session: *const clientela_session,
    opportunity: *const clientela_id,
    stage: *const c_char,
    note: *const c_char,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read, and NULL or texts that end with a NUL.
        let (opportunity, stage, note) = unsafe {
            (
                read_id::<OpportunityId>(opportunity, "opportunity")?,
                cstr_opt(stage, "stage")?,
                cstr_opt(note, "note")?,
            )
        };
        let command = Command::OpportunityAdvance(MoveOpportunity {
            opportunity: opportunity.to_string(),
            to: stage.map(str::to_owned),
            note: note.map(str::to_owned),
        });
        with_session(session, |state| state.run(state.session.new_command_id(), &command)).map(drop)
    })
}

/// Wins an opportunity: it counts in quotas from now on.
///
/// @param session [in] who does it; not NULL
/// @param opportunity [in] the opportunity; not NULL
/// @param reason [in] why, in the user's words; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_STATE, CLIENTELA_E_RULE, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT,
///   CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_opportunity_win(
    session: *const clientela_session,
    opportunity: *const clientela_id,
    reason: *const c_char,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read, and NULL or a text that ends with a NUL.
        let end = unsafe { end_of(opportunity, reason, null()) }?;
        let command = Command::OpportunityWin(end);
        with_session(session, |state| state.run(state.session.new_command_id(), &command)).map(drop)
    })
}

/// Loses an opportunity.
///
/// @param session [in] who does it; not NULL
/// @param opportunity [in] the opportunity; not NULL
/// @param reason [in] why, in the user's words; a loss needs it: not NULL
/// @param competitor [in] who got it instead; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_VALIDATION, CLIENTELA_E_STATE, CLIENTELA_E_RULE, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS,
///   CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_opportunity_lose(
    session: *const clientela_session,
    opportunity: *const clientela_id,
    reason: *const c_char,
    competitor: *const c_char,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read, and NULL or texts that end with a NUL.
        let end = unsafe { end_of(opportunity, reason, competitor) }?;
        let command = Command::OpportunityLose(end);
        with_session(session, |state| state.run(state.session.new_command_id(), &command)).map(drop)
    })
}

/// # Safety
/// `opportunity` is NULL or can be read, the texts are NULL or end with a NUL.
unsafe fn end_of(
    opportunity: *const clientela_id,
    reason: *const c_char,
    competitor: *const c_char,
) -> Result<EndOpportunity, Fail> {
    // SAFETY: the caller's promise is passed on.
    let (opportunity, reason, competitor) = unsafe {
        (
            read_id::<OpportunityId>(opportunity, "opportunity")?,
            cstr_opt(reason, "reason")?,
            cstr_opt(competitor, "competitor")?,
        )
    };
    Ok(EndOpportunity {
        opportunity: opportunity.to_string(),
        reason: reason.map(str::to_owned),
        competitor: competitor.map(str::to_owned),
        until: None,
    })
}
