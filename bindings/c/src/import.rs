//! Imports: what other systems and spreadsheets hold, looked at first and brought in then.

use crate::arrow::{Checked, import_stream};
use crate::callbacks::serve;
use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::list::entry;
use crate::record::{address, optional};
use crate::rt::{
    Boundary, CText, Draft, Fail, Handle, OrFail, blob, c_struct, copy_struct, cstr, cstr_opt, fill_struct,
    guard, guard_val, handle_type, out_ptr,
};
use crate::service::{SessionState, with_session};
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::clientela_text;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use clientela::import::{ImportOptions, ImportPlan, ImportSource, ImportTarget, RejectedRow};
use clientela::model::ClosedList;
use clientela::{Coded, ErrorKind};
use std::ffi::{c_char, c_void};

/// A file that was looked at and may be brought in. A draft: one thread at a time; another one is answered
/// CLIENTELA_E_BUSY_HANDLE.
pub struct clientela_import {
    _opaque: [u8; 0],
}

handle_type!(clientela_import => Draft<Planned>);

/// What an import handle stands for.
#[derive(Debug)]
pub(crate) struct Planned {
    state: SessionState,
    plan: ImportPlan,
    rejected: Vec<Rejected>,
    /// As the plan says, or the commit once there was one.
    counts: clientela_import_counts,
}

impl Planned {
    fn new(state: &SessionState, source: ImportSource, options: ImportOptions) -> Result<Self, Fail> {
        let plan = state.session.plan_import(source, options).or_fail()?;
        let rejected: Vec<Rejected> = plan.rejected().iter().cloned().map(Rejected::from).collect();
        let counts = clientela_import_counts {
            struct_size: 0,
            cancelled: 0,
            plan: plan.id().into(),
            read: plan.read(),
            added: plan.acceptable(),
            added_before: plan.added_before(),
            rejected: plan.rejected_rows(),
        };
        Ok(Self { state: state.clone(), plan, rejected, counts })
    }

    /// Brings the rows in; the host hears of each chunk and may stop it.
    fn commit(&mut self) -> Result<(), Fail> {
        let report = {
            let callbacks = &self.state.store.callbacks;
            self.plan.commit(&mut |at| callbacks.progress(at.rows, at.total)).or_fail()?
        };
        self.counts = clientela_import_counts {
            struct_size: 0,
            cancelled: u32::from(report.cancelled),
            plan: report.plan.into(),
            read: report.read,
            added: report.added,
            added_before: report.added_before,
            rejected: report.rejected_rows,
        };
        self.rejected = report.rejected.into_iter().map(Rejected::from).collect();
        Ok(())
    }
}

/// A rejected row with its texts.
#[derive(Debug)]
struct Rejected {
    row: RejectedRow,
    field: Option<CText>,
    code: CText,
    message: CText,
}

impl From<RejectedRow> for Rejected {
    fn from(row: RejectedRow) -> Self {
        let (field, code) = (optional(row.field.as_deref()), CText::new(&row.code));
        Self { message: CText::new(&row.message), field, code, row }
    }
}

/// The file is a table of text; separator, encoding and headers are found out.
pub const CLIENTELA_IMPORT_CSV: i32 = 0;
/// The file has vCards.
pub const CLIENTELA_IMPORT_CARDS: i32 = 1;

/// What is known of an import.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_import_counts {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// 1 when a commit was stopped: committing again goes on from there.
    pub cancelled: u32,
    /// The plan: the same for the same file, options and user.
    pub plan: clientela_id,
    /// Rows dealt with; before a commit, rows of the file.
    pub read: u64,
    /// Rows brought in, now or by an earlier run of the same plan; before a commit, rows that would come in.
    pub added: u64,
    /// Of these, rows an earlier run had brought in.
    pub added_before: u64,
    /// Rows that were not, or would not be, taken.
    pub rejected: u64,
}
c_struct!(clientela_import_counts { struct_size, cancelled, plan, read, added, added_before, rejected });

/// A row that is not taken. Names the field and what is wrong, never what stood there. Texts are owned by the import.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_rejected_row {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Line of the file it begins at, from 1.
    pub line: u64,
    /// The field, by its name here; NULL when the whole row is meant.
    pub field: *const c_char,
    /// Stable dotted word, such as "vat_number.check_digit".
    pub code: *const c_char,
    /// One sentence.
    pub message: *const c_char,
    /// NULL.
    pub reserved_text: *const c_char,
}
c_struct!(clientela_rejected_row { struct_size, reserved, line, field, code, message, reserved_text });

/// Options or a kind of file that are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum ImportError {
    #[error("kind is none of a file; use CLIENTELA_IMPORT_CSV or CLIENTELA_IMPORT_CARDS")]
    Kind,
    #[error("entity is none that can be brought in; use customer, vehicle, contact or consent")]
    Entity,
    #[error("the options of the import cannot be read: {problem}")]
    Options { problem: String },
}

