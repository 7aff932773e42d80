//! Formats clientela speaks with other programs. Bytes in, checked records out; records in, the same bytes out.
//!
//! | with | use |
//! | --- | --- |
//! | the quoting tool (contract `quoting-exchange/1`) | [`quoting`] |
//! | portals and manufacturers that send leads (ADF 1.0) | [`adf`] |
//! | address books and phones | [`vcard`] |
//! | people and the systems of buyers and sellers: offers and orders as HTML and UBL 2.1 | [`document`] |
//! | calendars of other programs | [`icalendar`] |
//! | spreadsheets and exports of other systems | [`csv`] |
//!
//! Every reader is bounded (the limits are named constants), never panics, and its errors name the place and never
//! repeat what stood there, because that may be personal. Nothing here opens files, asks the clock or makes up ids.
#![forbid(unsafe_code)]

pub mod adf;
pub mod csv;
pub mod document;
pub mod icalendar;
pub mod quoting;
mod text;
pub mod vcard;

pub use text::{Surveyed, TextEncoding, TextSurvey};
