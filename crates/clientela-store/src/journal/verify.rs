//! Checking the chain, and the state against it.

use super::anchor::Anchor;
use super::clock;
use super::pending::{Pending, read_touched};
use super::seal::{self, Hash, Header, Place, Sealed};
use crate::backend::Row;
use crate::command;
use crate::error::StoreError;
use crate::reader::{Reader, read_values};
use crate::sql::cell::{Cell, id_cell, identical, read_id};
use crate::sql::list_table::List;
use crate::sql::own;
use clientela_model::Entity;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::ops::ControlFlow;
use uuid::Uuid;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Everything that is not as it should be; empty when the store is in order.
    pub findings: Vec<Finding>,
    /// Commits whose hashes were computed again.
    pub commits: u64,
    /// Records that were compared with their history.
    pub records: u64,
}

impl Report {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        self.findings.is_empty()
    }
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable dotted word: `file.structure`, `journal.chain`, `journal.commit`, `journal.value`, `journal.extra_changes`,
    /// `journal.unreadable`, `journal.command`, `journal.answer`, `journal.truncated`, `journal.anchor`, `file.missing`, `file.content`,
    /// `state.differs`, `state.missing`, `state.extra`.
    pub code: &'static str,
    /// One sentence, without any stored value.
    pub message: String,
    /// The commit concerned.
    pub commit: Option<i64>,
    /// The entity and record concerned.
    pub record: Option<(String, Uuid)>,
}

/// More findings than this are not listed: the store is damaged, and a list of a million lines helps nobody.
const FINDINGS_MAX: usize = 100;

impl Report {
    pub(crate) fn add(&mut self, code: &'static str, message: impl Into<String>, commit: Option<i64>) {
        self.push(Finding { code, message: message.into(), commit, record: None });
    }

    fn push(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }
}

/// The commit a stretch of the chain hangs on.
struct Link {
    seq: i64,
    hlc: i64,
    hash: Vec<u8>,
}

impl Link {
    /// What the first commit hangs on.
    fn first() -> Self {
        Self { seq: 0, hlc: -1, hash: vec![0; seal::HASH_BYTES] }
    }
}

/// Rows values were taken out of, and what commits of erasures say is left of such rows.
#[derive(Default)]
struct Redactions {
    found: Vec<(Hash, Place)>,
    sealed: HashSet<Vec<u8>>,
}

