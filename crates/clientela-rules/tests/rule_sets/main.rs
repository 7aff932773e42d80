//! Rule sets: documents with their findings, decisions with their reasons, tables, and hostile documents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod documents;
mod hostile;
mod properties;
mod sentences;
mod tables;
mod world;
