//! Offers being made: put together, priced as often as needed, written once.

use crate::callbacks::serve;
use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::item::{clientela_item, clientela_settlement, item_of, settlement_of};
use crate::price::{Sheet, clientela_line, clientela_price_step, clientela_totals};
use crate::rt::{
    Boundary, CText, Draft, Handle, OrFail, blob, c_struct, copy_struct, cstr, cstr_opt, fill_struct, guard,
    guard_val, handle_type, out_ptr, out_value,
};
use crate::service::{SessionState, command_id, read_id, with_session};
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::clientela_text;
use clientela::core::ids::OpportunityId;
use clientela::model::identifier::Currency;
use clientela::model::{ClosedList, EntityId, RoundingPolicy, ValueError};
use clientela::{Coded, DraftOutcome, ErrorKind, OfferDraft};
use std::ffi::{c_char, c_void};

/// An offer being made. A draft: one thread at a time; another one is answered CLIENTELA_E_BUSY_HANDLE.
pub struct clientela_draft {
    _opaque: [u8; 0],
}

handle_type!(clientela_draft => Draft<Open>);

/// What a draft handle stands for.
#[derive(Debug)]
pub(crate) struct Open {
    state: SessionState,
    draft: OfferDraft,
    /// As it was priced last.
    sheet: Sheet,
    why: Option<clientela::Why>,
    /// Number of the offer it was committed as.
    number: Option<CText>,
}

/// A commit made a new offer.
pub const CLIENTELA_COMMIT_CREATED: u32 = 1;
/// A commit made the next version of the dossier's offer.
pub const CLIENTELA_COMMIT_REVISED: u32 = 2;
/// A commit changed nothing: the dossier's offer says the same.
pub const CLIENTELA_COMMIT_UNCHANGED: u32 = 3;

/// What a commit did.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_commit_result {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// CLIENTELA_COMMIT_CREATED, CLIENTELA_COMMIT_REVISED or CLIENTELA_COMMIT_UNCHANGED.
    pub outcome: u32,
    /// The offer.
    pub offer: clientela_id,
    /// Its current version, from 1.
    pub version: u32,
    /// Zero.
    pub reserved: u32,
    /// Its number; owned by the draft, valid until it is committed again or freed.
    pub number: *const c_char,
}
c_struct!(clientela_commit_result { struct_size, outcome, offer, version, reserved, number });

/// A key of a text that a draft does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("key names no text of a draft; use title, note, rounding, price_date or valid_until")]
struct UnknownText;

impl Coded for UnknownText {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
    fn code(&self) -> &'static str {
        "name.unknown"
    }
    fn field(&self) -> Option<String> {
        Some("key".to_owned())
    }
}

/// A currency other than the opportunity's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("currency is {found}, the opportunity is in {expected}; leave it NULL or pass that one")]
struct OtherCurrency {
    found: Currency,
    expected: Currency,
}

impl Coded for OtherCurrency {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        "offer.currency"
    }
    fn field(&self) -> Option<String> {
        Some("currency".to_owned())
    }
}

/// Begins an offer for an opportunity. Nothing is written before the commit.
///
/// @param session [in] who makes it; not NULL
/// @param opportunity [in] the opportunity; not NULL
/// @param dossier [in] your own key of what is offered, at most 64 characters: with it the same opportunity never gets a second
///   offer for the same dossier, however often a draft is committed; NULL for an offer of its own with every commit
/// @param currency [in] code of the opportunity's currency, to be sure of it; may be NULL
/// @param draft [out] the draft; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_VALIDATION for another currency, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_draft_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_new(
    session: *const clientela_session,
    opportunity: *const clientela_id,
    dossier: *const c_char,
    currency: *const c_char,
    draft: *mut *mut clientela_draft,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and an id that can be read.
        let (out, opportunity) =
            unsafe { (out_ptr(draft, "draft")?, read_id::<OpportunityId>(opportunity, "opportunity")?) };
        // SAFETY: the header asks for NULL or texts that end with a NUL.
        let (dossier, currency) = unsafe { (cstr_opt(dossier, "dossier")?, cstr_opt(currency, "currency")?) };
        let open = with_session(session, |state| {
            let draft = state.session.draft(&opportunity.to_string(), dossier).or_fail()?;
            if let Some(code) = currency {
                let found = Currency::parse(code).map_err(|error| error.at("currency"))?;
                let expected = draft.currency();
                if found != expected {
                    return Err(OtherCurrency { found, expected }.into());
                }
            }
            let sheet = Sheet::default();
            Ok(Open { state: state.clone(), draft, sheet, why: None, number: None })
        })?;
        out.keep(Draft::new(open))
    })
}

