//! Where the rows come from.

#[cfg(feature = "arrow")]
use super::batches::Batches;
use clientela_model::{Coded, ErrorKind};
use std::borrow::Cow;
use std::path::Path;

/// What is brought in: the bytes of a file and what kind of file they are, or a data frame.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportSource {
    /// A table of text; separator, encoding and headers are found out.
    Csv(Vec<u8>),
    /// vCards.
    Cards(Vec<u8>),
    /// A data frame.
    #[cfg(feature = "arrow")]
    Batches(Batches),
}

impl ImportSource {
    /// Reads a file with a table: of text, or, by its first bytes, a spreadsheet, of which the first sheet with anything in it.
    ///
    /// # Errors
    /// `import.file` when it cannot be read, and for spreadsheets as [`table`](Self::table).
    pub fn csv_file(path: impl AsRef<Path>) -> crate::Result<Self> {
        Self::table(bytes(path.as_ref())?)
    }

    /// A table in memory: of text, or, by its first bytes, a spreadsheet.
    ///
    /// # Errors
    /// `import.spreadsheet` for a spreadsheet that cannot be read, or where this library was built without the feature
    /// `spreadsheets`; `import.too_large`.
    pub fn table(bytes: Vec<u8>) -> crate::Result<Self> {
        if !is_spreadsheet(&bytes) {
            return Ok(Self::Csv(bytes));
        }
        #[cfg(feature = "spreadsheets")]
        return Self::spreadsheet(&bytes, None);
        #[cfg(not(feature = "spreadsheets"))]
        Err(NoTable.into())
    }

    /// Reads a file with vCards.
    ///
    /// # Errors
    /// `import.file` when it cannot be read.
    pub fn cards_file(path: impl AsRef<Path>) -> crate::Result<Self> {
        bytes(path.as_ref()).map(Self::Cards)
    }

    /// Takes all batches of a reader, such as those a foreign Arrow stream gives.
    ///
    /// # Errors
    /// `import.stream` when the reader gives an error, `import.too_large` beyond 1 GiB.
    #[cfg(feature = "arrow")]
    pub fn arrow(reader: &mut dyn arrow_array::RecordBatchReader) -> crate::Result<Self> {
        Ok(Self::Batches(Batches::read(reader)?))
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Csv(_) => "csv",
            Self::Cards(_) => "vcard",
            #[cfg(feature = "arrow")]
            Self::Batches(_) => "arrow",
        }
    }

    /// What tells one source from another of its kind: the bytes of a file, a digest of a data frame.
    pub(super) fn content(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Csv(bytes) | Self::Cards(bytes) => Cow::Borrowed(bytes),
            #[cfg(feature = "arrow")]
            Self::Batches(batches) => Cow::Owned(batches.digest()),
        }
    }
}

/// Whether bytes are those of a spreadsheet: an archive (.xlsx, .xlsb, .ods) or a compound file (.xls).
pub(super) fn is_spreadsheet(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// A spreadsheet where a table of text is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are a spreadsheet, not a table of text; save the sheet as CSV")]
pub(super) struct NoTable;

impl Coded for NoTable {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        "import.spreadsheet"
    }
}

pub(super) fn bytes(path: &Path) -> crate::Result<Vec<u8>> {
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
