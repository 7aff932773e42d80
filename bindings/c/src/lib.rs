//! The C ABI of clientela: what `include/clientela.h` declares.
//!
//! One file per noun, each with its types and its exports written out, because the header is made from this text: a
//! function's documentation here is its documentation there. What all exports need is in `rt`: an export's body is one
//! call of its `guard`, and a test holds every export to that.
//!
//! | noun | file |
//! | --- | --- |
//! | versions, build, live handles | `library` |
//! | statuses and errors | `status`, `error` |
//! | texts | `text` |
//! | ids, amounts, decimals, days, moments | `id`, `money`, `decimal`, `date`, `time` |
//! | stores and what they call back | `store`, `callbacks` |
//! | sessions, commands | `session`, `command`, `service` |
//! | lists, fields as text, bytes | `list`, `record`, `blob` |
//! | customers with contacts and fleet | `customer`, `customer_parts` |
//! | opportunities, histories | `opportunity`, `history` |
//! | the quoting tool | `quoting` |
//! | prices, items, drafts, offers | `price`, `item`, `draft`, `offer` |
//! | quotas, campaigns | `quota`, `campaign` |
//! | data frames, imports | [`arrow`], `query`, `import` |
//! | rules | `rule`, `rule_check`, `rule_select`, `rule_set` |
//!
//! To add a function: write it into the file of its noun, run `cargo xtask header` and `cargo xtask symbols`.
#![allow(unsafe_code, reason = "the one crate where pointers of a foreign host are read and written")]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
#![allow(
    clippy::missing_safety_doc,
    reason = "the text of an export is the header's; there each parameter says what it must be"
)]
#![allow(non_camel_case_types, reason = "types are named as C names them")]

pub mod arrow;

// In the order of the header; the blank lines keep it.
#[cfg(feature = "exports")]
mod library;

#[cfg(feature = "exports")]
mod status;

#[cfg(feature = "exports")]
mod error;

#[cfg(feature = "exports")]
mod text;

#[cfg(feature = "exports")]
mod id;

#[cfg(feature = "exports")]
mod money;

#[cfg(feature = "exports")]
mod decimal;

#[cfg(feature = "exports")]
mod date;

#[cfg(feature = "exports")]
mod time;

#[cfg(feature = "exports")]
mod callbacks;

#[cfg(feature = "exports")]
mod service;

#[cfg(feature = "exports")]
mod store;

#[cfg(feature = "exports")]
mod session;

#[cfg(feature = "exports")]
mod command;

#[cfg(feature = "exports")]
mod record;

#[cfg(feature = "exports")]
mod blob;

#[cfg(feature = "exports")]
mod list;

#[cfg(feature = "exports")]
mod customer_parts;

#[cfg(feature = "exports")]
mod customer;

#[cfg(feature = "exports")]
mod opportunity;

#[cfg(feature = "exports")]
mod history;

#[cfg(feature = "exports")]
mod quoting;

#[cfg(feature = "exports")]
mod price;

#[cfg(feature = "exports")]
mod item;

#[cfg(feature = "exports")]
mod draft;

#[cfg(feature = "exports")]
mod offer;

#[cfg(feature = "exports")]
mod quota;

#[cfg(feature = "exports")]
mod campaign;

#[cfg(feature = "exports")]
mod rule;

#[cfg(feature = "exports")]
mod rule_check;

#[cfg(feature = "exports")]
mod rule_select;

#[cfg(feature = "exports")]
mod rule_set;

#[cfg(feature = "exports")]
mod query;

#[cfg(feature = "exports")]
mod import;

#[cfg(feature = "exports")]
#[allow(
    dead_code,
    unused_imports,
    reason = "drafts, options and blobs have their helpers before they have exports"
)]
mod rt;

#[cfg(feature = "exports")]
pub use self::{
    blob::*, campaign::*, command::*, customer::*, customer_parts::*, date::*, decimal::*, draft::*,
    error::*, history::*, id::*, import::*, item::*, library::*, list::*, money::*, offer::*, opportunity::*,
    price::*, query::*, quota::*, quoting::*, rule::*, rule_check::*, rule_select::*, rule_set::*,
    session::*, status::*, store::*, text::*, time::*,
};