/// Adds an item.
///
/// @param draft [in] the draft; not NULL
/// @param item [in] the item; not NULL
/// @param index [out] its index, from 0; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE, CLIENTELA_E_LIMIT, CLIENTELA_E_VERSION, CLIENTELA_E_BUSY_HANDLE,
///   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8. Products and prices are looked up by clientela_draft_price and
///   clientela_draft_commit.
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_add_item(
    draft: *mut clientela_draft,
    item: *const clientela_item,
    index: *mut usize,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_draft::object(draft)?;
        let mut open = object.lock()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT, with texts and arrays as it says.
        let line = unsafe { item_of(item) }?;
        // SAFETY: not NULL, and the header asks for a variable that may be written to.
        let out = if index.is_null() { None } else { Some(unsafe { out_value(index, "index") }?) };
        let added = open.draft.add_item(line);
        if let Some(out) = out {
            out.set(added);
        }
        Ok(())
    })
}

/// Puts another item in the place of one.
///
/// @param draft [in] the draft; not NULL
/// @param index [in] which, from 0
/// @param item [in] the item; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return as clientela_draft_add_item; CLIENTELA_E_ARGUMENT when there is no such item
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_set_item(
    draft: *mut clientela_draft,
    index: usize,
    item: *const clientela_item,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_draft::object(draft)?;
        let mut open = object.lock()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT, with texts and arrays as it says.
        let line = unsafe { item_of(item) }?;
        open.draft.set_item(index, line).or_fail()
    })
}

/// Takes an item out; those after it move up.
///
/// @param draft [in] the draft; not NULL
/// @param index [in] which, from 0
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT when there is no such item, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_remove_item(
    draft: *mut clientela_draft,
    index: usize,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || clientela_draft::object(draft)?.lock()?.draft.remove_item(index).or_fail())
}

/// Adds what is settled after tax.
///
/// @param draft [in] the draft; not NULL
/// @param settlement [in] what is settled; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE, CLIENTELA_E_VERSION, CLIENTELA_E_BUSY_HANDLE,
///   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_add_settlement(
    draft: *mut clientela_draft,
    settlement: *const clientela_settlement,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_draft::object(draft)?;
        let mut open = object.lock()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT and texts as their lengths say.
        let settlement = unsafe { settlement_of(settlement) }?;
        open.draft.add_settlement(settlement);
        Ok(())
    })
}

/// Sets a text of the draft.
///
/// @param draft [in] the draft; not NULL
/// @param key [in] "title"; "note", a word on this version; "rounding", "line" or "document"; "price_date", the day whose prices and
///   taxes hold, "2026-03-31"; "valid_until", the last day it holds; not NULL
/// @param value [in] the text; NULL for the default: as in the version before, else per line, today and 30 days
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT for another key, CLIENTELA_E_VALIDATION, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_UTF8
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_set_text(
    draft: *mut clientela_draft,
    key: *const c_char,
    value: *const c_char,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_draft::object(draft)?;
        let mut open = object.lock()?;
        // SAFETY: the header asks for texts that end with a NUL.
        let (key, value) = unsafe { (cstr(key, "key")?, cstr_opt(value, "value")?) };
        let at = |error: ValueError| error.at("value");
        let day = || value.map(crate::date::parse).transpose().map_err(at);
        let text = || value.map(str::to_owned);
        let draft = &mut open.draft;
        match key {
            "title" => draft.set_title(text()),
            "note" => draft.set_note(text()),
            "rounding" => {
                draft.set_rounding(value.map(RoundingPolicy::parse).transpose().map_err(at)?);
            }
            "price_date" => draft.set_price_date(day()?),
            "valid_until" => draft.set_valid_until(day()?),
            _ => return Err(UnknownText.into()),
        }
        Ok(())
    })
}

/// Adds a file, such as the configurator's own. It is kept with the opportunity under the SHA-256 of its bytes in the commit's one
/// transaction, also when the offer says the same as before, and never opened. A file of the same name takes the place of the one
/// before. Read it with clientela_file, find it with clientela_attachment_list.
///
/// @param draft [in] the draft; not NULL
/// @param name [in] its name without a path, at most 120 characters; not NULL
/// @param bytes [in] its bytes, which are copied; not NULL
/// @param len [in] how many there are, at most 64 MiB
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_VALIDATION for a name or size that cannot be, CLIENTELA_E_ARGUMENT, also beyond 100 files,
///   CLIENTELA_E_LIMIT, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_UTF8
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_attach(
    draft: *mut clientela_draft,
    name: *const c_char,
    bytes: *const c_void,
    len: usize,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_draft::object(draft)?;
        let mut open = object.lock()?;
        if bytes.is_null() {
            return Err(Boundary::Null { name: "bytes".to_owned() }.into());
        }
        // SAFETY: the header asks for a text that ends with a NUL and bytes as their length says.
        let (name, content) = unsafe { (cstr(name, "name")?, blob(bytes, len, "bytes")?) };
        open.draft.attach(name, content.to_vec()).map(drop).or_fail()
    })
}

