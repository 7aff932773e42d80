//! Data frames: any entity as an Arrow stream of the rows a session may see.

use crate::arrow::export_stream;
use crate::error::clientela_error;
use crate::rt::{Boundary, Fail, OrFail, c_struct, copy_struct, guard, slice, text_of};
use crate::service::with_session;
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::clientela_str;
use crate::time::{NO_TIME, clientela_time, from_c};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use clientela::{IdForm, TableQuery};

/// Most columns a query may name.
const COLUMNS_MAX: usize = 1_000;

/// Ids as text of 36 characters, instead of 16 bytes.
pub const CLIENTELA_QUERY_TEXT_IDS: u32 = 1;

/// What a data frame shows. Needed is the entity.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_query {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// CLIENTELA_QUERY_TEXT_IDS, or 0.
    pub flags: u32,
    /// Name of the entity, such as "customer" or "offer_item".
    pub entity: clientela_str,
    /// A rule a row must satisfy, over the entity's columns and `today`, such as "status == 'customer'"; all rows when not given.
    pub filter: clientela_str,
    /// Names of the columns; NULL for all.
    pub columns: *const clientela_str,
    /// How many there are.
    pub column_count: usize,
    /// The state at that moment; 0 or CLIENTELA_NO_TIME for now.
    pub as_of: clientela_time,
    /// At most so many rows; 0 for all.
    pub limit: u64,
}
c_struct!(clientela_query { struct_size, flags, entity, filter, columns, column_count, as_of, limit });

/// The query of a structure.
///
/// # Safety
/// `query` as `copy_struct` asks, its texts and arrays as the header asks.
unsafe fn query_of(query: *const clientela_query) -> Result<TableQuery, Fail> {
    // SAFETY: the caller's promise is passed on.
    let given = unsafe { copy_struct(query, "query") }?;
    if given.flags & !CLIENTELA_QUERY_TEXT_IDS != 0 {
        return Err(Boundary::StructNewer { name: "query" }.into());
    }
    let mut columns = Vec::new();
    // SAFETY: the header asks for as many texts as the count says.
    let names = unsafe { slice(given.columns, given.column_count, COLUMNS_MAX, "columns") }?;
    for (index, name) in names.iter().enumerate() {
        let place = format!("columns[{index}]");
        // SAFETY: the header asks for texts as their lengths say.
        columns.push(unsafe { text_of(*name, &place) }?.ok_or(Boundary::Null { name: place })?);
    }
    // SAFETY: the header asks for texts as their lengths say.
    let (entity, filter) = unsafe { (text_of(given.entity, "entity")?, text_of(given.filter, "filter")?) };
    let texts = given.flags & CLIENTELA_QUERY_TEXT_IDS != 0;
    Ok(TableQuery {
        entity: entity.ok_or_else(|| Boundary::Null { name: "entity".to_owned() })?,
        columns,
        filter,
        as_of: from_c(if given.as_of == 0 { NO_TIME } else { given.as_of }, "as_of")?,
        ids: if texts { IdForm::Text } else { IdForm::Binary },
        limit: (given.limit != 0).then(|| usize::try_from(given.limit).unwrap_or(usize::MAX)),
    })
}

/// Any entity as an Arrow stream of the rows the session may see. Fields it may not read are empty. Ids are fixed-size binary(16)
/// unless asked otherwise, amounts decimal128 with their currency, days date32, moments timestamp[us, UTC], closed lists
/// dictionaries.
///
/// @param session [in] who asks; not NULL
/// @param query [in] what to show; not NULL
/// @param stream [out] filled on success only; what stood there is overwritten, not released; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_ARGUMENT for a name there is none of; CLIENTELA_E_VALIDATION or CLIENTELA_E_RULE for a filter
///   that is no rule; CLIENTELA_E_CANCELLED, CLIENTELA_E_STATE, CLIENTELA_E_LIMIT, CLIENTELA_E_HANDLE, CLIENTELA_E_UTF8
/// Ownership: release the stream with its own `release`; it outlives session and store.
/// Threads: any; the stream may go to another thread and is used by one at a time.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_query_arrow(
    session: *const clientela_session,
    query: *const clientela_query,
    stream: *mut FFI_ArrowArrayStream,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        if stream.is_null() {
            return Err(Boundary::Null { name: "stream".to_owned() }.into());
        }
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT, with texts and arrays as it says.
        let query = unsafe { query_of(query) }?;
        let table = with_session(session, |state| state.session.table(&query).or_fail())?;
        // SAFETY: the header asks for room for a stream.
        Ok(unsafe { export_stream(table.reader(), stream) }?)
    })
}
