//! `cargo xtask test`: every test, in every language.

use crate::process::{Done, run as start};
use std::time::Instant;

/// A part of the tests: what it is called, what it does.
type Part = (&'static str, fn() -> Done);

const PARTS: &[Part] = &[
    ("Rust", rust),
    ("C and C++", || crate::c_test::run_command(&[])),
    ("Python and notebook", || crate::python::test(&[])),
    ("the house", || crate::tidy::run(&[])),
];

pub(crate) fn run(_: &[String]) -> Done {
    let start = Instant::now();
    for (name, part) in PARTS {
        println!("== {name} ({} s)", start.elapsed().as_secs());
        part()?;
    }
    println!("== all tests passed in {} s", start.elapsed().as_secs());
    Ok(())
}

/// Everything Cargo builds but the Python module, which is built and tested by the Python part.
fn rust() -> Done {
    start("cargo", ["test", "--workspace", "--exclude", "clientela-python", "--quiet"])
}