/// Prices the draft as a commit would. Writes nothing, and may be asked any number of times.
///
/// @param draft [in] the draft; not NULL
/// @param totals [out] set up with CLIENTELA_INIT; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND (a product, a price, a tax rate), CLIENTELA_E_VALIDATION, CLIENTELA_E_RULE (a discount
///   beyond its limit), CLIENTELA_E_RANGE, CLIENTELA_E_LIMIT, CLIENTELA_E_STATE, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT; clientela_error_field names the item, such as "items[2].quantity"
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_price(
    draft: *mut clientela_draft,
    totals: *mut clientela_totals,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_draft::object(draft)?;
        let mut open = object.lock()?;
        let priced = serve(|| open.draft.price().or_fail())?;
        let why = priced.why();
        let all = &priced.priced;
        let sums = [all.net, all.tax, all.gross, all.settled, all.payable];
        let sheet = Sheet::new(sums, priced.items, priced.steps);
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { sheet.totals(totals) }?;
        (open.sheet, open.why) = (sheet, Some(why));
        Ok(())
    })
}

/// How many lines the draft had when it was priced last, options inside a price included.
///
/// @param draft [in] the draft; NULL, busy or not a draft gives 0
/// @return the number
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_line_count(draft: *const clientela_draft) -> usize {
    guard_val(0, || {
        clientela_draft::object(draft)
            .map_or(0, |draft| draft.lock().map_or(0, |open| open.sheet.line_count()))
    })
}

/// A line of the draft as it was priced last.
///
/// @param draft [in] the draft; not NULL
/// @param index [in] 0 to clientela_draft_line_count - 1
/// @param line [out] set up with CLIENTELA_INIT; its texts are owned by `draft`, valid until it is priced again; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_line(
    draft: *const clientela_draft,
    index: usize,
    line: *mut clientela_line,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_draft::object(draft)?;
        let open = object.lock()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { open.sheet.line(index, line) }
    })
}

/// How many steps the prices of the draft had when it was priced last.
///
/// @param draft [in] the draft; NULL, busy or not a draft gives 0
/// @return the number
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_step_count(draft: *const clientela_draft) -> usize {
    guard_val(0, || {
        clientela_draft::object(draft)
            .map_or(0, |draft| draft.lock().map_or(0, |open| open.sheet.step_count()))
    })
}

/// A step of a price of the draft as it was priced last: those of each line in their order, then, without a line, taxes and
/// settlements.
///
/// @param draft [in] the draft; not NULL
/// @param index [in] 0 to clientela_draft_step_count - 1
/// @param step [out] set up with CLIENTELA_INIT; its texts are owned by `draft`, valid until it is priced again; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_step(
    draft: *const clientela_draft,
    index: usize,
    step: *mut clientela_price_step,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_draft::object(draft)?;
        let open = object.lock()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { open.sheet.step(index, step) }
    })
}

/// Why the draft costs what it costs, as it was priced last: named reasons with the figures used, one per line, those beneath a
/// reason indented by two blanks.
///
/// @param draft [in] the draft; not NULL
/// @param text [out] the reasons; empty when it was not priced; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free it with clientela_text_free.
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_why(
    draft: *const clientela_draft,
    text: *mut *mut clientela_text,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to.
        let out = unsafe { out_ptr(text, "text") }?;
        let object = clientela_draft::object(draft)?;
        let why = object.lock()?.why.as_ref().map(ToString::to_string);
        out.keep(CText::new(&why.unwrap_or_default()))
    })
}

/// Writes the draft in one transaction: a new offer, the next version of the dossier's offer, or nothing when that says the same.
/// The draft stays usable, whether it succeeds or not.
///
/// @param draft [in] the draft; not NULL
/// @param id [in] the command's id, see clientela_new_id: the same id again gives the same result; NULL or all zero for a new one
/// @param result [out] set up with CLIENTELA_INIT; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return as clientela_draft_price; CLIENTELA_E_STATE or CLIENTELA_E_RULE when the dossier's offer is accepted, refused or withdrawn;
///   CLIENTELA_E_RIGHTS, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE
/// Threads: one at a time per draft.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_commit(
    draft: *mut clientela_draft,
    id: *const clientela_id,
    result: *mut clientela_commit_result,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let object = clientela_draft::object(draft)?;
        let mut open = object.lock()?;
        // Looked at before anything is written: afterwards a wrong structure would hide what happened.
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT and an id that can be read.
        let id = unsafe {
            copy_struct(result.cast_const(), "result")?;
            command_id(id)
        };
        let committed = serve(|| {
            let id = open.state.command_id(id);
            open.state.logged(id, "offer.create", open.draft.commit(id).or_fail())
        })?;
        let number = open.number.insert(CText::new(&committed.number)).as_ptr();
        let told = clientela_commit_result {
            struct_size: 0,
            outcome: match committed.outcome {
                DraftOutcome::Created => CLIENTELA_COMMIT_CREATED,
                DraftOutcome::Revised => CLIENTELA_COMMIT_REVISED,
                DraftOutcome::Unchanged => CLIENTELA_COMMIT_UNCHANGED,
            },
            offer: committed.offer.uuid().into(),
            version: committed.revision,
            reserved: 0,
            number,
        };
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(result, &told, "result") }
    })
}

/// Frees a draft. What was not committed is forgotten.
///
/// @param draft [in] the draft; nothing happens with NULL
/// Threads: any, once nobody uses it.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_draft_free(draft: *mut clientela_draft) {
    guard_val((), || clientela_draft::free(draft));
}