impl Coded for ImportError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Kind | Self::Entity => "name.unknown",
            Self::Options { .. } => "import.options",
        }
    }
    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Kind => "kind",
            Self::Entity => "entity",
            Self::Options { .. } => "options",
        };
        Some(field.to_owned())
    }
}

/// What is wrong with options, and where; never what stood there, which may be personal.
fn unreadable(error: &serde_json::Error) -> ImportError {
    let what = if error.is_data() { "a field is unknown or of another type" } else { "it is not JSON" };
    let place = match (error.line(), error.column()) {
        (0, _) => String::new(),
        (line, column) => format!(", at line {line} column {column}"),
    };
    ImportError::Options { problem: format!("{what}{place}") }
}

/// The options of an import whose target is named beside them.
fn options_for(entity: &str, options: Option<&str>) -> Result<ImportOptions, ImportError> {
    let target = ImportTarget::parse(entity).map_err(|_| ImportError::Entity)?;
    let Some(text) = options else { return Ok(ImportOptions::new(target)) };
    let mut given: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    if given.insert("target".to_owned(), target.word().into()).is_some() {
        return Err(ImportError::Options { problem: "target is named by entity; leave it out".to_owned() });
    }
    serde_json::from_value(given.into()).map_err(|error| unreadable(&error))
}

/// Looks at a file and says what would come of it: every row is read and checked as its command would. Writes nothing.
///
/// @param session [in] who imports; not NULL
/// @param kind [in] CLIENTELA_IMPORT_CSV or CLIENTELA_IMPORT_CARDS
/// @param bytes [in] the content of the file; not NULL
/// @param len [in] how many bytes it has
/// @param options [in] as JSON: {"target": "customer"} and what the file does not say by itself, such as "defaults": {"kind":
///   "company", "country": "IT"}, "mapping", "words", "customer", "owner", "label", "chunk_rows"; targets are customer, vehicle, contact, consent;
///   not NULL
/// @param import [out] the plan; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, also when every row is rejected; CLIENTELA_E_VALIDATION for a file that is no table or a mapping that does not
///   fit; CLIENTELA_E_NOT_FOUND for a customer or position that is named and not there; CLIENTELA_E_LIMIT, CLIENTELA_E_STATE,
///   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_import_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_import_plan(
    session: *const clientela_session,
    kind: i32,
    bytes: *const c_void,
    len: usize,
    options: *const c_char,
    import: *mut *mut clientela_import,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        if bytes.is_null() {
            return Err(Boundary::Null { name: "bytes".to_owned() }.into());
        }
        // SAFETY: the header asks for a variable that may be written to, bytes as their length says, a text that ends with a NUL.
        let (out, content, options) =
            unsafe { (out_ptr(import, "import")?, blob(bytes, len, "bytes")?, cstr(options, "options")?) };
        let source = match kind {
            CLIENTELA_IMPORT_CSV => ImportSource::Csv(content.to_vec().into()),
            CLIENTELA_IMPORT_CARDS => ImportSource::Cards(content.to_vec().into()),
            _ => return Err(ImportError::Kind.into()),
        };
        let options: ImportOptions = serde_json::from_str(options).map_err(|error| unreadable(&error))?;
        out.keep(Draft::new(with_session(session, |state| Planned::new(state, source, options))?))
    })
}

/// How many rows would come in, or came in once there was a commit.
///
/// @param import [in] the import; not NULL
/// @param counts [out] set up with CLIENTELA_INIT; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: one at a time per import.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_import_preview(
    import: *const clientela_import,
    counts: *mut clientela_import_counts,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_import::object(import)?;
        let planned = object.lock()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(counts, &planned.counts, "counts") }
    })
}

/// How many rows that are not taken are told one by one, by the plan or by the commit once there was one: the first 1,000. How many
/// there are is in the counts; clientela_import_rejected_table has all of them.
///
/// @param import [in] the import; NULL, busy or not an import gives 0
/// @return the number
/// Threads: one at a time per import.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_import_rejected_count(import: *const clientela_import) -> usize {
    guard_val(0, || {
        clientela_import::object(import)
            .map_or(0, |import| import.lock().map_or(0, |planned| planned.rejected.len()))
    })
}

/// One row that is not taken.
///
/// @param import [in] the import; not NULL
/// @param index [in] 0 to clientela_import_rejected_count - 1
/// @param row [out] set up with CLIENTELA_INIT; its texts are owned by `import`, valid until it is committed; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: one at a time per import.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_import_rejected(
    import: *const clientela_import,
    index: usize,
    row: *mut clientela_rejected_row,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_import::object(import)?;
        let planned = object.lock()?;
        let found = entry(&planned.rejected, index)?;
        let told = clientela_rejected_row {
            struct_size: 0,
            reserved: 0,
            line: found.row.line,
            field: address(found.field.as_ref()),
            code: found.code.as_ptr(),
            message: found.message.as_ptr(),
            reserved_text: std::ptr::null(),
        };
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(row, &told, "row") }
    })
}

