//! The business rules of clientela, as pure functions: records and facts in, decision and reason out.
//!
//! No clock, no random number, no input or output: the caller passes the time, the ids and what it read. Each module is
//! one part of the business and holds its records, its states and its decisions.
#![forbid(unsafe_code)]

pub mod assignment;
pub mod calendar;
pub mod catalogue;
pub mod claims;
pub mod custom;
mod draw;
pub mod findings;
pub mod fleet;
pub mod ids;
pub mod imports;
pub mod leads;
pub mod marketing;
pub mod numbers;
pub mod organisation;
pub mod party;
pub mod performance;
pub mod planning;
pub mod privacy;
pub mod pyramid;
pub mod questionnaire;
pub mod rules;
pub mod rules_environment;
pub mod sales;
mod schema;
pub mod setting;
#[cfg(test)]
mod table_test;
pub mod time;

pub use findings::Findings;
pub use schema::{ENTITIES, SCHEMA_VERSION, SUMMARIES, entity, summary};
