//! What several tests ask: every entity by its type, the whole state, and how an error reads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, unused_macros, reason = "each test file uses what it needs")]

use clientela::core::ENTITIES;
use clientela::{Error, Session, TableQuery};
use std::path::Path;

/// Calls a function once for every declared record type; gives names and results.
macro_rules! every_record {
    ($function:ident $arguments:tt) => {
        clientela::core::every_record!(called_for_each, $function $arguments)
    };
}
macro_rules! called_for_each {
    ([$function:ident $arguments:tt] $($record:path,)*) => {
        [$((<$record as clientela::model::Record>::ENTITY.name, $function::<$record> $arguments)),*]
    };
}
#[allow(unused_imports, reason = "as above")]
pub(crate) use {called_for_each, every_record};

/// Everything stored, as the session sees it, entity by entity.
pub(crate) fn state(session: &Session) -> Vec<(&'static str, Vec<arrow_array::RecordBatch>)> {
    let batches = |name: &str| session.table(&TableQuery::new(name)).unwrap().batches().to_vec();
    ENTITIES.iter().map(|entity| (entity.name, batches(entity.name))).collect()
}

/// Checks that an error is one a seller can read to the help desk: a listed code, one sentence in lower case, and none
/// of the texts that may not be repeated.
pub(crate) fn is_readable(error: &Error, personal: &[&str]) {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    let listed = std::fs::read_to_string(list).unwrap();
    assert!(listed.contains(&format!("| `{}` |", error.code())), "{} is not in docs/errors.md", error.code());
    let message = error.to_string();
    assert!(error.hint().is_some(), "{}: what would be right is not said: {message}", error.code());
    let sentences = std::iter::once(message.clone())
        .chain(error.issues().into_iter().map(|issue| issue.message))
        .chain(error.hint());
    for sentence in sentences {
        assert!(!sentence.is_empty() && sentence.chars().count() < 2_000, "{sentence:?}");
        assert!(!sentence.ends_with('.') && !sentence.contains('\n'), "one sentence: {sentence:?}");
        let machine = ["Some(", "None", "Err(", "Error", "panicked", "::", "{", "}"];
        assert!(machine.iter().all(|word| !sentence.contains(word)), "in words of the trade: {sentence:?}");
    }
    let first = message.chars().next().unwrap();
    assert!(!first.is_uppercase() || message.starts_with("VAT") || message.starts_with("VIN"), "{message:?}");
    let all = format!(
        "{message} {error:?} {:?} {:?} {:?} {:?}",
        error.field(),
        error.hint(),
        error.issues(),
        error.why()
    );
    for text in personal {
        assert!(!all.contains(text), "{} repeats {text:?}: {all}", error.code());
    }
}
