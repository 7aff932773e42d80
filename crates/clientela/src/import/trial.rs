//! The trial run: every row read and checked as it would be written, in one state of the store.

use super::PREVIEW_ROWS;
use super::chunks::Chunk;
use super::content::SourceError;
use super::decide::{Decider, Ready};
use super::existing::Change;
use super::ids::Ids;
use super::plan::ImportPlan;
use super::report::{PreviewRow, Rejected, RejectedRow, Taken};
use super::runs;
use super::source::ImportSource;
use crate::error::Result;
use clientela_exchange::vcard::write_rejected_cards;
use clientela_model::Record;
use std::collections::BTreeMap;
use std::io;

/// What a trial run found.
#[derive(Debug, Default)]
pub(super) struct Trial {
    pub(super) read: u64,
    pub(super) acceptable: Taken,
    /// Rows an earlier commit brought in.
    pub(super) before: u64,
    pub(super) rejected: Rejected,
    pub(super) preview: Vec<PreviewRow>,
}

impl ImportPlan {
    /// Reads and checks every row; tells of each rejected one, with its chunk, as they come.
    pub(super) fn trial(
        &self,
        with_cells: bool,
        tell: &mut dyn FnMut(&mut Chunk, &RejectedRow) -> Result<()>,
    ) -> Result<Trial> {
        let (mut found, session) = (Trial::default(), &self.session);
        let now = session.now();
        session.look(|view| {
            if let Some(run) = runs::of_plan(&view, self.id)? {
                run.record.may_go_on()?;
            }
            let mut decider = Decider::new(&view, &self.options)?;
            self.in_chunks(with_cells, &mut |id| Ok(view.reader.command(id)?), &mut |mut chunk| {
                found.read += chunk.rows;
                view.reader.tell("rows", found.read, 0);
                found.before += chunk.before.taken.all();
                found.acceptable += chunk.before.taken;
                let left = std::mem::take(&mut chunk.before.left);
                let ids = Ids::draw(&session.crm, now, left.len());
                for mut decided in decider.decide(&view, left, &ids)? {
                    chunk.before.keep_repeated(&mut decided, self.options.upsert.is_some());
                    let line = decided.line;
                    let rejected = match decided.outcome {
                        Ok(ready) => {
                            found.acceptable += Taken::of(&ready);
                            if found.preview.len() < PREVIEW_ROWS {
                                found.preview.push(PreviewRow { line, values: shown(&ready) });
                            }
                            if !with_cells {
                                continue;
                            }
                            // What it lacked is there now; until it is tried again it is not in.
                            let Some(before) = chunk.before.rejected_before(line).cloned() else { continue };
                            before
                        }
                        Err(rejected) => {
                            found.rejected.add(&rejected);
                            rejected
                        }
                    };
                    tell(&mut chunk, &rejected)?;
                }
                Ok(true)
            })
        })?;
        Ok(found)
    }

    /// Refuses to go on with a source that has changed since it was looked at.
    pub(super) fn check_source(&self) -> Result<()> {
        let now = self.source.look(self.options.encoding)?;
        if now.digest == self.opened.looked.digest { Ok(()) } else { Err(SourceError::Changed.into()) }
    }

    /// Writes the rows that are not in as things stand, as a table: their cells as they stood, though so that no spreadsheet computes
    /// them, then line and reason. It can be put right and imported again by the same options. Cards have no cells here;
    /// [`write_rejected_cards`](Self::write_rejected_cards) writes them as cards.
    ///
    /// The source is read and checked once more, so that no rejected row need be held.
    /// [`commit_into`](Self::commit_into) writes them as they are rejected.
    ///
    /// # Errors
    /// `import.output` when the output cannot be written, `import.source_changed`, and what the store says.
    pub fn write_rejected<W: io::Write>(&self, output: W) -> Result<W> {
        self.check_source()?;
        let failed = |error: io::Error| SourceError::output(&error);
        let mut writer = self.opened.reject_writer(output).map_err(failed)?;
        self.trial(true, &mut |chunk, rejected| Ok(chunk.write(rejected, &mut writer).map_err(failed)?))?;
        Ok(writer.finish().map_err(failed)?)
    }

    /// Writes rejected cards as cards, each with its reason in a property `X-CLIENTELA-REASON`, to be put right and imported again.
    /// Nothing for other sources.
    ///
    /// # Errors
    /// As [`write_rejected`](Self::write_rejected).
    pub fn write_rejected_cards<W: io::Write>(&self, mut output: W) -> Result<W> {
        if let ImportSource::Cards(content) = &self.source {
            self.check_source()?;
            let mut reasons = BTreeMap::new();
            self.trial(true, &mut |_, rejected| {
                reasons.insert(rejected.line, rejected.reason());
                Ok(())
            })?;
            let written = write_rejected_cards(content.open()?, &reasons, &mut output);
            written.map_err(|error| SourceError::output(&error))?;
        }
        Ok(output)
    }
}

/// What is given of a record, ids aside.
fn shown(ready: &Ready) -> Vec<(String, String)> {
    fn given<R: Record>(record: &R) -> Vec<(String, String)> {
        let values = record.to_values();
        let columns = R::ENTITY.columns.iter().zip(&values);
        let told =
            columns.filter(|(_, value)| !value.is_null() && !matches!(value, clientela_model::Value::Id(_)));
        told.map(|(column, value)| (column.name.to_owned(), value.to_plain_text())).collect()
    }
    match ready {
        Ready::Customer { entered, .. } => {
            let mut all = given(&entered.party);
            all.extend(given(&entered.relationship));
            all
        }
        Ready::Vehicle(vehicle) => given(&**vehicle),
        Ready::Contact(contact) => given(&**contact),
        Ready::Consent(consent) => given(&**consent),
        Ready::Market(total) => given(&**total),
        Ready::Changed(Change::Customer { party, relationship }) => {
            let mut all = party.as_ref().map(|party| given(&party.record)).unwrap_or_default();
            all.extend(relationship.as_ref().map(|changed| given(&changed.record)).unwrap_or_default());
            all
        }
        Ready::Changed(Change::Vehicle(vehicle)) => given(&vehicle.record),
        Ready::Changed(Change::Contact(contact)) => given(&contact.record),
        Ready::Changed(Change::Market(total)) => given(&total.record),
        Ready::Unchanged => Vec::new(),
    }
}
