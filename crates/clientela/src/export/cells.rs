//! The cells of a record, by the names of the fields of an import.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use clientela_core::party::entry::{NewConsent, NewContact, NewCustomer, NewVehicle};

/// A field as its cell.
trait Cell {
    fn cell(&self) -> String;
}

impl Cell for Option<String> {
    fn cell(&self) -> String {
        self.clone().unwrap_or_default()
    }
}

impl Cell for Option<NaiveDate> {
    fn cell(&self) -> String {
        self.map(|day| day.to_string()).unwrap_or_default()
    }
}

impl Cell for Option<DateTime<Utc>> {
    fn cell(&self) -> String {
        self.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)).unwrap_or_default()
    }
}

impl Cell for Option<u16> {
    fn cell(&self) -> String {
        self.map(|number| number.to_string()).unwrap_or_default()
    }
}

impl Cell for Option<i64> {
    fn cell(&self) -> String {
        self.map(|number| number.to_string()).unwrap_or_default()
    }
}

impl Cell for bool {
    fn cell(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl Cell for Option<bool> {
    fn cell(&self) -> String {
        self.map(|yes| yes.cell()).unwrap_or_default()
    }
}

/// A record whose fields have cells.
pub(super) trait Cells {
    /// The cell of a field; none when it has no such field.
    fn cell(&self, field: &str) -> Option<String>;
}

macro_rules! cells {
    ($record:ty: $($field:ident),*; $($other:literal = $of:ident),*) => {
        impl Cells for $record {
            fn cell(&self, field: &str) -> Option<String> {
                $(if field == stringify!($field) { return Some(self.$field.cell()); })*
                $(if field == $other { return Some(self.$of.cell()); })*
                None
            }
        }
    };
}

cells!(NewCustomer: name, name2, kind, vat_number, street, postal_code, locality, region, country, email, phone, language, nace,
    number, status, size, since, source, price_group, credit_hold, do_not_contact, notes;);
cells!(NewVehicle: vin, plate, make, model, category, body, euro_class, first_registration, ownership, acquired, disposed, usage,
    disposal_reason; "mileage" = mileage_km);
cells!(NewContact: number, given_name, family_name, role, influence, language, mobile, phone, email;);
cells!(NewConsent: purpose, channel, decision, basis, wording, source, proof, at, contact_point, expires_at, awaits_confirmation,
    proof_kind, proof_digest;);
