//! Histories: who changed what, when, from what to what and why.

use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::list::entry;
use crate::record::{address, optional};
use crate::rt::{
    CText, Fail, Handle, OrFail, c_struct, cstr, fill_struct, guard, guard_val, handle_type, out_ptr,
};
use crate::service::with_session;
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::time::{clientela_time, to_c};
use clientela::HistoryEntry;
use std::ffi::c_char;
use std::sync::Arc;

/// The changes of a record. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_changes {
    _opaque: [u8; 0],
}

handle_type!(clientela_changes => Vec<Change>);

/// One changed field. Texts are owned by the handle; NULL when empty. Values are written as everywhere: exact decimals, ISO dates,
/// amount and currency; those the session may not read are NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_change {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// 1 when this made the record.
    pub created: u32,
    /// When.
    pub at: clientela_time,
    /// The record's version from then on; changes of one command have the same.
    pub version: i64,
    /// The user.
    pub user: clientela_id,
    /// The position the user acted from; all zero when none.
    pub position: clientela_id,
    /// The command.
    pub command_id: clientela_id,
    /// The command's word, such as "offer.issue".
    pub command: *const c_char,
    /// Why, in the user's words.
    pub why: *const c_char,
    /// Name of the field.
    pub field: *const c_char,
    /// Name of the field for people.
    pub label: *const c_char,
    /// What it was.
    pub before: *const c_char,
    /// What it became.
    pub after: *const c_char,
}
c_struct!(clientela_change {
    struct_size,
    created,
    at,
    version,
    user,
    position,
    command_id,
    command,
    why,
    field,
    label,
    before,
    after
});

/// One changed field with its command.
#[derive(Debug)]
pub(crate) struct Change {
    of: Arc<Of>,
    field: CText,
    label: CText,
    before: Option<CText>,
    after: Option<CText>,
}

/// What the changes of one command share.
#[derive(Debug)]
struct Of {
    entry: HistoryEntry,
    command: CText,
    why: Option<CText>,
}

impl Change {
    fn told(&self) -> Result<clientela_change, Fail> {
        let HistoryEntry { seq, time, actor, position, command, created, .. } = &self.of.entry;
        Ok(clientela_change {
            struct_size: 0,
            created: u32::from(*created),
            at: to_c(*time, "at")?,
            version: *seq,
            user: (*actor).into(),
            position: position.unwrap_or_default().into(),
            command_id: (*command).into(),
            command: self.of.command.as_ptr(),
            why: address(self.of.why.as_ref()),
            field: self.field.as_ptr(),
            label: self.label.as_ptr(),
            before: address(self.before.as_ref()),
            after: address(self.after.as_ref()),
        })
    }
}

fn flat(mut entry: HistoryEntry) -> impl Iterator<Item = Change> {
    let changes = std::mem::take(&mut entry.changes);
    let why = optional(Some(entry.reason.as_str()).filter(|reason| !reason.is_empty()));
    let of = Arc::new(Of { command: CText::new(&entry.kind), why, entry });
    changes.into_iter().map(move |change| {
        let text =
            |value: &clientela::model::Value| (!value.is_null()).then(|| CText::new(&value.to_plain_text()));
        Change {
            of: Arc::clone(&of),
            field: CText::new(change.column.name),
            label: CText::new(change.column.label),
            before: text(&change.before),
            after: text(&change.after),
        }
    })
}

/// Reads who changed what of a record, field by field, the oldest first.
///
/// @param session [in] who looks; not NULL
/// @param entity [in] name of the entity: "relationship" and "party" (the two records of a customer), "opportunity", "offer"…;
///   not NULL
/// @param id [in] the record; not NULL
/// @param changes [out] the changes; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free them with clientela_changes_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_history(
    session: *const clientela_session,
    entity: *const c_char,
    id: *const clientela_id,
    changes: *mut *mut clientela_changes,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to, a text that ends with a NUL and an id that can be read.
        let (out, entity, id) =
            unsafe { (out_ptr(changes, "changes")?, cstr(entity, "entity")?, clientela_id::read(id, "id")?) };
        let entries = with_session(session, |state| state.session.history(entity, id).or_fail())?;
        out.keep(entries.into_iter().flat_map(flat).collect())
    })
}

/// How many changes there are.
///
/// @param changes [in] the changes; NULL or not changes gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_changes_count(changes: *const clientela_changes) -> usize {
    guard_val(0, || clientela_changes::object(changes).map_or(0, |changes| changes.len()))
}

/// One change.
///
/// @param changes [in] the changes; not NULL
/// @param index [in] 0 to clientela_changes_count - 1
/// @param change [out] set up with CLIENTELA_INIT; its texts are owned by `changes`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_changes_at(
    changes: *const clientela_changes,
    index: usize,
    change: *mut clientela_change,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let changes = clientela_changes::object(changes)?;
        let told = entry(&changes, index)?.told()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(change, &told, "change") }
    })
}

/// Frees changes.
///
/// @param changes [in] the changes; nothing happens with NULL
/// Threads: any, once nobody reads them.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_changes_free(changes: *mut clientela_changes) {
    guard_val((), || clientela_changes::free(changes));
}
