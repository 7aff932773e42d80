//! Stores: one file each.

use crate::callbacks::{Callbacks, serve};
use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::library::ABI;
use crate::rt::{
    Boundary, CText, Fail, Handle, OrFail, c_struct, copy_struct, cstr, fill_struct, guard, guard_val,
    handle_type, out_ptr, out_value, text_of,
};
use crate::service::StoreState;
use crate::status::clientela_status;
use crate::text::{clientela_str, clientela_text};
use crate::time::clientela_time;
use clientela::model::EntityId;
use clientela::model::identifier::Country;
use clientela::{Anchor, Crm, CrmOptions, Founding, Report};
use std::ffi::{c_char, c_void};
use std::fmt::Write as _;
use std::sync::Arc;

/// A store: one file with customers, offers and all the rest. A service: any thread may use it, calls may overlap.
pub struct clientela_store {
    _opaque: [u8; 0],
}

handle_type!(clientela_store => Arc<StoreState>);

/// Make the store when there is none.
pub const CLIENTELA_STORE_CREATE: u32 = 1;
/// Only read. A store of a newer library can be opened in no other way.
pub const CLIENTELA_STORE_READ_ONLY: u32 = 2;

/// A level of the log: something was done.
pub const CLIENTELA_LOG_INFO: i32 = 1;
/// A level of the log: something was refused.
pub const CLIENTELA_LOG_WARNING: i32 = 2;

/// How a store is opened. The functions are all optional; each is called on the thread of the call that needs it, perhaps on
/// several at once, and never once clientela_store_close has returned. They must return (no longjmp, no exception) and must not
/// work on stores or sessions: that is answered CLIENTELA_E_BUSY_HANDLE. With `now` and `random` the same calls give the same
/// bytes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_store_options {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// CLIENTELA_TARGET, which is CLIENTELA_ABI unless an older library is to do.
    pub abi: u32,
    /// The file, in UTF-8 on every system.
    pub path: clientela_str,
    /// CLIENTELA_STORE_CREATE, CLIENTELA_STORE_READ_ONLY, or 0.
    pub flags: u32,
    /// Zero.
    pub reserved: u32,
    /// Yours; the first argument of each function.
    pub user: *mut c_void,
    /// The present moment; NULL for the computer's clock. CLIENTELA_NO_TIME ends the call with CLIENTELA_E_CALLBACK.
    pub now: Option<unsafe extern "C" fn(user: *mut c_void) -> clientela_time>,
    /// Fills all bytes with random ones and returns 0; NULL for the system's source. Anything but 0 ends the call with
    /// CLIENTELA_E_CALLBACK.
    pub random: Option<unsafe extern "C" fn(user: *mut c_void, bytes: *mut u8, count: usize) -> i32>,
    /// Takes one line without personal data; `level` is CLIENTELA_LOG_INFO or CLIENTELA_LOG_WARNING. The text is good during the
    /// call only.
    pub log: Option<unsafe extern "C" fn(user: *mut c_void, level: i32, message: *const c_char)>,
    /// Hears how far long work is; anything but 0 ends the call with CLIENTELA_E_CANCELLED.
    pub progress: Option<unsafe extern "C" fn(user: *mut c_void, done: u64, total: u64) -> i32>,
    /// Called once, with `user`, when the store is closed. Not called when it could not be opened: then `user` is still yours.
    pub user_free: Option<unsafe extern "C" fn(user: *mut c_void)>,
}
// The functions are either NULL or what the caller says they are; both are values of an optional function.
c_struct!(clientela_store_options {
    struct_size,
    abi,
    path,
    flags,
    reserved,
    user,
    now,
    random,
    log,
    progress,
    user_free
});

/// What a store says of itself.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_store_facts {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Version of the declarations in it.
    pub schema_version: u32,
    /// Its id; every change made in it carries it.
    pub origin: clientela_id,
    /// The number of its last change.
    pub version: i64,
    /// Bytes stored.
    pub size: u64,
    /// 1 when it is only read.
    pub read_only: u32,
    /// Zero.
    pub reserved: u32,
}
c_struct!(clientela_store_facts { struct_size, schema_version, origin, version, size, read_only, reserved });

/// What a check of a store found.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_check_result {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// 1 when everything is as it should be.
    pub in_order: u32,
    /// Changes whose seals were computed again.
    pub commits: u64,
    /// Records that were compared with their history.
    pub records: u64,
    /// How many things are not as they should be; at most 100 are listed.
    pub findings: u64,
}
c_struct!(clientela_check_result { struct_size, in_order, commits, records, findings });

/// The first unit and the first user of a new network.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_founding {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Code of the top unit, such as "HQ".
    pub unit_code: clientela_str,
    /// Its name.
    pub unit_name: clientela_str,
    /// Its country as two letters; may be left out.
    pub country: clientela_str,
    /// Name the administrator signs in with.
    pub login: clientela_str,
    /// The administrator's full name.
    pub user_name: clientela_str,
}
c_struct!(clientela_founding { struct_size, reserved, unit_code, unit_name, country, login, user_name });

