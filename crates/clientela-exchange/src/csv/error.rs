//! What can be wrong with a table of text.

use crate::text::TextEncoding;
use clientela_model::{Coded, ErrorKind};

/// A table, or a row of one, that cannot be read. Never repeats what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// The file is too large.
    #[error("file has {bytes} bytes; expected at most {limit}")]
    FileTooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The bytes are not in the encoding asked for.
    #[error("file is not {encoding}; expected another encoding, or let it be found out")]
    Encoding {
        /// The encoding asked for.
        encoding: TextEncoding,
    },
    /// There is no row.
    #[error("file is empty; expected a row of headers or of cells")]
    Empty,
    /// A row has too many columns.
    #[error("row at line {line} has {found} columns; expected at most {limit}")]
    TooManyColumns {
        /// Line it begins at.
        line: u64,
        /// How many.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A row is too long: often a quote that is never closed.
    #[error("row at line {line} has {bytes} bytes; expected at most {limit}, is a quote not closed?")]
    RowTooLong {
        /// Line it begins at.
        line: u64,
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A row has more cells than there are columns.
    #[error(
        "row at line {line} has {found} cells; expected at most {expected}, does a cell hold the separator?"
    )]
    Cells {
        /// Line it begins at.
        line: u64,
        /// How many.
        found: usize,
        /// How many columns there are.
        expected: usize,
    },
    /// A row the reader gives up on.
    #[error("row at line {line} cannot be read; expected cells, separators and quotes")]
    Unreadable {
        /// Line it begins at.
        line: u64,
    },
}

impl CsvError {
    /// The line, from 1; none for the file as a whole.
    #[must_use]
    pub const fn line(&self) -> Option<u64> {
        match self {
            Self::FileTooLarge { .. } | Self::Encoding { .. } | Self::Empty => None,
            Self::TooManyColumns { line, .. }
            | Self::RowTooLong { line, .. }
            | Self::Cells { line, .. }
            | Self::Unreadable { line } => Some(*line),
        }
    }
}

impl Coded for CsvError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::FileTooLarge { .. } | Self::TooManyColumns { .. } | Self::RowTooLong { .. } => {
                ErrorKind::Limit
            }
            _ => ErrorKind::Validation,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::FileTooLarge { .. } => "csv.file_too_large",
            Self::Encoding { .. } => "csv.encoding",
            Self::Empty => "csv.empty",
            Self::TooManyColumns { .. } => "csv.too_many_columns",
            Self::RowTooLong { .. } => "csv.row_too_long",
            Self::Cells { .. } => "csv.cells",
            Self::Unreadable { .. } => "csv.unreadable",
        }
    }
    fn field(&self) -> Option<String> {
        self.line().map(|line| format!("line[{line}]"))
    }
}
