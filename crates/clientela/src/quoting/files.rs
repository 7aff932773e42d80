//! The tool's file: every version is noted at its opportunity, its bytes are kept under their digest when they came.

use crate::command::{FileLine, of_opportunity};
use crate::door::Door;
use crate::error::Result;
use clientela_core::ids::OpportunityId;
use clientela_core::sales::{Affair, Attachment};
use clientela_exchange::quoting::{
    self, Digest, FileAction, FileContent, FileName, MAX_FILE_BYTES, WholeNumber,
};
use clientela_model::{Predicate, Value, ValueError};
use clientela_store::Stored;

/// The size of a file the tool takes back.
type FileSize = WholeNumber<0, MAX_FILE_BYTES>;

/// The media type of a file whose inside is nobody's business here.
const UNOPENED: &str = "application/octet-stream";

/// Carries out what was decided about the file of a message.
pub(super) fn keep(
    door: &mut Door<'_, '_>,
    opportunity: OpportunityId,
    file: &quoting::Attachment,
    action: FileAction,
    content: &FileContent<'_>,
) -> Result<()> {
    let known = versions(door, opportunity, &hexadecimal(file.digest))?;
    let held = known.iter().any(|stored| stored.record.content_here);
    match action {
        FileAction::Refused => Ok(()),
        FileAction::AlreadyStored => match content {
            FileContent::Checked(bytes) if !held => {
                door.put_file(bytes)?;
                complete(door, opportunity, file, known)
            }
            _ => Ok(()),
        },
        FileAction::Stored | FileAction::KeptAsConflict => {
            if let FileContent::Checked(bytes) = content {
                door.put_file(bytes)?;
            }
            let here = held || matches!(content, FileContent::Checked(_));
            note(door, opportunity, file, action == FileAction::KeptAsConflict, here)
        }
    }
}

/// Notes that the bytes of a file are here, of which so far only its record, or only its digest, was known.
fn complete(
    door: &mut Door<'_, '_>,
    opportunity: OpportunityId,
    file: &quoting::Attachment,
    known: Vec<Stored<Attachment>>,
) -> Result<()> {
    match known.into_iter().next() {
        Some(stored) => {
            let here = Attachment { content_here: true, ..stored.record };
            door.update(&here, stored.version)
        }
        None => note(door, opportunity, file, false, true),
    }
}

impl FileLine {
    /// The line of a file whose bytes are known.
    ///
    /// # Errors
    /// `quoting.*` for a name with a path in it, and beyond 64 MiB: what the tool could not be given back.
    pub fn of(name: &str, bytes: &[u8]) -> std::result::Result<Self, ValueError> {
        FileName::parse(name).map_err(|error| error.at("name"))?;
        let size = FileSize::new(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
            .map_err(|error| error.at("bytes"))?;
        Ok(Self { name: name.to_owned(), size: size.get(), digest: hexadecimal(Digest::of(bytes)) })
    }
}

/// Keeps a file that comes with an offer and not with a message. `field` is the place of it in the command.
pub(crate) fn attach(
    door: &mut Door<'_, '_>,
    opportunity: OpportunityId,
    file: &FileLine,
    field: &str,
) -> Result<()> {
    let digest = Digest::parse(&format!("sha256:{}", file.digest))
        .map_err(|error| error.at(format!("{field}.digest")))?;
    let name = FileName::parse(&file.name).map_err(|error| error.at(format!("{field}.name")))?;
    let size = FileSize::new(file.size).map_err(|error| error.at(format!("{field}.size")))?;
    let record = quoting::Attachment::new(name, UNOPENED.into(), size, digest);
    let known = versions(door, opportunity, &file.digest)?;
    let held = known.iter().any(|stored| stored.record.content_here);
    match (door.brought(&digest.bytes()), known.is_empty()) {
        (true, _) if !held => complete(door, opportunity, &record, known),
        (false, true) => note(door, opportunity, &record, false, false),
        _ => Ok(()),
    }
}

/// The newest file without conflict, with its bytes when they are here.
pub(super) fn newest(door: &Door<'_, '_>, affair: &Affair) -> Result<Option<quoting::Attachment>> {
    let Some(digits) = &affair.file_digest else { return Ok(None) };
    let known = versions(door, affair.opportunity, digits)?;
    let held = known.iter().find(|stored| stored.record.content_here);
    let Some(attachment) = held.or(known.first()).map(|stored| &stored.record) else { return Ok(None) };
    let digest = digest(digits)?;
    let mut file = quoting::Attachment::new(
        FileName::parse(&attachment.file_name)?,
        attachment.media_type.as_str().into(),
        WholeNumber::new(attachment.size)?,
        digest,
    );
    file.produced_by = attachment.produced_by.as_deref().map(Into::into);
    // Bytes of the same digest that came with another opportunity are not handed out here.
    if attachment.content_here
        && let Some(bytes) = door.view().reader.file(&digest.bytes())?
    {
        file = file.inline(&bytes);
    }
    Ok(Some(file))
}

fn versions(
    door: &Door<'_, '_>,
    opportunity: OpportunityId,
    digits: &str,
) -> Result<Vec<Stored<Attachment>>> {
    let same = Predicate::equals("digest", Value::Text(digits.to_owned().into()));
    door.all_of(&of_opportunity(opportunity).and(same))
}

fn note(
    door: &mut Door<'_, '_>,
    opportunity: OpportunityId,
    file: &quoting::Attachment,
    conflict: bool,
    content_here: bool,
) -> Result<()> {
    let attachment = Attachment {
        id: door.new_id(),
        opportunity,
        file_name: file.filename.as_str().to_owned(),
        media_type: file.media_type.to_string(),
        size: file.size.get(),
        digest: hexadecimal(file.digest),
        produced_by: file.produced_by.as_ref().map(ToString::to_string),
        received_at: door.now(),
        conflict,
        content_here,
    };
    door.create(&attachment)
}

/// A digest as our records keep it.
pub(super) fn hexadecimal(digest: Digest) -> String {
    digest.to_string().trim_start_matches("sha256:").to_owned()
}

/// A digest from our records.
pub(super) fn digest(hexadecimal: &str) -> Result<Digest> {
    Ok(Digest::parse(&format!("sha256:{hexadecimal}"))?)
}