/// Whether programs of that ABI can use this library: below 1.0 the minor version counts as the major one.
const fn serves(abi: u32) -> bool {
    if ABI >> 16 == 0 { abi == ABI } else { abi >> 16 == ABI >> 16 && abi <= ABI }
}

/// Opens a store. An older one is copied and brought up to date first; one that was not closed is checked first.
///
/// @param options [in] how; not NULL
/// @param store [out] the store; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_VERSION when header and library do not fit or the store is newer; CLIENTELA_E_NOT_FOUND,
///   CLIENTELA_E_CORRUPT, CLIENTELA_E_BUSY, CLIENTELA_E_IO, CLIENTELA_E_UNSUPPORTED (a network drive), CLIENTELA_E_CALLBACK,
///   CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: close it with clientela_store_close.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_store_open(
    options: *const clientela_store_options,
    store: *mut *mut clientela_store,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a structure set up with CLIENTELA_INIT.
        let (store, options) = unsafe { (out_ptr(store, "store")?, copy_struct(options, "options")?) };
        if !serves(options.abi) {
            return Err(Boundary::Abi { found: options.abi, known: ABI }.into());
        }
        // SAFETY: the header asks for texts as their lengths say.
        let path = unsafe { text_of(options.path, "options.path") }?
            .ok_or_else(|| Boundary::Null { name: "options.path".to_owned() })?;
        if options.flags & !(CLIENTELA_STORE_CREATE | CLIENTELA_STORE_READ_ONLY) != 0 || options.reserved != 0
        {
            return Err(Boundary::StructNewer { name: "options" }.into());
        }
        let callbacks = Arc::new(Callbacks::new(&options));
        let mut open = CrmOptions::new(path);
        open.create = options.flags & CLIENTELA_STORE_CREATE != 0;
        open.read_only = options.flags & CLIENTELA_STORE_READ_ONLY != 0;
        if let Some(clock) = callbacks.clock() {
            open.clock = clock;
        }
        if let Some(random) = callbacks.random() {
            open.random = random;
        }
        let crm = serve(|| Crm::open_with(open).or_fail())?;
        let opened = Arc::new(StoreState::new(crm, callbacks));
        store.keep(Arc::clone(&opened)).inspect_err(|_| {
            // There is no handle to close it with.
            let _ = opened.crm.close();
        })?;
        opened.callbacks.log(CLIENTELA_LOG_INFO, "store opened");
        Ok(())
    })
}

/// Closes a store. Its sessions and drafts answer CLIENTELA_E_STATE from now on and are freed as ever; snapshots stay readable.
///
/// @param store [in] the store; nothing happens with NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_IO or CLIENTELA_E_BUSY when the last changes may not have reached the disk – it is closed
///   all the same; CLIENTELA_E_HANDLE; CLIENTELA_E_BUSY_HANDLE from within a function given to a store, which leaves it open
/// Threads: any; waits for functions of the host that are running.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_store_close(
    store: *mut clientela_store,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        if store.is_null() {
            return Ok(());
        }
        let state = clientela_store::object(store)?;
        let closed = serve(|| {
            clientela_store::free(store);
            Ok(state.crm.close().or_fail())
        })?;
        state.callbacks.log(CLIENTELA_LOG_INFO, "store closed");
        state.callbacks.end();
        closed
    })
}

/// Stops what is running on the store: those calls end with CLIENTELA_E_CANCELLED and write nothing.
///
/// @param store [in] the store; nothing happens with NULL
/// Threads: any; meant to be called from another one.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_store_interrupt(store: *const clientela_store) {
    guard_val((), || {
        if let Ok(state) = clientela_store::object(store) {
            state.interrupt();
        }
    });
}

/// Copies the store, whole and consistent, while others go on working: the only right way to copy one.
///
/// @param store [in] the store; not NULL
/// @param path [in] the copy's file, which must not exist; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_EXISTS, CLIENTELA_E_NOT_FOUND (the folder), CLIENTELA_E_IO, CLIENTELA_E_CANCELLED,
///   CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_store_backup(
    store: *const clientela_store,
    path: *const c_char,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let state = clientela_store::object(store)?;
        // SAFETY: the header asks for a text that ends with a NUL.
        let path = unsafe { cstr(path, "path") }?;
        let callbacks = Arc::clone(&state.callbacks);
        serve(|| state.crm.backup_with(path, |at| callbacks.progress(at.done, at.total)).or_fail())
    })
}

/// Checks the file, the chain of the journal, and every record against its history.
///
/// @param store [in] the store; not NULL
/// @param result [out] set up with CLIENTELA_INIT; not NULL
/// @param findings [out] what was found, one line each, "code: sentence"; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK whatever was found; CLIENTELA_E_STATE, CLIENTELA_E_CANCELLED, CLIENTELA_E_IO, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT
/// Ownership: free the findings with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_store_check(
    store: *const clientela_store,
    result: *mut clientela_check_result,
    findings: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let state = clientela_store::object(store)?;
        let report = serve(|| state.crm.check().or_fail())?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT, and NULL or a variable that may be written to.
        unsafe { tell(&report, result, findings) }
    })
}

