//! The record of an import: how far it has come, and that it was taken back.

use super::options::ImportOptions;
use super::report::Taken;
use crate::door::Door;
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use clientela_core::ids::ImportRunId;
use clientela_core::imports::{ChunkCount, ImportRun, ImportRunState};
use clientela_model::{ClosedList, EntityId};
use clientela_store::Stored;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a run says of its plan.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) plan: Uuid,
    pub(super) digest: String,
    pub(super) mapping: Option<String>,
    pub(super) rows: u64,
}

/// The run of a plan, if it was begun.
pub(super) fn of_plan(view: &View<'_>, plan: Uuid) -> Result<Option<Stored<ImportRun>>> {
    Ok(view.reader.get::<ImportRun>(ImportRunId::from_uuid(plan))?)
}

/// Counts a chunk in, in its own transaction; the first begins the run.
pub(super) fn count(
    door: &mut Door<'_, '_>,
    about: &About,
    options: &ImportOptions,
    session: &Session,
    chunk: ChunkCount,
) -> Result<()> {
    let before = of_plan(&door.view(), about.plan)?;
    if let Some(Stored { record, version }) = before {
        record.may_go_on()?;
        return door.update_derived(&record.counting(chunk), version);
    }
    let run = ImportRun {
        id: ImportRunId::from_uuid(about.plan),
        unit: door.actor().unit,
        owner: door.actor().position,
        user: session.user,
        name: options.label.clone(),
        target: options.target.word().to_owned(),
        source_digest: about.digest.clone(),
        mapping: about.mapping.clone(),
        rows: i64::try_from(about.rows).unwrap_or(i64::MAX),
        read: 0,
        accepted: 0,
        rejected: 0,
        state: ImportRunState::Running,
        started_at: door.now(),
        finished_at: None,
        reverted_at: None,
        kept: None,
        changed: None,
        unchanged: None,
        chunks_left: None,
    };
    door.create_derived(&run.counting(chunk))
}

/// Says that all rows have been dealt with, once.
pub(super) fn finish(session: &Session, plan: Uuid) -> Result<()> {
    let running = session.look(|view| of_plan(&view, plan))?;
    if running.is_none_or(|stored| stored.record.state != ImportRunState::Running) {
        return Ok(());
    }
    let id = crate::digest::id_of(&Sha256::new().chain_update(plan).chain_update("finish").finalize());
    let fingerprint = Sha256::digest(id.as_bytes()).into();
    session
        .transact(id, "import.finish", "", fingerprint, |door| {
            if let Some(Stored { record, version }) = of_plan(&door.view(), plan)? {
                let now = door.now();
                door.update_derived(&record.finished(now), version)?;
            }
            Ok((super::receipts::answer("import.finish", id, 0, Taken::default(), &[])?, ()))
        })
        // Repeated by another program or not: it is said.
        .map(drop)
}