/// The rows that are not in, as things stand, as a table: their cells as they stood, then line and reason; to be put right and imported
/// again. All rows are checked once more for it.
///
/// @param import [in] the import; not NULL
/// @param text [out] the table; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free it with clientela_text_free.
/// Threads: one at a time per import.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_import_rejected_table(
    import: *const clientela_import,
    text: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to.
        let out = unsafe { out_ptr(text, "text") }?;
        let object = clientela_import::object(import)?;
        let planned = object.lock()?;
        let table = planned.plan.write_rejected(Vec::new()).or_fail()?;
        out.keep(CText::new(&String::from_utf8_lossy(&table)))
    })
}

/// Brings the rows in, a chunk at a time, each chunk in one transaction. The function `progress` of the store hears of each and may
/// stop it; what was written stays, and committing again – also after a crash, also with the same file planned anew – goes on
/// where it stopped.
///
/// @param import [in] the import; not NULL
/// @param counts [out] set up with CLIENTELA_INIT; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, also when it was stopped: then `cancelled` is 1; CLIENTELA_E_STATE, CLIENTELA_E_RIGHTS, CLIENTELA_E_BUSY,
///   CLIENTELA_E_STORAGE, CLIENTELA_E_IO, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: one at a time per import.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_import_commit(
    import: *mut clientela_import,
    counts: *mut clientela_import_counts,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_import::object(import)?;
        let mut planned = object.lock()?;
        // Looked at before anything is written: afterwards a wrong structure would hide what happened.
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { copy_struct(counts.cast_const(), "counts") }?;
        serve(|| planned.commit())?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(counts, &planned.counts, "counts") }
    })
}

/// Brings the rows of a data frame in: reads the whole stream, checks every row as its command would, and commits as
/// clientela_import_commit does. The same rows again, from the same user with the same options, are not brought in twice, so after
/// a failure the call is made again with a new stream. To look before, use clientela_import_plan with a table of text.
///
/// Columns are found by their names, which are the fields' or any word known for them; others are passed over. They may be of text,
/// yes or no, numbers, days, moments, or dictionaries of these. Each batch is released before the next is asked for; the texts of all
/// are kept until the report is freed, beyond 16 MiB in a temporary file.
///
/// @param session [in] who imports; not NULL
/// @param entity [in] what the rows become: "customer", "vehicle", "contact" or "consent"; not NULL
/// @param stream [in,out] the rows; taken over and released by the library, also when the call fails later. It is left as it was
///   when one of the other arguments is not in order: then `release` is not NULL afterwards. Not NULL
/// @param options [in] as for clientela_import_plan, without "target"; may be NULL
/// @param report [out] what came of it: clientela_import_preview has the counts, clientela_import_rejected the rows that were not
///   taken, by their number from 1; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, also when rows were rejected or it was stopped: then `cancelled` is 1, and clientela_import_commit goes on;
///   CLIENTELA_E_ARGUMENT for another entity or options; CLIENTELA_E_VALIDATION for a column or mapping that does not fit;
///   CLIENTELA_E_CALLBACK when the stream ends with an error; CLIENTELA_E_LIMIT, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE,
///   CLIENTELA_E_RIGHTS, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_IO, CLIENTELA_E_HANDLE, CLIENTELA_E_UTF8
/// Ownership: free the report with clientela_import_free.
/// Threads: any; the stream's functions are called on this one.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_import_arrow(
    session: *const clientela_session,
    entity: *const c_char,
    stream: *mut FFI_ArrowArrayStream,
    options: *const c_char,
    report: *mut *mut clientela_import,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and texts that end with a NUL.
        let (out, entity, options) =
            unsafe { (out_ptr(report, "report")?, cstr(entity, "entity")?, cstr_opt(options, "options")?) };
        let options = options_for(entity, options)?;
        let state = clientela_session::object(session)?;
        let source = ImportSource::arrow(&mut Checked(import_stream(stream)?)).or_fail()?;
        let planned = serve(|| {
            let mut planned = Planned::new(&state, source, options)?;
            planned.commit().map(|()| planned)
        })?;
        out.keep(Draft::new(planned))
    })
}

/// Frees an import. What was brought in stays.
///
/// @param import [in] the import; nothing happens with NULL
/// Threads: any, once nobody uses it.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_import_free(import: *mut clientela_import) {
    guard_val((), || clientela_import::free(import));
}
