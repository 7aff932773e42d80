//! The shared and the static library of clientela: the exports of `clientela-capi`, and nothing else.
//!
//! A crate of its own, so that `clientela-capi` stays an ordinary library that Rust tests can link.
pub use clientela_capi::*;
