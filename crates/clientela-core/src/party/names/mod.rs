//! Names as they are compared: what is written in many ways becomes one.
//!
//! | step | for | example |
//! | --- | --- | --- |
//! | [`plain`] | every text | `Müller`, `Mueller`, `MULLER` → `muller`; `Щукин` → `shchukin` |
//! | [`company`] | companies | `F.lli Rossi & C. S.n.c.` → `fratelli rossi`, form `snc` |
//! | [`person`] | persons | `Dott. Beppe De Luca` → `joseph deluca` |
//! | [`sound_key`] | looking up | `Chruschtschow`, `Khrushchev`, `Хрущёв`, `Hruščev` → one key |
//!
//! Legal forms, words and given names are tables beside this file. What comes out is compared, never shown or stored in a
//! customer's place.

mod company;
mod letters;
mod person;
mod sound;
mod tables;

pub use company::{CompanyName, LegalForm, company, company_of};
pub use letters::plain;
pub use person::{PersonName, person};
pub use sound::sound_key;
