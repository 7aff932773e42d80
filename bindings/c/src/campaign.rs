//! Campaigns: whom they reach, and why.

use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::list::entry;
use crate::rt::{CText, Handle, OrFail, c_struct, cstr, fill_struct, guard, guard_val, handle_type, out_ptr};
use crate::service::with_session;
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::clientela_text;
use clientela::TargetLine;
use clientela::model::EntityId;
use std::ffi::c_char;
use uuid::Uuid;

/// Whom a campaign would reach, as it was when it was asked. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_target_plan {
    _opaque: [u8; 0],
}

handle_type!(clientela_target_plan => Plan);

/// What a plan handle stands for.
#[derive(Debug)]
pub(crate) struct Plan {
    size: usize,
    lines: Vec<Looked>,
}

/// A customer's place in a plan. Texts are owned by the handle.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_target {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// 1 when the customer is reached.
    pub selected: u32,
    /// The customer.
    pub customer: clientela_id,
    /// The consent that is used; all zero for those left out.
    pub consent: clientela_id,
    /// The reason that decided, such as "consent.missing"; "campaign.selected" for those in.
    pub reason: *const c_char,
    /// NULL.
    pub reserved: *const c_char,
}
c_struct!(clientela_target { struct_size, selected, customer, consent, reason, reserved });

/// A customer that was looked at.
#[derive(Debug)]
struct Looked {
    line: TargetLine,
    reason: CText,
}

/// Whom a campaign would reach now, of the customers the session may see. Nothing is written.
///
/// @param session [in] who looks; not NULL
/// @param campaign [in] code of the campaign; not NULL
/// @param plan [out] every customer that was looked at; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_CANCELLED, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT,
///   CLIENTELA_E_UTF8
/// Ownership: free it with clientela_target_plan_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_campaign_target(
    session: *const clientela_session,
    campaign: *const c_char,
    plan: *mut *mut clientela_target_plan,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a text that ends with a NUL.
        let (out, campaign) = unsafe { (out_ptr(plan, "plan")?, cstr(campaign, "campaign")?) };
        let plan = with_session(session, |state| state.stoppable(|session| session.target(campaign)))?;
        let looked = |line: &TargetLine| Looked { reason: CText::new(&line.reason), line: line.clone() };
        out.keep(Plan { size: plan.size(), lines: plan.lines().iter().map(looked).collect() })
    })
}

/// Why one customer is reached by a campaign or not, with the values seen.
///
/// @param session [in] who looks; not NULL
/// @param campaign [in] code of the campaign; not NULL
/// @param customer [in] number of the customer, or its id as text; not NULL
/// @param text [out] named reasons with the figures used, one per line, those beneath a reason indented by two blanks; not NULL,
///   NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_campaign_explain(
    session: *const clientela_session,
    campaign: *const c_char,
    customer: *const c_char,
    text: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and texts that end with a NUL.
        let (out, campaign, customer) =
            unsafe { (out_ptr(text, "text")?, cstr(campaign, "campaign")?, cstr(customer, "customer")?) };
        let why = with_session(session, |state| state.session.explain_target(campaign, customer).or_fail())?;
        out.keep(CText::new(&why.to_string()))
    })
}

/// How many customers are reached.
///
/// @param plan [in] the plan; NULL or not a plan gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_target_plan_size(plan: *const clientela_target_plan) -> usize {
    guard_val(0, || clientela_target_plan::object(plan).map_or(0, |plan| plan.size))
}

/// How many customers were looked at.
///
/// @param plan [in] the plan; NULL or not a plan gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_target_plan_count(plan: *const clientela_target_plan) -> usize {
    guard_val(0, || clientela_target_plan::object(plan).map_or(0, |plan| plan.lines.len()))
}

/// One customer that was looked at.
///
/// @param plan [in] the plan; not NULL
/// @param index [in] 0 to clientela_target_plan_count - 1
/// @param target [out] set up with CLIENTELA_INIT; its texts are owned by `plan`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_target_plan_at(
    plan: *const clientela_target_plan,
    index: usize,
    target: *mut clientela_target,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let plan = clientela_target_plan::object(plan)?;
        let Looked { line, reason } = entry(&plan.lines, index)?;
        let told = clientela_target {
            struct_size: 0,
            selected: u32::from(line.consent.is_some()),
            customer: line.customer.uuid().into(),
            consent: line.consent.map_or(Uuid::nil(), EntityId::uuid).into(),
            reason: reason.as_ptr(),
            reserved: std::ptr::null(),
        };
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(target, &told, "target") }
    })
}

/// Frees a plan.
///
/// @param plan [in] the plan; nothing happens with NULL
/// Threads: any, once nobody reads it.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_target_plan_free(plan: *mut clientela_target_plan) {
    guard_val((), || clientela_target_plan::free(plan));
}
