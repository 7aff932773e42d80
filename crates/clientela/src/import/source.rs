//! Where the rows come from.

use clientela_model::{Coded, ErrorKind};
use std::path::Path;

/// The bytes of a file and what kind of file they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportSource {
    /// A table of text; separator, encoding and headers are found out.
    Csv(Vec<u8>),
    /// vCards.
    Cards(Vec<u8>),
}

impl ImportSource {
    /// Reads a file with a table.
    ///
    /// # Errors
    /// `import.file` when it cannot be read.
    pub fn csv_file(path: impl AsRef<Path>) -> crate::Result<Self> {
        read(path.as_ref()).map(Self::Csv)
    }

    /// Reads a file with vCards.
    ///
    /// # Errors
    /// `import.file` when it cannot be read.
    pub fn cards_file(path: impl AsRef<Path>) -> crate::Result<Self> {
        read(path.as_ref()).map(Self::Cards)
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Csv(_) => "csv",
            Self::Cards(_) => "vcard",
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Csv(bytes) | Self::Cards(bytes) => bytes,
        }
    }
}

fn read(path: &Path) -> crate::Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        SourceError { problem: error.kind().to_string(), native: error.raw_os_error() }.into()
    })
}

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file to be imported cannot be read: {problem}; expected a file this program may read")]
pub(super) struct SourceError {
    problem: String,
    native: Option<i32>,
}

impl Coded for SourceError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Io
    }
    fn code(&self) -> &'static str {
        "import.file"
    }
    fn native(&self) -> i32 {
        self.native.unwrap_or_default()
    }
}
