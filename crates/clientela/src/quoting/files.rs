//! The tool's file: every version is noted at its opportunity, its bytes are kept under their digest when they came.

use crate::command::of_opportunity;
use crate::door::Door;
use crate::error::Result;
use clientela_core::ids::OpportunityId;
use clientela_core::sales::{Affair, Attachment};
use clientela_exchange::quoting::{self, Digest, FileAction, FileContent, FileName, WholeNumber};
use clientela_model::{Predicate, Value};
use clientela_store::Stored;

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
                // So far only its record, or only its digest, was known.
                match known.into_iter().next() {
                    Some(stored) => {
                        let here = Attachment { content_here: true, ..stored.record };
                        door.update(&here, stored.version)
                    }
                    None => note(door, opportunity, file, false, true),
                }
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
