//! Vectors from outside the repository, used when they are there.
#![allow(dead_code, reason = "each test program uses its part")]

use std::path::PathBuf;

/// A folder of vectors, or nothing with a word about it when it is not there.
pub(crate) fn vectors(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")).join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: no vectors at {}", path.display());
    None
}

/// The text of a vector file.
pub(crate) fn text(path: PathBuf) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
