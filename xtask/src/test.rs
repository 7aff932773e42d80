//! `cargo xtask test`: every test, in every language.
//!
//! Much of it waits for one program at a time, so that what does not need each other goes on side by side.

use crate::process::{Beside, Done, run as start, target};
use std::thread;
use std::time::Instant;

/// Where the output of the Python part is kept until the C part is through.
const PYTHON_SAYS: &str = "test-python.txt";

pub(crate) fn run(_: &[String]) -> Done {
    let start = Instant::now();
    let begin = |name: &str| println!("== {name} ({} s)", start.elapsed().as_secs());
    begin("the house");
    crate::tidy::run(&[])?;
    // The packages come over the network while Rust is compiled.
    let packages = thread::spawn(|| crate::python::prepare().map_err(|error| error.to_string()));
    begin("Rust");
    rust()?;
    packages.join().map_err(|_| "the Python environment could not be made")??;
    begin("C and C++, and beside them Python and notebooks");
    let python = Beside::start("cargo", &["xtask", "python"], &target().join(PYTHON_SAYS))?;
    let c = crate::c_test::run_command(&[]);
    begin("Python and notebooks");
    // Both are told of when both have failed.
    match (c, python.finish()) {
        (Err(c), Err(python)) => return Err(format!("C: {c}\nPython: {python}").into()),
        (c, python) => c.and(python)?,
    }
    println!("== all tests passed in {} s", start.elapsed().as_secs());
    Ok(())
}

/// Everything Cargo builds but the Python module, which is built and tested by the Python part.
fn rust() -> Done {
    start("cargo", ["test", "--workspace", "--exclude", "clientela-python", "--quiet"])
}
