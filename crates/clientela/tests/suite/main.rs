//! All integration tests in one program: it is linked once, and what they share is compiled once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(
    clippy::needless_borrows_for_generic_args,
    reason = "a command is lent whether it is sent once or twice"
)]

mod acceptances;
mod access;
mod activities;
mod added_fields;
mod approval_ways;
mod assignment;
mod bad_input;
mod calendars;
mod catalogue;
mod common;
mod corrections;
mod credit_rules;
mod customers;
mod deal;
mod documents;
mod draft;
mod duplicates;
mod fold;
mod idempotency;
mod import;
mod imports;
mod issue_numbers;
mod journal;
mod kept_prices;
mod lead_scoring;
mod leads;
mod migration;
mod network;
mod offer_extras;
mod order_milestones;
mod orders;
mod outreach;
mod prices;
mod privacy;
mod questions;
mod quota_measures;
mod quota_plans;
mod quotas;
mod quoting;
mod reorganising;
mod retention;
mod rule_sets;
mod sales_figures;
mod scenarios;
mod selling;
mod sharing;
mod store_rules;
mod views;
mod words;