impl Reader<'_> {
    /// Computes every hash of the journal again and compares every record with the fold of its changes.
    ///
    /// # Errors
    /// What the store says; what is wrong with its content is in the report.
    pub(crate) fn verify(&self, report: &mut Report) -> Result<(), StoreError> {
        let changes = self.verify_chain(&Link::first(), report)?;
        self.verify_count(changes, report)?;
        self.verify_files(report)?;
        let total = if self.is_heard() { self.records()? } else { 0 };
        let tables = self.plan.tables().iter().map(|table| table.entity);
        for entity in tables.filter(|entity| entity.view.is_none()) {
            self.verify_state(entity, total, report)?;
        }
        self.verify_lists(report)
    }

    /// Computes the hashes of what came after an anchor again, and looks whether the journal still has what it had then.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub(crate) fn verify_since(&self, anchor: &Anchor, report: &mut Report) -> Result<(), StoreError> {
        let mut found = None;
        self.transaction.query(own::HASH_OF_COMMIT, &[Cell::Integer(anchor.seq)], &mut |row| {
            found = Some((row.blob(0)?.to_vec(), row.integer(1)?));
            Ok(ControlFlow::Break(()))
        })?;
        let link = match found {
            _ if anchor.seq == 0 => Link::first(),
            None => {
                report.add(
                    "journal.truncated",
                    format!("the journal ends before commit {}, which the anchor knows", anchor.seq),
                    Some(anchor.seq),
                );
                return Ok(());
            }
            Some((hash, _)) if hash != anchor.hash => {
                report.add(
                    "journal.anchor",
                    format!("commit {} is not the one the anchor knows", anchor.seq),
                    Some(anchor.seq),
                );
                return Ok(());
            }
            Some((hash, hlc)) => Link { seq: anchor.seq, hlc, hash },
        };
        self.verify_chain(&link, report).map(|_| ())
    }

    /// Checks the commits after one; how many changes they speak of.
    fn verify_chain(&self, after: &Link, report: &mut Report) -> Result<i64, StoreError> {
        let mut prev = after.hash.clone();
        let (mut last_seq, mut last_hlc, mut changes) = (after.seq, after.hlc, 0_i64);
        let mut redactions = Redactions::default();
        let total = u64::try_from(self.version()?).unwrap_or(0);
        let sql = format!("{} WHERE \"seq\" > ?1 ORDER BY \"seq\"", own::COMMIT_COLUMNS);
        self.transaction.query(&sql, &[Cell::Integer(after.seq)], &mut |row| {
            report.commits += 1;
            self.tell("commits", report.commits, total);
            let (seq, hlc) = (row.integer(0)?, row.integer(7)?);
            if seq != last_seq + 1 {
                report.add("journal.chain", format!("commits before {seq} are missing"), Some(seq));
            }
            if row.blob(14)? != prev {
                report.add(
                    "journal.chain",
                    format!("commit {seq} does not follow the one before"),
                    Some(seq),
                );
            }
            if hlc < last_hlc || clock::time(hlc).is_err() {
                report.add(
                    "journal.chain",
                    format!("commit {seq} is dated before the one before"),
                    Some(seq),
                );
            }
            (last_seq, last_hlc) = (seq, hlc);
            prev = row.blob(15)?.to_vec();
            let computed = self.commit_hash(row, seq, (&mut changes, &mut redactions), report)?;
            if computed.as_slice() != prev {
                report.add("journal.commit", format!("commit {seq} does not match its hash"), Some(seq));
            }
            self.verify_bound(row, seq, &mut redactions, report)?;
            Ok(ControlFlow::Continue(()))
        })?;
        self.verify_redactions(&redactions, report);
        Ok(changes)
    }

    /// Compares what a commit binds besides its changes with what is stored.
    fn verify_bound(
        &self,
        row: &dyn Row,
        seq: i64,
        redactions: &mut Redactions,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let Some(bound) = row.optional_blob(16)? else { return Ok(()) };
        let (answer, files) = bound.split_at_checked(seal::HASH_BYTES).unwrap_or((bound, &[]));
        let id = read_id(row.blob(3)?)?;
        match command::stored(self.transaction, id)? {
            None => {
                report.add("journal.command", format!("the command of commit {seq} is missing"), Some(seq));
            }
            // Erased: what it was is bound all the same.
            Some(command) if command.is_erased() => {}
            Some(command) if seal::answer_hash(&command.fingerprint, &command.answer) != answer => {
                report.add(
                    "journal.answer",
                    format!("the answer to the command of commit {seq} is not the one it gave"),
                    Some(seq),
                );
            }
            Some(_) => {}
        }
        let (files, left) = seal::files_and_redactions(files);
        redactions.sealed.extend(left.into_iter().map(<[u8]>::to_vec));
        for digest in files {
            let mut there = false;
            self.transaction.query(own::FILE_IS_THERE, &[Cell::Blob(digest)], &mut |_| {
                there = true;
                Ok(ControlFlow::Break(()))
            })?;
            if !there {
                report.add("file.missing", format!("a file of commit {seq} is missing"), Some(seq));
            }
        }
        Ok(())
    }

    /// Looks whether an erasure stands behind every row a value is missing from. One whose row was redacted again is not looked for.
    fn verify_redactions(&self, redactions: &Redactions, report: &mut Report) {
        for (left, place) in &redactions.found {
            if !redactions.sealed.contains(left.as_slice()) {
                self.report_value(*place, report);
            }
        }
    }

    fn report_value(&self, place: Place, report: &mut Report) {
        report.push(Finding {
            code: "journal.value",
            message: format!("a value in commit {} does not match its hash", place.seq),
            commit: Some(place.seq),
            record: self.entity_numbered(place.entity).map(|entity| (entity.name.to_owned(), place.id)),
        });
    }

    /// Compares every file with the digest it is found by.
    fn verify_files(&self, report: &mut Report) -> Result<(), StoreError> {
        self.transaction.query(own::FILES, &[], &mut |row| {
            let computed: Hash = Sha256::digest(row.blob(1)?).into();
            if row.blob(0)? != computed {
                report.add("file.content", "the content of a file is not the one that was stored", None);
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    fn verify_count(&self, changes: i64, report: &mut Report) -> Result<(), StoreError> {
        let mut stored = 0;
        self.transaction.query(own::COUNT_CHANGES, &[], &mut |row| {
            stored = row.integer(0)?;
            Ok(ControlFlow::Break(()))
        })?;
        if stored != changes {
            report.add(
                "journal.extra_changes",
                format!("the journal has {stored} changes, its commits speak of {changes}"),
                None,
            );
        }
        Ok(())
    }

    fn commit_hash(
        &self,
        row: &dyn Row,
        seq: i64,
        (changes, redactions): (&mut i64, &mut Redactions),
        report: &mut Report,
    ) -> Result<Hash, StoreError> {
        let position = row.optional_blob(9)?.map(read_id).transpose()?;
        let number = |at| -> Result<u16, StoreError> { Ok(u16::try_from(row.integer(at)?).unwrap_or(0)) };
        let header = Header {
            origin: read_id(row.blob(1)?)?,
            origin_seq: row.integer(2)?,
            command: read_id(row.blob(3)?)?,
            part: row.integer(4)?,
            root_entity: number(5)?,
            root: read_id(row.blob(6)?)?,
            hlc: row.integer(7)?,
            actor: read_id(row.blob(8)?)?,
            position,
            kind: row.text(10)?,
            reason: row.text(11)?,
            reason_hash: seal::reason_hash(row.text(11)?, row.optional_blob(17)?, row.optional_blob(18)?),
            schema: u32::try_from(row.integer(12)?).unwrap_or(0),
            bound: row.optional_blob(16)?,
        };
        let mut pending = Pending::default();
        for (entity, id, count) in read_touched(row.blob(13)?)? {
            pending.touch(entity, id);
            let key = [Cell::Integer(i64::from(entity)), id_cell(&id), Cell::Integer(seq)];
            let mut found = 0_u16;
            self.transaction.query(own::SEALS_OF_RECORD, &key, &mut |row| {
                found = found.saturating_add(1);
                let (sealed, matches) = recompute(row, (entity, id, seq), redactions)?;
                if !matches {
                    self.report_value(Place { entity, id, seq, field: i64::from(sealed.field) }, report);
                }
                pending.add(entity, id, sealed);
                Ok(ControlFlow::Continue(()))
            })?;
            *changes += i64::from(found);
            if found != count {
                report.add(
                    "journal.commit",
                    format!("commit {seq} has {found} of {count} changes of a record"),
                    Some(seq),
                );
            }
        }
        Ok(seal::commit_hash(row.blob(14)?, &header, &pending))
    }

    /// Compares the tables of lists with the records they were made from.
    fn verify_lists(&self, report: &mut Report) -> Result<(), StoreError> {
        for list in List::all(self.plan.schema) {
            self.transaction.query(&list.difference(), &[], &mut |row| {
                if (row.integer(0)?, row.integer(1)?) != (0, 0) {
                    let (entity, column) = (list.entity.name, list.column.name);
                    report.add(
                        "list.differs",
                        format!("the list of {entity} by {column} is not what it lists"),
                        None,
                    );
                }
                Ok(ControlFlow::Break(()))
            })?;
        }
        Ok(())
    }

    /// How many records there are in all.
    fn records(&self) -> Result<u64, StoreError> {
        let tables = self.plan.tables().iter().map(|table| table.entity);
        let mut stored = tables.filter(|entity| entity.view.is_none());
        stored
            .try_fold(0, |sum, entity| Ok(sum + self.count(entity, &clientela_model::Predicate::Everything)?))
    }

    fn verify_state(
        &self,
        entity: &'static Entity,
        total: u64,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let table = self.known(entity)?;
        let (mut folded, mut matched) = (0_u64, 0_u64);
        let finding = |code, message: &str, id: Uuid| Finding {
            code,
            message: message.to_owned(),
            commit: None,
            record: Some((entity.name.to_owned(), id)),
        };
        let compared = self.fold_all(entity, i64::MAX, &mut |id, values, version| {
            folded += 1;
            self.tell("records", report.records + folded, total);
            let mut stored = None;
            self.transaction.query(&table.select_by_id, &[id_cell(&id)], &mut |row| {
                stored = Some((read_values(row, table)?, row.integer(0)?));
                Ok(ControlFlow::Break(()))
            })?;
            match stored {
                None => report.push(finding("state.missing", "a record of the journal is not stored", id)),
                Some((stored, at)) => {
                    matched += 1;
                    let same = stored.len() == values.len()
                        && stored.iter().zip(values).all(|(stored, folded)| identical(stored, folded));
                    if !same || at != version {
                        report.push(finding("state.differs", "a record is not what its history says", id));
                    }
                }
            }
            Ok(ControlFlow::Continue(()))
        });
        match compared {
            Err(StoreError::Damaged { problem }) => report.add("journal.unreadable", problem, None),
            other => other?,
        }
        report.records += folded;
        let stored = self.count(entity, &clientela_model::Predicate::Everything)?;
        if stored > matched {
            report.add(
                "state.extra",
                format!("{} has {} records without a history", entity.name, stored - matched),
                None,
            );
        }
        Ok(())
    }
}

/// The seal of a change as stored, and whether it matches its content; of one a value was taken out of, what is left must match.
fn recompute(
    row: &dyn Row,
    (entity, id, seq): (u16, Uuid, i64),
    redactions: &mut Redactions,
) -> Result<(Sealed, bool), StoreError> {
    let stored: Hash =
        row.blob(2)?.try_into().map_err(|_| StoreError::damaged("a journal row has a malformed seal"))?;
    let personal_hash =
        seal::personal_hash_of(row.optional_blob(4)?, row.optional_blob(5)?, row.optional_blob(6)?)?;
    let field = u16::try_from(row.integer(0)?).unwrap_or(u16::MAX);
    let sealed = Sealed { field, base: row.integer(1)?, vhash: stored };
    let matches = match row.optional_blob(7)? {
        None => seal::value_hash(row.blob(3)?, personal_hash) == stored,
        Some(redaction) => {
            let place = Place { entity, id, seq, field: row.integer(0)? };
            let left = seal::redaction_hash(place, &stored, personal_hash, row.blob(3)?);
            redactions.found.push((left, place));
            redaction == left
        }
    };
    Ok((sealed, matches))
}
