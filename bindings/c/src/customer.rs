//! Customers: entering, finding, listing, reading.

use crate::customer_parts::{ContactTexts, VehicleTexts, clientela_contact, clientela_vehicle};
use crate::error::clientela_error;
use crate::id::clientela_id;
use crate::list::{Rows, clientela_list, entry, limit};
use crate::record::Fields;
use crate::rt::{
    Handle, OrFail, c_struct, copy_struct, cstr, fill_struct, guard, guard_val, handle_type, out_ptr,
    out_value, text_of,
};
use crate::service::{with_session, written};
use crate::session::clientela_session;
use crate::status::clientela_status;
use crate::text::clientela_str;
use clientela::command::CreateCustomer;
use clientela::core::ids::CustomerId;
use clientela::core::party::entry::NewCustomer;
use clientela::model::EntityId;
use clientela::{Coded, Command, CustomerSearch, CustomerSnapshot, ErrorKind, Session};
use std::ffi::c_char;
use std::ptr::null;
use uuid::Uuid;

/// A customer with its contacts and fleet, as it was when it was read. A snapshot: it never changes, and any number of threads may
/// read it.
pub struct clientela_customer {
    _opaque: [u8; 0],
}

handle_type!(clientela_customer => Snapshot);

/// What a customer handle stands for.
#[derive(Debug)]
pub(crate) struct Snapshot {
    fields: Fields,
    version: i64,
    contacts: Vec<ContactTexts>,
    vehicles: Vec<VehicleTexts>,
}

/// A customer to be entered. Needed are kind, name and country.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_customer_new {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// 1 when it asked never to be contacted for advertising.
    pub do_not_contact: u32,
    /// The command's id, see clientela_new_id; all zero for a new one.
    pub command_id: clientela_id,
    /// "company", "sole_trader", "person", "public_body" or "dealer".
    pub kind: clientela_str,
    /// Name or company name.
    pub name: clientela_str,
    /// VAT number; without a country's letters it is one of `country`. One that is known already is refused.
    pub vat_number: clientela_str,
    /// Street and house number, up to four lines.
    pub street: clientela_str,
    /// Postal code as written in `country`.
    pub postal_code: clientela_str,
    /// Town.
    pub town: clientela_str,
    /// Province or region.
    pub region: clientela_str,
    /// Country as two letters.
    pub country: clientela_str,
    /// E-mail address.
    pub email: clientela_str,
    /// Telephone number; without a prefix it is one of `country`.
    pub phone: clientela_str,
    /// Language it is written to in, two letters.
    pub language: clientela_str,
    /// Trade as a NACE Rev. 2 code.
    pub nace: clientela_str,
    /// Customer number known to other systems; the unit's series gives one otherwise.
    pub number: clientela_str,
    /// "suspect", "prospect" (the default), "customer", "dormant" or "lost".
    pub status: clientela_str,
    /// Where the customer came from.
    pub source: clientela_str,
    /// Price group of the quoting tool.
    pub price_group: clientela_str,
    /// Title of the position that looks after it; the session's when not given.
    pub owner: clientela_str,
}
c_struct!(clientela_customer_new {
    struct_size,
    do_not_contact,
    command_id,
    kind,
    name,
    vat_number,
    street,
    postal_code,
    town,
    region,
    country,
    email,
    phone,
    language,
    nace,
    number,
    status,
    source,
    price_group,
    owner
});

/// What customers are looked for by. What is given must all hold.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_customer_search {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// At most so many; 0 for as many as a list holds (999).
    pub limit: u32,
    /// Only customers after this one, for the next page; all zero for the first.
    pub after: clientela_id,
    /// Start of the name, letter case aside.
    pub name: clientela_str,
    /// VAT number with its country's letters, written in any usual way.
    pub vat_number: clientela_str,
    /// Customer number.
    pub number: clientela_str,
    /// E-mail address.
    pub email: clientela_str,
    /// Telephone number, international.
    pub phone: clientela_str,
    /// Country as two letters.
    pub country: clientela_str,
    /// Start of the postal code.
    pub postal_code: clientela_str,
}
c_struct!(clientela_customer_search {
    struct_size,
    limit,
    after,
    name,
    vat_number,
    number,
    email,
    phone,
    country,
    postal_code
});

impl From<CustomerSnapshot> for Snapshot {
    fn from(read: CustomerSnapshot) -> Self {
        Self {
            fields: Fields::of(&read.customer),
            version: read.version,
            contacts: read.contacts.iter().map(ContactTexts::new).collect(),
            vehicles: read.fleet.into_iter().map(VehicleTexts::new).collect(),
        }
    }
}

/// A search for one customer that is no search, or that finds several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum FindError {
    #[error("key is not one customers are found by; use vat, number, id or email")]
    Key,
    #[error("value fits several customers; look at them with clientela_customer_list")]
    Several,
    #[error("value fits no customer that you can see")]
    None,
}

