//! The store as its callers see it.
#![allow(unreachable_pub, reason = "the support module serves the modules of this one program")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod chain;
mod commands;
mod conditions;
mod crash;
mod erasing;
mod migration;
mod opening;
mod past;
mod sharing;
mod state_machine;
mod support;
mod watch;
