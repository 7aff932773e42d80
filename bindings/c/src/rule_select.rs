//! Rules asked of all records: those for which one holds, and how many each of its conditions removes.

use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::list::entry;
use crate::rt::{
    CText, Fail, Handle, c_struct, copy_struct, fill_struct, guard, guard_val, handle_type, out_ptr,
};
use crate::rule::clientela_rule;
use crate::service::with_session;
use crate::session::clientela_session;
use crate::status::clientela_status;
use clientela::RuleRun;
use clientela::rules::Funnel;
use std::ffi::c_char;
use std::num::NonZeroUsize;
use std::ptr::null;

/// The records for which a rule holds. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_selection {
    _opaque: [u8; 0],
}

handle_type!(clientela_selection => Chosen);

/// How many records each condition of a rule removes. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_rule_steps {
    _opaque: [u8; 0],
}

handle_type!(clientela_rule_steps => Steps);

/// As many threads as the machine has processors.
pub const CLIENTELA_ALL_CORES: u32 = 0xffff_ffff;

/// How a rule is asked of many records.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_rule_options {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// How many threads work on it, the caller's own included; 0 for that one alone, CLIENTELA_ALL_CORES for all processors.
    pub workers: u32,
}
c_struct!(clientela_rule_options { struct_size, workers });

/// What a selection has counted.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_selection_counts {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Records for which the rule holds.
    pub found: u64,
    /// Records that were asked: those the session may see.
    pub asked: u64,
    /// Of those, the ones of which it cannot be told; they are not among the found.
    pub unknown: u64,
    /// The number of the last change of the state that was asked, as in `clientela_store_facts`.
    pub version: i64,
}
c_struct!(clientela_selection_counts { struct_size, reserved, found, asked, unknown, version });

/// One condition of a rule and what it removes. Texts are owned by the steps.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_rule_step {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Its place in the rule, from 1.
    pub place: u32,
    /// The condition as it is written.
    pub condition: *const c_char,
    /// NULL.
    pub reserved: *const c_char,
    /// Records for which this condition alone holds.
    pub alone: u64,
    /// Records the conditions before it have left and this one removes.
    pub removed: u64,
    /// Of those removed, the ones of which it cannot be told.
    pub unknown: u64,
    /// Records left after it.
    pub left: u64,
}
c_struct!(clientela_rule_step { struct_size, place, condition, reserved, alone, removed, unknown, left });

/// What a selection handle stands for.
#[derive(Debug)]
pub(crate) struct Chosen {
    ids: Vec<clientela_id>,
    asked: u64,
    unknown: u64,
    version: i64,
}

/// A funnel with its texts.
#[derive(Debug)]
pub(crate) struct Steps {
    funnel: Funnel,
    conditions: Vec<CText>,
}

/// The way of asking that a structure says; the caller's thread alone without one.
///
/// # Safety
/// `options` is NULL or as `copy_struct` asks.
unsafe fn run_of(options: *const clientela_rule_options) -> Result<RuleRun, Fail> {
    if options.is_null() {
        return Ok(RuleRun::default());
    }
    // SAFETY: not NULL, and the caller's promise is passed on.
    let workers = unsafe { copy_struct(options, "options") }?.workers;
    if workers == CLIENTELA_ALL_CORES {
        return Ok(RuleRun::all_cores());
    }
    Ok(RuleRun { workers: NonZeroUsize::new(usize::try_from(workers).unwrap_or(usize::MAX)) })
}

/// All records that the session may see and for which a rule holds. Customers are asked in columns kept in memory, which the first
/// such call builds and later ones bring up to date.
///
/// @param session [in] who asks; not NULL
/// @param rule [in] the rule; not NULL
/// @param options [in] how; NULL for the caller's thread alone
/// @param selection [out] their ids; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_CANCELLED, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free it with clientela_selection_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_select(
    session: *const clientela_session,
    rule: *const clientela_rule,
    options: *const clientela_rule_options,
    selection: *mut *mut clientela_selection,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and NULL or a structure set up with CLIENTELA_INIT.
        let (out, run) = unsafe { (out_ptr(selection, "selection")?, run_of(options)?) };
        let rule = clientela_rule::object(rule)?;
        let found = with_session(session, |state| state.stoppable(|session| rule.rule.select(session, run)))?;
        out.keep(Chosen {
            ids: found.ids.into_iter().map(clientela_id::from).collect(),
            asked: found.asked as u64,
            unknown: found.unknown as u64,
            version: found.commit,
        })
    })
}

