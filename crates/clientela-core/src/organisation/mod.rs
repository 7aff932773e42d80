//! Organisation and access: who works where, and what he may see and do.
//!
//! Units form a tree, positions sit in units, users hold positions for a period, profiles say what a position may do.
//! [`access`] answers every question of rights, once, as a condition that memory and the store both evaluate.

pub mod access;
mod position;
mod profile;
pub mod tree;
mod unit;

pub use access::{Actor, Verdict, can, permission};
pub use position::{Function, Holding, Position, User};
pub use profile::{Grant, Profile, Scope, Verb};
pub use unit::{NumberSeries, NumberedDocument, Unit, UnitKind};
