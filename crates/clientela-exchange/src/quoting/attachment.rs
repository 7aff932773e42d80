//! The tool's own file, carried unopened: never read, never executed, known by its digest.

use super::MAX_FILE_BYTES;
use super::WholeNumber;
use super::object::contract_object;
use super::problem::{ProblemCode, QuotingProblem};
use super::value::{Digest, FileName, FreeText};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clientela_model::ClosedList;
use std::borrow::Cow;

contract_object! {
    /// A file.
    pub struct Attachment {
        /// Name without a path.
        required filename: FileName,
        /// Media type.
        required media_type: FreeText,
        /// Size in bytes, 64 MiB at most.
        required size: WholeNumber<0, MAX_FILE_BYTES>,
        /// SHA-256 of the bytes.
        required digest: Digest,
        /// Program and version that wrote it.
        optional produced_by: FreeText,
        /// How the bytes travel.
        optional transport: Transport,
        /// The bytes in base64, when they travel inside the message.
        optional content_base64: String,
    }
}

/// How the bytes of a file travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Transport {
    /// In the message, as base64.
    #[word("inline_base64")]
    Inline,
    /// In a buffer beside the message.
    Buffer,
    /// In a file the two sides agreed on.
    PathHandle,
}

/// What came with a file's record, after the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent<'a> {
    /// The bytes; size and digest are right.
    Checked(Cow<'a, [u8]>),
    /// Only the record came; the bytes must be known by their digest or arrive otherwise.
    RecordOnly,
}

impl Attachment {
    /// A file whose bytes are known: size and digest are taken from them.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE` above 64 MiB.
    pub fn of(filename: FileName, media_type: &str, bytes: &[u8]) -> Result<Self, QuotingProblem> {
        let size = i64::try_from(bytes.len()).ok().and_then(|size| WholeNumber::new(size).ok());
        let size = size.ok_or_else(too_large)?;
        Ok(Self::new(filename, FreeText::from(media_type), size, Digest::of(bytes)))
    }

    /// Puts the bytes inside the message.
    #[must_use]
    pub fn inline(mut self, bytes: &[u8]) -> Self {
        self.transport = Some(Transport::Inline);
        self.content_base64 = Some(STANDARD.encode(bytes));
        self
    }

    /// Checks the bytes that came, inside the message or beside it, against size and digest.
    ///
    /// Checked in this order: presence, size, base64, size again, digest. The paths are relative to `/body`.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE`, `FILE_DIGEST_MISMATCH`; `SCHEMA_INVALID` when the content is announced and missing, or not base64.
    pub fn verify<'a>(&self, beside: Option<&'a [u8]>) -> Result<FileContent<'a>, QuotingProblem> {
        let content: Cow<'a, [u8]> = match (&self.content_base64, beside) {
            (Some(text), _) => {
                // Four letters for three bytes: too long a text is refused before it is decoded.
                if i64::try_from(text.len() / 4 * 3).unwrap_or(i64::MAX) > MAX_FILE_BYTES + 2 {
                    return Err(too_large());
                }
                let decoded = STANDARD.decode(text).map_err(|_| {
                    QuotingProblem::new(
                        ProblemCode::SchemaInvalid,
                        "file content is not base64; expected RFC 4648 with padding",
                    )
                    .at("/body/file/content_base64")
                })?;
                Cow::Owned(decoded)
            }
            (None, Some(bytes)) => Cow::Borrowed(bytes),
            (None, None) if self.transport == Some(Transport::Inline) => {
                return Err(QuotingProblem::new(
                    ProblemCode::SchemaInvalid,
                    "file content is announced inside the message and missing; expected content_base64",
                )
                .at("/body/file"));
            }
            (None, None) => return Ok(FileContent::RecordOnly),
        };
        let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        if size > MAX_FILE_BYTES {
            return Err(too_large());
        }
        if size != self.size.get() {
            let text = format!("file has {size} bytes, not the {} of its record", self.size);
            return Err(QuotingProblem::new(ProblemCode::FileDigestMismatch, text).at("/body/file/size"));
        }
        if Digest::of(&content) != self.digest {
            return Err(QuotingProblem::new(
                ProblemCode::FileDigestMismatch,
                "file has another digest than its record; send the file again",
            )
            .at("/body/file/digest"));
        }
        Ok(FileContent::Checked(content))
    }
}

pub(super) fn too_large() -> QuotingProblem {
    let text = format!("file is too large; expected at most {MAX_FILE_BYTES} bytes");
    QuotingProblem::new(ProblemCode::FileTooLarge, text).at("/body/file/size")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Attachment {
        Attachment::of(FileName::parse("a.rvi").unwrap(), "application/octet-stream", b"truck").unwrap()
    }

    #[test]
    fn bytes_are_checked_against_their_record() {
        assert_eq!(file().verify(None).unwrap(), FileContent::RecordOnly);
        assert_eq!(
            file().inline(b"truck").verify(None).unwrap(),
            FileContent::Checked(b"truck".as_slice().into())
        );
        assert_eq!(file().verify(Some(b"truck")).unwrap(), FileContent::Checked(b"truck".as_slice().into()));
        let announced = Attachment { transport: Some(Transport::Inline), ..file() };
        let garbage = Attachment { content_base64: Some("?".to_owned()), ..file() };
        let huge = Attachment { content_base64: Some("A".repeat(90 * 1024 * 1024)), ..file() };
        for (case, problem, code, path) in [
            (
                "other bytes",
                file().inline(b"trick").verify(None),
                ProblemCode::FileDigestMismatch,
                "/body/file/digest",
            ),
            (
                "other size",
                file().verify(Some(b"trucks")),
                ProblemCode::FileDigestMismatch,
                "/body/file/size",
            ),
            ("nothing", announced.verify(None), ProblemCode::SchemaInvalid, "/body/file"),
            ("no base64", garbage.verify(None), ProblemCode::SchemaInvalid, "/body/file/content_base64"),
            ("huge", huge.verify(None), ProblemCode::FileTooLarge, "/body/file/size"),
        ] {
            let problem = problem.unwrap_err();
            assert_eq!((problem.code, problem.path.as_deref()), (code, Some(path)), "{case}");
        }
    }
}
