//! Rules: conditions that a host writes over stored records, checked when they are made, and what they say of one record.

use crate::error::clientela_error;
use crate::list::entry;
use crate::rt::{
    CText, Fail, Handle, OrFail, c_struct, cstr, fill_struct, guard, guard_val, handle_type, out_ptr,
    out_value,
};
use crate::service::with_session;
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::clientela_text;
use clientela::model::ClosedList;
use clientela::rules::Outcome;
use clientela::{RuleSubject, StoreRule};
use std::ffi::c_char;
use std::ptr::null;

/// A rule over customers, opportunities or leads, such as "customer.fleet.size() > 2". A snapshot: it never changes, any number of threads
/// may use it, and it belongs to no session: each session asks it of what it may see.
pub struct clientela_rule {
    _opaque: [u8; 0],
}

handle_type!(clientela_rule => Compiled);

/// What a rule says of a record. Only CLIENTELA_RULE_YES means that it holds. See `clientela_rule_outcome_code` for the values.
pub type clientela_rule_outcome = i32;

/// The values of an outcome.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum clientela_rule_outcome_code {
    /// It cannot be told, because something is missing or cannot be computed. Counts as no.
    CLIENTELA_RULE_UNKNOWN = -1,
    /// It does not hold.
    CLIENTELA_RULE_NO = 0,
    /// It holds.
    CLIENTELA_RULE_YES = 1,
}

/// A field that a rule reads. Texts are owned by the rule.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_rule_path {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// 1 when it is personal data.
    pub personal: u32,
    /// 1 when it is confidential.
    pub confidential: u32,
    /// Zero.
    pub reserved: u32,
    /// Such as "customer.fleet[].make"; "[]" stands for every entry of a list.
    pub field: *const c_char,
}
c_struct!(clientela_rule_path { struct_size, personal, confidential, reserved, field });

/// A rule with its texts.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) rule: StoreRule,
    source: CText,
    about: CText,
    result_type: CText,
    conjuncts: Vec<CText>,
    reads: Vec<CText>,
}

impl Compiled {
    fn of(rule: StoreRule) -> Self {
        Self {
            source: CText::new(rule.source()),
            about: CText::new(rule.about().word()),
            result_type: CText::new(&rule.result_type()),
            conjuncts: rule.conjuncts().iter().map(|text| CText::new(text)).collect(),
            reads: rule.reads().iter().map(|path| CText::new(&path.text)).collect(),
            rule,
        }
    }
}

/// What a word of the header makes a rule be about.
///
/// # Errors
/// `word.unknown` at "about".
pub(crate) fn subject(about: &str) -> Result<RuleSubject, Fail> {
    RuleSubject::parse(about).map_err(|error| error.at("about").into())
}

/// A text of a rule; NULL when the handle is not one.
fn text(
    rule: *const clientela_rule,
    len: *mut usize,
    read: impl FnOnce(&Compiled) -> Option<&CText>,
) -> *const c_char {
    let Ok(rule) = clientela_rule::object(rule) else { return null() };
    // SAFETY: the header asks for NULL or a variable that may be written to.
    read(&rule).map_or(null(), |text| unsafe { text.give(len) })
}

/// Reads and checks a rule. It is written in CEL; what it may speak of is `today`, `customer`, for opportunities also
/// `opportunity`, and for leads `lead` alone. A rule that cannot be used is refused with code "rule.invalid": every finding is an issue of the error, its
/// field the place as "line:column", its message with what would be right. clientela_rule_check shows the places as well.
///
/// @param session [in] who asks; not NULL
/// @param about [in] "customer", "opportunity" or "lead"; not NULL
/// @param source [in] the rule; not NULL
/// @param rule [out] the rule; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_RULE when it cannot be used; CLIENTELA_E_VALIDATION when there are no rules about that;
///   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_LIMIT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_rule_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_compile(
    session: *const clientela_session,
    about: *const c_char,
    source: *const c_char,
    rule: *mut *mut clientela_rule,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and texts that end with a NUL.
        let (out, about, source) =
            unsafe { (out_ptr(rule, "rule")?, cstr(about, "about")?, cstr(source, "source")?) };
        let about = subject(about)?;
        let rule = with_session(session, |state| state.session.rule(source, about).or_fail())?;
        out.keep(Compiled::of(rule))
    })
}

/// The text a rule was made from.
///
/// @param rule [in] the rule; NULL or not a rule gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `rule`
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_source(
    rule: *const clientela_rule,
    len: *mut usize,
) -> *const c_char {
    guard_val(null(), || text(rule, len, |rule| Some(&rule.source)))
}

/// What a rule is about.
///
/// @param rule [in] the rule; NULL or not a rule gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return "customer", "opportunity" or "lead", with a NUL after it, owned by `rule`
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_about(rule: *const clientela_rule, len: *mut usize) -> *const c_char {
    guard_val(null(), || text(rule, len, |rule| Some(&rule.about)))
}

