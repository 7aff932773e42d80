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
//! | data frames | [`arrow`] |
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
#[allow(
    dead_code,
    unused_imports,
    reason = "drafts, options and blobs have their helpers before they have exports"
)]
mod rt;

#[cfg(feature = "exports")]
pub use self::{date::*, decimal::*, error::*, id::*, library::*, money::*, status::*, text::*, time::*};
