//! Lists for screens.

use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::record::Fields;
use crate::rt::{Boundary, Fail, Handle, OrFail, Step, guard, guard_val, handle_type, out_ptr, out_value};
use crate::service::{SessionState, with_session};
use crate::session::clientela_session;
use crate::status::clientela_status;
use clientela::model::{Comparison, Value};
use clientela::{LIST_MAX, Predicate, Record, Session, Stored};
use std::ffi::c_char;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use uuid::Uuid;

/// A list of records, at most 1000. A snapshot: it never changes, and any number of threads may read it.
pub struct clientela_list {
    _opaque: [u8; 0],
}

handle_type!(clientela_list => Rows);

/// The rows of a list, and how to go on.
pub(crate) struct Rows {
    rows: Vec<Fields>,
    more: bool,
    limit: usize,
    page: Page,
}

/// So many rows after the one of that id.
type Page = Arc<dyn Fn(&Session, Option<Uuid>, usize) -> clientela::Result<Vec<Fields>> + Send + Sync>;

impl Debug for Rows {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("rows", &self.rows.len()).field("more", &self.more).finish()
    }
}

impl Rows {
    /// As many rows as a list holds of those `page` gives, in the order of their ids, after the one of that id.
    ///
    /// # Errors
    /// The page's.
    pub(crate) fn first<R: Record>(
        state: &SessionState,
        limit: usize,
        after: Option<Uuid>,
        page: impl Fn(&Session, Option<Uuid>, usize) -> clientela::Result<Vec<Stored<R>>> + Send + Sync + 'static,
    ) -> Result<Self, Fail> {
        let page: Page = Arc::new(move |session, after, most| {
            let found = page(session, after, most)?;
            Ok(found.iter().map(|stored| Fields::of(&stored.record)).collect())
        });
        Self::after(&state.session, limit, after, page)
    }

    /// The first rows that satisfy a condition.
    ///
    /// # Errors
    /// What the store refuses.
    pub(crate) fn that<R: Record + 'static>(
        state: &SessionState,
        condition: Predicate,
    ) -> Result<Self, Fail> {
        Self::first(state, limit(0), None, move |session: &Session, after, most| {
            let later = |id| Predicate::Compare("id".into(), Comparison::Greater, Value::Id(id));
            let wanted = after.map_or_else(|| condition.clone(), |id| condition.clone().and(later(id)));
            session.list::<R>(&wanted, most, 0)
        })
    }

    fn after(session: &Session, limit: usize, after: Option<Uuid>, page: Page) -> Result<Self, Fail> {
        // One row more than asked for tells that there are more.
        let mut rows = page(session, after, limit + 1).or_fail()?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(Self { rows, more, limit, page })
    }

    /// The rows after these; nothing when there are no more.
    fn next(&self, session: &Session) -> Result<Option<Self>, Fail> {
        match self.rows.last() {
            Some(last) if self.more => {
                Self::after(session, self.limit, Some(last.id), Arc::clone(&self.page)).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// How many rows are wanted: what the caller says, at most what a list holds less the row that tells of more.
pub(crate) fn limit(asked: u32) -> usize {
    let most = LIST_MAX - 1;
    match usize::try_from(asked).unwrap_or(most) {
        0 => most,
        asked => asked.min(most),
    }
}

/// The entry at an index.
///
/// # Errors
/// `value.range` when there is none.
pub(crate) fn entry<T>(entries: &[T], index: usize) -> Result<&T, Fail> {
    entries.get(index).ok_or_else(|| {
        Boundary::Range { name: "index".to_owned(), range: "0 to one less than the number of entries" }.into()
    })
}

/// How many records are in the list.
///
/// @param list [in] the list; NULL or not a list gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_list_count(list: *const clientela_list) -> usize {
    guard_val(0, || clientela_list::object(list).map_or(0, |list| list.rows.len()))
}

/// Whether there are more than the list brings: clientela_list_next gives them.
///
/// @param list [in] the list; NULL or not a list gives 0
/// @return 1 when there are more, 0 when not
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_list_more(list: *const clientela_list) -> i32 {
    guard_val(0, || clientela_list::object(list).map_or(0, |list| i32::from(list.more)))
}

/// The id of a record of the list.
///
/// @param list [in] the list; not NULL
/// @param index [in] 0 to clientela_list_count - 1
/// @param id [out] the id; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_list_id(
    list: *const clientela_list,
    index: usize,
    id: *mut clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let list = clientela_list::object(list)?;
        // SAFETY: the header asks for a variable that may be written to.
        let out = unsafe { out_value(id, "id") }?;
        out.set(entry(&list.rows, index)?.id.into());
        Ok(())
    })
}

/// A field of a record of the list, as text.
///
/// @param list [in] the list; NULL or not a list gives NULL
/// @param index [in] 0 to clientela_list_count - 1; beyond gives NULL
/// @param field [in] name of the field, such as "name" or "number"; an unknown one gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `list`, valid until clientela_list_free; NULL when the field is empty
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_list_get(
    list: *const clientela_list,
    index: usize,
    field: *const c_char,
    len: *mut usize,
) -> *const c_char {
    guard_val(std::ptr::null(), || {
        let Ok(list) = clientela_list::object(list) else { return std::ptr::null() };
        // SAFETY: the header asks for a text that ends with a NUL and NULL or a variable that may be written to.
        list.rows.get(index).map_or(std::ptr::null(), |row| unsafe { row.give(field, len) })
    })
}

/// The list that goes on where this one ends: what was asked then, as it is now.
///
/// @param session [in] who looks; not NULL
/// @param list [in] the list; not NULL
/// @param next [out] the records that follow; not NULL, NULL on failure and at the end
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_END when there are no more; CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free it with clientela_list_free, as well as the one before.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_list_next(
    session: *const clientela_session,
    list: *const clientela_list,
    next: *mut *mut clientela_list,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to.
        let out = unsafe { out_ptr(next, "next") }?;
        let list = clientela_list::object(list)?;
        match with_session(session, |state| list.next(&state.session))? {
            Some(rows) => out.keep(rows).map(|()| Step::Item),
            None => Ok(Step::End),
        }
    })
}

/// Frees a list.
///
/// @param list [in] the list; nothing happens with NULL
/// Threads: any, once nobody reads the list.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_list_free(list: *mut clientela_list) {
    guard_val((), || clientela_list::free(list));
}

#[cfg(test)]
mod tests {
    use super::limit;

    #[test]
    fn a_list_brings_what_is_asked_for_within_its_bounds() {
        for (asked, given) in [(0, 999), (1, 1), (50, 50), (999, 999), (1000, 999), (u32::MAX, 999)] {
            assert_eq!(limit(asked), given);
        }
    }
}
