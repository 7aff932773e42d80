//! The values every part of clientela speaks of, and the one declaration of a record.
//!
//! | to say | use |
//! | --- | --- |
//! | an exact amount with its currency | [`Money`], [`Rounding`], [`allocate`] |
//! | a code or a name that is often copied | [`ShortText`] |
//! | who or what is meant | typed ids such as those made by [`entity_ids!`] |
//! | a number of the outside world | [`identifier`]: VIN, VAT number, e-mail, phone, postal code, currency, country |
//! | when | [`DateRange`], `chrono` dates and UTC instants |
//! | why something was decided | [`Why`] |
//! | what a record is made of | [`Record`], [`Entity`], [`Column`] |
//! | what went wrong | [`ValueError`], [`Coded`], [`ErrorKind`] |
//!
//! This crate knows no business rule, no SQL, no clock and no source of random numbers.
#![forbid(unsafe_code)]

extern crate self as clientela_model;

pub mod date;
pub mod error;
pub mod id;
pub mod identifier;
pub mod money;
pub mod predicate;
pub mod record;
mod short_text;
pub mod value;
pub mod why;

pub use clientela_model_derive::{ClosedList, Record};
pub use date::DateRange;
pub use error::{Coded, ErrorKind, Issue, ValueError, hint_of};
pub use id::EntityId;
pub use money::{Money, MoneyError, RateTable, Rounding, RoundingPolicy, allocate, allocate_units};
pub use predicate::{Comparison, Lookup, Predicate};
pub use record::{
    Access, ClosedList, Column, ColumnType, Entity, Facet, Field, Figure, Merge, Record, RecordError,
    Summary, View,
};
pub use short_text::ShortText;
pub use value::{Value, ValueReader};
pub use why::{Fact, Why};
