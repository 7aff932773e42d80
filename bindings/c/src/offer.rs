//! Offers: reading, discounting, handing out, deciding.

use crate::decimal::clientela_decimal;
use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::list::{Rows, clientela_list};
use crate::money::{clientela_money, money_opt};
use crate::price::{Sheet, clientela_line, clientela_price_step, clientela_totals};
use crate::record::Fields;
use crate::rt::{
    Boundary, Handle, OrFail, c_struct, copy_struct, cstr, guard, guard_val, handle_type, out_ptr, out_value,
    text_of,
};
use crate::service::{read_id, with_session};
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::clientela_str;
use clientela::command::{AcceptOffer, DecideOffer, DiscountOffer};
use clientela::core::ids::{OfferId, OpportunityId};
use clientela::core::sales::Offer;
use clientela::model::{EntityId, Value};
use clientela::{Command, OfferSnapshot, Predicate};
use std::ffi::c_char;
use std::ptr::null;

/// An offer with its current version, as it was when it was read. A snapshot: it never changes, and any number of threads may read
/// it.
pub struct clientela_offer {
    _opaque: [u8; 0],
}

handle_type!(clientela_offer => Snapshot);

/// What an offer handle stands for.
#[derive(Debug)]
pub(crate) struct Snapshot {
    fields: Fields,
    sheet: Sheet,
}

impl From<OfferSnapshot> for Snapshot {
    fn from(read: OfferSnapshot) -> Self {
        let OfferSnapshot { offer, revision, items, steps, .. } = read;
        let sums = [offer.net, offer.tax, offer.gross, revision.settled, offer.payable];
        Self { fields: Fields::of(&offer), sheet: Sheet::new(sums, items, steps) }
    }
}

/// A discount by hand: a percentage or an amount.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_discount {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// The command's id, see clientela_new_id; all zero for a new one.
    pub command_id: clientela_id,
    /// Place of the line, such as "1"; the whole offer when not given.
    pub line: clientela_str,
    /// Why, for the customer and the record.
    pub reason: clientela_str,
    /// So many percent, above zero; counts when `amount` has no currency.
    pub percent: clientela_decimal,
    /// So much, above zero: per unit on a line, in all on an offer.
    pub amount: clientela_money,
}
c_struct!(clientela_discount { struct_size, reserved, command_id, line, reason, percent, amount });

/// Reads an offer with the lines and steps of its current version. Costs are not among them.
///
/// @param session [in] who looks; not NULL
/// @param key [in] its number, or its id as text; not NULL
/// @param offer [out] the offer; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_offer_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_find(
    session: *const clientela_session,
    key: *const c_char,
    offer: *mut *mut clientela_offer,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a text that ends with a NUL.
        let (out, key) = unsafe { (out_ptr(offer, "offer")?, cstr(key, "key")?) };
        out.keep(with_session(session, |state| state.session.offer(key).or_fail())?.into())
    })
}

/// Lists the offers of an opportunity, the oldest first.
///
/// @param session [in] who looks; not NULL
/// @param opportunity [in] the opportunity; not NULL
/// @param list [out] the offers, at most 999, more with clientela_list_next; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, also when there is none; CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Ownership: free it with clientela_list_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_list(
    session: *const clientela_session,
    opportunity: *const clientela_id,
    list: *mut *mut clientela_list,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and an id that can be read.
        let (out, opportunity) =
            unsafe { (out_ptr(list, "list")?, read_id::<OpportunityId>(opportunity, "opportunity")?) };
        let of_opportunity = Predicate::equals("opportunity", Value::Id(opportunity.uuid()));
        out.keep(with_session(session, |state| Rows::that::<Offer>(state, of_opportunity))?)
    })
}

/// A field of an offer, as text.
///
/// @param offer [in] the offer; NULL or not an offer gives NULL
/// @param field [in] "number", "state", "revision", "currency", "net", "gross", "valid_until", "dossier" or any other name of a
///   column; an unknown one gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `offer`, valid until clientela_offer_free; NULL when the field is empty
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_get(
    offer: *const clientela_offer,
    field: *const c_char,
    len: *mut usize,
) -> *const c_char {
    guard_val(null(), || {
        // SAFETY: the header asks for a text that ends with a NUL and NULL or a variable that may be written to.
        clientela_offer::object(offer).map_or(null(), |read| unsafe { read.fields.give(field, len) })
    })
}

/// The id of an offer.
///
/// @param offer [in] the offer; not NULL
/// @param id [out] the id; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_id(
    offer: *const clientela_offer,
    id: *mut clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let read = clientela_offer::object(offer)?;
        // SAFETY: the header asks for a variable that may be written to.
        unsafe { out_value(id, "id") }?.set(read.fields.id.into());
        Ok(())
    })
}

/// The totals of an offer.
///
/// @param offer [in] the offer; not NULL
/// @param totals [out] set up with CLIENTELA_INIT; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_totals(
    offer: *const clientela_offer,
    totals: *mut clientela_totals,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let read = clientela_offer::object(offer)?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { read.sheet.totals(totals) }
    })
}

