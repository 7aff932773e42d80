//! What a user, a program or a disk can get wrong: each has its own stable code and a message for the help desk.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

mod commands;
mod stores;
mod texts;
