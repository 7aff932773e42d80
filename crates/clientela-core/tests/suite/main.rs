//! All integration tests in one program: it is linked once, and what they share is compiled once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod access;
mod campaigns;
mod credit_rules;
mod fleet;
mod funnel;
mod offer_approvals;
mod offer_decisions;
mod offer_prices;
mod offer_properties;
mod offer_replay;
mod organisation;
mod party_entry;
mod permission;
mod price_choice;
mod price_rules;
mod price_vectors;
mod pyramid;
mod quota;
mod quota_limits;
mod quota_measures;
mod quota_versions;
mod rules_page;
mod selling;
mod support;
