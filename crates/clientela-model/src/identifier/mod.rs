//! Numbers and names of the outside world. Each is a type that can only be made by parsing.

mod currency;

pub use currency::Currency;

mod placeholder;
pub use placeholder::{Country, EmailAddress, Language, PhoneNumber, VatNumber, Vin};
