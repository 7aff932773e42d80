//! The bytes of a source, read a piece at a time and as often as is needed.

use super::spool::Spool;
use clientela_exchange::{Surveyed, TextEncoding, TextSurvey};
use clientela_model::{Coded, ErrorKind};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// The bytes of a source. They are read from the beginning several times: to find out about them, for the trial run, for each commit.
#[derive(Clone)]
pub struct Content(Kind);

#[derive(Clone)]
enum Kind {
    Bytes(Shared),
    File(PathBuf),
    Opened(Arc<Opener>),
    Spooled(Spool),
}

type Opener = dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync;

#[derive(Clone)]
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Kind::Bytes(_) => "bytes",
            Kind::File(_) => "file",
            Kind::Opened(_) => "opened",
            Kind::Spooled(_) => "spooled",
        };
        f.debug_tuple("Content").field(&kind).finish()
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Kind::Bytes(Shared(Arc::new(bytes))))
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}

impl Content {
    /// The bytes of a file, which must stay as it is until the import is done.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Kind::File(path.into()))
    }

    /// What the function opens: each time the same bytes from their beginning, such as those of a program's own rows.
    #[must_use]
    pub fn opened_by(open: impl Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'static) -> Self {
        Self(Kind::Opened(Arc::new(open)))
    }

    /// What a reader gives, who can be read but once: kept until the import is done, beyond 16 MiB in a temporary file.
    ///
    /// # Errors
    /// `import.file` when it cannot be read or kept.
    pub fn once(reader: &mut dyn Read) -> crate::Result<Self> {
        Ok(Spool::of(reader).map_err(|error| SourceError::unreadable(&error))?.into())
    }

    /// Opens it at its beginning.
    ///
    /// # Errors
    /// `import.file`.
    pub(super) fn open(&self) -> crate::Result<Box<dyn Read + Send>> {
        let opened: io::Result<Box<dyn Read + Send>> = match &self.0 {
            Kind::Bytes(bytes) => Ok(Box::new(Cursor::new(bytes.clone()))),
            Kind::File(path) => std::fs::File::open(path).map(|file| Box::new(file) as _),
            Kind::Opened(open) => open(),
            Kind::Spooled(spool) => Ok(Box::new(spool.open())),
        };
        Ok(opened.map_err(|error| SourceError::unreadable(&error))?)
    }

    /// The first bytes.
    pub(super) fn first(&self, bytes: u64) -> crate::Result<Vec<u8>> {
        let mut first = Vec::new();
        let read = self.open()?.take(bytes).read_to_end(&mut first);
        read.map_err(|error| SourceError::unreadable(&error))?;
        Ok(first)
    }

    /// All of it, for what is read as a whole: no more than a limit.
    ///
    /// # Errors
    /// `import.file`, `import.too_large`.
    #[cfg(feature = "spreadsheets")]
    pub(super) fn whole(&self, limit: u64) -> crate::Result<Vec<u8>> {
        let bytes = self.first(limit.saturating_add(1))?;
        if bytes.len() as u64 > limit { Err(SourceError::TooLarge { limit }.into()) } else { Ok(bytes) }
    }

    /// Reads it once to find out about it.
    pub(super) fn look(&self, encoding: Option<TextEncoding>) -> crate::Result<Looked> {
        let (mut input, mut piece) = (self.open()?, vec![0; PIECE]);
        let (mut hash, mut survey) = (Sha256::new(), TextSurvey::new(encoding));
        loop {
            match input.read(&mut piece) {
                Ok(0) => return Ok(Looked { digest: hash.finalize().into(), text: survey.finish() }),
                Ok(read) => {
                    let piece = piece.get(..read).unwrap_or_default();
                    hash.update(piece);
                    survey.add(piece);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(SourceError::unreadable(&error).into()),
            }
        }
    }
}

impl From<Spool> for Content {
    fn from(spool: Spool) -> Self {
        Self(Kind::Spooled(spool))
    }
}

/// What reading a source once tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Looked {
    /// SHA-256 of its bytes.
    pub(super) digest: [u8; 32],
    /// How it is encoded.
    pub(super) text: Surveyed,
}

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;

/// Whether bytes are those of a spreadsheet: an archive (.xlsx, .xlsb, .ods) or a compound file (.xls).
pub(super) fn is_spreadsheet(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// A source that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SourceError {
    #[error("the file to be imported cannot be read: {problem}; expected a file this program may read")]
    Unreadable { problem: String, native: Option<i32> },
    #[error("the file to be imported has more than {limit} bytes; bring it in in parts")]
    #[cfg_attr(
        not(feature = "spreadsheets"),
        expect(dead_code, reason = "only a spreadsheet is read as a whole")
    )]
    TooLarge { limit: u64 },
    #[error("the file to be imported is another than the one that was looked at; look at it again")]
    Changed,
    #[error("the rejected rows cannot be written: {problem}; expected an output this program may write to")]
    Output { problem: String, native: Option<i32> },
}

impl SourceError {
    pub(super) fn unreadable(error: &io::Error) -> Self {
        Self::Unreadable { problem: error.kind().to_string(), native: error.raw_os_error() }
    }

    pub(super) fn output(error: &io::Error) -> Self {
        Self::Output { problem: error.kind().to_string(), native: error.raw_os_error() }
    }
}

impl Coded for SourceError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable { .. } | Self::Output { .. } => ErrorKind::Io,
            Self::TooLarge { .. } => ErrorKind::Limit,
            Self::Changed => ErrorKind::Conflict,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "import.file",
            Self::TooLarge { .. } => "import.too_large",
            Self::Changed => "import.source_changed",
            Self::Output { .. } => "import.output",
        }
    }
    fn native(&self) -> i32 {
        match self {
            Self::Unreadable { native, .. } | Self::Output { native, .. } => native.unwrap_or_default(),
            Self::TooLarge { .. } | Self::Changed => 0,
        }
    }
}
