//! A commit of a command that is not finished: which records it touched, and the seals of their changes.

use super::seal::Sealed;
use crate::error::StoreError;
use crate::sql::cell::read_id;
use uuid::Uuid;

/// The changes of one commit, record by record in the order they were first touched.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pending {
    touched: Vec<Touched>,
    sealed: Vec<Sealed>,
}

#[derive(Debug, Clone, Copy)]
struct Touched {
    entity: u16,
    id: Uuid,
    start: usize,
    count: usize,
}

/// Bytes of one record in the list of touched records.
const TOUCHED_BYTES: usize = 2 + 16 + 2;

impl Pending {
    /// Begins the changes of a record; those added next are its own.
    pub(crate) fn touch(&mut self, entity: u16, id: Uuid) {
        self.touched.push(Touched { entity, id, start: self.sealed.len(), count: 0 });
    }

    /// Forgets the changes of a record touched before; those added next replace them in its place.
    pub(crate) fn touch_again(&mut self, entity: u16, id: Uuid) {
        // The place in the list stays; the seals are looked up through it, so those left behind do no harm.
        let old = self.touched.iter().position(|touched| touched.entity == entity && touched.id == id);
        let start = self.sealed.len();
        if let Some(touched) = old.and_then(|at| self.touched.get_mut(at)) {
            touched.start = start;
            touched.count = 0;
        }
    }

    /// Adds a change of the record at hand.
    pub(crate) fn add(&mut self, entity: u16, id: Uuid, change: Sealed) {
        self.sealed.push(change);
        // Nearly always the last.
        let at_hand =
            self.touched.iter_mut().rev().find(|touched| touched.entity == entity && touched.id == id);
        if let Some(touched) = at_hand {
            touched.count += 1;
        }
    }

    /// The records with their changes.
    pub(crate) fn records(&self) -> impl Iterator<Item = (u16, Uuid, &[Sealed])> {
        self.touched.iter().map(|touched| {
            let changes = self.sealed.get(touched.start..touched.start + touched.count).unwrap_or_default();
            (touched.entity, touched.id, changes)
        })
    }

    /// Writes the list of touched records: entity, id and number of changes of each.
    pub(crate) fn write_touched(&self, list: &mut Vec<u8>) {
        list.clear();
        for (entity, id, changes) in self.records() {
            list.extend_from_slice(&entity.to_be_bytes());
            list.extend_from_slice(id.as_bytes());
            list.extend_from_slice(&u16::try_from(changes.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
}

/// Reads a list of touched records: entity, id and number of changes of each.
///
/// # Errors
/// `store.damaged`.
pub(crate) fn read_touched(list: &[u8]) -> Result<Vec<(u16, Uuid, u16)>, StoreError> {
    let (records, rest) = list.as_chunks::<TOUCHED_BYTES>();
    if !rest.is_empty() {
        return Err(StoreError::damaged("a commit's list of records is cut short"));
    }
    records
        .iter()
        .map(|record| {
            let entity = u16::from_be_bytes([record[0], record[1]]);
            let count = u16::from_be_bytes([record[18], record[19]]);
            Ok((entity, read_id(&record[2..18])?, count))
        })
        .collect()
}
