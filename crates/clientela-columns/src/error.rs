//! What can be wrong with columns.

use clientela_model::{Coded, ErrorKind};

/// What can be wrong with columns or with asking them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnsError {
    /// Offsets do not fit their children.
    #[error("the offsets of the children go back or do not end at {children}, the number of children")]
    Offsets {
        /// The number of children.
        children: usize,
    },
    /// A rule asks for something that is not there.
    #[error("the columns have no {path}; {hint}")]
    MissingField {
        /// As in the rule, such as `customer.fleet[].make`.
        path: String,
        /// What there is.
        hint: String,
    },
    /// A column is not of the kind that the rule was checked with.
    #[error("the column {path} holds {given}, and the rule wants {expected}")]
    Kind {
        /// As in the rule.
        path: String,
        /// What the column holds.
        given: &'static str,
        /// What the rule wants.
        expected: &'static str,
    },
    /// An Arrow column of a type that rules do not know.
    #[error("the column {column} is of the type {given}, which rules do not know; cast it before")]
    Type {
        /// Its name.
        column: String,
        /// The Arrow type.
        given: String,
    },
    /// Columns of one table have different lengths.
    #[error("the column {column} has {given} rows, the table has {rows}")]
    Length {
        /// Its name.
        column: String,
        /// Its rows.
        given: usize,
        /// The table's rows.
        rows: usize,
    },
}

impl Coded for ColumnsError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::MissingField { path, .. } | Self::Kind { path, .. } => Some(path.clone()),
            Self::Type { column, .. } | Self::Length { column, .. } => Some(column.clone()),
            Self::Offsets { .. } => None,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::MissingField { hint, .. } => Some(hint.clone()),
            _ => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Offsets { .. } => "columns.offsets",
            Self::MissingField { .. } => "columns.missing_field",
            Self::Kind { .. } => "columns.kind",
            Self::Type { .. } => "columns.type",
            Self::Length { .. } => "columns.length",
        }
    }
}
