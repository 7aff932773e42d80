//! State and journal of clientela in one transaction, on SQLite.
//!
//! A [`Store`] keeps records as plain typed rows that an analyst can read, and beside them a journal of every field that ever
//! changed: who, when, why, from what to what. Both are written together or not at all, and the state is always what the journal
//! folds to.
//!
//! | to | use |
//! | --- | --- |
//! | open, close, copy and check a store | [`Store`], [`OpenOptions`], [`Depth`], [`Report`] |
//! | read one consistent state | [`Store::read`], [`Reader`] |
//! | read a list page by page | [`Reader::listed`], [`Listing`], [`Mark`] |
//! | read a million rows in place | [`Reader::scan`], [`RowView`] |
//! | read as of a date, or what happened | [`Reader::as_of`], [`Reader::history`], [`Reader::commits`] |
//! | carry out a command, once | [`Store::write`], [`Writer`], [`CommandMeta`], [`Written`] |
//! | import much | [`Store::bulk`] |
//! | erase what the law wants gone | [`Writer::erase`], [`Writer::erase_traces`], [`Store::purge`] |
//! | follow a call from another thread, and stop it | [`Store::watched`], [`Watch`] |
//!
//! This crate knows the declarations of records ([`Schema`]) and no rule of the business. Nothing in it reads a clock or draws a
//! random number by itself: both are passed in.
#![forbid(unsafe_code)]

mod backend;
mod command;
mod environment;
mod erase;
mod error;
mod journal;
mod listing;
mod migrate;
mod options;
mod order;
mod reader;
mod row;
mod schema;
mod sql;
mod store;
mod watch;
mod writer;

pub use backend::{Depth, Progress};
pub use command::{CommandMeta, StoredCommand, Written, is_erased_answer};
pub use environment::{Clock, FixedClock, Random, SeededRandom, SteppingClock, SystemClock, SystemRandom};
pub use erase::{Erased, is_erased};
pub use error::StoreError;
pub use journal::anchor::Anchor;
pub use journal::entry::{CommitInfo, FieldChange, HistoryEntry};
pub use journal::past::{Past, PastVisit};
pub use journal::verify::{Finding, Report};
pub use listing::{Listed, Listing, Mark, NoMark, is_sortable};
pub use options::{OpenOptions, StoreInfo};
pub use order::{Direction, Order};
pub use reader::{Reader, Stored, Work};
pub use row::RowView;
pub use schema::Schema;
pub use store::{Bulk, Store};
pub use watch::Watch;
pub use writer::Writer;