/// The type of a rule's result, as messages name it: "yes or no".
///
/// @param rule [in] the rule; NULL or not a rule gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `rule`
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_result_type(
    rule: *const clientela_rule,
    len: *mut usize,
) -> *const c_char {
    guard_val(null(), || text(rule, len, |rule| Some(&rule.result_type)))
}

/// How many conditions a rule has of which all must hold; 1 when it is not made of several.
///
/// @param rule [in] the rule; NULL or not a rule gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_conjunct_count(rule: *const clientela_rule) -> usize {
    guard_val(0, || clientela_rule::object(rule).map_or(0, |rule| rule.conjuncts.len()))
}

/// One of the conditions of which all must hold, as it is written.
///
/// @param rule [in] the rule; NULL or not a rule gives NULL
/// @param index [in] 0 to clientela_rule_conjunct_count - 1; beyond gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `rule`
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_conjunct(
    rule: *const clientela_rule,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    guard_val(null(), || text(rule, len, |rule| rule.conjuncts.get(index)))
}

/// How many fields a rule reads.
///
/// @param rule [in] the rule; NULL or not a rule gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_reads_count(rule: *const clientela_rule) -> usize {
    guard_val(0, || clientela_rule::object(rule).map_or(0, |rule| rule.reads.len()))
}

/// One of the fields a rule reads, in alphabetical order.
///
/// @param rule [in] the rule; not NULL
/// @param index [in] 0 to clientela_rule_reads_count - 1
/// @param path [out] set up with CLIENTELA_INIT; its texts are owned by `rule`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_reads_at(
    rule: *const clientela_rule,
    index: usize,
    path: *mut clientela_rule_path,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let rule = clientela_rule::object(rule)?;
        let (field, read) = (entry(&rule.reads, index)?, entry(rule.rule.reads(), index)?);
        let told = clientela_rule_path {
            struct_size: 0,
            personal: u32::from(read.personal),
            confidential: u32::from(read.confidential),
            reserved: 0,
            field: field.as_ptr(),
        };
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(path, &told, "path") }
    })
}

/// What a rule says of one record, as it is now.
///
/// @param session [in] who asks; not NULL
/// @param rule [in] the rule; not NULL
/// @param key [in] number of the customer or opportunity, or its id as text; not NULL
/// @param outcome [out] CLIENTELA_RULE_YES, CLIENTELA_RULE_NO or CLIENTELA_RULE_UNKNOWN, which counts as no; not NULL, written on
///   success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK whatever it says; CLIENTELA_E_NOT_FOUND for a record that is not there or may not be seen;
///   CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_evaluate(
    session: *const clientela_session,
    rule: *const clientela_rule,
    key: *const c_char,
    outcome: *mut clientela_rule_outcome,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a text that ends with a NUL.
        let (out, key) = unsafe { (out_value(outcome, "outcome")?, cstr(key, "key")?) };
        let rule = clientela_rule::object(rule)?;
        let verdict = with_session(session, |state| rule.rule.holds(&state.session, key).or_fail())?;
        out.set(match verdict.outcome {
            Outcome::True => clientela_rule_outcome_code::CLIENTELA_RULE_YES,
            Outcome::False => clientela_rule_outcome_code::CLIENTELA_RULE_NO,
            Outcome::Unknown | Outcome::Value(_) => clientela_rule_outcome_code::CLIENTELA_RULE_UNKNOWN,
        } as clientela_rule_outcome);
        Ok(())
    })
}

/// Why a rule holds for one record or not: "rule.true", "rule.false" or "rule.unknown", and beneath it the conditions that
/// decided, with the values seen as far as the session may read them.
///
/// @param session [in] who asks; not NULL
/// @param rule [in] the rule; not NULL
/// @param key [in] number of the customer or opportunity, or its id as text; not NULL
/// @param why [out] named reasons with the figures used, one per line, those beneath a reason indented by two blanks; not NULL,
///   NULL on failure. It may hold personal data: it is for the user's screen, not for a log
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_NOT_FOUND for a record that is not there or may not be seen; CLIENTELA_E_STATE,
///   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_explain(
    session: *const clientela_session,
    rule: *const clientela_rule,
    key: *const c_char,
    why: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a text that ends with a NUL.
        let (out, key) = unsafe { (out_ptr(why, "why")?, cstr(key, "key")?) };
        let rule = clientela_rule::object(rule)?;
        let why = with_session(session, |state| rule.rule.explain(&state.session, key).or_fail())?;
        out.keep(CText::new(&why.to_string()))
    })
}

/// Frees a rule.
///
/// @param rule [in] the rule; nothing happens with NULL
/// Threads: any, once nobody uses it.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_free(rule: *mut clientela_rule) {
    guard_val((), || clientela_rule::free(rule));
}
