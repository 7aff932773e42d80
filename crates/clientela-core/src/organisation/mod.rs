//! Organisation and access: who works where, and what he may see and do.
//!
//! Units form a tree, positions sit in units, users hold positions for a period, profiles say what a position may do.
//! [`access`] answers every question of rights, once, as a condition that memory and the store both evaluate;
//! [`audit`] says by which rule a record is seen, [`views`] are the lists people ask for;
//! [`sharing`] shows single records to others for a time, [`numbering`] says whose numbers must differ; [`signing_in`] chooses the position a user acts from, [`tree`] keeps both trees free of circles, [`standard`] holds
//! the profiles to start with.

pub mod access;
pub mod audit;
mod holding;
mod leaving;
pub mod numbering;
mod position;
mod profile;
pub mod sharing;
pub mod signing_in;
pub mod standard;
mod substitutes;
pub mod tree;
mod unit;
mod unit_tree;
pub mod views;

pub use access::{Actor, MERGED_INTO, Verdict, can, facet_permission, may, permission, reach};
pub use audit::{AccessRule, Explained, explain};
pub use holding::begin_holding;
pub use leaving::{activate, deactivate, end_holding};
pub use numbering::{KeySpace, default_prefix};
pub use position::{Function, Holding, Position, User};
pub use profile::{Grant, Profile, Scope, Verb, change_grants, check_own_profile};
pub use sharing::{CustomerShare, OpportunityShare, Share, ShareRight, ShareTerms, Shared};
pub use signing_in::{SignInError, SignedIn, sign_in};
pub use standard::{StandardGrant, standard_profiles};
pub use substitutes::substitute;
pub use tree::{TreeError, check_position, check_same_dealer, check_unit, dealer_of, nearest, time_zone_of};
pub use unit::{NumberSeries, NumberedDocument, Unit, UnitKind};
pub use unit_tree::{UnitTree, top_down};
pub use views::{Anchor, ListView};
