//! A plan: what would come of a source. Nothing is written before it is committed.

use super::opened::Opened;
use super::options::ImportOptions;
use super::report::{PreviewRow, RejectedRow, Taken};
use super::saved;
use super::source::ImportSource;
use super::trial::Trial;
use crate::digest::id_of;
use crate::error::{CrmError, Result};
use crate::session::Session;
use clientela_exchange::TextEncoding;
use clientela_exchange::csv::Mapping;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What would come of a source. Nothing is written before [`commit`](Self::commit).
#[derive(Debug)]
pub struct ImportPlan {
    pub(super) session: Session,
    pub(super) source: ImportSource,
    pub(super) options: ImportOptions,
    pub(super) opened: Opened,
    pub(super) id: Uuid,
    pub(super) saved: Option<String>,
    found: Trial,
}

impl ImportPlan {
    pub(super) fn new(session: &Session, source: ImportSource, options: ImportOptions) -> Result<Self> {
        let looked = source.look(options.encoding)?;
        let (options, saved) = session.look(|view| saved::complete(&view, (&source, looked), options))?;
        let looked = source.encoded(looked, options.encoding)?;
        let opened = Opened::new(&source, looked, &options)?;
        let id = plan_id(session, &source, &options, &opened)?;
        let session = session.clone();
        let mut plan = Self { session, source, options, opened, id, saved, found: Trial::default() };
        plan.found = plan.trial(false, &mut |_, _| Ok(()))?;
        Ok(plan)
    }

    /// Its id: the same for the same source, options and actor.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Which column goes where; none for cards.
    #[must_use]
    pub const fn mapping(&self) -> Option<&Mapping> {
        self.opened.mapping.as_ref()
    }

    /// How a table of text is encoded, as it was named, or as it was found out or guessed when it was not.
    #[must_use]
    pub const fn encoding(&self) -> Option<TextEncoding> {
        match self.source {
            ImportSource::Csv(_) => Some(self.opened.looked.text.encoding),
            _ => None,
        }
    }

    /// The saved mapping that is used.
    #[must_use]
    pub fn saved_mapping(&self) -> Option<&str> {
        self.saved.as_deref()
    }

    /// Rows of the source.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.found.read
    }

    const fn taken(&self) -> Taken {
        self.found.acceptable
    }

    /// Rows that would come in, or came in when the plan was committed before.
    #[must_use]
    pub const fn acceptable(&self) -> u64 {
        self.taken().all()
    }

    /// Of these, rows that would change, or changed, a record that is there.
    #[must_use]
    pub const fn changed(&self) -> u64 {
        self.taken().changed
    }

    /// Of these, rows whose record is there just so.
    #[must_use]
    pub const fn unchanged(&self) -> u64 {
        self.taken().unchanged
    }

    /// Of those rejected, rows that say something else than somebody in the store did since the import before.
    #[must_use]
    pub fn conflicting(&self) -> u64 {
        self.found.rejected.conflicting()
    }

    /// Of these, rows an earlier run of this plan has brought in already.
    #[must_use]
    pub const fn added_before(&self) -> u64 {
        self.found.before
    }

    /// The first [`REJECTED_TOLD`](super::REJECTED_TOLD) rows that would not come in, with field and reason;
    /// [`write_rejected`](Self::write_rejected) writes all.
    #[must_use]
    pub fn rejected(&self) -> &[RejectedRow] {
        &self.found.rejected.told
    }

    /// How many rows would not come in.
    #[must_use]
    pub const fn rejected_rows(&self) -> u64 {
        self.found.rejected.rows
    }

    /// How many rows are rejected for which reason, by its code.
    #[must_use]
    pub const fn reasons(&self) -> &BTreeMap<String, u64> {
        &self.found.rejected.reasons
    }

    /// The first rows as they would come in.
    #[must_use]
    pub fn preview(&self) -> &[PreviewRow] {
        &self.found.preview
    }
}

/// Made of everything that decides what comes of a source, so that the same import is the same plan after a crash.
fn plan_id(
    session: &Session,
    source: &ImportSource,
    options: &ImportOptions,
    opened: &Opened,
) -> Result<Uuid> {
    let json = |error| {
        let _: serde_json::Error = error;
        CrmError::Internal { what: "import options are JSON" }
    };
    let parts = [
        source.kind().as_bytes(),
        &opened.looked.digest,
        &serde_json::to_vec(options).map_err(json)?,
        &serde_json::to_vec(&opened.mapping).map_err(json)?,
        session.user.to_string().as_bytes(),
        session.position.to_string().as_bytes(),
        // Chunks are found again by their place: another size is another plan.
        opened.rows_of_chunk.to_string().as_bytes(),
    ]
    .map(<[u8]>::to_vec);
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Ok(id_of(&hash.finalize()))
}
