//! Rule sets: what the version that holds says of one record.

use crate::date::{clientela_date, from_c};
use crate::error::clientela_error;
use crate::rt::{CText, Handle, OrFail, cstr, guard, guard_val, handle_type, out_ptr};
use crate::rule::subject;
use crate::service::with_session;
use crate::session::clientela_session;
use crate::status::clientela_status;
use clientela::{Decided, RuleSetAnswer, RuleSetSubject};
use std::ffi::c_char;
use std::ptr::null;

/// What a rule set has said of a record. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_rule_set_answer {
    _opaque: [u8; 0],
}

handle_type!(clientela_rule_set_answer => Answer);

/// An answer with its texts.
#[derive(Debug)]
pub(crate) struct Answer {
    unknown: bool,
    values: Vec<CText>,
    version: CText,
    why: CText,
}

impl From<RuleSetAnswer> for Answer {
    fn from(answer: RuleSetAnswer) -> Self {
        let values = answer.decided.values().iter().map(|value| CText::new(&value.to_string())).collect();
        Self {
            unknown: answer.decided == Decided::Unknown,
            values,
            version: CText::new(&answer.rule_set),
            why: CText::new(&answer.why.to_string()),
        }
    }
}

/// A text of an answer; NULL when the handle is not one.
fn text(
    answer: *const clientela_rule_set_answer,
    len: *mut usize,
    read: impl FnOnce(&Answer) -> Option<&CText>,
) -> *const c_char {
    let Ok(answer) = clientela_rule_set_answer::object(answer) else { return null() };
    // SAFETY: the header asks for NULL or a variable that may be written to.
    read(&answer).map_or(null(), |text| unsafe { text.give(len) })
}

/// What the version of a rule set that holds on a day says of a customer, an opportunity or a lead, as far as the session sees
/// them.
///
/// @param session [in] who asks; not NULL
/// @param name [in] name of the rule set, such as "visit_interval"; not NULL
/// @param about [in] "customer", "opportunity" or "lead": what `key` names; not NULL
/// @param key [in] its number, or its id as text; not NULL
/// @param day [in] the day, which is also the rules' `today`; CLIENTELA_NO_DATE for today
/// @param answer [out] what it says; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK whatever it says; CLIENTELA_E_NOT_FOUND when no version of that name holds that day, or for a record that is
///   not there or may not be seen; CLIENTELA_E_VALIDATION when `about` is no such word; CLIENTELA_E_ARGUMENT also when the rule set
///   speaks of opportunities and is asked of a customer; CLIENTELA_E_RANGE, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_UTF8
/// Ownership: free it with clientela_rule_set_answer_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_set_evaluate(
    session: *const clientela_session,
    name: *const c_char,
    about: *const c_char,
    key: *const c_char,
    day: clientela_date,
    answer: *mut *mut clientela_rule_set_answer,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and texts that end with a NUL.
        let (out, name, about, key) = unsafe {
            (out_ptr(answer, "answer")?, cstr(name, "name")?, cstr(about, "about")?, cstr(key, "key")?)
        };
        let of = RuleSetSubject::of(subject(about)?, key);
        let day = from_c(day, "day")?;
        let answer =
            with_session(session, |state| state.session.evaluate_rule_set(name, &of, day, false).or_fail())?;
        out.keep(answer.into())
    })
}

/// Whether the answer cannot be told: a row applies but its value is missing, or several rows apply where only one may.
///
/// @param answer [in] the answer; NULL or not an answer gives 0
/// @return 1 when it cannot be told, 0 when it can
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_set_answer_unknown(answer: *const clientela_rule_set_answer) -> i32 {
    guard_val(0, || clientela_rule_set_answer::object(answer).map_or(0, |answer| i32::from(answer.unknown)))
}

/// How many values the answer has: 0 when no row applies or it cannot be told, several only for a rule set that gives those of all
/// rows that apply.
///
/// @param answer [in] the answer; NULL or not an answer gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_set_answer_count(answer: *const clientela_rule_set_answer) -> usize {
    guard_val(0, || clientela_rule_set_answer::object(answer).map_or(0, |answer| answer.values.len()))
}

/// A value of the answer, as text: exact decimals, ISO dates, "true" and "false".
///
/// @param answer [in] the answer; NULL or not an answer gives NULL
/// @param index [in] 0 to clientela_rule_set_answer_count - 1; beyond gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `answer`
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_set_answer_value(
    answer: *const clientela_rule_set_answer,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    guard_val(null(), || text(answer, len, |answer| answer.values.get(index)))
}

/// The version that was asked, such as "visit_interval/3".
///
/// @param answer [in] the answer; NULL or not an answer gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `answer`
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_set_answer_version(
    answer: *const clientela_rule_set_answer,
    len: *mut usize,
) -> *const c_char {
    guard_val(null(), || text(answer, len, |answer| Some(&answer.version)))
}

/// Why: the rows that decided, with their reasons and the values seen, one per line, those beneath a reason indented by two blanks.
/// It may hold personal data: it is for the user's screen, not for a log.
///
/// @param answer [in] the answer; NULL or not an answer gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `answer`
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_set_answer_why(
    answer: *const clientela_rule_set_answer,
    len: *mut usize,
) -> *const c_char {
    guard_val(null(), || text(answer, len, |answer| Some(&answer.why)))
}

/// Frees an answer.
///
/// @param answer [in] the answer; nothing happens with NULL
/// Threads: any, once nobody reads it.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_set_answer_free(answer: *mut clientela_rule_set_answer) {
    guard_val((), || clientela_rule_set_answer::free(answer));
}