/// What the journal is now, as one line of text: keep it where the store is not. Checked against it, a store later shows whether
/// its end was cut off or its past was made anew, which no store can show by itself.
///
/// @param store [in] the store; not NULL
/// @param anchor [out] the store's id, the number of its last change and that change's seal; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free it with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_store_anchor(
    store: *const clientela_store,
    anchor: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to.
        let out = unsafe { out_ptr(anchor, "anchor") }?;
        let state = clientela_store::object(store)?;
        let anchor = serve(|| state.crm.anchor().or_fail())?;
        out.keep(CText::new(&anchor.to_string()))
    })
}

/// Checks that the journal still has what it had when an anchor was made, and the chain of what came after.
///
/// @param store [in] the store; not NULL
/// @param anchor [in] the text of clientela_store_anchor; not NULL
/// @param result [out] set up with CLIENTELA_INIT; not NULL
/// @param findings [out] what was found, one line each, "code: sentence"; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK whatever was found; CLIENTELA_E_ARGUMENT with code "store.anchor" when the text is no anchor;
///   CLIENTELA_E_STATE, CLIENTELA_E_CANCELLED, CLIENTELA_E_IO, CLIENTELA_E_HANDLE, CLIENTELA_E_UTF8
/// Ownership: free the findings with clientela_text_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_store_check_since(
    store: *const clientela_store,
    anchor: *const c_char,
    result: *mut clientela_check_result,
    findings: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a text that ends with a NUL.
        let anchor = unsafe { cstr(anchor, "anchor") }?;
        let anchor = anchor.parse::<Anchor>().map_err(|error| Fail::from(error).of_field("anchor"))?;
        let state = clientela_store::object(store)?;
        let report = serve(|| state.crm.check_since(&anchor).or_fail())?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT, and NULL or a variable that may be written to.
        unsafe { tell(&report, result, findings) }
    })
}

/// Gives what a check has found.
///
/// # Safety
/// `result` as `fill_struct` asks, `findings` is NULL or may be written to.
unsafe fn tell(
    report: &Report,
    result: *mut clientela_check_result,
    findings: *mut *mut clientela_text,
) -> Result<(), Fail> {
    let told = clientela_check_result {
        struct_size: 0,
        in_order: u32::from(report.is_in_order()),
        commits: report.commits,
        records: report.records,
        findings: report.findings.len() as u64,
    };
    // SAFETY: the caller's promise is passed on.
    unsafe { fill_struct(result, &told, "result") }?;
    if findings.is_null() {
        return Ok(());
    }
    let mut lines = String::new();
    for finding in &report.findings {
        // Writing into a string does not fail.
        let _ = writeln!(lines, "{}: {}", finding.code, finding.message);
    }
    // SAFETY: not NULL, and the caller's promise is passed on.
    unsafe { out_ptr(findings, "findings") }?.keep(CText::new(&lines))
}

/// What the store says of itself.
///
/// @param store [in] the store; not NULL
/// @param facts [out] set up with CLIENTELA_INIT; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_store_info(
    store: *const clientela_store,
    facts: *mut clientela_store_facts,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let state = clientela_store::object(store)?;
        let info = serve(|| state.crm.info().or_fail())?;
        let told = clientela_store_facts {
            struct_size: 0,
            schema_version: info.schema_version,
            origin: info.origin.into(),
            version: info.version,
            size: info.size,
            read_only: u32::from(info.read_only),
            reserved: 0,
        };
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(facts, &told, "facts") }
    })
}

/// Makes the first unit, the standard profiles and the administrator of a new network.
///
/// @param store [in] a new store; not NULL
/// @param founding [in] unit and administrator; not NULL
/// @param user [out] id of the administrator; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_STATE when the network was founded before; CLIENTELA_E_VALIDATION, CLIENTELA_E_BUSY,
///   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_store_found(
    store: *const clientela_store,
    founding: *const clientela_founding,
    user: *mut clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let state = clientela_store::object(store)?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        let given = unsafe { copy_struct(founding, "founding") }?;
        let needed = |text: clientela_str, name: &'static str| -> Result<String, Fail> {
            // SAFETY: the header asks for texts as their lengths say.
            let text = unsafe { text_of(text, name) }?;
            text.ok_or_else(|| Boundary::Null { name: name.to_owned() }.into())
        };
        // SAFETY: the header asks for texts as their lengths say.
        let country = unsafe { text_of(given.country, "founding.country") }?;
        let founding = Founding {
            unit_code: needed(given.unit_code, "founding.unit_code")?,
            unit_name: needed(given.unit_name, "founding.unit_name")?,
            country: country
                .map(|code| Country::parse(&code).map_err(|error| error.at("founding.country")))
                .transpose()?,
            login: needed(given.login, "founding.login")?,
            user_name: needed(given.user_name, "founding.user_name")?,
        };
        let founded = serve(|| state.crm.found(&founding).or_fail())?;
        if !user.is_null() {
            // SAFETY: not NULL, and the header asks for a variable that may be written to.
            unsafe { out_value(user, "user") }?.set(founded.uuid().into());
        }
        Ok(())
    })
}
