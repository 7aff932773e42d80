//! The one door through which errors reach Python: every Rust error becomes a child of `clientela.ClientelaError`.

use clientela::model::{Coded, ErrorKind, Why};
use clientela::rules::{RuleError, RuleErrors};
use clientela_demo::DemoError;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::json;

/// What this binding itself finds wrong. The texts never repeat a value: it may be personal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindingError {
    /// A value of a type that is not taken.
    #[error("{field} is {got}; expected {expected}")]
    WrongType { field: String, got: String, expected: &'static str },
    /// A float where an exact number belongs.
    #[error("{field} is a float, which cannot hold amounts exactly; pass a Decimal, an int or a Money")]
    Float { field: String },
    /// A moment that could be anywhere on earth.
    #[error(
        "{field} is a datetime without a time zone; pass one with a tzinfo, such as datetime.now(timezone.utc)"
    )]
    Naive { field: String },
    /// A number no column holds.
    #[error("{field} {problem}; expected {expected}")]
    Range { field: String, problem: &'static str, expected: &'static str },
    /// Columns of different lengths.
    #[error("column {field} has another length than the first; give all columns the same number of values")]
    Length { field: String },
    /// A column whose Arrow type has no plain Python value.
    #[error("column {field} has the Arrow type {ty}, which has no plain value; use to_arrow or to_polars")]
    ColumnType { field: String, ty: String },
    /// A name that is not a column.
    #[error("there is no column {field}; {hint}")]
    UnknownColumn { field: String, hint: String },
    /// A stream whose producer failed.
    #[error("the stream stopped with an error of its producer: {problem}")]
    Stream { problem: String },
    /// A file that cannot be written.
    #[error("the file cannot be written: {problem}")]
    File { problem: String, native: i32 },
    /// The caller asked to stop.
    #[error("stopped as asked; nothing was written")]
    Cancelled,
    /// The process was forked after the store was opened.
    #[error(
        "this store was opened before the process was forked; open it again in the child, or start processes with spawn or forkserver"
    )]
    Forked,
    /// Closed before.
    #[error("the store is closed; open it again with clientela.open")]
    Closed,
    /// A panic.
    #[error("the library met a fault of its own in {place}; please report it")]
    Panic { place: &'static str },
    /// The demonstration could not be made.
    #[error("the demonstration could not be made: {problem}")]
    Demo { problem: String },
    /// No thread could be started.
    #[error("the system gave no thread to work on; close other programs and try again")]
    Thread,
}

impl Coded for BindingError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::WrongType { .. } | Self::Float { .. } | Self::Naive { .. } => ErrorKind::Argument,
            Self::Range { .. } => ErrorKind::Range,
            Self::Length { .. } => ErrorKind::Argument,
            Self::ColumnType { .. } => ErrorKind::Unsupported,
            Self::UnknownColumn { .. } => ErrorKind::NotFound,
            Self::Stream { .. } => ErrorKind::Callback,
            Self::File { .. } => ErrorKind::Io,
            Self::Cancelled => ErrorKind::Cancelled,
            Self::Forked | Self::Closed => ErrorKind::State,
            Self::Panic { .. } | Self::Demo { .. } => ErrorKind::Internal,
            Self::Thread => ErrorKind::Limit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::WrongType { .. } => "argument.type",
            Self::Float { .. } => "argument.float",
            Self::Naive { .. } => "argument.naive_datetime",
            Self::Range { .. } => "argument.range",
            Self::Length { .. } => "table.length",
            Self::ColumnType { .. } => "table.column_type",
            Self::UnknownColumn { .. } => "table.column_unknown",
            Self::Stream { .. } => "arrow.stream",
            Self::File { .. } => "file.io",
            Self::Cancelled => "call.cancelled",
            Self::Forked => "store.forked",
            Self::Closed => "store.closed",
            Self::Panic { .. } | Self::Demo { .. } => "internal",
            Self::Thread => "system.threads",
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::WrongType { field, .. }
            | Self::Float { field }
            | Self::Naive { field }
            | Self::Range { field, .. }
            | Self::Length { field }
            | Self::ColumnType { field, .. }
            | Self::UnknownColumn { field, .. } => Some(field.clone()),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::WrongType { expected, .. } | Self::Range { expected, .. } => Some((*expected).to_owned()),
            Self::UnknownColumn { hint, .. } => Some(hint.clone()),
            _ => None,
        }
    }

    fn native(&self) -> i32 {
        match self {
            Self::File { native, .. } => *native,
            _ => 0,
        }
    }
}