impl Coded for FindError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Key => ErrorKind::Argument,
            Self::Several => ErrorKind::Validation,
            Self::None => ErrorKind::NotFound,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Key => "name.unknown",
            Self::Several => "customer.several",
            Self::None => "record.not_found",
        }
    }
    fn field(&self) -> Option<String> {
        Some(if *self == Self::Key { "key" } else { "value" }.to_owned())
    }
}

/// Enters a customer with the session's dealer.
///
/// @param session [in] who enters it; not NULL
/// @param customer [in] what is known of it; not NULL
/// @param id [out] its id; may be NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_VALIDATION with all findings; CLIENTELA_E_EXISTS when the dealer has a customer with this VAT
///   number: clientela_error_entity gives it, when the session may see it; CLIENTELA_E_RIGHTS, CLIENTELA_E_STATE, CLIENTELA_E_BUSY,
///   CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_create(
    session: *const clientela_session,
    customer: *const clientela_customer_new,
    id: *mut clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        let given = unsafe { copy_struct(customer, "customer") }?;
        // SAFETY: the header asks for texts as their lengths say.
        let read = |text: clientela_str, name: &str| unsafe { text_of(text, name) };
        let new = NewCustomer {
            kind: read(given.kind, "kind")?,
            name: read(given.name, "name")?,
            vat_number: read(given.vat_number, "vat_number")?,
            street: read(given.street, "street")?,
            postal_code: read(given.postal_code, "postal_code")?,
            locality: read(given.town, "town")?,
            region: read(given.region, "region")?,
            country: read(given.country, "country")?,
            email: read(given.email, "email")?,
            phone: read(given.phone, "phone")?,
            language: read(given.language, "language")?,
            nace: read(given.nace, "nace")?,
            number: read(given.number, "number")?,
            status: read(given.status, "status")?,
            source: read(given.source, "source")?,
            price_group: read(given.price_group, "price_group")?,
            do_not_contact: given.do_not_contact != 0,
            ..NewCustomer::default()
        };
        let command =
            Command::CustomerCreate(CreateCustomer { customer: new, owner: read(given.owner, "owner")? });
        let receipt = with_session(session, |state| state.run(state.command_id(given.command_id), &command))?;
        if !id.is_null() {
            // SAFETY: not NULL, and the header asks for a variable that may be written to.
            unsafe { out_value(id, "id") }?.set(written(&receipt, "relationship"));
        }
        Ok(())
    })
}

/// Finds one customer and reads it with contacts and fleet.
///
/// @param session [in] who looks; not NULL
/// @param key [in] what it is found by: "vat" (with the country's letters), "number", "id" or "email"; not NULL
/// @param value [in] the number, id or address; not NULL
/// @param customer [out] the customer; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK; CLIENTELA_E_NOT_FOUND when there is none that the session may see; CLIENTELA_E_VALIDATION when the value
///   cannot be one of its kind, or fits several customers ("customer.several"); CLIENTELA_E_STATE, CLIENTELA_E_HANDLE,
///   CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_customer_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_find(
    session: *const clientela_session,
    key: *const c_char,
    value: *const c_char,
    customer: *mut *mut clientela_customer,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and texts that end with a NUL.
        let (out, key, value) =
            unsafe { (out_ptr(customer, "customer")?, cstr(key, "key")?, cstr(value, "value")?) };
        let value_given = Some(value.to_owned());
        let search = match key {
            "number" | "id" => None,
            "vat" => Some(CustomerSearch { vat_number: value_given, ..CustomerSearch::default() }),
            "email" => Some(CustomerSearch { email: value_given, ..CustomerSearch::default() }),
            _ => return Err(FindError::Key.into()),
        };
        let read = with_session(session, |state| {
            let session = &state.session;
            let Some(search) = search else { return session.customer(value).or_fail() };
            let found =
                session.find_customers(&search, 2).or_fail().map_err(|fail| fail.of_field("value"))?;
            match found.as_slice() {
                [] => Err(FindError::None.into()),
                [one] => session.customer(&one.record.id.to_string()).or_fail(),
                _ => Err(FindError::Several.into()),
            }
        })?;
        out.keep(read.into())
    })
}