/// How many lines an offer has, options inside a price included.
///
/// @param offer [in] the offer; NULL or not an offer gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_line_count(offer: *const clientela_offer) -> usize {
    guard_val(0, || clientela_offer::object(offer).map_or(0, |read| read.sheet.line_count()))
}

/// One line of an offer.
///
/// @param offer [in] the offer; not NULL
/// @param index [in] 0 to clientela_offer_line_count - 1
/// @param line [out] set up with CLIENTELA_INIT; its texts are owned by `offer`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_line(
    offer: *const clientela_offer,
    index: usize,
    line: *mut clientela_line,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let read = clientela_offer::object(offer)?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { read.sheet.line(index, line) }
    })
}

/// How many steps the prices of an offer have.
///
/// @param offer [in] the offer; NULL or not an offer gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_step_count(offer: *const clientela_offer) -> usize {
    guard_val(0, || clientela_offer::object(offer).map_or(0, |read| read.sheet.step_count()))
}

/// One step of the prices of an offer.
///
/// @param offer [in] the offer; not NULL
/// @param index [in] 0 to clientela_offer_step_count - 1
/// @param step [out] set up with CLIENTELA_INIT; its texts are owned by `offer`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_step(
    offer: *const clientela_offer,
    index: usize,
    step: *mut clientela_price_step,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let read = clientela_offer::object(offer)?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { read.sheet.step(index, step) }
    })
}

/// Frees an offer.
///
/// @param offer [in] the offer; nothing happens with NULL
/// Threads: any, once nobody reads it.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_free(offer: *mut clientela_offer) {
    guard_val((), || clientela_offer::free(offer));
}

/// Makes a new version of an offer with a discount by hand.
///
/// @param session [in] who gives it; not NULL
/// @param offer [in] the offer; not NULL
/// @param discount [in] how much, of what, why; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_RULE when it is more than may be given: clientela_error_why has the figures;
///   CLIENTELA_E_VALIDATION, CLIENTELA_E_STATE, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_RANGE, CLIENTELA_E_CONFLICT,
///   CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_discount(
    session: *const clientela_session,
    offer: *const clientela_id,
    discount: *const clientela_discount,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read, a structure set up with CLIENTELA_INIT, texts as their lengths say.
        let (offer, given, line, reason) = unsafe {
            let given = copy_struct(discount, "discount")?;
            let offer = read_id::<OfferId>(offer, "offer")?;
            (offer, given, text_of(given.line, "line")?, text_of(given.reason, "reason")?)
        };
        let amount = money_opt(given.amount, "amount")?;
        let percent = if amount.is_none() { Some(given.percent.get("percent")?) } else { None };
        let command = Command::OfferDiscount(DiscountOffer {
            offer: offer.to_string(),
            line,
            percent,
            amount,
            reason: reason.ok_or_else(|| Boundary::Null { name: "reason".to_owned() })?,
        });
        with_session(session, |state| state.run(state.command_id(given.command_id), &command)).map(drop)
    })
}

/// Hands an offer to the customer.
///
/// @param session [in] who does it; not NULL
/// @param offer [in] the offer; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_STATE or CLIENTELA_E_RULE when its state or a rule does not allow it, such as disputed totals or a last day that is past;
///   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_issue(
    session: *const clientela_session,
    offer: *const clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read.
        let offer = unsafe { read_id::<OfferId>(offer, "offer") }?.to_string();
        let command = Command::OfferIssue(DecideOffer { offer });
        with_session(session, |state| state.run(state.session.new_command_id(), &command)).map(drop)
    })
}

/// The customer accepts an offer.
///
/// @param session [in] who does it; not NULL
/// @param offer [in] the offer; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_STATE or CLIENTELA_E_RULE when its state or a rule does not allow it, such as a last day that is past;
///   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_accept(
    session: *const clientela_session,
    offer: *const clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read.
        let offer = unsafe { read_id::<OfferId>(offer, "offer") }?.to_string();
        let command = Command::OfferAccept(AcceptOffer { offer, beside: false });
        with_session(session, |state| state.run(state.session.new_command_id(), &command)).map(drop)
    })
}

/// The customer refuses an offer.
///
/// @param session [in] who does it; not NULL
/// @param offer [in] the offer; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_STATE or CLIENTELA_E_RULE when its state or a rule does not allow it;
///   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_refuse(
    session: *const clientela_session,
    offer: *const clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read.
        let offer = unsafe { read_id::<OfferId>(offer, "offer") }?.to_string();
        let command = Command::OfferRefuse(DecideOffer { offer });
        with_session(session, |state| state.run(state.session.new_command_id(), &command)).map(drop)
    })
}

/// We take an offer back.
///
/// @param session [in] who does it; not NULL
/// @param offer [in] the offer; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_STATE or CLIENTELA_E_RULE when its state or a rule does not allow it;
///   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_offer_withdraw(
    session: *const clientela_session,
    offer: *const clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for an id that can be read.
        let offer = unsafe { read_id::<OfferId>(offer, "offer") }?.to_string();
        let command = Command::OfferWithdraw(DecideOffer { offer });
        with_session(session, |state| state.run(state.session.new_command_id(), &command)).map(drop)
    })
}
