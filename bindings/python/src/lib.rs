//! The extension module `clientela._native`: thin, no decision is taken here.
//!
//! Each file converts, calls, converts back. Signatures with defaults, docstrings with examples, HTML and optional
//! libraries are Python's part, in `python/clientela`.
//!
//! No unsafe line: foreign Arrow streams are opened by `clientela-capi`.

mod call;
mod capsule;
mod cell;
mod columns;
mod cpu;
mod error;
mod home;
mod import;
mod mask;
mod pipeline;
mod python;
mod records;
mod rule_sets;
mod rules;
mod store;
mod table;
mod target;
mod what_if;

use pyo3::prelude::*;

/// The compiled part of clientela; use the package `clientela`.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::import::{NativeImport, NativeImportReport, NativeSource};
    #[pymodule_export]
    use crate::mask::NativeMask;
    #[pymodule_export]
    use crate::pipeline::NativePipeline;
    #[pymodule_export]
    use crate::rules::{NativeRule, rule_explain_over_table, rule_funnel_over_table, rule_over_table};
    #[pymodule_export]
    use crate::store::NativeStore;
    #[pymodule_export]
    use crate::table::{ColumnInfo, NativeTable, table_of_ids};
    #[pymodule_export]
    use crate::target::NativeTarget;
    #[pymodule_export]
    use crate::what_if::what_if_table;

    use pyo3::prelude::*;

    /// Version of the library.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The data dictionary, line by line: entity, column, label, type, words, may be empty, personal, confidential, meaning.
    #[pyfunction]
    fn dictionary() -> Vec<crate::records::Line> {
        crate::records::dictionary()
    }

    /// Every entity: its name, meaning, and the column people name its records by.
    #[pyfunction]
    fn entities() -> Vec<(&'static str, &'static str, Option<&'static str>)> {
        crate::records::entities()
    }

    /// The word of every command.
    #[pyfunction]
    fn commands() -> Vec<&'static str> {
        clientela::Command::KINDS.to_vec()
    }

    /// The word of every question.
    #[pyfunction]
    fn questions() -> Vec<&'static str> {
        clientela::Question::WORDS.to_vec()
    }

    /// What this library was built with: for reports of faults.
    #[pyfunction]
    fn build_info() -> Vec<(&'static str, String)> {
        vec![
            ("profile", if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned()),
            ("target", std::env::consts::ARCH.to_owned()),
            ("system", std::env::consts::OS.to_owned()),
            ("cpu", crate::cpu::flags()),
        ]
    }

    /// A customers' list as messy as real ones, for lessons in importing: the same bytes always.
    #[pyfunction]
    fn messy_customers() -> Vec<u8> {
        clientela_demo::messy::sample()
    }
}