/// Lists the customers that fit a search, by id: older ones first.
///
/// @param session [in] who looks; not NULL
/// @param search [in] what they are looked for by; not NULL
/// @param list [out] the customers; not NULL, NULL on failure
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, also when none fits; CLIENTELA_E_VALIDATION for a number or address that cannot be one; CLIENTELA_E_STATE,
///   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
/// Ownership: free it with clientela_list_free.
/// Threads: any.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_list(
    session: *const clientela_session,
    search: *const clientela_customer_search,
    list: *mut *mut clientela_list,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        // SAFETY: the header asks for a variable that may be written to and a structure set up with CLIENTELA_INIT.
        let (out, given) = unsafe { (out_ptr(list, "list")?, copy_struct(search, "search")?) };
        // SAFETY: the header asks for texts as their lengths say.
        let read = |text: clientela_str, name: &str| unsafe { text_of(text, name) };
        let search = CustomerSearch {
            name: read(given.name, "name")?,
            vat_number: read(given.vat_number, "vat_number")?,
            number: read(given.number, "number")?,
            email: read(given.email, "email")?,
            phone: read(given.phone, "phone")?,
            country: read(given.country, "country")?,
            postal_code: read(given.postal_code, "postal_code")?,
            after: None,
        };
        let page = move |session: &Session, after: Option<Uuid>, most| {
            let after = after.map(CustomerId::from_uuid);
            session.find_customers(&CustomerSearch { after, ..search.clone() }, most)
        };
        let (after, limit) = (Uuid::from_bytes(given.after.bytes), limit(given.limit));
        let after = (!after.is_nil()).then_some(after);
        out.keep(with_session(session, |state| Rows::first(state, limit, after, page))?)
    })
}

/// A field of a customer, as text.
///
/// @param customer [in] the customer; NULL or not a customer gives NULL
/// @param field [in] "name", "number", "vat", "kind", "status", "email", "phone", "language", "nace", "address.street",
///   "address.postal_code", "address.town", "address.region", "address.country" or any other name of a column; an unknown one
///   gives NULL
/// @param len [out] length in bytes; may be NULL, not written when the result is NULL
/// @return UTF-8 with a NUL after it, owned by `customer`, valid until clientela_customer_free; NULL when the field is empty or the
///   session may not read it
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_get(
    customer: *const clientela_customer,
    field: *const c_char,
    len: *mut usize,
) -> *const c_char {
    guard_val(null(), || {
        // SAFETY: the header asks for a text that ends with a NUL and NULL or a variable that may be written to.
        clientela_customer::object(customer).map_or(null(), |read| unsafe { read.fields.give(field, len) })
    })
}

/// The id of a customer.
///
/// @param customer [in] the customer; not NULL
/// @param id [out] the id; not NULL, written on success only
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_id(
    customer: *const clientela_customer,
    id: *mut clientela_id,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let read = clientela_customer::object(customer)?;
        // SAFETY: the header asks for a variable that may be written to.
        unsafe { out_value(id, "id") }?.set(read.fields.id.into());
        Ok(())
    })
}

/// The version of a customer that was read: give it to the command customer.change, to notice that somebody changed it meanwhile.
///
/// @param customer [in] the customer; NULL or not a customer gives 0
/// @return the version
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_version(customer: *const clientela_customer) -> i64 {
    guard_val(0, || clientela_customer::object(customer).map_or(0, |read| read.version))
}

/// How many contacts a customer has.
///
/// @param customer [in] the customer; NULL or not a customer gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_contact_count(customer: *const clientela_customer) -> usize {
    guard_val(0, || clientela_customer::object(customer).map_or(0, |read| read.contacts.len()))
}

/// One contact of a customer.
///
/// @param customer [in] the customer; not NULL
/// @param index [in] 0 to clientela_customer_contact_count - 1
/// @param contact [out] set up with CLIENTELA_INIT; its texts are owned by `customer`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_contact(
    customer: *const clientela_customer,
    index: usize,
    contact: *mut clientela_contact,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let read = clientela_customer::object(customer)?;
        let told = entry(&read.contacts, index)?.told()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(contact, &told, "contact") }
    })
}

/// How many vehicles a customer's fleet has, those that left it included.
///
/// @param customer [in] the customer; NULL or not a customer gives 0
/// @return the number
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_vehicle_count(customer: *const clientela_customer) -> usize {
    guard_val(0, || clientela_customer::object(customer).map_or(0, |read| read.vehicles.len()))
}

/// One vehicle of a customer's fleet.
///
/// @param customer [in] the customer; not NULL
/// @param index [in] 0 to clientela_customer_vehicle_count - 1
/// @param vehicle [out] set up with CLIENTELA_INIT; its texts are owned by `customer`; not NULL
/// @param err [in,out] the error slot, may be NULL
/// @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
/// Threads: any number at once.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_vehicle(
    customer: *const clientela_customer,
    index: usize,
    vehicle: *mut clientela_vehicle,
    err: *mut *mut clientela_error,
) -> clientela_status {
    guard(err, || {
        let read = clientela_customer::object(customer)?;
        let told = entry(&read.vehicles, index)?.told()?;
        // SAFETY: the header asks for a structure set up with CLIENTELA_INIT.
        unsafe { fill_struct(vehicle, &told, "vehicle") }
    })
}

/// Frees a customer.
///
/// @param customer [in] the customer; nothing happens with NULL
/// Threads: any, once nobody reads it.
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clientela_customer_free(customer: *mut clientela_customer) {
    guard_val((), || clientela_customer::free(customer));
}