/// The ids of a selection, one after the other in ascending order.
///
/// @param selection [in] the selection; NULL or not a selection gives NULL
/// @param count [out] how many there are; may be NULL, not written when the result is NULL
/// @return the first of the ids, owned by `selection`, valid until clientela_selection_free
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_selection_ids(
    selection: *const clientela_selection,
    count: *mut usize,
) -> *const clientela_id {
    guard_val(null(), || {
        let Ok(selection) = clientela_selection::object(selection) else { return null() };
        if !count.is_null() && count.is_aligned() {
            // SAFETY: not NULL, aligned, and the header asks for a variable that may be written to.
            unsafe { count.write(selection.ids.len()) };
        }
        selection.ids.as_ptr()
    })
}

/// What a selection has counted.
///
/// @param selection [in] the selection; not NULL
/// @param counts [out] set up with CLIENTELA_INIT; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_selection_info(
    selection: *const clientela_selection,
    counts: *mut clientela_selection_counts,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let selection = clientela_selection::object(selection)?;
        let told = clientela_selection_counts {
            struct_size: 0,
            reserved: 0,
            found: selection.ids.len() as u64,
            asked: selection.asked,
            unknown: selection.unknown,
            version: selection.version,
        };
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(counts, &told, "counts") }
    })
}

/// Frees a selection.
///
/// @param selection [in] the selection; nothing happens with NULL
/// Threads: any, once nobody reads it.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_selection_free(selection: *mut clientela_selection) {
    guard_val((), || clientela_selection::free(selection));
}

/// How many of the records that the session may see each condition of a rule removes, in the order they are written.
///
/// @param session [in] who asks; not NULL
/// @param rule [in] the rule; not NULL
/// @param options [in] how; NULL for the caller's thread alone
/// @param steps [out] one step for each condition; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_CANCELLED, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free them with clientela_rule_steps_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_funnel(
    session: *const clientela_session,
    rule: *const clientela_rule,
    options: *const clientela_rule_options,
    steps: *mut *mut clientela_rule_steps,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and NULL or a structure set up with CLIENTELA_INIT.
        let (out, run) = unsafe { (out_ptr(steps, "steps")?, run_of(options)?) };
        let rule = clientela_rule::object(rule)?;
        let funnel =
            with_session(session, |state| state.stoppable(|session| rule.rule.funnel(session, run)))?;
        let conditions = funnel.steps.iter().map(|step| CText::new(&step.condition)).collect();
        out.keep(Steps { funnel, conditions })
    })
}

/// How many records were asked: those the session may see.
///
/// @param steps [in] the steps; NULL or not steps gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_steps_asked(steps: *const clientela_rule_steps) -> usize {
    guard_val(0, || clientela_rule_steps::object(steps).map_or(0, |steps| steps.funnel.asked))
}

/// How many steps there are.
///
/// @param steps [in] the steps; NULL or not steps gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_steps_count(steps: *const clientela_rule_steps) -> usize {
    guard_val(0, || clientela_rule_steps::object(steps).map_or(0, |steps| steps.conditions.len()))
}

/// One step.
///
/// @param steps [in] the steps; not NULL
/// @param index [in] 0 to clientela_rule_steps_count - 1
/// @param step [out] set up with CLIENTELA_INIT; its texts are owned by `steps`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_steps_at(
    steps: *const clientela_rule_steps,
    index: usize,
    step: *mut clientela_rule_step,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let steps = clientela_rule_steps::object(steps)?;
        let (condition, found) = (entry(&steps.conditions, index)?, entry(&steps.funnel.steps, index)?);
        let told = clientela_rule_step {
            struct_size: 0,
            place: u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1),
            condition: condition.as_ptr(),
            reserved: null(),
            alone: found.alone as u64,
            removed: found.removed as u64,
            unknown: found.unknown as u64,
            left: found.left as u64,
        };
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(step, &told, "step") }
    })
}

/// Frees steps.
///
/// @param steps [in] the steps; nothing happens with NULL
/// Threads: any, once nobody reads them.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_steps_free(steps: *mut clientela_rule_steps) {
    guard_val((), || clientela_rule_steps::free(steps));
}
