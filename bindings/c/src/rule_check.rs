//! What is wrong with a rule, for an editor: places, carets, what would be right.

use crate::error::clientela_error;
use crate::list::entry;
use crate::record::{address, optional};
use crate::rt::{CText, Fail, Handle, c_struct, cstr, fill_struct, guard, guard_val, handle_type, out_ptr};
use crate::rule::subject;
use crate::service::with_session;
use crate::session::clientela_session;
use crate::status::clientela_status;
use clientela::rules::RuleError;
use std::ffi::c_char;

/// What is wrong with a rule. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_rule_findings {
    _opaque: [u8; 0],
}

handle_type!(clientela_rule_findings => Vec<Finding>);

/// One thing that is wrong with a rule. Texts are owned by the findings.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_rule_finding {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Zero.
    pub reserved: u32,
    /// Stable dotted word, such as "rule.unknown_field".
    pub code: *const c_char,
    /// One sentence in English.
    pub message: *const c_char,
    /// What would be right, such as the nearest name; NULL when there is nothing to say.
    pub hint: *const c_char,
    /// The line, and in a second line carets under the place.
    pub snippet: *const c_char,
}
c_struct!(clientela_rule_finding { struct_size, line, column, reserved, code, message, hint, snippet });

/// A finding with its texts.
#[derive(Debug)]
pub(crate) struct Finding {
    line: u32,
    column: u32,
    code: CText,
    message: CText,
    hint: Option<CText>,
    snippet: CText,
}

impl From<RuleError> for Finding {
    fn from(found: RuleError) -> Self {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            line: number(found.line),
            column: number(found.column),
            code: CText::new(found.code),
            message: CText::new(&found.message),
            hint: optional(found.hint.as_deref()),
            snippet: CText::new(&found.snippet),
        }
    }
}

/// Checks a rule as clientela_rule_compile does, and tells each finding with its place; for an editor.
///
/// @param session [in] who asks; not NULL
/// @param about [in] "customer", "opportunity" or "lead"; not NULL
/// @param source [in] the rule; not NULL
/// @param findings [out] what is wrong, in the order of the places; none when the rule can be used; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK whatever was found; CLIENTELA_E_VALIDATION when there are no rules about that; CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT, CLIENTELA_E_LIMIT, CLIENTELA_E_UTF8
/// Ownership: free them with clientela_rule_findings_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_check(
    session: *const clientela_session,
    about: *const c_char,
    source: *const c_char,
    findings: *mut *mut clientela_rule_findings,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and texts that end with a NUL.
        let (out, about, source) =
            unsafe { (out_ptr(findings, "findings")?, cstr(about, "about")?, cstr(source, "source")?) };
        let about = subject(about)?;
        let found = with_session(session, |state| Ok::<_, Fail>(state.session.check_rule(source, about)))?;
        out.keep(found.into_iter().map(Finding::from).collect())
    })
}

/// How many findings there are.
///
/// @param findings [in] the findings; NULL or not findings gives 0
/// @return the number; 0 when the rule can be used
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_findings_count(findings: *const clientela_rule_findings) -> usize {
    guard_val(0, || clientela_rule_findings::object(findings).map_or(0, |findings| findings.len()))
}

/// One finding.
///
/// @param findings [in] the findings; not NULL
/// @param index [in] 0 to clientela_rule_findings_count - 1
/// @param finding [out] set up with CLIENTELA_INIT; its texts are owned by `findings`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_findings_at(
    findings: *const clientela_rule_findings,
    index: usize,
    finding: *mut clientela_rule_finding,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let findings = clientela_rule_findings::object(findings)?;
        let found = entry(&findings, index)?;
        let told = clientela_rule_finding {
            struct_size: 0,
            line: found.line,
            column: found.column,
            reserved: 0,
            code: found.code.as_ptr(),
            message: found.message.as_ptr(),
            hint: address(found.hint.as_ref()),
            snippet: found.snippet.as_ptr(),
        };
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(finding, &told, "finding") }
    })
}

/// Frees findings.
///
/// @param findings [in] the findings; nothing happens with NULL
/// Threads: any, once nobody reads them.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_rule_findings_free(findings: *mut clientela_rule_findings) {
    guard_val((), || clientela_rule_findings::free(findings));
}
