//! The extension module `clientela._native`: thin, no decision is taken here.
//!
//! Each file converts, calls, converts back. Signatures with defaults, docstrings with examples, HTML and optional
//! libraries are Python's part, in `python/clientela`.
#![allow(unsafe_code, reason = "what the macros of PyO3 write; no line of this crate's own")]
#![allow(missing_docs, reason = "the module's users read Python; every item made for them is documented")]

mod call;
mod capsule;
mod cell;
mod columns;
mod error;
mod python;
mod table;

use pyo3::prelude::*;

/// The compiled part of clientela; use the package `clientela`.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::table::{ColumnInfo, NativeTable};

    use pyo3::prelude::*;

    /// Version of the library.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// What this library was built with: for reports of faults.
    #[pyfunction]
    fn build_info() -> Vec<(&'static str, &'static str)> {
        vec![
            ("profile", if cfg!(debug_assertions) { "debug" } else { "release" }),
            ("target", std::env::consts::ARCH),
            ("system", std::env::consts::OS),
        ]
    }
}