impl BindingError {
    /// A value of the wrong type; only its type's name is said.
    pub(crate) fn wrong_type(field: &str, value: &Bound<'_, PyAny>, expected: &'static str) -> Self {
        let got =
            value.get_type().name().map_or_else(|_| "something else".to_owned(), |name| name.to_string());
        Self::WrongType { field: field.to_owned(), got: format!("of type {got}"), expected }
    }

    /// What stopped a demonstration: the library's own error where there is one.
    pub(crate) fn demo(error: DemoError) -> clientela::Error {
        match error {
            DemoError::Crm(error) => error,
            DemoError::Value(error) => error.into(),
            DemoError::Io { source, .. } => Self::file(&source).into(),
            other @ DemoError::Missing(_) => Self::Demo { problem: other.to_string() }.into(),
        }
    }

    /// A file the system refused.
    pub(crate) fn file(error: &std::io::Error) -> Self {
        Self::File { problem: error.kind().to_string(), native: error.raw_os_error().unwrap_or(0) }
    }
}

impl From<BindingError> for PyErr {
    fn from(error: BindingError) -> Self {
        raised(&error)
    }
}

/// The Python exception for an error, built by `clientela.errors` from its parts.
pub(crate) fn raised(error: &dyn Coded) -> PyErr {
    Python::attach(|py| build(py, error).unwrap_or_else(|failure| failure))
}

fn build(py: Python<'_>, error: &dyn Coded) -> PyResult<PyErr> {
    let parts = PyDict::new(py);
    parts.set_item("kind", kind_word(error.kind()))?;
    parts.set_item("code", error.code())?;
    parts.set_item("message", error.to_string())?;
    parts.set_item("field", error.field())?;
    parts.set_item("hint", error.hint())?;
    parts.set_item("entity", error.entity().map(|id| id.hyphenated().to_string()))?;
    parts.set_item("retry", error.kind().retry())?;
    parts.set_item("native", error.native())?;
    let issues: Vec<(String, String, String)> =
        error.issues().into_iter().map(|issue| (issue.code, issue.field, issue.message)).collect();
    parts.set_item("issues", issues)?;
    parts.set_item("notes", notes(error))?;
    parts.set_item("why", error.why().map(why_json))?;
    let exception = py.import("clientela.errors")?.getattr("from_native")?.call((), Some(&parts))?;
    Ok(PyErr::from_value(exception))
}

/// The findings about a rule with the line and a caret under the place: what a traceback shows beneath the sentence.
fn notes(error: &dyn Coded) -> Vec<String> {
    let error: &dyn std::error::Error = error;
    let findings = error.downcast_ref::<RuleErrors>().map_or(&[][..], RuleErrors::errors);
    let said = |finding: &RuleError| match &finding.hint {
        Some(hint) => format!("{finding}; {hint}\n{}", finding.snippet),
        None => format!("{finding}\n{}", finding.snippet),
    };
    findings.iter().map(said).collect()
}

/// A reason as the JSON text `clientela.why.Explanation` reads.
pub(crate) fn why_json(why: &Why) -> String {
    serde_json::to_string(why).unwrap_or_else(|_| json!({ "reason": why.reason }).to_string())
}

/// The word of an error class, as in the C header and the documentation.
fn kind_word(kind: ErrorKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "internal".to_owned(),
    }
}

/// A payload of a panic never reaches Python: it could carry anything.
pub(crate) fn panicked(place: &'static str) -> PyErr {
    let error = BindingError::Panic { place };
    // Should even the exception's class fail to load, a plain one is raised rather than none.
    Python::attach(|py| build(py, &error).unwrap_or_else(|_| PyRuntimeError::new_err(error.to_string())))
}

/// The exception for an error of the facade.
pub(crate) fn of_facade(error: clientela::Error) -> PyErr {
    raised(error.coded())
}
