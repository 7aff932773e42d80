//! Where the rows come from.

#[cfg(feature = "arrow")]
use super::batches::Batches;
use super::content::{Content, Looked, is_spreadsheet};
use clientela_exchange::{Surveyed, TextEncoding};
use clientela_model::{Coded, ErrorKind};
use std::path::Path;

/// What is brought in: the bytes of a file and what kind of file they are, or a data frame. It is read a piece at a time, so that a
/// source may be far larger than the memory.
#[derive(Debug, Clone)]
pub enum ImportSource {
    /// A table of text; separator, encoding and headers are found out.
    Csv(Content),
    /// vCards.
    Cards(Content),
    /// A data frame.
    #[cfg(feature = "arrow")]
    Batches(Batches),
}

impl ImportSource {
    /// A file with a table: of text, or, by its first bytes, a spreadsheet, of which the first sheet with anything in it. The file must
    /// stay as it is until the import is done.
    ///
    /// # Errors
    /// `import.file` when it cannot be read, and for spreadsheets as [`table`](Self::table).
    pub fn csv_file(path: impl AsRef<Path>) -> crate::Result<Self> {
        Self::table(Content::file(path.as_ref()))
    }

    /// A table: of text, or, by its first bytes, a spreadsheet.
    ///
    /// # Errors
    /// `import.file` when it cannot be read; `import.spreadsheet` for a spreadsheet that cannot be read, or where this library was built
    /// without the feature `spreadsheets`; `import.too_large`.
    pub fn table(content: impl Into<Content>) -> crate::Result<Self> {
        let content = content.into();
        if !is_spreadsheet(&content.first(8)?) {
            return Ok(Self::Csv(content));
        }
        #[cfg(feature = "spreadsheets")]
        return Self::spreadsheet_of(&content, None);
        #[cfg(not(feature = "spreadsheets"))]
        Err(NoTable.into())
    }

    /// A file with vCards.
    ///
    /// # Errors
    /// `import.file` when it cannot be read.
    pub fn cards_file(path: impl AsRef<Path>) -> crate::Result<Self> {
        let content = Content::file(path.as_ref());
        content.first(1)?;
        Ok(Self::Cards(content))
    }

    /// The batches of a reader, such as those a foreign Arrow stream gives: each is let go before the next is asked for. Their texts
    /// are kept until the import is done, beyond 16 MiB in a temporary file.
    ///
    /// # Errors
    /// `import.stream` when the reader gives an error, `import.file` when its texts cannot be kept.
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

    /// Reads it once: what tells it from others of its kind, and how its text is encoded.
    pub(super) fn look(&self, encoding: Option<TextEncoding>) -> crate::Result<Looked> {
        match self {
            Self::Csv(content) | Self::Cards(content) => content.look(encoding),
            #[cfg(feature = "arrow")]
            Self::Batches(batches) => {
                let text = Surveyed { encoding: TextEncoding::Utf8, valid: true, bytes: 0 };
                Ok(Looked { digest: batches.digest(), text })
            }
        }
    }

    /// The same once more, where an encoding became known that was not looked for.
    pub(super) fn encoded(&self, looked: Looked, encoding: Option<TextEncoding>) -> crate::Result<Looked> {
        match encoding {
            Some(given) if given != looked.text.encoding => self.look(encoding),
            _ => Ok(looked),
        }
    }
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
